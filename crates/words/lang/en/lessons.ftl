# Around a lesson: what is said of answers and the way on. The lessons themselves are files of their own.

## lesson

lesson_typed = `{ $text }`
lesson_this_is_no_lesson = this is no lesson; evscope learn lists them

## view/lesson

lesson_you_are_looking_around = You are looking around; { $key } returns to step { $stop }.
lesson_step = step { $step }
lesson_not = Not { $given }: { $right }.
lesson_it_is = It is { $right }.
lesson_of_predictions_came_true = { $right } of { $made } predictions came true.
lesson_next = Next: `{ $next }`
lesson_verdict = { $verdict } { $after }
lesson_right = Right.
lesson_that_is_the_end = That is the end of this lesson.
lesson_the_trace_is_yours = The trace is yours now: look around, ask `w` why, or go back through the stops with `<`.

## how far one has come

lesson_is_done = ✔ done, { $right } of { $made } right
lesson_is_at = · { $stop } of { $stops }
