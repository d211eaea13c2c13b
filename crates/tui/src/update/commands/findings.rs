//! The mistakes that are found in the trace: from one to the next, and the list of all.

use std::time::Duration;

use evscope_replay::check::{Finding, Severity};
use evscope_words::{Word, text, word};

use super::moves::Done;
use crate::model::command::{Call, Deed};
use crate::model::pane::Pane;
use crate::model::{Direction, Model};

const NONE: Word = word!(command_nothing_is_found);
const NO_FURTHER: Word = word!(command_no_further_finding);

pub(super) fn list(model: &mut Model, _: Call<'_>) -> Done {
    let findings = model.findings();
    if findings.is_empty() {
        return Err(model.say(NONE).to_owned());
    }
    // The one here, or else the next one, is the likely goal.
    let near = findings.iter().position(|found| found.step >= model.step);
    let near = near.unwrap_or(findings.len() - 1);
    model.turn_list(Pane::FINDINGS, near);
    Ok(())
}

pub(super) fn next(model: &mut Model, call: Call<'_>) -> Done {
    along(model, call, Direction::Forward)
}

pub(super) fn previous(model: &mut Model, call: Call<'_>) -> Done {
    along(model, call, Direction::Back)
}

/// Findings at one step are one place to go to.
fn along(model: &mut Model, call: Call<'_>, to: Direction) -> Done {
    let mut steps: Vec<usize> = model.findings().iter().map(|found| found.step).collect();
    steps.dedup();
    if steps.is_empty() {
        return Err(model.say(NONE).to_owned());
    }
    let by = call.times() - 1;
    let (before, behind) = (
        &steps[..steps.partition_point(|step| *step < model.step)],
        &steps[steps.partition_point(|step| *step <= model.step)..],
    );
    let step = match to {
        Direction::Forward => behind.get(by).or(behind.last()),
        Direction::Back => before.iter().rev().nth(by).or(before.first()),
    };
    match step.copied() {
        Some(step) => model.go_to_number(step),
        None => Err(model.say(NO_FURTHER).to_owned()),
    }
}

/// When nothing has come for so long, the program stands still, and what there is to say of that is said.
const STILL: Duration = Duration::from_secs(2);

impl Model {
    /// The trace has grown, when so many mistakes had been found in it: says the gravest of those that are new.
    pub(crate) fn has_grown(&mut self, found: usize) {
        self.grown = self.now;
        let trace = self.replay.trace();
        self.facts.begin_to_grow(trace);
        self.facts.catch_up(trace);
        self.tell_finding(found);
    }

    /// Says what is wrong with a program that stands still, once it does.
    pub(crate) fn look_whether_still(&mut self) {
        if self.facts.grows() && self.now >= self.grown + STILL {
            self.facts.stand_still();
            self.tell_finding(self.facts.found());
        }
    }

    fn tell_finding(&mut self, found: usize) {
        let Some(finding) = self.facts.gravest_since(found) else {
            return;
        };
        if self.taken.is_some() || finding.severity == Severity::Note {
            return;
        }
        let (wrong, _) = finding.said(self.lang);
        let (step, rule) = (finding.step, finding.rule);
        let key = self.keymap.hint(Deed::Findings).unwrap_or_default();
        let text = text!(screen_found, step, wrong, rule, key).in_lang(self.lang);
        self.complain(text);
    }

    /// The mistakes in the trace, in the order of their steps; a lesson asks for them, and does not tell.
    pub(crate) fn findings(&self) -> Vec<&Finding> {
        if self.taken.is_some() {
            return Vec::new();
        }
        let mut findings: Vec<&Finding> = self.facts.findings().collect();
        // Of one step the gravest first.
        findings.sort_by_key(|found| (found.step, std::cmp::Reverse(found.severity)));
        findings
    }
}
