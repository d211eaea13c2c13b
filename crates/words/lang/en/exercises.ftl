# Around exercises. The exercises themselves are folders of their own.

exercise_lacks_file = the exercise { $exercise } has no { $file }
exercise_no_rule = `evscope check` has no rule `{ $rule }`
exercise_not_yours = { $file }:{ $line }: `{ $statement }` is what others do; the program of an exercise cannot do it
exercise_got = { $peer } got { $got }, and should get { $should }{ $ended }.
exercise_ended_early = {" "}and stay connected
exercise_not_ended = {" "}and then be hung up on
exercise_nothing = nothing
exercise_bytes = { $len } bytes ("{ $first }"…)
