//! What a program does with its bufferevents.

use evscope_trace::{BevId, BevOptions, EvFlags, EventId, Side};
use evscope_words::{ToArg, all_of, text, word};

use super::cases::Connecting;
use super::phrases::{above, first_sides, reasons, sides, whose_of};
use super::scene::ReadGave;
use super::{Said, Scene, say};
use crate::BevKind;
use evscope_trace::is_inner_callback;

pub(super) fn bufferevent_socket_new(
    s: &Scene,
    options: BevOptions,
    ev_read: EventId,
    ev_write: EventId,
) -> Said {
    let bev = s.bev();
    let e = say(
        match s.fd_if_any() {
            Some(fd) => text!(socket_new_fd, bev, fd),
            None => text!(socket_new, bev),
        },
        text!(
            socket_new_why,
            ev_read = ev_read.to_string(),
            ev_write = ev_write.to_string()
        ),
    );
    if options.contains(BevOptions::CLOSE_ON_FREE) {
        e.watch(text!(socket_new_closes))
    } else {
        e.watch(text!(socket_new_open))
    }
}

pub(super) fn bufferevent_tls_new(s: &Scene, underlying: Option<BevId>) -> Said {
    let bev = s.bev();
    let e = say(
        match (underlying, s.fd_if_any()) {
            (Some(below), _) => text!(tls_new_below, bev, below = below.to_string()),
            (None, Some(fd)) => text!(tls_new_fd, bev, fd),
            (None, None) => text!(tls_new, bev),
        },
        text!(tls_new_why),
    );
    e.watch(text!(tls_new_watch))
}

pub(super) fn bufferevent_pair_new(s: &Scene, partner: BevId) -> Said {
    let bev = s.bev();
    say(
        text!(pair_new, bev, partner = partner.to_string()),
        text!(pair_new_why),
    )
    .watch(text!(pair_new_watch))
}

pub(super) fn bufferevent_filter_new(s: &Scene, underlying: BevId) -> Said {
    let (bev, underlying) = (s.bev(), underlying.to_string());
    say(
        text!(filter_new, bev, underlying),
        text!(filter_new_why, underlying, bev),
    )
    .watch(text!(filter_new_watch, bev, underlying))
}

pub(super) fn bufferevent_setcb(
    s: &Scene,
    readcb: Option<&str>,
    writecb: Option<&str>,
    eventcb: Option<&str>,
) -> Said {
    let bev = s.bev();
    let librarys = [readcb, writecb, eventcb]
        .into_iter()
        .flatten()
        .find(|callback| is_inner_callback(callback));
    let mut named = Vec::new();
    if let Some(name) = readcb {
        named.push(text!(setcb_reading, name));
    }
    if let Some(name) = writecb {
        named.push(text!(setcb_writing, name));
    }
    if let Some(name) = eventcb {
        named.push(text!(setcb_events, name));
    }
    let named = all_of(named, |list, next| text!(told_and, list, next));
    if let Some(callback) = librarys {
        return say(
            text!(setcb_library, bev, named),
            text!(setcb_library_why, above = above(s, callback), bev),
        );
    }
    let e = say(
        match &named {
            None => text!(setcb_none, bev),
            Some(named) => text!(setcb, bev, named),
        },
        if named.is_none() && s.is_freed_here() {
            text!(setcb_freed_why)
        } else if named.is_none() {
            text!(setcb_none_why)
        } else {
            text!(setcb_why)
        },
    );
    match (readcb, eventcb) {
        (_, None) if named.is_some() => e.watch(text!(setcb_no_eventcb)),
        (Some(_), _) if !s.bev_enabled(EvFlags::READ) => e.watch(text!(setcb_not_reading)),
        _ => e,
    }
}

pub(super) fn bufferevent_enable(s: &Scene, events: EvFlags) -> Said {
    let bev = s.bev();
    let what = text!(enabled, sides = first_sides(events), bev);
    match s.suspended(events) {
        Some(why) => say(what, text!(enable_suspended_why, reasons = reasons(why))),
        None if s.kind() == Some(BevKind::Pair) => {
            say(what, text!(enable_pair_why, other_bev = s.other_bev()))
        }
        None if s.kind() == Some(BevKind::Filter) => {
            say(what, text!(enable_filter_why, other_bev = s.other_bev()))
        }
        None if s.shakes_hands() => say(what, text!(enable_handshake_why)),
        None if events.contains(EvFlags::WRITE) && s.is_connecting() => {
            say(what, text!(enable_connecting_why))
        }
        None if events.contains(EvFlags::WRITE)
            && s.output_len() == Some(0)
            && s.lacks_callback(Side::Output) =>
        {
            say(what, text!(enable_write_unset_why))
        }
        None if events.contains(EvFlags::WRITE) && s.output_len() == Some(0) => say(
            what,
            text!(enable_write_empty_why, whose = whose_of(s, Side::Output)),
        ),
        None => say(what, text!(enable_why)),
    }
}

pub(super) fn bufferevent_disable(s: &Scene, events: EvFlags) -> Said {
    let bev = s.bev();
    let what = text!(disabled, sides = first_sides(events), bev);
    if events.contains(EvFlags::WRITE) && s.is_connecting() {
        return say(what, text!(disable_connecting_why));
    }
    if matches!(s.kind(), Some(BevKind::Pair | BevKind::Filter)) {
        return say(what, text!(disable_flag_why))
            .watch_if(events.contains(EvFlags::READ), text!(disable_read_watch));
    }
    if events.contains(EvFlags::READ) {
        match s.read_gave() {
            Some(ReadGave::Eof) => return say(what, text!(disable_ended_why)),
            Some(ReadGave::Failure) => return say(what, text!(disable_failed_why)),
            _ => {}
        }
        say(what, text!(disable_read_why)).watch(text!(disable_read_watch))
    } else {
        say(what, text!(disable_write_why))
    }
}

pub(super) fn be_socket_disable(s: &Scene, events: EvFlags) -> Said {
    let e = say(
        text!(be_socket_disable, sides = sides(events)),
        text!(be_socket_disable_why),
    );
    if events.contains(EvFlags::WRITE) && s.is_connecting() {
        e.watch(text!(be_socket_disable_watch))
    } else {
        e
    }
}

pub(super) fn bufferevent_setwatermark(s: &Scene, events: EvFlags, low: u64, high: u64) -> Said {
    let bev = s.bev();
    let limit = match high {
        0 => word!(marks_no_limit).to_arg(),
        high => high.to_arg(),
    };
    let what = text!(marks_set, bev, sides = sides(events), low, high = limit);
    if events.contains(EvFlags::READ) {
        let runs = match low {
            0 | 1 => text!(marks_read_any),
            low => {
                text!(marks_read_low, low)
            }
        };
        let e = say(
            what,
            match high {
                0 => text!(marks_no_high, runs),
                high => text!(marks_high, runs, high),
            },
        );
        if low > 1 {
            e.watch(text!(marks_read_low_watch))
        } else if high > 0 {
            e.watch(text!(marks_read_high_watch))
        } else {
            e
        }
    } else {
        say(
            what,
            match low {
                0 => text!(marks_write_empty),
                low => text!(marks_write_low, low),
            },
        )
        .watch(text!(marks_write_watch))
    }
}

pub(super) fn bufferevent_write(s: &Scene, len: u64) -> Said {
    let bev = s.bev();
    let e = say(
        text!(bufferevent_write, len, bev),
        match s.kind() {
            Some(BevKind::Pair) => text!(write_pair_why, other_bev = s.other_bev()),
            Some(BevKind::Filter) => text!(write_filter_why, other_bev = s.other_bev()),
            Some(BevKind::Tls) => {
                text!(write_tls_why)
            }
            Some(BevKind::Socket) | None => {
                text!(write_socket_why)
            }
        },
    );
    if s.bev_enabled(EvFlags::WRITE) {
        e.watch(text!(write_watch))
    } else {
        e.watch(text!(write_disabled_watch))
    }
}

pub(super) fn bufferevent_read(s: &Scene, asked: u64) -> Said {
    let bev = s.bev();
    let got = s.input_len().map(|len| len.min(asked));
    say(
        match got {
            Some(got) if got < asked => text!(read_up_to, asked, bev, got),
            _ => text!(bufferevent_read, asked, bev),
        },
        match s.kind() {
            Some(BevKind::Pair) => text!(read_pair_why, other_bev = s.other_bev()),
            Some(BevKind::Filter) => text!(read_filter_why, other_bev = s.other_bev()),
            Some(BevKind::Tls) => {
                text!(read_tls_why)
            }
            Some(BevKind::Socket) | None => {
                text!(read_socket_why)
            }
        },
    )
}

pub(super) fn bufferevent_socket_connect(s: &Scene, addr: Option<&str>) -> Said {
    let bev = s.bev();
    say(
        match addr {
            Some(addr) => text!(connect_to, bev, addr),
            None => text!(connect_somewhere, bev),
        },
        text!(connect_call_why),
    )
    .watch(text!(connect_call_watch))
}

pub(super) fn connect(s: &Scene, progress: Connecting<'_>) -> Said {
    let (bev, fd) = (s.bev(), s.fd());
    match progress {
        Connecting::Started => say(text!(connect_started, fd), text!(connect_started_why, bev)),
        Connecting::Connected => {
            say(text!(connected, fd), text!(connected_why, bev)).watch(text!(connected_watch))
        }
        Connecting::Failed(errno) => say(
            match errno {
                Some(errno) => text!(connect_failed, fd, errno),
                None => text!(connect_failed_somehow, fd),
            },
            text!(connect_failed_why),
        ),
    }
}

pub(super) fn bufferevent_setfd(s: &Scene) -> Said {
    let bev = s.bev();
    say(
        match s.fd_if_any() {
            Some(fd) => text!(setfd, bev, fd),
            None => text!(setfd_none, bev),
        },
        text!(setfd_why),
    )
    .watch(text!(setfd_watch))
}

pub(super) fn bufferevent_trigger(s: &Scene, events: EvFlags) -> Said {
    if events.is_empty() {
        return say(
            text!(trigger_event, bev = s.bev()),
            text!(trigger_event_why),
        );
    }
    if !s.is_called_by_program() {
        return say(
            text!(trigger_again, bev = s.bev()),
            text!(trigger_again_why),
        );
    }
    say(
        text!(bufferevent_trigger, bev = s.bev(), sides = sides(events)),
        text!(bufferevent_trigger_why),
    )
}

pub(super) fn bufferevent_flush(s: &Scene, events: EvFlags, mode: &str) -> Said {
    let bev = s.bev();
    say(
        text!(bufferevent_flush, bev, sides = sides(events), mode),
        match mode {
            "finished" => text!(flush_finished_why),
            "flush" => {
                text!(flush_flush_why)
            }
            _ => text!(flush_normal_why),
        },
    )
    .watch(text!(flush_watch))
}

pub(super) fn bufferevent_free(s: &Scene) -> Said {
    let bev = s.bev();
    let e = say(text!(bufferevent_free, bev), text!(bufferevent_free_why));
    match s.output_len() {
        Some(n) if n > 0 => e.watch(text!(bufferevent_free_unsent, n)),
        _ => e.watch(text!(bufferevent_free_watch)),
    }
}

pub(super) fn bufferevent_finalize(s: &Scene, closed: bool, unsent: u64) -> Said {
    let bev = s.bev();
    let fd = s.fd();
    let e = say(
        if closed {
            text!(finalize_closed, bev, fd)
        } else {
            text!(finalize_open, bev)
        },
        text!(finalize_why),
    );
    if unsent > 0 {
        e.watch(text!(finalize_unsent, unsent))
    } else if !closed && s.fd_if_any().is_some() {
        e.watch(text!(finalize_open_watch))
    } else {
        e
    }
}
