//! Texts that are not said yet.

use std::borrow::Cow;
use std::fmt;

use crate::Lang;

/// A message that takes no arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Word(&'static str);

impl Word {
    pub(crate) const fn named(id: &'static str) -> Self {
        Self(id)
    }

    /// Its name in the files of texts.
    pub const fn id(self) -> &'static str {
        self.0
    }

    /// The words for it.
    pub fn in_lang(self, lang: Lang) -> &'static str {
        lang.language().word(self)
    }
}

/// A message by its name, for texts whose names are made while the program runs; nothing if the language has none, or
/// asks for other arguments. Where a name is known when the code is written, [`text!`](crate::text) holds it to be there.
pub fn by_name(id: &str, args: &[(&'static str, Arg)], lang: Lang) -> Option<String> {
    lang.language().by_name(id, args)
}

/// A message with its arguments. No language yet: the same text can be said in each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    pub(crate) id: &'static str,
    pub(crate) args: Vec<(&'static str, Arg)>,
}

impl Text {
    #[doc(hidden)]
    pub fn new(id: &'static str, args: Vec<(&'static str, Arg)>) -> Self {
        Self { id, args }
    }

    /// What comes from elsewhere, in its own words.
    pub fn same(said: impl Into<String>) -> Self {
        crate::text!(own_words, said = said.into())
    }

    /// Its name in the files of texts.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// Its arguments by their names.
    pub fn args(&self) -> &[(&'static str, Arg)] {
        &self.args
    }

    /// The words for it.
    pub fn in_lang(&self, lang: Lang) -> String {
        lang.language().say(self)
    }
}

/// In the language that is spoken ([`Lang::speak`]): an error comes to where it is told through others that know of no
/// languages.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_lang(Lang::spoken()))
    }
}

impl std::error::Error for Text {}

impl From<Word> for Text {
    fn from(word: Word) -> Self {
        Self::new(word.0, Vec::new())
    }
}

/// What stands in a text in the place of an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// The same in every language: a name, an id, a time.
    Same(Cow<'static, str>),
    /// A number, which decides about plurals too.
    Number(i128),
    /// Another text, said in the language of the whole.
    Text(Box<Text>),
}

/// What can stand in a text.
pub trait ToArg {
    /// As an argument.
    fn to_arg(&self) -> Arg;
}

impl<T: ToArg + ?Sized> ToArg for &T {
    fn to_arg(&self) -> Arg {
        (**self).to_arg()
    }
}

impl ToArg for Arg {
    fn to_arg(&self) -> Arg {
        self.clone()
    }
}

impl ToArg for str {
    fn to_arg(&self) -> Arg {
        Arg::Same(Cow::Owned(self.to_owned()))
    }
}

impl ToArg for String {
    fn to_arg(&self) -> Arg {
        self.as_str().to_arg()
    }
}

macro_rules! as_displayed {
    ($($type:ty)+) => {
        $(impl ToArg for $type {
            fn to_arg(&self) -> Arg {
                Arg::Same(Cow::Owned(self.to_string()))
            }
        })+
    };
}

as_displayed!(char f64 std::io::Error std::path::Display<'_>);

impl ToArg for Cow<'_, str> {
    fn to_arg(&self) -> Arg {
        self.as_ref().to_arg()
    }
}

impl ToArg for Text {
    fn to_arg(&self) -> Arg {
        Arg::Text(Box::new(self.clone()))
    }
}

impl ToArg for Word {
    fn to_arg(&self) -> Arg {
        Arg::Text(Box::new((*self).into()))
    }
}

/// What is not there leaves nothing behind.
impl<T: ToArg> ToArg for Option<T> {
    fn to_arg(&self) -> Arg {
        match self {
            Some(arg) => arg.to_arg(),
            None => Arg::Same(Cow::Borrowed("")),
        }
    }
}

macro_rules! numbers {
    ($($number:ty)+) => {
        $(impl ToArg for $number {
            fn to_arg(&self) -> Arg {
                Arg::Number(*self as i128)
            }
        })+
    };
}

numbers!(u8 u16 u32 u64 usize i32 i64);

/// Texts one after the other: `joined` puts two side by side, as `text!(list_and, a, b)` does.
/// `None` of nothing.
pub fn all_of(
    texts: impl IntoIterator<Item = Text>,
    joined: impl Fn(Text, Text) -> Text,
) -> Option<Text> {
    texts.into_iter().reduce(joined)
}
