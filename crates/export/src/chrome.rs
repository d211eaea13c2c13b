//! Trace events, as Perfetto and chrome://tracing read them: calls are slices, points are instants, the length of each
//! buffer is a counter, an arrow leads from a call to the callback that it is the cause of, and what `check` finds is
//! an instant of its own.

mod arrows;
mod findings;

use std::io::{self, Write};

use evscope_replay::{Known, Outline, Passing, summary_of};
use evscope_trace::{BufId, Event, FieldValue, Nanos, Phase, Record, Side, ThreadId};
use evscope_words::text;
use serde_json::{Map, Value, json};

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
    let mut args = match record.phase {
        Phase::Enter | Phase::Point => arguments(record),
        Phase::Exit => result(record),
    };
    args.insert("step".to_owned(), json!(passing.step));
    if record.phase != Phase::Exit {
        let summary = summary_of(passing.known, record);
        args.insert("summary".to_owned(), json!(summary));
    }
    event(
        record,
        pid,
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
    out: &mut Vec<u8>,
) -> io::Result<()> {
    write!(
        out,
        "{{\"ph\":\"{phase}\",{},\"cat\":\"{},level{}\",\"name\":{}",
        when(record.t, pid, record.thread),
        record.event.lane().name(),
        record.level().number(),
        Value::from(name),
    )?;
    if phase == "i" {
        out.extend_from_slice(b",\"s\":\"t\"");
    }
    out.extend_from_slice(b",\"args\":");
    serde_json::to_writer(&mut *out, args)?;
    out.push(b'}');
    Ok(())
}

/// When and where something is.
fn when(t: Nanos, pid: u32, thread: ThreadId) -> String {
    let (Nanos(t), ThreadId(thread)) = (t, thread);
    format!(
        "\"ts\":{}.{:03},\"pid\":{pid},\"tid\":{thread}",
        t / 1000,
        t % 1000
    )
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
