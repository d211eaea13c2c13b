//! The spool: every record as it came, in a file beside the trace. What is in the spool survives whatever
//! happens to the program and to the recorder; the trace is made from it, and it goes when the trace is
//! whole.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use evscope_words::text;

use crate::library::remove_folder;
use crate::ring::{Raw, Ring, SLOT, parse};
use crate::run::silent_holder;

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
    /// Processes that are forked off are to have traces, too.
    pub(crate) forks: bool,
}

/// What a head says where those that are forked off are to have none.
const NO_FORKS: &str = "without those that are forked off";

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
    match open_what_is_there(path, false) {
        Ok(file) => look_into(&file),
        Err(error) if is_a_link(&error) => Found::Foreign,
        Err(_) => Found::Nothing,
    }
}

fn look_into(file: &File) -> Found {
    let Ok(metadata) = file.metadata() else {
        return Found::Foreign;
    };
    if !metadata.is_file() {
        return Found::Foreign;
    }
    if metadata.len() == 0 {
        return Found::Nothing;
    }
    match Head::read(file) {
        Err(_) => Found::Foreign,
        Ok(_) if lock(file, libc::LOCK_SH).is_err() => Found::InUse,
        Ok(head) => {
            // The recorder may have been killed before it took the first records out of the ring.
            let any = metadata.len() > HEAD || may_have_more(&head.ring);
            match any {
                true => Found::Left(head.left_beside()),
                false => Found::Nothing,
            }
        }
    }
}

/// Whether a ring has, or will have, what nobody else knows.
fn may_have_more(ring: &Path) -> bool {
    Ring::open(ring).is_ok_and(|ring| ring.was_used()) || silent_holder(ring).is_some()
}

/// Opens a file as it is: not through a link, and without waiting for somebody at the other end of it.
fn open_what_is_there(path: &Path, write: bool) -> io::Result<File> {
    File::options()
        .read(true)
        .write(write)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
        .open(path)
}

fn is_a_link(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::ELOOP)
}

/// While a recorder has a spool open it holds this lock on it, and on its ring, and it is the system that takes it back, however the
/// recorder ends. On a file system without locks everybody gets it.
pub(crate) fn lock(file: &File, kind: i32) -> io::Result<()> {
    // SAFETY: the descriptor is the file's.
    if unsafe { libc::flock(file.as_raw_fd(), kind | libc::LOCK_NB) } == 0 {
        return Ok(());
    }
    match io::Error::last_os_error() {
        error if error.kind() == io::ErrorKind::WouldBlock => {
            Err(io::Error::other(text!(record_recover_in_use)))
        }
        _ => Ok(()),
    }
}

/// As [`lock`] for a writer. Who only looks has it for a moment.
pub(crate) fn lock_for_writing(file: &File) -> io::Result<()> {
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
    fn read(file: &File) -> io::Result<Self> {
        let mut block = vec![0; HEAD as usize];
        file.read_exact_at(&mut block, 0)?;
        let text = String::from_utf8_lossy(&block);
        let mut lines = text.lines();
        if lines.next() != Some(MAGIC) {
            return Err(io::Error::other(text!(record_not_a_spool)));
        }
        let not_whole = || io::Error::other(text!(record_head_not_whole));
        let mut line = || lines.next().ok_or_else(not_whole);
        Ok(Self {
            program: line()?.to_owned(),
            began: line()?.parse().map_err(|_| not_whole())?,
            started: line()?.to_owned(),
            ring: line()?.into(),
            library: Some(line()?)
                .filter(|line| line.starts_with('/'))
                .map(PathBuf::from),
            forks: lines.next() != Some(NO_FORKS),
        })
    }

    /// What else than the spool there is of a recording.
    fn left_beside(&self) -> Vec<PathBuf> {
        let mut others: Vec<_> = self.library.iter().cloned().collect();
        others.push(self.ring.clone());
        others.retain(|path| path.exists());
        others
    }

    /// Removes what a recording has left of which nothing is to be kept, where it is what the head says.
    fn sweep(&self) {
        if Ring::open(&self.ring).is_ok() {
            let _ = std::fs::remove_file(&self.ring);
        }
        if let Some(folder) = &self.library {
            remove_folder(folder);
        }
    }

    fn write(&self, file: &File) -> io::Result<()> {
        let text = format!(
            "{MAGIC}\n{}\n{}\n{}\n{}\n{}\n{}\n",
            self.program.replace('\n', " "),
            self.began,
            self.started,
            self.ring.display(),
            self.library.as_deref().unwrap_or(Path::new("")).display(),
            if self.forks { "" } else { NO_FORKS },
        );
        let mut block = text.into_bytes();
        block.resize(HEAD as usize, 0);
        file.write_all_at(&block, 0)
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
    /// Of the buffer, what has been given out, and how far it is filled.
    used: usize,
    filled: usize,
}

/// Why there is no spool.
#[derive(Debug)]
pub(crate) enum CreateError {
    /// Something else is there.
    There(Found),
    /// What the operating system says.
    Io(io::Error),
}

impl From<io::Error> for CreateError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A spool that was made, before anything is in it.
pub(crate) struct New(File);

/// Makes a spool, in the place of one that nobody would miss.
pub(crate) fn create(path: &Path) -> Result<New, CreateError> {
    let made = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match made {
        Ok(file) => {
            lock_for_writing(&file)?;
            Ok(New(file))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let file = open_what_is_there(path, true).map_err(|error| match is_a_link(&error) {
                true => CreateError::There(Found::Foreign),
                false => CreateError::Io(error),
            })?;
            match look_into(&file) {
                Found::Nothing => {}
                other => return Err(CreateError::There(other)),
            }
            lock_for_writing(&file).map_err(|_| CreateError::There(Found::InUse))?;
            // Now that it is ours alone.
            if let Ok(head) = Head::read(&file) {
                head.sweep();
            }
            file.set_len(0)?;
            Ok(New(file))
        }
        Err(error) => Err(error.into()),
    }
}

impl New {
    /// Says what belongs to the recording. What is made for it is said here first, so that it is found however the
    /// recorder ends.
    pub(crate) fn say(&self, head: &Head) -> io::Result<()> {
        head.write(&self.0)
    }

    /// The head is as it will be.
    pub(crate) fn begin(mut self) -> io::Result<(SpoolWriter, SpoolReader)> {
        self.0.seek(SeekFrom::Start(HEAD))?;
        let written = Arc::new(AtomicU64::new(HEAD));
        let file = Arc::new(self.0);
        let reader = SpoolReader::new(Arc::clone(&file), Arc::clone(&written));
        Ok((SpoolWriter { file, written }, reader))
    }
}

/// Whether a spool is there that names this ring; `None` if that cannot be known.
pub(crate) fn names(spool: &Path, ring: &Path) -> Option<bool> {
    match open_what_is_there(spool, false) {
        Ok(file) => Some(Head::read(&file).is_ok_and(|head| head.ring == ring)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // Its file system may not be there just now.
            spool.parent()?.exists().then_some(false)
        }
        Err(_) => None,
    }
}

/// Opens a spool that was left behind, to add what the ring still holds.
pub(crate) fn open(path: &Path) -> io::Result<(Head, SpoolWriter, SpoolReader)> {
    let mut file = open_what_is_there(path, true)?;
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
    /// The file.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// How much there is.
    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Acquire)
    }

    /// Appends slots. Of those that find no more room, the first may.
    pub(crate) fn append(&mut self, slots: &[u8]) -> io::Result<()> {
        let mut rest = slots;
        let done = loop {
            match (&*self.file).write(rest) {
                Ok(0) if !rest.is_empty() => break Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => rest = &rest[n..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Err(error),
            }
            if rest.is_empty() {
                break Ok(());
            }
        };
        let whole = (slots.len() - rest.len()) / SLOT * SLOT;
        self.written.fetch_add(whole as u64, Ordering::Release);
        done
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
            filled: 0,
        }
    }

    /// Another reader, from the first record on.
    pub(crate) fn another(&self) -> Self {
        Self::new(Arc::clone(&self.file), Arc::clone(&self.written))
    }

    /// Another reader, from where one has read to on.
    pub(crate) fn another_from(&self, position: u64) -> Self {
        Self {
            at: position,
            ..self.another()
        }
    }

    /// How far it has read; two readers of one spool can be compared by it.
    pub(crate) fn position(&self) -> u64 {
        self.at - (self.filled - self.used) as u64
    }

    /// The next record; `None` if there is none (yet).
    pub(crate) fn next(&mut self) -> io::Result<Option<Raw>> {
        /// Bytes to read at a time.
        const PIECE: u64 = 1 << 18;
        loop {
            if let Some((raw, n)) = parse(&self.buffer[self.used..self.filled]) {
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
            self.buffer.copy_within(self.used..self.filled, 0);
            self.filled -= self.used;
            self.used = 0;
            let n = (there - self.at).min(PIECE) as usize;
            let end = self.filled + n;
            if self.buffer.len() < end {
                self.buffer.resize(end, 0);
            }
            self.file
                .read_exact_at(&mut self.buffer[self.filled..end], self.at)?;
            self.filled = end;
            self.at += n as u64;
        }
    }
}
