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
lesson_of_predictions_came_true =
    { $right } of { $made ->
        [one] 1 prediction
       *[other] { $made } predictions
    } came true.
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

# What is wrong with a lesson's file.

lesson_error = { $file }:{ $line }: { $error }
lesson_in_trace = { $error } in { $trace }
lesson_no_stop = a lesson has at least one [[stop]]
lesson_one_choice = a question has two choices or more
lesson_answer = the answer of a question is one of `choices`, `step` (a query) and `value` (a part of the state)
lesson_if_and_right = a choice has `if` or `right`, not both
lesson_level = a level is 1, 2 or 3, not { $level }
lesson_in_query = in `{ $query }`, { $error }
lesson_no_step = no step matches `{ $query }`
lesson_no_step_after = no step after { $step } matches `{ $query }`
lesson_holds_not = `{ $query }` does not hold at step { $step }
lesson_nothing_follows = no step follows { $step }, which is to answer the question
lesson_no_value = `{ $part }` has no value
lesson_no_choice_right = no choice is right at step { $step }
lesson_two_choices_right = choices "{ $first }" and "{ $second }" are both right at step { $step }
