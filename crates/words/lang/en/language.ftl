# About the language itself.

# What it calls itself.
language_name = English

# How spaces are set where texts are put together: `latin`, as they are written; `cjk`, one space between
# Chinese and Latin text, none between Chinese and Chinese.
language_spacing = latin
