//! The loop.

use evscope_trace::{LoopFlags, Nanos};
use evscope_words::text;

use super::phrases::span;
use super::{Said, Scene, say};

pub(super) fn event_base_loop(s: &Scene, flags: LoopFlags) -> Said {
    let base = s.base();
    let pending = s.pending_events();
    let how = (!flags.is_empty()).then(|| text!(loop_flags, flags = flags.to_string()));
    let why = if flags.contains(LoopFlags::NONBLOCK) {
        text!(loop_nonblock_why)
    } else if flags.contains(LoopFlags::ONCE) {
        text!(loop_once_why)
    } else {
        text!(loop_why)
    };
    let e = say(text!(loop_start, base, how, pending), why);
    if pending == 0 && !s.has_active() && !flags.contains(LoopFlags::NO_EXIT_ON_EMPTY) {
        e.watch(text!(loop_nothing_pending))
    } else if flags == LoopFlags::NO_EXIT_ON_EMPTY {
        e.watch(text!(loop_only_no_exit))
    } else if flags.contains(LoopFlags::NO_EXIT_ON_EMPTY) {
        e.watch(text!(loop_no_exit))
    } else {
        e.watch(text!(loop_watch))
    }
}

pub(super) fn event_base_loop_ended(s: &Scene, ended: Option<&str>) -> Said {
    let base = s.base();
    let after = s.took().map(|took| text!(loop_after, span = span(took)));
    let why = match ended {
        Some("empty") => {
            text!(loop_ended_empty)
        }
        Some("exit") => text!(loop_ended_exit),
        Some("break") => text!(loop_ended_break),
        Some("once") => {
            text!(loop_ended_once)
        }
        Some("nonblock") => text!(loop_ended_nonblock),
        Some("error") => {
            text!(loop_ended_error)
        }
        Some(other) => text!(loop_ended_other, other),
        None => text!(loop_ended_unknown),
    };
    let e = say(text!(loop_ended, base, after), why);
    match s.pending_events() {
        0 => e,
        n => e.watch(text!(loop_ended_pending, n)),
    }
}

pub(super) fn poll(s: &Scene, timeout: Option<Nanos>) -> Said {
    let backend = s.backend();
    let fds = s.watched_fds();
    let e = match timeout {
        None => say(text!(poll_forever, backend, fds), text!(poll_forever_why)),
        Some(Nanos(0)) => {
            return say(text!(poll_look, backend, fds), text!(poll_look_why));
        }
        Some(timeout) => say(
            text!(poll_timeout, backend, timeout = span(timeout), fds),
            match s.next_timer() {
                Some(event) => {
                    text!(poll_next_timer, event = event.to_string())
                }
                None => text!(poll_some_timer),
            },
        ),
    };
    if let Some(event) = s.turning() {
        return e.watch(text!(poll_turning, event = event.to_string()));
    }
    match s.unheard() {
        Some(unheard) => e.watch(unheard),
        None => e.watch_if(timeout.is_none(), text!(poll_forever_watch)),
    }
}

pub(super) fn poll_ended(s: &Scene, ready: Option<u32>, errno: Option<&str>) -> Said {
    let backend = s.backend();
    let after = s.took().map(|took| text!(poll_after, span = span(took)));
    match (ready, errno) {
        (_, Some("EINTR")) => say(
            text!(poll_interrupted, backend, after),
            text!(poll_interrupted_why),
        ),
        (_, Some(errno)) => say(
            text!(poll_failed, backend, after, errno),
            text!(poll_failed_why),
        ),
        (Some(0), None) if s.only_looked() => {
            say(text!(poll_nothing_ready), text!(poll_looked_why))
        }
        (Some(0), None) => say(text!(poll_time_up, after), text!(poll_time_up_why)),
        (Some(n), None) => say(text!(poll_ready, backend, n, after), text!(poll_ready_why)),
        (None, None) => say(text!(poll_over, backend, after), text!(poll_over_why)),
    }
}

pub(super) fn event_base_loopexit(s: &Scene, timeout: Option<Nanos>) -> Said {
    let base = s.base();
    let when = match timeout {
        Some(timeout) if timeout != Nanos(0) => text!(loopexit_in, timeout = span(timeout)),
        _ => text!(loopexit_now),
    };
    say(
        text!(event_base_loopexit, base, when),
        text!(event_base_loopexit_why),
    )
    .watch(text!(event_base_loopexit_watch))
}

pub(super) fn event_base_free(s: &Scene) -> Said {
    let base = s.base();
    let backend = s.backend();
    let e = say(
        text!(event_base_free, base),
        text!(event_base_free_why, backend),
    );
    match s.pending_events() {
        0 => e,
        n => e.watch(text!(event_base_free_pending, n)),
    }
}
