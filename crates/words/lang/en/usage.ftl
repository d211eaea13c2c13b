# What is wrong with the words of a command line.

usage_repeated = the argument '{ $argument }' cannot be used multiple times
usage_conflict = the argument '{ $argument }' cannot be used with { $other }
usage_no_value = a value is required for '{ $argument }' but none was supplied
usage_wrong_value = invalid value '{ $value }' for '{ $argument }'
usage_wrong_value_because = invalid value '{ $value }' for '{ $argument }': { $reason }
usage_possible = { $error } [possible values: { $values }]
usage_not_a_number = it is not a number that fits here
usage_unknown_command = unrecognized subcommand '{ $command }'
usage_missing = the following required arguments were not provided: { $arguments }
usage_unknown_argument = unexpected argument '{ $argument }' found
usage_too_many = unexpected value '{ $value }' for '{ $argument }' found; no more were expected
usage_no_text = an argument is not UTF-8
usage_wrong = wrong arguments
usage_similar = tip: a similar one exists: { $names }
usage_escape = tip: to pass '{ $argument }' as a value, use '-- { $argument }'
usage_whole = { $heading } { $usage }
usage_help = For more information, try '--help'.
