//! What evscope says to people: a folder of [Fluent](https://projectfluent.org) texts for each language,
//! `lang/en`, `lang/zh`, and what makes sentences of them.
//!
//! Code names a message and gives it its arguments ([`text!`], [`word!`]); which words that is, their order,
//! their plurals are the language's. The names are made from the English files when this crate is built, so a
//! message that is not there, or an argument with a wrong name, does not compile. What a language lacks is
//! said in English.
//!
//! More languages, and other words for those there are, can be read when the program starts ([`load`]).
//!
//! Knows: texts, languages, and how one is put together from the other.
//! Never knows: what an event is, who asks, or where it is shown.

#![forbid(unsafe_code)]

mod fault;
mod lang;
mod language;
mod messages;
mod text;

pub use fault::Fault;
pub use lang::{Lang, UnknownLang, load};
pub use text::{Arg, Text, ToArg, Word, all_of, by_name};

/// The messages by name: made from `lang/en`.
#[doc(hidden)]
// Each is documented by its text, which is not Markdown.
#[allow(
    non_camel_case_types,
    non_upper_case_globals,
    missing_docs,
    rustdoc::bare_urls
)]
pub mod names {
    include!(concat!(env!("OUT_DIR"), "/names.rs"));
}

/// A message with its arguments, to be said in any language later: `text!(poll_failed, backend, errno = "EBADF")`.
/// An argument that has the name of a variable need not be written twice.
///
/// ```
/// use evscope_words::{Lang, text};
/// let fd = 8;
/// assert_eq!(text!(cause_read_eof, fd).in_lang(Lang::EN), "fd 8 was at its end of file");
/// ```
///
/// Neither a message that is not there nor a wrong argument compiles:
///
/// ```compile_fail,E0422
/// evscope_words::text!(cause_read_end, fd = 8);
/// ```
///
/// ```compile_fail,E0560
/// evscope_words::text!(cause_read_eof, fd = 8, socket = 8);
/// ```
#[macro_export]
macro_rules! text {
    ($id:ident) => { $crate::Text::from($crate::names::$id) };
    ($id:ident, $($name:ident $(= $value:expr)?),+ $(,)?) => {
        $crate::Text::from($crate::names::$id {
            $($name: $crate::ToArg::to_arg(&$crate::text!(@ $name $(, $value)?)),)+
        })
    };
    (@ $name:ident) => { $name };
    (@ $name:ident, $value:expr) => { $value };
}

/// A message without arguments, as a constant.
#[macro_export]
macro_rules! word {
    ($id:ident) => {
        $crate::names::$id
    };
}
