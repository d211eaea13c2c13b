//! Recording the whole process, as its environment asks.
//!
//! `EVSCOPE_TRACE` names the file. It is made by the first base, so a daemon may go into the background
//! before, and it must not be there yet: a program that inherits the variable does not overwrite what another one
//! said. `EVSCOPE_TRACE_OPTIONS` (`NAME=VALUE,…`, unknown names are ignored) says more:
//!
//! | | |
//! | --- | --- |
//! | `level=N` | no records beyond this level |
//! | `payload=N` | the first so many bytes of what is read and written |
//!
//! What was not handed over when the program returns from `main`, calls `exit` or unwinds out of a panic, is
//! handed over then; of a process that is killed, all before its last wait is in the file. A process that is
//! forked off after the recording began is not recorded.
//!
//! A recorder outside (`evscope record`) asks in another way, and takes each record at once; see `into_ring.rs`.

use std::cell::Cell;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, TryLockError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use evscope_trace::{Level, ThreadId};

use super::into_ring::{self, RingRecords};
use super::recorder::WAITING_CHUNKS;
use super::sources::Sources;
use super::tracer::{Records, Shared};
use super::writer::TraceWriter;
use super::{Active, Ids};
use crate::sys::has_other_rights;

const FILE: &str = "EVSCOPE_TRACE";
const OPTIONS: &str = "EVSCOPE_TRACE_OPTIONS";

/// By this section of its file a recorder knows a program that can be asked to record itself.
// SAFETY: a section of its own, that nothing else is laid out by.
#[cfg_attr(target_os = "linux", unsafe(link_section = "evscope_reactor"))]
static MARK: [u8; 1] = [1];

/// This process has been forked off from the one that is recorded.
static FORKED: AtomicBool = AtomicBool::new(false);

static PROCESS: OnceLock<Option<Process>> = OnceLock::new();

thread_local! {
    static THREAD: Cell<Option<ThreadId>> = const { Cell::new(None) };
}

struct Process {
    ids: Arc<Ids>,
    payload: Option<usize>,
    records: ProcessRecords,
    writer: Mutex<Option<JoinHandle<io::Result<u64>>>>,
}

/// What the bases of all threads write into. Under one lock, so that records are in the order of their times.
#[derive(Debug)]
pub(crate) struct ProcessRecords(Mutex<Records>);

impl ProcessRecords {
    pub(super) fn with(&self, act: impl FnOnce(&mut Records)) {
        // Another thread may have had the lock when this process was forked off, and will never give it back.
        if !FORKED.load(Ordering::Relaxed) {
            act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

/// The recording of the process, if there is one.
pub(super) fn recording() -> Option<Active> {
    // Looked at, so that it is not left out of the program.
    std::hint::black_box(&MARK);
    if let Some(records) = RingRecords::new() {
        static IDS: OnceLock<Arc<Ids>> = OnceLock::new();
        return Some(Active {
            ids: Arc::clone(IDS.get_or_init(Arc::default)),
            payload: into_ring::payload(),
            records: Shared::Ring(records),
        });
    }
    let process = PROCESS.get_or_init(begin).as_ref()?;
    if FORKED.load(Ordering::Relaxed) {
        return None;
    }
    let thread = THREAD.get().unwrap_or_else(|| process.ids.thread());
    THREAD.set(Some(thread));
    Some(Active {
        ids: Arc::clone(&process.ids),
        payload: process.payload,
        records: Shared::Process(thread, &process.records),
    })
}

fn begin() -> Option<Process> {
    let path = PathBuf::from(std::env::var_os(FILE).filter(|path| !path.is_empty())?);
    // Who runs a program with another user's rights may not say which files it makes.
    if has_other_rights() {
        return None;
    }
    let options = std::env::var(OPTIONS).ok();
    let asked = Asked::read(options.as_deref().unwrap_or_default());
    match start(&path, &asked) {
        Ok(process) => Some(process),
        Err(error) => {
            let path = path.display().to_string();
            let path = evscope_trace::visible(&path);
            eprintln!("{path}: {error}; this program is not recorded ({FILE})");
            None
        }
    }
}

fn start(path: &Path, asked: &Asked) -> io::Result<Process> {
    let file = File::options().write(true).create_new(true).open(path)?;
    let (sink, chunks) = sync_channel(WAITING_CHUNKS);
    let sources = Sources::new(Vec::new()).look_in(roots());
    let writer = TraceWriter::new(program_name(), sources).up_to(asked.level);
    let writer = without_signals(|| {
        std::thread::Builder::new()
            .name("evscope".to_owned())
            .spawn(move || writer.run(&chunks, BufWriter::with_capacity(1 << 16, file)))
    })?;
    // SAFETY: both functions may be called at the end and after a fork; they only take locks that are given
    // back, and store into an atomic.
    unsafe {
        libc::atexit(end);
        libc::pthread_atfork(None, None, Some(forked));
    }
    Ok(Process {
        ids: Arc::default(),
        payload: asked.payload,
        records: ProcessRecords(Mutex::new(Records::new(Instant::now(), sink))),
        writer: Mutex::new(Some(writer)),
    })
}

/// The program ends: the last records are handed over, and written.
extern "C" fn end() {
    /// A signal handler that ends the program may have interrupted the one who has the lock.
    const PATIENCE: Duration = Duration::from_secs(5);
    let Some(Some(process)) = PROCESS.get() else {
        return;
    };
    if FORKED.load(Ordering::Relaxed) {
        return;
    }
    let asked = Instant::now();
    loop {
        match process.records.0.try_lock() {
            Ok(mut records) => break records.end(),
            Err(TryLockError::Poisoned(records)) => break records.into_inner().end(),
            Err(TryLockError::WouldBlock) if asked.elapsed() > PATIENCE => return,
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(1)),
        }
    }
    if let Ok(mut writer) = process.writer.try_lock()
        && let Some(writer) = writer.take()
    {
        // A trace that could not be written ends early; the program has nothing to do with it.
        let _ = writer.join();
    }
}

extern "C" fn forked() {
    FORKED.store(true, Ordering::Relaxed);
}

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    level: Level,
    payload: Option<usize>,
}

impl Asked {
    fn read(options: &str) -> Self {
        let option = |name: &str| {
            options
                .split(',')
                .find_map(|option| option.strip_prefix(name)?.strip_prefix('='))
        };
        Self {
            level: option("level")
                .and_then(|level| Level::from_number(level.parse().ok()?))
                .unwrap_or(Level::Everything),
            payload: option("payload").and_then(|limit| limit.parse().ok()),
        }
    }
}

fn program_name() -> String {
    let called: OsString = std::env::args_os().next().unwrap_or_default();
    let name = Path::new(&called).file_name().unwrap_or(&called);
    name.to_string_lossy().into_owned()
}

/// Where the program's source may be: a folder above the program, as the root of a project is above its `target`
/// folder, or else above the current one.
pub(super) fn roots() -> Vec<PathBuf> {
    let program = std::env::current_exe().unwrap_or_default();
    let here = std::env::current_dir().unwrap_or_default();
    let above = program.ancestors().skip(1).chain(here.ancestors());
    above
        .filter(|path| path.is_absolute())
        .map(Path::to_owned)
        .collect()
}

/// A thread that `start` makes gets no signals: they are the program's.
fn without_signals<R>(start: impl FnOnce() -> R) -> R {
    // SAFETY: all-zero is a valid set, and the pointers are to locals.
    let before = unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        let mut before: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_BLOCK, &raw const all, &raw mut before);
        before
    };
    let result = start();
    // SAFETY: it is the set that this thread had.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, std::ptr::null_mut()) };
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_read_and_what_is_unknown_is_not() {
        assert_eq!(
            Asked::read("new=x,level=2,payload=16"),
            Asked { level: Level::Walkthrough, payload: Some(16) }
        );
        let nothing = Asked { level: Level::Everything, payload: None };
        assert_eq!(Asked::read(""), nothing);
        assert_eq!(Asked::read("level=9,payload=much"), nothing);
    }
}
