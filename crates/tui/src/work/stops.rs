//! Where a run stops: queries that match a step, and values that change.

use evscope_replay::{Query, Replay, State, Trace, Value, Watch, navigate};
use evscope_trace::Level;

use crate::work::job::returned_in;

/// Which way through the trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Back,
}

impl Direction {
    /// Where one comes by so many from a place among `count`.
    pub(crate) fn moved(self, at: usize, by: usize, count: usize) -> usize {
        match self {
            Self::Forward => (at + by).min(count.saturating_sub(1)),
            Self::Back => at.saturating_sub(by),
        }
    }
}

/// A place to stop.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    pub(crate) kind: StopKind,
    pub(crate) on: bool,
    places: Places,
}

/// What to stop at.
#[derive(Debug, Clone)]
pub(crate) enum StopKind {
    /// A step that a query matches.
    Query(Query),
    /// A change of a value of the state.
    Value(Watch),
}

impl Stop {
    /// Stops at what a query matches.
    pub(crate) fn at(query: Query) -> Self {
        Self::new(StopKind::Query(query))
    }

    /// Stops when a value changes.
    pub(crate) fn when_changed(watch: Watch) -> Self {
        Self::new(StopKind::Value(watch))
    }

    fn new(kind: StopKind) -> Self {
        Self {
            kind,
            on: true,
            places: Places::default(),
        }
    }

    /// The query or the value's path.
    pub(crate) fn text(&self) -> &str {
        match &self.kind {
            StopKind::Query(query) => query.text(),
            StopKind::Value(watch) => watch.text(),
        }
    }

    /// Whether a step has the mark of a breakpoint. It is asked for every line on the screen: of steps
    /// that were not looked through yet only what the record alone tells.
    pub(crate) fn marks(&self, trace: &Trace, step: usize) -> bool {
        if !self.on {
            return false;
        }
        match &self.kind {
            StopKind::Query(query) if !query.needs_state() => query.matches(trace, None, step),
            StopKind::Query(_) | StopKind::Value(_) => self.places.contains(step),
        }
    }

    /// The steps at which it stops, once the whole trace has been looked through.
    pub(crate) fn places(&self, trace: &Trace) -> Option<&[u32]> {
        (self.places.seen == trace.len()).then_some(self.places.steps.as_slice())
    }

    /// Looks through some more steps of the trace for where it stops.
    pub(crate) fn look_on(&mut self, replay: &Replay, steps: usize) {
        self.places.extend(&self.kind, replay, steps);
    }
}

impl StopKind {
    fn needs_state(&self) -> bool {
        match self {
            Self::Query(query) => query.needs_state(),
            Self::Value(_) => true,
        }
    }

    /// The value it watches; none for a query.
    fn watched(&self, state: Option<&State>) -> Value {
        match (self, state) {
            (Self::Value(watch), Some(state)) => watch.value(state),
            (Self::Value(_), None) | (Self::Query(_), _) => Value::Absent,
        }
    }

    /// Why to stop, in words.
    fn reason(&self, before: &Value, now: &Value) -> String {
        match self {
            Self::Query(query) => query.text().to_owned(),
            Self::Value(watch) => format!("{}: {before} → {now}", watch.text()),
        }
    }
}

/// Where a stop is in the trace. Found in slices while nobody waits for it, so that a run over a long
/// trace is at its end at once.
#[derive(Debug, Clone, Default)]
struct Places {
    /// In 32 bits, as in the trace's tree.
    steps: Vec<u32>,
    /// The steps before this one have been looked at.
    seen: usize,
    /// None before the first look.
    watcher: Option<Watcher>,
}

impl Places {
    fn contains(&self, step: usize) -> bool {
        u32::try_from(step).is_ok_and(|step| self.steps.binary_search(&step).is_ok())
    }

    fn extend(&mut self, kind: &StopKind, replay: &Replay, steps: usize) {
        let trace = replay.trace();
        let seen = self.seen;
        let watcher = self.watcher.get_or_insert_with(|| Watcher::of([kind]));
        let end = trace.len().min(self.seen + steps);
        for step in self.seen..end {
            if watcher.stops_at(trace, step) && is_shown(trace, step) {
                self.steps.push(step as u32);
            }
        }
        self.seen = end;
        if let StopKind::Query(query) = kind {
            for call in returned_in(query, replay, seen..end) {
                if let (Err(at), true) = (
                    self.steps.binary_search(&(call as u32)),
                    is_shown(trace, call),
                ) {
                    self.steps.insert(at, call as u32);
                }
            }
        }
    }
}

/// Where a run that looks through the whole trace would stop next, if all stops that are on have been
/// looked through: outer none if not, inner none if nowhere.
pub(crate) fn nearest(
    replay: &Replay,
    stops: &[Stop],
    step: usize,
    to: Direction,
) -> Option<Option<(usize, String)>> {
    let mut nearest: Option<(usize, &StopKind)> = None;
    for stop in stops.iter().filter(|stop| stop.on) {
        let places = stop.places(replay.trace())?;
        let at = match to {
            Direction::Forward => places.get(places.partition_point(|at| *at as usize <= step)),
            Direction::Back => places[..places.partition_point(|at| (*at as usize) < step)].last(),
        };
        let Some(at) = at.map(|at| *at as usize) else {
            continue;
        };
        // Of two at the same step the first in the list tells why.
        let is_nearer = nearest.is_none_or(|(nearest, _)| match to {
            Direction::Forward => at < nearest,
            Direction::Back => at > nearest,
        });
        if is_nearer {
            nearest = Some((at, &stop.kind));
        }
    }
    Some(nearest.map(|(step, kind)| {
        let value = |state: State| kind.watched(Some(&state));
        let before = value(state_seen_before(replay, step));
        (step, kind.reason(&before, &value(replay.state_at(step))))
    }))
}

/// The state at the last step before a step that any view shows.
fn state_seen_before(replay: &Replay, step: usize) -> State {
    navigate::previous(replay.trace(), step, Level::Everything)
        .map_or_else(State::new, |step| replay.state_at(step))
}

/// Whether any view shows a step: a run does not stop where there is nothing to see.
pub(crate) fn is_shown(trace: &Trace, step: usize) -> bool {
    trace.is_shown(step, Level::Everything)
}

/// Looks at one step after the other, whether to stop there.
#[derive(Debug, Clone)]
pub(crate) struct Watcher {
    /// What to stop at, each with the value it watches as it was last.
    stops: Vec<(StopKind, Value)>,
    /// The state after the last step looked at, if any stop needs it.
    state: Option<State>,
}

impl Watcher {
    /// A watcher for the stops that are on, that begins with the first step of a trace.
    pub(crate) fn new(stops: &[Stop]) -> Self {
        let on = stops.iter().filter(|stop| stop.on);
        Self::of(on.map(|stop| &stop.kind))
    }

    /// A watcher for the stops that are on, that begins with a step.
    pub(crate) fn from(replay: &Replay, stops: &[Stop], step: usize) -> Self {
        let mut watcher = Self::new(stops);
        if watcher.state.is_some() {
            let seen = state_seen_before(replay, step);
            for (stop, last) in &mut watcher.stops {
                *last = stop.watched(Some(&seen));
            }
            watcher.state = Some(replay.state_before(step));
        }
        watcher
    }

    fn of<'a>(stops: impl IntoIterator<Item = &'a StopKind>) -> Self {
        let stops: Vec<_> = stops
            .into_iter()
            .map(|stop| (stop.clone(), Value::Absent))
            .collect();
        let needs_state = stops.iter().any(|(stop, _)| stop.needs_state());
        Self {
            stops,
            state: needs_state.then(State::new),
        }
    }

    /// Looks at the next step: why to stop at it, in words, if so.
    pub(crate) fn look(&mut self, trace: &Trace, step: usize) -> Option<String> {
        let mut reason = None;
        self.reached(trace, step, |stop, before, now| {
            reason.get_or_insert_with(|| stop.reason(before, now));
        });
        reason
    }

    /// Whether a call that ends here is to stop at, now that it is known how long it took: which, and why.
    pub(crate) fn look_back(&self, replay: &Replay, step: usize) -> Option<(usize, String)> {
        let begin = replay.trace().begin(step);
        if begin == step || !is_shown(replay.trace(), begin) {
            return None;
        }
        self.stops.iter().find_map(|(stop, _)| match stop {
            StopKind::Query(query) if query.looks_ahead() && query.matches_at(replay, begin) => {
                Some((begin, query.text().to_owned()))
            }
            StopKind::Query(_) | StopKind::Value(_) => None,
        })
    }

    /// Looks at the next step: whether to stop at it.
    fn stops_at(&mut self, trace: &Trace, step: usize) -> bool {
        let mut stops = false;
        self.reached(trace, step, |_, _, _| stops = true);
        stops
    }

    /// Looks at the next step, and hands over each stop that is there with what it watches before and
    /// after it.
    fn reached(
        &mut self,
        trace: &Trace,
        step: usize,
        mut at: impl FnMut(&StopKind, &Value, &Value),
    ) {
        if let Some(state) = &mut self.state {
            for step in state.applied()..=step {
                state.apply(&trace.record(step));
            }
        }
        for (stop, last) in &mut self.stops {
            match stop {
                StopKind::Query(query) => {
                    if query.matches(trace, self.state.as_ref(), step) {
                        at(stop, last, last);
                    }
                }
                // What changes at a step that no view shows is seen at the next one.
                StopKind::Value(_) if !is_shown(trace, step) => {}
                StopKind::Value(_) => {
                    let now = stop.watched(self.state.as_ref());
                    if now != *last {
                        at(stop, last, &now);
                        *last = now;
                    }
                }
            }
        }
    }
}
