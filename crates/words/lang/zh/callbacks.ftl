# bufferevent 内部运行的：回调、水位、暂停。

## bufferevent_readcb

readcb_timed_out = 循环调用 { $bev } 的内部读回调，因为没有按时收到数据。
readcb_timed_out_why = 读被禁用，并告诉你的事件回调 READING|TIMEOUT。连接本身仍然打开。
readcb_readable = 循环调用 { $bev } 的内部读回调，因为 fd { $fd } 可读。
readcb_handshake_why = TLS 正在握手：回调读取对端的消息并作出回应。握手完成之前，没有数据进入输入。
readcb_full = 循环调用 { $bev } 的内部读回调：fd { $fd } 可读，但输入里已有 { $len } 字节。
readcb_full_why = 这已经达到高水位 { $high }：没有空间，所以暂停读。
readcb_full_watch = 等你的程序从输入里取走数据，读才会继续。
readcb_suspended = 循环调用 { $bev } 的内部读回调，但读处于暂停。
readcb_suspended_why = 原因是{ $reasons }；什么都不读。
readcb_room_why = 它把数据读进输入，最多 { $room } 字节，也就是高水位之下剩余的空间；然后可能轮到{ $whose }读回调。
readcb_any_why = 它把数据读进输入。低水位是 0，所以不管来多少，都足够运行{ $whose }读回调。
readcb_low_why = 它把数据读进输入。读完后输入达到低水位 { $low } 时，才运行{ $whose }读回调。
readcb_unset_why = 它把数据读进输入。程序没有设置读回调，所以不会得到通知。
readcb_room_unset_why = 它把数据读进输入，最多 { $room } 字节，也就是高水位之下剩余的空间。程序没有设置读回调，所以不会得到通知。

## bufferevent_writecb

writecb_timed_out_fd = 循环调用 { $bev } 的内部写回调，因为 fd { $fd } 没有按时收走数据。
writecb_timed_out = 循环调用 { $bev } 的内部写回调，因为数据没有按时被收走。
writecb_timed_out_why = 写被禁用，并告诉你的事件回调 WRITING|TIMEOUT。输出里的数据还在。
writecb_connecting = 循环调用 { $bev } 的内部写回调：fd { $fd } 的连接可能有结果了。
writecb_connecting_why = 连接成功或失败时，套接字会变为可写；看一眼套接字就知道是哪一种。
writecb_writable = 循环调用 { $bev } 的内部写回调，因为 fd { $fd } 可写。
writecb_handshake_why = TLS 正在握手，回调继续推进握手。握手完成之前，没有数据离开输出。
writecb_suspended = 循环调用 { $bev } 的内部写回调，但写处于暂停。
writecb_suspended_why = 原因是{ $reasons }；什么都不发。
writecb_empty = 循环调用 { $bev } 的内部写回调，因为 fd { $fd } 可写。输出是空的。
writecb_empty_why = 没有东西可发，它只是删除 ev_write。但输出已降到低水位（{ $write_low }），所以{ $whose }写回调照样运行。
writecb_why = 它把输出里的数据发出去，然后由低水位决定要不要运行{ $whose }写回调。
writecb_bytes = 循环调用 { $bev } 的内部写回调，因为 fd { $fd } 可写。输出里有 { $n } 字节在等。
writecb_all_why = 内核收多少就发多少。然后由低水位 0 决定：全部发完才运行{ $whose }写回调。
writecb_low_why = 内核收多少就发多少。然后由低水位决定：剩下不多于 { $low } 字节时，运行{ $whose }写回调。
writecb_empty_unset_why = 没有东西可发，它只是删除 ev_write。程序没有设置写回调，所以不会得到通知。
writecb_unset_why = 内核收多少就发多少。程序没有设置写回调，所以不会得到通知。

## readcb

your_readcb = { $whose } { $callback } 运行：{ $bev } 的输入里有 { $len } 字节。
your_readcb_input = { $whose } { $callback } 运行：{ $bev } 有输入。
passed_handshake = 它继续自己的握手。
passed_decrypts = 解密得到的数据进入它自己的输入。
passed_bytes = 通过它的数据进入它自己的输入。
your_readcb_any_socket_why = 低水位是 0，所以只要有输入就够了。套接字只是唤醒了库，库读完之后再看水位。
your_readcb_any_pair_why = 低水位是 0，所以只要有输入就够了。另一端的 { $other } 只是把数据交了过来，之后库再看水位。
your_readcb_any_filter_why = 低水位是 0，所以只要有输入就够了。过滤器只是让数据通过，之后库再看水位。
your_readcb_any_tls_why = 低水位是 0，所以只要有输入就够了。TLS 只是解密了数据，之后库再看水位。
your_readcb_low_socket_why = 输入达到了低水位 { $low }。这是水位的作用：套接字只是唤醒了库。
your_readcb_low_pair_why = 输入达到了低水位 { $low }。这是水位的作用：另一端的 { $other } 只是把数据交了过来。
your_readcb_low_filter_why = 输入达到了低水位 { $low }。这是水位的作用：过滤器只是让数据通过。
your_readcb_low_tls_why = 输入达到了低水位 { $low }。这是水位的作用：TLS 只是解密了数据。
your_readcb_by_hand_why = 回调是手动触发的，不管低水位怎么说。
your_readcb_watch = 没取走的数据会留在输入里；等再有数据到来，你会再次被调用。
your_readcb_high_watch = 要取走一些：到了高水位 { $high } 字节，读就停下，直到你取走。

## writecb

your_writecb_drained = 输出为 { $len }，已降到低水位（{ $low }），所以{ $whose } { $callback } 运行。
your_writecb_at = 输出为 { $len }，不高于低水位（{ $low }），所以{ $whose } { $callback } 运行。
your_writecb_bytes = { $whose } { $callback } 运行，输出里还有 { $len } 字节在等。
your_writecb = { $whose } { $callback } 运行：{ $bev } 可以再接收数据。
passed_room = 如果它的输出里有数据在等，现在有空间了。
your_writecb_pair_why = 这是水位的作用：{ $other } 取走了数据，库发现输出已经足够低。
your_writecb_pair_watch = 输出已空，只表示数据交给了 { $other }。那边的程序可能还没有读。
your_writecb_filter_why = 这是水位的作用：过滤器取走了数据，库发现输出已经足够低。
your_writecb_filter_watch = 输出已空，只表示数据交给了下面的 { $other }。对端可能还没有收到。
your_writecb_tls_why = 这是水位的作用：TLS 加密了数据，库发现输出已经足够低。
your_writecb_tls_watch = 输出已空，只表示数据已加密并交出去。对端可能还没有收到。
your_writecb_socket_why = 这是水位的作用，不是套接字的：套接字可写触发的是 bufferevent_writecb，它发现输出已经足够低。
your_writecb_socket_watch = 输出已空，只表示数据交给了内核。对端可能还没有收到。
your_writecb_by_hand_why = 这高于低水位：回调是手动触发的。
your_callback_triggered_why = 这是程序手动触发的：不一定有数据往来。

## eventcb

eventcb_detail = （{ $one }）
eventcb_details = （{ $first }，{ $second }）
your_eventcb = 为 { $bev } 调用{ $whose } { $callback }：{ $told }{ $details }。
passed_works_out = 它判断这对自己意味着什么，再告诉你的事件回调。
passed_tells = 它会告诉你的事件回调。
your_eventcb_connected_why = 从这里起，读和写照常进行。
your_eventcb_eof_why = 另一个方向可能还开着：输出里的数据仍然可以发送。
your_eventcb_error_why = 这个连接上不会再有数据往来。库已经不再监视它，但不会自动释放任何东西。
your_eventcb_timeout_why = 超时的那一侧现在被禁用；要继续等，就重新启用它。
your_eventcb_why = 既不是有数据可读，也不是有空间可写的情况，都算事件。
your_eventcb_unsent_watch = 输出里还有 { $n } 字节：现在释放 { $bev }，它们就丢了。
your_eventcb_free_watch = 在这里或尽快释放 { $bev }；如果没有人释放，连接就泄漏了。

## low_mark

low_mark_output_at = { $bev } 的输出是 { $to }，已降到低水位（{ $at }）。
low_mark_output = { $bev } 的输出从 { $from } 降到 { $to }，已到低水位（{ $at }）。
low_mark_output_why = 不高于低水位，就轮到{ $whose }写回调。低水位的意思是“快空了，再写一些”，赶在断流之前。
low_mark_output_unset_why = 不高于低水位，本该轮到写回调，但程序没有设置。
low_mark_input = { $bev } 的输入从 { $from } 变为 { $to }，达到低水位 { $at }。
low_mark_input_why = 不低于低水位，就足够运行{ $whose }读回调了。
low_mark_input_unset_why = 不低于低水位，本来足够运行读回调，但程序没有设置。

## high_mark

high_mark_input_up = { $bev } 的输入有 { $to }，达到高水位 { $at }。
high_mark_input_up_why = 够了：暂停读，免得发得快的对端占满内存。
high_mark_input_up_watch = 只有取走数据才能继续。如果没有人取，连接就停住了。
high_mark_input_down = { $bev } 的输入降到 { $to }，低于高水位 { $at }。
high_mark_input_down_why = 有空间了：可以继续读。
high_mark_output_up = { $bev } 的输出有 { $to }，达到高水位 { $at }。
high_mark_output_up_why = 过滤器不再产生数据，直到发走一些。
high_mark_output_down = { $bev } 的输出降到 { $to }，低于高水位 { $at }。
high_mark_output_down_why = 有空间了：过滤器可以继续填充。

## deferred_cb

deferred_nothing = 循环已经没有 { $bev } 的回调可投递。
deferred_cb = 循环投递 { $bev } 推迟的回调：{ $waiting }。
deferred_cb_why = 发生过的事用标志位记下，按固定的次序投递：CONNECTED、读、写，然后是其余的。几次读会合并成一次回调。
deferred_then = { $list }，然后 { $next }
deferred_read = 读
deferred_write = 写

## ratelimit

ratelimit_taken = { $side }从 { $bev } 的令牌桶取走 { $amount } 字节，还剩 { $left }。
ratelimit_taken_why = 限速就是一个令牌桶：一字节一个令牌，每个周期（tick）补充一次。
ratelimit_empty_watch = 桶空了：这一侧暂停到下一个周期。
ratelimit_filled = { $bev } { $side }的令牌桶补充了 { $amount } 字节，现有 { $left }。
ratelimit_filled_why = 过了一个周期。如果这一侧因为没有令牌而暂停，现在可以继续了。

## passed_up

passed_up = 接下来由{ $above }处理：{ $next }

## suspend

suspend = { $bev } 的{ $side }因{ $reasons }而暂停。
suspend_first_why = 第一个暂停的原因会删除 { $event }。这一侧仍然是启用的，只是歇一歇。
suspend_first_other_why = 它没有自己的套接字，所以没有事件可删除：这个方向只是不再移动数据。这一侧仍然是启用的，只是歇一歇。
suspend_more_why = 它本来就已暂停；现在的原因是{ $reasons }。全部消失后才会恢复。

## unsuspend

unsuspend = { $bev } 的{ $side }不再受{ $reasons }限制。
unsuspend_still_why = 但{ $reasons }仍然拦着它，所以继续暂停。
unsuspend_enabled_why = 没有别的原因了，这一侧又是启用的：它的事件重新变为 pending。
unsuspend_other_why = 没有别的原因了，这一侧又是启用的：数据又可以往这个方向移动。
unsuspend_disabled_why = 没有别的原因了，但这一侧没有启用：暂时没有变化。

## what else brings a callback about

your_readcb_again_why = 这是再次调用：它让输入停在高水位或以上，那里不会再读，也就不会再有新数据来调用它。
your_writecb_connected_why = 连接在调用返回之前就已完成，库让循环来运行它：不需要等套接字变为可写。
your_eventcb_triggered = 手动为 { $bev } 调用{ $whose } { $callback }，就像：{ $told }{ $details }。
your_eventcb_triggered_why = 这是程序自己触发的：不一定真的发生过什么。
your_eventcb_error_side_why = 这个连接上不会再有数据往来。库只禁用了出错的一侧，也不会自动释放任何东西。
suspend_disabled_why = 这一侧没有启用，这个方向上本来就没有数据移动。
unsuspend_not_held = { $bev } 的{ $side }本来就没有受{ $reasons }限制。
unsuspend_nothing_why = 库为了保险才这样做，并再次启用已经启用的；此外没有任何变化。
