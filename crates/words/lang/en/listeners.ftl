# Listeners.

## evconnlistener_new

listens_already = The socket listens already.
queues_up_to =
    The kernel queues up to { $backlog ->
        [one] 1 connection until it is accepted
       *[other] { $backlog } connections until they are accepted
    }.
queues_new = The kernel queues new connections until they are accepted.
evconnlistener_new = { $listener } is made: connections to { $place } will go to your { $callback }.
evconnlistener_new_no_callback = { $listener } is made for { $place }, without a callback yet.
evconnlistener_new_why = { $queue } The listener wraps the socket in an event, so accepting is callback work.
evconnlistener_new_nobody = Without a callback its event is not added: nobody accepts.
evconnlistener_new_disabled = It starts disabled: evconnlistener_enable must follow.
evconnlistener_new_open = Without CLOSE_ON_FREE the listening socket stays open when the listener is freed.

## evconnlistener_enable

evconnlistener_enable = { $listener } is enabled.
evconnlistener_enable_why = Its event becomes pending. What queued up in the kernel meanwhile is accepted first.

## evconnlistener_disable

evconnlistener_disable = { $listener } is disabled: it stops accepting.
evconnlistener_disable_why = Its event is no longer pending. The socket still listens, so the kernel goes on queueing connections until its queue is full.
evconnlistener_disable_watch = After EMFILE this buys time. But nothing enables the listener again by itself.

## listener_read_cb

listener_read_cb = The loop calls { $listener }'s own read callback: fd { $fd } is readable.
listener_read_cb_why = It accepts in a loop, until nothing is left. One readiness can stand for many connections, and each goes to your callback.
listener_read_cb_watch = Your callback may even free the listener: it is kept alive until this call is over.

## accept

accept_unnamed = A connection from an unnamed address is accepted; its socket is fd { $fd }.
accept_peer = A connection from { $peer } is accepted; its socket is fd { $fd }.
accept_somebody = A connection is accepted; its socket is fd { $fd }.
accept_why = It is a new socket, already non-blocking. The listening socket goes on listening.
accept_watch = From now on somebody must close it: a bufferevent with CLOSE_ON_FREE does.
accept_no_more = No further connection waits ({ $errno }).
accept_no_more_why = This is how the loop of accepts always ends; it is no error.
accept_again = accept was interrupted ({ $errno }).
accept_again_why = A signal came, or the peer gave up before it was accepted. The listener stays enabled and tries again when the loop calls it next.
accept_no_fds = accept fails: { $errno }. No file descriptor is free.
accept_no_fds_why = The connection stays in the kernel's queue, so the listening socket stays readable and the loop calls again at once: it can spin at full load without getting anywhere.
accept_no_fds_watch = Disable the listener in its error callback, and enable it when a connection closes.
accept_failed = accept fails: { $errno }.
accept_failed_why = The listener's error callback is told, if there is one; otherwise a warning is logged.

## listener_cb

listener_cb = Your { $callback } gets the new connection, fd { $fd }.
listener_cb_why = From here the socket is yours. Usually a bufferevent is made for it now.
listener_cb_watch = Forget it here, and the fd leaks: neither listener nor loop keeps it.

## listener_errorcb

listener_errorcb = Your { $callback } is told that { $listener } could not accept.
listener_errorcb_why = With EMFILE or ENFILE the sensible thing is to disable the listener for a while.

## evconnlistener_free

evconnlistener_free = { $listener } is freed.
evconnlistener_free_closed = Its event is deleted and its socket, fd { $fd }, is closed.
evconnlistener_free_open = Its event is deleted. Its socket, fd { $fd }, stays open: CLOSE_ON_FREE was not asked for.
evconnlistener_free_watch = Connections it accepted live on; they have nothing to do with it any more.
