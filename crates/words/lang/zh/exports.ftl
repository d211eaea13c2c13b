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

## 时间线

export_thread = 线程 { $number }
export_thread_of_loop = 线程 { $number }，{ $loops } 的循环

## 浏览器里的网页

page_level = 级别
page_steps = 步骤
page_changes = 改变了什么
page_causes = 为什么发生
page_nothing = 无
page_root = 由程序自身所为
page_nowhere = 跟踪没有说明此步在源码中的位置。
page_textless = 跟踪中没有这个函数的源码。
page_own = 源码：所在之处
page_caller = 源码：调用的另一侧
page_next = 下一步
page_previous = 上一步
page_first = 第一步
page_last = 最后一步
page_level1 = 你的程序
page_level2 = 导读
page_level3 = 全部
page_empty = 这里没有步骤。
page_failure = 错误
page_finding = 这里发现问题
page_findings = 发现的问题
page_watermark = 越过水位
page_callback = 你的代码运行
page_source = 源码
page_state = 此步之后的状态
page_notes = 注释
page_note = 注释
page_limited = 回答问题之后才显示对此步的解释。
page_page_down = 前进十步
page_page_up = 后退十步
page_next_note = 下一条注释
page_previous_note = 上一条注释
page_no_hit = 此级别中没有
page_help = 按键与记号
page_close = 关闭
page_address = 某一步的地址以其编号结尾：#67。
page_next_slide = 下一张
page_previous_slide = 上一张
page_colon = ：
page_about = { $library }，{ $backend }，{ $all } 步中的 { $shown } 步
