//! Steps of which more is known when the function has begun its work: each says it with one of these.

use evscope_trace::{BevId, Event as AnyStep, Objects, Payload, Text, errno_name, steps};
use rustix::io::Errno;

use crate::socket::local_addr;
use crate::{Addr, BevOptions, Bufferevent, EvFlags, Evbuffer, EventBase, Listener};

/// What a read or a write came to.
fn outcome(result: &Result<usize, Errno>) -> (i64, Option<Text>) {
    match result {
        Ok(n) => (*n as i64, None),
        Err(error) => (-1, Some(errno_name(error.raw_os_error()))),
    }
}

impl EventBase {
    /// The last `len` bytes were added to a buffer that had `before`. All ways of adding are this step; its source
    /// says which it was.
    #[inline]
    #[track_caller]
    pub(crate) fn says_add(&mut self, buffer: Evbuffer, before: usize, len: usize) {
        self.says(move |base| {
            let step = steps::EvbufferAdd {
                len: len as u64,
                before: before as u64,
                after: (before + len) as u64,
                data: base.payload_of(buffer, before, len),
            };
            (base.buffer_objects(buffer), step)
        });
    }

    /// The first `len` bytes were put in front of `before` others.
    #[inline]
    #[track_caller]
    pub(crate) fn says_prepend(&mut self, buffer: Evbuffer, before: usize, len: usize) {
        self.says(move |base| {
            let step = steps::EvbufferPrepend {
                len: len as u64,
                before: before as u64,
                after: (before + len) as u64,
                data: base.payload_of(buffer, 0, len),
            };
            (base.buffer_objects(buffer), step)
        });
    }

    /// These bytes were taken out of a buffer that had `before`.
    #[inline]
    #[track_caller]
    pub(crate) fn says_remove(&mut self, buffer: Evbuffer, before: usize, taken: &[u8]) {
        self.says(move |base| {
            let step = steps::EvbufferRemove {
                len: taken.len() as u64,
                before: before as u64,
                after: (before - taken.len()) as u64,
                data: base.payload(taken),
            };
            (base.buffer_objects(buffer), step)
        });
    }

    /// So many bytes were dropped from a buffer that had `before`.
    #[inline]
    #[track_caller]
    pub(crate) fn says_drain(&mut self, buffer: Evbuffer, before: usize, len: usize) {
        self.says(move |base| {
            let after = (before - len) as u64;
            let step = steps::EvbufferDrain { len: len as u64, before: before as u64, after };
            (base.buffer_objects(buffer), step)
        });
    }

    /// So many bytes came from another buffer, which has `from_after` left.
    #[inline]
    #[track_caller]
    pub(crate) fn says_move(
        &mut self,
        to: Evbuffer,
        (from, from_after): (Evbuffer, usize),
        before: usize,
        len: usize,
    ) {
        self.says(move |base| {
            let giver = &base.buffers[from];
            let step = steps::EvbufferMove {
                from: giver.id,
                len: len as u64,
                before: before as u64,
                after: (before + len) as u64,
                from_after: from_after as u64,
            };
            (base.buffer_objects(to), step)
        });
    }

    /// In how many pieces the bytes lie that are looked at, and how many bytes these have.
    pub(crate) fn peeked(&self, buffer: Evbuffer, from: usize, len: Option<usize>) -> (u64, u64) {
        let chain = &self.buffers[buffer].chain;
        let (pieces, bytes) = chain.count_extents(from, len.unwrap_or(usize::MAX));
        (pieces as u64, bytes as u64)
    }

    /// A buffer that had `before` bytes was read into from a fd.
    #[inline]
    #[track_caller]
    pub(crate) fn says_read(
        &mut self,
        (buffer, fd): (Evbuffer, i32),
        limit: Option<usize>,
        before: usize,
        result: &Result<usize, Errno>,
    ) {
        self.says(move |base| {
            let n = *result.as_ref().unwrap_or(&0);
            let (result, errno) = outcome(result);
            let step = steps::EvbufferRead {
                asked: limit.map(|limit| limit as u64),
                result,
                errno,
                before: before as u64,
                after: (before + n) as u64,
                data: base.payload_of(buffer, before, n),
            };
            (Objects { fd: Some(fd), ..base.buffer_objects(buffer) }, step)
        });
    }

    /// A buffer that had `before` bytes was written from to a fd; these were the first of them.
    #[inline]
    #[track_caller]
    pub(crate) fn says_write(
        &mut self,
        (buffer, fd): (Evbuffer, i32),
        asked: usize,
        before: usize,
        result: &Result<usize, Errno>,
        data: Option<Payload>,
    ) {
        self.says(move |base| {
            let n = *result.as_ref().unwrap_or(&0);
            let (result, errno) = outcome(result);
            let (before, after) = (before as u64, (before - n) as u64);
            let step =
                steps::EvbufferWrite { asked: asked as u64, result, errno, before, after, data };
            (Objects { fd: Some(fd), ..base.buffer_objects(buffer) }, step)
        });
    }

    /// A bufferevent on a socket is being made; with TLS, in this state.
    #[inline]
    #[track_caller]
    pub(crate) fn says_socket_new(&mut self, bev: Bufferevent, tls: Option<&'static str>) {
        self.says(move |base| {
            let slot = &base.bevs[bev];
            let step = steps::BuffereventSocketNew {
                options: slot.options,
                input: base.buffers[slot.input].id,
                output: base.buffers[slot.output].id,
                ev_read: slot.event_ids[0],
                ev_write: slot.event_ids[1],
                tls: tls.map(Into::into),
            };
            (base.bev_objects(bev), step)
        });
    }

    /// A bufferevent on top of another is being made.
    #[inline]
    #[track_caller]
    pub(crate) fn says_filter_new(
        &mut self,
        bev: Bufferevent,
        underlying: Bufferevent,
        options: BevOptions,
        tls: Option<&'static str>,
    ) {
        self.says(move |base| {
            let slot = &base.bevs[bev];
            let step = steps::BuffereventFilterNew {
                options,
                input: base.buffers[slot.input].id,
                output: base.buffers[slot.output].id,
                underlying: base.bevs[underlying].id,
                tls: tls.map(Into::into),
            };
            (base.bev_objects(bev), step)
        });
    }

    /// A bufferevent is to be connected.
    #[inline]
    #[track_caller]
    pub(crate) fn says_connect(&mut self, bev: Bufferevent, addr: &Addr) {
        self.says(move |base| {
            let addr = Some(addr.to_string().into());
            (base.bev_objects(bev), steps::BuffereventSocketConnect { addr })
        });
    }

    /// A listener is being made.
    #[inline]
    #[track_caller]
    pub(crate) fn says_listener_new(&mut self, listener: Listener, backlog: i32) {
        self.says(move |base| {
            let slot = &base.listeners[listener];
            let step = steps::EvconnlistenerNew {
                addr: local_addr(&slot.fd).map(|addr| addr.to_string().into()),
                callback: slot.callback_name().map(Into::into),
                options: slot.options,
                backlog,
            };
            (base.listener_objects(listener), step)
        });
    }

    /// One of a pair is being made.
    #[inline]
    #[track_caller]
    pub(crate) fn says_pair_new(&mut self, bev: Bufferevent, partner: BevId) {
        self.says(move |base| {
            let slot = &base.bevs[bev];
            let step = steps::BuffereventPairNew {
                options: slot.options,
                input: base.buffers[slot.input].id,
                output: base.buffers[slot.output].id,
                partner,
            };
            (base.bev_objects(bev), step)
        });
    }

    /// One callback serves both sides: this time, `side`.
    #[inline]
    #[track_caller]
    pub(crate) fn says_side_cb(&mut self, bev: Bufferevent, side: EvFlags, what: EvFlags) {
        self.says(move |base| {
            let step = if side.contains(EvFlags::READ) {
                AnyStep::BuffereventReadcb { what }
            } else {
                AnyStep::BuffereventWritecb { what }
            };
            (base.bev_objects(bev), step)
        });
    }
}
