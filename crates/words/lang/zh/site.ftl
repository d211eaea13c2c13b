# 静态网站（evscope site）：它的网页，以及网页脚本说的话。

## 每个网页

site_skip = 跳到正文
site_parts = 网站各部分
site_course = 课程
site_walkthrough = 导读
site_traces = 跟踪
site_rules = 规则
site_documents = 文档
site_open = 你的跟踪
site_pictures = 图片
site_turn = 前一篇和后一篇
site_needs_script = 此页面需要 JavaScript，网站里已经带着；不会从别处加载任何东西。
site_only_english = 本页正文只有英文。

## 首页

site_title = 一步一步地看事件驱动的网络程序做了什么
site_about = evscope 录制 libevent 程序内部发生的事，并在对应的源代码旁边回放：每个事件、每个缓冲区、每个回调，以及为什么。
site_how = 整个课程都在你的浏览器里。不用安装任何东西，你在这里做的一切都不会离开你的机器：进度只保存在这个浏览器里。
site_course_about = 共 { $lessons } 课，这是一个可以照着学的顺序。每一课带你在一个跟踪里从一站走到下一站，问接下来是什么；谁说得对，由跟踪来判定。
site_more = 更多
site_walkthrough_about = 一个服务器，一个客户端，一条消息：底下发生了什么，六章里一个函数一个函数地讲。
site_traces_card = { $demos } 个程序，可以一步一步地看，每个都说明值得看的是什么。
site_rules_card = evscope check 能发现的 { $rules } 种错误：每种都有一个犯错的程序，以及改好的同一个程序。
site_exercises = 练习
site_exercises_about = 自己动手写的课：修好一个有毛病的小程序，用场景、C 或 Rust。这些需要 evscope 本身。
site_open_card = 在这里看你自己的跟踪，什么都不用安装。
site_documents_about = 怎样使用 evscope、写课程、录制程序，以及用别的工具读跟踪。
site_pictures_about = evscope 在终端里的样子。
site_and = {"、"}
site_begin = 开始：{ $title }
site_go_on = 继续：{ $title }
site_all_done = 全部课程都学完了。

## 跟踪

site_the_trace = 跟踪
site_traces_about = 录制下来的真实程序：服务器、客户端，或者两者都有，每个都有一件值得看的事。
site_on_libevent = 同一个程序的 C 版，在 libevent 上
site_on_the_reactor = 同一个程序，在 evscope 的 reactor 上
site_recorded_about = 一个 C 程序，在真正的 libevent 上录制。
site_twin_about = 同一个程序的 C 版，在真正的 libevent 上录制。
site_twins = 同样的程序，在 libevent 上
site_lesson_named = 课程：{ $title }
site_program_of = { $rule }，第 { $number } 个程序
site_program_steps = 它做了什么：一步一步地看（{ $steps } 步）

## 自己的跟踪

site_open_title = 你自己的跟踪
site_open_about = 选择一个 evscope 录制的文件。它只在这个浏览器里读取，不会发到任何地方。
site_open_limits = 跟踪可以是压缩的（.gz、.zst）。很长的跟踪只显示前 { $most } 步。课程、提问、比较两个跟踪、实时观察等等，都在程序本身里。
site_open_choose = 跟踪：
site_open_or = 或者把它拖到本页
site_open_how = 怎样得到一个跟踪？
site_open_how_more = 在 Linux 上，evscope 可以录制任何 libevent 程序：
site_open_missing = 这份网站生成时没有带上在浏览器里读取跟踪的部分。
site_open_instead = 生成网站的人可以用下面第一条命令补上。装有 evscope 的话，后两条命令在终端里显示跟踪，或者把它做成网页：
site_reading = 正在读取 { $file } …
site_shown = { $file }
site_shown_a_part = { $file }：{ $all } 步中的前 { $shown } 步。要看全部：evscope play
site_too_big = { $file } 有 { $size } MB，浏览器最多读 { $most } MB。请取其中一部分：evscope export --to jsonl --steps 起-止
site_reader_broke = 无法读取 { $file }：它需要的内存超过浏览器能给的，或者是 evscope 有错。
site_no_wasm = 这个浏览器不能运行 WebAssembly，而读取跟踪需要它。

## 一课

site_lesson_of = 第 { $number } 课，共 { $lessons } 课
site_stop = 第 { $stop } 站，共 { $stops } 站
site_next_stop = 下一站
site_previous_stop = 上一站
site_next_lesson = 下一课：{ $title }
site_again = 再学一遍
site_answer = 回答
site_your_answer = 你的答案：
site_choose_first = 请先选一个答案。
site_answers_are = 答案是 a 到 { $last }。
site_away = 你在自由查看。
site_back = 回到第 { $step } 步
site_hidden = 回答之前，后面的步骤不显示。
site_look_again = 再试一次。看看状态，看看这一步为什么发生。
site_trace_is_yours = 现在可以随意查看这个跟踪，或者回到前面的各站。
site_lesson_keys = 按键：> 和 < 下一站、上一站 · T 回到站上 · 1、a 回答 · Enter 继续
site_not_kept = 这个浏览器不为本页保存任何东西：离开后进度就没有了。

## 图片

site_picture_home = 主界面：课程和演示，以及所选的一项讲什么
site_picture_replay = hello-world 服务器的回放：步骤、源代码、状态、解说和时间线
site_picture_writecb = 第 56、58、63、66、67 步的源代码：标记沿 bufferevent_writecb 往下移
site_picture_internal = 库内部的一步：bufferevent_writecb 开始运行，你的代码还没有运行
site_picture_commands = 按名字输入命令：列出以所输入字母开头的命令及其作用
site_picture_small = 80 列 24 行的终端：步骤和源代码，其余按一个键就到
site_picture_large = 200 列 60 行的终端：所有内容同时可见
site_picture_state = 某一步的状态：各个 bufferevent 及其缓冲区、水位和事件
site_picture_why = 一步为什么发生：每个原因都是可以跳过去的一步
site_picture_lanes = 内核、事件循环、bufferevent 和程序各占一道
site_picture_lesson = 一课：问题还没有回答，所以后面的步骤被遮住
site_picture_findings = 在一个读回调从不运行的服务器里发现的问题
site_picture_why_not = 读回调为什么不运行：它前面的各道关口，以及关着的那一道
site_picture_sequence = 从 poll 到 bufferevent_finalize 的顺序图

## 命令

site_not_ours = { $folder } 里有东西，而它不是 evscope 的网站；请给一个新的或空的文件夹
site_not_a_folder = { $folder } 不是文件夹；请给一个新的或空的文件夹
site_no_reader = { $file } 不是 WebAssembly 模块；scripts/site 会编译它
site_written = { $folder }：{ $files } 个文件，{ $size } MB；在浏览器里打开 { $index }
site_without_reader = 没有 --reader：显示自己跟踪的网页会说明缺什么（scripts/site 会编译它）
site_writing = 正在写 { $file }
site_lesson_name = { $file }：网站的网页以课程名命名，所以它只能由 ASCII 字母、数字、`-` 和 `_` 组成
site_lesson_twice = 有两课都叫 { $name }；请给文件换个名字
