//! Sockets: addresses, listening, connecting.

use std::fmt;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrAny, SocketType, bind, connect, listen, sockopt};

use crate::sys::{SocketFlags, defer_accept, socket_with};
use crate::{Error, ListenerOptions};

/// The address of a socket (libevent's `struct sockaddr`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addr {
    /// Internet, version 4 or 6.
    Inet(SocketAddr),
    /// A path in the file system.
    Unix(PathBuf),
    /// None: one end of a pair, or a client that did not bind.
    Unnamed,
}

impl From<SocketAddr> for Addr {
    fn from(addr: SocketAddr) -> Self {
        Self::Inet(addr)
    }
}

impl fmt::Display for Addr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet(addr) => write!(f, "{addr}"),
            Self::Unix(path) => write!(f, "{}", path.display()),
            Self::Unnamed => f.write_str("unnamed"),
        }
    }
}

impl Addr {
    fn family(&self) -> Result<AddressFamily, Errno> {
        match self {
            Self::Inet(SocketAddr::V4(_)) => Ok(AddressFamily::INET),
            Self::Inet(SocketAddr::V6(_)) => Ok(AddressFamily::INET6),
            Self::Unix(_) => Ok(AddressFamily::UNIX),
            Self::Unnamed => Err(Errno::AFNOSUPPORT),
        }
    }

    fn to_socket_addr(&self) -> Result<SocketAddrAny, Errno> {
        match self {
            Self::Inet(addr) => Ok((*addr).into()),
            Self::Unix(path) => Ok(rustix::net::SocketAddrUnix::new(path)?.into()),
            Self::Unnamed => Err(Errno::AFNOSUPPORT),
        }
    }

    pub(crate) fn from_socket_addr(addr: Option<SocketAddrAny>) -> Self {
        let Some(addr) = addr else {
            return Self::Unnamed;
        };
        if let Ok(addr) = SocketAddr::try_from(addr.clone()) {
            return Self::Inet(addr);
        }
        match rustix::net::SocketAddrUnix::try_from(addr) {
            Ok(addr) => addr
                .path_bytes()
                .map_or(Self::Unnamed, |bytes| Self::Unix(path_of(bytes))),
            Err(_) => Self::Unnamed,
        }
    }
}

fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

/// The address the socket is bound to.
pub(crate) fn local_addr(fd: impl AsFd) -> Option<Addr> {
    rustix::net::getsockname(fd)
        .ok()
        .map(|addr| Addr::from_socket_addr(Some(addr)))
}

/// A bound, non-blocking socket for a listener.
pub(crate) fn bind_listener(addr: &Addr, options: ListenerOptions) -> Result<OwnedFd, Error> {
    let refused = |error: Errno| Error::os(format!("cannot listen on {addr}"), error);
    let mut flags = SocketFlags::NONBLOCK;
    flags.set(SocketFlags::CLOEXEC, options.contains(ListenerOptions::CLOSE_ON_EXEC));
    let family = addr.family().map_err(refused)?;
    let fd = socket_with(family, SocketType::STREAM, flags, None).map_err(refused)?;
    sockopt::set_socket_keepalive(&fd, true).map_err(refused)?;
    if options.contains(ListenerOptions::REUSEABLE) {
        sockopt::set_socket_reuseaddr(&fd, true).map_err(refused)?;
    }
    if options.contains(ListenerOptions::REUSEABLE_PORT) {
        sockopt::set_socket_reuseport(&fd, true).map_err(refused)?;
    }
    if options.contains(ListenerOptions::DEFERRED_ACCEPT) {
        defer_accept(&fd).map_err(refused)?;
    }
    if options.contains(ListenerOptions::BIND_IPV6ONLY) {
        sockopt::set_ipv6_v6only(&fd, true).map_err(refused)?;
    }
    bind(&fd, &addr.to_socket_addr().map_err(refused)?).map_err(refused)?;
    Ok(fd)
}

/// Makes a bound socket a listening one. A negative backlog is libevent's default; 0 leaves a socket as it
/// is that listens already.
pub(crate) fn start_listening(fd: impl AsFd, backlog: i32) -> Result<(), Errno> {
    const DEFAULT_BACKLOG: i32 = 128;
    match backlog {
        0 => Ok(()),
        ..0 => listen(fd, DEFAULT_BACKLOG),
        _ => listen(fd, backlog),
    }
}

/// How an attempt to connect began.
pub(crate) enum Connecting {
    InProgress,
    Connected,
    Refused,
}

/// A non-blocking socket of the address's family.
pub(crate) fn stream_socket(addr: &Addr) -> Result<OwnedFd, Errno> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    socket_with(addr.family()?, SocketType::STREAM, flags, None)
}

/// Begins to connect.
pub(crate) fn start_connecting(fd: impl AsFd, addr: &Addr) -> Result<Connecting, Errno> {
    match connect(fd, &addr.to_socket_addr()?) {
        Ok(()) => Ok(Connecting::Connected),
        Err(Errno::INPROGRESS | Errno::INTR) => Ok(Connecting::InProgress),
        Err(Errno::CONNREFUSED) => Ok(Connecting::Refused),
        Err(error) => Err(error),
    }
}

/// Whether a socket that began to connect is connected: `Ok(false)` is not yet.
pub(crate) fn finished_connecting(fd: impl AsFd) -> Result<bool, Errno> {
    match sockopt::socket_error(fd) {
        Ok(Ok(())) => Ok(true),
        Ok(Err(Errno::AGAIN | Errno::INTR | Errno::INPROGRESS)) => Ok(false),
        Ok(Err(error)) | Err(error) => Err(error),
    }
}
