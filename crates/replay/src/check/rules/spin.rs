//! An event that is active turn after turn, and nobody does anything about what made it active.

use std::collections::BTreeMap;

use evscope_trace::{ActiveWhy, BaseId, BevId, Event, EventId, Nanos, Phase, Role, SourceLine};
use evscope_words::text;

use super::super::facts::subject;
use super::super::rule::{At, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding, Severity};
use crate::ObjectId;
use crate::quick::HashMap;

/// What the library reads and accepts is in the trace: so many turns without any of it are enough.
const TURNS_OF_LIBRARY: u64 = 20;
/// What a program reads by itself is not.
const TURNS_OF_PROGRAM: u64 = 1000;
/// A callback that is over sooner has made no system call that moves bytes.
const AT_ONCE: u64 = 1_000;
/// A wait that is over sooner has not waited. On average: a busy machine makes single ones long.
const NO_WAIT: u64 = 20_000;

#[derive(Default)]
pub(in crate::check) struct Spin {
    bases: BTreeMap<BaseId, Turn>,
    runs: HashMap<EventId, Run>,
    /// The turn in which something was last read, written or accepted.
    moved: HashMap<ObjectId, u64>,
}

/// The turn that a base is in.
#[derive(Default)]
struct Turn {
    number: u64,
    began: Nanos,
    waited: u64,
}

/// The turns in a row in which an event was active.
#[derive(Default)]
struct Run {
    first: usize,
    turn: u64,
    turns: u64,
    waited: u64,
    /// How long its callbacks have taken.
    busy: u64,
    callbacks: u64,
    began: Option<Nanos>,
    place: Option<SourceLine>,
    told: bool,
}

impl Spin {
    pub(in crate::check) const LOOKS: Looks = Looks::AFTER.and_exits().at(kinds!(
        Poll | EventActive
            | EventCallback
            | EventAdd
            | EventDel
            | EventAssign
            | EvbufferRead
            | EvbufferWrite
            | EvbufferAdd
            | EvbufferRemove
            | EvbufferDrain
            | EvbufferMove
            | Accept
            | Lost
    ));

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self::default()
    }

    /// Something moved: what is active in this turn is so for a reason.
    fn moved(&mut self, of: ObjectId, base: Option<BaseId>) {
        let number = base.and_then(|base| self.bases.get(&base));
        self.moved.insert(of, number.map_or(0, |turn| turn.number));
    }

    fn active(&mut self, at: &At<'_>, why: ActiveWhy, found: &mut Found<'_>) {
        let (Some(id), Some(base)) = (at.record.objects.event, at.record.objects.base) else {
            return;
        };
        let Some(turn) = self.bases.get(&base) else {
            return;
        };
        let Some(event) = at.state.events.get(id) else {
            return;
        };
        let of_library = event.bev.is_some() || event.listener.is_some();
        // A program that puts its own event forward, or gives it no time, means it.
        let by_itself = why == ActiveWhy::Io || of_library && why == ActiveWhy::Deferred;
        if !by_itself || event.role == Some(Role::Internal) {
            self.runs.remove(&id);
            return;
        }
        let begin = |told| Run {
            first: at.step,
            turn: turn.number,
            told,
            ..Run::default()
        };
        let run = self.runs.entry(id).or_insert_with(|| begin(false));
        if turn.number == run.turn && run.turns > 0 {
            return;
        }
        let moved = of_library
            && self
                .moved
                .get(&subject(at.state, id))
                .is_some_and(|moved| *moved >= run.turn);
        if turn.number > run.turn + 1 || moved {
            *run = begin(run.told);
        }
        run.turn = turn.number;
        run.turns += 1;
        // The first may have been waited for.
        if run.turns > 1 {
            run.waited += turn.waited;
        }
        let often = if of_library {
            TURNS_OF_LIBRARY
        } else {
            TURNS_OF_PROGRAM
        };
        if run.told || run.turns < often || run.waited > NO_WAIT * run.turns {
            return;
        }
        let at_once = run.callbacks >= often / 2 && run.busy <= AT_ONCE * run.callbacks;
        if !of_library && !at_once || !at.facts.knows(event.made_at) {
            return;
        }
        run.told = true;
        let severity = if of_library {
            Severity::Error
        } else {
            Severity::Warning
        };
        let object = subject(at.state, id);
        let turns = run.turns;
        let (message, advice) = if of_library {
            (
                text!(check_spin_library, object, turns),
                text!(check_spin_library_advice),
            )
        } else {
            let callback = event.callback.as_deref().unwrap_or("?");
            let what = event.events.to_string();
            (
                text!(check_spin, object, what, callback, turns),
                text!(check_spin_advice),
            )
        };
        found.tell_as(
            severity,
            Finding::at(run.first, message, advice)
                .about(object)
                .by(run.place.as_ref()),
        );
    }
}

impl Rule for Spin {
    fn after(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        let objects = &at.record.objects;
        match (&at.record.event, at.record.phase) {
            (Event::Poll { .. }, phase) => {
                let Some(base) = objects.base else { return };
                let turn = self.bases.entry(base).or_default();
                match phase {
                    Phase::Enter => {
                        turn.number += 1;
                        turn.began = at.record.t;
                        // Runs that ended are not kept: only what was active a turn ago can go on.
                        if turn.number.is_multiple_of(256) {
                            let state = at.state;
                            let number = turn.number;
                            self.runs.retain(|id, run| {
                                let of = state.events.get(*id).and_then(|event| event.base);
                                of != Some(base) || run.turn + 1 >= number
                            });
                        }
                    }
                    Phase::Exit => {
                        turn.waited = at.record.t.0.saturating_sub(turn.began.0);
                    }
                    Phase::Point => {
                        turn.number += 1;
                        turn.waited = 0;
                    }
                }
            }
            (Event::EventActive { why, .. }, _) => self.active(at, *why, found),
            (Event::EventCallback { .. }, Phase::Enter) => {
                if let Some(run) = objects.event.and_then(|id| self.runs.get_mut(&id)) {
                    run.began = Some(at.record.t);
                    if run.place.is_none() {
                        run.place = super::super::facts::place(at.record);
                    }
                }
            }
            (Event::EventCallback { .. }, Phase::Exit) => {
                if let Some(run) = objects.event.and_then(|id| self.runs.get_mut(&id))
                    && let Some(began) = run.began.take()
                {
                    run.busy += at.record.t.0.saturating_sub(began.0);
                    run.callbacks += 1;
                }
            }
            (Event::Lost { .. }, _) => self.runs.clear(),
            (_, Phase::Exit) => {}
            (Event::EvbufferRead { result, .. } | Event::EvbufferWrite { result, .. }, _)
                if *result > 0 =>
            {
                if let Some((bev, ..)) = at.owner() {
                    self.moved(ObjectId::Bev(bev), base_of(at, bev));
                }
            }
            // What is taken out or put in within a callback makes a difference, too.
            (
                Event::EvbufferAdd { .. }
                | Event::EvbufferRemove { .. }
                | Event::EvbufferDrain { .. }
                | Event::EvbufferMove { .. },
                _,
            ) => {
                // Bytes that are moved are taken out elsewhere.
                if let Event::EvbufferMove { from, .. } = at.record.event
                    && let Some(bev) = at.state.bufs.get(from).and_then(|buf| buf.bev)
                {
                    self.moved(ObjectId::Bev(bev), base_of(at, bev));
                }
                if let Some((bev, ..)) = at.owner() {
                    self.moved(ObjectId::Bev(bev), base_of(at, bev));
                }
            }
            (Event::Accept { errno, .. }, _) => {
                // Without fds it spins as well, and has a rule of its own.
                let told = matches!(
                    errno.as_deref(),
                    Some("EMFILE" | "ENFILE" | "ENOBUFS" | "ENOMEM")
                );
                if let Some(listener) = objects.listener
                    && (errno.is_none() || told)
                {
                    let base = at.state.listeners.get(listener).and_then(|l| l.base);
                    self.moved(ObjectId::Listener(listener), base);
                }
            }
            // Whatever the program does to an event of its own in its callback may be the answer to it.
            (Event::EventDel {} | Event::EventAdd { .. } | Event::EventAssign { .. }, _) => {
                if let Some(event) = objects.event
                    && at.facts.is_programs(at.record, at.step)
                {
                    self.runs.remove(&event);
                }
            }
            _ => {}
        }
    }

    fn forget(&mut self, object: ObjectId) {
        self.moved.remove(&object);
        match object {
            ObjectId::Event(event) => {
                self.runs.remove(&event);
            }
            ObjectId::Base(base) => {
                self.bases.remove(&base);
            }
            _ => {}
        }
    }
}

fn base_of(at: &At<'_>, bev: BevId) -> Option<BaseId> {
    at.state.bevs.get(bev).and_then(|bev| bev.base)
}
