//! Calls that begin.

mod bufferevent;
mod callbacks;
mod events;
mod listener;
mod marks;
mod run_loop;

use evscope_trace::{BufferEnd, Event, Objects, Text};
use evscope_wire::Kind;

use super::{Complete, Note, Step, Translator};
use crate::ring::Raw;
use crate::symbols::Function;

impl Translator {
    pub(super) fn enter(&mut self, kind: Kind, raw: &Raw) {
        match kind {
            Kind::BaseNew | Kind::BaseFree | Kind::Loop | Kind::Poll | Kind::LoopExit => {
                self.enter_run_loop(kind, raw);
            }
            Kind::Add
            | Kind::Del
            | Kind::EventFree
            | Kind::EventCb
            | Kind::OnceCb
            | Kind::DeferredCb => self.enter_events(kind, raw),
            Kind::ListenerNew
            | Kind::ListenerEnable
            | Kind::ListenerDisable
            | Kind::ListenerFree
            | Kind::ListenerCb
            | Kind::ListenerErrorCb => self.enter_listener(kind, raw),
            Kind::BufAdd
            | Kind::BufPrepend
            | Kind::BufRemove
            | Kind::BufDrain
            | Kind::BufMove
            | Kind::BufRead
            | Kind::BufWrite => self.enter_buffer(kind, raw),
            Kind::BufInvoke => self.enter_buffer_callbacks(raw),
            Kind::BevSocketNew
            | Kind::BevPairNew
            | Kind::BevFilterNew
            | Kind::BevEnable
            | Kind::BevDisable
            | Kind::BeSocketEnable
            | Kind::BeSocketDisable
            | Kind::BevSetWatermark
            | Kind::BevSetTimeouts
            | Kind::BevWrite
            | Kind::BevRead
            | Kind::BevConnect
            | Kind::BevSetfd
            | Kind::BevPrioritySet
            | Kind::BevTrigger
            | Kind::BevFlush
            | Kind::BevFree => self.enter_bufferevent(kind, raw),
            Kind::SuspendRead | Kind::UnsuspendRead | Kind::SuspendWrite | Kind::UnsuspendWrite => {
                self.enter_suspend(kind, raw);
            }
            Kind::Readcb | Kind::Writecb | Kind::Eventcb => self.enter_bev_callback(kind, raw),
            // Calls that only group others.
            Kind::Once | Kind::CommonTimeout | Kind::BufReadln => self.open_hidden(raw, kind),
            Kind::BevSetRateLimit => {
                let lifted = raw.args[1] != 0;
                if lifted {
                    self.table.forget_bucket(raw.object);
                }
                self.open_hidden(raw, kind);
            }
            // These have no inside, or say nothing about the program.
            Kind::Thread
            | Kind::Module
            | Kind::Hello
            | Kind::Refused
            | Kind::OwnHello
            | Kind::OwnPlace
            | Kind::OwnText
            | Kind::Missing
            | Kind::OwnProgram
            | Kind::OwnWalkthrough
            | Kind::OwnEverything
            | Kind::LoopBreak
            | Kind::LoopContinue
            | Kind::Assign
            | Kind::Active
            | Kind::PrioritySet
            | Kind::BackendAdd
            | Kind::BackendDel
            | Kind::Finalize
            | Kind::Deferred
            | Kind::DeferredInit
            | Kind::Accept
            | Kind::ListenerSetCb
            | Kind::BufNew
            | Kind::BufFree
            | Kind::BufFreeze
            | Kind::BufUnfreeze
            | Kind::BufAddCb
            | Kind::BufRemoveCb
            | Kind::BufCbFlags
            | Kind::BufDefer
            | Kind::BufPeek
            | Kind::BevInit
            | Kind::BevSetcb
            | Kind::Connect
            | Kind::PutOff
            | Kind::Ratelimit
            | Kind::Bucket
            | Kind::LowMark
            | Kind::Failed
            | Kind::BevDestruct => self.open_hidden(raw, kind),
        }
    }

    /// A call of libevent's.
    pub(super) fn call(
        &mut self,
        raw: &Raw,
        kind: Kind,
        event: Event,
        objects: Objects,
        site: u64,
        complete: Complete,
    ) {
        let caller = self.site(site);
        let step = Step {
            event,
            objects,
            src: None,
            caller,
            complete,
        };
        self.open_step(raw, kind, step, Note::Nothing);
    }

    /// A callback of the program's.
    fn user_callback(
        &mut self,
        raw: &Raw,
        kind: Kind,
        callback: u64,
        objects: Objects,
        site: u64,
        event: impl FnOnce(Text) -> Event,
    ) {
        let caller = self.site(site);
        let own = self.filters_callback(kind, raw.object, callback);
        let Function { name, line } = self.function(callback);
        let step = Step {
            event: event(own.map_or(name, Text::from)),
            objects,
            src: line,
            caller,
            complete: Complete::Now,
        };
        self.open_step(raw, kind, step, Note::Nothing);
    }
}

/// Which end a wire flag means.
pub(super) fn end(start: u64) -> BufferEnd {
    if start == 0 {
        BufferEnd::End
    } else {
        BufferEnd::Start
    }
}
