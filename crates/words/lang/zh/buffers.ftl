# 缓冲区。

## evbuffer_new

evbuffer_new = 创建 { $buf }，空的。
evbuffer_new_ciphertext = 它存放 { $bev } 收到或待发的密文：TLS 把密文解密后放进输入，或者把输出加密后放到这里。
evbuffer_new_program = 它只属于程序：没有 bufferevent 往里填或从中取。
evbuffer_new_library = 库创建它供自己使用。

## evbuffer_free

evbuffer_free = 释放 { $buf }。
evbuffer_free_why = 它的各段内存归还给分配器。
evbuffer_free_gone = 里面还有 { $n } 字节，现在没了。

## evbuffer_add

evbuffer_add = { $len } 字节加到 { $buffer } 的末尾：{ $before } → { $after }。
add_passed_on_why = 接着运行缓冲区的回调，其中一个会把能交出去的交出去。
add_output_why = 这里并不发送。接着运行缓冲区的回调，其中一个会确保循环在监视可写。
add_input_why = 接着运行它的回调，其中一个检查高水位。
add_handshake_why = 这是待发送的密文，属于握手：与输出缓冲区无关。
add_ciphertext_why = 这是待发送的密文：加密后的输出，或者 TLS 自己的消息。
add_copied_why = 数据复制到最后一段；接着运行它的回调（如果有）。

## evbuffer_prepend

evbuffer_prepend = { $len } 字节放到 { $buffer } 的最前面：{ $before } → { $after }。
evbuffer_prepend_why = 第一段前面为此留有空间，已有的数据不必移动。

## evbuffer_remove

remove_tls = TLS 从 { $buffer } 取出 { $len } 字节：{ $before } → { $after }。
remove_handshake_why = 它们属于握手，不会进入输入缓冲区。
remove_ciphertext_why = 解密得到的数据进入输入缓冲区；TLS 自己的消息不会。
evbuffer_remove = 从 { $buffer } 取出 { $len } 字节交给程序：{ $before } → { $after }。

## evbuffer_drain

evbuffer_drain = 从 { $buffer } 的开头丢掉 { $len } 字节：{ $before } → { $after }。

## evbuffer_move

move_all = { $from } 现在空了
move_left = { $from } 里还剩 { $left } 字节
evbuffer_move = { $len } 字节从 { $from } 移到 { $buffer }，后者现在有 { $after }。
evbuffer_move_why = 整段整段地转手，不复制数据。{ $left }。

## evbuffer_peek

evbuffer_peek = 从偏移 { $offset } 起查看 { $buffer }：看到 { $bytes } 字节，分在 { $pieces } 段里。
peek_one_why = 数据连成一段，就在原处读：不复制，也不取走。
peek_pieces_why = 它们就在原处读：不复制，也不取走。新加的数据可能另起一段；想要连成一段，就得复制到一起（evbuffer_pullup）。
peek_tls_why = 库看到接下来要一段一段加密的数据。加密完以后，它们才离开输出。
peek_watch = 这些段只在缓冲区变化之前有效。
peek_whole_watch = 只要 { $asked } 字节。最后一段是整段给出的，所以有 { $bytes } 字节。
peek_nothing = 从偏移 { $offset } 起查看 { $buffer }：什么也没看到。
peek_nothing_why = 从那里起没有数据。
peek_asked_nothing_why = 一个字节也没要。

## evbuffer_freeze

freeze_front = 冻结 { $buffer } 的开头。
freeze_front_why = 谁也不能从那里取数据。对输出来说，就是只有库能按正确的顺序把它发出去。
freeze_end = 冻结 { $buffer } 的末尾。
freeze_end_why = 谁也不能在那里加数据。对输入来说，就是只有库能把读到的数据放进去。
freeze_watch = 在冻结的一端操作会失败并返回 -1，而不是推迟执行。

## evbuffer_unfreeze

unfreeze_front = 解冻 { $buffer } 的开头。
unfreeze_end = 解冻 { $buffer } 的末尾。
unfreeze_write_why = 只为接下来的这次写：库只在自己的系统调用前后打开它。
unfreeze_read_why = 只为接下来的这次读：库只在自己的系统调用前后打开它。
unfreeze_why = 那里又可以改动了。

## evbuffer_read

evbuffer_read = 从 fd { $fd } 读到 { $n } 字节，放入 { $buffer }，现在共有 { $after }。
read_at_once_why = 数据已经在内存里。低水位是 0，所以马上运行{ $whose }读回调。
read_low_why = 数据已经在内存里。输入还没有达到低水位 { $low }，所以还不运行{ $whose }读回调。
read_low_reached_why = 数据已经在内存里。输入已经达到低水位 { $low }，所以运行{ $whose }读回调。
read_unset_why = 数据已经在内存里。程序没有设置读回调，所以不会得到通知。
read_handshake_why = 这是密文，属于握手，不会进入输入缓冲区。
read_ciphertext_why = 这是密文。进入输入缓冲区、并计入低水位的，只有解密得到的数据。
read_memory_why = 数据已经在内存里。
read_watch = 对端一次发出的数据可能分几次到达，几次发出的也可能一次到达。
read_eof = fd { $fd } 读到文件结束：对端不会再发送了。
read_eof_tls_why = 读到 0 字节就是这个意思。如果 TLS 之前已用 close_notify 结束，或者不要求它，就告诉你的事件回调 EOF；否则是 ERROR，因为谁都可能切断连接。
read_eof_why = 读到 0 字节就是这个意思。接下来禁用读，并告诉你的事件回调 EOF；你仍然可以写。
read_later = fd { $fd } 其实没有数据可读（{ $errno }）。
read_later_why = 就绪只是提示。非阻塞读不会等待，只说“现在不行”，事件保持 pending。
read_refused = 读 fd { $fd } 得到 { $errno }：连接被拒绝。
read_refused_why = 先记下来，由写的一侧报告，因为连接的结果在那里见分晓。
read_failed = 读 fd { $fd } 失败：{ $errno }。
read_failed_why = 连接已断。读被禁用，并告诉你的事件回调 ERROR。

## evbuffer_write

write_all = { $buffer } 的全部 { $n } 字节都写到了 fd { $fd }。
write_all_ciphertext_why = 数据到了内核；对端收到没有是另一回事。这是密文：低水位看的是输出缓冲区，不是这里。
write_all_why = 数据到了内核；对端收到没有是另一回事。输出已空，所以 ev_write 会被删除，也到了低水位。
write_part = { $before } 字节中有 { $sent } 写到 fd { $fd }，{ $buffer } 里还剩 { $left }。
write_part_why = 部分写入：内核不再收，或者限速只允许这么多。其余的留着，等再有空间或令牌时发出。
write_part_watch = 如果现在释放 bufferevent，剩下的数据就丢了。
write_nothing = fd { $fd } 一个字节也没写出去。
write_nothing_why = 写返回 0 被当作连接结束：写被禁用，并告诉你的事件回调 EOF。
write_later = fd { $fd } 现在收不下（{ $errno }）。
write_later_why = { $before } 字节全都留在 { $buffer } 里，ev_write 保持 pending：循环会再试。
write_failed = 写 fd { $fd } 失败：{ $errno }。
write_failed_why = 对端已经不在了。写被禁用，并告诉你的事件回调 ERROR；{ $buffer } 里的 { $before } 字节永远到不了。

## evbuffer_cb

news_nothing = 没有变化
news_more = 多了 { $n } 字节
news_fewer = 少了 { $n } 字节
news_both = 多了 { $more } 字节，少了 { $fewer }
evbuffer_cb = { $buffer } 把变化告诉 { $callback }：{ $news }。
hook_nothing_added_why = 这个钩子只关心增加的字节；有数据离开，对它不算消息。
hook_adds_why = 这就是 bufferevent_write 背后的钩子：{ $bev } 允许写，而 ev_write 不处于 pending，所以现在添加它。
hook_pending_why = 这就是 bufferevent_write 背后的钩子。{ $bev } 的 ev_write 已经 pending，所以无事可做。
hook_disabled_why = 这就是 bufferevent_write 背后的钩子。{ $bev } 的写没有启用，所以什么都不添加，暂时也不会发送。
hook_suspended_why = 这就是 bufferevent_write 背后的钩子。{ $bev } 的写因{ $reasons }而暂停，ev_write 得等着。
hook_input_why = { $bev } 就是这样得知输入越过了高水位，或者又回到它之下。
hook_why = 缓冲区每次变化之后运行它的回调，最后注册的最先运行。

## why_shorter

shorter_room = { $bev } 的输入又有了空间。
shorter_nothing = 没有东西可取。
shorter_below = { $after } 低于 { $bev } 的高水位 { $high }：可以继续读了。
shorter_above = { $after } 仍然不低于 { $bev } 的高水位 { $high }：读还是停着。
shorter_output = 这些字节离开了 { $bev }：只有库能从输出里取数据。
shorter = 剩下的数据成为开头，不复制。
