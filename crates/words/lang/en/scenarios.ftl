# What is wrong with a scenario's text, and why one cannot be run.

# Where it is: a line of its own, as compilers write it; the line of the text stands below.
scenario_wrong = { $file }:{ $line }:{ $column }: { $message }
scenario_meant = did you mean `{ $near }`?
scenario_choice = there is { $names }
scenario_no_choice = there is none

## lexer

scenario_open_text = this text has no end; it ends with `"`
scenario_hexadecimal = after `\x` come two hexadecimal digits
scenario_escape = no such escape; there is \n \r \t \0 \\ \" and \x41

## parse

scenario_most_callbacks = a scenario has at most { $most } callbacks
scenario_most_names = a scenario has at most { $most } names
scenario_two_sorts = `{ $name }` cannot be { $sort }: it is the name of { $known }
scenario_two_sorts_hint = another name for one of the two
scenario_too_late = `{ $name }` comes too late: the base is made already
scenario_too_late_hint = it stands at the beginning of `main`

## parse/sections

scenario_two_mains = there is a `main` already
scenario_no_part = this stands in no part
scenario_no_part_hint = a scenario begins with `main`; then come `callback NAME` and `at TIME`
scenario_no_main = there is no `main`
scenario_no_main_hint = what the program does stands under a line `main`
scenario_missing = { $what } is missing
scenario_the_time = a time like `10ms`
scenario_no_time = this is not a time
scenario_time_hint = a time is a number with `ms` or `s`: `at 10ms`
scenario_nothing_more = nothing more was expected here
scenario_the_callback = the callback's name
scenario_expected_callback = the callback's name was expected
scenario_no_callback_name = `{ $name }` cannot be a callback's name
scenario_name_hint = a name is letters, digits and `_`
scenario_the_call = the number of the call
scenario_expected_call = the number of a call was expected, from 1
scenario_the_told = what it is told, like `EOF`
scenario_expected_told = what it is told was expected, like `EOF`
scenario_no_condition = no such condition: `{ $name }`
scenario_the_order = `order`
scenario_only_order = only the order can be allowed to differ
scenario_the_reason = the reason, in quotes,
scenario_expected_reason = the reason was expected, in quotes
scenario_order_hint = `allow order "why libevent's order is not fixed"`

## parse/statements

scenario_after_equals = a statement is missing after `=`
scenario_expected_statement = a statement was expected
scenario_no_statement = there is no statement `{ $name }`
scenario_all_statements = docs/scenarios.md lists them all
scenario_and = { $a } and { $b }
scenario_makes_nothing = `{ $name }` makes nothing that could have a name
scenario_needs_name = `{ $name }` makes { $made }, which needs a name
scenario_needs_names = `{ $name }` makes { $made }, which need names
scenario_no_name = `{ $name }` cannot be a name
scenario_own_meaning = `{ $name }` has a meaning of its own
scenario_also_needs = `{ $name }` also needs { $what }
scenario_takes_no_more = `{ $name }` takes nothing more
scenario_config_only = `{ $name }` stands at the beginning of `main` only
scenario_main_only = `{ $name }` stands in `main` only: the loop does not run within itself
scenario_program_only = `{ $name }` is something the program does; at a time only others do something
scenario_program_only_hint = a timer of the program's does something at a time: evtimer_new, event_add
scenario_accepted_elsewhere = `accepted` has a meaning only in a listener's callback; `{ $callback }` is another one, too
scenario_self_is = `self` is { $is } in `{ $callback }`, { $wanted } was expected here
scenario_no_self = in `{ $callback }` there is no `self`
scenario_told_nothing = this callback is told nothing that could be asked for

## parse/places

scenario_expected_key = `name=value` was expected
scenario_no_key = `{ $statement }` has no `{ $name }`
scenario_no_value = a value for `{ $name }` was expected: `{ $name }=…`
scenario_key_twice = `{ $name }` is here twice
scenario_expected = { $what } was expected here
scenario_no_text = this is no text: UTF-8 without `\0` was expected here
scenario_no_evbuffer = a bufferevent has no evbuffer `{ $part }`
scenario_evbuffer_hint = `{ $name }.input` or `{ $name }.output`
scenario_no_word = `{ $text }` is no { $name }
scenario_repeats = how often the text is repeated was expected
scenario_wrong_sort = `{ $name }` is { $is }, { $wanted } was expected here
scenario_no_object = there is no { $sort } `{ $name }`
scenario_only_in_callback = `{ $name }` has a meaning only in a callback
scenario_flag_missing = a flag is missing after `|`
scenario_no_flag = `{ $name }` is none of the flags here
scenario_no_callback = there is no callback `{ $name }`

# What stands in a place of a statement.
scenario_place_object = { $sort }'s name
scenario_place_evbuffer = an evbuffer (`NAME`, `NAME.input` or `NAME.output`)
scenario_place_flags = { $name } (names joined by `|`)
scenario_place_number = a number ({ $name })
scenario_place_time = a time ({ $name }) like `10ms`, or `none`
scenario_place_timeout = a time ({ $name }) like `10ms`, a common timeout's name, or `none`
scenario_place_text = a text in quotes
scenario_place_callback = a callback's name, or `none`
scenario_place_word = one of { $words }

## spec

# Sorts of objects, and the same with their article.
scenario_sort_peer = peer
scenario_sort_server = server
scenario_sort_event = event
scenario_sort_bufferevent = bufferevent
scenario_sort_evbuffer = evbuffer
scenario_sort_listener = listener
scenario_sort_common_timeout = common timeout
scenario_sort_group = rate limit group
scenario_sort_evbuffer_callback = evbuffer's callback
scenario_sort_place = place
scenario_a_peer = a peer
scenario_a_server = a server
scenario_an_event = an event
scenario_a_bufferevent = a bufferevent
scenario_an_evbuffer = an evbuffer
scenario_a_listener = a listener
scenario_a_common_timeout = a common timeout
scenario_a_group = a rate limit group
scenario_an_evbuffer_callback = an evbuffer's callback
scenario_a_place = a place

## run

scenario_without_tls = it has TLS bufferevents, and this evscope was built without TLS (its feature tls)
scenario_no_base = the base cannot be made: { $error }
scenario_in_line = line { $line }: { $error }
scenario_no_folder = no temporary folder: { $error }
scenario_not_written = cannot write the trace: { $error }

## driver

driver_no_compiler = there is no C compiler (`cc`), and the driver for libevent is compiled when it is first used; on Debian: apt install gcc libc6-dev libevent-dev
driver_no_headers = libevent's headers are not installed, and the driver is compiled against them; on Debian: apt install libevent-dev
driver_no_tls = OpenSSL's headers are not installed, and the driver for TLS is compiled against them; on Debian: apt install libssl-dev
# What the compiler says stands in the lines below.
driver_not_compiled = the driver for libevent does not compile; `cc` says:
driver_failed = { $what }: { $error }
driver_the_driver = the driver
driver_the_folder = no temporary folder
driver_the_trace = the trace
driver_not_own = somebody else can write into this folder, so what is in it is not run; remove it
# $said: what it said itself, in English.
driver_ended = the driver for libevent ended { $how }: { $said }
driver_with_status = with status { $status }
driver_by_signal = by signal { $signal }
driver_unknown = in a way that nobody told
driver_steps_lost =
    { $lost ->
        [one] with 1 step lost
       *[other] with { $lost } steps lost
    }
