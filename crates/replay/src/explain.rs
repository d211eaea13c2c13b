//! A step in plain words, for somebody who is learning: what happened, why it matters, what to watch
//! for.
//!
//! Which case a step is, is decided here, once for all languages: [`Scene`] knows the state around a step,
//! [`cases`] tells the situations apart, and a function for each kind of event says which messages that is.
//! The words stand in the files of `evscope-words`.

mod buffer;
mod bufferevent;
mod cases;
mod chapters;
mod event;
mod listener;
mod looping;
mod other;
pub(crate) mod phrases;
mod plain;
mod running;
mod scene;

use evscope_trace::{Event, Mark, Phase, visible};
use evscope_words::{Lang, Text, text};
use serde::Serialize;

use crate::Replay;
use crate::describe::span;
pub(crate) use cases::callback_text;
pub use cases::program_callback;
pub(crate) use cases::{ReadResult, UNNAMED, WriteResult};
pub use chapters::{Chapter, Chapters, chapter_of};
pub(crate) use scene::{Scene, is_of_library};

use cases::{Accepting, Adding, Connecting, Deleting, ReadCall, WriteCall};

/// A step in plain words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// What happened: one sentence, with the values.
    pub what: String,
    /// Why it happens or what it means.
    pub why: String,
    /// What to watch for, where there is something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watch: Option<String>,
}

/// An explanation that no language has said yet.
struct Said {
    what: Text,
    why: Text,
    watch: Option<Text>,
}

impl Said {
    fn watch(mut self, text: Text) -> Self {
        self.watch = Some(text);
        self
    }

    fn watch_if(self, applies: bool, text: Text) -> Self {
        if applies { self.watch(text) } else { self }
    }
}

fn say(what: Text, why: Text) -> Said {
    Said {
        what,
        why,
        watch: None,
    }
}

/// A text in a language, its spaces set. Names in it come from the trace, so it is made visible.
pub(crate) fn in_words(text: &Text, lang: Lang) -> String {
    visible(&lang.set_spaces(text.in_lang(lang))).into_owned()
}

/// Explains a step.
pub fn explain(replay: &Replay, step: usize, lang: Lang) -> Explanation {
    let said = match Scene::new(replay, step) {
        None => other::no_step(step, replay.trace().len()),
        Some(scene) if scene.record.phase == Phase::Exit => end(&scene),
        Some(scene) => begin(&scene, lang),
    };
    let mut why = in_words(&said.why, lang);
    if let Some((whole, own)) = replay.trace().took_long(step) {
        let (whole, own) = (span(whole), span(own));
        let took = text!(explain_took_long, whole, own);
        why = text!(explain_sentences, before = why, after = took.in_lang(lang)).in_lang(lang);
    }
    Explanation {
        what: in_words(&said.what, lang),
        why,
        watch: said.watch.map(|text| in_words(&text, lang)),
    }
}

/// What a call's end says: its result where it has one, else what the call has changed.
fn end(s: &Scene) -> Said {
    match &s.record.event {
        Event::EventBaseLoop { ended, .. } => looping::event_base_loop_ended(s, ended.as_deref()),
        Event::Poll { ready, errno, .. } => looping::poll_ended(s, *ready, errno.as_deref()),
        event => match program_callback(event) {
            Some(callback) => other::callback_returns(s, callback),
            None => other::returns(s),
        },
    }
}

fn begin(s: &Scene, lang: Lang) -> Said {
    match &s.record.event {
        Event::EventBaseLoop { flags, ended: _ } => looping::event_base_loop(s, *flags),
        Event::Poll {
            timeout,
            ready: None,
            errno: None,
        } => looping::poll(s, *timeout),
        // A poll in one record, as a recorder makes it that sees only the call's return.
        Event::Poll { ready, errno, .. } => looping::poll_ended(s, *ready, errno.as_deref()),
        Event::EventBaseLoopexit { timeout } => looping::event_base_loopexit(s, *timeout),
        Event::EventBaseFree {} => looping::event_base_free(s),

        Event::EventAssign {
            events,
            callback,
            priority: _,
        } => event::event_assign(s, *events, callback),
        Event::EventAdd { timeout } => event::event_add(s, *timeout, Adding::of(s)),
        Event::EventDel {} => event::event_del(s, Deleting::of(s)),
        Event::EventActive { what, why } => event::event_active(s, *what, *why),
        Event::EventCallback { callback, what } => event::event_callback(s, callback, *what),
        Event::EventFree {} => event::event_free(s),
        Event::BackendAdd { old, new } => event::backend_add(s, *old, *new),
        Event::BackendDel { old, new } => event::backend_del(s, *old, *new),

        Event::EvconnlistenerNew {
            addr,
            callback,
            options,
            backlog,
        } => listener::evconnlistener_new(
            s,
            addr.as_deref(),
            callback.as_deref(),
            *options,
            *backlog,
        ),
        Event::Accept { peer, errno } => {
            listener::accept(s, Accepting::of(peer.as_deref(), errno.as_deref()))
        }
        Event::EvconnlistenerFree {} => listener::evconnlistener_free(s),

        Event::EvbufferNew {} => buffer::evbuffer_new(s),
        Event::EvbufferFree {} => buffer::evbuffer_free(s),
        Event::EvbufferAdd {
            len,
            before,
            after,
            data: _,
        } => buffer::evbuffer_add(s, *len, *before, *after),
        Event::EvbufferRemove {
            len,
            before,
            after,
            data: _,
        } => buffer::evbuffer_remove(s, *len, *before, *after),
        Event::EvbufferDrain { len, before, after } => {
            buffer::evbuffer_drain(s, *len, *before, *after)
        }
        Event::EvbufferMove {
            from,
            len,
            before: _,
            after,
            from_after,
        } => buffer::evbuffer_move(s, *from, *len, *after, *from_after),
        Event::EvbufferPeek {
            offset,
            asked,
            pieces,
            bytes,
        } => buffer::evbuffer_peek(s, *offset, *asked, *pieces, *bytes),
        Event::EvbufferFreeze { end } => buffer::evbuffer_freeze(s, *end),
        Event::EvbufferUnfreeze { end } => buffer::evbuffer_unfreeze(s, *end),
        Event::EvbufferRead {
            asked: _,
            result,
            errno,
            before: _,
            after,
            data: _,
        } => buffer::evbuffer_read(s, ReadResult::of(*result, errno.as_deref()), *after),
        Event::EvbufferWrite {
            asked: _,
            result,
            errno,
            before,
            after,
            data: _,
        } => buffer::evbuffer_write(
            s,
            WriteResult::of(*result, errno.as_deref(), *after),
            *before,
        ),
        Event::EvbufferCb {
            callback,
            before: _,
            added,
            deleted,
        } => buffer::evbuffer_cb(s, callback, *added, *deleted),

        Event::BuffereventSocketNew { tls: Some(_), .. } => {
            bufferevent::bufferevent_tls_new(s, None)
        }
        Event::BuffereventSocketNew {
            options,
            input: _,
            output: _,
            ev_read,
            ev_write,
            tls: None,
        } => bufferevent::bufferevent_socket_new(s, *options, *ev_read, *ev_write),
        Event::BuffereventPairNew { partner, .. } => bufferevent::bufferevent_pair_new(s, *partner),
        Event::BuffereventFilterNew {
            tls: Some(_),
            underlying,
            ..
        } => bufferevent::bufferevent_tls_new(s, Some(*underlying)),
        Event::BuffereventFilterNew { underlying, .. } => {
            bufferevent::bufferevent_filter_new(s, *underlying)
        }
        Event::BuffereventSetcb {
            readcb,
            writecb,
            eventcb,
        } => bufferevent::bufferevent_setcb(
            s,
            readcb.as_deref(),
            writecb.as_deref(),
            eventcb.as_deref(),
        ),
        Event::BuffereventEnable { events } => bufferevent::bufferevent_enable(s, *events),
        Event::BuffereventDisable { events } => bufferevent::bufferevent_disable(s, *events),
        Event::BeSocketDisable { events } => bufferevent::be_socket_disable(s, *events),
        Event::BuffereventSetwatermark { events, low, high } => {
            bufferevent::bufferevent_setwatermark(s, *events, *low, *high)
        }
        Event::BuffereventWrite { len } => bufferevent::bufferevent_write(s, *len),
        Event::BuffereventRead { asked } => bufferevent::bufferevent_read(s, *asked),
        Event::BuffereventSocketConnect { addr } => {
            bufferevent::bufferevent_socket_connect(s, addr.as_deref())
        }
        Event::Connect { progress, errno } => {
            bufferevent::connect(s, Connecting::of(*progress, errno.as_deref()))
        }
        Event::BuffereventSetfd {} => bufferevent::bufferevent_setfd(s),
        Event::BuffereventReadcb { what } => running::bufferevent_readcb(s, ReadCall::of(s, *what)),
        Event::BuffereventWritecb { what } => {
            running::bufferevent_writecb(s, WriteCall::of(s, *what))
        }
        Event::Readcb { callback } => running::readcb(s, callback),
        Event::Writecb { callback } => running::writecb(s, callback),
        Event::Eventcb {
            callback,
            what,
            errno,
        } => running::eventcb(s, callback, *what, errno.as_deref()),
        Event::Watermark {
            side,
            mark: Mark::Low,
            at,
            from,
            to,
            crossed: _,
        } => running::low_mark(s, *side, *at, *from, *to),
        Event::Watermark {
            side,
            mark: Mark::High,
            at,
            from: _,
            to,
            crossed,
        } => running::high_mark(s, *side, *at, *to, *crossed),
        Event::SuspendRead { reason, now } => running::suspend_read(s, *reason, *now),
        Event::UnsuspendRead { reason, now } => running::unsuspend_read(s, *reason, *now),
        Event::SuspendWrite { reason, now } => running::suspend_write(s, *reason, *now),
        Event::UnsuspendWrite { reason, now } => running::unsuspend_write(s, *reason, *now),
        Event::DeferredCb {
            readcb,
            writecb,
            events,
        } => running::deferred_cb(s, *readcb, *writecb, *events),
        Event::Ratelimit { side, change, left } => running::ratelimit(s, *side, *change, *left),
        Event::BuffereventTrigger { events } => bufferevent::bufferevent_trigger(s, *events),
        Event::BuffereventFlush { events, mode } => {
            bufferevent::bufferevent_flush(s, *events, mode)
        }
        Event::BuffereventFree {} => bufferevent::bufferevent_free(s),
        Event::BuffereventFinalize { closed, unsent } => {
            bufferevent::bufferevent_finalize(s, *closed, *unsent)
        }

        Event::Error {
            call,
            errno,
            action,
        } => other::error(s, call, errno, action),
        Event::ProgramExit { status, signal } => other::program_exit(s, *status, signal.as_deref()),
        event => plain::of(s, lang).unwrap_or_else(|| other::unknown(s, event.name())),
    }
}

#[cfg(test)]
mod foretold;
#[cfg(test)]
mod tests;
