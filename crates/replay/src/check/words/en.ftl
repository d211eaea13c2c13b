# What each rule finds.

rule-crash = the program was ended by a fault
rule-after-free = a call on what was freed
rule-freed-twice = freed what was freed already
rule-never-made = a call on what was never made
rule-threads-unlocked = two threads use one bufferevent without a lock
rule-read-never-enabled = a read callback, and reading was never enabled
rule-mark-low-above-high = a read callback that waits for more than the input may hold
rule-stall-high = an input that is full, and nobody takes anything out
rule-connect-unheard = a connect failed and nobody is told
rule-spin = an event that is active turn after turn, and nothing is done about it
rule-stale-fd = the kernel reports an fd that no event belongs to
rule-emfile = no fd for the next client, and the listener asks again in every turn
rule-unsent = freed with bytes that were not sent
rule-unread-at-eof = the peer's last bytes are too few for the read callback
rule-read-left-off = reading was stopped for the output's sake and never begun again
rule-filter-stuck = bytes wait below a filter that has room
rule-blocked = a callback that held the loop
rule-fd-leak = bufferevents are freed and their fds stay open
rule-not-freed = a connection that is over and is not freed
rule-output-grows = an output that is filled faster than it is sent
rule-break-before-loop = a loop is told to break before it runs
rule-timeout-late = a timeout that was set late in a long callback, and ran out too early
rule-connect-no-timeout = a connect that hangs, and nothing ends it
rule-loop-ended-empty = a loop that had nothing to wait for
rule-writecb-as-sent = freed in writecb while the layer below still holds the bytes

# What is said of a finding, and what to do about it.

crash = { $signal } ended the program; the last step before it was { $call }.
    .advice = Look at this step and at the object's life before it: evscope state shows what was freed by then.
crash-in = { $signal } ended the program in { $callback }; the last step before it was { $call }.
    .advice = Look at what { $callback } does after this step, and at what was freed by then.
crash-at-once = { $signal } ended the program before it did anything with the library.
    .advice = The trace cannot tell more; run it in a debugger.

after-free = { $call } is called on { $object }, which was freed{ $freed ->
        [?] {" before"}
       *[other] {" "}at step { $freed }
    }.
    .advice = Forget the pointer where the object is freed; a callback that may free it tells its caller so.
freed-twice = { $call } frees { $object }, which was freed{ $freed ->
        [?] {" before"}
       *[other] {" "}at step { $freed }
    }.
    .advice = Let one place own { $object } and free it; set the pointer to NULL there.
never-made = { $call } is called on { $object }, which was never set up.
    .advice = Set it up first with event_new or event_assign.
threads-unlocked = { $call } uses { $object } in { $thread } while the loop of { $owner } uses it, and it has no lock.
    .advice = Call evthread_use_pthreads before anything else and make it with BEV_OPT_THREADSAFE, or leave it to one thread.

read-never-enabled = { $object } has the read callback { $callback } and reading was never enabled.
    .advice = Call bufferevent_enable(bev, EV_READ) after setting the callbacks: a new bufferevent only writes.
mark-low-above-high = { $callback } of { $object } waits for { $low } bytes and reading stops at { $high }.
    .advice = Make the high mark at least { $low }, or leave it 0.
stall-high = The input of { $object } is full ({ $bytes } of { $high } bytes), it reads no more, and nobody takes anything out.
    .advice = Take bytes out (bufferevent_read, evbuffer_drain) or raise the high mark: only then it reads again.
connect-unheard = The connect of { $object } failed ({ $errno }), and it has no event callback that could be told.
    .advice = Set an event callback before bufferevent_socket_connect, and free the bufferevent in it.

spin = { $object } ({ $what }, { $callback }) was active in { $turns } turns in a row, and its callback did nothing about it.
    .advice = Read what there is, or delete the event while there is nothing to do: an fd that is always ready keeps the loop from sleeping.
spin-library = { $object } was active in { $turns } turns in a row without a byte read, written or a connection accepted.
    .advice = Take away what keeps it active: drain the input, close the connection, or disable it until it can go on.
stale-fd = The wait of { $object } reported ready fds { $times } times in a row, and no event became active.
    .advice = Delete an event before its fd is closed; what was closed with a copy left open is still watched by the kernel.
emfile = accept of { $object } failed { $times } times in a row ({ $errno }) while the listener stayed enabled.
    .advice = Set an error callback that disables the listener, and enable it again when a connection is freed.

unsent = { $object } was freed with { $bytes ->
        [one] 1 byte
       *[other] { $bytes } bytes
    } in its output: they are never sent.
    .advice = Free it in writecb, which runs when the output has gone.
unsent-below = { $object } was freed while { $below } below it still had { $bytes ->
        [one] 1 byte
       *[other] { $bytes } bytes
    } to send: they are lost.
    .advice = Wait until the output of the bufferevent below is empty too, then free both.
unsent-with-base = { $object } still had { $bytes ->
        [one] 1 byte
       *[other] { $bytes } bytes
    } to send when its base was freed.
    .advice = Run the loop until the output has gone, and free the bufferevent in writecb.
unread-at-eof = The peer has sent all it will, and { $bytes ->
        [one] 1 byte is
       *[other] { $bytes } bytes are
    } left in the input of { $object }: less than the low mark { $low }, so nobody was told of them.
    .advice = Read what is left in the event callback when it is told BEV_EVENT_EOF.
read-left-off = Reading of { $object } was disabled in a callback, the output of { $output } has gone since, and it was not enabled again.
    .advice = Enable reading again in writecb, which runs when the output has gone.
filter-stuck = { $bytes ->
        [one] 1 byte waits
       *[other] { $bytes } bytes wait
    } in { $below } below { $object }, which has room for them, and nothing moves.
    .advice = Call bufferevent_flush(bev, EV_READ, BEV_NORMAL) after taking bytes out, or do not set a high mark on the filter.
blocked = { $callback } held the loop for { $span }{ $behind ->
        [0] {""}
        [one] , and 1 event was ready behind it
       *[other] , and { $behind } events were ready behind it
    }.
    .advice = Do long work in pieces or in a thread; nothing else on this base happens meanwhile.
fd-leak = { $object } was freed and its fd { $fd } stays open: later connections got higher numbers.
    .advice = Make it with BEV_OPT_CLOSE_ON_FREE, or close the fd after bufferevent_free.
not-freed = { $callback } was told { $what } of { $object }, which was not freed since.
    .advice = Free the bufferevent in the event callback: after this nothing happens on it any more.
output-grows = The output of { $object } has { $bytes } bytes: more than { $most } wait for the peer.
    .advice = Write no more until writecb runs; a write low mark says when.
break-before-loop = event_base_loopbreak was called before the loop of { $object } ran: the loop has forgotten it.
    .advice = Use event_base_loopexit, which is kept, or do not start the loop.
timeout-late = The timeout of { $timeout } on { $object } ran out { $early } early: it counts from the time at which the turn began.
    .advice = Call event_base_update_cache_time before setting it, or keep the callback short.
connect-no-timeout = The connect of { $object } was still under way at the end, and it has no write timeout.
    .advice = Set one with bufferevent_set_timeouts: it also ends a connect.
loop-ended-empty = The loop of { $object } returned at once: no event was pending.
    .advice = Add an event before running the loop: event_new and event_assign only set one up.
writecb-as-sent = { $object } is freed in its writecb, and { $below } below it still holds { $bytes ->
        [one] 1 byte
       *[other] { $bytes } bytes
    }.
    .advice = Its writecb says that the bytes went down, not that they were sent: look at the output below, too.
