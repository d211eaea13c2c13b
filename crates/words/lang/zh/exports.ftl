# 导出。

export_no_format = 没有格式 `{ $wrong }`；格式有 { $formats }
export_formats = { $rest }和{ $last }
export_formats_list = { $list }、{ $next }
export_too_long = { $steps } 步对 { $format } 来说太多，它最多 { $most } 步；请导出跟踪的一部分：evscope export 加 --steps 起-止、更低的 --level 或 --filter
