//! The recorder's end of the ring. A program on libevent has a library of ours in it that writes into the ring,
//! our own reactor does so itself; here that becomes the spool and the traces.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::time::{Duration, Instant};

use evscope_trace::{Claim, Event, Header, Level, Over};
use evscope_wire::{Control, Kind, args, bit};
use evscope_words::{Text, text};
use log::{debug, error, warn};

use super::{exit_event, now, prepare};
use crate::check::{Found, Libevent, On};
use crate::clock::Pacer;
use crate::leftover::{part_of, refuse};
use crate::library::{Library, Readers};
use crate::limits::{Full, Limits};
use crate::options::{Children, HeldClock, Hold, RecordError, RecordOptions, up_to};
use crate::ring::{self, Ring, SLOT, is_lack_of_room, kind_of, parse};
use crate::run::{self, Exit, Processes};
use crate::spool::{self, CreateError, Head, SpoolWriter};
use crate::traces::{Beyond, TraceFile, Translated};
use crate::worker::{Haste, Wanted, Worker};

/// The recorder's end of the ring.
pub(super) struct Intake {
    ring: Ring,
    /// None where the processor's counter is no clock.
    pacer: Option<Pacer>,
    spool: SpoolWriter,
    spool_path: PathBuf,
    /// The trace that was asked for.
    output: PathBuf,
    worker: Worker,
    _library: Option<Library>,
    on: On,
    buffer: Vec<u8>,
    /// Records that are missing in the trace, and said to be: lost ones and abandoned ones.
    missing: (u64, u64),
    refused: Option<Refused>,
    /// How many holds there were at the last release.
    released: AtomicU32,
    /// Why records are no longer kept.
    failure: Option<io::Error>,
    limits: Arc<Limits>,
    /// Records for which there was no more room, that the translation was not told of yet.
    beyond: Beyond,
    /// Processes that are forked off are recorded, too.
    forks: bool,
    /// When to look next whether the program has loaded libevent; none if that is no question.
    look_at: Option<Instant>,
    saw_libevent: bool,
}

/// How a recording ended.
pub(super) struct Ended {
    pub(super) traces: Vec<TraceFile>,
    pub(super) lost: u64,
    pub(super) notes: Vec<Text>,
    /// The traces have all that was to be in them.
    pub(super) whole: bool,
}

impl Intake {
    /// Starts the program, with the library in it if it needs one.
    pub(super) fn start(
        found: &Found,
        command: &[OsString],
        options: &RecordOptions,
    ) -> Result<(Processes, Self), RecordError> {
        let output = claim(&options.output, options.force)?;
        let mut pacer = Pacer::new();
        let folder = options
            .output
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let folders = run::memory_folders(folder);
        ring::sweep(&folders);
        let called = Path::new(&command[0]);
        let name = called.file_name().unwrap_or(called.as_os_str());
        let mut head = Head {
            program: name.to_string_lossy().into_owned(),
            began: now(),
            started: Header::new("", "", "").started,
            ring: PathBuf::new(),
            library: None,
            forks: options.children != Children::None,
        };
        let spool_path = part_of(&options.output);
        let what = Text::same(spool_path.display().to_string());
        let spool = spool::create(&spool_path).map_err(|error| match error {
            CreateError::Io(error) => prepare(what.clone())(error),
            CreateError::There(found) => refuse(&spool_path, found)
                .unwrap_or_else(|| prepare(what.clone())(io::ErrorKind::AlreadyExists.into())),
        })?;
        // Until the program has started there is nothing in it that anybody would miss.
        let unused = Unused(&spool_path);
        let ring = make_ring(&folders, options.slots, &spool_path, |ring| {
            ring.clone_into(&mut head.ring);
            spool.say(&head)
        })?;
        debug!("the ring is {}", ring.path().display());
        debug!("what comes out of it is kept in {}", spool_path.display());
        let control = ring.control();
        let [first, second] = options.wanted();
        control.wanted[0].store(first, Relaxed);
        control.wanted[1].store(second, Relaxed);
        control.payload.store(options.payload, Relaxed);
        let follow = options.children == Children::Exec;
        control.follow_exec.store(u32::from(follow), Release);
        // The program may get to its first step before the recorder looks at it for the first time.
        control.beat.store(now(), Relaxed);
        let clock = options.hold.map_or(HeldClock::default(), |hold| hold.clock);
        let still = clock == HeldClock::Still;
        control.freeze_clock.store(u32::from(still), Relaxed);
        if let Some(Hold { level, .. }) = options.hold {
            hold(control, level);
        }
        // Programs that it starts may be on libevent.
        let library = match (found.on, options.children) {
            (On::Reactor, Children::None | Children::Fork) => None,
            (_, children) => {
                let readers = match children {
                    Children::None | Children::Fork => Readers::Child,
                    Children::Exec => Readers::Others,
                };
                let library = Library::unpack(&folders, readers, |folder| {
                    let library = Some(folder.to_owned());
                    spool.say(&Head {
                        library,
                        ..head.clone()
                    })
                });
                Some(library.map_err(prepare(text!(record_the_library)))?)
            }
        };
        head.library = library
            .as_ref()
            .and_then(|library| Some(library.folder()?.to_owned()));
        match &library {
            Some(library) => debug!(
                "the library for the program is {}",
                library.path().display()
            ),
            None => debug!("the program needs no library"),
        }
        head.began = now();
        let begun = spool.say(&head).and_then(|()| spool.begin());
        let (spool, reader) = begun.map_err(prepare(what))?;
        if let Some(pacer) = &mut pacer {
            pacer.draw(&ring.control().clock);
        }
        let mut program = run::program(&found.path, command);
        let started = run::put_inside(&mut program, &ring, library.as_ref())
            .and_then(|_inherited| run::start(program, options));
        let processes = started.map_err(|error| RecordError::Start {
            program: found.path.display().to_string(),
            error,
        })?;
        debug!("process {} was started", processes.main);
        unused.keep();
        let limits = Arc::new(Limits::new(options.max_size));
        let forks = head.forks;
        let wanted = Wanted {
            output,
            limits: Arc::clone(&limits),
            library: options.libevent_source.clone(),
        };
        let worker = Worker::start(
            head,
            reader,
            wanted,
            match options.hold {
                Some(_) => Haste::Prompt,
                None => Haste::Idle,
            },
        );
        let intake = Self {
            ring,
            pacer,
            spool,
            spool_path,
            output: options.output.clone(),
            worker,
            _library: library,
            on: found.on,
            buffer: Vec::new(),
            missing: (0, 0),
            refused: None,
            released: AtomicU32::new(0),
            failure: None,
            limits,
            beyond: Beyond::default(),
            forks,
            look_at: (options.libevent == Libevent::Late).then(Instant::now),
            saw_libevent: false,
        };
        Ok((processes, intake))
    }

    /// Takes what the program has said since the last time. If `all_dead`, nobody is in the middle of a
    /// word.
    pub(super) fn take_in(&mut self, processes: &mut Processes, all_dead: bool) {
        self.ring.control().beat.store(now(), Relaxed);
        if let Some(pacer) = &mut self.pacer {
            pacer.draw(&self.ring.control().clock);
        }
        self.look_for_libevent(processes);
        let (spool, refused) = (&mut self.spool, &mut self.refused);
        let (limits, beyond) = (&self.limits, &mut self.beyond);
        let forks = self.forks;
        let failed = self.failure.is_some();
        let mut buffer = std::mem::take(&mut self.buffer);
        let before = spool.written();
        let taken = self.ring.take(all_dead, &mut buffer, |slots| {
            note_processes(slots, processes, forks, refused);
            if !failed && limits.allow(spool.file(), spool.written()) {
                return spool.append(slots);
            }
            beyond.take(slots);
            Ok(())
        });
        self.buffer = buffer;
        if let Err(error) = taken {
            error!("records are no longer kept: {error}");
            // The program must not suffer: it goes on, and no longer records.
            self.failure = Some(error);
            self.stop_writing();
        }
        self.tell_missing();
        // A held program waits for whoever reads the trace.
        if self.spool.written() > before && self.ring.control().stepping.load(Relaxed) != 0 {
            self.worker.more();
        }
    }

    /// Keeps that records are missing, where they are.
    fn tell_missing(&mut self) {
        let missing = (self.ring.lost(), self.ring.abandoned());
        if missing == self.missing {
            return;
        }
        warn!(
            "{} records found no room in the ring so far, {} were not written to the end",
            missing.0, missing.1
        );
        let slot = ring::missing(missing.0 - self.missing.0, missing.1 - self.missing.1);
        self.missing = missing;
        let has_room =
            self.failure.is_none() && self.limits.allow(self.spool.file(), self.spool.written());
        if !has_room {
            self.beyond.take(&slot);
        } else if let Err(error) = self.spool.append(&slot) {
            self.failure = Some(error);
            self.stop_writing();
        }
    }

    /// These were seen to have ended, at one look.
    pub(super) fn ended(&mut self, ended: &[(i32, Exit)]) {
        self.tell_beyond();
        for (pid, exit) in ended {
            debug!("process {pid} has ended: {exit:?}");
        }
        let told = ended
            .iter()
            .map(|&(pid, exit)| (pid as u32, exit_event(exit)));
        self.worker.ended(told.collect());
    }

    /// Whether a program that is to load libevent has, and has said nothing.
    fn look_for_libevent(&mut self, processes: &Processes) {
        const EVERY: Duration = Duration::from_millis(5);
        let now = Instant::now();
        if self.look_at.is_none_or(|at| now < at) {
            return;
        }
        self.saw_libevent = run::has_loaded(processes.main, "/libevent");
        if self.saw_libevent {
            debug!("process {} has loaded libevent", processes.main);
        }
        let over = self.saw_libevent || processes.any_recorded();
        self.look_at = (!over).then_some(now + EVERY);
    }

    fn tell_beyond(&mut self) {
        if !self.beyond.is_empty() {
            self.worker.beyond(std::mem::take(&mut self.beyond));
        }
    }

    /// Becomes true when the trace that was asked for is there.
    pub(super) fn begun(&self) -> Arc<AtomicBool> {
        self.worker.begun()
    }

    /// A process that could speak and has not.
    pub(super) fn silent(&self) -> Option<i32> {
        self.forks
            .then(|| run::silent_holder(self.ring.path()))
            .flatten()
    }

    pub(super) fn hold(&self, level: Level) {
        hold(self.ring.control(), level);
    }

    pub(super) fn is_held(&self) -> bool {
        let control = self.ring.control();
        // A thread that was released and has not yet noticed is not held.
        control.waiting.load(Acquire) > 0
            && control.holds.load(Acquire) != self.released.load(Relaxed)
            && control.head.load(Acquire) == control.tail.load(Acquire)
            && self.worker.done() == self.spool.written()
    }

    pub(super) fn release(&self) {
        let control = self.ring.control();
        self.released.store(control.holds.load(Acquire), Relaxed);
        control.released.fetch_add(1, Release);
        wake(&control.released);
    }

    pub(super) fn let_run(&self) {
        self.ring.control().stepping.store(0, Release);
        self.release();
    }

    fn stop_writing(&self) {
        for word in &self.ring.control().wanted {
            word.store(0, Release);
        }
        self.let_run();
    }

    /// Ends it; `tell` is told meanwhile how much of the translation is done, in percent.
    pub(super) fn finish(mut self, processes: &mut Processes, mut tell: impl FnMut(u64)) -> Ended {
        self.stop_writing();
        self.take_in(processes, false);
        self.tell_beyond();
        let mut notes = Vec::new();
        let part = self.spool_path.display();
        let all = self.spool.written();
        let traces = self.worker.finish(|done| tell(done * 100 / all.max(1)));
        let _ = std::fs::remove_file(self.ring.path());
        let (failure, full) = (self.failure, self.limits.full());
        let whole = failure.is_none() && traces.is_ok() && full != Some(Full::Disk);
        if let Some(error) = &failure {
            notes.push(text!(record_stopped, part, error));
        }
        let traces = match traces {
            Ok(Translated {
                traces,
                beyond,
                without,
            }) => {
                match full {
                    None => {}
                    Some(Full::Size) => notes.push(text!(
                        record_full_size,
                        mib = self.limits.max() >> 20,
                        beyond,
                        without = without as u64
                    )),
                    Some(Full::Disk) => notes.push(text!(record_full_disk, part)),
                }
                // Of a disk that was nearly full, not all of it may be in the traces.
                if full != Some(Full::Disk) {
                    let _ = std::fs::remove_file(&self.spool_path);
                }
                traces
            }
            Err(error) => {
                notes.push(match failure {
                    None => text!(record_not_written, error, part),
                    Some(_) => text!(record_not_written_whole, error, part),
                });
                // A trace of which nothing was written is none.
                if self
                    .output
                    .metadata()
                    .is_ok_and(|file| file.len() == 0 && file.is_file())
                {
                    let _ = std::fs::remove_file(&self.output);
                }
                Vec::new()
            }
        };
        if let Some(refused) = self.refused {
            notes.push(refused.text());
        } else if self.on == On::Reactor && traces.is_empty() && notes.is_empty() {
            notes.push(text!(record_no_base));
        } else if !processes.any_recorded()
            && let Some(Exit::Signal(signal)) = processes.main_exit
        {
            let signal = run::signal_name(signal);
            notes.push(text!(record_ended_early, signal));
        } else if !processes.any_recorded() && self.saw_libevent {
            notes.push(text!(record_went_past));
        } else if !processes.any_recorded() {
            notes.push(text!(record_nobody));
        } else if traces.is_empty() && notes.is_empty() {
            notes.push(text!(record_not_used));
        }
        let lost = self.ring.lost();
        notes.extend(told_of_loss(lost, self.ring.abandoned()));
        Ended {
            traces,
            lost,
            notes,
            whole,
        }
    }
}

/// Takes the name of the trace, before anything is started.
pub(super) fn claim(output: &Path, force: bool) -> Result<Claim<'static>, RecordError> {
    let over = match force {
        true => Over::Anything,
        false => Over::Trace,
    };
    Claim::new(output, over).map_err(|error| RecordError::Output {
        path: output.display().to_string(),
        error,
    })
}

/// A spool that goes again if the program does not start.
struct Unused<'a>(&'a Path);

impl Unused<'_> {
    fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Unused<'_> {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.0);
    }
}

/// What is to be said of records that are missing: `lost` found no room, `abandoned` were never written to the end.
fn told_of_loss(lost: u64, abandoned: u64) -> impl Iterator<Item = Text> {
    let no_room = (lost > 0).then(|| text!(record_lost, lost));
    let unwritten = (abandoned > 0).then(|| text!(record_abandoned, records = abandoned));
    no_room.into_iter().chain(unwritten)
}

fn hold(control: &Control, level: Level) {
    let mut held = up_to(level);
    // These say where things are; nothing happens in them.
    for kind in Kind::ALL.iter().filter(|kind| kind.is_needed_by_others()) {
        let (word, bit) = bit(*kind as u8);
        held[word] &= !bit;
    }
    for (word, bits) in control.held.iter().zip(held) {
        word.store(bits, Relaxed);
    }
    control.stepping.store(1, Release);
}

/// Wakes the threads that wait for a word to change.
fn wake(word: &AtomicU32) {
    // SAFETY: the word lies in a mapping that both sides have.
    unsafe {
        libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, i32::MAX);
    }
}

/// Why a process is not recorded, as it says itself.
#[derive(Debug, Clone, Copy)]
enum Refused {
    /// Its libevent has this version.
    Libevent(u32),
    /// Its reactor speaks another version's language.
    Reactor,
}

impl Refused {
    fn text(self) -> Text {
        match self {
            Self::Libevent(version) => {
                let (major, minor, patch) =
                    (version >> 24, version >> 16 & 0xff, version >> 8 & 0xff);
                text!(
                    record_other_libevent,
                    version = format!("{major}.{minor}.{patch}")
                )
            }
            Self::Reactor => text!(record_other_reactor),
        }
    }
}

/// Who speaks, and who says that it cannot be recorded.
fn note_processes(
    slots: &[u8],
    processes: &mut Processes,
    forks: bool,
    refused: &mut Option<Refused>,
) {
    for (i, slot) in slots.chunks_exact(SLOT).enumerate() {
        let Some(kind @ (Kind::Thread | Kind::Refused | Kind::OwnHello)) =
            Kind::from_number(kind_of(slot))
        else {
            continue;
        };
        let Some((Some(raw), _)) = parse(&slots[i * SLOT..]) else {
            continue;
        };
        match kind {
            Kind::Thread => {
                let thread: args::Thread = raw.args();
                // One that was forked off names the thread it comes from.
                if thread.parent == 0 || forks {
                    processes.add(thread.pid as i32);
                }
            }
            Kind::Refused => {
                let args::Refused { version } = raw.args();
                *refused = Some(Refused::Libevent(version));
            }
            _ => {
                let args::OwnHello { vocabulary } = raw.args();
                if vocabulary != Event::fingerprint() {
                    *refused = Some(Refused::Reactor);
                }
            }
        }
    }
}

/// Makes the ring in the first of `folders` that takes it. `before` is told of its name before it is made.
fn make_ring(
    folders: &[PathBuf],
    slots: u64,
    spool: &Path,
    mut before: impl FnMut(&Path) -> io::Result<()>,
) -> Result<Ring, RecordError> {
    let mut last = io::Error::other(text!(record_no_folder));
    let mut no_room = None;
    for folder in folders {
        let path = ring::new_name(folder);
        let made = before(&path).and_then(|()| Ring::create(&path, slots, spool));
        match made {
            Ok(ring) => return Ok(ring),
            Err(error) if is_lack_of_room(&error) => no_room = Some(error),
            Err(error) => last = error,
        }
    }
    let Some(error) = no_room else {
        return Err(prepare(text!(record_the_ring))(last));
    };
    let folders: Vec<_> = folders.iter().map(|f| f.display().to_string()).collect();
    Err(RecordError::Room {
        mib: (slots * SLOT as u64).div_ceil(1 << 20),
        folders: folders.join(", "),
        error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_is_told_with_its_reason() {
        let told = |lost, abandoned| {
            told_of_loss(lost, abandoned)
                .map(|note| note.to_string())
                .collect::<Vec<_>>()
        };
        assert!(told(0, 0).is_empty());
        assert!(told(7, 0)[0].starts_with("7 records were lost because the program was faster"));
        assert!(
            told(0, 1)[0]
                .starts_with("1 record was not written to the end, because a thread was killed")
        );
        assert_eq!(told(1, 1).len(), 2);
    }
}
