//! Reading from a fd into a buffer, and writing from a buffer to a fd.

use std::io::IoSlice;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use evscope_trace::Payload;
use rustix::io::{Errno, readv, write, writev};

use super::chain::Chain;
use crate::bufferevent::BevSlot;
use crate::recording::call;
use crate::sys::sendfile;
use crate::table::Table;
use crate::{BufferEnd, Bufferevent, Error, Evbuffer, EventBase};

/// The most that one read takes (libevent's `EVBUFFER_MAX_READ`).
pub(crate) const MAX_READ: usize = 4096;
/// The most pieces that one write sends (libevent's `NUM_WRITE_IOVEC`).
const MAX_WRITE_PIECES: usize = 128;

/// # Buffers: reading from a fd, writing to it
impl EventBase {
    /// Reads what is there into the end of the buffer (`evbuffer_read`): at most `limit` bytes, and never
    /// more than 4096. Returns how many; 0 is the end of the file.
    ///
    /// # Errors
    /// [`Error::Os`] with the errno; `EAGAIN` if there is nothing now.
    #[track_caller]
    pub fn evbuffer_read(
        &mut self,
        buffer: Evbuffer,
        fd: impl AsFd,
        limit: Option<usize>,
    ) -> Result<usize, Error> {
        self.unfrozen(buffer, BufferEnd::End)?;
        self.evbuffer_read_nolock(buffer, Peer::Fd(fd.as_fd()), limit)
            .map_err(|error| Error::os("evbuffer_read", error))
    }

    #[call]
    pub(crate) fn evbuffer_read_nolock(
        &mut self,
        buffer: Evbuffer,
        peer: Peer<'_>,
        limit: Option<usize>,
    ) -> Result<usize, Errno> {
        let fd = peer.fd(&self.bevs)?;
        let raw = fd.as_raw_fd();
        let slot = &mut self.buffers[buffer];
        let before = slot.chain.len();
        let asked = limit.map_or(MAX_READ, |limit| limit.min(MAX_READ));
        let result = slot
            .chain
            .read_with(asked, &mut self.read_memory, |room| readv(fd, room));
        let n = *result.as_ref().unwrap_or(&0);
        slot.callbacks.note_added(n);
        self.says_read((buffer, raw), limit, before, &result);
        if n > 0 {
            self.evbuffer_invoke_callbacks(buffer);
        }
        self.remember_error(&result);
        result
    }

    /// Writes the whole buffer to a fd (`evbuffer_write`); what the fd took is drained.
    #[track_caller]
    pub fn evbuffer_write(&mut self, buffer: Evbuffer, fd: impl AsFd) -> Result<usize, Error> {
        self.evbuffer_write_atmost(buffer, fd, None)
    }

    /// Writes at most `limit` bytes, and at most 128 pieces, or what is in front of a part of a file, or that
    /// (`evbuffer_write_atmost`). Returns how many bytes the fd took.
    ///
    /// # Errors
    /// [`Error::Os`] with the errno; `EAGAIN` if the fd has no room now. Nothing is lost then.
    #[track_caller]
    pub fn evbuffer_write_atmost(
        &mut self,
        buffer: Evbuffer,
        fd: impl AsFd,
        limit: Option<usize>,
    ) -> Result<usize, Error> {
        self.unfrozen(buffer, BufferEnd::Start)?;
        let atmost = limit.unwrap_or(usize::MAX);
        self.evbuffer_write_nolock(buffer, Peer::Fd(fd.as_fd()), atmost)
            .map_err(|error| Error::os("evbuffer_write", error))
    }

    #[call]
    pub(crate) fn evbuffer_write_nolock(
        &mut self,
        buffer: Evbuffer,
        peer: Peer<'_>,
        atmost: usize,
    ) -> Result<usize, Errno> {
        let fd = peer.fd(&self.bevs)?;
        let raw = fd.as_raw_fd();
        let slot = &self.buffers[buffer];
        let before = slot.chain.len();
        let asked = atmost.min(before);
        let result = if asked == 0 {
            Ok(0)
        } else {
            write_from(&slot.chain, fd, asked)
        };
        let n = *result.as_ref().unwrap_or(&0);
        let data = self.payload_sent(buffer, n);
        let slot = &mut self.buffers[buffer];
        slot.chain.drain(n);
        slot.callbacks.note_deleted(n);
        self.says_write((buffer, raw), asked, before, &result, data);
        if n > 0 {
            self.evbuffer_invoke_callbacks(buffer);
        }
        self.remember_error(&result);
        result
    }

    /// The errno of a failed operation is what an event callback can ask for.
    fn remember_error(&mut self, result: &Result<usize, Errno>) {
        if let Err(error) = result {
            self.socket_error = Some(error.raw_os_error());
        }
    }

    /// The first of the `n` bytes that were just written. What the kernel has sent of a file did not pass through here,
    /// though somebody may have looked at it before.
    #[inline]
    fn payload_sent(&self, buffer: Evbuffer, n: usize) -> Option<Payload> {
        self.tracer.as_ref()?;
        if self.buffers[buffer].chain.file_in_front().is_some() {
            return None;
        }
        self.payload_of(buffer, 0, n)
    }

    /// The first of the `n` bytes from `offset` on, if the recording keeps any.
    pub(crate) fn payload_of(&self, buffer: Evbuffer, offset: usize, n: usize) -> Option<Payload> {
        let limit = self.tracer.as_ref()?.payload_limit()?;
        if n == 0 {
            return None;
        }
        let mut bytes = vec![0; n.min(limit.saturating_add(1))];
        let chain = &self.buffers[buffer].chain;
        // A file is not read only to be recorded.
        let got = chain.copy_out_from(offset, &mut bytes);
        (got == bytes.len()).then(|| Payload::new(&bytes, limit))
    }
}

/// Writes from the front of a chain.
#[inline]
fn write_from(chain: &Chain, fd: BorrowedFd<'_>, limit: usize) -> Result<usize, Errno> {
    if chain.file_in_front().is_some()
        && let Some(done) = send_file(chain, fd, limit)
    {
        return done;
    }
    let first = chain.first_piece(limit);
    if first.len() == limit {
        return write(fd, first);
    }
    write_pieces(chain, fd, limit)
}

/// Has the kernel send the part of a file at the front. `None` if that has to go through memory.
#[inline(never)]
fn send_file(chain: &Chain, fd: BorrowedFd<'_>, limit: usize) -> Option<Result<usize, Errno>> {
    let (file, part) = chain.file_in_front()?;
    let (source, mut offset) = file.place(part.start);
    match sendfile(fd, source, Some(&mut offset), part.len().min(limit)) {
        // The kernel does not send from such a file, or to such a fd.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => match file.refuse() {
            Ok(()) => None,
            Err(error) => Some(Err(Errno::from_io_error(&error).unwrap_or(Errno::IO))),
        },
        done => Some(done),
    }
}

#[inline(never)]
fn write_pieces(chain: &Chain, fd: BorrowedFd<'_>, limit: usize) -> Result<usize, Errno> {
    let pieces = chain.pieces_to_write(limit).take(MAX_WRITE_PIECES);
    let slices: Vec<IoSlice<'_>> = pieces.map(IoSlice::new).collect();
    writev(fd, &slices)
}

/// Where bytes come from or go to.
#[derive(Clone, Copy)]
pub(crate) enum Peer<'a> {
    Fd(BorrowedFd<'a>),
    /// The bufferevent's own fd.
    Bufferevent(Bufferevent),
}

impl<'a> Peer<'a> {
    fn fd(self, bevs: &'a Table<Bufferevent, BevSlot>) -> Result<BorrowedFd<'a>, Errno> {
        match self {
            Self::Fd(fd) => Ok(fd),
            Self::Bufferevent(bev) => bevs[bev].fd.as_ref().map(AsFd::as_fd).ok_or(Errno::BADF),
        }
    }
}
