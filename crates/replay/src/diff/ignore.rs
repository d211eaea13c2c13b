//! Fields that are not to be compared.

use std::collections::BTreeSet;

use evscope_trace::{Event, Record};
use evscope_words::{Text, text};

use crate::query::nearest;

/// Fields that are left out of a comparison.
#[derive(Debug, Clone, Default)]
pub struct Ignore(BTreeSet<&'static str>);

/// A name that is none of a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text())]
pub struct UnknownField {
    name: String,
    near: Option<&'static str>,
}

impl UnknownField {
    fn text(&self) -> Text {
        let name = &self.name;
        match self.near {
            Some(near) => text!(ignore_near, name, near),
            None => text!(ignore_none, name),
        }
    }
}

impl Ignore {
    /// The name that stands for all lengths and numbers of bytes. Of them only matters whether they are
    /// 0, more or less: how the bytes of a stream come in pieces is chance.
    pub const LENGTHS: &'static str = "lengths";
    /// The name for how the bytes of a stream come in pieces: [`LENGTHS`](Self::LENGTHS), the bytes themselves, and how
    /// often in a row a turn of the loop does the same.
    pub const PIECES: &'static str = "pieces";
    /// The name for bufferevents that are taken apart with their base since nobody freed them.
    pub const LEAKS: &'static str = "leaks";

    /// Leaves out a field of records: one of any record's, like `role` or `fd`, one of some events', like
    /// `callback`, [`LENGTHS`](Self::LENGTHS), [`PIECES`](Self::PIECES) or [`LEAKS`](Self::LEAKS).
    pub fn add(&mut self, name: &str) -> Result<(), UnknownField> {
        match known().find(|known| *known == name) {
            Some(known) => {
                self.0.insert(known);
                Ok(())
            }
            None => Err(UnknownField {
                name: name.to_owned(),
                near: nearest(name, known()),
            }),
        }
    }

    pub(super) fn insert(&mut self, name: &'static str) {
        self.0.insert(name);
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    pub(super) fn ignores_lengths(&self) -> bool {
        self.has(Self::LENGTHS) || self.ignores_pieces()
    }

    pub(super) fn ignores_pieces(&self) -> bool {
        self.has(Self::PIECES)
    }

    pub(super) fn ignores_leaks(&self) -> bool {
        self.has(Self::LEAKS)
    }
}

/// Everything that can be left out. A step's name cannot: that is what a filter is for.
fn known() -> impl Iterator<Item = &'static str> {
    let of_any = Record::FIELDS.iter().map(|field| field.name);
    let own = Event::KINDS.iter().flat_map(|kind| kind.fields);
    of_any
        .filter(|name| !matches!(*name, "ev" | "ph" | "seq" | "t"))
        .chain(own.map(|field| field.name))
        .chain([Ignore::LENGTHS, Ignore::PIECES, Ignore::LEAKS])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        let mut ignore = Ignore::default();
        for name in ["callback", "fd", "lengths", "depth"] {
            ignore.add(name).unwrap();
            assert!(ignore.has(name));
        }
        assert!(!ignore.has("what"));
        let error = ignore.add("calback").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`calback` is no field that is compared; is it `callback`?"
        );
        assert!(ignore.add("ev").is_err());
    }
}
