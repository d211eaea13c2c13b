//! A line to type into, with a history for each kind.

use evscope_words::{Word, word};
use std::collections::HashMap;

use tui_input::Input;

/// What is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum PromptKind {
    /// A command by name.
    Command,
    /// What to search for.
    Search,
    /// What to list.
    Filter,
    /// Where to stop.
    Break,
    /// What value to watch.
    Watch,
    /// What to answer a lesson's question.
    Answer,
}

impl PromptKind {
    const ALL: [Self; 6] = [
        Self::Command,
        Self::Search,
        Self::Filter,
        Self::Break,
        Self::Watch,
        Self::Answer,
    ];

    /// Its name in the file of the history.
    fn name(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Search => "search",
            Self::Filter => "filter",
            Self::Break => "break",
            Self::Watch => "watch",
            Self::Answer => "answer",
        }
    }

    /// What stands before the line.
    pub(crate) fn label(self) -> Word {
        match self {
            Self::Command => word!(screen_prompt_command),
            Self::Search => word!(home_search),
            Self::Filter => word!(screen_prompt_filter),
            Self::Break => word!(screen_stop_at),
            Self::Watch => word!(screen_watch),
            Self::Answer => word!(screen_your_answer),
        }
    }
}

/// The line being typed.
#[derive(Debug, Clone)]
pub(crate) struct Prompt {
    pub(crate) kind: PromptKind,
    pub(crate) input: Input,
    /// What is wrong with it, and at which column, from 1.
    pub(crate) error: Option<(usize, String)>,
    /// Which of the commands it may mean is looked at, and what was typed before one was.
    pub(crate) looked: Option<(usize, String)>,
    /// Which line of the history stands there, counted from the newest.
    recalled: Option<usize>,
    /// What was typed before the history was looked at.
    typed: String,
}

impl Prompt {
    /// A line that begins as `text`, the cursor behind it.
    pub(crate) fn new(kind: PromptKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            input: Input::new(text.into()),
            error: None,
            looked: None,
            recalled: None,
            typed: String::new(),
        }
    }
}

/// The lines that were entered, by kind.
#[derive(Debug, Clone, Default)]
pub(crate) struct History(HashMap<PromptKind, Vec<String>>);

impl History {
    /// Lines that are kept of each kind.
    const MOST: usize = 100;

    /// Keeps a line that was entered.
    pub(crate) fn add(&mut self, kind: PromptKind, line: &str) {
        let lines = self.0.entry(kind).or_default();
        lines.retain(|other| other != line);
        lines.push(line.to_owned());
        if lines.len() > Self::MOST {
            lines.remove(0);
        }
    }

    /// A file's line for a line that was entered.
    pub(crate) fn written(kind: PromptKind, line: &str) -> String {
        format!("{} {line}\n", kind.name())
    }

    /// The lines of a file, the oldest first. What is none of ours is passed over.
    pub(crate) fn read(text: &str) -> Self {
        let mut history = Self::default();
        for line in text.lines() {
            if let Some((name, line)) = line.split_once(' ')
                && let Some(kind) = PromptKind::ALL.into_iter().find(|kind| kind.name() == name)
            {
                history.add(kind, line);
            }
        }
        history
    }

    /// All that is kept, as a file's text.
    pub(crate) fn write(&self) -> String {
        let kinds = PromptKind::ALL.into_iter();
        kinds
            .flat_map(|kind| {
                let lines = self.0.get(&kind).map_or(&[][..], Vec::as_slice);
                lines.iter().map(move |line| Self::written(kind, line))
            })
            .collect()
    }

    /// Puts the line before the one that stands there into the prompt.
    pub(crate) fn older(&self, prompt: &mut Prompt) {
        self.recall(prompt, prompt.recalled.map_or(0, |at| at + 1));
    }

    /// Puts the line after the one that stands there into the prompt; after the newest, what was typed.
    pub(crate) fn newer(&self, prompt: &mut Prompt) {
        match prompt.recalled {
            None => {}
            Some(0) => {
                prompt.recalled = None;
                prompt.input = Input::new(std::mem::take(&mut prompt.typed));
            }
            Some(at) => self.recall(prompt, at - 1),
        }
    }

    fn recall(&self, prompt: &mut Prompt, at: usize) {
        let lines = self.0.get(&prompt.kind).map_or(&[][..], Vec::as_slice);
        let Some(line) = lines.iter().rev().nth(at) else {
            return;
        };
        if prompt.recalled.is_none() {
            prompt.typed = prompt.input.value().to_owned();
        }
        prompt.recalled = Some(at);
        prompt.error = None;
        prompt.input = Input::new(line.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_is_read_as_it_was_written() {
        let written = "command level 3\nsearch ev=writecb && bev=1\nwatch bev1.output.len\n";
        let history = History::read(&format!("search old\nwhat\nnonsense is here\n{written}"));
        assert_eq!(history.write().replace("search old\n", ""), written);
        let many: String = (0..300).map(|n| format!("filter bev={n}\n")).collect();
        let kept = History::read(&many).write();
        assert_eq!(kept.lines().count(), History::MOST);
        assert!(kept.ends_with("filter bev=299\n"));
    }

    #[test]
    fn history_goes_back_and_returns_to_what_was_typed() {
        let mut history = History::default();
        for line in ["one", "two", "one"] {
            history.add(PromptKind::Search, line);
        }
        history.add(PromptKind::Filter, "other");
        let mut prompt = Prompt::new(PromptKind::Search, "typ");
        let mut seen = Vec::new();
        for _ in 0..3 {
            history.older(&mut prompt);
            seen.push(prompt.input.value().to_owned());
        }
        for _ in 0..3 {
            history.newer(&mut prompt);
            seen.push(prompt.input.value().to_owned());
        }
        assert_eq!(seen, ["one", "two", "two", "one", "typ", "typ"]);
    }
}
