# 事件。

## event_assign

assign_timer = 把 { $event } 设置为定时器，到期时调用 { $callback }。
assign_signal = 设置 { $event }：收到{ $signal } 时调用 { $callback }。
assign_deferred = 设置 { $event }，用来投递 { $bev } 推迟的回调。
assign_bare = 设置 { $event }：调用 { $callback }。
assign_fd = 设置 { $event }：在 fd { $fd } 上等待 { $events }，调用 { $callback }。
assign_listener_why = 监听器不过是监听套接字上的一个事件：可读就表示有连接等着被 accept。
assign_handshake_why = 这是 { $bev } 的 { $own_event }。TLS 握手期间，{ $callback } 负责推进握手；握手完成之前，没有数据进入输入，也没有数据离开输出。
assign_bev_timeout_why = 这是 { $bev } 的 { $own_event }。它没有套接字可监视，所以只负责计时（如果设置了超时）：时间一到就运行 { $callback }。
assign_bev_read_why = 这是 { $bev } 的 ev_read。循环调用的是库内部的 { $callback }，而不是你的读回调：它先把数据读进输入缓冲区，再由水位决定要不要调用你的。
assign_bev_write_why = 这是 { $bev } 的 ev_write。循环调用的是库内部的 { $callback }，而不是你的写回调：它先把输出缓冲区的数据发出去，再由低水位决定要不要调用你的。
assign_deferred_why = 回调被推迟时，有事要通知时只记下一笔，回调稍后由循环运行，那时调用栈很浅。
assign_signal_why = 信号处理函数里几乎什么都不能做。所以 libevent 的处理函数只留个记号，{ $callback } 由循环来运行，在那里什么都可以做。
assign_timer_why = 它不等任何 fd，只等自己的超时。
assign_user_fd_why = 这是程序自己在 fd { $fd } 上的事件。
assign_user_why = 这是程序自己的事件。
assign_library_timer_why = 这是库自己的定时器之一，程序看不到它。
assign_internal_why = 这是循环自己的事件，它不会让循环继续存活。
assign_why = 事件把等待的对象和要调用的函数联系在一起。
assign_watch = 已设置，但还不是 pending。在 event_add 之前，它不会有任何动静。

## event_add

add_else_timeout = 如果 { $timeout } 内什么都没有发生，它就会以 TIMEOUT 被激活。
add_once_watch = 它不是持久事件：触发一次之后要重新添加。
add_again_timeout = { $event } 已经处于 pending；超时改为从现在起 { $timeout }。
add_again_timeout_why = 对 pending 的事件再次 event_add 并给出超时，会替换原来的超时。
add_again_timeout_watch = 如果两处用不同的超时添加同一个事件，以后一次为准。
add_again = { $event } 已经处于 pending，没有任何变化。
add_again_why = 重复添加没有害处。调用时不给超时，原来的超时保持不变。
add_rearmed_timeout = 循环在运行回调之前重新启用 { $event }：{ $timeout }。
add_rearmed = 循环在运行回调之前重新启用 { $event }。
add_rearmed_why = 它是带超时的持久事件。超时触发后，下一次从这一次应到的时刻算起，所以回调再慢，周期也不会漂移。

## event_del

del_fires_once = 循环在运行回调之前把 { $event } 取下。
del_fires_once_why = 它不是持久事件：一旦触发，就不再处于 pending。
del_fires_once_watch = 想再次被调用，回调里必须重新添加它。
del_time_come = 循环把 { $event } 取下：它到期了。
del_time_come_why = 它是持久事件，所以在运行回调之前，循环会重新启用它。
del_no_fd = { $event } 不再处于 pending。它本来就没有 fd 可供循环监视。
del_pending = { $event } 不再处于 pending：循环不再监视{ $watched }。
del_active_too = 它同时处于激活状态，现在也离开那个队列：它的回调不会运行了。
del_only_active = { $event } 离开激活队列；它本来就不处于 pending。
del_only_active_why = 本来要运行的回调不会运行了。
del_nothing = 删除 { $event }，但它既不是 pending，也没有激活。
del_nothing_why = 这样做是允许的，没有任何效果；库为了保险常常这样做。

## event_active

active_watch = 激活表示排进了队列，还没有调用：回调在 poll 之后运行，先看优先级，再看先后。
active_happened = { $event } 被激活：{ $happened }。
active_listener_why = 内核队列里有连接在等，listener_read_cb 会去 accept。
active_handshake_why = 所以库将继续 { $bev } 的 TLS 握手。握手完成之前，还轮不到你的回调。
active_read_why = 所以库内部的 bufferevent_readcb 将为 { $bev } 运行。低水位是 0：只要它读到数据，接着就运行{ $whose }读回调。
active_read_low_why = 所以库内部的 bufferevent_readcb 将为 { $bev } 运行。{ $whose }读回调是否运行，取决于低水位 { $low }。
active_read_unset_why = 所以库内部的 bufferevent_readcb 将为 { $bev } 运行。没有设置读回调可供它调用。
active_write_why = 所以库内部的 bufferevent_writecb 将为 { $bev } 运行。套接字有空间了；{ $whose }写回调是否运行，由低水位 { $write_low } 决定。
active_write_unset_why = 所以库内部的 bufferevent_writecb 将为 { $bev } 运行：套接字有空间了。没有设置写回调可供它调用。
active_connecting_why = { $bev } 的连接有了结果：库内部的 bufferevent_writecb 会查明是成功还是失败。
active_internal_why = 这是循环自己的管道：有信号或别的线程唤醒了它。
active_callback_why = 它的回调 { $callback } 会在这一轮运行。
active_callback_priority_why = 等没有优先级数字更小的激活事件时，它的回调 { $callback } 就会运行。
active_why = 它的回调会在这一轮运行。
active_timeout = { $event } 被激活：超时时间已到。
active_read_timeout_why = { $bev } 没有按时收到任何数据。{ $callback } 会禁用读，并通知你的事件回调。
active_write_timeout_why = { $bev } 的数据没有按时被收走。{ $callback } 会禁用写，并通知你的事件回调。
active_timer_why = 定时器只会准时或晚到，绝不会早到：晚多少取决于循环还有多少别的事要做。
active_signal = { $event } 被激活：收到{ $signal }。
active_signal_why = 信号处理函数只留下了记号；现在已经在循环里，回调想做什么都可以。
active_queued_internal = { $event } 排进队列，它是循环自己的事件。
active_queued_internal_why = 它不等待任何事：直接排进激活队列，排在已经激活的事件后面。
active_by_program = 程序自己激活 { $event }。
active_by_program_with = 程序自己激活 { $event }，结果为 { $what }。
active_by_program_why = event_active 不问内核：回调会像事情真的发生了一样运行。
active_by_program_watch = 如果在它自己的回调里这样做，又没有别的可等，循环就会空转。
active_deferred = { $bev } 有事要通知你的回调，先排进队列（{ $event }）。
active_deferred_why = 它们是推迟的：等当前正在运行的代码返回之后由循环调用，不会让引起它们的代码措手不及。
active_finalize = { $event } 排进队列，让循环去拆除一个已释放的对象。
active_finalize_why = 到那时，可能还在使用这个对象的代码都已经结束。

## event_callback

callback_by_hand = 循环调用你的 { $callback }：程序自己激活 { $event }。
callback_happened = 循环调用你的 { $callback }：{ $happened }。
callback_by_hand_why = 它被直接排进激活队列：不一定真的发生过什么，回调也分辨不出。
callback_signal_why = 它和别的回调一样由循环运行，不是在信号处理函数里。
callback_timer_why = 这个定时器不是持久的，已经不再处于 pending。
callback_both_why = 两个方向同时就绪，一次调用一并告知。
callback_read_why = 内核那里有东西可读：数据、文件结束，或者错误。
callback_why = { $event } 是你的事件：库除了调用你，什么都不替你做。
callback_read_watch = 把数据读完：剩下的会让事件在下一轮再次被激活。
callback_watch = 它运行期间，这个循环上的其他一切都得等。

## event_once_cb

event_once_cb = 循环运行 { $event }，一个只用一次的事件。
event_once_cb_why = event_base_once 和 event_base_loopexit 背后都有这样一个事件，回调之后它会释放自己。

## evsig_cb

evsig_cb = 循环清空自己的信号管道（fd { $fd }）。
evsig_cb_why = 信号处理函数把信号编号写进了管道。循环在这里读出来，激活等这个信号的事件。

## event_priority_set

event_priority_set = { $event } 的优先级设为 { $priority }。
event_priority_set_why = 在所有激活的事件中，编号最小的先运行；运行完一个优先级，循环先重新 poll，再轮到下一个。
event_priority_set_watch = 一个总是处于激活状态的紧急事件会饿死其他所有事件。

## event_free

event_free_pending = 删除并释放 { $event }。
event_free = 释放 { $event }；它不处于 pending。
event_free_no_fd_why = 它的回调不会再运行。
event_free_why = 它的回调不会再运行。它监视的 fd 仍然打开：事件从不拥有 fd。

## backend_add

backend_add_first = 告诉 { $backend } 监视 fd { $fd } 的{ $sides }。
backend_add_more = { $backend } 原来监视 fd { $fd } 的{ $old }，现在监视{ $new }。
backend_add_why = 循环自己统计每个 fd 上谁在等什么，只有总和变化时才去找内核。

## backend_del

backend_del_last = 告诉 { $backend } 不再监视 fd { $fd }。
backend_del_less = { $backend } 原来监视 fd { $fd } 的{ $old }，现在只监视{ $new }。
backend_del_why = 等它的最后一个事件已经删除。没有向内核询问的，内核就不会报告。

## added

added_timer = { $event } 变为 pending：{ $timeout } 后触发。
added_timeout_no_fd = { $event } 变为 pending。它还没有 fd，所以只有超时在计时：{ $timeout }。
added_no_fd = { $event } 变为 pending。它还没有 fd，所以循环没有东西可监视。
added_timeout = { $event } 变为 pending：循环监视{ $watched }，最多 { $timeout }。
added = { $event } 变为 pending：循环监视{ $watched }。

## why_added

added_no_fd_why = 等 { $bev } 有了 fd，它的事件会为这个 fd 重新设置并再次添加。
added_read_timeout_why = 这是 { $bev } 的读超时：到期之前只要有数据到来，就重新计时。
added_write_timeout_why = 这是 { $bev } 的写超时：到期之前只要发出了数据，就重新计时。
added_listener_why = 从现在起，到达 fd { $fd } 的连接会唤醒循环，由循环去 accept。
added_read_handshake_why = 对端的下一条消息到达时，{ $bev } 的 TLS 握手继续。
added_write_handshake_why = 套接字有空间时，{ $bev } 的 TLS 握手继续；空闲的套接字马上就有空间。
added_read_why = { $bev } 的读已启用：一有数据到达，循环就调用 bufferevent_readcb。
added_connecting_why = 连接正在建立：成功或失败时，套接字都会变为可写。
added_write_empty_why = { $bev } 的输出还是空的。空闲的套接字马上就可写，所以即使在那之前什么都没写，循环下一轮也会调用 bufferevent_writecb。
added_write_bytes_why = { $bev } 的输出里有 { $n } 字节在等。套接字一有空间，循环就调用 bufferevent_writecb 发送。
added_write_why = 套接字有空间时，循环就为 { $bev } 调用 bufferevent_writecb。
added_signal_why = 从现在起，{ $signal } 会被捕获，并变成循环里的一次回调。
added_timer_why = 循环把它排进定时器队列，睡眠不会超过它的时刻。
added_deferred_why = 它把 { $bev } 的回调带到下一轮。
added_library_timer_why = 这是库自己的定时器之一，程序看不到它。
added_internal_why = 循环靠它被唤醒，程序看不到它。
added_callback_why = 事情发生时，循环会调用 { $callback }。
added_why = 事情发生时，循环会调用它的回调。

## why_deleted

deleted_no_fd_why = { $bev } 有了 fd，它的事件才真正有东西可等。
deleted_timeout_why = { $bev } 的这个超时不再计时。
deleted_handshake_why = TLS 握手现在等的是别的，或者已经完成：那样事件会重新设置。
deleted_write_empty_why = { $bev } 的输出已空。没有东西可发的套接字几乎总是可写：如果还留着 pending，事件每一轮都会白白触发。
deleted_write_disabled_why = { $bev } 的写被禁用：重新启用之前什么都不发送，也就用不到这个事件。
deleted_write_connected_why = { $bev } 的写被禁用。这个事件只是为了连接才一直 pending，而连接已经有了结果。
deleted_write_suspended_why = { $bev } 的写因{ $reasons }而暂停：暂停结束时会重新添加这个事件。
deleted_write_bytes_why = { $bev } 的输出里还有 { $n } 字节，在重新启用写之前没有人会发送它们。
deleted_write_why = { $bev } 没有东西可发，或者不允许发。
deleted_read_why = { $bev } 暂时不读。到达的数据留在内核里；内核缓冲区满了，对端就得等。这就是反压。
deleted_listener_why = 没有人 accept 了。新连接先在内核队列里等，满了之后会被拒绝。
deleted_signal_why = 这个信号的最后一个事件已删除，信号恢复原来的作用。
deleted_timer_why = 这个定时器不会触发了。
deleted_deferred_why = { $bev } 推迟的回调被丢弃。
deleted_library_timer_why = 库不再需要它了。
deleted_internal_why = 循环不再需要它了。
deleted_why = 它的设置还在：再次 event_add 就又处于 pending。
deleted_freed_why = { $bev } 正在被释放：不再替它等待什么。
deleted_setfd_why = { $bev } 换了 fd：事件会为新的 fd 重新设置。
deleted_connect_failed_why = { $bev } 连接失败：没有什么可等的了。
deleted_failed_why = { $bev } 的连接已断：没有什么可等的了。
deleted_read_ended_why = { $bev } 的对端不会再发送：没有什么可读的了。
deleted_read_suspended_why = { $bev } 的读因{ $reasons }而暂停。到达的数据留在内核里；内核缓冲区满了，对端就得等。这就是反压。
deleted_listener_closed_why = 监听器正在被释放，并关闭套接字：还在内核队列里等的连接会被拒绝。
