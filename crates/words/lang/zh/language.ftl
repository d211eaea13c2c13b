# 语言自身。

language_name = 中文

language_spacing = cjk

# 别处来的话，原样照说：系统或库说的。
own_words = { $said }

# What is wrong with files of texts.
words_cannot_be_read = 无法读取：{ $error }
words_no_language = `{ $name }` 不是语言；文件夹用语言代码命名，如 `de` 或 `pt-BR`
words_never_said = 没有叫 `{ $id }` 的文本；这一条永远不会用到
words_strange = `{ $id }` 没有参数 `${ $strange }`；{ $given }
words_takes = 它的参数是 { $given }
words_takes_none = 它没有参数
words_unknown = 没有语言 `{ $code }`；有 { $known }
words_and = { $rest } 和 { $last }
