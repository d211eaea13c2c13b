use evscope_trace::{ActiveWhy, EvFlags, Nanos, Role};

use super::{English, count, happened, sides, watched};
use crate::describe::span;
use crate::explain::cases::{Adding, Deleting};
use crate::explain::scene::{EventOf, signal};
use crate::explain::texts::EventTexts;
use crate::explain::{Explanation, Scene, say};

impl EventTexts for English {
    fn event_assign(&self, s: &Scene, events: EvFlags, callback: &str) -> Explanation {
        let event = s.event();
        let fd = s.fd();
        let bev = s.bev();
        let what = match s.role() {
            Some(Role::Timer) => format!("{event} is set up as a timer that calls {callback}."),
            Some(Role::Signal) => {
                format!(
                    "{event} is set up to call {callback} when {} arrives.",
                    signal(&fd)
                )
            }
            Some(Role::BevDeferred) => {
                format!("{event} is set up to deliver the callbacks that {bev} puts off.")
            }
            _ if s.fd_if_any().is_none() || events.is_empty() => {
                format!("{event} is set up to call {callback}.")
            }
            _ => format!("{event} is set up: {events} on fd {fd}, to call {callback}."),
        };
        let why = match s.role() {
            Some(Role::Listener) => {
                "A listener is nothing but an event on a listening socket: readable means that a \
                 connection waits to be accepted."
                    .to_owned()
            }
            Some(Role::BevRead | Role::BevWrite) if EventOf::of(callback) == EventOf::Handshake => {
                format!(
                    "This is {bev}'s {}. As long as TLS shakes hands, {callback} goes on with that; nothing \
                     reaches the input, and nothing leaves the output, before it is done.",
                    own_event(s)
                )
            }
            Some(Role::BevRead | Role::BevWrite) if EventOf::of(callback) == EventOf::Timeout => {
                format!(
                    "This is {bev}'s {}. There is no socket for it to watch, so it only counts the timeout, \
                     if one is set: {callback} runs when the time is up.",
                    own_event(s)
                )
            }
            Some(Role::BevRead) => format!(
                "This is {bev}'s ev_read. The loop will call the library's {callback}, not your read \
                 callback: it fills the input first, and then the watermarks decide about yours."
            ),
            Some(Role::BevWrite) => format!(
                "This is {bev}'s ev_write. The loop will call the library's {callback}, not your write \
                 callback: it sends from the output first, and then the low mark decides about yours."
            ),
            Some(Role::BevDeferred) => {
                "With deferred callbacks, the call that has news only notes it; the loop runs the \
                 callback later, from a shallow stack."
                    .to_owned()
            }
            Some(Role::Signal) => format!(
                "A signal handler may do next to nothing. So libevent's handler only leaves a note, and \
                 {callback} runs from the loop, where everything is allowed."
            ),
            Some(Role::Timer) => "It waits for no fd, only for its timeout.".to_owned(),
            Some(Role::User) => match s.fd_if_any() {
                Some(fd) => format!("This is the program's own event on fd {fd}."),
                None => "This is the program's own event.".to_owned(),
            },
            Some(Role::Internal) if events.is_empty() => {
                "This is one of the library's own timers; the program does not see it.".to_owned()
            }
            Some(Role::Internal) => {
                "This one is the loop's own; it does not keep the loop alive.".to_owned()
            }
            None => "An event ties something to wait for to a function to call.".to_owned(),
        };
        say(what, why).watch("Set up is not pending. Until event_add, nothing can happen to it.")
    }

    fn event_add(&self, s: &Scene, timeout: Option<Nanos>, case: Adding) -> Explanation {
        let event = s.event();
        match case {
            Adding::First => {
                let e = say(added(s, timeout), why_added(s));
                match timeout {
                    Some(timeout) if !s.is_timer() => e.watch(format!(
                        "If nothing happens for {}, it becomes active with TIMEOUT instead.",
                        span(timeout)
                    )),
                    _ if s.is_once() && !s.is_of_library() => {
                        e.watch("It is not persistent: it fires once and must then be added again.")
                    }
                    _ => e,
                }
            }
            Adding::Again => match timeout {
                Some(timeout) => say(
                    format!(
                        "{event} is pending already; its timeout is now {} from here.",
                        span(timeout)
                    ),
                    "Adding a pending event with a timeout replaces the old one.",
                )
                .watch(
                    "Two places that add one event with different timeouts surprise each other.",
                ),
                None => say(
                    format!("{event} is pending already; nothing changes."),
                    "Adding twice is harmless. Without a timeout in the call, an old one stays.",
                ),
            },
            Adding::Rearmed => say(
                match timeout {
                    Some(timeout) => {
                        format!(
                            "The loop arms {event} anew before its callback: {}.",
                            span(timeout)
                        )
                    }
                    None => format!("The loop arms {event} anew before its callback."),
                },
                "It is persistent and has a timeout. After a timeout the next one counts from when this \
                 one was due, so a slow callback does not make a periodic timer drift.",
            ),
        }
    }

    fn event_del(&self, s: &Scene, case: Deleting) -> Explanation {
        let event = s.event();
        match case {
            Deleting::ByLoop { persistent: false } => say(
                format!("The loop takes {event} out before it runs its callback."),
                "The event is not persistent: once it fires it is no longer pending.",
            )
            .watch_if(
                s.role() != Some(Role::Internal),
                "To be called again, the callback must add it again.",
            ),
            Deleting::ByLoop { persistent: true } => say(
                format!("The loop takes {event} out: its time has come."),
                "It is persistent, so the loop arms it anew before it runs the callback.",
            ),
            Deleting::Pending { active } => {
                let e = say(
                    if s.lacks_fd() {
                        format!("{event} is no longer pending. It had no fd for the loop to watch.")
                    } else {
                        format!(
                            "{event} is no longer pending: the loop stops watching {}.",
                            watched(s)
                        )
                    },
                    why_deleted(s),
                );
                if active {
                    e.watch("It was active as well, and leaves that queue too: its callback will not run.")
                } else {
                    e
                }
            }
            Deleting::OnlyActive => say(
                format!("{event} leaves the queue of active events; it was not pending."),
                "Its callback, which was to run, will not.",
            ),
            Deleting::Nothing => say(
                format!("{event} is deleted, but it was neither pending nor active."),
                "Deleting such an event is allowed and does nothing; the library does it freely to be \
                 sure.",
            ),
        }
    }

    fn event_active(&self, s: &Scene, what: EvFlags, why: ActiveWhy) -> Explanation {
        let event = s.event();
        let fd = s.fd();
        let bev = s.bev();
        let queue = "Active means queued, not called: callbacks run after the poll, by priority, then in \
                     this order.";
        match why {
            ActiveWhy::Io => say(
                format!("{event} becomes active: {}.", happened(what, &fd)),
                match s.role() {
                    Some(Role::Listener) => {
                        "A connection waits in the kernel's queue; listener_read_cb will accept it."
                            .to_owned()
                    }
                    Some(Role::BevRead | Role::BevWrite) if s.shakes_hands() => format!(
                        "So the library will go on with the TLS handshake of {bev}. Your callbacks are not \
                         due before it is done."
                    ),
                    Some(Role::BevRead) => match s.read_low() {
                        0 => format!(
                            "So the library's bufferevent_readcb will run for {bev}, and after it, with the \
                             low mark at 0, your read callback."
                        ),
                        low => format!(
                            "So the library's bufferevent_readcb will run for {bev}. Whether your read \
                             callback does depends on the low mark, {low}."
                        ),
                    },
                    Some(Role::BevWrite) => format!(
                        "So the library's bufferevent_writecb will run for {bev}. The socket has room; \
                         whether your write callback runs is up to the low mark, {}.",
                        s.write_low()
                    ),
                    Some(Role::Internal) => {
                        "This is the loop's own pipe: a signal or another thread woke it.".to_owned()
                    }
                    _ => match s.callback_of_event() {
                        Some(callback) => format!("Its callback {callback} will run in this turn."),
                        None => "Its callback will run in this turn.".to_owned(),
                    },
                },
            )
            .watch(queue),
            ActiveWhy::Timeout => say(
                format!("{event} becomes active: its timeout ran out."),
                match s.role() {
                    Some(Role::BevRead) => format!(
                        "Nothing arrived for {bev} in time. {} will disable reading and tell your event \
                         callback.",
                        s.callback_of_event().unwrap_or("bufferevent_readcb")
                    ),
                    Some(Role::BevWrite) => format!(
                        "Nothing was taken from {bev} in time. {} will disable writing and tell your event \
                         callback.",
                        s.callback_of_event().unwrap_or("bufferevent_writecb")
                    ),
                    _ => "A timer fires at its time or later, never earlier: how much later depends on \
                          what else the loop had to run."
                        .to_owned(),
                },
            ),
            ActiveWhy::Signal => say(
                format!("{event} becomes active: {} arrived.", signal(&fd)),
                "The signal handler itself only left a note; now, inside the loop, the callback may do \
                 anything.",
            ),
            ActiveWhy::Manual if s.role() == Some(Role::Internal) => say(
                format!("{event} is queued, an event of the loop's own."),
                "Nobody waits for anything: it is put among the active events as it is, so that it runs \
                 in its turn, after those that are active already.",
            ),
            ActiveWhy::Manual => say(
                match what.is_empty() {
                    true => format!("The program makes {event} active itself."),
                    false => format!("The program makes {event} active itself, with {what}."),
                },
                "event_active does not ask the kernel: the callback will run as if it had happened.",
            )
            .watch("Done from its own callback with nothing else to wait for, this spins the loop."),
            ActiveWhy::Deferred => say(
                format!("{bev} has news for your callbacks and queues them ({event})."),
                "They are deferred: the loop calls them after what is running now has returned, so they \
                 cannot surprise the code that caused them.",
            ),
            ActiveWhy::Finalize => say(
                format!("{event} is queued so that the loop can take a freed object apart."),
                "Whoever may still be using the object is done by then.",
            ),
        }
    }

    fn event_callback(&self, s: &Scene, callback: &str, what: EvFlags) -> Explanation {
        let fd = s.fd();
        let by_hand = s.is_made_active();
        let e = say(
            if by_hand {
                format!("The loop calls your {callback}: the program made {} active itself.", s.event())
            } else {
                format!("The loop calls your {callback}: {}.", happened(what, &fd))
            },
            match s.role() {
                _ if by_hand => {
                    "It was put among the active events as it was; nothing need have happened, and the \
                     callback cannot tell the difference."
                        .to_owned()
                }
                Some(Role::Signal) => {
                    "It runs like any other callback, from the loop, not in a signal handler."
                        .to_owned()
                }
                Some(Role::Timer) if s.is_once() => {
                    "The timer is not persistent and is no longer pending.".to_owned()
                }
                _ if what.contains(EvFlags::READ | EvFlags::WRITE) => {
                    "Both directions are ready at once; one call is told of both.".to_owned()
                }
                _ if what.contains(EvFlags::READ) => {
                    "The kernel has something to read: bytes, an end of file, or an error."
                        .to_owned()
                }
                _ => format!(
                    "{} is yours: the library does nothing with it but call you.",
                    s.event()
                ),
            },
        );
        if what.contains(EvFlags::READ) && s.is_level_triggered_persist() && !by_hand {
            e.watch(
                "Read what is there: what is left makes the event active again in the next turn.",
            )
        } else {
            e.watch("While it runs, nothing else of this loop can.")
        }
    }

    fn event_once_cb(&self, s: &Scene) -> Explanation {
        say(
            format!(
                "The loop runs {}, an event that was made to be used once.",
                s.event()
            ),
            "Behind event_base_once and event_base_loopexit there is such an event; it frees itself \
             after its callback.",
        )
    }

    fn evsig_cb(&self, s: &Scene) -> Explanation {
        say(
            format!("The loop empties its signal pipe (fd {}).", s.fd()),
            "The signal handler wrote the signal's number into the pipe. Here the loop reads it and \
             makes the events of that signal active.",
        )
    }

    fn event_priority_set(&self, s: &Scene, priority: u32) -> Explanation {
        say(
            format!("{} gets priority {priority}.", s.event()),
            "Of all active events, those with the lowest number run first; after a round with one \
             priority the loop polls again before it turns to the next.",
        )
        .watch("An urgent event that is always active starves all the others.")
    }

    fn event_free(&self, s: &Scene) -> Explanation {
        let event = s.event();
        say(
            if s.event_is_pending() {
                format!("{event} is deleted and freed.")
            } else {
                format!("{event} is freed; it was not pending.")
            },
            match s.role() {
                Some(Role::Signal | Role::Timer) => "Its callback will not run again.",
                _ => {
                    "Its callback will not run again. The fd it watched stays open: an event never owns \
                     its fd."
                }
            },
        )
    }

    fn backend_add(&self, s: &Scene, old: EvFlags, new: EvFlags) -> Explanation {
        let (backend, fd) = (s.backend(), s.fd());
        say(
            if old.is_empty() {
                format!("{backend} is told to watch fd {fd} for {}.", sides(new))
            } else {
                format!(
                    "{backend} watched fd {fd} for {}; now for {}.",
                    sides(old),
                    sides(new)
                )
            },
            "The loop counts who waits for what on an fd and talks to the kernel only when the sum \
             changes.",
        )
    }

    fn backend_del(&self, s: &Scene, old: EvFlags, new: EvFlags) -> Explanation {
        let (backend, fd) = (s.backend(), s.fd());
        say(
            if new.is_empty() {
                format!("{backend} is told to forget fd {fd}.")
            } else {
                format!(
                    "{backend} watched fd {fd} for {}; now only for {}.",
                    sides(old),
                    sides(new)
                )
            },
            "The last event that waited for this has gone. What the kernel is not asked about, it does \
             not report.",
        )
    }
}

/// Which of a bufferevent's events it is.
fn own_event(s: &Scene) -> &'static str {
    match s.role() {
        Some(Role::BevWrite) => "ev_write",
        _ => "ev_read",
    }
}

fn added(s: &Scene, timeout: Option<Nanos>) -> String {
    let event = s.event();
    match timeout {
        Some(timeout) if s.is_timer() => {
            format!("{event} becomes pending: it fires in {}.", span(timeout))
        }
        Some(timeout) if s.lacks_fd() => format!(
            "{event} becomes pending. It has no fd yet, so only its timeout counts: {}.",
            span(timeout)
        ),
        None if s.lacks_fd() => {
            format!("{event} becomes pending. It has no fd yet, so the loop has nothing to watch.")
        }
        Some(timeout) => format!(
            "{event} becomes pending: the loop watches {}, for at most {}.",
            watched(s),
            span(timeout)
        ),
        None => format!("{event} becomes pending: the loop watches {}.", watched(s)),
    }
}

fn why_added(s: &Scene) -> String {
    let (fd, bev) = (s.fd(), s.bev());
    match s.role() {
        Some(Role::BevRead | Role::BevWrite) if s.lacks_fd() => {
            format!("When {bev} gets its fd, its events are set up for it and added again.")
        }
        Some(Role::BevRead) if s.is_timer() => {
            format!("This is {bev}'s read timeout: whatever comes in before puts it off.")
        }
        Some(Role::BevWrite) if s.is_timer() => {
            format!("This is {bev}'s write timeout: whatever goes out before puts it off.")
        }
        Some(Role::Listener) => {
            format!("From now on a connection that arrives on fd {fd} wakes the loop, which accepts it.")
        }
        Some(Role::BevRead) if s.shakes_hands() => {
            format!("The TLS handshake of {bev} goes on when the peer's next message arrives.")
        }
        Some(Role::BevWrite) if s.shakes_hands() => {
            format!("The TLS handshake of {bev} goes on when the socket has room, as an idle one has at once.")
        }
        Some(Role::BevRead) => {
            format!("Reading of {bev} is on: when bytes arrive, the loop calls bufferevent_readcb.")
        }
        Some(Role::BevWrite) if s.is_connecting() => {
            "A connect is under way: the socket becomes writable when it is made, or when it has failed."
                .to_owned()
        }
        Some(Role::BevWrite) => match s.output_len() {
            Some(0) => format!(
                "The output of {bev} is still empty. An idle socket is writable at once, so the loop \
                 calls bufferevent_writecb in its next turn even if nothing is written until then."
            ),
            Some(n) => format!(
                "{} in the output of {bev}. As soon as the socket has room, the loop calls \
                 bufferevent_writecb to send.",
                count(n, "byte waits", "bytes wait")
            ),
            None => format!("When the socket has room, the loop calls bufferevent_writecb for {bev}."),
        },
        Some(Role::Signal) => {
            format!("From now on {} is caught and turned into a callback of the loop.", signal(&fd))
        }
        Some(Role::Timer) => {
            "The loop sorts it among its timers and will not sleep past its time.".to_owned()
        }
        Some(Role::BevDeferred) => format!("It carries the callbacks of {bev} to the next turn."),
        Some(Role::Internal) if s.is_timer() => {
            "It is one of the library's own timers; the program does not see it.".to_owned()
        }
        Some(Role::Internal) => "The loop needs it to be woken; the program does not see it.".to_owned(),
        Some(Role::User) | None => match s.callback_of_event() {
            Some(callback) => format!("When that happens, the loop calls {callback}."),
            None => "When that happens, the loop calls its callback.".to_owned(),
        },
    }
}

fn why_deleted(s: &Scene) -> String {
    let bev = s.bev();
    match s.role() {
        Some(Role::BevRead | Role::BevWrite) if s.lacks_fd() => {
            format!("The events of {bev} have something to wait for only once it has an fd.")
        }
        Some(Role::BevRead | Role::BevWrite) if s.is_timer() => {
            format!("This timeout of {bev} does not count any more.")
        }
        Some(Role::BevRead | Role::BevWrite) if s.shakes_hands() => {
            "The TLS handshake waits for something else now, or is done: then the event is set up anew."
                .to_owned()
        }
        Some(Role::BevWrite) => match s.output_len() {
            Some(0) => format!(
                "The output of {bev} is empty. A socket with nothing to send is nearly always writable: \
                 left pending, the event would fire in every turn, to no purpose."
            ),
            Some(n) => format!(
                "{} in the output of {bev}, and nobody will send until writing is on again.",
                count(n, "byte stays", "bytes stay")
            ),
            None => format!("{bev} has nothing to send, or may not."),
        },
        Some(Role::BevRead) => format!(
            "{bev} does not read for now. What arrives stays in the kernel; when its buffer is full, the \
             peer must wait. That is back-pressure."
        ),
        Some(Role::Listener) => {
            "Nobody accepts any more. New connections wait in the kernel's queue, then are turned away."
                .to_owned()
        }
        Some(Role::Signal) => {
            "With the last event of a signal gone, the signal has its former effect again.".to_owned()
        }
        Some(Role::Timer) => "The timer will not fire.".to_owned(),
        Some(Role::BevDeferred) => format!("Callbacks that {bev} had put off are dropped."),
        Some(Role::Internal) if s.is_timer() => "The library does not need it any more.".to_owned(),
        Some(Role::Internal) => "The loop does not need it any more.".to_owned(),
        Some(Role::User) | None => {
            "It stays set up: another event_add makes it pending again.".to_owned()
        }
    }
}
