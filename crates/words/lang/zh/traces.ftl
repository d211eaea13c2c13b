# Why a trace cannot be read, written or followed.

trace_error = { $file }：{ $error }
trace_error_in_line = { $file }:{ $line }：{ $error }
trace_empty = 文件是空的；跟踪以一行文件头开始，形如 {"{"}"evscope":1,…{"}"}
trace_is_none = 不是 evscope 的跟踪：{ $reason }
trace_too_new = 格式版本是 { $version }，这个 evscope 最高能读版本 { $known }；请使用更新的 evscope
trace_not_json = 不是 JSON：{ $error }
trace_not_an_object = 不是 JSON 对象
trace_neither = 既不是记录（没有 `ev`），也不是源文本（没有 `source`）
trace_source_wrong = 源文本：{ $error }
trace_out_of_order = `seq` 是 { $seq }，应当是 { $expected }：有行缺失，或次序不对
trace_line_too_long = 这一行超过 { $most }
trace_line_ends = 在中途断了
trace_at_column = { $error }（第 { $column } 列）
trace_nested = 嵌套超过 { $levels } 层
trace_values = 有 { $values } 个值，最多 { $most } 个
trace_header_cut_off = 文件头在 { $bytes } 字节后断了；没有录到其他内容
trace_first_not_json = 第一行不是 JSON
trace_first_not_an_object = 第一行不是 JSON 对象
trace_first_lacks_version = 第一行没有 `evscope`
trace_version_wrong = `evscope` 是 { $version }，不是版本号
trace_header_wrong = 文件头：{ $error }
trace_unit = 文件头：时间单位是 `{ $unit }`，应当是 `{ $expected }`
trace_field_missing = 缺少字段 `{ $field }`
trace_field_wrong = 字段 `{ $field }`：{ $error }
trace_not_built_in = 这个构建不支持压缩的跟踪

# A trace that goes on with another one.
trace_alone = { $file }：它接在 { $trace } 中进程 { $pid } 的 { $records } 个步骤之后，这些步骤没有读到：{ $why }；请把同一次录制的 { $trace } 放在它旁边，不要改名
trace_nowhere = 不知道这个跟踪在哪里
trace_no_name = 那不是同一文件夹里的文件名
trace_generations = 有超过 { $most } 个跟踪一个接一个
trace_not_beside = 它旁边没有这个文件，压缩的也没有
trace_of_another = 那是进程 { $pid }（开始于 { $started }）的跟踪，不是进程 { $wanted }（开始于 { $since }）的
trace_too_short = { $file }：只有 { $given } 个步骤；接在它后面的跟踪之前应有 { $wanted } 个

# Following one that grows.
trace_became_shorter = { $file }：读取期间文件变短了（是新的录制？）；请重新打开
trace_was_replaced = { $file }：读取期间文件被替换或删除；请重新打开
trace_is_packed = { $file }：是压缩文件；只有未压缩的跟踪才能边增长边读

# A file that cannot be made.
file_foreign = 已有同名文件，而且不是 evscope 写的；请换一个名字，或用 --force 覆盖它
file_is_folder = 这是一个文件夹；请给出文件名
file_is_link = 这是一个链接，它指向的文件不存在；请给出文件本身的名字
file_no_folder = 文件夹 { $folder } 不存在；请先创建，或换一个名字
