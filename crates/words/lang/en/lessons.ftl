# Around a lesson: what is said of answers and the way on. The lessons themselves are files of their own.

## lesson

lesson_typed = `{ $text }`
lesson_this_is_no_lesson = this is no lesson; evscope learn lists them
lesson_answer_first = what comes next is asked for: answer first, or go on with >
lesson_answer_is_a_number = the answer is a number, not `{ $line }`

## view/lesson

lesson_you_are_looking_around = You are looking around; { $key } returns to step { $stop }.
lesson_step = step { $step }
lesson_not = Not { $given }: { $right }.
lesson_it_is = It is { $right }.
lesson_of_predictions_came_true = { $right } of { $made } predictions came true.
lesson_next = Enter takes the next lesson: `{ $next }`
lesson_not_so = Not { $given }.
lesson_right_at_a_try = Right, at try { $number }.
lesson_look_again = Try again. Look at the state, and press `w`: how did it come to this step?
lesson_verdict = { $verdict } { $after }
lesson_right = Right.
lesson_that_is_the_end = That is the end of this lesson.
lesson_the_trace_is_yours = The trace is yours now: look around, ask `w` why, or go back through the stops with `<`.

## view/status

lesson_key_next_lesson = next lesson

## how far one has come

lesson_is_done = ✔ done, { $right } of { $made } right
lesson_is_at = · { $stop } of { $stops }
lesson_builds_on = after { $lessons }
