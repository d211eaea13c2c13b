//! One statement. What it names is looked up first; what was freed, or cannot be used so, is passed over.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;
use std::time::Duration;

use evscope_reactor::{
    Addr, BevEvents, BevOptions, BufferEnd, Bufferevent, Callbacks, Error, EvFlags, Evbuffer,
    EvbufferCbInfo, Event, EventBase, FilterResult, FlushMode, Listener, ListenerOptions, LoopEnd,
    LoopFlags, TokenBucketConfig, TriggerOptions, name_callbacks,
};

use super::objects::{Bev, BevSort, ListenerObject, Peer, ServerObject, Thing};
use super::world::{self, Over, borrow, give};
use super::{Frame, Machine, event_of, is_none, name_of, span};
use crate::scenario::Instruction;
use crate::spec::{ACCEPTED, Op, SELF, Sort};

/// A read or a removal takes no more.
const MOST_BYTES: usize = 1 << 16;
const SIGNALS: [i32; 2] = [libc::SIGUSR1, libc::SIGUSR2];

/// A step that the library refuses is no mistake of the scenario's: the other library refuses it as well.
fn refused<T>(result: Result<T, Error>) {
    drop(result);
}

fn flags(arg: i64) -> EvFlags {
    EvFlags::from_bits_truncate(arg as u16)
}

impl Machine {
    /// # Errors
    /// If the world around the program cannot be made.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm a statement, each of a few lines"
    )]
    pub(super) fn step(
        self: &Rc<Self>,
        base: &mut EventBase,
        i: &Instruction,
        frame: &Frame,
    ) -> io::Result<()> {
        let a = &i.args;
        match i.op {
            // They are done before the base is made.
            Op::ConfigSetFlag | Op::ConfigRequireFeatures | Op::ConfigMaxDispatch => {}
            Op::PriorityInit => refused(base.event_base_priority_init(a[0] as usize)),
            Op::Dispatch => self.run_loop(base, LoopFlags::empty()),
            Op::Loop => self.run_loop(base, LoopFlags::from_bits_truncate(a[0] as u32)),
            Op::LoopExit => refused(base.event_base_loopexit(span(a[0]))),
            Op::LoopBreak => base.event_base_loopbreak(),
            Op::LoopContinue => base.event_base_loopcontinue(),
            Op::Once => self.once(base, a, frame),

            Op::EventNew => self.event_new(base, a, frame),
            Op::TimerNew => {
                let callback = self.event_callback(a[1], None);
                let event = self.named(a[1], || {
                    if flags(a[2]).contains(EvFlags::PERSIST) {
                        base.evtimer_new_persist(callback.function())
                    } else {
                        base.evtimer_new(callback.function())
                    }
                });
                self.made_event(a[0], event, &callback);
            }
            Op::SignalNew => {
                let callback = self.event_callback(a[2], None);
                let event = self.named(a[2], || {
                    base.evsignal_new(SIGNALS[a[1] as usize], callback.function())
                });
                if let Ok(event) = event {
                    self.made_event(a[0], event, &callback);
                }
            }
            Op::EventAdd => self.event(a[0], frame, |event| {
                refused(base.event_add(event, span(a[1])));
            }),
            Op::EventDel => self.event(a[0], frame, |event| refused(base.event_del(event))),
            Op::EventActive => self.event(a[0], frame, |event| {
                refused(base.event_active(event, flags(a[1])));
            }),
            Op::EventPrioritySet => {
                self.event(a[0], frame, |event| {
                    refused(base.event_priority_set(event, a[1] as usize));
                });
            }
            Op::EventRemoveTimer => {
                self.event(a[0], frame, |event| refused(base.event_remove_timer(event)));
            }
            Op::EventFree => {
                if let Some(at) = self.find(a[0], Sort::Event, frame) {
                    self.free(base, at);
                }
            }

            Op::BevSocketNew => self.bev_socket_new(base, a, frame),
            Op::BevPairNew => {
                let options = BevOptions::from_bits_truncate(a[2] as u32);
                if let Ok(pair) = base.bufferevent_pair_new(options) {
                    for (name, bev) in a.iter().zip(pair) {
                        self.made_bev(*name, bev, BevSort::Pair, options, None);
                    }
                }
            }
            Op::BevFilterNew => self.bev_filter_new(base, a, frame),
            Op::BevSetcb => self.bev_setcb(base, a, frame),
            Op::BevEnable => self.bev(a[0], frame, |bev| {
                refused(base.bufferevent_enable(bev, flags(a[1])));
            }),
            Op::BevDisable => self.bev(a[0], frame, |bev| {
                refused(base.bufferevent_disable(bev, flags(a[1])));
            }),
            Op::BevSetwatermark => self.bev(a[0], frame, |bev| {
                refused(base.bufferevent_setwatermark(
                    bev,
                    flags(a[1]),
                    a[2] as usize,
                    a[3] as usize,
                ));
            }),
            Op::BevSetTimeouts => self.bev(a[0], frame, |bev| {
                refused(base.bufferevent_set_timeouts(bev, span(a[1]), span(a[2])));
            }),
            Op::BevWrite => self.bev(a[0], frame, |bev| {
                refused(base.bufferevent_write(bev, &i.bytes(1)));
            }),
            Op::BevWriteBuffer => {
                if let Some(bev) = self.find_bev(a[0], frame)
                    && let Some(from) = self.buffer(base, a[1], a[2], frame)
                {
                    refused(base.bufferevent_write_buffer(bev, from));
                }
            }
            Op::BevRead => self.bev(a[0], frame, |bev| {
                let mut bytes = vec![0; (a[1] as usize).min(MOST_BYTES)];
                refused(base.bufferevent_read(bev, &mut bytes));
            }),
            Op::BevReadBuffer => {
                if let Some(bev) = self.find_bev(a[0], frame)
                    && let Some(to) = self.buffer(base, a[1], a[2], frame)
                {
                    refused(base.bufferevent_read_buffer(bev, to));
                }
            }
            Op::BevConnect => self.bev_connect(base, a, frame),
            Op::BevSetfd => self.bev_setfd(base, a, frame),
            Op::BevPrioritySet => {
                self.bev(a[0], frame, |bev| {
                    refused(base.bufferevent_priority_set(bev, a[1] as usize));
                });
            }
            Op::BevTrigger => self.bev(a[0], frame, |bev| {
                refused(base.bufferevent_trigger(
                    bev,
                    flags(a[1]),
                    TriggerOptions::from_bits_truncate(a[2] as u32),
                ));
            }),
            Op::BevTriggerEvent => self.bev(a[0], frame, |bev| {
                let what = BevEvents::from_bits_truncate(a[1] as u16);
                refused(base.bufferevent_trigger_event(
                    bev,
                    what,
                    TriggerOptions::from_bits_truncate(a[2] as u32),
                ));
            }),
            Op::BevFlush => self.bev(a[0], frame, |bev| {
                let mode =
                    [FlushMode::Normal, FlushMode::Flush, FlushMode::Finished][a[2] as usize];
                refused(base.bufferevent_flush(bev, flags(a[1]), mode));
            }),
            // libevent divides by the tick.
            Op::BevSetRateLimit if a[5] == 0 => {}
            Op::BevSetRateLimit => self.bev(a[0], frame, |bev| {
                let [read, read_burst, write, write_burst] =
                    [a[1], a[2], a[3], a[4]].map(|n| n as usize);
                if let Ok(limit) =
                    TokenBucketConfig::new(read, read_burst, write, write_burst, span(a[5]))
                {
                    refused(base.bufferevent_set_rate_limit(bev, Some(limit)));
                }
            }),
            Op::BevNoRateLimit => self.bev(a[0], frame, |bev| {
                refused(base.bufferevent_set_rate_limit(bev, None));
            }),
            Op::BevSetMaxSingleRead => {
                self.bev(a[0], frame, |bev| {
                    refused(base.bufferevent_set_max_single_read(bev, a[1] as usize));
                });
            }
            Op::BevSetMaxSingleWrite => {
                self.bev(a[0], frame, |bev| {
                    refused(base.bufferevent_set_max_single_write(bev, a[1] as usize));
                });
            }
            Op::BevFree => {
                if let Some(at) = self.find(a[0], Sort::Bufferevent, frame) {
                    self.free(base, at);
                }
            }

            Op::BufNew => {
                let buffer = base.evbuffer_new();
                self.state
                    .borrow_mut()
                    .objects
                    .name(a[0], Thing::Buffer(buffer));
            }
            Op::BufAdd => self.buf(base, a, frame, |base, buf| {
                base.evbuffer_add(buf, &i.bytes(2))
            }),
            Op::BufPrepend => self.buf(base, a, frame, |base, buf| {
                base.evbuffer_prepend(buf, &i.bytes(2))
            }),
            Op::BufDrain => self.buf(base, a, frame, |base, buf| {
                base.evbuffer_drain(buf, a[2] as usize)
            }),
            Op::BufRemove => self.buf(base, a, frame, |base, buf| {
                let mut bytes = vec![0; (a[2] as usize).min(MOST_BYTES)];
                base.evbuffer_remove(buf, &mut bytes)
            }),
            Op::BufAddBuffer => {
                if let Some(to) = self.buffer(base, a[0], a[1], frame)
                    && let Some(from) = self.buffer(base, a[2], a[3], frame)
                {
                    refused(base.evbuffer_add_buffer(to, from));
                }
            }
            Op::BufRemoveBuffer => {
                if let Some(from) = self.buffer(base, a[0], a[1], frame)
                    && let Some(to) = self.buffer(base, a[2], a[3], frame)
                {
                    refused(base.evbuffer_remove_buffer(from, to, a[4] as usize));
                }
            }
            Op::BufFreeze => self.buf(base, a, frame, |base, buf| {
                base.evbuffer_freeze(buf, end(a[2]))
            }),
            Op::BufUnfreeze => self.buf(base, a, frame, |base, buf| {
                base.evbuffer_unfreeze(buf, end(a[2]))
            }),
            Op::BufAddCb => {
                let (machine, number) = (Rc::clone(self), a[2]);
                let callback = move |base: &mut EventBase, _: Evbuffer, _: &EvbufferCbInfo| {
                    if let Ok(number) = usize::try_from(number) {
                        machine.callback(base, number, 0, &Frame::default());
                    }
                };
                if !is_none(a[2]) {
                    self.buf(base, a, frame, |base, buf| {
                        self.named(a[2], || base.evbuffer_add_cb(buf, callback))
                    });
                }
            }
            Op::BufFree => {
                if let Some(at) = self.find(a[0], Sort::Buffer, frame) {
                    self.free(base, at);
                }
            }

            Op::ListenerNew => self.listener_new(base, a, frame),
            Op::ListenerEnable => {
                self.listener(a[0], frame, |l| refused(base.evconnlistener_enable(l)));
            }
            Op::ListenerDisable => {
                self.listener(a[0], frame, |l| refused(base.evconnlistener_disable(l)));
            }
            Op::ListenerSetCb => {
                let Some(at) = self.find(a[0], Sort::Listener, frame) else {
                    return Ok(());
                };
                self.listener(a[0], frame, |listener| {
                    if is_none(a[1]) {
                        refused(base.evconnlistener_clear_cb(listener));
                    } else {
                        let callback = self.accept_callback(a[1], at);
                        self.named(a[1], || {
                            refused(base.evconnlistener_set_cb(listener, callback));
                        });
                    }
                });
            }
            Op::ListenerSetErrorCb => {
                let Some(at) = self.find(a[0], Sort::Listener, frame) else {
                    return Ok(());
                };
                let (machine, number) = (Rc::clone(self), a[1]);
                if let Ok(number) = usize::try_from(number) {
                    let callback = move |base: &mut EventBase, _: Listener, _: &io::Error| {
                        machine.callback(
                            base,
                            number,
                            0,
                            &Frame {
                                own: Some(at),
                                accepted: None,
                            },
                        );
                    };
                    self.listener(a[0], frame, |l| {
                        self.named(a[1], || {
                            refused(base.evconnlistener_set_error_cb(l, callback));
                        });
                    });
                }
            }
            Op::ListenerFree => {
                if let Some(at) = self.find(a[0], Sort::Listener, frame) {
                    self.free(base, at);
                }
            }

            Op::FdRead => {
                if let Some((_, near)) = self.near(a[0], frame) {
                    world::fd_read(near, a[1] as usize);
                }
            }
            Op::FdWrite => {
                if let Some((_, near)) = self.near(a[0], frame) {
                    world::fd_write(near, &i.bytes(1));
                }
            }
            Op::PeerNew => {
                let over = if a[1] == 1 { Over::Tcp } else { Over::Unix };
                let ends = world::connected(over, a[2] as usize)?;
                self.made_peer(a[0], Some(ends.near), ends.far, over);
            }
            Op::PeerSend | Op::PeerRead | Op::PeerShutdown | Op::PeerClose | Op::PeerReset => {
                self.peer(i, frame);
            }
            Op::ServerNew => {
                let path = self.state.borrow_mut().path()?;
                let over = if a[1] % 2 == 1 { Over::Tcp } else { Over::Unix };
                let listens = a[1] < 2;
                let server = world::server(over, listens, &path)?;
                let server = ServerObject {
                    server,
                    listens,
                    used: false,
                    given: false,
                    gone: false,
                };
                self.state
                    .borrow_mut()
                    .objects
                    .name(a[0], Thing::Server(server));
            }
            Op::ServerAccept => {
                let accepted = self.with_server(a[1], frame, |server| {
                    (server.listens && !server.used)
                        .then(|| (server.server.accept(), server.server.over))
                });
                if let Some(Some((Ok(far), over))) = accepted {
                    self.made_peer(a[0], None, far, over);
                }
            }
            Op::PeerConnect => {
                let far = self.with_server(a[1], frame, |server| {
                    (server.listens && !server.gone)
                        .then(|| (server.server.connect(), server.server.over))
                });
                if let Some(Some((Ok(far), over))) = far {
                    self.made_peer(a[0], None, far, over);
                }
            }
            Op::Raise => {
                // SAFETY: the signal has a handler or is ignored.
                unsafe { libc::raise(SIGNALS[a[0] as usize]) };
            }
            Op::Sleep => self.clock.pass(span(a[0]).unwrap_or(Duration::ZERO)),
        }
        Ok(())
    }

    /// The object an argument stands for, if it is there.
    fn find(&self, arg: i64, sort: Sort, frame: &Frame) -> Option<usize> {
        let state = self.state.borrow();
        let at = match arg {
            SELF => frame.own?,
            ACCEPTED => frame.accepted?,
            name => state.objects.named(name)?,
        };
        state.objects.is(at, sort).then_some(at)
    }

    /// While `give` runs, callbacks are given under their name in the scenario.
    fn named<R>(&self, callback: i64, give: impl FnOnce() -> R) -> R {
        match usize::try_from(callback)
            .ok()
            .and_then(|at| self.scenario.callbacks.get(at))
        {
            Some(callback) => name_callbacks(name_of(&callback.name), give),
            None => name_callbacks("nothing", give),
        }
    }

    /// A loop that ends because nothing is left has taken everything apart.
    fn run_loop(&self, base: &mut EventBase, flags: LoopFlags) {
        if let Ok(LoopEnd::Empty) = base.event_base_loop(flags) {
            self.state.borrow_mut().unfinished = false;
        }
    }

    // Events

    fn event_callback(self: &Rc<Self>, number: i64, own: Option<usize>) -> EventCallback {
        EventCallback {
            machine: Rc::clone(self),
            number,
            own: Rc::new(std::cell::Cell::new(own)),
        }
    }

    fn made_event(&self, name: i64, event: Event, callback: &EventCallback) {
        let at = self
            .state
            .borrow_mut()
            .objects
            .name(name, Thing::Event(event));
        callback.own.set(Some(at));
    }

    fn event(&self, arg: i64, frame: &Frame, act: impl FnOnce(Event)) {
        let event = self
            .find(arg, Sort::Event, frame)
            .and_then(|at| event_of(self.state.borrow().objects.get(at)));
        if let Some(event) = event {
            act(event);
        }
    }

    fn event_new(self: &Rc<Self>, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let callback = self.event_callback(a[3], None);
        let event = if is_none(a[1]) {
            self.named(a[3], || {
                if flags(a[2]).contains(EvFlags::PERSIST) {
                    base.evtimer_new_persist(callback.function())
                } else {
                    base.evtimer_new(callback.function())
                }
            })
        } else {
            let Some((at, near)) = self.near(a[1], frame) else {
                return;
            };
            self.used(at);
            let event = self.named(a[3], || {
                base.event_new(borrow(near), flags(a[2]), callback.function())
            });
            let Ok(event) = event else {
                return;
            };
            event
        };
        self.made_event(a[0], event, &callback);
    }

    fn once(self: &Rc<Self>, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let callback = self.event_callback(a[2], None);
        if is_none(a[0]) {
            self.named(a[2], || {
                refused(base.event_base_once_timeout(callback.function(), span(a[3])));
            });
        } else if let Some((at, near)) = self.near(a[0], frame)
            && a[1] != 0
        {
            self.used(at);
            self.named(a[2], || {
                refused(base.event_base_once(
                    borrow(near),
                    flags(a[1]),
                    callback.function(),
                    span(a[3]),
                ));
            });
        }
    }

    // Bufferevents

    fn find_bev(&self, arg: i64, frame: &Frame) -> Option<Bufferevent> {
        let at = self.find(arg, Sort::Bufferevent, frame)?;
        self.state.borrow_mut().objects.bev(at).map(|bev| bev.bev)
    }

    fn bev(&self, arg: i64, frame: &Frame, act: impl FnOnce(Bufferevent)) {
        if let Some(bev) = self.find_bev(arg, frame) {
            act(bev);
        }
    }

    fn made_bev(
        &self,
        name: i64,
        bev: Bufferevent,
        sort: BevSort,
        options: BevOptions,
        peer: Option<usize>,
    ) {
        let close_on_free = options.contains(BevOptions::CLOSE_ON_FREE);
        let bev = Bev {
            bev,
            sort,
            close_on_free,
            peer,
            connected: false,
            under: false,
        };
        let objects = &mut self.state.borrow_mut().objects;
        objects.name(name, Thing::Bufferevent(bev));
        if let Some(peer) = peer.and_then(|at| objects.peer(at)) {
            peer.given = close_on_free;
            peer.taken = true;
        }
    }

    fn bev_socket_new(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let (peer, fd) = if is_none(a[1]) {
            (None, None)
        } else {
            let Some((at, near)) = self.near(a[1], frame).filter(|(at, _)| !self.is_taken(*at))
            else {
                return;
            };
            self.used(at);
            (Some(at), Some(give(near)))
        };
        let options = BevOptions::from_bits_truncate(a[2] as u32);
        if let Ok(bev) = base.bufferevent_socket_new(fd, options) {
            self.made_bev(a[0], bev, BevSort::Socket, options, peer);
        }
    }

    fn bev_filter_new(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let Some(at) = self.find(a[1], Sort::Bufferevent, frame) else {
            return;
        };
        let below = self
            .state
            .borrow_mut()
            .objects
            .bev(at)
            .filter(|bev| !bev.under)
            .map(|bev| bev.bev);
        let Some(below) = below else {
            return;
        };
        let options = BevOptions::from_bits_truncate(a[3] as u32);
        let filter = filter(a[2]);
        if let Ok(bev) = base.bufferevent_filter_new(below, filter, filter, options) {
            self.made_bev(a[0], bev, BevSort::Filter(at), options, None);
            if let Some(below) = self.state.borrow_mut().objects.bev(at) {
                below.under = true;
            }
        }
    }

    fn bev_setcb(self: &Rc<Self>, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let Some(at) = self.find(a[0], Sort::Bufferevent, frame) else {
            return;
        };
        let frame = Frame {
            own: Some(at),
            accepted: None,
        };
        let mut callbacks = Callbacks::new();
        if let Ok(number) = usize::try_from(a[1]) {
            let machine = Rc::clone(self);
            let callback = move |base: &mut EventBase, _: Bufferevent| {
                machine.callback(base, number, 0, &frame);
            };
            callbacks = self.named(a[1], || callbacks.readcb(callback));
        }
        if let Ok(number) = usize::try_from(a[2]) {
            let machine = Rc::clone(self);
            let callback = move |base: &mut EventBase, _: Bufferevent| {
                machine.callback(base, number, 0, &frame);
            };
            callbacks = self.named(a[2], || callbacks.writecb(callback));
        }
        if let Ok(number) = usize::try_from(a[3]) {
            let machine = Rc::clone(self);
            let callback = move |base: &mut EventBase, _: Bufferevent, what: BevEvents| {
                machine.callback(base, number, what.bits().into(), &frame);
            };
            callbacks = self.named(a[3], || callbacks.eventcb(callback));
        }
        let bev = self.state.borrow_mut().objects.bev(at).map(|bev| bev.bev);
        if let Some(bev) = bev {
            refused(base.bufferevent_setcb(bev, callbacks));
        }
    }

    /// Connects a bufferevent that has no socket.
    fn bev_connect(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let Some(at) = self.find(a[0], Sort::Bufferevent, frame) else {
            return;
        };
        let server = self.with_server(a[1], frame, |server| {
            (server.server.addr.clone(), server.server.over)
        });
        let bev = self.state.borrow_mut().objects.bev(at).and_then(|bev| {
            let fits = bev.sort == BevSort::Socket && bev.peer.is_none() && !bev.connected;
            fits.then_some(bev.bev)
        });
        let (Some((addr, over)), Some(bev)) = (server, bev) else {
            return;
        };
        if let Some(bev) = self.state.borrow_mut().objects.bev(at) {
            bev.connected = true;
        }
        let addr: Addr = addr;
        refused(base.bufferevent_socket_connect(bev, addr));
        if over == Over::Tcp
            && let Ok(Some(fd)) = base.bufferevent_getfd(bev)
        {
            world::connecting(fd);
        }
    }

    fn bev_setfd(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let Some(at) = self.find(a[0], Sort::Bufferevent, frame) else {
            return;
        };
        let (new, fd) = if is_none(a[1]) {
            (None, None)
        } else {
            let Some((peer, near)) = self
                .near(a[1], frame)
                .filter(|(peer, _)| !self.is_taken(*peer))
            else {
                return;
            };
            (Some(peer), Some(near))
        };
        let found = {
            let objects = &mut self.state.borrow_mut().objects;
            let bev = objects
                .bev(at)
                .filter(|bev| bev.sort == BevSort::Socket && !bev.connected);
            let Some(bev) = bev else {
                return;
            };
            let (old, close_on_free) = (bev.peer, bev.close_on_free);
            bev.peer = new;
            let found = bev.bev;
            if let Some(old) = old.and_then(|old| objects.peer(old)) {
                old.given = false;
                old.taken = false;
            }
            if let Some(new) = new.and_then(|new| objects.peer(new)) {
                new.given = close_on_free;
                new.taken = true;
            }
            found
        };
        if let Some(new) = new {
            self.used(new);
        }
        if let Ok(Some(old)) = base.bufferevent_setfd(found, fd.map(give)) {
            // The peer has its number.
            let _ = std::os::fd::IntoRawFd::into_raw_fd(old);
        }
    }

    // Evbuffers

    fn buffer(&self, base: &EventBase, whose: i64, which: i64, frame: &Frame) -> Option<Evbuffer> {
        if which == Instruction::OWN {
            let at = self.find(whose, Sort::Buffer, frame)?;
            return match self.state.borrow().objects.get(at)? {
                Thing::Buffer(buffer) => Some(*buffer),
                _ => None,
            };
        }
        let bev = self.find_bev(whose, frame)?;
        if which == Instruction::INPUT {
            base.bufferevent_get_input(bev).ok()
        } else {
            base.bufferevent_get_output(bev).ok()
        }
    }

    fn buf<T>(
        &self,
        base: &mut EventBase,
        a: &[i64],
        frame: &Frame,
        act: impl FnOnce(&mut EventBase, Evbuffer) -> Result<T, Error>,
    ) {
        if let Some(buffer) = self.buffer(base, a[0], a[1], frame) {
            refused(act(base, buffer));
        }
    }

    // Listeners

    fn listener(&self, arg: i64, frame: &Frame, act: impl FnOnce(Listener)) {
        let listener = self.find(arg, Sort::Listener, frame).and_then(|at| {
            match self.state.borrow().objects.get(at) {
                Some(Thing::Listener(listener)) => Some(listener.listener),
                _ => None,
            }
        });
        if let Some(listener) = listener {
            act(listener);
        }
    }

    /// The callback of the listener that is, or will be, the object of this number.
    fn accept_callback(
        self: &Rc<Self>,
        number: i64,
        at: usize,
    ) -> impl Fn(&mut EventBase, Listener, OwnedFd, &Addr) + use<> {
        let machine = Rc::clone(self);
        move |base: &mut EventBase, _: Listener, fd: OwnedFd, _: &Addr| {
            let near = std::os::fd::IntoRawFd::into_raw_fd(fd);
            let peer = Peer {
                near: Some(near),
                far: None,
                over: Over::Unix,
                given: false,
                taken: false,
                fresh: true,
            };
            let accepted = machine.state.borrow_mut().objects.add(Thing::Peer(peer));
            if let Ok(number) = usize::try_from(number) {
                machine.callback(
                    base,
                    number,
                    0,
                    &Frame {
                        own: Some(at),
                        accepted: Some(accepted),
                    },
                );
            }
            let objects = &mut machine.state.borrow_mut().objects;
            if let Some(peer) = objects.peer(accepted)
                && peer.fresh
            {
                peer.near = None;
                objects.kill(accepted);
                drop(give(near));
            }
        }
    }

    fn listener_new(self: &Rc<Self>, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let Some(server) = self.find(a[1], Sort::Server, frame) else {
            return;
        };
        let fd = self
            .state
            .borrow_mut()
            .objects
            .server(server)
            .and_then(|server| (server.listens && !server.used).then_some(server.server.fd));
        let Some(fd) = fd else {
            return;
        };
        let options = ListenerOptions::from_bits_truncate(a[3] as u32);
        let next = self.state.borrow().objects.len();
        let callback = self.accept_callback(a[2], next);
        let made = self.named(a[2], || {
            base.evconnlistener_new(callback, options, 0, give(fd))
        });
        let Ok(listener) = made else {
            return;
        };
        let close_on_free = options.contains(ListenerOptions::CLOSE_ON_FREE);
        let objects = &mut self.state.borrow_mut().objects;
        if let Some(server) = objects.server(server) {
            server.used = true;
            server.given = close_on_free;
        }
        objects.name(
            a[0],
            Thing::Listener(ListenerObject {
                listener,
                server,
                close_on_free,
            }),
        );
        if is_none(a[2]) {
            refused(base.evconnlistener_clear_cb(listener));
        }
    }

    // Peers and servers

    fn made_peer(&self, name: i64, near: Option<i32>, far: OwnedFd, over: Over) {
        let peer = Peer {
            near,
            far: Some(far),
            over,
            given: false,
            taken: false,
            fresh: false,
        };
        self.state
            .borrow_mut()
            .objects
            .name(name, Thing::Peer(peer));
    }

    /// A peer's number and the program's end of its connection, if that is open.
    fn near(&self, arg: i64, frame: &Frame) -> Option<(usize, i32)> {
        let at = self.find(arg, Sort::Peer, frame)?;
        let near = self.state.borrow_mut().objects.peer(at)?.near?;
        Some((at, near))
    }

    fn is_taken(&self, at: usize) -> bool {
        self.state
            .borrow_mut()
            .objects
            .peer(at)
            .is_some_and(|peer| peer.taken)
    }

    fn used(&self, at: usize) {
        if let Some(peer) = self.state.borrow_mut().objects.peer(at) {
            peer.fresh = false;
        }
    }

    fn with_server<R>(
        &self,
        arg: i64,
        frame: &Frame,
        act: impl FnOnce(&ServerObject) -> R,
    ) -> Option<R> {
        let at = self.find(arg, Sort::Server, frame)?;
        self.state
            .borrow_mut()
            .objects
            .server(at)
            .map(|server| act(server))
    }

    fn peer(&self, i: &Instruction, frame: &Frame) {
        let Some(at) = self.find(i.args[0], Sort::Peer, frame) else {
            return;
        };
        let objects = &mut self.state.borrow_mut().objects;
        let Some(peer) = objects.peer(at) else {
            return;
        };
        let Some(far) = peer.far.take() else {
            return;
        };
        match i.op {
            Op::PeerSend => world::send(peer.over, far.as_fd(), peer.near, &i.bytes(1)),
            Op::PeerRead => world::read(peer.over, far.as_fd(), i.args[1] as usize),
            Op::PeerShutdown => {
                let _ = rustix::net::shutdown(&far, rustix::net::Shutdown::Write);
                world::ended(peer.over, peer.near);
            }
            Op::PeerReset | Op::PeerClose => {
                if i.op == Op::PeerReset {
                    world::linger_not(far.as_fd());
                }
                drop(far);
                return world::ended(peer.over, peer.near);
            }
            _ => {}
        }
        peer.far = Some(far);
    }

    /// Frees an object, whatever it is, unless it was freed or somebody else will.
    pub(super) fn free(&self, base: &mut EventBase, at: usize) {
        enum Free {
            Event(Event),
            Bev(Bufferevent),
            Buffer(Evbuffer),
            Listener(Listener),
        }
        let free = {
            let objects = &mut self.state.borrow_mut().objects;
            let free = match objects.get(at) {
                Some(Thing::Event(event)) => Free::Event(*event),
                Some(Thing::Bufferevent(bev)) if !bev.under => Free::Bev(bev.bev),
                Some(Thing::Buffer(buffer)) => Free::Buffer(*buffer),
                Some(Thing::Listener(listener)) => Free::Listener(listener.listener),
                _ => return,
            };
            objects.let_go(at);
            free
        };
        match free {
            Free::Event(event) => refused(base.event_free(event)),
            Free::Bev(bev) => {
                self.state.borrow_mut().unfinished = true;
                refused(base.bufferevent_free(bev));
            }
            Free::Buffer(buffer) => refused(base.evbuffer_free(buffer)),
            Free::Listener(listener) => refused(base.evconnlistener_free(listener)),
        }
    }
}

/// A callback of an event, which knows which object that is as soon as it is one.
#[derive(Clone)]
struct EventCallback {
    machine: Rc<Machine>,
    number: i64,
    own: Rc<std::cell::Cell<Option<usize>>>,
}

impl EventCallback {
    fn function(&self) -> impl Fn(&mut EventBase, Event, EvFlags) + 'static + use<> {
        let callback = self.clone();
        move |base, _, what| callback.call(base, what)
    }

    fn call(&self, base: &mut EventBase, what: EvFlags) {
        if let Ok(number) = usize::try_from(self.number) {
            let frame = Frame {
                own: self.own.get(),
                accepted: None,
            };
            self.machine
                .callback(base, number, what.bits().into(), &frame);
        }
    }
}

fn end(arg: i64) -> BufferEnd {
    if arg == 0 {
        BufferEnd::Start
    } else {
        BufferEnd::End
    }
}

/// What a filter does: as the driver's functions of the same order.
fn filter(
    which: i64,
) -> impl Fn(&mut EventBase, Evbuffer, Evbuffer, Option<usize>, FlushMode) -> FilterResult + Copy + 'static
{
    move |base, from, to, limit, mode| {
        let len = base.evbuffer_get_length(from).unwrap_or(0);
        let most = limit.map_or(len, |limit| limit.min(len));
        let move_bytes =
            |base: &mut EventBase, most: usize| match base.evbuffer_remove_buffer(from, to, most) {
                Ok(n) if n > 0 => FilterResult::Ok,
                _ => FilterResult::NeedMore,
            };
        match which {
            // Whole pairs only, but the last byte at the end.
            2 => {
                let most = if mode == FlushMode::Normal {
                    most & !1
                } else {
                    most
                };
                if most == 0 {
                    FilterResult::NeedMore
                } else {
                    move_bytes(base, most)
                }
            }
            // As libevent's own, which is used where there is none: nothing moved is fine, too.
            0 => match base.evbuffer_remove_buffer(from, to, limit.unwrap_or(usize::MAX)) {
                Ok(_) => FilterResult::Ok,
                Err(_) => FilterResult::Error,
            },
            3 => FilterResult::Error,
            _ => move_bytes(base, most),
        }
    }
}
