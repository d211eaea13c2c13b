# Why a step happened: what each link of the chain of causes says.

cause_begin = the call of { $name } began
cause_loop_root = the loop was running, called by { $root }
cause_loop = the loop was running
cause_callback = { $whose } { $callback } was running

cause_active_library = the library made { $event } active itself
cause_active_program = the program made { $event } active itself
cause_active_deferred = { $event } became active: it carries the callbacks that were put off
cause_active_finalize = { $event } became active: it is to be taken apart
cause_active = { $event } became active: { $happened }

cause_ready =
    poll reported { $n ->
        [one] 1 ready fd
       *[other] { $n } ready fds
    }

cause_pending = { $event } was made pending{ $by }{ $timeout }
cause_pending_by = {" "}by { $by }
cause_pending_timeout = , with a timeout of { $timeout }

cause_input_low = the input{ $of } was at { $to }, the low mark is { $at }
cause_input_high = the input{ $of } was at { $to }, the high mark is { $at }
cause_output_low = the output{ $of } was at { $to }, the low mark is { $at }
cause_output_high = the output{ $of } was at { $to }, the high mark is { $at }
cause_of = {" "}of { $bev }

cause_read =
    { $n ->
        [one] 1 byte
       *[other] { $n } bytes
    } came from fd { $fd }
cause_read_eof = fd { $fd } was at its end of file
cause_read_gave = reading fd { $fd } gave { $errno }
cause_wrote_all =
    { $n ->
        [one] 1 byte
       *[other] { $n } bytes
    } went to fd { $fd }, all there were
cause_wrote_part =
    { $sent ->
        [one] 1 byte
       *[other] { $sent } bytes
    } went to fd { $fd }, { $left } were left
cause_wrote_nothing = nothing went to fd { $fd }
cause_wrote_gave = writing to fd { $fd } gave { $errno }

cause_accept_gave = accept gave { $errno }
cause_accepted_unnamed = fd { $fd } was accepted, from an unnamed address
cause_accepted_from = fd { $fd } was accepted, from { $peer }
cause_accepted = fd { $fd } was accepted
cause_connect_failed = the connect of fd { $fd } failed: { $errno }
cause_connect_by_name = { $object } was to connect to { $addr }, which had to be looked up
cause_connect = the connect of fd { $fd } came to its end

cause_ratelimit = the rate limit for { $sides } stood at { $left }
cause_free = { $object } was freed
cause_bytes_written =
    bufferevent_write put { $len ->
        [one] 1 byte
       *[other] { $len } bytes
    } there
cause_bytes = { $name } put bytes into { $object }
cause_marks = the marks were set: low { $low }, high { $high }
cause_timeouts = the timeouts of { $object } were set
cause_callbacks = the callbacks of { $object } were set
cause_disabled = writing of { $object } was disabled

cause_called = { $root } called { $name }
cause_called_for = { $root } called { $name } for { $object }
cause_in = in { $name }
cause_in_of = in { $name } of { $object }
