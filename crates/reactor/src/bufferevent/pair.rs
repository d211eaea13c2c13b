//! Pairs: what is written into one end can be read from the other. libevent's `bufferevent_pair.c`.

use evscope_trace::BevId;

use super::kind::{FlushMode, Kind};
use super::run::TriggerOptions;
use super::slot::EventCallbacks;
use crate::buffer::{BufferCallback, EvbufferCbInfo};
use crate::event::EventCallback;
use crate::recording::call;
use crate::{BevEvents, BevOptions, BufferEnd, Bufferevent, Error, EvFlags, Evbuffer, EventBase};

/// # Bufferevents: pairs
impl EventBase {
    /// Makes two bufferevents that are connected to each other, without a socket
    /// (`bufferevent_pair_new`). Their callbacks are always deferred.
    #[track_caller]
    pub fn bufferevent_pair_new(&mut self, options: BevOptions) -> Result<[Bufferevent; 2], Error> {
        // UNLOCK_CALLBACKS is fine, too, since they are.
        let options = options | BevOptions::DEFER_CALLBACKS;
        let ids = [self.ids.bufferevent(), self.ids.bufferevent()];
        let first = self.bufferevent_pair_elt_new(options, ids, None);
        let options = options - BevOptions::THREADSAFE;
        let second = self.bufferevent_pair_elt_new(options, [ids[1], ids[0]], Some(first));
        Ok([first, second])
    }

    /// One end of a pair, connected if it is the second.
    #[call]
    fn bufferevent_pair_elt_new(
        &mut self,
        options: BevOptions,
        [id, partner]: [BevId; 2],
        first: Option<Bufferevent>,
    ) -> Bufferevent {
        let bev = self.bufferevent_init_common_as(id, None, options);
        self.says_pair_new(bev, partner);
        let output = self.bevs[bev].output;
        self.bevs[bev].kind = Kind::Pair(first);
        let callback = BufferCallback::PairOutbuf(bev);
        self.buffers[output].callbacks.add(output, callback);
        self.assign_events(bev, EventCallbacks::timers(bev));
        if let Some(first) = first {
            self.bevs[first].kind = Kind::Pair(Some(bev));
            for bev in [first, bev] {
                let (input, output) = (self.bevs[bev].input, self.bevs[bev].output);
                self.set_frozen(input, BufferEnd::End, true);
                self.set_frozen(output, BufferEnd::Start, true);
            }
        }
        bev
    }

    /// The other end of a pair (`bufferevent_pair_get_partner`), until either end is freed.
    pub fn bufferevent_pair_get_partner(
        &self,
        bev: Bufferevent,
    ) -> Result<Option<Bufferevent>, Error> {
        match self.bev(bev)?.kind {
            Kind::Pair(partner) => Ok(partner),
            _ => {
                let reason = "the bufferevent is not one of a pair";
                Err(Error::invalid("bufferevent_pair_get_partner", reason))
            }
        }
    }

    /// The callback on the output: bytes were added, so hand them over, if the other end reads.
    #[call(output => EvbufferCb {
        callback: "be_pair_outbuf_cb".into(),
        before: info.orig_size as u64,
        added: info.n_added as u64,
        deleted: info.n_deleted as u64,
    })]
    pub(crate) fn be_pair_outbuf_cb(
        &mut self,
        bev: Bufferevent,
        output: Evbuffer,
        info: &EvbufferCbInfo,
    ) {
        let partner = match self.bevs.get(bev).map(|slot| &slot.kind) {
            Some(Kind::Pair(partner)) => *partner,
            _ => None,
        };
        if info.n_added > info.n_deleted
            && let Some(partner) = partner
        {
            self.incref_both(bev, partner);
            if self.wants_to_talk(bev, partner) {
                self.be_pair_transfer(bev, partner, FlushMode::Normal);
            }
            self.decref_both(bev, partner);
        }
    }

    #[track_caller]
    pub(super) fn be_pair_enable(
        &mut self,
        bev: Bufferevent,
        events: EvFlags,
    ) -> Result<(), Error> {
        let Kind::Pair(partner) = self.bevs[bev].kind else {
            return Ok(());
        };
        let mut timed = events & EvFlags::READ;
        if self.buffers[self.bevs[bev].output].chain.len() > 0 {
            timed |= events & EvFlags::WRITE;
        }
        self.reset_generic_timeouts(bev, timed);
        let Some(partner) = partner else {
            return Ok(());
        };
        self.incref_both(bev, partner);
        if events.contains(EvFlags::READ) && self.wants_to_talk(partner, bev) {
            self.be_pair_transfer(partner, bev, FlushMode::Normal);
        }
        if events.contains(EvFlags::WRITE) && self.wants_to_talk(bev, partner) {
            self.be_pair_transfer(bev, partner, FlushMode::Normal);
        }
        self.decref_both(bev, partner);
        Ok(())
    }

    /// Whether `from` has something to write and may, and `to` reads.
    fn wants_to_talk(&self, from: Bufferevent, to: Bufferevent) -> bool {
        let (from, to) = (&self.bevs[from], &self.bevs[to]);
        from.enabled.contains(EvFlags::WRITE)
            && to.enabled.contains(EvFlags::READ)
            && to.read_suspended.is_empty()
            && self.buffers[from.output].chain.len() > 0
    }

    /// Moves what `from` has written to what `to` can read, up to its high mark.
    #[track_caller]
    fn be_pair_transfer(&mut self, from: Bufferevent, to: Bufferevent, mode: FlushMode) {
        let (output, input) = (self.bevs[from].output, self.bevs[to].input);
        let before = (self.lengths(from), self.lengths(to));
        self.set_frozen(output, BufferEnd::Start, false);
        self.set_frozen(input, BufferEnd::End, false);
        let high = self.bevs[to].wm_read.high;
        let room = high.saturating_sub(self.buffers[input].chain.len());
        let all = self.buffers[output].chain.len();
        let limit = match high {
            0 => Some(all),
            _ if room > 0 => Some(room),
            _ => (mode != FlushMode::Normal).then_some(all),
        };
        if let Some(limit) = limit {
            // Both ends are open, and both buffers live as long as their bufferevents.
            let _ = self.evbuffer_remove_buffer(output, input, limit);
            // As in libevent, what might have been moved counts.
            if limit > 0 {
                self.reset_generic_timeouts(to, EvFlags::READ);
                if self.buffers[self.bevs[to].output].chain.len() > 0 {
                    self.reset_generic_timeouts(to, EvFlags::WRITE);
                } else {
                    self.delete_generic_timeouts(to, EvFlags::WRITE);
                }
            }
            let options = TriggerOptions::empty();
            self.bufferevent_trigger_nolock(to, EvFlags::READ, options, before.1);
            self.bufferevent_trigger_nolock(from, EvFlags::WRITE, options, before.0);
        }
        self.set_frozen(output, BufferEnd::Start, true);
        self.set_frozen(input, BufferEnd::End, true);
    }

    #[track_caller]
    pub(super) fn be_pair_flush(
        &mut self,
        bev: Bufferevent,
        partner: Option<Bufferevent>,
        events: EvFlags,
        mode: FlushMode,
    ) -> Result<(), Error> {
        let Some(partner) = partner else {
            let reason = "the other end was freed";
            return Err(Error::invalid("bufferevent_flush", reason));
        };
        if mode == FlushMode::Normal {
            return Ok(());
        }
        self.incref_both(bev, partner);
        if events.contains(EvFlags::READ) {
            self.be_pair_transfer(partner, bev, mode);
        }
        if events.contains(EvFlags::WRITE) {
            self.be_pair_transfer(bev, partner, mode);
        }
        if mode == FlushMode::Finished {
            let mut what = BevEvents::EOF;
            what.set(BevEvents::WRITING, events.contains(EvFlags::READ));
            what.set(BevEvents::READING, events.contains(EvFlags::WRITE));
            self.bufferevent_run_eventcb(partner, what, TriggerOptions::empty());
        }
        self.decref_both(bev, partner);
        Ok(())
    }

    #[track_caller]
    pub(super) fn be_pair_unlink(&mut self, bev: Bufferevent, partner: Option<Bufferevent>) {
        self.bevs[bev].kind = Kind::Pair(None);
        if let Some(partner) = partner {
            self.bevs[partner].kind = Kind::Pair(None);
        }
    }

    /// Both ends stay whole until `decref_both`.
    fn incref_both(&mut self, bev: Bufferevent, partner: Bufferevent) {
        self.incref(bev);
        self.incref(partner);
    }

    #[track_caller]
    fn decref_both(&mut self, bev: Bufferevent, partner: Bufferevent) {
        self.decref(partner);
        self.decref(bev);
    }
}

impl EventCallbacks {
    /// Those of a bufferevent without a socket: both are timers.
    pub(super) fn timers(bev: Bufferevent) -> Self {
        Self {
            fd: -1,
            read: (EvFlags::FINALIZE, EventCallback::BevReadTimeout(bev)),
            write: (EvFlags::FINALIZE, EventCallback::BevWriteTimeout(bev)),
        }
    }
}
