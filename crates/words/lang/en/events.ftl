# Events.

## event_assign

assign_timer = { $event } is set up as a timer that calls { $callback }.
assign_signal = { $event } is set up to call { $callback } when { $signal } arrives.
assign_deferred = { $event } is set up to deliver the callbacks that { $bev } puts off.
assign_bare = { $event } is set up to call { $callback }.
assign_fd = { $event } is set up: { $events } on fd { $fd }, to call { $callback }.
assign_listener_why = A listener is nothing but an event on a listening socket: readable means that a connection waits to be accepted.
assign_handshake_why = This is { $bev }'s { $own_event }. During the TLS handshake { $callback } carries that on; nothing reaches the input, and nothing leaves the output, before it is done.
assign_bev_timeout_why = This is { $bev }'s { $own_event }. There is no socket for it to watch, so it only counts the timeout, if one is set: { $callback } runs when the time is up.
assign_bev_read_why = This is { $bev }'s ev_read. The loop will call the library's { $callback }, not your read callback: it fills the input first, and then the watermarks decide about yours.
assign_bev_write_why = This is { $bev }'s ev_write. The loop will call the library's { $callback }, not your write callback: it sends from the output first, and then the low mark decides about yours.
assign_deferred_why = With deferred callbacks, the call that has news only notes it; the loop runs the callback later, from a shallow stack.
assign_signal_why = A signal handler may do next to nothing. So libevent's handler only leaves a note, and { $callback } runs from the loop, where everything is allowed.
assign_timer_why = It waits for no fd, only for its timeout.
assign_user_fd_why = This is the program's own event on fd { $fd }.
assign_user_why = This is the program's own event.
assign_library_timer_why = This is one of the library's own timers; the program does not see it.
assign_internal_why = This one is the loop's own; it does not keep the loop alive.
assign_why = An event ties something to wait for to a function to call.
assign_watch = Set up is not pending. Until event_add, nothing can happen to it.

## event_add

add_else_timeout = If nothing happens for { $timeout }, it becomes active with TIMEOUT instead.
add_once_watch = It is not persistent: it fires once and must then be added again.
add_again_timeout = { $event } is pending already; its timeout is now { $timeout } from here.
add_again_timeout_why = Adding a pending event with a timeout replaces the old one.
add_again_timeout_watch = If two places add one event with different timeouts, the later call wins.
add_again = { $event } is pending already; nothing changes.
add_again_why = Adding twice is harmless. Without a timeout in the call, an old one stays.
add_rearmed_timeout = The loop arms { $event } anew before its callback: { $timeout }.
add_rearmed = The loop arms { $event } anew before its callback.
add_rearmed_why = It is persistent and has a timeout. After a timeout the next one counts from when this one was due, so a slow callback does not make a periodic timer drift.

## event_del

del_fires_once = The loop takes { $event } out before it runs its callback.
del_fires_once_why = The event is not persistent: once it fires it is no longer pending.
del_fires_once_watch = To be called again, the callback must add it again.
del_time_come = The loop takes { $event } out: its time has come.
del_time_come_why = It is persistent, so the loop arms it anew before it runs the callback.
del_no_fd = { $event } is no longer pending. It had no fd for the loop to watch.
del_pending = { $event } is no longer pending: the loop stops watching { $watched }.
del_active_too = It was active as well, and leaves that queue too: its callback will not run.
del_only_active = { $event } leaves the queue of active events; it was not pending.
del_only_active_why = Its callback, which was to run, will not.
del_nothing = { $event } is deleted, but it was neither pending nor active.
del_nothing_why = Deleting such an event is allowed and does nothing; the library does it freely to be sure.

## event_active

active_watch = Active means queued, not called: callbacks run after the poll, by priority, then in this order.
active_happened = { $event } becomes active: { $happened }.
active_listener_why = A connection waits in the kernel's queue; listener_read_cb will accept it.
active_handshake_why = So the library will go on with the TLS handshake of { $bev }. Your callbacks are not due before it is done.
active_read_why = So the library's bufferevent_readcb will run for { $bev }. The low mark is 0: if it reads any bytes, { $whose } read callback follows.
active_read_low_why = So the library's bufferevent_readcb will run for { $bev }. Whether { $whose } read callback does depends on the low mark, { $low }.
active_read_unset_why = So the library's bufferevent_readcb will run for { $bev }. No read callback is set for it to call.
active_write_why = So the library's bufferevent_writecb will run for { $bev }. The socket has room; whether { $whose } write callback runs is up to the low mark, { $write_low }.
active_write_unset_why = So the library's bufferevent_writecb will run for { $bev }: the socket has room. No write callback is set for it to call.
active_connecting_why = The connect of { $bev } has ended: the library's bufferevent_writecb finds out how.
active_internal_why = This is the loop's own pipe: a signal or another thread woke it.
active_callback_why = Its callback { $callback } will run in this turn.
active_callback_priority_why = Its callback { $callback } will run when no event with a lower priority number is active.
active_why = Its callback will run in this turn.
active_timeout = { $event } becomes active: its timeout ran out.
active_read_timeout_why = Nothing arrived for { $bev } in time. { $callback } will disable reading and tell your event callback.
active_write_timeout_why = Nothing was taken from { $bev } in time. { $callback } will disable writing and tell your event callback.
active_timer_why = A timer fires at its time or later, never earlier: how much later depends on what else the loop had to run.
active_signal = { $event } becomes active: { $signal } arrived.
active_signal_why = The signal handler itself only left a note; now, inside the loop, the callback may do anything.
active_queued_internal = { $event }, one of the loop's own events, is queued.
active_queued_internal_why = There is nothing to wait for: it goes straight into the queue of active events, behind those that are active already.
active_by_program = The program makes { $event } active itself.
active_by_program_with = The program makes { $event } active itself, with { $what }.
active_by_program_why = event_active does not ask the kernel: the callback will run as if it had happened.
active_by_program_watch = Done from its own callback with nothing else to wait for, this spins the loop.
active_deferred = { $bev } has news for your callbacks and queues them ({ $event }).
active_deferred_why = They are deferred: the loop calls them after what is running now has returned, so they cannot surprise the code that caused them.
active_finalize = { $event } is queued so that the loop can take a freed object apart.
active_finalize_why = Whoever may still be using the object is done by then.

## event_callback

callback_by_hand = The loop calls your { $callback }: the program made { $event } active itself.
callback_happened = The loop calls your { $callback }: { $happened }.
callback_by_hand_why = It was queued directly: nothing need have happened, and the callback cannot tell the difference.
callback_signal_why = It runs like any other callback, from the loop, not in a signal handler.
callback_timer_why = The timer is not persistent and is no longer pending.
callback_both_why = Both directions are ready at once; one call is told of both.
callback_read_why = The kernel has something to read: bytes, an end of file, or an error.
callback_why = { $event } is yours: the library does nothing with it but call you.
callback_read_watch = Read what is there: what is left makes the event active again in the next turn.
callback_watch = While it runs, nothing else of this loop can.

## event_once_cb

event_once_cb = The loop runs { $event }, an event that was made to be used once.
event_once_cb_why = Behind event_base_once and event_base_loopexit there is such an event; it frees itself after its callback.

## evsig_cb

evsig_cb = The loop empties its signal pipe (fd { $fd }).
evsig_cb_why = The signal handler wrote the signal's number into the pipe. Here the loop reads it and makes the events of that signal active.

## event_priority_set

event_priority_set = { $event } gets priority { $priority }.
event_priority_set_why = Of all active events, those with the lowest number run first; after a round with one priority the loop polls again before it turns to the next.
event_priority_set_watch = An urgent event that is always active starves all the others.

## event_free

event_free_pending = { $event } is deleted and freed.
event_free = { $event } is freed; it was not pending.
event_free_no_fd_why = Its callback will not run again.
event_free_why = Its callback will not run again. The fd it watched stays open: an event never owns its fd.

## backend_add

backend_add_first = { $backend } is told to watch fd { $fd } for { $sides }.
backend_add_more = { $backend } watched fd { $fd } for { $old }; now for { $new }.
backend_add_why = The loop counts who waits for what on an fd and talks to the kernel only when the sum changes.

## backend_del

backend_del_last = { $backend } is told to forget fd { $fd }.
backend_del_less = { $backend } watched fd { $fd } for { $old }; now only for { $new }.
backend_del_why = The last event that waited for this is gone. The kernel reports only what it is asked about.

## added

added_timer = { $event } becomes pending: it fires in { $timeout }.
added_timeout_no_fd = { $event } becomes pending. It has no fd yet, so only its timeout counts: { $timeout }.
added_no_fd = { $event } becomes pending. It has no fd yet, so the loop has nothing to watch.
added_timeout = { $event } becomes pending: the loop watches { $watched }, for at most { $timeout }.
added = { $event } becomes pending: the loop watches { $watched }.

## why_added

added_no_fd_why = When { $bev } gets its fd, its events are set up for it and added again.
added_read_timeout_why = This is { $bev }'s read timeout: whatever arrives before then starts it anew.
added_write_timeout_why = This is { $bev }'s write timeout: whatever is sent before then starts it anew.
added_listener_why = From now on a connection that arrives on fd { $fd } wakes the loop, which accepts it.
added_read_handshake_why = The TLS handshake of { $bev } goes on when the peer's next message arrives.
added_write_handshake_why = The TLS handshake of { $bev } goes on when the socket has room, as an idle one has at once.
added_read_why = Reading of { $bev } is enabled: when bytes arrive, the loop calls bufferevent_readcb.
added_connecting_why = A connect is under way: the socket becomes writable when it is made, or when it has failed.
added_write_empty_why = The output of { $bev } is still empty. An idle socket is writable at once, so the loop calls bufferevent_writecb in its next turn even if nothing is written until then.
added_write_bytes_why =
    { $n ->
        [one] 1 byte waits
       *[other] { $n } bytes wait
    } in the output of { $bev }. As soon as the socket has room, the loop calls bufferevent_writecb to send.
added_write_why = When the socket has room, the loop calls bufferevent_writecb for { $bev }.
added_signal_why = From now on { $signal } is caught and turned into a callback of the loop.
added_timer_why = The loop sorts it among its timers and will not sleep past its time.
added_deferred_why = It carries the callbacks of { $bev } to the next turn.
added_library_timer_why = It is one of the library's own timers; the program does not see it.
added_internal_why = The loop needs it to be woken; the program does not see it.
added_callback_why = When that happens, the loop calls { $callback }.
added_why = When that happens, the loop calls its callback.

## why_deleted

deleted_no_fd_why = The events of { $bev } have something to wait for only once it has an fd.
deleted_timeout_why = This timeout of { $bev } does not count any more.
deleted_handshake_why = The TLS handshake waits for something else now, or is done: then the event is set up anew.
deleted_write_empty_why = The output of { $bev } is empty. A socket with nothing to send is nearly always writable: left pending, the event would fire in every turn, to no purpose.
deleted_write_disabled_why = Writing of { $bev } is disabled: nothing is sent, and the event is not needed, until it is enabled again.
deleted_write_connected_why = Writing of { $bev } is disabled. The event stayed pending only for the connect, and that has ended.
deleted_write_suspended_why = Writing of { $bev } is suspended by { $reasons }: the event is added again when that is over.
deleted_write_bytes_why =
    { $n ->
        [one] 1 byte stays
       *[other] { $n } bytes stay
    } in the output of { $bev }, and none of it is sent until writing is enabled again.
deleted_write_why = { $bev } has nothing to send, or is not allowed to send.
deleted_read_why = { $bev } does not read for now. What arrives stays in the kernel; when its buffer is full, the peer must wait. That is back-pressure.
deleted_listener_why = Nobody accepts any more. New connections wait in the kernel's queue, then are turned away.
deleted_signal_why = With the last event of a signal gone, the signal has its former effect again.
deleted_timer_why = The timer will not fire.
deleted_deferred_why = Callbacks that { $bev } had put off are dropped.
deleted_library_timer_why = The library does not need it any more.
deleted_internal_why = The loop does not need it any more.
deleted_why = It stays set up: another event_add makes it pending again.
deleted_freed_why = { $bev } is being freed: nothing is waited for on its behalf any more.
deleted_setfd_why = { $bev } gets another fd: the event is set up anew for that.
deleted_connect_failed_why = The connect of { $bev } has failed: there is nothing left to wait for.
deleted_failed_why = The connection of { $bev } is broken: there is nothing left to wait for.
deleted_read_ended_why = The peer of { $bev } has sent all it will send: there is nothing left to read.
deleted_read_suspended_why = Reading of { $bev } is suspended by { $reasons }. What arrives stays in the kernel; when its buffer is full, the peer must wait. That is back-pressure.
deleted_listener_closed_why = The listener is being freed and closes its socket: who still waits in the kernel's queue is turned away.
