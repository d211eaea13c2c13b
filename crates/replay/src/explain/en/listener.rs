use evscope_trace::ListenerOptions;

use super::English;
use crate::explain::cases::{Accepting, UNNAMED};
use crate::explain::texts::ListenerTexts;
use crate::explain::{Explanation, Scene, say};

impl ListenerTexts for English {
    fn evconnlistener_new(
        &self,
        s: &Scene,
        addr: Option<&str>,
        callback: Option<&str>,
        options: ListenerOptions,
        backlog: i32,
    ) -> Explanation {
        let listener = s.listener();
        let place = addr.map_or_else(|| format!("fd {}", s.fd()), str::to_owned);
        let queue = match backlog {
            0 => "The socket listens already.".to_owned(),
            1.. => {
                format!("The kernel queues up to {backlog} connections until they are accepted.")
            }
            _ => "The kernel queues new connections until they are accepted.".to_owned(),
        };
        let what = match callback {
            Some(callback) => {
                format!("{listener} is made: connections to {place} will go to your {callback}.")
            }
            None => format!("{listener} is made for {place}, without a callback yet."),
        };
        let e = say(
            what,
            format!(
                "{queue} The listener wraps the socket in an event, so accepting is callback work."
            ),
        );
        if callback.is_none() {
            e.watch("Without a callback its event is not added: nobody accepts.")
        } else if options.contains(ListenerOptions::DISABLED) {
            e.watch("It starts disabled: evconnlistener_enable must follow.")
        } else if !options.contains(ListenerOptions::CLOSE_ON_FREE) {
            e.watch(
                "Without CLOSE_ON_FREE the listening socket stays open when the listener is freed.",
            )
        } else {
            e
        }
    }

    fn evconnlistener_enable(&self, s: &Scene) -> Explanation {
        say(
            format!("{} is enabled.", s.listener()),
            "Its event becomes pending. What queued up in the kernel meanwhile is accepted first.",
        )
    }

    fn evconnlistener_disable(&self, s: &Scene) -> Explanation {
        say(
            format!("{} is disabled: it stops accepting.", s.listener()),
            "Its event is no longer pending. The socket still listens, so the kernel goes on queueing \
             connections until its queue is full.",
        )
        .watch("After EMFILE this gives air. But nothing enables the listener again by itself.")
    }

    fn listener_read_cb(&self, s: &Scene) -> Explanation {
        say(
            format!("The loop calls {}'s own read callback: fd {} is readable.", s.listener(), s.fd()),
            "It accepts in a loop, until nothing is left. One readiness can stand for many connections, \
             and each goes to your callback.",
        )
        .watch("Your callback may even free the listener: it is kept alive until this call is over.")
    }

    fn accept(&self, s: &Scene, result: Accepting<'_>) -> Explanation {
        match result {
            Accepting::Got { peer } => say(
                match peer {
                    Some(UNNAMED) => format!(
                        "A connection from an unnamed address is accepted; its socket is fd {}.",
                        s.fd()
                    ),
                    Some(peer) => format!("A connection from {peer} is accepted; its socket is fd {}.", s.fd()),
                    None => format!("A connection is accepted; its socket is fd {}.", s.fd()),
                },
                "It is a new socket, already non-blocking. The listening socket goes on listening.",
            )
            .watch("From now on somebody must close it: a bufferevent with CLOSE_ON_FREE does."),
            Accepting::NoMore { errno } => say(
                format!("No further connection waits ({errno})."),
                "This is how the loop of accepts always ends; it is no error.",
            ),
            Accepting::TryAgain { errno } => say(
                format!("accept was disturbed ({errno})."),
                "A signal came, or the peer gave up before it was accepted. The listener stays enabled \
                 and tries again when the loop calls it next.",
            ),
            Accepting::NoFds { errno } => say(
                format!("accept fails: {errno}. No file descriptor is free."),
                "The connection stays in the kernel's queue, so the listening socket stays readable and \
                 the loop calls again at once: it can spin at full load without getting anywhere.",
            )
            .watch("Disable the listener in its error callback, and enable it when a connection closes."),
            Accepting::Failed { errno } => say(
                format!("accept fails: {errno}."),
                "The listener's error callback is told, if there is one; otherwise a warning is logged.",
            ),
        }
    }

    fn listener_cb(&self, s: &Scene, callback: &str) -> Explanation {
        say(
            format!("Your {callback} gets the new connection, fd {}.", s.fd()),
            "From here the socket is yours. Usually a bufferevent is made for it now.",
        )
        .watch("Forget it here, and the fd leaks: neither listener nor loop keeps it.")
    }

    fn listener_errorcb(&self, s: &Scene, callback: &str) -> Explanation {
        say(
            format!(
                "Your {callback} is told that {} could not accept.",
                s.listener()
            ),
            "With EMFILE or ENFILE the sensible thing is to disable the listener for a while.",
        )
    }

    fn evconnlistener_free(&self, s: &Scene) -> Explanation {
        let listener = s.listener();
        say(
            format!("{listener} is freed."),
            if s.listener_closes() {
                format!("Its event is deleted and its socket, fd {}, is closed.", s.fd())
            } else {
                format!(
                    "Its event is deleted. Its socket, fd {}, stays open: CLOSE_ON_FREE was not asked for.",
                    s.fd()
                )
            },
        )
        .watch("Connections it accepted live on; they have nothing to do with it any more.")
    }
}
