//! Trace events, as Perfetto and chrome://tracing read them: calls are slices, points are instants, the length of each
//! buffer is a counter, an arrow leads from a call to the callback that it is the cause of, and what `check` finds is
//! an instant of its own.

mod arrows;
mod findings;

use std::io::{self, Write};

use evscope_replay::{Known, KnownOf, Lang, Passing, Threads, Told, Words};
use evscope_trace::{
    BevId, Brief, BufId, Event, FieldValue, Filter, Header, Nanos, Phase, PlaceTexts, Record, Side,
    SourceLine, ThreadId, json,
};
use evscope_words::text;

use crate::{ExportError, Part};
use arrows::{Arrow, Arrows};
use findings::Findings;

/// What is hidden is made visible here, and in a step only where others' texts are put in: all else of it is plain.
///
/// It goes through the trace once: whatever is known at its end is written there. A step does not say on which thread it is:
/// it stands in that thread's row.
pub(crate) fn write(part: &Part<'_>, out: &mut dyn Write) -> Result<(), ExportError> {
    let before = part.before()?;
    let header = before.header();
    let out = &mut Filter::json(out);
    out.write_all(b"{\"displayTimeUnit\":\"ns\",\"otherData\":")?;
    serde_json::to_writer(&mut *out, header).map_err(io::Error::from)?;
    out.write_all(b",\"traceEvents\":[\n")?;
    let process = Process::new(header.pid);
    name_process(header, out)?;
    let mut threads = Threads::default();
    let mut arrows = Arrows::default();
    let mut findings = Findings::new(part);
    let note = |passing: &Passing<'_>| {
        threads.note(&Brief::from(passing.record));
        let arrow = arrows.step(passing);
        let found = findings.step(passing, &process)?;
        let aside = || Aside {
            known: passing.known.of(passing.record),
            arrow,
            found,
        };
        Ok(passing.is_chosen.then(aside))
    };
    let writer = || {
        let mut places = PlaceTexts::default();
        let mut words = Words::text_only();
        let process = &process;
        move |told: &Told<'_, Aside>, text: &mut Vec<u8>| {
            // An exit whose enter was lost would close somebody else's slice.
            let is_lost = told.record.phase == Phase::Exit && told.begin == told.step;
            if !is_lost {
                step(told, process, &mut words, &mut places, text);
            }
            text.extend_from_slice(&told.of.found);
        }
    };
    let is_whole = part.write(false, before, note, writer, |text| out.own(text))?;
    findings.finish(is_whole, &process, out)?;
    name_threads(&threads, header, part.lang(), out)?;
    out.write_all(b"\n]}\n")?;
    Ok(out.flush()?)
}

/// What stands beside a step.
struct Aside {
    /// What must be known to say it in words.
    known: KnownOf,
    /// The arrow to it.
    arrow: Option<Arrow>,
    /// What is wrong there, written.
    found: Vec<u8>,
}

fn name_process(header: &Header, out: &mut dyn Write) -> io::Result<()> {
    let args = serde_json::json!({"name": header.program});
    let named =
        serde_json::json!({"ph": "M", "name": "process_name", "pid": header.pid, "args": args});
    out.write_all(named.to_string().as_bytes())
}

fn name_threads(
    threads: &Threads,
    header: &Header,
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (ThreadId(thread), bases) in threads.iter() {
        let number = thread.to_string();
        let loops = bases.iter().map(ToString::to_string);
        let loops = loops.collect::<Vec<_>>().join(", ");
        let name = match loops.as_str() {
            "" => text!(export_thread, number),
            _ => text!(export_thread_of_loop, number, loops),
        };
        let args = serde_json::json!({"name": name.in_lang(lang)});
        let named = serde_json::json!({"ph": "M", "name": "thread_name", "pid": header.pid, "tid": thread, "args": args});
        out.write_all(b",\n")?;
        out.write_all(named.to_string().as_bytes())?;
    }
    Ok(())
}

/// A step: its slice, the arrow to it, the buffers that it changed.
fn step(
    told: &Told<'_, Aside>,
    process: &Process,
    words: &mut Words,
    places: &mut PlaceTexts,
    out: &mut Vec<u8>,
) {
    out.extend_from_slice(b",\n");
    slice(told, process, words, places, out);
    if let Some(arrow) = &told.of.arrow {
        arrow.write(told, process, out);
    }
    for (buf, len) in lengths(told.record) {
        out.extend_from_slice(b",\n");
        counter(told, process, buf, len, out);
    }
}

/// A step as the beginning of a slice, its end, or an instant.
fn slice(
    told: &Told<'_, Aside>,
    process: &Process,
    words: &mut Words,
    places: &mut PlaceTexts,
    out: &mut Vec<u8>,
) {
    let record = told.record;
    let phase = match record.phase {
        Phase::Enter => b'B',
        Phase::Exit => b'E',
        Phase::Point => b'i',
    };
    begin(record, process, phase, out);
    match &record.event {
        Event::Unknown { name } => json::shown(name, out),
        event => json::word(event.name(), out),
    }
    if record.phase == Phase::Point {
        out.extend_from_slice(b",\"s\":\"t\"");
    }
    out.extend_from_slice(b",\"args\":{\"step\":");
    json::number(told.step, out);
    let mut args = Args(out);
    if record.phase == Phase::Exit {
        result(record, &mut args);
    } else {
        words.say(&told.of.known, record);
        // It is for eyes already.
        args.key(b",\"summary\":");
        json::text(words.text(), args.0);
        arguments(record, places, &mut args);
    }
    out.extend_from_slice(b"}}");
}

/// The length of a buffer from here on, under the name of whose it is.
fn counter(told: &Told<'_, Aside>, process: &Process, buf: BufId, len: u64, out: &mut Vec<u8>) {
    begin(told.record, process, b'C', out);
    let (kind, number, side): (&[u8], _, &[u8]) = match told.of.known.owner(buf) {
        Some((BevId(bev), Side::Input)) => (b"\"bev", bev, b".input\""),
        Some((BevId(bev), Side::Output)) => (b"\"bev", bev, b".output\""),
        None => (b"\"buf", buf.0, b"\""),
    };
    out.extend_from_slice(kind);
    json::number(number, out);
    out.extend_from_slice(side);
    out.extend_from_slice(b",\"args\":{\"bytes\":");
    json::number(len, out);
    out.extend_from_slice(b"}}");
}

/// Begins an event, up to its name.
fn begin(record: &Record, process: &Process, phase: u8, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"ph\":\"");
    out.push(phase);
    out.extend_from_slice(b"\",");
    process.when(record.t, record.thread, out);
    out.extend_from_slice(b",\"cat\":\"");
    out.extend_from_slice(record.event.lane().name().as_bytes());
    out.extend_from_slice(b",level");
    out.push(b'0' + record.level().number());
    out.extend_from_slice(b"\",\"name\":");
}

/// The process, whose number every event tells.
struct Process {
    /// What stands between a time and a thread.
    between: Vec<u8>,
}

impl Process {
    fn new(pid: u32) -> Self {
        Self {
            between: format!(",\"pid\":{pid},\"tid\":").into_bytes(),
        }
    }

    /// Writes when and where something is: the time, the process and the thread. Times are microseconds there; the fraction
    /// keeps the nanoseconds.
    fn when(&self, Nanos(t): Nanos, ThreadId(thread): ThreadId, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\"ts\":");
        json::number(t / 1000, out);
        let [hundreds, tens, ones] = [t / 100, t / 10, t].map(|digit| b'0' + (digit % 10) as u8);
        out.extend_from_slice(&[b'.', hundreds, tens, ones]);
        out.extend_from_slice(&self.between);
        json::number(thread, out);
    }
}

/// The members that say what an event is about, one after the other. Their names are evscope's own, and plain.
struct Args<'a>(&'a mut Vec<u8>);

impl Args<'_> {
    /// A name as it stands there: with what is before it and behind it.
    #[inline]
    fn key(&mut self, key: &'static [u8]) {
        self.0.extend_from_slice(key);
    }

    #[inline]
    fn number(&mut self, key: &'static [u8], it: Option<impl itoa::Integer>) {
        if let Some(it) = it {
            self.key(key);
            json::number(it, self.0);
        }
    }

    /// One of an event's own fields.
    fn field(&mut self, name: &str, it: &FieldValue<'_>) {
        self.0.push(b',');
        json::word(name, self.0);
        self.0.push(b':');
        json::value(it, self.0);
    }

    fn place(&mut self, key: &'static [u8], place: Option<&SourceLine>, places: &mut PlaceTexts) {
        if let Some(place) = place {
            self.key(key);
            places.put(place, put_place, self.0);
        }
    }
}

/// A place as a text.
fn put_place(place: &SourceLine, out: &mut Vec<u8>) {
    json::shown(&place.file, out);
    // Within the quotes.
    out.pop();
    out.push(b':');
    json::number(place.line, out);
    out.push(b'"');
}

/// What a step says at its beginning: its objects, its own fields, its place.
fn arguments(record: &Record, places: &mut PlaceTexts, args: &mut Args<'_>) {
    let objects = &record.objects;
    args.number(b",\"base\":", objects.base.map(|id| id.0));
    args.number(b",\"event\":", objects.event.map(|id| id.0));
    args.number(b",\"listener\":", objects.listener.map(|id| id.0));
    args.number(b",\"bev\":", objects.bev.map(|id| id.0));
    args.number(b",\"buf\":", objects.buf.map(|id| id.0));
    if let Some(role) = objects.role {
        args.key(b",\"role\":");
        json::word(role.name(), args.0);
    }
    args.number(b",\"fd\":", objects.fd);
    let own = args.0.len();
    record.event.members(args.0);
    json::show(own, args.0);
    args.place(b",\"src\":", record.src.as_ref(), places);
    args.place(b",\"caller\":", record.caller.as_ref(), places);
    // Of the names that are said above none is an unknown field's, but for these.
    let told = |name: &str| matches!(name, "step" | "summary");
    let rest = args.0.len();
    for (name, value) in record.extra.iter().filter(|(name, _)| !told(name)) {
        args.0.push(b',');
        json::text(name, args.0);
        args.0.push(b':');
        args.0.extend_from_slice(value.to_string().as_bytes());
    }
    json::show(rest, args.0);
}

/// What only the end of a call knows.
fn result(record: &Record, args: &mut Args<'_>) {
    let results = |name: &str| matches!(name, "ready" | "ended" | "errno");
    if let Event::Poll { .. } | Event::EventBaseLoop { .. } = record.event {
        let own = args.0.len();
        for (name, value) in record.event.fields().filter(|(name, _)| results(name)) {
            args.field(name, &value);
        }
        json::show(own, args.0);
    }
}

/// The buffers that a step changed, and their new lengths.
fn lengths(record: &Record) -> impl Iterator<Item = (BufId, u64)> {
    let happens = record.phase != Phase::Exit;
    let buf = record.objects.buf.filter(|_| happens);
    let own = buf.and_then(|buf| {
        let FieldValue::Number(after) = record.event.field("after")? else {
            return None;
        };
        Some((buf, u64::try_from(after).ok()?))
    });
    let other = match record.event {
        Event::EvbufferMove {
            from, from_after, ..
        } if happens => Some((from, from_after)),
        _ => None,
    };
    own.into_iter().chain(other)
}
