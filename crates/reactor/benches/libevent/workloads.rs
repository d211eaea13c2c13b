//! The workloads on our reactor, the same as in `libevent.c`.

use std::cell::Cell;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::{Duration, Instant};

use evscope_reactor::{
    Addr, BevOptions, Bufferevent, Callbacks, Error, EvFlags, EventBase, Keep, Listener,
    ListenerOptions, LoopFlags, Recording,
};
use rustix::io::{Errno, read, write};

/// How long something took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Took {
    /// On a processor. No workload ever waits for anything, so on a machine that does nothing else it is the time that
    /// passes, and on others it still counts.
    pub(crate) processor: Duration,
    /// With another thread that writes a recording, the time that passes is what counts.
    pub(crate) passed: Duration,
}

/// Begins to count.
pub(crate) struct Stopwatch(Duration, Instant);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(processor_time(), Instant::now())
    }

    pub(crate) fn elapsed(&self) -> Took {
        Took {
            processor: processor_time() - self.0,
            passed: self.1.elapsed(),
        }
    }
}

/// How long this process has been on a processor.
fn processor_time() -> Duration {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a local that outlives the call.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut now) };
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// Runs a workload by its name; returns how long it took without its set-up, and how many records were made.
pub(crate) fn run(name: &str, numbers: &[String]) -> (Took, u64) {
    raise_fd_limit();
    let number = |i: usize| numbers[i].parse::<u64>().unwrap();
    let mut records = 0;
    let took = match name {
        "dispatch" => dispatch(number(0) as usize, number(1) as usize, number(2)),
        "pingpong" => pingpong(number(0), number(1)),
        "pingpong-traced" => {
            let recording = Recording::new("pingpong");
            let work = || pingpong(number(0), number(1));
            let (took, summary) = recording.record(std::io::sink(), work);
            records = summary.unwrap().records;
            took
        }
        "pingpong-kept" => {
            // So many records stay within a processor's cache.
            let flight = Recording::new("pingpong").in_memory(Keep::Last(8192));
            let took = flight.record(|| pingpong(number(0), number(1)));
            records = flight.records_made();
            took
        }
        "pingpong-kept-all" => {
            let flight = Recording::new("pingpong").in_memory(Keep::All);
            let took = flight.record(|| pingpong(number(0), number(1)));
            records = flight.records_made();
            took
        }
        "bulk" => bulk(number(0)),
        "evbuffer" => evbuffer(number(0) as usize, number(1)),
        "timers" => timers(number(0)),
        "expire" => expire(number(0)),
        "accept" => accept(number(0)),
        "evbuffer-whole" => evbuffer_whole(number(0) as usize, number(1)),
        _ => {
            let numbers: Vec<u64> = (0..numbers.len()).map(number).collect();
            let took = crate::others::run(name, &numbers);
            Ok(took.unwrap_or_else(|| panic!("no workload {name}")))
        }
    };
    (took.unwrap(), records)
}

fn raise_fd_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).unwrap();
}

pub(crate) fn pair() -> (UnixStream, UnixStream) {
    let (a, b) = UnixStream::pair().unwrap();
    a.set_nonblocking(true).unwrap();
    b.set_nonblocking(true).unwrap();
    (a, b)
}

/// Many pipes, some active; every event read passes a byte on, until all writes are done.
fn dispatch(count: usize, active: usize, writes: u64) -> Result<Took, Error> {
    let mut base = EventBase::new()?;
    let pipes: Rc<Vec<(UnixStream, UnixStream)>> = Rc::new((0..count).map(|_| pair()).collect());
    let writes_left = Rc::new(Cell::new(writes));
    let in_flight = Rc::new(Cell::new(active));
    for (i, (reader, _)) in pipes.iter().enumerate() {
        let (pipes, writes_left) = (Rc::clone(&pipes), Rc::clone(&writes_left));
        let in_flight = Rc::clone(&in_flight);
        let next = (i + 1) % count;
        let event = base.event_new(reader, EvFlags::READ | EvFlags::PERSIST, move |_, _, _| {
            read(&pipes[i].0, &mut [0])?;
            in_flight.set(in_flight.get() - 1);
            if writes_left.get() > 0 {
                writes_left.set(writes_left.get() - 1);
                in_flight.set(in_flight.get() + 1);
                write(&pipes[next].1, b"e")?;
            }
            Ok::<(), Errno>(())
        })?;
        base.event_add(event, None)?;
    }
    for i in 0..active {
        write(&pipes[i * (count / active)].1, b"e").unwrap();
    }
    let began = Stopwatch::start();
    while in_flight.get() > 0 {
        base.event_base_loop(LoopFlags::ONCE | LoopFlags::NONBLOCK)?;
    }
    Ok(began.elapsed())
}

/// The bytes of a message.
pub(crate) const MESSAGE: usize = 64;

/// Connections that send a message to and fro.
fn pingpong(connections: u64, messages: u64) -> Result<Took, Error> {
    let mut base = EventBase::new()?;
    let left = Rc::new(Cell::new(messages));
    for _ in 0..connections {
        let (a, b) = pair();
        for (socket, begins) in [(a, true), (b, false)] {
            let bev =
                base.bufferevent_socket_new(Some(socket.into()), BevOptions::CLOSE_ON_FREE)?;
            let left = Rc::clone(&left);
            let echo = move |base: &mut EventBase, bev: Bufferevent| {
                let input = base.bufferevent_get_input(bev)?;
                if base.evbuffer_get_length(input)? < MESSAGE {
                    return Ok(());
                }
                left.set(left.get() - 1);
                if left.get() == 0 {
                    base.event_base_loopbreak();
                    return Ok(());
                }
                let output = base.bufferevent_get_output(bev)?;
                base.evbuffer_add_buffer(output, input)
            };
            base.bufferevent_setcb(bev, Callbacks::new().readcb(echo))?;
            base.bufferevent_enable(bev, EvFlags::READ | EvFlags::WRITE)?;
            if begins {
                base.bufferevent_write(bev, &[b'x'; MESSAGE])?;
            }
        }
    }
    let began = Stopwatch::start();
    base.event_base_dispatch()?;
    Ok(began.elapsed())
}

/// Many bytes through one connection.
fn bulk(bytes: u64) -> Result<Took, Error> {
    const BLOCK: usize = 65536;
    let mut base = EventBase::new()?;
    let (a, b) = pair();
    let from = base.bufferevent_socket_new(Some(a.into()), BevOptions::CLOSE_ON_FREE)?;
    let to = base.bufferevent_socket_new(Some(b.into()), BevOptions::CLOSE_ON_FREE)?;
    let to_send = Cell::new(bytes);
    let send = move |base: &mut EventBase, bev: Bufferevent| {
        if to_send.get() > 0 {
            to_send.set(to_send.get().saturating_sub(BLOCK as u64));
            base.bufferevent_write(bev, &[0; BLOCK])?;
        }
        Ok::<(), Error>(())
    };
    let to_get = Cell::new(bytes);
    let get = move |base: &mut EventBase, bev: Bufferevent| {
        let input = base.bufferevent_get_input(bev)?;
        let n = base.evbuffer_get_length(input)?;
        to_get.set(to_get.get().saturating_sub(n as u64));
        base.evbuffer_drain(input, n)?;
        if to_get.get() == 0 {
            base.event_base_loopbreak();
        }
        Ok::<(), Error>(())
    };
    base.bufferevent_setcb(from, Callbacks::new().writecb(send))?;
    base.bufferevent_setcb(to, Callbacks::new().readcb(get))?;
    base.bufferevent_enable(from, EvFlags::WRITE)?;
    base.bufferevent_enable(to, EvFlags::READ)?;
    let began = Stopwatch::start();
    base.event_base_dispatch()?;
    Ok(began.elapsed())
}

/// Spans of 1 to 2 s that look like chance and are the same in all programs.
fn spans() -> impl Iterator<Item = Duration> {
    let mut number = 1u32;
    std::iter::repeat_with(move || {
        number = number.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        Duration::from_micros(1_000_000 + u64::from(number >> 8) % 1_000_000)
    })
}

/// Many timers are made and added, and then all are deleted and freed.
fn timers(count: u64) -> Result<Took, Error> {
    let mut base = EventBase::new()?;
    let began = Stopwatch::start();
    let mut timers = Vec::new();
    for span in spans().take(count as usize) {
        let timer = base.evtimer_new(|_, _, _| {});
        base.event_add(timer, Some(span))?;
        timers.push(timer);
    }
    for timer in timers {
        base.event_del(timer)?;
        base.event_free(timer)?;
    }
    Ok(began.elapsed())
}

/// Many timers come due, all of them before the loop begins.
fn expire(count: u64) -> Result<Took, Error> {
    let mut base = EventBase::new()?;
    for span in spans().take(count as usize) {
        let timer = base.evtimer_new(|_, _, _| {});
        base.event_add(timer, Some(span / 1000))?;
    }
    std::thread::sleep(Duration::from_millis(10));
    let began = Stopwatch::start();
    base.event_base_dispatch()?;
    Ok(began.elapsed())
}

/// So many connections wait at once to be accepted.
pub(crate) const BATCH: u64 = 64;

/// Connects so many times, and closes each at once: what is accepted is there all the same.
pub(crate) fn connect_all(addr: SocketAddr, count: u64) {
    for _ in 0..count {
        let stream = TcpStream::connect(addr).unwrap();
        // No port waits for late packets afterwards.
        rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO)).unwrap();
    }
}

/// Connections that are closed at once.
fn accept(connections: u64) -> Result<Took, Error> {
    let mut base = EventBase::new()?;
    let left = Rc::new(Cell::new(0));
    let accept_cb = {
        let left = Rc::clone(&left);
        move |base: &mut EventBase, _: Listener, _: OwnedFd, _: &Addr| {
            left.set(left.get() - 1);
            if left.get() == 0 {
                base.event_base_loopbreak();
            }
        }
    };
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let backlog = 2 * BATCH as i32;
    let options = ListenerOptions::empty();
    let listener = base.evconnlistener_new_bind(accept_cb, options, backlog, any)?;
    let Some(Addr::Inet(addr)) = base.evconnlistener_get_addr(listener)? else {
        unreachable!("it was bound to one");
    };
    let began = Stopwatch::start();
    for _ in 0..connections.div_ceil(BATCH) {
        connect_all(addr, BATCH);
        left.set(BATCH);
        base.event_base_dispatch()?;
    }
    Ok(began.elapsed())
}

/// Bytes added and drained in pieces, a mebibyte at a time.
fn evbuffer(piece: usize, bytes: u64) -> Result<Took, Error> {
    const ROUND: usize = 1 << 20;
    let mut base = EventBase::new()?;
    let buffer = base.evbuffer_new();
    let data = vec![0; piece];
    let began = Stopwatch::start();
    for _ in 0..bytes / ROUND as u64 {
        for _ in 0..ROUND / piece {
            base.evbuffer_add(buffer, &data)?;
        }
        for _ in 0..ROUND / piece {
            base.evbuffer_drain(buffer, piece)?;
        }
    }
    Ok(began.elapsed())
}

/// All bytes are added, and then all are drained.
fn evbuffer_whole(piece: usize, bytes: u64) -> Result<Took, Error> {
    let mut base = EventBase::new()?;
    let buffer = base.evbuffer_new();
    let data = vec![0; piece];
    let began = Stopwatch::start();
    for _ in 0..bytes / piece as u64 {
        base.evbuffer_add(buffer, &data)?;
    }
    for _ in 0..bytes / piece as u64 {
        base.evbuffer_drain(buffer, piece)?;
    }
    Ok(began.elapsed())
}
