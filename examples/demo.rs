//! The programs as demos: the list of them everywhere, and where there is the reactor, running them.

mod list;
#[cfg(unix)]
mod peer;
#[cfg(unix)]
mod run;

use evscope_words::Word;

pub use list::DEMOS;
#[cfg(unix)]
pub use peer::OtherSide;
#[cfg(unix)]
pub use run::{Client, DemoError, Options, run};
#[cfg(unix)]
pub(crate) use run::{listening, port, upstream};

/// A program that can be run as a demo.
#[derive(Debug)]
pub struct Demo {
    /// Its name on the command line, and that of its file.
    pub name: &'static str,
    /// What it is, in a line.
    pub title: Word,
    /// Why it is worth seeing.
    pub about: Word,
    /// Its file, as `file!()` says it.
    pub file: &'static str,
    /// Its text.
    pub text: &'static str,
    #[cfg(unix)]
    program: run::Program,
}

/// The demo of this name.
pub fn find(name: &str) -> Option<&'static Demo> {
    DEMOS.iter().find(|demo| demo.name == name)
}
