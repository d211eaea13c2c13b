//! A trace that was read whole, kept so that it is there at once the next time.
//!
//! An index holds what reading and folding have found: the packed records, the tree of calls, where each object is
//! named, the checkpoints. It belongs to one file at one time ([`Source`]) and to the evscope that made it; of any
//! other it is no index, and is made anew. Whatever is in a file that is taken for an index, reading it takes no more
//! memory than the file is long, times a small number, and what is not right is no index.

mod folder;
mod form;
mod late;
mod source;

use std::io::{self, Read, Seek, Write};

pub use folder::{IndexFolder, MOST_BYTES, MOST_FILES};
pub(crate) use form::{Part, Reading, Section, Sections, Writing};
pub(crate) use late::Late;
pub use source::Source;

use crate::{Replay, Trace};

/// How an index begins. The number is that of the form; with it go the version, and the vocabulary.
const MAGIC: &[u8] = b"evscope index 2\n";

/// Writes the index of a replay of the file `source`. False if there is none to be written: what is not whole, or goes
/// on with another file, has none.
///
/// # Errors
/// What the operating system says.
pub fn write(replay: &Replay, source: &Source, out: impl Write) -> io::Result<bool> {
    let mut to = Writing::new(out);
    to.bytes(MAGIC)?;
    to.bytes(env!("CARGO_PKG_VERSION").as_bytes())?;
    to.number(evscope_trace::Event::fingerprint())?;
    source.save(&mut to)?;
    to.end(Section::Source)?;
    if !replay.save(&mut to)? {
        return Ok(false);
    }
    to.finish()?;
    Ok(true)
}

/// The replay of the file `source` from an index; `None` if that is not an index of this file by this evscope. `empty` is
/// the trace without its records: its name and its header. What is in the index is read when it is asked for. Damaged
/// records are no index; anything else that is damaged is found from the records.
pub fn read(
    from: impl Read + Seek + Send + 'static,
    source: &Source,
    empty: Trace,
) -> Option<Replay> {
    let sections = Sections::of(from)?;
    let mut from = sections.read(Section::Source)?;
    let is_it = from.bytes()? == MAGIC
        && from.bytes()? == env!("CARGO_PKG_VERSION").as_bytes()
        && from.number()? == evscope_trace::Event::fingerprint()
        && Source::load(&mut from)? == *source
        && from.is_done()
        && sections.is_whole(Section::Packed);
    is_it.then(|| Replay::load(&sections, empty))?
}

#[cfg(test)]
mod tests;
