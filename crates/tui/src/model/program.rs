//! The program behind a trace that grows, where it can be held: what the user wants of it, and whether it
//! may go on.

use evscope_replay::navigate;
use evscope_trace::Level;
use evscope_words::{Word, text, word};

use crate::model::message::Effect;
use crate::model::{Following, Model};
use crate::work::shown::Listed;
use crate::work::stops::{self, Stop, Watcher};

/// A program that is being recorded and can be held at its steps.
pub trait Program {
    /// Where it is now. Of one that is held, all it did before is in the trace's file.
    fn look(&mut self) -> Whereabouts;
    /// Lets it go on.
    fn go_on(&mut self, until: Until);
}

/// Where a program is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whereabouts {
    /// It runs, or waits for something to happen.
    Running,
    /// It waits for the user, at a step.
    Held,
    /// It has ended, and all it did is in the trace's file.
    Ended,
}

/// How far a program may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// To its next step up to a level.
    Step(Level),
    /// As far as it likes: it is no longer held.
    Free,
}

/// What is known of the program, and what the user wants of it.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    pub(crate) at: Whereabouts,
    goal: Goal,
    /// The steps before this one have been looked at for the goal.
    seen: usize,
}

/// How far the user wants it to go.
#[derive(Debug, Clone)]
enum Goal {
    /// It stays where it is held.
    Stay,
    /// So many rows of the list of steps.
    Rows(usize),
    /// To the next stop.
    Stop(Box<Watcher>),
    /// It is not held.
    Free,
}

impl Live {
    /// A program that is held from the beginning: at the first of the stops, or else at its first row.
    pub(crate) fn new(stops: &[Stop]) -> Self {
        Self {
            at: Whereabouts::Running,
            goal: if stops.is_empty() {
                Goal::Rows(1)
            } else {
                Goal::Stop(Box::new(Watcher::new(stops)))
            },
            seen: 0,
        }
    }
}

const ENDED: Word = word!(screen_the_program_has_ended);
const FREE: Word = word!(screen_the_program_runs_h);

impl Model {
    /// Whether the program is on its way to where the user wants it.
    pub(crate) fn awaits_program(&self) -> bool {
        self.live.as_ref().is_some_and(|live| {
            live.at != Whereabouts::Ended && matches!(live.goal, Goal::Rows(_) | Goal::Stop(_))
        })
    }

    /// Where the program is was found out, and all it did before is in the trace.
    pub(crate) fn program_is(&mut self, at: Whereabouts) {
        let Some(live) = &mut self.live else { return };
        if at == Whereabouts::Ended && live.at != at {
            // That it runs is no longer so.
            self.notice = None;
        }
        live.at = at;
        let seen = std::mem::replace(&mut live.seen, self.replay.trace().len());
        if at == Whereabouts::Running {
            live.seen = seen;
            return;
        }
        let level = self.level;
        match std::mem::replace(&mut live.goal, Goal::Stay) {
            Goal::Stay => {}
            Goal::Free => self.set_going(Goal::Free, Until::Free),
            Goal::Rows(wanted) => match self.new_rows(seen, wanted) {
                (_, Some(last)) => self.move_to(last),
                (new, None) => self.set_going(Goal::Rows(wanted - new), Until::Step(level)),
            },
            Goal::Stop(mut watcher) => match self.stop_since(&mut watcher, seen) {
                Some((step, reason)) => {
                    self.go_to(step);
                    self.notify(text!(screen_held, reason).in_lang(self.lang));
                }
                None => self.set_going(Goal::Stop(watcher), Until::Step(Level::Everything)),
            },
        }
    }

    /// How many rows there are from a step on, if they are fewer than wanted; else the step of the last
    /// that is wanted.
    fn new_rows(&self, seen: usize, wanted: usize) -> (usize, Option<usize>) {
        let rows = self.rows();
        let new = rows.from(rows.partition(seen));
        let new = new.filter(|row| row.why == Listed::Wanted).take(wanted);
        let (count, last) = new.fold((0, None), |(count, _), row| (count + 1, Some(row.step())));
        (count, last.filter(|_| count == wanted))
    }

    /// The first step to stop at from a step on, and why.
    fn stop_since(&self, watcher: &mut Watcher, seen: usize) -> Option<(usize, String)> {
        let trace = self.trace();
        (seen..trace.len()).find_map(|step| {
            // What is looked ahead for is known when the call has returned.
            let back = watcher.look_back(&self.replay, step);
            let reason = watcher.look(trace, step);
            let here = reason.filter(|_| stops::is_shown(trace, step));
            here.map(|reason| (step, reason)).or(back)
        })
    }

    fn set_goal(&mut self, goal: Goal) {
        if let Some(live) = &mut self.live {
            live.goal = goal;
        }
    }

    fn set_going(&mut self, goal: Goal, until: Until) {
        let Some(live) = &mut self.live else { return };
        if live.at == Whereabouts::Ended {
            return;
        }
        live.goal = goal;
        live.at = Whereabouts::Running;
        // What it does now is to be seen.
        if self.following == Following::Paused {
            self.following = Following::Live;
        }
        self.effects.push(Effect::GoOn(until));
    }

    /// Lets the program go on by so many rows. Whether there is one that can; or why it does not now.
    pub(crate) fn step_program(&mut self, rows: usize) -> Result<bool, Word> {
        let Some(live) = &self.live else {
            return Ok(false);
        };
        match (live.at, &live.goal) {
            (Whereabouts::Ended, _) => Err(ENDED),
            (Whereabouts::Held, _) => {
                let level = self.level;
                self.set_going(Goal::Rows(rows), Until::Step(level));
                Ok(true)
            }
            (Whereabouts::Running, Goal::Free) => Err(FREE),
            // Keys may come faster than steps.
            (Whereabouts::Running, &Goal::Rows(pending)) => {
                self.set_goal(Goal::Rows(pending + rows));
                Ok(true)
            }
            (Whereabouts::Running, Goal::Stay) => {
                self.set_goal(Goal::Rows(rows));
                Ok(true)
            }
            (Whereabouts::Running, Goal::Stop(_)) => Err(word!(screen_the_program_is_on)),
        }
    }

    /// The trace has been looked through without a stop: the program goes on to the next one. Whether there
    /// is one that can.
    pub(crate) fn run_program(&mut self, watcher: Watcher) -> bool {
        let seen = self.trace().len();
        match &mut self.live {
            Some(live) if live.at != Whereabouts::Ended => {
                live.seen = seen;
                let goal = Goal::Stop(Box::new(watcher));
                self.set_going(goal, Until::Step(Level::Everything));
                true
            }
            _ => false,
        }
    }

    /// Lets the program run; or holds it, if it does. Whether there is one that can.
    pub(crate) fn hold_or_let_run(&mut self) -> Result<(), Word> {
        let level = self.level;
        let seen = self.trace().len();
        match &mut self.live {
            None => Err(word!(screen_nothing_is_held_here)),
            Some(live) if live.at == Whereabouts::Ended => Err(ENDED),
            Some(live) if matches!(live.goal, Goal::Free) => {
                live.seen = seen;
                self.set_going(Goal::Rows(1), Until::Step(level));
                self.notify(self.say(word!(screen_the_program_is_held)));
                Ok(())
            }
            Some(_) => self.let_run(),
        }
    }

    /// Lets the program run freely.
    pub(crate) fn let_run(&mut self) -> Result<(), Word> {
        if self
            .live
            .as_ref()
            .is_none_or(|live| live.at == Whereabouts::Ended)
        {
            return Err(ENDED);
        }
        self.set_going(Goal::Free, Until::Free);
        self.notify(self.say(FREE));
        Ok(())
    }

    /// Gives up where the program was to go: it is held at its next step. Whether it was on its way.
    pub(crate) fn hold_here(&mut self) -> bool {
        let awaited = self.awaits_program();
        if awaited && let Some(live) = &mut self.live {
            live.goal = Goal::Stay;
        }
        awaited
    }

    /// Where the program is, for the status line.
    pub(crate) fn program_mode(&self) -> Option<&'static str> {
        let live = self.live.as_ref()?;
        Some(self.say(match live.at {
            Whereabouts::Held => word!(screen_is_held),
            Whereabouts::Ended => word!(screen_ended),
            Whereabouts::Running if navigate::waits_at_end(self.trace()) => word!(screen_waiting),
            Whereabouts::Running => word!(screen_is_running),
        }))
    }
}
