//! Rules held against a trace.

use std::collections::VecDeque;

use evscope_trace::{Event, Nanos, Phase, Record};
use evscope_words::text;

use super::{Asked, Broken, OwnRule, OwnRules, Same, Verdict, What, Window};
use crate::quick::HashMap;
use crate::{ObjectId, State, Trace};

impl OwnRules {
    /// What becomes of each rule in a trace, in the order of the file.
    pub fn check(&self, trace: &Trace) -> Vec<Verdict> {
        let mut running: Vec<Running<'_>> = self.rules.iter().map(Running::new).collect();
        let mut state = running.iter().any(Running::needs_state).then(State::new);
        let mut turn = 0;
        for (step, record) in trace.records().enumerate() {
            if let Some(state) = &mut state {
                state.apply(&record);
            }
            if matches!(record.event, Event::Poll { .. }) && record.phase != Phase::Exit {
                turn += 1;
            }
            let at = At {
                trace,
                state: state.as_ref(),
                step,
                record: &record,
                turn,
            };
            for rule in &mut running {
                rule.step(&at);
            }
        }
        running.into_iter().map(|rule| rule.finish(trace)).collect()
    }
}

struct At<'a> {
    trace: &'a Trace,
    state: Option<&'a State>,
    step: usize,
    record: &'a Record,
    turn: u64,
}

impl At<'_> {
    fn is(&self, asked: &Asked) -> bool {
        (asked.of_exits || self.record.phase != Phase::Exit)
            && asked.query.matches(self.trace, self.state, self.step)
    }
}

/// A rule on its way through a trace.
struct Running<'a> {
    rule: &'a OwnRule,
    broken: Vec<Broken>,
    /// How often it has happened.
    count: u64,
    /// What something must still follow, in order; of rules about what must not, since when it must not.
    open: HashMap<Option<ObjectId>, VecDeque<Since>>,
    /// Which things of an order have happened.
    seen: HashMap<Option<ObjectId>, Vec<bool>>,
}

#[derive(Debug, Clone, Copy)]
struct Since {
    step: usize,
    time: Nanos,
    turn: u64,
}

impl Window {
    fn is_over(self, since: Since, at: &At<'_>) -> bool {
        let late = |most: Nanos| at.record.t.0 > since.time.0.saturating_add(most.0);
        self.time.is_some_and(late)
            || self
                .turns
                .is_some_and(|most| at.turn > since.turn.saturating_add(most))
    }
}

impl<'a> Running<'a> {
    fn new(rule: &'a OwnRule) -> Self {
        Self {
            rule,
            broken: Vec::new(),
            count: 0,
            open: HashMap::default(),
            seen: HashMap::default(),
        }
    }

    fn needs_state(&self) -> bool {
        let asked = match &self.rule.what {
            What::Happens { query, .. } | What::Never { query } => vec![query],
            What::Follows { after, query, .. } => vec![after, query],
            What::NotAfter {
                after,
                query,
                until,
                ..
            } => [Some(after), Some(query), until.as_ref()]
                .into_iter()
                .flatten()
                .collect(),
            What::Order { queries } => queries.iter().collect(),
        };
        asked.iter().any(|asked| asked.query.needs_state())
    }

    /// The object that a step must share with others; `None` if it has none, so that it belongs to nothing.
    fn key(&self, record: &Record) -> Option<Option<ObjectId>> {
        let objects = &record.objects;
        match self.rule.same {
            None => Some(None),
            Some(same) => match same {
                Same::Base => objects.base.map(ObjectId::Base),
                Same::Event => objects.event.map(ObjectId::Event),
                Same::Bev => objects.bev.map(ObjectId::Bev),
                Same::Buf => objects.buf.map(ObjectId::Buf),
                Same::Listener => objects.listener.map(ObjectId::Listener),
                Same::Fd => objects.fd.map(ObjectId::Fd),
            }
            .map(Some),
        }
    }

    fn step(&mut self, at: &At<'_>) {
        match &self.rule.what {
            What::Happens { query, at_most, .. } => {
                if at.is(query) {
                    self.count += 1;
                    if at_most.is_some_and(|most| self.count > most) {
                        let times = self.count;
                        self.broken.push(Broken {
                            step: Some(at.step),
                            object: None,
                            how: text!(own_too_often, query = query.query.text(), times),
                        });
                    }
                }
            }
            What::Never { query } => {
                if at.is(query) {
                    self.broken.push(Broken {
                        step: Some(at.step),
                        object: self.key(at.record).flatten(),
                        how: text!(own_happened, query = query.query.text()),
                    });
                }
            }
            What::Follows {
                after,
                query,
                within,
            } => self.follows(at, after, query, *within),
            What::NotAfter {
                after,
                query,
                within,
                until,
            } => self.not_after(at, after, query, *within, until.as_ref()),
            What::Order { queries } => self.order(at, queries),
        }
    }

    fn follows(&mut self, at: &At<'_>, after: &Asked, query: &Asked, within: Window) {
        for (object, open) in &mut self.open {
            while let Some(since) = open.front().filter(|since| within.is_over(**since, at)) {
                self.broken.push(Broken {
                    step: Some(since.step),
                    object: *object,
                    how: text!(own_not_followed, query = query.query.text()),
                });
                open.pop_front();
            }
        }
        self.open.retain(|_, open| !open.is_empty());
        let Some(key) = self.key(at.record) else {
            return;
        };
        if at.is(query) {
            self.open.remove(&key);
        }
        if at.is(after) {
            self.open.entry(key).or_default().push_back(Since {
                step: at.step,
                time: at.record.t,
                turn: at.turn,
            });
        }
    }

    fn not_after(
        &mut self,
        at: &At<'_>,
        after: &Asked,
        query: &Asked,
        within: Window,
        until: Option<&Asked>,
    ) {
        let Some(key) = self.key(at.record) else {
            return;
        };
        if until.is_some_and(|until| at.is(until)) {
            self.open.remove(&key);
        }
        let open = self.open.get(&key).and_then(VecDeque::back).copied();
        if let Some(since) = open
            && !within.is_over(since, at)
            && at.is(query)
        {
            self.broken.push(Broken {
                step: Some(at.step),
                object: key,
                how: text!(
                    own_happened_after,
                    query = query.query.text(),
                    step = since.step
                ),
            });
        }
        if at.is(after) {
            self.open.insert(
                key,
                VecDeque::from([Since {
                    step: at.step,
                    time: at.record.t,
                    turn: at.turn,
                }]),
            );
        }
    }

    fn order(&mut self, at: &At<'_>, queries: &[Asked]) {
        let Some(key) = self.key(at.record) else {
            return;
        };
        for (place, query) in queries.iter().enumerate() {
            if !at.is(query) {
                continue;
            }
            let seen = self
                .seen
                .entry(key)
                .or_insert_with(|| vec![false; queries.len()]);
            if let Some(missing) = seen[..place].iter().position(|seen| !seen) {
                self.broken.push(Broken {
                    step: Some(at.step),
                    object: key,
                    how: text!(
                        own_out_of_order,
                        query = query.query.text(),
                        first = queries[missing].query.text()
                    ),
                });
            }
            seen[place] = true;
        }
    }

    fn finish(mut self, trace: &Trace) -> Verdict {
        match &self.rule.what {
            What::Happens {
                query, at_least, ..
            } if self.count < *at_least => {
                let (times, least) = (self.count, *at_least);
                self.broken.push(Broken {
                    step: None,
                    object: None,
                    how: text!(own_too_seldom, query = query.query.text(), times, least),
                });
            }
            What::Follows { query, .. } => {
                for (object, open) in &self.open {
                    for since in open {
                        self.broken.push(Broken {
                            step: Some(since.step),
                            object: *object,
                            how: text!(own_not_followed, query = query.query.text()),
                        });
                    }
                }
            }
            _ => {}
        }
        self.broken
            .sort_by_key(|broken| broken.step.unwrap_or(trace.len()));
        Verdict {
            rule: self.rule.name.clone(),
            severity: self.rule.severity,
            broken: self.broken,
            words: self.rule.words.clone(),
        }
    }
}
