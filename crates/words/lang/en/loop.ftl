# The loop: making, running, polling, ending.

## event_base_new

event_base_new =
    { $base } is made: an event loop on { $backend } with { $priorities ->
        [one] 1 priority
       *[other] { $priorities } priorities
    }.
event_base_new_why = A base holds what its loop knows: which events are pending, which are active, and the { $backend } handle through which it asks the kernel.
event_base_new_watch = Nothing runs yet. Events are set up and added; event_base_loop starts it all.

## event_base_loop

loop_nonblock_why = It looks once, without waiting, runs what is ready, and returns.
loop_once_why = It waits until something is ready, runs it, and returns.
loop_why = From here on the loop owns the thread: it waits, runs the callback of each event that became active, and waits again.
loop_start =
    The loop of { $base } starts{ $how }; { $pending ->
        [one] 1 event is
       *[other] { $pending } events are
    } pending.
loop_flags = {" "}with { $flags }
loop_nothing_pending = Nothing is pending, so it returns at once. Was an event_add forgotten?
loop_only_no_exit = It goes on waiting even when nothing is pending any more: only event_base_loopexit or event_base_loopbreak ends it.
loop_no_exit = That nothing is pending is no reason for it to return.
loop_watch = It ends when nothing is pending any more, or when somebody calls event_base_loopexit or event_base_loopbreak.

## event_base_loop_ended

loop_ended_empty = No event is pending or active any more: there is nothing left to wait for.
loop_ended_exit = event_base_loopexit asked for it. The callbacks that were active at that moment have run first.
loop_ended_break = event_base_loopbreak asked for it: the loop left right after the callback that was running. What was active behind it still waits.
loop_ended_once = It was started with ONCE: something ran, nothing is active any more.
loop_ended_nonblock = It was started with NONBLOCK: after one look without waiting, nothing was active.
loop_ended_error = The backend's wait failed in a way the loop cannot repair.
loop_ended_other = The reason it gives: { $other }.
loop_ended_unknown = The trace does not say why.
loop_ended = The loop of { $base } ends{ $after }.
loop_after = {" "}after { $span }
loop_ended_pending =
    { $n ->
        [one] 1 event is
       *[other] { $n } events are
    } still pending: a new loop would go on with them.

## poll

poll_forever =
    The loop sleeps in { $backend } until one of { $fds ->
        [one] 1 fd
       *[other] { $fds } fds
    } is ready, however long that takes.
poll_forever_why = No timer is pending and nothing is active, so only the kernel can wake it.
poll_forever_watch = Sleeping here costs nothing: whatever becomes ready wakes it.
poll_turning = It hardly sleeps: { $event } was active in each of the last 10 turns, and each wait was over at once.
unheard_one = { $object } ({ $why })
unheard_and = { $list }, { $next }
unheard_all = Nothing wakes it for { $list }.
unheard_and_more = Nothing wakes it for { $list } and { $more } more.
unheard_not_enabled = reading was not enabled, and it has nothing to send
unheard_suspended = reading is suspended by { $reasons }
unheard_not_pending = neither of its events is pending
unheard_disabled = it is disabled
poll_look =
    The loop asks { $backend } which of { $fds ->
        [one] 1 fd
       *[other] { $fds } fds
    } are ready, without waiting.
poll_look_why = Something is active already, or a timer is due, or the loop must not block: it only looks whether more is ready, so that urgent events are not overtaken.
poll_timeout =
    The loop sleeps in { $backend } for at most { $timeout }, watching { $fds ->
        [one] 1 fd
       *[other] { $fds } fds
    }.
poll_next_timer = { $event } is the earliest timer: then it is due, whatever the fds do.
poll_some_timer = The earliest timer is due then, whatever the fds do.

## poll_ended

poll_interrupted = The wait in { $backend } was cut short by a signal{ $after }.
poll_interrupted_why = Not an error: the loop goes on, looks at its timers and at the signal, and waits again.
poll_failed = The wait in { $backend } failed{ $after }: { $errno }.
poll_failed_why = Without its backend the loop cannot learn what is ready; it ends.
poll_nothing_ready = Nothing is ready.
poll_looked_why = The loop did not wait, it only looked. Next come the timers that are due, if any, and what was active already.
poll_time_up = Nothing became ready{ $after }.
poll_time_up_why = The time was up. The timers that are due become active now, earliest first.
poll_ready =
    { $backend } reports { $n ->
        [one] 1 ready fd
       *[other] { $n } ready fds
    }{ $after }.
poll_ready_why = For each, every pending event whose interest matches becomes active. No callback has run yet: first all are collected, then they run by priority.
poll_over = The wait in { $backend } is over{ $after }.
poll_over_why = What is ready becomes active now.
poll_after = {" "}after { $span }

## event_base_loopexit

loopexit_in = in { $timeout }
loopexit_now = after this turn
event_base_loopexit = The loop of { $base } is asked to end { $when }.
event_base_loopexit_why = The request is itself a one-shot timer of the base, so it waits its turn like any other event: callbacks that are active already still run.
event_base_loopexit_watch = To leave at once, after the running callback only, there is event_base_loopbreak.

## event_base_loopbreak

event_base_loopbreak = The loop of { $base } is told to leave as soon as the running callback returns.
event_base_loopbreak_why = It only sets a flag, which the loop looks at after each callback.
event_base_loopbreak_watch = Events that are active behind it do not run now; a new loop would run them first.

## event_base_loopcontinue

event_base_loopcontinue = The loop of { $base } is told to poll again after the running callback.
event_base_loopcontinue_why = Active events that have not run yet stay active, and what the new poll finds with a better priority goes before them.

## event_base_free

event_base_free = { $base } is freed.
event_base_free_why = Its queues, its timers and its { $backend } handle are gone; no loop can run on it.
event_base_free_pending =
    { $n ->
        [one] 1 event was
       *[other] { $n } events were
    } still pending. The base lets go of them, but whoever made them must still free them.
