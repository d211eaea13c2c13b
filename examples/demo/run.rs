//! Running a demo: for real, with a real peer, recorded.

use std::cell::RefCell;
use std::error::Error as StdError;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::mpsc::{Sender, channel};

use evscope_reactor::{Addr, Recording, RecordingError, Summary};

use super::Demo;
use super::peer::{Interrupts, OtherSide, Peer, Upstream};

/// The first bytes of what is read and written are kept in a demo's trace.
const PAYLOAD: usize = 64;

/// What is run.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) main: fn() -> Result<(), Box<dyn StdError>>,
    /// Who is at the other side.
    pub(super) peer: Peer,
}

impl Demo {
    /// The demo's other side, for another program that does what the demo does, in another language.
    pub fn other_side(&self) -> io::Result<OtherSide> {
        OtherSide::of(self.program.peer)
    }
}

/// How to run a demo.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The port to listen on, or to connect to; without it, one that is free.
    pub port: Option<u16>,
    /// Where the client comes from.
    pub client: Client,
}

/// Where a demo's client comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Client {
    /// It is part of the demo; when it has finished, the server is told to end.
    #[default]
    Own,
    /// It is the user's; the server runs until it is interrupted (SIGINT, Ctrl-C).
    Yours,
}

/// Why a demo failed.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The program failed.
    #[error("{0}")]
    Program(#[source] Box<dyn StdError>),
    /// Its peer did.
    #[error("the demo's peer: {0}")]
    Peer(#[source] io::Error),
    /// It is no server that could wait for a client of the user's.
    #[error("it does not wait for a client; run it without --wait")]
    NoClient,
    /// It could not be recorded.
    #[error(transparent)]
    Recording(#[from] RecordingError),
}

thread_local! {
    /// The demo that runs on this thread.
    static RUNNING: RefCell<Option<Running>> = const { RefCell::new(None) };
}

struct Running {
    port: u16,
    upstream: Option<u16>,
    listening: Sender<SocketAddr>,
    client: Client,
}

/// The port of the demo that runs on this thread.
pub(crate) fn port() -> Option<u16> {
    RUNNING.with_borrow(|running| running.as_ref().map(|running| running.port))
}

/// The port of the server that the demo's program connects to beside being one.
pub(crate) fn upstream() -> Option<u16> {
    RUNNING.with_borrow(|running| running.as_ref().and_then(|running| running.upstream))
}

/// The server is ready. False if no demo runs on this thread.
pub(crate) fn listening(addr: &Addr) -> bool {
    RUNNING.with_borrow(|running| {
        let (Some(running), Addr::Inet(addr)) = (running, addr) else {
            return false;
        };
        if running.client == Client::Yours {
            let (ip, port) = (addr.ip(), addr.port());
            eprintln!("listening: `nc {ip} {port}` connects, Ctrl-C ends the recording");
        }
        // A client that is gone has told why.
        let _ = running.listening.send(*addr);
        true
    })
}

/// Runs a demo on this thread and records it into `output`.
///
/// While a demo that is a server runs, SIGINT is the demo's: it ends it.
pub fn run(
    demo: &Demo,
    options: &Options,
    output: impl Write + Send,
) -> Result<Summary, DemoError> {
    if options.client == Client::Yours && !demo.program.peer.is_client() {
        return Err(DemoError::NoClient);
    }
    let _interrupts = demo.program.peer.interrupts().then(Interrupts::ignore);
    let (listening, told) = channel();
    let upstream = Upstream::of(demo.program.peer, options.port).map_err(DemoError::Peer)?;
    let port = match demo.program.peer {
        Peer::Server(_) | Peer::Nobody => upstream.port(),
        Peer::Client(_) | Peer::Both(_) | Peer::None => options.port,
    };
    RUNNING.set(Some(Running {
        port: port.unwrap_or(0),
        upstream: upstream.port(),
        listening,
        client: options.client,
    }));
    let peer = (options.client == Client::Own)
        .then(|| demo.program.peer.start(upstream, told))
        .flatten();
    let recording = Recording::new(demo.name)
        .payload(PAYLOAD)
        .source(demo.file, demo.text);
    let (outcome, summary) = recording.record(output, demo.program.main);
    // Drops the sender: a client that still waits for the server learns that it will not come.
    RUNNING.set(None);
    let peer = peer.map(std::thread::JoinHandle::join);
    outcome.map_err(DemoError::Program)?;
    let summary = summary?;
    match peer {
        Some(Ok(Err(error))) => Err(DemoError::Peer(error)),
        Some(Err(_)) => Err(DemoError::Peer(io::Error::other("it panicked"))),
        None | Some(Ok(Ok(()))) => Ok(summary),
    }
}
