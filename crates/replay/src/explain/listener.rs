//! The listener.

use evscope_trace::ListenerOptions;
use evscope_words::{ToArg, text};

use super::cases::{Accepting, UNNAMED};
use super::{Said, Scene, say};

pub(super) fn evconnlistener_new(
    s: &Scene,
    addr: Option<&str>,
    callback: Option<&str>,
    options: ListenerOptions,
    backlog: i32,
) -> Said {
    let listener = s.listener();
    let place = match addr {
        Some(addr) => addr.to_arg(),
        None => text!(at_fd, fd = s.fd()).to_arg(),
    };
    let queue = match backlog {
        0 => text!(listens_already),
        1.. => {
            text!(queues_up_to, backlog)
        }
        _ => text!(queues_new),
    };
    let what = match callback {
        Some(callback) => {
            text!(evconnlistener_new, listener, place, callback)
        }
        None => text!(evconnlistener_new_no_callback, listener, place),
    };
    let e = say(what, text!(evconnlistener_new_why, queue));
    if callback.is_none() {
        e.watch(text!(evconnlistener_new_nobody))
    } else if options.contains(ListenerOptions::DISABLED) {
        e.watch(text!(evconnlistener_new_disabled))
    } else if !options.contains(ListenerOptions::CLOSE_ON_FREE) {
        e.watch(text!(evconnlistener_new_open))
    } else {
        e
    }
}

pub(super) fn accept(s: &Scene, result: Accepting<'_>) -> Said {
    match result {
        Accepting::Got { peer } => say(
            match peer {
                Some(UNNAMED) => text!(accept_unnamed, fd = s.fd()),
                Some(peer) => text!(accept_peer, peer, fd = s.fd()),
                None => text!(accept_somebody, fd = s.fd()),
            },
            text!(accept_why),
        )
        .watch(text!(accept_watch)),
        Accepting::NoMore { errno } => say(text!(accept_no_more, errno), text!(accept_no_more_why)),
        Accepting::TryAgain { errno } => say(text!(accept_again, errno), text!(accept_again_why)),
        Accepting::NoFds { errno } => say(text!(accept_no_fds, errno), text!(accept_no_fds_why))
            .watch(text!(accept_no_fds_watch)),
        Accepting::Failed { errno } => say(text!(accept_failed, errno), text!(accept_failed_why)),
    }
}

pub(super) fn evconnlistener_free(s: &Scene) -> Said {
    let listener = s.listener();
    say(
        text!(evconnlistener_free, listener),
        if s.listener_closes() {
            text!(evconnlistener_free_closed, fd = s.fd())
        } else {
            text!(evconnlistener_free_open, fd = s.fd())
        },
    )
    .watch(text!(evconnlistener_free_watch))
}
