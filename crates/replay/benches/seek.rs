//! How fast a state is found, and what the checkpoints cost. Run with
//! `cargo bench -p evscope-replay --bench seek -- [RECORDS [CONNECTIONS]]`.
//!
//! The trace is made up: so many connections that live at once, each echoing messages and being
//! replaced by a new one after a while, so that old objects pile up as they do in a real server.

use std::time::{Duration, Instant};

use evscope_replay::check::{CheckOptions, Checker};
use evscope_replay::{Replay, State, Stats, Trace};
use evscope_trace::{
    ActiveWhy, BaseId, BevId, BevOptions, BufId, EvFlags, Event, EventId, Header, Line, Nanos,
    Objects, Payload, Phase, Reader, Record, Role, SourceLine, Text, ThreadId, Writer,
};

fn main() {
    let numbers: Vec<usize> = std::env::args()
        .filter_map(|arg| arg.parse().ok())
        .collect();
    let records = numbers.first().copied().unwrap_or(1_000_000);
    let connections = numbers.get(1).copied().unwrap_or(1_000);

    let before = resident();
    let trace = Echo::new(connections).trace(records);
    let loaded = resident();
    println!(
        "{records} records, {connections} connections at once: {} in memory",
        mib(loaded - before)
    );

    let start = Instant::now();
    let replay = Replay::new(trace);
    let folded = start.elapsed();
    println!(
        "fold with checkpoints: {folded:.0?}, {} ns a record; checkpoints take {}",
        folded.as_nanos() / records as u128,
        mib(resident().saturating_sub(loaded))
    );
    let objects = replay.state_at(records);
    println!(
        "at the end: {} bufferevents, {} events, {} buffers",
        objects.bevs.len(),
        objects.events.len(),
        objects.bufs.len()
    );

    // Far jumps, in an order that is the same each time.
    let mut step = 1;
    let jumps = (0..2_000).map(|_| {
        step = (step * 48_271) % 2_147_483_647;
        step % records
    });
    report("jump anywhere", jumps, |step| drop(replay.state_at(step)));
    report("step forward", records / 2..records / 2 + 2_000, |step| {
        drop(replay.state_at(step));
    });
    report(
        "step backward",
        (records / 2 - 2_000..records / 2).rev(),
        |step| {
            drop(replay.state_at(step));
        },
    );
    report(
        "what a step changed",
        records / 2..records / 2 + 2_000,
        |step| {
            drop(replay.changes_at(step));
        },
    );
    let far = replay.state_at(records / 3);
    report(
        "what differs from far away",
        (0..20).map(|i| i * records / 20),
        |step| {
            drop(State::diff(&far, &replay.state_at(step)));
        },
    );

    // Last, because what it frees would hide what the checkpoints take.
    read(replay.trace());
}

/// How long it takes to get a trace into memory.
fn read(trace: &Trace) {
    let mut file = Writer::new(Vec::new(), trace.header()).expect("memory takes it");
    for (seq, record) in trace.records().enumerate() {
        let record = Record {
            seq: seq as u64,
            ..record.clone()
        };
        file.record(&record).expect("memory takes it");
    }
    let file = file.finish().expect("memory takes it");
    let start = Instant::now();
    let read = Trace::read(file.as_slice(), "made up").expect("it was just written");
    let took = start.elapsed();
    println!(
        "read from {} of JSON: {took:.1?}, {} ns a record",
        mib(file.len()),
        took.as_nanos() / read.len() as u128
    );
    let start = Instant::now();
    let stats = Stats::of(&read);
    let summed = took + start.elapsed();
    assert_eq!(stats.records, read.len() as u64);
    drop(read);
    check(&file, summed);
}

/// How long it takes to check a trace that is read and not kept, beside to read it and sum it up.
fn check(file: &[u8], stats: Duration) {
    let before = resident();
    let mut checker = Checker::new(&CheckOptions::default(), |_| true);
    let mut most = before;
    let start = Instant::now();
    let mut reader = Reader::new(file, "made up").expect("it was just written");
    while let Some(line) = reader.next_line().expect("it was just written") {
        if let Line::Record(record) = line {
            checker.step(&record);
        }
        if checker.steps().is_multiple_of(100_000) {
            most = most.max(resident());
        }
    }
    let found = checker.finish().len();
    let took = start.elapsed();
    println!(
        "check: {took:.1?}, {} ns a record, {:.2} times the {stats:.1?} of stats; {found} findings, {} more memory",
        took.as_nanos() / checker.steps() as u128,
        took.as_secs_f64() / stats.as_secs_f64(),
        mib(most.saturating_sub(before))
    );
}

fn report(what: &str, steps: impl Iterator<Item = usize>, mut work: impl FnMut(usize)) {
    let mut times: Vec<Duration> = steps
        .map(|step| {
            let start = Instant::now();
            work(step);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    println!(
        "{what:<28} median {:>10.1?}   worst {:>10.1?}",
        times[times.len() / 2],
        times[times.len() - 1]
    );
}

fn mib(bytes: usize) -> String {
    format!("{:.0} MiB", bytes as f64 / f64::from(1 << 20))
}

/// The memory this process holds, in bytes.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: usize = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .unwrap_or(0);
    pages * 4096
}

/// Makes the trace up.
struct Echo {
    connections: Vec<Connection>,
    next_bev: u32,
    records: Vec<Record>,
    now: u64,
    depth: u32,
}

#[derive(Clone, Copy)]
struct Connection {
    bev: u32,
    fd: i32,
    messages: u32,
}

/// After so many messages a connection is replaced by a new one.
const MESSAGES: u32 = 20;

impl Echo {
    fn new(connections: usize) -> Self {
        Self {
            connections: (0..connections)
                .map(|i| Connection {
                    bev: 0,
                    fd: 8 + i as i32,
                    messages: i as u32 % MESSAGES,
                })
                .collect(),
            next_bev: 1,
            records: Vec::new(),
            now: 0,
            depth: 0,
        }
    }

    fn trace(mut self, records: usize) -> Trace {
        let header = Header::new("echo", "evscope-replay's bench", "epoll");
        let mut trace = Trace::new("made up", header);
        'all: loop {
            for i in 0..self.connections.len() {
                self.turn(i);
                for record in self.records.drain(..) {
                    if trace.len() == records {
                        break 'all;
                    }
                    trace.push(record);
                }
            }
        }
        trace
    }

    fn turn(&mut self, i: usize) {
        let mut connection = self.connections[i];
        if connection.bev == 0 {
            connection.bev = self.next_bev;
            self.next_bev += 1;
            self.open(connection);
        }
        self.echo(connection);
        connection.messages += 1;
        if connection.messages == MESSAGES {
            self.close(connection);
            connection.bev = 0;
            connection.messages = 0;
        }
        self.connections[i] = connection;
    }

    fn open(&mut self, connection: Connection) {
        let Connection { bev, fd, .. } = connection;
        let made = Event::BuffereventSocketNew {
            options: BevOptions::CLOSE_ON_FREE,
            input: BufId(2 * bev - 1),
            output: BufId(2 * bev),
            ev_read: EventId(2 * bev - 1),
            ev_write: EventId(2 * bev),
            tls: None,
        };
        self.call(made, objects(bev, fd), |echo| {
            for (role, events, callback) in [
                (Role::BevRead, EvFlags::READ, "bufferevent_readcb"),
                (Role::BevWrite, EvFlags::WRITE, "bufferevent_writecb"),
            ] {
                let events = events | EvFlags::PERSIST;
                let callback = Text::Borrowed(callback);
                let assigned = Event::EventAssign {
                    events,
                    callback,
                    priority: 0,
                };
                echo.point(assigned, event(bev, fd, role));
            }
        });
        self.point(
            Event::EventAdd {
                timeout: Some(Nanos(5_000_000_000)),
            },
            event(bev, fd, Role::BevRead),
        );
    }

    fn echo(&mut self, connection: Connection) {
        let Connection { bev, fd, .. } = connection;
        let data = || Some(Payload::new(b"sixteen bytes .. and more", 16));
        let buf = |id: u32| Objects {
            buf: Some(BufId(id)),
            ..objects(bev, fd)
        };
        let (input, output) = (buf(2 * bev - 1), buf(2 * bev));
        for (role, flags) in [
            (Role::BevRead, EvFlags::READ),
            (Role::BevWrite, EvFlags::WRITE),
        ] {
            let wait = |ready| Event::Poll {
                timeout: None,
                ready,
                errno: None,
            };
            let base = Objects {
                base: Some(BaseId(1)),
                ..Objects::default()
            };
            self.call(wait(Some(1)), base, |_| {});
            let why = ActiveWhy::Io;
            self.point(
                Event::EventActive { what: flags, why },
                event(bev, fd, role),
            );
            if role == Role::BevRead {
                self.call(
                    Event::BuffereventReadcb { what: flags },
                    event(bev, fd, role),
                    |echo| {
                        let read = Event::EvbufferRead {
                            asked: Some(4096),
                            result: 16,
                            errno: None,
                            before: 0,
                            after: 16,
                            data: data(),
                        };
                        echo.call(read, input, |_| {});
                        let callback = Text::Borrowed("echo_readcb");
                        echo.call(Event::Readcb { callback }, objects(bev, fd), |echo| {
                            let moved = Event::EvbufferMove {
                                from: BufId(2 * bev - 1),
                                len: 16,
                                before: 0,
                                after: 16,
                                from_after: 0,
                            };
                            echo.call(moved, output, |echo| {
                                let added = Event::EventAdd { timeout: None };
                                echo.call(added, event(bev, fd, Role::BevWrite), |_| {});
                            });
                        });
                    },
                );
            } else {
                self.call(
                    Event::BuffereventWritecb { what: flags },
                    event(bev, fd, role),
                    |echo| {
                        let written = Event::EvbufferWrite {
                            asked: 16,
                            result: 16,
                            errno: None,
                            before: 16,
                            after: 0,
                            data: data(),
                        };
                        echo.call(written, output, |_| {});
                        echo.point(Event::EventDel {}, event(bev, fd, Role::BevWrite));
                    },
                );
            }
        }
    }

    fn close(&mut self, connection: Connection) {
        let objects = objects(connection.bev, connection.fd);
        self.point(Event::BuffereventFree {}, objects);
        let taken_apart = Event::BuffereventFinalize {
            closed: true,
            unsent: 0,
        };
        self.point(taken_apart, objects);
    }

    fn call(&mut self, event: Event, objects: Objects, inside: impl FnOnce(&mut Self)) {
        self.push(Phase::Enter, event.clone(), objects);
        self.depth += 1;
        inside(self);
        self.depth -= 1;
        self.push(Phase::Exit, event, objects);
    }

    fn point(&mut self, event: Event, objects: Objects) {
        self.push(Phase::Point, event, objects);
    }

    fn push(&mut self, phase: Phase, event: Event, objects: Objects) {
        self.now += 700;
        let line = |line| {
            Some(SourceLine {
                // As a reader makes them: owned.
                file: Text::Owned("crates/reactor/src/bufferevent/socket.rs".to_owned()),
                line,
                function: Some(Text::Owned("bufferevent_writecb".to_owned())),
            })
        };
        self.records.push(Record {
            // The model counts for itself.
            seq: 0,
            t: Nanos(self.now),
            thread: ThreadId(1),
            depth: self.depth,
            phase,
            event,
            objects,
            src: line(10),
            caller: line(20),
            extra: serde_json::Map::default(),
        });
    }
}

fn objects(bev: u32, fd: i32) -> Objects {
    Objects {
        base: Some(BaseId(1)),
        bev: Some(BevId(bev)),
        fd: Some(fd),
        ..Objects::default()
    }
}

fn event(bev: u32, fd: i32, role: Role) -> Objects {
    let id = match role {
        Role::BevRead => 2 * bev - 1,
        _ => 2 * bev,
    };
    Objects {
        event: Some(EventId(id)),
        role: Some(role),
        ..objects(bev, fd)
    }
}
