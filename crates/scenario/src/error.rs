//! What is wrong with a scenario, and where.

use std::fmt;

use evscope_words::{Lang, Text, text};

/// A mistake in a scenario's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioError {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column of the first character, from 1.
    pub column: u32,
    /// How many characters are wrong.
    pub width: u32,
    /// The line's text.
    pub text: String,
    /// What is wrong.
    pub message: Text,
    /// What to write instead.
    pub help: Option<Box<Text>>,
}

impl std::error::Error for ScenarioError {}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            column,
            width,
            text,
            message,
            help,
        } = self;
        let lang = Lang::spoken();
        let wrong = text!(scenario_wrong, file, line, column, message);
        // What stands in a place, and the sort of an object, come into the message as texts of their own.
        writeln!(f, "{}", lang.set_spaces(wrong.in_lang(lang)))?;
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        // Tabs stay tabs under the line, so that the mark stands where it should.
        let before: String = text
            .chars()
            .take(*column as usize - 1)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        writeln!(f, "{number} | {text}")?;
        write!(
            f,
            "{margin} | {before}{}",
            "^".repeat((*width).max(1) as usize)
        )?;
        if let Some(help) = help {
            let help = lang.set_spaces(help.in_lang(lang));
            write!(f, "\n{margin} = {help}")?;
        }
        Ok(())
    }
}

/// The one of `names` that was probably meant by `name`.
pub(crate) fn near<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = name.chars().count() / 3 + 1;
    let distances = names
        .into_iter()
        .map(|other| (distance(name, other), other));
    distances
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

/// How many characters must be added, taken away, exchanged or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (
        a.to_lowercase().chars().collect(),
        b.to_lowercase().chars().collect(),
    );
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let differ = usize::from(a[i - 1] != b[j - 1]);
                let mut least = (rows[i - 1][j] + 1)
                    .min(rows[i][j - 1] + 1)
                    .min(rows[i - 1][j - 1] + differ);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    least = least.min(rows[i - 2][j - 2] + 1);
                }
                least
            };
        }
    }
    rows[a.len()][b.len()]
}

/// What there is to choose from, and the one that was probably meant.
pub(crate) fn choice<'a>(name: &str, names: impl IntoIterator<Item = &'a str> + Clone) -> Text {
    match near(name, names.clone()) {
        Some(near) => text!(scenario_meant, near),
        None => {
            let names: Vec<&str> = names.into_iter().collect();
            match names.as_slice() {
                [] => text!(scenario_no_choice),
                names => text!(scenario_choice, names = names.join(", ")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised() {
        let names = ["bufferevent_enable", "bufferevent_disable", "event_add"];
        assert_eq!(
            near("bufferevent_enabel", names),
            Some("bufferevent_enable")
        );
        assert_eq!(near("event_ad", names), Some("event_add"));
        assert_eq!(near("listen", names), None);
    }

    #[test]
    fn the_mark_stands_under_the_mistake() {
        let error = ScenarioError {
            file: "a.scn".to_owned(),
            line: 12,
            column: 3,
            width: 2,
            text: "\tx yy".to_owned(),
            message: Text::same("no"),
            help: Some(Box::new(Text::same("yes"))),
        };
        assert_eq!(
            error.to_string(),
            "a.scn:12:3: no\n12 | \tx yy\n   | \t ^^\n   = yes"
        );
    }
}
