//! What the program of a trace says may differ: its order is open, or chance decides.

use super::{DiffOptions, Ignore};
use crate::Trace;

/// What stands before a permission in a source text.
const MARK: &str = "evscope: allow ";

/// What a program allows to differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allow {
    /// The order of steps of different objects ([`DiffOptions::any_order`]).
    Order,
    /// How the bytes of a stream come in pieces ([`Ignore::PIECES`]).
    Pieces,
    /// What is freed with its base because nobody freed it ([`Ignore::LEAKS`]).
    Leaks,
}

impl Allow {
    /// Its name, as programs write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Pieces => Ignore::PIECES,
            Self::Leaks => Ignore::LEAKS,
        }
    }

    fn named(name: &str) -> Option<Self> {
        let all = [Self::Order, Self::Pieces, Self::Leaks];
        all.into_iter().find(|allow| allow.name() == name)
    }
}

/// A permission, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// What may differ.
    pub what: Allow,
    /// In the words of whoever wrote the program.
    pub why: String,
}

/// What the sources in a trace allow: `evscope: allow pieces "why"` within one line, in a comment, say. One without a
/// reason, or of something else, allows nothing.
pub fn allowed(trace: &Trace) -> Vec<Allowed> {
    let files = trace.source_files().into_iter();
    let texts = files.flat_map(|file| trace.source_file(file));
    let lines = texts.flat_map(|source| source.text.lines());
    lines.filter_map(permission).collect()
}

fn permission(line: &str) -> Option<Allowed> {
    let (_, said) = line.split_once(MARK)?;
    let (what, rest) = said.split_once(' ')?;
    let why = rest.trim_start().strip_prefix('"')?.split('"').next()?;
    Some(Allowed {
        what: Allow::named(what)?,
        why: why.to_owned(),
    })
    .filter(|allowed| !allowed.why.is_empty())
}

impl DiffOptions {
    /// What may differ is not compared.
    pub fn allow(&mut self, what: Allow) {
        match what {
            Allow::Order => self.any_order = true,
            Allow::Pieces => self.ignore.insert(Ignore::PIECES),
            Allow::Leaks => self.ignore.insert(Ignore::LEAKS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_has_a_reason() {
        let of = |line| permission(line).map(|allowed| (allowed.what, allowed.why));
        let why = || "the kernel decides".to_owned();
        let pieces = r#"/* small; evscope: allow pieces "the kernel decides" */"#;
        assert_eq!(of(pieces), Some((Allow::Pieces, why())));
        let order = r#"// evscope: allow order "the kernel decides""#;
        assert_eq!(of(order), Some((Allow::Order, why())));
        for nothing in [
            "// evscope: allow order",
            r#"// evscope: allow order """#,
            "// evscope: allow order because",
            r#"// evscope: allow everything "why not""#,
            r#"// evscope allow order "the kernel decides""#,
        ] {
            assert_eq!(of(nothing), None, "{nothing}");
        }
    }
}
