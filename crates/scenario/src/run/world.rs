//! The world around the program: the other ends of its connections, and what they do there.
//!
//! Everything happens at once: what is sent over a local socket has arrived when the call returns. TCP may take a
//! moment more, so after each step that the program could notice it is waited for until it would.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::{Duration, Instant};

use evscope_reactor::Addr;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketType, sockopt};

/// The program's ends of connections get fds from here on, so that they come in the same order everywhere.
const NEAR: RawFd = 100;
/// The other ends.
const FAR: RawFd = 500;
/// How long TCP may take until it is given up.
const LONG: Duration = Duration::from_secs(2);
/// How long it may take until bytes that may not come at all are given up.
const SHORT: Duration = Duration::from_millis(20);

/// Nobody gets a signal because nobody reads, and nobody waits.
#[cfg(target_os = "linux")]
const AT_ONCE: SendFlags = SendFlags::NOSIGNAL.union(SendFlags::DONTWAIT);
/// A Rust program ignores the signal anyway.
#[cfg(not(target_os = "linux"))]
const AT_ONCE: SendFlags = SendFlags::DONTWAIT;

/// What poll tells when the other end has ended what it sends.
#[cfg(target_os = "linux")]
const ENDED: PollFlags = PollFlags::RDHUP;
#[cfg(not(target_os = "linux"))]
const ENDED: PollFlags = PollFlags::HUP;

/// How a connection is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    Unix,
    Tcp,
}

/// Two ends of a connection.
pub(super) struct Ends {
    pub(super) near: RawFd,
    pub(super) far: OwnedFd,
}

/// A borrowed fd of a number.
pub(super) fn borrow(fd: RawFd) -> BorrowedFd<'static> {
    // SAFETY: the numbers are those of fds that the scenario has open; they are only read, written and polled by
    // it, and one that the library has closed meanwhile gives EBADF.
    unsafe { BorrowedFd::borrow_raw(fd) }
}

/// An fd that somebody else owns from now on.
pub(super) fn give(fd: RawFd) -> OwnedFd {
    // SAFETY: the scenario keeps its fds as numbers and gives each to one owner at a time.
    unsafe { OwnedFd::from_raw_fd(fd) }
}

fn move_to(fd: OwnedFd, from: RawFd) -> io::Result<OwnedFd> {
    Ok(rustix::io::fcntl_dupfd_cloexec(fd, from)?)
}

fn raw(fd: OwnedFd) -> RawFd {
    std::os::fd::IntoRawFd::into_raw_fd(fd)
}

/// Somebody is connected to the program.
pub(super) fn connected(over: Over, room: usize) -> io::Result<Ends> {
    let (near, far): (OwnedFd, OwnedFd) = match over {
        Over::Unix => {
            let (near, far) = UnixStream::pair()?;
            (near.into(), far.into())
        }
        Over::Tcp => {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            let far = TcpStream::connect(listener.local_addr()?)?;
            let (near, _) = listener.accept()?;
            far.set_nodelay(true)?;
            near.set_nodelay(true)?;
            (near.into(), far.into())
        }
    };
    if room > 0 {
        sockopt::set_socket_send_buffer_size(&near, room)?;
        sockopt::set_socket_send_buffer_size(&far, room)?;
    }
    rustix::io::ioctl_fionbio(&near, true)?;
    rustix::io::ioctl_fionbio(&far, true)?;
    Ok(Ends {
        near: raw(move_to(near, NEAR)?),
        far: move_to(far, FAR)?,
    })
}

/// Two ends of the program's own.
pub(super) fn pair(room: usize) -> io::Result<[RawFd; 2]> {
    let (one, other) = UnixStream::pair()?;
    let ends = [OwnedFd::from(one), OwnedFd::from(other)].map(|end| {
        if room > 0 {
            sockopt::set_socket_send_buffer_size(&end, room)?;
        }
        rustix::io::ioctl_fionbio(&end, true)?;
        Ok(raw(move_to(end, NEAR)?))
    });
    let [one, other] = ends;
    let ends: io::Result<_> = one.and_then(|one| other.map(|other| [one, other]));
    ends
}

/// What names are answered.
pub(super) fn look_up(host: &str, port: u16) -> Result<SocketAddr, String> {
    match host {
        "known.test" | "127.0.0.1" => Ok((Ipv4Addr::LOCALHOST, port).into()),
        "later.test" => Err("EAI_AGAIN".to_owned()),
        _ => Err("EAI_NONAME".to_owned()),
    }
}

/// Where a server is, and whether it listens.
pub(super) struct Server {
    pub(super) fd: RawFd,
    pub(super) addr: Addr,
    pub(super) over: Over,
}

pub(super) fn server(over: Over, listens: bool, path: &Path) -> io::Result<Server> {
    let (fd, addr): (OwnedFd, Addr) = match (over, listens) {
        (Over::Unix, true) => (
            UnixListener::bind(path)?.into(),
            Addr::Unix(path.to_owned()),
        ),
        (Over::Tcp, true) => {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            let addr = listener.local_addr()?;
            (listener.into(), addr.into())
        }
        (Over::Unix, false) => {
            let fd = rustix::net::socket(AddressFamily::UNIX, SocketType::STREAM, None)?;
            rustix::net::bind(&fd, &SocketAddrUnix::new(path)?)?;
            (fd, Addr::Unix(path.to_owned()))
        }
        (Over::Tcp, false) => {
            let fd = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None)?;
            rustix::net::bind(&fd, &SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
            let addr = SocketAddr::try_from(rustix::net::getsockname(&fd)?)?;
            (fd, addr.into())
        }
    };
    rustix::io::ioctl_fionbio(&fd, true)?;
    Ok(Server {
        fd: raw(move_to(fd, NEAR)?),
        addr,
        over,
    })
}

impl Server {
    /// Somebody connects.
    pub(super) fn connect(&self) -> io::Result<OwnedFd> {
        let far: OwnedFd = match &self.addr {
            Addr::Unix(path) => UnixStream::connect(path)?.into(),
            Addr::Inet(addr) => {
                let stream = TcpStream::connect(addr)?;
                stream.set_nodelay(true)?;
                stream.into()
            }
            Addr::Unnamed => return Err(io::ErrorKind::AddrNotAvailable.into()),
        };
        rustix::io::ioctl_fionbio(&far, true)?;
        if self.over == Over::Tcp {
            until_ready(self.fd, PollFlags::IN, LONG);
        }
        move_to(far, FAR)
    }

    /// The server takes a connection.
    pub(super) fn accept(&self) -> io::Result<OwnedFd> {
        if self.over == Over::Tcp {
            until_ready(self.fd, PollFlags::IN, LONG);
        }
        let far = rustix::net::accept(borrow(self.fd))?;
        rustix::io::ioctl_fionbio(&far, true)?;
        move_to(far, FAR)
    }
}

/// The other end sends.
pub(super) fn send(over: Over, far: BorrowedFd<'_>, near: Option<RawFd>, data: &[u8]) {
    let waiting = |fd: RawFd| rustix::io::ioctl_fionread(borrow(fd)).unwrap_or(0);
    let before = near.map(waiting);
    let mut rest = data;
    while !rest.is_empty() {
        match rustix::net::send(far, rest, AT_ONCE) {
            Ok(n) if n > 0 => rest = &rest[n..],
            _ => break,
        }
    }
    let sent = (data.len() - rest.len()) as u64;
    if let (Over::Tcp, Some(near), Some(before)) = (over, near, before) {
        until(LONG, || waiting(near) >= before + sent);
    }
}

/// The other end reads what there is: the bytes, and whether it came to their end.
pub(super) fn read(over: Over, far: BorrowedFd<'_>, most: usize) -> (Vec<u8>, bool) {
    let mut read = Vec::new();
    let mut bytes = vec![0; most.min(1 << 16)];
    while read.len() < most {
        if over == Over::Tcp {
            until_ready(far.as_raw_fd(), PollFlags::IN, SHORT);
        }
        let room = (most - read.len()).min(bytes.len());
        match rustix::net::recv(far, &mut bytes[..room], RecvFlags::DONTWAIT) {
            Ok((n, _)) if n > 0 => read.extend_from_slice(&bytes[..n]),
            Ok(_) => return (read, true),
            Err(_) => break,
        }
    }
    (read, false)
}

/// After the other end has ended something: until the program's end knows.
pub(super) fn ended(over: Over, near: Option<RawFd>) {
    if let (Over::Tcp, Some(near)) = (over, near) {
        until_ready(near, ENDED, LONG);
    }
}

/// Until a connection that was begun is made or refused.
pub(super) fn connecting(fd: RawFd) {
    until_ready(fd, PollFlags::OUT, LONG);
}

fn until_ready(fd: RawFd, events: PollFlags, long: Duration) {
    let mut fds = [PollFd::from_borrowed_fd(borrow(fd), events)];
    let timeout = Timespec {
        tv_sec: long.as_secs() as i64,
        tv_nsec: i64::from(long.subsec_nanos()),
    };
    let _ = poll(&mut fds, Some(&timeout));
}

fn until(long: Duration, done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() && began.elapsed() < long {
        std::thread::yield_now();
    }
}

/// The program reads from its end by itself.
pub(super) fn fd_read(near: RawFd, most: usize) {
    let mut bytes = vec![0; most.min(1 << 16)];
    let _ = rustix::net::recv(borrow(near).as_fd(), &mut bytes[..], RecvFlags::DONTWAIT);
}

/// The program writes to its end by itself.
pub(super) fn fd_write(near: RawFd, data: &[u8]) {
    let _ = rustix::net::send(borrow(near), data, AT_ONCE);
}

/// The connection is reset when it is closed.
pub(super) fn linger_not(far: BorrowedFd<'_>) {
    let _ = sockopt::set_socket_linger(far, Some(Duration::ZERO));
}
