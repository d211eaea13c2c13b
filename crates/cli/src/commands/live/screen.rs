//! The terminal UI on a program that is being recorded, and the reins in the user's hand.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use evscope_recorder::{Outcome, Recording, Turn};
use evscope_trace::Level;
use evscope_tui::{Exit as TuiExit, Program, Source, Until, Whereabouts};
use evscope_words::text;

use super::Stops;
use crate::commands::record::{PAUSE, Progress, tell_outcome};
use crate::language;
use crate::screen::{self, Begin, Shown};

/// Between two looks at the ring while somebody waits for the next step.
const MOMENT: Duration = Duration::from_micros(200);

/// Records in another thread while the terminal UI follows the trace. Who quits ends the recording; the
/// program is asked to end.
pub(super) fn watch(
    recording: Recording,
    path: &Path,
    stops: Stops,
    begin: Begin,
) -> anyhow::Result<Outcome> {
    let level = stops.level(begin.level);
    let shared = Arc::new(Shared {
        begun: recording.begun(),
        percent: AtomicU64::new(0),
        recording: Mutex::new(Some(recording)),
        in_hand: AtomicBool::new(level.is_some()),
        quit: AtomicBool::new(false),
        over: AtomicBool::new(false),
    });
    let recorder = record(Arc::clone(&shared));
    let shown = wait_for_trace(&shared, path, level).and_then(|()| {
        let shown = Shown::file(Source::Growing(path.to_owned()));
        screen::run_with(shown, begin, |options| {
            if level.is_some() {
                options.program = Some(Box::new(Reins(Arc::clone(&shared))));
            }
            if let Stops::Matching(query) = stops {
                options.stops.push(query);
            }
        })
    });
    shared.quit.store(true, Ordering::Relaxed);
    // The terminal is free again, and there may be much to do yet.
    let mut progress = Progress::new();
    while !recorder.is_finished() {
        progress.tell(shared.percent.load(Ordering::Relaxed));
        thread::sleep(PAUSE);
    }
    let Ok(Some(outcome)) = recorder.join() else {
        return Err(language::wrong(&text!(cli_recording_failed)));
    };
    match shown? {
        exit @ TuiExit::Signal(_) => {
            tell_outcome(&outcome);
            exit.resignal();
        }
        TuiExit::Quit | TuiExit::Open { .. } | TuiExit::Next(_) => {}
    }
    Ok(outcome)
}

/// A recording in the hands of two: of the thread that keeps it going, and of the user.
struct Shared {
    recording: Mutex<Option<Recording>>,
    /// The file is this recording's.
    begun: Arc<AtomicBool>,
    /// How much of what was recorded is in the trace, at the end.
    percent: AtomicU64,
    /// The program is held, or on its way to where it will be.
    in_hand: AtomicBool,
    /// The user has quit.
    quit: AtomicBool,
    /// The program has ended and the trace is whole.
    over: AtomicBool,
}

impl Shared {
    fn recording(&self) -> MutexGuard<'_, Option<Recording>> {
        self.recording
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn go_on(&self, until: Until) {
        let in_hand = matches!(until, Until::Step(_));
        self.in_hand.store(in_hand, Ordering::Relaxed);
        if let Some(recording) = &*self.recording() {
            match until {
                Until::Step(level) => {
                    recording.hold(level);
                    recording.release();
                }
                Until::Free => recording.let_run(),
            }
        }
    }

    fn is_held(&self) -> bool {
        self.recording().as_ref().is_some_and(Recording::is_held)
    }
}

/// Keeps the recording going until the program has ended or the user has quit.
fn record(shared: Arc<Shared>) -> JoinHandle<Option<Outcome>> {
    thread::spawn(move || {
        while !shared.quit.load(Ordering::Relaxed) {
            match shared.recording().as_mut().map(Recording::turn) {
                Some(Turn::Running | Turn::Background(_)) => {}
                Some(Turn::Over) | None => break,
            }
            let in_hand = shared.in_hand.load(Ordering::Relaxed);
            thread::sleep(if in_hand { MOMENT } else { PAUSE });
        }
        let mut recording = shared.recording().take()?;
        recording.end_program();
        let outcome =
            recording.finish_telling(|percent| shared.percent.store(percent, Ordering::Relaxed));
        shared.over.store(true, Ordering::Release);
        Some(outcome)
    })
}

/// Waits until there is something to show. A step may be whole only with the next ones, so a program that is
/// held goes on until then.
fn wait_for_trace(shared: &Shared, path: &Path, level: Option<Level>) -> anyhow::Result<()> {
    let is_there = || fs::metadata(path).is_ok_and(|m| m.len() > 0);
    while !(shared.begun.load(Ordering::Acquire) && is_there()) {
        if shared.over.load(Ordering::Acquire) {
            return Err(language::wrong(&text!(cli_did_nothing)));
        }
        match level {
            Some(level) if shared.is_held() => shared.go_on(Until::Step(level)),
            _ => thread::sleep(MOMENT),
        }
    }
    Ok(())
}

/// What the terminal UI holds the program by.
struct Reins(Arc<Shared>);

impl Program for Reins {
    fn look(&mut self) -> Whereabouts {
        if self.0.over.load(Ordering::Acquire) {
            Whereabouts::Ended
        } else if self.0.is_held() {
            Whereabouts::Held
        } else {
            Whereabouts::Running
        }
    }

    fn go_on(&mut self, until: Until) {
        self.0.go_on(until);
    }
}
