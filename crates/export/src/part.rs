//! What of a trace is exported.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::RangeInclusive;

use evscope_replay::{Lang, Trace};
use evscope_trace::{Header, Lane, Level, Phase, Record, SourceLine, SourceText, ThreadId};

/// A trace, or a part of it. A call is taken whole: its exit is there when its enter is.
pub struct Part<'a> {
    trace: &'a Trace,
    steps: Option<RangeInclusive<usize>>,
    level: Option<Level>,
    seen_at: Option<Level>,
    lang: Lang,
    wanted: Option<Box<dyn Fn(usize) -> bool + 'a>>,
}

impl fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part")
            .field("trace", &self.trace.name())
            .field("steps", &self.steps)
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}

impl<'a> Part<'a> {
    /// All of it.
    pub fn whole(trace: &'a Trace) -> Self {
        Self {
            trace,
            steps: None,
            level: None,
            seen_at: None,
            lang: Lang::EN,
            wanted: None,
        }
    }

    /// Its header. What a trace goes on with comes before all of it, and not before a part.
    pub(crate) fn header(&self) -> Cow<'a, Header> {
        let header = self.trace.header();
        let is_whole = self.steps.is_none() && self.level.is_none() && self.wanted.is_none();
        if is_whole || header.continues.is_none() {
            return Cow::Borrowed(header);
        }
        Cow::Owned(Header {
            continues: None,
            ..header.clone()
        })
    }

    /// Only steps in a range.
    #[must_use]
    pub fn steps(self, steps: RangeInclusive<usize>) -> Self {
        Self {
            steps: Some(steps),
            ..self
        }
    }

    /// Only steps up to a detail level. Without it each format takes what suits it.
    #[must_use]
    pub fn level(self, level: Level) -> Self {
        Self {
            level: Some(level),
            ..self
        }
    }

    /// The level at which the user looks at the trace: what suits the formats that would rather not show
    /// everything. It leaves nothing out of the others.
    #[must_use]
    pub fn seen_at(self, level: Level) -> Self {
        Self {
            seen_at: Some(level),
            ..self
        }
    }

    /// The language of what a picture says beside the steps, which are in the trace's own words.
    #[must_use]
    pub fn in_lang(self, lang: Lang) -> Self {
        Self { lang, ..self }
    }

    /// Only steps for which `wanted` holds.
    #[must_use]
    pub fn wanted(self, wanted: impl Fn(usize) -> bool + 'a) -> Self {
        Self {
            wanted: Some(Box::new(wanted)),
            ..self
        }
    }

    /// The threads that made its records.
    pub(crate) fn threads(&self) -> BTreeSet<ThreadId> {
        let threads = self.each_step().map(|step| self.trace.record(step).thread);
        threads.collect()
    }

    pub(crate) fn trace(&self) -> &'a Trace {
        self.trace
    }

    pub(crate) fn lang(&self) -> Lang {
        self.lang
    }

    /// The same part for a format that would rather not show everything.
    pub(crate) fn level_or(&self, level: Level) -> Level {
        self.level.or(self.seen_at).unwrap_or(level)
    }

    /// Whether nothing is left out.
    fn is_whole(&self) -> bool {
        self.steps.is_none() && self.level.is_none() && self.wanted.is_none()
    }

    pub(crate) fn has(&self, step: usize) -> bool {
        let begin = self.trace.begin(step);
        self.steps
            .as_ref()
            .is_none_or(|steps| steps.contains(&begin))
            && self
                .level
                .is_none_or(|level| self.trace.record(begin).level() <= level)
            && self.wanted.as_ref().is_none_or(|wanted| wanted(begin))
    }

    /// The steps that a screen would list at a level, in order.
    pub fn listed(&self, level: Level) -> impl Iterator<Item = usize> {
        self.each_step()
            .filter(move |step| self.trace.is_shown(*step, level))
    }

    /// The steps, in order.
    pub(crate) fn each_step(&self) -> impl Iterator<Item = usize> {
        (0..self.trace.len()).filter(|step| self.has(*step))
    }

    /// The records as a trace of their own: numbered from 0, their depths counted among themselves.
    pub(crate) fn records(&self) -> impl Iterator<Item = Record> {
        let whole = self.is_whole();
        self.each_step().enumerate().map(move |(seq, step)| {
            let mut record = (*self.trace.record(step)).clone();
            if whole {
                return record;
            }
            record.seq = seq as u64;
            let around = self.trace.ancestors(self.trace.begin(step));
            record.depth = around.filter(|call| self.has(*call)).count() as u32;
            record
        })
    }

    /// What to call the trace: its program, or else its own name.
    pub(crate) fn title(&self) -> &'a str {
        match self.trace.header().program.as_str() {
            "" => self.trace.name(),
            program => program,
        }
    }

    /// The source texts: all of a whole trace, those that the records of a part point into.
    pub(crate) fn sources(&self) -> Vec<&'a SourceText> {
        let all = self
            .trace
            .source_files()
            .into_iter()
            .flat_map(|file| self.trace.source_file(file));
        if self.is_whole() {
            return all.collect();
        }
        let place = |line: &Option<SourceLine>| {
            let text = self.trace.source_of(line.as_ref()?)?;
            Some((text.file.as_ref(), text.first))
        };
        let used: BTreeSet<(&str, u32)> = self
            .each_step()
            .map(|step| self.trace.record(step))
            .flat_map(|record| [place(&record.src), place(&record.caller)])
            .flatten()
            .collect();
        all.filter(|text| used.contains(&(text.file.as_ref(), text.first)))
            .collect()
    }
}

/// The lane that a step comes from: whether the call around it is shown or not, it is that call's doing; outside of any,
/// the program's.
pub(crate) fn caller(trace: &Trace, step: usize) -> Lane {
    trace
        .ancestors(trace.begin(step))
        .next()
        .map_or(Lane::Program, |call| trace.record(call).event.lane())
}

/// Whether a call is still running when the trace ends: it has no exit.
pub(crate) fn is_unfinished(trace: &Trace, step: usize) -> bool {
    trace.record(step).phase == Phase::Enter && trace.exit_of(step).is_none()
}
