//! Buffers: what changed, and who is told.

use evscope_trace::{Event, Payload, Text, errno_name};
use evscope_wire::Kind;

use super::objects::BufCb;
use super::{Complete, Frame, Note, Shown, Step, Translator};
use crate::ring::Raw;

/// A change of a buffer, as its callbacks are told, and the callbacks that are told after the open one.
#[derive(Clone, Default)]
pub(super) struct Change {
    pub(super) before: u64,
    added: u64,
    deleted: u64,
    /// The open one, if it is one of libevent's own.
    callback: Option<&'static str>,
    later: Vec<BufCb>,
}

impl Change {
    /// From the lengths at which the calls began of which nobody was told yet, outermost first, to the length now.
    /// What one has added and another, within, has taken away is both.
    fn of(untold: &[u64], now: u64) -> Self {
        let mut change = Self {
            before: untold.first().copied().unwrap_or(now),
            ..Self::default()
        };
        let ends = untold.iter().skip(1).chain([&now]);
        for (&from, &to) in untold.iter().zip(ends) {
            change.added += to.saturating_sub(from);
            change.deleted += from.saturating_sub(to);
        }
        change
    }
}

/// libevent's callback that looks at the high mark.
const HIGH_MARK: &str = "bufferevent_inbuf_wm_cb";

const ECONNREFUSED: i32 = 111;

/// The argument that says a count shows only in the lengths.
const UNKNOWN: u64 = u64::MAX;

impl Translator {
    pub(super) fn enter_buffer(&mut self, kind: Kind, raw: &Raw) {
        // What a call does by means of another is told by the outer one: taking bytes out is a copy and a
        // drain, a write drains what went, a move may add.
        let inside = self.around(raw.tag.thread).map(|frame| frame.kind);
        for (buffer, before) in touched(kind, raw.object, raw.args) {
            let thread = self.thread(raw.tag.thread);
            let around = thread.frames.iter().any(|frame| {
                touched(frame.kind, frame.object, frame.args).any(|(of, _)| of == buffer)
            });
            let buf = self.table.buf(buffer);
            if buf.deferred && buf.untold.len() > 2 {
                // All in all; there may be many until the loop runs.
                let change = Change::of(&buf.untold, before);
                buf.untold = vec![change.before, change.before + change.added];
            } else if !around && !buf.deferred {
                buf.untold.clear();
            }
            buf.untold.push(before);
            self.remember_length(raw.tag.thread, buffer, before);
        }
        let part = matches!(
            (inside, kind),
            (Some(Kind::BufRemove | Kind::BufWrite), Kind::BufDrain)
                | (
                    Some(Kind::BufMove),
                    Kind::BufAdd | Kind::BufMove | Kind::BufDrain
                )
                | (Some(Kind::BufAdd), Kind::BufAdd)
        );
        if part {
            return self.open_hidden(raw, kind);
        }
        let [first, second, third, ..] = raw.args;
        let (event, site) = match kind {
            Kind::BufAdd => (
                Event::EvbufferAdd {
                    len: first,
                    before: second,
                    after: 0,
                    data: self.payload(&raw.bytes, first),
                },
                third,
            ),
            Kind::BufPrepend => (
                Event::EvbufferPrepend {
                    len: first,
                    before: second,
                    after: 0,
                    data: self.payload(&raw.bytes, first),
                },
                third,
            ),
            Kind::BufRemove => (
                Event::EvbufferRemove {
                    len: first,
                    before: second,
                    after: 0,
                    data: None,
                },
                third,
            ),
            Kind::BufDrain => (
                Event::EvbufferDrain {
                    len: first,
                    before: second,
                    after: 0,
                },
                third,
            ),
            Kind::BufMove => (
                Event::EvbufferMove {
                    from: self.table.buf(first).id,
                    len: 0,
                    before: third,
                    after: 0,
                    from_after: 0,
                },
                raw.args[4],
            ),
            Kind::BufRead => (
                Event::EvbufferRead {
                    asked: Some(first).filter(|&asked| (asked as i64) >= 0),
                    result: 0,
                    errno: None,
                    before: third,
                    after: 0,
                    data: None,
                },
                raw.args[3],
            ),
            _ => (
                Event::EvbufferWrite {
                    asked: if (first as i64) < 0 {
                        third
                    } else {
                        first.min(third)
                    },
                    result: 0,
                    errno: None,
                    before: third,
                    after: 0,
                    data: None,
                },
                raw.args[3],
            ),
        };
        let mut objects = self.table.buf_objects(raw.object);
        if matches!(kind, Kind::BufRead | Kind::BufWrite) {
            objects.fd = super::fd(second);
        }
        let caller = self.site(site);
        let step = Step {
            event,
            objects,
            src: None,
            caller,
            complete: Complete::Later,
        };
        self.open_step(raw, kind, step, Note::Bytes(raw.bytes.clone()));
    }

    /// A buffer's call has ended: its step says what it did.
    pub(super) fn finish_buffer(&mut self, frame: &Frame, mut shown: Shown, raw: &Raw) {
        let result = raw.args[0] as i64;
        let end = raw.args[1];
        let failed = result < 0;
        let sent: &[u8] = match &frame.note {
            Note::Bytes(bytes) => bytes,
            _ => &[],
        };
        match &mut shown.record.event {
            Event::EvbufferAdd {
                len, before, after, ..
            }
            | Event::EvbufferPrepend {
                len, before, after, ..
            } => {
                // Nobody may have been told: then nothing has come in between.
                *len = match frame.args[0] {
                    UNKNOWN => end.saturating_sub(*before),
                    known => known,
                };
                if failed {
                    *len = 0;
                }
                *after = *before + *len;
            }
            Event::EvbufferRemove {
                len,
                before,
                after,
                data,
            } => {
                *len = u64::try_from(result).unwrap_or(0);
                *after = before.saturating_sub(*len);
                *data = payload(&raw.bytes, *len);
            }
            Event::EvbufferDrain { len, before, after } => {
                *len = if failed { 0 } else { (*len).min(*before) };
                *after = *before - *len;
            }
            Event::EvbufferMove {
                len,
                before,
                after,
                from_after,
                ..
            } => {
                let (asked, there) = (frame.args[1], frame.args[3]);
                *len = if failed || frame.args[0] == frame.object {
                    0
                } else {
                    asked.min(there)
                };
                *after = *before + *len;
                *from_after = there - *len;
            }
            Event::EvbufferRead {
                result: r,
                errno,
                before,
                after,
                data,
                ..
            } => {
                *r = result;
                *errno = (failed && raw.args[1] != 0).then(|| errno_name(raw.args[1] as i32));
                *after = *before + u64::try_from(result).unwrap_or(0);
                // Who was told of them has had them before they could be taken away.
                if data.is_none() {
                    *data = payload(&raw.bytes, *after - *before);
                }
            }
            Event::EvbufferWrite {
                result: r,
                errno,
                before,
                after,
                data,
                ..
            } => {
                *r = result;
                *errno = (failed && raw.args[1] != 0).then(|| errno_name(raw.args[1] as i32));
                let n = u64::try_from(result).unwrap_or(0);
                *after = before.saturating_sub(n);
                let kept = sent.len().min(n as usize);
                *data = payload(&sent[..kept], n);
            }
            _ => {}
        }
        if frame.kind == Kind::BufRead && failed && raw.args[1] as i32 == ECONNREFUSED {
            self.refused(frame.object);
        }
        self.tell_failure(frame, &shown, raw);
        self.close_shown(raw.tag.thread, shown);
    }

    fn refused(&mut self, input: u64) {
        if let Some((bev, _)) = self.table.buf(input).bev {
            self.table.bev(bev).refused = true;
        }
    }

    /// How much a call has added that does not say so itself, and what, is known when the callbacks are told, as are the
    /// bytes that were read, and
    /// only then: they may take it away.
    fn note_length(&mut self, raw: &Raw) {
        let Some(frame) = self.around(raw.tag.thread) else {
            return;
        };
        if frame.object != raw.object {
            return;
        }
        let event = frame.shown.as_mut().map(|shown| &mut shown.record.event);
        match (frame.kind, event) {
            (Kind::BufAdd, event) if frame.args[0] == UNKNOWN => {
                let len = raw.args[0].saturating_sub(frame.args[1]);
                frame.args[0] = len;
                if let Some(Event::EvbufferAdd { data, .. }) = event {
                    *data = payload(&raw.bytes, len);
                }
            }
            (Kind::BufRead, Some(Event::EvbufferRead { before, data, .. })) => {
                *data = payload(&raw.bytes, raw.args[0].saturating_sub(*before));
            }
            _ => {}
        }
    }

    /// A buffer tells its callbacks: each is a call. libevent calls them one after the other without saying so
    /// in between. What the high mark's does is known, so it shows where that ends; otherwise, what happens is
    /// put into the program's own, if there are several.
    pub(super) fn enter_buffer_callbacks(&mut self, raw: &Raw) {
        self.note_length(raw);
        let buf = self.table.buf(raw.object);
        let deferred = buf.deferred;
        let told = |callback: &&BufCb| callback.enabled && (!deferred || callback.nodefer);
        let told: Vec<BufCb> = buf.callbacks.iter().filter(told).copied().collect();
        let change = Change::of(&buf.untold, raw.args[0]);
        buf.len = raw.args[0];
        // Deferred callbacks will be told of all of it.
        if !deferred {
            buf.untold.clear();
            buf.untold.push(raw.args[0]);
        }
        if told.is_empty() || (change.added, change.deleted) == (0, 0) {
            return self.open_hidden(raw, Kind::BufInvoke);
        }
        self.open_buffer_callbacks(raw, told, &change);
    }

    /// The loop tells the callbacks that were put off.
    pub(super) fn enter_deferred_callbacks(&mut self, raw: &Raw) {
        let buf = self.table.buf(raw.object);
        let change = Change::of(&buf.untold, buf.len);
        buf.untold = vec![buf.len];
        let callbacks = buf.callbacks.iter();
        let told = callbacks.filter(|callback| callback.enabled && !callback.nodefer);
        let told: Vec<BufCb> = told.copied().collect();
        if told.is_empty() || (change.added, change.deleted) == (0, 0) {
            return self.open_hidden(raw, Kind::DeferredCb);
        }
        self.open_buffer_callbacks(raw, told, &change);
    }

    /// Opens the one of them in which something can be seen to happen.
    fn open_buffer_callbacks(&mut self, raw: &Raw, mut told: Vec<BufCb>, change: &Change) {
        let shows = |callback: &BufCb| {
            callback.own == Some(HIGH_MARK) || !self.symbols.is_libevent(callback.callback)
        };
        let main = told.iter().position(shows).unwrap_or(0);
        let later = told.split_off(main + 1);
        let Some(shown) = told.pop() else { return };
        self.tell_at_once(raw, &told, change);
        self.open_buffer_callback(raw, &shown, change, later);
    }

    /// The high mark's callback ends with a suspend or an unsuspend: the next one runs.
    pub(super) fn high_mark_was_looked_at(&mut self, raw: &Raw) {
        let thread = raw.tag.thread;
        let ends = |frame: &mut Frame| {
            matches!(&frame.note, Note::Change(change)
                if change.callback == Some(HIGH_MARK) && !change.later.is_empty())
        };
        let Some(frame) = self.thread(thread).frames.pop_if(ends) else {
            return;
        };
        // The call that told them goes on.
        let mut raw = raw.clone();
        (raw.object, raw.tag.depth) = (frame.object, frame.wire_depth);
        let note = frame.note.clone();
        self.close(thread, frame);
        if let Note::Change(change) = note {
            self.open_buffer_callbacks(&raw, change.later.clone(), &change);
        }
    }

    fn open_buffer_callback(
        &mut self,
        raw: &Raw,
        callback: &BufCb,
        change: &Change,
        later: Vec<BufCb>,
    ) {
        let function = self.function(callback.callback);
        let own = callback
            .own
            .and_then(|name| self.symbols.library_line(name));
        let change = Change {
            callback: callback.own,
            later,
            ..change.clone()
        };
        let event = Event::EvbufferCb {
            callback: callback.own.map_or(function.name, Text::from),
            before: change.before,
            added: change.added,
            deleted: change.deleted,
        };
        let step = Step {
            event,
            objects: self.table.buf_objects(raw.object),
            src: own.or(function.line),
            caller: None,
            complete: Complete::Now,
        };
        self.open_step(raw, Kind::BufInvoke, step, Note::Change(change));
    }

    /// Callbacks of which only is known that they are called.
    fn tell_at_once(&mut self, raw: &Raw, callbacks: &[BufCb], change: &Change) {
        for callback in callbacks {
            self.open_buffer_callback(raw, callback, change, Vec::new());
            if let Some(frame) = self.thread(raw.tag.thread).frames.pop() {
                self.close(raw.tag.thread, frame);
            }
        }
    }

    /// Those that are told after the one that just ended.
    pub(super) fn finish_buffer_callbacks(&mut self, frame: &Frame, shown: Shown, raw: &Raw) {
        self.close_shown(raw.tag.thread, shown);
        if let Note::Change(change) = &frame.note
            && !change.later.is_empty()
        {
            let mut raw = raw.clone();
            raw.object = frame.object;
            self.tell_at_once(&raw, &change.later, change);
        }
    }

    fn payload(&self, bytes: &[u8], len: u64) -> Option<Payload> {
        payload(bytes, len)
    }
}

/// The buffers whose length a call may change, with their lengths as it began. None for other calls.
fn touched(kind: Kind, object: u64, args: [u64; 5]) -> impl Iterator<Item = (u64, u64)> {
    let own = match kind {
        Kind::BufAdd | Kind::BufPrepend | Kind::BufRemove | Kind::BufDrain => Some(args[1]),
        Kind::BufMove | Kind::BufRead | Kind::BufWrite => Some(args[2]),
        _ => None,
    };
    let from = (kind == Kind::BufMove && args[0] != object).then_some((args[0], args[3]));
    own.map(|before| (object, before)).into_iter().chain(from)
}

/// The bytes that were kept of `len`. One more than wanted was kept, so that a cut shows; here all of them
/// are given and the cut is told by the length.
fn payload(bytes: &[u8], len: u64) -> Option<Payload> {
    if bytes.is_empty() || len == 0 {
        return None;
    }
    let kept = &bytes[..bytes.len().min(len as usize)];
    let limit = if (kept.len() as u64) < len {
        kept.len().saturating_sub(1)
    } else {
        kept.len()
    };
    Some(Payload::new(kept, limit))
}
