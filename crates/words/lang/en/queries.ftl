# What is wrong with a query, and what may have been meant.

## lexer

query_open_quote = this quote is not closed: a { $quote } is missing at the end
query_single = a single `{ $sign }` means nothing
query_twice = `{ $sign }{ $sign }` is "{ $word }"

## parser

query_empty = the query is empty
query_empty_hint = a condition is like `ev=writecb`, or a word to search for
query_closes_nothing = this `)` closes nothing
query_no_field = `{ $sign }` has no field in front of it
query_condition_bev = a condition is like `bev=1`
query_expected_operator = `&&` or `||` was expected here
query_expected_close = a `)` was expected here, for the `(` at column { $column }
query_quotes_before = a text in quotes cannot stand before `{ $sign }`
query_condition_ev = a condition is like `ev=writecb`: the field first
query_expected_condition = a condition was expected here, like `ev=writecb`
query_expected_value = a value was expected behind `{ $sign }`
query_too_deep = nested more than { $deepest } deep

## path

query_whole_object = `{ $text }` is a whole object
query_part_of = name a part of it, like `{ $text }.{ $part }`
query_thread_parts = a thread has `stack` and `depth`
query_no_part_of = { $kind } has no `{ $field }`
query_parts = it has { $known }
query_no_object = `{ $field }` is no object, so nothing of it can follow
query_no_state = `{ $text }` is no part of the state

## compare

query_compare_word = `{ $word }` must be compared with something
query_compare_word_hint = like `{ $word }=1`; to search for the text, put it in quotes
query_unknown_field = there is no field `{ $name }`
query_is_event = `{ $name }` is an event: `ev={ $name }`
query_number_like = `{ $name }` is a number; `{ $sign }` is for text and flags
query_number_like_hint = compare it with `=`, `<` or `>`
query_bool = `{ $name }` is `true` or `false`
query_number_time = `{ $name }` is a number; `{ $text }` is a time
query_number_none = `{ $name }` is a number; `{ $text }` is none
query_time_none = `{ $name }` is a time; `{ $text }` is none
query_time_hint = times are like `5ms`, `2s`, `300us`, or a number of ns
query_id_none = `{ $name }` is the number of an object; `{ $text }` is none
query_text_order = `{ $name }` is text, which `{ $sign }` cannot compare
query_word_order = `{ $name }` is a word, which `{ $sign }` cannot compare
query_no_event = no event is called `{ $text }`
query_never = `{ $name }` is never `{ $text }`
query_pattern = a pattern goes with `~`: `{ $name }~{ $text }`
query_one_of = it is one of { $words }
query_flags_order = flags are compared with `=` or `~`, not `{ $sign }`
query_no_flag = there is no flag `{ $flag }`
query_flags = the flags are { $known }
query_not_together = `{ $name }` and `{ $text }` are of different kinds: they cannot be compared
query_fields_order = `{ $name }` and `{ $text }` cannot be compared by `{ $sign }`

## watch

query_watch_hint = a part is like `bev1.output.len` or `event3.pending`
query_watch_unnamed = `{ $text }` is another one at every step
query_watch_unnamed_hint = name one object by its number, like `bev1.output.len`

## error

query_meant = did you mean `{ $name }`?
query_hint = { $message }; { $hint }
query_at = column { $column }: { $text }

query_and = and
query_or = or
query_kind_base = an event base
query_kind_event = an event
query_kind_bev = a bufferevent
query_kind_buf = a buffer
query_kind_listener = a listener
query_kind_fd = an fd

## what is asked for by its name

question_unknown = `{ $text }`: not understood; ask for readcb, writecb, eventcb or timeout with bev=N, accept with listener=N, or event=N
question_no_object = there is no { $name } at this step; { $known }
question_several = which one? { $known }
question_none = there is no { $kind }
question_there_are = there are { $names }
question_bev = bufferevent
question_listener = listener
question_event = event
object_none = `{ $text }` names no object; an object is base, event, bev, buf, listener or fd and a number, like `bev1`
column_none = `{ $text }` is no column; there are { $columns }
ignore_none = `{ $name }` is no field that is compared
ignore_near = `{ $name }` is no field that is compared; is it `{ $near }`?
