//! The clients, in a process of their own: all connect, then all send at once, and compare what comes back.

use std::cell::{Cell, RefCell};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::BorrowedFd;
use std::rc::Rc;
use std::time::Duration;

use evscope_reactor::{
    BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, EventBase, LoopEnd,
};
use rustix::net::{Shutdown, shutdown, sockopt};

use crate::plan::{Manner, Plan};

pub(crate) const PORT: &str = "EVSCOPE_SOAK_PORT";
pub(crate) const CLIENTS: &str = "EVSCOPE_SOAK_CLIENTS";
/// So many connect at a time: the kernel's queue is shorter than the number of clients.
const WAVE: usize = 500;
/// Longer than it takes on any machine that is not stuck.
const LONG: Duration = Duration::from_secs(240);
/// A slow reader holds so much at most.
const SIP: usize = 1500;

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// All of them.
struct Crowd {
    addr: SocketAddr,
    wanted: usize,
    bevs: RefCell<Vec<Bufferevent>>,
    connected: Cell<usize>,
    ended: Cell<usize>,
}

/// One of them.
struct Client {
    number: usize,
    plan: Plan,
    sent: Cell<usize>,
    received: Cell<usize>,
    crowd: Rc<Crowd>,
}

/// Run by the server's test.
#[test]
#[ignore = "half of another test"]
fn clients() {
    let number = |variable| std::env::var(variable).unwrap().parse::<u32>().unwrap();
    let crowd = Rc::new(Crowd {
        addr: SocketAddr::from((Ipv4Addr::LOCALHOST, number(PORT) as u16)),
        wanted: number(CLIENTS) as usize,
        bevs: RefCell::default(),
        connected: Cell::default(),
        ended: Cell::default(),
    });
    let mut base = EventBase::new().unwrap();
    base.event_base_once_timeout(
        |_: &mut EventBase, _, _| -> Outcome { Err("this takes too long".into()) },
        Some(LONG),
    )
    .unwrap();
    crowd.next_wave(&mut base).unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Exit);
    assert_eq!(crowd.ended.get(), crowd.wanted);
}

impl Crowd {
    fn next_wave(self: &Rc<Self>, base: &mut EventBase) -> Outcome {
        let begun = self.bevs.borrow().len();
        for number in begun..(begun + WAVE).min(self.wanted) {
            let bev = base.bufferevent_socket_new(None, BevOptions::CLOSE_ON_FREE)?;
            let client = Rc::new(Client {
                number,
                plan: Plan::of(number),
                sent: Cell::default(),
                received: Cell::default(),
                crowd: Rc::clone(self),
            });
            base.bufferevent_setcb(bev, client.callbacks())?;
            base.bufferevent_socket_connect(bev, self.addr)?;
            self.bevs.borrow_mut().push(bev);
        }
        Ok(())
    }

    fn one_is_connected(self: &Rc<Self>, base: &mut EventBase) -> Outcome {
        self.connected.set(self.connected.get() + 1);
        let connected = self.connected.get();
        if connected == self.wanted {
            // An enabled write side with an empty output calls the write callback, which begins.
            for bev in self.bevs.borrow().iter() {
                base.bufferevent_enable(*bev, EvFlags::READ)?;
                base.bufferevent_trigger(*bev, EvFlags::WRITE, Default::default())?;
            }
        } else if connected.is_multiple_of(WAVE) {
            self.next_wave(base)?;
        }
        Ok(())
    }
}

impl Client {
    fn callbacks(self: &Rc<Self>) -> Callbacks {
        let (reads, writes, ends) = (Rc::clone(self), Rc::clone(self), Rc::clone(self));
        Callbacks::new()
            .readcb(move |base: &mut EventBase, bev| reads.read(base, bev))
            .writecb(move |base: &mut EventBase, bev| writes.write(base, bev))
            .eventcb(move |base: &mut EventBase, bev, what| ends.event(base, bev, what))
    }

    /// The output is empty: the next piece.
    fn write(&self, base: &mut EventBase, bev: Bufferevent) -> Outcome {
        if self.crowd.connected.get() < self.crowd.wanted {
            return Ok(());
        }
        let sent = self.sent.get();
        if sent < self.plan.total {
            let piece = self.plan.piece(sent);
            self.sent.set(sent + piece.len());
            base.bufferevent_write(bev, &piece)?;
        } else if self.plan.manner == Manner::HalfClose {
            with_fd(base, bev, |fd| shutdown(fd, Shutdown::Write))?;
        }
        Ok(())
    }

    fn read(self: &Rc<Self>, base: &mut EventBase, bev: Bufferevent) -> Outcome {
        let input = base.bufferevent_get_input(bev)?;
        let most = match self.plan.manner {
            Manner::Slow => SIP,
            Manner::Plain | Manner::HalfClose | Manner::Reset => usize::MAX,
        };
        let mut bytes = vec![0; base.evbuffer_get_length(input)?.min(most)];
        base.evbuffer_remove(input, &mut bytes)?;
        let received = self.received.get();
        if bytes != self.plan.bytes(received, bytes.len()) {
            panic!("client {}: other bytes came back after {received}", self.number);
        }
        let received = received + bytes.len();
        self.received.set(received);
        match self.plan.manner {
            Manner::Reset if received >= self.plan.resets_after() => {
                with_fd(base, bev, |fd| sockopt::set_socket_linger(fd, Some(Duration::ZERO)))?;
                self.end(base, bev)
            }
            Manner::Plain | Manner::Slow if received == self.plan.total => self.end(base, bev),
            Manner::Slow => self.rest(base, bev),
            Manner::Plain | Manner::HalfClose | Manner::Reset => Ok(()),
        }
    }

    fn rest(self: &Rc<Self>, base: &mut EventBase, bev: Bufferevent) -> Outcome {
        base.bufferevent_disable(bev, EvFlags::READ)?;
        let client = Rc::clone(self);
        let go_on = move |base: &mut EventBase, _, _| -> Outcome {
            base.bufferevent_enable(bev, EvFlags::READ)?;
            let input = base.bufferevent_get_input(bev)?;
            if base.evbuffer_get_length(input)? > 0 {
                client.read(base, bev)?;
            }
            Ok(())
        };
        let rest = self.plan.rest(self.received.get());
        base.event_base_once_timeout(go_on, Some(rest))?;
        Ok(())
    }

    fn event(self: &Rc<Self>, base: &mut EventBase, bev: Bufferevent, what: BevEvents) -> Outcome {
        if what == BevEvents::CONNECTED {
            return self.crowd.one_is_connected(base);
        }
        // Only this one waits for the server to hang up, and by then everything must have come.
        let expected = self.plan.manner == Manner::HalfClose
            && what.contains(BevEvents::EOF)
            && self.received.get() == self.plan.total;
        if !expected {
            panic!(
                "client {}, {:?}: {what:?} after {} bytes of {}: {:?}",
                self.number,
                self.plan.manner,
                self.received.get(),
                self.plan.total,
                base.evutil_socket_error(),
            );
        }
        self.end(base, bev)
    }

    fn end(&self, base: &mut EventBase, bev: Bufferevent) -> Outcome {
        base.bufferevent_free(bev)?;
        self.crowd.ended.set(self.crowd.ended.get() + 1);
        if self.crowd.ended.get() == self.crowd.wanted {
            base.event_base_loopexit(None)?;
        }
        Ok(())
    }
}

fn with_fd(
    base: &EventBase,
    bev: Bufferevent,
    body: impl FnOnce(BorrowedFd<'_>) -> rustix::io::Result<()>,
) -> Result<(), Error> {
    let fd = base.bufferevent_getfd(bev)?.unwrap();
    // SAFETY: the bufferevent keeps the fd open during this call.
    let fd = unsafe { BorrowedFd::borrow_raw(fd) };
    // A connection that the other side has ended already is fine.
    let _ = body(fd);
    Ok(())
}
