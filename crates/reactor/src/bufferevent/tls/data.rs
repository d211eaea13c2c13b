//! Reading and writing through an open connection.

use super::session::Plaintext;
use super::transport::{Fill, Flush};
use super::{Tls, TlsError};
use crate::buffer::EvbufferCbInfo;
use crate::bufferevent::TriggerOptions;
use crate::bufferevent::run::Lengths;
use crate::recording::call;
use crate::{BevEvents, Bufferevent, EvFlags, Evbuffer, EventBase};

/// How much is read where no mark says otherwise (libevent's `READ_DEFAULT`).
const READ_DEFAULT: usize = 4096;
/// The most pieces of the output that are encrypted in one step.
const MAX_PIECES: usize = 8;
/// How many bytes a record has at most.
const MAX_RECORD: usize = 16384;

/// What became of a step of reading or writing (libevent's `OP_MADE_PROGRESS`, `OP_BLOCKED`).
#[derive(Default)]
struct Step {
    progress: bool,
    /// Nothing more can be done now.
    blocked: bool,
    /// The connection has ended, for this reason if there is one.
    ended: Option<Option<TlsError>>,
}

impl EventBase {
    /// The callback on the output: bytes were added.
    #[call(output => EvbufferCb {
        callback: "be_openssl_outbuf_cb".into(),
        before: info.orig_size as u64,
        added: info.n_added as u64,
        deleted: info.n_deleted as u64,
    })]
    pub(crate) fn be_tls_outbuf_cb(
        &mut self,
        bev: Bufferevent,
        output: Evbuffer,
        info: &EvbufferCbInfo,
    ) {
        if info.n_added > 0
            && let Some(tls) = self.live_tls(bev)
            && tls.is_open()
        {
            self.incref(bev);
            if info.orig_size == 0 {
                let slot = &self.bevs[bev];
                // What fails here was recorded; the program finds out when nothing is written.
                let _ = self.bufferevent_add_event(slot.ev_write, slot.timeout_write);
            }
            if tls.underlying.is_some() {
                self.consider_writing(bev, &tls);
            }
            self.decref(bev);
        }
    }

    /// Run by the loop when the socket is readable, or the read timeout is due.
    #[call(bev => BuffereventReadcb { what })]
    pub(crate) fn be_tls_readeventcb(&mut self, bev: Bufferevent, what: EvFlags) {
        self.incref(bev);
        if what == EvFlags::TIMEOUT {
            let what = BevEvents::TIMEOUT | BevEvents::READING;
            self.bufferevent_run_eventcb(bev, what, TriggerOptions::empty());
        } else if let Some(tls) = self.held_tls(bev) {
            self.consider_reading(bev, &tls);
        }
        self.decref(bev);
    }

    /// Run by the loop when the socket is writable, or the write timeout is due.
    #[call(bev => BuffereventWritecb { what })]
    pub(crate) fn be_tls_writeeventcb(&mut self, bev: Bufferevent, what: EvFlags) {
        self.incref(bev);
        if what == EvFlags::TIMEOUT {
            let what = BevEvents::TIMEOUT | BevEvents::WRITING;
            self.bufferevent_run_eventcb(bev, what, TriggerOptions::empty());
        } else if let Some(tls) = self.held_tls(bev) {
            self.consider_writing(bev, &tls);
        }
        self.decref(bev);
    }

    /// Ciphertext came below. As in libevent nothing holds the bufferevent here: freed in its own callback it lets go of the
    /// one below at once.
    pub(super) fn be_tls_readcb(&mut self, bev: Bufferevent) {
        if let Some(tls) = self.live_tls(bev) {
            self.consider_reading(bev, &tls);
        }
    }

    /// There is room below.
    pub(super) fn be_tls_writecb(&mut self, bev: Bufferevent) {
        if let Some(tls) = self.live_tls(bev) {
            self.consider_writing(bev, &tls);
        }
    }

    /// Something happened below. That it is connected is no news: the handshake will tell.
    pub(super) fn be_tls_eventcb(&mut self, bev: Bufferevent, below: BevEvents) {
        let Some(tls) = self.live_tls(bev) else {
            return;
        };
        let what = if below.contains(BevEvents::EOF) {
            // Who goes on behind it is told of it as is allowed then.
            let dirty = TlsError::DirtyShutdown;
            tls.session.borrow_mut().end(Some(dirty.clone()));
            if tls.allows_dirty_shutdown() {
                BevEvents::EOF
            } else {
                self.socket_error = None;
                self.tls_failed(bev, &tls, dirty);
                BevEvents::ERROR
            }
        } else if below.intersects(BevEvents::TIMEOUT | BevEvents::ERROR) {
            if let Some(errno) = self.socket_error
                && below.contains(BevEvents::ERROR)
            {
                self.tls_failed(bev, &tls, TlsError::Os(errno));
            }
            below
        } else {
            return;
        };
        self.bufferevent_run_eventcb(bev, what, TriggerOptions::empty());
    }

    /// Reads until nothing is left, or the input is at its high mark. What is decrypted is taken all the
    /// same, so the mark may be overrun by less than a record. The end is told after what came before it.
    pub(super) fn consider_reading(&mut self, bev: Bufferevent, tls: &Tls) {
        let before = self.lengths(bev);
        let (mut progress, mut ended) = (false, None);
        let mut want = self.bytes_to_read(bev);
        while want > 0 {
            let step = self.do_read(bev, tls, want);
            progress |= step.progress;
            ended = step.ended;
            if step.blocked || !self.bevs[bev].read_suspended.is_empty() {
                break;
            }
            want = tls.pending();
            if want == 0 && tls.underlying.is_some() {
                // No event says that there is more.
                want = self.bytes_to_read(bev);
            }
        }
        if progress {
            let options = TriggerOptions::empty();
            self.bufferevent_trigger_nolock(bev, EvFlags::READ, options, before);
        }
        if let Some(why) = ended
            // A good end waits until somebody reads again.
            && (self.reads(bev) || why.is_some())
            && !self.bevs[bev].freed
        {
            self.conn_closed(bev, tls, BevEvents::READING, why);
        }
        // The program's callbacks may have disabled it.
        if tls.underlying.is_none() && !self.reads(bev) {
            self.event_del_nolock(self.bevs[bev].ev_read);
        }
    }

    fn reads(&self, bev: Bufferevent) -> bool {
        let slot = &self.bevs[bev];
        slot.enabled.contains(EvFlags::READ) && slot.read_suspended.is_empty()
    }

    /// How many bytes the input may get now.
    fn bytes_to_read(&mut self, bev: Bufferevent) -> usize {
        if !self.reads(bev) {
            return 0;
        }
        let slot = &self.bevs[bev];
        let room = match slot.wm_read.high {
            0 => READ_DEFAULT,
            high => high.saturating_sub(self.buffers[slot.input].chain.len()),
        };
        room.min(self.read_max(bev).0)
    }

    /// Reads a record, or two: one for each piece of room that the input has.
    fn do_read(&mut self, bev: Bufferevent, tls: &Tls, want: usize) -> Step {
        if !self.bevs[bev].read_suspended.is_empty() {
            return Step::default();
        }
        let want = want.min(self.read_max(bev).0);
        let input = self.bevs[bev].input;
        // The program may have closed the input; what comes waits then.
        let rooms = match self.evbuffer_reserve_space_in_two(input, want) {
            Ok(rooms) if want > 0 => rooms.map(|room| room.len()),
            _ => return Step { blocked: true, ..Step::default() },
        };
        let mut step = Step::default();
        let mut pieces = [Vec::new(), Vec::new()];
        for (piece, room) in pieces.iter_mut().zip(rooms) {
            if room == 0 || step.blocked || !self.bevs[bev].read_suspended.is_empty() {
                break;
            }
            *piece = self.read_record(bev, tls, room, &mut step);
            step.progress |= !piece.is_empty();
        }
        if step.progress {
            self.add_read(input, want, &pieces);
            if tls.underlying.is_some() {
                self.reset_generic_timeouts(bev, EvFlags::READ);
            }
        }
        step
    }

    /// At most `room` bytes of one record (`SSL_read`); none if that is blocked or at the end.
    fn read_record(
        &mut self,
        bev: Bufferevent,
        tls: &Tls,
        room: usize,
        step: &mut Step,
    ) -> Vec<u8> {
        // Whoever reads on behind the end is told of it again.
        if tls.has_ended() {
            step.ended = Some(tls.session.borrow().told_again());
            step.blocked = true;
            return Vec::new();
        }
        loop {
            let read = tls.session.borrow_mut().read(room);
            match read {
                Plaintext::Bytes(bytes) => return bytes,
                Plaintext::Closed => step.ended = Some(None),
                Plaintext::NeedMore => match self.fill_tls(bev, tls) {
                    Fill::Some => {
                        self.answer(bev, tls);
                        continue;
                    }
                    Fill::Blocked => {}
                    Fill::Failed(why) => {
                        // The peer is told why, if it can be.
                        let _ = self.flush_tls(bev, tls);
                        step.ended = Some(Some(why));
                    }
                },
            }
            step.blocked = true;
            return Vec::new();
        }
    }

    /// Puts what was read into the room that was reserved for it, and where that is gone, behind what is there.
    fn add_read(&mut self, input: Evbuffer, want: usize, pieces: &[Vec<u8>; 2]) {
        let lens = [pieces[0].len(), pieces[1].len()];
        let fits = match self.evbuffer_reserve_space_in_two(input, want) {
            Ok(rooms) => rooms.into_iter().zip(pieces).all(|(room, piece)| {
                let there = room.get_mut(..piece.len());
                there.map(|there| there.copy_from_slice(piece)).is_some()
            }),
            Err(_) => false,
        };
        if !fits || self.evbuffer_commit_space(input, &lens).is_err() {
            // It is open, or was when the bytes were asked for.
            let _ = self.evbuffer_add(input, &pieces.concat());
        }
    }

    /// Reading may make the connection say something itself: that it has changed its keys.
    fn answer(&mut self, bev: Bufferevent, tls: &Tls) {
        if tls.wants_write() && self.flush_tls(bev, tls).is_blocked() {
            // What fails here was recorded; the peer waits for its answer then.
            let _ = self.start_writing(bev, tls);
        }
    }

    /// Encrypts and writes until the output is empty, or there is no room. As in libevent an end of reading is none of
    /// writing: who writes on finds out.
    pub(super) fn consider_writing(&mut self, bev: Bufferevent, tls: &Tls) {
        let mut blocked = false;
        let mut before = self.lengths(bev);
        while !blocked && self.may_encrypt(bev, tls) {
            let step = self.do_write(bev, tls, before);
            blocked = step.blocked || !step.progress;
            // Several writes may bring the output down to its mark.
            let now = self.lengths(bev);
            if now.output <= self.bevs[bev].wm_write.low {
                before = now;
            }
        }
        if tls.underlying.is_some() {
            return;
        }
        let slot = &self.bevs[bev];
        let has_output = self.buffers[slot.output].chain.len() > 0;
        let writes = slot.enabled.contains(EvFlags::WRITE) && slot.write_suspended.is_empty();
        let wants_write = (has_output && writes) || self.has_ciphertext(tls);
        if !wants_write {
            self.event_del_nolock(self.bevs[bev].ev_write);
        }
    }

    /// Writing is enabled, there is something to write, and there is room for it below.
    fn may_encrypt(&self, bev: Bufferevent, tls: &Tls) -> bool {
        if self.has_ciphertext(tls) {
            return true;
        }
        let slot = &self.bevs[bev];
        let full = tls.underlying.is_some_and(|below| {
            let high = self.bevs[below].wm_write.high;
            high > 0 && self.buffers[tls.outbound].chain.len() >= high
        });
        slot.enabled.contains(EvFlags::WRITE)
            && slot.write_suspended.is_empty()
            && self.buffers[slot.output].chain.len() > 0
            && !full
    }

    /// Whether something is encrypted and not handed on, and can be.
    fn has_ciphertext(&self, tls: &Tls) -> bool {
        let own = tls.underlying.is_none() && self.buffers[tls.outbound].chain.len() > 0;
        (own || tls.wants_write()) && !tls.has_failed()
    }

    /// Encrypts and writes the first pieces of the output, each whole: as many as hold what one write may take. `before` is
    /// how full the buffers were when the mark was last reached, or when the writing began.
    fn do_write(&mut self, bev: Bufferevent, tls: &Tls, before: Lengths) -> Step {
        let mut step = Step::default();
        match self.flush_tls(bev, tls) {
            Flush::Done => step.progress = true,
            flush => {
                step.blocked = self.write_blocked(bev, tls, flush);
                return step;
            }
        }
        let output = self.bevs[bev].output;
        let (atmost, _) = self.write_max(bev);
        let pieces: Vec<usize> = match self.evbuffer_peek_from(output, 0, Some(atmost)) {
            Ok(pieces) => pieces.take(MAX_PIECES).map(<[u8]>::len).collect(),
            Err(_) => return Step { blocked: true, ..step },
        };
        let mut written = 0;
        for len in pieces {
            if !self.bevs[bev].write_suspended.is_empty() {
                break;
            }
            match self.write_piece(bev, tls, written, len) {
                Flush::Done => written += len,
                flush => {
                    step.blocked = self.write_blocked(bev, tls, flush);
                    break;
                }
            }
        }
        // Until the ciphertext is handed on, the bytes stay where they are.
        self.buffers[output].frozen_start = false;
        if written > 0 {
            // It was just opened, and what was encrypted is there: nobody could take it out.
            let _ = self.evbuffer_drain(output, written);
            if tls.underlying.is_some() {
                self.reset_generic_timeouts(bev, EvFlags::WRITE);
            }
            self.keep_in_flight(output, tls);
            let options = TriggerOptions::DEFER_CALLBACKS;
            self.bufferevent_trigger_nolock(bev, EvFlags::WRITE, options, before);
        }
        self.keep_in_flight(output, tls);
        step
    }

    /// Nobody takes bytes out that are encrypted already.
    fn keep_in_flight(&mut self, output: Evbuffer, tls: &Tls) {
        if tls.session.borrow().in_flight > 0 {
            self.buffers[output].frozen_start = true;
        }
    }

    /// Encrypts and hands on a piece of the output, record by record (`SSL_write`). Of one that was begun before, the
    /// beginning is encrypted already.
    fn write_piece(&mut self, bev: Bufferevent, tls: &Tls, from: usize, len: usize) -> Flush {
        loop {
            match self.flush_tls(bev, tls) {
                Flush::Done => {}
                flush => return flush,
            }
            let done = tls.session.borrow().in_flight;
            if done >= len {
                tls.session.borrow_mut().in_flight = 0;
                return Flush::Done;
            }
            if let Some(why) = tls.session.borrow().cannot_send() {
                return Flush::Failed(why);
            }
            let mut record = vec![0; (len - done).min(MAX_RECORD)];
            let output = self.bevs[bev].output;
            let chain = &self.buffers[output].chain;
            chain.copy_out_from(from + done, &mut record);
            let n = tls.session.borrow_mut().write(&record);
            if n == 0 {
                return Flush::Blocked;
            }
            tls.session.borrow_mut().in_flight += n;
        }
    }

    fn write_blocked(&mut self, bev: Bufferevent, tls: &Tls, flush: Flush) -> bool {
        if let Flush::Failed(why) = flush {
            self.conn_closed(bev, tls, BevEvents::WRITING, Some(why));
        }
        true
    }
}
