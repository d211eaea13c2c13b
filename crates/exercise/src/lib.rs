//! Exercises: lessons in which one writes. A small broken program is put right, and what it did is judged.
//!
//! An exercise is a folder of data in `exercises/`, and its name stands in `exercises/order`; it needs no Rust:
//!
//! | file | is |
//! | --- | --- |
//! | `exercise.toml` | title, task, hints, and what the other side must get, in English and Chinese |
//! | `rules.toml` | rules over the trace, as `evscope check --rules` takes them |
//! | `world.scn` | what others do: the `at` parts of a scenario |
//! | `start.scn` | the broken program: `main` and callbacks |
//! | `reference.scn` | one that is right |
//! | `wrong/NAME.scn` | the common wrong solutions; the first line says which point each of them breaks |
//!
//! The same programs are made in C on libevent ([`Exercise::start_in_c`]) and in Rust on evscope's own reactor
//! ([`Exercise::start_in_rust`]), call for call. There the others are real: peers on TCP connections, who do the same at
//! the same times.
//!
//! A program is judged by what it did, never by its text: it is run with the exercise's own world (the `at` parts in
//! the learner's file are there to be read and tried, and are left out), its trace is held against the exercise's
//! rules and against those of `evscope check`, and what each peer has read against what it should have got.
//!
//! Knows: the folders, and how scenarios, rules and peers are put together to a judgement.
//! Never knows: files, terminals, or where a program came from.

#![forbid(unsafe_code)]

mod exercise;
mod forms;
#[cfg(unix)]
mod judge;
#[cfg(unix)]
mod others;
mod text;

pub use exercise::{Both, Exercise, ExerciseError, Gets, Wrong};
#[cfg(unix)]
pub use judge::{Broken, JudgeError, Judged, Point};
#[cfg(unix)]
pub use others::{Next, Others};

/// The exercises that evscope brings along: each one's name and its files, in the order in which to take them.
const FOLDERS: &[(&str, &[(&str, &str)])] = include!(concat!(env!("OUT_DIR"), "/exercises.rs"));

/// The file that a program in C includes, and its name.
pub const C_HEADER: (&str, &str) = ("exercise.h", forms::c::HEADER);

/// The library that a program in Rust has as the crate `exercise`, beside `evscope_reactor`. It needs the crate `rustix`
/// with the features `net` and `process`.
pub const RUST_SUPPORT: &str = forms::rust::SUPPORT;

/// The names of the exercises, in the order in which to take them.
pub fn names() -> impl Iterator<Item = &'static str> {
    FOLDERS.iter().map(|(name, _)| *name)
}

/// The exercise of a name. None: there is none.
///
/// # Errors
/// What is wrong with it; a test holds that nothing is.
pub fn named(name: &str) -> Option<Result<Exercise, ExerciseError>> {
    let (name, files) = FOLDERS.iter().find(|(known, _)| *known == name)?;
    Some(Exercise::read(name, |file| {
        let found = files.iter().find(|(known, _)| *known == file);
        found.map(|(_, text)| (*text).to_owned())
    }))
}

/// The common wrong solutions of an exercise that evscope brings along, for tests of it.
pub fn wrong_solutions(name: &str) -> Vec<Wrong> {
    let files = FOLDERS.iter().find(|(known, _)| *known == name);
    let files = files.map_or(&[][..], |(_, files)| files);
    let wrong = files.iter().filter_map(|(file, text)| {
        let name = file.strip_prefix("wrong/")?.strip_suffix(".scn")?;
        Some(Wrong::read(name, text))
    });
    wrong.collect()
}
