use evscope_trace::{BufId, BufferEnd, Side};

use super::{English, buffer, buffer_of, bytes, reasons};
use crate::BevKind;
use crate::explain::cases::{OutputHook, ReadResult, WriteResult};
use crate::explain::texts::BufferTexts;
use crate::explain::{Explanation, Scene, say};

impl BufferTexts for English {
    fn evbuffer_new(&self, s: &Scene) -> Explanation {
        say(
            format!("{} is made, empty.", s.buf()),
            match s.ciphertext() {
                Some(bev) => format!(
                    "It holds ciphertext of {bev} on its way in or out: TLS decrypts it into the input, or \
                     encrypts the output into it."
                ),
                None if s.is_called_by_program() => {
                    "It belongs to the program alone: no bufferevent fills or empties it."
                        .to_owned()
                }
                None => "The library makes it for its own use.".to_owned(),
            },
        )
    }

    fn evbuffer_free(&self, s: &Scene) -> Explanation {
        let e = say(
            format!("{} is freed.", s.buf()),
            "Its segments go back to the allocator.",
        );
        match s.buffer_len() {
            Some(n) if n > 0 => e.watch(format!("{} in it, now gone.", bytes(n))),
            _ => e,
        }
    }

    fn evbuffer_add(&self, s: &Scene, len: u64, before: u64, after: u64) -> Explanation {
        say(
            format!("{} at the end of {}: {before} → {after}.", bytes(len), buffer(s)),
            match s.side() {
                Some((_, Side::Output)) => match s.kind() {
                    Some(BevKind::Pair | BevKind::Filter) => {
                        "The buffer's callbacks run next, and one of them passes on what can be passed on."
                    }
                    _ => {
                        "Nothing is sent here. The buffer's callbacks run next, and one of them makes \
                         sure that the loop watches for writing."
                    }
                }
                .to_owned(),
                Some((_, Side::Input)) => {
                    "Its callbacks run next; one of them checks the high mark.".to_owned()
                }
                None if s.ciphertext().is_some() => match s.shakes_hands() {
                    true => "This is ciphertext to be sent, the handshake's: no output has any part in it.",
                    false => {
                        "This is ciphertext to be sent: output that was encrypted, or a message of TLS itself."
                    }
                }
                .to_owned(),
                None => "They are copied into its last segment; its callbacks, if any, run next."
                    .to_owned(),
            },
        )
    }

    fn evbuffer_prepend(&self, s: &Scene, len: u64, before: u64, after: u64) -> Explanation {
        say(
            format!(
                "{} in front of {}: {before} → {after}.",
                bytes(len),
                buffer(s)
            ),
            "The first segment keeps room in front for this, so what is there need not move.",
        )
    }

    fn evbuffer_remove(&self, s: &Scene, len: u64, before: u64, after: u64) -> Explanation {
        if s.ciphertext().is_some() {
            return say(
                format!(
                    "TLS takes {} out of {}: {before} → {after}.",
                    bytes(len),
                    buffer(s)
                ),
                match s.shakes_hands() {
                    true => "They belong to the handshake; nothing of them reaches the input.",
                    false => {
                        "What they decrypt to goes into the input. Messages of TLS itself do not."
                    }
                },
            );
        }
        say(
            format!(
                "{} out of {}, into the program: {before} → {after}.",
                bytes(len),
                buffer(s)
            ),
            self.why_shorter(s, after),
        )
    }

    fn evbuffer_drain(&self, s: &Scene, len: u64, before: u64, after: u64) -> Explanation {
        say(
            format!(
                "{} dropped from the front of {}: {before} → {after}.",
                bytes(len),
                buffer(s)
            ),
            self.why_shorter(s, after),
        )
    }

    fn evbuffer_move(
        &self,
        s: &Scene,
        from: BufId,
        len: u64,
        after: u64,
        left: u64,
    ) -> Explanation {
        let from = buffer_of(s, from);
        let left = match left {
            0 => format!("{from} is empty now"),
            left => format!("{} left in {from}", bytes(left)),
        };
        say(
            format!(
                "{} move from {from} to {}, which now has {after}.",
                bytes(len),
                buffer(s)
            ),
            format!("Whole segments change hands; nothing is copied. {left}."),
        )
    }

    fn evbuffer_freeze(&self, s: &Scene, end: BufferEnd) -> Explanation {
        match end {
            BufferEnd::Start => say(
                format!("The front of {} is frozen.", buffer(s)),
                "Nobody can take bytes out there. For an output that means: only the library sends from \
                 it, in the right order.",
            ),
            BufferEnd::End => say(
                format!("The end of {} is frozen.", buffer(s)),
                "Nobody can add bytes there. For an input that means: only the library puts in what it \
                 read.",
            ),
        }
        .watch("A call on a frozen end fails with -1; it is not put off.")
    }

    fn evbuffer_unfreeze(&self, s: &Scene, end: BufferEnd) -> Explanation {
        let which = match end {
            BufferEnd::Start => "front",
            BufferEnd::End => "end",
        };
        say(
            format!("The {which} of {} is open.", buffer(s)),
            match (end, s.side()) {
                (BufferEnd::Start, Some((_, Side::Output))) => {
                    "Only for the write that follows: the library opens it around its own system call."
                }
                (BufferEnd::End, Some((_, Side::Input))) => {
                    "Only for the read that follows: the library opens it around its own system call."
                }
                _ => "Changes are allowed there again.",
            },
        )
    }

    fn evbuffer_read(&self, s: &Scene, result: ReadResult<'_>, after: u64) -> Explanation {
        let fd = s.fd();
        let buffer = buffer(s);
        match result {
            ReadResult::Bytes(n) => say(
                format!("{} read from fd {fd} into {buffer}, which now has {after}.", bytes(n)),
                match s.side() {
                    Some(_) => match s.read_low() {
                        0 => "They are in memory now. The low mark is 0, so your read callback runs for \
                              them at once."
                            .to_owned(),
                        low => format!(
                            "They are in memory now. Your read callback runs if the input has reached its \
                             low mark, {low}."
                        ),
                    },
                    None if s.ciphertext().is_some() => match s.shakes_hands() {
                        true => "They are ciphertext of the handshake; nothing of them reaches the input.",
                        false => {
                            "They are ciphertext. The input, and with it the low mark, gets only what \
                             they decrypt to."
                        }
                    }
                    .to_owned(),
                    None => "They are in memory now.".to_owned(),
                },
            )
            .watch("What the peer sent in one piece may arrive in several, and several in one."),
            ReadResult::Eof => say(
                format!("End of file on fd {fd}: the peer has sent all it will send."),
                match s.ciphertext() {
                    Some(_) => {
                        "A read of 0 bytes says so. Your event callback is told EOF if TLS was ended with \
                         close_notify before, or need not be; else ERROR, for anybody could have cut the \
                         connection."
                    }
                    None => {
                        "A read of 0 bytes says so. Reading is disabled next and your event callback is \
                         told EOF; you may still write."
                    }
                },
            ),
            ReadResult::WouldBlock(errno) => say(
                format!("Nothing to read from fd {fd} after all ({errno})."),
                "Readiness is a hint. A non-blocking read says \"not now\" instead of waiting, and the \
                 event stays pending.",
            ),
            ReadResult::Refused(errno) => say(
                format!("Reading fd {fd} says {errno}: the connect was refused."),
                "It is remembered; the write side reports it, because that is where a connect ends.",
            ),
            ReadResult::Failed(errno) => say(
                format!("Reading fd {fd} fails: {errno}."),
                "The connection is broken. Reading is disabled and your event callback is told ERROR.",
            ),
        }
    }

    fn evbuffer_write(&self, s: &Scene, result: WriteResult<'_>, before: u64) -> Explanation {
        let fd = s.fd();
        let buffer = buffer(s);
        match result {
            WriteResult::All(n) => say(
                format!("All {} of {buffer} go to fd {fd}.", bytes(n)),
                match s.ciphertext() {
                    Some(_) => {
                        "The kernel has them; whether the peer has is another matter. They are \
                         ciphertext: the low mark counts what is in the output, not this."
                    }
                    None => {
                        "The kernel has them; whether the peer has is another matter. The output is \
                         empty, so ev_write will be deleted and the low mark is reached."
                    }
                },
            ),
            WriteResult::Part { sent, left } => say(
                format!("{} of {before} go to fd {fd}; {} left in {buffer}.", bytes(sent), bytes(left)),
                "A partial write: the kernel's buffer is full, or the write was capped. ev_write stays \
                 pending and the rest follows when the socket has room.",
            )
            .watch("Free the bufferevent now and the rest is lost."),
            WriteResult::Nothing => say(
                format!("Nothing went to fd {fd}."),
                "A write of 0 bytes counts as the end of the connection: writing is disabled and your \
                 event callback is told EOF.",
            ),
            WriteResult::WouldBlock(errno) => say(
                format!("fd {fd} takes nothing right now ({errno})."),
                format!("All {} stay in {buffer}, and ev_write stays pending: the loop tries again.", bytes(before)),
            ),
            WriteResult::Failed(errno) => say(
                format!("Writing to fd {fd} fails: {errno}."),
                format!(
                    "The peer is gone. Writing is disabled, your event callback is told ERROR, and {} in \
                     {buffer} will never arrive.",
                    bytes(before)
                ),
            ),
        }
    }

    fn evbuffer_cb(&self, s: &Scene, callback: &str, added: u64, deleted: u64) -> Explanation {
        let buffer = buffer(s);
        let news = match (added, deleted) {
            (0, 0) => "nothing".to_owned(),
            (n, 0) => format!("{} more", bytes(n)),
            (0, n) => format!("{} fewer", bytes(n)),
            (more, fewer) => format!("{} more and {fewer} fewer", bytes(more)),
        };
        say(
            format!("{buffer} tells {callback} of its change: {news}."),
            match (s.side(), callback) {
                (Some((bev, Side::Output)), "bufferevent_socket_outbuf_cb") => {
                    match OutputHook::of(s, added) {
                        OutputHook::NothingAdded => {
                            "The hook looks for added bytes only; that some left is no news to it."
                                .to_owned()
                        }
                        OutputHook::Adds => format!(
                            "This is the hook behind bufferevent_write: {bev} may write and its ev_write is \
                             not pending, so it is added now."
                        ),
                        OutputHook::Pending => format!(
                            "This is the hook behind bufferevent_write. ev_write of {bev} is pending \
                             already, so there is nothing to do."
                        ),
                        OutputHook::Disabled => format!(
                            "This is the hook behind bufferevent_write. Writing of {bev} is not enabled, so \
                             nothing is added and nothing will be sent yet."
                        ),
                        OutputHook::Suspended(why) => format!(
                            "This is the hook behind bufferevent_write. Writing of {bev} is suspended by \
                             {}, so ev_write has to wait.",
                            reasons(why)
                        ),
                    }
                }
                (Some((bev, Side::Input)), _) => format!(
                    "This is how {bev} notices that its input passed the high mark, or is below it again."
                ),
                _ => "Callbacks of a buffer run after each change, the newest first.".to_owned(),
            },
        )
    }
}

impl English {
    fn why_shorter(&self, s: &Scene, after: u64) -> String {
        match s.side() {
            Some((bev, Side::Input)) => match s.read_high() {
                0 => format!("There is room again in the input of {bev}."),
                high if after < high => {
                    format!("{after} is below {bev}'s high mark {high}: reading may go on.")
                }
                high => format!(
                    "{after} is still not below {bev}'s high mark {high}: reading stays off."
                ),
            },
            Some((bev, Side::Output)) => {
                format!("These are bytes that left {bev}: only the library takes from an output.")
            }
            None => "What is left moves up; nothing is copied.".to_owned(),
        }
    }
}
