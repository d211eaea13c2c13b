# 课程周围的话：对回答的评价、如何继续。课程本身在各自的文件里。

## lesson

lesson_typed = “{ $text }”
lesson_this_is_no_lesson = 这不是课程；evscope learn 列出全部课程
lesson_answer_first = 接下来的正是要回答的：请先回答，或按 > 继续
lesson_answer_is_a_number = 答案是一个数字，不是“{ $line }”

## view/lesson

lesson_you_are_looking_around = 你在自由查看；{ $key } 回到第 { $stop } 步。
lesson_step = 第 { $step } 步
lesson_not = 不是 { $given }，是 { $right }。
lesson_it_is = 是 { $right }。
lesson_of_predictions_came_true = { $made } 个预测中有 { $right } 个正确。
lesson_next = 按 Enter 学习下一课：`{ $next }`
lesson_not_so = 不是 { $given }。
lesson_right_at_a_try = 对，第 { $number } 次答对。
lesson_look_again = 再试一次。看看状态，按 `w`：怎么会走到这一步？
lesson_verdict = { $verdict }{ $after }
lesson_right = 对。
lesson_that_is_the_end = 本课到此结束。
lesson_the_trace_is_yours = 现在可以随意查看这个跟踪：用 `w` 问为什么，用 `<` 回到前面的各站。

## view/status

lesson_key_next_lesson = 下一课

## 学到了哪里

lesson_is_done = ✔ 已完成，{ $made } 题对 { $right } 题
lesson_is_at = · 第 { $stop }/{ $stops } 站
lesson_builds_on = 先学 { $lessons }

# What is wrong with a lesson's file.

lesson_error = { $file }:{ $line }：{ $error }
lesson_in_trace = { $trace }：{ $error }
lesson_no_stop = 一课至少要有一个 [[stop]]
lesson_one_choice = 一个问题至少要有两个选项
lesson_answer = 问题的答案是 `choices`、`step`（一个查询）或 `value`（状态的一部分）之一
lesson_if_and_right = 一个选项有 `if` 或 `right`，不能两者都有
lesson_level = 级别是 1、2 或 3，不是 { $level }
lesson_in_query = 在 `{ $query }` 里，{ $error }
lesson_no_step = 没有步骤匹配 `{ $query }`
lesson_no_step_after = 第 { $step } 步之后没有步骤匹配 `{ $query }`
lesson_holds_not = `{ $query }` 在第 { $step } 步不成立
lesson_nothing_follows = 第 { $step } 步之后没有可以回答这个问题的步骤
lesson_no_value = `{ $part }` 没有值
lesson_no_choice_right = 第 { $step } 步没有一个选项是对的
lesson_two_choices_right = 第 { $step } 步选项“{ $first }”和“{ $second }”都对
