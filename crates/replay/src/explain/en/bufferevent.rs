use evscope_trace::{BevId, BevOptions, EvFlags, EventId, Nanos};

use super::{English, above, bytes, capital, reasons, sides, waiting};
use crate::BevKind;
use crate::describe::span;
use crate::explain::cases::Connecting;
use crate::explain::texts::BevTexts;
use crate::explain::{Explanation, Scene, say};
use evscope_trace::is_inner_callback;

impl BevTexts for English {
    fn bufferevent_socket_new(
        &self,
        s: &Scene,
        options: BevOptions,
        ev_read: EventId,
        ev_write: EventId,
    ) -> Explanation {
        let bev = s.bev();
        let e = say(
            match s.fd_if_any() {
                Some(fd) => format!("{bev} is made around fd {fd}."),
                None => format!("{bev} is made, without an fd yet."),
            },
            format!(
                "It is two buffers and two events: {ev_read} fills the input, {ev_write} empties the \
                 output. Writing is enabled from the start, reading is not, and no event is pending yet."
            ),
        );
        if options.contains(BevOptions::CLOSE_ON_FREE) {
            e.watch("CLOSE_ON_FREE: freeing the bufferevent will close the fd.")
        } else {
            e.watch("Without CLOSE_ON_FREE the fd stays yours to close.")
        }
    }

    fn bufferevent_tls_new(&self, s: &Scene, underlying: Option<BevId>) -> Explanation {
        let bev = s.bev();
        let e = say(
            match (underlying, s.fd_if_any()) {
                (Some(below), _) => format!("{bev} is made: TLS on top of {below}."),
                (None, Some(fd)) => format!("{bev} is made: TLS on fd {fd}."),
                (None, None) => format!("{bev} is made: TLS, without an fd yet."),
            },
            "First come the keys: the loop runs a handshake, and the event callback is told CONNECTED when \
             it is done. From then on what is written is encrypted on its way out, and what is read has \
             been decrypted; the ciphertext has buffers of its own.",
        );
        e.watch(
            "A connection that ends without close_notify is an ERROR, unless dirty shutdowns are allowed.",
        )
    }

    fn bufferevent_pair_new(&self, s: &Scene, partner: BevId) -> Explanation {
        let bev = s.bev();
        say(
            format!("{bev} and {partner} are made as a pair: what one writes the other reads."),
            "There is no fd and no system call between them. Buffers move from one's output to the \
             other's input, as its read enable and its high mark allow.",
        )
        .watch("A pair's callbacks are always deferred to the loop.")
    }

    fn bufferevent_filter_new(&self, s: &Scene, underlying: BevId) -> Explanation {
        let bev = s.bev();
        say(
            format!("{bev} is made as a filter on top of {underlying}."),
            format!(
                "What {underlying} reads goes through the input filter into {bev}; what is written to \
                 {bev} goes through the output filter into {underlying}."
            ),
        )
        .watch(format!("From now on use {bev}; the filter has taken {underlying}'s callbacks."))
    }

    fn bufferevent_setcb(
        &self,
        s: &Scene,
        readcb: Option<&str>,
        writecb: Option<&str>,
        eventcb: Option<&str>,
    ) -> Explanation {
        let bev = s.bev();
        let librarys = [readcb, writecb, eventcb]
            .into_iter()
            .flatten()
            .find(|callback| is_inner_callback(callback));
        let mut named = Vec::new();
        if let Some(name) = readcb {
            named.push(format!("{name} for reading"));
        }
        if let Some(name) = writecb {
            named.push(format!("{name} for writing"));
        }
        if let Some(name) = eventcb {
            named.push(format!("{name} for events"));
        }
        if let Some(callback) = librarys {
            return say(
                format!(
                    "{bev} gets callbacks of the library's: {}.",
                    named.join(", ")
                ),
                format!(
                    "{} sets them: what happens to {bev} is told to it, not to the program.",
                    capital(&above(s, callback))
                ),
            );
        }
        let e = say(
            if named.is_empty() {
                format!("{bev} has no callbacks any more.")
            } else {
                format!("{bev} gets your callbacks: {}.", named.join(", "))
            },
            if named.is_empty() {
                "Bytes still move between the fd and the buffers, but the program is not told."
            } else {
                "The loop never calls these itself. It calls the library's callbacks, which move bytes and \
                 then ask the watermarks whether yours are due."
            },
        );
        match (readcb, eventcb) {
            (_, None) if !named.is_empty() => e.watch(
                "Without an event callback nobody hears of EOF and errors: connections leak.",
            ),
            (Some(_), _) if !s.bev_enabled(EvFlags::READ) => {
                e.watch("Reading is not enabled: the read callback cannot run until it is.")
            }
            _ => e,
        }
    }

    fn bufferevent_enable(&self, s: &Scene, events: EvFlags) -> Explanation {
        let bev = s.bev();
        let what = format!("{} of {bev} is enabled.", capital(sides(events)));
        match s.suspended(events) {
            Some(why) => say(
                what,
                format!(
                    "It is suspended by {}, so its event is not added now; it will be when that is over.",
                    reasons(why)
                ),
            ),
            None if s.kind() == Some(BevKind::Pair) => say(
                what,
                format!(
                    "A pair has no socket to wait for: what waits in the output of one end moves to the \
                     other at once, if both allow it. The other end is {}.",
                    s.other_bev()
                ),
            ),
            None if s.kind() == Some(BevKind::Filter) => say(
                what,
                format!(
                    "A filter has no socket of its own: {} below waits for it.",
                    s.other_bev()
                ),
            ),
            None if s.shakes_hands() => say(
                what,
                "The flag is set. The TLS handshake comes first, and waits for what it needs itself.",
            ),
            None if events.contains(EvFlags::WRITE) && s.output_len() == Some(0) => say(
                what,
                "ev_write becomes pending although there is nothing to send. So even if nothing is written \
                 until then, the loop calls bufferevent_writecb once; it finds the output at the low \
                 mark and runs your write callback.",
            ),
            None => say(
                what,
                "The flag is set, and the side's event becomes pending with the side's timeout.",
            ),
        }
    }

    fn bufferevent_disable(&self, s: &Scene, events: EvFlags) -> Explanation {
        let bev = s.bev();
        let what = format!("{} of {bev} is disabled.", capital(sides(events)));
        if events.contains(EvFlags::WRITE) && s.is_connecting() {
            return say(
                what,
                "A connect is under way, so ev_write stays pending all the same: the loop must learn how \
                 the connect ended.",
            );
        }
        if matches!(s.kind(), Some(BevKind::Pair | BevKind::Filter)) {
            return say(
                what,
                "The flag is cleared: nothing moves that way until it is enabled again.",
            )
            .watch_if(
                events.contains(EvFlags::READ),
                "With reading off, an EOF goes unnoticed too.",
            );
        }
        if events.contains(EvFlags::READ) {
            say(
                what,
                "Its event is deleted. What the peer sends stays in the kernel; when that is full, the \
                 peer must wait.",
            )
            .watch("With reading off, an EOF goes unnoticed too.")
        } else {
            say(
                what,
                "Its event is deleted. You can go on writing into the output; nothing leaves it.",
            )
        }
    }

    fn be_socket_enable(&self, _: &Scene, events: EvFlags) -> Explanation {
        say(
            format!("A socket enables {} by adding its event.", sides(events)),
            "Each type of bufferevent has its own way: a socket adds an event, a pair moves what waits, a \
             filter asks the one below.",
        )
    }

    fn be_socket_disable(&self, s: &Scene, events: EvFlags) -> Explanation {
        let e = say(
            format!("A socket disables {} by deleting its event.", sides(events)),
            "A deleted event costs nothing: the kernel is not even asked about the fd.",
        );
        if events.contains(EvFlags::WRITE) && s.is_connecting() {
            e.watch("While a connect is under way ev_write is left pending.")
        } else {
            e
        }
    }

    fn bufferevent_setwatermark(
        &self,
        s: &Scene,
        events: EvFlags,
        low: u64,
        high: u64,
    ) -> Explanation {
        let bev = s.bev();
        let high_text = if high == 0 {
            "none".to_owned()
        } else {
            high.to_string()
        };
        let what = format!(
            "The watermarks of {bev} for {} are now: low {low}, high {high_text}.",
            sides(events)
        );
        if events.contains(EvFlags::READ) {
            let runs = match low {
                0 | 1 => "Your read callback runs for whatever comes, however little".to_owned(),
                low => {
                    format!("Your read callback runs once {low} or more bytes are in the input")
                }
            };
            let e = say(
                what,
                match high {
                    0 => format!("{runs}; nothing limits the input."),
                    high => format!(
                        "{runs}; at {high} the library stops reading until you have taken some."
                    ),
                },
            );
            if low > 1 {
                e.watch("If the peer never sends that much, the read callback never runs.")
            } else if high > 0 {
                e.watch(
                    "If nobody takes bytes out at the high mark, the connection stalls for good.",
                )
            } else {
                e
            }
        } else {
            say(
                what,
                match low {
                    0 => "Your write callback runs when the output is empty.".to_owned(),
                    low => format!(
                        "Your write callback runs when the output has drained to {} or fewer.",
                        bytes(low)
                    ),
                },
            )
            .watch("A socket does not enforce a high mark for writing; only filters do.")
        }
    }

    fn bufferevent_set_timeouts(
        &self,
        s: &Scene,
        read: Option<Nanos>,
        write: Option<Nanos>,
    ) -> Explanation {
        let side = |timeout: Option<Nanos>| timeout.map_or_else(|| "none".to_owned(), span);
        say(
            format!(
                "The timeouts of {} are now: reading {}, writing {}.",
                s.bev(),
                side(read),
                side(write)
            ),
            "They count only while a side's event is pending: for reading while it is enabled and not \
             suspended, for writing while something waits to be sent.",
        )
        .watch("A read timeout on a side that is not enabled never fires.")
    }

    fn bufferevent_write(&self, s: &Scene, len: u64) -> Explanation {
        let bev = s.bev();
        let e = say(
            format!("Your program writes {} to {bev}.", bytes(len)),
            match s.kind() {
                Some(BevKind::Pair) => format!(
                    "They go to the end of its output, and move on to the input of {} as soon as that one \
                     reads; this call never waits.",
                    s.other_bev()
                ),
                Some(BevKind::Filter) => format!(
                    "They go to the end of its output, and through the filter to the output of {} as far \
                     as there is room; this call never waits.",
                    s.other_bev()
                ),
                Some(BevKind::Tls) => {
                    "They only go to the end of its output. They are encrypted and sent later, when the \
                     handshake is done and there is room; this call never waits."
                        .to_owned()
                }
                Some(BevKind::Socket) | None => {
                    "They only go to the end of its output. The loop sends them later, when the socket \
                     is writable; this call never waits."
                        .to_owned()
                }
            },
        );
        if s.bev_enabled(EvFlags::WRITE) {
            e.watch("The output has no limit of its own: a slow reader makes it grow.")
        } else {
            e.watch("Writing is disabled: they stay in the output until it is enabled.")
        }
    }

    fn bufferevent_read(&self, s: &Scene, asked: u64) -> Explanation {
        let bev = s.bev();
        let got = s.input_len().map(|len| len.min(asked));
        say(
            match got {
                Some(got) if got < asked => format!(
                    "Your program asks for up to {} of {bev}'s input and gets {got}.",
                    bytes(asked)
                ),
                _ => format!("Your program takes {} out of {bev}'s input.", bytes(asked)),
            },
            match s.kind() {
                Some(BevKind::Pair) => format!(
                    "No system call happens here: the bytes came over from the output of {} before.",
                    s.other_bev()
                ),
                Some(BevKind::Filter) => format!(
                    "No system call happens here: the bytes came through the filter before, from the input \
                     of {}.",
                    s.other_bev()
                ),
                Some(BevKind::Tls) => {
                    "No system call happens here: the bytes were read and decrypted before."
                        .to_owned()
                }
                Some(BevKind::Socket) | None => {
                    "No system call happens here: the bytes were read by bufferevent_readcb before."
                        .to_owned()
                }
            },
        )
    }

    fn bufferevent_socket_connect(&self, s: &Scene, addr: Option<&str>) -> Explanation {
        let bev = s.bev();
        say(
            match addr {
                Some(addr) => format!("{bev} is to connect to {addr}."),
                None => format!("{bev} is to connect."),
            },
            "The call does not wait. The kernel works on it, and the socket becomes writable when it is \
             done, well or badly.",
        )
        .watch("The outcome comes to the event callback: CONNECTED or ERROR.")
    }

    fn connect(&self, s: &Scene, progress: Connecting<'_>) -> Explanation {
        let (bev, fd) = (s.bev(), s.fd());
        match progress {
            Connecting::Started => say(
                format!("The connect of fd {fd} is under way."),
                format!("ev_write of {bev} becomes pending: writable will mean finished."),
            ),
            Connecting::Connected => say(
                format!("fd {fd} is connected."),
                format!("{bev} is an ordinary connection from here on."),
            )
            .watch("Your event callback is told CONNECTED before anything is sent."),
            Connecting::Failed(errno) => say(
                match errno {
                    Some(errno) => format!("The connect of fd {fd} failed: {errno}."),
                    None => format!("The connect of fd {fd} failed."),
                },
                "Both events are deleted, and your event callback is told ERROR.",
            ),
        }
    }

    fn bufferevent_setfd(&self, s: &Scene) -> Explanation {
        let bev = s.bev();
        say(
            match s.fd_if_any() {
                Some(fd) => format!("{bev} gets fd {fd}."),
                None => format!("{bev} loses its fd."),
            },
            "Its two events are deleted and set up again for the new fd; what was enabled is enabled again.",
        )
        .watch("The old fd is not closed by this.")
    }

    fn bufferevent_priority_set(&self, s: &Scene, priority: u32) -> Explanation {
        say(
            format!("Both events of {} get priority {priority}.", s.bev()),
            "Lower numbers run first; the loop polls again between one priority and the next.",
        )
    }

    fn bufferevent_trigger(&self, s: &Scene, events: EvFlags) -> Explanation {
        if events.is_empty() {
            return say(
                format!(
                    "Your program runs the event callback of {} by hand.",
                    s.bev()
                ),
                "It cannot tell that it was not the library that called it.",
            );
        }
        if !s.is_called_by_program() {
            return say(
                format!(
                    "The read callback has left the input of {} at or above the high mark.",
                    s.bev()
                ),
                "Nothing more is read there, so nothing new would ever call it: the library calls it \
                 again, from the loop.",
            );
        }
        say(
            format!(
                "Your program runs the callbacks of {} by hand, for {}.",
                s.bev(),
                sides(events)
            ),
            "They run as if bytes had moved. Unless told to ignore them, the watermarks still decide.",
        )
    }

    fn bufferevent_flush(&self, s: &Scene, events: EvFlags, mode: &str) -> Explanation {
        let bev = s.bev();
        say(
            format!(
                "{bev} is asked to pass on what it holds, {} ({mode}).",
                sides(events)
            ),
            match mode {
                "finished" => "With `finished`, no more will follow: a filter writes its trailer.",
                "flush" => {
                    "With `flush`, what can be passed on is, even if a filter would rather wait."
                }
                _ => "With `normal`, only what is ready anyway.",
            },
        )
        .watch("A socket has nothing to flush: its loop sends as soon as it can.")
    }

    fn bufferevent_free(&self, s: &Scene) -> Explanation {
        let bev = s.bev();
        let e = say(
            format!("Your program gives up {bev}."),
            "Its callbacks are cleared at once, so none of them runs again. It is taken apart when nothing \
             uses it any more: inside its own callback, that is when the callback has returned.",
        );
        match s.output_len() {
            Some(n) if n > 0 => e.watch(format!(
                "{} in the output and will never be sent.",
                waiting(n)
            )),
            _ => e.watch("The handle is dead from here on; using it is a mistake."),
        }
    }

    fn bufferevent_finalize(&self, s: &Scene, closed: bool, unsent: u64) -> Explanation {
        let bev = s.bev();
        let fd = s.fd();
        let e = say(
            if closed {
                format!("{bev} is taken apart and fd {fd} is closed.")
            } else {
                format!("{bev} is taken apart; its fd stays open.")
            },
            "The last reference is gone: its events are deleted and its buffers freed.",
        );
        if unsent > 0 {
            e.watch(format!("{} had not been sent and are lost.", bytes(unsent)))
        } else if !closed && s.fd_if_any().is_some() {
            e.watch("Somebody else must close the fd.")
        } else {
            e
        }
    }
}
