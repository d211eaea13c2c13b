//! Buffers: what changed, and who is told.

use evscope_trace::{Event, Payload, Text, errno_name};
use evscope_wire::{Call, Outcome, args};

use super::objects::BufCb;
use super::{Frame, Note, Shown, Step, Translator};
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

impl Translator {
    pub(super) fn enter_buffer(&mut self, raw: &Raw, call: Call) {
        // What a call does by means of another is told by the outer one: taking bytes out is a copy and a
        // drain, a write drains what went, a move may add.
        let inside = self.around(raw.tag.thread).map(|frame| frame.call);
        for (buffer, before) in touched(call, raw.object) {
            let frames = &self.thread(raw.tag.thread).frames;
            let touches =
                |frame: &Frame| touched(frame.call, frame.object).any(|(of, _)| of == buffer);
            let around = frames.iter().any(touches);
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
            (inside, call),
            (
                Some(Call::BufRemove(_) | Call::BufWrite(_)),
                Call::BufDrain(_)
            ) | (
                Some(Call::BufMove(_)),
                Call::BufAdd(_) | Call::BufMove(_) | Call::BufDrain(_)
            ) | (Some(Call::BufAdd(_)), Call::BufAdd(_))
        );
        if part {
            return self.open_hidden(raw, call);
        }
        let mut objects = self.table.buf_objects(raw.object);
        let (event, site) = match call {
            Call::BufAdd(args::BufAdd { len, before, site }) => {
                // Where it is not known yet, the exit tells.
                let len = len.unwrap_or(0);
                let event = Event::EvbufferAdd {
                    len,
                    before,
                    after: 0,
                    data: payload(&raw.bytes, len),
                };
                (event, site)
            }
            Call::BufPrepend(args::BufPrepend { len, before, site }) => {
                let event = Event::EvbufferPrepend {
                    len,
                    before,
                    after: 0,
                    data: payload(&raw.bytes, len),
                };
                (event, site)
            }
            Call::BufRemove(remove) => {
                let event = Event::EvbufferRemove {
                    len: remove.asked,
                    before: remove.before,
                    after: 0,
                    data: None,
                };
                (event, remove.site)
            }
            Call::BufDrain(drain) => {
                let event = Event::EvbufferDrain {
                    len: drain.asked,
                    before: drain.before,
                    after: 0,
                };
                (event, drain.site)
            }
            Call::BufMove(moves) => {
                let event = Event::EvbufferMove {
                    from: self.table.buf(moves.from).id,
                    len: 0,
                    before: moves.before,
                    after: 0,
                    from_after: 0,
                };
                (event, moves.site)
            }
            Call::BufRead(read) => {
                objects.fd = super::fd(read.fd);
                let event = Event::EvbufferRead {
                    asked: read.asked,
                    result: 0,
                    errno: None,
                    before: read.before,
                    after: 0,
                    data: None,
                };
                (event, read.site)
            }
            Call::BufWrite(write) => {
                objects.fd = super::fd(write.fd);
                let there = write.before;
                let event = Event::EvbufferWrite {
                    asked: write.asked.map_or(there, |asked| asked.min(there)),
                    result: 0,
                    errno: None,
                    before: there,
                    after: 0,
                    data: None,
                };
                (event, write.site)
            }
            _ => return self.open_hidden(raw, call),
        };
        let caller = self.site(site);
        let step = Step {
            event,
            objects,
            src: None,
            caller,
        };
        self.open_step(raw, call, step, Note::Bytes(raw.bytes.clone()));
    }

    /// A buffer's call has ended: its step says what it did.
    pub(super) fn finish_buffer(&mut self, frame: &Frame, mut shown: Shown, raw: &Raw) {
        match (frame.call, &mut shown.record.event) {
            (
                Call::BufAdd(add),
                Event::EvbufferAdd {
                    len, before, after, ..
                },
            ) => {
                let end = raw.exit_of(add);
                // Nobody may have been told: then nothing has come in between.
                let known = add.len.unwrap_or(end.after.saturating_sub(*before));
                *len = if end.result < 0 { 0 } else { known };
                *after = *before + *len;
            }
            (
                Call::BufPrepend(prepend),
                Event::EvbufferPrepend {
                    len, before, after, ..
                },
            ) => {
                let failed = raw.exit_of(prepend).result < 0;
                *len = if failed { 0 } else { prepend.len };
                *after = *before + *len;
            }
            (
                Call::BufRemove(remove),
                Event::EvbufferRemove {
                    len,
                    before,
                    after,
                    data,
                },
            ) => {
                *len = u64::try_from(raw.exit_of(remove).result).unwrap_or(0);
                *after = before.saturating_sub(*len);
                *data = payload(&raw.bytes, *len);
            }
            (Call::BufDrain(drain), Event::EvbufferDrain { len, before, after }) => {
                let failed = raw.exit_of(drain).result < 0;
                *len = if failed { 0 } else { drain.asked.min(*before) };
                *after = *before - *len;
            }
            (
                Call::BufMove(moves),
                Event::EvbufferMove {
                    len,
                    before,
                    after,
                    from_after,
                    ..
                },
            ) => {
                let there = moves.from_before;
                let failed = raw.exit_of(moves).result < 0;
                *len = if failed || moves.from == frame.object {
                    0
                } else {
                    moves.asked.map_or(there, |asked| asked.min(there))
                };
                *after = *before + *len;
                *from_after = there - *len;
            }
            (
                Call::BufRead(read),
                Event::EvbufferRead {
                    result,
                    errno,
                    before,
                    after,
                    data,
                    ..
                },
            ) => {
                let end = raw.exit_of(read);
                *result = end.result;
                *errno = reason(end);
                *after = *before + u64::try_from(end.result).unwrap_or(0);
                // Who was told of them has had them before they could be taken away.
                if data.is_none() {
                    *data = payload(&raw.bytes, *after - *before);
                }
                if end.result < 0 && end.errno == ECONNREFUSED {
                    self.refused(frame.object);
                }
            }
            (
                Call::BufWrite(write),
                Event::EvbufferWrite {
                    result,
                    errno,
                    before,
                    after,
                    data,
                    ..
                },
            ) => {
                let end = raw.exit_of(write);
                *result = end.result;
                *errno = reason(end);
                let n = u64::try_from(end.result).unwrap_or(0);
                *after = before.saturating_sub(n);
                if let Note::Bytes(sent) = &frame.note {
                    *data = payload(&sent[..sent.len().min(n as usize)], n);
                }
            }
            _ => {}
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
    fn note_length(&mut self, raw: &Raw, now: u64) {
        let Some(frame) = self.around(raw.tag.thread) else {
            return;
        };
        if frame.object != raw.object {
            return;
        }
        let event = frame.shown.as_mut().map(|shown| &mut shown.record.event);
        match (&mut frame.call, event) {
            (Call::BufAdd(add), event) if add.len.is_none() => {
                let len = now.saturating_sub(add.before);
                add.len = Some(len);
                if let Some(Event::EvbufferAdd { data, .. }) = event {
                    *data = payload(&raw.bytes, len);
                }
            }
            (Call::BufRead(_), Some(Event::EvbufferRead { before, data, .. })) => {
                *data = payload(&raw.bytes, now.saturating_sub(*before));
            }
            _ => {}
        }
    }

    /// A buffer tells its callbacks: each is a call. libevent calls them one after the other without saying so
    /// in between. What the high mark's does is known, so it shows where that ends; otherwise, what happens is
    /// put into the program's own, if there are several.
    pub(super) fn enter_buffer_callbacks(&mut self, raw: &Raw, tells: args::BufInvoke) {
        self.note_length(raw, tells.len);
        let buf = self.table.buf(raw.object);
        let deferred = buf.deferred;
        let told = |callback: &&BufCb| callback.enabled && (!deferred || callback.nodefer);
        let told: Vec<BufCb> = buf.callbacks.iter().filter(told).copied().collect();
        let change = Change::of(&buf.untold, tells.len);
        buf.len = tells.len;
        // Deferred callbacks will be told of all of it.
        if !deferred {
            buf.untold.clear();
            buf.untold.push(tells.len);
        }
        if told.is_empty() || (change.added, change.deleted) == (0, 0) {
            return self.open_hidden(raw, Call::BufInvoke(tells));
        }
        self.open_buffer_callbacks(raw, told, &change);
    }

    /// The loop tells the callbacks that were put off.
    pub(super) fn enter_deferred_callbacks(&mut self, raw: &Raw, call: Call) {
        let buf = self.table.buf(raw.object);
        let change = Change::of(&buf.untold, buf.len);
        buf.untold = vec![buf.len];
        let callbacks = buf.callbacks.iter();
        let told = callbacks.filter(|callback| callback.enabled && !callback.nodefer);
        let told: Vec<BufCb> = told.copied().collect();
        if told.is_empty() || (change.added, change.deleted) == (0, 0) {
            return self.open_hidden(raw, call);
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
        };
        let len = (change.before + change.added).saturating_sub(change.deleted);
        let tells = args::BufInvoke { len };
        self.open_step(raw, Call::BufInvoke(tells), step, Note::Change(change));
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
}

/// The buffers whose length a call may change, with their lengths as it began. None for other calls.
fn touched(call: Call, object: u64) -> impl Iterator<Item = (u64, u64)> {
    let own = match call {
        Call::BufAdd(args::BufAdd { before, .. })
        | Call::BufPrepend(args::BufPrepend { before, .. })
        | Call::BufRemove(args::BufRemove { before, .. })
        | Call::BufDrain(args::BufDrain { before, .. })
        | Call::BufMove(args::BufMove { before, .. })
        | Call::BufRead(args::BufRead { before, .. })
        | Call::BufWrite(args::BufWrite { before, .. }) => Some((object, before)),
        _ => None,
    };
    let from = match call {
        Call::BufMove(moves) if moves.from != object => Some((moves.from, moves.from_before)),
        _ => None,
    };
    own.into_iter().chain(from)
}

/// The errno's name of a read or write that failed, if it had one.
fn reason(end: Outcome) -> Option<Text> {
    (end.result < 0 && end.errno != 0).then(|| errno_name(end.errno))
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
