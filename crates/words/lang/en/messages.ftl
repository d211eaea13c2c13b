# Messages of the command line.

# Where another language was asked for.
message_own_words = steps, states and statistics are in the trace's own words in every language: queries search for these
