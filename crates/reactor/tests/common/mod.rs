//! What the tests share: sockets, logs, and a dog that barks when a loop never ends.

#![allow(dead_code, reason = "not every test uses everything")]

// It is formatted where it lies.
#[rustfmt::skip]
#[path = "../../../trace/tests/lengths/mod.rs"]
mod length_check;

use std::cell::RefCell;
use std::io::{ErrorKind, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use evscope_reactor::{EventBase, EventConfig, Recording, VirtualClock, Wait};
use evscope_trace::{Line, Phase, Reader, Record};

/// A base, in a process that ends with a message should one of its loops never end.
pub(crate) fn new_base() -> EventBase {
    static DOG: Once = Once::new();
    static BASES: AtomicUsize = AtomicUsize::new(0);
    BASES.fetch_add(1, Ordering::Relaxed);
    DOG.call_once(|| {
        std::thread::spawn(|| {
            loop {
                let before = BASES.load(Ordering::Relaxed);
                std::thread::sleep(Duration::from_secs(60));
                if BASES.load(Ordering::Relaxed) == before {
                    eprintln!("the tests hang: a minute without a new base");
                    std::process::abort();
                }
            }
        });
    });
    EventBase::new().unwrap()
}

/// A base whose time passes as its waits say, on however busy a machine.
pub(crate) fn virtual_base() -> EventBase {
    let clock = VirtualClock::new();
    let config = EventConfig::new().virtual_time(clock.clone(), move |_, until, looks| {
        match until {
            Some(until) if looks == 0 => clock.pass(until.saturating_sub(clock.now())),
            _ => return Wait::Over,
        }
        Wait::Look
    });
    EventBase::new_with_config(&config).unwrap()
}

/// What callbacks write down, shared with them.
#[derive(Debug)]
pub(crate) struct Log<T>(Rc<RefCell<Vec<T>>>);

impl<T> Clone for Log<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Self(Rc::default())
    }
}

impl<T> Log<T> {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn push(&self, entry: T) {
        self.0.borrow_mut().push(entry);
    }

    pub(crate) fn take(&self) -> Vec<T> {
        self.0.take()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.borrow().len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }
}

/// A connected pair of non-blocking sockets.
pub(crate) fn pair() -> (UnixStream, UnixStream) {
    let (a, b) = UnixStream::pair().unwrap();
    a.set_nonblocking(true).unwrap();
    b.set_nonblocking(true).unwrap();
    (a, b)
}

/// A connection over the loopback: the reactor's end, which is non-blocking, and the peer's, which blocks.
pub(crate) fn connection() -> (OwnedFd, TcpStream) {
    let listener = TcpListener::bind(localhost(0)).unwrap();
    let peer = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (ours, _) = listener.accept().unwrap();
    ours.set_nonblocking(true).unwrap();
    (ours.into(), peer)
}

pub(crate) fn localhost(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// Closes so that the peer gets a RESET (SO_LINGER with 0).
pub(crate) fn reset(stream: TcpStream) {
    rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO)).unwrap();
    drop(stream);
}

/// Fills a socket until it takes no more; returns how much it took.
pub(crate) fn fill(socket: impl AsFd) -> usize {
    let mut n = 0;
    let chunk = [b'.'; 65536];
    loop {
        match rustix::io::write(&socket, &chunk) {
            Ok(written) => n += written,
            Err(rustix::io::Errno::AGAIN) => return n,
            Err(error) => panic!("filling a socket: {error}"),
        }
    }
}

/// What a non-blocking reader has now; the flag is whether that is the end.
pub(crate) fn read_now(mut from: impl Read) -> (Vec<u8>, bool) {
    let mut all = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        match from.read(&mut chunk) {
            Ok(0) => return (all, true),
            Ok(n) => all.extend_from_slice(&chunk[..n]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return (all, false),
            // It was closed before it had read all that we sent.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return (all, true),
            Err(error) => panic!("reading: {error}"),
        }
    }
}

/// What this thread has used of a processor, whatever else the machine does.
pub(crate) fn cpu_time() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// How many fds the process has open.
pub(crate) fn open_fds() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// What `program` returns, and the records of what it did.
pub(crate) fn record<R>(program: impl FnOnce() -> R) -> (R, Vec<Record>) {
    let mut output = Vec::new();
    let (outcome, summary) = Recording::new("test")
        .payload(64)
        .record(&mut output, program);
    let records = records(&output);
    assert_eq!(summary.unwrap().records, records.len() as u64);
    (outcome, records)
}

/// The records of a trace.
pub(crate) fn records(trace: &[u8]) -> Vec<Record> {
    let mut reader = Reader::new(trace, "test").unwrap();
    let mut records = Vec::new();
    while let Some(line) = reader.next_line().unwrap() {
        if let Line::Record(record) = line {
            records.push(*record);
        }
    }
    assert!(reader.cut_off().is_none());
    length_check::check(&records).unwrap();
    records
}

/// The enters and points, indented by their depth: `  event_add`.
pub(crate) fn outline(records: &[Record]) -> Vec<String> {
    records
        .iter()
        .filter(|record| record.phase != Phase::Exit)
        .map(|record| {
            let indent = "  ".repeat(record.depth as usize);
            format!("{indent}{}", record.event.name())
        })
        .collect()
}

/// Every call that is entered is left, innermost first, and the depths say so.
pub(crate) fn assert_balanced(records: &[Record]) {
    let mut calls: std::collections::HashMap<_, Vec<&str>> = std::collections::HashMap::new();
    for (seq, record) in records.iter().enumerate() {
        assert_eq!(record.seq, seq as u64);
        let calls = calls.entry(record.thread).or_default();
        match record.phase {
            Phase::Enter => {
                assert_eq!(record.depth as usize, calls.len(), "{record:?}");
                calls.push(record.event.name());
            }
            Phase::Exit => {
                let entered = calls
                    .pop()
                    .unwrap_or_else(|| panic!("never entered: {record:?}"));
                assert_eq!(record.event.name(), entered, "{record:?}");
                assert_eq!(record.depth as usize, calls.len(), "{record:?}");
            }
            Phase::Point => assert_eq!(record.depth as usize, calls.len(), "{record:?}"),
        }
    }
    for calls in calls.values() {
        assert!(calls.is_empty(), "never left: {calls:?}");
    }
}
