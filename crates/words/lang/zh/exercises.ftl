# 练习周围的话。练习本身在各自的文件夹里。

exercise_lacks_file = 练习 { $exercise } 没有 { $file }
exercise_no_rule = `evscope check` 没有规则 `{ $rule }`
exercise_not_yours = { $file }:{ $line }：`{ $statement }` 是别人做的事，练习的程序不能做
exercise_got = { $peer } 收到 { $got }，应当收到 { $should }{ $ended }。
exercise_ended_early = ，并且保持连接
exercise_not_ended = ，然后连接被关闭
exercise_nothing = 空
exercise_bytes = { $len } 个字节（“{ $first }”…）

## 程序可以是什么

exercise_no_file = { $file }：这不是文件
exercise_too_large = { $file }：程序最多 { $kib } KiB
exercise_no_text = { $file }：这不是 UTF-8 文本
exercise_which_form = { $folder } 里有几个程序：请用 --as 指明（{ $forms }）
exercise_only = { $option } 用于练习；这是课程

## 结果如何

exercise_begun =
    程序在 { $file }。修改它，再看结果：
      { $command }
exercise_is_right = 全部正确。
exercise_right_of = { $all } 项中有 { $right } 项正确。
exercise_next = 下一个练习：evscope learn { $next }
exercise_hint = 提示 { $number }/{ $all }：{ $hint }
exercise_keys = o 在那里打开回放，h 给出提示，其他键结束。
exercise_keys_problem = h 给出提示，其他键结束。
exercise_keys_watching = 正在监视；o 在那里打开回放，h 给出提示，q 结束。
exercise_keys_watching_problem = 正在监视；h 给出提示，q 结束。
exercise_list = 练习
exercise_is_done = ✔ 已完成
exercise_is_begun = · 已开始

## 限制

exercise_too_long = 程序 { $seconds } 秒后还没有结束，已被停止。它在兜圈子吗？
exercise_too_many_processes = 程序的进程超过 { $most } 个，已全部停止。
exercise_too_much_time = 程序占用处理器太久，已被停止。它在兜圈子吗？
exercise_too_much_memory = 程序占用内存太多，已被停止。
exercise_ended_by = 程序被信号 { $signal } 终止。
exercise_no_report = 程序无法评判：评判进程没有留下任何结果。

## C 和 Rust 写的程序

exercise_as_scenario = { $lacking }用场景做练习什么都不需要：evscope learn { $name } --as scenario
exercise_no_cc = 这里没有 C 编译器（`cc`）。
exercise_no_libevent = 这里没有 libevent 的头文件（Debian 上：apt install libevent-dev）。
exercise_no_cargo = 这里没有 Rust（`cargo`；见 https://rustup.rs）。
exercise_reactor = 正在 { $folder } 里为 Rust 程序编译 reactor，只需一次：一两分钟
exercise_no_reactor =
    reactor 在这里无法编译，而 Rust 程序需要它（第一次编译时 cargo 要下载它的依赖，需要网络）：
    { $said }
exercise_no_cache = 没有可以编译 reactor 的文件夹：$XDG_CACHE_HOME 和 $HOME 都没有设置
exercise_not_compiled =
    程序无法编译：
    { $said }
exercise_no_form = 练习 { $name } 有 { $forms }，没有 { $form }
exercise_no_trace = 程序还没有创建 event base 就以状态 { $status } 结束了。
exercise_needs_recorder = 只有 x86-64 的 Linux 能记录 { $form } 写的程序；场景到处都能用

## 一个班

exercise_none = 没有名为 `{ $name }` 的练习；练习有 { $names }
exercise_no_program = 这不是程序（.scn、.c、.rs、编译好的程序，或含有它们的文件夹），也不是跟踪
exercise_no_submissions = { $folder }：里面没有提交
exercise_class_right = 全部正确
exercise_class_sum = { $all } 份提交中有 { $right } 份正确。
