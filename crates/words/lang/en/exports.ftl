# The exports.

export_no_format = there is no format `{ $wrong }`; the formats are { $formats }
export_formats = { $rest } and { $last }
export_formats_list = { $list }, { $next }
export_too_long = { $steps } steps are too many for { $format }, which takes { $most }; take a part of the trace: evscope export with --steps FROM-TO, a lower --level, or --filter
export_name_is_anothers = there is a file of this name that is no export in this format; give another name
export_name_is_a_folder = this is a folder; give the name of a file
export_name_is_a_link = this link points to a file that is not there; give the name of the file itself
export_no_folder = there is no folder { $folder }; make it first, or give another name

## pictures

export_no_steps = no steps
export_step = step { $only }
export_steps = steps { $first } to { $last }
export_about = { $library } on { $backend }, { $steps } of { $all }, level { $level }
export_what_happened = what happened
export_no_steps_here = there are no steps here
export_trace_ends = the trace ends here
export_lane_kernel = kernel
export_lane_loop = event loop
export_lane_bufferevent = bufferevent
export_lane_bufferevent_listener = bufferevent, listener
export_lane_program = your program
export_sign_call = a call, down to the last step in it
export_sign_point = something that happens at once
export_sign_result = the result of a call
export_sign_open = goes on outside this picture
export_sign_watermark = a watermark is crossed
export_sign_failure = a failure
export_column_step = step
export_column_seconds = seconds
export_column_took = took

## the time line

export_thread = thread { $number }
export_thread_of_loop = thread { $number }, loop of { $loops }

## the page for a browser

page_level = Level
page_steps = Steps
page_changes = What changed
page_causes = Why it happened
page_nothing = nothing
page_root = the program itself did it
page_nowhere = The trace does not say where in the source this step is.
page_textless = The trace does not carry the text of this function.
page_own = Source: where it stands
page_caller = Source: the other side of the call
page_next = next step
page_previous = previous step
page_first = first step
page_last = last step
page_level1 = your program
page_level2 = the walkthrough
page_level3 = everything
page_empty = There are no steps here.
page_failure = a failure
page_finding = a mistake was found here
page_findings = What is found
page_watermark = a watermark is crossed
page_callback = your code runs
page_source = Source
page_state = State after the step
page_notes = Notes
page_note = a note
page_limited = What explains this step is shown once the question is answered.
page_page_down = ten steps on
page_page_up = ten steps back
page_next_note = next note
page_previous_note = previous note
page_no_hit = not found at this level
page_help = Keys and signs
page_close = close
page_address = The address of a step ends in its number: #67.
page_next_slide = next slide
page_previous_slide = previous slide
page_colon = :{" "}
page_about =
    { $library } on { $backend }, { $shown } of { $all ->
        [one] 1 step
       *[other] { $all } steps
    }
