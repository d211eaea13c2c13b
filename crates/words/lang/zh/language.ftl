# 语言自身。

language_name = 中文

language_spacing = cjk
