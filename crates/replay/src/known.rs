//! What must be known of a trace to say one of its records in words.

use evscope_trace::{BevId, BufId, Event, Record, Side};

use crate::Trace;
use crate::quick::HashMap;

/// What a record does not say itself.
pub trait Known {
    /// Whether more than one thread made records, so that a step is to say whose it is.
    fn has_threads(&self) -> bool;

    /// The bufferevent a buffer belongs to, and which of its two it is.
    fn owner(&self, buf: BufId) -> Option<(BevId, Side)>;
}

impl Known for Trace {
    fn has_threads(&self) -> bool {
        self.has_threads()
    }

    fn owner(&self, buf: BufId) -> Option<(BevId, Side)> {
        self.owner(buf)
    }
}

/// The buffers that a record tells the bufferevent of, which it makes: whose each is, and which of its two.
pub(crate) fn owned(record: &Record) -> impl Iterator<Item = (BufId, (BevId, Side))> + use<> {
    let buffers = match &record.event {
        Event::BuffereventSocketNew { input, output, .. }
        | Event::BuffereventPairNew { input, output, .. }
        | Event::BuffereventFilterNew { input, output, .. } => Some((*input, *output)),
        _ => None,
    };
    let owned = record.objects.bev.zip(buffers);
    let owned = owned
        .map(|(bev, (input, output))| [(input, (bev, Side::Input)), (output, (bev, Side::Output))]);
    owned.into_iter().flatten()
}

/// What is known while a trace goes by. It grows with the bufferevents that the program makes, not with its steps.
#[derive(Debug, Default)]
pub struct Owners {
    pub(crate) has_threads: bool,
    of_buffers: HashMap<BufId, (BevId, Side)>,
}

impl Owners {
    /// Takes in the next record: that of a bufferevent tells whose its buffers are, before anything is done to them.
    pub(crate) fn note(&mut self, record: &Record) {
        self.of_buffers.extend(owned(record));
    }

    /// What must be known to say one record, and no more: it can be said elsewhere.
    pub fn of(&self, record: &Record) -> KnownOf {
        let from = match record.event {
            Event::EvbufferMove { from, .. } => Some(from),
            _ => None,
        };
        let owned = |buf: BufId| Some((buf, self.owner(buf)?));
        KnownOf {
            has_threads: self.has_threads,
            owners: [record.objects.buf, from].map(|buf| buf.and_then(owned)),
        }
    }
}

/// What must be known to say one record.
#[derive(Debug, Clone, Copy)]
pub struct KnownOf {
    has_threads: bool,
    /// Of the buffers that it names.
    owners: [Option<(BufId, (BevId, Side))>; 2],
}

impl Known for KnownOf {
    fn has_threads(&self) -> bool {
        self.has_threads
    }

    fn owner(&self, buf: BufId) -> Option<(BevId, Side)> {
        let mut owners = self.owners.iter().flatten();
        owners.find(|(it, _)| *it == buf).map(|(_, owner)| *owner)
    }
}

impl Known for Owners {
    fn has_threads(&self) -> bool {
        self.has_threads
    }

    fn owner(&self, buf: BufId) -> Option<(BevId, Side)> {
        self.of_buffers.get(&buf).copied()
    }
}
