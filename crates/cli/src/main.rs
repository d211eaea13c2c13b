//! evscope: see what an event-driven network program does, step by step.
//!
//! This crate wires the others to a command line: it reads arguments, opens traces, and gives them to
//! the model, the exports or the terminal UI. One file a command, under `commands/`.

#![forbid(unsafe_code)]

mod again;
mod args;
mod builtin;
mod commands;
mod config;
mod dirs;
mod documents;
mod exercises;
mod help;
mod input;
mod language;
mod lessons;
mod logging;
mod output;
mod recent;
mod screen;
mod select;
mod settings;
mod siblings;
mod system;
mod text;
mod usage;

use std::process::ExitCode;

/// How a command ended, when it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Nothing to complain about.
    Fine,
    /// There is something to look at.
    Findings,
    /// With the status of the program that was run.
    #[cfg_attr(not(has_recorder), expect(dead_code, reason = "nothing is recorded"))]
    Status(u8),
}

/// Something was found.
const FOUND: u8 = 1;
/// Wrong usage, or an input that cannot be read.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    output::filter_panics();
    let outcome = args::parse().and_then(|args| {
        logging::begin();
        let outcome = commands::run(args);
        logging::end();
        outcome
    });
    match outcome {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(FOUND),
        Ok(Outcome::Status(status)) => ExitCode::from(status),
        // Who reads has seen enough: `evscope print … | head`.
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::say(&in_full(&error));
            ExitCode::from(FAILED)
        }
    }
}

/// An error with its causes, but for those that it tells itself.
pub(crate) fn in_full(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    #[test]
    fn an_error_is_told_with_its_cause_once() {
        let told = |error| super::in_full(&error);
        assert_eq!(
            told(anyhow!("not there").context("a.toml")),
            "a.toml: not there"
        );
        assert_eq!(told(anyhow!("full").context("a: full")), "a: full");
    }
}
