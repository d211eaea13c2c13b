# What a program does with its bufferevents.

## bufferevent_socket_new

socket_new_fd = { $bev } is made on fd { $fd }.
socket_new = { $bev } is made, without an fd yet.
socket_new_why = It is two buffers and two events: { $ev_read } fills the input, { $ev_write } empties the output. Writing is enabled from the start, reading is not, and no event is pending yet.
socket_new_closes = CLOSE_ON_FREE: freeing the bufferevent will close the fd.
socket_new_open = Without CLOSE_ON_FREE the fd stays yours to close.

## bufferevent_tls_new

tls_new_below = { $bev } is made: TLS on top of { $below }.
tls_new_fd = { $bev } is made: TLS on fd { $fd }.
tls_new = { $bev } is made: TLS, without an fd yet.
tls_new_why = First come the keys: the loop runs a handshake, and the event callback is told CONNECTED when it is done. From then on what is written is encrypted on its way out, and what is read has been decrypted; the ciphertext has buffers of its own.
tls_new_watch = A connection that ends without close_notify is an ERROR, unless dirty shutdowns are allowed.

## bufferevent_pair_new

pair_new = { $bev } and { $partner } are made as a pair: what one writes the other reads.
pair_new_why = There is no fd and no system call between them. Buffers move from one's output to the other's input, as its read enable and its high mark allow.
pair_new_watch = A pair's callbacks are always deferred to the loop.

## bufferevent_filter_new

filter_new = { $bev } is made as a filter on top of { $underlying }.
filter_new_why = What { $underlying } reads goes through the input filter into { $bev }; what is written to { $bev } goes through the output filter into { $underlying }.
filter_new_watch = From now on use { $bev }; the filter has taken { $underlying }'s callbacks.

## bufferevent_setcb

setcb_reading = { $name } for reading
setcb_writing = { $name } for writing
setcb_events = { $name } for events
setcb_library = { $bev } gets the library's callbacks: { $named }.
setcb_library_why = { $above } sets them: what happens to { $bev } is told to it, not to the program.
setcb_none = { $bev } has no callbacks any more.
setcb = { $bev } gets your callbacks: { $named }.
setcb_none_why = Bytes still move between the fd and the buffers, but the program is not told.
setcb_freed_why = It is being freed, so none of them may run any more.
setcb_why = The loop never calls these itself. It calls the library's callbacks, which move bytes and then ask the watermarks whether yours are due.
setcb_no_eventcb = Without an event callback nobody hears of EOF and errors: connections leak.
setcb_not_reading = Reading is not enabled: the read callback cannot run until it is.

## bufferevent_enable

enabled = { $sides } of { $bev } is enabled.
enable_suspended_why = It is suspended by { $reasons }, so its event is not added now; it will be when that is over.
enable_pair_why = A pair has no socket to wait for: what waits in the output of one end moves to the other at once, if both allow it. The other end is { $other_bev }.
enable_filter_why = A filter has no socket of its own: { $other_bev } below waits for it.
enable_handshake_why = The flag is set. The TLS handshake comes first, and waits for what it needs itself.
enable_connecting_why = The flag is set. A connect is under way: when ev_write fires, the library first finds out how that ended.
enable_write_empty_why = ev_write becomes pending although there is nothing to send. So even if nothing is written until then, the loop calls bufferevent_writecb once; it finds the output at the low mark and runs { $whose } write callback.
enable_write_unset_why = ev_write becomes pending although there is nothing to send. So even if nothing is written until then, the loop calls bufferevent_writecb once; no write callback is set for it to call.
enable_why = The flag is set, and the side's event becomes pending with the side's timeout.

## bufferevent_disable

disabled = { $sides } of { $bev } is disabled.
disable_connecting_why = A connect is under way, so ev_write stays pending all the same: the loop must learn how the connect ended.
disable_flag_why = The flag is cleared: nothing moves that way until it is enabled again.
disable_read_watch = With reading off, an EOF goes unnoticed too.
disable_ended_why = The peer has sent all it will send: there is nothing left to wait for, so its event is deleted.
disable_failed_why = The connection is broken: there is nothing left to wait for, so its event is deleted.
disable_read_why = Its event is deleted. What the peer sends stays in the kernel; when that is full, the peer must wait.
disable_write_why = Its event is deleted. You can go on writing into the output; nothing leaves it.

## be_socket_enable

be_socket_enable = A socket enables { $events } by adding its event.
be_socket_enable_why = Each type of bufferevent has its own way: a socket adds an event, a pair moves what waits, a filter asks the one below.

## be_socket_disable

be_socket_disable = A socket disables { $sides } by deleting its event.
be_socket_disable_why = A deleted event costs nothing: the kernel is not even asked about the fd.
be_socket_disable_watch = While a connect is under way ev_write is left pending.

## bufferevent_setwatermark

marks_no_limit = none
marks_set = The watermarks of { $bev } for { $sides } are now: low { $low }, high { $high }.
marks_read_any = Your read callback runs as soon as anything arrives, however little
marks_read_low = Your read callback runs once { $low } or more bytes are in the input
marks_no_high = { $runs }; nothing limits the input.
marks_high = { $runs }; at { $high } the library stops reading until you have taken some.
marks_read_low_watch = If the peer never sends that much, the read callback never runs.
marks_read_high_watch = If nobody takes bytes out at the high mark, the connection stalls for good.
marks_write_empty = Your write callback runs when the output is empty.
marks_write_low =
    Your write callback runs when the output has drained to { $low ->
        [one] 1 byte
       *[other] { $low } bytes
    } or fewer.
marks_write_watch = A socket does not enforce a high mark for writing; only filters do.

## bufferevent_set_timeouts

no_timeout = none
bufferevent_set_timeouts = The timeouts of { $bev } are now: reading { $read }, writing { $write }.
bufferevent_set_timeouts_why = They count only while a side's event is pending: for reading while it is enabled and not suspended, for writing while something waits to be sent.
bufferevent_set_timeouts_watch = A read timeout on a side that is not enabled never fires.

## bufferevent_write

bufferevent_write =
    Your program writes { $len ->
        [one] 1 byte
       *[other] { $len } bytes
    } to { $bev }.
write_pair_why = They go to the end of its output, and move on to the input of { $other_bev } as soon as that one reads; this call never waits.
write_filter_why = They go to the end of its output, and through the filter to the output of { $other_bev } as far as there is room; this call never waits.
write_tls_why = They only go to the end of its output. They are encrypted and sent later, when the handshake is done and there is room; this call never waits.
write_socket_why = They only go to the end of its output. The loop sends them later, when the socket is writable; this call never waits.
write_watch = The output has no limit of its own: a slow reader makes it grow.
write_disabled_watch = Writing is disabled: they stay in the output until it is enabled.

## bufferevent_read

read_up_to =
    Your program asks for up to { $asked ->
        [one] 1 byte
       *[other] { $asked } bytes
    } of { $bev }'s input and gets { $got }.
bufferevent_read =
    Your program takes { $asked ->
        [one] 1 byte
       *[other] { $asked } bytes
    } out of { $bev }'s input.
read_pair_why = No system call happens here: the bytes came over from the output of { $other_bev } before.
read_filter_why = No system call happens here: the bytes came through the filter before, from the input of { $other_bev }.
read_tls_why = No system call happens here: the bytes were read and decrypted before.
read_socket_why = No system call happens here: the bytes were read by bufferevent_readcb before.

## bufferevent_socket_connect

connect_to = { $bev } is to connect to { $addr }.
connect_somewhere = { $bev } is to connect.
connect_call_why = The call does not wait. The kernel works on it, and the socket becomes writable when it has succeeded or failed.
connect_call_watch = The outcome comes to the event callback: CONNECTED or ERROR.

## connect

connect_started = The connect of fd { $fd } is under way.
connect_started_why = ev_write of { $bev } becomes pending: writable will mean finished.
connected = fd { $fd } is connected.
connected_why = { $bev } is an ordinary connection from here on.
connected_watch = Your event callback is told CONNECTED before anything is sent.
connect_failed = The connect of fd { $fd } failed: { $errno }.
connect_failed_somehow = The connect of fd { $fd } failed.
connect_failed_why = Both events are deleted, and your event callback is told ERROR.

## bufferevent_setfd

setfd = { $bev } gets fd { $fd }.
setfd_none = { $bev } loses its fd.
setfd_why = Its two events are deleted and set up again for the new fd; what was enabled is enabled again.
setfd_watch = The old fd is not closed by this.

## bufferevent_priority_set

bufferevent_priority_set = Both events of { $bev } get priority { $priority }.
bufferevent_priority_set_why = Lower numbers run first; the loop polls again between one priority and the next.

## bufferevent_trigger

trigger_event = Your program runs the event callback of { $bev } by hand.
trigger_event_why = It cannot tell that it was not the library that called it.
trigger_again = The read callback has left the input of { $bev } at or above the high mark.
trigger_again_why = Nothing more is read there, so nothing new would ever call it: the library calls it again, from the loop.
bufferevent_trigger = Your program runs the callbacks of { $bev } by hand, for { $sides }.
bufferevent_trigger_why = They run as if bytes had moved. Unless told to ignore them, the watermarks still decide.

## bufferevent_flush

bufferevent_flush = { $bev } is asked to pass on what it holds, { $sides } ({ $mode }).
flush_finished_why = With `finished`, no more will follow: a filter writes its trailer.
flush_flush_why = With `flush`, everything that can be passed on is, even if a filter would rather wait.
flush_normal_why = With `normal`, only what is ready anyway.
flush_watch = A socket has nothing to flush: its loop sends as soon as it can.

## bufferevent_free

bufferevent_free = Your program frees { $bev }.
bufferevent_free_why = Its callbacks are cleared at once, so none of them runs again. It is taken apart when nothing uses it any more: inside its own callback, that is when the callback has returned.
bufferevent_free_unsent =
    { $n ->
        [one] 1 byte waits
       *[other] { $n } bytes wait
    } in the output and will never be sent.
bufferevent_free_watch = The handle is dead from here on; using it is a mistake.

## bufferevent_finalize

finalize_closed = { $bev } is taken apart and fd { $fd } is closed.
finalize_open = { $bev } is taken apart; its fd stays open.
finalize_why = The last reference is gone: its events are deleted and its buffers freed.
finalize_unsent =
    { $unsent ->
        [one] 1 byte
       *[other] { $unsent } bytes
    } had not been sent and are lost.
finalize_open_watch = Somebody else must close the fd.
