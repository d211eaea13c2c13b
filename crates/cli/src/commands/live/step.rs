//! Stepping through a program while it runs: the steps as text, and a line from the user at each stop.

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::Duration;

use evscope_recorder::{Exit, Recording, Turn};
use evscope_replay::{Follower, State, Trace, Update};
use evscope_trace::Level;

use super::{Stops, tell_outcome};
use crate::commands::record::PAUSE;
use crate::output;
use crate::output::Color;
use crate::text::steps::Steps;

/// What the user wants at a stop.
enum Wish {
    /// So many stops.
    Stops(usize),
    /// One step, whether it is a stop or not.
    Step,
    /// Let the program run.
    Run,
    /// No more.
    Quit,
}

impl Wish {
    fn of(line: &str) -> Self {
        match line.trim() {
            "" => Self::Stops(1),
            "n" => Self::Step,
            "c" => Self::Run,
            "q" => Self::Quit,
            other => Self::Stops(other.parse().unwrap_or(0)),
        }
    }
}

const HELP: &str = "Enter: next stop · a number: so many · n: next step · c: run · q: quit";

/// Between two looks whether the program has come to the next step: nearly all of them are passed over.
const MOMENT: Duration = Duration::from_micros(200);

/// Shows step by step as text; at each stop, a line from the user lets the program go on.
pub(super) fn step(
    mut recording: Recording,
    path: &Path,
    level: Level,
    stops: Stops,
) -> anyhow::Result<Option<Exit>> {
    let lines = stdin_lines();
    let held = !matches!(stops, Stops::None);
    let mut steps = Shown::new(path, level, stops);
    // How many stops to pass, and whether any step is one now.
    let (mut credit, mut any) = (0, false);
    if held {
        output::say(HELP);
    }
    while recording.turn() != Turn::Over {
        if !held {
            steps.show()?;
            std::thread::sleep(PAUSE);
            continue;
        }
        if !recording.is_held() {
            std::thread::sleep(MOMENT);
            continue;
        }
        // What the program is held at may be part of a step that is not whole yet.
        let new = steps.show()?;
        if new.stops == 0 && !(any && new.shown > 0) {
            recording.release();
            continue;
        }
        any = false;
        if credit > 1 {
            credit -= 1;
            recording.release();
            continue;
        }
        match ask(&lines, &mut recording) {
            Wish::Stops(0) => output::say(HELP),
            Wish::Stops(n) => {
                credit = n;
                recording.release();
            }
            Wish::Step => {
                (credit, any) = (0, true);
                recording.release();
            }
            Wish::Run => recording.let_run(),
            Wish::Quit => {
                recording.end_program();
                break;
            }
        }
    }
    let outcome = recording.finish();
    while steps.show()?.lines > 0 {}
    tell_outcome(&outcome);
    Ok(outcome.exit)
}

/// The user's lines, as they come.
fn stdin_lines() -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// Waits for the user, and keeps the recording alive meanwhile. Without a user the program runs on.
fn ask(lines: &Receiver<String>, recording: &mut Recording) -> Wish {
    loop {
        match lines.try_recv() {
            Ok(line) => return Wish::of(&line),
            Err(TryRecvError::Disconnected) => return Wish::Run,
            Err(TryRecvError::Empty) => {
                if recording.turn() == Turn::Over {
                    return Wish::Run;
                }
                std::thread::sleep(PAUSE);
            }
        }
    }
}

/// The steps of a growing trace, printed as they come.
struct Shown {
    follower: Follower,
    trace: Option<Trace>,
    /// After the last step, if the query asks for it.
    state: State,
    level: Level,
    stops: Stops,
}

/// What has come since the last time.
#[derive(Default)]
struct New {
    /// Lines of the trace.
    lines: usize,
    /// Steps that were printed.
    shown: usize,
    /// Those of them to stop at.
    stops: usize,
}

impl Shown {
    fn new(path: &Path, level: Level, stops: Stops) -> Self {
        Self {
            follower: Follower::new(path),
            trace: None,
            state: State::new(),
            level,
            stops,
        }
    }

    /// Prints what is new: the steps of the level, and those to stop at.
    fn show(&mut self) -> anyhow::Result<New> {
        let update = self.follower.poll()?;
        if let (None, Some(header)) = (&self.trace, self.follower.header()) {
            self.trace = Some(Trace::new("live", header.clone()));
        }
        let (Update::Lines(lines), Some(trace)) = (update, &mut self.trace) else {
            return Ok(New::default());
        };
        let mut new = New {
            lines: lines.len(),
            ..New::default()
        };
        let first = trace.len();
        lines.into_iter().for_each(|line| trace.append(line));
        let text = Steps::new(trace, self.level, Color::Auto.paint());
        let mut out = output::stdout();
        for step in first..trace.len() {
            let of_level = trace.is_shown(step, self.level);
            let stop = match &self.stops {
                Stops::None => false,
                Stops::All => of_level,
                Stops::Matching(query) => {
                    let state = query.needs_state().then(|| {
                        self.state.apply(trace.record(step));
                        &self.state
                    });
                    // The end of a call is no step of its own.
                    trace.is_shown(step, Level::Everything) && query.matches(trace, state, step)
                }
            };
            if of_level || stop {
                text.write(step, &mut out)?;
                new.shown += 1;
            }
            new.stops += usize::from(stop);
        }
        out.flush()?;
        Ok(new)
    }
}
