//! TLS by two engines. The reactor's is rustls, whose ciphertext goes through two evbuffers that a bufferevent on a socket
//! has for it; libevent's is OpenSSL, which reads and writes the socket by itself, and nothing of libevent's is run for
//! that. On top of another bufferevent the ciphertext is in that one's evbuffers, in messages of other lengths, and
//! handshakes of more messages. So what is about ciphertext only cannot be compared.

use std::collections::{HashMap, HashSet};

use evscope_trace::{BevId, BufId, Event, Lane, Phase, Record, SuspendReasons};

use super::Sides;
use super::parts::is_libevents;
use crate::Trace;

/// What of a trace is about ciphertext only.
#[derive(Debug, Clone, Default)]
pub(super) struct Ciphertext {
    /// Evbuffers that hold nothing else.
    buffers: HashSet<BufId>,
    /// TLS bufferevents.
    bevs: HashSet<BevId>,
    /// Those below them.
    below: HashSet<BevId>,
    /// Steps that let one below read, or not, and what is done for that.
    suspending: HashSet<usize>,
    /// Steps at which the engine's side of the library looks at what is to be encrypted.
    looks: HashSet<usize>,
}

impl Ciphertext {
    /// Of two traces; nothing where both are by one engine.
    pub(super) fn of(a: &Trace, b: &Trace) -> Sides<Self> {
        if is_libevents(a) == is_libevents(b) {
            return Sides::default();
        }
        Sides {
            a: Self::in_trace(a),
            b: Self::in_trace(b),
        }
    }

    fn in_trace(trace: &Trace) -> Self {
        let mut found = Self::default();
        let mut buffers: HashMap<BevId, [BufId; 2]> = HashMap::new();
        for step in 0..trace.len() {
            let record = trace.record(step);
            if record.phase == Phase::Exit {
                continue;
            }
            let made = match record.event {
                Event::BuffereventSocketNew { input, output, .. }
                | Event::BuffereventPairNew { input, output, .. }
                | Event::BuffereventFilterNew { input, output, .. } => [input, output],
                Event::SuspendRead { reason, .. } | Event::UnsuspendRead { reason, .. } => {
                    let bev = record.objects.bev;
                    if reason == SuspendReasons::FILTER_READ
                        && bev.is_some_and(|bev| found.below.contains(&bev))
                    {
                        let end = trace.exit_of(step).unwrap_or(step);
                        found.suspending.extend(step..=end);
                    }
                    continue;
                }
                Event::EvbufferPeek { .. } => {
                    let of_tls = record
                        .objects
                        .bev
                        .is_some_and(|bev| found.bevs.contains(&bev));
                    let is_library = |call| trace.record(call).event.lane() != Lane::Program;
                    if of_tls && trace.parent(step).is_some_and(is_library) {
                        found.looks.insert(step);
                    }
                    continue;
                }
                _ => continue,
            };
            if let Some(bev) = record.objects.bev {
                buffers.insert(bev, made);
            }
            match record.event {
                Event::BuffereventSocketNew { tls: Some(_), .. } => {
                    // Beside its input and output, which are no steps, it makes these.
                    let end = trace.exit_of(step).unwrap_or(step);
                    let made = trace.records_in(step..end);
                    let made = made.filter(|made| matches!(made.event, Event::EvbufferNew {}));
                    found
                        .buffers
                        .extend(made.filter_map(|made| made.objects.buf));
                }
                Event::BuffereventFilterNew {
                    tls: Some(_),
                    underlying,
                    ..
                } => {
                    found.below.insert(underlying);
                    found
                        .buffers
                        .extend(buffers.get(&underlying).into_iter().flatten());
                }
                _ => continue,
            }
            found.bevs.extend(record.objects.bev);
        }
        found
    }

    /// Whether a step is left out: it is about such an evbuffer, says in the engine's words why it failed, looks at what
    /// is to be encrypted, which the reactor also does where only ciphertext waits, or lets the bufferevent below read,
    /// or not, which libevent does once too often.
    pub(super) fn has(&self, step: usize, record: &Record) -> bool {
        let of_buffer = |buf: BufId| self.buffers.contains(&buf);
        let failed = matches!(&record.event, Event::Error { call, .. } if call == "tls");
        self.suspending.contains(&step)
            || self.looks.contains(&step)
            || (failed && self.has_bev(record))
            || record.objects.buf.is_some_and(of_buffer)
    }

    /// Whether a field of a step is left out: a length of the ciphertext below a TLS bufferevent; the errno that an event
    /// callback finds when the other side is gone without a word, for OpenSSL tells it so, and that fails.
    pub(super) fn has_field(&self, record: &Record, field: &str) -> bool {
        match &record.event {
            Event::Watermark { .. } if matches!(field, "from" | "to") => record
                .objects
                .bev
                .is_some_and(|bev| self.below.contains(&bev)),
            Event::Eventcb {
                errno: Some(errno), ..
            } if field == "errno" => errno == "EPIPE" && self.has_bev(record),
            _ => false,
        }
    }

    fn has_bev(&self, record: &Record) -> bool {
        let bev = record.objects.bev;
        bev.is_some_and(|bev| self.bevs.contains(&bev))
    }
}
