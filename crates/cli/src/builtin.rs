//! The traces that are inside the binary.

use std::io::{self, BufRead};

use evscope_replay::Trace;
use evscope_trace::ReadError;

/// A recorded trace, packed.
#[derive(Debug)]
pub(crate) struct Builtin {
    pub(crate) name: &'static str,
    /// How many steps it has.
    pub(crate) steps: usize,
    packed: &'static [u8],
}

/// All of them, in alphabetical order.
pub(crate) const ALL: &[Builtin] = include!(concat!(env!("OUT_DIR"), "/traces.rs"));

impl Builtin {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|trace| trace.name == name)
    }

    pub(crate) fn open(&self) -> Result<Trace, ReadError> {
        let broken = |source: io::Error| ReadError::Io {
            file: self.name.to_owned(),
            source,
        };
        Trace::read(self.unpacked().map_err(broken)?, self.name)
    }

    /// Its lines.
    pub(crate) fn unpacked(&self) -> io::Result<Box<dyn BufRead + Send>> {
        evscope_trace::read(self.packed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trace_inside_the_binary_can_be_read() {
        for builtin in ALL {
            let trace = builtin.open().unwrap();
            assert_eq!(trace.len(), builtin.steps, "{}", builtin.name);
            assert!(!trace.is_empty(), "{}", builtin.name);
            assert_eq!(trace.cut_off(), None, "{}", builtin.name);
        }
    }
}
