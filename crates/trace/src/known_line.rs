//! A line that many records name.

use std::ops::Deref;

use crate::SourceLine;
use crate::field::Field;
use crate::scan::Token;
use crate::texts::Texts;

/// A place in a source file that many records have: its JSON is made once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLine {
    line: SourceLine,
    json: Vec<u8>,
}

impl From<SourceLine> for KnownLine {
    fn from(line: SourceLine) -> Self {
        let mut json = Vec::new();
        line.json(&mut json);
        Self { line, json }
    }
}

impl Deref for KnownLine {
    type Target = SourceLine;

    fn deref(&self) -> &SourceLine {
        &self.line
    }
}

impl Field for KnownLine {
    /// It is only written.
    fn scanned(_: Token<'_>, _: &mut Texts) -> Option<Self> {
        None
    }

    fn json(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.json);
    }
}
