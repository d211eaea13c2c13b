//! Watermarks that are passed, and the suspends they lead to.

use evscope_trace::{Crossing, Event, Mark, Side, SuspendReasons};
use evscope_wire::{self as wire, Call, args};

use super::super::{Frame, Note, Translator};
use crate::ring::Raw;

impl Translator {
    /// A call that may change a buffer of a bufferevent begins: the internal call around it will look at a mark.
    pub(in crate::translate) fn remember_length(&mut self, thread: u16, buffer: u64, before: u64) {
        if self.table.buf(buffer).bev.is_none() {
            return;
        }
        let changes = |frame: &&mut Frame| !changes_buffers(frame.call);
        let frames = &mut self.thread(thread).frames;
        if let Some(frame) = frames.iter_mut().rev().find(changes)
            && !frame.lengths.iter().any(|(of, _)| *of == buffer)
        {
            frame.lengths.push((buffer, before));
        }
    }

    /// libevent has looked at a low mark, and runs the program's callback, if there is one. What was done to the buffer
    /// in the call around may have brought its length past the mark.
    pub(in crate::translate) fn low_mark(&mut self, raw: &Raw, mark: args::LowMark) {
        let (to, low) = (mark.len, mark.low);
        let info = self.table.bev(raw.object);
        let (side, buffer) = match mark.side {
            wire::Side::Input => (Side::Input, info.input),
            wire::Side::Output => (Side::Output, info.output),
        };
        let Some(frame) = self.around(raw.tag.thread) else {
            return;
        };
        let Some(at) = frame.lengths.iter().position(|(of, _)| *of == buffer) else {
            return;
        };
        let (_, from) = frame.lengths.swap_remove(at);
        let (passed, crossed) = match side {
            Side::Input => (from < low && to >= low, Crossing::Up),
            Side::Output => (from > low && to <= low, Crossing::Down),
        };
        if passed {
            let what = (side, Mark::Low, low);
            self.watermark(raw, what, from, to, crossed, mark.site);
        }
    }

    fn watermark(
        &mut self,
        raw: &Raw,
        (side, mark, at): (Side, Mark, u64),
        from: u64,
        to: u64,
        crossed: Crossing,
        site: u64,
    ) {
        let info = self.table.bev(raw.object);
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
        self.step(raw, event, objects, site);
    }

    /// Reading is suspended or goes on: a change of the input that this comes from may have passed the high mark.
    pub(super) fn high_mark(&mut self, raw: &Raw, reason: SuspendReasons, to: u64, high: u64) {
        if reason != SuspendReasons::WATERMARK {
            return;
        }
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
            self.watermark(raw, (Side::Input, Mark::High, high), from, to, crossed, 0);
        }
    }
}

/// Whether it is a call about a buffer, which a call of libevent's own makes on its way to a mark.
fn changes_buffers(call: Call) -> bool {
    matches!(
        call,
        Call::BufAdd(_)
            | Call::BufPrepend(_)
            | Call::BufRemove(_)
            | Call::BufDrain(_)
            | Call::BufMove(_)
            | Call::BufRead(_)
            | Call::BufWrite(_)
            | Call::BufReadln(_)
    )
}
