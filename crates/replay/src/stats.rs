//! A trace summed up.

mod callbacks;

use std::collections::{BTreeMap, BTreeSet};

use evscope_trace::{BevId, Brief, BufId, Event, Nanos, Phase, Record, Side, Text, ThreadId};
use serde::Serialize;

use callbacks::Callbacks;
pub use callbacks::{CallbackStats, Runs};

use crate::calls::{Call, Calls, Times};
use crate::explain::callback_text;
use crate::quick::HashMap;
use crate::{Trace, describe};

/// What a trace amounts to; as JSON it has these fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// How many records there are.
    pub records: u64,
    /// From the trace's beginning to its last record.
    pub duration: Nanos,
    /// How many threads made records.
    pub threads: u64,
    /// How often a loop was run.
    pub loops: u64,
    /// How many turns the loops made: each waits once in the backend.
    pub turns: u64,
    /// How long they waited there altogether.
    pub waited: Nanos,
    /// The turns by what ended the wait: `fds` (some were ready), `timeout` (the time was over: a timer, as a rule),
    /// `nothing` (it did not wait, because callbacks were to run), `signal`, `failed`, `unfinished`.
    pub turns_by: BTreeMap<String, Turns>,
    /// How many connections were accepted.
    pub accepted: u64,
    /// How often a buffer passed a watermark.
    pub watermarks: u64,
    /// How often a side was suspended, by side and reason.
    pub suspends: BTreeMap<String, u64>,
    /// How many failures there were, by errno.
    pub errors: BTreeMap<String, u64>,
    /// How many records the trace says it has lost.
    pub lost: u64,
    /// The program's callbacks, the longest in total first.
    pub callbacks: Vec<CallbackStats>,
    /// What went through each bufferevent.
    pub bevs: Vec<BevBytes>,
    /// How often each event happened, the most frequent first. A call counts once, not also at its
    /// exit.
    pub names: Vec<NameCount>,
}

/// Some of the turns of the loops.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Turns {
    /// How many.
    pub count: u64,
    /// How long they waited altogether.
    pub waited: Nanos,
}

/// How often an event happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NameCount {
    /// Its name.
    pub name: Text,
    /// How often.
    pub count: u64,
}

/// The bytes that went through a bufferevent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BevBytes {
    /// Which.
    pub bev: BevId,
    /// Bytes that came into its input from its fd; of a TLS connection, what the peer's program has sent.
    pub read: u64,
    /// Bytes that went out of its output to its fd; of a TLS connection, what the program has sent.
    pub written: u64,
    /// Bytes that were left in its output when it was freed, and were lost.
    pub unsent: u64,
}

impl Stats {
    /// Sums a trace up.
    pub fn of(trace: &Trace) -> Self {
        let mut sums = Sums::default();
        trace.records().for_each(|record| sums.step(&record));
        sums.finish()
    }
}

/// Sums records up one after the other. It keeps none of them, so that a trace of any length can be summed up while it
/// is read: what it takes grows with the bufferevents and with the names of callbacks.
#[derive(Debug, Default)]
pub struct Sums {
    stats: Stats,
    threads: BTreeSet<ThreadId>,
    names: HashMap<Text, u64>,
    calls: Calls<CallKind>,
    callbacks: Callbacks,
    bevs: BTreeMap<BevId, BevBytes>,
    /// Whose buffer a buffer is.
    owners: HashMap<BufId, (BevId, Side)>,
    /// The fds of bufferevents, as far as they were told.
    fds: BTreeMap<BevId, i32>,
    /// Those that are TLS connections.
    tls: BTreeSet<BevId>,
}

/// What is to be known of a call when it ends.
#[derive(Debug, Default)]
enum CallKind {
    /// A callback of the program, by its number.
    Callback(usize),
    /// A wait in the backend.
    Poll { timeout: Option<Nanos> },
    /// Its time alone.
    #[default]
    Other,
}

impl Sums {
    /// Takes in the next record.
    pub fn step(&mut self, record: &Record) {
        let step = self.stats.records as usize;
        self.stats.records += 1;
        self.stats.duration = self.stats.duration.max(record.t);
        self.threads.insert(record.thread);
        let done = self
            .calls
            .step(step, &Brief::from(record), CallKind::default);
        for call in done.lost {
            self.ended(call, None);
        }
        match record.phase {
            Phase::Enter | Phase::Point => self.begin(record),
            Phase::Exit => self.end(record),
        }
        if let Some((call, times)) = done.ended {
            self.ended(call, Some((times, record)));
        }
    }

    fn begin(&mut self, record: &Record) {
        *self.names.entry(record.event.text_name()).or_default() += 1;
        if let Some(errno) = describe::failure(&record.event) {
            *self.stats.errors.entry(errno.to_owned()).or_default() += 1;
        }
        if let Some(name) = callback_text(&record.event) {
            let kind = record.event.text_name();
            let callback = self.callbacks.begun(kind, name.clone());
            if record.phase == Phase::Enter {
                self.entered(record.thread, CallKind::Callback(callback));
            }
        }
        match &record.event {
            Event::EventBaseLoop { .. } => self.stats.loops += 1,
            Event::Poll { timeout, .. } => {
                self.stats.turns += 1;
                match record.phase {
                    Phase::Enter => {
                        let timeout = *timeout;
                        self.entered(record.thread, CallKind::Poll { timeout });
                    }
                    Phase::Point | Phase::Exit => self.turn("unfinished", Nanos(0)),
                }
            }
            Event::Accept { errno: None, .. } => self.stats.accepted += 1,
            Event::Watermark { .. } => self.stats.watermarks += 1,
            Event::SuspendRead { reason, .. } => self.suspend("read", &reason.to_string()),
            Event::SuspendWrite { reason, .. } => self.suspend("write", &reason.to_string()),
            Event::EvbufferRead { result, .. } if self.is_own(record, Side::Input) => {
                self.read(record, u64::try_from(*result).unwrap_or(0));
            }
            Event::EvbufferWrite { result, .. } if self.is_own(record, Side::Output) => {
                self.written(record, u64::try_from(*result).unwrap_or(0));
            }
            // What TLS has decrypted, and what it has encrypted.
            Event::EvbufferAdd { len, .. } if self.is_of_tls(record, Side::Input) => {
                self.read(record, *len);
            }
            Event::EvbufferDrain { len, .. } if self.is_of_tls(record, Side::Output) => {
                self.written(record, *len);
            }
            Event::BuffereventFinalize { unsent, .. } => {
                if let Some(bev) = self.bev(record) {
                    bev.unsent = *unsent;
                }
            }
            Event::BuffereventSocketNew {
                input, output, tls, ..
            }
            | Event::BuffereventFilterNew {
                input, output, tls, ..
            } => {
                self.own(record, *input, *output);
                self.note_fd(record);
                self.bev(record);
                if let (Some(bev), true) = (record.objects.bev, tls.is_some()) {
                    self.tls.insert(bev);
                }
            }
            Event::BuffereventPairNew { input, output, .. } => {
                self.own(record, *input, *output);
                self.bev(record);
            }
            Event::BuffereventReadcb { .. }
            | Event::BuffereventWritecb { .. }
            | Event::BuffereventSetfd { .. }
            | Event::Connect { .. } => self.note_fd(record),
            Event::Lost { count } => self.stats.lost = self.stats.lost.saturating_add(*count),
            _ => {}
        }
    }

    /// Says what the call is that a thread has just entered.
    fn entered(&mut self, thread: ThreadId, kind: CallKind) {
        if let Some(call) = self.calls.innermost(thread) {
            *call = kind;
        }
    }

    /// The errors that only an exit tells.
    fn end(&mut self, record: &Record) {
        if let Event::Poll { .. } = &record.event
            && let Some(errno) = describe::failure(&record.event)
        {
            *self.stats.errors.entry(errno.to_owned()).or_default() += 1;
        }
    }

    /// A call has returned, or will not.
    fn ended(&mut self, call: Call<CallKind>, end: Option<(Times, &Record)>) {
        match (call.of, end) {
            (CallKind::Callback(callback), end) => {
                let times = end.map(|(times, _)| times);
                self.callbacks.ended(callback, call.step, times);
            }
            (CallKind::Poll { timeout }, Some((times, record))) => {
                self.waited(timeout, &record.event, times.whole);
            }
            (CallKind::Poll { .. }, None) => self.turn("unfinished", Nanos(0)),
            (CallKind::Other, _) => {}
        }
    }

    /// A wait is over: with what.
    fn waited(&mut self, timeout: Option<Nanos>, event: &Event, took: Nanos) {
        self.stats.waited = sum(self.stats.waited, took);
        let Event::Poll { ready, errno, .. } = event else {
            return;
        };
        let what = match (timeout, errno.as_deref(), ready) {
            (_, Some("EINTR"), _) => "signal",
            (_, Some(_), _) => "failed",
            (Some(Nanos(0)), ..) => "nothing",
            (_, _, Some(1..)) => "fds",
            _ => "timeout",
        };
        self.turn(what, took);
    }

    fn turn(&mut self, what: &str, took: Nanos) {
        let turns = self.stats.turns_by.entry(what.to_owned()).or_default();
        turns.count += 1;
        turns.waited = sum(turns.waited, took);
    }

    fn suspend(&mut self, side: &str, reason: &str) {
        *self
            .stats
            .suspends
            .entry(format!("{side} {reason}"))
            .or_default() += 1;
    }

    fn note_fd(&mut self, record: &Record) {
        if let (Some(bev), Some(fd)) = (record.objects.bev, record.objects.fd) {
            self.fds.insert(bev, fd);
        }
    }

    fn read(&mut self, record: &Record, count: u64) {
        if let Some(bev) = self.bev(record) {
            bev.read = bev.read.saturating_add(count);
        }
    }

    fn written(&mut self, record: &Record, count: u64) {
        if let Some(bev) = self.bev(record) {
            bev.written = bev.written.saturating_add(count);
        }
    }

    /// Whether it is between a bufferevent's buffer of that side and its own fd. A program may read into any buffer, and
    /// write from it to any fd.
    fn is_own(&self, record: &Record, side: Side) -> bool {
        let Some((bev, of)) = self.owner(record) else {
            return false;
        };
        let fd = self.fds.get(&bev);
        of.is_none_or(|of| of == side)
            && !self.tls.contains(&bev)
            && fd.is_none_or(|fd| Some(*fd) == record.objects.fd)
    }

    /// Whether it is about a TLS connection's buffer of that side.
    fn is_of_tls(&self, record: &Record, side: Side) -> bool {
        self.owner(record)
            .is_some_and(|(bev, of)| of == Some(side) && self.tls.contains(&bev))
    }

    fn bev(&mut self, record: &Record) -> Option<&mut BevBytes> {
        let (bev, _) = self.owner(record)?;
        Some(self.bevs.entry(bev).or_insert(BevBytes {
            bev,
            read: 0,
            written: 0,
            unsent: 0,
        }))
    }

    /// The bufferevent that a record is about, and which of its two buffers if that is known.
    fn owner(&self, record: &Record) -> Option<(BevId, Option<Side>)> {
        let objects = &record.objects;
        let owner = objects.buf.and_then(|buf| self.owners.get(&buf).copied());
        match (objects.bev, owner) {
            (_, Some((bev, side))) => Some((bev, Some(side))),
            (bev, None) => Some((bev?, None)),
        }
    }

    fn own(&mut self, record: &Record, input: BufId, output: BufId) {
        if let Some(bev) = record.objects.bev {
            self.owners.insert(input, (bev, Side::Input));
            self.owners.insert(output, (bev, Side::Output));
        }
    }

    /// The sums of all that was taken in.
    pub fn finish(mut self) -> Stats {
        for call in self.calls.left() {
            self.ended(call, None);
        }
        let mut stats = self.stats;
        stats.threads = self.threads.len() as u64;
        stats.names = self
            .names
            .into_iter()
            .map(|(name, count)| NameCount { name, count })
            .collect();
        stats
            .names
            .sort_by(|a, b| (b.count, &a.name).cmp(&(a.count, &b.name)));
        stats.callbacks = self.callbacks.finish();
        stats.bevs = self.bevs.into_values().collect();
        stats
    }
}

fn sum(a: Nanos, b: Nanos) -> Nanos {
    Nanos(a.0.saturating_add(b.0))
}
