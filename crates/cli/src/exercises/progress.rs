//! How far one has come in the exercises: a line an exercise in the user's folder for state.

use std::fs;
use std::io;
use std::path::PathBuf;

use crate::dirs;

/// What is kept of an exercise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Whether it was done.
    pub(crate) done: bool,
    /// How many hints were asked for.
    pub(crate) hints: usize,
}

fn place() -> Option<PathBuf> {
    Some(dirs::state()?.join("exercises"))
}

/// What is kept of an exercise, none if it was never begun.
pub(crate) fn of(exercise: &str) -> Option<Progress> {
    read(&fs::read_to_string(place()?).ok()?, exercise)
}

/// Keeps it. Where there is no home, nothing is kept.
pub(crate) fn keep(exercise: &str, progress: Progress) -> io::Result<()> {
    let Some(place) = place() else {
        return Ok(());
    };
    let before = fs::read_to_string(&place).unwrap_or_default();
    dirs::replace(&place, &with(&before, exercise, progress))
}

fn read(text: &str, exercise: &str) -> Option<Progress> {
    text.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        (words.next()? == exercise).then_some(())?;
        Some(Progress {
            done: words.next()? == "done",
            hints: words.next()?.parse().ok()?,
        })
    })
}

fn with(before: &str, exercise: &str, progress: Progress) -> String {
    let state = if progress.done { "done" } else { "begun" };
    let mut text = format!("{exercise} {state} {}\n", progress.hints);
    let others = before
        .lines()
        .filter(|line| line.split_whitespace().next() != Some(exercise));
    for line in others {
        text.push_str(line);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again() {
        let done = Progress {
            done: true,
            hints: 2,
        };
        let text = with("", "hello", Progress::default());
        let text = with(&text, "echo", done);
        let text = with(&text, "hello", done);
        assert_eq!(text.lines().count(), 2);
        assert_eq!(read(&text, "hello"), Some(done));
        assert_eq!(read(&text, "chat"), None);
        assert_eq!(read("hello done many\n", "hello"), None);
    }
}
