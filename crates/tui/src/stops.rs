//! Where a run stops: queries that match a step, and values that change.

use evscope_replay::{Query, State, Trace, Value, Watch};

/// A place to stop.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    pub(crate) kind: StopKind,
    pub(crate) on: bool,
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
        Self {
            kind: StopKind::Query(query),
            on: true,
        }
    }

    /// Stops when a value changes.
    pub(crate) fn when_changed(watch: Watch) -> Self {
        Self {
            kind: StopKind::Value(watch),
            on: true,
        }
    }

    /// The query or the value's path.
    pub(crate) fn text(&self) -> &str {
        match &self.kind {
            StopKind::Query(query) => query.text(),
            StopKind::Value(watch) => watch.text(),
        }
    }

    /// Whether states are needed to know where to stop.
    pub(crate) fn needs_state(&self) -> bool {
        match &self.kind {
            StopKind::Query(query) => query.needs_state(),
            StopKind::Value(_) => true,
        }
    }

    /// Whether a step has the mark of a breakpoint. Only what can be told from the record alone has
    /// one: it is asked for every line on the screen.
    pub(crate) fn marks(&self, trace: &Trace, step: usize) -> bool {
        match &self.kind {
            StopKind::Query(query) if self.on && !query.needs_state() => {
                query.matches(trace, None, step)
            }
            StopKind::Query(_) | StopKind::Value(_) => false,
        }
    }
}

/// Looks at one step after the other, whether to stop there.
#[derive(Debug, Clone)]
pub(crate) struct Watcher {
    /// The stops that are on, each with the value it watches as it was last.
    stops: Vec<(Stop, Value)>,
    /// The state after the last step looked at, if any stop needs it.
    state: Option<State>,
}

impl Watcher {
    /// A watcher that begins after the steps that `state` is made of.
    pub(crate) fn new(stops: &[Stop], state: impl FnOnce() -> State) -> Self {
        let on: Vec<&Stop> = stops.iter().filter(|stop| stop.on).collect();
        let state = on.iter().any(|stop| stop.needs_state()).then(state);
        Self {
            stops: on
                .into_iter()
                .map(|stop| (stop.clone(), watched(stop, state.as_ref())))
                .collect(),
            state,
        }
    }

    /// Looks at the next step: why to stop at it, in words, if so.
    pub(crate) fn look(&mut self, trace: &Trace, step: usize) -> Option<String> {
        if let Some(state) = &mut self.state {
            for step in state.applied()..=step {
                state.apply(trace.record(step));
            }
        }
        let mut reached = None;
        for (stop, last) in &mut self.stops {
            match &stop.kind {
                StopKind::Query(query) => {
                    if query.matches(trace, self.state.as_ref(), step) {
                        reached.get_or_insert_with(|| query.text().to_owned());
                    }
                }
                StopKind::Value(watch) => {
                    let now = watched(stop, self.state.as_ref());
                    if now != *last {
                        reached.get_or_insert_with(|| format!("{}: {last} → {now}", watch.text()));
                        *last = now;
                    }
                }
            }
        }
        reached
    }
}

fn watched(stop: &Stop, state: Option<&State>) -> Value {
    match (&stop.kind, state) {
        (StopKind::Value(watch), Some(state)) => watch.value(state),
        (StopKind::Value(_), None) | (StopKind::Query(_), _) => Value::Absent,
    }
}
