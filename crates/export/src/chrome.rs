//! Trace events, as Perfetto and chrome://tracing read them: calls are slices, points are instants, and
//! the length of each buffer is a counter.

use std::io::{self, Write};

use evscope_replay::{Trace, summary};
use evscope_trace::{BufId, Event, FieldValue, Nanos, Phase, Record, Side, ThreadId};
use serde_json::{Map, Value, json};

use crate::Part;

pub(crate) fn write(part: &Part<'_>, out: &mut dyn Write) -> io::Result<()> {
    let trace = part.trace();
    let header = trace.header();
    let pid = header.pid;
    out.write_all(b"{\"displayTimeUnit\":\"ns\",\"otherData\":")?;
    serde_json::to_writer(&mut *out, header)?;
    out.write_all(b",\"traceEvents\":[\n")?;
    serde_json::to_writer(
        &mut *out,
        &json!({"ph": "M", "name": "process_name", "pid": pid, "args": {"name": header.program}}),
    )?;
    if trace.has_threads() {
        for ThreadId(thread) in part.threads() {
            let args = json!({"name": format!("thread {thread}")});
            let named =
                json!({"ph": "M", "name": "thread_name", "pid": pid, "tid": thread, "args": args});
            out.write_all(b",\n")?;
            serde_json::to_writer(&mut *out, &named)?;
        }
    }
    for step in part.each_step() {
        let record = trace.record(step);
        // An exit whose enter was lost would close somebody else's slice.
        if record.phase == Phase::Exit && trace.begin(step) == step {
            continue;
        }
        out.write_all(b",\n")?;
        slice(trace, step, out)?;
        for (counter, len) in lengths(trace, &record) {
            out.write_all(b",\n")?;
            event(&record, pid, "C", &counter, &json!({"bytes": len}), out)?;
        }
    }
    out.write_all(b"\n]}\n")
}

fn slice(trace: &Trace, step: usize, out: &mut dyn Write) -> io::Result<()> {
    let record = trace.record(step);
    let phase = match record.phase {
        Phase::Enter => "B",
        Phase::Exit => "E",
        Phase::Point => "i",
    };
    let mut args = match record.phase {
        Phase::Enter | Phase::Point => arguments(&record),
        Phase::Exit => result(&record),
    };
    args.insert("step".to_owned(), json!(step));
    if record.phase != Phase::Exit {
        args.insert("summary".to_owned(), json!(summary(trace, step)));
    }
    event(
        &record,
        trace.header().pid,
        phase,
        record.event.name(),
        &Value::Object(args),
        out,
    )
}

/// Writes an event. Times are microseconds there; the fraction keeps the nanoseconds.
fn event(
    record: &Record,
    pid: u32,
    phase: &str,
    name: &str,
    args: &Value,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Nanos(t) = record.t;
    write!(
        out,
        "{{\"ph\":\"{phase}\",\"ts\":{}.{:03},\"pid\":{pid},\"tid\":{},\"cat\":\"{},level{}\",\"name\":{}",
        t / 1000,
        t % 1000,
        record.thread.0,
        record.event.lane().name(),
        record.level().number(),
        Value::from(name),
    )?;
    if phase == "i" {
        out.write_all(b",\"s\":\"t\"")?;
    }
    write!(out, ",\"args\":{args}}}")
}

/// What a step says: its objects, its own fields, its place.
fn arguments(record: &Record) -> Map<String, Value> {
    let mut args = Map::new();
    let objects = &record.objects;
    for (name, id) in [
        ("base", objects.base.map(|id| id.0)),
        ("event", objects.event.map(|id| id.0)),
        ("listener", objects.listener.map(|id| id.0)),
        ("bev", objects.bev.map(|id| id.0)),
        ("buf", objects.buf.map(|id| id.0)),
    ] {
        if let Some(id) = id {
            args.insert(name.to_owned(), json!(id));
        }
    }
    if let Some(role) = objects.role {
        args.insert("role".to_owned(), json!(role.name()));
    }
    if let Some(fd) = objects.fd {
        args.insert("fd".to_owned(), json!(fd));
    }
    args.extend(own_fields(record));
    for (name, place) in [("src", &record.src), ("caller", &record.caller)] {
        if let Some(place) = place {
            args.insert(
                name.to_owned(),
                json!(format!("{}:{}", place.file, place.line)),
            );
        }
    }
    args.extend(record.extra.clone());
    args
}

fn own_fields(record: &Record) -> impl Iterator<Item = (String, Value)> {
    record.event.fields().map(|(name, value)| {
        let value = match value {
            FieldValue::Bool(value) => json!(value),
            FieldValue::Number(number) => match (i64::try_from(number), u64::try_from(number)) {
                (Ok(number), _) => json!(number),
                (_, Ok(number)) => json!(number),
                _ => json!(number.to_string()),
            },
            FieldValue::Time(Nanos(ns)) => json!(ns),
            FieldValue::Id(id) => json!(id),
            FieldValue::Text(_)
            | FieldValue::Word(_)
            | FieldValue::Flags(_)
            | FieldValue::Bytes(_) => json!(value.to_string()),
        };
        (name.to_owned(), value)
    })
}

/// What only the end of a call knows.
fn result(record: &Record) -> Map<String, Value> {
    let results = |name: &str| matches!(name, "ready" | "ended" | "errno");
    match record.event {
        Event::Poll { .. } | Event::EventBaseLoop { .. } => own_fields(record)
            .filter(|(name, _)| results(name))
            .collect(),
        _ => Map::new(),
    }
}

/// The counters of the buffers that a step changed, and their new lengths.
fn lengths(trace: &Trace, record: &Record) -> impl Iterator<Item = (String, u64)> {
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
    changed.map(|(buf, len)| (counter(trace, buf), len))
}

fn counter(trace: &Trace, buf: BufId) -> String {
    match trace.owner(buf) {
        Some((bev, Side::Input)) => format!("{bev}.input"),
        Some((bev, Side::Output)) => format!("{bev}.output"),
        None => buf.to_string(),
    }
}
