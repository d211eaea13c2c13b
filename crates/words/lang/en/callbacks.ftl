# What runs inside bufferevents: callbacks, watermarks, what is suspended.

## bufferevent_readcb

readcb_timed_out = The loop calls { $bev }'s internal read callback because nothing arrived in time.
readcb_timed_out_why = Reading is disabled and your event callback is told READING|TIMEOUT. The connection itself is still open.
readcb_readable = The loop calls { $bev }'s internal read callback because fd { $fd } is readable.
readcb_handshake_why = The TLS handshake is under way: the callback reads the peer's message and answers it. Nothing reaches the input before that is done.
readcb_full = The loop calls { $bev }'s internal read callback: fd { $fd } is readable, but the input holds { $len }.
readcb_full_why = That is at the high mark { $high }: there is no room, so reading is suspended.
readcb_full_watch = It goes on when your program has taken bytes out of the input.
readcb_suspended = The loop calls { $bev }'s internal read callback, but reading is suspended.
readcb_suspended_why = The reason is { $reasons }; nothing is read.
readcb_room_why =
    It reads into the input, at most { $room ->
        [one] 1 byte
       *[other] { $room } bytes
    }, which is what is left below the high mark; then { $whose } read callback may run.
readcb_any_why = It reads into the input. The low mark is 0, so whatever comes is enough to run { $whose } read callback.
readcb_low_why = It reads into the input. If the input then holds the low mark, { $low }, or more, { $whose } read callback runs.
readcb_unset_why = It reads into the input. The program has set no read callback, so it is not told.
readcb_room_unset_why =
    It reads into the input, at most { $room ->
        [one] 1 byte
       *[other] { $room } bytes
    }, which is what is left below the high mark. The program has set no read callback, so it is not told.

## bufferevent_writecb

writecb_timed_out_fd = The loop calls { $bev }'s internal write callback because fd { $fd } took nothing in time.
writecb_timed_out = The loop calls { $bev }'s internal write callback because nothing was taken in time.
writecb_timed_out_why = Writing is disabled and your event callback is told WRITING|TIMEOUT. The output keeps its bytes.
writecb_connecting = The loop calls { $bev }'s internal write callback: the connect of fd { $fd } may have ended.
writecb_connecting_why = A socket becomes writable when its connect has succeeded or failed; a look at the socket tells which.
writecb_writable = The loop calls { $bev }'s internal write callback because fd { $fd } is writable.
writecb_handshake_why = The TLS handshake is under way, and the callback carries it on. Nothing leaves the output before it is done.
writecb_suspended = The loop calls { $bev }'s internal write callback, but writing is suspended.
writecb_suspended_why = The reason is { $reasons }; nothing is sent.
writecb_empty = The loop calls { $bev }'s internal write callback because fd { $fd } is writable. The output is empty.
writecb_empty_why = With nothing to send it only deletes ev_write. But 0 is at the low mark { $write_low }, so { $whose } write callback runs all the same.
writecb_why = It sends what is in the output. Then the low mark decides about { $whose } write callback.
writecb_bytes =
    The loop calls { $bev }'s internal write callback because fd { $fd } is writable. { $n ->
        [one] 1 byte waits
       *[other] { $n } bytes wait
    } in the output.
writecb_all_why = It sends what the kernel takes. Then the low mark, 0, decides: { $whose } write callback runs only if nothing is left.
writecb_low_why =
    It sends what the kernel takes. Then the low mark decides: if { $low ->
        [one] 1 byte
       *[other] { $low } bytes
    } or fewer are left, { $whose } write callback runs.
writecb_empty_unset_why = With nothing to send it only deletes ev_write. The program has set no write callback, so it is not told.
writecb_unset_why = It sends what the kernel takes. The program has set no write callback, so it is not told.

## readcb

your_readcb =
    { $whose } { $callback } runs: { $len ->
        [one] 1 byte waits
       *[other] { $len } bytes wait
    } in the input of { $bev }.
your_readcb_input = { $whose } { $callback } runs: { $bev } has input.
passed_handshake = it goes on with its handshake.
passed_decrypts = what it decrypts goes into its own input.
passed_bytes = what passes through it goes into its own input.
your_readcb_any_socket_why = The low mark is 0, so any input is enough. The socket only woke the library, which read and then looked at the mark.
your_readcb_any_pair_why = The low mark is 0, so any input is enough. The other end, { $other }, only passed the bytes on; then the library looked at the mark.
your_readcb_any_filter_why = The low mark is 0, so any input is enough. The filter only let the bytes through; then the library looked at the mark.
your_readcb_any_tls_why = The low mark is 0, so any input is enough. TLS only decrypted the bytes; then the library looked at the mark.
your_readcb_low_socket_why = The input has reached the low mark { $low }. This is the watermark's doing: the socket only woke the library.
your_readcb_low_pair_why = The input has reached the low mark { $low }. This is the watermark's doing: the other end, { $other }, only passed the bytes on.
your_readcb_low_filter_why = The input has reached the low mark { $low }. This is the watermark's doing: the filter only let the bytes through.
your_readcb_low_tls_why = The input has reached the low mark { $low }. This is the watermark's doing: TLS only decrypted the bytes.
your_readcb_by_hand_why = The callbacks were triggered by hand, whatever the low mark says.
your_readcb_watch = What you leave in the input stays there; you are called again when more comes.
your_readcb_high_watch =
    Take something out: at { $high ->
        [one] 1 byte
       *[other] { $high } bytes
    }, the high mark, reading stops until you do.

## writecb

your_writecb_drained = The output has drained to { $len }, at the low mark { $low }, so { $whose } { $callback } runs.
your_writecb_at = The output is at { $len }, at the low mark { $low }, so { $whose } { $callback } runs.
your_writecb_bytes =
    { $whose } { $callback } runs with { $len ->
        [one] 1 byte
       *[other] { $len } bytes
    } waiting in the output.
your_writecb = { $whose } { $callback } runs: { $bev } can take more.
passed_room = if something waits in its output, there is room for it now.
your_writecb_pair_why = This is the watermark's doing: { $other } took bytes, and the library found the output low enough.
your_writecb_pair_watch = Drained means handed to { $other }. Its program may not have read it yet.
your_writecb_filter_why = This is the watermark's doing: the filter took bytes, and the library found the output low enough.
your_writecb_filter_watch = Drained means handed to { $other } below. The peer may not have it yet.
your_writecb_tls_why = This is the watermark's doing: TLS encrypted bytes, and the library found the output low enough.
your_writecb_tls_watch = Drained means encrypted and passed on. The peer may not have it yet.
your_writecb_socket_why = This is the watermark's doing, not the socket's: the socket called bufferevent_writecb, and that found the output low enough.
your_writecb_socket_watch = Drained means handed to the kernel. The peer may not have it yet.
your_writecb_by_hand_why = That is above the low mark: the callbacks were triggered by hand.
your_callback_triggered_why = The program triggered it by hand: no bytes need have moved.

## eventcb

eventcb_detail = {" "}({ $one })
eventcb_details = {" "}({ $first }, { $second })
your_eventcb = { $whose } { $callback } is called for { $bev }: { $told }{ $details }.
passed_works_out = it works out what that means for it, and tells your event callback.
passed_tells = it tells your event callback.
your_eventcb_connected_why = From here on reading and writing go their usual way.
your_eventcb_eof_why = The other direction may still be open: what is in the output can still be sent.
your_eventcb_error_why = Nothing more will come or go on this connection. The library has stopped watching it, but it frees nothing by itself.
your_eventcb_timeout_why = The side that ran out of time is disabled now; enable it again to go on waiting.
your_eventcb_why = Events are what is neither data to read nor room to write.
your_eventcb_unsent_watch =
    { $n ->
        [one] 1 byte waits
       *[other] { $n } bytes wait
    } in the output: freeing { $bev } now loses them.
your_eventcb_free_watch = Free { $bev } here or soon; if nobody does, the connection leaks.

## low_mark

low_mark_output_at = The output of { $bev } is at { $to }, at its low mark { $at }.
low_mark_output = The output of { $bev } fell from { $from } to { $to }, at its low mark { $at }.
low_mark_output_why = At or under the low mark: it is time for { $whose } write callback. The mark says "almost empty, write more", before the line runs dry.
low_mark_output_unset_why = At or under the low mark: it would be time for a write callback, but the program has set none.
low_mark_input = The input of { $bev } went from { $from } to { $to }, at its low mark { $at }.
low_mark_input_why = At or over the low mark: there is enough for { $whose } read callback.
low_mark_input_unset_why = At or over the low mark: there would be enough for a read callback, but the program has set none.

## high_mark

high_mark_input_up = The input of { $bev } holds { $to }, at its high mark { $at }.
high_mark_input_up_why = Enough: reading is suspended, so a fast peer cannot fill the memory.
high_mark_input_up_watch = Only taking bytes out lets it go on. If nobody does, this is a stall.
high_mark_input_down = The input of { $bev } is down to { $to }, below its high mark { $at }.
high_mark_input_down_why = There is room: reading may go on.
high_mark_output_up = The output of { $bev } holds { $to }, at its high mark { $at }.
high_mark_output_up_why = The filter makes no more until some of it is sent.
high_mark_output_down = The output of { $bev } is down to { $to }, below its high mark { $at }.
high_mark_output_down_why = There is room: the filter may fill it again.

## deferred_cb

deferred_nothing = The loop has nothing left to deliver for { $bev }.
deferred_cb = The loop delivers what { $bev } had put off: { $waiting }.
deferred_cb_why = What happened was kept as flags and is delivered in a fixed order: CONNECTED, read, write, then the rest. Several reads become one callback.
deferred_then = { $list }, then { $next }
deferred_read = read
deferred_write = write

## ratelimit

ratelimit_taken =
    { $side } takes { $amount ->
        [one] 1 byte
       *[other] { $amount } bytes
    } from { $bev }'s bucket; { $left } left.
ratelimit_taken_why = A rate limit is a bucket of tokens, one a byte, refilled at each tick.
ratelimit_empty_watch = It is empty: this side is suspended until the next tick.
ratelimit_filled =
    { $bev }'s bucket for { $side } is filled by { $amount ->
        [one] 1 byte
       *[other] { $amount } bytes
    }; { $left } in it.
ratelimit_filled_why = A tick has passed. If the side was suspended for lack of tokens, it may go on.

## passed_up

passed_up = { $above } takes it from here: { $next }

## suspend

suspend = { $side } of { $bev } is suspended by { $reasons }.
suspend_first_why = The first reason to stop deletes { $event }. The side stays enabled: it only pauses.
suspend_first_other_why = It has no socket of its own whose event could be deleted: it just moves nothing that way. The side stays enabled: it only pauses.
suspend_more_why = It was paused already; the reasons are now { $reasons }. All must go before it resumes.

## unsuspend

unsuspend = { $side } of { $bev } is no longer held back by { $reasons }.
unsuspend_still_why = But { $reasons } still holds it, so it stays paused.
unsuspend_enabled_why = No reason is left and the side is enabled: its event becomes pending again.
unsuspend_other_why = No reason is left and the side is enabled: bytes may move that way again.
unsuspend_disabled_why = No reason is left, but the side is not enabled: nothing changes for now.

## what else brings a callback about

your_readcb_again_why = It is called again: it left the input at or above the high mark, where nothing more is read, so no new bytes would ever call it.
your_writecb_connected_why = The connect was over before its call returned, and the library asked the loop to run this: no socket had to become writable.
your_eventcb_triggered = { $whose } { $callback } is called for { $bev } by hand, as if { $told }{ $details }.
your_eventcb_triggered_why = The program triggered it itself: nothing need have happened.
your_eventcb_error_side_why = Nothing more will come or go on this connection. The library has only disabled the side that failed, and frees nothing by itself.
suspend_disabled_why = The side is not enabled, so nothing moves that way anyhow.
unsuspend_not_held = { $side } of { $bev } was not held back by { $reasons }.
unsuspend_nothing_why = The library says so to be sure, and enables again what is enabled; nothing else changes.
