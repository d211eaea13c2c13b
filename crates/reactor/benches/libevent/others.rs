//! The workloads on event loops that are used in Rust and have neither buffers nor timers: mio and polling.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::io::{Errno, read, write};
use rustix::net::SocketFlags;

use crate::workloads::{BATCH, MESSAGE, Stopwatch, Took, connect_all, pair};

/// What a loop is asked to do.
trait Loop {
    /// Where fds are registered, also while what is ready is looked at.
    type Registry;

    fn new() -> io::Result<Self>
    where
        Self: Sized;
    fn registry(&self) -> &Self::Registry;
    /// Watches a fd for reading, and for room to write if `writes`.
    fn add(
        registry: &Self::Registry,
        fd: BorrowedFd<'_>,
        key: usize,
        writes: bool,
    ) -> io::Result<()>;
    fn change(
        registry: &Self::Registry,
        fd: BorrowedFd<'_>,
        key: usize,
        writes: bool,
    ) -> io::Result<()>;
    /// Waits, and hands out the keys of what is ready.
    fn turn(
        &mut self,
        timeout: Option<Duration>,
        each: impl FnMut(&Self::Registry, usize) -> io::Result<()>,
    ) -> io::Result<()>;
}

/// How many ready fds one wait takes.
const EVENTS: usize = 4096;

struct Mio {
    poll: mio::Poll,
    events: mio::Events,
}

fn interest(writes: bool) -> mio::Interest {
    if writes {
        mio::Interest::READABLE | mio::Interest::WRITABLE
    } else {
        mio::Interest::READABLE
    }
}

impl Loop for Mio {
    type Registry = mio::Registry;

    fn new() -> io::Result<Self> {
        Ok(Self {
            poll: mio::Poll::new()?,
            events: mio::Events::with_capacity(EVENTS),
        })
    }

    fn registry(&self) -> &mio::Registry {
        self.poll.registry()
    }

    fn add(
        registry: &mio::Registry,
        fd: BorrowedFd<'_>,
        key: usize,
        writes: bool,
    ) -> io::Result<()> {
        let fd = fd.as_raw_fd();
        registry.register(&mut mio::unix::SourceFd(&fd), mio::Token(key), interest(writes))
    }

    fn change(
        registry: &mio::Registry,
        fd: BorrowedFd<'_>,
        key: usize,
        writes: bool,
    ) -> io::Result<()> {
        let fd = fd.as_raw_fd();
        registry.reregister(&mut mio::unix::SourceFd(&fd), mio::Token(key), interest(writes))
    }

    fn turn(
        &mut self,
        timeout: Option<Duration>,
        mut each: impl FnMut(&mio::Registry, usize) -> io::Result<()>,
    ) -> io::Result<()> {
        self.poll.poll(&mut self.events, timeout)?;
        for event in &self.events {
            each(self.poll.registry(), event.token().0)?;
        }
        Ok(())
    }
}

struct Polling {
    poller: polling::Poller,
    events: polling::Events,
}

impl Loop for Polling {
    type Registry = polling::Poller;

    fn new() -> io::Result<Self> {
        let events = polling::Events::with_capacity(EVENTS.try_into().unwrap());
        Ok(Self { poller: polling::Poller::new()?, events })
    }

    fn registry(&self) -> &polling::Poller {
        &self.poller
    }

    fn add(
        poller: &polling::Poller,
        fd: BorrowedFd<'_>,
        key: usize,
        writes: bool,
    ) -> io::Result<()> {
        let event = polling::Event::new(key, true, writes);
        // SAFETY: the program ends with its workload, and no fd is closed before.
        unsafe { poller.add_with_mode(fd.as_raw_fd(), event, polling::PollMode::Level) }
    }

    fn change(
        poller: &polling::Poller,
        fd: BorrowedFd<'_>,
        key: usize,
        writes: bool,
    ) -> io::Result<()> {
        let event = polling::Event::new(key, true, writes);
        poller.modify_with_mode(fd, event, polling::PollMode::Level)
    }

    fn turn(
        &mut self,
        timeout: Option<Duration>,
        mut each: impl FnMut(&polling::Poller, usize) -> io::Result<()>,
    ) -> io::Result<()> {
        self.events.clear();
        self.poller.wait(&mut self.events, timeout)?;
        for event in self.events.iter() {
            each(&self.poller, event.key)?;
        }
        Ok(())
    }
}

/// Runs a workload by its name, or does not know it.
pub(crate) fn run(name: &str, numbers: &[u64]) -> Option<Took> {
    let (library, workload) = name.split_once('-')?;
    match library {
        "mio" => run_on::<Mio>(workload, numbers),
        "polling" => run_on::<Polling>(workload, numbers),
        _ => None,
    }
}

fn run_on<L: Loop>(workload: &str, numbers: &[u64]) -> Option<Took> {
    let took = match (workload, numbers) {
        ("dispatch", &[count, active, writes]) => {
            dispatch::<L>(count as usize, active as usize, writes)
        }
        ("pingpong", &[connections, messages]) => pingpong::<L>(connections, messages),
        ("accept", &[connections]) => accept::<L>(connections),
        _ => return None,
    };
    Some(took.unwrap())
}

/// Many pipes, some active; every one that is read passes a byte on, until all writes are done.
fn dispatch<L: Loop>(count: usize, active: usize, mut writes: u64) -> io::Result<Took> {
    let mut on = L::new()?;
    let pipes: Vec<_> = (0..count).map(|_| pair()).collect();
    for (i, (reader, _)) in pipes.iter().enumerate() {
        L::add(on.registry(), reader.as_fd(), i, false)?;
    }
    for i in 0..active {
        write(&pipes[i * (count / active)].1, b"e")?;
    }
    let mut in_flight = active;
    let began = Stopwatch::start();
    while in_flight > 0 {
        on.turn(Some(Duration::ZERO), |_, i| {
            read(&pipes[i].0, &mut [0])?;
            in_flight -= 1;
            if writes > 0 {
                writes -= 1;
                in_flight += 1;
                write(&pipes[(i + 1) % count].1, b"e")?;
            }
            Ok(())
        })?;
    }
    Ok(began.elapsed())
}

/// One end of a connection.
struct End {
    fd: OwnedFd,
    message: [u8; MESSAGE],
    /// The message is to be written.
    writes: bool,
}

/// Connections that send a message to and fro. What was read is written when the socket is found to have room, as
/// bufferevents do it.
fn pingpong<L: Loop>(connections: u64, messages: u64) -> io::Result<Took> {
    let mut on = L::new()?;
    let mut ends = Vec::new();
    for _ in 0..connections {
        let (a, b) = pair();
        for (socket, writes) in [(a, true), (b, false)] {
            L::add(on.registry(), socket.as_fd(), ends.len(), writes)?;
            ends.push(End { fd: socket.into(), message: [b'x'; MESSAGE], writes });
        }
    }
    let mut left = messages;
    let began = Stopwatch::start();
    while left > 0 {
        on.turn(None, |registry, i| {
            let end = &mut ends[i];
            if end.writes {
                write(&end.fd, &end.message)?;
            } else {
                match read(&end.fd, &mut end.message) {
                    // It was told of the room to write once more.
                    Err(Errno::AGAIN) => return Ok(()),
                    result => result?,
                };
                left = left.saturating_sub(1);
            }
            end.writes = !end.writes;
            L::change(registry, end.fd.as_fd(), i, end.writes)
        })?;
    }
    Ok(began.elapsed())
}

/// Connections that are closed at once.
fn accept<L: Loop>(connections: u64) -> io::Result<Took> {
    let mut on = L::new()?;
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    listener.set_nonblocking(true)?;
    let addr = listener.local_addr()?;
    L::add(on.registry(), listener.as_fd(), 0, false)?;
    let began = Stopwatch::start();
    for _ in 0..connections.div_ceil(BATCH) {
        connect_all(addr, BATCH);
        let mut left = BATCH;
        while left > 0 {
            on.turn(None, |_, _| {
                while rustix::net::accept_with(&listener, SocketFlags::NONBLOCK).is_ok() {
                    left -= 1;
                }
                Ok(())
            })?;
        }
    }
    Ok(began.elapsed())
}
