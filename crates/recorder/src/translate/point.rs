//! Steps without inside.

use evscope_trace::{
    ActiveWhy, BevEvents, ConnectProgress, EvFlags, Event, Objects, Role, Text, errno_name,
};
use evscope_wire::{Activation, BevType, Kind, Progress};

use super::enter::end;
use super::objects::{self, BevInfo, BufCb, EventInfo};
use super::{Note, Translator};
use crate::ring::Raw;

/// In a [`Kind::PutOff`]: the event callback.
const EVENT: u64 = 4;

impl Translator {
    pub(super) fn point(&mut self, kind: Kind, raw: &Raw) {
        let args = raw.args;
        let object = raw.object;
        match kind {
            Kind::LoopBreak => {
                let objects = self.table.base_objects(object);
                self.step(raw, Event::EventBaseLoopbreak {}, objects, args[0]);
            }
            Kind::LoopContinue => {
                let objects = self.table.base_objects(object);
                self.step(raw, Event::EventBaseLoopcontinue {}, objects, args[0]);
            }
            Kind::Assign => self.assign(raw),
            Kind::Active => {
                let event = Event::EventActive {
                    what: EvFlags::from_bits_truncate(args[0] as u16),
                    why: why(args[1]),
                };
                let objects = self.table.event_objects(object);
                self.step(raw, event, objects, args[2]);
            }
            Kind::PrioritySet if args[1] == 0 => {
                let event = Event::EventPrioritySet {
                    priority: args[0] as u32,
                };
                let objects = self.table.event_objects(object);
                self.step(raw, event, objects, args[2]);
            }
            // The call around it tells of it; a base that is made has no priorities yet for its own event.
            Kind::PrioritySet
                if self.is_in(raw.tag.thread, Kind::BevPrioritySet)
                    || self.is_in(raw.tag.thread, Kind::BaseNew) => {}
            Kind::PrioritySet => self.refused_priority(raw),
            Kind::BackendAdd | Kind::BackendDel => self.backend(kind, raw),
            Kind::Finalize => {
                let event = Event::EventActive {
                    what: EvFlags::FINALIZE,
                    why: ActiveWhy::Finalize,
                };
                let objects = self.table.event_objects(object);
                self.step(raw, event, objects, 0);
            }
            Kind::Deferred => self.deferred(raw),
            Kind::DeferredInit => self.deferred_init(raw),
            Kind::Accept => self.accept(raw),
            Kind::BufNew => {
                // An address that is used again is a new buffer.
                self.table.new_buf(object);
                let objects = self.table.buf_objects(object);
                self.step(raw, Event::EvbufferNew {}, objects, args[0]);
            }
            Kind::BufFree if self.table.free_buf(object) => {
                let objects = self.table.buf_objects(object);
                self.step(raw, Event::EvbufferFree {}, objects, args[0]);
            }
            Kind::BufFreeze => {
                let event = Event::EvbufferFreeze { end: end(args[0]) };
                let objects = self.table.buf_objects(object);
                self.step(raw, event, objects, args[1]);
            }
            Kind::BufUnfreeze => {
                let event = Event::EvbufferUnfreeze { end: end(args[0]) };
                let objects = self.table.buf_objects(object);
                self.step(raw, event, objects, args[1]);
            }
            Kind::BufPeek => {
                let event = Event::EvbufferPeek {
                    offset: args[0],
                    asked: Some(args[1]).filter(|&asked| (asked as i64) >= 0),
                    pieces: args[2],
                    bytes: args[3],
                };
                let objects = self.table.buf_objects(object);
                self.step(raw, event, objects, args[4]);
            }
            Kind::BufAddCb => {
                let own = self.own_buffer_callback(raw);
                let buf = self.table.buf(object);
                if args[0] == 0 {
                    // The old way: one callback instead of all others.
                    buf.callbacks.clear();
                }
                if args[1] != 0 {
                    buf.callbacks.insert(
                        0,
                        BufCb {
                            entry: args[0],
                            callback: args[1],
                            own,
                            enabled: true,
                            nodefer: false,
                        },
                    );
                }
            }
            Kind::BufRemoveCb => {
                // A bufferevent's buffer may be gone already.
                if let Some(buf) = self.table.bufs.get_mut(&object) {
                    buf.callbacks.retain(|callback| callback.entry != args[0]);
                }
            }
            Kind::BufCbFlags => self.buffer_callback_flags(raw),
            Kind::BufDefer => {
                let buf = self.table.buf(object);
                (buf.deferred, buf.base) = (true, args[0]);
            }
            Kind::BevInit => {
                // An address that is used again is a new bufferevent.
                let socket = args[4] == BevType::Socket as u64;
                let buffers = (args[2], args[3]);
                self.table
                    .new_bev(object, args[0], args[1] as u32, buffers, socket);
                let making = self.innermost(raw.tag.thread, &[Kind::BevSocketNew]);
                if let Some((fd, tls)) = making.map(|frame| (frame.args[1] as u32, frame.args[4])) {
                    let bev = self.table.bev(object);
                    (bev.fd, bev.tls) = (fd as i32, tls);
                }
                self.one_of_a_pair(raw);
            }
            Kind::BevSetcb => {
                let event = match self.filter_takes_over(raw) {
                    Some(event) => event,
                    None => Event::BuffereventSetcb {
                        readcb: self.name(args[0]),
                        writecb: self.name(args[1]),
                        eventcb: self.name(args[2]),
                    },
                };
                let objects = self.table.bev_objects(object);
                self.step(raw, event, objects, args[3]);
            }
            Kind::Connect => self.connect(raw),
            Kind::PutOff => {
                let bev = self.table.bev(object);
                match args[0] {
                    1 => bev.pending_read = true,
                    2 => bev.pending_write = true,
                    _ => bev.pending_events |= BevEvents::from_bits_truncate(args[1] as u16),
                }
                if args[0] == EVENT && args[1] & u64::from(BevEvents::ERROR.bits()) != 0 {
                    let looked_up = self.is_of_look_up(raw.tag.thread, object);
                    self.table.bev(object).looked_up = looked_up;
                }
            }
            Kind::Ratelimit => self.taken_from_bucket(raw),
            Kind::Bucket => self.bucket_filled(raw),
            Kind::LowMark => self.low_mark(raw),
            Kind::Failed => self.failed(raw),
            Kind::BevDestruct => {
                let bev = self.table.bev(object);
                let fd = args[0] as u32 as i32;
                let closed = fd >= 0
                    && bev
                        .options
                        .contains(evscope_trace::BevOptions::CLOSE_ON_FREE);
                let event = Event::BuffereventFinalize {
                    closed,
                    unsent: args[1],
                };
                let objects = self.table.bev_objects(object);
                self.step(raw, event, objects, 0);
                self.table.forget_bev(object);
            }
            // All others are calls.
            _ => {}
        }
    }

    fn assign(&mut self, raw: &Raw) {
        let [base, what, callback, priority, site] = raw.args;
        let fd = what as u32 as i32;
        let events = EvFlags::from_bits_truncate((what >> 32) as u16);
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
        let base_set = what & evscope_wire::BASE_SET != 0;
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
            shown.record.objects.fd = super::fd(what);
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
            priority: priority as u32,
        };
        self.step(raw, event, objects, site);
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

    fn backend(&mut self, kind: Kind, raw: &Raw) {
        const WATCHED: EvFlags = EvFlags::READ.union(EvFlags::WRITE).union(EvFlags::CLOSED);
        let [fd, old, change, result, errno] = raw.args;
        let old = EvFlags::from_bits_truncate(old as u16) & WATCHED;
        let change = EvFlags::from_bits_truncate(change as u16) & WATCHED;
        let objects = Objects {
            fd: super::fd(fd),
            ..self.table.base_objects(raw.object)
        };
        let failed = (result as i32) < 0;
        let error = |call: &'static str, action: &'static str| Event::Error {
            call: call.into(),
            errno: errno_name(errno as i32),
            action: action.into(),
        };
        let event = match kind {
            Kind::BackendAdd if failed => error("event_add", "the event is not pending"),
            Kind::BackendAdd => Event::BackendAdd {
                old,
                new: old | change,
            },
            _ => Event::BackendDel {
                old,
                new: old - change,
            },
        };
        self.step(raw, event, objects, 0);
        if failed && kind == Kind::BackendDel {
            let event = error("event_del", "the event is deleted all the same");
            self.step(raw, event, objects, 0);
        }
    }

    /// A deferred callback was set up: a buffer's, which knows its base. Of a bufferevent's, and of those of other parts
    /// of libevent, nobody hears before they wait for the first time.
    fn deferred_init(&mut self, raw: &Raw) {
        let [function, arg, priority, of_bev, _] = raw.args;
        self.table.forget_event(raw.object);
        if of_bev != 0 {
            self.table.bev(arg).deferred = raw.object;
        } else if let Some(buf) = self.table.bufs.get(&arg).filter(|buf| buf.deferred) {
            let (base, of) = (buf.base, buf.of);
            self.new_deferred(raw.object, function, base).of = of;
            let name = "evbuffer_deferred_callback".into();
            self.deferred_assigned(raw, raw.object, name, priority);
        }
    }

    /// A deferred callback waits. One that does so for the first time is told of just before.
    fn deferred(&mut self, raw: &Raw) {
        let bev = raw.object;
        let [callback, base, priority, function, _] = raw.args;
        if self.table.live_event(callback).is_none() {
            self.new_deferred(callback, function, base);
            let of_bev = |info: &&BevInfo| info.deferred == callback;
            let name = if let Some(info) = self.table.live_bev(bev).filter(of_bev) {
                let of = Some(info.id);
                let event = self.table.event(callback);
                (event.role, event.bev, event.of) = (Role::BevDeferred, bev, of);
                "bufferevent_run_deferred_callbacks".into()
            } else {
                self.function(function).name
            };
            self.deferred_assigned(raw, callback, name, priority);
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

    fn deferred_assigned(&mut self, raw: &Raw, address: u64, callback: Text, priority: u64) {
        let event = Event::EventAssign {
            events: EvFlags::empty(),
            callback,
            priority: priority as u32,
        };
        let objects = self.table.event_objects(address);
        self.step(raw, event, objects, 0);
    }

    fn accept(&mut self, raw: &Raw) {
        const EINTR: i32 = 4;
        const EAGAIN: i32 = 11;
        const ECONNABORTED: i32 = 103;
        let errno = raw.args[2] as i32;
        let failed = super::fd(raw.args[1]).is_none();
        let around = self
            .innermost(raw.tag.thread, &[Kind::EventCb])
            .and_then(|frame| frame.shown.as_ref().map(|shown| shown.record.objects))
            .unwrap_or_default();
        let objects = Objects {
            base: around.base,
            listener: around.listener,
            fd: if failed {
                super::fd(raw.args[0])
            } else {
                super::fd(raw.args[1])
            },
            ..Objects::default()
        };
        let event = Event::Accept {
            peer: objects::address(&raw.bytes),
            errno: failed.then(|| errno_name(errno)),
        };
        self.step(raw, event, objects, raw.args[3]);
        if failed && !matches!(errno, EINTR | EAGAIN | ECONNABORTED) {
            let event = Event::Error {
                call: "accept".into(),
                errno: errno_name(errno),
                action: "goes on; the listener's error callback is told, if it has one".into(),
            };
            self.step(raw, event, objects, 0);
        }
    }

    fn connect(&mut self, raw: &Raw) {
        const ECONNREFUSED: i32 = 111;
        let [fd, progress, errno, ..] = raw.args;
        let mut progress = match progress {
            p if p == Progress::Started as u64 => ConnectProgress::Started,
            p if p == Progress::Connected as u64 => ConnectProgress::Connected,
            _ => ConnectProgress::Failed,
        };
        let mut errno = errno as i32;
        let bev = self
            .innermost(raw.tag.thread, &[Kind::BevConnect, Kind::EventCb])
            .map(|frame| (frame.kind, frame.object));
        let bev = match bev {
            Some((Kind::BevConnect, bev)) => bev,
            Some((_, event)) => self.table.event(event).bev,
            None => 0,
        };
        let mut objects = Objects::default();
        if bev != 0 {
            let info = self.table.bev(bev);
            info.fd = fd as u32 as i32;
            // Whoever read first was told by the kernel, which says it only once; libevent remembers it.
            if std::mem::take(&mut info.refused) {
                (progress, errno) = (ConnectProgress::Failed, ECONNREFUSED);
            }
            objects = self.table.bev_objects(bev);
        }
        objects.fd = super::fd(fd);
        let event = Event::Connect {
            progress,
            errno: (progress == ConnectProgress::Failed).then(|| errno_name(errno)),
        };
        self.step(raw, event, objects, 0);
    }

    fn buffer_callback_flags(&mut self, raw: &Raw) {
        /// `EVBUFFER_CB_ENABLED`, `EVBUFFER_CB_NODEFER`.
        const ENABLED: u64 = 1;
        const NODEFER: u64 = 2;
        let [entry, flags, set, ..] = raw.args;
        let callbacks = &mut self.table.buf(raw.object).callbacks;
        if let Some(callback) = callbacks
            .iter_mut()
            .find(|callback| callback.entry == entry)
        {
            if flags & ENABLED != 0 {
                callback.enabled = set != 0;
            }
            if flags & NODEFER != 0 {
                callback.nodefer = set != 0;
            }
        }
    }
}

fn why(wire: u64) -> ActiveWhy {
    match wire {
        w if w == Activation::Io as u64 => ActiveWhy::Io,
        w if w == Activation::Timeout as u64 => ActiveWhy::Timeout,
        w if w == Activation::Signal as u64 => ActiveWhy::Signal,
        w if w == Activation::Finalize as u64 => ActiveWhy::Finalize,
        _ => ActiveWhy::Manual,
    }
}
