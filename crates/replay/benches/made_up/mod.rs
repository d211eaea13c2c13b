//! A trace that is made up: so many connections that live at once, each echoing messages and being replaced by a new
//! one after a while, so that old objects pile up as they do in a real server.

use evscope_trace::{
    ActiveWhy, BaseId, BevId, BevOptions, BufId, EvFlags, Event, EventId, Header, Nanos, Objects,
    Payload, Phase, Record, Role, SourceLine, Text, ThreadId,
};

/// Its header.
pub(crate) fn header() -> Header {
    Header::new("echo", "evscope-replay's bench", "epoll")
}

/// Makes the trace up.
pub(crate) struct Echo {
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
    /// So many connections live at once.
    pub(crate) fn new(connections: usize) -> Self {
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

    /// Makes the first records up, one after the other.
    pub(crate) fn each(mut self, records: usize, mut with: impl FnMut(Record)) {
        let mut made = 0;
        loop {
            for i in 0..self.connections.len() {
                self.turn(i);
                for record in self.records.drain(..) {
                    if made == records {
                        return;
                    }
                    with(Record {
                        seq: made as u64,
                        ..record
                    });
                    made += 1;
                }
            }
        }
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
            // They are counted when they are given out.
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
