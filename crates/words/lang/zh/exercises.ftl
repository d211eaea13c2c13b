# 练习周围的话。练习本身在各自的文件夹里。

exercise_lacks_file = 练习 { $exercise } 没有 { $file }
exercise_no_rule = `evscope check` 没有规则 `{ $rule }`
exercise_not_yours = { $file }:{ $line }：`{ $statement }` 是别人做的事，练习的程序不能做
exercise_got = { $peer } 收到 { $got }，应当收到 { $should }{ $ended }。
exercise_ended_early = ，并且保持连接
exercise_not_ended = ，然后连接被关闭
exercise_nothing = 空
exercise_bytes = { $len } 个字节（“{ $first }”…）
