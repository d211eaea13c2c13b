//! TLS by two engines. The reactor's is rustls, whose ciphertext goes through two evbuffers that a bufferevent on a socket
//! has for it; libevent's is OpenSSL, which reads and writes the socket by itself, and nothing of libevent's is run for
//! that. So what is about ciphertext only cannot be compared.

use std::collections::HashSet;

use evscope_trace::{BevId, BufId, Event, Phase, Record};

use super::Sides;
use crate::Trace;

/// What of a trace is about ciphertext only.
#[derive(Debug, Clone, Default)]
pub(super) struct Ciphertext {
    /// Evbuffers that hold nothing else.
    buffers: HashSet<BufId>,
    /// TLS bufferevents.
    bevs: HashSet<BevId>,
}

impl Ciphertext {
    /// Of two traces; nothing where both are by one engine.
    pub(super) fn of(a: &Trace, b: &Trace) -> Sides<Self> {
        let is_openssl = |trace: &Trace| trace.header().library.starts_with("libevent");
        if is_openssl(a) == is_openssl(b) {
            return Sides::default();
        }
        Sides {
            a: Self::in_trace(a),
            b: Self::in_trace(b),
        }
    }

    fn in_trace(trace: &Trace) -> Self {
        let mut found = Self::default();
        for step in 0..trace.len() {
            let record = trace.record(step);
            if record.phase == Phase::Exit {
                continue;
            }
            match record.event {
                Event::BuffereventSocketNew { tls: Some(_), .. } => {
                    // Beside its input and output, which are no steps, it makes these.
                    let end = trace.exit_of(step).unwrap_or(step);
                    let made = (step..end).map(|step| trace.record(step));
                    let made = made.filter(|made| matches!(made.event, Event::EvbufferNew {}));
                    found.buffers.extend(made.filter_map(|made| made.objects.buf));
                }
                Event::BuffereventFilterNew { tls: Some(_), .. } => {}
                _ => continue,
            }
            found.bevs.extend(record.objects.bev);
        }
        found
    }

    /// Whether a step is left out: it is about such an evbuffer, or says in the engine's words why it failed.
    pub(super) fn has(&self, record: &Record) -> bool {
        let of_buffer = |buf: BufId| self.buffers.contains(&buf);
        let failed = matches!(&record.event, Event::Error { call, .. } if call == "tls");
        (failed && self.has_bev(record)) || record.objects.buf.is_some_and(of_buffer)
    }

    /// Whether the errno that an event callback finds is left out. When the other side is gone without a word, OpenSSL
    /// tells it so, and that fails.
    pub(super) fn has_errno(&self, record: &Record) -> bool {
        let event = &record.event;
        let gone = matches!(event, Event::Eventcb { errno: Some(errno), .. } if errno == "EPIPE");
        gone && self.has_bev(record)
    }

    fn has_bev(&self, record: &Record) -> bool {
        let bev = record.objects.bev;
        bev.is_some_and(|bev| self.bevs.contains(&bev))
    }
}
