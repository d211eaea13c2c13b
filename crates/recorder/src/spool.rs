//! The spool: every record as it came, in a file beside the trace. What is in the spool survives whatever
//! happens to the program and to the recorder; the trace is made from it, and it goes when the trace is
//! whole.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::fd::AsRawFd;
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
    /// The folder that was made for the library, if one was.
    pub(crate) library: Option<PathBuf>,
}

/// What is to be found where a spool is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing that anybody would miss.
    Nothing,
    /// A spool that a recorder is writing.
    InUse,
    /// A spool that nobody writes any more, and what else is left of its recorder.
    Left(Vec<PathBuf>),
    /// Something else.
    Foreign,
}

/// Looks what is there.
pub(crate) fn look(path: &Path) -> Found {
    let Ok(file) = File::open(path) else {
        return Found::Nothing;
    };
    let len = file.metadata().map_or(0, |metadata| metadata.len());
    if len == 0 {
        return Found::Nothing;
    }
    match Head::read(&file) {
        Err(_) => Found::Foreign,
        Ok(_) if lock(&file, libc::LOCK_SH).is_err() => Found::InUse,
        Ok(head) => {
            // The recorder may have been killed before it took the first records out of the ring.
            let any = len > HEAD || head.ring.exists();
            let mut others: Vec<_> = head.library.into_iter().collect();
            others.push(head.ring);
            others.retain(|path| path.exists());
            match any {
                true => Found::Left(others),
                false => Found::Nothing,
            }
        }
    }
}

/// While a recorder has a spool open it holds this lock on it, and it is the system that takes it back, however the
/// recorder ends. On a file system without locks everybody gets it.
fn lock(file: &File, kind: i32) -> io::Result<()> {
    // SAFETY: the descriptor is the file's.
    if unsafe { libc::flock(file.as_raw_fd(), kind | libc::LOCK_NB) } == 0 {
        return Ok(());
    }
    match io::Error::last_os_error() {
        error if error.kind() == io::ErrorKind::WouldBlock => Err(io::Error::other(
            "another evscope is recording into it; wait, or give this one another name with -o",
        )),
        _ => Ok(()),
    }
}

/// As [`lock`] for a writer. Who only looks has it for a moment.
fn lock_for_writing(file: &File) -> io::Result<()> {
    const TRIES: u32 = 20;
    for _ in 1..TRIES {
        if lock(file, libc::LOCK_EX).is_ok() {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    lock(file, libc::LOCK_EX)
}

impl Head {
    /// Reads it from the beginning of a spool.
    fn read(mut file: &File) -> io::Result<Self> {
        let mut block = vec![0; HEAD as usize];
        file.read_exact(&mut block)?;
        let text = String::from_utf8_lossy(&block);
        let mut lines = text.lines();
        if lines.next() != Some(MAGIC) {
            return Err(io::Error::other("not a spool of evscope's"));
        }
        let not_whole = || io::Error::other("its head is not whole");
        let mut line = || lines.next().ok_or_else(not_whole);
        Ok(Self {
            program: line()?.to_owned(),
            began: line()?.parse().map_err(|_| not_whole())?,
            started: line()?.to_owned(),
            ring: line()?.into(),
            library: Some(line()?)
                .filter(|line| line.starts_with('/'))
                .map(PathBuf::from),
        })
    }

    fn write(&self, mut file: &File) -> io::Result<()> {
        let text = format!(
            "{MAGIC}\n{}\n{}\n{}\n{}\n{}\n",
            self.program.replace('\n', " "),
            self.began,
            self.started,
            self.ring.display(),
            self.library.as_deref().unwrap_or(Path::new("")).display()
        );
        let mut block = text.into_bytes();
        block.resize(HEAD as usize, 0);
        file.write_all(&block)
    }
}

/// The writing end.
pub(crate) struct SpoolWriter {
    file: Arc<File>,
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

/// Makes a spool. What is there is written over: see [`look`].
pub(crate) fn create(path: &Path, head: &Head) -> io::Result<(SpoolWriter, SpoolReader)> {
    use std::os::unix::fs::OpenOptionsExt;
    let file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    lock_for_writing(&file)?;
    file.set_len(0)?;
    head.write(&file)?;
    let written = Arc::new(AtomicU64::new(HEAD));
    let file = Arc::new(file);
    let reader = SpoolReader::new(Arc::clone(&file), Arc::clone(&written));
    Ok((SpoolWriter { file, written }, reader))
}

/// Opens a spool that was left behind, to add what the ring still holds.
pub(crate) fn open(path: &Path) -> io::Result<(Head, SpoolWriter, SpoolReader)> {
    let mut file = File::options().read(true).write(true).open(path)?;
    let head = Head::read(&file)?;
    lock_for_writing(&file)?;
    let end = file.seek(SeekFrom::End(0))?;
    // A cut-off slot at the end goes.
    let end = HEAD + (end - HEAD) / SLOT as u64 * SLOT as u64;
    file.seek(SeekFrom::Start(end))?;
    let written = Arc::new(AtomicU64::new(end));
    let file = Arc::new(file);
    let reader = SpoolReader::new(Arc::clone(&file), Arc::clone(&written));
    Ok((head, SpoolWriter { file, written }, reader))
}

impl SpoolWriter {
    /// How much there is.
    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Acquire)
    }

    /// Appends slots.
    pub(crate) fn append(&mut self, slots: &[u8]) -> io::Result<()> {
        (&*self.file).write_all(slots)?;
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
