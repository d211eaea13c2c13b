# Why a trace cannot be read, written or followed.

trace_error = { $file }: { $error }
trace_error_in_line = { $file }:{ $line }: { $error }
trace_empty = empty; a trace begins with a header line like {"{"}"evscope":1,…{"}"}
trace_is_none = not an evscope trace: { $reason }
trace_too_new = format version { $version }, this evscope reads up to version { $known }; use a newer evscope
trace_not_json = not JSON: { $error }
trace_not_an_object = not a JSON object
trace_neither = neither a record (no `ev`) nor a source text (no `source`)
trace_source_wrong = source text: { $error }
trace_out_of_order = `seq` is { $seq }, { $expected } was expected: lines are missing or out of order
trace_line_too_long = the line is longer than { $most }
trace_line_ends = it ends in the middle
trace_at_column = { $error } at column { $column }
trace_nested = it is nested deeper than { $levels } levels
trace_values = it has { $values } values, { $most } is the most
trace_header_cut_off =
    { $bytes ->
        [one] the header is cut off after 1 byte; nothing else was recorded
       *[other] the header is cut off after { $bytes } bytes; nothing else was recorded
    }
trace_first_not_json = the first line is not JSON
trace_first_not_an_object = the first line is not a JSON object
trace_first_lacks_version = the first line has no `evscope`
trace_version_wrong = `evscope` is { $version }, not a version number
trace_header_wrong = header: { $error }
trace_unit = header: times are in `{ $unit }`, not in `{ $expected }`
trace_field_missing = field `{ $field }` is missing
trace_field_wrong = field `{ $field }`: { $error }
trace_not_built_in = built without support for compressed traces

# A trace that goes on with another one.
trace_alone =
    { $records ->
        [one] { $file }: goes on after 1 step of process { $pid } in { $trace }, which is left out: { $why }; put that recording's { $trace } beside it, under that name
       *[other] { $file }: goes on after { $records } steps of process { $pid } in { $trace }, which are left out: { $why }; put that recording's { $trace } beside it, under that name
    }
trace_nowhere = it is not known where this trace lies
trace_no_name = that is not the name of a file beside it
trace_generations = more than { $most } traces go on with one another
trace_not_beside = there is no such file beside it, packed or not
trace_of_another = that is a trace of process { $pid } from { $started }, not of process { $wanted } from { $since }
trace_too_short =
    { $given ->
        [one] { $file }: ends after 1 step, { $wanted } come before those of the trace that goes on with it
       *[other] { $file }: ends after { $given } steps, { $wanted } come before those of the trace that goes on with it
    }

# Following one that grows.
trace_became_shorter = { $file }: became shorter while it was followed (a new recording?); open it again
trace_was_replaced = { $file }: was replaced or removed while it was followed; open it again
trace_is_packed = { $file }: is compressed; only a plain trace can be followed while it grows

# A file that cannot be made.
file_foreign = there is a file of this name that evscope did not write; give another name, or --force to write over it
file_is_folder = this is a folder; give the name of a file
file_is_link = this is a link to a file that is not there; give the name of the file itself
file_no_folder = there is no folder { $folder }; make it, or give another name
