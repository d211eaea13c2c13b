//! Trace events, as Perfetto and chrome://tracing read them: calls are slices, points are instants, the length of each
//! buffer is a counter, an arrow leads from a call to the callback that it is the cause of, and what `check` finds is
//! an instant of its own.

mod arrows;
mod findings;

use std::io::{self, Write};

use evscope_replay::{Known, Outline, Passing, Words};
use evscope_trace::{
    BufId, Event, FieldValue, Nanos, Phase, Record, Side, SourceLine, ThreadId, json,
};
use evscope_words::text;

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
    let mut words = Words::default();
    part.walk(false, |passing| {
        line.clear();
        let arrow = arrows.step(passing);
        // An exit whose enter was lost would close somebody else's slice.
        let is_lost = passing.record.phase == Phase::Exit && passing.begin == passing.step;
        if passing.is_chosen && !is_lost {
            line.extend_from_slice(b",\n");
            slice(passing, pid, &mut words, &mut line);
            if let Some(arrow) = arrow {
                arrow.write(passing, pid, &mut line);
            }
            for (name, len) in lengths(passing.known, passing.record) {
                line.extend_from_slice(b",\n");
                counter(passing.record, pid, &name, len, &mut line);
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
    let process = serde_json::json!({"ph": "M", "name": "process_name", "pid": pid, "args": {"name": header.program}});
    out.write_all(process.to_string().as_bytes())?;
    for (ThreadId(thread), bases) in &outline.threads {
        let number = thread.to_string();
        let loops = bases.iter().map(ToString::to_string);
        let loops = loops.collect::<Vec<_>>().join(", ");
        let name = match loops.as_str() {
            "" => text!(export_thread, number),
            _ => text!(export_thread_of_loop, number, loops),
        };
        let args = serde_json::json!({"name": name.in_lang(part.lang())});
        let named = serde_json::json!({"ph": "M", "name": "thread_name", "pid": pid, "tid": thread, "args": args});
        out.write_all(b",\n")?;
        out.write_all(named.to_string().as_bytes())?;
    }
    Ok(())
}

/// A step as the beginning of a slice, its end, or an instant.
fn slice(passing: &Passing<'_>, pid: u32, words: &mut Words, out: &mut Vec<u8>) {
    let record = passing.record;
    let phase = match record.phase {
        Phase::Enter => "B",
        Phase::Exit => "E",
        Phase::Point => "i",
    };
    begin(record, pid, phase, record.event.name(), out);
    if record.phase == Phase::Point {
        out.extend_from_slice(b",\"s\":\"t\"");
    }
    let mut args = Args(out);
    args.first("step", passing.step);
    if record.phase == Phase::Exit {
        result(record, &mut args);
    } else {
        words.say(passing.known, record);
        args.text("summary", words.text());
        arguments(record, &mut args);
    }
    args.end();
}

/// The length of a buffer from here on.
fn counter(record: &Record, pid: u32, name: &str, len: u64, out: &mut Vec<u8>) {
    begin(record, pid, "C", name, out);
    let mut args = Args(out);
    args.first("bytes", len);
    args.end();
}

/// Begins an event, up to what it says.
fn begin(record: &Record, pid: u32, phase: &str, name: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"ph\":\"");
    out.extend_from_slice(phase.as_bytes());
    out.extend_from_slice(b"\",");
    When(record.t, pid, record.thread).write(out);
    out.extend_from_slice(b",\"cat\":\"");
    out.extend_from_slice(record.event.lane().name().as_bytes());
    out.extend_from_slice(b",level");
    json::number(record.level().number(), out);
    out.extend_from_slice(b"\",\"name\":");
    json::text(name, out);
}

/// When and where something is: the time, the process and the thread.
struct When(Nanos, u32, ThreadId);

impl When {
    /// Times are microseconds there; the fraction keeps the nanoseconds.
    fn write(&self, out: &mut Vec<u8>) {
        let Self(Nanos(t), pid, ThreadId(thread)) = self;
        out.extend_from_slice(b"\"ts\":");
        json::number(t / 1000, out);
        // Three digits behind the point.
        let start = out.len();
        json::number(1000 + t % 1000, out);
        out[start] = b'.';
        out.extend_from_slice(b",\"pid\":");
        json::number(*pid, out);
        out.extend_from_slice(b",\"tid\":");
        json::number(*thread, out);
    }
}

/// The members that say what an event is about, one after the other. Their names are evscope's own, and plain.
struct Args<'a>(&'a mut Vec<u8>);

impl Args<'_> {
    fn first(&mut self, name: &str, value: impl itoa::Integer) {
        self.0.extend_from_slice(b",\"args\":{\"");
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
        json::number(value, self.0);
    }

    fn name(&mut self, name: &str) {
        self.0.extend_from_slice(b",\"");
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    fn number(&mut self, name: &str, it: impl itoa::Integer) {
        self.name(name);
        json::number(it, self.0);
    }

    /// A word of the vocabulary, which is plain.
    fn word(&mut self, name: &str, it: &str) {
        self.name(name);
        json::word(it, self.0);
    }

    fn text(&mut self, name: &str, it: &str) {
        self.name(name);
        json::text(it, self.0);
    }

    /// One of an event's own fields.
    fn field(&mut self, name: &str, it: &FieldValue<'_>) {
        self.name(name);
        json::value(it, self.0);
    }

    fn place(&mut self, name: &str, place: &SourceLine) {
        self.text(name, &place.file);
        // Within the quotes.
        self.0.pop();
        self.0.push(b':');
        json::number(place.line, self.0);
        self.0.push(b'"');
    }

    /// Ends them, and the event.
    fn end(&mut self) {
        self.0.extend_from_slice(b"}}");
    }
}

/// What a step says at its beginning: its objects, its own fields, its place.
fn arguments(record: &Record, args: &mut Args<'_>) {
    let objects = &record.objects;
    for (name, id) in [
        ("base", objects.base.map(|id| id.0)),
        ("event", objects.event.map(|id| id.0)),
        ("listener", objects.listener.map(|id| id.0)),
        ("bev", objects.bev.map(|id| id.0)),
        ("buf", objects.buf.map(|id| id.0)),
    ] {
        if let Some(id) = id {
            args.number(name, id);
        }
    }
    if let Some(role) = objects.role {
        args.word("role", role.name());
    }
    if let Some(fd) = objects.fd {
        args.number("fd", fd);
    }
    for (name, value) in record.event.fields() {
        args.field(name, &value);
    }
    for (name, place) in [("src", &record.src), ("caller", &record.caller)] {
        if let Some(place) = place {
            args.place(name, place);
        }
    }
    // Of the names that are said above none is an unknown field's, but for these.
    let told = |name: &str| matches!(name, "step" | "summary");
    for (name, value) in record.extra.iter().filter(|(name, _)| !told(name)) {
        args.0.push(b',');
        json::text(name, args.0);
        args.0.push(b':');
        args.0.extend_from_slice(value.to_string().as_bytes());
    }
}

/// What only the end of a call knows.
fn result(record: &Record, args: &mut Args<'_>) {
    let results = |name: &str| matches!(name, "ready" | "ended" | "errno");
    if let Event::Poll { .. } | Event::EventBaseLoop { .. } = record.event {
        for (name, value) in record.event.fields().filter(|(name, _)| results(name)) {
            args.field(name, &value);
        }
    }
}

/// The counters of the buffers that a step changed, and their new lengths.
fn lengths(known: &dyn Known, record: &Record) -> impl Iterator<Item = (String, u64)> {
    let happens = record.phase != Phase::Exit;
    let own = record.objects.buf.and_then(|buf| {
        let FieldValue::Number(after) = record.event.field("after")? else {
            return None;
        };
        Some((buf, u64::try_from(after).ok()?))
    });
    let other = match record.event {
        Event::EvbufferMove {
            from, from_after, ..
        } => Some((from, from_after)),
        _ => None,
    };
    let changed = own.into_iter().chain(other).filter(move |_| happens);
    changed.map(|(buf, len)| (name_of(known, buf), len))
}

fn name_of(known: &dyn Known, buf: BufId) -> String {
    match known.owner(buf) {
        Some((bev, Side::Input)) => format!("{bev}.input"),
        Some((bev, Side::Output)) => format!("{bev}.output"),
        None => buf.to_string(),
    }
}
