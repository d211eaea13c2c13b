# 一步为什么发生：原因链的每一环说什么。

cause_begin = { $name } 的调用从这里开始
cause_loop_root = 循环正在运行，由 { $root } 启动
cause_loop = 循环正在运行
cause_callback = { $whose } { $callback } 正在运行

cause_active_library = 库自己激活 { $event }
cause_active_program = 程序自己激活 { $event }
cause_active_deferred = { $event } 被激活：它带着推迟的回调
cause_active_finalize = { $event } 被激活：它要被拆除
cause_active = { $event } 被激活：{ $happened }

cause_ready = poll 报告有 { $n } 个 fd 就绪

cause_pending = { $by }让 { $event } 变为 pending{ $timeout }
cause_pending_by = 由 { $by }{" "}
cause_pending_timeout = ，超时 { $timeout }

cause_input_low = { $of }输入为 { $to }，低水位是 { $at }
cause_input_high = { $of }输入为 { $to }，高水位是 { $at }
cause_output_low = { $of }输出为 { $to }，低水位是 { $at }
cause_output_high = { $of }输出为 { $to }，高水位是 { $at }
cause_of = { $bev } 的

cause_read = 从 fd { $fd } 读到 { $n } 字节
cause_read_eof = fd { $fd } 读到文件结束
cause_read_gave = 读 fd { $fd } 返回 { $errno }
cause_wrote_all = 全部 { $n } 字节写到了 fd { $fd }
cause_wrote_part = { $sent } 字节写到了 fd { $fd }，还剩 { $left }
cause_wrote_nothing = fd { $fd } 一个字节也没写出去
cause_wrote_gave = 写 fd { $fd } 返回 { $errno }

cause_accept_gave = accept 返回 { $errno }
cause_accepted_unnamed = 接受了来自未命名地址的 fd { $fd }
cause_accepted_from = 接受了来自 { $peer } 的 fd { $fd }
cause_accepted = 接受了 fd { $fd }
cause_connect_failed = fd { $fd } 连接失败：{ $errno }
cause_connect_by_name = { $object } 要连接到 { $addr }，须先解析这个域名
cause_connect = fd { $fd } 的连接有了结果

cause_ratelimit = { $sides }的限速还剩 { $left }
cause_free = { $object } 被释放
cause_bytes_written = bufferevent_write 放进了 { $len } 字节
cause_bytes = { $name } 往 { $object } 放了数据
cause_marks = 设置过水位：低 { $low }，高 { $high }
cause_timeouts = 设置过 { $object } 的超时
cause_callbacks = 设置过 { $object } 的回调
cause_disabled = 禁用过 { $object } 的写

cause_called = { $root } 调用了 { $name }
cause_called_for = { $root } 对 { $object } 调用了 { $name }
cause_in = 正在执行 { $name }
cause_in_of = 正在对 { $object } 执行 { $name }
