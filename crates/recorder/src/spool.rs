//! The spool: every record as it came, in a file beside the trace. What is in the spool survives whatever
//! happens to the program and to the recorder; the trace is made from it, and it goes when the trace is
//! whole.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::ring::{Raw, SLOT, parse};

/// Where the records begin.
const HEAD: u64 = 4096;
const MAGIC: &str = "evscope spool 1";

/// What is known before the first record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    /// The program as it was called.
    pub(crate) program: String,
    /// The time of the first moment, `CLOCK_MONOTONIC`.
    pub(crate) began: u64,
    /// The same by the wall clock, RFC 3339.
    pub(crate) started: String,
    /// Where the ring is.
    pub(crate) ring: PathBuf,
}

/// The writing end.
pub(crate) struct SpoolWriter {
    file: File,
    written: Arc<AtomicU64>,
}

/// A reading end. There can be several.
pub(crate) struct SpoolReader {
    file: Arc<File>,
    written: Arc<AtomicU64>,
    at: u64,
    buffer: Vec<u8>,
    used: usize,
}

/// Makes a spool.
pub(crate) fn create(path: &Path, head: &Head) -> io::Result<(SpoolWriter, SpoolReader)> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    let text = format!(
        "{MAGIC}\n{}\n{}\n{}\n{}\n",
        head.program.replace('\n', " "),
        head.began,
        head.started,
        head.ring.display()
    );
    let mut block = text.into_bytes();
    block.resize(HEAD as usize, 0);
    file.write_all(&block)?;
    let written = Arc::new(AtomicU64::new(HEAD));
    let reader = SpoolReader::new(Arc::new(file.try_clone()?), Arc::clone(&written));
    Ok((SpoolWriter { file, written }, reader))
}

/// Opens a spool that was left behind, to add what the ring still holds.
pub(crate) fn open(path: &Path) -> io::Result<(Head, SpoolWriter, SpoolReader)> {
    let mut file = File::options().read(true).write(true).open(path)?;
    let mut block = vec![0; HEAD as usize];
    file.read_exact(&mut block)?;
    let text = String::from_utf8_lossy(&block);
    let mut lines = text.lines();
    if lines.next() != Some(MAGIC) {
        return Err(io::Error::other("not a spool of evscope's"));
    }
    let mut line = || {
        lines
            .next()
            .ok_or_else(|| io::Error::other("its head is not whole"))
    };
    let head = Head {
        program: line()?.to_owned(),
        began: line()?
            .parse()
            .map_err(|_| io::Error::other("its head is not whole"))?,
        started: line()?.to_owned(),
        ring: line()?.into(),
    };
    let end = file.seek(SeekFrom::End(0))?;
    // A cut-off slot at the end goes.
    let end = HEAD + (end - HEAD) / SLOT as u64 * SLOT as u64;
    file.seek(SeekFrom::Start(end))?;
    let written = Arc::new(AtomicU64::new(end));
    let reader = SpoolReader::new(Arc::new(file.try_clone()?), Arc::clone(&written));
    Ok((head, SpoolWriter { file, written }, reader))
}

impl SpoolWriter {
    /// How much there is.
    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Acquire)
    }

    /// Appends slots.
    pub(crate) fn append(&mut self, slots: &[u8]) -> io::Result<()> {
        self.file.write_all(slots)?;
        self.written
            .fetch_add(slots.len() as u64, Ordering::Release);
        Ok(())
    }
}

impl SpoolReader {
    fn new(file: Arc<File>, written: Arc<AtomicU64>) -> Self {
        Self {
            file,
            written,
            at: HEAD,
            buffer: Vec::new(),
            used: 0,
        }
    }

    /// Another reader, from the first record on.
    pub(crate) fn another(&self) -> Self {
        Self::new(Arc::clone(&self.file), Arc::clone(&self.written))
    }

    /// How far it has read; two readers of one spool can be compared by it.
    pub(crate) fn position(&self) -> u64 {
        self.at - (self.buffer.len() - self.used) as u64
    }

    /// The next record; `None` if there is none (yet).
    pub(crate) fn next(&mut self) -> io::Result<Option<Raw>> {
        /// Bytes to read at a time.
        const PIECE: u64 = 1 << 18;
        loop {
            if let Some((raw, n)) = parse(&self.buffer[self.used..]) {
                self.used += n;
                match raw {
                    Some(raw) => return Ok(Some(raw)),
                    None => continue,
                }
            }
            let there = self.written.load(Ordering::Acquire);
            if there <= self.at {
                return Ok(None);
            }
            self.buffer.drain(..self.used);
            self.used = 0;
            let n = (there - self.at).min(PIECE) as usize;
            let start = self.buffer.len();
            self.buffer.resize(start + n, 0);
            self.file
                .read_exact_at(&mut self.buffer[start..], self.at)?;
            self.at += n as u64;
        }
    }
}
