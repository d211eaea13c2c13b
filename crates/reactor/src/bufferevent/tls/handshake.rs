//! The handshake: the events run it until it is done, and are then set up to read and write.

use rustix::io::Errno;

use super::transport::{Fill, Flush};
use super::{Tls, TlsError, tls_callbacks, tls_events};
use crate::bufferevent::TriggerOptions;
use crate::event::EventState;
use crate::recording::call;
use crate::{BevEvents, Bufferevent, Error, EvFlags, EventBase};

/// How far the handshake came.
enum Progress {
    Done,
    /// The peer is to say something.
    WantsRead,
    /// There is no room for what is to be said.
    WantsWrite,
    Failed(TlsError),
}

impl EventBase {
    /// Run by the loop when the socket is ready, or too late (`be_openssl_handshakeeventcb`).
    #[call]
    pub(crate) fn be_tls_handshakeeventcb(
        &mut self,
        bev: Bufferevent,
        side: EvFlags,
        what: EvFlags,
    ) {
        self.says_side_cb(bev, side, what);
        self.incref(bev);
        if what.contains(EvFlags::TIMEOUT) {
            self.bufferevent_run_eventcb(bev, BevEvents::TIMEOUT, TriggerOptions::empty());
        } else if let Some(tls) = self.held_tls(bev) {
            self.do_handshake(bev, &tls);
        }
        self.decref(bev);
    }

    /// Something came, or went, below.
    pub(super) fn be_tls_handshakecb(&mut self, bev: Bufferevent) {
        if let Some(tls) = self.live_tls(bev) {
            self.do_handshake(bev, &tls);
        }
    }

    /// On top of another bufferevent nobody says that the handshake can begin: what is enabled tries to read, or to write
    /// what there is, and that begins it.
    pub(super) fn begin_handshake(&mut self, bev: Bufferevent, tls: &Tls, events: EvFlags) {
        let slot = &self.bevs[bev];
        let reads = events.contains(EvFlags::READ) && slot.read_suspended.is_empty();
        let has_output = self.buffers[slot.output].chain.len() > 0;
        let writes =
            events.contains(EvFlags::WRITE) && slot.write_suspended.is_empty() && has_output;
        if !(reads || writes) || tls.has_ended() {
            return;
        }
        match self.advance_handshake(bev, tls) {
            Progress::Done => self.do_handshake(bev, tls),
            Progress::WantsRead | Progress::WantsWrite => {}
            Progress::Failed(why) => self.handshake_failed(bev, tls, why),
        }
    }

    /// A handshake that has failed does so whenever it is gone on with, as with OpenSSL.
    fn fail_again(&mut self, bev: Bufferevent, tls: &Tls) {
        let why = tls.session.borrow().told_again();
        if let Some(why) = why {
            self.conn_closed(bev, tls, BevEvents::READING, Some(why));
        }
    }

    fn handshake_failed(&mut self, bev: Bufferevent, tls: &Tls, why: TlsError) {
        // The peer is told why, if it can be.
        let _ = self.flush_tls(bev, tls);
        self.conn_closed(bev, tls, BevEvents::READING, Some(why));
    }

    pub(super) fn do_handshake(&mut self, bev: Bufferevent, tls: &Tls) {
        // Enabling what is below may have run all of it from within.
        if tls.is_open() {
            return;
        }
        if tls.has_ended() {
            return self.fail_again(bev, tls);
        }
        // What fails in here was recorded; the peer, or a timeout, ends the connection then.
        match self.advance_handshake(bev, tls) {
            Progress::Done => {
                tls.session.borrow_mut().open = true;
                let _ = self.set_open_callbacks(bev, tls);
                let _ = self.bufferevent_enable(bev, self.bevs[bev].enabled);
                let options = TriggerOptions::empty();
                self.bufferevent_run_eventcb(bev, BevEvents::CONNECTED, options);
            }
            Progress::WantsRead => {
                self.stop_writing(bev, tls);
                let _ = self.start_reading(bev, tls);
            }
            Progress::WantsWrite => {
                self.stop_reading(bev, tls);
                let _ = self.start_writing(bev, tls);
            }
            Progress::Failed(why) => self.handshake_failed(bev, tls, why),
        }
    }

    fn advance_handshake(&mut self, bev: Bufferevent, tls: &Tls) -> Progress {
        loop {
            match self.flush_tls(bev, tls) {
                Flush::Done => {}
                Flush::Blocked => return Progress::WantsWrite,
                Flush::Failed(why) => {
                    if !Self::comes_too_late(tls, &why) {
                        return Progress::Failed(why);
                    }
                    self.forget_ciphertext(tls);
                    return Progress::Done;
                }
            }
            if !tls.session.borrow().connection.is_handshaking() {
                return Progress::Done;
            }
            match self.fill_tls(bev, tls) {
                Fill::Some => {}
                Fill::Blocked => return Progress::WantsRead,
                Fill::Failed(why) => return Progress::Failed(why),
            }
        }
    }

    /// The handshake is done, and only what a server adds to it, for later connections, finds nobody any more. As with
    /// OpenSSL what the other side has sent before it left can still be read.
    fn comes_too_late(tls: &Tls, why: &TlsError) -> bool {
        let is_gone =
            |errno: i32| [Errno::PIPE, Errno::CONNRESET].contains(&Errno::from_raw_os_error(errno));
        let gone = matches!(why, TlsError::Os(errno) if is_gone(*errno));
        gone && !tls.session.borrow().connection.is_handshaking()
    }

    /// From now on the events read and write.
    fn set_open_callbacks(&mut self, bev: Bufferevent, tls: &Tls) -> Result<(), Error> {
        if let Some(underlying) = tls.underlying {
            if self.bev(underlying).is_ok() {
                self.bufferevent_setcb(underlying, tls_callbacks(bev, tls))?;
            }
            return Ok(());
        }
        let slot = &self.bevs[bev];
        let (ev_read, ev_write) = (slot.ev_read, slot.ev_write);
        let fd = self.events[ev_read].fd;
        let pending = |event: crate::Event| self.events[event].is(EventState::INSERTED);
        let (reads, writes) = (pending(ev_read), pending(ev_write));
        self.assign_events_anew(bev, tls_events(bev, fd, tls));
        let slot = &self.bevs[bev];
        let (timeout_read, timeout_write) = (slot.timeout_read, slot.timeout_write);
        if reads {
            self.bufferevent_add_event(ev_read, timeout_read)?;
        }
        if writes {
            self.bufferevent_add_event(ev_write, timeout_write)?;
        }
        Ok(())
    }
}
