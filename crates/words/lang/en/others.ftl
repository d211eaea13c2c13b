# Errors, ends of calls, chapters.

## no_step

no_step = There is no step { $step }.
no_step_why =
    The trace has { $len ->
        [one] 1 step
       *[other] { $len } steps
    }, counted from 0.

## error

error_failed = { $call } failed: { $errno }.
error_unknown_why = The trace does not say what the library does about it.
error_why = What the library does about it: { $action }.
error_goes_on = goes on
error_goes_on_told = goes on; the listener's error callback is told, if it has one
error_leaves = leaves the loop
error_tells = tells the event callback
error_not_pending = the event is not pending
error_deleted = the event is deleted all the same
error_no_listener = there is no listener

## lost

lost =
    { $count ->
        [one] 1 record was
       *[other] { $count } records were
    } lost here: they were made faster than they could be written.
lost_why = The trace says so rather than hide it.
lost_watch = From here on the state shown may lack what happened in the gap.

## program_exit

exit_signal = The program was ended by { $signal }.
exit_status = The program ended with status { $status }.
exit = The program has ended.
exit_signal_why = It had no time to clean up: the kernel closed what was open. All it did until then is here.
exit_why = This is the last step. What was still open is closed by the kernel.

## unknown

unknown = { $name }: an event this version of evscope does not know.
unknown_why = It is kept as it is; what it does to the state is unknown.
unknown_fields_why = It is kept as it is, with its fields { $fields }; what it does to the state is unknown.
unknown_watch = A newer evscope may know it.
unknown_fields = { $list }, { $next }

## returns

returns = { $name } returns{ $after }.
returns_nothing = It has changed nothing that shows.

## callback_returns

callback_changed_nothing = Nothing in the library's state has changed meanwhile.
callback_long = All that time nothing else of this loop could run.
callback_returns = { $whose } { $callback } returns to { $parent }{ $after }.
callback_returns_program = { $whose } { $callback } returns to the program{ $after }.
call_after = {" "}after { $span }

## changes

changed_new = { $path } is new
changed = { $path } { $from } → { $to }
changed_more = { $list }; { $next }
changed_others = { $list }; { $more } more
changed_meanwhile = Meanwhile: { $list }.
changed_yes = yes
changed_no = no

## chapter

chapter_main = main: base, listener, loop
chapter_evconnlistener_new = evconnlistener_new: it listens
chapter_listener_read_cb = listener_read_cb: accept them all
chapter_listener_cb = listener_cb: making a bufferevent
chapter_bufferevent_writecb = bufferevent_writecb: room to write
chapter_conn_writecb = conn_writecb: the output drained
