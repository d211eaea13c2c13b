//! Reads a trace file while it is being written.

use std::fs::File;
use std::io::{self, BufRead, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::check::Checker;
use crate::{Replay, Trace};
use evscope_trace::{FileId, Header, LONGEST_LINE, Line, ReadError, Reader};
use evscope_words::{Text, text};

/// Follows a growing trace file. Each [`poll`](Self::poll) gives the whole lines that have come since
/// the last; a line that is not finished waits for its rest. Nothing is lost or given twice.
///
/// ```no_run
/// # fn main() -> Result<(), evscope_replay::FollowError> {
/// use evscope_replay::{Follower, Replay, Update};
///
/// let mut follower = Follower::new("growing.jsonl");
/// let mut replay: Option<Replay> = None;
/// match follower.poll()? {
///     Update::Waiting => { /* not there yet: look again later */ }
///     Update::Lines(lines) => {
///         if replay.is_none() {
///             replay = follower.trace("growing.jsonl").map(Replay::new);
///         }
///         if let Some(replay) = &mut replay {
///             lines.into_iter().for_each(|line| replay.append(line));
///         }
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Follower {
    path: PathBuf,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// There is no file, or not yet a whole header line.
    Waiting,
    /// The header was read.
    Reading {
        reader: Box<Reader<WholeLines>>,
        /// Another handle of the reader's file, which shares its position.
        file: File,
    },
}

/// What has come since the last poll.
#[derive(Debug, Clone, PartialEq)]
pub enum Update {
    /// The file is not there yet, or its first line is not whole.
    Waiting,
    /// The whole lines that have come; none is an empty list.
    Lines(Vec<Line>),
}

/// Why a trace cannot be followed any further.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The file cannot be read, or what stands in it is wrong.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The file became shorter.
    #[error("{}", self.text())]
    Truncated {
        /// The trace's name.
        file: String,
    },
    /// Another file took its place, or it was removed.
    #[error("{}", self.text())]
    Replaced {
        /// The trace's name.
        file: String,
    },
    /// The file is packed.
    #[error("{}", self.text())]
    Compressed {
        /// The trace's name.
        file: String,
    },
}

impl FollowError {
    /// In words.
    fn text(&self) -> Text {
        match self {
            Self::Read(error) => Text::same(error.to_string()),
            Self::Truncated { file } => text!(trace_became_shorter, file),
            Self::Replaced { file } => text!(trace_was_replaced, file),
            Self::Compressed { file } => text!(trace_is_packed, file),
        }
    }
}

impl Follower {
    /// Follows the file at `path`, which need not be there yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            stage: Stage::Waiting,
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The trace's header, once it was read.
    pub fn header(&self) -> Option<&Header> {
        match &self.stage {
            Stage::Waiting => None,
            Stage::Reading { reader, .. } => Some(reader.header()),
        }
    }

    /// What is missing of the steps of the trace that this one goes on with, and what to do.
    pub fn lacking(&self) -> Option<&str> {
        match &self.stage {
            Stage::Waiting => None,
            Stage::Reading { reader, .. } => reader.lacking(),
        }
    }

    /// The trace without any record yet, once its header was read.
    pub fn trace(&self, name: impl Into<String>) -> Option<Trace> {
        let mut trace = Trace::new(name, self.header()?.clone());
        trace.lacking = self.lacking().map(Into::into);
        Some(trace)
    }

    /// Whether the header is there; it is looked for if it was not.
    ///
    /// # Errors
    /// Where the file cannot be read, or is none that can be followed.
    pub fn has_begun(&mut self) -> Result<bool, FollowError> {
        if let Stage::Waiting = self.stage
            && let Some(stage) = self.begin()?
        {
            self.stage = stage;
        }
        Ok(matches!(self.stage, Stage::Reading { .. }))
    }

    /// Reads what the file has by now, as [`Replay::read_showing`] does; what comes later is for [`poll`](Self::poll).
    /// `None`: there is no header yet. `read` tells how many bytes were read, while others are.
    ///
    /// # Errors
    /// As those of `poll`.
    pub fn read_showing(
        &mut self,
        read: Arc<AtomicU64>,
        first: usize,
        show: impl FnOnce(&Trace),
        added: impl FnMut(&Trace),
        checker: Checker,
    ) -> Result<Option<(Replay, Checker)>, FollowError> {
        if !self.has_begun()? {
            return Ok(None);
        }
        let len = self.check()?;
        let Stage::Reading { reader, .. } = &mut self.stage else {
            return Ok(None);
        };
        // A program may write as fast as it is read.
        reader.input_mut().bound(Some(len), read);
        let whole = Replay::read_showing(reader, first, show, added, checker);
        reader.input_mut().bound(None, Arc::default());
        Ok(Some(whole?))
    }

    /// The most lines a poll gives: so many are read in well under a tenth of a second.
    pub const AT_ONCE: usize = 10_000;

    /// Reads what has come, at most [`Follower::AT_ONCE`] lines: with more waiting, the next poll goes
    /// on. Never waits.
    pub fn poll(&mut self) -> Result<Update, FollowError> {
        if !self.has_begun()? {
            return Ok(Update::Waiting);
        }
        self.check()?;
        let mut lines = Vec::new();
        if let Stage::Reading { reader, .. } = &mut self.stage {
            while lines.len() < Self::AT_ONCE {
                match reader.next_line()? {
                    Some(line) => lines.push(line),
                    None => break,
                }
            }
        }
        Ok(Update::Lines(lines))
    }

    /// Opens the file and reads the header, if they are there.
    fn begin(&self) -> Result<Option<Stage>, FollowError> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(self.failed(source)),
        };
        let handle = file.try_clone().map_err(|source| self.failed(source))?;
        let mut lines = WholeLines::new(file);
        let header_is_whole = !lines
            .fill_buf()
            .map_err(|source| self.failed(source))?
            .is_empty();
        if is_packed(&lines.buffer) {
            return Err(FollowError::Compressed { file: self.name() });
        }
        if !header_is_whole {
            return Ok(None);
        }
        Ok(Some(Stage::Reading {
            reader: Box::new(Reader::beside(lines, self.name(), &self.path)?),
            file: handle,
        }))
    }

    /// Makes sure that the file is still the one that was opened, and not shorter than what was read; returns its length.
    fn check(&self) -> Result<u64, FollowError> {
        let Stage::Reading { file, .. } = &self.stage else {
            return Ok(0);
        };
        let failed = |source| self.failed(source);
        let mut position = file;
        let len = file.metadata().map_err(failed)?.len();
        if len < position.stream_position().map_err(failed)? {
            return Err(FollowError::Truncated { file: self.name() });
        }
        let opened = FileId::of(file).map_err(failed)?;
        match FileId::named(&self.path) {
            Ok(named) if named == opened => Ok(len),
            Ok(_) => Err(FollowError::Replaced { file: self.name() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(FollowError::Replaced { file: self.name() })
            }
            Err(source) => Err(self.failed(source)),
        }
    }

    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn failed(&self, source: io::Error) -> FollowError {
        FollowError::Read(ReadError::Io {
            file: self.name(),
            source,
        })
    }
}

/// Whether a file begins as gzip or zstd files do.
fn is_packed(start: &[u8]) -> bool {
    start.starts_with(&[0x1f, 0x8b]) || start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
}

/// Gives the whole lines of a file that grows. A last line without an end counts as the end of the
/// input until its rest has come.
#[derive(Debug)]
struct WholeLines {
    file: File,
    buffer: Vec<u8>,
    /// What of the buffer was given already.
    given: usize,
    /// Where the last whole line in the buffer ends.
    whole: usize,
    /// How many bytes were read.
    read: Arc<AtomicU64>,
    /// No more are read, for now.
    most: u64,
}

impl WholeLines {
    /// How much is read from the file at once.
    const CHUNK: u64 = 1 << 16;

    fn new(file: File) -> Self {
        Self {
            file,
            buffer: Vec::new(),
            given: 0,
            whole: 0,
            read: Arc::default(),
            most: u64::MAX,
        }
    }

    /// Reads no further than to `most`, and tells by another number how far it is.
    fn bound(&mut self, most: Option<u64>, read: Arc<AtomicU64>) {
        read.store(self.read.load(Ordering::Relaxed), Ordering::Relaxed);
        self.read = read;
        self.most = most.unwrap_or(u64::MAX);
    }

    /// Reads on until a whole line is there or the file has no more.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.given);
        self.whole -= self.given;
        self.given = 0;
        while self.whole == 0 {
            let room = self.most.saturating_sub(self.read.load(Ordering::Relaxed));
            let old = self.buffer.len();
            let mut file = (&self.file).take(room.min(Self::CHUNK));
            let read = file.read_to_end(&mut self.buffer)?;
            if read == 0 {
                break;
            }
            self.read.fetch_add(read as u64, Ordering::Relaxed);
            let new = &self.buffer[old..];
            if let Some(end) = new.iter().rposition(|byte| *byte == b'\n') {
                self.whole = old + end + 1;
            } else if self.buffer.len() > LONGEST_LINE {
                // The reader refuses it, whole or not.
                self.whole = self.buffer.len();
            }
        }
        Ok(())
    }
}

impl BufRead for WholeLines {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.given == self.whole {
            self.fill()?;
        }
        Ok(&self.buffer[self.given..self.whole])
    }

    fn consume(&mut self, count: usize) {
        self.given += count;
    }
}

impl Read for WholeLines {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let whole = self.fill_buf()?;
        let count = whole.len().min(out.len());
        out[..count].copy_from_slice(&whole[..count]);
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn whoever_reads_bytes_gets_those_of_whole_lines() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"one\ntwo\nthr").unwrap();
        file.rewind().unwrap();
        let mut text = String::new();
        WholeLines::new(file).read_to_string(&mut text).unwrap();
        assert_eq!(text, "one\ntwo\n");
    }
}
