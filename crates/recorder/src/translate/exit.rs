//! Calls that end.

use evscope_trace::{
    BevId, BevOptions, Event, LoopFlags, Nanos, Objects, Phase, SuspendReasons, errno_name,
};
use evscope_wire::{BaseMade, Call, Kind, ListenerMade, LoopEnded, Outcome, args};

use super::objects::{self, ListenerInfo};
use super::{Complete, Frame, Note, Shown, Translator};
use crate::ring::Raw;

impl Translator {
    /// The call of `frame` ended with what `raw` says.
    pub(super) fn finish(&mut self, mut frame: Frame, raw: &Raw) {
        let Some(shown) = frame.shown.take() else {
            return self.tell_hidden_failure(&frame, raw);
        };
        if let (0, Some(errno)) = (raw.object, errno_of_making(frame.call, raw)) {
            return self.made_nothing(&frame, &shown, errno, raw);
        }
        match frame.call {
            Call::BaseNew(new) => self.finish_base(shown, raw, raw.exit_of(new)),
            Call::Loop(call) => self.finish_loop(call, &shown, raw),
            Call::Poll(poll) => self.finish_poll(poll, &shown, raw),
            Call::ListenerNew(new) => self.finish_listener(&frame, shown, raw, raw.exit_of(new)),
            Call::BevSocketNew(_) | Call::BevFilterNew(_) => self.finish_bev(&frame, shown, raw),
            Call::BufAdd(_)
            | Call::BufPrepend(_)
            | Call::BufRemove(_)
            | Call::BufDrain(_)
            | Call::BufMove(_)
            | Call::BufRead(_)
            | Call::BufWrite(_) => self.finish_buffer(&frame, shown, raw),
            Call::BufInvoke(_) => self.finish_buffer_callbacks(&frame, shown, raw),
            Call::SuspendRead(args::SuspendRead { reason, .. })
            | Call::UnsuspendRead(args::UnsuspendRead { reason, .. }) => {
                self.close_shown(raw.tag.thread, shown);
                if SuspendReasons::from_bits_truncate(reason) == SuspendReasons::WATERMARK {
                    self.high_mark_was_looked_at(raw);
                }
            }
            call => {
                self.tell_failure(&frame, &shown, raw);
                if let (Call::BevSetfd(set), Note::Fd(before)) = (call, &frame.note)
                    && raw.exit_of(set).result < 0
                {
                    self.table.bev(frame.object).fd = *before;
                }
                self.close_shown(raw.tag.thread, shown);
                self.forget(call, frame.object);
            }
        }
    }

    /// Objects that are gone after their call.
    fn forget(&mut self, call: Call, object: u64) {
        match call.kind() {
            Kind::BaseFree => self.table.forget_base(object),
            // It was used once: libevent frees it, and another may come to lie there.
            Kind::EventCb if self.table.events.get(&object).is_some_and(|info| info.once) => {
                self.table.forget_event(object);
            }
            Kind::EventFree => self.table.forget_event(object),
            Kind::ListenerFree => self.table.forget_listener(object),
            _ => {}
        }
    }

    /// One call makes two bufferevents: a step about the one, and another about the other when it is made.
    pub(super) fn one_of_a_pair(&mut self, raw: &Raw) {
        let thread = raw.tag.thread;
        let Some(frame) = self.around(thread) else {
            return;
        };
        let Call::BevPairNew(new) = frame.call else {
            return;
        };
        let Note::One(one) = frame.note else {
            frame.note = Note::One(raw.object);
            return;
        };
        let Some(mut frame) = self.thread(thread).frames.pop() else {
            return;
        };
        let Some(mut shown) = frame.shown.take() else {
            return self.thread(thread).frames.push(frame);
        };
        let (other, options) = (raw.object, new.options);
        let caller = shown.record.caller;
        shown.record.event = self.pair_new(one, other, options);
        shown.record.objects = self.table.bev_objects(one);
        self.close_shown(thread, shown);
        let event = self.pair_new(other, one, options);
        let objects = self.table.bev_objects(other);
        let mut record = self.record(thread, Phase::Enter, event, objects);
        record.caller = caller;
        let at = self.push(record.clone(), Complete::Now);
        let shown = Some(Shown { at, record });
        self.thread(thread).frames.push(Frame { shown, ..frame });
    }

    fn pair_new(&mut self, bev: u64, partner: u64, options: i32) -> Event {
        let partner = self.table.bev(partner).id;
        let info = self.table.bev(bev).clone();
        Event::BuffereventPairNew {
            options: BevOptions::from_bits_truncate(options as u32) | BevOptions::DEFER_CALLBACKS,
            input: self.table.buf(info.input).id,
            output: self.table.buf(info.output).id,
            partner,
        }
    }

    fn finish_base(&mut self, mut shown: Shown, raw: &Raw, made: BaseMade) {
        let backend = String::from_utf8_lossy(&raw.bytes).into_owned();
        if !backend.is_empty() {
            self.backend = Some(backend.clone());
        }
        shown.record.event = Event::EventBaseNew {
            backend: backend.into(),
            priorities: made.priorities,
        };
        self.table.new_base(raw.object);
        shown.record.objects = self.table.base_objects(raw.object);
        self.close_shown(raw.tag.thread, shown);
    }

    fn finish_loop(&mut self, call: args::Loop, shown: &Shown, raw: &Raw) {
        let flags = LoopFlags::from_bits_truncate(call.flags as u32);
        let LoopEnded {
            result,
            exit,
            stopped,
        } = raw.exit_of(call);
        let ended = match result {
            1 => "empty",
            // Both may be set; libevent looks at this one first.
            0 if exit => "exit",
            0 if stopped => "break",
            0 if flags.contains(LoopFlags::NONBLOCK) => "nonblock",
            0 if flags.contains(LoopFlags::ONCE) => "once",
            0 => "exit",
            _ => "error",
        };
        let event = Event::EventBaseLoop {
            flags,
            ended: Some(ended.into()),
        };
        self.exit_with(shown, event, raw);
    }

    fn finish_poll(&mut self, poll: args::Poll, shown: &Shown, raw: &Raw) {
        let Outcome { result, errno } = raw.exit_of(poll);
        let event = Event::Poll {
            timeout: poll.timeout.map(Nanos),
            ready: Some(result.max(0) as u32),
            errno: (result < 0).then(|| errno_name(errno)),
        };
        self.exit_with(shown, event, raw);
    }

    fn finish_listener(&mut self, frame: &Frame, mut shown: Shown, raw: &Raw, made: ListenerMade) {
        let fd = super::fd(made.fd);
        if let Note::Listener(id) = &frame.note {
            self.table.listeners.insert(
                raw.object,
                ListenerInfo {
                    id: *id,
                    base: frame.object,
                    fd: fd.unwrap_or(-1),
                    gone: false,
                },
            );
        }
        if let Event::EvconnlistenerNew { addr, .. } = &mut shown.record.event {
            *addr = objects::address(&raw.bytes);
        }
        shown.record.objects.fd = fd;
        self.close_shown(raw.tag.thread, shown);
    }

    fn finish_bev(&mut self, frame: &Frame, mut shown: Shown, raw: &Raw) {
        if raw.object != 0 {
            let info = self.table.bev(raw.object).clone();
            let buffers = (
                self.table.buf(info.input).id,
                self.table.buf(info.output).id,
            );
            match &mut shown.record.event {
                Event::BuffereventSocketNew {
                    input,
                    output,
                    ev_read,
                    ev_write,
                    ..
                } => {
                    (*input, *output) = buffers;
                    (*ev_read, *ev_write) = (info.ev_read, info.ev_write);
                }
                Event::BuffereventFilterNew {
                    input,
                    output,
                    underlying,
                    ..
                } => {
                    (*input, *output) = buffers;
                    if let Call::BevFilterNew(new) = frame.call {
                        let below = self.table.bevs.get(&new.underlying);
                        *underlying = below.map_or(BevId(0), |bev| bev.id);
                    }
                }
                _ => {}
            }
            shown.record.objects = self.table.bev_objects(raw.object);
        }
        self.close_shown(raw.tag.thread, shown);
    }

    /// The exit of a call that says something of its own.
    fn exit_with(&mut self, shown: &Shown, event: Event, raw: &Raw) {
        let objects: Objects = shown.record.objects;
        let mut record = self.record(raw.tag.thread, Phase::Exit, event, objects);
        record.src = shown.record.src;
        record.caller = shown.record.caller;
        self.push(record, Complete::Now);
    }
}

/// The errno of a call that makes something; none of others.
fn errno_of_making(call: Call, raw: &Raw) -> Option<i32> {
    match call {
        Call::BaseNew(new) => Some(raw.exit_of(new).errno),
        Call::ListenerNew(new) => Some(raw.exit_of(new).errno),
        Call::BevSocketNew(new) => Some(raw.exit_of(new).errno),
        Call::BevPairNew(new) => Some(raw.exit_of(new).errno),
        Call::BevFilterNew(new) => Some(raw.exit_of(new).errno),
        _ => None,
    }
}
