//! The other side of a demo: a client, a server, or nobody. It runs on a thread of its own.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;

use rustix::net::sockopt::{Timeout, set_socket_timeout};

use crate::peers::{PATIENCE, the_program_is, this_thread, until_waiting};

type ClientFn = fn(SocketAddr) -> io::Result<()>;
type ServerFn = fn(&TcpListener) -> io::Result<()>;
type BothFn = fn(SocketAddr, &TcpListener) -> io::Result<()>;

/// Who is at the other side.
#[derive(Debug, Clone, Copy)]
pub(super) enum Peer {
    /// A client, which connects to the program. When it has finished, the program is interrupted.
    Client(ClientFn),
    /// A server, which the program connects to.
    Server(ServerFn),
    /// Both: the program is between them. When the client has finished, the program is interrupted.
    Both(BothFn),
    /// The program connects to a port where nobody listens.
    Nobody,
    /// The program needs no other side.
    None,
}

impl Peer {
    pub(super) fn is_client(self) -> bool {
        matches!(self, Self::Client(_))
    }

    /// Whether it interrupts the program when it has finished.
    pub(super) fn interrupts(self) -> bool {
        matches!(self, Self::Client(_) | Self::Both(_))
    }

    /// Starts it. A client waits until it is told where the program listens.
    pub(super) fn start(
        self,
        upstream: Upstream,
        told: Receiver<SocketAddr>,
    ) -> Option<JoinHandle<io::Result<()>>> {
        let program = Program::this_thread();
        let run = move || {
            the_program_is(std::process::id(), program.number);
            self.run(upstream, &told, program)
        };
        match self {
            Self::Nobody | Self::None => None,
            Self::Client(_) | Self::Server(_) | Self::Both(_) => Some(std::thread::spawn(run)),
        }
    }

    fn run(
        self,
        upstream: Upstream,
        told: &Receiver<SocketAddr>,
        program: Program,
    ) -> io::Result<()> {
        match (self, upstream) {
            (Self::Client(talk), _) => match told.recv() {
                Ok(addr) => program.interrupted_after(|| talk(addr)),
                // Without an address the program has failed, and tells why itself.
                Err(_) => Ok(()),
            },
            (Self::Server(serve), Upstream::Listener(listener)) => serve(&listener),
            (Self::Both(talk), Upstream::Listener(listener)) => match told.recv() {
                Ok(addr) => program.interrupted_after(|| talk(addr, &listener)),
                Err(_) => Ok(()),
            },
            (Self::Server(_) | Self::Both(_) | Self::Nobody | Self::None, _) => Ok(()),
        }
    }
}

/// The other side of a demo, ready for a program that is not the demo's own.
pub struct OtherSide {
    peer: Peer,
    upstream: Upstream,
}

impl OtherSide {
    pub(super) fn of(peer: Peer) -> io::Result<Self> {
        let upstream = Upstream::of(peer, None)?;
        Ok(Self { peer, upstream })
    }

    /// The port that the program is to connect to, if it connects to any.
    pub fn upstream(&self) -> Option<u16> {
        self.upstream.port()
    }

    /// Whether somebody connects to the program, and interrupts it when all is said.
    pub fn calls(&self) -> bool {
        self.peer.interrupts()
    }

    /// Plays the part, with a program that is the main thread of a process and listens at `addr` if it listens at
    /// all. Whom it calls waits again when this returns, so that it can be seen how a signal wakes it.
    pub fn play(&self, process: u32, addr: SocketAddr) -> io::Result<()> {
        the_program_is(process, process);
        self.talk(addr)?;
        if self.calls() {
            until_waiting()?;
        }
        Ok(())
    }

    fn talk(&self, addr: SocketAddr) -> io::Result<()> {
        match (self.peer, &self.upstream) {
            (Peer::Client(talk), _) => talk(addr),
            (Peer::Server(serve), Upstream::Listener(listener)) => serve(listener),
            (Peer::Both(talk), Upstream::Listener(listener)) => talk(addr, listener),
            (Peer::Server(_) | Peer::Both(_) | Peer::Nobody | Peer::None, _) => Ok(()),
        }
    }
}

/// What the program connects to.
pub(super) enum Upstream {
    /// Nothing.
    None,
    /// A port where nobody listens.
    Nobody(u16),
    /// The peer.
    Listener(TcpListener),
}

impl Upstream {
    pub(super) fn of(peer: Peer, port: Option<u16>) -> io::Result<Self> {
        // A program that listens itself has the port that was asked for.
        let port = match peer {
            Peer::Client(_) | Peer::None => return Ok(Self::None),
            Peer::Both(_) => 0,
            Peer::Server(_) | Peer::Nobody => port.unwrap_or(0),
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        if matches!(peer, Peer::Nobody) {
            return Ok(Self::Nobody(listener.local_addr()?.port()));
        }
        // Accepting gives up, too, should the program never come.
        set_socket_timeout(&listener, Timeout::Recv, Some(PATIENCE))?;
        Ok(Self::Listener(listener))
    }

    pub(super) fn port(&self) -> Option<u16> {
        match self {
            Self::None => None,
            Self::Nobody(port) => Some(*port),
            Self::Listener(listener) => Some(listener.local_addr().ok()?.port()),
        }
    }
}

/// The thread that runs the program.
#[derive(Clone, Copy)]
struct Program {
    thread: libc::pthread_t,
    /// Its number in the system, where that is of use.
    number: u32,
}

// SAFETY: a thread's name (a pointer on musl) is only given to `pthread_kill`, which any thread may call.
unsafe impl Send for Program {}

impl Program {
    fn this_thread() -> Self {
        Self {
            // SAFETY: it only tells who calls.
            thread: unsafe { libc::pthread_self() },
            number: this_thread(),
        }
    }

    fn interrupted_after(self, talk: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        // It waits again by then: the recording shows how a signal wakes it.
        let outcome = talk().and_then(|()| until_waiting());
        // To this thread and no other, so that it is the program's wait that is interrupted.
        // SAFETY: the thread lives: `run` waits for its peer before it returns.
        unsafe { libc::pthread_kill(self.thread, libc::SIGINT) };
        outcome
    }
}

/// SIGINT does nothing outside the program's own handler: one that comes when the program is gone already
/// must not end the process.
pub(super) struct Interrupts {
    before: libc::sighandler_t,
}

impl Interrupts {
    pub(super) fn ignore() -> Self {
        // SAFETY: to ignore a signal runs no code of ours.
        let before = unsafe { libc::signal(libc::SIGINT, libc::SIG_IGN) };
        Self { before }
    }
}

impl Drop for Interrupts {
    fn drop(&mut self) {
        // SAFETY: `before` is what `signal` gave.
        unsafe { libc::signal(libc::SIGINT, self.before) };
    }
}
