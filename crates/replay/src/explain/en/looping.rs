use evscope_trace::{LoopFlags, Nanos};

use super::{English, count};
use crate::describe::span;
use crate::explain::texts::LoopTexts;
use crate::explain::{Explanation, Scene, say};

impl LoopTexts for English {
    fn event_base_new(&self, s: &Scene, backend: &str, priorities: u32) -> Explanation {
        let base = s.base();
        let priorities = count(priorities.into(), "priority", "priorities");
        say(
            format!("{base} is made: an event loop on {backend} with {priorities}."),
            format!(
                "A base holds what its loop knows: which events are pending, which are active, and the \
                 {backend} handle through which it asks the kernel."
            ),
        )
        .watch("Nothing runs yet. Events are set up and added; event_base_loop starts it all.")
    }

    fn event_base_loop(&self, s: &Scene, flags: LoopFlags) -> Explanation {
        let base = s.base();
        let pending = s.pending_events();
        let how = if flags.is_empty() {
            String::new()
        } else {
            format!(" with {flags}")
        };
        let pending_text = count(pending, "event is", "events are");
        let why = if flags.contains(LoopFlags::NONBLOCK) {
            "It looks once, without waiting, runs what is ready, and returns."
        } else if flags.contains(LoopFlags::ONCE) {
            "It waits until something is ready, runs it, and returns."
        } else {
            "From here on the loop owns the thread: it waits, runs the callback of each event that \
             became active, and waits again."
        };
        let e = say(
            format!("The loop of {base} starts{how}; {pending_text} pending."),
            why,
        );
        if pending == 0 && !s.has_active() && !flags.contains(LoopFlags::NO_EXIT_ON_EMPTY) {
            e.watch("Nothing is pending, so it returns at once. Was an event_add forgotten?")
        } else if flags == LoopFlags::NO_EXIT_ON_EMPTY {
            e.watch(
                "It goes on waiting even when nothing is pending any more: only event_base_loopexit or \
                 event_base_loopbreak ends it.",
            )
        } else if flags.contains(LoopFlags::NO_EXIT_ON_EMPTY) {
            e.watch("That nothing is pending is no reason for it to return.")
        } else {
            e.watch(
                "It ends when nothing is pending any more, or when somebody calls \
                 event_base_loopexit or event_base_loopbreak.",
            )
        }
    }

    fn event_base_loop_ended(&self, s: &Scene, ended: Option<&str>) -> Explanation {
        let base = s.base();
        let why = match ended {
            Some("empty") => {
                "No event is pending or active any more: there is nothing left to wait for."
                    .to_owned()
            }
            Some("exit") => "event_base_loopexit asked for it. The callbacks that were active at \
                             that moment have run first."
                .to_owned(),
            Some("break") => "event_base_loopbreak asked for it: the loop left right after the \
                              callback that was running. What was active behind it still waits."
                .to_owned(),
            Some("once") => {
                "It was started with ONCE: something ran, nothing is active any more.".to_owned()
            }
            Some("nonblock") => "It was started with NONBLOCK: after one look without waiting, \
                                 nothing was active."
                .to_owned(),
            Some("error") => {
                "The backend's wait failed in a way the loop cannot repair.".to_owned()
            }
            Some(other) => format!("The reason it gives: {other}."),
            None => "The trace does not say why.".to_owned(),
        };
        let e = say(
            format!("The loop of {base} ends{}.", s.after_time(" after ")),
            why,
        );
        match s.pending_events() {
            0 => e,
            n => e.watch(format!(
                "{} still pending: a new loop would go on with them.",
                count(n, "event is", "events are")
            )),
        }
    }

    fn poll(&self, s: &Scene, timeout: Option<Nanos>) -> Explanation {
        let backend = s.backend();
        let fds = count(s.watched_fds(), "fd", "fds");
        match timeout {
            None => say(
                format!("The loop sleeps in {backend} until one of {fds} is ready, however long."),
                "No timer is pending and nothing is active, so only the kernel can wake it.",
            )
            .watch("Sleeping here costs nothing. A program that hangs is stuck anywhere but here."),
            Some(Nanos(0)) => say(
                format!("The loop asks {backend} which of {fds} are ready, without waiting."),
                "Something is active already, or a timer is due, or the loop must not block: it only \
                 looks whether more is ready, so that urgent events are not overtaken.",
            ),
            Some(timeout) => say(
                format!(
                    "The loop sleeps in {backend} for at most {}, watching {fds}.",
                    span(timeout)
                ),
                match s.next_timer() {
                    Some(event) => {
                        format!(
                            "{event} is the earliest timer: then it is due, whatever the fds do."
                        )
                    }
                    None => "The earliest timer is due then, whatever the fds do.".to_owned(),
                },
            ),
        }
    }

    fn poll_ended(&self, s: &Scene, ready: Option<u32>, errno: Option<&str>) -> Explanation {
        let backend = s.backend();
        let after = s.after_time(" after ");
        match (ready, errno) {
            (_, Some("EINTR")) => say(
                format!("The wait in {backend} was cut short by a signal{after}."),
                "Not an error: the loop goes on, looks at its timers and at the signal, and waits \
                 again.",
            ),
            (_, Some(errno)) => say(
                format!("The wait in {backend} failed{after}: {errno}."),
                "Without its backend the loop cannot learn what is ready; it ends.",
            ),
            (Some(0), None) if s.only_looked() => say(
                "Nothing is ready.",
                "The loop did not wait, it only looked. Next come the timers that are due, if any, and \
                 what was active already.",
            ),
            (Some(0), None) => say(
                format!("Nothing became ready{after}."),
                "The time was up. The timers that are due become active now, earliest first.",
            ),
            (Some(n), None) => say(
                format!(
                    "{backend} reports {}{after}.",
                    count(n.into(), "ready fd", "ready fds")
                ),
                "For each, every pending event whose interest matches becomes active. No callback has \
                 run yet: first all are collected, then they run by priority.",
            ),
            (None, None) => say(
                format!("The wait in {backend} is over{after}."),
                "What is ready becomes active now.",
            ),
        }
    }

    fn event_base_loopexit(&self, s: &Scene, timeout: Option<Nanos>) -> Explanation {
        let base = s.base();
        let when = match timeout {
            Some(timeout) if timeout != Nanos(0) => format!("in {}", span(timeout)),
            _ => "after this turn".to_owned(),
        };
        say(
            format!("The loop of {base} is asked to end {when}."),
            "The request is itself a one-shot timer of the base, so it waits its turn like any other \
             event: callbacks that are active already still run.",
        )
        .watch("To leave at once, after the running callback only, there is event_base_loopbreak.")
    }

    fn event_base_loopbreak(&self, s: &Scene) -> Explanation {
        let base = s.base();
        say(
            format!("The loop of {base} is told to leave as soon as the running callback returns."),
            "It only sets a flag, which the loop looks at after each callback.",
        )
        .watch("Events that are active behind it do not run now; a new loop would run them first.")
    }

    fn event_base_loopcontinue(&self, s: &Scene) -> Explanation {
        let base = s.base();
        say(
            format!("The loop of {base} is told to poll again after the running callback."),
            "Active events that have not run yet stay active, and what the new poll finds with a \
             better priority goes before them.",
        )
    }

    fn event_base_free(&self, s: &Scene) -> Explanation {
        let base = s.base();
        let backend = s.backend();
        let e = say(
            format!("{base} is freed."),
            format!(
                "Its queues, its timers and its {backend} handle are gone; no loop can run on it."
            ),
        );
        match s.pending_events() {
            0 => e,
            n => e.watch(format!(
                "{} still pending. The base lets go of them, but whoever made them must still free \
                 them.",
                count(n, "event was", "events were")
            )),
        }
    }
}
