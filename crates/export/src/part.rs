//! What of a trace is exported.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::ops::{ControlFlow, RangeInclusive};

use evscope_replay::{End, Lang, Outline, Passing, Query, Records, Told, Trace, Walk};
use evscope_trace::{
    Header, Lane, Level, Nanos, Phase, ReadError, Record, SourceLine, SourceText, ThreadId,
};

use crate::svg::Excerpt;
use crate::{ExportError, Guide};

/// A trace, or a part of it. A call is taken whole: its exit is there when its enter is.
pub struct Part<'a> {
    records: Records<'a>,
    outline: OnceCell<Outline>,
    beginning: OnceCell<Outline>,
    end: OnceCell<End>,
    excerpt: OnceCell<Excerpt>,
    steps: Option<RangeInclusive<usize>>,
    level: Option<Level>,
    seen_at: Option<Level>,
    lang: Lang,
    guide: Option<&'a Guide>,
    wanted: Wanted<'a>,
}

/// Which steps are wanted, whatever their numbers and levels.
enum Wanted<'a> {
    All,
    If(Box<dyn Fn(usize) -> bool + 'a>),
    Query(&'a Query),
}

impl fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part")
            .field("steps", &self.steps)
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}

impl<'a> Part<'a> {
    /// All of a trace.
    pub fn whole(records: impl Into<Records<'a>>) -> Self {
        Self {
            records: records.into(),
            outline: OnceCell::new(),
            beginning: OnceCell::new(),
            end: OnceCell::new(),
            excerpt: OnceCell::new(),
            steps: None,
            level: None,
            seen_at: None,
            lang: Lang::EN,
            guide: None,
            wanted: Wanted::All,
        }
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

    /// With what a teacher says of it, which a page and slides show.
    #[must_use]
    pub fn guided(self, guide: &'a Guide) -> Self {
        Self {
            guide: Some(guide),
            ..self
        }
    }

    /// Only steps for which `wanted` holds.
    #[must_use]
    pub fn wanted(self, wanted: impl Fn(usize) -> bool + 'a) -> Self {
        Self {
            wanted: Wanted::If(Box::new(wanted)),
            ..self
        }
    }

    /// Only steps that a query means.
    #[must_use]
    pub fn filter(self, query: &'a Query) -> Self {
        Self {
            wanted: Wanted::Query(query),
            ..self
        }
    }

    /// What must be known of the trace before its first step is told. It is found out once.
    ///
    /// # Errors
    /// Where the trace cannot be read.
    pub fn outline(&self) -> Result<&Outline, ReadError> {
        if let Some(known) = self.outline.get() {
            return Ok(known);
        }
        let outline = self.records.outline(usize::MAX)?;
        Ok(self.outline.get_or_init(|| outline))
    }

    /// What is known of it before it is gone through, for who does so once and needs to know nothing but its header; of
    /// some steps also whether they are the last ones.
    pub(crate) fn before(&self) -> Result<&Outline, ReadError> {
        if self.steps.is_some() {
            return self.outline();
        }
        if let Some(known) = self.outline.get().or_else(|| self.beginning.get()) {
            return Ok(known);
        }
        let beginning = self.records.beginning()?;
        Ok(self.beginning.get_or_init(|| beginning))
    }

    /// How the trace ends, once that is known.
    pub fn end(&self) -> Option<&End> {
        let end = self.outline.get().map(|outline| &outline.end);
        end.or_else(|| self.end.get())
    }

    /// What a picture shows of it. It is taken once.
    pub(crate) fn excerpt(
        &self,
        take: impl FnOnce() -> Result<Excerpt, ReadError>,
    ) -> Result<&Excerpt, ReadError> {
        if let Some(taken) = self.excerpt.get() {
            return Ok(taken);
        }
        let taken = take()?;
        Ok(self.excerpt.get_or_init(|| taken))
    }

    /// Its header. What a trace goes on with comes before all of it, and not before a part.
    pub(crate) fn header(&self) -> Result<Cow<'_, Header>, ReadError> {
        let header = self.outline()?.header();
        if self.is_whole() || header.continues.is_none() {
            return Ok(Cow::Borrowed(header));
        }
        Ok(Cow::Owned(Header {
            continues: None,
            ..header.clone()
        }))
    }

    pub(crate) fn guide(&self) -> Option<&'a Guide> {
        self.guide
    }

    /// The most that is in it.
    pub(crate) fn finest(&self) -> Level {
        self.level.unwrap_or(Level::Everything)
    }

    pub(crate) fn lang(&self) -> Lang {
        self.lang
    }

    /// The same part for a format that would rather not show everything.
    pub(crate) fn level_or(&self, level: Level) -> Level {
        self.level.or(self.seen_at).unwrap_or(level)
    }

    /// Whether nothing is left out.
    pub(crate) fn is_whole(&self) -> bool {
        self.steps.is_none() && self.level.is_none() && matches!(self.wanted, Wanted::All)
    }

    fn query(&self) -> Option<&'a Query> {
        match self.wanted {
            Wanted::Query(query) => Some(query),
            Wanted::All | Wanted::If(_) => None,
        }
    }

    /// Goes through the trace as far as there is anything of the part, and has every step told; those of the part are
    /// chosen. With `ahead` the enter of a call has its times.
    pub(crate) fn walk<E: From<ReadError>>(
        &self,
        ahead: bool,
        mut tell: impl FnMut(&Passing<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.way(ahead, self.outline()?).run(
            self.records,
            |passing| self.chooses(passing),
            |passing| {
                tell(passing)?;
                Ok(match self.ends_at(passing) {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                })
            },
        )
    }

    /// The same where steps are written down: `note` notes of those that are to be written what only the steps before
    /// them tell, and `writer` makes what writes a step from its record and that, and knows no other steps. The bytes go
    /// to `out`. Tells whether the end of the trace was reached.
    pub(crate) fn write<T: Send, W: FnMut(&Told<'_, T>, &mut Vec<u8>)>(
        &self,
        ahead: bool,
        outline: &Outline,
        mut note: impl FnMut(&Passing<'_>) -> Result<Option<T>, ExportError>,
        writer: impl Fn() -> W + Sync,
        mut out: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<bool, ExportError> {
        let end = self.way(ahead, outline).write(
            self.records,
            |passing| self.chooses(passing),
            |passing| {
                let noted = note(passing)?;
                Ok(match self.ends_at(passing) {
                    true => ControlFlow::Break(noted),
                    false => ControlFlow::Continue(noted),
                })
            },
            writer,
            |bytes| out(bytes).map_err(ExportError::from),
        )?;
        Ok(match end {
            Some(end) => {
                let _ = self.end.set(end);
                true
            }
            None => false,
        })
    }

    fn way<'o>(&self, ahead: bool, outline: &'o Outline) -> Walk<'o> {
        let query = self.query();
        Walk::new(outline)
            .looking_ahead(ahead || query.is_some_and(Query::looks_ahead))
            .with_state(query.is_some_and(Query::needs_state))
    }

    /// Whether nothing of the part comes behind a step.
    fn ends_at(&self, passing: &Passing<'_>) -> bool {
        let begins = passing.is_chosen && passing.record.phase == Phase::Enter;
        let last = self.steps.as_ref().map(RangeInclusive::end);
        last.is_some_and(|last| passing.step >= *last) && !begins && !passing.is_chosen_running
    }

    /// The same for the steps of the part alone.
    pub(crate) fn each<E: From<ReadError>>(
        &self,
        ahead: bool,
        mut tell: impl FnMut(&Passing<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.walk(ahead, |passing| match passing.is_chosen {
            true => tell(passing),
            false => Ok(()),
        })
    }

    /// Whether the part has a call, or a step that is none.
    fn chooses(&self, passing: &Passing<'_>) -> bool {
        let in_range = |steps: &RangeInclusive<usize>| steps.contains(&passing.step);
        self.steps.as_ref().is_none_or(in_range)
            && self
                .level
                .is_none_or(|level| passing.record.level() <= level)
            && match &self.wanted {
                Wanted::All => true,
                Wanted::If(wanted) => wanted(passing.step),
                Wanted::Query(query) => query.means(&passing.seen()),
            }
    }

    /// Has the records of the part told as a trace of their own: numbered from 0, their depths counted among themselves.
    pub(crate) fn each_record<E: From<ReadError>>(
        &self,
        mut tell: impl FnMut(&Record) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.is_whole() {
            return self.every_record(tell);
        }
        let mut seq = 0;
        self.each(false, |passing| {
            let mut record = passing.record.clone();
            record.seq = seq;
            seq += 1;
            let around = passing.around.iter().filter(|call| call.of.is_chosen);
            record.depth = around.count() as u32;
            tell(&record)
        })
    }

    /// Has the records of the whole trace told, as they are.
    fn every_record<E: From<ReadError>>(
        &self,
        mut tell: impl FnMut(&Record) -> Result<(), E>,
    ) -> Result<(), E> {
        // A trace that grows has more than it had.
        let mut left = self.outline()?.records;
        let mut told = Ok(());
        self.records.each(|record| {
            if left == 0 {
                return ControlFlow::Break(());
            }
            left -= 1;
            told = tell(record);
            match told.is_err() || left == 0 {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })?;
        told
    }

    /// When some steps were, and on which thread.
    pub(crate) fn moments(
        &self,
        steps: &BTreeSet<usize>,
    ) -> Result<BTreeMap<usize, (Nanos, ThreadId)>, ReadError> {
        self.records.moments(steps)
    }

    /// What to call the trace: its program, or else its own name.
    pub(crate) fn title(&self) -> Result<&str, ReadError> {
        let outline = self.outline()?;
        Ok(match outline.header().program.as_str() {
            "" => outline.name(),
            program => program,
        })
    }

    /// The source texts: all of a whole trace, those that the records of a part point into.
    pub(crate) fn sources(&self) -> Result<Vec<&SourceText>, ReadError> {
        let texts = &self.outline()?.texts;
        let files = texts.source_files().into_iter();
        let all = files.flat_map(|file| texts.source_file(file));
        if self.is_whole() {
            return Ok(all.collect());
        }
        let place = |line: &Option<SourceLine>| {
            let text = texts.source_of(line.as_ref()?)?;
            Some((text.file.as_ref(), text.first))
        };
        let mut used: BTreeSet<(&str, u32)> = BTreeSet::new();
        self.each(false, |passing| {
            let record = passing.record;
            used.extend(place(&record.src));
            used.extend(place(&record.caller));
            Ok::<(), ReadError>(())
        })?;
        let is_used = |text: &&SourceText| used.contains(&(text.file.as_ref(), text.first));
        Ok(all.filter(is_used).collect())
    }

    /// The steps that a screen would list at a level, in order.
    ///
    /// # Errors
    /// Where the trace cannot be read.
    pub fn listed(&self, level: Level) -> Result<Vec<usize>, ReadError> {
        let mut listed = Vec::new();
        self.each(false, |passing| {
            if passing.is_shown(level) {
                listed.push(passing.step);
            }
            Ok::<(), ReadError>(())
        })?;
        Ok(listed)
    }

    /// All of the trace, for what goes to and fro in it.
    ///
    /// # Errors
    /// Where the trace cannot be read.
    pub fn in_memory(&self) -> Result<Cow<'_, Trace>, ReadError> {
        if let Records::Held(trace) = self.records {
            return Ok(Cow::Borrowed(trace));
        }
        let mut trace = self.outline()?.texts.clone();
        self.records.each(|record| {
            trace.push(record.clone());
            ControlFlow::Continue(())
        })?;
        Ok(Cow::Owned(trace))
    }
}

/// The lane that a step comes from: whether the call around it is shown or not, it is that call's doing; outside of any,
/// the program's.
pub(crate) fn caller(passing: &Passing<'_>) -> Lane {
    let call = passing.around.last();
    call.map_or(Lane::Program, |call| call.of.lane)
}

/// Whether a call is still running when the trace ends: it has no exit. Only where it is looked ahead.
pub(crate) fn is_unfinished(passing: &Passing<'_>) -> bool {
    passing.record.phase == Phase::Enter && passing.times.is_none()
}
