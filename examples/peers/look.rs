//! Looking at what the program has done with a connection, in the kernel's own books, without disturbing
//! it. The program is a thread of this process, or, in another language, a process of its own.

use std::io;
use std::net::{SocketAddr, SocketAddrV4, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::PATIENCE;

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
    /// Finds it, once the program has accepted the connection.
    pub(super) fn of(socket: &TcpStream) -> io::Result<Self> {
        let entry = Entry::of_the_program(socket)?;
        let mut inode = 0;
        until("the program does not accept", || {
            inode = entry.look_up()?.map_or(0, |row| row.inode);
            Ok(inode != 0)
        })?;
        let link = PathBuf::from(format!("socket:[{inode}]"));
        let fds = std::iter::once("/proc/self/fd".into())
            .chain(folders_of_fds()?)
            .find(|fds| has(fds, &link))
            .ok_or_else(|| io::Error::other("no process has the program's side"))?;
        Ok(Self { fds, link })
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

    fn look_up(&self) -> io::Result<Option<Row>> {
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
