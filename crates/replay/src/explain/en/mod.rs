//! English.

mod buffer;
mod bufferevent;
mod event;
mod listener;
mod looping;
mod other;
mod running;

use evscope_trace::{BevEvents, BufId, EvFlags, Role, SuspendReasons};

use super::Scene;
use super::scene::{is_of_library, is_tls, signal};

/// English texts.
pub(crate) struct English;

impl super::Texts for English {
    fn finish(&self, text: String) -> String {
        text
    }
}

/// `1 byte`, `14 bytes`.
fn bytes(n: u64) -> String {
    count(n, "byte", "bytes")
}

fn count(n: u64, one: &str, many: &str) -> String {
    if n == 1 {
        format!("1 {one}")
    } else {
        format!("{n} {many}")
    }
}

/// What an event watches, as the object of "the loop watches …".
fn watched(s: &Scene) -> String {
    if s.is_timer() {
        return "the clock".to_owned();
    }
    let fd = match s.fd_if_any() {
        Some(fd) => format!("fd {fd}"),
        None => "its fd".to_owned(),
    };
    match s.role() {
        Some(Role::Listener) => format!("{fd} for connections"),
        Some(Role::BevRead) => format!("{fd} for reading"),
        Some(Role::BevWrite) => format!("{fd} for writing"),
        Some(Role::Signal) => signal(&s.fd()),
        Some(Role::BevDeferred) => format!("the callbacks that {} put off", s.bev()),
        Some(Role::User | Role::Internal | Role::Timer) | None => match s.interest() {
            Some(events) if !events.is_empty() => format!("{fd} for {}", sides(events)),
            _ => fd,
        },
    }
}

/// The sides in a set: `reading`, `writing`, `reading and writing`.
fn sides(events: EvFlags) -> &'static str {
    match (
        events.contains(EvFlags::READ),
        events.contains(EvFlags::WRITE),
    ) {
        (true, true) => "reading and writing",
        (true, false) => "reading",
        (false, true) => "writing",
        (false, false) if events.contains(EvFlags::CLOSED) => "the peer's closing",
        (false, false) => "nothing",
    }
}

/// What happened to an event, as in "because …".
fn happened(what: EvFlags, fd: &str) -> String {
    let mut parts = Vec::new();
    if what.contains(EvFlags::READ) {
        parts.push(format!("fd {fd} is readable"));
    }
    if what.contains(EvFlags::WRITE) {
        parts.push(format!("fd {fd} is writable"));
    }
    if what.contains(EvFlags::CLOSED) {
        parts.push(format!("the peer closed the connection of fd {fd}"));
    }
    if what.contains(EvFlags::SIGNAL) {
        parts.push(format!("{} arrived", signal(fd)));
    }
    if what.contains(EvFlags::TIMEOUT) {
        parts.push("its timeout ran out".to_owned());
    }
    if parts.is_empty() {
        parts.push("it was asked to".to_owned());
    }
    parts.join(" and ")
}

/// What an event callback is told, in words.
fn told(what: BevEvents) -> String {
    let side = if what.contains(BevEvents::READING) {
        " while reading"
    } else if what.contains(BevEvents::WRITING) {
        " while writing"
    } else {
        ""
    };
    let mut parts = Vec::new();
    if what.contains(BevEvents::CONNECTED) {
        parts.push("the connection is made");
    }
    if what.contains(BevEvents::EOF) {
        parts.push("the peer has sent all it will send");
    }
    if what.contains(BevEvents::ERROR) {
        parts.push("the connection failed");
    }
    if what.contains(BevEvents::TIMEOUT) {
        parts.push("the timeout ran out");
    }
    if parts.is_empty() {
        parts.push("something happened");
    }
    format!("{}{side}", parts.join(", "))
}

/// Why a side is suspended, in words.
fn reasons(reasons: SuspendReasons) -> String {
    let words: Vec<&str> = reasons
        .iter()
        .map(|reason| match reason {
            SuspendReasons::WATERMARK => "the high mark",
            SuspendReasons::BANDWIDTH => "its rate limit",
            SuspendReasons::BANDWIDTH_GROUP => "its group's rate limit",
            SuspendReasons::LOOKUP => "a name lookup",
            SuspendReasons::FILTER_READ => "a filter without room",
            _ => "an unknown reason",
        })
        .collect();
    match words.is_empty() {
        true => "an unknown reason".to_owned(),
        false => words.join(" and "),
    }
}

/// The buffer of a step: `bev1's output`, or `buf7`.
fn buffer(s: &Scene) -> String {
    match s.record.objects.buf {
        Some(buf) => buffer_of(s, buf),
        None => s.buf(),
    }
}

/// Another buffer.
fn buffer_of(s: &Scene, buf: BufId) -> String {
    match (s.side_of(buf), s.ciphertext_of(buf)) {
        (Some((bev, side)), _) => format!("{bev}'s {}", side.name()),
        (None, Some(bev)) => format!("{buf} ({bev}'s ciphertext)"),
        (None, None) => buf.to_string(),
    }
}

/// Whose callback one is.
fn whose(callback: &str) -> &'static str {
    match is_of_library(callback) {
        true => "the library's",
        false => "your",
    }
}

/// Who set one of the library's callbacks: `the filter above, bev2,`.
fn above(s: &Scene, callback: &str) -> String {
    let what = match is_tls(callback) {
        true => "the TLS connection",
        false => "the filter",
    };
    match s.above() {
        Some(bev) => format!("{what} above, {bev},"),
        None => format!("{what} above"),
    }
}

/// The text with a capital letter in front.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// `14 bytes wait`.
fn waiting(n: u64) -> String {
    if n == 1 {
        "1 byte waits".to_owned()
    } else {
        format!("{n} bytes wait")
    }
}
