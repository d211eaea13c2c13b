# --help 说的话。

help_heading_usage = 用法：
help_heading_commands = 命令
help_heading_arguments = 参数
help_heading_options = 选项
help_of_help = 显示帮助（-h 显示摘要）
help_of_version = 显示版本
