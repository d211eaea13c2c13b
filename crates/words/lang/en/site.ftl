# The static site (evscope site): its pages, and what its scripts say.

## every page

site_skip = To the text
site_parts = Parts of the site
site_course = Course
site_walkthrough = Walkthrough
site_traces = Traces
site_rules = Rules
site_documents = Documents
site_open = Your trace
site_pictures = Pictures
site_turn = Before and after
site_needs_script = This page needs JavaScript, which comes with the site; nothing is loaded from elsewhere.
site_only_english = This page is written in English only.

## the first page

site_title = See what an event-driven network program does, step by step
site_about = evscope records what happens inside of a program on libevent, and replays it beside the source that did it: every event, every buffer, every callback, and why.
site_how = This is the whole course in your browser. Nothing has to be installed, and nothing that you do here leaves your machine: your progress is kept in this browser alone.
site_course_about =
    { $lessons ->
        [one] One lesson
       *[other] { $lessons } lessons
    }, in an order in which to take them. A lesson leads from stop to stop through a trace and asks what comes next; the trace says who was right.
site_more = More
site_walkthrough_about = One server, one client, one message: what happens underneath, function by function, in six chapters.
site_traces_card =
    { $demos ->
        [one] One program
       *[other] { $demos } programs
    } to step through, each with what is worth seeing in it.
site_rules_card =
    { $rules ->
        [one] One mistake
       *[other] { $rules } mistakes
    } that evscope check finds: each with a program that makes it, and the same repaired.
site_exercises = Exercises
site_exercises_about = Lessons in which you write: a small broken program to repair, as a scenario, in C or in Rust. These need evscope itself.
site_open_card = Show a trace of your own here, without installing anything.
site_documents_about = How to use evscope, write lessons, record programs, and read traces with other tools.
site_pictures_about = What evscope looks like in a terminal.
site_and = {", "}
site_begin = Begin: { $title }
site_go_on = Go on: { $title }
site_all_done = You have taken all lessons.

## traces

site_the_trace = The trace
site_traces_about = Real programs that were recorded: a server, a client or both, each with one thing to see.
site_on_libevent = the same program in C, on libevent
site_on_the_reactor = the same program on evscope's reactor
site_recorded_about = A program in C, recorded on the real libevent.
site_twin_about = The same program in C, recorded on the real libevent.
site_twins = The same on libevent
site_lesson_named = lesson: { $title }
site_program_of = { $rule }, program { $number }
site_program_steps =
    What it did: { $steps ->
        [one] 1 step
       *[other] { $steps } steps
    } to step through

## a trace of one's own

site_open_title = A trace of your own
site_open_about = Choose a file that evscope has recorded. It is read in this browser and goes nowhere.
site_open_limits = Traces may be packed (.gz, .zst). Of a long one the beginning is shown, at most { $most } of its steps. Lessons, questions, comparing two traces, live watching and everything else are in the program itself.
site_open_choose = Trace:
site_open_or = or drop it on this page
site_open_how = How do I get a trace?
site_open_how_more = On Linux, evscope records any program on libevent:
site_open_missing = This copy of the site was made without the part that reads traces in the browser.
site_open_instead = Who makes the site can add it with the first of these commands. With evscope installed, the others show a trace in the terminal, or make a page of it:
site_reading = Reading { $file } …
site_shown = { $file }
site_shown_a_part = { $file }: its first steps, { $shown } of { $all }. For all of them: evscope play
site_too_big = { $file } has { $size } MB; the browser takes { $most }. Take a part of it: evscope export --to jsonl --steps FROM-TO
site_reader_broke = { $file } could not be read: it needs more memory than the browser gives, or something is wrong in evscope.
site_no_wasm = This browser cannot run WebAssembly, which reads the trace.

## a lesson

site_lesson_of = Lesson { $number } of { $lessons }
site_stop = Stop { $stop } of { $stops }
site_next_stop = Next stop
site_previous_stop = Previous stop
site_next_lesson = Next lesson: { $title }
site_again = Take it again
site_answer = Answer
site_your_answer = Your answer:
site_choose_first = Choose an answer first.
site_answers_are = The answers are a to { $last }.
site_away = You are looking around.
site_back = Back to step { $step }
site_hidden = What comes next is hidden until you have answered.
site_look_again = Try again. Look at the state, and at why this step happened.
site_trace_is_yours = The trace is yours now: look around, or go back through the stops.
site_lesson_keys = Keys: > and < next and previous stop · T back to the stop · 1, a answer · Enter goes on
site_not_kept = This browser keeps nothing for this page: your progress ends with it.

## pictures

site_picture_home = The home screen: lessons and demos, and what the chosen one is about
site_picture_replay = The replay of the hello-world server: steps, source, state, explanation and timeline
site_picture_writecb = The source at the steps 56, 58, 63, 66 and 67: the arrow moves down bufferevent_writecb
site_picture_internal = A step inside of the library: bufferevent_writecb begins, and your code has not run yet
site_picture_commands = Commands by name: what begins with the letters typed, and what each does
site_picture_small = A terminal of 80 columns and 24 lines: steps and source, the rest one key away
site_picture_large = A terminal of 200 columns and 60 lines: everything at once
site_picture_state = The state at a step: bufferevents with their buffers, watermarks and events
site_picture_why = Why a step happened: each cause is a step to jump to
site_picture_lanes = Lanes for kernel, event loop, bufferevent and program
site_picture_lesson = A lesson: the question is open, so the steps that follow are hidden
site_picture_findings = The list of what is found in a server whose read callback is never called
site_picture_why_not = Why the read callback does not run: the gates before it, and the closed one
site_picture_sequence = A picture of the sequence, from poll to bufferevent_finalize

## the command

site_not_ours = { $folder } has something in it that is not a site of evscope's; give a folder that is new or empty
site_not_a_folder = { $folder } is no folder; give a folder that is new or empty
site_no_reader = { $file } is no WebAssembly module; scripts/site builds it
site_written =
    { $folder }: { $files ->
        [one] 1 file
       *[other] { $files } files
    }, { $size } MB; open { $index } in a browser
site_without_reader = without --reader: the page for a trace of one's own says what is missing (scripts/site builds it)
site_writing = writing { $file }
site_lesson_name = { $file }: a page of the site has the lesson's name, so it is letters, digits, `-` and `_` of ASCII
site_lesson_twice = there are two lessons with the name { $name }; give the file another name
