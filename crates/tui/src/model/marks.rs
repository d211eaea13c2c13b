//! Bookmarks and notes as a text: a line for each, the step and the note.

use std::collections::BTreeMap;

use crate::model::Model;
use crate::model::message::Effect;

/// The file's text.
pub(crate) fn write(marks: &BTreeMap<usize, String>) -> String {
    marks
        .iter()
        .map(|(step, note)| format!("{step} {}", note.replace(['\n', '\r'], " ")))
        .map(|line| line.trim_end().to_owned() + "\n")
        .collect()
}

impl Model {
    /// Has them kept.
    pub(crate) fn save_marks(&mut self) {
        let text = write(&self.marks);
        self.effects.push(Effect::SaveMarks(text));
    }
}

/// Reads bookmarks and notes, as the screen keeps them: a line for each, the step and the note. Lines that are none of ours are
/// passed over: notes are not worth failing for.
pub fn read(text: &str) -> BTreeMap<usize, String> {
    text.lines()
        .filter_map(|line| {
            let (step, note) = line.split_once(' ').unwrap_or((line, ""));
            Some((step.parse().ok()?, note.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_as_they_were_written() {
        let marks = BTreeMap::from([(3, String::new()), (17, "why here?\n看".to_owned())]);
        let text = write(&marks);
        assert_eq!(text, "3\n17 why here? 看\n");
        assert_eq!(read(&text)[&17], "why here? 看");
        assert_eq!(read(&text)[&3], "");
        assert!(read("what is this\n").is_empty());
    }
}
