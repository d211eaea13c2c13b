# The exports.

export_no_format = there is no format `{ $wrong }`; the formats are { $formats }
export_formats = { $rest } and { $last }
export_formats_list = { $list }, { $next }
export_too_long = { $steps } steps are too many for { $format }, which takes { $most }; take a part of the trace: evscope export with --steps FROM-TO, a lower --level, or --filter
