# 循环：创建、运行、poll、结束。

## event_base_new

event_base_new = 创建 { $base }：一个基于 { $backend } 的事件循环，有 { $priorities } 个优先级。
event_base_new_why = event_base 记着循环要知道的一切：哪些事件处于 pending，哪些已激活，以及向内核询问用的 { $backend } 句柄。
event_base_new_watch = 此时什么都还没有运行。先设置并添加事件，再由 event_base_loop 启动。

## event_base_loop

loop_nonblock_why = 它只看一眼，不等待，把就绪的事件运行完就返回。
loop_once_why = 它等到有事件就绪，运行之后就返回。
loop_why = 从这里起线程由循环支配：等待，运行每个被激活的事件的回调，然后再等待。
loop_start = { $base } 的循环开始运行{ $how }，有 { $pending } 个事件处于 pending。
loop_flags = （{ $flags }）
loop_nothing_pending = 没有任何事件处于 pending，循环会立刻返回。是不是忘了 event_add？
loop_only_no_exit = 即使不再有 pending 的事件，它也会继续等待：只有 event_base_loopexit 或 event_base_loopbreak 能让它结束。
loop_no_exit = 没有 pending 的事件，并不会让它返回。
loop_watch = 当不再有 pending 的事件，或者有人调用 event_base_loopexit 或 event_base_loopbreak 时，循环结束。

## event_base_loop_ended

loop_ended_empty = 已经没有 pending 或激活的事件，没有什么可等的了。
loop_ended_exit = 因为调用过 event_base_loopexit。当时已激活的回调先运行完了。
loop_ended_break = 因为调用过 event_base_loopbreak：正在运行的回调一返回，循环就离开。排在后面的激活事件还在等。
loop_ended_once = 它以 ONCE 启动：已经运行过事件，并且不再有激活的事件。
loop_ended_nonblock = 它以 NONBLOCK 启动：不等待地看了一眼，没有激活的事件。
loop_ended_error = 后端的等待失败了，循环自己无法恢复。
loop_ended_other = 跟踪里写的原因是：{ $other }。
loop_ended_unknown = 跟踪里没有写明原因。
loop_ended = { $base } 的循环结束{ $after }。
loop_after = ，历时 { $span }
loop_ended_pending = 还有 { $n } 个事件处于 pending：再次启动循环时会继续处理它们。

## poll

poll_forever = 循环在 { $backend } 中睡眠，直到 { $fds } 个 fd 中有一个就绪，不限时间。
poll_forever_why = 没有定时器在等，也没有激活的事件，所以只有内核能唤醒它。
poll_forever_watch = 在这里睡眠不消耗任何东西：无论什么就绪，都会唤醒它。
poll_turning = 它几乎没有睡眠：最近 10 轮中 { $event } 每一轮都被激活，每次等待都立刻结束。
unheard_one = { $object }（{ $why }）
unheard_and = { $list }、{ $next }
unheard_all = 没有什么会为 { $list } 唤醒它。
unheard_and_more = 没有什么会为 { $list } 以及另外 { $more } 个唤醒它。
unheard_not_enabled = 没有启用读，也没有要发送的
unheard_suspended = 读因{ $reasons }而暂停
unheard_not_pending = 它的两个事件都不处于 pending
unheard_disabled = 它已禁用
poll_look = 循环问 { $backend }：{ $fds } 个 fd 中哪些已就绪？不等待。
poll_look_why = 已有处于激活状态的事件，或者定时器到期，或者循环不允许阻塞：它只是看看还有没有别的就绪，免得紧急的事件被耽误。
poll_timeout = 循环在 { $backend } 中最多睡眠 { $timeout }，监视 { $fds } 个 fd。
poll_next_timer = { $event } 是最早的定时器：不管 fd 如何，到那时它就到期了。
poll_some_timer = 最早的定时器到那时到期，不管 fd 如何。

## poll_ended

poll_interrupted = { $backend } 的等待被信号打断{ $after }。
poll_interrupted_why = 这不是错误：循环照常继续，检查定时器和信号，然后再等待。
poll_failed = { $backend } 的等待失败：{ $errno }{ $after }。
poll_failed_why = 没有后端，循环就无从得知谁已就绪，只能结束。
poll_nothing_ready = 没有 fd 就绪。
poll_looked_why = 循环并没有等待，只是看了一眼。接下来轮到已到期的定时器（如果有）和本来就已激活的事件。
poll_time_up = 没有 fd 就绪{ $after }。
poll_time_up_why = 等待的时间已到。现在，到期的定时器按先后被激活。
poll_ready = { $backend } 报告有 { $n } 个 fd 就绪{ $after }。
poll_ready_why = 对每个就绪的 fd，凡是关心它的 pending 事件都会被激活。此时还没有运行任何回调：先收集齐，再按优先级运行。
poll_over = { $backend } 的等待结束{ $after }。
poll_over_why = 已就绪的事件现在被激活。
poll_after = ，等了 { $span }

## event_base_loopexit

loopexit_in = 在 { $timeout } 后
loopexit_now = 在这一轮之后
event_base_loopexit = 要求 { $base } 的循环{ $when }结束。
event_base_loopexit_why = 这个要求本身就是 base 上的一个一次性定时器，和别的事件一样排队：已激活的回调仍会运行。
event_base_loopexit_watch = 如果要在当前回调之后马上离开，应该用 event_base_loopbreak。

## event_base_loopbreak

event_base_loopbreak = 要求 { $base } 的循环在当前回调返回后立即离开。
event_base_loopbreak_why = 它只是设置一个标志，循环在每个回调之后检查它。
event_base_loopbreak_watch = 排在后面的激活事件这次不会运行；再次启动循环时会先运行它们。

## event_base_loopcontinue

event_base_loopcontinue = 要求 { $base } 的循环在当前回调之后重新 poll。
event_base_loopcontinue_why = 还没运行的激活事件保持激活；新一次 poll 发现的优先级更高的事件会排到它们前面。

## event_base_free

event_base_free = 释放 { $base }。
event_base_free_why = 它的队列、定时器和 { $backend } 句柄都不复存在，不能再在它上面运行循环。
event_base_free_pending = 还有 { $n } 个事件处于 pending。base 不再管它们，但创建者仍然要负责释放。
