//! What runs inside bufferevents: the callbacks of the library and of the program, and the marks between
//! them.

use evscope_trace::{BevEvents, Crossing, EvFlags, Side, SuspendReasons, is_inner_callback};
use evscope_words::{Text, ToArg, Word, text, word};

use super::cases::{ReadCall, WriteCall};
use super::phrases::{above, first_sides, first_whose, reasons, sides, told, whose, whose_of};
use super::scene::{EventOf, PutOff, is_tls};
use super::{Said, Scene, say};
use crate::BevKind;

pub(super) fn bufferevent_readcb(s: &Scene, case: ReadCall) -> Said {
    let (bev, fd) = (s.bev(), s.fd());
    match case {
        ReadCall::TimedOut => say(text!(readcb_timed_out, bev), text!(readcb_timed_out_why)),
        ReadCall::Handshake => say(text!(readcb_readable, bev, fd), text!(readcb_handshake_why)),
        ReadCall::Full { len, high } => say(
            text!(readcb_full, bev, fd, len),
            text!(readcb_full_why, high),
        )
        .watch(text!(readcb_full_watch)),
        ReadCall::Suspended(why) => say(
            text!(readcb_suspended, bev),
            text!(readcb_suspended_why, reasons = reasons(why)),
        ),
        ReadCall::Room { room: Some(room) } => say(
            text!(readcb_readable, bev, fd),
            match s.lacks_callback(Side::Input) {
                true => text!(readcb_room_unset_why, room),
                false => text!(readcb_room_why, room, whose = whose_of(s, Side::Input)),
            },
        ),
        ReadCall::Room { room: None } => say(
            text!(readcb_readable, bev, fd),
            match s.read_low() {
                _ if s.lacks_callback(Side::Input) => text!(readcb_unset_why),
                0 => text!(readcb_any_why, whose = whose_of(s, Side::Input)),
                low => text!(readcb_low_why, low, whose = whose_of(s, Side::Input)),
            },
        ),
    }
}

pub(super) fn bufferevent_writecb(s: &Scene, case: WriteCall) -> Said {
    let (bev, fd) = (s.bev(), s.fd());
    match case {
        WriteCall::TimedOut => say(
            match s.fd_if_any() {
                Some(fd) => text!(writecb_timed_out_fd, bev, fd),
                None => text!(writecb_timed_out, bev),
            },
            text!(writecb_timed_out_why),
        ),
        WriteCall::Connecting => say(
            text!(writecb_connecting, bev, fd),
            text!(writecb_connecting_why),
        ),
        WriteCall::Handshake => say(
            text!(writecb_writable, bev, fd),
            text!(writecb_handshake_why),
        ),
        WriteCall::Suspended(why) => say(
            text!(writecb_suspended, bev),
            text!(writecb_suspended_why, reasons = reasons(why)),
        ),
        WriteCall::Empty => say(
            text!(writecb_empty, bev, fd),
            match s.lacks_callback(Side::Output) {
                true => text!(writecb_empty_unset_why),
                false => text!(
                    writecb_empty_why,
                    write_low = s.write_low(),
                    whose = whose_of(s, Side::Output)
                ),
            },
        ),
        WriteCall::Unknown => say(
            text!(writecb_writable, bev, fd),
            text!(writecb_why, whose = whose_of(s, Side::Output)),
        ),
        WriteCall::Bytes(n) => say(
            text!(writecb_bytes, bev, fd, n),
            match s.write_low() {
                _ if s.lacks_callback(Side::Output) => text!(writecb_unset_why),
                0 => text!(writecb_all_why, whose = whose_of(s, Side::Output)),
                low => text!(writecb_low_why, low, whose = whose_of(s, Side::Output)),
            },
        ),
    }
}

pub(super) fn readcb(s: &Scene, callback: &str) -> Said {
    let low = s.read_low();
    let whose = first_whose(callback);
    let what = match s.input_len() {
        Some(len) => text!(your_readcb, whose, callback, len, bev = s.bev()),
        None => text!(your_readcb_input, whose, callback, bev = s.bev()),
    };
    if is_inner_callback(callback) {
        let next = if EventOf::of(callback) == EventOf::Handshake {
            word!(passed_handshake)
        } else if is_tls(callback) {
            word!(passed_decrypts)
        } else {
            word!(passed_bytes)
        };
        return passed_up(s, callback, what, next);
    }
    // What brought the bytes is never what runs the callback.
    let other = s.other_bev();
    let why = match (s.input_len(), s.kind()) {
        (Some(_), _) if s.put_off_by() == Some(PutOff::Again) => text!(your_readcb_again_why),
        (Some(len), _) if s.is_triggered() && len >= low => text!(your_callback_triggered_why),
        (Some(_), Some(BevKind::Pair)) if low == 0 => text!(your_readcb_any_pair_why, other),
        (Some(_), Some(BevKind::Filter)) if low == 0 => text!(your_readcb_any_filter_why),
        (Some(_), Some(BevKind::Tls)) if low == 0 => text!(your_readcb_any_tls_why),
        (Some(_), Some(BevKind::Socket) | None) if low == 0 => text!(your_readcb_any_socket_why),
        (Some(len), kind) if len >= low => match kind {
            Some(BevKind::Pair) => text!(your_readcb_low_pair_why, low, other),
            Some(BevKind::Filter) => text!(your_readcb_low_filter_why, low),
            Some(BevKind::Tls) => text!(your_readcb_low_tls_why, low),
            Some(BevKind::Socket) | None => text!(your_readcb_low_socket_why, low),
        },
        _ => text!(your_readcb_by_hand_why),
    };
    let e = say(what, why);
    match s.read_high() {
        0 => e.watch(text!(your_readcb_watch)),
        high => e.watch(text!(your_readcb_high_watch, high)),
    }
}

pub(super) fn writecb(s: &Scene, callback: &str) -> Said {
    let low = s.write_low();
    let drained = s.has_drained();
    let what = match s.output_len() {
        Some(len) if len <= low && drained => {
            text!(
                your_writecb_drained,
                len,
                low,
                whose = whose(callback),
                callback
            )
        }
        Some(len) if len <= low && !s.is_triggered() => {
            text!(your_writecb_at, len, low, whose = whose(callback), callback)
        }
        Some(len) => text!(
            your_writecb_bytes,
            whose = first_whose(callback),
            callback,
            len
        ),
        None => text!(
            your_writecb,
            whose = first_whose(callback),
            callback,
            bev = s.bev()
        ),
    };
    if is_inner_callback(callback) {
        let next = match EventOf::of(callback) {
            EventOf::Handshake => word!(passed_handshake),
            _ => word!(passed_room),
        };
        return passed_up(s, callback, what, next);
    }
    let other = s.other_bev();
    let (why, watch) = match s.kind() {
        Some(BevKind::Pair) => (
            text!(your_writecb_pair_why, other),
            text!(your_writecb_pair_watch, other),
        ),
        Some(BevKind::Filter) => (
            text!(your_writecb_filter_why),
            text!(your_writecb_filter_watch, other),
        ),
        Some(BevKind::Tls) => (text!(your_writecb_tls_why), text!(your_writecb_tls_watch)),
        Some(BevKind::Socket) | None => (
            text!(your_writecb_socket_why),
            text!(your_writecb_socket_watch),
        ),
    };
    say(
        what,
        match s.output_len() {
            Some(len) if len > low => text!(your_writecb_by_hand_why),
            _ if s.put_off_by() == Some(PutOff::Connected) => text!(your_writecb_connected_why),
            _ if s.is_triggered() => text!(your_callback_triggered_why),
            _ => why,
        },
    )
    .watch_if(drained, watch)
}

pub(super) fn eventcb(s: &Scene, callback: &str, what: BevEvents, errno: Option<&str>) -> Said {
    let bev = s.bev();
    let flags = (!what.is_empty()).then(|| what.to_string());
    let details = match (flags, errno) {
        (Some(flags), Some(errno)) => Some(text!(eventcb_details, first = flags, second = errno)),
        (Some(one), None) => Some(text!(eventcb_detail, one)),
        (None, Some(one)) => Some(text!(eventcb_detail, one)),
        (None, None) => None,
    };
    let whose = first_whose(callback);
    let told = told(what);
    let happened = match s.is_triggered() {
        true => text!(your_eventcb_triggered, whose, callback, bev, told, details),
        false => text!(your_eventcb, whose, callback, bev, told, details),
    };
    if is_inner_callback(callback) {
        let next = match is_tls(callback) {
            true => word!(passed_works_out),
            false => word!(passed_tells),
        };
        return passed_up(s, callback, happened, next);
    }
    let e = say(
        happened,
        if s.is_triggered() {
            text!(your_eventcb_triggered_why)
        } else if what.contains(BevEvents::CONNECTED) {
            text!(your_eventcb_connected_why)
        } else if what.contains(BevEvents::EOF | BevEvents::WRITING) {
            text!(your_eventcb_error_why)
        } else if what.contains(BevEvents::EOF) {
            text!(your_eventcb_eof_why)
        } else if what.contains(BevEvents::ERROR) {
            match s.is_waited_for() {
                true => text!(your_eventcb_error_side_why),
                false => text!(your_eventcb_error_why),
            }
        } else if what.contains(BevEvents::TIMEOUT) {
            text!(your_eventcb_timeout_why)
        } else {
            text!(your_eventcb_why)
        },
    );
    if what.intersects(BevEvents::EOF | BevEvents::ERROR) && !s.is_triggered() {
        match s.output_len() {
            Some(n) if n > 0 && what.contains(BevEvents::EOF) => {
                e.watch(text!(your_eventcb_unsent_watch, n, bev))
            }
            _ => e.watch(text!(your_eventcb_free_watch, bev)),
        }
    } else {
        e
    }
}

pub(super) fn low_mark(s: &Scene, side: Side, at: u64, from: u64, to: u64) -> Said {
    let bev = s.bev();
    match side {
        Side::Output => say(
            if from == to {
                text!(low_mark_output_at, bev, to, at)
            } else {
                text!(low_mark_output, bev, from, to, at)
            },
            match s.lacks_callback(side) {
                true => text!(low_mark_output_unset_why),
                false => text!(low_mark_output_why, whose = whose_of(s, side)),
            },
        ),
        Side::Input => say(
            text!(low_mark_input, bev, from, to, at),
            match s.lacks_callback(side) {
                true => text!(low_mark_input_unset_why),
                false => text!(low_mark_input_why, whose = whose_of(s, side)),
            },
        ),
    }
}

pub(super) fn high_mark(s: &Scene, side: Side, at: u64, to: u64, crossed: Crossing) -> Said {
    let bev = s.bev();
    match (side, crossed) {
        (Side::Input, Crossing::Up) => say(
            text!(high_mark_input_up, bev, to, at),
            text!(high_mark_input_up_why),
        )
        .watch(text!(high_mark_input_up_watch)),
        (Side::Input, Crossing::Down) => say(
            text!(high_mark_input_down, bev, to, at),
            text!(high_mark_input_down_why),
        ),
        (Side::Output, Crossing::Up) => say(
            text!(high_mark_output_up, bev, to, at),
            text!(high_mark_output_up_why),
        ),
        (Side::Output, Crossing::Down) => say(
            text!(high_mark_output_down, bev, to, at),
            text!(high_mark_output_down_why),
        ),
    }
}

pub(super) fn suspend_read(s: &Scene, reason: SuspendReasons, now: SuspendReasons) -> Said {
    suspend(s, EvFlags::READ, "ev_read", reason, now)
}

pub(super) fn unsuspend_read(s: &Scene, reason: SuspendReasons, now: SuspendReasons) -> Said {
    unsuspend(s, EvFlags::READ, reason, now)
}

pub(super) fn suspend_write(s: &Scene, reason: SuspendReasons, now: SuspendReasons) -> Said {
    suspend(s, EvFlags::WRITE, "ev_write", reason, now)
}

pub(super) fn unsuspend_write(s: &Scene, reason: SuspendReasons, now: SuspendReasons) -> Said {
    unsuspend(s, EvFlags::WRITE, reason, now)
}

pub(super) fn deferred_cb(s: &Scene, readcb: bool, writecb: bool, events: BevEvents) -> Said {
    let others = events - BevEvents::CONNECTED;
    let waiting = [
        events
            .contains(BevEvents::CONNECTED)
            .then(|| "CONNECTED".to_arg()),
        readcb.then(|| word!(deferred_read).to_arg()),
        writecb.then(|| word!(deferred_write).to_arg()),
        (!others.is_empty()).then(|| others.to_string().to_arg()),
    ];
    let waiting = waiting
        .into_iter()
        .flatten()
        .reduce(|list, next| text!(deferred_then, list, next).to_arg());
    let bev = s.bev();
    say(
        match waiting {
            None => text!(deferred_nothing, bev),
            Some(waiting) => text!(deferred_cb, bev, waiting),
        },
        text!(deferred_cb_why),
    )
}

pub(super) fn ratelimit(s: &Scene, side: EvFlags, change: i64, left: i64) -> Said {
    let bev = s.bev();
    let amount = change.unsigned_abs();
    if change < 0 {
        let e = say(
            text!(ratelimit_taken, side = first_sides(side), amount, bev, left),
            text!(ratelimit_taken_why),
        );
        if left <= 0 {
            e.watch(text!(ratelimit_empty_watch))
        } else {
            e
        }
    } else {
        say(
            text!(ratelimit_filled, bev, side = sides(side), amount, left),
            text!(ratelimit_filled_why),
        )
    }
}

/// What is told to what stands above, and what that does next.
fn passed_up(s: &Scene, callback: &str, happened: Text, next: Word) -> Said {
    say(happened, text!(passed_up, above = above(s, callback), next))
}

fn suspend(
    s: &Scene,
    side: EvFlags,
    event: &str,
    reason: SuspendReasons,
    now: SuspendReasons,
) -> Said {
    let bev = s.bev();
    say(
        text!(
            suspend,
            side = first_sides(side),
            bev,
            reasons = reasons(reason)
        ),
        if now == reason && !s.bev_enabled(side) && s.is_known_bev() {
            text!(suspend_disabled_why)
        } else if now == reason && side == EvFlags::WRITE && s.is_connecting() {
            text!(disable_connecting_why)
        } else if now == reason && !s.has_socket_events() {
            text!(suspend_first_other_why)
        } else if now == reason {
            text!(suspend_first_why, event)
        } else {
            text!(suspend_more_why, reasons = reasons(now))
        },
    )
}

fn unsuspend(s: &Scene, side: EvFlags, reason: SuspendReasons, now: SuspendReasons) -> Said {
    let bev = s.bev();
    let held = s
        .suspended(side)
        .is_some_and(|before| before.contains(reason));
    let (first, reasons_gone) = (first_sides(side), reasons(reason));
    say(
        match held {
            true => text!(unsuspend, side = first, bev, reasons = reasons_gone),
            false => text!(
                unsuspend_not_held,
                side = first,
                bev,
                reasons = reasons_gone
            ),
        },
        if !held && now.is_empty() {
            text!(unsuspend_nothing_why)
        } else if !now.is_empty() {
            text!(unsuspend_still_why, reasons = reasons(now))
        } else if s.bev_enabled(side) && !s.has_socket_events() {
            text!(unsuspend_other_why)
        } else if s.bev_enabled(side) {
            text!(unsuspend_enabled_why)
        } else {
            text!(unsuspend_disabled_why)
        },
    )
}
