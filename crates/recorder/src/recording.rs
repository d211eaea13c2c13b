//! A recording from start to end.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::time::{Duration, Instant};

use evscope_preload::wire::{Control, Kind, Refusal as WireRefusal, bit};
use evscope_trace::{Event, Header, Level};

use crate::check::check;
use crate::library::Library;
use crate::options::{Children, RecordError, RecordOptions, up_to};
use crate::ring::{Ring, SLOT, kind_of, parse};
use crate::run::{self, Exit, Processes, Signals, signal_name};
use crate::spool::{self, Head, SpoolWriter};
use crate::traces::TraceFile;
use crate::worker::Worker;

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
    pub notes: Vec<String>,
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
    ring: Ring,
    spool: SpoolWriter,
    spool_path: PathBuf,
    worker: Worker,
    processes: Processes,
    signals: Signals,
    _library: Library,
    buffer: Vec<u8>,
    lost: u64,
    refused: Option<u64>,
    /// A process in the background that has said nothing yet, and when it was seen.
    daemon: Option<(i32, Instant)>,
    /// How many holds there were at the last release.
    released: AtomicU32,
    /// Why records are no longer kept.
    failure: Option<io::Error>,
}

/// Between two looks at the ring. At the documented rate of two million records a second it holds a hundred
/// times what comes in between.
const PAUSE: Duration = Duration::from_millis(2);

/// Records a program until it, and what it leaves in the background, has ended.
///
/// Signals that ask this process to end are passed on to the program. When the program has gone into the
/// background, they end the recording instead; the program runs on.
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
        let path = check(program, libevent(options))?;
        let folder = options
            .output
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let folders = run::memory_folders(folder);
        let ring = make_ring(&folders, options.slots)?;
        let control = ring.control();
        let [first, second] = options.wanted();
        control.wanted[0].store(first, Relaxed);
        control.wanted[1].store(second, Relaxed);
        control.payload.store(options.payload, Relaxed);
        let follow = options.children == Children::Exec;
        control.follow_exec.store(u32::from(follow), Release);
        if let Some(level) = options.hold {
            hold(control, level);
        }
        let library = Library::unpack(&folders).map_err(prepare("the library"))?;
        let name = Path::new(program).file_name().unwrap_or(program);
        let head = Head {
            program: name.to_string_lossy().into_owned(),
            began: now(),
            started: Header::new("", "", "").started,
            ring: ring.path().to_owned(),
        };
        let spool_path = spool_path(&options.output);
        let what = spool_path.display().to_string();
        let (spool, reader) = spool::create(&spool_path, &head).map_err(prepare(&what))?;
        let signals = Signals::catch();
        let processes = run::start(&path, command, &ring, &library, options).map_err(|error| {
            let _ = std::fs::remove_file(&spool_path);
            let _ = std::fs::remove_file(ring.path());
            RecordError::Start {
                program: path.display().to_string(),
                error,
            }
        })?;
        let worker = Worker::start(
            head,
            reader,
            &options.output,
            options.libevent_source.as_deref(),
        );
        Ok(Self {
            ring,
            spool,
            spool_path,
            worker,
            processes,
            signals,
            _library: library,
            buffer: Vec::new(),
            lost: 0,
            refused: None,
            daemon: None,
            released: AtomicU32::new(0),
            failure: None,
        })
    }

    /// The process that was started.
    pub fn pid(&self) -> i32 {
        self.processes.main
    }

    /// Takes what the program has said, looks who has ended, passes signals on. To be called every few
    /// milliseconds until it is over.
    pub fn turn(&mut self) -> Turn {
        self.ring.control().beat.store(now(), Relaxed);
        // Who has ended by now has said all it had to say.
        let ended = self.processes.reap();
        self.drain(false);
        for (pid, exit) in ended.into_iter().chain(self.processes.reap()) {
            self.worker.ended(pid as u32, exit_event(exit));
        }
        for signal in Signals::arrived() {
            let to_group = matches!(signal, libc::SIGINT | libc::SIGQUIT);
            if self.processes.main_exit.is_some() {
                return Turn::Over;
            }
            // The terminal has sent these to the program itself.
            if !to_group {
                self.processes.signal(signal);
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
        let pid = run::silent_holder(self.ring.path());
        self.daemon = pid.map(|pid| (pid, Instant::now()));
        match pid {
            Some(pid) => Turn::Background(pid),
            None => {
                // It may have spoken, and ended, just now.
                self.drain(true);
                for (pid, exit) in self.processes.reap() {
                    self.worker.ended(pid as u32, exit_event(exit));
                }
                Turn::Over
            }
        }
    }

    /// From now on the program stops after each step up to `level`, until it is released. Its clock stands
    /// still meanwhile: timeouts do not run out because somebody is thinking.
    pub fn hold(&self, level: Level) {
        hold(self.ring.control(), level);
    }

    /// Whether a thread is held, and all that was done before is in the trace.
    pub fn is_held(&self) -> bool {
        let control = self.ring.control();
        // A thread that was released and has not yet noticed is not held.
        control.waiting.load(Acquire) > 0
            && control.holds.load(Acquire) != self.released.load(Relaxed)
            && control.head.load(Acquire) == control.tail.load(Acquire)
            && self.worker.done() == self.spool.written()
    }

    /// Lets the held threads go on to the next step.
    pub fn release(&self) {
        let control = self.ring.control();
        self.released.store(control.holds.load(Acquire), Relaxed);
        control.released.fetch_add(1, Release);
        wake(&control.released);
    }

    /// Lets the program run freely.
    pub fn let_run(&self) {
        self.ring.control().stepping.store(0, Release);
        self.release();
    }

    /// Asks the program to end (SIGTERM), and waits a moment for it.
    pub fn end_program(&mut self) {
        const MOMENT: Duration = Duration::from_secs(2);
        self.processes.signal(libc::SIGTERM);
        let asked = Instant::now();
        while self.turn() != Turn::Over && asked.elapsed() < MOMENT {
            std::thread::sleep(PAUSE);
        }
    }

    fn drain(&mut self, all_dead: bool) {
        let (spool, processes, refused) = (&mut self.spool, &mut self.processes, &mut self.refused);
        let failed = self.failure.is_some();
        let mut buffer = std::mem::take(&mut self.buffer);
        let taken = self.ring.take(all_dead, &mut buffer, |slots| {
            note_processes(slots, processes, refused);
            if failed { Ok(()) } else { spool.append(slots) }
        });
        self.buffer = buffer;
        if let Err(error) = taken {
            // The program must not suffer: it goes on, and no longer records.
            self.failure = Some(error);
            self.stop_writing();
        }
        let lost = self.ring.lost();
        if lost > self.lost {
            self.worker.lost(lost - self.lost);
            self.lost = lost;
        }
    }

    fn stop_writing(&self) {
        for word in &self.ring.control().wanted {
            word.store(0, Release);
        }
        self.let_run();
    }

    /// Ends the recording. Processes that still run go on without it.
    pub fn finish(mut self) -> Outcome {
        self.stop_writing();
        self.drain(false);
        let mut notes = Vec::new();
        let spooled = self.failure.is_none();
        let traces = self.worker.finish();
        drop(self.signals);
        let _ = std::fs::remove_file(self.ring.path());
        if let Some(error) = self.failure {
            notes.push(format!(
                "{}: {error}; what happened after that is not recorded",
                self.spool_path.display()
            ));
        }
        let traces = match traces {
            Ok(traces) => {
                let _ = std::fs::remove_file(&self.spool_path);
                traces
            }
            Err(error) => {
                let kept = if spooled {
                    "everything"
                } else {
                    "what was recorded"
                };
                notes.push(format!(
                    "cannot write the trace: {error}; {kept} is in {path}; make room and run \
                     `evscope record --recover {path}`",
                    path = self.spool_path.display()
                ));
                Vec::new()
            }
        };
        if let Some(version) = self.refused {
            notes.push(format!(
                "the program runs on libevent {}.{}.{}, and the recorder knows 2.1; nothing was recorded",
                version >> 24,
                version >> 16 & 0xff,
                version >> 8 & 0xff
            ));
        } else if !self.processes.any_recorded() {
            notes.push(
                "no process used libevent, so there is nothing to replay. If the program starts another that \
                 does, give --children exec; one that drops its environment cannot be followed"
                    .to_owned(),
            );
        } else if traces.is_empty() && notes.is_empty() {
            notes
                .push("libevent was loaded and not used, so there is nothing to replay".to_owned());
        }
        if self.lost > 0 {
            notes.push(format!(
                "{} records were lost because the program was faster than the recorder; record less with \
                 --level 2, or give more room with --buffer",
                self.lost
            ));
        }
        Outcome {
            exit: self.processes.main_exit,
            traces,
            lost: self.lost,
            notes,
        }
    }
}

/// Makes the traces of a recording whose recorder was killed, from its spool and what is left in its ring.
///
/// # Errors
/// [`RecordError::Recover`] if the file is not a spool, or the traces cannot be written.
pub fn recover(spool_path: &Path, output: Option<&Path>) -> Result<Vec<TraceFile>, RecordError> {
    let failed = |error| RecordError::Recover {
        path: spool_path.display().to_string(),
        error,
    };
    let (head, mut spool, reader) = spool::open(spool_path).map_err(failed)?;
    let output = match output {
        Some(output) => output.to_owned(),
        None => spool_path.with_extension(""),
    };
    if let Ok(mut ring) = Ring::open(&head.ring) {
        ring.take(true, &mut Vec::new(), |slots| spool.append(slots))
            .map_err(failed)?;
    }
    let ring = head.ring.clone();
    let traces = Worker::start(head, reader, &output, None)
        .finish()
        .map_err(failed)?;
    let _ = std::fs::remove_file(ring);
    let _ = std::fs::remove_file(spool_path);
    Ok(traces)
}

fn hold(control: &Control, level: Level) {
    let mut held = up_to(level);
    // These say where things are; nothing happens in them.
    for kind in [Kind::Thread, Kind::Module, Kind::Hello, Kind::Refused] {
        let (word, bit) = bit(kind as u8);
        held[word] &= !bit;
    }
    for (word, bits) in control.held.iter().zip(held) {
        word.store(bits, Relaxed);
    }
    control.freeze_clock.store(1, Relaxed);
    control.stepping.store(1, Release);
}

/// Wakes the threads that wait for a word to change.
fn wake(word: &AtomicU32) {
    // SAFETY: the word lies in a mapping that both sides have.
    unsafe {
        libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, i32::MAX);
    }
}

/// A program that is followed into others need not use libevent itself.
fn libevent(options: &RecordOptions) -> crate::Libevent {
    match options.children {
        Children::Exec => crate::Libevent::Late,
        Children::Fork => options.libevent,
    }
}

/// Who speaks, and who says that the library does nothing in it.
fn note_processes(slots: &[u8], processes: &mut Processes, refused: &mut Option<u64>) {
    for (i, slot) in slots.chunks_exact(SLOT).enumerate() {
        let kind = kind_of(slot);
        if kind != Kind::Thread as u8 && kind != Kind::Refused as u8 {
            continue;
        }
        let Some((Some(raw), _)) = parse(&slots[i * SLOT..]) else {
            continue;
        };
        if kind == Kind::Thread as u8 {
            processes.add(raw.args[0] as i32);
        } else if raw.args[1] == WireRefusal::Version as u64 {
            *refused = Some(raw.args[2]);
        }
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

fn make_ring(folders: &[PathBuf], slots: u64) -> Result<Ring, RecordError> {
    let mut last = io::Error::other("no folder for it");
    for folder in folders {
        for attempt in 0..16 {
            let name = format!("evscope-{}-{attempt}.ring", std::process::id());
            match Ring::create(&folder.join(name), slots) {
                Ok(ring) => return Ok(ring),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => {
                    last = error;
                    break;
                }
            }
        }
    }
    Err(prepare("the ring")(last))
}

fn prepare(what: &str) -> impl FnOnce(io::Error) -> RecordError {
    let what = what.to_owned();
    move |error| RecordError::Prepare { what, error }
}

/// Beside the trace, whatever its name.
fn spool_path(output: &Path) -> PathBuf {
    let mut name = output.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

fn now() -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the clock exists and `time` is a place for it.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
