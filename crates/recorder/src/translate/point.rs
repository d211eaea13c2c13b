//! Steps without inside.

use evscope_trace::{
    ActiveWhy, BevEvents, BevOptions, ConnectProgress, EvFlags, Event, Objects, Role, Text,
    errno_name,
};
use evscope_wire::{Activation, BevType, Call, Callback, Kind, Point, Progress, Waits, args};

use super::failed::error;
use super::objects::{self, BevInfo, BufCb, EventInfo};
use super::{Note, Translator, ev_flags};
use crate::ring::Raw;

impl Translator {
    pub(super) fn point(&mut self, raw: &Raw, point: Point) {
        let object = raw.object;
        match point {
            // ---- events
            Point::Assign(assign) => self.assign(raw, assign),
            Point::Active(active) => {
                let event = Event::EventActive {
                    what: ev_flags(active.what),
                    why: why(active.why),
                };
                let objects = self.table.event_objects(object);
                self.step(raw, event, objects, active.site);
            }
            Point::PrioritySet(set) => self.priority_set(raw, set),
            Point::BackendAdd(add) => self.backend_add(raw, add),
            Point::BackendDel(del) => self.backend_del(raw, del),
            Point::Finalize(args::Finalize {}) => {
                let event = Event::EventActive {
                    what: EvFlags::FINALIZE,
                    why: ActiveWhy::Finalize,
                };
                let objects = self.table.event_objects(object);
                self.step(raw, event, objects, 0);
            }
            Point::Deferred(deferred) => self.deferred(raw, deferred),
            Point::DeferredInit(init) => self.deferred_init(raw, init),

            // ---- listener
            Point::Accept(accept) => self.accept(raw, accept),

            // ---- evbuffer
            Point::BufNew(args::BufNew { site }) => {
                // An address that is used again is a new buffer.
                self.table.new_buf(object);
                let objects = self.table.buf_objects(object);
                self.step(raw, Event::EvbufferNew {}, objects, site);
            }
            Point::BufFree(args::BufFree { site }) => {
                if self.table.free_buf(object) {
                    let objects = self.table.buf_objects(object);
                    self.step(raw, Event::EvbufferFree {}, objects, site);
                }
            }
            Point::BufAddCb(args::BufAddCb { entry, callback }) => {
                let own = self.own_buffer_callback(raw, callback);
                let buf = self.table.buf(object);
                if entry == 0 {
                    // The old way: one callback instead of all others.
                    buf.callbacks.clear();
                }
                if callback != 0 {
                    buf.callbacks.insert(
                        0,
                        BufCb {
                            entry,
                            callback,
                            own,
                            enabled: true,
                            nodefer: false,
                        },
                    );
                }
            }
            Point::BufRemoveCb(args::BufRemoveCb { entry }) => {
                // A bufferevent's buffer may be gone already.
                if let Some(buf) = self.table.bufs.get_mut(&object) {
                    buf.callbacks.retain(|callback| callback.entry != entry);
                }
            }
            Point::BufCbFlags(flags) => self.buffer_callback_flags(raw, flags),
            Point::BufDefer(args::BufDefer { base }) => {
                let buf = self.table.buf(object);
                (buf.deferred, buf.base) = (true, base);
            }

            // ---- bufferevent
            Point::BevInit(init) => {
                // An address that is used again is a new bufferevent.
                let socket = init.kind == BevType::Socket;
                let buffers = (init.input, init.output);
                self.table
                    .new_bev(object, init.base, init.options as u32, buffers, socket);
                let making = self.innermost(raw.tag.thread, &[Kind::BevSocketNew]);
                if let Some(Call::BevSocketNew(new)) = making.map(|frame| frame.call) {
                    let bev = self.table.bev(object);
                    (bev.fd, bev.tls) = (new.fd, new.tls);
                }
                self.one_of_a_pair(raw);
            }
            Point::BevSetcb(set) => {
                let event = match self.filter_takes_over(raw, set.readcb) {
                    Some(event) => event,
                    None => Event::BuffereventSetcb {
                        readcb: self.name(set.readcb),
                        writecb: self.name(set.writecb),
                        eventcb: self.name(set.eventcb),
                    },
                };
                let objects = self.table.bev_objects(object);
                self.step(raw, event, objects, set.site);
            }
            Point::Connect(connect) => self.connect(raw, connect),
            Point::PutOff(args::PutOff { callback, what }) => {
                let bev = self.table.bev(object);
                match callback {
                    Callback::Read => bev.pending_read = true,
                    Callback::Write => bev.pending_write = true,
                    Callback::Event => {
                        let what = BevEvents::from_bits_truncate(what as u16);
                        bev.pending_events |= what;
                        if what.contains(BevEvents::ERROR) {
                            let looked_up = self.is_of_look_up(raw.tag.thread, object);
                            self.table.bev(object).looked_up = looked_up;
                        }
                    }
                }
            }
            Point::Ratelimit(taken) => self.taken_from_bucket(raw, taken),
            Point::Bucket(bucket) => self.bucket_filled(raw, bucket),
            Point::LowMark(mark) => self.low_mark(raw, mark),
            Point::BevDestruct(args::BevDestruct { fd, unsent }) => {
                let options = self.table.bev(object).options;
                let closed = fd >= 0 && options.contains(BevOptions::CLOSE_ON_FREE);
                let event = Event::BuffereventFinalize { closed, unsent };
                let objects = self.table.bev_objects(object);
                self.step(raw, event, objects, 0);
                self.table.forget_bev(object);
            }

            Point::Failed(failed) => self.failed(raw, failed),
        }
    }

    fn priority_set(&mut self, raw: &Raw, set: args::PrioritySet) {
        let thread = raw.tag.thread;
        if set.result == 0 {
            let priority = set.priority as u32;
            let objects = self.table.event_objects(raw.object);
            self.step(raw, Event::EventPrioritySet { priority }, objects, set.site);
        } else if !self.is_in(thread, Kind::BevPrioritySet) && !self.is_in(thread, Kind::BaseNew) {
            // Else the call around it tells of it; a base that is made has no priorities yet for its own event.
            self.refused_priority(raw, set.site);
        }
    }

    fn assign(&mut self, raw: &Raw, assign: args::Assign) {
        let (base, callback, base_set) = (assign.base, assign.callback, assign.base_set);
        let Waits { fd, priority, .. } = assign.waits;
        let events = ev_flags(assign.waits.events);
        let inside = |this: &mut Self, kind| this.innermost(raw.tag.thread, &[kind]).is_some();
        if inside(self, Kind::BaseNew) {
            self.table.new_base(base);
        }
        let known = self.table.live_event(raw.object).cloned();
        let known = known.as_ref();
        let refills = self
            .innermost(raw.tag.thread, &[Kind::BevSetRateLimit])
            .map_or(0, |frame| frame.object);
        // `event_base_set`: the same event, with another base.
        if base_set && known.is_some_and(|event| event.base == base) {
            return;
        }
        // A listener's event is assigned once, and a rate limit group's: what is assigned where one was is another one.
        let owned =
            known.is_some_and(|event| event.bev != 0 || (base_set && event.listener.is_some()));
        let own = self.symbols.is_libevent(callback);
        let group = own && fd < 0 && events == EvFlags::PERSIST | EvFlags::FINALIZE;
        let same = owned
            || known.is_some_and(|event| {
                event.listener.is_none()
                    && !group
                    && event.callback == callback
                    && event.fd == fd
                    && event.events == events
            });
        if !owned {
            let listener = self
                .innermost(raw.tag.thread, &[Kind::ListenerNew])
                .and_then(|frame| match frame.note {
                    Note::Listener(id) => Some(id),
                    _ => None,
                });
            let evsig = own && self.is_evsig(raw.tag.thread);
            let once = own && (inside(self, Kind::Once) || inside(self, Kind::LoopExit));
            let role = match () {
                () if listener.is_some() => Role::Listener,
                () if once && inside(self, Kind::LoopExit) => Role::Internal,
                () if own && !once => Role::Internal,
                () if events.contains(EvFlags::SIGNAL) => Role::Signal,
                () if fd < 0 => Role::Timer,
                () => Role::User,
            };
            let id = match known {
                Some(event) if same => event.id,
                _ => self.table.new_event_id(),
            };
            let of = self.table.bevs.get(&refills).map(|bev| bev.id);
            if refills != 0 {
                self.table.set_bucket(refills, raw.object);
            }
            self.table.set_event(
                raw.object,
                EventInfo {
                    id,
                    role,
                    base,
                    fd,
                    events,
                    callback,
                    once,
                    evsig,
                    bev: refills,
                    of,
                    listener,
                    gone: false,
                    age: 0,
                },
            );
        } else {
            let event = self.table.event(raw.object);
            event.base = base;
            event.fd = fd;
            event.events = events;
            event.callback = callback;
            let bev = event.bev;
            if let Some(bev) = self.table.bevs.get_mut(&bev).filter(|_| refills == 0) {
                bev.fd = fd;
            }
        }
        // A listener that is being made learns its socket here.
        if let Some(frame) = self.innermost(raw.tag.thread, &[Kind::ListenerNew])
            && let Some(shown) = &mut frame.shown
        {
            shown.record.objects.fd = super::fd(fd);
        }
        let callback = if inside(self, Kind::CommonTimeout) {
            "common_timeout_callback".into()
        } else {
            self.callback_of(raw.tag.thread, raw.object)
        };
        let objects = self.table.event_objects(raw.object);
        let event = Event::EventAssign {
            events,
            callback,
            priority: priority.into(),
        };
        self.step(raw, event, objects, assign.site);
    }

    /// Whether an event of libevent's own that is set up is the signals': the first that a base makes for itself.
    fn is_evsig(&mut self, thread: u16) -> bool {
        self.innermost(thread, &[Kind::BaseNew])
            .is_some_and(|frame| {
                matches!(
                    std::mem::replace(&mut frame.note, Note::Signals),
                    Note::Nothing
                )
            })
    }

    fn backend_add(&mut self, raw: &Raw, add: args::BackendAdd) {
        let objects = Objects {
            fd: super::fd(add.fd),
            ..self.table.base_objects(raw.object)
        };
        let event = if add.result < 0 {
            error("event_add", add.errno, "the event is not pending")
        } else {
            let old = watched(add.old);
            Event::BackendAdd {
                old,
                new: old | watched(add.change),
            }
        };
        self.step(raw, event, objects, 0);
    }

    fn backend_del(&mut self, raw: &Raw, del: args::BackendDel) {
        let objects = Objects {
            fd: super::fd(del.fd),
            ..self.table.base_objects(raw.object)
        };
        let old = watched(del.old);
        let event = Event::BackendDel {
            old,
            new: old - watched(del.change),
        };
        self.step(raw, event, objects, 0);
        if del.result < 0 {
            let event = error("event_del", del.errno, "the event is deleted all the same");
            self.step(raw, event, objects, 0);
        }
    }

    /// A deferred callback was set up: a buffer's, which knows its base. Of a bufferevent's, and of those of other parts
    /// of libevent, nobody hears before they wait for the first time.
    fn deferred_init(&mut self, raw: &Raw, init: args::DeferredInit) {
        self.table.forget_event(raw.object);
        if init.of_bev {
            self.table.bev(init.arg).deferred = raw.object;
        } else if let Some(buf) = self.table.bufs.get(&init.arg).filter(|buf| buf.deferred) {
            let (base, of) = (buf.base, buf.of);
            self.new_deferred(raw.object, init.function, base).of = of;
            let name = "evbuffer_deferred_callback".into();
            self.deferred_assigned(raw, raw.object, name, init.priority);
        }
    }

    /// A deferred callback waits. One that does so for the first time is told of just before.
    fn deferred(&mut self, raw: &Raw, deferred: args::Deferred) {
        let bev = raw.object;
        let callback = deferred.callback;
        if self.table.live_event(callback).is_none() {
            self.new_deferred(callback, deferred.function, deferred.base);
            let of_bev = |info: &&BevInfo| info.deferred == callback;
            let name = if let Some(info) = self.table.live_bev(bev).filter(of_bev) {
                let of = Some(info.id);
                let event = self.table.event(callback);
                (event.role, event.bev, event.of) = (Role::BevDeferred, bev, of);
                "bufferevent_run_deferred_callbacks".into()
            } else {
                self.function(deferred.function).name
            };
            self.deferred_assigned(raw, callback, name, deferred.priority);
        }
        let event = Event::EventActive {
            what: EvFlags::empty(),
            why: ActiveWhy::Deferred,
        };
        let objects = self.table.event_objects(callback);
        self.step(raw, event, objects, 0);
    }

    /// Where a deferred callback lies there is an event from now on.
    fn new_deferred(&mut self, address: u64, function: u64, base: u64) -> &mut EventInfo {
        let id = self.table.new_event_id();
        self.table.set_event(
            address,
            EventInfo {
                id,
                role: Role::Internal,
                base,
                fd: -1,
                events: EvFlags::empty(),
                callback: function,
                once: false,
                evsig: false,
                bev: 0,
                of: None,
                listener: None,
                gone: false,
                age: 0,
            },
        );
        self.table.event(address)
    }

    fn deferred_assigned(&mut self, raw: &Raw, address: u64, callback: Text, priority: u8) {
        let event = Event::EventAssign {
            events: EvFlags::empty(),
            callback,
            priority: priority.into(),
        };
        let objects = self.table.event_objects(address);
        self.step(raw, event, objects, 0);
    }

    fn accept(&mut self, raw: &Raw, accept: args::Accept) {
        const EINTR: i32 = 4;
        const EAGAIN: i32 = 11;
        const ECONNABORTED: i32 = 103;
        let errno = accept.errno;
        let failed = accept.new < 0;
        let around = self
            .innermost(raw.tag.thread, &[Kind::EventCb])
            .and_then(|frame| frame.shown.as_ref().map(|shown| shown.record.objects))
            .unwrap_or_default();
        let objects = Objects {
            base: around.base,
            listener: around.listener,
            fd: super::fd(if failed { accept.fd } else { accept.new }),
            ..Objects::default()
        };
        let event = Event::Accept {
            peer: objects::address(&raw.bytes),
            errno: failed.then(|| errno_name(errno)),
        };
        self.step(raw, event, objects, accept.site);
        if failed && !matches!(errno, EINTR | EAGAIN | ECONNABORTED) {
            let action = "goes on; the listener's error callback is told, if it has one";
            let event = error("accept", errno, action);
            self.step(raw, event, objects, 0);
        }
    }

    fn connect(&mut self, raw: &Raw, connect: args::Connect) {
        const ECONNREFUSED: i32 = 111;
        let mut errno = connect.errno;
        let mut progress = match connect.progress {
            Progress::Started => ConnectProgress::Started,
            Progress::Connected => ConnectProgress::Connected,
            Progress::Failed => ConnectProgress::Failed,
        };
        let bev = self
            .innermost(raw.tag.thread, &[Kind::BevConnect, Kind::EventCb])
            .map(|frame| (frame.call, frame.object));
        let bev = match bev {
            Some((Call::BevConnect(_), bev)) => bev,
            Some((_, event)) => self.table.event(event).bev,
            None => 0,
        };
        let mut objects = Objects::default();
        if bev != 0 {
            let info = self.table.bev(bev);
            info.fd = connect.fd;
            // Whoever read first was told by the kernel, which says it only once; libevent remembers it.
            if std::mem::take(&mut info.refused) {
                (progress, errno) = (ConnectProgress::Failed, ECONNREFUSED);
            }
            objects = self.table.bev_objects(bev);
        }
        objects.fd = super::fd(connect.fd);
        let event = Event::Connect {
            progress,
            errno: (progress == ConnectProgress::Failed).then(|| errno_name(errno)),
        };
        self.step(raw, event, objects, 0);
    }

    fn buffer_callback_flags(&mut self, raw: &Raw, change: args::BufCbFlags) {
        /// `EVBUFFER_CB_ENABLED`, `EVBUFFER_CB_NODEFER`.
        const ENABLED: u32 = 1;
        const NODEFER: u32 = 2;
        let args::BufCbFlags { entry, flags, set } = change;
        let callbacks = &mut self.table.buf(raw.object).callbacks;
        if let Some(callback) = callbacks
            .iter_mut()
            .find(|callback| callback.entry == entry)
        {
            if flags & ENABLED != 0 {
                callback.enabled = set;
            }
            if flags & NODEFER != 0 {
                callback.nodefer = set;
            }
        }
    }
}

fn why(activation: Activation) -> ActiveWhy {
    match activation {
        Activation::Io => ActiveWhy::Io,
        Activation::Timeout => ActiveWhy::Timeout,
        Activation::Signal => ActiveWhy::Signal,
        Activation::Finalize => ActiveWhy::Finalize,
        Activation::Manual => ActiveWhy::Manual,
    }
}

/// What the kernel is told to watch for.
fn watched(what: i16) -> EvFlags {
    ev_flags(what) & (EvFlags::READ | EvFlags::WRITE | EvFlags::CLOSED)
}
