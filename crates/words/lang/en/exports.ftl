# The exports.

export_no_format = there is no format `{ $wrong }`; the formats are { $formats }
export_formats = { $rest } and { $last }
export_formats_list = { $list }, { $next }
export_too_long = { $steps } steps are too many for { $format }, which takes { $most }; take a part of the trace: evscope export with --steps FROM-TO, a lower --level, or --filter
export_name_is_anothers = there is a file of this name that is no export in this format; give another name
export_name_is_a_folder = this is a folder; give the name of a file
export_name_is_a_link = this link points to a file that is not there; give the name of the file itself
export_no_folder = there is no folder { $folder }; make it first, or give another name
