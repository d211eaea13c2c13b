# The home screen.

## home/keys

home_there_is_nothing_to = there is nothing to run here; press { $key } to record a command

## update/commands/home

home_does_open = open what is chosen
home_does_down = an entry down
home_does_up = an entry up
home_does_page_down = ten entries down
home_does_page_up = ten entries up
home_does_first = first entry
home_does_last = last entry
home_does_focus = to the next heading, and round
home_does_search = search
home_does_command = record a command line and look at it
home_does_record = run what is chosen now, record it, and look at that
home_does_explain = say more of what is chosen, or no more
home_does_cancel = leave what is said, the search, or the home screen

## home/view

home_see_what_an_event = see what an event-driven program does, step by step
home_nothing_here_is_called = Nothing here is called that.
home_run_it_now_record = run it now, record it, and look at that
home_say_more_of_it = say more of it
home_search = search{" "}
home_record = record{" "}
home_key_open = open
home_key_record = record
home_key_explain = explain
home_key_search = search
home_key_record_command = record a command
home_key_quit = quit

## what there is to open

home_section_lessons = Lessons: predict what comes next
home_opens_lesson = take the lesson
home_section_exercises = Exercises: put a program right
home_begins_exercise = put its program here
home_judges_exercise = judge the program
home_section_demos = Demos: each worth a minute
home_opens_recording = look at its recording
home_section_traces = Recorded traces
home_opens_trace = look at it
home_section_recent = Traces you looked at
home_section_folder = Traces in this folder
home_steps =
    { $steps ->
        [one] 1 step
       *[other] { $steps } steps
    }
home_lesson_has =
    { $stops ->
        [one] 1 stop
       *[other] { $stops } stops
    } in the trace of { $trace }, { $asked ->
        [one] 1 question
       *[other] { $asked } questions
    }. Enter answers and goes on; look around in between as you like. How far you come is kept.
home_exercise_has =
    Enter puts its program into { $file } and says what comes next: edit it, and { $points ->
        [one] 1 point is
       *[other] { $points } points are
    } judged by evscope learn { $name }.
home_demo_is = The program is { $file }. Its recording: { $what }
home_summing_up =
    Reading it: { $steps ->
        [one] 1 step
       *[other] { $steps } steps
    } so far …
home_summed_up =
    { $program } on { $library } with { $backend }: { $records ->
        [one] 1 step
       *[other] { $records } steps
    } in { $duration }. Turns of the loop: { $turns }; connections accepted: { $accepted }; bufferevents: { $bevs }; watermarks passed: { $marks }.
home_summed_up_found =
    { $count ->
        [one] One mistake is found in it
       *[other] { $count } mistakes are found in it
    }: { $list }.
home_summed_up_callbacks = Callbacks: { $list }.
home_summed_up_errors = Failures: { $list }.
home_summed_up_cut_off = The file is cut off in its last line.
home_sentences = { $before } { $after }
home_bytes =
    { $len ->
        [one] 1 byte
       *[other] { $len } bytes
    }

## the list, where there is no screen

home_list_head = evscope: see what an event-driven network program does, step by step
home_list_lessons = Lessons
home_list_demos_head = Demos
home_list_demos = evscope demo NAME runs one, evscope play NAME opens its recording
home_list_more = and { $more } more
home_list_end = `evscope --help` lists the commands.
