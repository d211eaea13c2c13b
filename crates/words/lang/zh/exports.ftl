# 导出。

export_no_format = 没有格式 `{ $wrong }`；格式有 { $formats }
export_formats = { $rest }和{ $last }
export_formats_list = { $list }、{ $next }
export_too_long = { $steps } 步对 { $format } 来说太多，它最多 { $most } 步；请导出跟踪的一部分：evscope export 加 --steps 起-止、更低的 --level 或 --filter
export_name_is_anothers = 已有同名文件，而它不是这种格式的导出；请换一个名字
export_name_is_a_folder = 这是一个文件夹；请给出文件名
export_name_is_a_link = 这个链接指向的文件不存在；请给出文件本身的名字
export_no_folder = 没有文件夹 { $folder }；请先建立它，或换一个名字
