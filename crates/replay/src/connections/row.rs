//! A row: one connection.

use evscope_trace::{BevId, Nanos};
use serde::Serialize;

/// How a connection came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A listener accepted it.
    Accepted,
    /// The program connected it.
    Connected,
    /// It was made with a socket that is the program's, or has none yet.
    Made,
}

/// A connection. As JSON it has these fields; times are in nanoseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Connection {
    /// Its bufferevent; none was made for what was only accepted.
    pub bev: Option<BevId>,
    /// The peer's address, where the trace tells it.
    pub peer: Option<String>,
    /// Its fd.
    pub fd: Option<i32>,
    /// How it came about.
    pub origin: Origin,
    /// The step with which it begins.
    pub step: usize,
    /// When that was.
    pub began: Nanos,
    /// When it was freed, or the trace ended.
    pub ended: Option<Nanos>,
    /// Bytes that came from the peer.
    pub read: u64,
    /// Bytes that went to the peer.
    pub written: u64,
    /// Bytes that were left in its output when it was freed, and were lost.
    pub unsent: u64,
    /// How often callbacks of it ran, those of filters on it too.
    pub callbacks: u64,
    /// How long the longest took.
    pub longest: Nanos,
    /// The step at which that began.
    pub longest_step: Option<usize>,
    /// How long its loop waited while nothing came from the peer, and nothing could be sent to it.
    pub waiting: Nanos,
    /// How long reading was suspended.
    pub suspended: Nanos,
    /// How long callbacks that are not its own held its loop.
    pub blocked: Nanos,
    /// How many mistakes are found that are about it.
    pub findings: u64,
}

impl Connection {
    /// The query that lists its steps.
    pub fn query(&self) -> Option<String> {
        match (self.bev, self.fd) {
            (Some(bev), _) => Some(format!("bev={}", bev.0)),
            (None, Some(fd)) => Some(format!("fd={fd}")),
            (None, None) => None,
        }
    }

    pub(super) fn new(bev: Option<BevId>, origin: Origin, step: usize, began: Nanos) -> Self {
        Self {
            bev,
            peer: None,
            fd: None,
            origin,
            step,
            began,
            ended: None,
            read: 0,
            written: 0,
            unsent: 0,
            callbacks: 0,
            longest: Nanos(0),
            longest_step: None,
            waiting: Nanos(0),
            suspended: Nanos(0),
            blocked: Nanos(0),
            findings: 0,
        }
    }

    /// How long it lasted, as far as is known.
    pub fn lasted(&self) -> Nanos {
        let end = self.ended.unwrap_or(self.began);
        Nanos(end.0.saturating_sub(self.began.0))
    }
}
