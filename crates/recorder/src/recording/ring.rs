//! The recorder's end of the ring. A program on libevent has a library of ours in it that writes into the ring,
//! our own reactor does so itself; here that becomes the spool and the traces.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use evscope_trace::{Event, Header, Level};
use evscope_wire::{Control, Kind, Refusal as WireRefusal, bit};

use super::{exit_event, now, prepare};
use crate::check::{Found, On};
use crate::leftover::part_of;
use crate::library::{Library, Readers};
use crate::options::{Children, HeldClock, Hold, RecordError, RecordOptions, up_to};
use crate::ring::{Ring, SLOT, is_lack_of_room, kind_of, parse};
use crate::run::{self, Exit, Processes};
use crate::spool::{self, Head, SpoolWriter};
use crate::traces::TraceFile;
use crate::worker::{Haste, Worker};

/// The recorder's end of the ring.
pub(super) struct Listener {
    ring: Ring,
    spool: SpoolWriter,
    spool_path: PathBuf,
    worker: Worker,
    _library: Option<Library>,
    on: On,
    buffer: Vec<u8>,
    /// Records that are missing in the trace, and said to be.
    missing: u64,
    refused: Option<Refused>,
    /// How many holds there were at the last release.
    released: AtomicU32,
    /// Why records are no longer kept.
    failure: Option<io::Error>,
}

impl Listener {
    /// Starts the program, with the library in it if it needs one.
    pub(super) fn start(
        found: &Found,
        command: &[OsString],
        options: &RecordOptions,
    ) -> Result<(Processes, Self), RecordError> {
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
            (On::Reactor, Children::Fork) => None,
            (_, children) => {
                let readers = match children {
                    Children::Fork => Readers::Child,
                    Children::Exec => Readers::Others,
                };
                let library = Library::unpack(&folders, readers);
                Some(library.map_err(prepare("the library"))?)
            }
        };
        let called = Path::new(&command[0]);
        let name = called.file_name().unwrap_or(called.as_os_str());
        let head = Head {
            program: name.to_string_lossy().into_owned(),
            began: now(),
            started: Header::new("", "", "").started,
            ring: ring.path().to_owned(),
            library: library
                .as_ref()
                .and_then(|library| Some(library.folder()?.to_owned())),
        };
        let spool_path = part_of(&options.output);
        let what = spool_path.display().to_string();
        let (spool, reader) = spool::create(&spool_path, &head).map_err(prepare(&what))?;
        let mut program = run::program(&found.path, command);
        let started = run::put_inside(&mut program, &ring, library.as_ref())
            .and_then(|_inherited| run::start(program, options));
        let processes = started.map_err(|error| {
            let _ = std::fs::remove_file(&spool_path);
            let _ = std::fs::remove_file(ring.path());
            RecordError::Start {
                program: found.path.display().to_string(),
                error,
            }
        })?;
        let worker = Worker::start(
            head,
            reader,
            &options.output,
            options.libevent_source.as_deref(),
            match options.hold {
                Some(_) => Haste::Prompt,
                None => Haste::Idle,
            },
        );
        let listener = Self {
            ring,
            spool,
            spool_path,
            worker,
            _library: library,
            on: found.on,
            buffer: Vec::new(),
            missing: 0,
            refused: None,
            released: AtomicU32::new(0),
            failure: None,
        };
        Ok((processes, listener))
    }

    /// Takes what the program has said since the last time. If `all_dead`, nobody is in the middle of a
    /// word.
    pub(super) fn listen(&mut self, processes: &mut Processes, all_dead: bool) {
        self.ring.control().beat.store(now(), Relaxed);
        let (spool, refused) = (&mut self.spool, &mut self.refused);
        let failed = self.failure.is_some();
        let mut buffer = std::mem::take(&mut self.buffer);
        let before = spool.written();
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
        // A held program waits for whoever reads the trace.
        if self.spool.written() > before && self.ring.control().stepping.load(Relaxed) != 0 {
            self.worker.more();
        }
        let missing = self.ring.lost() + self.ring.abandoned();
        if missing > self.missing {
            self.worker.lost(missing - self.missing);
            self.missing = missing;
        }
    }

    pub(super) fn ended(&self, pid: i32, exit: Exit) {
        self.worker.ended(pid as u32, exit_event(exit));
    }

    /// A process that could speak and has not.
    pub(super) fn silent(&self) -> Option<i32> {
        run::silent_holder(self.ring.path())
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

    /// Ends it: the traces, how many records were lost, and what is to be said.
    pub(super) fn finish(
        mut self,
        processes: &mut Processes,
    ) -> (Vec<TraceFile>, u64, Vec<String>) {
        self.stop_writing();
        self.listen(processes, false);
        let mut notes = Vec::new();
        let spooled = self.failure.is_none();
        let traces = self.worker.finish();
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
        if let Some(refused) = self.refused {
            notes.push(refused.to_string());
        } else if self.on == On::Reactor && traces.is_empty() && notes.is_empty() {
            notes.push("the program made no event base, so there is nothing to replay".to_owned());
        } else if !processes.any_recorded() {
            notes.push(
                "no process used libevent, so there is nothing to replay. If the program starts another that \
                 does, give --children exec; one that drops its environment, or changes its root or its namespaces, cannot be \
                 followed"
                    .to_owned(),
            );
        } else if traces.is_empty() && notes.is_empty() {
            notes
                .push("libevent was loaded and not used, so there is nothing to replay".to_owned());
        }
        let lost = self.ring.lost();
        notes.extend(told_of_loss(lost, self.ring.abandoned()));
        (traces, lost, notes)
    }
}

/// What is to be said of records that are missing: `lost` found no room, `abandoned` were never written to the end.
fn told_of_loss(lost: u64, abandoned: u64) -> impl Iterator<Item = String> {
    let of = |count: u64| match count {
        1 => "1 record was".to_owned(),
        _ => format!("{count} records were"),
    };
    let no_room = (lost > 0).then(|| {
        format!(
            "{} lost because the program was faster than the recorder; record less with --level 2, or give more \
             room with --buffer",
            of(lost)
        )
    });
    let unwritten = (abandoned > 0).then(|| {
        format!(
            "{} not written to the end, because a thread was killed or stopped in the middle",
            of(abandoned)
        )
    });
    no_room.into_iter().chain(unwritten)
}

fn hold(control: &Control, level: Level) {
    let mut held = up_to(level);
    // These say where things are; nothing happens in them.
    let silent = [
        Kind::Thread,
        Kind::Module,
        Kind::Hello,
        Kind::Refused,
        Kind::OwnHello,
        Kind::OwnPlace,
        Kind::OwnText,
    ];
    for kind in silent {
        let (word, bit) = bit(kind as u8);
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
    Libevent(u64),
    /// Its reactor speaks another version's language.
    Reactor,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Libevent(version) => write!(
                f,
                "the program runs on libevent {}.{}.{}, and the recorder knows 2.1; nothing was recorded",
                version >> 24,
                version >> 16 & 0xff,
                version >> 8 & 0xff
            ),
            Self::Reactor => f.write_str(
                "the program was built with another version of evscope's reactor than this evscope; build it with \
                 this one, or let it record itself: EVSCOPE_TRACE=FILE in its environment",
            ),
        }
    }
}

/// Who speaks, and who says that it cannot be recorded.
fn note_processes(slots: &[u8], processes: &mut Processes, refused: &mut Option<Refused>) {
    const THREAD: u8 = Kind::Thread as u8;
    const REFUSED: u8 = Kind::Refused as u8;
    const OWN_HELLO: u8 = Kind::OwnHello as u8;
    for (i, slot) in slots.chunks_exact(SLOT).enumerate() {
        let kind = kind_of(slot);
        if !matches!(kind, THREAD | REFUSED | OWN_HELLO) {
            continue;
        }
        let Some((Some(raw), _)) = parse(&slots[i * SLOT..]) else {
            continue;
        };
        match kind {
            THREAD => processes.add(raw.args[0] as i32),
            REFUSED if raw.args[1] == WireRefusal::Version as u64 => {
                *refused = Some(Refused::Libevent(raw.args[2]));
            }
            OWN_HELLO if raw.args[1] != Event::fingerprint() => *refused = Some(Refused::Reactor),
            _ => {}
        }
    }
}

/// Makes the ring in the first of `folders` that takes it.
fn make_ring(folders: &[PathBuf], slots: u64) -> Result<Ring, RecordError> {
    let mut last = io::Error::other("no folder for it");
    let mut no_room = None;
    for folder in folders {
        match make_ring_in(folder, slots) {
            Ok(ring) => return Ok(ring),
            Err(error) if is_lack_of_room(&error) => no_room = Some(error),
            Err(error) => last = error,
        }
    }
    let Some(error) = no_room else {
        return Err(prepare("the ring")(last));
    };
    let folders: Vec<_> = folders.iter().map(|f| f.display().to_string()).collect();
    Err(RecordError::Room {
        mib: (slots * SLOT as u64).div_ceil(1 << 20),
        folders: folders.join(", "),
        error,
    })
}

/// Its name is this process's, but for a number where another recording has that already.
fn make_ring_in(folder: &Path, slots: u64) -> io::Result<Ring> {
    const NAMES: u32 = 16;
    let mut taken = io::Error::from(io::ErrorKind::AlreadyExists);
    for attempt in 0..NAMES {
        let name = format!("evscope-{}-{attempt}.ring", std::process::id());
        match Ring::create(&folder.join(name), slots) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = error,
            made_or_not => return made_or_not,
        }
    }
    Err(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_is_told_with_its_reason() {
        let told = |lost, abandoned| told_of_loss(lost, abandoned).collect::<Vec<_>>();
        assert!(told(0, 0).is_empty());
        assert!(told(7, 0)[0].starts_with("7 records were lost because the program was faster"));
        assert!(
            told(0, 1)[0]
                .starts_with("1 record was not written to the end, because a thread was killed")
        );
        assert_eq!(told(1, 1).len(), 2);
    }
}
