//! The one pass over a trace in which all rules look at it.

use std::cell::OnceCell;
use std::fmt;
use std::ops::Deref;

use evscope_trace::{Event, Nanos, Phase, Record, SourceLine};

use super::facts::Facts;
use super::rule::{At, End, Found, Rule};
use super::table::{RULES, RuleInfo};
use super::{Finding, Severity};
use crate::State;
use crate::quick::HashMap;

/// What the rules go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckOptions {
    /// A callback that holds the loop for longer has blocked it.
    pub blocked: Nanos,
    /// More bytes in an output are too many.
    pub output: u64,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self {
            blocked: Nanos(100_000_000),
            output: 8 << 20,
        }
    }
}

/// How many findings of a rule are told of one line of the program. What is made wrong there is wrong each time;
/// the others are counted.
const AT_ONE_PLACE: u64 = 3;

/// So many objects may have been freed before they are forgotten: what is done to one that was freed just now is
/// told with the step that freed it.
const FREED_KEPT: usize = 4096;

/// Finds the mistakes in a trace that it is given record by record.
pub struct Checker {
    state: State,
    facts: Facts,
    rules: Vec<(&'static RuleInfo, Box<dyn Rule>)>,
    /// Who is asked at steps of a kind, by the event's number; at an exit it is the second.
    asked: Vec<OnceCell<[Asked; 2]>>,
    found: Vec<Finding>,
    told: HashMap<FindingKey, u64>,
    /// How many objects there may be before those that were freed are forgotten.
    room: usize,
    /// How many findings are told of a line of the program.
    at_one_place: u64,
    /// Whether the state keeps what was freed.
    keeps: bool,
}

/// The places of the rules that look at a step.
#[derive(Clone, Default)]
struct Asked {
    before: Vec<usize>,
    after: Vec<usize>,
}

impl Asked {
    fn of(rules: &[(&'static RuleInfo, Box<dyn Rule>)], event: &Event, exit: bool) -> Self {
        let mut asked = Self::default();
        for (place, (info, _)) in rules.iter().enumerate() {
            let looks = &info.looks;
            if (looks.at)(event) && (looks.exits || !exit) {
                asked.before.extend(looks.before.then_some(place));
                asked.after.extend(looks.after.then_some(place));
            }
        }
        asked
    }
}

/// Further findings of a rule at a line of the program, which are only counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct More {
    /// The rule's name.
    pub rule: &'static str,
    /// Its severity there.
    pub severity: Severity,
    /// The line of the program, where the trace tells.
    pub place: Option<SourceLine>,
    /// How many more.
    pub count: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct FindingKey {
    rule: &'static str,
    severity: Severity,
    message: &'static str,
    line: Option<SourceLine>,
}

impl Default for Checker {
    /// With all rules.
    fn default() -> Self {
        Self::new(&CheckOptions::default(), |_| true)
    }
}

impl fmt::Debug for Checker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checker")
            .field("steps", &self.steps())
            .finish_non_exhaustive()
    }
}

impl Checker {
    /// With the rules for which `wanted` holds.
    pub fn new(options: &CheckOptions, wanted: impl Fn(&RuleInfo) -> bool) -> Self {
        let rules = RULES.iter().filter(|info| wanted(info));
        Self {
            state: State::new(),
            facts: Facts::default(),
            rules: rules.map(|info| (info, (info.make)(options))).collect(),
            // One more is for the names that this version does not know.
            asked: vec![OnceCell::new(); Event::NAMES.len() + 1],
            found: Vec::new(),
            told: HashMap::default(),
            room: FREED_KEPT,
            at_one_place: AT_ONE_PLACE,
            keeps: false,
        }
    }

    /// All findings of a trace that is there as a whole.
    pub fn all(
        options: &CheckOptions,
        records: impl IntoIterator<Item: Deref<Target = Record>>,
    ) -> Vec<Finding> {
        let mut checker = Self::new(options, |_| true);
        for record in records {
            checker.step(&record);
        }
        checker.finish()
    }

    /// As [`new`](Self::new) with all rules, and tells each finding however many there are at a line of the program.
    pub fn of_each(options: &CheckOptions) -> Self {
        Self {
            at_one_place: u64::MAX,
            ..Self::new(options, |_| true)
        }
    }

    /// The same, with a state in which what was freed stays, as in any other: whoever needs both gets them by one fold.
    pub fn keeping(self) -> Self {
        Self {
            keeps: true,
            ..self
        }
    }

    /// The state after the last record.
    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// Takes in the next record.
    pub fn step(&mut self, record: &Record) {
        let step = self.state.applied();
        let before = self.found.len();
        let event = &record.event;
        let asked = self.asked[event.number()]
            .get_or_init(|| [false, true].map(|exit| Asked::of(&self.rules, event, exit)));
        let asked = &asked[usize::from(record.phase == Phase::Exit)];
        let at = At {
            step,
            record,
            state: &self.state,
            facts: &self.facts,
        };
        for rule in &asked.before {
            let (info, rule) = &mut self.rules[*rule];
            rule.before(&at, &mut Found::of(info, &mut self.found));
        }
        self.state.apply(record);
        self.facts.apply(step, record, &self.state);
        let at = At {
            step,
            record,
            state: &self.state,
            facts: &self.facts,
        };
        for rule in &asked.after {
            let (info, rule) = &mut self.rules[*rule];
            rule.after(&at, &mut Found::of(info, &mut self.found));
        }
        if self.found.len() > before {
            let new = self.found.split_off(before);
            let new: Vec<Finding> = new.into_iter().filter(|f| self.is_new(f)).collect();
            self.found.extend(new);
        }
        if step.is_multiple_of(1024) && self.state.objects() > self.room {
            self.forget(step);
        }
    }

    /// How many records it was given.
    pub fn steps(&self) -> usize {
        self.state.applied()
    }

    /// Whether something was found since the last time.
    pub fn has_found(&self) -> bool {
        !self.found.is_empty()
    }

    /// What was found since the last time.
    pub fn take(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.found)
    }

    /// What there is to say if nothing follows, besides what was found on the way.
    pub fn if_it_ended(&self) -> Vec<Finding> {
        let end = End {
            state: &self.state,
            facts: &self.facts,
        };
        let mut list = Vec::new();
        for (info, rule) in &self.rules {
            rule.end(&end, &mut Found::of(info, &mut list));
        }
        list.sort_by_key(|finding| finding.step);
        list
    }

    /// What was found since the last time and at the end of the trace.
    pub fn finish(&mut self) -> Vec<Finding> {
        let at_end = self.if_it_ended();
        let new: Vec<Finding> = at_end.into_iter().filter(|f| self.is_new(f)).collect();
        self.found.extend(new);
        self.take()
    }

    /// What was found too often to be told each time.
    pub fn more(&self) -> Vec<More> {
        let mut more: Vec<More> = self
            .told
            .iter()
            .filter(|(_, count)| **count > self.at_one_place)
            .map(|(place, count)| More {
                rule: place.rule,
                severity: place.severity,
                place: place.line.clone(),
                count: count - self.at_one_place,
            })
            .collect();
        more.sort_by(|a, b| {
            let key = |more: &More| {
                let line = more.place.as_ref();
                (
                    more.rule,
                    line.map(|line| (line.file.clone(), line.line)),
                    more.count,
                )
            };
            key(a).cmp(&key(b))
        });
        more
    }

    fn is_new(&mut self, finding: &Finding) -> bool {
        let key = FindingKey {
            rule: finding.rule,
            severity: finding.severity,
            message: finding.message.id(),
            line: finding.place.clone(),
        };
        let told = self.told.entry(key).or_default();
        *told += 1;
        *told <= self.at_one_place
    }

    /// Forgets what was freed, and looks again when as much has come as is left now: a look goes through all
    /// objects.
    fn forget(&mut self, step: usize) {
        let before = step.saturating_sub(FREED_KEPT);
        let gone = match self.keeps {
            false => self.state.forget_freed(before),
            true => self.state.clone().forget_freed(before),
        };
        for object in gone {
            self.facts.forget(object);
            for (_, rule) in &mut self.rules {
                rule.forget(object);
            }
        }
        self.facts.forget_threads();
        self.room = self.state.objects() * 2 + FREED_KEPT;
    }
}

#[cfg(test)]
mod tests {
    use evscope_trace::{BevId, BevOptions, BufId, EventId, Objects, ThreadId};

    use super::*;

    fn record(seq: u64, bev: u32, event: Event) -> Record {
        Record {
            seq,
            t: Nanos(seq),
            thread: ThreadId(1),
            depth: 0,
            phase: Phase::Point,
            event,
            objects: Objects {
                bev: Some(BevId(bev)),
                ..Objects::default()
            },
            src: None,
            caller: None,
            extra: serde_json::Map::new(),
        }
    }

    #[test]
    fn what_was_freed_is_not_kept() {
        let mut checker = Checker::new(&CheckOptions::default(), |_| true);
        let mut seq = 0;
        let mut most = 0;
        for i in 1..=20_000 {
            let made = Event::BuffereventSocketNew {
                options: BevOptions::empty(),
                input: BufId(i * 2),
                output: BufId(i * 2 + 1),
                ev_read: EventId(i * 2),
                ev_write: EventId(i * 2 + 1),
                tls: None,
            };
            let set = Event::BuffereventSetcb {
                readcb: Some("got".into()),
                writecb: None,
                eventcb: None,
            };
            let taken_apart = Event::BuffereventFinalize {
                closed: true,
                unsent: 1,
            };
            for event in [made, set, Event::BuffereventFree {}, taken_apart] {
                checker.step(&record(seq, i, event));
                seq += 1;
            }
            most = most.max(checker.state.objects());
        }
        assert!(most < 5 * FREED_KEPT, "{most} objects of {}", 20_000 * 5);
        // All the same, each is told or counted.
        let told = checker.finish();
        let unsent = told
            .iter()
            .filter(|finding| finding.rule == "unsent")
            .count() as u64;
        let more: u64 = checker
            .more()
            .iter()
            .filter(|more| more.rule == "unsent")
            .map(|more| more.count)
            .sum();
        assert_eq!(unsent + more, 20_000);
        assert_eq!(unsent, AT_ONE_PLACE);
    }
}
