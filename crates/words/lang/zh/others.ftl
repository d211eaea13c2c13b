# 错误、调用的结束、章节。

## no_step

no_step = 没有第 { $step } 步。
no_step_why = 这个跟踪共有 { $len } 步，从 0 数起。

## error

error_failed = { $call } 失败：{ $errno }。
error_unknown_why = 跟踪里没有写明库如何处理。
error_why = 库的处理：{ $action }。
error_goes_on = 继续运行
error_goes_on_told = 继续运行；如果设置了监听器的错误回调，就通知它
error_leaves = 离开循环
error_tells = 通知事件回调
error_not_pending = 事件没有变为 pending
error_deleted = 事件仍被删除
error_no_listener = 监听器没有创建

## lost

lost = 这里丢失了 { $count } 条记录：产生得太快，来不及写。
lost_why = 跟踪如实说明，而不是掩盖。
lost_watch = 从这里起，显示的状态可能缺少空缺里发生的事。

## program_exit

exit_signal = 程序被 { $signal } 终止。
exit_status = 程序以状态 { $status } 结束。
exit = 程序已经结束。
exit_signal_why = 它来不及收拾：打开的东西由内核关闭。在此之前所做的一切都在这里。
exit_why = 这是最后一步。仍然打开的东西由内核关闭。

## unknown

unknown = { $name }：这个版本的 evscope 不认识的事件。
unknown_why = 它原样保留；对状态有什么影响，不得而知。
unknown_fields_why = 它连同字段 { $fields } 原样保留；对状态有什么影响，不得而知。
unknown_watch = 更新的 evscope 也许认识它。
unknown_fields = { $list }、{ $next }

## returns

returns = { $name } 返回{ $after }。
returns_nothing = 看得见的状态没有任何变化。

## callback_returns

callback_changed_nothing = 在此期间，库的状态没有变化。
callback_long = 这段时间里，这个循环上的其他一切都无法运行。
callback_returns = { $whose } { $callback } 返回到 { $parent }{ $after }。
callback_returns_program = { $whose } { $callback } 返回{ $after }。
call_after = ，用时 { $span }

## changes

changed_new = 新建 { $path }
changed = { $path } { $from } → { $to }
changed_more = { $list }；{ $next }
changed_others = { $list }；另有 { $more } 处
changed_meanwhile = 在此期间：{ $list }。
changed_yes = 是
changed_no = 否

## chapter

chapter_main = main：event_base、监听器与循环
chapter_evconnlistener_new = evconnlistener_new：监听套接字变成事件
chapter_listener_read_cb = listener_read_cb：一直 accept 到没有为止
chapter_listener_cb = listener_cb：连接变成 bufferevent
chapter_bufferevent_writecb = bufferevent_writecb：循环说套接字可写
chapter_conn_writecb = conn_writecb：水位说输出已经排空
