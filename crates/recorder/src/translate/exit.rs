//! Calls that end.

use evscope_trace::{
    BevId, BevOptions, Event, LoopFlags, Objects, Phase, SuspendReasons, errno_name,
};
use evscope_wire::Kind;

use super::objects::{self, ListenerInfo};
use super::{Complete, Frame, Note, Shown, Translator};
use crate::ring::Raw;

impl Translator {
    /// The call of `frame` ended with what `raw` says.
    pub(super) fn finish(&mut self, mut frame: Frame, raw: &Raw) {
        let Some(shown) = frame.shown.take() else {
            return self.tell_hidden_failure(&frame, raw);
        };
        let errno = match frame.kind {
            Kind::BaseNew | Kind::BevPairNew => raw.args[1],
            _ => raw.args[0],
        };
        match frame.kind {
            Kind::BaseNew
            | Kind::ListenerNew
            | Kind::BevSocketNew
            | Kind::BevPairNew
            | Kind::BevFilterNew
                if raw.object == 0 =>
            {
                self.made_nothing(&frame, &shown, errno, raw);
            }
            Kind::BaseNew => self.finish_base(shown, raw),
            Kind::Loop => self.finish_loop(&frame, &shown, raw),
            Kind::Poll => self.finish_poll(&frame, &shown, raw),
            Kind::ListenerNew => self.finish_listener(&frame, shown, raw),
            Kind::BevSocketNew | Kind::BevFilterNew => self.finish_bev(&frame, shown, raw),
            Kind::BufAdd
            | Kind::BufPrepend
            | Kind::BufRemove
            | Kind::BufDrain
            | Kind::BufMove
            | Kind::BufRead
            | Kind::BufWrite => self.finish_buffer(&frame, shown, raw),
            Kind::BufInvoke => self.finish_buffer_callbacks(&frame, shown, raw),
            Kind::SuspendRead | Kind::UnsuspendRead => {
                let reason = SuspendReasons::from_bits_truncate(frame.args[0] as u16);
                self.close_shown(raw.tag.thread, shown);
                if reason == SuspendReasons::WATERMARK {
                    self.high_mark_was_looked_at(raw);
                }
            }
            _ => {
                let (kind, object) = (frame.kind, frame.object);
                self.tell_failure(&frame, &shown, raw);
                if let (Note::Fd(before), true) = (&frame.note, (raw.args[0] as i32) < 0) {
                    self.table.bev(object).fd = *before;
                }
                self.close_shown(raw.tag.thread, shown);
                self.forget(kind, object);
            }
        }
    }

    /// Objects that are gone after their call.
    fn forget(&mut self, kind: Kind, object: u64) {
        match kind {
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
        let making = self
            .around(thread)
            .filter(|frame| frame.kind == Kind::BevPairNew);
        let Some(frame) = making else { return };
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
        let (other, options) = (raw.object, frame.args[1] as u32);
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

    fn pair_new(&mut self, bev: u64, partner: u64, options: u32) -> Event {
        let partner = self.table.bev(partner).id;
        let info = self.table.bev(bev).clone();
        Event::BuffereventPairNew {
            options: BevOptions::from_bits_truncate(options) | BevOptions::DEFER_CALLBACKS,
            input: self.table.buf(info.input).id,
            output: self.table.buf(info.output).id,
            partner,
        }
    }

    fn finish_base(&mut self, mut shown: Shown, raw: &Raw) {
        let backend = String::from_utf8_lossy(&raw.bytes).into_owned();
        if !backend.is_empty() {
            self.backend = Some(backend.clone());
        }
        shown.record.event = Event::EventBaseNew {
            backend: backend.into(),
            priorities: raw.args[0] as u32,
        };
        self.table.new_base(raw.object);
        shown.record.objects = self.table.base_objects(raw.object);
        self.close_shown(raw.tag.thread, shown);
    }

    fn finish_loop(&mut self, frame: &Frame, shown: &Shown, raw: &Raw) {
        let flags = LoopFlags::from_bits_truncate(frame.args[0] as u32);
        let [result, exit, stopped, ..] = raw.args;
        let ended = match result as i32 {
            1 => "empty",
            // Both may be set; libevent looks at this one first.
            0 if exit != 0 => "exit",
            0 if stopped != 0 => "break",
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

    fn finish_poll(&mut self, frame: &Frame, shown: &Shown, raw: &Raw) {
        let result = raw.args[0] as i32;
        let event = Event::Poll {
            timeout: super::span(frame.args[0]),
            ready: Some(result.max(0) as u32),
            errno: (result < 0).then(|| errno_name(raw.args[1] as i32)),
        };
        self.exit_with(shown, event, raw);
    }

    fn finish_listener(&mut self, frame: &Frame, mut shown: Shown, raw: &Raw) {
        let fd = super::fd(raw.args[1]);
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
                    *underlying = self
                        .table
                        .bevs
                        .get(&frame.args[0])
                        .map_or(BevId(0), |bev| bev.id);
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
