# Messages of the command line.

# Where another language was asked for.
message_own_words = steps, states and statistics are in the trace's own words in every language: queries search for these

# What the commands say beside their output.
cli_not_a_trace_but_built_in = { $name }: the file of this name is not a trace; this is the built-in trace (./{ $name } names the file)
cli_other_processes = { $file }: other processes of this recording are in { $files }
cli_log_level = { $variable }={ $asked }: no level of what is told; error, warn, info, debug, trace and off are
cli_log_left_out =
    { $left_out ->
        [one] 1 more line was told while the screen was drawn, and is left out
       *[other] { $left_out } more lines were told while the screen was drawn, and are left out
    }
cli_cut_off =
    { $file }:{ $line }: the trace is cut off in this line ({ $bytes ->
        [one] 1 byte of it is there
       *[other] { $bytes } bytes of it are there
    }); what is before it is shown
cli_cut_off_checked =
    { $file }:{ $line }: the trace is cut off in this line ({ $bytes ->
        [one] 1 byte of it is there
       *[other] { $bytes } bytes of it are there
    }); what is before it was checked
cli_unfinished = { $file }: its recording was not finished, and { $part } has the rest; `evscope record --recover { $part }` makes the whole trace
cli_no_file_but_unfinished = { $file }: no such file, but a recording that was not finished; `evscope record --recover { $part }` makes the trace
cli_no_file_built_in = { $file }: no such file; built-in traces: { $names }; most of them also on libevent, as libevent/NAME
cli_no_file_near = { $file }: no such file; is it { $names }?
cli_or = { $a } or { $b }
cli_too_long = longer than { $mib } MiB
cli_none = none
cli_no_lesson = there is no lesson `{ $name }`; the lessons are { $names }; the exercises are { $exercises }
cli_its_trace = { $file }: its trace
cli_no_trace_of_lesson = { $name }: there is no file of this name beside the lesson, and no built-in trace
cli_no_step_of_none = { $file }: no step { $step }; the trace has no steps
cli_no_step = { $file }: no step { $step }; its steps are 0 to { $last }
cli_no_steps = { $file }: the trace has no steps
cli_first_after_last = there are no steps from { $from } to { $to }: the first is after the last
cli_configuration = { $file }: the configuration: { $error }
cli_configuration_wrong = { $name } is { $possible }, not { $written }
cli_list = { $list }, { $next }
cli_no_demo = there is no demo `{ $name }`; the demos are { $names }
cli_wrote =
    wrote { $file }: { $steps ->
        [one] 1 step
       *[other] { $steps } steps
    }
cli_demo_failed = demo { $name }: { $error }
cli_backend_cannot = { $backend } cannot do what the scenario requires (event_config_require_features)
cli_follow_needs_file = { $file }: --follow needs a file that grows
cli_several_traces = this recording has a trace for each of its processes:
cli_offered = { $number } { $file }: process { $pid }, { $kb } kB
cli_which = which? (Enter: 1)
cli_trace_in_output = the trace cannot go to the standard output, which is the program's; give a file with -o
cli_background = the program runs on in the background as process { $pid } and is still recorded; Ctrl-C ends the recording, not the program
cli_ended_with = the program ended with status { $status }
cli_ended_by_signal = the program was ended by a signal (status { $status })
cli_runs_on = the program runs on
cli_not_whole = { $how }; evscope's own status is { $status }, because the trace is not whole
cli_making = making the trace: { $percent } %
cli_wrote_process =
    wrote { $file }: { $steps ->
        [one] 1 step
       *[other] { $steps } steps
    } of process { $pid }
cli_wrote_one_of =
    wrote { $file }: { $steps ->
        [one] 1 step
       *[other] { $steps } steps
    } of process { $pid }, { $process } ({ $own }{ $bufferevents ->
        [one] 1 bufferevent
       *[other] { $bufferevents } bufferevents
    }, { $bytes ->
        [one] 1 byte
       *[other] { $bytes } bytes
    } read and written)
cli_steps_of_own =
    { $steps ->
        [one] 1 step
       *[other] { $steps } steps
    } of its own,{" "}
cli_process_main = the program itself
cli_process_forked = a worker that it forked off
cli_process_background = a daemon, which ran on in the background
cli_process_started = a program that it started
cli_looks_like_client = it watched one descriptor, and made no listener and no bufferevent: if that was the connection to a server that was already running (tmux has one), the server was not recorded; end it first, or record it when it starts
cli_most = the busiest is { $file }: evscope play { $file }
cli_no_match = no step matches
cli_matches_higher =
    no step at level { $number } matches; { $n ->
        [one] 1 does at level { $higher }: --level { $higher } shows it
       *[other] { $n } do at level { $higher }: --level { $higher } shows them
    }
cli_only_one_stdin = only one of the two traces can be read from the standard input
cli_any_order = the order of steps of different objects is not compared, as { $trace } allows: { $why }
cli_any_pieces = how the bytes of a stream come in pieces is not compared, as { $trace } allows: { $why }
cli_any_leaks = bufferevents that are freed with their base are not compared, as { $trace } allows: { $why }
cli_no_libevent_source = --libevent-source { $folder }: libevent's source is not there (no { $file }); name the folder that has it
cli_libevent_source_possible = a folder of libevent's source (with bufferevent_sock.c)
cli_no_connections = no connection was accepted by a listener or made with a bufferevent in this trace
cli_nothing_to_compare = --filter: no step at level { $level } of either trace matches { $filter }
cli_lost =
    { $file }: { $lost ->
        [one] 1 record was lost while it was recorded; it is missing
       *[other] { $lost } records were lost while it was recorded; they are missing
    } in the comparison
cli_live_needs_file = live writes the trace into a file; give one with -o
cli_live_needs_plain = { $file }: live reads the trace while it is written, so it cannot be packed; leave the ending away, and pack it afterwards
cli_no_file_for_output = cannot make a file for the program's output
cli_program_wrote = the program wrote:
cli_recording_failed = the recording has failed
cli_did_nothing = the program did nothing with libevent or evscope's reactor
cli_step_keys = Enter: next stop · a number: that many · n: next step · c: run · q: quit
cli_nothing_to_record = there is nothing to record here
cli_quote_open = { $line }: a quote is not closed, or nothing comes after the backslash at its end
cli_check_follow_one = --follow goes with one trace
cli_flat_is_jsonl = --flat goes with --to jsonl
cli_slides_are_html = --slides, --lesson and --notes go with --to html
cli_no_notes = { $file } has no notes; a note is a line: the number of its step, a space, and the text
cli_no_trace_in_folder = { $folder }: there is no trace in this folder
cli_no_source_folder = --source { $folder }: there is no folder of this name
cli_level = a level is 1 (program), 2 (walkthrough) or 3 (everything)
cli_steps = steps are a range: 53-78, 53- or -78
cli_no_rule = there is no rule of this name; `evscope check --list` lists them
cli_no_rule_near = there is no rule of this name; did you mean `{ $near }`?
cli_no_time = a time is a number with a unit: 100ms, 1.5s
cli_no_bytes = a number of bytes, with a unit or without: 65536, 64KiB, 8MiB
cli_needs_reactor = `evscope { $command }` needs evscope's reactor, which runs on Linux and macOS, not here; what it has recorded there can be looked at here: `evscope play NAME`
cli_needs_recorder = `evscope { $command }` needs Linux on x86-64, where programs can be recorded; do it there, and look at the trace here: `evscope play FILE`
cli_was_built_without = { $demo }: this evscope was built without the trace of this demo
