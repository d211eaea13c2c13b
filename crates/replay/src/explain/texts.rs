//! What a language must be able to say: one method for each event kind and situation. A language that
//! leaves one out does not compile.

use evscope_trace::{
    ActiveWhy, BevEvents, BevOptions, BufId, BufferEnd, Crossing, EvFlags, EventId,
    ListenerOptions, LoopFlags, Nanos, Side, SuspendReasons,
};

use super::cases::{
    Accepting, Adding, Connecting, Deleting, ReadCall, ReadResult, WriteCall, WriteResult,
};
use super::chapters::Chapter;
use super::{Explanation, Scene};
use crate::causes::{CauseKind, Mention};

/// Everything a language says.
pub(crate) trait Texts:
    LoopTexts + EventTexts + ListenerTexts + BufferTexts + BevTexts + RunningTexts + OtherTexts
{
    /// The last touch to a text that was put together.
    fn finish(&self, text: String) -> String;
}

/// The loop.
pub(crate) trait LoopTexts {
    fn event_base_new(&self, s: &Scene, backend: &str, priorities: u32) -> Explanation;
    fn event_base_loop(&self, s: &Scene, flags: LoopFlags) -> Explanation;
    fn event_base_loop_ended(&self, s: &Scene, ended: Option<&str>) -> Explanation;
    fn poll(&self, s: &Scene, timeout: Option<Nanos>) -> Explanation;
    fn poll_ended(&self, s: &Scene, ready: Option<u32>, errno: Option<&str>) -> Explanation;
    fn event_base_loopexit(&self, s: &Scene, timeout: Option<Nanos>) -> Explanation;
    fn event_base_loopbreak(&self, s: &Scene) -> Explanation;
    fn event_base_loopcontinue(&self, s: &Scene) -> Explanation;
    fn event_base_free(&self, s: &Scene) -> Explanation;
}

/// Events.
pub(crate) trait EventTexts {
    fn event_assign(&self, s: &Scene, events: EvFlags, callback: &str) -> Explanation;
    fn event_add(&self, s: &Scene, timeout: Option<Nanos>, case: Adding) -> Explanation;
    fn event_del(&self, s: &Scene, case: Deleting) -> Explanation;
    fn event_active(&self, s: &Scene, what: EvFlags, why: ActiveWhy) -> Explanation;
    fn event_callback(&self, s: &Scene, callback: &str, what: EvFlags) -> Explanation;
    fn event_once_cb(&self, s: &Scene) -> Explanation;
    fn evsig_cb(&self, s: &Scene) -> Explanation;
    fn event_priority_set(&self, s: &Scene, priority: u32) -> Explanation;
    fn event_free(&self, s: &Scene) -> Explanation;
    fn backend_add(&self, s: &Scene, old: EvFlags, new: EvFlags) -> Explanation;
    fn backend_del(&self, s: &Scene, old: EvFlags, new: EvFlags) -> Explanation;
}

/// The listener.
pub(crate) trait ListenerTexts {
    fn evconnlistener_new(
        &self,
        s: &Scene,
        addr: Option<&str>,
        callback: Option<&str>,
        options: ListenerOptions,
        backlog: i32,
    ) -> Explanation;
    fn evconnlistener_enable(&self, s: &Scene) -> Explanation;
    fn evconnlistener_disable(&self, s: &Scene) -> Explanation;
    fn listener_read_cb(&self, s: &Scene) -> Explanation;
    fn accept(&self, s: &Scene, result: Accepting<'_>) -> Explanation;
    fn listener_cb(&self, s: &Scene, callback: &str) -> Explanation;
    fn listener_errorcb(&self, s: &Scene, callback: &str) -> Explanation;
    fn evconnlistener_free(&self, s: &Scene) -> Explanation;
}

/// Buffers.
pub(crate) trait BufferTexts {
    fn evbuffer_new(&self, s: &Scene) -> Explanation;
    fn evbuffer_free(&self, s: &Scene) -> Explanation;
    fn evbuffer_add(&self, s: &Scene, len: u64, before: u64, after: u64) -> Explanation;
    fn evbuffer_prepend(&self, s: &Scene, len: u64, before: u64, after: u64) -> Explanation;
    fn evbuffer_remove(&self, s: &Scene, len: u64, before: u64, after: u64) -> Explanation;
    fn evbuffer_drain(&self, s: &Scene, len: u64, before: u64, after: u64) -> Explanation;
    fn evbuffer_move(&self, s: &Scene, from: BufId, len: u64, after: u64, left: u64)
    -> Explanation;
    fn evbuffer_freeze(&self, s: &Scene, end: BufferEnd) -> Explanation;
    fn evbuffer_unfreeze(&self, s: &Scene, end: BufferEnd) -> Explanation;
    fn evbuffer_read(&self, s: &Scene, result: ReadResult<'_>, after: u64) -> Explanation;
    fn evbuffer_write(&self, s: &Scene, result: WriteResult<'_>, before: u64) -> Explanation;
    fn evbuffer_cb(&self, s: &Scene, callback: &str, added: u64, deleted: u64) -> Explanation;
}

/// What a program does with its bufferevents.
pub(crate) trait BevTexts {
    fn bufferevent_socket_new(
        &self,
        s: &Scene,
        options: BevOptions,
        ev_read: EventId,
        ev_write: EventId,
    ) -> Explanation;
    /// A TLS bufferevent, on a socket or on top of another.
    fn bufferevent_tls_new(
        &self,
        s: &Scene,
        underlying: Option<evscope_trace::BevId>,
    ) -> Explanation;
    fn bufferevent_pair_new(&self, s: &Scene, partner: evscope_trace::BevId) -> Explanation;
    fn bufferevent_filter_new(&self, s: &Scene, underlying: evscope_trace::BevId) -> Explanation;
    fn bufferevent_setcb(
        &self,
        s: &Scene,
        readcb: Option<&str>,
        writecb: Option<&str>,
        eventcb: Option<&str>,
    ) -> Explanation;
    fn bufferevent_enable(&self, s: &Scene, events: EvFlags) -> Explanation;
    fn bufferevent_disable(&self, s: &Scene, events: EvFlags) -> Explanation;
    fn be_socket_enable(&self, s: &Scene, events: EvFlags) -> Explanation;
    fn be_socket_disable(&self, s: &Scene, events: EvFlags) -> Explanation;
    fn bufferevent_setwatermark(
        &self,
        s: &Scene,
        events: EvFlags,
        low: u64,
        high: u64,
    ) -> Explanation;
    fn bufferevent_set_timeouts(
        &self,
        s: &Scene,
        read: Option<Nanos>,
        write: Option<Nanos>,
    ) -> Explanation;
    fn bufferevent_write(&self, s: &Scene, len: u64) -> Explanation;
    fn bufferevent_read(&self, s: &Scene, asked: u64) -> Explanation;
    fn bufferevent_socket_connect(&self, s: &Scene, addr: Option<&str>) -> Explanation;
    fn connect(&self, s: &Scene, progress: Connecting<'_>) -> Explanation;
    fn bufferevent_setfd(&self, s: &Scene) -> Explanation;
    fn bufferevent_priority_set(&self, s: &Scene, priority: u32) -> Explanation;
    fn bufferevent_trigger(&self, s: &Scene, events: EvFlags) -> Explanation;
    fn bufferevent_flush(&self, s: &Scene, events: EvFlags, mode: &str) -> Explanation;
    fn bufferevent_free(&self, s: &Scene) -> Explanation;
    fn bufferevent_finalize(&self, s: &Scene, closed: bool, unsent: u64) -> Explanation;
}

/// What runs inside bufferevents: the callbacks of the library and of the program, and the marks between
/// them.
pub(crate) trait RunningTexts {
    fn bufferevent_readcb(&self, s: &Scene, case: ReadCall) -> Explanation;
    fn bufferevent_writecb(&self, s: &Scene, case: WriteCall) -> Explanation;
    fn readcb(&self, s: &Scene, callback: &str) -> Explanation;
    fn writecb(&self, s: &Scene, callback: &str) -> Explanation;
    fn eventcb(
        &self,
        s: &Scene,
        callback: &str,
        what: BevEvents,
        errno: Option<&str>,
    ) -> Explanation;
    fn low_mark(&self, s: &Scene, side: Side, at: u64, from: u64, to: u64) -> Explanation;
    fn high_mark(&self, s: &Scene, side: Side, at: u64, to: u64, crossed: Crossing) -> Explanation;
    fn suspend_read(&self, s: &Scene, reason: SuspendReasons, now: SuspendReasons) -> Explanation;
    fn unsuspend_read(&self, s: &Scene, reason: SuspendReasons, now: SuspendReasons)
    -> Explanation;
    fn suspend_write(&self, s: &Scene, reason: SuspendReasons, now: SuspendReasons) -> Explanation;
    fn unsuspend_write(
        &self,
        s: &Scene,
        reason: SuspendReasons,
        now: SuspendReasons,
    ) -> Explanation;
    fn deferred_cb(&self, s: &Scene, readcb: bool, writecb: bool, events: BevEvents)
    -> Explanation;
    fn ratelimit(&self, s: &Scene, side: EvFlags, change: i64, left: i64) -> Explanation;
}

/// Diagnostics, ends of calls, chapters, causes.
pub(crate) trait OtherTexts {
    /// There is no such step.
    fn no_step(&self, step: usize, len: usize) -> Explanation;
    fn error(&self, s: &Scene, call: &str, errno: &str, action: &str) -> Explanation;
    fn lost(&self, s: &Scene, count: u64) -> Explanation;
    fn program_exit(&self, s: &Scene, status: Option<i32>, signal: Option<&str>) -> Explanation;
    fn unknown(&self, s: &Scene, name: &str) -> Explanation;
    /// A call returns that has no result of its own.
    fn returns(&self, s: &Scene) -> Explanation;
    /// A callback of the program returns.
    fn callback_returns(&self, s: &Scene, callback: &str) -> Explanation;

    fn chapter(&self, chapter: Chapter) -> &'static str;
    fn cause(&self, mention: &Mention<'_>, kind: CauseKind) -> String;
}
