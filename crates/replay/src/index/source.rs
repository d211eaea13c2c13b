//! What tells one file from another, and from what it was before.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::time::UNIX_EPOCH;

use crc32fast::Hasher;

use super::{Reading, Writing};

/// A file as it is now: how long it is, when it was written last, and a sum of some of its bytes: of its first 64 KiB,
/// of its last 64 KiB, and of 4 KiB at each sixteenth between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    len: u64,
    seconds: u64,
    nanos: u32,
    sum: u32,
}

const END: u64 = 64 << 10;
const PARTS: u64 = 16;
const PART: u64 = 4 << 10;

impl Source {
    /// The file as it is now. It is read in some places, and stands anywhere afterwards.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn of(file: &mut File) -> io::Result<Self> {
        let data = file.metadata()?;
        let written = data.modified()?.duration_since(UNIX_EPOCH);
        let written = written.unwrap_or_default();
        let len = data.len();
        let between = (1..PARTS).map(|part| (len / PARTS * part, PART));
        let mut sum = Hasher::new();
        let mut bytes = Vec::new();
        for (at, most) in [(0, END), (len.saturating_sub(END), END)]
            .into_iter()
            .chain(between)
        {
            file.seek(SeekFrom::Start(at))?;
            bytes.clear();
            file.take(most).read_to_end(&mut bytes)?;
            sum.update(&bytes);
        }
        Ok(Self {
            len,
            seconds: written.as_secs(),
            nanos: written.subsec_nanos(),
            sum: sum.finalize(),
        })
    }

    pub(super) fn save<W: Write>(&self, to: &mut Writing<W>) -> io::Result<()> {
        to.number(self.len)?;
        to.number(self.seconds)?;
        to.number(self.nanos.into())?;
        to.number(self.sum.into())
    }

    pub(super) fn load(from: &mut Reading) -> Option<Self> {
        Some(Self {
            len: from.number()?,
            seconds: from.number()?,
            nanos: from.narrow()?,
            sum: from.narrow()?,
        })
    }
}
