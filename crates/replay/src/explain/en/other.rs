use evscope_trace::{ActiveWhy, Event, Role};

use super::{English, bytes, capital, count, happened, sides, whose};
use crate::causes::{CauseKind, Mention};
use crate::describe::span;
use crate::explain::cases::{LONG_CALLBACK, ReadResult, UNNAMED, WriteResult, program_callback};
use crate::explain::chapters::Chapter;
use crate::explain::texts::OtherTexts;
use crate::explain::{Explanation, Scene, say};
use crate::{Change, Value};

impl OtherTexts for English {
    fn no_step(&self, step: usize, len: usize) -> Explanation {
        say(
            format!("There is no step {step}."),
            format!(
                "The trace has {}, counted from 0.",
                count(len as u64, "step", "steps")
            ),
        )
    }

    fn error(&self, _: &Scene, call: &str, errno: &str, action: &str) -> Explanation {
        say(
            format!("{call} failed: {errno}."),
            match action {
                "" => "The trace does not say what the library does about it.".to_owned(),
                action => format!("What the library does about it: {action}."),
            },
        )
    }

    fn lost(&self, _: &Scene, count: u64) -> Explanation {
        say(
            format!(
                "{} lost here: they were made faster than they could be written.",
                if count == 1 {
                    "1 record was".to_owned()
                } else {
                    format!("{count} records were")
                }
            ),
            "The trace says so rather than hide it.",
        )
        .watch("From here on the state shown may lack what happened in the gap.")
    }

    fn program_exit(&self, _: &Scene, status: Option<i32>, signal: Option<&str>) -> Explanation {
        let what = match (status, signal) {
            (_, Some(signal)) => format!("The program was ended by {signal}."),
            (Some(status), None) => format!("The program ended with status {status}."),
            (None, None) => "The program has ended.".to_owned(),
        };
        let why = match signal {
            Some(_) => {
                "It had no time to clean up: the kernel closed what was open. All it did until then is here."
            }
            None => "This is the last step. What was still open is closed by the kernel.",
        };
        say(what, why)
    }

    fn unknown(&self, s: &Scene, name: &str) -> Explanation {
        let fields: Vec<&str> = s.record.extra.keys().map(String::as_str).collect();
        say(
            format!("{name}: an event this version of evscope does not know."),
            if fields.is_empty() {
                "It is kept as it is; what it does to the state is unknown.".to_owned()
            } else {
                format!(
                    "It is kept as it is, with its fields {}; what it does to the state is unknown.",
                    fields.join(", ")
                )
            },
        )
        .watch("A newer evscope may know it.")
    }

    fn returns(&self, s: &Scene) -> Explanation {
        say(
            format!(
                "{} returns{}.",
                s.record.event.name(),
                s.after_time(" after ")
            ),
            changes(s, "It has changed nothing that shows."),
        )
    }

    fn callback_returns(&self, s: &Scene, callback: &str) -> Explanation {
        let to = s
            .parent()
            .map_or("the program", |parent| parent.event.name());
        let e = say(
            format!(
                "{} {callback} returns to {to}{}.",
                capital(whose(callback)),
                s.after_time(" after ")
            ),
            changes(s, "Nothing in the library's state has changed meanwhile."),
        );
        match s.took() {
            Some(took) if took >= LONG_CALLBACK => {
                e.watch("All that time nothing else of this loop could run.")
            }
            _ => e,
        }
    }

    fn chapter(&self, chapter: Chapter) -> &'static str {
        match chapter {
            Chapter::Main => "main: the base, the listener, the loop",
            Chapter::EvconnlistenerNew => {
                "evconnlistener_new: a socket that listens becomes an event"
            }
            Chapter::ListenerReadCb => "listener_read_cb: accepting until nothing is left",
            Chapter::ListenerCb => "listener_cb: a connection becomes a bufferevent",
            Chapter::BuffereventWritecb => {
                "bufferevent_writecb: the loop says the socket is writable"
            }
            Chapter::ConnWritecb => "conn_writecb: the watermark says the output has drained",
        }
    }

    fn cause(&self, m: &Mention<'_>, kind: CauseKind) -> String {
        let event = &m.record.event;
        let name = event.name();
        let fd = m.fd();
        match (kind, event) {
            (CauseKind::Begin, _) => format!("the call of {name} began"),
            (CauseKind::Loop, _) => match m.root() {
                Some(root) => format!("the loop was running, called by {root}"),
                None => "the loop was running".to_owned(),
            },
            (CauseKind::Callback, event) => {
                let callback = program_callback(event).unwrap_or(name);
                format!("{} {callback} was running", whose(callback))
            }
            (CauseKind::Active, Event::EventActive { what, why }) => {
                let event = m.event();
                match why {
                    ActiveWhy::Manual if m.record.objects.role == Some(Role::Internal) => {
                        format!("the library made {event} active itself")
                    }
                    ActiveWhy::Manual => format!("the program made {event} active itself"),
                    ActiveWhy::Deferred => {
                        format!("{event} became active: it carries the callbacks that were put off")
                    }
                    ActiveWhy::Finalize => {
                        format!("{event} became active: it is to be taken apart")
                    }
                    ActiveWhy::Io | ActiveWhy::Timeout | ActiveWhy::Signal => {
                        format!("{event} became active: {}", happened(*what, &fd))
                    }
                }
            }
            (CauseKind::Ready, Event::Poll { ready: Some(n), .. }) => {
                format!(
                    "poll reported {}",
                    count((*n).into(), "ready fd", "ready fds")
                )
            }
            (CauseKind::Pending, Event::EventAdd { timeout }) => {
                let by = m
                    .caller()
                    .map_or_else(String::new, |by| format!(" by {by}"));
                let timeout = timeout
                    .map_or_else(String::new, |t| format!(", with a timeout of {}", span(t)));
                format!("{} was made pending{by}{timeout}", m.event())
            }
            (
                CauseKind::Watermark,
                Event::Watermark {
                    side, mark, at, to, ..
                },
            ) => {
                let of = m
                    .record
                    .objects
                    .bev
                    .map_or_else(String::new, |bev| format!(" of {bev}"));
                format!(
                    "the {}{of} was at {to}, the {} mark is {at}",
                    side.name(),
                    mark.name()
                )
            }
            (CauseKind::Transfer, Event::EvbufferRead { result, errno, .. }) => {
                match ReadResult::of(*result, errno.as_deref()) {
                    ReadResult::Bytes(n) => format!("{} came from fd {fd}", bytes(n)),
                    ReadResult::Eof => format!("fd {fd} was at its end of file"),
                    ReadResult::WouldBlock(errno)
                    | ReadResult::Refused(errno)
                    | ReadResult::Failed(errno) => format!("reading fd {fd} gave {errno}"),
                }
            }
            (
                CauseKind::Transfer,
                Event::EvbufferWrite {
                    result,
                    errno,
                    after,
                    ..
                },
            ) => match WriteResult::of(*result, errno.as_deref(), *after) {
                WriteResult::All(n) => format!("{} went to fd {fd}, all there were", bytes(n)),
                WriteResult::Part { sent, left } => {
                    format!("{} went to fd {fd}, {left} were left", bytes(sent))
                }
                WriteResult::Nothing => format!("nothing went to fd {fd}"),
                WriteResult::WouldBlock(errno) | WriteResult::Failed(errno) => {
                    format!("writing to fd {fd} gave {errno}")
                }
            },
            (
                CauseKind::Accept,
                Event::Accept {
                    errno: Some(errno), ..
                },
            ) => {
                format!("accept gave {errno}")
            }
            (
                CauseKind::Accept,
                Event::Accept {
                    peer: Some(peer), ..
                },
            ) => match &**peer {
                UNNAMED => format!("fd {fd} was accepted, from an unnamed address"),
                peer => format!("fd {fd} was accepted, from {peer}"),
            },
            (CauseKind::Accept, _) => format!("fd {fd} was accepted"),
            (
                CauseKind::Connect,
                Event::Connect {
                    errno: Some(errno), ..
                },
            ) => {
                format!("the connect of fd {fd} failed: {errno}")
            }
            (CauseKind::Connect, Event::BuffereventSocketConnect { addr: Some(addr) }) => {
                format!(
                    "{} was to connect to {addr}, which had to be looked up",
                    m.object()
                )
            }
            (CauseKind::Connect, _) => format!("the connect of fd {fd} came to its end"),
            (CauseKind::Ratelimit, Event::Ratelimit { side, left, .. }) => {
                format!("the rate limit for {} stood at {left}", sides(*side))
            }
            (CauseKind::Free, _) => format!("{} was given up", m.object()),
            (CauseKind::Bytes, Event::BuffereventWrite { len }) => {
                format!("bufferevent_write put {} there", bytes(*len))
            }
            (CauseKind::Bytes, _) => format!("{name} put bytes into {}", m.object()),
            (CauseKind::Marks, Event::BuffereventSetwatermark { low, high, .. }) => {
                format!("the marks were set: low {low}, high {high}")
            }
            (CauseKind::Timeouts, _) => format!("the timeouts of {} were set", m.object()),
            (CauseKind::Callbacks, _) => format!("the callbacks of {} were set", m.object()),
            // A kind with a record it does not belong to cannot come up; its name says enough.
            (
                CauseKind::Call
                | CauseKind::Active
                | CauseKind::Ready
                | CauseKind::Pending
                | CauseKind::Watermark
                | CauseKind::Transfer
                | CauseKind::Ratelimit
                | CauseKind::Marks,
                _,
            ) => match (m.root(), m.object()) {
                (Some(root), object) if object.is_empty() => format!("{root} called {name}"),
                (Some(root), object) => format!("{root} called {name} for {object}"),
                (None, object) if object.is_empty() => format!("in {name}"),
                (None, object) => format!("in {name} of {object}"),
            },
        }
    }
}

/// What the call that ends here has changed.
fn changes(s: &Scene, nothing: &str) -> String {
    let (shown, more) = s.changes_of_call();
    if shown.is_empty() {
        return nothing.to_owned();
    }
    let list: Vec<String> = shown
        .iter()
        .map(|Change { path, from, to }| match to {
            Value::Object(object) if object.to_string() == *path => format!("{path} is new"),
            _ => format!("{path} {from} → {to}"),
        })
        .collect();
    let more = if more > 0 {
        format!("; {more} more")
    } else {
        String::new()
    };
    format!("Meanwhile: {}{more}.", list.join("; "))
}
