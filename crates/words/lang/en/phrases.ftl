# Turns of phrase that stand inside others.

## times

time_ns = { $n } ns
time_us = { $n } µs
time_ms = { $n } ms
time_s = { $n } s

## signals

signal_name = { $name }
signal_number = signal { $number }

## what an event watches, as in "the loop watches …"

watched_clock = the clock
at_fd = fd { $fd }
its_fd = its fd
watched_connections = { $fd } for connections
watched_reading = { $fd } for reading
watched_writing = { $fd } for writing
watched_deferred = the callbacks that { $bev } put off
watched_sides = { $fd } for { $sides }

## sides

sides_both = reading and writing
sides_reading = reading
sides_writing = writing
sides_closing = the peer's closing
sides_none = nothing
# The same at the beginning of a sentence.
first_sides_both = Reading and writing
first_sides_reading = Reading
first_sides_writing = Writing
first_sides_closing = The peer's closing
first_sides_none = Nothing

## what happened to an event, as in "because …"

happened_readable = fd { $fd } is readable
happened_writable = fd { $fd } is writable
happened_closed = the peer closed the connection of fd { $fd }
happened_signal = { $signal } arrived
happened_timeout = its timeout ran out
happened_asked = it was asked to
happened_and = { $list } and { $next }

## what an event callback is told

told_connected = the connection is made
told_eof = the peer has sent all it will send
told_error = the connection failed
told_timeout = the timeout ran out
told_something = something happened
told_and = { $list }, { $next }
told_reading = { $told } while reading
told_writing = { $told } while writing

## why a side is suspended

reason_watermark = the high mark
reason_bandwidth = its rate limit
reason_bandwidth_group = its group's rate limit
reason_lookup = a name lookup
reason_filter_read = a filter without room
reason_unknown = an unknown reason
reason_and = { $list } and { $next }

## buffers

buffer_input = { $bev }'s input
buffer_output = { $bev }'s output
buffer_ciphertext = { $buf } ({ $bev }'s ciphertext)

## whose callback one is

whose_library = the library's
whose_yours = your
# The same at the beginning of a sentence.
first_whose_library = The library's
first_whose_yours = Your

## who set one of the library's callbacks

above_tls = The TLS connection above, { $bev },
above_filter = The filter above, { $bev },
above_some_tls = The TLS connection above
above_some_filter = The filter above

## explain

explain_took_long = It took { $whole }, { $own } of it in itself, not in the calls inside: its loop did nothing else meanwhile.
explain_sentences = { $before } { $after }
