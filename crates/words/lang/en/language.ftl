# About the language itself.

# What it calls itself.
language_name = English

# How spaces are set where texts are put together: `latin`, as they are written; `cjk`, one space between
# Chinese and Latin text, none between Chinese and Chinese.
language_spacing = latin

# What comes from elsewhere, in its own words: what the system or a library says.
own_words = { $said }

# What is wrong with files of texts.
words_cannot_be_read = cannot be read: { $error }
words_no_language = `{ $name }` is no language; a folder is called after one, as `de` or `pt-BR`
words_never_said = no text is called `{ $id }`; this one is never said
words_strange = `{ $id }` is given no `${ $strange }`; { $given }
words_takes = it takes { $given }
words_takes_none = it takes none
words_unknown = no language `{ $code }`; there are { $known }
words_and = { $rest } and { $last }
