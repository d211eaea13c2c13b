# What each rule finds.

rule_crash = the program was ended by a fault
rule_after_free = a call on a freed object
rule_freed_twice = an object freed twice
rule_never_made = a call on an object that was never set up
rule_threads_unlocked = two threads use one bufferevent without a lock
rule_read_never_enabled = a read callback, and reading was never enabled
rule_mark_low_above_high = a read callback that waits for more than the input may hold
rule_stall_high = an input that is full, and nobody takes anything out
rule_connect_unheard = a connect failed and nobody is told
rule_spin = an event that is active turn after turn, and nothing is done about it
rule_stale_fd = the kernel reports an fd that no event belongs to
rule_emfile = no fd for the next client, and the listener asks again in every turn
rule_unsent = freed with bytes that were not sent
rule_unread_at_eof = the peer's last bytes are too few for the read callback
rule_read_left_off = reading was stopped for the output's sake and never begun again
rule_filter_stuck = bytes wait below a filter that has room
rule_blocked = a callback that held the loop
rule_fd_leak = bufferevents are freed and their fds stay open
rule_not_freed = a connection that is over and is not freed
rule_output_grows = an output that is filled faster than it is sent
rule_break_before_loop = a loop is told to break before it runs
rule_timeout_late = a timeout that was set late in a long callback, and ran out too early
rule_connect_no_timeout = a connect that hangs, and nothing ends it
rule_loop_ended_empty = a loop that had nothing to wait for
rule_writecb_as_sent = freed in writecb while the layer below still holds the bytes

# What is said of a finding, and what to do about it.

check_crash = { $signal } ended the program; the last step before it was { $call }.
check_crash_advice = Look at this step and at the object's life before it: evscope state shows what was freed by then.
check_crash_in = { $signal } ended the program in { $callback }; the last step before it was { $call }.
check_crash_in_advice = Look at what { $callback } does after this step, and at what was freed by then.
check_crash_at_once = { $signal } ended the program before it did anything with the library.
check_crash_at_once_advice = The trace cannot tell more; run it in a debugger.

check_freed_before = before
check_freed_at_step = at step { $step }
check_after_free = { $call } is called on { $object }, which was freed { $freed }.
check_after_free_advice = Forget the pointer where the object is freed; a callback that may free it tells its caller so.
check_freed_twice = { $call } frees { $object }, which was freed { $freed }.
check_freed_twice_advice = Let one place own { $object } and free it; set the pointer to NULL there.
check_never_made = { $call } is called on { $object }, which was never set up.
check_never_made_advice = Set it up first with event_new or event_assign.
check_threads_unlocked = { $call } uses { $object } in { $thread } while the loop of { $owner } uses it, and it has no lock.
check_threads_unlocked_advice = Call evthread_use_pthreads before anything else and make it with BEV_OPT_THREADSAFE, or leave it to one thread.

check_read_never_enabled = { $object } has the read callback { $callback } and reading was never enabled.
check_read_never_enabled_advice = Call bufferevent_enable(bev, EV_READ) after setting the callbacks: a new bufferevent only writes.
check_mark_low_above_high = { $callback } of { $object } waits for { $low } bytes and reading stops at { $high }.
check_mark_low_above_high_advice = Make the high mark at least { $low }, or leave it 0.
check_stall_high =
    The input of { $object } is full ({ $bytes } of { $high ->
        [one] 1 byte
       *[other] { $high } bytes
    }), it reads no more, and nobody takes anything out.
check_stall_high_advice = Take bytes out (bufferevent_read, evbuffer_drain) or raise the high mark: only then it reads again.
check_connect_unheard = The connect of { $object } failed ({ $errno }), and it has no event callback that could be told.
check_connect_unheard_advice = Set an event callback before bufferevent_socket_connect, and free the bufferevent in it.

check_spin = { $object } ({ $what }, { $callback }) was active in { $turns } turns in a row, and its callback did nothing about it.
check_spin_advice = Read what there is, or delete the event while there is nothing to do: an fd that is always ready keeps the loop from sleeping.
check_spin_library = { $object } was active in { $turns } turns in a row without a byte read, written or a connection accepted.
check_spin_library_advice = Take away what keeps it active: drain the input, close the connection, or disable it until it can go on.
check_stale_fd = The wait of { $object } reported ready fds { $times } times in a row, and no event became active.
check_stale_fd_advice = Delete an event before its fd is closed; what was closed with a copy left open is still watched by the kernel.
check_emfile = accept of { $object } failed { $times } times in a row ({ $errno }) while the listener stayed enabled.
check_emfile_advice = Set an error callback that disables the listener, and enable it again when a connection is freed.

check_unsent = { $object } was freed with { $bytes ->
        [one] 1 byte
       *[other] { $bytes } bytes
    } in its output: they are never sent.
check_unsent_advice = Free it in writecb, which runs when the output has gone.
check_unsent_below = { $object } was freed while { $below } below it still had { $bytes ->
        [one] 1 byte
       *[other] { $bytes } bytes
    } to send: they are lost.
check_unsent_below_advice = Wait until the output of the bufferevent below is empty too, then free both.
check_unsent_with_base = { $object } still had { $bytes ->
        [one] 1 byte
       *[other] { $bytes } bytes
    } to send when its base was freed.
check_unsent_with_base_advice = Run the loop until the output has gone, and free the bufferevent in writecb.
check_unread_at_eof = The peer has sent all it will, and { $bytes ->
        [one] 1 byte is
       *[other] { $bytes } bytes are
    } left in the input of { $object }: less than the low mark { $low }, so the program was not told.
check_unread_at_eof_advice = Read what is left in the event callback when it is told BEV_EVENT_EOF.
check_read_left_off = Reading of { $object } was disabled in a callback, the output of { $output } has gone since, and it was not enabled again.
check_read_left_off_advice = Enable reading again in writecb, which runs when the output has gone.
check_filter_stuck = { $bytes ->
        [one] 1 byte waits
       *[other] { $bytes } bytes wait
    } in { $below } below { $object }, which has room for them, and nothing moves.
check_filter_stuck_advice = Call bufferevent_flush(bev, EV_READ, BEV_NORMAL) after taking bytes out, or do not set a high mark on the filter.
check_blocked = { $callback } held the loop for { $span }{ $behind ->
        [0] {""}
        [one] , and 1 event was ready behind it
       *[other] , and { $behind } events were ready behind it
    }.
check_blocked_advice = Do long work in pieces or in a thread; nothing else on this base happens meanwhile.
check_fd_leak = { $object } was freed and its fd { $fd } stays open: later connections got higher numbers.
check_fd_leak_advice = Make it with BEV_OPT_CLOSE_ON_FREE, or close the fd after bufferevent_free.
check_not_freed = { $callback } was told { $what } of { $object }, which was not freed since.
check_not_freed_advice = Free the bufferevent in the event callback: after this nothing happens on it any more.
check_output_grows = The output of { $object } has { $bytes } bytes: more than { $most } wait for the peer.
check_output_grows_advice = Write no more until writecb runs; a write low mark says when.
check_break_before_loop = event_base_loopbreak was called before the loop of { $object } ran: the loop has forgotten it.
check_break_before_loop_advice = Use event_base_loopexit, which is kept, or do not start the loop.
check_timeout_late = The timeout of { $timeout } on { $object } ran out { $early } early: it counts from the time at which the turn began.
check_timeout_late_advice = Call event_base_update_cache_time before setting it, or keep the callback short.
check_connect_no_timeout = The connect of { $object } was still under way at the end, and it has no write timeout.
check_connect_no_timeout_advice = Set one with bufferevent_set_timeouts: it also ends a connect.
check_loop_ended_empty = The loop of { $object } returned at once: no event was pending.
check_loop_ended_empty_advice = Add an event before running the loop: event_new and event_assign only set one up.
check_writecb_as_sent = { $object } is freed in its writecb, and { $below } below it still holds { $bytes ->
        [one] 1 byte
       *[other] { $bytes } bytes
    }.
check_writecb_as_sent_advice = Its writecb says that the bytes went down, not that they were sent: look at the output below, too.

# What is said of a rule of one's own that has no words.

own_too_seldom = `{ $query }` must happen { $least ->
        [one] once
       *[other] { $least } times
    } and happened { $times ->
        [0] never
        [one] once
       *[other] { $times } times
    }.
own_too_often = `{ $query }` happens too often: this is number { $times }.
own_happened = `{ $query }` must not happen.
own_not_followed = `{ $query }` must follow and does not.
own_happened_after = `{ $query }` must not happen after step { $step }.
own_out_of_order = `{ $query }` happens before `{ $first }`.

# What is wrong with a file of rules.

own_error = { $file }:{ $line }:{ $column }: { $error }
own_no_rule = there is no [[rule]]
own_twice = there are two rules of the name `{ $name }`
own_time = a time is a number with a unit: "50ms"
own_order_short = an order has two queries or more
own_lacks_what = a rule has `must`, `must_not` or `order`
own_window_alone = `within` and `within_turns` count from an `after`
own_counts_alone = `at_least` and `at_most` go with `must` alone
own_not_together = `must`, `must_not` and `order` do not go together
own_until_alone = `until` goes with `after` and `must_not`
own_no_kind = `{ $kind }` is no kind of object; there are base, event, bev, buf, listener and fd
severity_none = `{ $text }` is no severity; there are `error`, `warning` and `note`

# The lines around findings.

check_at_step = step { $step }
check_more = { $count } more [{ $rule }]
check_steps =
    { $steps ->
        [one] 1 step
       *[other] { $steps } steps
    }
check_found = { $found } in { $steps }
check_nothing_found = nothing found in { $steps }
check_errors =
    { $count ->
        [one] 1 error
       *[other] { $count } errors
    }
check_warnings =
    { $count ->
        [one] 1 warning
       *[other] { $count } warnings
    }
check_notes =
    { $count ->
        [one] 1 note
       *[other] { $count } notes
    }
check_own_at = at step { $step }
check_own_whole = in the whole trace
check_own_times = { $times } times
