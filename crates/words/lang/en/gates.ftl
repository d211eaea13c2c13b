# The gates between the kernel and a callback: how each is, and what would open it.

gate_alive = { $object } exists.
gate_freed = { $object } was freed.
gate_freed_opens = Nothing: a freed object is never called. Look at who freed it.
gate_never_set_up = { $object } was never set up.
gate_never_set_up_opens = event_new or event_assign.
gate_callback = { $object } has the callback { $callback } ({ $kind }).
gate_no_callback = { $object } has no callback ({ $kind }).
gate_no_callback_opens = bufferevent_setcb with one.
gate_listener_no_callback_opens = evconnlistener_set_cb with one.
gate_callback_inner = The callback of { $object } is the library's { $callback }: something stands on it.
gate_callback_inner_opens = Ask about the bufferevent above it.
gate_loop = The loop of { $object } runs.
gate_loop_never = The loop of { $object } does not run yet.
gate_loop_ended = The loop of { $object } has ended ({ $ended }).
gate_loop_opens = event_base_dispatch.
gate_held = The loop of { $object } is held by { $callback }, which has not returned.
gate_held_opens = The return of { $callback }.
gate_connecting = The connect of { $object } is under way.
gate_connecting_opens = The peer's answer; a write timeout would end the wait.
gate_no_socket = { $object } has no socket yet.
gate_no_socket_opens = bufferevent_socket_connect, or bufferevent_setfd.
gate_handshake = The TLS handshake of { $object } is not done ({ $how }).
gate_handshake_opens = The peer's part of the handshake.
gate_enabled = { $side } is enabled on { $object }.
gate_disabled = { $side } is not enabled on { $object }.
gate_disabled_opens = bufferevent_enable(bev, { $side }).
gate_not_suspended = { $side } is not suspended on { $object }.
gate_suspended = { $side } is suspended on { $object }: { $reasons }.
gate_suspended_watermark_opens = Take bytes out of its input, or raise its high mark.
gate_suspended_filter_opens = Take bytes out of the filter above it.
gate_suspended_bandwidth_opens = The next tick of its rate limit.
gate_suspended_lookup_opens = The answer to the lookup of the host's name.
gate_pending = The event of { $object } is pending.
gate_not_pending = The event of { $object } is not pending.
gate_not_pending_opens = event_add.
gate_bev_pending = The { $side } event of { $object } is pending.
gate_bev_not_pending = The { $side } event of { $object } is not pending.
gate_bev_not_pending_opens = Enabling that side, with something to do for it.
gate_watched = The kernel watches fd { $fd } for { $side }.
gate_not_watched = The kernel does not watch fd { $fd } for { $side }.
gate_not_watched_opens = Making its event pending.
gate_no_bytes = Nothing is in the input of { $object }: the peer has sent nothing, or it was taken out.
gate_no_bytes_opens = Bytes from the peer.
gate_bytes = { $bytes ->
        [one] 1 byte is
       *[other] { $bytes } bytes are
    } in the input of { $object }.
gate_below_mark = { $bytes ->
        [one] 1 byte is
       *[other] { $bytes } bytes are
    } in the input of { $object }, and its low mark is { $low }.
gate_below_mark_opens = { $missing ->
        [one] 1 more byte
       *[other] { $missing } more bytes
    } from the peer, or a lower mark.
gate_mark_reached =
    The input of { $object } has { $bytes } of the { $low ->
        [one] 1 byte
       *[other] { $low } bytes
    } that its low mark asks for.
gate_told_already =
    The callback of { $object } was called for { $bytes ->
        [one] this 1 byte
       *[other] these { $bytes } bytes
    }; nothing has come since.
gate_told_already_opens = More bytes from the peer.
gate_deferred = The callback of { $object } is deferred: the loop will deliver it.
gate_deferred_opens = The next turn of the loop.
gate_nothing_happened = The callback has been told all that happened on { $object }.
gate_nothing_happened_opens = The end of the file, an error, a timeout, or a connect's end.
gate_output_waits = { $bytes ->
        [one] 1 byte waits
       *[other] { $bytes } bytes wait
    } in the output of { $object }, and its low mark is { $low }.
gate_output_waits_opens = The peer must read, so that the socket takes more.
gate_output_told = The output of { $object } is empty, and the callback was told.
gate_output_nothing = Nothing was ever written to { $object }.
gate_output_nothing_opens = bufferevent_write: the callback comes when the output has gone.
gate_output_drained = The output of { $object } has fallen to its low mark.
gate_no_timeout = { $object } has no timeouts.
gate_no_timeout_opens = bufferevent_set_timeouts.
gate_timeout = { $object } has a timeout.
gate_timeout_rests = The { $side } timeout of { $object } does not count.
gate_timeout_rests_opens = A side's timeout counts while it is enabled, not suspended and has something to wait for.
gate_not_due = The timeout of { $object } has { $left } left.
gate_not_due_opens = Waiting until then.
gate_active = { $object } is active ({ $what }) { $ahead ->
        [0] and next
        [one] behind 1 other
       *[other] behind { $ahead } others
    }.
gate_active_opens = Its turn in the queue.
gate_not_ready = Fd { $fd } of { $object } is not ready ({ $what }), as far as the last wait tells.
gate_not_ready_opens = Readiness, reported by the kernel.
gate_no_signal = The signal of { $object } has not come.
gate_no_signal_opens = The signal.
gate_listener_enabled = { $object } is enabled.
gate_listener_disabled = { $object } is disabled.
gate_listener_disabled_opens = evconnlistener_enable.
gate_no_connection = Nobody waits to be accepted by { $object }, as far as the last accept tells.
gate_no_connection_opens = A client that connects.
gate_no_fds = There is no fd for the next client of { $object } ({ $errno }).
gate_no_fds_opens = Closing connections, or a higher limit.
why_not_open = Every gate is open: it runs next.

why_not_opens = Opened by: { $opens }
why_unheard = It does not wait for { $object }: { $why }
