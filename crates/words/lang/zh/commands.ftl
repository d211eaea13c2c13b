# 屏幕命令的说明，以及它们出错时的话。

## commands/jumps

command_is_neither_a_step = “{ $arg }”既不是步号（120、+10、-10），也不是时刻（12ms、1.5s）
command_no_further_step_of = 此级别上没有更多关于 { $object } 的步骤
command_no_step_of_this = 此跟踪中没有属于第 { $chapter } 章的步骤
command_say_where_to_a = 请指明去处：步号（120、+10、-10）或时刻（12ms、1.5s）
command_your_code_does_not = 这个方向上你的代码不再运行
command_no_watermark_is_crossed = 这个方向上没有越过水位
command_nothing_fails_in_this = 这个方向上没有错误
command_this_step_is_about = 此步不涉及任何对象

## commands/findings

command_nothing_is_found = 此跟踪中没有发现问题
command_no_further_finding = 此方向上没有更多问题

## commands/gates

command_answer_first = 这会泄露答案：请先作答，或按 > 继续
command_nothing_to_ask = 这里没有可以询问的 bufferevent、event 或监听器
command_no_step_left_it = 此跟踪中没有哪一步使它变成这样

## commands/connections

command_not_in_a_lesson = 课程不透露跟踪的内容

## commands/lesson

command_answers_are_a_to = 答案为 a 到 { $last }，没有“{ $line }”
command_the_explanation_would_give = 解释会泄露答案：请先回答，或按 > 继续
command_this_is_the_end = 课程到此结束
command_this_is_the_first = 这是课程的第一站
command_no_question_is_open = 这里没有待回答的问题；> 继续

## commands/looks

command_levels_are_1_2 = 级别为 1、2、3，没有“{ $arg }”
command_there_is_no_language = 没有语言“{ $name }”；可用 { $known }
command_say_which_colours = 请指明配色：{ $names }
command_no_such_colours = 没有配色“{ $name }”；可用 { $names }
command_the_window_is_too = 窗口太小，无法显示帮助

## commands/mod

command_no_command_is_called = 没有叫“{ $name }”的命令；? 显示全部命令
command_could_be_or_write = “{ $name }”可能是 `{ $a }` 或 `{ $b }`；请多写几个字母
command_moving = 移动
command_jumping = 跳转
command_search_and_filter = 搜索与过滤
command_running_to_a_stop = 运行到断点
command_looking = 查看
command_taking_a_lesson = 学习课程
command_session = 会话
command_on_the_home_screen = 在主屏幕上
command_next = 下一步（进入调用）
command_previous = 上一步
command_over = 越过调用，向前
command_over_back = 越过调用，向后
command_out = 跳出调用，向前
command_out_back = 跳出调用，回到其开头
command_down = 焦点窗格下移一行；时间线：缩小
command_up = 上移一行；时间线：放大
command_page_down = 下翻一页
command_page_up = 上翻一页
command_first = 第一步；带数字时到该步
command_last = 最后一步；带数字时到该步
command_play = 自动播放与暂停
command_faster = 加快播放
command_slower = 放慢播放
command_goto = 到某一步（120、+10、-10）或时刻（12ms）
command_next_callback = 下一次运行你的代码
command_previous_callback = 上一次运行你的代码
command_next_watermark = 下一次越过水位
command_previous_watermark = 上一次越过水位
command_next_error = 下一个错误
command_previous_error = 上一个错误
command_next_same = 同一对象的下一步
command_previous_same = 同一对象的上一步
command_next_chapter = 导读的下一章
command_previous_chapter = 导读的上一章
command_chapter = 导读某章的第一步
command_no_such_chapter = 章号为 1 到 { $count }，没有“{ $wrong }”
command_mark = 为此步加书签，或去掉书签
command_branches = 列出本函数的各个分支，以及走过它们的步骤：Enter 跳转
command_marks = 转到书签
command_next_finding = 下一个发现的问题
command_previous_finding = 上一个发现的问题
command_findings = 哪里有错：列出发现的问题
command_search = 搜索
command_next_hit = 下一个匹配
command_previous_hit = 上一个匹配
command_filter = 只列出匹配查询的步骤及其外层调用；空则全部
command_connection = 只看此步所属的连接，再按恢复
command_connections = 所有连接：谁、何时、多少字节、各自在等什么
command_break = 在匹配查询处停下（预填此步的查询）
command_watch = 在某值变化处停下，如 bev1.output.len
command_stops = 列出断点：Enter 运行到它，d 删除，空格开关
command_run = 向前运行到下一个断点
command_hold = 让程序运行，或在下一步停住它（live --step）
command_run_back = 向后运行到上一个断点
command_level = 详细程度：1 程序，2 导读，3 全部
command_why = 为什么：原因链（Enter 跳转）
command_source = 进入被调用的函数，或出到调用它的那一行；再按返回
command_calls = 列出外层调用：Enter 跳转
command_why_not = 为什么没有：回调没有运行，列出它前面的各道关卡
command_lanes = 按泳道显示
command_focus = 下一个窗格
command_focus_back = 上一个窗格
command_zoom = 只显示焦点窗格，再按恢复
command_enter = 转到所选项
command_scale = 时间线按步骤或按时间
command_bytes = 缓冲区内容：文本或十六进制
command_language = 英文或中文
command_theme = 配色
command_help = 本帮助
command_next_stop = 到课程的下一站（在课程窗格中按 Enter）
command_previous_stop = 回到上一站
command_lesson = 从任何地方回到课程所在的站；已在站上则显示解释
command_answer = 回答问题；选项也可直接按字母
command_command = 按名称执行命令
command_copy = 以 JSON 复制此步
command_note = 为此步写注释
command_export = 导出跟踪
command_follow = 暂停或继续读取增长中的跟踪
command_redraw = 重绘屏幕
command_suspend = 回到 shell；fg 返回
command_cancel = 退出当前模式，取消操作
command_quit = 退出

## commands/moves

command_there_is_no_step = 没有第 { $step } 步；最后一步是 { $last }
command_step_is_the_end = 第 { $step } 步是一次调用的结束，不单独列出；这里是第 { $here } 步
command_steps_a_second = 每秒 { $speed } 步
command_this_is_the_last = 已经是最后一步
command_this_is_the_first_step = 已经是第一步
command_this_step_is_in = 此步不在任何调用之中
command_nothing_follows_after_this = 此调用之后没有步骤

## commands/session

command_bookmark_at_step_removed = 已去掉第 { $step } 步的书签
command_bookmark_at_step_goes = 已为第 { $step } 步加书签；' 转到书签，:note 写注释
command_step_is_on_the = 第 { $step } 步已作为 JSON 复制到剪贴板（如终端允许）
command_this_bookmark_has_a = 这个书签带有注释；按 ' 列出书签，在那里按 d 删除
command_a_note_needs_a = 注释需要文字：:note TEXT
command_there_is_no_bookmark = 还没有书签；按 m 添加
command_say_the_format_and = 请写明格式，也可写文件名：:export svg FILE
command_this_trace_does_not = 此跟踪不会增长；用 evscope play --follow 打开会增长的跟踪
command_cancelled = 已取消

## commands/stops

command_column = { $message }（第 { $column } 列）
command_is_not_in_the = 列出的步骤中没有“{ $query }”
command_still_searching = 仍在搜索
command_stop_c_and_c = 断点 { $number }：{ $stop }；按 c 和 C 运行到它
command_has_no_value_in = 此跟踪中“{ $path }”没有值；例如：{ $example }
command_this_step_belongs_to = 此步不属于任何连接；u 转到下一个回调
command_search_for_something_first = 请先用 / 搜索
command_there_is_nothing_to = 没有断点：b 在此类步骤处设断点，W 监视一个值
command_no_branches = 这个函数没有已知的分支
command_no_other_trace_now = 程序停住时不能打开别的跟踪
