//! What of a step is compared: its parts, each with its name.

use evscope_trace::{Event, FieldValue, Level, Phase, Record, Role};

use super::{DiffOptions, Ignore};
use crate::Trace;

/// How two traces are compared.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) level: Level,
    ignore: Ignore,
    /// How many bytes of a payload are compared; none when only one of the traces has any.
    payload: Option<usize>,
    exits: Exits,
    exact_times: bool,
    memory: Memory,
}

/// Whether the bytes of an evbuffer lie in the same pieces in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Memory {
    /// One library laid them.
    Same,
    /// libevent and the reactor have pieces of other sizes.
    Other,
}

/// Whether the end of the program is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exits {
    Compared,
    /// One of the traces was made by somebody who does not see it.
    LeftOut,
}

/// A part of a step, as far as it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// As it is.
    Value(FieldValue<'a>),
    /// That it is there.
    Present,
    /// Whether it is 0, more or less.
    Sign(i128),
    /// The first bytes.
    Bytes(&'a [u8]),
    /// Another name of the same in the other trace.
    Object(Sort, u32),
}

/// What is numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Sort {
    Thread,
    Base,
    Event,
    Bev,
    Buf,
    Listener,
    Fd,
}

impl Rules {
    pub(super) fn new(a: &Trace, b: &Trace, options: &DiffOptions) -> Self {
        let exits = |trace: &Trace| {
            let mut last = trace.records().rev();
            last.any(|record| matches!(record.event, Event::ProgramExit { .. }))
        };
        Self {
            level: options.level,
            ignore: options.ignore.clone(),
            payload: kept_bytes(a).zip(kept_bytes(b)).map(|(a, b)| a.min(b)),
            exits: if exits(a) && exits(b) {
                Exits::Compared
            } else {
                Exits::LeftOut
            },
            exact_times: options.exact_times,
            memory: if is_libevents(a) == is_libevents(b) {
                Memory::Same
            } else {
                Memory::Other
            },
        }
    }

    /// Whether how often in a row the loop does the same is left out.
    pub(super) fn once_only(&self) -> bool {
        self.ignore.ignores_pieces()
    }

    /// Whether what nobody has freed may be freed with its base, or not.
    pub(super) fn leaks(&self) -> bool {
        self.ignore.ignores_leaks()
    }

    /// Whether a step is compared.
    pub(super) fn takes(&self, trace: &Trace, step: usize) -> bool {
        if !trace.is_shown(step, self.level) {
            return false;
        }
        match &trace.record(step).event {
            Event::ProgramExit { .. } => self.exits == Exits::Compared,
            Event::Poll { .. } if is_interrupted(trace, step) => false,
            Event::Poll { .. } => self.exact_times || !is_early(trace, step),
            // A call that changes nothing, because there is nothing or because an end is frozen.
            Event::EvbufferAdd { len, .. }
            | Event::EvbufferPrepend { len, .. }
            | Event::EvbufferRemove { len, .. }
            | Event::EvbufferDrain { len, .. }
            | Event::EvbufferMove { len, .. } => *len > 0,
            Event::EvbufferRead { result, errno, .. }
            | Event::EvbufferWrite { result, errno, .. } => *result >= 0 || errno.is_some(),
            // That such a call failed goes with it.
            Event::Error { call, .. } => !call.starts_with("evbuffer_"),
            _ => true,
        }
    }

    /// Tells the parts of a step, of which `record` is the record, that are compared, besides its name, in an order that depends on
    /// nothing else.
    pub(super) fn parts<'a>(
        &self,
        trace: &Trace,
        step: usize,
        record: &'a Record,
        mut tell: impl FnMut(&'static str, Part<'a>),
    ) {
        let mut tell = |name: &'static str, part: Part<'a>| {
            if !self.ignore.has(name) {
                tell(name, part);
            }
        };
        let number = |number: usize| Part::Value(FieldValue::Number(number as i128));
        tell("depth", number(trace.indent(step, self.level)));
        if let Some(role) = record.objects.role {
            tell("role", Part::Value(FieldValue::Word(role.name())));
        }
        objects(record, &mut tell);
        for (name, value) in record.event.fields() {
            if let Some(part) = self.own(trace, step, name, value) {
                tell(name, part);
            }
        }
    }

    /// A field of the event's own.
    fn own<'a>(
        &self,
        trace: &Trace,
        step: usize,
        name: &'static str,
        value: FieldValue<'a>,
    ) -> Option<Part<'a>> {
        let record = trace.record(step);
        let value = match record.event {
            Event::EvbufferPeek { asked, .. } if self.memory == Memory::Other => match name {
                "pieces" => return None,
                "bytes" => of_asked(value, asked),
                _ => value,
            },
            _ => value,
        };
        Some(match value {
            FieldValue::Bytes(_) if self.ignore.ignores_pieces() => return None,
            FieldValue::Id(number) => Part::Object(sort_of(name)?, number),
            FieldValue::Bytes(payload) => {
                let bytes = &payload.bytes;
                Part::Bytes(&bytes[..bytes.len().min(self.payload?)])
            }
            FieldValue::Time(time) if !self.exact_times && is_left(trace, step) => {
                // How long is left depends on when it is; whether it waits at all does not.
                Part::Sign(time.0.into())
            }
            FieldValue::Number(number) if is_length(&record.event, name) => {
                if self.ignore.ignores_lengths() {
                    Part::Sign(number)
                } else {
                    Part::Value(value)
                }
            }
            FieldValue::Text(_) => match name {
                "addr" | "peer" => Part::Present,
                // Words for people, of whoever made the trace.
                "action" => return None,
                _ => Part::Value(value),
            },
            FieldValue::Number(_)
            | FieldValue::Time(_)
            | FieldValue::Bool(_)
            | FieldValue::Word(_)
            | FieldValue::Flags(_) => Part::Value(value),
        })
    }
}

/// Whether it is libevent that the program ran on.
pub(super) fn is_libevents(trace: &Trace) -> bool {
    trace.header().library.starts_with("libevent")
}

/// Of the bytes that were seen those that were asked for: how many more the last piece has is its size's affair.
fn of_asked(seen: FieldValue<'_>, asked: Option<u64>) -> FieldValue<'_> {
    match (seen, asked) {
        (FieldValue::Number(bytes), Some(asked)) => FieldValue::Number(bytes.min(asked.into())),
        (seen, _) => seen,
    }
}

/// How many bytes of every payload are in the trace; none when it has no payloads. Those that are cut have
/// the fewest that were kept at all, or less where a character was not to be cut.
fn kept_bytes(trace: &Trace) -> Option<usize> {
    let kept = trace
        .records()
        .filter_map(|r| match r.event.field("data")? {
            FieldValue::Bytes(payload) if payload.cut => Some(payload.bytes.len()),
            FieldValue::Bytes(_) => Some(usize::MAX),
            _ => None,
        });
    kept.min()
}

/// A signal that comes while the loop waits ends the wait early, one that comes just before does not.
fn is_interrupted(trace: &Trace, step: usize) -> bool {
    end_of(trace, step).is_some_and(|end| match &trace.record(end).event {
        Event::Poll { errno, .. } => errno.as_deref() == Some("EINTR"),
        _ => false,
    })
}

/// A wait may end before anything is due, for the kernel's clock and the loop's go in steps of different lengths. Then
/// nothing happens, and another follows.
fn is_early(trace: &Trace, step: usize) -> bool {
    let Some(end) = end_of(trace, step) else {
        return false;
    };
    let record = trace.record(end);
    let mut later = trace.records_in(end + 1..trace.len());
    let next = later.find(|later| later.thread == record.thread);
    let for_nothing = matches!(
        &record.event,
        Event::Poll {
            ready: Some(0),
            errno: None,
            ..
        }
    );
    let again =
        |next: &Record| matches!(next.event, Event::Poll { .. }) && next.phase != Phase::Exit;
    for_nothing && next.is_some_and(|next| again(&next))
}

/// The step with what came of a wait.
fn end_of(trace: &Trace, step: usize) -> Option<usize> {
    match trace.record(step).phase {
        Phase::Exit | Phase::Point => Some(step),
        Phase::Enter => trace.exit_of(step),
    }
}

/// Whether the time in a step is what is left: until the loop has something to do, or until an event is due that the
/// loop itself adds again because it is persistent.
fn is_left(trace: &Trace, step: usize) -> bool {
    match trace.record(step).event {
        Event::Poll { .. } => true,
        Event::EventAdd { .. } => trace
            .parent(step)
            .is_some_and(|call| matches!(trace.record(call).event, Event::EventBaseLoop { .. })),
        _ => false,
    }
}

fn objects<'a>(record: &Record, tell: &mut impl FnMut(&'static str, Part<'a>)) {
    let objects = &record.objects;
    let mut object = |name, sort, number: Option<u32>| {
        if let Some(number) = number {
            tell(name, Part::Object(sort, number));
        }
    };
    object("thread", Sort::Thread, Some(record.thread.0));
    // libevent does not know which base an evbuffer of the program's own is used with.
    let own_buffer = objects.buf.is_some() && objects.bev.is_none();
    let base = objects.base.filter(|_| !own_buffer);
    object("base", Sort::Base, base.map(|id| id.0));
    object("event", Sort::Event, objects.event.map(|id| id.0));
    object("listener", Sort::Listener, objects.listener.map(|id| id.0));
    object("bev", Sort::Bev, objects.bev.map(|id| id.0));
    object("buf", Sort::Buf, objects.buf.map(|id| id.0));
    match objects.fd {
        // A signal's number is the same everywhere, and so is the fd of an event that has none.
        Some(fd) if fd < 0 || objects.role == Some(Role::Signal) => {
            tell("fd", Part::Value(FieldValue::Number(fd.into())));
        }
        Some(fd) => tell("fd", Part::Object(Sort::Fd, fd as u32)),
        None => {}
    }
}

/// What the number in a field of an event names.
pub(super) fn sort_of(field: &str) -> Option<Sort> {
    match field {
        "input" | "output" | "from" => Some(Sort::Buf),
        "ev_read" | "ev_write" => Some(Sort::Event),
        "partner" | "underlying" => Some(Sort::Bev),
        _ => None,
    }
}

/// Whether a number counts bytes that came or went, or are in a buffer.
fn is_length(event: &Event, field: &str) -> bool {
    match field {
        "len" | "before" | "after" | "from_after" | "asked" | "added" | "deleted" | "unsent"
        | "change" | "left" | "offset" | "pieces" | "bytes" => true,
        "result" => true,
        "from" | "to" => matches!(event, Event::Watermark { .. }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use evscope_trace::FieldKind;

    #[test]
    fn every_number_of_an_object_has_its_sort() {
        for kind in Event::KINDS {
            for field in kind.fields.iter().filter(|f| f.kind == FieldKind::Id) {
                assert!(
                    sort_of(field.name).is_some(),
                    "{}.{}",
                    kind.name,
                    field.name
                );
            }
        }
    }
}
