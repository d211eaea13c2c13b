//! The ids of a trace's objects, counted across all bases of a recording.

use std::sync::atomic::{AtomicU32, Ordering};

use evscope_trace::{BaseId, BevId, BufId, EventId, ListenerId, ThreadId};

/// Counters that give every object an id of its own, from 1 on.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    bases: AtomicU32,
    events: AtomicU32,
    bufferevents: AtomicU32,
    buffers: AtomicU32,
    listeners: AtomicU32,
    threads: AtomicU32,
}

fn next(counter: &AtomicU32) -> u32 {
    counter.fetch_add(1, Ordering::Relaxed) + 1
}

impl Ids {
    pub(crate) fn base(&self) -> BaseId {
        BaseId(next(&self.bases))
    }

    pub(crate) fn event(&self) -> EventId {
        EventId(next(&self.events))
    }

    pub(crate) fn bufferevent(&self) -> BevId {
        BevId(next(&self.bufferevents))
    }

    pub(crate) fn buffer(&self) -> BufId {
        BufId(next(&self.buffers))
    }

    pub(crate) fn listener(&self) -> ListenerId {
        ListenerId(next(&self.listeners))
    }

    pub(crate) fn thread(&self) -> ThreadId {
        ThreadId(next(&self.threads))
    }
}
