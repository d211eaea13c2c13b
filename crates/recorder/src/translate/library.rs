//! Which function of libevent's does what a step says, where it has another name: where one only locks and calls
//! another, that other one.

/// The functions to look for, the best first.
pub(crate) fn functions(step: &str) -> impl Iterator<Item = &str> {
    let inner: &[&str] = match step {
        "event_add" => &["event_add_nolock_"],
        "event_del" => &["event_del_nolock_"],
        "event_active" => &["event_active_nolock_"],
        "event_base_new" => &["event_base_new_with_config"],
        "evbuffer_write" => &["evbuffer_write_atmost"],
        _ => &[],
    };
    let other: &[&str] = match step {
        "poll" => &["epoll_dispatch", "poll_dispatch", "select_dispatch"],
        "backend_add" => &["epoll_nochangelist_add", "poll_add", "select_add"],
        "backend_del" => &["epoll_nochangelist_del", "poll_del", "select_del"],
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
    let by_name = std::iter::once(step).chain(other.iter().copied());
    inner.iter().copied().chain(by_name)
}

#[cfg(test)]
mod tests {
    use super::functions;

    #[test]
    fn the_function_that_does_the_work_goes_before_the_one_that_only_calls_it() {
        let first = |step| functions(step).next().unwrap();
        assert_eq!(first("evbuffer_write"), "evbuffer_write_atmost");
        assert_eq!(first("event_add"), "event_add_nolock_");
        assert_eq!(first("event_del"), "event_del_nolock_");
        assert_eq!(first("event_active"), "event_active_nolock_");
        assert_eq!(first("bufferevent_writecb"), "bufferevent_writecb");
        // A folder of another version may have the one and not the other.
        assert!(functions("evbuffer_write").any(|name| name == "evbuffer_write"));
    }
}
