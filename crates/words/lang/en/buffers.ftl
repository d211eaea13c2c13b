# Buffers.

## evbuffer_new

evbuffer_new = { $buf } is made, empty.
evbuffer_new_ciphertext = It holds ciphertext of { $bev } on its way in or out: TLS decrypts it into the input, or encrypts the output into it.
evbuffer_new_program = It belongs to the program alone: no bufferevent fills or empties it.
evbuffer_new_library = The library makes it for its own use.

## evbuffer_free

evbuffer_free = { $buf } is freed.
evbuffer_free_why = Its segments go back to the allocator.
evbuffer_free_gone =
    { $n ->
        [one] 1 byte in it is
       *[other] { $n } bytes in it are
    } gone.

## evbuffer_add

evbuffer_add =
    { $len ->
        [one] 1 byte
       *[other] { $len } bytes
    } at the end of { $buffer }: { $before } → { $after }.
add_passed_on_why = The buffer's callbacks run next, and one of them passes on what can be passed on.
add_output_why = Nothing is sent here. The buffer's callbacks run next, and one of them makes sure that the loop watches for writing.
add_input_why = Its callbacks run next; one of them checks the high mark.
add_handshake_why = This is ciphertext to be sent, the handshake's: no output has any part in it.
add_ciphertext_why = This is ciphertext to be sent: output that was encrypted, or a message of TLS itself.
add_copied_why = They are copied into its last segment; its callbacks, if any, run next.

## evbuffer_prepend

evbuffer_prepend =
    { $len ->
        [one] 1 byte
       *[other] { $len } bytes
    } in front of { $buffer }: { $before } → { $after }.
evbuffer_prepend_why = The first segment keeps room in front for this, so what is there need not move.

## evbuffer_remove

remove_tls =
    TLS takes { $len ->
        [one] 1 byte
       *[other] { $len } bytes
    } out of { $buffer }: { $before } → { $after }.
remove_handshake_why = They belong to the handshake; nothing of them reaches the input.
remove_ciphertext_why = What they decrypt to goes into the input. Messages of TLS itself do not.
evbuffer_remove =
    { $len ->
        [one] 1 byte
       *[other] { $len } bytes
    } out of { $buffer }, into the program: { $before } → { $after }.

## evbuffer_drain

evbuffer_drain =
    { $len ->
        [one] 1 byte
       *[other] { $len } bytes
    } dropped from the front of { $buffer }: { $before } → { $after }.

## evbuffer_move

move_all = { $from } is empty now
move_left =
    { $left ->
        [one] 1 byte
       *[other] { $left } bytes
    } left in { $from }
evbuffer_move =
    { $len ->
        [one] 1 byte
       *[other] { $len } bytes
    } move from { $from } to { $buffer }, which now has { $after }.
evbuffer_move_why = Whole segments change hands; nothing is copied. { $left }.

## evbuffer_peek

evbuffer_peek =
    A look at { $buffer }, from byte { $offset } on, sees { $bytes ->
        [one] 1 byte
       *[other] { $bytes } bytes
    } in { $pieces ->
        [one] 1 piece
       *[other] { $pieces } pieces
    }.
peek_one_why = The piece is read where it lies: nothing is copied, and nothing is taken out.
peek_pieces_why = They are read where they lie: nothing is copied, and nothing is taken out. What is added may begin a new piece; who wants one piece of all has them copied together (evbuffer_pullup).
peek_tls_why = The library sees what it encrypts next, piece by piece. The bytes leave the output when that is done.
peek_watch = The pieces are where they were seen until the buffer changes, and no longer.
peek_whole_watch =
    { $asked ->
        [one] 1 byte was
       *[other] { $asked } bytes were
    } asked for. The last piece is given whole, so there are { $bytes }.
peek_nothing = A look at { $buffer }, from byte { $offset } on, sees nothing.
peek_nothing_why = There are no bytes from there on.
peek_asked_nothing_why = No byte was asked for.

## evbuffer_freeze

freeze_front = The front of { $buffer } is frozen.
freeze_front_why = Nobody can take bytes out there. For an output that means: only the library sends from it, in the right order.
freeze_end = The end of { $buffer } is frozen.
freeze_end_why = Nobody can add bytes there. For an input that means: only the library puts in what it read.
freeze_watch = A call on a frozen end fails with -1; it is not put off.

## evbuffer_unfreeze

unfreeze_front = The front of { $buffer } is open.
unfreeze_end = The end of { $buffer } is open.
unfreeze_write_why = Only for the write that follows: the library opens it around its own system call.
unfreeze_read_why = Only for the read that follows: the library opens it around its own system call.
unfreeze_why = Changes are allowed there again.

## evbuffer_read

evbuffer_read =
    { $n ->
        [one] 1 byte
       *[other] { $n } bytes
    } read from fd { $fd } into { $buffer }, which now has { $after }.
read_at_once_why = They are in memory now. The low mark is 0, so { $whose } read callback runs for them at once.
read_low_why = They are in memory now. The input has not reached its low mark, { $low }, so { $whose } read callback does not run yet.
read_low_reached_why = They are in memory now. The input has reached its low mark, { $low }, so { $whose } read callback runs.
read_unset_why = They are in memory now. The program has set no read callback, so it is not told.
read_handshake_why = They are ciphertext of the handshake; nothing of them reaches the input.
read_ciphertext_why = They are ciphertext. The input, and with it the low mark, gets only what they decrypt to.
read_memory_why = They are in memory now.
read_watch = What the peer sent in one piece may arrive in several, and several in one.
read_eof = End of file on fd { $fd }: the peer has sent all it will send.
read_eof_tls_why = A read of 0 bytes says so. Your event callback is told EOF if TLS was ended with close_notify before, or need not be; else ERROR, for anybody could have cut the connection.
read_eof_why = A read of 0 bytes says so. Reading is disabled next and your event callback is told EOF; you may still write.
read_later = Nothing to read from fd { $fd } after all ({ $errno }).
read_later_why = Readiness is a hint. A non-blocking read says "not now" instead of waiting, and the event stays pending.
read_refused = Reading fd { $fd } says { $errno }: the connect was refused.
read_refused_why = It is remembered; the write side reports it, because that is where a connect ends.
read_failed = Reading fd { $fd } fails: { $errno }.
read_failed_why = The connection is broken. Reading is disabled and your event callback is told ERROR.

## evbuffer_write

write_all =
    All { $n ->
        [one] 1 byte
       *[other] { $n } bytes
    } of { $buffer } go to fd { $fd }.
write_all_ciphertext_why = The kernel has them; whether the peer has is another matter. They are ciphertext: the low mark counts what is in the output, not this.
write_all_why = The kernel has them; whether the peer has is another matter. The output is empty, so ev_write will be deleted and the low mark is reached.
write_part =
    { $sent ->
        [one] 1 byte
       *[other] { $sent } bytes
    } of { $before } go to fd { $fd }; { $left ->
        [one] 1 byte
       *[other] { $left } bytes
    } left in { $buffer }.
write_part_why = A partial write: the kernel took no more, or a rate limit capped it. The rest stays, and follows when there is room again, or tokens.
write_part_watch = Free the bufferevent now and the rest is lost.
write_nothing = Nothing went to fd { $fd }.
write_nothing_why = A write of 0 bytes counts as the end of the connection: writing is disabled and your event callback is told EOF.
write_later = fd { $fd } takes nothing right now ({ $errno }).
write_later_why =
    All { $before ->
        [one] 1 byte
       *[other] { $before } bytes
    } stay in { $buffer }, and ev_write stays pending: the loop tries again.
write_failed = Writing to fd { $fd } fails: { $errno }.
write_failed_why =
    The peer is gone. Writing is disabled, your event callback is told ERROR, and { $before ->
        [one] 1 byte
       *[other] { $before } bytes
    } in { $buffer } will never arrive.

## evbuffer_cb

news_nothing = nothing
news_more =
    { $n ->
        [one] 1 byte
       *[other] { $n } bytes
    } more
news_fewer =
    { $n ->
        [one] 1 byte
       *[other] { $n } bytes
    } fewer
news_both =
    { $more ->
        [one] 1 byte
       *[other] { $more } bytes
    } more and { $fewer } fewer
evbuffer_cb = { $buffer } tells { $callback } of its change: { $news }.
hook_nothing_added_why = The hook looks for added bytes only; that some left is no news to it.
hook_adds_why = This is the hook behind bufferevent_write: { $bev } may write and its ev_write is not pending, so it is added now.
hook_pending_why = This is the hook behind bufferevent_write. ev_write of { $bev } is pending already, so there is nothing to do.
hook_disabled_why = This is the hook behind bufferevent_write. Writing of { $bev } is not enabled, so nothing is added and nothing will be sent yet.
hook_suspended_why = This is the hook behind bufferevent_write. Writing of { $bev } is suspended by { $reasons }, so ev_write has to wait.
hook_input_why = This is how { $bev } notices that its input passed the high mark, or is below it again.
hook_why = Callbacks of a buffer run after each change, the newest first.

## why_shorter

shorter_room = There is room again in the input of { $bev }.
shorter_nothing = There was nothing to take.
shorter_below = { $after } is below { $bev }'s high mark { $high }: reading may go on.
shorter_above = { $after } is still not below { $bev }'s high mark { $high }: reading stays off.
shorter_output = These are bytes that left { $bev }: only the library takes from an output.
shorter = What is left moves up; nothing is copied.
