//! Looking at what the program has done with a connection, in the kernel's own books, without disturbing
//! it. The program is a thread of this process, or, in another language, a process of its own.

use std::cell::RefCell;
use std::io;
use std::net::{SocketAddr, SocketAddrV4, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::PATIENCE;

thread_local! {
    /// The thread of the program's that runs its loop, as a folder in `/proc`.
    static PROGRAM: RefCell<Option<PathBuf>> = const { RefCell::new(None) };
}

/// The calling thread's number in the system.
pub(crate) fn this_thread() -> u32 {
    // SAFETY: it only tells who calls.
    let number = unsafe { libc::gettid() };
    number as u32
}

/// Says to the calling thread, which plays the other side, which thread runs the program's loop.
pub(crate) fn the_program_is(process: u32, thread: u32) {
    let folder = format!("/proc/{process}/task/{thread}");
    PROGRAM.set(Some(folder.into()));
}

/// Waits until the program has done all that there is to do, and waits itself. It does, once it sleeps: whoever
/// sends something wakes it at once.
pub(crate) fn until_waiting() -> io::Result<()> {
    /// Where it cannot be seen, it should have done it by then.
    const PAUSE: Duration = Duration::from_millis(40);
    let Some(task) = PROGRAM.with_borrow(Clone::clone) else {
        std::thread::sleep(PAUSE);
        return Ok(());
    };
    let mut before = None;
    until("the program does not come to rest", || {
        // One that has ended does nothing more, either.
        let Ok(status) = std::fs::read_to_string(task.join("status")) else {
            return Ok(true);
        };
        let says = |what: &str| status.lines().find(|line| line.starts_with(what));
        let state = says("State:").and_then(|line| line.split_whitespace().nth(1));
        // How often it has gone to sleep.
        let slept = says("voluntary_ctxt_switches").map(str::to_owned);
        let stays = slept == std::mem::replace(&mut before, slept.clone());
        Ok(match state {
            Some("S") => stays,
            Some("Z" | "X") | None => true,
            Some(_) => false,
        })
    })
}

/// Waits until the program has read everything that was sent.
pub(super) fn until_taken(socket: &TcpStream) -> io::Result<()> {
    let entry = Entry::of_the_program(socket)?;
    until("the program does not read", || {
        Ok(entry.look_up()?.is_none_or(|row| row.unread == 0))
    })
}

/// The program's end of a connection.
pub(super) struct ProgramSide {
    /// Where the program's fds are listed, as links.
    fds: PathBuf,
    /// What the link to this one says.
    link: PathBuf,
}

impl ProgramSide {
    /// Finds it, once the program has accepted the connection. A socket that is being accepted has its number
    /// before any process has it among its fds.
    pub(super) fn of(socket: &TcpStream) -> io::Result<Self> {
        let entry = Entry::of_the_program(socket)?;
        let mut found = None;
        until("the program does not accept", || {
            let inode = entry.look_up()?.map_or(0, |row| row.inode);
            if inode != 0 {
                let link = PathBuf::from(format!("socket:[{inode}]"));
                let mut all = std::iter::once("/proc/self/fd".into()).chain(folders_of_fds()?);
                found = all
                    .find(|fds| has(fds, &link))
                    .map(|fds| Self { fds, link });
            }
            Ok(found.is_some())
        })?;
        found.ok_or_else(|| io::Error::other("no process has the program's side"))
    }

    /// Waits until the program has closed it.
    pub(super) fn until_closed(&self) -> io::Result<()> {
        until("the program does not hang up", || {
            Ok(!has(&self.fds, &self.link))
        })
    }
}

/// Where every process's fds are listed.
fn folders_of_fds() -> io::Result<impl Iterator<Item = PathBuf>> {
    let processes = std::fs::read_dir("/proc")?.flatten();
    Ok(processes.map(|process| process.path().join("fd")))
}

/// Whether one of the links in a folder says this. A fd that is closed while the folder is read has no link
/// any more, and a process that has ended no folder.
fn has(fds: &Path, link: &Path) -> bool {
    std::fs::read_dir(fds).is_ok_and(|mut fds| {
        fds.any(|fd| fd.is_ok_and(|fd| std::fs::read_link(fd.path()).is_ok_and(|it| it == link)))
    })
}

/// A connection in `/proc/net/tcp`: its addresses, as they are written there.
struct Entry {
    local: String,
    remote: String,
}

struct Row {
    /// Bytes in the receive queue.
    unread: u64,
    /// 0 until it is accepted.
    inode: u64,
}

impl Entry {
    fn of_the_program(socket: &TcpStream) -> io::Result<Self> {
        match (socket.peer_addr()?, socket.local_addr()?) {
            (SocketAddr::V4(program), SocketAddr::V4(peer)) => Ok(Self {
                local: written(program),
                remote: written(peer),
            }),
            _ => Err(io::Error::other("the demos are on IPv4")),
        }
    }

    /// `None` if it is gone. The kernel's table changes while it is read, so it is so only if it was looked for twice.
    fn look_up(&self) -> io::Result<Option<Row>> {
        match self.read()? {
            None => self.read(),
            row => Ok(row),
        }
    }

    fn read(&self) -> io::Result<Option<Row>> {
        let table = std::fs::read_to_string("/proc/net/tcp")?;
        Ok(table.lines().find_map(|line| {
            // number: local remote state sending:receiving timer retransmits uid timeout inode …
            let fields: Vec<&str> = line.split_whitespace().collect();
            if fields.get(1) != Some(&self.local.as_str())
                || fields.get(2) != Some(&self.remote.as_str())
            {
                return None;
            }
            let (_, receiving) = fields.get(4)?.split_once(':')?;
            Some(Row {
                unread: u64::from_str_radix(receiving, 16).ok()?,
                inode: fields.get(9)?.parse().ok()?,
            })
        }))
    }
}

/// The four bytes as the number that the machine sees in them.
fn written(addr: SocketAddrV4) -> String {
    let ip = u32::from_ne_bytes(addr.ip().octets());
    format!("{ip:08X}:{:04X}", addr.port())
}

fn until(complaint: &'static str, mut done: impl FnMut() -> io::Result<bool>) -> io::Result<()> {
    let started = Instant::now();
    while !done()? {
        if started.elapsed() > PATIENCE {
            return Err(io::Error::other(complaint));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}
