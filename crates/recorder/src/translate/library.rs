//! Which function of libevent's does what a step says, where it has another name.

/// The functions to look for, the best first.
pub(crate) fn functions(step: &str) -> impl Iterator<Item = &str> {
    let other: &[&str] = match step {
        "poll" => &["epoll_dispatch", "poll_dispatch", "select_dispatch"],
        "backend_add" => &["epoll_nochangelist_add", "poll_add", "select_add"],
        "backend_del" => &["epoll_nochangelist_del", "poll_del", "select_del"],
        "event_base_new" => &["event_base_new_with_config"],
        "accept" => &["listener_read_cb"],
        "suspend_read" => &["bufferevent_suspend_read_"],
        "unsuspend_read" => &["bufferevent_unsuspend_read_"],
        "suspend_write" => &["bufferevent_suspend_write_"],
        "unsuspend_write" => &["bufferevent_unsuspend_write_"],
        "deferred_cb" => &["bufferevent_run_deferred_callbacks_locked"],
        "evbuffer_cb" => &["evbuffer_invoke_callbacks_"],
        "evbuffer_move" => &["evbuffer_add_buffer"],
        "connect" => &["bufferevent_socket_connect"],
        "bufferevent_finalize" => &["bufferevent_finalize_cb_"],
        _ => &[],
    };
    std::iter::once(step).chain(other.iter().copied())
}
