//! The terminal UI of evscope: a trace beside the source that made it, step by step in both
//! directions.
//!
//! [`run()`] shows a trace, [`home()`] lets the user choose one. Inside, a model is told what happened
//! (`update`), asks for what the outside should do, and is drawn by the views. A pane is one
//! file: what it shows, and what keys and clicks do in it. Commands are plain functions in one table; the keys, the help, the hints of the
//! status line and the page of keys are made from that table.
//!
//! Knows: how a trace looks and how one moves in it.
//! Never knows: what an event does to the state, how a step reads in words, or who made the trace; that
//! is `evscope-replay`'s. Only `terminal` does input and output.
//!
//! The folders are its groups, and each imports only from those on the right of it:
//!
//! `terminal` (input and output) → `update` (messages and commands) → `view` (the screen: the panes and lists) →
//! `model` → `work` (on the whole trace, in slices) → `look` (styles, text and words)
//!
//! A test holds them to it.
//!
//! To add a command, add a line to the table in `update/commands` and a function; to add a pane, a file to `view/panes` and a
//! line to the list there.

#![forbid(unsafe_code)]

mod look;
mod model;
mod terminal;
#[cfg(test)]
mod tests;
mod update;
mod view;
mod work;

pub use look::theme::Palette;
pub use model::lesson::{Answered, Course, Keeper, Progress};
pub use model::marks::read as read_notes;
pub use model::program::{Program, Until, Whereabouts};
pub use terminal::cast::{CAST_MOST, CastOptions, begins_a_cast, cast};
pub use terminal::home::{
    Explained, Explaining, HomeChoice, HomeItem, HomeList, HomeOptions, Records, home,
};
pub use terminal::key::{Pressed, wait_for_key};
#[cfg(any(test, feature = "pictures"))]
pub use terminal::picture;
pub use terminal::run::{Error, Exit, Exporter, LibeventSource, Notes, Options, Source, run};
pub use terminal::screen::has_the_screen;
pub use terminal::system::can_colour;
pub use update::keys::{check_key, keys_page};
