# 场景的文本哪里不对，为什么不能运行。

# 错误的位置：单独一行，与编译器的写法相同；下面是那一行的文本。
scenario_wrong = { $file }:{ $line }:{ $column }：{ $message }
scenario_meant = 是不是想写 `{ $near }`？
scenario_choice = 有 { $names }
scenario_no_choice = 一个也没有

## lexer

scenario_open_text = 这段文字没有结束；应当以 `"` 结束
scenario_hexadecimal = `\x` 后面应当是两个十六进制数字
scenario_escape = 没有这个转义；有 \n \r \t \0 \\ \" 和 \x41

## parse

scenario_most_callbacks = 一个场景最多有 { $most } 个回调
scenario_most_names = 一个场景最多有 { $most } 个名字
scenario_two_sorts = `{ $name }` 不能是{ $sort }：它已经是{ $known }的名字
scenario_two_sorts_hint = 请给其中一个换个名字
scenario_too_late = `{ $name }` 太晚了：base 已经创建
scenario_too_late_hint = 它应当写在 `main` 的开头

## parse/sections

scenario_two_mains = 已经有一个 `main` 了
scenario_no_part = 这一行不属于任何部分
scenario_no_part_hint = 场景以 `main` 开始，然后是 `callback NAME` 和 `at TIME`
scenario_no_main = 没有 `main`
scenario_no_main_hint = 程序做的事写在一行 `main` 的下面
scenario_missing = 缺少{ $what }
scenario_the_time = 时间，如 `10ms`
scenario_no_time = 这不是时间
scenario_time_hint = 时间是数字加 `ms` 或 `s`：`at 10ms`
scenario_nothing_more = 这里不应当再有内容
scenario_the_callback = 回调的名字
scenario_expected_callback = 这里应当是回调的名字
scenario_no_callback_name = `{ $name }` 不能作为回调的名字
scenario_name_hint = 名字由字母、数字和 `_` 组成
scenario_the_call = 调用的次数
scenario_expected_call = 这里应当是第几次调用，从 1 数起
scenario_the_told = 回调得到的标志，如 `EOF`
scenario_expected_told = 这里应当是回调得到的标志，如 `EOF`
scenario_no_condition = 没有这种条件：`{ $name }`
scenario_the_order = `order`
scenario_only_order = 只能允许次序不同
scenario_the_reason = 引号里的理由
scenario_expected_reason = 这里应当是理由，写在引号里
scenario_order_hint = `allow order "为什么 libevent 的次序不固定"`

## parse/statements

scenario_after_equals = `=` 后面缺少语句
scenario_expected_statement = 这里应当是语句
scenario_no_statement = 没有语句 `{ $name }`
scenario_all_statements = 全部语句见 docs/scenarios.md
scenario_and = { $a }和{ $b }
scenario_makes_nothing = `{ $name }` 不创建任何可以有名字的对象
scenario_needs_name = `{ $name }` 创建{ $made }，它需要一个名字
scenario_needs_names = `{ $name }` 创建{ $made }，它们需要名字
scenario_no_name = `{ $name }` 不能作为名字
scenario_own_meaning = `{ $name }` 另有含义，不能作为名字
scenario_also_needs = `{ $name }` 还需要{ $what }
scenario_takes_no_more = `{ $name }` 后面没有更多参数
scenario_config_only = `{ $name }` 只能写在 `main` 的开头
scenario_main_only = `{ $name }` 只能写在 `main` 里：循环不能在自身之内运行
scenario_program_only = `{ $name }` 是程序做的事；`at` 之下只写其他各方做的事
scenario_program_only_hint = 要让程序在某个时刻做事，请用定时器：evtimer_new、event_add
scenario_accepted_elsewhere = `accepted` 只在监听器的回调里有意义；`{ $callback }` 还用作别的回调
scenario_self_is = 在 `{ $callback }` 里 `self` 是{ $is }，这里应当是{ $wanted }
scenario_no_self = 在 `{ $callback }` 里没有 `self`
scenario_told_nothing = 这个回调得不到可以用作条件的标志

## parse/places

scenario_expected_key = 这里应当是 `name=value`
scenario_no_key = `{ $statement }` 没有 `{ $name }`
scenario_no_value = `{ $name }` 应当有值：`{ $name }=…`
scenario_key_twice = `{ $name }` 写了两次
scenario_expected = 这里应当是{ $what }
scenario_no_text = 这不是文字：这里应当是不含 `\0` 的 UTF-8
scenario_no_evbuffer = bufferevent 没有叫 `{ $part }` 的 evbuffer
scenario_evbuffer_hint = `{ $name }.input` 或 `{ $name }.output`
scenario_no_word = `{ $text }` 不能作为 { $name }
scenario_repeats = 这里应当是文字重复的次数
scenario_wrong_sort = `{ $name }` 是{ $is }，这里应当是{ $wanted }
scenario_no_object = 没有{ $sort } `{ $name }`
scenario_only_in_callback = `{ $name }` 只在回调里有意义
scenario_flag_missing = `|` 后面缺少标志
scenario_no_flag = `{ $name }` 不是这里可用的标志
scenario_no_callback = 没有回调 `{ $name }`

# 语句的各个位置上写什么。
scenario_place_object = { $sort }的名字
scenario_place_evbuffer = { scenario_an_evbuffer }（`NAME`、`NAME.input` 或 `NAME.output`）
scenario_place_flags = { $name }（用 `|` 连接的标志名）
scenario_place_number = 数字（{ $name }）
scenario_place_time = 时间（{ $name }），如 `10ms`，或 `none`
scenario_place_timeout = 时间（{ $name }），如 `10ms`，或公共超时的名字，或 `none`
scenario_place_text = 引号里的文字
scenario_place_callback = 回调的名字，或 `none`
scenario_place_word = { $words } 之一

## spec

# 对象的种类；中文不需要冠词。拉丁文字的名称两边有空格。
scenario_sort_peer = 对端
scenario_sort_server = 服务器
scenario_sort_event = 事件
scenario_sort_bufferevent = bufferevent
scenario_sort_evbuffer = evbuffer
scenario_sort_listener = 监听器
scenario_sort_common_timeout = 公共超时
scenario_sort_group = 限速组
scenario_sort_evbuffer_callback = evbuffer 的回调
scenario_sort_place = 位置
scenario_a_peer = { scenario_sort_peer }
scenario_a_server = { scenario_sort_server }
scenario_an_event = { scenario_sort_event }
scenario_a_bufferevent = { scenario_sort_bufferevent }
scenario_an_evbuffer = { scenario_sort_evbuffer }
scenario_a_listener = { scenario_sort_listener }
scenario_a_common_timeout = { scenario_sort_common_timeout }
scenario_a_group = { scenario_sort_group }
scenario_an_evbuffer_callback = { scenario_sort_evbuffer_callback }
scenario_a_place = { scenario_sort_place }

## run

scenario_without_tls = 它有 TLS bufferevent，而这个 evscope 构建时没有 TLS（特性 tls）
scenario_no_base = 无法创建 base：{ $error }
scenario_in_line = 第 { $line } 行：{ $error }
scenario_no_folder = 没有临时文件夹：{ $error }
scenario_not_written = 无法写入跟踪：{ $error }

## driver

driver_no_compiler = 没有 C 编译器（`cc`），而 libevent 的驱动程序要在第一次使用时编译；在 Debian 上：apt install gcc libc6-dev libevent-dev
driver_no_headers = 没有安装 libevent 的头文件，而编译驱动程序要用到它们；在 Debian 上：apt install libevent-dev
driver_no_tls = 没有安装 OpenSSL 的头文件，而编译带 TLS 的驱动程序要用到它们；在 Debian 上：apt install libssl-dev
# 编译器的话写在下面几行。
driver_not_compiled = libevent 的驱动程序编译失败；`cc` 说：
driver_failed = { $what }：{ $error }
driver_the_driver = 驱动程序
driver_the_folder = 没有临时文件夹
driver_the_trace = 跟踪
driver_not_own = 别人可以写入这个文件夹，所以不会运行里面的程序；请删除它
# $said：它自己的话，英文。
driver_ended = libevent 的驱动程序{ $how }：{ $said }
driver_with_status = 以状态 { $status } 结束
driver_by_signal = 被信号 { $signal } 结束
driver_unknown = 结束了，原因不明
driver_steps_lost = 结束时丢失了 { $lost } 步
