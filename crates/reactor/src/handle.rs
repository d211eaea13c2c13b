//! The handles by which a program names its objects.

crate::table::handles! {
    /// Names an event of an [`EventBase`](crate::EventBase): libevent's `struct event *`, but one that can
    /// be kept for ever. When the event is freed, the handle names nothing any more, and every call with
    /// it gives [`Error::Stale`](crate::Error::Stale), as does every call of another base. So it is with all handles.
    pub Event;
    /// Names a buffer: libevent's `struct evbuffer *`. Stale once the buffer, or the bufferevent it
    /// belongs to, is gone.
    pub Evbuffer;
    /// Names a bufferevent: libevent's `struct bufferevent *`. Stale from `bufferevent_free` on.
    pub Bufferevent;
    /// Names a group of bufferevents that share a rate limit: libevent's
    /// `struct bufferevent_rate_limit_group *`.
    pub RateLimitGroup;
    /// Names a watcher of the loop's turns: libevent's `struct evwatch *`.
    pub Watcher;
    /// Names a listener: libevent's `struct evconnlistener *`. Stale from `evconnlistener_free` on.
    pub Listener;
}

/// Names a callback of a buffer: libevent's `struct evbuffer_cb_entry *`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EvbufferCallback {
    pub(crate) buffer: Evbuffer,
    /// Its number among the buffer's callbacks, in the order in which they were added.
    pub(crate) number: u32,
}
