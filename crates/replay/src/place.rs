//! Where in the source one stands at a step: as in a debugger, the mark moves down the function that is running, and
//! what that calls is stood at until one goes into it.

use evscope_trace::{Lane, Level, Phase, Record, SourceLine, Text};

use crate::Trace;
use crate::explain::callback_text;

/// The functions that the walkthrough goes through, by their names in libevent.
pub const WALKTHROUGH: [&str; 18] = [
    "evconnlistener_new",
    "evconnlistener_enable",
    "listener_read_cb",
    "bufferevent_socket_new",
    "bufferevent_setcb",
    "bufferevent_enable",
    "be_socket_enable",
    "bufferevent_disable",
    "bufferevent_write",
    "bufferevent_socket_outbuf_cb",
    "bufferevent_readcb",
    "bufferevent_writecb",
    "bufferevent_free",
    "event_assign",
    "event_add",
    "event_del",
    "event_active",
    "event_base_loop",
];

/// Which of the walkthrough's functions one of a library is, if it is one. Where a function locks first, it is the
/// inner one that does the work (`event_add_nolock_`).
pub fn walkthrough_function(function: &str) -> Option<&'static str> {
    let name = function.trim_end_matches('_');
    let name = name.strip_suffix("_nolock").unwrap_or(name);
    WALKTHROUGH.into_iter().find(|known| *known == name)
}

/// The two lines of a step: that in the function that says it, and that from which the function was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The line itself.
    Own,
    /// The line that called it.
    Caller,
}

impl Whose {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Own => Self::Caller,
            Self::Caller => Self::Own,
        }
    }
}

/// A line, and what it is to a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepLine {
    /// The step whose line it is: the one asked for, or a call around it.
    pub step: usize,
    /// The line.
    pub line: SourceLine,
    /// Which of that step's lines.
    pub whose: Whose,
}

/// Which line of a step one stands on at a level. Of the program that is always the program's own. Of the library one
/// stands in a function whose inside is listed, and at the call of one that is stepped over; the program's callbacks
/// are called from where the library stands.
pub fn stands(trace: &Trace, step: usize, level: Level) -> Whose {
    let own = trace.get(step).is_some_and(|record| match level {
        Level::Program => record.event.lane() == Lane::Program,
        Level::Walkthrough | Level::Everything => {
            can_stand_in(&record, level)
                && (record.phase == Phase::Exit || has_inside(trace, step, level))
        }
    });
    if own { Whose::Own } else { Whose::Caller }
}

/// The line of a step: the one of [`stands`], or the other one; if the trace does not know it, the nearest one around
/// that it knows.
pub fn place(trace: &Trace, step: usize, level: Level, whose: Whose) -> Option<StepLine> {
    let known = match (whose, level) {
        (Whose::Own, _) => None,
        (Whose::Caller, Level::Program) => in_program(trace, step),
        (Whose::Caller, Level::Walkthrough | Level::Everything) => in_running(trace, step, level),
    };
    known.or_else(|| nearest(trace, step, whose))
}

/// What the function of a call is called: the program's callback by its own name.
pub fn call_name(trace: &Trace, call: usize) -> Text {
    let record = trace.record(call);
    let event = &record.event;
    let own = callback_text(event).filter(|_| event.lane() == Lane::Program);
    own.cloned().unwrap_or_else(|| event.text_name())
}

/// Whether a call's function is one to stand in: at the level of the walkthrough one of its functions.
fn can_stand_in(record: &Record, level: Level) -> bool {
    let is_of_library = record.event.lane() != Lane::Program;
    is_of_library
        && match level {
            Level::Program => false,
            Level::Walkthrough => {
                let src = record.src.as_ref();
                let function = src.and_then(|line| line.function.as_deref());
                walkthrough_function(function.unwrap_or(record.event.name())).is_some()
            }
            Level::Everything => true,
        }
}

/// Whether a step inside a call is shown at a level.
fn has_inside(trace: &Trace, step: usize, level: Level) -> bool {
    let thread = trace.record(step).thread;
    (step + 1..=trace.end(step))
        .filter(|inside| Some(*inside) != trace.exit_of(step))
        .any(|inside| trace.is_shown(inside, level) && trace.record(inside).thread == thread)
}

/// The line of the innermost function that is running and can be stood in.
fn in_running(trace: &Trace, step: usize, level: Level) -> Option<StepLine> {
    let mut around = trace.ancestors(step);
    let mut inside = step;
    loop {
        let record = trace.record(inside);
        let call = around.next();
        let record_around = call.map(|call| trace.record(call));
        if let Some((line, whose)) = line_in(&record, record_around.as_deref(), level) {
            let line = line.clone();
            let step = inside;
            return Some(StepLine { step, line, whose });
        }
        let Some(call) = call else {
            return own_of_program(trace, inside);
        };
        if level == Level::Walkthrough && can_stand_in(&trace.record(call), level) {
            let still = last_in(trace, call, inside, level);
            if still.is_some() {
                return still;
            }
        }
        if let Some(own) = own_of_program(trace, inside) {
            return Some(own);
        }
        inside = call;
    }
}

/// The line that a step of the program's has of its own: where nothing is known of what runs it.
fn own_of_program(trace: &Trace, step: usize) -> Option<StepLine> {
    let record = trace.record(step);
    let own = record.src.clone().filter(|_| is_program(&record));
    own.map(|line| StepLine {
        step,
        line,
        whose: Whose::Own,
    })
}

fn is_program(record: &Record) -> bool {
    record.event.lane() == Lane::Program
}

/// How many steps back a function's line is looked for. A loop goes on for the whole trace.
const LOOK_BACK: usize = 1000;

/// Where one stands in a function whose line at the step `at` is not known: still at the last one that is, or at its
/// first. In a recorded libevent a function may do things by others, which were called from a line that nobody knows.
fn last_in(trace: &Trace, call: usize, at: usize, level: Level) -> Option<StepLine> {
    let around = trace.record(call);
    let before = (call + 1..at).rev().take(LOOK_BACK).filter(|step| {
        let record = trace.record(*step);
        record.thread == around.thread && trace.ancestors(*step).next() == Some(call)
    });
    let mut lines = before.filter_map(|step| {
        let record = trace.record(step);
        let (line, whose) = line_in(&record, Some(&around), level)?;
        let line = line.clone();
        Some(StepLine { step, line, whose })
    });
    lines.next().or_else(|| {
        let line = around.src.clone()?;
        Some(StepLine {
            step: call,
            line,
            whose: Whose::Own,
        })
    })
}

/// The line of a step that is in the function around it: where that calls it, or where it says it itself.
fn line_in<'a>(
    record: &'a Record,
    around: Option<&Record>,
    level: Level,
) -> Option<(&'a SourceLine, Whose)> {
    let own = record.src.as_ref().map(|line| (line, Whose::Own));
    let caller = record.caller.as_ref().map(|line| (line, Whose::Caller));
    match around {
        // What is in no call is in the program's main function.
        None => caller,
        Some(call) if is_program(call) => caller,
        Some(call) if !can_stand_in(call, level) => None,
        Some(call) => {
            let same = |(line, _): &(&SourceLine, Whose)| {
                let of_call = call.src.as_ref();
                of_call.is_some_and(|src| is_same_function(src, line))
            };
            // A helper of the library, unless it is the program's line, passed on.
            let helper = || {
                let passed = record.caller == call.caller || call.src.is_none();
                caller.filter(|_| level == Level::Everything && !passed)
            };
            caller
                .filter(same)
                .or_else(|| own.filter(same))
                .or_else(helper)
        }
    }
}

/// Whether two lines are of one function, or of one of the walkthrough and the inner one that does its work.
fn is_same_function(one: &SourceLine, other: &SourceLine) -> bool {
    let walkthrough = |line: &SourceLine| walkthrough_function(line.function.as_deref()?);
    one.file == other.file
        && (one.function == other.function
            || walkthrough(one).is_some_and(|function| walkthrough(other) == Some(function)))
}

/// The program's own line: of the callback that is running the line that calls the library, or its first one.
fn in_program(trace: &Trace, step: usize) -> Option<StepLine> {
    let mut around = trace.ancestors(step);
    let mut inside = step;
    loop {
        let record = trace.record(inside);
        let call = around.next();
        let of_program = |step: usize| trace.record(step).event.lane() == Lane::Program;
        let is_called = call.is_none_or(of_program);
        let own = record.src.as_ref().filter(|_| of_program(inside));
        let own = own.map(|line| (line, Whose::Own));
        let caller = record.caller.as_ref().filter(|_| is_called);
        if let Some((line, whose)) = own.or(caller.map(|line| (line, Whose::Caller))) {
            let line = line.clone();
            let step = inside;
            return Some(StepLine { step, line, whose });
        }
        inside = call?;
    }
}

/// A step's own line or its caller's, whichever there is; or else that of the nearest call around it that has one.
fn nearest(trace: &Trace, step: usize, wanted: Whose) -> Option<StepLine> {
    std::iter::once(step)
        .chain((trace.begin(step) != step).then(|| trace.begin(step)))
        .chain(trace.ancestors(step))
        .find_map(|step| {
            let record = trace.get(step)?;
            let line = |whose| match whose {
                Whose::Own => record.src.clone(),
                Whose::Caller => record.caller.clone(),
            };
            let of = |whose| line(whose).map(|line| StepLine { step, line, whose });
            of(wanted).or_else(|| of(wanted.other()))
        })
}
