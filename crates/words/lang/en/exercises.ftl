# Around exercises. The exercises themselves are folders of their own.

exercise_lacks_file = the exercise { $exercise } has no { $file }
exercise_no_rule = `evscope check` has no rule `{ $rule }`
exercise_not_yours = { $file }:{ $line }: `{ $statement }` is what others do; the program of an exercise cannot do it
exercise_got = { $peer } got { $got }, and should get { $should }{ $ended }.
exercise_ended_early = {" "}and stay connected
exercise_not_ended = {" "}and then be hung up on
exercise_nothing = nothing
exercise_bytes = { $len } bytes ("{ $first }"…)

## what a program may be

exercise_no_file = { $file }: this is no file
exercise_too_large = { $file }: a program has at most { $kib } KiB
exercise_no_text = { $file }: this is no text in UTF-8
exercise_which_form = in { $folder } there are several programs: say which with --as ({ $forms })
exercise_only = { $option } is for exercises; this is a lesson

## what became of it

exercise_begun =
    The program is in { $file }. Edit it, and see what became of it:
      { $command }
exercise_is_right = All of it is right.
exercise_right_of = { $right } of { $all } are right.
exercise_next = The next exercise: evscope learn { $next }
exercise_hint = Hint { $number } of { $all }: { $hint }
exercise_keys = o opens the replay there, h gives a hint, any other key ends.
exercise_keys_problem = h gives a hint, any other key ends.
exercise_keys_watching = Watching; o opens the replay there, h gives a hint, q ends.
exercise_keys_watching_problem = Watching; h gives a hint, q ends.
exercise_list = Exercises
exercise_is_done = ✔ done
exercise_is_begun = · begun

## limits

exercise_too_long = The program was not at its end after { $seconds } seconds, and was stopped. Does it go round in circles?
exercise_too_many_processes = The program had more than { $most } processes, and was stopped with all of them.
exercise_too_much_time = The program needed too much time of the processor, and was stopped. Does it go round in circles?
exercise_too_much_memory = The program needed too much memory, and was stopped.
exercise_ended_by = The program was ended by signal { $signal }.
exercise_no_report = The program could not be judged: its judge ended without a word.

## programs in C and in Rust

exercise_as_scenario = { $lacking } As a scenario the exercise needs nothing: evscope learn { $name } --as scenario
exercise_no_cc = There is no C compiler (`cc`) here.
exercise_no_libevent = libevent's headers are not here (on Debian: apt install libevent-dev).
exercise_no_cargo = There is no Rust here (`cargo`; https://rustup.rs has it).
exercise_reactor = compiling the reactor for programs in Rust, once, in { $folder }: a minute or two
exercise_no_reactor =
    The reactor does not compile here, and programs in Rust need it (the first time, cargo fetches what it depends on, and needs a network):
    { $said }
exercise_no_cache = there is no folder in which the reactor could be compiled: neither $XDG_CACHE_HOME nor $HOME is set
exercise_not_compiled =
    The program does not compile:
    { $said }
exercise_no_form = the exercise { $name } is there as { $forms }, not as { $form }
exercise_no_trace = The program ended with status { $status } before it made an event base.
exercise_needs_recorder = programs in { $form } are recorded on Linux on x86-64 only; as a scenario the exercise is everywhere

## a class

exercise_none = there is no exercise `{ $name }`; the exercises are { $names }
exercise_no_program = this is neither a program (.scn, .c, .rs, a compiled one, a folder with one of them) nor a trace
exercise_no_submissions = { $folder }: there is no submission in it
exercise_class_right = all right
exercise_class_sum = { $right } of { $all } submissions are right.
