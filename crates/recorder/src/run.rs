//! The program that is recorded: starting it, waiting for it and for what it leaves behind.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use evscope_wire::{ENV_PRELOAD, ENV_RING};
use log::debug;

use crate::library::Library;
use crate::numbers;
use crate::options::{RecordOptions, Stdio};
use crate::ring::Ring;
use crate::signals;

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// By itself, with this status.
    Status(i32),
    /// By this signal.
    Signal(i32),
    /// Its parent knows, and did not tell.
    Unknown,
}

impl Exit {
    /// The status a shell would give.
    pub fn code(self) -> i32 {
        match self {
            Self::Status(status) => status,
            Self::Signal(signal) => 128 + signal,
            Self::Unknown => 0,
        }
    }
}

/// The processes of a recording.
pub(crate) struct Processes {
    /// The one that was started.
    pub(crate) main: i32,
    pub(crate) main_exit: Option<Exit>,
    /// Those that use libevent, and how they ended.
    recorded: BTreeMap<i32, Option<Exit>>,
    /// Those of them that have another number here than where they run, in a PID namespace of their own: that one is
    /// unknown where they ended before it was asked for.
    elsewhere: BTreeMap<i32, Option<i32>>,
    /// How orphans ended that had not spoken by then: what they said may still be on its way.
    orphans: BTreeMap<i32, Exit>,
    /// This process has no other children than the recording's.
    sole: bool,
}

/// The program as it is to be called.
pub(crate) fn program(path: &Path, command: &[OsString]) -> Command {
    let mut program = Command::new(path);
    program.args(&command[1..]).arg0(&command[0]);
    program
}

/// Gives the program the ring, and, if there is one, the library. What this returns must live until the program is
/// started.
pub(crate) fn put_inside(
    program: &mut Command,
    ring: &Ring,
    library: Option<&Library>,
) -> io::Result<impl Drop + use<>> {
    let inherited = Inherited::new(ring.descriptor())?;
    if let Some(library) = library {
        let mut preload: OsString = library.path().into();
        if let Some(before) = std::env::var_os("LD_PRELOAD").filter(|before| !before.is_empty()) {
            program.env(ENV_PRELOAD, &before);
            preload.push(":");
            preload.push(before);
        }
        program.env("LD_PRELOAD", preload);
    }
    let ring_path = format!("{}:{}", inherited.0, ring.path().display());
    program.env(ENV_RING, ring_path);
    Ok(inherited)
}

/// Starts the program.
pub(crate) fn start(mut program: Command, options: &RecordOptions) -> io::Result<Processes> {
    // What the program leaves behind becomes this process's child, so its end is seen, too.
    // SAFETY: the call has no conditions.
    unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) };
    let environment = options.environment.iter();
    program.envs(environment.map(|(name, value)| (name, value)));
    if let Stdio::Into(file) = &options.stdio {
        program.stdin(std::process::Stdio::null());
        program.stderr(file.try_clone()?).stdout(file.try_clone()?);
    }
    // SAFETY: the function is for this.
    unsafe {
        program.pre_exec(|| {
            signals::set_as_found();
            Ok(())
        });
    }
    let main = program.spawn()?.id() as i32;
    Ok(Processes {
        main,
        main_exit: None,
        recorded: BTreeMap::new(),
        elsewhere: BTreeMap::new(),
        orphans: BTreeMap::new(),
        sole: options.sole,
    })
}

/// A descriptor of somebody's that programs started now inherit.
struct Inherited(i32);

impl Inherited {
    fn new(fd: i32) -> io::Result<Self> {
        // SAFETY: the descriptor is open, and no memory is touched.
        match unsafe { libc::fcntl(fd, libc::F_SETFD, 0) } {
            0 => Ok(Self(fd)),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

impl Drop for Inherited {
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe { libc::fcntl(self.0, libc::F_SETFD, libc::FD_CLOEXEC) };
    }
}

impl Processes {
    /// A process says that it uses libevent.
    pub(crate) fn add(&mut self, pid: i32) {
        if self.recorded.contains_key(&pid) {
            return;
        }
        debug!("process {pid} speaks: it has an event base");
        self.recorded.insert(pid, None);
        if numbers::is_strangers(pid) {
            self.elsewhere.insert(pid, numbers::here(pid));
        }
    }

    /// Looks who has ended since the last time.
    pub(crate) fn reap(&mut self) -> Vec<(i32, Exit)> {
        let mut ended = Vec::new();
        if self.main_exit.is_none()
            && let Some(exit) = wait(self.main)
        {
            self.main_exit = Some(exit);
            if let Some(known) = self.recorded.get_mut(&self.main) {
                *known = Some(exit);
                ended.push((self.main, exit));
            }
        }
        let main = self.main;
        for (&pid, known) in self
            .recorded
            .iter_mut()
            .filter(|(pid, known)| known.is_none() && **pid != main)
        {
            let here = self.elsewhere.get(&pid).copied().unwrap_or(Some(pid));
            let exit = here.map_or(Some(Exit::Unknown), |here| {
                wait(here)
                    .or_else(|| self.orphans.remove(&here))
                    .or_else(|| is_gone(here).then_some(Exit::Unknown))
            });
            if let Some(exit) = exit {
                *known = Some(exit);
                ended.push((pid, exit));
            }
        }
        if self.sole && self.main_exit.is_some() {
            while let Some((pid, exit)) = wait_any() {
                match self.recorded.get_mut(&pid) {
                    Some(known) => {
                        *known = Some(exit);
                        ended.push((pid, exit));
                    }
                    None => {
                        self.orphans.insert(pid, exit);
                    }
                }
            }
        }
        // A process may have said its first word and ended between two looks.
        if let (Some(exit), Some(known)) = (self.main_exit, self.recorded.get_mut(&self.main))
            && known.is_none()
        {
            *known = Some(exit);
            ended.push((self.main, exit));
        }
        ended
    }

    /// Those that were seen to have ended at one look, in the order in which they did, as far as that can be told: whom its
    /// parent has waited for did so before it, and an orphan after.
    pub(crate) fn in_order(&self, ended: impl Iterator<Item = (i32, Exit)>) -> Vec<(i32, Exit)> {
        let mut ended: Vec<_> = ended.collect();
        ended.sort_by_key(|&(pid, exit)| match exit {
            Exit::Unknown => (0, -pid),
            _ if pid == self.main => (1, 0),
            _ => (2, pid),
        });
        ended
    }

    /// Those that are still running.
    pub(crate) fn running(&self) -> impl Iterator<Item = i32> {
        let main = self.main_exit.is_none().then_some(self.main);
        let others = self
            .recorded
            .iter()
            .filter(|(pid, exit)| exit.is_none() && **pid != self.main)
            .map(|(pid, _)| self.elsewhere.get(pid).copied().flatten().unwrap_or(*pid));
        main.into_iter().chain(others)
    }

    /// Whether any process used libevent.
    pub(crate) fn any_recorded(&self) -> bool {
        !self.recorded.is_empty()
    }

    pub(crate) fn signal(&self, signal: i32) {
        if self.main_exit.is_none() {
            // SAFETY: the process is our child and not yet waited for, so the number is its own.
            unsafe { libc::kill(self.main, signal) };
        }
    }
}

/// A process that has the ring mapped and has said nothing yet: a daemon that has just been forked off. One that
/// has started another program has lost the mapping.
pub(crate) fn silent_holder(ring: &Path) -> Option<i32> {
    let own = std::process::id();
    let name = ring.to_string_lossy();
    std::fs::read_dir("/proc")
        .ok()?
        .flatten()
        .find_map(|entry| {
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            let maps = std::fs::read_to_string(entry.path().join("maps"));
            (pid != own && maps.is_ok_and(|maps| maps.contains(&*name))).then_some(pid as i32)
        })
}

/// Whether a process has a file in its memory whose name has this in it.
pub(crate) fn has_loaded(pid: i32, name: &str) -> bool {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps"));
    maps.is_ok_and(|maps| maps.contains(name))
}

fn wait(pid: i32) -> Option<Exit> {
    let mut status = 0;
    // SAFETY: `status` is a place for it.
    let result = unsafe { libc::waitpid(pid, &raw mut status, libc::WNOHANG) };
    (result == pid).then(|| exit_of(status))
}

fn wait_any() -> Option<(i32, Exit)> {
    let mut status = 0;
    // SAFETY: `status` is a place for it.
    let pid = unsafe { libc::waitpid(-1, &raw mut status, libc::WNOHANG) };
    (pid > 0).then(|| (pid, exit_of(status)))
}

fn exit_of(status: i32) -> Exit {
    if libc::WIFSIGNALED(status) {
        Exit::Signal(libc::WTERMSIG(status))
    } else {
        Exit::Status(libc::WEXITSTATUS(status))
    }
}

fn is_gone(pid: i32) -> bool {
    // SAFETY: signal 0 only asks.
    let result = unsafe { libc::kill(pid, 0) };
    result < 0 && io::Error::last_os_error().raw_os_error() == Some(libc::ESRCH)
}

/// The name of a signal.
pub(crate) fn signal_name(signal: i32) -> String {
    const NAMES: [(i32, &str); 21] = [
        (libc::SIGHUP, "SIGHUP"),
        (libc::SIGINT, "SIGINT"),
        (libc::SIGQUIT, "SIGQUIT"),
        (libc::SIGILL, "SIGILL"),
        (libc::SIGTRAP, "SIGTRAP"),
        (libc::SIGABRT, "SIGABRT"),
        (libc::SIGBUS, "SIGBUS"),
        (libc::SIGFPE, "SIGFPE"),
        (libc::SIGKILL, "SIGKILL"),
        (libc::SIGUSR1, "SIGUSR1"),
        (libc::SIGSEGV, "SIGSEGV"),
        (libc::SIGUSR2, "SIGUSR2"),
        (libc::SIGPIPE, "SIGPIPE"),
        (libc::SIGALRM, "SIGALRM"),
        (libc::SIGTERM, "SIGTERM"),
        (libc::SIGXCPU, "SIGXCPU"),
        (libc::SIGXFSZ, "SIGXFSZ"),
        (libc::SIGVTALRM, "SIGVTALRM"),
        (libc::SIGPROF, "SIGPROF"),
        (libc::SIGIO, "SIGIO"),
        (libc::SIGSYS, "SIGSYS"),
    ];
    NAMES
        .iter()
        .find(|(number, _)| *number == signal)
        .map_or_else(
            || format!("signal {signal}"),
            |(_, name)| (*name).to_owned(),
        )
}

/// A folder in memory for the ring, or else one of `others`.
pub(crate) fn memory_folders(others: &Path) -> Vec<PathBuf> {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let mut folders: Vec<PathBuf> = runtime.into_iter().collect();
    folders.push("/dev/shm".into());
    folders.push(std::env::temp_dir());
    folders.push(others.to_owned());
    folders
}
