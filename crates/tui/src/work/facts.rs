//! What the views need to know of the whole trace, gathered once and added to as it grows.

use std::collections::HashMap;

use evscope_replay::check::{Checker, Finding};
use evscope_replay::{Peaks, Replay, Trace, navigate};
use evscope_trace::{BevId, BufId, Level, Record, SourceLine, Text};

use crate::work::stretches::{Goal, Stretches};

/// A trace with what has to be gathered from the whole of it.
pub(crate) type Known = (Replay, Facts);

/// What stands out in the whole trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sight {
    /// A callback of the program runs.
    Callback,
    /// A buffer passes a watermark.
    Watermark,
    /// Something fails.
    Failure,
    /// A rule finds a mistake; which step that is, the whole trace says.
    Finding,
}

impl Sight {
    /// Whether a step is seen so, among other ways.
    pub(crate) fn is_at(self, trace: &Trace, step: usize) -> bool {
        trace.get(step).is_some_and(|record| self.is_of(&record))
    }

    /// The same of its record.
    fn is_of(self, record: &Record) -> bool {
        match self {
            Self::Callback => navigate::runs_callback(record),
            Self::Watermark => navigate::passes_watermark(record),
            Self::Failure => navigate::fails(record),
            Self::Finding => false,
        }
    }

    /// The strongest first.
    const ALL: [Self; 3] = [Self::Failure, Self::Watermark, Self::Callback];
}

/// So many bufferevents of a trace are kept in mind.
const CONNECTIONS: usize = 12;

/// Facts about the whole trace so far.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    seen: usize,
    pace: Pace,
    /// The most bytes that were ever in a buffer: the scale of its gauge.
    peaks: Peaks,
    /// The first step at which each line of each file ran.
    first_run: HashMap<Text, HashMap<u32, usize>>,
    seen_lines: SeenLines,
    /// The bufferevents, in the order in which they came; of more than [`CONNECTIONS`] one too many.
    bevs: Vec<BevId>,
    /// The steps that the timeline marks, in 32 bits, as in the trace's tree.
    sights: Vec<(u32, Sight)>,
    stretches: Stretches,
    /// The mistakes found on the way, and those there are if nothing follows.
    checker: Checker,
    found: Vec<Finding>,
    found_at_end: Vec<Finding>,
    growth: Growth,
}

/// Lines that were seen before: nearly always it is one of a few.
#[derive(Debug)]
struct SeenLines([Option<(&'static str, u32)>; SeenLines::COUNT]);

impl Default for SeenLines {
    fn default() -> Self {
        Self([None; Self::COUNT])
    }
}

impl SeenLines {
    const COUNT: usize = 256;

    /// Whether a line is known to have been asked for before; it is from now on.
    fn has(&mut self, line: &SourceLine) -> bool {
        let Text::Borrowed(file) = line.file else {
            return false;
        };
        let seen = &mut self.0[line.line as usize % Self::COUNT];
        // A text that is borrowed stays where it is, so nothing is compared but places.
        if seen.is_some_and(|(known, at)| std::ptr::eq(known, file) && at == line.line) {
            return true;
        }
        *seen = Some((file, line.line));
        false
    }
}

/// How the records are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Pace {
    /// All that are new at once.
    #[default]
    AtOnce,
    /// In slices, while nobody waits: they were there all at once.
    Slices,
}

/// Whether more of the trace is about to come: what is wrong if nothing follows is not said before that is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Growth {
    /// It is there as a whole, or stands still.
    #[default]
    Over,
    /// It grows.
    Goes,
}

impl Facts {
    /// None yet, of a trace that is there as a whole: they are gathered in slices.
    pub(crate) fn in_slices() -> Self {
        Self {
            pace: Pace::Slices,
            ..Self::default()
        }
    }

    /// How much of the trace has been looked at, in percent, if it is done in slices and not done yet.
    pub(crate) fn percent(&self, trace: &Trace) -> Option<usize> {
        (self.pace == Pace::Slices).then(|| self.seen * 100 / trace.len().max(1))
    }

    /// Looks at the next slice.
    pub(crate) fn look_on_slice(&mut self, trace: &Trace, steps: usize) {
        self.look_up_to(trace, trace.len().min(self.seen + steps));
        if self.seen == trace.len() {
            self.pace = Pace::AtOnce;
            self.look_at_end();
        }
    }

    /// Looks at the records that are new since the last time.
    pub(crate) fn catch_up(&mut self, trace: &Trace) {
        if self.seen < trace.len() && self.pace == Pace::AtOnce {
            self.look_on(trace);
            self.look_at_end();
        }
    }

    fn look_on(&mut self, trace: &Trace) {
        self.look_up_to(trace, trace.len());
    }

    /// Looks at the new records, but not for mistakes: they are [looked for elsewhere](Self::checked) while a trace is read.
    pub(crate) fn look_beside(&mut self, trace: &Trace) {
        for (step, record) in (self.seen..).zip(trace.records_in(self.seen..trace.len())) {
            self.look_at(trace, step, &record);
        }
        self.seen = trace.len();
    }

    /// Takes over who has looked for mistakes in what was looked at so far.
    pub(crate) fn checked(&mut self, checker: Checker) {
        debug_assert_eq!(checker.steps(), self.seen);
        self.checker = checker;
        self.found.append(&mut self.checker.take());
        self.look_at_end();
    }

    fn look_up_to(&mut self, trace: &Trace, end: usize) {
        for (step, record) in (self.seen..).zip(trace.records_in(self.seen..end)) {
            self.checker.step(&record);
            self.look_at(trace, step, &record);
        }
        self.seen = end;
        self.found.append(&mut self.checker.take());
    }

    fn look_at(&mut self, trace: &Trace, step: usize, record: &Record) {
        self.peaks.step(record);
        if let Some(bev) = record.objects.bev
            && self.bevs.len() <= CONNECTIONS
            && !self.bevs.contains(&bev)
        {
            self.bevs.push(bev);
        }
        for line in [&record.src, &record.caller].into_iter().flatten() {
            self.ran(line, step);
        }
        let seen = |sight: &Sight| sight.is_of(record);
        let sights = Sight::ALL.into_iter().filter(seen);
        if trace.is_shown(step, Level::Everything) {
            self.sights
                .extend(sights.clone().next().map(|sight| (step as u32, sight)));
        }
        self.stretches.add(trace, step, sights);
    }

    /// Finds what is wrong if nothing follows.
    pub(crate) fn look_at_end(&mut self) {
        self.found_at_end = match self.growth {
            Growth::Over => self.checker.if_it_ended(),
            Growth::Goes => Vec::new(),
        };
    }

    /// The trace grows, unless the program has ended.
    pub(crate) fn begin_to_grow(&mut self, trace: &Trace) {
        let growth = match navigate::has_exited(trace) {
            true => Growth::Over,
            false => Growth::Goes,
        };
        if growth != self.growth {
            self.growth = growth;
            self.look_at_end();
        }
    }

    /// Whether it grows.
    pub(crate) fn grows(&self) -> bool {
        self.growth == Growth::Goes
    }

    /// Nothing has come for a while.
    pub(crate) fn stand_still(&mut self) {
        self.growth = Growth::Over;
        self.look_at_end();
    }

    /// How many mistakes have been found on the way.
    pub(crate) fn found(&self) -> usize {
        self.found.len()
    }

    /// The gravest of those found on the way since there were so many, or of those there are at the end.
    pub(crate) fn gravest_since(&self, found: usize) -> Option<&Finding> {
        let new = self.found.iter().skip(found);
        new.chain(&self.found_at_end)
            .max_by_key(|finding| (finding.severity, std::cmp::Reverse(finding.step)))
    }

    /// The mistakes in the trace, in no order.
    pub(crate) fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.found.iter().chain(&self.found_at_end)
    }

    /// The trace's bufferevents; none if there are too many to be told apart at a glance.
    pub(crate) fn bevs(&self) -> Option<&[BevId]> {
        (self.bevs.len() <= CONNECTIONS).then_some(&self.bevs)
    }

    fn ran(&mut self, line: &SourceLine, step: usize) {
        if self.seen_lines.has(line) {
            return;
        }
        let lines = match self.first_run.get_mut(&line.file) {
            Some(lines) => lines,
            None => self.first_run.entry(line.file.clone()).or_default(),
        };
        lines.entry(line.line).or_insert(step);
    }

    /// The most bytes that were ever in a buffer.
    pub(crate) fn peak(&self, buf: BufId) -> u64 {
        self.peaks.of(buf)
    }

    /// Whether a line has run before or at a step.
    pub(crate) fn has_run(&self, file: &str, line: u32, step: usize) -> bool {
        self.first_run
            .get(file)
            .and_then(|lines| lines.get(&line))
            .is_some_and(|first| *first <= step)
    }

    /// Whether the stretch of the trace around a step may have what is looked for.
    pub(crate) fn may_have(&self, trace: &Trace, step: usize, goal: Goal) -> bool {
        self.stretches.may_have(trace, step, goal)
    }

    /// What stands out from a step on, in the order of the steps.
    pub(crate) fn sights_from(&self, step: usize) -> impl Iterator<Item = (usize, Sight)> {
        let begin = self.sights.partition_point(|(at, _)| (*at as usize) < step);
        let sights = self.sights[begin..].iter();
        sights.map(|(step, sight)| (*step as usize, *sight))
    }
}
