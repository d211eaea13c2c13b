//! One statement. What it names is looked up first; what was freed, or cannot be used so, is passed over.

use std::borrow::Cow;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use evscope_reactor::{
    BevEvents, BevOptions, Bufferevent, Error, EvFlags, Evbuffer, Event, EventBase, FlushMode,
    Listener, LoopEnd, LoopFlags, TriggerOptions, name_callbacks,
};

use super::objects::{BevSort, Finalizer, ServerObject, Thing};
use super::world::{self, Over};
use super::{Frame, Machine, is_none, name_of, span};
use crate::scenario::Instruction;
use crate::spec::{ACCEPTED, COMMON, Op, PLACE, SELF, Sort};

/// A read or a removal takes no more.
pub(super) const MOST_BYTES: usize = 1 << 16;
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
        let Some(a) = &self.resolved(&i.args) else {
            return Ok(());
        };
        // Room that was reserved is there for the statement behind only.
        let reserved = self.state.borrow_mut().reserved.take();
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
            Op::ActiveByFd => {
                if let Some((_, near)) = self.near(a[0], frame) {
                    base.event_base_active_by_fd(near, flags(a[1]));
                }
            }
            Op::ActiveBySignal => {
                refused(base.event_base_active_by_signal(SIGNALS[a[0] as usize]));
            }
            Op::CommonTimeoutNew => {
                if let Some(span) = span(a[1])
                    && let Ok(timeout) = base.event_base_init_common_timeout(span)
                {
                    let objects = &mut self.state.borrow_mut().objects;
                    objects.name(a[0], Thing::CommonTimeout(timeout));
                }
            }

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
            Op::EventAdd => self.event_add(base, a, frame),
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
            Op::EventFinalize => self.finalize(base, a, frame, false),
            Op::EventFreeFinalize => self.finalize(base, a, frame, true),
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
            #[cfg(feature = "tls")]
            Op::BevTlsNew => self.bev_tls_new(base, a, frame),
            #[cfg(feature = "tls")]
            Op::BevTlsFilterNew => self.bev_tls_filter_new(base, a, frame),
            #[cfg(feature = "tls")]
            Op::BevTlsShutdown => self.tls_bev(a[0], frame, |bev| {
                refused(base.bufferevent_ssl_shutdown(bev));
            }),
            #[cfg(feature = "tls")]
            Op::BevTlsAllowDirty => self.tls_bev(a[0], frame, |bev| {
                refused(base.bufferevent_ssl_set_allow_dirty_shutdown(bev, a[1] == 1));
            }),
            // A scenario that has them is not run.
            #[cfg(not(feature = "tls"))]
            Op::BevTlsNew | Op::BevTlsFilterNew | Op::BevTlsShutdown | Op::BevTlsAllowDirty => {}
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
            Op::BevSetTimeouts => self.bev_set_timeouts(base, a, frame),
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
            Op::BevConnectHostname => self.bev_connect_hostname(base, a, frame),
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
            Op::BevSetRateLimit => self.set_rate_limit(base, a, frame),
            Op::BevNoRateLimit => self.bev(a[0], frame, |bev| {
                refused(base.bufferevent_set_rate_limit(bev, None));
            }),
            Op::BevDecrementRead => self.bev(a[0], frame, |bev| {
                refused(base.bufferevent_decrement_read_limit(bev, a[1]));
            }),
            Op::BevDecrementWrite => self.bev(a[0], frame, |bev| {
                refused(base.bufferevent_decrement_write_limit(bev, a[1]));
            }),
            Op::GroupNew => self.group_new(base, a),
            Op::GroupSetCfg => self.group_set_cfg(base, a, frame),
            Op::GroupSetMinShare => self.group(a[0], frame, |group| {
                let share = a[1] as usize;
                refused(base.bufferevent_rate_limit_group_set_min_share(group, share));
            }),
            Op::GroupDecrementRead => self.group(a[0], frame, |group| {
                refused(base.bufferevent_rate_limit_group_decrement_read(group, a[1]));
            }),
            Op::GroupDecrementWrite => self.group(a[0], frame, |group| {
                refused(base.bufferevent_rate_limit_group_decrement_write(group, a[1]));
            }),
            Op::GroupFree => self.group_free(base, a, frame),
            Op::BevAddToGroup => self.add_to_group(base, a, frame),
            Op::BevRemoveFromGroup => self.remove_from_group(base, a, frame),
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

            Op::BufFree => {
                if let Some(at) = self.find(a[0], Sort::Buffer, frame) {
                    self.free(base, at);
                }
            }
            Op::BufNew
            | Op::BufAdd
            | Op::BufAddPrintf
            | Op::BufAddReference
            | Op::BufAddFile
            | Op::BufReserve
            | Op::BufCommit
            | Op::BufPrepend
            | Op::BufDrain
            | Op::BufRemove
            | Op::BufAddBuffer
            | Op::BufRemoveBuffer
            | Op::BufPrependBuffer
            | Op::BufAddBufferReference
            | Op::BufReadln
            | Op::BufPullup
            | Op::BufPeek
            | Op::BufSearch
            | Op::BufSearchRange
            | Op::BufSearchEol
            | Op::BufRead
            | Op::BufWrite
            | Op::BufFreeze
            | Op::BufUnfreeze
            | Op::BufAddCb
            | Op::BufRemoveCb
            | Op::BufCbSetFlags
            | Op::BufCbClearFlags
            | Op::BufDefer => self.buffer_step(base, i, a, frame, reserved)?,

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
                self.made_peer(a[0], Some(ends.near), Some(ends.far), over);
            }
            Op::SocketPair => {
                let ends = world::pair(a[2] as usize)?;
                self.made_peer(a[0], Some(ends[0]), None, Over::Unix);
                self.made_peer(a[1], Some(ends[1]), None, Over::Unix);
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
                    self.made_peer(a[0], None, Some(far), over);
                }
            }
            Op::PeerConnect => {
                let far = self.with_server(a[1], frame, |server| {
                    (server.listens && !server.gone)
                        .then(|| (server.server.connect(), server.server.over))
                });
                if let Some(Some((Ok(far), over))) = far {
                    self.made_peer(a[0], None, Some(far), over);
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

    /// The arguments, with numbers where places had names; none if there is no such place, or no such common
    /// timeout.
    fn resolved<'a>(&self, args: &'a [i64]) -> Option<Cow<'a, [i64]>> {
        if args.iter().all(|arg| *arg > PLACE) {
            return Some(Cow::Borrowed(args));
        }
        let state = self.state.borrow();
        let resolve = |arg: &i64| {
            let name = match *arg {
                arg if arg <= COMMON => COMMON - arg,
                arg if arg <= PLACE => PLACE - arg,
                arg => return Some(arg),
            };
            match state.objects.get(state.objects.named(name)?)? {
                Thing::Place(at) => Some(*at as i64),
                _ => Some(*arg),
            }
        };
        args.iter().map(resolve).collect()
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
                Some(Thing::Event(event)) if event.finalizer != Finalizer::Waits => {
                    Free::Event(event.event)
                }
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
