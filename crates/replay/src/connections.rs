//! A trace by connection: who, when, how much, and what each of them waited for.
//!
//! One fold over the records, with the state and the rules of [`check`](crate::check) inside it. It keeps a row for each
//! connection and what it needs of those that are open; never a step.

mod clock;
mod column;
mod row;

use std::ops::Deref;

use evscope_trace::{BaseId, BevId, Event, Nanos, Phase, Record, Side, ThreadId};

use crate::check::{CheckOptions, Checker, Finding};
use crate::quick::HashMap;
use crate::{BevKind, ObjectId, State, program_callback};
use clock::Clock;
pub use column::{ConnectionColumn, UnknownColumn};
pub use row::{Connection, Origin};

/// Gathers the connections of a trace that it is given record by record.
#[derive(Debug)]
pub struct Connections {
    checker: Checker,
    rows: Vec<Connection>,
    /// The row of each bufferevent.
    row_of: HashMap<BevId, usize>,
    open: HashMap<BevId, Open>,
    /// What was accepted on an fd, until a bufferevent is made for it.
    accepted: HashMap<i32, (usize, Nanos, Option<String>)>,
    clocks: HashMap<Option<BaseId>, Clock>,
    running: HashMap<ThreadId, Vec<Running>>,
    now: Nanos,
}

impl Default for Connections {
    /// Before the first record.
    fn default() -> Self {
        Self {
            checker: Checker::of_each(&CheckOptions::default()),
            rows: Vec::new(),
            row_of: HashMap::default(),
            open: HashMap::default(),
            accepted: HashMap::default(),
            clocks: HashMap::default(),
            running: HashMap::default(),
            now: Nanos(0),
        }
    }
}

/// What is kept of a connection while it is open.
#[derive(Debug)]
struct Open {
    base: Option<BaseId>,
    /// What its loop had waited, and been held by callbacks, when it began.
    waited: u64,
    held: u64,
    /// How long callbacks of its own have held the loop.
    own: u64,
    /// Since when reading is suspended, and what the loop had waited then.
    suspended: Option<(Nanos, u64)>,
    /// How long the loop waited while it was.
    waited_suspended: u64,
}

/// A callback of the program that runs.
#[derive(Debug)]
struct Running {
    step: usize,
    depth: u32,
    began: Nanos,
    bev: Option<BevId>,
    base: Option<BaseId>,
}

impl Connections {
    /// The connections of records that are there as a whole.
    pub fn of(records: impl IntoIterator<Item: Deref<Target = Record>>) -> Vec<Connection> {
        let mut connections = Self::default();
        for record in records {
            connections.step(&record);
        }
        connections.finish()
    }

    /// How many records it was given.
    pub fn steps(&self) -> usize {
        self.checker.steps()
    }

    /// Takes in the next record.
    pub fn step(&mut self, record: &Record) {
        let step = self.checker.steps();
        self.now = self.now.max(record.t);
        // What was freed is told of with the state before.
        self.checker.step(record);
        match record.phase {
            Phase::Enter | Phase::Point => self.begin(step, record),
            Phase::Exit => self.end(record),
        }
        if self.checker.has_found() {
            let found = self.checker.take();
            self.count(&found);
        }
    }

    /// All of them, those that are open as if the trace ended here.
    pub fn finish(mut self) -> Vec<Connection> {
        let open: Vec<BevId> = self.open.keys().copied().collect();
        for bev in open {
            self.close(bev, self.now);
        }
        let found = self.checker.finish();
        self.count(&found);
        let mut rows = self.rows;
        // Accepted, and no bufferevent was made for it.
        for (fd, (step, began, peer)) in self.accepted {
            rows.push(Connection {
                peer,
                fd: Some(fd),
                ..Connection::new(None, Origin::Accepted, step, began)
            });
        }
        rows.sort_by_key(|row| row.step);
        rows
    }

    fn count(&mut self, found: &[Finding]) {
        for finding in found {
            let Some(ObjectId::Bev(bev)) = finding.object else {
                continue;
            };
            let bev = root(self.checker.state(), bev);
            if let Some(row) = self.row_of.get(&bev) {
                self.rows[*row].findings += 1;
            }
        }
    }

    fn begin(&mut self, step: usize, record: &Record) {
        let t = record.t;
        if let Some(running) = self.callback(step, record) {
            let base = running.base;
            let stack = self.running.entry(record.thread).or_default();
            if stack.is_empty() {
                self.clocks.entry(base).or_default().hold(t, running.bev);
            }
            stack.push(running);
            return;
        }
        match &record.event {
            Event::Poll { .. } if record.phase == Phase::Enter => {
                self.clocks.entry(record.objects.base).or_default().wait(t);
            }
            Event::Accept { peer, errno: None } => {
                if let Some(fd) = record.objects.fd {
                    let peer = peer.as_ref().map(ToString::to_string);
                    self.forget_accepted(fd);
                    self.accepted.insert(fd, (step, t, peer));
                }
            }
            Event::BuffereventSocketNew { .. } => self.made(step, record),
            Event::BuffereventSocketConnect { addr } => {
                if let Some(row) = self.row(record) {
                    row.origin = Origin::Connected;
                    if let Some(addr) = addr {
                        row.peer = Some(addr.to_string());
                    }
                }
            }
            Event::EvbufferRead { result, .. } => self.moved(record, Side::Input, *result),
            Event::EvbufferWrite { result, .. } => self.moved(record, Side::Output, *result),
            // What TLS has decrypted, and what it has encrypted.
            Event::EvbufferAdd { len, .. } => self.moved_by_tls(record, Side::Input, *len),
            Event::EvbufferDrain { len, .. } => self.moved_by_tls(record, Side::Output, *len),
            Event::SuspendRead { .. } | Event::UnsuspendRead { .. } => self.suspended(record),
            Event::BuffereventFree {} | Event::BuffereventFinalize { .. } => {
                let Some(bev) = record.objects.bev else {
                    return;
                };
                self.close(bev, t);
                if let (Event::BuffereventFinalize { unsent, .. }, Some(row)) =
                    (&record.event, self.row_of.get(&bev))
                {
                    self.rows[*row].unsent = *unsent;
                }
            }
            _ => {
                if let (Some(fd), Some(row)) = (record.objects.fd, self.row(record)) {
                    row.fd.get_or_insert(fd);
                }
            }
        }
    }

    fn end(&mut self, record: &Record) {
        if let Event::Poll { .. } = record.event {
            self.clocks
                .entry(record.objects.base)
                .or_default()
                .wake(record.t);
            return;
        }
        let Some(stack) = self.running.get_mut(&record.thread) else {
            return;
        };
        // A call that has not returned may be missing: its records were lost.
        while let Some(running) = stack.pop_if(|running| running.depth >= record.depth) {
            let is_it = running.depth == record.depth;
            let took = record.t.0.saturating_sub(running.began.0);
            if stack.is_empty() {
                self.clocks
                    .entry(running.base)
                    .or_default()
                    .let_go(record.t);
            }
            let outermost = stack.is_empty();
            if is_it
                && let Some(bev) = running.bev
                && let Some(row) = self.row_of.get(&bev)
            {
                let row = &mut self.rows[*row];
                if row.longest_step.is_none() || took > row.longest.0 {
                    row.longest = Nanos(took);
                    row.longest_step = Some(running.step);
                }
                if outermost && let Some(open) = self.open.get_mut(&bev) {
                    open.own += took;
                }
            }
        }
        if stack.is_empty() {
            self.running.remove(&record.thread);
        }
    }

    /// A run of a callback of the program, and whose.
    fn callback(&mut self, step: usize, record: &Record) -> Option<Running> {
        if record.phase != Phase::Enter {
            return None;
        }
        program_callback(&record.event)?;
        let bev = record.objects.bev;
        let bev = bev.map(|bev| root(self.checker.state(), bev));
        if let Some(row) = bev.and_then(|bev| self.row_of.get(&bev)) {
            self.rows[*row].callbacks += 1;
        }
        Some(Running {
            step,
            depth: record.depth,
            began: record.t,
            bev,
            base: record.objects.base,
        })
    }

    fn made(&mut self, step: usize, record: &Record) {
        let Some(bev) = record.objects.bev else {
            return;
        };
        let fd = record.objects.fd;
        let accepted = fd.and_then(|fd| self.accepted.remove(&fd));
        let row = match accepted {
            Some((step, began, peer)) => Connection {
                peer,
                ..Connection::new(Some(bev), Origin::Accepted, step, began)
            },
            None => Connection::new(Some(bev), Origin::Made, step, record.t),
        };
        let base = record.objects.base;
        let clock = self.clocks.entry(base).or_default();
        self.open.insert(
            bev,
            Open {
                base,
                waited: clock.waited(record.t),
                held: clock.held(record.t),
                own: 0,
                suspended: None,
                waited_suspended: 0,
            },
        );
        self.row_of.insert(bev, self.rows.len());
        self.rows.push(Connection { fd, ..row });
    }

    /// The fd is another connection's now, and no bufferevent was made for the one before.
    fn forget_accepted(&mut self, fd: i32) {
        if let Some((step, began, peer)) = self.accepted.remove(&fd) {
            self.rows.push(Connection {
                peer,
                fd: Some(fd),
                ..Connection::new(None, Origin::Accepted, step, began)
            });
        }
    }

    /// The row of the bufferevent that a record is about.
    fn row(&mut self, record: &Record) -> Option<&mut Connection> {
        let row = *self.row_of.get(&record.objects.bev?)?;
        self.rows.get_mut(row)
    }

    /// Bytes between a bufferevent's buffer of that side and its own fd.
    fn moved(&mut self, record: &Record, side: Side, result: i64) {
        let state = self.checker.state();
        let buf = record.objects.buf.and_then(|buf| state.bufs.get(buf));
        let owner = buf.and_then(|buf| Some((buf.bev?, buf.side?)));
        let bev = match owner {
            Some((bev, of)) if of == side => Some(bev),
            Some(_) => None,
            None => record.objects.bev,
        };
        let Some(bev) = bev else { return };
        let of = state.bevs.get(bev);
        let tls = of.is_some_and(|bev| bev.tls.is_some());
        // The program may have given it another.
        let fd = of.and_then(|bev| bev.fd);
        let Some(row) = self.row_of.get(&bev) else {
            return;
        };
        let row = &mut self.rows[*row];
        let is_own = fd.is_none() || fd == record.objects.fd;
        if is_own && !tls {
            add(row, side, u64::try_from(result).unwrap_or(0));
        }
    }

    fn moved_by_tls(&mut self, record: &Record, side: Side, len: u64) {
        let state = self.checker.state();
        let buf = record.objects.buf.and_then(|buf| state.bufs.get(buf));
        let Some(bev) = buf.and_then(|buf| (buf.side? == side).then_some(buf.bev?)) else {
            return;
        };
        let is_tls = |bev: &crate::BevState| bev.tls.is_some() || bev.kind == Some(BevKind::Tls);
        if state.bevs.get(bev).is_some_and(is_tls)
            && let Some(row) = self.row_of.get(&bev)
        {
            add(&mut self.rows[*row], side, len);
        }
    }

    fn suspended(&mut self, record: &Record) {
        let Some(bev) = record.objects.bev else {
            return;
        };
        let state = self.checker.state();
        let is = state
            .bevs
            .get(bev)
            .is_some_and(|bev| !bev.suspended_read.is_empty());
        let (Some(open), Some(row)) = (self.open.get_mut(&bev), self.row_of.get(&bev)) else {
            return;
        };
        let clock = self.clocks.entry(open.base).or_default();
        match (is, open.suspended) {
            (true, None) => open.suspended = Some((record.t, clock.waited(record.t))),
            (false, Some(_)) => open.resume(record.t, clock, &mut self.rows[*row]),
            _ => {}
        }
    }

    /// The connection is over: what it waited for is summed up.
    fn close(&mut self, bev: BevId, t: Nanos) {
        let (Some(mut open), Some(row)) = (self.open.remove(&bev), self.row_of.get(&bev)) else {
            return;
        };
        let row = &mut self.rows[*row];
        let clock = self.clocks.entry(open.base).or_default();
        open.resume(t, clock, row);
        let waited = clock.waited(t).saturating_sub(open.waited);
        let own = open.own + clock.held_by(bev, t);
        row.ended = Some(t);
        row.waiting = Nanos(waited.saturating_sub(open.waited_suspended));
        row.blocked = Nanos(clock.held(t).saturating_sub(open.held).saturating_sub(own));
    }
}

impl Open {
    /// Reading is not suspended any more.
    fn resume(&mut self, t: Nanos, clock: &Clock, row: &mut Connection) {
        if let Some((since, waited)) = self.suspended.take() {
            row.suspended.0 += t.0.saturating_sub(since.0);
            self.waited_suspended += clock.waited(t).saturating_sub(waited);
        }
    }
}

fn add(row: &mut Connection, side: Side, count: u64) {
    let sum = match side {
        Side::Input => &mut row.read,
        Side::Output => &mut row.written,
    };
    *sum = sum.saturating_add(count);
}

/// The bufferevent with the socket, of one that is a filter on others.
fn root(state: &State, mut bev: BevId) -> BevId {
    // However many there are on one another: a damaged trace may have them in a ring.
    for _ in 0..16 {
        match state.bevs.get(bev).and_then(|bev| bev.underlying) {
            Some(below) => bev = below,
            None => break,
        }
    }
    bev
}

#[cfg(test)]
mod tests;
