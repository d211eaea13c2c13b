//! Moving ciphertext: between the connection and the socket, or the bufferevent below; and whether that
//! is asked to read and write.

use evscope_trace::ActiveWhy;
use rustix::io::Errno;

use super::{Tls, TlsError};
use crate::buffer::Peer;
use crate::{Bufferevent, Error, EvFlags, EventBase, SuspendReasons};

/// What became of what the connection wants to send.
pub(super) enum Flush {
    /// All is gone.
    Done,
    /// There is no room for it now.
    Blocked,
    Failed(TlsError),
}

impl Flush {
    pub(super) fn is_blocked(&self) -> bool {
        matches!(self, Self::Blocked)
    }
}

/// What the connection was given.
pub(super) enum Fill {
    /// Some ciphertext.
    Some,
    /// There is none now.
    Blocked,
    Failed(TlsError),
}

impl EventBase {
    /// Hands on all that the connection wants to send.
    pub(super) fn flush_tls(&mut self, bev: Bufferevent, tls: &Tls) -> Flush {
        loop {
            let room = self.room_below(tls);
            let ciphertext = tls.session.borrow_mut().take_ciphertext(room);
            // The output below is open at its end; so is one of our own.
            if !ciphertext.is_empty() && self.evbuffer_add(tls.outbound, &ciphertext).is_err() {
                return Flush::Failed(TlsError::DirtyShutdown);
            }
            if tls.underlying.is_none() && self.buffers[tls.outbound].chain.len() > 0 {
                let peer = Peer::Bufferevent(bev);
                match self.evbuffer_write_nolock(tls.outbound, peer, usize::MAX) {
                    Ok(0) => return Flush::Blocked,
                    Ok(n) => self.decrement_bucket(bev, EvFlags::WRITE, n),
                    Err(Errno::AGAIN | Errno::INTR) => return Flush::Blocked,
                    Err(error) => return Flush::Failed(TlsError::Os(error.raw_os_error())),
                }
                continue;
            }
            if !tls.wants_write() {
                return Flush::Done;
            }
            if room == 0 {
                return Flush::Blocked;
            }
        }
    }

    /// What is to be sent finds nobody any more. Below another bufferevent it is that one's.
    pub(super) fn forget_ciphertext(&mut self, tls: &Tls) {
        if tls.underlying.is_none() {
            let unsent = self.buffers[tls.outbound].chain.len();
            // It is our own, and open.
            let _ = self.evbuffer_drain(tls.outbound, unsent);
        }
    }

    /// How much the bufferevent below may be given: up to its high mark.
    fn room_below(&self, tls: &Tls) -> usize {
        let high = tls
            .underlying
            .map_or(0, |below| self.bevs[below].wm_write.high);
        if high == 0 {
            return usize::MAX;
        }
        high.saturating_sub(self.buffers[tls.outbound].chain.len())
    }

    /// Gives the connection what has come of a record, and nothing of the next: first its head, then its body, as
    /// OpenSSL reads.
    pub(super) fn fill_tls(&mut self, bev: Bufferevent, tls: &Tls) -> Fill {
        let wanted = tls.session.borrow().wanted();
        if tls.underlying.is_none() {
            let peer = Peer::Bufferevent(bev);
            match self.evbuffer_read_nolock(tls.inbound, peer, Some(wanted)) {
                Ok(0) => return Fill::Failed(TlsError::DirtyShutdown),
                Ok(n) => self.decrement_bucket(bev, EvFlags::READ, n),
                Err(Errno::AGAIN | Errno::INTR) => return Fill::Blocked,
                Err(error) => return Fill::Failed(TlsError::Os(error.raw_os_error())),
            }
        }
        let mut part = vec![0; wanted];
        // The start of an input is open; so is one of our own.
        let n = self
            .evbuffer_remove(tls.inbound, &mut part)
            .unwrap_or_default();
        if n == 0 {
            return Fill::Blocked;
        }
        let fed = tls.session.borrow_mut().feed(&part[..n]);
        match fed {
            Ok(()) => Fill::Some,
            Err(why) => Fill::Failed(why),
        }
    }

    /// Asks for ciphertext.
    #[track_caller]
    pub(super) fn start_reading(&mut self, bev: Bufferevent, tls: &Tls) -> Result<(), Error> {
        if let Some(underlying) = tls.underlying {
            self.bufferevent_unsuspend_read(underlying, SuspendReasons::FILTER_READ);
            return Ok(());
        }
        let slot = &self.bevs[bev];
        let ev_read = slot.ev_read;
        self.bufferevent_add_event(ev_read, slot.timeout_read)?;
        // What has been read already makes no socket readable.
        if tls.is_open() && tls.pending() > 0 {
            self.event_active_nolock(ev_read, EvFlags::READ, 1, ActiveWhy::Manual);
        }
        Ok(())
    }

    #[track_caller]
    pub(super) fn start_writing(&mut self, bev: Bufferevent, tls: &Tls) -> Result<(), Error> {
        if tls.underlying.is_some() {
            return Ok(());
        }
        let slot = &self.bevs[bev];
        self.bufferevent_add_event(slot.ev_write, slot.timeout_write)
    }

    #[track_caller]
    pub(super) fn stop_reading(&mut self, bev: Bufferevent, tls: &Tls) {
        match tls.underlying {
            Some(underlying) => {
                self.bufferevent_suspend_read(underlying, SuspendReasons::FILTER_READ);
            }
            None => self.event_del_nolock(self.bevs[bev].ev_read),
        }
    }

    /// The bufferevent below writes by itself.
    #[track_caller]
    pub(super) fn stop_writing(&mut self, bev: Bufferevent, tls: &Tls) {
        if tls.underlying.is_none() {
            self.event_del_nolock(self.bevs[bev].ev_write);
        }
    }
}
