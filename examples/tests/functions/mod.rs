//! The functions that the walkthrough goes through.

/// By their names in the source. (`_nolock`: without what C does about threads.)
pub(crate) const WALKTHROUGH: [&str; 18] = [
    "evconnlistener_new",
    "evconnlistener_enable",
    "listener_read_cb",
    "bufferevent_socket_new",
    "bufferevent_setcb",
    "bufferevent_enable",
    "be_socket_enable",
    "bufferevent_disable_nolock",
    "bufferevent_write",
    "bufferevent_socket_outbuf_cb",
    "bufferevent_readcb",
    "bufferevent_writecb",
    "bufferevent_free",
    "event_assign",
    "event_add_nolock",
    "event_del_nolock",
    "event_active_nolock",
    "event_base_loop",
];

/// Where the reactor's source lies.
pub(crate) const LIBRARY: &str = "crates/reactor/src/";
