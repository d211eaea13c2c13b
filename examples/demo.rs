//! Running the programs as demos: for real, with a real client, recorded.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use evscope_reactor::{Addr, Error, Recording, RecordingError, Summary};

use crate::{echo, hello_world};

/// The first bytes of what is read and written are kept in a demo's trace.
const PAYLOAD: usize = 64;
/// How long a client waits for the server before it gives up.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(10);
/// So long the server is left alone before it is told to end, so that it waits again by then and the
/// recording shows how a signal wakes it.
const PAUSE: Duration = Duration::from_millis(20);

/// A program that can be run as a demo.
#[derive(Debug)]
pub struct Demo {
    /// Its name on the command line, and that of its file.
    pub name: &'static str,
    /// What it is, in a line.
    pub title: &'static str,
    /// Why it is worth seeing.
    pub about: &'static str,
    /// Its file, as `file!()` says it.
    pub file: &'static str,
    /// Its text.
    pub text: &'static str,
    main: fn() -> Result<(), Error>,
    client: fn(SocketAddr) -> io::Result<()>,
}

/// All demos.
pub const DEMOS: &[Demo] = &[
    Demo {
        name: "hello-world",
        title: "a server that says hello and hangs up",
        about: "The walkthrough: one connection from accept to free. See how enabling an empty output \
                already asks the loop for a write, how bufferevent_write only fills a buffer, and how \
                the write callback is the low mark's doing, not the socket's.",
        file: "examples/hello-world.rs",
        text: include_str!("hello-world.rs"),
        main: hello_world::main,
        client: hello_client,
    },
    Demo {
        name: "echo",
        title: "a server that sends back what it gets",
        about: "Reading and writing in turn: the input's bytes move to the output without a copy, which \
                adds the write event; and the end of the file arrives as an event, not as bytes.",
        file: "examples/echo.rs",
        text: include_str!("echo.rs"),
        main: echo::main,
        client: echo_client,
    },
];

/// The demo of this name.
pub fn find(name: &str) -> Option<&'static Demo> {
    DEMOS.iter().find(|demo| demo.name == name)
}

/// How to run a demo.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The port to listen on; without it, one that is free.
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
    #[error(transparent)]
    Program(#[from] Error),
    /// Its client did.
    #[error("the demo's client: {0}")]
    Client(#[source] io::Error),
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
    listening: Sender<SocketAddr>,
    client: Client,
}

/// The port of the demo that runs on this thread.
pub(crate) fn port() -> Option<u16> {
    RUNNING.with_borrow(|running| running.as_ref().map(|running| running.port))
}

/// The server is ready. False if no demo runs on this thread.
pub(crate) fn listening(addr: &Addr) -> bool {
    RUNNING.with_borrow(|running| {
        let (Some(running), Addr::Inet(addr)) = (running, addr) else {
            return false;
        };
        if running.client == Client::Yours {
            eprintln!(
                "listening: connect with `nc {} {}`;",
                addr.ip(),
                addr.port()
            );
            eprintln!("Ctrl-C ends the recording");
        }
        // A client that is gone has told why.
        let _ = running.listening.send(*addr);
        true
    })
}

/// Runs a demo on this thread and records it into `output`.
///
/// While it runs, SIGINT is the demo's: it ends it.
pub fn run(
    demo: &Demo,
    options: &Options,
    output: impl Write + Send,
) -> Result<Summary, DemoError> {
    let (listening, told) = channel();
    let _interrupts = IgnoredInterrupts::new();
    let server = Server::this_thread();
    let client = (options.client == Client::Own).then(|| {
        let talk = demo.client;
        std::thread::spawn(move || run_client(talk, &told, server))
    });
    RUNNING.set(Some(Running {
        port: options.port.unwrap_or(0),
        listening,
        client: options.client,
    }));
    let recording = Recording::new(demo.name)
        .payload(PAYLOAD)
        .source(demo.file, demo.text);
    let (outcome, summary) = recording.record(output, demo.main);
    // Drops the sender: a client that still waits for the server learns that it will not come.
    RUNNING.set(None);
    let client = client.map(std::thread::JoinHandle::join);
    outcome?;
    let summary = summary?;
    match client {
        Some(Ok(Err(error))) => Err(DemoError::Client(error)),
        Some(Err(_)) => Err(DemoError::Client(io::Error::other("it panicked"))),
        None | Some(Ok(Ok(()))) => Ok(summary),
    }
}

fn run_client(
    talk: fn(SocketAddr) -> io::Result<()>,
    listening: &Receiver<SocketAddr>,
    server: Server,
) -> io::Result<()> {
    // Without an address the server has failed, and tells why itself.
    let Ok(addr) = listening.recv() else {
        return Ok(());
    };
    let outcome = talk(addr);
    std::thread::sleep(PAUSE);
    server.interrupt();
    outcome
}

fn hello_client(addr: SocketAddr) -> io::Result<()> {
    let mut socket = connect(addr)?;
    let mut greeting = String::new();
    socket.read_to_string(&mut greeting)?;
    Ok(())
}

fn echo_client(addr: SocketAddr) -> io::Result<()> {
    let mut socket = connect(addr)?;
    for line in ["one\n", "two, and a bit more\n"] {
        socket.write_all(line.as_bytes())?;
        let mut echo = vec![0; line.len()];
        socket.read_exact(&mut echo)?;
        if echo != line.as_bytes() {
            return Err(io::Error::other("the echo is not what was sent"));
        }
    }
    socket.shutdown(Shutdown::Write)?;
    let mut rest = Vec::new();
    socket.read_to_end(&mut rest)?;
    Ok(())
}

fn connect(addr: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpStream::connect_timeout(&addr, CLIENT_TIMEOUT)?;
    socket.set_read_timeout(Some(CLIENT_TIMEOUT))?;
    Ok(socket)
}

/// The thread that runs the server.
#[derive(Clone, Copy)]
struct Server(libc::pthread_t);

impl Server {
    fn this_thread() -> Self {
        // SAFETY: it only tells who calls.
        Self(unsafe { libc::pthread_self() })
    }

    /// Sends SIGINT to this thread and no other, so that it is the server's wait that is interrupted.
    fn interrupt(self) {
        // SAFETY: the thread lives: `run` waits for its client before it returns.
        unsafe { libc::pthread_kill(self.0, libc::SIGINT) };
    }
}

/// SIGINT does nothing outside the server's own handler: one that comes when the server is gone already
/// must not end the process.
struct IgnoredInterrupts {
    before: libc::sighandler_t,
}

impl IgnoredInterrupts {
    fn new() -> Self {
        // SAFETY: to ignore a signal runs no code of ours.
        let before = unsafe { libc::signal(libc::SIGINT, libc::SIG_IGN) };
        Self { before }
    }
}

impl Drop for IgnoredInterrupts {
    fn drop(&mut self) {
        // SAFETY: `before` is what `signal` gave.
        unsafe { libc::signal(libc::SIGINT, self.before) };
    }
}
