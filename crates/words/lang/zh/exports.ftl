# 导出。

export_no_format = 没有格式 `{ $wrong }`；格式有 { $formats }
export_formats = { $rest }和{ $last }
export_formats_list = { $list }、{ $next }
export_too_long = { $steps } 步对 { $format } 来说太多，它最多 { $most } 步；请导出跟踪的一部分：evscope export 加 --steps 起-止、更低的 --level 或 --filter
export_name_is_anothers = 已有同名文件，而它不是这种格式的导出；请换一个名字
export_name_is_a_folder = 这是一个文件夹；请给出文件名
export_name_is_a_link = 这个链接指向的文件不存在；请给出文件本身的名字
export_no_folder = 没有文件夹 { $folder }；请先建立它，或换一个名字

## 图

export_no_steps = 没有步骤
export_step = 第 { $only } 步
export_steps = 第 { $first } 到 { $last } 步
export_about = { $library }，{ $backend }，{ $steps }（共 { $all } 步），级别 { $level }
export_what_happened = 发生了什么
export_no_steps_here = 这里没有步骤
export_trace_ends = 跟踪到此结束
export_lane_kernel = 内核
export_lane_loop = 事件循环
export_lane_bufferevent = bufferevent
export_lane_bufferevent_listener = bufferevent、监听器
export_lane_program = 你的程序
export_sign_call = 一次调用，直到其中最后一步
export_sign_point = 一瞬间发生的事
export_sign_result = 调用的结果
export_sign_open = 在此图之外继续
export_sign_watermark = 越过水位
export_sign_failure = 错误
export_column_step = 步
export_column_seconds = 秒
export_column_took = 用时
