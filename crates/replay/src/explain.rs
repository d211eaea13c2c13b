//! A step in plain words, for somebody who is learning: what happened, why it matters, what to watch
//! for. In English and Chinese.
//!
//! What is the same in all languages is worked out once: [`Scene`] knows the state around a step,
//! [`cases`] tells the situations apart. A language ([`en`], [`zh`]) only has words; it is a set of
//! traits ([`texts`]), so a text that is missing does not compile.

mod cases;
mod chapters;
mod en;
mod scene;
mod texts;
mod zh;

use std::fmt;
use std::str::FromStr;

use evscope_trace::{Event, Mark, Phase, visible};
use serde::Serialize;

use crate::Replay;
pub(crate) use cases::ReadResult;
pub use cases::program_callback;
pub use chapters::{Chapter, chapter_of};
pub(crate) use scene::Scene;
pub(crate) use texts::Texts;

use cases::{Accepting, Adding, Connecting, Deleting, ReadCall, WriteCall, WriteResult};

/// A language of explanations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Chinese.
    Zh,
}

impl Lang {
    /// The language of a locale's name (`zh_CN.UTF-8`, `C`); English for one that is not spoken here.
    pub fn from_locale(locale: &str) -> Self {
        let language = locale
            .split(['_', '-', '.', '@'])
            .next()
            .unwrap_or_default();
        language.parse().unwrap_or_default()
    }

    /// Its code: `en`, `zh`.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }

    /// The other one, for a key that switches.
    pub fn other(self) -> Self {
        match self {
            Self::En => Self::Zh,
            Self::Zh => Self::En,
        }
    }

    pub(crate) fn texts(self) -> &'static dyn Texts {
        match self {
            Self::En => &en::English,
            Self::Zh => &zh::Chinese,
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A language that is not spoken here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no language `{0}`; there are `en` and `zh`")]
pub struct UnknownLang(String);

impl FromStr for Lang {
    type Err = UnknownLang;

    fn from_str(text: &str) -> Result<Self, UnknownLang> {
        match text.to_ascii_lowercase().as_str() {
            "en" => Ok(Self::En),
            "zh" => Ok(Self::Zh),
            _ => Err(UnknownLang(text.to_owned())),
        }
    }
}

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

impl Explanation {
    fn watch(mut self, text: impl Into<String>) -> Self {
        self.watch = Some(text.into());
        self
    }

    fn watch_if(self, applies: bool, text: &str) -> Self {
        if applies { self.watch(text) } else { self }
    }
}

fn say(what: impl Into<String>, why: impl Into<String>) -> Explanation {
    Explanation {
        what: what.into(),
        why: why.into(),
        watch: None,
    }
}

/// Explains a step.
pub fn explain(replay: &Replay, step: usize, lang: Lang) -> Explanation {
    let texts = lang.texts();
    let explanation = match Scene::new(replay, step) {
        None => texts.no_step(step, replay.trace().len()),
        Some(scene) if scene.record.phase == Phase::Exit => end(texts, &scene),
        Some(scene) => begin(texts, &scene),
    };
    // Names in it come from the trace.
    let finish = |text| visible(&texts.finish(text)).into_owned();
    Explanation {
        what: finish(explanation.what),
        why: finish(explanation.why),
        watch: explanation.watch.map(finish),
    }
}

/// What a call's end says: its result where it has one, else what the call has changed.
fn end(t: &dyn Texts, s: &Scene) -> Explanation {
    match &s.record.event {
        Event::EventBaseLoop { ended, .. } => t.event_base_loop_ended(s, ended.as_deref()),
        Event::Poll { ready, errno, .. } => t.poll_ended(s, *ready, errno.as_deref()),
        event => match program_callback(event) {
            Some(callback) => t.callback_returns(s, callback),
            None => t.returns(s),
        },
    }
}

fn begin(t: &dyn Texts, s: &Scene) -> Explanation {
    match &s.record.event {
        Event::EventBaseNew {
            backend,
            priorities,
        } => t.event_base_new(s, backend, *priorities),
        Event::EventBaseLoop { flags, ended: _ } => t.event_base_loop(s, *flags),
        Event::Poll {
            timeout,
            ready: None,
            errno: None,
        } => t.poll(s, *timeout),
        // A poll in one record, as a recorder makes it that sees only the call's return.
        Event::Poll { ready, errno, .. } => t.poll_ended(s, *ready, errno.as_deref()),
        Event::EventBaseLoopexit { timeout } => t.event_base_loopexit(s, *timeout),
        Event::EventBaseLoopbreak {} => t.event_base_loopbreak(s),
        Event::EventBaseLoopcontinue {} => t.event_base_loopcontinue(s),
        Event::EventBaseFree {} => t.event_base_free(s),

        Event::EventAssign {
            events,
            callback,
            priority: _,
        } => t.event_assign(s, *events, callback),
        Event::EventAdd { timeout } => t.event_add(s, *timeout, Adding::of(s)),
        Event::EventDel {} => t.event_del(s, Deleting::of(s)),
        Event::EventActive { what, why } => t.event_active(s, *what, *why),
        Event::EventCallback { callback, what } => t.event_callback(s, callback, *what),
        Event::EventOnceCb {} => t.event_once_cb(s),
        Event::EvsigCb {} => t.evsig_cb(s),
        Event::EventPrioritySet { priority } => t.event_priority_set(s, *priority),
        Event::EventFree {} => t.event_free(s),
        Event::BackendAdd { old, new } => t.backend_add(s, *old, *new),
        Event::BackendDel { old, new } => t.backend_del(s, *old, *new),

        Event::EvconnlistenerNew {
            addr,
            callback,
            options,
            backlog,
        } => t.evconnlistener_new(s, addr.as_deref(), callback.as_deref(), *options, *backlog),
        Event::EvconnlistenerEnable {} => t.evconnlistener_enable(s),
        Event::EvconnlistenerDisable {} => t.evconnlistener_disable(s),
        Event::ListenerReadCb {} => t.listener_read_cb(s),
        Event::Accept { peer, errno } => {
            t.accept(s, Accepting::of(peer.as_deref(), errno.as_deref()))
        }
        Event::ListenerCb { callback } => t.listener_cb(s, callback),
        Event::ListenerErrorcb { callback } => t.listener_errorcb(s, callback),
        Event::EvconnlistenerFree {} => t.evconnlistener_free(s),

        Event::EvbufferNew {} => t.evbuffer_new(s),
        Event::EvbufferFree {} => t.evbuffer_free(s),
        Event::EvbufferAdd {
            len,
            before,
            after,
            data: _,
        } => t.evbuffer_add(s, *len, *before, *after),
        Event::EvbufferPrepend {
            len,
            before,
            after,
            data: _,
        } => t.evbuffer_prepend(s, *len, *before, *after),
        Event::EvbufferRemove {
            len,
            before,
            after,
            data: _,
        } => t.evbuffer_remove(s, *len, *before, *after),
        Event::EvbufferDrain { len, before, after } => t.evbuffer_drain(s, *len, *before, *after),
        Event::EvbufferMove {
            from,
            len,
            before: _,
            after,
            from_after,
        } => t.evbuffer_move(s, *from, *len, *after, *from_after),
        Event::EvbufferFreeze { end } => t.evbuffer_freeze(s, *end),
        Event::EvbufferUnfreeze { end } => t.evbuffer_unfreeze(s, *end),
        Event::EvbufferRead {
            asked: _,
            result,
            errno,
            before: _,
            after,
            data: _,
        } => t.evbuffer_read(s, ReadResult::of(*result, errno.as_deref()), *after),
        Event::EvbufferWrite {
            asked: _,
            result,
            errno,
            before,
            after,
            data: _,
        } => t.evbuffer_write(
            s,
            WriteResult::of(*result, errno.as_deref(), *after),
            *before,
        ),
        Event::EvbufferCb {
            callback,
            before: _,
            added,
            deleted,
        } => t.evbuffer_cb(s, callback, *added, *deleted),

        Event::BuffereventSocketNew { tls: Some(_), .. } => t.bufferevent_tls_new(s, None),
        Event::BuffereventSocketNew {
            options,
            input: _,
            output: _,
            ev_read,
            ev_write,
            tls: None,
        } => t.bufferevent_socket_new(s, *options, *ev_read, *ev_write),
        Event::BuffereventPairNew { partner, .. } => t.bufferevent_pair_new(s, *partner),
        Event::BuffereventFilterNew {
            tls: Some(_),
            underlying,
            ..
        } => t.bufferevent_tls_new(s, Some(*underlying)),
        Event::BuffereventFilterNew { underlying, .. } => t.bufferevent_filter_new(s, *underlying),
        Event::BuffereventSetcb {
            readcb,
            writecb,
            eventcb,
        } => t.bufferevent_setcb(s, readcb.as_deref(), writecb.as_deref(), eventcb.as_deref()),
        Event::BuffereventEnable { events } => t.bufferevent_enable(s, *events),
        Event::BuffereventDisable { events } => t.bufferevent_disable(s, *events),
        Event::BeSocketEnable { events } => t.be_socket_enable(s, *events),
        Event::BeSocketDisable { events } => t.be_socket_disable(s, *events),
        Event::BuffereventSetwatermark { events, low, high } => {
            t.bufferevent_setwatermark(s, *events, *low, *high)
        }
        Event::BuffereventSetTimeouts { read, write } => {
            t.bufferevent_set_timeouts(s, *read, *write)
        }
        Event::BuffereventWrite { len } => t.bufferevent_write(s, *len),
        Event::BuffereventRead { asked } => t.bufferevent_read(s, *asked),
        Event::BuffereventSocketConnect { addr } => {
            t.bufferevent_socket_connect(s, addr.as_deref())
        }
        Event::Connect { progress, errno } => {
            t.connect(s, Connecting::of(*progress, errno.as_deref()))
        }
        Event::BuffereventSetfd {} => t.bufferevent_setfd(s),
        Event::BuffereventPrioritySet { priority } => t.bufferevent_priority_set(s, *priority),
        Event::BuffereventReadcb { what } => t.bufferevent_readcb(s, ReadCall::of(s, *what)),
        Event::BuffereventWritecb { what } => t.bufferevent_writecb(s, WriteCall::of(s, *what)),
        Event::Readcb { callback } => t.readcb(s, callback),
        Event::Writecb { callback } => t.writecb(s, callback),
        Event::Eventcb {
            callback,
            what,
            errno,
        } => t.eventcb(s, callback, *what, errno.as_deref()),
        Event::Watermark {
            side,
            mark: Mark::Low,
            at,
            from,
            to,
            crossed: _,
        } => t.low_mark(s, *side, *at, *from, *to),
        Event::Watermark {
            side,
            mark: Mark::High,
            at,
            from: _,
            to,
            crossed,
        } => t.high_mark(s, *side, *at, *to, *crossed),
        Event::SuspendRead { reason, now } => t.suspend_read(s, *reason, *now),
        Event::UnsuspendRead { reason, now } => t.unsuspend_read(s, *reason, *now),
        Event::SuspendWrite { reason, now } => t.suspend_write(s, *reason, *now),
        Event::UnsuspendWrite { reason, now } => t.unsuspend_write(s, *reason, *now),
        Event::DeferredCb {
            readcb,
            writecb,
            events,
        } => t.deferred_cb(s, *readcb, *writecb, *events),
        Event::Ratelimit { side, change, left } => t.ratelimit(s, *side, *change, *left),
        Event::BuffereventTrigger { events } => t.bufferevent_trigger(s, *events),
        Event::BuffereventFlush { events, mode } => t.bufferevent_flush(s, *events, mode),
        Event::BuffereventFree {} => t.bufferevent_free(s),
        Event::BuffereventFinalize { closed, unsent } => {
            t.bufferevent_finalize(s, *closed, *unsent)
        }

        Event::Error {
            call,
            errno,
            action,
        } => t.error(s, call, errno, action),
        Event::Lost { count } => t.lost(s, *count),
        Event::ProgramExit { status, signal } => t.program_exit(s, *status, signal.as_deref()),
        Event::Unknown { name } => t.unknown(s, name),
    }
}

#[cfg(test)]
mod tests;
