//! Calls that begin.

use evscope_trace::{
    BevEvents, BevId, BevOptions, BufId, BufferEnd, Crossing, EvFlags, Event, EventId,
    ListenerOptions, LoopFlags, Mark, Objects, Role, Side, SuspendReasons, Text,
};
use evscope_wire::Kind;

use super::{Complete, Note, Step, Translator, objects, span};
use crate::ring::Raw;
use crate::symbols::Function;

/// Filled in at the exit.
const LATER_BEV: BevId = BevId(0);
const LATER_BUF: BufId = BufId(0);
const LATER_EVENT: EventId = EventId(0);

impl Translator {
    pub(super) fn enter(&mut self, kind: Kind, raw: &Raw) {
        let args = raw.args;
        let object = raw.object;
        match kind {
            Kind::BaseNew => {
                let event = Event::EventBaseNew {
                    backend: Text::default(),
                    priorities: 1,
                };
                self.call(
                    raw,
                    kind,
                    event,
                    Objects::default(),
                    args[0],
                    Complete::Later,
                );
            }
            Kind::BaseFree => {
                let objects = self.table.base_objects(object);
                self.call(
                    raw,
                    kind,
                    Event::EventBaseFree {},
                    objects,
                    args[0],
                    Complete::Now,
                );
            }
            Kind::Loop => {
                let event = Event::EventBaseLoop {
                    flags: LoopFlags::from_bits_truncate(args[0] as u32),
                    ended: None,
                };
                let objects = self.table.base_objects(object);
                self.call(raw, kind, event, objects, args[1], Complete::Now);
            }
            Kind::Poll => {
                let event = Event::Poll {
                    timeout: span(args[0]),
                    ready: None,
                    errno: None,
                };
                let objects = self.table.base_objects(object);
                self.call(raw, kind, event, objects, 0, Complete::Now);
            }
            Kind::LoopExit => {
                let event = Event::EventBaseLoopexit {
                    timeout: span(args[0]),
                };
                let objects = self.table.base_objects(object);
                self.call(raw, kind, event, objects, args[1], Complete::Now);
            }
            Kind::Add => {
                self.write_event_of_connect(raw);
                let info = self.table.event(object);
                info.fd = args[2] as u32 as i32;
                info.base = args[3];
                let event = Event::EventAdd {
                    timeout: span(args[0]),
                };
                let objects = self.table.event_objects(object);
                self.call(raw, kind, event, objects, args[4], Complete::Now);
            }
            Kind::Del => {
                let objects = self.table.event_objects(object);
                self.call(
                    raw,
                    kind,
                    Event::EventDel {},
                    objects,
                    args[1],
                    Complete::Now,
                );
            }
            Kind::EventFree => {
                let objects = self.table.event_objects(object);
                self.call(
                    raw,
                    kind,
                    Event::EventFree {},
                    objects,
                    args[0],
                    Complete::Now,
                );
            }
            Kind::EventCb => self.enter_event_callback(raw),
            Kind::OnceCb => {
                let objects = match self.innermost(raw.tag.thread, &[Kind::EventCb]) {
                    Some(frame) => {
                        let event = frame.object;
                        self.table.event_objects(event)
                    }
                    None => Objects::default(),
                };
                self.user_callback(raw, kind, args[0], objects, |callback| {
                    Event::EventCallback {
                        callback,
                        what: EvFlags::from_bits_truncate(args[1] as u16),
                    }
                });
            }
            Kind::DeferredCb => self.enter_deferred(raw),
            Kind::ListenerNew => {
                let id = self.table.new_listener_id();
                let event = Event::EvconnlistenerNew {
                    addr: None,
                    callback: self.name(args[0]),
                    options: ListenerOptions::from_bits_truncate(args[1] as u32),
                    backlog: args[2] as i32,
                };
                let objects = Objects {
                    listener: Some(id),
                    ..self.table.base_objects(object)
                };
                let caller = self.site(args[4]);
                let step = Step {
                    event,
                    objects,
                    src: None,
                    caller,
                    complete: Complete::Later,
                };
                self.open_step(raw, kind, step, Note::Listener(id));
            }
            Kind::ListenerEnable | Kind::ListenerDisable | Kind::ListenerFree => {
                let event = match kind {
                    Kind::ListenerEnable => Event::EvconnlistenerEnable {},
                    Kind::ListenerDisable => Event::EvconnlistenerDisable {},
                    _ => Event::EvconnlistenerFree {},
                };
                // Inside evconnlistener_new the address is not known yet, but the rest is.
                let making = self
                    .innermost(raw.tag.thread, &[Kind::ListenerNew])
                    .and_then(|frame| frame.shown.as_ref())
                    .map(|shown| shown.record.objects);
                let objects = match making {
                    Some(objects) if !self.table.listeners.contains_key(&object) => objects,
                    _ => self.table.listener_objects(object),
                };
                self.call(raw, kind, event, objects, args[0], Complete::Now);
            }
            Kind::ListenerCb => {
                let mut objects = self.table.listener_objects(object);
                objects.fd = super::fd(args[1]);
                self.user_callback(raw, kind, args[0], objects, |callback| Event::ListenerCb {
                    callback,
                });
            }
            Kind::ListenerErrorCb => {
                let objects = self.table.listener_objects(object);
                self.user_callback(raw, kind, args[0], objects, |callback| {
                    Event::ListenerErrorcb { callback }
                });
            }
            Kind::BufAdd
            | Kind::BufPrepend
            | Kind::BufRemove
            | Kind::BufDrain
            | Kind::BufMove
            | Kind::BufRead
            | Kind::BufWrite => self.enter_buffer(kind, raw),
            Kind::BufInvoke => self.enter_buffer_callbacks(raw),
            Kind::BevSocketNew => {
                let event = Event::BuffereventSocketNew {
                    options: BevOptions::from_bits_truncate(args[2] as u32),
                    input: LATER_BUF,
                    output: LATER_BUF,
                    ev_read: LATER_EVENT,
                    ev_write: LATER_EVENT,
                    tls: None,
                };
                let objects = self.table.base_objects(args[0]);
                self.call(raw, kind, event, objects, args[3], Complete::Later);
            }
            Kind::BevPairNew => {
                let event = Event::BuffereventPairNew {
                    options: BevOptions::from_bits_truncate(args[1] as u32)
                        | BevOptions::DEFER_CALLBACKS,
                    input: LATER_BUF,
                    output: LATER_BUF,
                    partner: LATER_BEV,
                };
                let objects = self.table.base_objects(args[0]);
                self.call(raw, kind, event, objects, args[2], Complete::Later);
            }
            Kind::BevFilterNew => {
                let event = Event::BuffereventFilterNew {
                    options: BevOptions::from_bits_truncate(args[1] as u32),
                    input: LATER_BUF,
                    output: LATER_BUF,
                    underlying: LATER_BEV,
                    tls: None,
                };
                self.call(
                    raw,
                    kind,
                    event,
                    Objects::default(),
                    args[2],
                    Complete::Later,
                );
            }
            Kind::BevEnable | Kind::BevDisable | Kind::BeSocketEnable | Kind::BeSocketDisable => {
                let events = EvFlags::from_bits_truncate(args[0] as u16);
                let event = match kind {
                    Kind::BevEnable => Event::BuffereventEnable { events },
                    Kind::BevDisable => Event::BuffereventDisable { events },
                    Kind::BeSocketEnable => Event::BeSocketEnable { events },
                    _ => Event::BeSocketDisable { events },
                };
                let objects = self.table.bev_objects(object);
                self.call(raw, kind, event, objects, args[1], Complete::Now);
            }
            Kind::BevSetWatermark => {
                let event = Event::BuffereventSetwatermark {
                    events: EvFlags::from_bits_truncate(args[0] as u16),
                    low: args[1],
                    high: args[2],
                };
                let bev = self.table.bev(object);
                if args[0] & u64::from(EvFlags::READ.bits()) != 0 {
                    bev.read_low = args[1];
                }
                if args[0] & u64::from(EvFlags::WRITE.bits()) != 0 {
                    bev.write_low = args[1];
                }
                let objects = self.table.bev_objects(object);
                self.call(raw, kind, event, objects, args[4], Complete::Now);
            }
            Kind::BevSetTimeouts => {
                let event = Event::BuffereventSetTimeouts {
                    read: span(args[0]),
                    write: span(args[1]),
                };
                let objects = self.table.bev_objects(object);
                self.call(raw, kind, event, objects, args[2], Complete::Now);
            }
            Kind::BevWrite => {
                let event = Event::BuffereventWrite { len: args[0] };
                let objects = self.table.bev_objects(object);
                self.call(raw, kind, event, objects, args[1], Complete::Now);
            }
            Kind::BevRead => {
                let event = Event::BuffereventRead { asked: args[0] };
                let objects = self.table.bev_objects(object);
                self.call(raw, kind, event, objects, args[1], Complete::Now);
            }
            Kind::BevConnect => {
                let event = Event::BuffereventSocketConnect {
                    addr: objects::address(&raw.bytes),
                };
                let objects = self.table.bev_objects(object);
                self.call(raw, kind, event, objects, args[0], Complete::Now);
            }
            Kind::BevSetfd => {
                self.table.bev(object).fd = args[0] as u32 as i32;
                let objects = self.table.bev_objects(object);
                let event = Event::BuffereventSetfd {};
                self.call(raw, kind, event, objects, args[1], Complete::Now);
            }
            Kind::BevPrioritySet => {
                let event = Event::BuffereventPrioritySet {
                    priority: args[0] as u32,
                };
                let objects = self.table.bev_objects(object);
                self.call(raw, kind, event, objects, args[1], Complete::Now);
            }
            Kind::Readcb | Kind::Writecb => {
                let side = if kind == Kind::Readcb {
                    Side::Input
                } else {
                    Side::Output
                };
                let bev = self.table.bev(object);
                match side {
                    Side::Input => bev.read_low = args[3],
                    Side::Output => bev.write_low = args[3],
                }
                self.low_mark(raw, object, side);
                let objects = self.table.bev_objects(object);
                self.delivered(object, kind, BevEvents::empty());
                self.user_callback(raw, kind, args[0], objects, |callback| match kind {
                    Kind::Readcb => Event::Readcb { callback },
                    _ => Event::Writecb { callback },
                });
            }
            Kind::Eventcb => {
                let what = BevEvents::from_bits_truncate(args[1] as u16);
                let errno = what
                    .contains(BevEvents::ERROR)
                    .then(|| evscope_trace::errno_name(args[2] as i32));
                let objects = self.table.bev_objects(object);
                self.delivered(object, kind, what);
                self.user_callback(raw, kind, args[0], objects, |callback| Event::Eventcb {
                    callback,
                    what,
                    errno,
                });
            }
            Kind::SuspendRead | Kind::UnsuspendRead | Kind::SuspendWrite | Kind::UnsuspendWrite => {
                self.enter_suspend(kind, raw);
            }
            Kind::BevTrigger => {
                let event = Event::BuffereventTrigger {
                    events: EvFlags::from_bits_truncate(args[0] as u16),
                };
                let objects = self.table.bev_objects(object);
                self.call(raw, kind, event, objects, args[2], Complete::Now);
            }
            Kind::BevFlush => {
                let event = Event::BuffereventFlush {
                    events: EvFlags::from_bits_truncate(args[0] as u16),
                    mode: match args[1] {
                        0 => "normal",
                        1 => "flush",
                        _ => "finished",
                    }
                    .into(),
                };
                let objects = self.table.bev_objects(object);
                self.call(raw, kind, event, objects, args[2], Complete::Now);
            }
            Kind::BevFree => {
                let objects = self.table.bev_objects(object);
                let event = Event::BuffereventFree {};
                self.call(raw, kind, event, objects, args[0], Complete::Now);
            }
            // Calls that only group others.
            Kind::Once | Kind::BufReadln | Kind::BevSetRateLimit => self.open_hidden(raw, kind),
            // These have no inside, or say nothing about the program.
            Kind::Thread
            | Kind::Module
            | Kind::Hello
            | Kind::Refused
            | Kind::OwnHello
            | Kind::OwnPlace
            | Kind::OwnText
            | Kind::OwnProgram
            | Kind::OwnWalkthrough
            | Kind::OwnEverything
            | Kind::LoopBreak
            | Kind::LoopContinue
            | Kind::Assign
            | Kind::Active
            | Kind::PrioritySet
            | Kind::BackendAdd
            | Kind::BackendDel
            | Kind::Finalize
            | Kind::Deferred
            | Kind::DeferredInit
            | Kind::Accept
            | Kind::ListenerSetCb
            | Kind::BufNew
            | Kind::BufFree
            | Kind::BufFreeze
            | Kind::BufUnfreeze
            | Kind::BufAddCb
            | Kind::BufRemoveCb
            | Kind::BufCbFlags
            | Kind::BufDefer
            | Kind::BevInit
            | Kind::BevSetcb
            | Kind::Connect
            | Kind::PutOff
            | Kind::Ratelimit
            | Kind::Bucket
            | Kind::BevDestruct => self.open_hidden(raw, kind),
        }
    }

    /// A call of libevent's.
    pub(super) fn call(
        &mut self,
        raw: &Raw,
        kind: Kind,
        event: Event,
        objects: Objects,
        site: u64,
        complete: Complete,
    ) {
        let caller = self.site(site);
        let step = Step {
            event,
            objects,
            src: None,
            caller,
            complete,
        };
        self.open_step(raw, kind, step, Note::Nothing);
    }

    /// While it connects, libevent adds the write event by a call that cannot be seen.
    fn write_event_of_connect(&mut self, raw: &Raw) {
        let Some(bev) = self
            .around(raw.tag.thread)
            .filter(|frame| frame.kind == Kind::BevConnect)
            .map(|frame| frame.object)
        else {
            return;
        };
        let events = EvFlags::WRITE;
        let objects = self.table.bev_objects(bev);
        let event = Event::BeSocketEnable { events };
        self.call(raw, Kind::BeSocketEnable, event, objects, 0, Complete::Now);
    }

    /// The name of a bufferevent's callback that is a filter's, on top of it.
    fn filters_callback(&mut self, kind: Kind, bev: u64, callback: u64) -> Option<&'static str> {
        if !self.symbols.is_libevent(callback) || !self.table.bevs.get(&bev)?.filtered {
            return None;
        }
        match kind {
            Kind::Readcb => Some("be_filter_readcb"),
            Kind::Writecb => Some("be_filter_writecb"),
            Kind::Eventcb => Some("be_filter_eventcb"),
            _ => None,
        }
    }

    /// A callback of the program's.
    fn user_callback(
        &mut self,
        raw: &Raw,
        kind: Kind,
        callback: u64,
        objects: Objects,
        event: impl FnOnce(Text) -> Event,
    ) {
        let own = self.filters_callback(kind, raw.object, callback);
        let Function { name, line } = self.function(callback);
        let step = Step {
            event: event(own.map_or(name, Text::from)),
            objects,
            src: line,
            caller: None,
            complete: Complete::Now,
        };
        self.open_step(raw, kind, step, Note::Nothing);
    }

    fn enter_event_callback(&mut self, raw: &Raw) {
        let info = self.table.event(raw.object).clone();
        let what = EvFlags::from_bits_truncate(raw.args[1] as u16);
        let kind = Kind::EventCb;
        let event = match info.role {
            _ if info.once => Event::EventOnceCb {},
            Role::Listener => Event::ListenerReadCb {},
            Role::BevRead => Event::BuffereventReadcb { what },
            Role::BevWrite => Event::BuffereventWritecb { what },
            Role::Internal if info.evsig => Event::EvsigCb {},
            // The loop's own housekeeping: what it does shows, it does not.
            Role::Internal => return self.open_hidden(raw, kind),
            Role::BevDeferred | Role::Signal | Role::Timer | Role::User => {
                let objects = self.table.event_objects(raw.object);
                return self.user_callback(raw, kind, raw.args[0], objects, |callback| {
                    Event::EventCallback { callback, what }
                });
            }
        };
        let objects = match info.role {
            Role::BevRead | Role::BevWrite => self.table.bev_objects(info.bev),
            // What a listener does is about the listener.
            Role::Listener => Objects {
                event: None,
                role: None,
                ..self.table.event_objects(raw.object)
            },
            _ => self.table.event_objects(raw.object),
        };
        let step = Step {
            event,
            objects,
            src: None,
            caller: None,
            complete: Complete::Now,
        };
        let note = Note::Lengths {
            input: None,
            output: None,
        };
        self.open_step(raw, kind, step, note);
    }

    fn enter_deferred(&mut self, raw: &Raw) {
        if !self.table.bevs.contains_key(&raw.object) {
            return self.open_hidden(raw, Kind::DeferredCb);
        }
        let bev = self.table.bev(raw.object);
        let event = Event::DeferredCb {
            readcb: bev.pending_read,
            writecb: bev.pending_write,
            events: bev.pending_events,
        };
        let objects = self.table.bev_objects(raw.object);
        self.call(raw, Kind::DeferredCb, event, objects, 0, Complete::Now);
    }

    /// A callback that was put off runs: it no longer waits.
    fn delivered(&mut self, bev: u64, kind: Kind, what: BevEvents) {
        let bev = self.table.bev(bev);
        match kind {
            Kind::Readcb => bev.pending_read = false,
            Kind::Writecb => bev.pending_write = false,
            _ => bev.pending_events -= what,
        }
    }

    /// If the bytes that the bufferevent's internal callback around this moved brought the length past the low
    /// mark, that is why the program's callback runs, or waits from now on.
    pub(super) fn low_mark(&mut self, raw: &Raw, bev: u64, side: Side) {
        let info = self.table.bev(bev);
        let id = info.id;
        let low = match side {
            Side::Input => info.read_low,
            Side::Output => info.write_low,
        };
        let Some(frame) = self.innermost(raw.tag.thread, &[Kind::EventCb]) else {
            return;
        };
        let about = frame.shown.as_ref().map(|shown| shown.record.objects.bev);
        if about != Some(Some(id)) {
            return;
        }
        let Note::Lengths { input, output } = &mut frame.note else {
            return;
        };
        // What was looked at is not told again.
        let (lengths, crossed) = match side {
            Side::Input => (input.take(), Crossing::Up),
            Side::Output => (output.take(), Crossing::Down),
        };
        let Some((from, to)) = lengths else { return };
        let passed = match crossed {
            Crossing::Up => from < low && to >= low,
            Crossing::Down => from > low && to <= low,
        };
        if passed {
            self.watermark(raw, bev, (side, Mark::Low, low), from, to, crossed);
        }
    }

    /// An internal callback returns. The last that it did was to look at the low mark; where the program has
    /// no callback to run, only this tells.
    pub(super) fn untold_mark(&mut self, raw: &Raw) {
        let Some(frame) = self.around(raw.tag.thread) else {
            return;
        };
        let event = frame.object;
        let side = match frame.shown.as_ref().map(|shown| &shown.record.event) {
            Some(Event::BuffereventReadcb { .. }) => Side::Input,
            Some(Event::BuffereventWritecb { .. }) => Side::Output,
            _ => return,
        };
        let bev = self.table.events.get(&event).map(|info| info.bev);
        if let Some(bev) = bev.filter(|bev| self.table.bevs.contains_key(bev)) {
            self.low_mark(raw, bev, side);
        }
    }

    fn watermark(
        &mut self,
        raw: &Raw,
        bev: u64,
        (side, mark, at): (Side, Mark, u64),
        from: u64,
        to: u64,
        crossed: Crossing,
    ) {
        let info = self.table.bev(bev);
        let buffer = match side {
            Side::Input => info.input,
            Side::Output => info.output,
        };
        let objects = self.table.buf_objects(buffer);
        let event = Event::Watermark {
            side,
            mark,
            at,
            from,
            to,
            crossed,
        };
        self.step(raw, event, objects, 0);
    }

    fn enter_suspend(&mut self, kind: Kind, raw: &Raw) {
        let reason = SuspendReasons::from_bits_truncate(raw.args[0] as u16);
        if reason == SuspendReasons::WATERMARK {
            self.high_mark(raw);
        }
        let bev = self.table.bev(raw.object);
        let event = match kind {
            Kind::SuspendRead => {
                bev.read_suspended |= reason;
                let now = bev.read_suspended;
                Event::SuspendRead { reason, now }
            }
            Kind::UnsuspendRead => {
                bev.read_suspended -= reason;
                let now = bev.read_suspended;
                Event::UnsuspendRead { reason, now }
            }
            Kind::SuspendWrite => {
                bev.write_suspended |= reason;
                let now = bev.write_suspended;
                Event::SuspendWrite { reason, now }
            }
            _ => {
                bev.write_suspended -= reason;
                let now = bev.write_suspended;
                Event::UnsuspendWrite { reason, now }
            }
        };
        let objects = self.table.bev_objects(raw.object);
        self.call(raw, kind, event, objects, 0, Complete::Now);
    }

    /// A change of the input that this comes from may have passed the high mark.
    fn high_mark(&mut self, raw: &Raw) {
        let (to, high) = (raw.args[1], raw.args[2]);
        let Some(frame) = self.around(raw.tag.thread) else {
            return;
        };
        let Note::Change(change) = &frame.note else {
            return;
        };
        let from = change.before;
        if (from < high) != (to < high) {
            let crossed = if to > from {
                Crossing::Up
            } else {
                Crossing::Down
            };
            self.watermark(
                raw,
                raw.object,
                (Side::Input, Mark::High, high),
                from,
                to,
                crossed,
            );
        }
    }
}

/// Which end a wire flag means.
pub(super) fn end(start: u64) -> BufferEnd {
    if start == 0 {
        BufferEnd::End
    } else {
        BufferEnd::Start
    }
}
