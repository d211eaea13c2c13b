//! One statement. What it names is looked up first; what was freed, or cannot be used so, is passed over.

use std::io;
use std::rc::Rc;
use std::time::Duration;

use evscope_reactor::{
    BevEvents, BevOptions, BufferEnd, Bufferevent, Error, EvFlags, Evbuffer, EvbufferCbInfo, Event,
    EventBase, FlushMode, Listener, LoopEnd, LoopFlags, TokenBucketConfig, TriggerOptions,
    name_callbacks,
};

use super::objects::{BevSort, ServerObject, Thing};
use super::world::{self, Over};
use super::{Frame, Machine, is_none, name_of, span};
use crate::scenario::Instruction;
use crate::spec::{ACCEPTED, Op, SELF, Sort};

/// A read or a removal takes no more.
const MOST_BYTES: usize = 1 << 16;
const SIGNALS: [i32; 2] = [libc::SIGUSR1, libc::SIGUSR2];

/// A step that the library refuses is no mistake of the scenario's: the other library refuses it as well.
pub(super) fn refused<T>(result: Result<T, Error>) {
    drop(result);
}

pub(super) fn flags(arg: i64) -> EvFlags {
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
    pub(super) fn find(&self, arg: i64, sort: Sort, frame: &Frame) -> Option<usize> {
        let state = self.state.borrow();
        let at = match arg {
            SELF => frame.own?,
            ACCEPTED => frame.accepted?,
            name => state.objects.named(name)?,
        };
        state.objects.is(at, sort).then_some(at)
    }

    /// While `give` runs, callbacks are given under their name in the scenario.
    pub(super) fn named<R>(&self, callback: i64, give: impl FnOnce() -> R) -> R {
        match usize::try_from(callback)
            .ok()
            .and_then(|at| self.scenario.callbacks.get(at))
        {
            Some(callback) => name_callbacks(name_of(&callback.name), give),
            None => name_callbacks("nothing", give),
        }
    }

    /// A loop that ends because nothing is left has taken everything apart.
    pub(super) fn run_loop(&self, base: &mut EventBase, flags: LoopFlags) {
        if let Ok(LoopEnd::Empty) = base.event_base_loop(flags) {
            self.state.borrow_mut().unfinished = false;
        }
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

fn end(arg: i64) -> BufferEnd {
    if arg == 0 {
        BufferEnd::Start
    } else {
        BufferEnd::End
    }
}
