//! What a page knows of the trace. Names are short: there is one of each for every step.

use std::collections::{BTreeMap, HashMap};

use evscope_replay::{
    Cause, Lang, Part as Piece, Replay, State, Trace, causes, describe, explain, navigate, spans,
};
use evscope_trace::{Level, SourceLine, SourceText};
use serde::Serialize;

use super::words;
use crate::Part;

const LEVELS: [Level; 3] = [Level::Program, Level::Walkthrough, Level::Everything];

/// All of it.
#[derive(Serialize)]
pub(super) struct Data<'a> {
    title: &'a str,
    /// What the page says beside the steps, by language.
    words: BTreeMap<&'static str, BTreeMap<&'static str, String>>,
    /// How many steps the whole trace has, and the level to begin with.
    len: usize,
    level: u8,
    sources: Vec<&'a SourceText>,
    steps: Vec<Step<'a>>,
}

#[derive(Serialize)]
struct Step<'a> {
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
    /// Its own place in the source, and that of the caller in the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    src: Option<Place<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller: Option<Place<'a>>,
    en: evscope_replay::Explanation,
    zh: evscope_replay::Explanation,
    /// What changed since the step listed before it, at each level: path, from, to. Levels that do not
    /// show the step have none.
    changes: [Vec<(String, String, String)>; 3],
    why: Vec<Link>,
}

/// A line of a file; `text` is the number of its function in the sources, where that is known.
#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<usize>,
}

/// A link of the chain of causes, or what it took besides.
#[derive(Serialize)]
struct Link {
    n: usize,
    en: String,
    zh: String,
    besides: bool,
}

impl<'a> Data<'a> {
    pub(super) fn of(part: &Part<'a>) -> Self {
        let trace = part.trace();
        let sources = part.sources();
        let texts: HashMap<(&str, u32), usize> = sources
            .iter()
            .enumerate()
            .map(|(i, text)| ((text.file.as_ref(), text.first), i))
            .collect();
        // The state goes forward only: one pass for the words and one for each level.
        let replay = Replay::new(trace.clone());
        let mut steps: Vec<Step<'_>> = super::steps(part)
            .map(|step| Step::of(trace, &replay, &texts, step))
            .collect();
        for level in LEVELS {
            changes(&replay, level, &mut steps);
        }
        Self {
            title: part.title(),
            words: words::of(trace, steps.len()),
            len: trace.len(),
            level: part.level_or(Level::Walkthrough).number(),
            sources,
            steps,
        }
    }

    pub(super) fn title(&self) -> &str {
        self.title
    }
}

impl<'a> Step<'a> {
    fn of(
        trace: &'a Trace,
        replay: &Replay,
        texts: &HashMap<(&str, u32), usize>,
        step: usize,
    ) -> Self {
        let record = trace.record(step);
        let place = |line: &'a SourceLine| Place {
            file: line.file.as_ref(),
            line: line.line,
            text: trace
                .source_of(line)
                .and_then(|text| texts.get(&(text.file.as_ref(), text.first)).copied()),
        };
        // A step that does not say it is in the calls around it.
        let around = || std::iter::once(step).chain(trace.ancestors(step));
        let src = around().find_map(|step| trace.record(step).src.as_ref());
        let caller = around().find_map(|step| trace.record(step).caller.as_ref());
        Self {
            n: step,
            t: describe::clock(record.t),
            lane: record.event.lane().letter(),
            level: record.level().number(),
            indent: LEVELS.map(|level| trace.indent(step, level)),
            line: spans(trace, step)
                .into_iter()
                .map(|span| (class(span.part), span.text.into_owned()))
                .collect(),
            mark: mark(trace, step),
            src: src.map(place),
            caller: caller.map(place),
            en: explain(replay, step, Lang::EN),
            zh: explain(replay, step, Lang::ZH),
            changes: Default::default(),
            why: why(trace, step),
        }
    }
}

/// Fills in what each step changed, as a view of a level tells it: a call that hides what it does there
/// has done it.
fn changes(replay: &Replay, level: Level, steps: &mut [Step<'_>]) {
    let trace = replay.trace();
    for step in steps.iter_mut().filter(|step| step.level <= level.number()) {
        let settled = |step| replay.state_at(navigate::settled(trace, step, level));
        let before = navigate::previous(trace, step.n, level).map_or_else(State::new, settled);
        let after = settled(step.n);
        step.changes[usize::from(level.number()) - 1] = State::diff(&before, &after)
            .into_iter()
            .filter(|change| !change.is_bookkeeping())
            .map(|change| (change.path, change.from.to_string(), change.to.to_string()))
            .collect();
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

fn why(trace: &Trace, step: usize) -> Vec<Link> {
    let link = |cause: &Cause, besides| Link {
        n: cause.step,
        en: cause.text(trace, Lang::EN),
        zh: cause.text(trace, Lang::ZH),
        besides,
    };
    let mut links = Vec::new();
    for cause in causes(trace, step) {
        links.push(link(&cause, false));
        links.extend(cause.besides.iter().map(|cause| link(cause, true)));
    }
    links
}
