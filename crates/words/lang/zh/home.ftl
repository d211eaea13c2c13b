# 主屏幕。

## home/keys

home_there_is_nothing_to = 这里没有可运行的东西；按 { $key } 录制一条命令

## update/commands/home

home_does_open = 打开选中的条目
home_does_down = 下移一条
home_does_up = 上移一条
home_does_page_down = 下移十条
home_does_page_up = 上移十条
home_does_first = 第一条
home_does_last = 最后一条
home_does_focus = 到下一个标题，循环
home_does_search = 搜索
home_does_command = 录制一条命令并查看
home_does_record = 现在运行选中的条目并录制，然后查看
home_does_explain = 进一步说明选中的条目，或收起说明
home_does_cancel = 收起说明，退出搜索或主屏幕

## home/view

home_see_what_an_event = 一步一步看事件驱动程序在做什么
home_nothing_here_is_called = 没有这样的条目。
home_run_it_now_record = 现在运行并录制，然后查看
home_say_more_of_it = 进一步说明
home_search = 搜索{" "}
home_record = 录制{" "}
home_key_open = 打开
home_key_record = 录制
home_key_explain = 说明
home_key_search = 搜索
home_key_record_command = 录制命令
home_key_quit = 退出

## 可以打开的

home_section_lessons = 课程：预测接下来发生什么
home_opens_lesson = 学习这一课
home_section_exercises = 练习：把程序改对
home_begins_exercise = 把程序放到这里
home_judges_exercise = 评判程序
home_section_demos = 演示：每个都值得看一分钟
home_opens_recording = 查看它的录制
home_section_traces = 已录制的跟踪
home_opens_trace = 查看
home_section_recent = 最近看过的跟踪
home_section_folder = 当前目录中的跟踪
home_steps = { $steps } 步
home_lesson_has = { $trace } 的跟踪里的 { $stops } 站，{ $asked } 个问题。Enter 回答并继续；中间可以随意查看。进度会保存。
home_exercise_has = Enter 把程序放进 { $file }，并告诉你接下来做什么：修改它，再用 evscope learn { $name } 评判 { $points } 项。
home_demo_is = 程序是 { $file }。它的录制：{ $what }
home_summing_up = 正在读取：已读 { $steps } 步……
home_summed_up = { $program }，{ $library }，{ $backend }：{ $duration } 内 { $records } 步，循环 { $turns } 轮，接受 { $accepted } 个连接，{ $bevs } 个 bufferevent，越过水位 { $marks } 次。
home_summed_up_found = 发现 { $count } 个问题：{ $list }。
home_summed_up_callbacks = 回调：{ $list }。
home_summed_up_errors = 错误：{ $list }。
home_summed_up_cut_off = 文件的最后一行不完整。
home_sentences = { $before }{ $after }
home_bytes = { $len } 字节

## the list, where there is no screen

home_list_head = evscope：一步一步地看事件驱动的网络程序做了什么
home_list_lessons = 课程
home_list_demos_head = 演示
home_list_demos = evscope demo NAME 运行演示，evscope play NAME 打开它的录制
home_list_more = 还有 { $more } 个
home_list_end = `evscope --help` 列出全部命令。
