# 程序对 bufferevent 做的事。

## bufferevent_socket_new

socket_new_fd = 在 fd { $fd } 上创建 { $bev }。
socket_new = 创建 { $bev }，还没有 fd。
socket_new_why = 它是两个缓冲区加两个事件：{ $ev_read } 填充输入，{ $ev_write } 清空输出。写从一开始就启用，读没有；此时还没有事件处于 pending。
socket_new_closes = CLOSE_ON_FREE：释放 bufferevent 时会关闭 fd。
socket_new_open = 没有 CLOSE_ON_FREE，fd 仍然要由你关闭。

## bufferevent_tls_new

tls_new_below = 创建 { $bev }：在 { $below } 之上的 TLS。
tls_new_fd = 创建 { $bev }：在 fd { $fd } 上的 TLS。
tls_new = 创建 { $bev }：TLS，还没有 fd。
tls_new_why = 先要协商密钥：循环运行握手，完成后事件回调得到 CONNECTED。从那以后，写出的数据在发送途中加密，读到的数据已经解密；密文有自己的缓冲区。
tls_new_watch = 没有 close_notify 就结束的连接是 ERROR，除非允许不完整的关闭（dirty shutdown）。

## bufferevent_pair_new

pair_new = { $bev } 和 { $partner } 成对创建：一个写的，另一个读。
pair_new_why = 它们之间没有 fd，也没有系统调用。只要对方启用了读、高水位允许，数据就从一个的输出移到另一个的输入。
pair_new_watch = 成对 bufferevent 的回调总是推迟到循环里运行。

## bufferevent_filter_new

filter_new = 在 { $underlying } 之上创建过滤器 { $bev }。
filter_new_why = { $underlying } 读到的数据经过输入过滤器进入 { $bev }；写给 { $bev } 的数据经过输出过滤器进入 { $underlying }。
filter_new_watch = 从现在起请使用 { $bev }；过滤器已经接管了 { $underlying } 的回调。

## bufferevent_setcb

setcb_reading = 读回调 { $name }
setcb_writing = 写回调 { $name }
setcb_events = 事件回调 { $name }
setcb_library = 为 { $bev } 设置库的回调：{ $named }。
setcb_library_why = 这是{ $above }设置的：{ $bev } 上发生的事告诉它，而不是告诉程序。
setcb_none = { $bev } 不再有回调。
setcb = 为 { $bev } 设置你的回调：{ $named }。
setcb_none_why = 数据仍然在 fd 和缓冲区之间流动，只是不再告诉程序。
setcb_freed_why = 它正在被释放，所以这些回调都不会再运行。
setcb_why = 循环从不直接调用它们。循环调用的是库内部的回调：先搬运数据，再问水位是否该轮到你的。
setcb_no_eventcb = 没有事件回调，就没有人知道 EOF 和错误：连接会泄漏。
setcb_not_reading = 读还没有启用：在那之前读回调不可能运行。

## bufferevent_enable

enabled = 启用 { $bev } 的{ $sides }。
enable_suspended_why = 它正因{ $reasons }而暂停，所以事件现在不添加，等暂停结束时再添加。
enable_pair_why = 成对的 bufferevent 没有套接字可等：一端的输出里等着的数据，只要双方都允许，就立刻移到另一端。另一端是 { $other_bev }。
enable_filter_why = 过滤器没有自己的套接字：由下面的 { $other_bev } 替它等。
enable_handshake_why = 标志已设置。先要完成 TLS 握手，握手要等的由它自己去等。
enable_connecting_why = 标志已设置。连接正在建立：ev_write 触发时，库先查明连接的结果。
enable_write_empty_why = 虽然没有东西可发，ev_write 仍然变为 pending。所以即使在那之前什么都没写，循环也会调用一次 bufferevent_writecb，它发现输出在低水位，就运行{ $whose }写回调。
enable_write_unset_why = 虽然没有东西可发，ev_write 还是变为 pending。所以即使在那之前什么都没写，循环也会调用一次 bufferevent_writecb；没有设置写回调可供它调用。
enable_why = 标志已设置，这一侧的事件带着这一侧的超时变为 pending。

## bufferevent_disable

disabled = 禁用 { $bev } 的{ $sides }。
disable_connecting_why = 连接正在建立，所以 ev_write 照样保持 pending：循环必须知道连接的结果。
disable_flag_why = 标志已清除：再次启用之前，这个方向上没有数据移动。
disable_read_watch = 关掉读，EOF 也就察觉不到了。
disable_ended_why = 对端不会再发送，没有什么可等的了，所以它的事件被删除。
disable_failed_why = 连接已断，没有什么可等的了，所以它的事件被删除。
disable_read_why = 它的事件被删除。对端发来的数据留在内核里；内核满了，对端就得等。
disable_write_why = 它的事件被删除。你可以继续往输出里写，但什么都不会发出去。

## be_socket_enable

be_socket_enable = 套接字启用{ $events }的办法是添加对应的事件。
be_socket_enable_why = 每种 bufferevent 有自己的办法：套接字添加事件，成对的搬运等着的数据，过滤器去找下面那个。

## be_socket_disable

be_socket_disable = 套接字禁用{ $sides }的办法是删除对应的事件。
be_socket_disable_why = 删除的事件没有任何开销：连内核都不用问这个 fd。
be_socket_disable_watch = 连接建立期间，ev_write 留在 pending。

## bufferevent_setwatermark

marks_no_limit = 无
marks_set = 设置 { $bev } { $sides }的水位：低水位 { $low }，高水位{ $high }。
marks_read_any = 不管来多少数据，你的读回调都会运行
marks_read_low = 输入里有 { $low } 字节或更多时，你的读回调运行
marks_no_high = { $runs }；输入没有上限。
marks_high = { $runs }；达到 { $high } 时库停止读，直到你取走一些。
marks_read_low_watch = 如果对端从不发这么多，读回调就永远不会运行。
marks_read_high_watch = 到了高水位如果没有人取走数据，连接就永远停住。
marks_write_empty = 输出变空时，你的写回调运行。
marks_write_low = 输出降到 { $low } 字节或更少时，你的写回调运行。
marks_write_watch = 套接字并不理会写的高水位，只有过滤器用它。

## bufferevent_set_timeouts

no_timeout = 无
bufferevent_set_timeouts = 设置 { $bev } 的超时：读 { $read }，写 { $write }。
bufferevent_set_timeouts_why = 只有当这一侧的事件处于 pending 时才计时：读要启用且没有暂停，写要有数据等着发送。
bufferevent_set_timeouts_watch = 没有启用的一侧，读超时永远不会触发。

## bufferevent_write

bufferevent_write = 你的程序向 { $bev } 写 { $len } 字节。
write_pair_why = 数据加到输出缓冲区的末尾；只要 { $other_bev } 在读，就移到它的输入。这个调用从不等待。
write_filter_why = 数据加到输出缓冲区的末尾，并在有空间时经过过滤器进入 { $other_bev } 的输出。这个调用从不等待。
write_tls_why = 数据只是加到输出缓冲区的末尾。等握手完成、又有空间时，再加密并发送；这个调用从不等待。
write_socket_why = 数据只是加到输出缓冲区的末尾。等套接字可写时，循环再发送；这个调用从不等待。
write_watch = 输出缓冲区自己没有上限：对端读得慢，它就一直变大。
write_disabled_watch = 写被禁用：在启用之前，数据留在输出里。

## bufferevent_read

read_up_to = 你的程序想从 { $bev } 的输入取最多 { $asked } 字节，得到 { $got }。
bufferevent_read = 你的程序从 { $bev } 的输入取走 { $asked } 字节。
read_pair_why = 这里没有系统调用：数据早已从 { $other_bev } 的输出移过来。
read_filter_why = 这里没有系统调用：数据早已从 { $other_bev } 的输入经过过滤器进来。
read_tls_why = 这里没有系统调用：数据早已读进来并解密。
read_socket_why = 这里没有系统调用：数据早已由 bufferevent_readcb 读进来。

## bufferevent_socket_connect

connect_to = 让 { $bev } 连接 { $addr }。
connect_somewhere = 让 { $bev } 建立连接。
connect_call_why = 调用并不等待。由内核去做，做完时不论成败，套接字都变为可写。
connect_call_watch = 结果会告诉事件回调：CONNECTED 或 ERROR。

## connect

connect_started = fd { $fd } 的连接正在建立。
connect_started_why = { $bev } 的 ev_write 变为 pending：可写就表示有了结果。
connected = fd { $fd } 已连上。
connected_why = 从这里起，{ $bev } 就是一个普通的连接。
connected_watch = 在发送任何数据之前，先告诉你的事件回调 CONNECTED。
connect_failed = fd { $fd } 连接失败：{ $errno }。
connect_failed_somehow = fd { $fd } 连接失败。
connect_failed_why = 两个事件都被删除，并告诉你的事件回调 ERROR。

## bufferevent_setfd

setfd = { $bev } 换成 fd { $fd }。
setfd_none = { $bev } 不再有 fd。
setfd_why = 它的两个事件先删除，再为新的 fd 重新设置；原来启用的会再次启用。
setfd_watch = 原来的 fd 并不会因此关闭。

## bufferevent_priority_set

bufferevent_priority_set = { $bev } 的两个事件的优先级都设为 { $priority }。
bufferevent_priority_set_why = 编号小的先运行；在两个优先级之间，循环会重新 poll。

## bufferevent_trigger

trigger_event = 你的程序手动触发 { $bev } 的事件回调。
trigger_event_why = 回调自己分不出是谁调用了它。
trigger_again = 读回调让 { $bev } 的输入停在高水位或以上。
trigger_again_why = 那里不会再读，也就不会再有新数据来调用它：库让循环再调用它一次。
bufferevent_trigger = 你的程序手动触发 { $bev } { $sides }的回调。
bufferevent_trigger_why = 它们像数据真的动过一样运行。除非要求忽略，水位仍然起作用。

## bufferevent_flush

bufferevent_flush = 要求 { $bev } 把持有的数据交出去，{ $sides }（{ $mode }）。
flush_finished_why = `finished` 表示之后不会再有数据：过滤器写出自己的结尾。
flush_flush_why = `flush` 表示能交的都交，即使过滤器宁愿再等等。
flush_normal_why = `normal` 表示只交本来就准备好的。
flush_watch = 套接字没有什么可刷新的：循环总是尽快发送。

## bufferevent_free

bufferevent_free = 你的程序释放 { $bev }。
bufferevent_free_why = 它的回调马上清空，不会再有一个运行。等没有人再用它时才拆除：如果在它自己的回调里释放，就是回调返回的时候。
bufferevent_free_unsent = 输出里还有 { $n } 字节，永远不会发送了。
bufferevent_free_watch = 从这里起这个句柄已经失效，再用它就是错误。

## bufferevent_finalize

finalize_closed = 拆除 { $bev }，并关闭 fd { $fd }。
finalize_open = 拆除 { $bev }；它的 fd 仍然打开。
finalize_why = 最后一个引用消失了：事件被删除，缓冲区被释放。
finalize_unsent = 还有 { $unsent } 字节没有发送，丢失了。
finalize_open_watch = 必须有别人来关闭这个 fd。
