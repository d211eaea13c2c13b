//! Events.

use evscope_trace::{ActiveWhy, EvFlags, Nanos, Role, Side};
use evscope_words::{Text, text};

use super::cases::{Adding, Deleting, ReadDeleted, WriteDeleted};
use super::phrases::{happened, reasons, sides, signal, span, watched, whose_of};
use super::scene::EventOf;
use super::{Said, Scene, say};

pub(super) fn event_assign(s: &Scene, events: EvFlags, callback: &str) -> Said {
    let event = s.event();
    let fd = s.fd();
    let bev = s.bev();
    let what = match s.role() {
        Some(Role::Timer) => text!(assign_timer, event, callback),
        Some(Role::Signal) => {
            text!(assign_signal, event, callback, signal = signal(&fd))
        }
        Some(Role::BevDeferred) => {
            text!(assign_deferred, event, bev)
        }
        _ if s.fd_if_any().is_none() || events.is_empty() => {
            text!(assign_bare, event, callback)
        }
        _ => text!(assign_fd, event, events = events.to_string(), fd, callback),
    };
    let why = match s.role() {
        Some(Role::Listener) => {
            text!(assign_listener_why)
        }
        Some(Role::BevRead | Role::BevWrite) if EventOf::of(callback) == EventOf::Handshake => {
            text!(
                assign_handshake_why,
                bev,
                own_event = own_event(s),
                callback
            )
        }
        Some(Role::BevRead | Role::BevWrite) if EventOf::of(callback) == EventOf::Timeout => {
            text!(
                assign_bev_timeout_why,
                bev,
                own_event = own_event(s),
                callback
            )
        }
        Some(Role::BevRead) => text!(assign_bev_read_why, bev, callback),
        Some(Role::BevWrite) => text!(assign_bev_write_why, bev, callback),
        Some(Role::BevDeferred) => {
            text!(assign_deferred_why)
        }
        Some(Role::Signal) => text!(assign_signal_why, callback),
        Some(Role::Timer) => text!(assign_timer_why),
        Some(Role::User) => match s.fd_if_any() {
            Some(fd) => text!(assign_user_fd_why, fd),
            None => text!(assign_user_why),
        },
        Some(Role::Internal) if events.is_empty() => {
            text!(assign_library_timer_why)
        }
        Some(Role::Internal) => {
            text!(assign_internal_why)
        }
        None => text!(assign_why),
    };
    say(what, why).watch(text!(assign_watch))
}

pub(super) fn event_add(s: &Scene, timeout: Option<Nanos>, case: Adding) -> Said {
    let event = s.event();
    match case {
        Adding::First => {
            let e = say(added(s, timeout), why_added(s));
            match timeout {
                Some(timeout) if !s.is_timer() => {
                    e.watch(text!(add_else_timeout, timeout = span(timeout)))
                }
                _ if s.is_once() && !s.is_of_library() => e.watch(text!(add_once_watch)),
                _ => e,
            }
        }
        Adding::Again => match timeout {
            Some(timeout) => say(
                text!(add_again_timeout, event, timeout = span(timeout)),
                text!(add_again_timeout_why),
            )
            .watch(text!(add_again_timeout_watch)),
            None => say(text!(add_again, event), text!(add_again_why)),
        },
        Adding::Rearmed => say(
            match timeout {
                Some(timeout) => {
                    text!(add_rearmed_timeout, event, timeout = span(timeout))
                }
                None => text!(add_rearmed, event),
            },
            text!(add_rearmed_why),
        ),
    }
}

pub(super) fn event_del(s: &Scene, case: Deleting) -> Said {
    let event = s.event();
    match case {
        Deleting::ByLoop { persistent: false } => {
            say(text!(del_fires_once, event), text!(del_fires_once_why)).watch_if(
                s.role() != Some(Role::Internal),
                text!(del_fires_once_watch),
            )
        }
        Deleting::ByLoop { persistent: true } => {
            say(text!(del_time_come, event), text!(del_time_come_why))
        }
        Deleting::Pending { active } => {
            let e = say(
                if s.lacks_fd() {
                    text!(del_no_fd, event)
                } else {
                    text!(del_pending, event, watched = watched(s))
                },
                why_deleted(s),
            );
            if active {
                e.watch(text!(del_active_too))
            } else {
                e
            }
        }
        Deleting::OnlyActive => say(text!(del_only_active, event), text!(del_only_active_why)),
        Deleting::Nothing => say(text!(del_nothing, event), text!(del_nothing_why)),
    }
}

pub(super) fn event_active(s: &Scene, what: EvFlags, why: ActiveWhy) -> Said {
    let event = s.event();
    let fd = s.fd();
    let bev = s.bev();
    let queue = text!(active_watch);
    match why {
        ActiveWhy::Io => say(
            text!(active_happened, event, happened = happened(what, &fd)),
            match s.role() {
                Some(Role::Listener) => {
                    text!(active_listener_why)
                }
                Some(Role::BevRead | Role::BevWrite) if s.shakes_hands() => {
                    text!(active_handshake_why, bev)
                }
                Some(Role::BevRead) => match s.read_low() {
                    _ if s.lacks_callback(Side::Input) => text!(active_read_unset_why, bev),
                    0 => text!(active_read_why, bev, whose = whose_of(s, Side::Input)),
                    low => text!(
                        active_read_low_why,
                        bev,
                        low,
                        whose = whose_of(s, Side::Input)
                    ),
                },
                Some(Role::BevWrite) if s.is_connecting() => text!(active_connecting_why, bev),
                Some(Role::BevWrite) if s.lacks_callback(Side::Output) => {
                    text!(active_write_unset_why, bev)
                }
                Some(Role::BevWrite) => text!(
                    active_write_why,
                    bev,
                    write_low = s.write_low(),
                    whose = whose_of(s, Side::Output)
                ),
                Some(Role::Internal) => {
                    text!(active_internal_why)
                }
                _ => match s.callback_of_event() {
                    Some(callback) if s.has_more_urgent() => {
                        text!(active_callback_priority_why, callback)
                    }
                    Some(callback) => text!(active_callback_why, callback),
                    None => text!(active_why),
                },
            },
        )
        .watch(queue),
        ActiveWhy::Timeout => say(
            text!(active_timeout, event),
            match s.role() {
                Some(Role::BevRead) => text!(
                    active_read_timeout_why,
                    bev,
                    callback = s.callback_of_event().unwrap_or("bufferevent_readcb")
                ),
                Some(Role::BevWrite) => text!(
                    active_write_timeout_why,
                    bev,
                    callback = s.callback_of_event().unwrap_or("bufferevent_writecb")
                ),
                _ => text!(active_timer_why),
            },
        ),
        ActiveWhy::Signal => say(
            text!(active_signal, event, signal = signal(&fd)),
            text!(active_signal_why),
        ),
        ActiveWhy::Manual if s.role() == Some(Role::Internal) => say(
            text!(active_queued_internal, event),
            text!(active_queued_internal_why),
        ),
        ActiveWhy::Manual => say(
            match what.is_empty() {
                true => text!(active_by_program, event),
                false => text!(active_by_program_with, event, what = what.to_string()),
            },
            text!(active_by_program_why),
        )
        .watch(text!(active_by_program_watch)),
        ActiveWhy::Deferred => say(
            text!(active_deferred, bev, event),
            text!(active_deferred_why),
        ),
        ActiveWhy::Finalize => say(text!(active_finalize, event), text!(active_finalize_why)),
    }
}

pub(super) fn event_callback(s: &Scene, callback: &str, what: EvFlags) -> Said {
    let fd = s.fd();
    let by_hand = s.is_made_active();
    let e = say(
        if by_hand {
            text!(callback_by_hand, callback, event = s.event())
        } else {
            text!(callback_happened, callback, happened = happened(what, &fd))
        },
        match s.role() {
            _ if by_hand => {
                text!(callback_by_hand_why)
            }
            Some(Role::Signal) => {
                text!(callback_signal_why)
            }
            Some(Role::Timer) if s.is_once() => {
                text!(callback_timer_why)
            }
            _ if what.contains(EvFlags::READ | EvFlags::WRITE) => {
                text!(callback_both_why)
            }
            _ if what.contains(EvFlags::READ) => {
                text!(callback_read_why)
            }
            _ => text!(callback_why, event = s.event()),
        },
    );
    if what.contains(EvFlags::READ) && s.is_level_triggered_persist() && !by_hand {
        e.watch(text!(callback_read_watch))
    } else {
        e.watch(text!(callback_watch))
    }
}

pub(super) fn event_free(s: &Scene) -> Said {
    let event = s.event();
    say(
        if s.event_is_pending() {
            text!(event_free_pending, event)
        } else {
            text!(event_free, event)
        },
        match s.role() {
            Some(Role::Signal | Role::Timer) => text!(event_free_no_fd_why),
            _ => {
                text!(event_free_why)
            }
        },
    )
}

pub(super) fn backend_add(s: &Scene, old: EvFlags, new: EvFlags) -> Said {
    let (backend, fd) = (s.backend(), s.fd());
    say(
        if old.is_empty() {
            text!(backend_add_first, backend, fd, sides = sides(new))
        } else {
            text!(
                backend_add_more,
                backend,
                fd,
                old = sides(old),
                new = sides(new)
            )
        },
        text!(backend_add_why),
    )
}

pub(super) fn backend_del(s: &Scene, old: EvFlags, new: EvFlags) -> Said {
    let (backend, fd) = (s.backend(), s.fd());
    say(
        if new.is_empty() {
            text!(backend_del_last, backend, fd)
        } else {
            text!(
                backend_del_less,
                backend,
                fd,
                old = sides(old),
                new = sides(new)
            )
        },
        text!(backend_del_why),
    )
}

/// Which of a bufferevent's events it is.
fn own_event(s: &Scene) -> &'static str {
    match s.role() {
        Some(Role::BevWrite) => "ev_write",
        _ => "ev_read",
    }
}

fn added(s: &Scene, timeout: Option<Nanos>) -> Text {
    let event = s.event();
    match timeout {
        Some(timeout) if s.is_timer() => {
            text!(added_timer, event, timeout = span(timeout))
        }
        Some(timeout) if s.lacks_fd() => text!(added_timeout_no_fd, event, timeout = span(timeout)),
        None if s.lacks_fd() => {
            text!(added_no_fd, event)
        }
        Some(timeout) => text!(
            added_timeout,
            event,
            watched = watched(s),
            timeout = span(timeout)
        ),
        None => text!(added, event, watched = watched(s)),
    }
}

fn why_added(s: &Scene) -> Text {
    let (fd, bev) = (s.fd(), s.bev());
    match s.role() {
        Some(Role::BevRead | Role::BevWrite) if s.lacks_fd() => {
            text!(added_no_fd_why, bev)
        }
        Some(Role::BevRead) if s.is_timer() => {
            text!(added_read_timeout_why, bev)
        }
        Some(Role::BevWrite) if s.is_timer() => {
            text!(added_write_timeout_why, bev)
        }
        Some(Role::Listener) => {
            text!(added_listener_why, fd)
        }
        Some(Role::BevRead) if s.shakes_hands() => {
            text!(added_read_handshake_why, bev)
        }
        Some(Role::BevWrite) if s.shakes_hands() => {
            text!(added_write_handshake_why, bev)
        }
        Some(Role::BevRead) => {
            text!(added_read_why, bev)
        }
        Some(Role::BevWrite) if s.is_connecting() => {
            text!(added_connecting_why)
        }
        Some(Role::BevWrite) => match s.output_len() {
            Some(0) => text!(added_write_empty_why, bev),
            Some(n) => text!(added_write_bytes_why, n, bev),
            None => text!(added_write_why, bev),
        },
        Some(Role::Signal) => {
            text!(added_signal_why, signal = signal(&fd))
        }
        Some(Role::Timer) => {
            text!(added_timer_why)
        }
        Some(Role::BevDeferred) => text!(added_deferred_why, bev),
        Some(Role::Internal) if s.is_timer() => {
            text!(added_library_timer_why)
        }
        Some(Role::Internal) => text!(added_internal_why),
        Some(Role::User) | None => match s.callback_of_event() {
            Some(callback) => text!(added_callback_why, callback),
            None => text!(added_why),
        },
    }
}

fn why_deleted(s: &Scene) -> Text {
    let bev = s.bev();
    match s.role() {
        Some(Role::BevRead | Role::BevWrite) if s.lacks_fd() => {
            text!(deleted_no_fd_why, bev)
        }
        Some(Role::BevRead | Role::BevWrite) if s.is_bev_freed() => text!(deleted_freed_why, bev),
        Some(Role::BevRead | Role::BevWrite) if s.is_timer() => {
            text!(deleted_timeout_why, bev)
        }
        Some(Role::BevRead | Role::BevWrite) if s.shakes_hands() => {
            text!(deleted_handshake_why)
        }
        Some(Role::BevWrite) => match WriteDeleted::of(s) {
            WriteDeleted::Freed => text!(deleted_freed_why, bev),
            WriteDeleted::Setfd => text!(deleted_setfd_why, bev),
            WriteDeleted::ConnectFailed => text!(deleted_connect_failed_why, bev),
            WriteDeleted::Failed => text!(deleted_failed_why, bev),
            WriteDeleted::Connected => text!(deleted_write_connected_why, bev),
            WriteDeleted::Disabled { left: 0 } => text!(deleted_write_disabled_why, bev),
            WriteDeleted::Suspended(why) => {
                text!(deleted_write_suspended_why, bev, reasons = reasons(why))
            }
            WriteDeleted::Empty => text!(deleted_write_empty_why, bev),
            WriteDeleted::Disabled { left: n } | WriteDeleted::Left(n) => {
                text!(deleted_write_bytes_why, n, bev)
            }
            WriteDeleted::Unknown => text!(deleted_write_why, bev),
        },
        Some(Role::BevRead) => match ReadDeleted::of(s) {
            ReadDeleted::Freed => text!(deleted_freed_why, bev),
            ReadDeleted::Setfd => text!(deleted_setfd_why, bev),
            ReadDeleted::ConnectFailed => text!(deleted_connect_failed_why, bev),
            ReadDeleted::Ended => text!(deleted_read_ended_why, bev),
            ReadDeleted::Failed => text!(deleted_failed_why, bev),
            ReadDeleted::Suspended(why) => {
                text!(deleted_read_suspended_why, bev, reasons = reasons(why))
            }
            ReadDeleted::Disabled => text!(deleted_read_why, bev),
        },
        Some(Role::Listener) if s.is_listener_freed() && s.listener_closes() => {
            text!(deleted_listener_closed_why)
        }
        Some(Role::Listener) => {
            text!(deleted_listener_why)
        }
        Some(Role::Signal) => {
            text!(deleted_signal_why)
        }
        Some(Role::Timer) => text!(deleted_timer_why),
        Some(Role::BevDeferred) => text!(deleted_deferred_why, bev),
        Some(Role::Internal) if s.is_timer() => text!(deleted_library_timer_why),
        Some(Role::Internal) => text!(deleted_internal_why),
        Some(Role::User) | None => {
            text!(deleted_why)
        }
    }
}
