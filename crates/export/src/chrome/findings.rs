//! What `check` finds, as instants at its steps.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use evscope_replay::Passing;
use evscope_replay::check::{CheckOptions, Checker, Finding};
use evscope_trace::{Filter, Nanos, ThreadId};
use serde_json::json;

use super::Process;
use crate::{ExportError, Part};

/// Finds them while the steps go by.
pub(super) struct Findings<'a> {
    part: &'a Part<'a>,
    checker: Checker,
    /// Those about a step that has gone by.
    late: Vec<Finding>,
    /// Whether each step is among what is exported, 64 of them together; of a whole trace nothing is kept.
    chosen: Vec<u64>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(part: &'a Part<'a>) -> Self {
        Self {
            part,
            checker: Checker::new(&CheckOptions::default(), |_| true),
            late: Vec::new(),
            chosen: Vec::new(),
        }
    }

    /// Takes in the next step: what is wrong there, written.
    pub(super) fn step(
        &mut self,
        passing: &Passing<'_>,
        process: &Process,
    ) -> Result<Vec<u8>, ExportError> {
        let mut out = Vec::new();
        if !self.part.is_whole() {
            self.choose(passing.step, passing.is_chosen);
        }
        self.checker.step(passing.record);
        if !self.checker.has_found() {
            return Ok(out);
        }
        let mut shown = Filter::json(&mut out);
        for finding in self.checker.take() {
            if finding.step != passing.step {
                self.late.push(finding);
            } else if passing.is_chosen {
                let (t, thread) = (passing.record.t, passing.record.thread);
                self.write(&finding, t, thread, process, &mut shown)?;
            }
        }
        shown.flush()?;
        drop(shown);
        Ok(out)
    }

    /// Writes the others. What only the end of a trace tells is found if that was reached.
    pub(super) fn finish(
        mut self,
        is_whole: bool,
        process: &Process,
        out: &mut dyn Write,
    ) -> Result<(), ExportError> {
        if is_whole {
            self.late.extend(self.checker.finish());
        }
        let mut late = std::mem::take(&mut self.late);
        late.retain(|finding| self.has(finding.step));
        let steps: BTreeSet<usize> = late.iter().map(|finding| finding.step).collect();
        let moments: BTreeMap<usize, (Nanos, ThreadId)> = match steps.is_empty() {
            true => BTreeMap::new(),
            false => self.part.moments(&steps)?,
        };
        for finding in &late {
            if let Some((t, thread)) = moments.get(&finding.step) {
                self.write(finding, *t, *thread, process, out)?;
            }
        }
        Ok(())
    }

    fn choose(&mut self, step: usize, is_chosen: bool) {
        if step / 64 == self.chosen.len() {
            self.chosen.push(0);
        }
        if let Some(steps) = self.chosen.get_mut(step / 64) {
            *steps |= u64::from(is_chosen) << (step % 64);
        }
    }

    fn has(&self, step: usize) -> bool {
        let steps = self.chosen.get(step / 64).copied().unwrap_or_default();
        self.part.is_whole() || steps >> (step % 64) & 1 == 1
    }

    fn write(
        &self,
        finding: &Finding,
        t: Nanos,
        thread: ThreadId,
        process: &Process,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let (message, advice) = finding.said(self.part.lang());
        let args = json!({
            "step": finding.step,
            "severity": finding.severity.name(),
            "message": message,
            "advice": advice,
        });
        let mut when = Vec::new();
        process.when(t, thread, &mut when);
        out.write_all(b",\n{\"ph\":\"i\",")?;
        out.write_all(&when)?;
        write!(
            out,
            ",\"cat\":\"check\",\"name\":\"{}\",\"s\":\"t\",\"args\":{args}}}",
            finding.rule,
        )
    }
}
