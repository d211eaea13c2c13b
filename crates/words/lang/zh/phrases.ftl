# 句子里的短语。

## 时间

time_ns = { $n } ns
time_us = { $n } µs
time_ms = { $n } ms
time_s = { $n } s

## 信号

signal_name = 信号 { $name }
signal_number = 信号 { $number }

## 事件监视什么，如“循环监视…”

watched_clock = 时钟
at_fd = fd { $fd }
its_fd = 它的 fd
watched_connections = { $fd } 上的新连接
watched_reading = { $fd } 是否可读
watched_writing = { $fd } 是否可写
watched_deferred = { $bev } 推迟的回调
watched_sides = { $fd } 的{ $sides }

## 方向

sides_both = 读和写
sides_reading = 读
sides_writing = 写
sides_closing = 对端关闭
sides_none = 空集
# 用在句首，中文里没有分别。
first_sides_both = 读和写
first_sides_reading = 读
first_sides_writing = 写
first_sides_closing = 对端关闭
first_sides_none = 空集

## 事件发生了什么

happened_readable = fd { $fd } 可读
happened_writable = fd { $fd } 可写
happened_closed = fd { $fd } 的对端关闭了连接
happened_signal = 收到{ $signal }
happened_timeout = 超时时间已到
happened_asked = 是主动要求的
happened_and = { $list }，{ $next }

## 告诉事件回调什么

told_connected = 连接已建立
told_eof = 对端不会再发送数据
told_error = 连接出错
told_timeout = 超时
told_something = 有情况发生
told_and = { $list }，{ $next }
told_reading = 读的时候，{ $told }
told_writing = 写的时候，{ $told }

## 为什么暂停

reason_watermark = 高水位
reason_bandwidth = 自身限速
reason_bandwidth_group = 所在组的限速
reason_lookup = 域名解析
reason_filter_read = 上层过滤器没有空间
reason_unknown = 未知原因
reason_and = { $list }、{ $next }

## 缓冲区

buffer_input = { $bev } 的输入缓冲区
buffer_output = { $bev } 的输出缓冲区
buffer_ciphertext = { $buf }（{ $bev } 的密文）

## 谁的回调

whose_library = 库的
whose_yours = 你的
# 用在句首，中文里没有分别。
first_whose_library = 库的
first_whose_yours = 你的

## 谁设置了库的回调

above_tls = 上层的 TLS 连接 { $bev }
above_filter = 上层的过滤器 { $bev }
above_some_tls = 上层的 TLS 连接
above_some_filter = 上层的过滤器

## explain

explain_took_long = 它用了 { $whole }，其中自身（不含内层调用）{ $own }：这期间它的循环什么别的都没做。
explain_sentences = { $before }{ $after }
