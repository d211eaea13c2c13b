//! Trace events, as Perfetto and chrome://tracing read them: calls are slices, points are instants, the length of each
//! buffer is a counter, an arrow leads from a call to the callback that it is the cause of, and what `check` finds is
//! an instant of its own.

mod arrows;
mod findings;

use std::fmt;
use std::io::{self, Write};

use evscope_replay::{Known, Outline, Passing, summary_of};
use evscope_trace::{BufId, Event, FieldValue, Nanos, Phase, Record, Side, ThreadId};
use evscope_words::text;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::json;

use crate::{ExportError, Part};
use arrows::Arrows;
use findings::Findings;

pub(crate) fn write(part: &Part<'_>, out: &mut dyn Write) -> Result<(), ExportError> {
    let outline = part.outline()?;
    out.write_all(b"{\"displayTimeUnit\":\"ns\",\"otherData\":")?;
    serde_json::to_writer(&mut *out, outline.header()).map_err(io::Error::from)?;
    out.write_all(b",\"traceEvents\":[\n")?;
    names(part, outline, out)?;
    let pid = outline.header().pid;
    let mut arrows = Arrows::default();
    let mut findings = Findings::new(part);
    // A step is put together first: a writer that looks at all that goes through it does so once.
    let mut line = Vec::new();
    part.walk(false, |passing| {
        line.clear();
        let arrow = arrows.step(passing);
        // An exit whose enter was lost would close somebody else's slice.
        let is_lost = passing.record.phase == Phase::Exit && passing.begin == passing.step;
        if passing.is_chosen && !is_lost {
            line.extend_from_slice(b",\n");
            slice(passing, pid, &mut line)?;
            if let Some(arrow) = arrow {
                arrow.write(passing, pid, &mut line)?;
            }
            for (counter, len) in lengths(passing.known, passing.record) {
                line.extend_from_slice(b",\n");
                let args = json!({"bytes": len});
                event(passing.record, pid, "C", &counter, &args, &mut line)?;
            }
        }
        findings.step(passing, pid, &mut line)?;
        Ok::<(), ExportError>(out.write_all(&line)?)
    })?;
    line.clear();
    findings.finish(pid, &mut line)?;
    line.extend_from_slice(b"\n]}\n");
    Ok(out.write_all(&line)?)
}

/// The names of the process and of its threads.
fn names(part: &Part<'_>, outline: &Outline, out: &mut dyn Write) -> io::Result<()> {
    let header = outline.header();
    let pid = header.pid;
    let process =
        json!({"ph": "M", "name": "process_name", "pid": pid, "args": {"name": header.program}});
    out.write_all(process.to_string().as_bytes())?;
    for (ThreadId(thread), bases) in &outline.threads {
        let number = thread.to_string();
        let loops = bases.iter().map(ToString::to_string);
        let loops = loops.collect::<Vec<_>>().join(", ");
        let name = match loops.as_str() {
            "" => text!(export_thread, number),
            _ => text!(export_thread_of_loop, number, loops),
        };
        let args = json!({"name": name.in_lang(part.lang())});
        let named =
            json!({"ph": "M", "name": "thread_name", "pid": pid, "tid": thread, "args": args});
        out.write_all(b",\n")?;
        out.write_all(named.to_string().as_bytes())?;
    }
    Ok(())
}

fn slice(passing: &Passing<'_>, pid: u32, out: &mut Vec<u8>) -> io::Result<()> {
    let record = passing.record;
    let phase = match record.phase {
        Phase::Enter => "B",
        Phase::Exit => "E",
        Phase::Point => "i",
    };
    event(
        record,
        pid,
        phase,
        record.event.name(),
        &Arguments(passing),
        out,
    )
}

/// Writes an event. Times are microseconds there; the fraction keeps the nanoseconds.
fn event(
    record: &Record,
    pid: u32,
    phase: &str,
    name: &str,
    args: &impl Serialize,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    write!(
        out,
        "{{\"ph\":\"{phase}\",{},\"cat\":\"{},level{}\",\"name\":",
        When(record.t, pid, record.thread),
        record.event.lane().name(),
        record.level().number(),
    )?;
    serde_json::to_writer(&mut *out, name)?;
    if phase == "i" {
        out.extend_from_slice(b",\"s\":\"t\"");
    }
    out.extend_from_slice(b",\"args\":");
    serde_json::to_writer(&mut *out, args)?;
    out.push(b'}');
    Ok(())
}

/// When and where something is: the time, the process and the thread.
struct When(Nanos, u32, ThreadId);

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(Nanos(t), pid, ThreadId(thread)) = self;
        let (micros, rest) = (t / 1000, t % 1000);
        write!(
            f,
            "\"ts\":{micros}.{rest:03},\"pid\":{pid},\"tid\":{thread}"
        )
    }
}

/// What a step says.
struct Arguments<'a>(&'a Passing<'a>);

impl Serialize for Arguments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(passing) = self;
        let record = passing.record;
        let mut args = serializer.serialize_map(None)?;
        args.serialize_entry("step", &passing.step)?;
        if record.phase == Phase::Exit {
            result(record, &mut args)?;
        } else {
            args.serialize_entry("summary", &summary_of(passing.known, record))?;
            arguments(record, &mut args)?;
        }
        args.end()
    }
}

/// What a step says at its beginning: its objects, its own fields, its place.
fn arguments<M: SerializeMap>(record: &Record, args: &mut M) -> Result<(), M::Error> {
    let objects = &record.objects;
    for (name, id) in [
        ("base", objects.base.map(|id| id.0)),
        ("event", objects.event.map(|id| id.0)),
        ("listener", objects.listener.map(|id| id.0)),
        ("bev", objects.bev.map(|id| id.0)),
        ("buf", objects.buf.map(|id| id.0)),
    ] {
        if let Some(id) = id {
            args.serialize_entry(name, &id)?;
        }
    }
    if let Some(role) = objects.role {
        args.serialize_entry("role", role.name())?;
    }
    if let Some(fd) = objects.fd {
        args.serialize_entry("fd", &fd)?;
    }
    for (name, value) in record.event.fields() {
        args.serialize_entry(name, &Own(value))?;
    }
    for (name, place) in [("src", &record.src), ("caller", &record.caller)] {
        if let Some(place) = place {
            args.serialize_entry(name, &format_args!("{}:{}", place.file, place.line))?;
        }
    }
    // Of the names that are said above none is an unknown field's, but for these.
    let told = |name: &str| matches!(name, "step" | "summary");
    for (name, value) in record.extra.iter().filter(|(name, _)| !told(name)) {
        args.serialize_entry(name, value)?;
    }
    Ok(())
}

/// What only the end of a call knows.
fn result<M: SerializeMap>(record: &Record, args: &mut M) -> Result<(), M::Error> {
    let results = |name: &str| matches!(name, "ready" | "ended" | "errno");
    if let Event::Poll { .. } | Event::EventBaseLoop { .. } = record.event {
        for (name, value) in record.event.fields().filter(|(name, _)| results(name)) {
            args.serialize_entry(name, &Own(value))?;
        }
    }
    Ok(())
}

/// The value of one of an event's own fields.
struct Own<'a>(FieldValue<'a>);

impl Serialize for Own<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            FieldValue::Bool(value) => value.serialize(serializer),
            FieldValue::Number(number) => match (i64::try_from(*number), u64::try_from(*number)) {
                (Ok(number), _) => number.serialize(serializer),
                (_, Ok(number)) => number.serialize(serializer),
                _ => serializer.collect_str(number),
            },
            FieldValue::Time(Nanos(ns)) => ns.serialize(serializer),
            FieldValue::Id(id) => id.serialize(serializer),
            FieldValue::Text(text) | FieldValue::Word(text) => text.serialize(serializer),
            value @ (FieldValue::Flags(_) | FieldValue::Bytes(_)) => serializer.collect_str(value),
        }
    }
}

/// The counters of the buffers that a step changed, and their new lengths.
fn lengths(known: &dyn Known, record: &Record) -> impl Iterator<Item = (String, u64)> {
    let happens = record.phase != Phase::Exit;
    let own = match record.event.field("after") {
        Some(FieldValue::Number(after)) => record.objects.buf.zip(u64::try_from(after).ok()),
        _ => None,
    };
    let other = match record.event {
        Event::EvbufferMove {
            from, from_after, ..
        } => Some((from, from_after)),
        _ => None,
    };
    let changed = own.into_iter().chain(other).filter(move |_| happens);
    changed.map(|(buf, len)| (counter(known, buf), len))
}

fn counter(known: &dyn Known, buf: BufId) -> String {
    match known.owner(buf) {
        Some((bev, Side::Input)) => format!("{bev}.input"),
        Some((bev, Side::Output)) => format!("{bev}.output"),
        None => buf.to_string(),
    }
}
