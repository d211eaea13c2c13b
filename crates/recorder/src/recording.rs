//! A recording from start to end.

mod intake;
mod recover;

use std::ffi::OsString;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use evscope_trace::{Event, Level};
use evscope_words::Text;

pub use recover::recover;

use crate::check::check;
use crate::leftover;
use crate::options::{Children, RecordError, RecordOptions};
use crate::run::{Exit, Processes, signal_name};
use crate::signals::Signals;
use crate::traces::TraceFile;
use intake::Intake;

/// How a recording went.
#[derive(Debug)]
pub struct Outcome {
    /// How the program ended; `None`: it runs on, the recording was stopped.
    pub exit: Option<Exit>,
    /// The traces, the program's own first.
    pub traces: Vec<TraceFile>,
    /// Records that were lost because the ring was full.
    pub lost: u64,
    /// What the user should know, a sentence each.
    pub notes: Vec<Text>,
    /// Whether all that was to be recorded is in the traces. If not, the notes say why, and where the rest is.
    pub whole: bool,
}

/// Where a recording is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The program runs.
    Running,
    /// The program has ended; this process of it runs on in the background.
    Background(i32),
    /// All has ended.
    Over,
}

/// A recording that is under way.
pub struct Recording {
    processes: Processes,
    signals: Signals,
    intake: Intake,
    /// A process in the background that has said nothing yet, and when it was seen.
    daemon: Option<(i32, Instant)>,
}

/// Between two looks at the ring. At the documented rate of two million records a second it holds a hundred
/// times what comes in between.
const PAUSE: Duration = Duration::from_millis(2);

/// Records a program until it, and what it leaves in the background, has ended.
///
/// Signals that are sent to this process are passed on to the program; those of the terminal it gets itself. When the program
/// has gone into the background, those that ask to end end the recording instead; the program runs on.
///
/// # Errors
/// [`RecordError`] if the program cannot be recorded or started.
pub fn record(options: &RecordOptions, command: &[OsString]) -> Result<Outcome, RecordError> {
    let mut recording = Recording::start(options, command)?;
    while recording.turn() != Turn::Over {
        std::thread::sleep(PAUSE);
    }
    Ok(recording.finish())
}

impl Recording {
    /// Starts the program and its recording.
    ///
    /// # Errors
    /// As [`record`].
    pub fn start(options: &RecordOptions, command: &[OsString]) -> Result<Self, RecordError> {
        let program = command.first().ok_or(RecordError::NoCommand)?;
        leftover::check(&options.output)?;
        let found = check(program, libevent(options))?;
        let signals = Signals::catch();
        let (processes, intake) = Intake::start(&found, command, options)?;
        Ok(Self {
            processes,
            signals,
            intake,
            daemon: None,
        })
    }

    /// The process that was started.
    pub fn pid(&self) -> i32 {
        self.processes.main
    }

    /// Takes what the program has said, looks who has ended, passes signals on. To be called every few
    /// milliseconds until it is over.
    pub fn turn(&mut self) -> Turn {
        // Who has ended by now has said all it had to say.
        let ended = self.processes.reap();
        self.listen(false);
        let ended = ended.into_iter().chain(self.processes.reap());
        let ended = self.processes.in_order(ended);
        if !ended.is_empty() {
            self.intake.ended(&ended);
        }
        let over = self.processes.main_exit.is_some();
        for arrived in Signals::arrived() {
            if over && arrived.to_end {
                return Turn::Over;
            }
            if arrived.for_program {
                self.processes.signal(arrived.signal);
            }
        }
        if self.processes.main_exit.is_none() {
            return Turn::Running;
        }
        if let Some(pid) = self.processes.running().next() {
            return Turn::Background(pid);
        }
        self.look_for_daemon()
    }

    /// The program has ended, and nobody who has spoken is left. It may have forked off a daemon that will.
    fn look_for_daemon(&mut self) -> Turn {
        /// To look through all processes takes a while.
        const EVERY: Duration = Duration::from_millis(50);
        if let Some((pid, at)) = self.daemon
            && at.elapsed() < EVERY
        {
            return Turn::Background(pid);
        }
        let pid = self.intake.silent();
        self.daemon = pid.map(|pid| (pid, Instant::now()));
        match pid {
            Some(pid) => Turn::Background(pid),
            None => {
                // It may have spoken, and ended, just now.
                self.listen(true);
                let ended = self.processes.reap();
                self.intake.ended(&ended);
                match self.processes.running().next() {
                    Some(pid) => Turn::Background(pid),
                    None => Turn::Over,
                }
            }
        }
    }

    fn listen(&mut self, all_dead: bool) {
        self.intake.take_in(&mut self.processes, all_dead);
    }

    // ---- stepping --------------------------------------------------------------------------------------

    /// From now on the program stops after each step up to `level`, until it is released. Its clock stands
    /// still meanwhile, unless it was asked otherwise: timeouts do not run out because somebody is thinking.
    pub fn hold(&self, level: Level) {
        self.intake.hold(level);
    }

    /// Whether a thread is held, and all that was done before is in the trace.
    pub fn is_held(&self) -> bool {
        self.intake.is_held()
    }

    /// Lets the held threads go on to the next step.
    pub fn release(&self) {
        self.intake.release();
    }

    /// Lets the program run freely.
    pub fn let_run(&self) {
        self.intake.let_run();
    }

    /// Asks the program to end (SIGTERM), held or not, and waits a moment for it.
    pub fn end_program(&mut self) {
        const MOMENT: Duration = Duration::from_secs(2);
        self.processes.signal(libc::SIGTERM);
        // Only now: a program that is held would do more otherwise before the signal comes.
        self.let_run();
        let asked = Instant::now();
        while self.turn() != Turn::Over && asked.elapsed() < MOMENT {
            std::thread::sleep(PAUSE);
        }
    }

    /// Gives the program a signal, if it still runs.
    pub fn signal(&self, signal: i32) {
        self.processes.signal(signal);
    }

    /// Becomes true when the trace that was asked for is this recording's, and no longer what was there before.
    pub fn begun(&self) -> Arc<AtomicBool> {
        self.intake.begun()
    }

    /// Ends the recording. Processes that still run go on without it.
    pub fn finish(self) -> Outcome {
        self.finish_telling(|_| {})
    }

    /// As [`finish`](Self::finish). While what was recorded is still being made into traces, `tell` is told every few
    /// milliseconds how much of it is done, in percent.
    pub fn finish_telling(self, tell: impl FnMut(u64)) -> Outcome {
        let Self {
            mut processes,
            signals,
            intake,
            ..
        } = self;
        let ended = intake.finish(&mut processes, tell);
        drop(signals);
        Outcome {
            exit: processes.main_exit,
            traces: ended.traces,
            lost: ended.lost,
            notes: ended.notes,
            whole: ended.whole,
        }
    }
}

/// A program that is followed into others need not use libevent itself.
fn libevent(options: &RecordOptions) -> crate::Libevent {
    match options.children {
        Children::Exec => crate::Libevent::Late,
        Children::None | Children::Fork => options.libevent,
    }
}

fn exit_event(exit: Exit) -> Event {
    let (status, signal) = match exit {
        Exit::Status(status) => (Some(status), None),
        Exit::Signal(signal) => (None, Some(signal_name(signal).into())),
        Exit::Unknown => (None, None),
    };
    Event::ProgramExit { status, signal }
}

fn prepare(what: Text) -> impl FnOnce(io::Error) -> RecordError {
    move |error| RecordError::Prepare { what, error }
}

/// `CLOCK_MONOTONIC`, in ns.
pub(crate) fn now() -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the clock exists and `time` is a place for it.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
