# 屏幕上的话。

## layout

screen_steps = 步骤
screen_source = 源码
screen_state = 状态
screen_explanation = 解释
screen_why = 原因
screen_lanes = 泳道
screen_timeline = 时间线
screen_lesson = 课程

## listing

screen_stopped = 停下：{ $reason }
screen_no_hit = 列出的步骤中没有“{ $query }”
screen_hits = { $n } 个匹配
screen_no_further_stop_in = 这个方向上没有更多断点
screen_nothing_matches_the_filter = 没有匹配过滤条件的步骤；按 f 后在空行上按 Enter 列出全部

## load

screen_waiting_for_to_begin = 等待 { $name } 开始（q 放弃）
screen_reading_q_gives_up = 正在读取 { $name }：{ $far }（q 放弃）

## model

screen_what_is_before_it = { $error }；显示的是在此之前的内容
screen_the_trace_is_cut = 跟踪在第 { $line } 行中断；显示的是在此之前的内容
screen_level_now_to_show = 已切换到级别 { $needed }，以显示第 { $step } 步

## program

screen_held = 已停住：{ $reason }
screen_the_program_has_ended = 程序已结束
screen_the_program_runs_h = 程序正在运行；按 H 停住它
screen_the_program_is_on = 程序正在运行到断点；按 Esc 提前停住它
screen_nothing_is_held_here = 这里没有可停住的程序；用 evscope live --step -- PROGRAM
screen_the_program_is_held = 程序将在下一步停住
screen_is_held = ‖ 已停住
screen_ended = ■ 已结束
screen_waiting = ▸ 等待中
screen_is_running = ▸ 运行中

## prompt

screen_prompt_command = :
screen_prompt_filter = 过滤{" "}
screen_stop_at = 停在{" "}
screen_watch = 监视{" "}
screen_your_answer = 你的答案：

## run

screen_the_history_is_not = 无法保存历史：{ $path }：{ $error }
screen_the_progress_is_not = 无法保存进度：{ $error }
screen_bookmarks_are_another_file = 无法保存书签：{ $path } 是别的文件；请把它移走
screen_bookmarks_are_not_kept = 无法保存书签：{ $path }：{ $error }
screen_wrote = 已写入 { $file }
screen_export_failed = 导出失败：{ $failed }
screen_follow_failed = 不再跟随：{ $error }
screen_there_is_no_export = 这里不能导出；请用 `evscope export`

## update

screen_does_nothing_shows_the = { $key } 没有功能；{ $help } 显示所有按键
screen_the_rest_of_the = （跟踪的其余部分仍在读取）

## view/explain

screen_in_no_call = {" "}不在任何调用中
screen_calls_around_it = {" "}外层调用
screen_watch_for = 注意：
screen_note = 注释：

## view/help

screen_the_current_step_in = 当前步，各窗格相同
screen_changed_by_this_step = 此步改变的值
screen_a_source_line_that = 至此已运行过的源码行
screen_a_breakpoint_beside_the = 步骤旁：断点
screen_a_bookmark = 书签
screen_a_search_hit = 搜索匹配
screen_a_finding = 发现的问题
screen_took_long = 时间栏：耗时长的步骤
screen_a_call_around_what = 过滤结果外层的调用
screen_kernel_loop_bufferevent_your = 内核、循环、bufferevent、你的代码
screen_in_a_gauge_low = 缓冲条中：低水位与高水位
screen_keys = 按键
screen_signs = 记号
screen_a_count_before_a = 移动前输入数字，表示重复次数：5n。以 1、2、3 开头的数前面加 0：010n。

## view/lanes

screen_kernel = 内核
screen_loop = 循环
screen_bufferevent = bufferevent
screen_your_code = 你的代码

## view/lists

screen_changes = { $watch } 变化
screen_steps_found = { $n } 步
screen_branches_of = { $function } 的各个分支
screen_stops = 断点
screen_bookmarks = 书签

## view/mod

screen_after_this_step = 此步之后
screen_enter_goes_to_a = Enter 跳到原因
screen_needs_room = evscope 需要 { $width } 列 { $height } 行；
screen_has_room = 此窗口为 { $width } 列 { $height } 行。

## view/source

screen_the_trace_does_not = 跟踪没有说明此步在源码中的位置。
screen_the_trace_does_not_carry =
    { $file }:{ $line }

    跟踪中没有这个函数的源码。可用 --source DIR 指定含有该文件的源码目录。
screen_called_at = 调用处{" "}
screen_called_in = 调用者{" "}
screen_inside = 位于{" "}

## view/state/bevs

screen_and_more_bufferevents = {" "}……另有 { $left_out } 个 bufferevent
screen_no_longer = 不再{ $word }
screen_suspended_by = 已{ $suspended }：{ $reasons }
screen_frozen_ends = { $ends }{ $frozen }
screen_in = 输入
screen_out = 输出
screen_freed_and_taken_apart = 已释放并拆除
screen_freed_still_in_use = 已释放，仍在使用
screen_connecting = 连接中
screen_partner = 对方
screen_on = 下层
screen_enabled = 已启用
screen_disabled = 已禁用
screen_both_ends = 两端
screen_not = 未
screen_list_between = 、
screen_socket = 套接字
screen_pair = 成对
screen_filter = 过滤
screen_tls = TLS
screen_client_handshake = 客户端握手中
screen_server_handshake = 服务器握手中
screen_open = 已建立

## view/state/events

screen_events_there = {"  "}共 { $there } 个 · { $pending } 个 pending
screen_the_next_one_first = {"  "}最早的在前
screen_events = 事件
screen_will_run = 将依次运行：
screen_freed = 已释放
screen_was_active = 曾激活
screen_timers = 定时器
screen_timer_left = 还剩 { $left }
screen_of = 共
screen_kernel_watches = 内核监视

## view/state/mod

screen_was = 原为
screen_waiting_in_the_kernel = 在内核中等待
screen_loop_running = 运行中
screen_not_running = 未运行
screen_waits = 等待次数
screen_exit_asked = 已请求退出
screen_break_asked = 已请求中断
screen_accepting = 接受中
screen_accepted = 已接受
screen_no_fd = 没有 fd

## view/status

screen_step_of = 第 { $step } 步，共 { $last }
screen_no_steps = 没有步骤
screen_level = 级别 { $level }
screen_working_esc_cancels = 进行中 { $percent } %（Esc 取消）
screen_column = 第 { $column } 列：
screen_reading = 读取中
screen_live = 实时
screen_paused = 已暂停
screen_zoom = 放大
key_close = 关闭
key_run_to_it = 运行到它
key_off_on = 停用／启用
key_remove = 删除
key_go = 转到
key_pause = 暂停
key_faster = 加快
key_answer = 回答
key_go_on = 继续
key_ask = 询问
key_follow_it = 只看它
key_sort = 按下一列排序
key_leave = 离开
key_choose = 选择
key_help = 帮助
key_zoom_in = 放大
key_zoom_out = 缩小
key_steps_time = 步骤／时间
key_next = 下一步
key_back_to_the_lesson = 回到课程
key_quit = 退出
key_to_a_stop = 到断点
key_run_hold = 运行／停住
key_next_hit = 下一个匹配
key_why = 原因

## view/steps

screen_1_program = 1 程序
screen_2_walkthrough = 2 导读
screen_3_everything = 3 全部
screen_the_trace_has_no = 此跟踪还没有任何步骤。
screen_the_trace_has_no_steps = 此跟踪没有任何步骤。
screen_no_step_is_listed = 没有列出的步骤。

## view/timeline

screen_failure = 错误
screen_finding = 问题
screen_by_steps = 按步骤
screen_by_time = 按时间
screen_bracket_open = （
screen_bracket_close = ）

## view/why

screen_nothing_in_the_trace = 跟踪中没有它的原因：是程序自己这样做的。

## view/findings

screen_findings = 发现的问题（{ $count }）
screen_severity_error = 错误
screen_severity_warning = 警告
screen_severity_note = 提示
screen_found = 第 { $step } 步：{ $wrong } [{ $rule }]；{ $key } 列出发现的问题

## view/gates

screen_why_not = 为什么没有？
screen_why_not_of = 为什么没有 { $question }（第 { $step } 步之后）

## view/connections

screen_connections = 连接（{ $count }），按{ $column }排序
screen_connections_are_made = 连接：已看 { $percent } %
screen_no_connections = 此跟踪没有连接。
column_who = 连接
column_peer = 对端
column_when = 开始
column_lasted = 持续
column_read = 读入
column_written = 写出
column_unsent = 未发送
column_callbacks = 回调
column_longest = 最长
column_waiting = 等待对端
column_suspended = 暂停
column_blocked = 被阻
column_findings = 问题

## words

screen_pending = pending
screen_not_pending = 不处于 pending
screen_active = 已激活
screen_watermark = 水位
screen_low = 低
screen_high = 高
screen_input = 输入
screen_output = 输出
screen_read = 读
screen_write = 写
screen_suspended = 暂停
screen_frozen = 冻结
screen_start = 开头
screen_end = 末尾
screen_high_mark = 高水位
screen_bandwidth = 自身限速
screen_bandwidth_group = 所在组的限速
screen_lookup = 域名解析
screen_filter_read = 上层过滤器没有空间
screen_bytes = { $n } 字节
