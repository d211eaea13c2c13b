# What is wrong with the words of a command line.

usage_repeated = 参数“{ $argument }”不能重复使用
usage_conflict = 参数“{ $argument }”不能与 { $other } 一起使用
usage_no_value = “{ $argument }”需要一个值，但没有给出
usage_wrong_value = “{ $argument }”的值“{ $value }”无效
usage_wrong_value_because = “{ $argument }”的值“{ $value }”无效：{ $reason }
usage_possible = { $error } [可用的值：{ $values }]
usage_not_a_number = 不是这里可用的数字
usage_unknown_command = 没有子命令“{ $command }”
usage_missing = 缺少必需的参数：{ $arguments }
usage_unknown_argument = 不认识参数“{ $argument }”
usage_too_many = “{ $argument }”多了一个值“{ $value }”
usage_no_text = 有参数不是 UTF-8
usage_wrong = 参数不对
usage_similar = 提示：有相近的：{ $names }
usage_escape = 提示：要把“{ $argument }”当作值传入，请写 “-- { $argument }”
usage_whole = { $heading } { $usage }
usage_help = 更多信息请看 --help。
