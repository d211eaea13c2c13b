//! What a page knows of the trace. Names are short: there is one of each for every step.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use evscope_replay::check::{CheckOptions, Checker};
use evscope_replay::place::{call_name, place, stands};
use evscope_replay::{
    Cause, Lang, ObjectKind, Part as Piece, Replay, State, Trace, causes, describe, explain,
    navigate, spans,
};
use evscope_trace::{Level, ReadError, SourceLine, SourceText, Text};
use serde::Serialize;

use super::words;
use crate::Part;
use crate::guide::{self, Guide, Said};

const LEVELS: [Level; 3] = [Level::Program, Level::Walkthrough, Level::Everything];

/// All of it.
#[derive(Serialize)]
pub(super) struct Data<'a> {
    title: &'a str,
    /// What the page says beside the steps, by language.
    words: BTreeMap<&'static str, BTreeMap<&'static str, String>>,
    /// The kinds of objects that the state has, in their order.
    kinds: [ObjectKind; 5],
    /// How many steps the whole trace has, and the level to begin with.
    len: usize,
    level: u8,
    sources: Vec<&'a SourceText>,
    /// The lines of the steps, each once.
    places: Vec<NumberedPlace>,
    steps: Vec<Step>,
    /// The links of their chains of causes, each once: many chains end in the same way.
    links: Vec<Link>,
    /// What a teacher says: a title in each language, at stops, and in notes.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    titles: BTreeMap<&'static str, &'a str>,
    stops: Vec<Stop<'a>>,
    notes: Vec<(usize, &'a str)>,
    /// The mistakes found at these steps, in their order.
    findings: Vec<Found>,
}

#[derive(Serialize)]
struct Step {
    /// Its number, its time, the letter of who acts, the lowest level that shows it.
    n: usize,
    t: String,
    lane: &'static str,
    level: u8,
    /// How far it is indented at each level.
    indent: [usize; 3],
    /// The step as a line, in pieces: what each is, and its text.
    line: Vec<(&'static str, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<&'static str>,
    /// At each level where one stands in the source, and the other side of the call: places by number.
    here: [Option<usize>; 3],
    other: [Option<usize>; 3],
    /// The calls around it, the outermost first: number, level and name.
    around: Vec<(usize, u8, Text)>,
    en: evscope_replay::Explanation,
    zh: evscope_replay::Explanation,
    /// The last step that has been done by it at each level: a call that hides what it does there has done it.
    done: [usize; 3],
    /// What changed since the step before it, and since the last one of the page before that, where there are others between.
    changes: Vec<Changed>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missed: Vec<Changed>,
    /// Its chain of causes: links by number.
    why: Vec<usize>,
}

/// A part of the state, what it was, what it is. The state at a step is the sum of all changes up to there.
type Changed = (String, String, String);

/// A stop of a lesson, with what is said there in each language.
#[derive(Serialize)]
struct Stop<'a> {
    n: usize,
    level: u8,
    en: Told<'a>,
    zh: Told<'a>,
}

#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    said: &'a Said,
    /// The answer, on slides.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Answer<'a>>,
}

#[derive(Serialize)]
struct Answer<'a> {
    right: String,
    after: &'a str,
}

/// A mistake: its step, the rule that found it and how grave it is, what is wrong and what to do.
#[derive(Serialize)]
struct Found {
    n: usize,
    rule: &'static str,
    severity: &'static str,
    en: (String, String),
    zh: (String, String),
}

/// A line of a file; `text` is the number of its function in the sources, where that is known.
#[derive(Serialize)]
struct NumberedPlace {
    file: String,
    line: u32,
    #[serde(rename = "fn", skip_serializing_if = "Option::is_none")]
    function: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<usize>,
}

/// The places of all steps.
struct Places<'a> {
    sources: Vec<&'a SourceText>,
    /// Their numbers by file and first line.
    texts: HashMap<(&'a str, u32), usize>,
    all: Vec<NumberedPlace>,
    numbers: HashMap<SourceLine, usize>,
}

impl<'a> Places<'a> {
    fn number(&mut self, trace: &'a Trace, line: SourceLine) -> usize {
        if let Some(number) = self.numbers.get(&line) {
            return *number;
        }
        let text = trace.source_of(&line).map(|text| self.text(text));
        self.all.push(NumberedPlace {
            text,
            file: line.file.clone().into_owned(),
            line: line.line,
            function: line.function.clone().map(Cow::into_owned),
        });
        let number = self.all.len() - 1;
        self.numbers.insert(line, number);
        number
    }

    /// The number of a text. That of a call around a part is none of the part's own.
    fn text(&mut self, text: &'a SourceText) -> usize {
        let sources = &mut self.sources;
        let known = self.texts.entry((text.file.as_ref(), text.first));
        *known.or_insert_with(|| {
            sources.push(text);
            sources.len() - 1
        })
    }
}

/// A link of the chain of causes, or what it took besides.
#[derive(Serialize, Clone, PartialEq, Eq, Hash)]
struct Link {
    n: usize,
    en: String,
    zh: String,
    besides: bool,
}

impl<'a> Data<'a> {
    /// For the view, which has all steps.
    pub(super) fn of(part: &'a Part<'_>, trace: &'a Trace) -> Result<Self, ReadError> {
        Self::of_steps(part, trace, part.listed(super::LEVEL)?, Stop::of)
    }

    /// For slides, which have those that a teacher stops at.
    pub(super) fn of_slides(part: &'a Part<'_>, trace: &'a Trace) -> Result<Self, ReadError> {
        let mut steps = part.listed(super::LEVEL)?;
        let talked = part.guide().map(Guide::steps).unwrap_or_default();
        let is_stop = |step: &usize| match talked.is_empty() {
            true => trace.record(*step).level() == Level::Program,
            false => talked.contains(step),
        };
        steps.retain(is_stop);
        Self::of_steps(part, trace, steps, Stop::answered)
    }

    fn of_steps(
        part: &'a Part<'_>,
        trace: &'a Trace,
        steps: Vec<usize>,
        stop: fn(&'a guide::Stop) -> Stop<'a>,
    ) -> Result<Self, ReadError> {
        let sources = part.sources()?;
        let texts: HashMap<(&str, u32), usize> = sources
            .iter()
            .enumerate()
            .map(|(i, text)| ((text.file.as_ref(), text.first), i))
            .collect();
        let mut places = Places {
            sources,
            texts,
            all: Vec::new(),
            numbers: HashMap::new(),
        };
        // The state goes forward only: one pass for the words and one for the changes.
        let replay = Replay::new(trace.clone());
        let mut links = Links::default();
        let mut steps: Vec<Step> = steps
            .into_iter()
            .map(|step| {
                let why = links.why(trace, step);
                Step::of(trace, &replay, &mut places, part.finest(), step, why)
            })
            .collect();
        changes(&replay, part.finest(), &mut steps);
        let is_here = |step: usize| steps.binary_search_by_key(&step, |it| it.n).is_ok();
        let guide = part.guide();
        let stops = guide.map_or(&[][..], |guide| &guide.stops).iter();
        let stops = stops.filter(|stop| is_here(stop.step)).map(stop);
        let notes = guide.into_iter().flat_map(|guide| &guide.notes);
        let notes = notes.filter(|(step, _)| is_here(**step));
        Ok(Self {
            title: part.title()?,
            words: words::of(trace, steps.len()),
            kinds: ObjectKind::ALL,
            len: trace.len(),
            level: part.level_or(Level::Walkthrough).number(),
            titles: guide.map(titles).unwrap_or_default(),
            stops: stops.collect(),
            notes: notes.map(|(step, note)| (*step, note.as_str())).collect(),
            findings: findings(trace, &steps),
            links: links.all,
            sources: places.sources,
            places: places.all,
            steps,
        })
    }

    pub(super) fn title(&self) -> &str {
        self.title
    }
}

impl Step {
    fn of<'a>(
        trace: &'a Trace,
        replay: &Replay,
        places: &mut Places<'a>,
        finest: Level,
        step: usize,
        why: Vec<usize>,
    ) -> Self {
        let record = trace.record(step);
        let mut stood = |level, other: bool| {
            let stands = stands(trace, step, level);
            let whose = if other { stands.other() } else { stands };
            let line = place(trace, step, level, whose)?.line;
            Some(places.number(trace, line))
        };
        let (here, other) = (
            LEVELS.map(|level| stood(level, false)),
            LEVELS.map(|level| stood(level, true)),
        );
        let mut around: Vec<_> = trace
            .ancestors(step)
            .map(|call| {
                let record = trace.record(call);
                let name = call_name(trace, call);
                (call, record.level().number(), name)
            })
            .collect();
        around.reverse();
        Self {
            n: step,
            t: describe::clock(record.t),
            lane: record.event.lane().letter(),
            level: record.level().number(),
            indent: LEVELS.map(|level| trace.indent(step, level)),
            line: spans(trace, step)
                .into_iter()
                .map(|span| (class(span.part), span.text))
                .collect(),
            mark: mark(trace, step),
            here,
            other,
            around,
            en: explain(replay, step, Lang::EN),
            zh: explain(replay, step, Lang::ZH),
            done: LEVELS.map(|level| navigate::settled(trace, step, level.min(finest))),
            changes: Vec::new(),
            missed: Vec::new(),
            why,
        }
    }
}

/// What a lesson is called, by language.
fn titles(guide: &Guide) -> BTreeMap<&'static str, &str> {
    let titles = guide.title.iter().flatten().map(String::as_str);
    words::LANGS
        .map(Lang::code)
        .into_iter()
        .zip(titles)
        .collect()
}

/// The mistakes of the whole trace that are at steps of the page.
fn findings(trace: &Trace, steps: &[Step]) -> Vec<Found> {
    let mut found: Vec<Found> = Checker::all(&CheckOptions::default(), trace.records())
        .into_iter()
        .filter(|finding| {
            steps
                .binary_search_by_key(&finding.step, |step| step.n)
                .is_ok()
        })
        .map(|finding| Found {
            n: finding.step,
            rule: finding.rule,
            severity: finding.severity.name(),
            en: finding.said(Lang::EN),
            zh: finding.said(Lang::ZH),
        })
        .collect();
    found.sort_by_key(|finding| finding.n);
    found
}

/// Fills in what each step changed. `level` is the finest that the page has.
fn changes(replay: &Replay, level: Level, steps: &mut [Step]) {
    let trace = replay.trace();
    let settled = |step| replay.state_at(navigate::settled(trace, step, level));
    let mut last = None;
    for step in steps {
        let previous = navigate::previous(trace, step.n, level);
        let before = previous.map_or_else(State::new, settled);
        if previous != last {
            let known = last.map_or_else(State::new, settled);
            step.missed = changed(&known, &before);
        }
        step.changes = changed(&before, &settled(step.n));
        last = Some(step.n);
    }
}

fn changed(before: &State, after: &State) -> Vec<Changed> {
    State::diff(before, after)
        .into_iter()
        .filter(|change| !change.is_bookkeeping())
        .map(|change| (change.path, change.from.to_string(), change.to.to_string()))
        .collect()
}

impl<'a> Stop<'a> {
    fn of(stop: &'a guide::Stop) -> Self {
        let [en, zh] = stop.said.each_ref().map(|said| Told { said, answer: None });
        Self {
            n: stop.step,
            level: stop.level.number(),
            en,
            zh,
        }
    }

    fn answered(stop: &'a guide::Stop) -> Self {
        let mut told = Self::of(stop);
        for said in [&mut told.en, &mut told.zh] {
            said.answer = stop
                .right_in(said.said)
                .map(|(right, after)| Answer { right, after });
        }
        told
    }
}

fn class(piece: Piece) -> &'static str {
    match piece {
        Piece::Name(_) => "name",
        Piece::Callback => "callback",
        Piece::Error => "error",
        Piece::Object(_) | Piece::Value | Piece::Bytes | Piece::Text => "",
    }
}

/// What stands out, the strongest.
fn mark(trace: &Trace, step: usize) -> Option<&'static str> {
    if navigate::is_error(trace, step) {
        Some("failure")
    } else if navigate::is_watermark(trace, step) {
        Some("watermark")
    } else if navigate::is_callback(trace, step) {
        Some("callback")
    } else {
        None
    }
}

/// The links of all steps.
#[derive(Default)]
struct Links {
    all: Vec<Link>,
    numbers: HashMap<Link, usize>,
}

impl Links {
    /// The chain of causes of a step.
    fn why(&mut self, trace: &Trace, step: usize) -> Vec<usize> {
        let mut numbers = Vec::new();
        for cause in causes(trace, step) {
            numbers.push(self.number(trace, &cause, false));
            for besides in &cause.besides {
                numbers.push(self.number(trace, besides, true));
            }
        }
        numbers
    }

    fn number(&mut self, trace: &Trace, cause: &Cause, besides: bool) -> usize {
        let link = Link {
            n: cause.step,
            en: cause.text(trace, Lang::EN),
            zh: cause.text(trace, Lang::ZH),
            besides,
        };
        let next = self.all.len();
        *self.numbers.entry(link).or_insert_with_key(|link| {
            self.all.push(link.clone());
            next
        })
    }
}
