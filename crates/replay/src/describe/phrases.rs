//! Turns of phrase that several events share, or that are long.

use evscope_trace::{
    Crossing, EvFlags, Event, FieldValue, ListenerOptions, Mark, Nanos, Payload, Side,
    SuspendReasons, Text,
};

use super::line::Line;
use super::units::span;

pub(super) fn poll(
    line: &mut Line<'_>,
    timeout: Option<Nanos>,
    ready: Option<u32>,
    errno: Option<&Text>,
) {
    match timeout {
        None => line.text("without limit"),
        Some(Nanos(0)) => line.text("without waiting"),
        Some(timeout) => line.text("at most").number(span(timeout)),
    };
    // A producer that writes the wait as one record tells the result here.
    if let Some(errno) = errno {
        poll_errno(line, errno);
    } else if let Some(ready) = ready {
        line.text("→").count(ready, "ready");
    }
}

/// Why a wait failed; that a signal cut it short is no failure.
pub(super) fn poll_errno<'a, 'b>(line: &'a mut Line<'b>, errno: &Text) -> &'a mut Line<'b> {
    line.text("→");
    match errno.as_ref() {
        "EINTR" => line.value("EINTR").text("(a signal)"),
        errno => line.error(errno),
    }
}

pub(super) fn listener_new(
    line: &mut Line<'_>,
    addr: Option<&Text>,
    callback: Option<&Text>,
    options: ListenerOptions,
) {
    line.listener();
    match addr {
        Some(addr) => line.value(addr),
        None => line.fd(),
    };
    if options.contains(ListenerOptions::DISABLED) {
        line.text("disabled");
    }
    match callback {
        Some(callback) => line.text("callback").callback(callback),
        None => line.text("without callback"),
    };
}

/// An accept that gave no connection: most often there was just none left.
pub(super) fn nothing_more(line: &mut Line<'_>, errno: &Text) {
    if matches!(errno.as_ref(), "EAGAIN" | "EWOULDBLOCK") {
        line.value(errno).text("(nobody left)");
    } else {
        line.error(errno);
    }
}

pub(super) fn buffer_change(
    line: &mut Line<'_>,
    len: u64,
    before: u64,
    after: u64,
    data: Option<&Payload>,
) {
    line.buf().bytes(len).sign(":");
    length_change(line, before, after);
    line.data(data);
}

pub(super) fn length_change(line: &mut Line<'_>, before: u64, after: u64) {
    line.change(before, after);
}

pub(super) fn io_result(
    line: &mut Line<'_>,
    result: i64,
    errno: Option<&Text>,
    zero: &'static str,
) {
    match (u64::try_from(result), errno) {
        (Ok(0), _) => line.text(zero),
        (Ok(count), _) => line.bytes(count),
        (Err(_), Some(errno)) if matches!(errno.as_ref(), "EAGAIN" | "EWOULDBLOCK" | "EINTR") => {
            line.value(errno).text("(later)")
        }
        (Err(_), Some(errno)) => line.error(errno),
        (Err(_), None) => line.error("failed"),
    };
}

pub(super) fn watermark(
    line: &mut Line<'_>,
    side: Side,
    mark: Mark,
    at: u64,
    (from, to): (u64, u64),
    crossed: Crossing,
) {
    line.bev();
    line.text(match side {
        Side::Input => "input",
        Side::Output => "output",
    });
    length_change(line, from, to);
    line.sign(",").text(match crossed {
        Crossing::Up => "up to the",
        Crossing::Down => "down to the",
    });
    line.text(match mark {
        Mark::Low => "low mark",
        Mark::High => "high mark",
    });
    line.number(at);
}

/// Why a side is suspended or no longer so, and which other reasons there are.
pub(super) fn reasons(
    line: &mut Line<'_>,
    reason: SuspendReasons,
    now: SuspendReasons,
    others: &'static str,
) {
    line.bev().flags(reason);
    let rest = now - reason;
    if !rest.is_empty() {
        line.sign(",").text(others).flags(rest);
    }
}

pub(super) fn flags_change(line: &mut Line<'_>, old: EvFlags, new: EvFlags) {
    let name = |flags: EvFlags| match flags.is_empty() {
        true => "nothing".to_owned(),
        false => flags.to_string(),
    };
    line.sign(":")
        .number(format_args!("{} → {}", name(old), name(new)));
}

/// A look at a buffer's pieces.
pub(super) fn peek(line: &mut Line<'_>, offset: u64, asked: Option<u64>, pieces: u64, seen: u64) {
    line.buf();
    if offset > 0 {
        line.text("from").number(offset);
    }
    line.sign(":").bytes(seen);
    match pieces {
        0 => {}
        1 => drop(line.text("in").value("1 piece")),
        _ => drop(line.text("in").number(format_args!("{pieces} pieces"))),
    }
    if let Some(asked) = asked {
        line.sign(",").text("asked").number(asked);
    }
}

/// A step of which there is no more to say than its record does: what it is about, and its fields by their names, but for
/// sets and words, which say themselves what they are.
pub(super) fn plain(line: &mut Line<'_>, event: &Event) {
    line.subject(event.kind().and_then(|kind| kind.subject));
    let mut is_first = true;
    for (name, value) in event.fields() {
        match value {
            FieldValue::Flags(flags) => drop(line.flags(flags)),
            FieldValue::Word(word) => drop(line.value(word)),
            FieldValue::Bytes(payload) => drop(line.data(Some(payload))),
            value => {
                if !std::mem::take(&mut is_first) {
                    line.sign(",");
                }
                line.text(name);
                match value {
                    FieldValue::Time(time) => line.number(span(time)),
                    FieldValue::Text(text) => line.value(text),
                    value => line.number(value),
                };
            }
        }
    }
}
