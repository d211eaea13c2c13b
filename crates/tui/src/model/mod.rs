//! The model: everything the screen shows and the keys change.
//!
//! Knows: where the user is, what is listed, what is true at the step, and what the outside is asked for.
//! Never knows: a terminal, a file, which key does what, or how a pane is drawn.

pub(crate) mod asked;
pub(crate) mod code;
pub(crate) mod command;
pub(crate) mod connections;
pub(crate) mod here;
pub(crate) mod keys;
pub(crate) mod lesson;
pub(crate) mod listing;
pub(crate) mod marks;
pub(crate) mod message;
pub(crate) mod pane;
pub(crate) mod program;
pub(crate) mod prompt;
pub(crate) mod running;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;

use evscope_replay::check::Finding;
use evscope_replay::{BranchStep, Lang, Query, Replay, Trace, navigate};
use evscope_trace::{Level, SourceText};
use evscope_words::{Word, text, word};

use crate::look::theme::{Depth, Palette, Theme};
use crate::model::asked::Asked;
use crate::model::code::Code;
use crate::model::connections::ByConnection;
use crate::model::here::{Here, Known};
use crate::model::keys::{HomeKeymap, Keymap};
use crate::model::lesson::Taken;
use crate::model::message::Effect;
use crate::model::pane::{Overlay, Pane, Wanted};
use crate::model::program::Live;
use crate::model::prompt::{History, Prompt};
use crate::work::facts::Facts;
use crate::work::job::{Job, Matcher};
use crate::work::shown::{Listed, Row, Rows, Shown};
pub(crate) use crate::work::stops::Direction;
use crate::work::stops::Stop;
use crate::work::stretches::{Goal, STEPS, stretches_of};
use crate::work::timeline::{Scale, Timeline};

/// What the status line says until the next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) text: String,
    pub(crate) kind: NoticeKind,
}

/// What sort of notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoticeKind {
    /// Good to know.
    Said,
    /// Something did not work.
    Wrong,
}

/// What the list of steps is cut down to.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    pub(crate) query: Query,
    /// There once the whole trace has been looked through.
    pub(crate) matcher: Option<Matcher>,
}

/// A search and what it found.
#[derive(Debug, Clone)]
pub(crate) struct Search {
    pub(crate) query: Query,
    pub(crate) hits: Vec<usize>,
    pub(crate) matcher: Option<Matcher>,
}

/// How bytes are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bytes {
    Text,
    Hex,
}

/// How the panes are looked at.
#[derive(Debug, Clone)]
pub(crate) struct Looks {
    pub(crate) size: (u16, u16),
    pub(crate) wanted: Wanted,
    /// Whether not the line where one stands is shown, but the other side of the call.
    pub(crate) other_side: bool,
    pub(crate) scale: Scale,
    pub(crate) magnified: u32,
    pub(crate) bytes: Bytes,
    /// How far panes are scrolled from where they stand by themselves.
    pub(crate) scroll: HashMap<Pane, isize>,
    /// The step at which they were.
    pub(crate) scrolled_at: usize,
    /// The first row of the list of steps.
    pub(crate) top: usize,
    /// The chosen cause.
    pub(crate) cause: usize,
}

/// Playing by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Autoplay {
    /// When the next step is due; none: as soon as the time is known.
    pub(crate) due: Option<Duration>,
}

/// A trace that grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Following {
    /// It does not: it is looked at as it is.
    Not,
    /// The cursor stays at the newest step while it is there.
    Live,
    /// What is new waits until following goes on.
    Paused,
}

/// The whole model.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) replay: Replay,
    /// The current step.
    pub(crate) step: usize,
    /// Where the cursor was before a change of level took it to the nearest step shown.
    pub(crate) home: Option<usize>,
    pub(crate) level: Level,
    pub(crate) lang: Lang,
    pub(crate) theme: Theme,
    pub(crate) keymap: Keymap,
    /// Those of the home screen, for the help.
    pub(crate) home_keys: HomeKeymap,
    pub(crate) shown: Shown,
    pub(crate) filter: Option<Filter>,
    pub(crate) search: Option<Search>,
    pub(crate) stops: Vec<Stop>,
    /// Bookmarks with their notes.
    pub(crate) marks: BTreeMap<usize, String>,
    /// How far the rest of the trace is read; none: all of it is there.
    pub(crate) reading: Option<String>,
    /// The lesson that is being taken.
    pub(crate) taken: Option<Taken>,
    pub(crate) looks: Looks,
    pub(crate) prompt: Option<Prompt>,
    pub(crate) history: History,
    pub(crate) overlay: Option<Overlay>,
    pub(crate) asked: Asked,
    pub(crate) by_connection: ByConnection,
    pub(crate) notice: Option<Notice>,
    /// The count being typed before a command.
    pub(crate) count: Option<usize>,
    pub(crate) job: Option<Job>,
    pub(crate) autoplay: Option<Autoplay>,
    /// Steps in a second, as a place in [`SPEEDS`].
    pub(crate) speed: usize,
    pub(crate) following: Following,
    /// When it grew last.
    pub(crate) grown: Duration,
    /// The program whose trace this is, if it can be held.
    pub(crate) live: Option<Live>,
    /// The files of a folder of sources; none: not there. Only asked for when there is a folder.
    pub(crate) files: HashMap<String, Option<Rc<str>>>,
    /// The functions of a folder of sources, by name, likewise.
    pub(crate) functions: HashMap<String, Option<(u32, SourceText)>>,
    pub(crate) has_folder: bool,
    /// Whether functions can be looked for by their names: there, or in libevent's source.
    pub(crate) has_functions: bool,
    /// The texts of the files looked at so far, with what they were made from.
    pub(crate) code: HashMap<String, (Rc<Code>, Known)>,
    pub(crate) facts: Facts,
    pub(crate) timeline: Timeline,
    pub(crate) here: Here,
    pub(crate) effects: Vec<Effect>,
    /// The time since the start, as it was told last.
    pub(crate) now: Duration,
}

/// The speeds of autoplay, in steps a second.
pub(crate) const SPEEDS: [f64; 8] = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0];
const USUAL_SPEED: usize = 3;

/// Whether there is a program that can be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HasProgram {
    No,
    Yes,
}

/// How a model begins.
#[derive(Debug)]
pub(crate) struct Begin {
    pub(crate) step: Option<usize>,
    pub(crate) level: Level,
    pub(crate) lang: Lang,
    pub(crate) theme: Theme,
    pub(crate) keymap: Keymap,
    pub(crate) home_keys: HomeKeymap,
    pub(crate) size: (u16, u16),
    pub(crate) following: Following,
    /// Whether the program whose trace this is can be held.
    pub(crate) program: HasProgram,
    pub(crate) stops: Vec<Stop>,
    pub(crate) has_folder: bool,
    pub(crate) has_functions: bool,
    pub(crate) marks: BTreeMap<usize, String>,
    pub(crate) history: History,
    pub(crate) lesson: Option<Taken>,
}

impl Begin {
    /// At the first step of a trace that is whole, with nothing beside it, in all colours on dark.
    pub(crate) fn alone(
        level: Level,
        lang: Lang,
        (keymap, home_keys): (Keymap, HomeKeymap),
        size: (u16, u16),
    ) -> Self {
        Self {
            step: None,
            level,
            lang,
            theme: Theme {
                palette: Palette::Dark,
                depth: Depth::True,
            },
            keymap,
            home_keys,
            size,
            following: Following::Not,
            program: HasProgram::No,
            stops: Vec::new(),
            has_folder: false,
            has_functions: false,
            marks: BTreeMap::new(),
            history: History::default(),
            lesson: None,
        }
    }
}

impl Model {
    /// A model of a trace; of the facts those that are gathered already.
    pub(crate) fn new(replay: Replay, facts: Facts, begin: Begin) -> Self {
        let shown = Shown::of_level(replay.trace(), begin.level);
        let mut model = Self {
            replay,
            step: 0,
            home: None,
            level: begin.level,
            lang: begin.lang,
            theme: begin.theme,
            keymap: begin.keymap,
            home_keys: begin.home_keys,
            shown,
            filter: None,
            search: None,
            live: match begin.program {
                HasProgram::No => None,
                HasProgram::Yes => Some(Live::new(&begin.stops)),
            },
            stops: begin.stops,
            marks: begin.marks,
            reading: None,
            taken: begin.lesson,
            looks: Looks {
                size: begin.size,
                wanted: Wanted::PLAIN,
                other_side: false,
                scale: Scale::Steps,
                magnified: 0,
                bytes: Bytes::Text,
                scroll: HashMap::new(),
                scrolled_at: 0,
                top: 0,
                cause: 0,
            },
            prompt: None,
            history: begin.history,
            overlay: None,
            asked: Asked::default(),
            by_connection: ByConnection::default(),
            notice: None,
            count: None,
            job: None,
            autoplay: None,
            speed: USUAL_SPEED,
            following: begin.following,
            grown: Duration::ZERO,
            files: HashMap::new(),
            functions: HashMap::new(),
            has_folder: begin.has_folder,
            has_functions: begin.has_functions || begin.has_folder,
            code: HashMap::new(),
            facts,
            timeline: Timeline::empty(),
            here: Here::default(),
            effects: Vec::new(),
            now: Duration::ZERO,
        };
        if begin.following != Following::Not {
            model.facts.begin_to_grow(model.replay.trace());
        }
        let rows = model.rows();
        let (first, last) = (rows.first().map(Row::step), rows.last().map(Row::step));
        match (begin.step, begin.following) {
            (Some(step), _) => model.go_to(step.min(model.trace().len().saturating_sub(1))),
            (None, Following::Live) => model.move_to(last.unwrap_or(0)),
            (None, _) => model.move_to(first.unwrap_or(0)),
        }
        model.go_to_lesson();
        model.tell_cut_off();
        model.refresh();
        model
    }

    /// Says that the trace ends within a line, unless it is still growing, or that a line is wrong.
    pub(crate) fn tell_cut_off(&mut self) {
        let trace = self.trace();
        if let Some(error) = trace.broken() {
            let text =
                text!(screen_what_is_before_it, error = error.to_string()).in_lang(self.lang);
            return self.complain(text);
        }
        if let Some(lacking) = trace.lacking() {
            return self.complain(lacking.to_owned());
        }
        let Some(cut) = trace.cut_off().filter(|_| self.following == Following::Not) else {
            return;
        };
        let line = cut.line;
        self.notify(text!(screen_the_trace_is_cut, line).in_lang(self.lang));
    }

    /// The trace.
    pub(crate) fn trace(&self) -> &Trace {
        self.replay.trace()
    }

    /// Whether this is the trace of a demo, at that step.
    pub(crate) fn is_here(&self, step: BranchStep) -> bool {
        self.trace().name() == step.demo && self.step == step.step
    }

    /// A text in the language of the screen.
    pub(crate) fn say(&self, words: Word) -> &'static str {
        words.in_lang(self.lang)
    }

    /// What panes are wanted: one for the source only if there is any.
    pub(crate) fn wanted(&self) -> Wanted {
        Wanted {
            source: self.has_functions || self.trace().has_sources(),
            ..self.looks.wanted
        }
    }

    /// How far a pane is scrolled from where it stands by itself.
    pub(crate) fn scroll_of(&self, pane: Pane) -> isize {
        self.looks.scroll.get(&pane).copied().unwrap_or(0)
    }

    /// Whether a list stands over the panes.
    pub(crate) fn is_over(&self, list: Pane) -> bool {
        self.overlay.is_some_and(|overlay| overlay.list == list)
    }

    /// Opens a list, with one of it chosen; closes it, if it is open.
    pub(crate) fn turn_list(&mut self, list: Pane, at: usize) {
        self.overlay = (!self.is_over(list)).then_some(Overlay::of(list, at));
    }

    /// Says something until the next key.
    pub(crate) fn notify(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: text.into(),
            kind: NoticeKind::Said,
        });
    }

    /// Says what went wrong until the next key.
    pub(crate) fn complain(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: text.into(),
            kind: NoticeKind::Wrong,
        });
    }

    /// The row of the current step.
    pub(crate) fn row(&self) -> Option<usize> {
        self.rows().nearest(self.step)
    }

    /// What is listed.
    pub(crate) fn rows(&self) -> Rows<'_> {
        self.shown.rows(self.replay.trace())
    }

    /// Moves to a step that is shown. Behind the open question of a lesson there is none.
    pub(crate) fn move_to(&mut self, step: usize) {
        if self.is_veiled(step) {
            self.complain(self.say(word!(lesson_answer_first)).to_owned());
            return;
        }
        if step != self.step {
            self.step = step;
            self.looks.cause = 0;
        }
        self.home = None;
    }

    /// Moves to the step of a row, if there is one.
    pub(crate) fn go_to_row(&mut self, row: usize) {
        if let Some(row) = self.rows().get(row) {
            let step = row.step();
            self.move_to(step);
        }
    }

    /// Goes to a step that somebody names.
    pub(crate) fn go_to_number(&mut self, step: usize) -> Result<(), String> {
        let count = self.trace().len();
        if step >= count {
            let last = count.saturating_sub(1);
            return Err(text!(command_there_is_no_step, step, last).in_lang(self.lang));
        }
        let is_veiled = self.is_veiled(step);
        self.go_to(step);
        if self.step != step && !is_veiled {
            let here = self.step;
            self.notify(text!(command_step_is_the_end, step, here).in_lang(self.lang));
        }
        Ok(())
    }

    /// Whether there are findings to be shown: a lesson asks for them, and does not tell.
    pub(crate) fn shows_findings(&self) -> bool {
        self.taken.is_none() && self.facts.findings().next().is_some()
    }

    /// The mistakes that are found at a step.
    pub(crate) fn findings_at(&self, step: usize) -> impl Iterator<Item = &Finding> {
        let shown = self.taken.is_none();
        self.facts
            .findings()
            .filter(move |finding| shown && finding.step == step)
    }

    /// Goes to any step: what hides it gives way.
    pub(crate) fn go_to(&mut self, step: usize) {
        let step = match self.trace().is_shown(step, Level::Everything) {
            true => step,
            false => self.trace().begin(step),
        };
        let Some(record) = self.trace().get(step) else {
            return;
        };
        if self.is_veiled(step) {
            self.move_to(step);
            return;
        }
        let needed = record.level();
        if needed > self.level {
            self.use_level(needed);
            let text =
                text!(screen_level_now_to_show, needed = needed.number(), step).in_lang(self.lang);
            self.notify(text);
        }
        // Hidden by the filter only: it is listed beside what the filter lets through.
        self.shown
            .insert(self.replay.trace(), step, Listed::Context);
        self.move_to(step);
    }

    /// Changes the detail level and keeps the place: the nearest step shown, and the very same one when
    /// a level that shows it comes back.
    pub(crate) fn set_level(&mut self, level: Level) {
        let home = self.home.unwrap_or(self.step);
        self.use_level(level);
        let trace = self.replay.trace();
        let near = std::iter::once(home)
            .chain(trace.ancestors(home))
            .find(|step| self.rows().position(*step).is_ok())
            .or_else(|| Some(self.rows().get(self.rows().nearest(home)?)?.step()))
            .filter(|step| !self.is_veiled(*step) || self.is_veiled(home));
        match near {
            Some(step) => self.move_to(step),
            // All that this level lists is hidden by a question.
            None if self.hides_what_is_next() => {
                self.shown
                    .insert(self.replay.trace(), home, Listed::Context);
            }
            None => {}
        }
        self.home = Some(home);
    }

    fn use_level(&mut self, level: Level) {
        if level != self.level {
            self.level = level;
            self.list();
        }
    }

    /// The nearest row before or behind a row for which `wanted` holds, not counting those that are
    /// there as context.
    pub(crate) fn find_row(
        &self,
        to: Direction,
        wanted: impl Fn(&Trace, usize) -> bool,
    ) -> Option<usize> {
        self.find_goal(to, Goal::Any, wanted)
    }

    /// As [`find_row`](Self::find_row), for a goal of which is known where it may be.
    pub(crate) fn find_goal(
        &self,
        to: Direction,
        goal: Goal,
        wanted: impl Fn(&Trace, usize) -> bool,
    ) -> Option<usize> {
        let rows = self.rows();
        let (before, behind) = match rows.position(self.step) {
            Ok(row) => (row, row + 1),
            Err(row) => (row, row),
        };
        let is_it = |row: Row| row.why == Listed::Wanted && wanted(self.trace(), row.step());
        let may_have = |row: Row| self.facts.may_have(self.trace(), row.step(), goal);
        let mut at = match to {
            Direction::Forward => behind,
            Direction::Back => before,
        };
        // The rows of a stretch of the trace that has none are passed over at once.
        loop {
            let look = |row: Row| match may_have(row) {
                false => Some(Err(row.step() / STEPS * STEPS)),
                true => is_it(row).then(|| Ok(row.step())),
            };
            let found = match to {
                Direction::Forward => rows.from(at).find_map(look),
                Direction::Back => rows.back(at).find_map(look),
            };
            at = match (found?, to) {
                (Ok(step), _) => return Some(step),
                (Err(begin), Direction::Forward) => rows.partition(begin + STEPS),
                (Err(begin), Direction::Back) => rows.partition(begin),
            };
        }
    }

    /// The nearest step for which `wanted` holds, at whatever level it is shown.
    pub(crate) fn find_step(
        &self,
        to: Direction,
        goal: Goal,
        wanted: impl Fn(&Trace, usize) -> bool,
    ) -> Option<usize> {
        let fits = |step: &usize| self.is_step(*step, &wanted);
        match to {
            Direction::Forward => self
                .stretches(self.step.saturating_add(1)..self.trace().len(), goal)
                .find_map(|mut steps| steps.find(fits)),
            Direction::Back => self
                .stretches(0..self.step, goal)
                .rev()
                .find_map(|steps| steps.rev().find(fits)),
        }
    }

    /// The first step of the trace for which `wanted` holds, at whatever level it is shown.
    pub(crate) fn first_step(
        &self,
        goal: Goal,
        wanted: impl Fn(&Trace, usize) -> bool,
    ) -> Option<usize> {
        self.stretches(0..self.trace().len(), goal)
            .find_map(|mut steps| steps.find(|step| self.is_step(*step, &wanted)))
    }

    fn is_step(&self, step: usize, wanted: &impl Fn(&Trace, usize) -> bool) -> bool {
        self.trace().is_shown(step, Level::Everything) && wanted(self.trace(), step)
    }

    /// The stretches of a range of steps that may have what is looked for.
    fn stretches(
        &self,
        steps: Range<usize>,
        goal: Goal,
    ) -> impl DoubleEndedIterator<Item = Range<usize>> + '_ {
        stretches_of(steps)
            .filter(move |steps| self.facts.may_have(self.trace(), steps.start, goal))
    }

    /// The step listed before this one at this level; what is different since then is what this step
    /// changed, so that nothing that hidden steps changed is lost.
    pub(crate) fn step_before(&self) -> Option<usize> {
        navigate::previous(self.trace(), self.step, self.level)
    }

    /// The step whose state is shown at `step`. A call that hides what it does at this level has done
    /// it: after `bufferevent_write` the bytes are in the output, though the step that put them there
    /// is not listed.
    pub(crate) fn settled_at(&self, step: usize) -> usize {
        navigate::settled(self.trace(), step, self.level)
    }
}
