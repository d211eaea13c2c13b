//! A trace summed up.

mod text;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use evscope_trace::{BevId, Event, Nanos, Phase, Record, Side, Text, ThreadId};
use serde::Serialize;

use crate::{Trace, describe};

/// What a trace amounts to. Shown as text it is a table; as JSON it has these fields.
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

/// How often an event happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NameCount {
    /// Its name.
    pub name: Text,
    /// How often.
    pub count: u64,
}

/// The runs of one callback of the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CallbackStats {
    /// What kind of callback (`readcb`, `event_callback`, …).
    pub kind: Text,
    /// Its name.
    pub name: Text,
    /// How often it ran.
    pub count: u64,
    /// How many of its runs have not returned; they have no time.
    pub unfinished: u64,
    /// How long its runs took altogether.
    pub total: Nanos,
    /// How long the longest took.
    pub longest: Nanos,
    /// The step at which the longest began.
    pub longest_step: Option<usize>,
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
        for (step, record) in trace.records().enumerate() {
            match record.phase {
                Phase::Enter | Phase::Point => sums.begin(trace, step, record),
                Phase::Exit => sums.end(record),
            }
            sums.stats.duration = sums.stats.duration.max(record.t);
            sums.threads.insert(record.thread);
        }
        sums.stats.records = trace.len() as u64;
        sums.finish()
    }
}

#[derive(Default)]
struct Sums {
    stats: Stats,
    threads: BTreeSet<ThreadId>,
    names: BTreeMap<Text, u64>,
    callbacks: BTreeMap<(Text, Text), CallbackStats>,
    bevs: BTreeMap<BevId, BevBytes>,
    /// The fds of bufferevents, as far as they were told.
    fds: BTreeMap<BevId, i32>,
    /// Those that are TLS connections.
    tls: BTreeSet<BevId>,
}

impl Sums {
    fn begin(&mut self, trace: &Trace, step: usize, record: &Record) {
        *self.names.entry(record.event.text_name()).or_default() += 1;
        if let Some(errno) = describe::failure(&record.event) {
            *self.stats.errors.entry(errno.to_owned()).or_default() += 1;
        }
        self.callback(trace, step, record);
        match &record.event {
            Event::EventBaseLoop { .. } => self.stats.loops += 1,
            Event::Poll { .. } => {
                self.stats.turns += 1;
                if let Some(span) = trace.took(step) {
                    self.stats.waited.0 = self.stats.waited.0.saturating_add(span.0);
                }
            }
            Event::Accept { errno: None, .. } => self.stats.accepted += 1,
            Event::Watermark { .. } => self.stats.watermarks += 1,
            Event::SuspendRead { reason, .. } => self.suspend("read", &reason.to_string()),
            Event::SuspendWrite { reason, .. } => self.suspend("write", &reason.to_string()),
            Event::EvbufferRead { result, .. } if self.is_own(trace, record, Side::Input) => {
                self.read(trace, record, u64::try_from(*result).unwrap_or(0));
            }
            Event::EvbufferWrite { result, .. } if self.is_own(trace, record, Side::Output) => {
                self.written(trace, record, u64::try_from(*result).unwrap_or(0));
            }
            // What TLS has decrypted, and what it has encrypted.
            Event::EvbufferAdd { len, .. } if self.is_of_tls(trace, record, Side::Input) => {
                self.read(trace, record, *len);
            }
            Event::EvbufferDrain { len, .. } if self.is_of_tls(trace, record, Side::Output) => {
                self.written(trace, record, *len);
            }
            Event::BuffereventFinalize { unsent, .. } => {
                if let Some(bev) = self.bev(trace, record) {
                    bev.unsent = *unsent;
                }
            }
            Event::BuffereventSocketNew { tls, .. } | Event::BuffereventFilterNew { tls, .. } => {
                self.note_fd(record);
                self.bev(trace, record);
                if let (Some(bev), true) = (record.objects.bev, tls.is_some()) {
                    self.tls.insert(bev);
                }
            }
            Event::BuffereventPairNew { .. } => {
                self.bev(trace, record);
            }
            Event::BuffereventReadcb { .. }
            | Event::BuffereventWritecb { .. }
            | Event::BuffereventSetfd { .. }
            | Event::Connect { .. } => self.note_fd(record),
            Event::Lost { count } => self.stats.lost = self.stats.lost.saturating_add(*count),
            _ => {}
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

    /// A run of a callback of the program, if it is one.
    fn callback(&mut self, trace: &Trace, step: usize, record: &Record) {
        let name = match &record.event {
            Event::EventCallback { callback, .. }
            | Event::ListenerCb { callback }
            | Event::ListenerErrorcb { callback }
            | Event::Readcb { callback }
            | Event::Writecb { callback }
            | Event::Eventcb { callback, .. } => callback.clone(),
            _ => return,
        };
        let kind = record.event.text_name();
        let sum = self
            .callbacks
            .entry((kind.clone(), name.clone()))
            .or_insert_with(|| CallbackStats {
                kind,
                name,
                count: 0,
                unfinished: 0,
                total: Nanos(0),
                longest: Nanos(0),
                longest_step: None,
            });
        sum.count += 1;
        match trace.took(step) {
            Some(span) => {
                sum.total.0 = sum.total.0.saturating_add(span.0);
                if sum.longest_step.is_none() || span > sum.longest {
                    sum.longest = span;
                    sum.longest_step = Some(step);
                }
            }
            None => sum.unfinished += u64::from(record.phase == Phase::Enter),
        }
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

    fn read(&mut self, trace: &Trace, record: &Record, count: u64) {
        if let Some(bev) = self.bev(trace, record) {
            bev.read = bev.read.saturating_add(count);
        }
    }

    fn written(&mut self, trace: &Trace, record: &Record, count: u64) {
        if let Some(bev) = self.bev(trace, record) {
            bev.written = bev.written.saturating_add(count);
        }
    }

    /// Whether it is between a bufferevent's buffer of that side and its own fd. A program may read into any buffer, and
    /// write from it to any fd.
    fn is_own(&self, trace: &Trace, record: &Record, side: Side) -> bool {
        let Some((bev, of)) = owner(trace, record) else {
            return false;
        };
        let fd = self.fds.get(&bev);
        of.is_none_or(|of| of == side)
            && !self.tls.contains(&bev)
            && fd.is_none_or(|fd| Some(*fd) == record.objects.fd)
    }

    /// Whether it is about a TLS connection's buffer of that side.
    fn is_of_tls(&self, trace: &Trace, record: &Record, side: Side) -> bool {
        owner(trace, record).is_some_and(|(bev, of)| of == Some(side) && self.tls.contains(&bev))
    }

    fn bev(&mut self, trace: &Trace, record: &Record) -> Option<&mut BevBytes> {
        let (bev, _) = owner(trace, record)?;
        Some(self.bevs.entry(bev).or_insert(BevBytes {
            bev,
            read: 0,
            written: 0,
            unsent: 0,
        }))
    }

    fn finish(self) -> Stats {
        let mut stats = self.stats;
        stats.threads = self.threads.len() as u64;
        stats.names = self
            .names
            .into_iter()
            .map(|(name, count)| NameCount { name, count })
            .collect();
        stats.names.sort_by_key(|name| Reverse(name.count));
        stats.callbacks = self.callbacks.into_values().collect();
        stats
            .callbacks
            .sort_by_key(|callback| Reverse(callback.total));
        stats.bevs = self.bevs.into_values().collect();
        stats
    }
}
/// The bufferevent that a record is about, and which of its two buffers if that is known.
fn owner(trace: &Trace, record: &Record) -> Option<(BevId, Option<Side>)> {
    let objects = &record.objects;
    let owner = objects.buf.and_then(|buf| trace.owner(buf));
    match (objects.bev, owner) {
        (_, Some((bev, side))) => Some((bev, Some(side))),
        (bev, None) => Some((bev?, None)),
    }
}
