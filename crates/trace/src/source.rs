//! The texts of functions, which a trace carries so that it replays anywhere.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::vocabulary::Text;

/// The text of one function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceText {
    /// The file's path, as in the records' `src`.
    pub file: Text,
    /// The function's name.
    #[serde(rename = "fn")]
    pub function: Text,
    /// The number of its first line, from 1.
    pub first: u32,
    /// Its lines.
    pub text: String,
    /// Members this version does not know, kept as they were read.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl SourceText {
    /// The text of the function `function`, whose first line is `first`.
    pub fn new(
        file: impl Into<Text>,
        function: impl Into<Text>,
        first: u32,
        text: impl Into<String>,
    ) -> Self {
        Self {
            file: file.into(),
            function: function.into(),
            first,
            text: text.into(),
            extra: Map::new(),
        }
    }

    /// The number of its last line.
    pub fn last(&self) -> u32 {
        self.first + (self.text.lines().count() as u32).saturating_sub(1)
    }

    /// Whether `line` of `file` is in it.
    pub fn contains(&self, file: &str, line: u32) -> bool {
        self.file == file && (self.first..=self.last()).contains(&line)
    }
}
