//! The `evscope` program as its users run it: real processes, real pipes, exit statuses, every message.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows only test functions as tests, not their helpers"
)]

#[path = "../../../trace/tests/lengths/mod.rs"]
mod length_check;

mod check;
mod config;
mod demo;
mod diff;
mod errors;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod exercise_programs;
mod exercises;
mod export;
mod files;
mod help;
mod hidden;
mod home;
mod input;
mod language;
mod learn;
mod live;
#[cfg(unix)]
mod own_rules;
mod pipes;
mod print;
mod record;
mod run;
mod state;
mod support;
mod traces;
