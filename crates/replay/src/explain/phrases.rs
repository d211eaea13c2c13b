//! Turns of phrase that stand inside sentences.

use evscope_trace::{BevEvents, BufId, EvFlags, Nanos, Role, Side, SuspendReasons};
use evscope_words::{Arg, Text, ToArg, Word, all_of, text, word};

use super::Scene;
use super::scene::{is_of_library, is_tls};
use crate::describe;

/// A time span.
pub(crate) fn span(span: Nanos) -> Text {
    let text = describe::span(span);
    match text.rsplit_once(' ') {
        Some((n, "ns")) => text!(time_ns, n),
        Some((n, "µs")) => text!(time_us, n),
        Some((n, "ms")) => text!(time_ms, n),
        Some((n, _)) => text!(time_s, n),
        None => text!(time_s, n = text),
    }
}

/// The signal of a number that stands in the place of an fd.
pub(super) fn signal(fd: &str) -> Text {
    let name = fd.parse().map(describe::signal);
    match &name {
        Ok(name) => match name.strip_prefix("signal ") {
            Some(number) => text!(signal_number, number),
            None => text!(signal_name, name),
        },
        Err(_) => text!(signal_number, number = fd),
    }
}

/// What an event watches, as the object of "the loop watches …".
pub(super) fn watched(s: &Scene) -> Text {
    if s.is_timer() {
        return text!(watched_clock);
    }
    let fd = match s.fd_if_any() {
        Some(fd) => text!(at_fd, fd = fd.to_string()),
        None => text!(its_fd),
    };
    match s.role() {
        Some(Role::Listener) => text!(watched_connections, fd),
        Some(Role::BevRead) => text!(watched_reading, fd),
        Some(Role::BevWrite) => text!(watched_writing, fd),
        Some(Role::Signal) => signal(&s.fd()),
        Some(Role::BevDeferred) => text!(watched_deferred, bev = s.bev()),
        Some(Role::User | Role::Internal | Role::Timer) | None => match s.interest() {
            Some(events) if !events.is_empty() => {
                text!(watched_sides, fd, sides = sides(events))
            }
            _ => fd,
        },
    }
}

/// Whose callback a bufferevent has for a side: what stands on another one has the library's.
pub(super) fn whose_of(s: &Scene, side: Side) -> Word {
    match s.callback_of(side) {
        Some(callback) => whose(callback),
        None => word!(whose_yours),
    }
}

/// The sides in a set: `reading`, `writing`, `reading and writing`.
pub(crate) fn sides(events: EvFlags) -> Word {
    match (
        events.contains(EvFlags::READ),
        events.contains(EvFlags::WRITE),
    ) {
        (true, true) => word!(sides_both),
        (true, false) => word!(sides_reading),
        (false, true) => word!(sides_writing),
        (false, false) if events.contains(EvFlags::CLOSED) => word!(sides_closing),
        (false, false) => word!(sides_none),
    }
}

/// The same at the beginning of a sentence.
pub(super) fn first_sides(events: EvFlags) -> Word {
    match (
        events.contains(EvFlags::READ),
        events.contains(EvFlags::WRITE),
    ) {
        (true, true) => word!(first_sides_both),
        (true, false) => word!(first_sides_reading),
        (false, true) => word!(first_sides_writing),
        (false, false) if events.contains(EvFlags::CLOSED) => word!(first_sides_closing),
        (false, false) => word!(first_sides_none),
    }
}

/// What happened to an event, as in "because …".
pub(crate) fn happened(what: EvFlags, fd: &str) -> Text {
    let parts = [
        (EvFlags::READ, text!(happened_readable, fd)),
        (EvFlags::WRITE, text!(happened_writable, fd)),
        (EvFlags::CLOSED, text!(happened_closed, fd)),
        (EvFlags::SIGNAL, text!(happened_signal, signal = signal(fd))),
        (EvFlags::TIMEOUT, text!(happened_timeout)),
    ];
    let parts = parts
        .into_iter()
        .filter(|(flag, _)| what.contains(*flag))
        .map(|(_, text)| text);
    all_of(parts, |list, next| text!(happened_and, list, next))
        .unwrap_or_else(|| text!(happened_asked))
}

/// What an event callback is told, in words.
pub(super) fn told(what: BevEvents) -> Text {
    let parts = [
        (BevEvents::CONNECTED, word!(told_connected)),
        (BevEvents::EOF, word!(told_eof)),
        (BevEvents::ERROR, word!(told_error)),
        (BevEvents::TIMEOUT, word!(told_timeout)),
    ];
    let parts = parts
        .into_iter()
        .filter(|(flag, _)| what.contains(*flag))
        .map(|(_, word)| Text::from(word));
    let told = all_of(parts, |list, next| text!(told_and, list, next))
        .unwrap_or_else(|| text!(told_something));
    if what.contains(BevEvents::READING) {
        text!(told_reading, told)
    } else if what.contains(BevEvents::WRITING) {
        text!(told_writing, told)
    } else {
        told
    }
}

/// Why a side is suspended, in words.
pub(super) fn reasons(reasons: SuspendReasons) -> Text {
    let words = reasons.iter().map(|reason| {
        Text::from(match reason {
            SuspendReasons::WATERMARK => word!(reason_watermark),
            SuspendReasons::BANDWIDTH => word!(reason_bandwidth),
            SuspendReasons::BANDWIDTH_GROUP => word!(reason_bandwidth_group),
            SuspendReasons::LOOKUP => word!(reason_lookup),
            SuspendReasons::FILTER_READ => word!(reason_filter_read),
            _ => word!(reason_unknown),
        })
    });
    all_of(words, |list, next| text!(reason_and, list, next))
        .unwrap_or_else(|| text!(reason_unknown))
}

/// The buffer of a step: `bev1's output`, or `buf7`.
pub(super) fn buffer(s: &Scene) -> Arg {
    match s.record.objects.buf {
        Some(buf) => buffer_of(s, buf),
        None => s.buf().to_arg(),
    }
}

/// Another buffer.
pub(super) fn buffer_of(s: &Scene, buf: BufId) -> Arg {
    match (s.side_of(buf), s.ciphertext_of(buf)) {
        (Some((bev, Side::Input)), _) => text!(buffer_input, bev = bev.to_string()).to_arg(),
        (Some((bev, Side::Output)), _) => text!(buffer_output, bev = bev.to_string()).to_arg(),
        (None, Some(bev)) => text!(
            buffer_ciphertext,
            buf = buf.to_string(),
            bev = bev.to_string()
        )
        .to_arg(),
        (None, None) => buf.to_string().to_arg(),
    }
}

/// Whose callback one is.
pub(crate) fn whose(callback: &str) -> Word {
    match is_of_library(callback) {
        true => word!(whose_library),
        false => word!(whose_yours),
    }
}

/// The same at the beginning of a sentence.
pub(super) fn first_whose(callback: &str) -> Word {
    match is_of_library(callback) {
        true => word!(first_whose_library),
        false => word!(first_whose_yours),
    }
}

/// Who set one of the library's callbacks, at the beginning of a sentence: `The filter above, bev2,`.
pub(super) fn above(s: &Scene, callback: &str) -> Text {
    let bev = s.above().map(|bev| bev.to_string());
    match (is_tls(callback), bev) {
        (true, Some(bev)) => text!(above_tls, bev),
        (false, Some(bev)) => text!(above_filter, bev),
        (true, None) => text!(above_some_tls),
        (false, None) => text!(above_some_filter),
    }
}
