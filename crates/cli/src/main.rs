//! evscope: see what an event-driven network program does, step by step.
//!
//! This crate wires the others to a command line: it reads arguments, opens traces, and gives them to
//! the model, the exports or the terminal UI. One file a command, under `commands/`.

mod args;
mod builtin;
mod commands;
mod config;
mod dirs;
mod input;
mod language;
mod output;
mod recent;
mod screen;
mod select;
mod settings;
mod text;

use std::process::ExitCode;

/// How a command ended, when it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Nothing to complain about.
    Fine,
    /// There is something to look at.
    Findings,
    /// With the status of the program that was run.
    Status(u8),
}

/// Something was found.
const FOUND: u8 = 1;
/// Wrong usage, or an input that cannot be read.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    let outcome = args::parse().and_then(commands::run);
    match outcome {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(FOUND),
        Ok(Outcome::Status(status)) => ExitCode::from(status),
        // Who reads has seen enough: `evscope print … | head`.
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::say(&error.to_string());
            ExitCode::from(FAILED)
        }
    }
}
