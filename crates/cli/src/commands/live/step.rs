//! Stepping through a program while it runs: the steps as text, and a line from the user at each stop.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use evscope_recorder::{Outcome, Recording, Turn};
use evscope_replay::{Follower, State, Trace, Update};
use evscope_trace::Level;
use evscope_words::{Word, word};

use super::Stops;
use crate::commands::record::{PAUSE, Progress};
use crate::input::Lacking;
use crate::output::Color;
use crate::text::steps::Steps;
use crate::{language, output};

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

const HELP: Word = word!(cli_step_keys);

/// Between two looks whether the program has come to the next step: nearly all of them are passed over.
const MOMENT: Duration = Duration::from_micros(200);

/// Shows step by step as text; at each stop, a line from the user lets the program go on.
pub(super) fn step(
    mut recording: Recording,
    path: &Path,
    level: Level,
    stops: Stops,
) -> anyhow::Result<Outcome> {
    let mut lines = Lines::new();
    let held = !matches!(stops, Stops::None);
    let mut steps = Shown::new(path, recording.begun(), level, stops);
    // How many stops to pass, and whether any step is one now.
    let (mut credit, mut any) = (0, false);
    // Since when the program is on its way to a stop; none: it runs freely.
    let mut released = held.then(Instant::now);
    if held {
        output::say(HELP.in_lang(language::spoken()));
    }
    while recording.turn() != Turn::Over {
        if released.is_none() || !recording.is_held() {
            if lines.ask_to_quit(released) {
                recording.end_program();
                break;
            }
            if released.is_none() {
                steps.show()?;
            }
            std::thread::sleep(if released.is_some() { MOMENT } else { PAUSE });
            continue;
        }
        // What the program is held at may be part of a step that is not whole yet.
        let new = steps.show()?;
        if new.stops == 0 && !(any && new.shown > 0) {
            recording.release();
            released = Some(Instant::now());
            continue;
        }
        any = false;
        if credit > 1 {
            credit -= 1;
            recording.release();
            released = Some(Instant::now());
            continue;
        }
        match lines.ask(&mut recording) {
            Wish::Stops(0) => output::say(HELP.in_lang(language::spoken())),
            Wish::Stops(n) => {
                credit = n;
                recording.release();
            }
            Wish::Step => {
                (credit, any) = (0, true);
                recording.release();
            }
            Wish::Run => {
                recording.let_run();
                released = None;
                continue;
            }
            Wish::Quit => {
                recording.end_program();
                break;
            }
        }
        released = Some(Instant::now());
    }
    let outcome = recording.finish_telling(Progress::new().teller());
    while steps.show()?.lines > 0 {}
    Ok(outcome)
}

/// The user's lines, as they come.
struct Lines {
    lines: Receiver<String>,
    /// One that has come before it was asked for.
    next: Option<String>,
    /// Somebody sits there and sees whether the program is held.
    at_terminal: bool,
}

impl Lines {
    fn new() -> Self {
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in io::stdin().lock().lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self {
            lines,
            next: None,
            at_terminal: io::stdin().is_terminal(),
        }
    }

    /// Whether the user wants to end a program that is not held. Lines that were written ahead are for the stops to
    /// come, unless none comes.
    fn ask_to_quit(&mut self, released: Option<Instant>) -> bool {
        /// Longer than it takes to the next stop, unless the program waits for something.
        const LONG: Duration = Duration::from_secs(2);
        if self.next.is_none() {
            self.next = self.lines.try_recv().ok();
        }
        let is_quit = |line: &String| matches!(Wish::of(line), Wish::Quit);
        match released {
            None => self.next.take().is_some_and(|line| is_quit(&line)),
            Some(at) => {
                self.next.as_ref().is_some_and(is_quit) && (self.at_terminal || at.elapsed() > LONG)
            }
        }
    }

    /// Waits for the user, and keeps the recording alive meanwhile. Without a user the program runs on.
    fn ask(&mut self, recording: &mut Recording) -> Wish {
        if let Some(line) = self.next.take() {
            return Wish::of(&line);
        }
        loop {
            match self.lines.try_recv() {
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
}

/// The steps of a growing trace, printed as they come.
struct Shown {
    follower: Follower,
    lacking: Lacking,
    /// The file is this recording's.
    begun: Arc<AtomicBool>,
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
    fn new(path: &Path, begun: Arc<AtomicBool>, level: Level, stops: Stops) -> Self {
        Self {
            follower: Follower::new(path),
            lacking: Lacking::default(),
            begun,
            trace: None,
            state: State::new(),
            level,
            stops,
        }
    }

    /// Prints what is new: the steps of the level, and those to stop at.
    fn show(&mut self) -> anyhow::Result<New> {
        if !self.begun.load(Ordering::Acquire) {
            return Ok(New::default());
        }
        let update = self.follower.poll()?;
        self.lacking.say(&self.follower);
        if self.trace.is_none() {
            self.trace = self.follower.trace("live");
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
                        self.state.apply(&trace.record(step));
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
