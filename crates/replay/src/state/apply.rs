//! One step of the fold. What an event does is said here once, for every event of the vocabulary.

use evscope_trace::{BevEvents, EvFlags, Event, Objects, Phase, Record, Role};

use super::{BevKind, Frame, State};

impl State {
    /// Takes in the next record. Any record will do, in any order: a trace may begin late, lose records
    /// or be nonsense, and then what is unknown stays unknown.
    ///
    /// What a call does is applied at its enter (a producer writes it once it knows all that the record
    /// tells); an exit only ends the call, but for `poll` and `event_base_loop`, which tell their result
    /// there.
    pub fn apply(&mut self, record: &Record) {
        let step = self.applied;
        self.applied += 1;
        self.now = record.t;
        self.note_objects(&record.objects);
        self.walk_stack(record, step);
        match record.phase {
            Phase::Enter => self.begin(record, step),
            Phase::Exit => self.end(record),
            Phase::Point => {
                self.begin(record, step);
                self.end(record);
            }
        }
    }

    fn begin(&mut self, record: &Record, step: usize) {
        let objects = &record.objects;
        match &record.event {
            Event::EventBaseNew {
                backend,
                priorities,
            } => self.event_base_new(objects, step, backend, *priorities),
            Event::EventBaseLoop { .. } => self.event_base_loop_began(objects),
            Event::Poll { timeout, .. } => self.poll_began(objects, *timeout),
            Event::EventBaseLoopexit { .. } => self.event_base_loopexit(objects),
            Event::EventBaseLoopbreak {} => self.event_base_loopbreak(objects),
            Event::EventBaseLoopcontinue {} => self.event_base_loopcontinue(objects),
            Event::EventBaseFree {} => self.event_base_free(objects, step),

            Event::EventAssign {
                events,
                callback,
                priority,
            } => self.event_assign(objects, step, *events, callback, *priority),
            Event::EventAdd { timeout } => self.event_add(objects, *timeout),
            Event::EventDel {} => self.event_del(objects),
            Event::Error { call, .. } if call == "event_add" => self.event_not_added(objects),
            Event::EventActive { what, why } => self.event_active(objects, *what, *why),
            Event::EventCallback { .. } | Event::EvsigCb {} => self.event_runs(objects.event),
            Event::EventOnceCb {} => {
                self.event_runs(objects.event);
                self.event_free(objects.event, step);
            }
            Event::EventPrioritySet { priority } => self.event_priority_set(objects, *priority),
            Event::EventFree {} => self.event_free(objects.event, step),
            Event::BackendAdd { old: _, new } | Event::BackendDel { old: _, new } => {
                self.kernel_watches(objects, *new);
            }

            Event::EvconnlistenerNew {
                addr,
                callback,
                options,
                backlog,
            } => {
                if let Some(listener) = self.new_listener(objects, step) {
                    listener.addr.clone_from(addr);
                    listener.callback.clone_from(callback);
                    listener.options = *options;
                    listener.backlog = Some(*backlog);
                }
            }
            Event::EvconnlistenerEnable {} => self.listener_enabled(objects, true),
            Event::EvconnlistenerDisable {} => self.listener_enabled(objects, false),
            Event::ListenerReadCb {} => self.listener_read_cb(objects),
            Event::Accept { errno, .. } => self.accept(objects, errno.as_deref()),
            Event::EvconnlistenerFree {} => self.evconnlistener_free(objects, step),

            Event::EvbufferNew {} => self.evbuffer_new(objects.buf, step),
            Event::EvbufferFree {} => self.evbuffer_free(objects.buf, step),
            Event::EvbufferAdd {
                len,
                before,
                after,
                data,
            } => self.bytes_added(objects.buf, *len, *before, *after, data.as_ref()),
            Event::EvbufferPrepend {
                len,
                before,
                after,
                data,
            } => self.bytes_prepended(objects.buf, *len, *before, *after, data.as_ref()),
            Event::EvbufferRemove {
                len, before, after, ..
            }
            | Event::EvbufferDrain { len, before, after } => {
                self.bytes_removed(objects.buf, *len, *before, *after);
            }
            Event::EvbufferMove {
                from,
                len,
                before,
                after,
                from_after,
            } => self.bytes_moved(objects.buf, *from, *len, *before, *after, *from_after),
            Event::EvbufferFreeze { end } => self.frozen(objects.buf, *end, true),
            Event::EvbufferUnfreeze { end } => self.frozen(objects.buf, *end, false),
            Event::EvbufferRead {
                result,
                before,
                after,
                data,
                ..
            } => {
                let len = u64::try_from(*result).unwrap_or(0);
                self.bytes_added(objects.buf, len, *before, *after, data.as_ref());
            }
            Event::EvbufferWrite {
                result,
                before,
                after,
                ..
            } => {
                let len = u64::try_from(*result).unwrap_or(0);
                self.bytes_removed(objects.buf, len, *before, *after);
            }

            Event::BuffereventSocketNew {
                options,
                input,
                output,
                ev_read,
                ev_write,
                tls,
            } => {
                if let Some(bev) = self.new_bev(objects, step, *options, *input, *output) {
                    bev.be(BevKind::Socket, tls.as_ref());
                    bev.ev_read = Some(*ev_read);
                    bev.ev_write = Some(*ev_write);
                }
                self.bev_event(objects.bev, *ev_read, Role::BevRead);
                self.bev_event(objects.bev, *ev_write, Role::BevWrite);
            }
            Event::BuffereventPairNew {
                options,
                input,
                output,
                partner,
            } => {
                if let Some(bev) = self.new_bev(objects, step, *options, *input, *output) {
                    bev.be(BevKind::Pair, None);
                    bev.partner = Some(*partner);
                }
            }
            Event::BuffereventFilterNew {
                options,
                input,
                output,
                underlying,
                tls,
            } => {
                if let Some(bev) = self.new_bev(objects, step, *options, *input, *output) {
                    bev.be(BevKind::Filter, tls.as_ref());
                    bev.underlying = Some(*underlying);
                }
            }
            Event::BuffereventSetcb {
                readcb,
                writecb,
                eventcb,
            } => {
                if let Some(bev) = self.bev(objects) {
                    bev.readcb.clone_from(readcb);
                    bev.writecb.clone_from(writecb);
                    bev.eventcb.clone_from(eventcb);
                }
            }
            Event::BuffereventEnable { events } => self.bev_enable(objects, *events),
            Event::BuffereventDisable { events } => self.bev_disable(objects, *events),
            Event::BuffereventSetwatermark { events, low, high } => {
                self.bev_setwatermark(objects, *events, *low, *high);
            }
            Event::BuffereventSetTimeouts { read, write } => {
                if let Some(bev) = self.bev(objects) {
                    bev.read_timeout = *read;
                    bev.write_timeout = *write;
                }
            }
            Event::Connect { progress, .. } => self.bev_connect(objects, *progress),
            Event::BuffereventSetfd {} => {
                if let Some(bev) = self.bev(objects) {
                    bev.fd = objects.fd;
                }
            }
            Event::BuffereventPrioritySet { priority } => {
                self.bev_priority_set(objects, *priority);
            }
            Event::BuffereventReadcb { .. } => self.bev_event_runs(objects, Role::BevRead),
            Event::BuffereventWritecb { .. } => self.bev_event_runs(objects, Role::BevWrite),
            Event::SuspendRead { now, .. } | Event::UnsuspendRead { now, .. } => {
                if let Some(bev) = self.bev(objects) {
                    bev.suspended_read = *now;
                }
            }
            Event::SuspendWrite { now, .. } | Event::UnsuspendWrite { now, .. } => {
                if let Some(bev) = self.bev(objects) {
                    bev.suspended_write = *now;
                }
            }
            // Of a TLS connection it is told when the handshake is done.
            Event::Eventcb { what, .. } if what.contains(BevEvents::CONNECTED) => {
                self.tls_opens(objects);
            }
            Event::DeferredCb { .. } => self.bev_event_runs(objects, Role::BevDeferred),
            Event::Ratelimit { side, left, .. } => {
                if let Some(bev) = self.bev(objects) {
                    if side.contains(EvFlags::READ) {
                        bev.read_limit = Some(*left);
                    }
                    if side.contains(EvFlags::WRITE) {
                        bev.write_limit = Some(*left);
                    }
                }
            }
            Event::BuffereventFree {} => self.bev_free(objects, step),
            Event::BuffereventFinalize { unsent, .. } => {
                self.bev_finalize(objects, step, *unsent);
            }

            Event::Lost { count } => self.lost = self.lost.saturating_add(*count),

            // The others tell of something that others do; by themselves they change nothing.
            _ => {}
        }
    }

    /// The two calls that tell their result at the end.
    fn end(&mut self, record: &Record) {
        match &record.event {
            Event::EventBaseLoop { ended, .. } => {
                self.event_base_loop_ended(&record.objects, ended.as_ref());
            }
            Event::Poll { ready, .. } => self.poll_ended(&record.objects, *ready),
            _ => {}
        }
    }

    /// Keeps the calls of the record's thread. The depth decides, so that missing exits do no harm.
    fn walk_stack(&mut self, record: &Record, step: usize) {
        let stack = self.stacks.entry(record.thread).or_default();
        while stack.pop_if(|frame| frame.depth >= record.depth).is_some() {}
        if record.phase == Phase::Enter {
            stack.push(Frame {
                step,
                name: record.event.text_name(),
                depth: record.depth,
            });
        }
    }

    /// Takes in what a record's objects say of each other, also of objects that were never seen made.
    /// Objects that have nothing to learn are left untouched, so that states go on sharing them.
    fn note_objects(&mut self, objects: &Objects) {
        let Objects {
            base,
            event,
            role,
            bev,
            buf,
            listener,
            fd,
        } = *objects;
        if let Some(id) = base
            && !self.bases.contains(id)
        {
            self.bases.make(id);
        }
        if let Some(id) = bev {
            let known = self.bevs.get(id);
            let learns = known.is_none_or(|known| {
                (known.base.is_none() && base.is_some())
                    || (known.fd.is_none() && fd.is_some() && !known.is_freed())
            });
            if learns {
                let known = self.bevs.make(id);
                known.base = known.base.or(base);
                if !known.is_freed() {
                    known.fd = known.fd.or(fd);
                }
            }
        }
        if let Some(id) = listener {
            let known = self.listeners.get(id);
            // An accept's fd is the new connection's, so it is not learnt from any record.
            if known.is_none_or(|known| known.base.is_none() && base.is_some()) {
                let known = self.listeners.make(id);
                known.base = known.base.or(base);
            }
        }
        if let Some(id) = buf
            && !self.bufs.contains(id)
        {
            self.bufs.make(id);
        }
        if let Some(id) = event {
            let known = self.events.get(id);
            let learns = known.is_none_or(|known| {
                (known.base.is_none() && base.is_some())
                    || (known.role.is_none() && role.is_some())
                    || (known.fd.is_none() && fd.is_some())
                    || (known.bev.is_none() && bev.is_some())
                    || (known.listener.is_none() && listener.is_some())
            });
            if learns {
                let known = self.events.make(id);
                known.base = known.base.or(base);
                known.role = known.role.or(role);
                known.fd = known.fd.or(fd);
                known.bev = known.bev.or(bev);
                known.listener = known.listener.or(listener);
            }
        }
    }
}
