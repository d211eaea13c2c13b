# What the commands of the screen say of themselves, and what goes wrong with them.

## commands/jumps

command_is_neither_a_step = `{ $arg }` is neither a step (120, +10, -10) nor a time (12ms, 1.5s)
command_no_further_step_of = no further step of { $object } at this level
command_no_step_of_this = no step of this trace belongs to chapter { $chapter }
command_say_where_to_a = say where to: a step (120, +10, -10) or a time (12ms, 1.5s)
command_your_code_does_not = your code does not run again in this direction
command_no_watermark_is_crossed = no watermark is crossed in this direction
command_nothing_fails_in_this = nothing fails in this direction
command_this_step_is_about = this step is about no object

## commands/findings

command_nothing_is_found = no mistake is found in this trace
command_no_further_finding = no further mistake is found in this direction

## commands/gates

command_answer_first = this would give the answer away: answer first, or go on with >
command_nothing_to_ask = there is no bufferevent, event or listener here to ask about
command_no_step_left_it = no step of this trace made it so

## commands/connections

command_not_in_a_lesson = a lesson does not tell what is in its trace

## commands/lesson

command_answers_are_a_to = answers are a to { $last }, not `{ $line }`
command_the_explanation_would_give = the explanation would give the answer away: answer first, or go on with >
command_this_is_the_end = this is the end of the lesson
command_this_is_the_first = this is the first stop of the lesson
command_no_question_is_open = no question is open here; > goes on

## commands/looks

command_levels_are_1_2 = levels are 1, 2 and 3, not `{ $arg }`
command_there_is_no_language = there is no language `{ $name }` here; there are { $known }
command_say_which_colours = say which colours: { $names }
command_no_such_colours = no theme is called `{ $name }`; there are { $names }
command_the_window_is_too = the window is too small for the help

## commands/mod

command_no_command_is_called = no command is called `{ $name }`; ? shows them all
command_could_be_or_write = `{ $name }` could be `{ $a }` or `{ $b }`; write more of it
command_moving = Moving
command_jumping = Jumping
command_search_and_filter = Search and filter
command_running_to_a_stop = Running to a stop
command_looking = Looking
command_taking_a_lesson = Taking a lesson
command_session = Session
command_on_the_home_screen = On the home screen
command_next = next step, into calls
command_previous = previous step
command_over = over the call, forward
command_over_back = over the call, backward
command_out = out of the call, forward
command_out_back = out of the call, back to where it began
command_down = a line down in the pane with the focus; the timeline: zoom out
command_up = a line up; the timeline: zoom in
command_page_down = a page down
command_page_up = a page up
command_first = first step; with a count, the step of that number
command_last = last step; with a count, the step of that number
command_play = play and pause
command_faster = play faster
command_slower = play slower
command_goto = to a step (120, +10, -10) or a time (12ms)
command_next_callback = next time your code runs
command_previous_callback = last time your code ran
command_next_watermark = next watermark crossing
command_previous_watermark = previous watermark crossing
command_next_error = next failure
command_previous_error = previous failure
command_next_same = next step of the same object
command_previous_same = previous step of the same object
command_next_chapter = next part of the walkthrough
command_previous_chapter = previous part of the walkthrough
command_chapter = first step of a chapter of the walkthrough
command_no_such_chapter = chapters are 1 to { $count }, not `{ $wrong }`
command_mark = bookmark this step, or take the bookmark away
command_branches = list the branches of this function, and the steps that take them: Enter goes to one
command_marks = go to a bookmark
command_next_finding = next mistake that was found
command_previous_finding = previous mistake that was found
command_findings = what is wrong: list the mistakes that were found
command_search = search
command_next_hit = next hit
command_previous_hit = previous hit
command_filter = list only what a query matches, and the calls around it; nothing: all
command_connection = only this step's connection, and back
command_connections = all connections: who, when, how much, and what each waited for
command_break = stop where a query matches (begins with this step's)
command_watch = stop where a value changes, like bev1.output.len
command_stops = list the stops: Enter goes on to one, d removes it, Space turns it off and on
command_run = run forward to the next stop
command_hold = let the program run, or hold it at its next step (live --step)
command_run_back = run backward to the last stop
command_level = detail: 1 program, 2 walkthrough, 3 everything
command_why = why did this happen: the chain of causes (Enter goes to one)
command_source = into the function that is called, or out to the line that calls it; again: back
command_calls = list the calls around it: Enter goes to one
command_why_not = why not: the gates before a callback that does not run
command_lanes = the sequence by lanes
command_focus = next pane
command_focus_back = previous pane
command_zoom = the pane with the focus alone, and back
command_enter = go to what is chosen
command_scale = timeline by steps or by time
command_bytes = bytes in the buffers as text or hexadecimal
command_language = English or Chinese
command_theme = colours
command_help = this help
command_next_stop = on to the next stop of the lesson (Enter in its pane)
command_previous_stop = back to the stop before
command_lesson = from anywhere back to the lesson's stop; there, the explanation instead
command_answer = answer the question; a choice also by its letter
command_command = a command by name
command_copy = copy the step as JSON
command_note = a note on this step
command_export = export the trace
command_follow = pause or resume following a trace that grows
command_redraw = redraw the screen
command_suspend = back to the shell; fg returns
command_cancel = leave any mode, cancel the work at hand
command_quit = quit

## commands/moves

command_there_is_no_step = there is no step { $step }; the last is { $last }
command_step_is_the_end = step { $step } is the end of a call and not listed; this is { $here }
command_steps_a_second =
    { $speed ->
        [one] 1 step a second
       *[other] { $speed } steps a second
    }
command_this_is_the_last = this is the last step
command_this_is_the_first_step = this is the first step
command_this_step_is_in = this step is in no call
command_nothing_follows_after_this = nothing follows after this call

## commands/session

command_bookmark_at_step_removed = bookmark at step { $step } removed
command_bookmark_at_step_goes = bookmark at step { $step }; ' goes to bookmarks, :note TEXT says why
command_step_is_on_the = step { $step } is on the clipboard as JSON, where the terminal allows it
command_this_bookmark_has_a = this bookmark has a note; ' lists the bookmarks, d there removes it
command_a_note_needs_a = a note needs a text: :note TEXT
command_there_is_no_bookmark = there is no bookmark; m sets one
command_say_the_format_and = say the format, and a file if you like: :export svg FILE
command_this_trace_does_not = this trace does not grow; evscope play --follow opens one that does
command_cancelled = cancelled

## commands/stops

command_column = { $message } (column { $column })
command_is_not_in_the = `{ $query }` is not in the steps listed here
command_still_searching = still searching
command_stop_c_and_c = stop { $number }: { $stop }; c and C run to it
command_has_no_value_in = `{ $path }` has no value in this trace; for example: { $example }
command_this_step_belongs_to = this step belongs to no connection; u goes to the next callback
command_search_for_something_first = search for something first, with /
command_there_is_nothing_to = there is nothing to stop at: b sets a stop at steps like this one, W watches a value
command_no_branches = no branches of this function are known
command_no_other_trace_now = another trace cannot be shown while this program is held
