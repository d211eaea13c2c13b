# What --help says. The English is written from the command line:
# UPDATE_DOCS=1 cargo test -p evscope help_is_there_to_be_translated

help_heading_usage = Usage:
help_heading_commands = Commands
help_heading_arguments = Arguments
help_heading_options = Options
help_heading_possible_values = Possible values:
help_possible_values = [possible values: { $values }]
help_default = [default: { $value }]
help_of_help = Print help (see a summary with '-h')
help_of_version = Print version

## what several commands have

help_buffer = Room for records that wait for the recorder, in MiB
help_children = Which processes the program makes are recorded, too: none, those it forks, or also programs it starts
help_children_none = Only the program itself
help_children_fork = Processes it forks
help_children_exec = These, and programs it starts
help_color = When to use colour
help_color_auto = On a terminal, unless NO_COLOR is set
help_color_always = Also into a pipe
help_color_never = Not at all
help_command = The program and its arguments
help_follow = Go on with what is added to the trace
help_force = Write over a file that is there, whatever it is
help_late = The program loads libevent later, as a plugin
help_max_size = How large the traces may become together, in MiB; what comes after that is counted
help_payload = Keep the first N bytes of what goes through buffers; traces get shared, so none by default
help_source = A folder of sources: what it has is shown in place of the text in the trace

## evscope

help_evscope = See what an event-driven network program does, step by step
help_evscope_long =
    See what an event-driven network program does, step by step.

    evscope records what a program on libevent (or on its own reactor with libevent's semantics) does inside, and replays it forward and backward beside the source that did it.
help_evscope_examples =
    Examples:
      evscope                      the home screen: lessons, demos and traces to open
      evscope learn writecb        a lesson: who calls your writecb?
      evscope demo hello-world     run the hello-world server for real, then step through what it did
      evscope play hello-world     step through a trace that evscope brings along
      evscope print hello-world    the same as text
help_evscope_lang = The language of the screen and of explanations: en, zh, or one of --lang-dir; what is printed beside them (steps, state, stats) is in the trace's own words [default: by LC_ALL, LC_MESSAGES, LANG]
help_evscope_lang_dir = A folder of languages, with more texts or other ones: DIR/xx/*.ftl [default: $XDG_CONFIG_HOME/evscope/lang]
help_evscope_theme = The colours of the screen: dark, light or colour-blind [default: what suits the terminal]
help_evscope_theme_dark = For a dark background
help_evscope_theme_light = For a light background
help_evscope_theme_colour_blind = Colours that stay apart for colour-blind eyes, on a dark background
help_evscope_config = The configuration [default: $EVSCOPE_CONFIG, or evscope/config.toml in $XDG_CONFIG_HOME]

## demo

help_demo = Run an example for real, record it, and step through what it did
help_demo_long =
    Run an example for real, record it, and step through what it did

    The server and its client talk over real sockets on loopback. Without a name the demos are listed.
help_demo_examples =
    Examples:
      evscope demo
      evscope demo hello-world
      evscope demo hello-world -o hello.jsonl
      evscope demo hello-world -o - | jq -r .ev
      evscope demo hello-world --wait --port 9995     then: nc localhost 9995
help_demo_name = The demo
help_demo_output = Only record, into this file (`-`: the standard output; `.gz` and `.zst` are packed)
help_demo_wait = Wait for a client of yours instead of bringing one along; Ctrl-C ends the recording
help_demo_port = The port to listen on [default: one that is free]
help_demo_level = The detail level to begin with: 1 program, 2 walkthrough, 3 everything [default: 2]
help_demo_libevent_source = A folder of libevent's source: the steps of its functions stand in them, also where the trace has the reactor's

## learn

help_learn = Take a lesson: go from stop to stop through a trace, and predict what comes next; or put a program right
help_learn_long =
    Take a lesson: go from stop to stop through a trace, and predict what comes next; or put a program right

    Without a name the lessons and the exercises are listed. A lesson goes on where it was left. Where there is no screen to draw on (a pipe, TERM=dumb) it is printed instead, with the answers. An exercise puts a small broken program into a folder, and judges what is made of it each time it is called again: by rules over its trace, and by what the other side got. The status is 1 as long as something is not right.
help_learn_examples =
    Examples:
      evscope learn
      evscope learn writecb
      evscope learn writecb --lang zh
      evscope learn my-lesson.toml        docs/lessons.md says how to write one
      evscope learn writecb | less
      evscope learn hello                 an exercise: the program is in hello/hello.scn
      evscope learn hello --watch         judges it each time it is saved
      evscope learn hello --hint
help_learn_lesson = The lesson: a name, or a teacher's file; or the name of an exercise
help_learn_restart = Begin at the first stop, whatever was done before
help_learn_folder = The folder of an exercise [default: the one of its name]
help_learn_form = What the exercise's program is written in [default: a scenario, or what is in the folder]
help_learn_form_scenario = A scenario: needs nothing
help_learn_form_c = C on libevent: needs cc and libevent's headers
help_learn_form_rust = Rust on evscope's own reactor: needs cargo
help_learn_watch = Judge the exercise's program each time it is saved
help_learn_hint = The next hint of the exercise
help_learn_libevent_source = A folder of libevent's source: the steps of its functions stand in them, also where the trace has the reactor's

## run

help_run = Run a scenario, a program written as text, and step through what it did
help_run_long =
    Run a scenario, a program written as text, and step through what it did

    A scenario says what a program does and what happens to it; docs/scenarios.md describes how. It runs on evscope's reactor or on the real libevent, in a time of its own: timeouts are exact, and nobody waits for them.
help_run_examples =
    Examples:
      evscope run echo.scn
      evscope run echo.scn -o ours.jsonl
      evscope run --on libevent echo.scn -o theirs.jsonl
      evscope diff ours.jsonl theirs.jsonl
      evscope run --backend poll echo.scn -o - | jq -r .ev
help_run_file = The scenario (`-`: the standard input)
help_run_on = Which library runs it
help_run_on_reactor = evscope's own
help_run_on_libevent = The real one: a small driver is compiled with `cc` when it is first used
help_run_backend = How the loop waits
help_run_output = Only record, into this file (`-`: the standard output; `.gz` and `.zst` are packed)
help_run_level = The detail level to begin with: 1 program, 2 walkthrough, 3 everything [default: 2]

## record

help_record = Run a program that uses libevent or evscope's reactor, and record what happens inside
help_record_long =
    Run a program that uses libevent or evscope's reactor, and record what happens inside

    The program is not changed and behaves as without evscope; its exit status is given on. It must use libevent 2.1 as a shared library, as programs from a distribution do, or be a Rust program on evscope's reactor.
help_record_examples =
    Examples:
      evscope record -- tmux new -s demo
      evscope record -o mc.jsonl.zst -- memcached -p 11311
      evscope record --children exec -- ./run-server.sh
      evscope record --recover mc.jsonl.part
help_record_level = How much to record: 1 program, 2 walkthrough, 3 everything
help_record_libevent_source = A folder of libevent's source: the steps of its own functions point into it
help_record_output = The trace [default: the program's name with .jsonl]
help_record_recover = Make the trace of a recording whose recorder was killed, from what it left

## live

help_live = Record a program and watch it at once
help_live_long =
    Record a program and watch it at once

    The program reads nothing, and what it writes is shown at the end: the terminal is evscope's. With --step it is held at each step until you go on; its clock stands still meanwhile. Where there is no screen to draw on, the steps are printed, and lines that are read let the program go on.
help_live_examples =
    Examples:
      evscope live -- ./hello-world
      evscope live --step -- ./hello-world
      evscope live --step --at 1 -o echo.jsonl -- ./echo 9996
      evscope live --step-at 'ev=writecb && bev=2' -- ./echo 9996
      evscope live --step-at 'bev1.output.len>4KiB' -- ./echo 9996
help_live_level = How much to record: 1 program, 2 walkthrough, 3 everything
help_live_libevent_source = A folder of libevent's source: the steps of its own functions point into it
help_live_step = Hold the program at each step
help_live_step_at = Hold the program only at the steps that a query matches, of whatever level
help_live_at = The level of the steps to hold at and to show
help_live_real_clock = The clock of a program that is held runs on: its timeouts run out meanwhile
help_live_output = The trace [default: the program's name with .jsonl]

## play

help_play = Step through a trace on the whole screen
help_play_long =
    Step through a trace on the whole screen

    Where there is no screen to draw on (a pipe, TERM=dumb) the steps are printed instead.
help_play_examples =
    Examples:
      evscope play hello-world
      evscope play trace.jsonl --at 120 --level 3
      evscope play growing.jsonl --follow
      evscope play memcached.jsonl --source ~/src/memcached
      evscope play libevent/hello-world --libevent-source ~/src/libevent
      zstd -dc trace.jsonl.zst | evscope play -
      evscope play hello-world --lang zh
help_play_file = A trace (.jsonl, also packed as .gz or .zst), `-` for the standard input, or the name of a built-in trace
help_play_at = The step to begin at
help_play_level = The detail level to begin with: 1 program, 2 walkthrough, 3 everything [default: 2]
help_play_libevent_source = A folder of libevent's source: the steps of its functions stand in them, also where the trace has the reactor's

## print

help_print = Print the steps as indented text
help_print_long =
    Print the steps as indented text

    Every line has the step's number, its time in seconds, the letter of who acts (K the kernel, L the event loop, B bufferevents and listeners, P your program) and what happened.
help_print_examples =
    Examples:
      evscope print hello-world
      evscope print trace.jsonl --level 3 --from 120 --to 160
      evscope print trace.jsonl --filter 'ev~"event_*" && fd=8'
      zstd -dc trace.jsonl.zst | evscope print - --color always | less -R
help_print_file = A trace (.jsonl, also packed as .gz or .zst), `-` for the standard input, or the name of a built-in trace
help_print_from = The first step [default: the first of the trace]
help_print_to = The last step; the trace is read up to it [default: the last of the trace]
help_print_level = The detail level: 1 program, 2 walkthrough, 3 everything
help_print_filter = Only steps that match a query
help_print_exit_code = End with status 1 when the filter leaves nothing, as grep does

## state

help_state = Print the state after a step: bufferevents, buffers, events, listeners, running calls
help_state_long =
    Print the state after a step: bufferevents, buffers, events, listeners, running calls

    What was freed by then is left out. With --at, the trace is read up to that step.
help_state_examples =
    Examples:
      evscope state hello-world --at 40
      evscope state trace.jsonl --at 40 --json | jq .state.bevs.bev1
      evscope state trace.jsonl --all
help_state_file = A trace (.jsonl, also packed as .gz or .zst), `-` for the standard input, or the name of a built-in trace
help_state_at = The step [default: the last]
help_state_all = Also the objects that were freed
help_state_json = As JSON

## export

help_export = Write a trace in a format that other tools read
help_export_examples =
    Examples:
      evscope export hello-world --to json | jq '.records | length'
      evscope export trace.jsonl --to chrome -o trace.json     then open it in ui.perfetto.dev
      evscope export trace.jsonl --to jsonl -o trace.jsonl.zst
      evscope export trace.jsonl --to jsonl --flat -o trace.flat.jsonl.zst     for databases: docs/queries-over-many.md
      evscope export hello-world --to svg --steps 53-78 -o writecb.svg
      evscope export hello-world --to html -o hello-world.html     then open it in a browser
      evscope export hello-world --to html --slides --lesson writecb -o slides.html
      evscope export hello-world --to cast --steps 17-78 -o hello-world.cast     then asciinema play hello-world.cast
      evscope export hello-world --to mermaid --level 1
      evscope export trace.jsonl --to jsonl --filter 'bev=1' -o bev1.jsonl
help_export_file = A trace (.jsonl, also packed as .gz or .zst), `-` for the standard input, or the name of a built-in trace
help_export_to = The format
help_export_to_json = One JSON document: header, sources, records.
help_export_to_jsonl = The trace itself, written anew: JSON Lines with every known field in its place.
help_export_to_chrome = Trace events for Perfetto (ui.perfetto.dev) and chrome://tracing.
help_export_to_mermaid = A Mermaid sequence diagram: kernel, loop, bufferevent, program.
help_export_to_dot = A graph for Graphviz: callbacks with their runs and time, and how often each is the cause of which.
help_export_to_svg = A picture of the sequence for a page or a slide, of at most 300 steps.
help_export_to_html = A page to step through in a browser, of at most 5000 steps; it needs nothing beside itself.
help_export_to_csv = A table for spreadsheets and data frames, one row a step.
help_export_to_cast = A recording of the screen for asciinema's player, with pauses where something is to be seen
help_export_output = The file to write; `.gz` and `.zst` are packed [default: the standard output]
help_export_flat = With --to jsonl: one row a step, every row with the same columns, in place of a trace
help_export_slides = With --to html: a stop a slide, to show and to print, in place of a page to step through
help_export_lesson = With --to html: the stops and questions of a lesson, by its name or file
help_export_notes = With --to html: notes on steps, from a file as the replay keeps them (TRACE.marks)
help_export_steps = Only these steps: `53-78`, `53-` or `-78`
help_export_level = Only steps up to this detail level: 1, 2 or 3 [default: what suits the format]
help_export_filter = Only steps that match a query, calls with their ends

## diff

help_diff = Compare two traces: the same, or where they part
help_diff_long =
    Compare two traces: the same, or where they part

    What is chance is not compared: times, process ids, addresses and ports, fds, source lines, the numbers of objects (they are matched in the order in which they come), how the steps of threads mingle, and waits that a signal cut short. What a scenario (`allow order "why"`) or a comment in a program (`evscope: allow pieces "why"`) allows to differ is not compared either, and that is said. The exit status is 0 when the traces are the same and 1 when they differ.
help_diff_examples =
    Examples:
      evscope diff before.jsonl after.jsonl
      evscope diff ours.jsonl libevent.jsonl --level 3
      evscope diff a.jsonl b.jsonl --filter 'bev=1' --ignore lengths,callback
      evscope diff a.jsonl b.jsonl --json | jq '.differences | length'
help_diff_a = A trace, as in every command: a file, `-`, or the name of a built-in trace
help_diff_b = The trace to compare it with
help_diff_level = The detail level: 1 program, 2 walkthrough, 3 everything
help_diff_filter = Only steps that match a query
help_diff_ignore = Fields that may differ, as `evscope print` and queries name them; `lengths` is all numbers of bytes, `pieces` is how the bytes of a stream come in pieces, `leaks` is what is freed with its base because nobody freed it
help_diff_json = As JSON

## stats

help_stats = Sum a trace up: steps by kind, callbacks with their times, bytes, waits, errors
help_stats_examples =
    Examples:
      evscope stats hello-world
      evscope stats trace.jsonl.zst --json | jq .duration
      evscope stats chat --by connection --sort blocked
help_stats_file = A trace (.jsonl, also packed as .gz or .zst), `-` for the standard input, or the name of a built-in trace
help_stats_by = A row for each of these in place of the sums
help_stats_by_connection = A connection that was accepted or made
help_stats_sort = Sort the rows by a column: who, peer, when, lasted, read, written, unsent, callbacks, longest, waiting, suspended, blocked or findings
help_stats_json = As JSON

## why

help_why = Print why a step happened, or why something did not
help_why_long =
    Print why a step happened, or why something did not

    Of a step, the chain of steps that led to it is printed, nearest first. With --not, the gates between the kernel and a callback: the first closed one is why it was not called.
help_why_examples =
    Examples:
      evscope why hello-world 60
      evscope why disabled-read --not 'readcb bev=1'
      evscope why trace.jsonl --not accept --at 1201
      evscope why trace.jsonl 1201 --json | jq '.causes[].step'
help_why_file = A trace (.jsonl, also packed as .gz or .zst), `-` for the standard input, or the name of a built-in trace
help_why_step = The step
help_why_not = Why this did not happen: readcb, writecb, eventcb or timeout with bev=N, accept with listener=N, or event=N
help_why_at = The step after which it did not [default: the last]
help_why_json = As JSON

## judge

help_judge = Judge one program of an exercise, or only run it
help_judge_program = The program's file
help_judge_form = What it is: a form of programs, or `trace`
help_judge_exercise = The exercise
help_judge_trace = Where its trace goes

## check

help_check = Find the mistakes in traces: what is wrong, at which step, and what to do
help_check_long =
    Find the mistakes in traces: what is wrong, at which step, and what to do

    Each rule has its page in docs/rules. Ends with status 0 when nothing was found that --deny names, and with 1 when something was.
help_check_examples =
    Examples:
      evscope check trace.jsonl
      evscope check traces/ --deny note
      evscope check trace.jsonl --rule unsent --rule stall-high
      evscope check trace.jsonl --json | jq 'select(.severity=="error")'
      evscope check trace.jsonl --sarif > findings.sarif
      zstd -dc trace.jsonl.zst | evscope check -
      evscope check growing.jsonl --follow
      evscope check class/ --rules exercise.toml --csv
      evscope check class/ --rules exercise.toml --run
      evscope check class/ --exercise hello
help_check_files = Traces, folders of traces, `-` for the standard input, or the names of built-in traces
help_check_rule = Only this rule; may be given more than once
help_check_allow = Not this rule; may be given more than once
help_check_deny = What makes the status 1: error, warning or note, each with those before it
help_check_blocked = How long a callback may hold the loop
help_check_output = How many bytes may wait in an output
help_check_json = As JSON, one finding a line
help_check_sarif = As SARIF 2.1.0, which editors and code hosts show beside the code
help_check_rules = Rules of one's own in place of evscope's: each trace is a row with what became of each rule
help_check_run = With --rules: what stands in the folders is a row each, and programs among it are run with limits: scenarios, C and Rust, which are compiled, and compiled ones
help_check_exercise = Judge submissions to this exercise in place of traces: each program in the folder is run with limits, and is a row with what became of each point
help_check_csv = The table of --rules or --exercise as comma-separated values
help_check_list = List the rules

## site

help_site = Write the course as a website: lessons, traces to step through, the walkthrough and the rules
help_site_long =
    Write the course as a website: lessons, traces to step through, the walkthrough and the rules

    It needs no server and no network: open its index.html in a browser, or put the folder on any web host. Everything in it is there in English and Chinese. What is answered in a lesson is kept in the reader's browser. A folder that has a site from before gets the new one; a folder with anything else in it is left alone.
help_site_examples =
    Examples:
      evscope site -o course                       then open course/index.html
      evscope site -o course my-lesson.toml        with a lesson of one's own: docs/lessons.md
      scripts/site course                          from the source folder: also shows traces of the reader's own
help_site_lessons = Lessons of your own, behind those of evscope
help_site_output = The folder to write: a new or empty one, or one with a site from before
help_site_reader = The WebAssembly module that shows the reader's own traces, as scripts/site builds it

## completions

help_completions = Print the completions of a shell
help_completions_examples =
    Examples:
      evscope completions bash > ~/.local/share/bash-completion/completions/evscope
      evscope completions zsh > ~/.zfunc/_evscope
      evscope completions fish > ~/.config/fish/completions/evscope.fish
help_completions_shell = The shell

## man

help_man = Print the manual page
help_man_examples =
    Examples:
      evscope man | man -l -
      evscope man > ~/.local/share/man/man1/evscope.1
