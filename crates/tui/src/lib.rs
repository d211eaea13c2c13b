//! The terminal UI of evscope: a trace beside the source that made it, step by step in both
//! directions.
//!
//! [`run()`] shows a trace, [`home()`] lets the user choose one. Inside, a model is told what happened
//! (`update`), asks for what the outside should do, and is drawn by the views, which are
//! functions of it. Commands are plain functions in one table; the keys, the help, the hints of the
//! status line and the page of keys are made from that table.
//!
//! Knows: how a trace looks and how one moves in it.
//! Never knows: what an event does to the state, how a step reads in words, or who made the trace; that
//! is `evscope-replay`'s. Only `run`, the home screen, the terminal and the reading of files
//! do input and output.
//!
//! To add a command, add a line to the table in `commands` and a function; to add a pane, a variant of
//! `Pane`, and the compiler names the places.

mod cast;
mod code;
mod commands;
mod events;
mod facts;
mod here;
mod highlight;
mod home;
mod job;
mod keys;
mod layout;
mod lesson;
mod listing;
mod load;
mod marks;
mod message;
mod model;
#[cfg(any(test, feature = "pictures"))]
pub mod picture;
mod program;
mod prompt;
mod run;
mod shown;
mod stops;
mod stretches;
mod terminal;
#[cfg(test)]
mod tests;
mod text;
mod theme;
mod timeline;
mod update;
mod view;
mod words;

pub use cast::{CAST_MOST, CastOptions, cast};
pub use home::{HomeChoice, HomeItem, HomeList, HomeOptions, Records, home};
pub use keys::{check_key, keys_page};
pub use lesson::{Answered, Course, Keeper, Progress};
pub use program::{Program, Until, Whereabouts};
pub use run::{Error, Exit, Exporter, Options, Source, run};
pub use theme::Palette;
