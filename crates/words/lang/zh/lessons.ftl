# 课程周围的话：对回答的评价、如何继续。课程本身在各自的文件里。

## lesson

lesson_typed = “{ $text }”
lesson_this_is_no_lesson = 这不是课程；evscope learn 列出全部课程

## view/lesson

lesson_you_are_looking_around = 你在自由查看；{ $key } 回到第 { $stop } 步。
lesson_step = 第 { $step } 步
lesson_not = 不是 { $given }，是 { $right }。
lesson_it_is = 是 { $right }。
lesson_of_predictions_came_true = { $made } 个预测中有 { $right } 个正确。
lesson_next = 下一课：`{ $next }`
lesson_verdict = { $verdict }{ $after }
lesson_right = 对。
lesson_that_is_the_end = 本课到此结束。
lesson_the_trace_is_yours = 现在可以随意查看这个跟踪：用 `w` 问为什么，用 `<` 回到前面的各站。

## 学到了哪里

lesson_is_done = ✔ 已完成，{ $made } 题对 { $right } 题
lesson_is_at = · 第 { $stop }/{ $stops } 站
