# 每条规则查找什么。

rule_crash = 程序因故障而终止
rule_after_free = 对已释放的对象进行调用
rule_freed_twice = 重复释放
rule_never_made = 对从未设置的对象进行调用
rule_threads_unlocked = 两个线程无锁使用同一个 bufferevent
rule_read_never_enabled = 设了读回调，却从未启用读
rule_mark_low_above_high = 读回调等待的字节数超过输入所能容纳的
rule_stall_high = 输入已满，而无人取走
rule_connect_unheard = 连接失败，却无人得知
rule_spin = 事件每一轮都被激活，却没有人处理
rule_stale_fd = 内核报告了一个不属于任何事件的 fd
rule_emfile = 没有 fd 可给下一个客户端，监听器却每一轮都再试
rule_unsent = 释放时还有未发送的字节
rule_unread_at_eof = 对端最后的字节不够触发读回调
rule_read_left_off = 为了输出而停止读，之后再没有恢复
rule_filter_stuck = 过滤器有空间，字节却滞留在下层
rule_blocked = 回调占住了事件循环
rule_fd_leak = bufferevent 已释放，其 fd 却仍然打开
rule_not_freed = 连接已结束，却没有释放
rule_output_grows = 输出写入的速度超过发送的速度
rule_break_before_loop = 循环尚未运行就要求它中断
rule_timeout_late = 在长回调的后段设置的超时，提前到期
rule_connect_no_timeout = 连接一直没有结果，也没有超时来结束它
rule_loop_ended_empty = 循环没有可等待的事件
rule_writecb_as_sent = 在 writecb 中释放，而下层还留着字节

# 每个发现的说明，以及应当怎么做。

check_crash = { $signal } 终止了程序；在它之前的最后一步是 { $call }。
check_crash_advice = 查看这一步，以及该对象此前的经历：evscope state 会显示那时已释放了什么。
check_crash_in = { $signal } 在 { $callback } 中终止了程序；在它之前的最后一步是 { $call }。
check_crash_in_advice = 查看 { $callback } 在这一步之后做了什么，以及那时已释放了什么。
check_crash_at_once = { $signal } 在程序使用本库之前就终止了它。
check_crash_at_once_advice = 跟踪无法说明更多；请用调试器运行。

check_freed_before = 早已释放
check_freed_at_step = 已在第 { $step } 步释放
check_after_free = 对 { $object } 调用了 { $call }，而它{ $freed }。
check_after_free_advice = 在释放对象的地方就丢弃指针；可能释放它的回调要让调用者知道。
check_freed_twice = { $call } 释放了 { $object }，而它{ $freed }。
check_freed_twice_advice = 让 { $object } 只由一处拥有并释放，并在那里把指针设为 NULL。
check_never_made = 对 { $object } 调用了 { $call }，而它从未设置。
check_never_made_advice = 先用 event_new 或 event_assign 设置它。
check_threads_unlocked = { $thread } 调用 { $call } 使用 { $object }，同时 { $owner } 的循环也在使用它，而它没有锁。
check_threads_unlocked_advice = 最先调用 evthread_use_pthreads，并用 BEV_OPT_THREADSAFE 创建它；或者只让一个线程使用它。

check_read_never_enabled = { $object } 设了读回调 { $callback }，却从未启用读。
check_read_never_enabled_advice = 设好回调后调用 bufferevent_enable(bev, EV_READ)：新的 bufferevent 只启用了写。
check_mark_low_above_high = { $object } 的 { $callback } 要等 { $low } 字节，而读到 { $high } 字节就停了。
check_mark_low_above_high_advice = 把高水位设为至少 { $low }，或者设为 0。
check_stall_high = { $object } 的输入已满（{ $bytes } 字节，高水位 { $high }），它不再读，也无人取走。
check_stall_high_advice = 取走字节（bufferevent_read、evbuffer_drain）或提高高水位：这样它才会再读。
check_connect_unheard = { $object } 的连接失败（{ $errno }），而它没有可得知此事的事件回调。
check_connect_unheard_advice = 在 bufferevent_socket_connect 之前设好事件回调，并在其中释放 bufferevent。

check_spin = { $object }（{ $what }，{ $callback }）连续 { $turns } 轮被激活，而它的回调什么也没有做。
check_spin_advice = 读走已有的数据，或者在无事可做时删除事件：总是就绪的 fd 让循环无法休眠。
check_spin_library = { $object } 连续 { $turns } 轮被激活，却没有读写一个字节，也没有接受一个连接。
check_spin_library_advice = 去掉激活它的原因：取走输入、关闭连接，或者在能继续之前禁用它。
check_stale_fd = { $object } 的等待连续 { $times } 次报告就绪的 fd，却没有事件被激活。
check_stale_fd_advice = 关闭 fd 之前先删除它的事件；若还有副本打开着，内核会继续监视它。
check_emfile = { $object } 的 accept 连续 { $times } 次失败（{ $errno }），而监听器一直启用。
check_emfile_advice = 设置错误回调，在其中禁用监听器，等有连接释放后再启用。

check_unsent = { $object } 释放时输出中还有 { $bytes } 字节：它们不会再发送。
check_unsent_advice = 在 writecb 中释放它：输出发完时 writecb 才运行。
check_unsent_below = { $object } 释放时，其下层的 { $below } 还有 { $bytes } 字节要发送：它们丢失了。
check_unsent_below_advice = 也要等到下层 bufferevent 的输出变空，再释放两者。
check_unsent_with_base = 释放 base 时，{ $object } 还有 { $bytes } 字节要发送。
check_unsent_with_base_advice = 让循环运行到输出发完，并在 writecb 中释放 bufferevent。
check_unread_at_eof = 对端已发完，{ $object } 的输入中还剩 { $bytes } 字节：少于低水位 { $low }，所以无人得知。
check_unread_at_eof_advice = 事件回调得知 BEV_EVENT_EOF 时，读走剩余的字节。
check_read_left_off = { $object } 的读在回调中被禁用，此后 { $output } 的输出已发完，读却没有再启用。
check_read_left_off_advice = 在 writecb 中重新启用读：输出发完时 writecb 才运行。
check_filter_stuck = { $object } 下层的 { $below } 中有 { $bytes } 字节在等待，{ $object } 有空间，数据却不移动。
check_filter_stuck_advice = 取走字节后调用 bufferevent_flush(bev, EV_READ, BEV_NORMAL)，或者不在过滤器上设高水位。
check_blocked = { $callback } 占住循环 { $span }{ $behind ->
        [0] {""}
       *[other] ，其后还有 { $behind } 个就绪的事件在等
    }。
check_blocked_advice = 把长的工作分成小段，或者放到线程中；在此期间这个 base 上什么也不会发生。
check_fd_leak = { $object } 已释放，而它的 fd { $fd } 仍然打开：之后的连接得到了更大的编号。
check_fd_leak_advice = 用 BEV_OPT_CLOSE_ON_FREE 创建它，或者在 bufferevent_free 之后关闭 fd。
check_not_freed = { $callback } 得知了 { $object } 的 { $what }，此后它没有被释放。
check_not_freed_advice = 在事件回调中释放 bufferevent：此后它上面不会再发生什么。
check_output_grows = { $object } 的输出有 { $bytes } 字节：等待对端的超过了 { $most }。
check_output_grows_advice = 在 writecb 运行之前不要再写；写低水位决定它何时运行。
check_break_before_loop = 在 { $object } 的循环运行之前调用了 event_base_loopbreak：循环已经把它忘了。
check_break_before_loop_advice = 改用会被保留的 event_base_loopexit，或者不要启动循环。
check_timeout_late = { $object } 上 { $timeout } 的超时提前了 { $early } 到期：它从这一轮开始的时间算起。
check_timeout_late_advice = 设置之前调用 event_base_update_cache_time，或者让回调短一些。
check_connect_no_timeout = 到最后 { $object } 的连接仍在进行，而它没有写超时。
check_connect_no_timeout_advice = 用 bufferevent_set_timeouts 设一个：它也会结束连接。
check_loop_ended_empty = { $object } 的循环立刻返回：没有 pending 的事件。
check_loop_ended_empty_advice = 运行循环之前先添加事件：event_new 和 event_assign 只是设置它。
check_writecb_as_sent = { $object } 在自己的 writecb 中被释放，而其下层的 { $below } 还留着 { $bytes } 字节。
check_writecb_as_sent_advice = 它的 writecb 只说明字节交给了下层，并不是已经发送：还要看下层的输出。

# 自定规则没有自己的说明时。

own_too_seldom = `{ $query }` 必须发生 { $least } 次，却发生了 { $times } 次。
own_too_often = `{ $query }` 发生得太多：这是第 { $times } 次。
own_happened = `{ $query }` 不得发生。
own_not_followed = 其后必须有 `{ $query }`，却没有。
own_happened_after = 第 { $step } 步之后不得发生 `{ $query }`。
own_out_of_order = `{ $query }` 发生在 `{ $first }` 之前。

# What is wrong with a file of rules.

own_error = { $file }:{ $line }:{ $column }：{ $error }
own_no_rule = 没有 [[rule]]
own_twice = 有两条规则都叫 `{ $name }`
own_time = 时间是数字加单位："50ms"
own_order_short = order 至少要有两个查询
own_lacks_what = 规则要有 `must`、`must_not` 或 `order`
own_window_alone = `within` 和 `within_turns` 从 `after` 算起，没有 `after` 不能用
own_counts_alone = `at_least` 和 `at_most` 只能与 `must` 一起用
own_not_together = `must`、`must_not` 和 `order` 不能一起用
own_until_alone = `until` 要与 `after` 和 `must_not` 一起用
own_no_kind = 没有 `{ $kind }` 这种对象；有 base、event、bev、buf、listener 和 fd
severity_none = 没有 `{ $text }` 这种严重程度；有 `error`、`warning` 和 `note`

# The lines around findings.

check_at_step = 第 { $step } 步
check_more = 还有 { $count } 处 [{ $rule }]
check_steps = { $steps } 步
check_found = { $steps }中发现 { $found }
check_nothing_found = { $steps }中没有发现问题
check_errors = { $count } 个错误
check_warnings = { $count } 个警告
check_notes = { $count } 个提示
check_own_at = （第 { $step } 步）
check_own_whole = （整个跟踪）
check_own_times = 共 { $times } 次
