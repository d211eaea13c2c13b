//! Parts of files in a buffer: sent by the kernel from file to socket, or read when somebody wants to see them.

use std::cell::{Cell, OnceCell};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::rc::Rc;

use rustix::io::{Errno, pread};

use super::segment::Segment;
use crate::callback::Held;
use crate::recording::call;
use crate::{BufferEnd, Error, Evbuffer, EventBase};

bitflags::bitflags! {
    /// How a file segment may be used (libevent's `EVBUF_FS_*`).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub struct FileSegmentFlags: u32 {
        /// It is read at once and never given to the kernel as a file.
        const DISABLE_SENDFILE = 0x04;
    }
}

/// A part of a file that can be added to buffers, more than once and to more than one: libevent's `struct
/// evbuffer_file_segment`. Clones are the same segment.
///
/// Where a buffer drains to a socket ([`DRAINS_TO_FD`](crate::EvbufferFlags::DRAINS_TO_FD)), the kernel sends the
/// bytes from the file (`sendfile`), and they never come into the program; if it will not, they are read. They are
/// also read for somebody who looks at them, and sent from the file all the same. They are not mapped, as libevent does: the file of a mapping can be cut off by
/// anybody, and that would end the program.
#[derive(Clone)]
pub struct EvbufferFileSegment(Rc<Part>);

struct Part {
    file: Box<dyn AsFd>,
    offset: u64,
    len: usize,
    sendfile: bool,
    /// The kernel would not send it.
    refused: Cell<bool>,
    /// Once they are read.
    contents: OnceCell<Vec<u8>>,
}

/// A file of the program's.
struct HeldFile<F>(Held<F>);

impl<F: AsFd> AsFd for HeldFile<F> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl EvbufferFileSegment {
    /// The `length` bytes from `offset` on, or all to the end of the file (`evbuffer_file_segment_new`).
    ///
    /// `file` goes when nothing uses the segment any more: a [`File`](std::fs::File) is closed then (libevent's
    /// `EVBUF_FS_CLOSE_ON_FREE`), an `Rc<File>` stays open for those who share it. To be told of that moment
    /// (`evbuffer_file_segment_add_cleanup_cb`), give something that has a `Drop` of its own.
    ///
    /// # Errors
    /// [`Error::Os`] if the file's size is not known, or reading fails where it is read at once;
    /// [`Error::Invalid`] for a part that no file can have.
    pub fn new(
        file: impl AsFd + 'static,
        offset: u64,
        length: Option<u64>,
        flags: FileSegmentFlags,
    ) -> Result<Self, Error> {
        const CALL: &str = "evbuffer_file_segment_new";
        let length = match length {
            Some(length) => length,
            None => {
                let size = rustix::fs::fstat(&file).map_err(|error| Error::os("fstat", error))?;
                u64::try_from(size.st_size)
                    .unwrap_or(0)
                    .saturating_sub(offset)
            }
        };
        let end = offset.checked_add(length).map(i64::try_from);
        let (Some(Ok(_)), Ok(len)) = (end, usize::try_from(length)) else {
            return Err(Error::invalid(CALL, "no file is so long"));
        };
        let sendfile = !flags.contains(FileSegmentFlags::DISABLE_SENDFILE);
        let contents = OnceCell::new();
        let segment = Self(Rc::new(Part {
            file: Box::new(HeldFile(Held::new(file))),
            offset,
            len,
            sendfile,
            refused: Cell::new(false),
            contents,
        }));
        if !sendfile {
            segment.read().map_err(|error| Error::os(CALL, error))?;
        }
        Ok(segment)
    }

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        self.0.len
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes, if they were read.
    pub(super) fn contents(&self) -> Option<&[u8]> {
        self.0.contents.get().map(Vec::as_slice)
    }

    /// The open file, and where in it the byte `at` of the segment is.
    pub(super) fn place(&self, at: usize) -> (BorrowedFd<'_>, u64) {
        (self.0.file.as_fd(), self.0.offset + at as u64)
    }

    /// Whether the kernel would not send it.
    pub(super) fn is_refused(&self) -> bool {
        self.0.refused.get()
    }

    /// The kernel does not send it: it goes through memory from now on.
    pub(super) fn refuse(&self) -> io::Result<()> {
        self.read()?;
        self.0.refused.set(true);
        Ok(())
    }

    /// Reads the bytes, unless they are in memory (`evbuffer_file_segment_materialize`).
    pub(super) fn read(&self) -> io::Result<()> {
        if self.0.contents.get().is_some() {
            return Ok(());
        }
        // Memory grows with what is read, whatever length was asked for.
        const FIRST: usize = 1 << 16;
        let mut contents: Vec<u8> = Vec::new();
        let mut done = 0;
        while done < self.0.len {
            if done == contents.len() {
                let more = (self.0.len - done).min(done.max(FIRST));
                contents
                    .try_reserve_exact(more)
                    .map_err(|_| io::ErrorKind::OutOfMemory)?;
                contents.resize(done + more, 0);
            }
            let (file, offset) = self.place(done);
            match pread(file, &mut contents[done..], offset) {
                Ok(0) => {
                    let reason = "the file ends before its segment does";
                    return Err(io::Error::new(io::ErrorKind::UnexpectedEof, reason));
                }
                Ok(n) => done += n,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.0.contents.get_or_init(|| contents);
        Ok(())
    }
}

impl std::fmt::Debug for EvbufferFileSegment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EvbufferFileSegment")
            .field("fd", &self.0.file.as_fd())
            .field("offset", &self.0.offset)
            .field("len", &self.0.len)
            .field("in_memory", &self.contents().is_some())
            .finish()
    }
}

/// # Buffers: adding parts of files
impl EventBase {
    /// Adds a part of a file segment at the end: `length` bytes from its byte `offset` on, or all that follow
    /// (`evbuffer_add_file_segment`).
    ///
    /// # Errors
    /// [`Error::Frozen`]; [`Error::Invalid`] if the segment has no such part; [`Error::Os`] if it had to be read
    /// and could not be.
    #[call]
    pub fn evbuffer_add_file_segment(
        &mut self,
        buffer: Evbuffer,
        segment: &EvbufferFileSegment,
        offset: usize,
        length: Option<usize>,
    ) -> Result<(), Error> {
        const CALL: &str = "evbuffer_add_file_segment";
        self.unfrozen(buffer, BufferEnd::End)?;
        let end = match length {
            Some(length) => offset.checked_add(length),
            None => Some(segment.len()),
        };
        let Some(end) = end.filter(|&end| offset <= end && end <= segment.len()) else {
            return Err(Error::invalid(CALL, "the part does not lie within the segment"));
        };
        let slot = &self.buffers[buffer];
        let sent = slot.drains_to_fd && segment.0.sendfile;
        if !sent {
            segment.read().map_err(|error| Error::os(CALL, error))?;
        }
        let (before, len) = (slot.chain.len(), end - offset);
        if !slot.chain.can_hold(len) {
            return Err(Error::invalid(CALL, "no buffer is so long"));
        }
        let slot = &mut self.buffers[buffer];
        slot.chain
            .push(Segment::file(segment.clone(), offset, end, sent));
        slot.callbacks.note_added(len);
        self.says_add(buffer, before, len);
        self.evbuffer_invoke_callbacks(buffer);
        Ok(())
    }

    /// Adds `length` bytes of a file, or all that follow, from its byte `offset` on (`evbuffer_add_file`). The file
    /// is closed when they are gone.
    ///
    /// # Errors
    /// Those of [`EvbufferFileSegment::new`] and [`evbuffer_add_file_segment`](Self::evbuffer_add_file_segment).
    #[track_caller]
    pub fn evbuffer_add_file(
        &mut self,
        buffer: Evbuffer,
        file: impl AsFd + 'static,
        offset: u64,
        length: Option<u64>,
    ) -> Result<(), Error> {
        self.unfrozen(buffer, BufferEnd::End)?;
        let segment = EvbufferFileSegment::new(file, offset, length, FileSegmentFlags::empty())?;
        self.evbuffer_add_file_segment(buffer, &segment, 0, None)
    }
}
