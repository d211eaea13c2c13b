# 查询哪里不对，可能想写的是什么。

## lexer

query_open_quote = 引号没有闭合：末尾缺一个 { $quote }
query_single = 单个 `{ $sign }` 没有意义
query_twice = `{ $sign }{ $sign }` 表示“{ $word }”

## parser

query_empty = 查询是空的
query_empty_hint = 条件如 `ev=writecb`，或一个要搜索的词
query_closes_nothing = 这个 `)` 没有对应的左括号
query_no_field = `{ $sign }` 前面没有字段
query_condition_bev = 条件如 `bev=1`
query_expected_operator = 这里应当是 `&&` 或 `||`
query_expected_close = 这里应当有 `)`，与第 { $column } 列的 `(` 对应
query_quotes_before = `{ $sign }` 前面不能是引号里的文字
query_condition_ev = 条件如 `ev=writecb`：字段在前
query_expected_condition = 这里应当是一个条件，如 `ev=writecb`
query_expected_value = `{ $sign }` 后面应当有值
query_too_deep = 嵌套超过 { $deepest } 层

## path

query_whole_object = `{ $text }` 是整个对象
query_part_of = 请写它的一部分，如 `{ $text }.{ $part }`
query_thread_parts = 线程有 `stack` 和 `depth`
query_no_part_of = { $kind }没有 `{ $field }`
query_parts = 它有 { $known }
query_no_object = `{ $field }` 不是对象，后面不能再写它的部分
query_no_state = `{ $text }` 不是状态的一部分

## compare

query_compare_word = `{ $word }` 要与某个值比较
query_compare_word_hint = 如 `{ $word }=1`；要搜索这段文字，请加引号
query_unknown_field = 没有字段 `{ $name }`
query_is_event = `{ $name }` 是事件名：`ev={ $name }`
query_number_like = `{ $name }` 是数字；`{ $sign }` 用于文字和标志
query_number_like_hint = 请用 `=`、`<` 或 `>` 比较
query_bool = `{ $name }` 只能是 `true` 或 `false`
query_number_time = `{ $name }` 是数字；`{ $text }` 是时间
query_number_none = `{ $name }` 是数字；`{ $text }` 不是
query_time_none = `{ $name }` 是时间；`{ $text }` 不是
query_time_hint = 时间如 `5ms`、`2s`、`300us`，或纳秒数
query_id_none = `{ $name }` 是对象的编号；`{ $text }` 不是
query_text_order = `{ $name }` 是文字，不能用 `{ $sign }` 比较
query_word_order = `{ $name }` 是一个词，不能用 `{ $sign }` 比较
query_no_event = 没有叫 `{ $text }` 的事件
query_never = `{ $name }` 不会是 `{ $text }`
query_pattern = 通配符要用 `~`：`{ $name }~{ $text }`
query_one_of = 可以是 { $words }
query_flags_order = 标志用 `=` 或 `~` 比较，不能用 `{ $sign }`
query_no_flag = 没有标志 `{ $flag }`
query_flags = 标志有 { $known }
query_not_together = `{ $name }` 与 `{ $text }` 种类不同，不能比较
query_fields_order = `{ $name }` 与 `{ $text }` 不能用 `{ $sign }` 比较

## watch

query_watch_hint = 写法如 `bev1.output.len` 或 `event3.pending`
query_watch_unnamed = `{ $text }` 在每一步指的对象都不同
query_watch_unnamed_hint = 请用编号指明一个对象，如 `bev1.output.len`

## error

query_meant = 是不是想写 `{ $name }`？
query_hint = { $message }；{ $hint }
query_at = 第 { $column } 列：{ $text }

query_and = 并且
query_or = 或者
query_kind_base = event base{" "}
query_kind_event = 事件
query_kind_bev = bufferevent{" "}
query_kind_buf = 缓冲区
query_kind_listener = 监听器
query_kind_fd = fd{" "}

## what is asked for by its name

question_unknown = `{ $text }`：看不懂；可以问 readcb、writecb、eventcb 或 timeout（加 bev=N），accept（加 listener=N），或 event=N
question_no_object = 这一步没有 { $name }；{ $known }
question_several = 是哪一个？{ $known }
question_none = 没有{ $kind }
question_there_are = 有 { $names }
question_bev = {" "}bufferevent
question_listener = 监听器
question_event = 事件
object_none = `{ $text }` 不是对象；对象是 base、event、bev、buf、listener 或 fd 加编号，如 `bev1`
column_none = 没有列 `{ $text }`；有 { $columns }
ignore_none = `{ $name }` 不是参与比较的字段
ignore_near = `{ $name }` 不是参与比较的字段；是不是 `{ $near }`？
