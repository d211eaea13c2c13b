# 监听器。

## evconnlistener_new

listens_already = 套接字已经在监听。
queues_up_to = 在被 accept 之前，内核最多让 { $backlog } 个连接排队。
queues_new = 在被 accept 之前，内核让新连接排队。
evconnlistener_new = 创建 { $listener }：连到 { $place } 的连接会交给你的 { $callback }。
evconnlistener_new_no_callback = 为 { $place } 创建 { $listener }，还没有回调。
evconnlistener_new_why = { $queue }监听器把套接字包装成一个事件，于是 accept 也是回调里的工作。
evconnlistener_new_nobody = 没有回调，它的事件就不会被添加：没有人 accept。
evconnlistener_new_disabled = 它一开始是禁用的：之后必须调用 evconnlistener_enable。
evconnlistener_new_open = 没有 CLOSE_ON_FREE，释放监听器时监听套接字不会关闭。

## evconnlistener_enable

evconnlistener_enable = 启用 { $listener }。
evconnlistener_enable_why = 它的事件变为 pending。在此期间排在内核队列里的连接会先被 accept。

## evconnlistener_disable

evconnlistener_disable = 禁用 { $listener }：它不再 accept。
evconnlistener_disable_why = 它的事件不再处于 pending。套接字仍在监听，所以内核继续让连接排队，直到队列满。
evconnlistener_disable_watch = 遇到 EMFILE 时这样可以喘口气。但没有谁会自动把它重新启用。

## listener_read_cb

listener_read_cb = 循环调用 { $listener } 自己的读回调：fd { $fd } 可读。
listener_read_cb_why = 它循环 accept，直到没有为止。一次就绪可能代表很多连接，每一个都交给你的回调。
listener_read_cb_watch = 你的回调甚至可以释放监听器：在这次调用结束之前它都有效。

## accept

accept_unnamed = 接受了来自未命名地址的连接，套接字是 fd { $fd }。
accept_peer = 接受了来自 { $peer } 的连接，套接字是 fd { $fd }。
accept_somebody = 接受了一个连接，套接字是 fd { $fd }。
accept_why = 这是一个新的套接字，已经是非阻塞的。监听套接字继续监听。
accept_watch = 从现在起必须有人关闭它：带 CLOSE_ON_FREE 的 bufferevent 会做这件事。
accept_no_more = 没有更多连接在等（{ $errno }）。
accept_no_more_why = accept 的循环总是这样结束，这不是错误。
accept_again = accept 被打断（{ $errno }）。
accept_again_why = 来了信号，或者对端在被 accept 之前放弃了。监听器保持启用，循环下次调用时再试。
accept_no_fds = accept 失败：{ $errno }，没有空闲的文件描述符。
accept_no_fds_why = 连接留在内核队列里，监听套接字一直可读，循环马上又会调用：可能满负荷空转而毫无进展。
accept_no_fds_watch = 在错误回调里禁用监听器，等有连接关闭时再启用。
accept_failed = accept 失败：{ $errno }。
accept_failed_why = 如果设置了错误回调就通知它，否则记一条警告。

## listener_cb

listener_cb = 你的 { $callback } 得到新连接 fd { $fd }。
listener_cb_why = 从这里起这个套接字归你。通常现在就为它创建一个 bufferevent。
listener_cb_watch = 如果在这里忘了它，fd 就泄漏了：监听器和循环都不会替你记着。

## listener_errorcb

listener_errorcb = 告诉你的 { $callback }：{ $listener } 无法 accept。
listener_errorcb_why = 遇到 EMFILE 或 ENFILE，合理的做法是把监听器禁用一段时间。

## evconnlistener_free

evconnlistener_free = 释放 { $listener }。
evconnlistener_free_closed = 它的事件被删除，套接字 fd { $fd } 被关闭。
evconnlistener_free_open = 它的事件被删除。套接字 fd { $fd } 仍然打开：没有要求 CLOSE_ON_FREE。
evconnlistener_free_watch = 它接受的连接不受影响，早已与它无关。
