//! What is true at the current step: made once when the cursor moves, looked at by every frame.

use std::collections::HashMap;
use std::rc::Rc;

use evscope_replay::place::{StepLine, Whose, call_name, place, stands};
use evscope_replay::{
    Branch, BranchStep, Cause, Change, Chapter, Explanation, Lang, State, There, Trace, causes,
    chapter_of, explain,
};
use evscope_trace::{Lane, Level, SourceLine, SourceText};

use crate::model::Model;
use crate::model::code::Code;
use crate::model::message::Effect;

/// The current step, seen from all sides.
#[derive(Debug, Default)]
pub(crate) struct Here {
    /// What all this was made from.
    key: Option<Key>,
    /// It is what was true at another step, since the state at the current one is far: the next refresh comes nearer.
    pub(crate) is_far: bool,
    /// The state after it, with what hidden steps inside it have done.
    pub(crate) state: State,
    /// The objects that are there, and those that were there before the step.
    pub(crate) there: There,
    /// What changed since the step listed before it, by the part's path.
    pub(crate) changes: HashMap<String, Change>,
    pub(crate) explanation: Option<Explanation>,
    /// The chain of causes, while it is shown.
    pub(crate) causes: Vec<Link>,
    /// The chapter of the walkthrough that the step belongs to.
    pub(crate) chapter: Option<Chapter>,
    pub(crate) source: SourceView,
    /// The branches of the function that is shown, once they are asked for.
    pub(crate) branches: Vec<(Branch, BranchStep)>,
}

/// What the view of a step is made from; while it is the same there is nothing to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    step: usize,
    len: usize,
    level: Level,
    lang: Lang,
    other_side: bool,
    why: bool,
    hides: bool,
    /// How many files and functions of the folder of sources have been looked for.
    files: usize,
}

/// A link of the chain of causes, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) step: usize,
    pub(crate) text: String,
    pub(crate) kind: LinkKind,
}

/// How a link belongs to the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkKind {
    /// It is the cause of the link before it.
    Cause,
    /// It had a part in the link before it.
    Besides,
}

/// The chain of causes with what else each link took, one after the other.
fn links(trace: &Trace, step: usize, lang: Lang) -> Vec<Link> {
    let link = |cause: &Cause, kind| Link {
        step: cause.step,
        text: cause.text(trace, lang),
        kind,
    };
    let mut links = Vec::new();
    for cause in causes(trace, step) {
        links.push(link(&cause, LinkKind::Cause));
        links.extend(
            cause
                .besides
                .iter()
                .map(|cause| link(cause, LinkKind::Besides)),
        );
    }
    links
}

/// How near the line is to what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Near {
    /// It is that line.
    #[default]
    Line,
    /// It is where the function begins in which that line is.
    Function,
}

/// The source at the current step.
#[derive(Debug, Default, Clone)]
pub(crate) struct SourceView {
    /// The line that is current; none if the trace says none.
    pub(crate) line: Option<SourceLine>,
    /// Whose line it is: the one asked for, if there is one.
    pub(crate) whose: Option<Whose>,
    /// Whether it is the very line, or only its function's first.
    pub(crate) near: Near,
    /// The step whose line it is: the current one or a call around it.
    pub(crate) step: usize,
    /// The text of its file, if it is known there.
    pub(crate) code: Option<Rc<Code>>,
    /// The calls around the step that this level lists, the outermost first.
    pub(crate) around: Vec<Around>,
}

/// A call around the current step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Around {
    pub(crate) step: usize,
    /// The function, as the program or libevent calls it.
    pub(crate) name: String,
}

impl Model {
    /// Brings up to date what depends on the current step.
    pub(crate) fn refresh(&mut self) {
        self.facts.catch_up(self.replay.trace());
        let key = Key {
            step: self.step,
            len: self.trace().len(),
            level: self.level,
            lang: self.lang,
            other_side: self.looks.other_side,
            why: self.looks.wanted.why,
            hides: self.hides_what_is_next(),
            files: self.files.len() + self.functions.len(),
        };
        let is_new = !self.trace().is_empty() && self.here.key != Some(key);
        self.here.is_far = is_new && !self.approach();
        if is_new && !self.here.is_far {
            self.look_around();
            self.here.key = Some(key);
        }
    }

    /// Comes nearer to the states at the current step and before it; whether they are at hand.
    fn approach(&self) -> bool {
        let before = self.settled_before();
        before.is_none_or(|step| self.replay.approach(step))
            && self.replay.approach(self.settled_here())
    }

    /// Goes all the way to the current step: who acts on what is shown has seen it.
    pub(crate) fn arrive(&mut self) {
        while self.here.is_far {
            self.refresh();
        }
    }

    fn settled_before(&self) -> Option<usize> {
        self.step_before().map(|step| self.settled_at(step))
    }

    fn settled_here(&self) -> usize {
        // What hidden steps have done may be what is asked for.
        match self.hides_what_is_next() {
            true => self.step,
            false => self.settled_at(self.step),
        }
    }

    /// Makes what is true at the current step.
    fn look_around(&mut self) {
        let before = self
            .settled_before()
            .map_or_else(State::new, |step| self.replay.state_at(step));
        self.here.state = self.replay.state_at(self.settled_here());
        self.here.there = There::of(&self.here.state, &before);
        self.here.changes = State::diff(&before, &self.here.state)
            .into_iter()
            .map(|change| (change.path.clone(), change))
            .collect();
        self.here.explanation = Some(explain(&self.replay, self.step, self.lang));
        self.here.causes = if self.looks.wanted.why {
            links(self.trace(), self.step, self.lang)
        } else {
            Vec::new()
        };
        self.looks.cause = self
            .looks
            .cause
            .min(self.here.causes.len().saturating_sub(1));
        self.here.chapter = chapter_of(self.trace(), self.step);
        self.here.source = self.source_view();
    }

    /// The line to show, with its text.
    fn source_view(&mut self) -> SourceView {
        let (trace, step) = (self.trace(), self.step);
        let stands = stands(trace, step, self.level);
        let whose = match self.looks.other_side {
            false => stands,
            true => stands.other(),
        };
        let found = place(trace, step, self.level, whose);
        let mut around = self.calls_around();
        around.reverse();
        if self.has_functions
            && let Some(view) = self.function_of_folder(found.as_ref(), whose)
        {
            return SourceView { around, ..view };
        }
        let Some(StepLine { step, line, whose }) = found else {
            return SourceView {
                around,
                ..SourceView::default()
            };
        };
        let code = self.code_of(&line);
        SourceView {
            line: Some(line),
            whose: Some(whose),
            near: Near::Line,
            step,
            code,
            around,
        }
    }

    /// The calls around the step that this level lists, the innermost first.
    fn calls_around(&self) -> Vec<Around> {
        let trace = self.trace();
        let listed = |call: &usize| trace.is_shown(*call, self.level);
        let calls = trace.ancestors(self.step).filter(listed);
        let named = calls.map(|step| Around {
            step,
            name: call_name(trace, step).into_owned(),
        });
        named.collect()
    }

    /// The function of the same name in the folder of sources, which has not the line's own file: of
    /// another library, or of another version. Asked for is one name after the other.
    fn function_of_folder(&mut self, found: Option<&StepLine>, whose: Whose) -> Option<SourceView> {
        let trace = self.trace();
        // One may still stand at the line of an earlier step: that is a line as good as the step's own.
        let stood_at = found.filter(|place| {
            (place.step == self.step && place.whose == whose)
                || (whose == Whose::Caller && function_around(trace, place).is_some())
        });
        let is_libevents = trace.header().library.starts_with("libevent");
        let own = stood_at.and_then(|place| {
            let call = function_around(trace, place).filter(|_| is_libevents)?;
            Some(OwnLine { place, call })
        });
        // The very file goes before; until it has been looked for there is nothing to do.
        if let Some(StepLine { line, .. }) = stood_at.filter(|_| self.has_folder)
            && !matches!(self.files.get(line.file.as_ref()), Some(None))
        {
            return None;
        }
        // Of libevent's own functions the trace may have the text itself.
        if own.is_some_and(|own| self.code_of(&own.place.line).is_some()) {
            return None;
        }
        let call = match own {
            Some(own) => Some(own.call),
            None => call_of(self.trace(), self.step, whose),
        };
        for name in call.map_or_else(Vec::new, |call| names(self.trace(), call)) {
            let Some(known) = self.functions.get(&name) else {
                self.effects.push(Effect::FindFunction(name));
                return None;
            };
            let Some((at, text)) = known.clone() else {
                continue;
            };
            let known = Known {
                functions: 1,
                from_folder: true,
            };
            let key = format!("{}:{name}", text.file);
            let own = own.filter(|own| own.is_in(self.trace(), at, &text));
            let (number, near, step, whose) = match own {
                Some(OwnLine { place, .. }) => {
                    (place.line.line, Near::Line, place.step, place.whose)
                }
                None => (at, Near::Function, self.step, whose),
            };
            let line = SourceLine {
                file: text.file.clone(),
                line: number,
                function: Some(text.function.clone()),
            };
            return Some(SourceView {
                line: Some(line),
                whose: Some(whose),
                near,
                step,
                around: Vec::new(),
                code: Some(made(&mut self.code, &key, known, || {
                    Code::of_functions(&[text])
                })),
            });
        }
        None
    }

    /// The text of the line's file: from the folder of sources, or else from the trace.
    fn code_of(&mut self, line: &SourceLine) -> Option<Rc<Code>> {
        let file = line.file.as_ref();
        let functions = self.replay.trace().source_file(file);
        let from_folder = self.files.get(file);
        if self.has_folder && from_folder.is_none() {
            self.effects.push(Effect::ReadSource(file.to_owned()));
        }
        let known = Known {
            functions: functions.len(),
            from_folder: matches!(from_folder, Some(Some(_))),
        };
        let code = made(&mut self.code, file, known, || match from_folder {
            Some(Some(text)) => Code::of_file(file, text),
            Some(None) | None => Code::of_functions(functions),
        });
        code.row_of(line.line).is_some().then_some(code)
    }
}

/// A text, made anew only if it was made from something else.
fn made(
    texts: &mut HashMap<String, (Rc<Code>, Known)>,
    key: &str,
    from: Known,
    make: impl FnOnce() -> Code,
) -> Rc<Code> {
    match texts.get(key) {
        Some((code, with)) if *with == from => Rc::clone(code),
        _ => {
            let code = Rc::new(make());
            texts.insert(key.to_owned(), (Rc::clone(&code), from));
            code
        }
    }
}

/// What a file's text was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    functions: usize,
    from_folder: bool,
}

/// A line of libevent's own, in the trace of a program on it.
#[derive(Clone, Copy)]
struct OwnLine<'a> {
    place: &'a StepLine,
    /// The call of the function that the line is in.
    call: usize,
}

impl OwnLine<'_> {
    /// Whether it is in this text, whose function's name is at the line `at`. Where that begins elsewhere, the text is of
    /// another version.
    fn is_in(self, trace: &Trace, at: u32, text: &SourceText) -> bool {
        let call = trace.record(self.call);
        let begin = call.src.as_ref();
        let is_of_text = |line: &SourceLine| line.function.as_ref() == Some(&text.function);
        is_of_text(&self.place.line)
            && (text.first..=text.last()).contains(&self.place.line.line)
            && begin
                .is_some_and(|begin| is_of_text(begin) && (text.first..=at).contains(&begin.line))
    }
}

/// The call of the library's function that a place is in; none if it is in the program.
fn function_around(trace: &Trace, place: &StepLine) -> Option<usize> {
    let call = call_of(trace, place.step, place.whose)?;
    (trace.record(call).event.lane() != Lane::Program).then_some(call)
}

/// The call of the function that a line of a step is in: its own, or the call around it, unless that passes its own
/// caller on: then the line is the program's.
fn call_of(trace: &Trace, step: usize, whose: Whose) -> Option<usize> {
    match whose {
        Whose::Own => Some(step),
        Whose::Caller => {
            let caller = trace.get(step)?.caller.clone();
            let passes = |call: &usize| caller.is_some() && trace.record(*call).caller == caller;
            trace.ancestors(step).next().filter(|call| !passes(call))
        }
    }
}

/// What the function of a call may be called in another source of the same library, where inner functions end in an
/// underscore. The program's own functions are looked for by their file alone: a library's tests and samples have many
/// that are called `main`.
fn names(trace: &Trace, call: usize) -> Vec<String> {
    let Some(record) = trace.get(call).filter(|r| r.event.lane() != Lane::Program) else {
        return Vec::new();
    };
    let event = record.event.name();
    let function = record.src.as_ref().and_then(|src| src.function.as_deref());
    let inner = function.filter(|name| name.starts_with(event) && *name != event);
    inner
        .into_iter()
        .chain([event])
        .flat_map(|name| [name.to_owned(), format!("{name}_")])
        .collect()
}

/// The first row of a list such that the chosen one is well in view, moved as little as possible.
pub(crate) fn top_with(top: usize, chosen: usize, height: usize, rows: usize) -> usize {
    let margin = (height / 5).min(3);
    let least = (chosen + margin + 1).saturating_sub(height);
    let most = chosen.saturating_sub(margin);
    top.clamp(least, most.max(least))
        .min(rows.saturating_sub(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_row_stays_in_view() {
        assert_eq!(top_with(0, 3, 10, 100), 0);
        assert_eq!(top_with(0, 9, 10, 100), 2);
        assert_eq!(top_with(50, 40, 10, 100), 38);
        assert_eq!(top_with(0, 99, 10, 100), 90);
        assert_eq!(top_with(5, 2, 10, 4), 0);
        assert_eq!(top_with(0, 5, 1, 100), 5);
    }
}
