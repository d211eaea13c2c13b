# What the screen says.

## layout

screen_steps = Steps
screen_source = Source
screen_state = State
screen_explanation = Explanation
screen_why = Why
screen_lanes = Lanes
screen_timeline = Timeline
screen_lesson = Lesson

## listing

screen_stopped = stopped: { $reason }
screen_no_hit = `{ $query }` is not in the steps listed here
screen_hits =
    { $n ->
        [one] 1 hit
       *[other] { $n } hits
    }
screen_no_further_stop_in = no further stop in this direction
screen_nothing_matches_the_filter = nothing matches the filter; f, then Enter on an empty line, lists everything

## load

screen_waiting_for_to_begin = Waiting for { $name } to begin (q gives up)
screen_reading_q_gives_up = Reading { $name }: { $far } (q gives up)

## model

screen_what_is_before_it = { $error }; what is before it is shown
screen_the_trace_is_cut = the trace is cut off in line { $line }; what is before it is shown
screen_level_now_to_show = level { $needed } now, to show step { $step }

## program

screen_held = held: { $reason }
screen_the_program_has_ended = the program has ended
screen_the_program_runs_h = the program runs; H holds it
screen_the_program_is_on = the program is on its way to a stop; Esc holds it before
screen_nothing_is_held_here = nothing is held here; evscope live --step -- PROGRAM holds a program
screen_the_program_is_held = the program is held at its next step
screen_is_held = ‖ HELD
screen_ended = ■ ENDED
screen_waiting = ▸ WAITING
screen_is_running = ▸ RUNNING

## prompt

screen_prompt_command = :
screen_prompt_filter = filter{" "}
screen_stop_at = stop at{" "}
screen_watch = watch{" "}
screen_your_answer = your answer:{" "}

## run

screen_the_history_is_not = the history is not kept: { $path }: { $error }
screen_the_progress_is_not = the progress is not kept: { $error }
screen_bookmarks_are_another_file = bookmarks are not kept: { $path } is a file with something else; move it away
screen_bookmarks_are_not_kept = bookmarks are not kept: { $path }: { $error }
screen_wrote = wrote { $file }
screen_export_failed = { $failed }
screen_follow_failed = { $error }
screen_there_is_no_export = there is no export here; `evscope export` does it

## update

screen_does_nothing_shows_the = { $key } does nothing; { $help } shows the keys
screen_the_rest_of_the = {" "}(the rest of the trace is still being read)

## view/explain

screen_in_no_call = {" "}In no call
screen_calls_around_it = {" "}Calls around it
screen_watch_for = Watch for:{" "}
screen_note = Note:{" "}

## view/help

screen_the_current_step_in = the current step, in every pane
screen_changed_by_this_step = changed by this step
screen_a_source_line_that = a source line that has run by now
screen_a_breakpoint_beside_the = a breakpoint, beside the step
screen_a_bookmark = a bookmark
screen_a_search_hit = a search hit
screen_a_finding = a mistake that was found
screen_took_long = beside the time: a step that took long
screen_a_call_around_what = a call around what the filter lets through
screen_kernel_loop_bufferevent_your = kernel, loop, bufferevent, your code
screen_in_a_gauge_low = in a gauge: low and high watermark
screen_keys = Keys
screen_signs = Signs
screen_a_count_before_a = A count before a move repeats it: 5n. Put a zero in front of one that begins with 1, 2 or 3: 010n.

## view/lanes

screen_kernel = kernel
screen_loop = loop
screen_bufferevent = bufferevent
screen_your_code = your code

## view/lists

screen_changes = { $watch } changes
screen_steps_found =
    { $n ->
        [one] 1 step
       *[other] { $n } steps
    }
screen_branches_of = Branches of { $function }
screen_stops = Stops
screen_bookmarks = Bookmarks

## view/mod

screen_after_this_step = after this step
screen_enter_goes_to_a = Enter goes to a cause
screen_needs_room = evscope needs { $width } columns and { $height } rows;
screen_has_room = this window has { $width } and { $height }.

## view/source

screen_the_trace_does_not = The trace does not say where in the source this step is.
screen_the_trace_does_not_carry =
    { $file }:{ $line }

    The trace does not carry the text of this function. A folder of sources that has the file can be given with --source DIR.
screen_called_at = called at{" "}
screen_called_in = called in{" "}
screen_inside = inside{" "}

## view/state/bevs

screen_and_more_bufferevents =
    {" "}… and { $left_out ->
        [one] 1 more bufferevent
       *[other] { $left_out } more bufferevents
    }
screen_no_longer = no longer { $word }
screen_suspended_by = { $suspended }: { $reasons }
screen_frozen_ends = { $ends } { $frozen }
screen_in = in
screen_out = out
screen_freed_and_taken_apart = freed and taken apart
screen_freed_still_in_use = freed, still in use
screen_connecting = connecting
screen_partner = partner
screen_on = on
screen_enabled = enabled
screen_disabled = disabled
screen_both_ends = both ends
screen_not = not
screen_list_between = ,{" "}
screen_socket = socket
screen_pair = pair
screen_filter = filter
screen_tls = TLS
screen_client_handshake = client handshake
screen_server_handshake = server handshake
screen_open = open

## view/state/events

screen_events_there = {"  "}{ $there } · { $pending } pending
screen_the_next_one_first = {"  "}the next one first
screen_events = Events
screen_will_run = will run:
screen_freed = freed
screen_was_active = was active
screen_timers = Timers
screen_timer_left = in { $left }
screen_of = of
screen_kernel_watches = Kernel watches

## view/state/mod

screen_was = was
screen_waiting_in_the_kernel = waiting in the kernel
screen_loop_running = running
screen_not_running = not running
screen_waits = waits
screen_exit_asked = exit asked
screen_break_asked = break asked
screen_accepting = accepting
screen_accepted = accepted
screen_no_fd = no fd

## view/status

screen_step_of = step { $step } of { $last }
screen_no_steps = no steps
screen_level = level { $level }
screen_working_esc_cancels = working { $percent } % (Esc cancels)
screen_column = column { $column }:{" "}
screen_reading = reading
screen_live = LIVE
screen_paused = PAUSED
screen_zoom = ZOOM
key_close = close
key_run_to_it = run to it
key_off_on = off / on
key_remove = remove
key_go = go
key_pause = pause
key_faster = faster
key_answer = answer
key_go_on = go on
key_ask = ask
key_follow_it = follow it
key_sort = sort by the next column
key_leave = leave
key_choose = choose
key_help = help
key_zoom_in = zoom in
key_zoom_out = zoom out
key_steps_time = steps / time
key_next = next
key_back_to_the_lesson = back to the lesson
key_quit = quit
key_to_a_stop = to a stop
key_run_hold = run / hold
key_next_hit = next hit
key_why = why

## view/steps

screen_1_program = 1 program
screen_2_walkthrough = 2 walkthrough
screen_3_everything = 3 everything
screen_the_trace_has_no = The trace has no steps yet.
screen_the_trace_has_no_steps = The trace has no steps.
screen_no_step_is_listed = No step is listed.

## view/timeline

screen_failure = failure
screen_finding = finding
screen_by_steps = by steps
screen_by_time = by time
screen_bracket_open = {" "}(
screen_bracket_close = ){" "}

## view/why

screen_nothing_in_the_trace = Nothing in the trace caused it: the program did it by itself.

## view/findings

screen_findings = Findings ({ $count })
screen_severity_error = error
screen_severity_warning = warning
screen_severity_note = note
screen_found = step { $step }: { $wrong } [{ $rule }]; { $key } lists the findings

## view/gates

screen_why_not = Why not?
screen_why_not_of = Why not { $question }, after step { $step }

## view/connections

screen_connections = Connections ({ $count }), sorted by { $column }
screen_connections_are_made = Connections: { $percent } % looked through
screen_no_connections = The trace has no connections.
column_who = who
column_peer = peer
column_when = when
column_lasted = lasted
column_read = read
column_written = written
column_unsent = unsent
column_callbacks = callbacks
column_longest = longest
column_waiting = waiting
column_suspended = suspended
column_blocked = blocked
column_findings = findings

## words

screen_pending = pending
screen_not_pending = not pending
screen_active = active
screen_watermark = watermark
screen_low = low
screen_high = high
screen_input = input
screen_output = output
screen_read = read
screen_write = write
screen_suspended = suspended
screen_frozen = frozen
screen_start = start
screen_end = end
screen_high_mark = watermark
screen_bandwidth = bandwidth
screen_bandwidth_group = bandwidth_group
screen_lookup = lookup
screen_filter_read = filter_read
screen_bytes =
    { $n ->
        [one] 1 byte
       *[other] { $n } bytes
    }
