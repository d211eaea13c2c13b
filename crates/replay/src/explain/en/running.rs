use evscope_trace::{BevEvents, Crossing, EvFlags, Side, SuspendReasons, is_inner_callback};

use super::{English, above, bytes, capital, reasons, sides, told, waiting, whose};
use crate::BevKind;
use crate::explain::cases::{ReadCall, WriteCall};
use crate::explain::scene::{EventOf, is_tls};
use crate::explain::texts::RunningTexts;
use crate::explain::{Explanation, Scene, say};

impl RunningTexts for English {
    fn bufferevent_readcb(&self, s: &Scene, case: ReadCall) -> Explanation {
        let (bev, fd) = (s.bev(), s.fd());
        match case {
            ReadCall::TimedOut => say(
                format!("The loop calls {bev}'s internal read callback because nothing arrived in time."),
                "Reading is disabled and your event callback is told READING|TIMEOUT. The connection \
                 itself is still open.",
            ),
            ReadCall::Handshake => say(
                format!("The loop calls {bev}'s internal read callback because fd {fd} is readable."),
                "TLS shakes hands: the callback reads the peer's message and answers it. Nothing reaches \
                 the input before that is done.",
            ),
            ReadCall::Full { len, high } => say(
                format!(
                    "The loop calls {bev}'s internal read callback: fd {fd} is readable, but the input \
                     holds {len}."
                ),
                format!("That is at the high mark {high}: there is no room, so reading is suspended."),
            )
            .watch("It goes on when your program has taken bytes out of the input."),
            ReadCall::Suspended(why) => say(
                format!("The loop calls {bev}'s internal read callback, but reading is suspended."),
                format!("The reason is {}; nothing is read.", reasons(why)),
            ),
            ReadCall::Room { room: Some(room) } => say(
                format!("The loop calls {bev}'s internal read callback because fd {fd} is readable."),
                format!(
                    "It reads into the input, at most {}, which is what is left below the high mark; then \
                     your read callback's turn may come.",
                    bytes(room)
                ),
            ),
            ReadCall::Room { room: None } => say(
                format!("The loop calls {bev}'s internal read callback because fd {fd} is readable."),
                match s.read_low() {
                    0 => "It reads into the input. The low mark is 0, so whatever comes is enough to run \
                          your read callback."
                        .to_owned(),
                    low => format!(
                        "It reads into the input. Your read callback runs only if the input then holds the \
                         low mark, {low}, or more."
                    ),
                },
            ),
        }
    }

    fn bufferevent_writecb(&self, s: &Scene, case: WriteCall) -> Explanation {
        let (bev, fd) = (s.bev(), s.fd());
        match case {
            WriteCall::TimedOut => say(
                match s.fd_if_any() {
                    Some(fd) => format!(
                        "The loop calls {bev}'s internal write callback because fd {fd} took nothing in \
                         time."
                    ),
                    None => format!(
                        "The loop calls {bev}'s internal write callback because nothing was taken in time."
                    ),
                },
                "Writing is disabled and your event callback is told WRITING|TIMEOUT. The output keeps \
                 its bytes.",
            ),
            WriteCall::Connecting => say(
                format!(
                    "The loop calls {bev}'s internal write callback: the connect of fd {fd} has news."
                ),
                "Writable during a connect means that it is made or has failed; a look at the socket tells \
                 which.",
            ),
            WriteCall::Handshake => say(
                format!(
                    "The loop calls {bev}'s internal write callback because fd {fd} is writable."
                ),
                "TLS shakes hands, and the callback goes on with that. Nothing leaves the output before it \
                 is done.",
            ),
            WriteCall::Suspended(why) => say(
                format!(
                    "The loop calls {bev}'s internal write callback, but writing is suspended."
                ),
                format!("The reason is {}; nothing is sent.", reasons(why)),
            ),
            WriteCall::Empty => say(
                format!(
                    "The loop calls {bev}'s internal write callback because fd {fd} is writable. The output \
                     is empty."
                ),
                format!(
                    "With nothing to send it only deletes ev_write. But 0 is at the low mark {}, so your \
                     write callback runs all the same.",
                    s.write_low()
                ),
            ),
            WriteCall::Unknown => say(
                format!(
                    "The loop calls {bev}'s internal write callback because fd {fd} is writable."
                ),
                "It sends what is in the output. Then the low mark decides about your write callback.",
            ),
            WriteCall::Bytes(n) => say(
                format!(
                    "The loop calls {bev}'s internal write callback because fd {fd} is writable. {} in the \
                     output.",
                    waiting(n)
                ),
                match s.write_low() {
                    0 => {
                        "It sends what the kernel takes. Then the low mark, 0, decides: your write \
                          callback runs only if nothing is left."
                            .to_owned()
                    }
                    low => format!(
                        "It sends what the kernel takes. Then the low mark decides: if {} or fewer are \
                         left, your write callback runs.",
                        bytes(low)
                    ),
                },
            ),
        }
    }

    fn readcb(&self, s: &Scene, callback: &str) -> Explanation {
        let low = s.read_low();
        let whose = capital(whose(callback));
        let what = match s.input_len() {
            Some(len) => format!(
                "{whose} {callback} runs: {} in the input of {}.",
                waiting(len),
                s.bev()
            ),
            None => format!("{whose} {callback} runs: {} has input.", s.bev()),
        };
        if is_inner_callback(callback) {
            let next = if EventOf::of(callback) == EventOf::Handshake {
                "it goes on with its handshake."
            } else if is_tls(callback) {
                "what it decrypts goes into its own input."
            } else {
                "what passes through it goes into its own input."
            };
            return passed_up(s, callback, what, next);
        }
        // What brought the bytes is never what runs the callback.
        let brought = match s.kind() {
            Some(BevKind::Pair) => {
                format!("the other end, {}, only passed the bytes on", s.other_bev())
            }
            Some(BevKind::Filter) => "the filter only let the bytes through".to_owned(),
            Some(BevKind::Tls) => "TLS only decrypted the bytes".to_owned(),
            Some(BevKind::Socket) | None => "the socket only woke the library".to_owned(),
        };
        let e = say(
            what,
            match s.input_len() {
                Some(_) if low == 0 => match s.kind() {
                    Some(BevKind::Socket) | None => {
                        "The low mark is 0, so any input is enough. The socket only woke the library, \
                         which read and then looked at the mark."
                            .to_owned()
                    }
                    _ => format!(
                        "The low mark is 0, so any input is enough. {}; then the library looked at the \
                         mark.",
                        capital(&brought)
                    ),
                },
                Some(len) if len >= low => format!(
                    "The input has reached the low mark {low}. This is the watermark's doing: {brought}."
                ),
                _ => "The callbacks were triggered by hand, whatever the low mark says.".to_owned(),
            },
        );
        match s.read_high() {
            0 => e.watch(
                "What you leave in the input stays there; you are called again when more comes.",
            ),
            high => e.watch(format!(
                "Take something out: at {high} bytes, the high mark, reading stops until you do."
            )),
        }
    }

    fn writecb(&self, s: &Scene, callback: &str) -> Explanation {
        let low = s.write_low();
        let whose = whose(callback);
        let what = match s.output_len() {
            Some(len) if len <= low => format!(
                "The output has drained to {len}, at the low mark {low}, so {whose} {callback} runs."
            ),
            Some(len) => format!(
                "{} {callback} runs with {} in the output.",
                capital(whose),
                waiting(len)
            ),
            None => format!(
                "{} {callback} runs: {} can take more.",
                capital(whose),
                s.bev()
            ),
        };
        if is_inner_callback(callback) {
            let next = match EventOf::of(callback) {
                EventOf::Handshake => "it goes on with its handshake.",
                _ => "if something waits in its output, there is room for it now.",
            };
            return passed_up(s, callback, what, next);
        }
        let other = s.other_bev();
        let (why, drained) = match s.kind() {
            Some(BevKind::Pair) => (
                format!(
                    "This is the watermark's doing: {other} took bytes, and the library found the output \
                     low enough."
                ),
                format!("Drained means handed to {other}. Its program may not have read it yet."),
            ),
            Some(BevKind::Filter) => (
                "This is the watermark's doing: the filter took bytes, and the library found the output \
                 low enough."
                    .to_owned(),
                format!("Drained means handed to {other} below. The peer may not have it yet."),
            ),
            Some(BevKind::Tls) => (
                "This is the watermark's doing: TLS encrypted bytes, and the library found the output low \
                 enough."
                    .to_owned(),
                "Drained means encrypted and passed on. The peer may not have it yet.".to_owned(),
            ),
            Some(BevKind::Socket) | None => (
                "This is the watermark's doing, not the socket's: the socket called bufferevent_writecb, \
                 and that found the output low enough."
                    .to_owned(),
                "Drained means handed to the kernel. The peer may not have it yet.".to_owned(),
            ),
        };
        say(
            what,
            match s.output_len() {
                Some(len) if len > low => {
                    "That is above the low mark: the callbacks were triggered by hand.".to_owned()
                }
                _ => why,
            },
        )
        .watch(drained)
    }

    fn eventcb(
        &self,
        s: &Scene,
        callback: &str,
        what: BevEvents,
        errno: Option<&str>,
    ) -> Explanation {
        let bev = s.bev();
        let mut details = Vec::from_iter((!what.is_empty()).then(|| what.to_string()));
        details.extend(errno.map(str::to_owned));
        let details = match details.is_empty() {
            true => String::new(),
            false => format!(" ({})", details.join(", ")),
        };
        let whose = capital(whose(callback));
        let happened = format!(
            "{whose} {callback} is called for {bev}: {}{details}.",
            told(what)
        );
        if is_inner_callback(callback) {
            let next = match is_tls(callback) {
                true => "it works out what that means for it, and tells your event callback.",
                false => "it tells your event callback.",
            };
            return passed_up(s, callback, happened, next);
        }
        let e = say(
            happened,
            if what.contains(BevEvents::CONNECTED) {
                "From here on reading and writing go their usual way."
            } else if what.contains(BevEvents::EOF) {
                "The other direction may still be open: what is in the output can still be sent."
            } else if what.contains(BevEvents::ERROR) {
                "Nothing more will come or go on this connection. The library has stopped watching it, \
                 but it frees nothing by itself."
            } else if what.contains(BevEvents::TIMEOUT) {
                "The side that ran out of time is disabled now; enabling it again is a second chance."
            } else {
                "Events are what is neither data to read nor room to write."
            },
        );
        if what.intersects(BevEvents::EOF | BevEvents::ERROR) {
            match s.output_len() {
                Some(n) if n > 0 && what.contains(BevEvents::EOF) => e.watch(format!(
                    "{} in the output: freeing {bev} now loses them.",
                    waiting(n)
                )),
                _ => e.watch(format!(
                    "Free {bev} here or soon; if nobody does, the connection leaks."
                )),
            }
        } else {
            e
        }
    }

    fn low_mark(&self, s: &Scene, side: Side, at: u64, from: u64, to: u64) -> Explanation {
        let bev = s.bev();
        match side {
            Side::Output => say(
                if from == to {
                    format!("The output of {bev} is at {to}, at its low mark {at}.")
                } else {
                    format!("The output of {bev} fell from {from} to {to}, at its low mark {at}.")
                },
                "At or under the low mark: it is time for your write callback. The mark says \"almost \
                 empty, write more\", before the line runs dry.",
            ),
            Side::Input => say(
                format!("The input of {bev} went from {from} to {to}, at its low mark {at}."),
                "At or over the low mark: there is enough for your read callback.",
            ),
        }
    }

    fn high_mark(&self, s: &Scene, side: Side, at: u64, to: u64, crossed: Crossing) -> Explanation {
        let bev = s.bev();
        match (side, crossed) {
            (Side::Input, Crossing::Up) => say(
                format!("The input of {bev} holds {to}, at its high mark {at}."),
                "Enough: reading is suspended, so a fast peer cannot fill the memory.",
            )
            .watch("Only taking bytes out lets it go on. If nobody does, this is a stall."),
            (Side::Input, Crossing::Down) => say(
                format!("The input of {bev} is down to {to}, below its high mark {at}."),
                "There is room: reading may go on.",
            ),
            (Side::Output, Crossing::Up) => say(
                format!("The output of {bev} holds {to}, at its high mark {at}."),
                "The filter makes no more until some of it is sent.",
            ),
            (Side::Output, Crossing::Down) => say(
                format!("The output of {bev} is down to {to}, below its high mark {at}."),
                "There is room: the filter may fill it again.",
            ),
        }
    }

    fn suspend_read(&self, s: &Scene, reason: SuspendReasons, now: SuspendReasons) -> Explanation {
        suspend(s, "Reading", "ev_read", reason, now)
    }

    fn unsuspend_read(
        &self,
        s: &Scene,
        reason: SuspendReasons,
        now: SuspendReasons,
    ) -> Explanation {
        unsuspend(s, "Reading", EvFlags::READ, reason, now)
    }

    fn suspend_write(&self, s: &Scene, reason: SuspendReasons, now: SuspendReasons) -> Explanation {
        suspend(s, "Writing", "ev_write", reason, now)
    }

    fn unsuspend_write(
        &self,
        s: &Scene,
        reason: SuspendReasons,
        now: SuspendReasons,
    ) -> Explanation {
        unsuspend(s, "Writing", EvFlags::WRITE, reason, now)
    }

    fn deferred_cb(
        &self,
        s: &Scene,
        readcb: bool,
        writecb: bool,
        events: BevEvents,
    ) -> Explanation {
        let mut waiting = Vec::new();
        if events.contains(BevEvents::CONNECTED) {
            waiting.push("CONNECTED".to_owned());
        }
        if readcb {
            waiting.push("read".to_owned());
        }
        if writecb {
            waiting.push("write".to_owned());
        }
        let others = events - BevEvents::CONNECTED;
        if !others.is_empty() {
            waiting.push(others.to_string());
        }
        say(
            match waiting.is_empty() {
                true => format!("The loop has nothing left to deliver for {}.", s.bev()),
                false => format!(
                    "The loop delivers what {} had put off: {}.",
                    s.bev(),
                    waiting.join(", then ")
                ),
            },
            "News is collected in bits and delivered in a fixed order: CONNECTED, read, write, the rest. \
             Several reads have become one callback.",
        )
    }

    fn ratelimit(&self, s: &Scene, side: EvFlags, change: i64, left: i64) -> Explanation {
        let bev = s.bev();
        let amount = bytes(change.unsigned_abs());
        let side = sides(side);
        if change < 0 {
            let e = say(
                format!(
                    "{side_up} takes {amount} from {bev}'s bucket; {left} left.",
                    side_up = capital(side)
                ),
                "A rate limit is a bucket of tokens, one a byte, refilled at each tick.",
            );
            if left <= 0 {
                e.watch("It is empty: this side is suspended until the next tick.")
            } else {
                e
            }
        } else {
            say(
                format!("{bev}'s bucket for {side} is filled by {amount}; {left} in it."),
                "A tick has passed. If the side was suspended for lack of tokens, it may go on.",
            )
        }
    }
}

/// What is told to what stands above, and what that does next.
fn passed_up(s: &Scene, callback: &str, happened: String, next: &str) -> Explanation {
    let above = capital(&above(s, callback));
    say(happened, format!("{above} takes it from here: {next}"))
}

fn suspend(
    s: &Scene,
    side: &str,
    event: &str,
    reason: SuspendReasons,
    now: SuspendReasons,
) -> Explanation {
    let bev = s.bev();
    say(
        format!("{side} of {bev} is suspended by {}.", reasons(reason)),
        if now == reason {
            format!(
                "The first reason to stop deletes {event}. The side stays enabled: it only pauses."
            )
        } else {
            format!(
                "It was paused already; the reasons are now {}. All must go before it resumes.",
                reasons(now)
            )
        },
    )
}

fn unsuspend(
    s: &Scene,
    side: &str,
    events: EvFlags,
    reason: SuspendReasons,
    now: SuspendReasons,
) -> Explanation {
    let bev = s.bev();
    say(
        format!(
            "{side} of {bev} is no longer held back by {}.",
            reasons(reason)
        ),
        if !now.is_empty() {
            format!("But {} still holds it, so it stays paused.", reasons(now))
        } else if s.bev_enabled(events) {
            "No reason is left and the side is enabled: its event becomes pending again.".to_owned()
        } else {
            "No reason is left, but the side is not enabled: nothing changes for now.".to_owned()
        },
    )
}
