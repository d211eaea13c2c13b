# --help 说的话。英文由命令行写出，这里译成中文。

help_heading_usage = 用法：
help_heading_commands = 命令
help_heading_arguments = 参数
help_heading_options = 选项
help_heading_possible_values = 可取的值：
help_possible_values = [可取的值：{ $values }]
help_default = [默认：{ $value }]
help_of_help = 显示帮助（-h 显示摘要）
help_of_version = 显示版本

## 几个命令共有的

help_buffer = 等待录制器处理的记录占多少空间，单位 MiB
help_children = 程序产生的哪些进程也要录制：一个都不录、它 fork 出来的，或者也包括它启动的程序
help_children_none = 只录程序自己
help_children_fork = 还有它 fork 出来的进程
help_children_exec = 还有这些，以及它启动的程序
help_color = 何时使用颜色
help_color_auto = 在终端上才用，除非设置了 NO_COLOR
help_color_always = 写进管道时也用
help_color_never = 完全不用
help_command = 程序及其参数
help_follow = 继续跟随新加入跟踪的内容
help_force = 不管已有的文件是什么，都覆盖它
help_late = 程序稍后才加载 libevent（作为插件）
help_max_size = 所有跟踪加起来最多多大，单位 MiB；超出的部分只计数
help_payload = 保留经过缓冲区的数据的前 N 个字节；跟踪会给别人看，所以默认不保留
help_source = 源代码的文件夹：其中有的文件代替跟踪里的文本显示

## evscope

help_evscope = 一步一步地看事件驱动的网络程序在做什么
help_evscope_long =
    一步一步地看事件驱动的网络程序在做什么。

    evscope 录制使用 libevent（或它自己的、语义与 libevent 相同的 reactor）的程序内部做的事，并在对应的源代码旁边向前、向后回放。
help_evscope_examples =
    示例：
      evscope                      主页：可以打开的课程、演示和跟踪
      evscope learn writecb        一堂课：谁调用你的 writecb？
      evscope demo hello-world     真实地运行 hello-world 服务器，再一步一步地看
      evscope play hello-world     一步一步地看一个内置的跟踪
      evscope print hello-world    同样的内容，打印成文本
help_evscope_lang = 屏幕和解释的语言：en、zh，或 --lang-dir 中的一种；旁边打印的内容（步骤、状态、统计）用跟踪自己的词汇 [默认：由 LC_ALL、LC_MESSAGES、LANG 决定]
help_evscope_lang_dir = 语言的文件夹，用来增加或替换文字：DIR/xx/*.ftl [默认：$XDG_CONFIG_HOME/evscope/lang]
help_evscope_theme = 屏幕的配色：dark、light 或 colour-blind [默认：适合终端的]
help_evscope_theme_dark = 用于深色背景
help_evscope_theme_light = 用于浅色背景
help_evscope_theme_colour_blind = 色盲也能分清的颜色，用于深色背景
help_evscope_config = 配置文件 [默认：$EVSCOPE_CONFIG，或 $XDG_CONFIG_HOME 中的 evscope/config.toml]

## demo

help_demo = 真实地运行一个演示，录制下来，再一步一步地看它做了什么
help_demo_long =
    真实地运行一个演示，录制下来，再一步一步地看它做了什么

    服务器和客户端通过环回接口上的真实套接字通信。不给名字时列出所有演示。
help_demo_examples =
    示例：
      evscope demo
      evscope demo hello-world
      evscope demo hello-world -o hello.jsonl
      evscope demo hello-world -o - | jq -r .ev
      evscope demo hello-world --wait --port 9995     然后：nc localhost 9995
help_demo_name = 演示的名字
help_demo_output = 只录制到这个文件（`-`：标准输出；`.gz` 和 `.zst` 会压缩）
help_demo_wait = 等你自己的客户端来连接，而不用自带的；按 Ctrl-C 结束录制
help_demo_port = 监听的端口 [默认：任一空闲端口]
help_demo_level = 开始时的详细级别：1 程序，2 导读，3 全部 [默认：2]
help_demo_libevent_source = libevent 源代码的文件夹：它的函数的步骤就显示在那里，跟踪里是 reactor 的函数时也一样

## learn

help_learn = 上一堂课：在跟踪里从一站走到下一站，并预测接下来发生什么；或者把一个程序改好
help_learn_long =
    上一堂课：在跟踪里从一站走到下一站，并预测接下来发生什么；或者把一个程序改好

    不给名字时列出所有课程和练习。课程从上次离开的地方继续。没有屏幕可画的地方（管道、TERM=dumb）则打印出来，并附上答案。练习把一个有毛病的小程序放进文件夹，以后每次调用都评判它：看它的跟踪是否符合规则，看另一方收到了什么。还有不对的地方时状态为 1。
help_learn_examples =
    示例：
      evscope learn
      evscope learn writecb
      evscope learn writecb --lang zh
      evscope learn my-lesson.toml        写法见 docs/zh/lessons.md
      evscope learn writecb | less
      evscope learn hello                 一个练习：程序在 hello/hello.scn
      evscope learn hello --watch         每次保存都评判
      evscope learn hello --hint
help_learn_lesson = 课程：一个名字，或教师写的文件；或者练习的名字
help_learn_folder = 练习的文件夹
help_learn_form = 练习的程序用什么写
help_learn_form_scenario = 场景：什么都不需要
help_learn_form_c = 用 C 写，基于 libevent：需要 cc 和 libevent 的头文件
help_learn_form_rust = 用 Rust 写，基于 evscope 自己的 reactor：需要 cargo
help_learn_watch = 每次保存都评判练习的程序
help_learn_hint = 练习的下一个提示
help_learn_restart = 从第一站开始，不管以前做到哪里
help_learn_libevent_source = libevent 源代码的文件夹：它的函数的步骤就显示在那里，跟踪里是 reactor 的函数时也一样

## run

help_run = 运行一个场景（用文本写的程序），再一步一步地看它做了什么
help_run_long =
    运行一个场景（用文本写的程序），再一步一步地看它做了什么

    场景写明一个程序做什么、它遇到什么；写法见 docs/scenarios.md。它在 evscope 的 reactor 上或真正的 libevent 上运行，用自己的时间：超时是精确的，也不需要等。
help_run_examples =
    示例：
      evscope run echo.scn
      evscope run echo.scn -o ours.jsonl
      evscope run --on libevent echo.scn -o theirs.jsonl
      evscope diff ours.jsonl theirs.jsonl
      evscope run --backend poll echo.scn -o - | jq -r .ev
help_run_file = 场景文件（`-`：标准输入）
help_run_on = 用哪个库运行
help_run_on_reactor = evscope 自己的
help_run_on_libevent = 真正的 libevent：第一次使用时用 `cc` 编译一个小的驱动程序
help_run_backend = 循环用什么方式等待
help_run_output = 只录制到这个文件（`-`：标准输出；`.gz` 和 `.zst` 会压缩）
help_run_level = 开始时的详细级别：1 程序，2 导读，3 全部 [默认：2]

## record

help_record = 运行使用 libevent 或 evscope 的 reactor 的程序，并录制内部发生的事
help_record_long =
    运行使用 libevent 或 evscope 的 reactor 的程序，并录制内部发生的事

    程序不会被改动，行为与不用 evscope 时一样；它的退出状态原样传出。程序必须以共享库方式使用 libevent 2.1（发行版里的程序就是这样），或者是使用 evscope 的 reactor 的 Rust 程序。
help_record_examples =
    示例：
      evscope record -- tmux new -s demo
      evscope record -o mc.jsonl.zst -- memcached -p 11311
      evscope record --children exec -- ./run-server.sh
      evscope record --recover mc.jsonl.part
help_record_level = 录制多少：1 程序，2 导读，3 全部
help_record_libevent_source = libevent 源代码的文件夹：它自己的函数的步骤会指向那里
help_record_output = 跟踪文件 [默认：程序名加 .jsonl]
help_record_recover = 用录制器被杀死后留下的文件生成跟踪

## live

help_live = 录制一个程序，同时观看
help_live_long =
    录制一个程序，同时观看

    程序读不到任何输入，它的输出在结束时显示：终端归 evscope 用。加上 --step，程序在每一步停住，等你让它继续；其间它的时钟不走。没有屏幕可画的地方则打印步骤，读入的行让程序继续。
help_live_examples =
    示例：
      evscope live -- ./hello-world
      evscope live --step -- ./hello-world
      evscope live --step --at 1 -o echo.jsonl -- ./echo 9996
      evscope live --step-at 'ev=writecb && bev=2' -- ./echo 9996
      evscope live --step-at 'bev1.output.len>4KiB' -- ./echo 9996
help_live_level = 录制多少：1 程序，2 导读，3 全部
help_live_libevent_source = libevent 源代码的文件夹：它自己的函数的步骤会指向那里
help_live_step = 让程序在每一步停住
help_live_step_at = 只在与查询匹配的步骤停住，不论级别
help_live_at = 停住和显示的步骤的级别
help_live_real_clock = 程序停住时，它的时钟照常走：其间超时会到期
help_live_output = 跟踪文件 [默认：程序名加 .jsonl]

## play

help_play = 在全屏界面里一步一步地看一个跟踪
help_play_long =
    在全屏界面里一步一步地看一个跟踪

    没有屏幕可画的地方（管道、TERM=dumb）则打印步骤。
help_play_examples =
    示例：
      evscope play hello-world
      evscope play trace.jsonl --at 120 --level 3
      evscope play growing.jsonl --follow
      evscope play memcached.jsonl --source ~/src/memcached
      evscope play libevent/hello-world --libevent-source ~/src/libevent
      zstd -dc trace.jsonl.zst | evscope play -
      evscope play hello-world --lang zh
help_play_file = 跟踪文件（.jsonl，也可以是压缩的 .gz 或 .zst）、`-`（标准输入），或内置跟踪的名字
help_play_at = 从哪一步开始
help_play_level = 开始时的详细级别：1 程序，2 导读，3 全部 [默认：2]
help_play_libevent_source = libevent 源代码的文件夹：它的函数的步骤就显示在那里，跟踪里是 reactor 的函数时也一样

## print

help_print = 把步骤打印成缩进的文本
help_print_long =
    把步骤打印成缩进的文本

    每一行有步骤的编号、以秒计的时间、表示谁在做的字母（K 内核，L 事件循环，B bufferevent 和监听器，P 你的程序）以及发生了什么。
help_print_examples =
    示例：
      evscope print hello-world
      evscope print trace.jsonl --level 3 --from 120 --to 160
      evscope print trace.jsonl --filter 'ev~"event_*" && fd=8'
      zstd -dc trace.jsonl.zst | evscope print - --color always | less -R
help_print_file = 跟踪文件（.jsonl，也可以是压缩的 .gz 或 .zst）、`-`（标准输入），或内置跟踪的名字
help_print_from = 第一个步骤 [默认：跟踪的第一步]
help_print_to = 最后一步；跟踪只读到那里 [默认：跟踪的最后一步]
help_print_level = 详细级别：1 程序，2 导读，3 全部
help_print_filter = 只要与查询匹配的步骤
help_print_exit_code = 没有匹配的步骤时以状态 1 结束，和 grep 一样

## state

help_state = 打印一步之后的状态：bufferevent、缓冲区、事件、监听器、正在运行的调用
help_state_long =
    打印一步之后的状态：bufferevent、缓冲区、事件、监听器、正在运行的调用

    到那时已经释放的不列出。给出 --at 时，跟踪只读到那一步。
help_state_examples =
    示例：
      evscope state hello-world --at 40
      evscope state trace.jsonl --at 40 --json | jq .state.bevs.bev1
      evscope state trace.jsonl --all
help_state_file = 跟踪文件（.jsonl，也可以是压缩的 .gz 或 .zst）、`-`（标准输入），或内置跟踪的名字
help_state_at = 步骤 [默认：最后一步]
help_state_all = 也列出已经释放的对象
help_state_json = 输出 JSON

## export

help_export = 把跟踪写成其他工具能读的格式
help_export_examples =
    示例：
      evscope export hello-world --to json | jq '.records | length'
      evscope export trace.jsonl --to chrome -o trace.json     然后在 ui.perfetto.dev 中打开
      evscope export trace.jsonl --to jsonl -o trace.jsonl.zst
      evscope export trace.jsonl --to jsonl --flat -o trace.flat.jsonl.zst     供数据库使用：docs/queries-over-many.md
      evscope export hello-world --to svg --steps 53-78 -o writecb.svg
      evscope export hello-world --to html -o hello-world.html     然后在浏览器中打开
      evscope export hello-world --to html --slides --lesson writecb -o slides.html
      evscope export hello-world --to cast --steps 17-78 -o hello-world.cast     然后 asciinema play hello-world.cast
      evscope export hello-world --to mermaid --level 1
      evscope export trace.jsonl --to jsonl --filter 'bev=1' -o bev1.jsonl
help_export_file = 跟踪文件（.jsonl，也可以是压缩的 .gz 或 .zst）、`-`（标准输入），或内置跟踪的名字
help_export_to = 格式
help_export_to_json = 一个 JSON 文档：头、源代码、记录
help_export_to_jsonl = 跟踪本身，重新写一遍：JSON Lines，每个已知字段都在它的位置上
help_export_to_chrome = 供 Perfetto（ui.perfetto.dev）和 chrome://tracing 使用的跟踪事件
help_export_to_mermaid = Mermaid 时序图：内核、循环、bufferevent、程序
help_export_to_dot = 供 Graphviz 使用的图：各个回调的运行次数和时间，以及谁引起谁、多少次
help_export_to_svg = 放进网页或幻灯片的时序图片，最多 300 步
help_export_to_html = 在浏览器里逐步查看的网页，最多 5000 步；除它自己之外什么都不需要
help_export_to_csv = 供电子表格和数据框使用的表格，每步一行
help_export_to_cast = 供 asciinema 播放器使用的屏幕录像，在有东西可看的地方停顿
help_export_output = 写入的文件；`.gz` 和 `.zst` 会压缩 [默认：标准输出]
help_export_flat = 用于 --to jsonl：每步一行，每行的列相同，代替跟踪
help_export_slides = 用于 --to html：每站一张幻灯片，可放映也可打印，代替逐步查看的页面
help_export_lesson = 用于 --to html：一门课程的各站和问题，给出课程名或文件
help_export_notes = 用于 --to html：各步的注释，来自回放保存注释的文件（TRACE.marks）
help_export_steps = 只要这些步骤：`53-78`、`53-` 或 `-78`
help_export_level = 只要不高于这个详细级别的步骤：1、2 或 3 [默认：适合该格式的级别]
help_export_filter = 只要与查询匹配的步骤；调用连同它的结束

## diff

help_diff = 比较两个跟踪：相同，还是从哪里开始不同
help_diff_long =
    比较两个跟踪：相同，还是从哪里开始不同

    偶然的东西不比较：时间、进程号、地址和端口、fd、源代码的行号、对象的编号（按出现的次序对应）、线程之间步骤的交错，以及被信号打断的等待。场景（`allow order "why"`）或程序的注释（`evscope: allow pieces "why"`）允许不同的也不比较，并会说明。两个跟踪相同时退出状态为 0，不同时为 1。
help_diff_examples =
    示例：
      evscope diff before.jsonl after.jsonl
      evscope diff ours.jsonl libevent.jsonl --level 3
      evscope diff a.jsonl b.jsonl --filter 'bev=1' --ignore lengths,callback
      evscope diff a.jsonl b.jsonl --json | jq '.differences | length'
help_diff_a = 一个跟踪，写法与其他命令相同：文件、`-`，或内置跟踪的名字
help_diff_b = 与之比较的跟踪
help_diff_level = 详细级别：1 程序，2 导读，3 全部
help_diff_filter = 只要与查询匹配的步骤
help_diff_ignore = 允许不同的字段，名字同 `evscope print` 和查询；`lengths` 指所有字节数，`pieces` 指一个流的字节怎样分段到达，`leaks` 指没有人释放、随 base 一起释放的东西
help_diff_json = 输出 JSON

## stats

help_stats = 汇总一个跟踪：各类步骤的数目、回调及其用时、字节数、等待、错误
help_stats_examples =
    示例：
      evscope stats hello-world
      evscope stats trace.jsonl.zst --json | jq .duration
      evscope stats chat --by connection --sort blocked
help_stats_file = 跟踪文件（.jsonl，也可以是压缩的 .gz 或 .zst）、`-`（标准输入），或内置跟踪的名字
help_stats_by = 不列总数，而是每一项各列一行
help_stats_by_connection = 接受的或建立的一个连接
help_stats_sort = 按一列排序：who、peer、when、lasted、read、written、unsent、callbacks、longest、waiting、suspended、blocked 或 findings
help_stats_json = 输出 JSON

## why

help_why = 打印一个步骤为什么发生，或者某件事为什么没有发生
help_why_long =
    打印一个步骤为什么发生，或者某件事为什么没有发生

    对一个步骤，打印导致它的一连串步骤，最近的在前。加上 --not，则打印从内核到回调之间的每道关卡：第一道关着的就是它没有被调用的原因。
help_why_examples =
    示例：
      evscope why hello-world 60
      evscope why disabled-read --not 'readcb bev=1'
      evscope why trace.jsonl --not accept --at 1201
      evscope why trace.jsonl 1201 --json | jq '.causes[].step'
help_why_file = 跟踪文件（.jsonl，也可以是压缩的 .gz 或 .zst）、`-`（标准输入），或内置跟踪的名字
help_why_step = 步骤
help_why_not = 这件事为什么没有发生：readcb、writecb、eventcb 或 timeout 加 bev=N，accept 加 listener=N，或 event=N
help_why_at = 到哪一步为止它没有发生 [默认：最后一步]
help_why_json = 输出 JSON

## check

help_check = 找出跟踪里的错误：错在哪里、在哪一步、该怎么办
help_check_long =
    找出跟踪里的错误：错在哪里、在哪一步、该怎么办

    每条规则在 docs/rules 中都有一页。没有发现 --deny 所指级别的问题时以状态 0 结束，有则以 1 结束。
help_check_examples =
    示例：
      evscope check trace.jsonl
      evscope check traces/ --deny note
      evscope check trace.jsonl --rule unsent --rule stall-high
      evscope check trace.jsonl --json | jq 'select(.severity=="error")'
      evscope check trace.jsonl --sarif > findings.sarif
      zstd -dc trace.jsonl.zst | evscope check -
      evscope check growing.jsonl --follow
      evscope check class/ --rules exercise.toml --csv
      evscope check class/ --rules exercise.toml --run
      evscope check class/ --exercise hello
help_check_files = 跟踪、跟踪的文件夹、`-`（标准输入），或内置跟踪的名字
help_check_rule = 只用这条规则；可以给多次
help_check_allow = 不用这条规则；可以给多次
help_check_deny = 哪一级会使状态为 1：error、warning 或 note，每一级都包括排在它前面的
help_check_blocked = 一个回调最多可以占住循环多久
help_check_output = 输出里最多可以积压多少字节
help_check_json = 输出 JSON，每行一个发现
help_check_sarif = 输出 SARIF 2.1.0，编辑器和代码托管网站可以把它显示在代码旁
help_check_rules = 用自己的规则代替 evscope 的规则：每个跟踪一行，列出每条规则的结果
help_check_run = 与 --rules 一起：文件夹里的每一项都是一行，其中的程序在限制下运行：场景，先编译的 C 和 Rust，以及编译好的程序
help_check_exercise = 不检查跟踪，而是评判这个练习的提交：文件夹里的每个程序都在限制下运行，每个要点的结果一行
help_check_csv = 把 --rules 或 --exercise 的表格写成逗号分隔的值
help_check_list = 列出所有规则

## judge

help_judge = 评判练习的一个程序，或只运行它
help_judge_exercise = 练习
help_judge_program = 程序的文件
help_judge_form = 它是什么：程序的一种形式，或 `trace`
help_judge_trace = 它的跟踪写到哪里

## site

help_site = 把课程写成一个网站：课程、可以一步一步看的跟踪、导读和规则
help_site_long =
    把课程写成一个网站：课程、可以一步一步看的跟踪、导读和规则

    它不需要服务器，也不需要网络：用浏览器打开它的 index.html，或者把文件夹放到任何网站上。里面的一切都有英文和中文。课程中的回答保存在读者的浏览器里。文件夹里若是以前写的网站，就换成新的；若有别的东西，则不去动它。
help_site_examples =
    示例：
      evscope site -o course                       然后打开 course/zh/index.html
      evscope site -o course my-lesson.toml        带上自己写的一课：docs/zh/lessons.md
      scripts/site course                          在源代码目录里：还能显示读者自己的跟踪
help_site_lessons = 自己写的课程，排在 evscope 的课程之后
help_site_output = 要写的文件夹：新的、空的，或者里面是以前写的网站
help_site_reader = 显示读者自己的跟踪的 WebAssembly 模块，由 scripts/site 编译

## completions

help_completions = 打印 shell 的补全脚本
help_completions_examples =
    示例：
      evscope completions bash > ~/.local/share/bash-completion/completions/evscope
      evscope completions zsh > ~/.zfunc/_evscope
      evscope completions fish > ~/.config/fish/completions/evscope.fish
help_completions_shell = 哪一种 shell

## man

help_man = 打印手册页
help_man_examples =
    示例：
      evscope man | man -l -
      evscope man > ~/.local/share/man/man1/evscope.1
