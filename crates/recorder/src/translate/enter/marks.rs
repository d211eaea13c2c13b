//! Watermarks that are passed, and the suspends they lead to.

use evscope_trace::{Crossing, Event, Mark, Side, SuspendReasons};
use evscope_wire::Kind;

use super::super::{Complete, Note, Translator};
use crate::ring::Raw;

impl Translator {
    /// If the bytes that the bufferevent's internal callback around this moved brought the length past the low
    /// mark, that is why the program's callback runs, or waits from now on.
    pub(in crate::translate) fn low_mark(&mut self, raw: &Raw, bev: u64, side: Side) {
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
    pub(in crate::translate) fn untold_mark(&mut self, raw: &Raw) {
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

    pub(super) fn enter_suspend(&mut self, kind: Kind, raw: &Raw) {
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
