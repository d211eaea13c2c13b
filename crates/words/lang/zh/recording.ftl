# Recording a program: why it cannot be, and what is said at the end.

record_refused_not_found = { $program }：没有这个程序；请给出它的路径，或 PATH 里能找到的名字
record_refused_not_runnable = { $path }：不能作为程序运行：{ $reason }
record_reason_folder = 它是文件夹
record_reason_not_executable = 没有执行权限
record_refused_not_built_in = 录制需要 x86-64 上的 Linux，而这个 evscope 是为别的平台构建的；请在那里录制，在这里回放跟踪
record_refused_architecture = { $path }：是为另一种处理器或字长编译的（{ $architecture }）；录制库用于 x86-64，请为它编译程序
record_refused_privileged = { $path }：带 set-user-ID、set-group-ID 或自己的 capabilities，系统不允许往里面放库；请复制一份不带这些权限的程序，并以它原本的用户身份运行
record_refused_static = { $path }：是静态链接的，它和 libevent 之间没有可以监听的地方；请链接共享的 libevent（例如用 -levent，不用 -static）
record_refused_libevent_inside = { $path }：把 libevent 编译在里面，没有使用共享库；请链接系统的共享 libevent
record_refused_no_libevent = { $path }：不使用 libevent。如果它会启动一个使用 libevent 的程序，请加 --children exec；如果它之后以插件方式加载 libevent，请加 --late
record_refused_version = { $library }：录制器只认识 libevent 2.1（libevent-2.1.so.7）；请使用这个版本
record_refused_not_interposable = { $library }：它直接调用自己的函数（链接时用了 -Bsymbolic 或链接时优化），大部分过程都看不到；请用 LD_LIBRARY_PATH 指定没有这样做的构建，例如 Debian 的
record_refused_sanitized = { $path }：是用 AddressSanitizer 编译的，它不允许别的库排在自己前面；请在环境中设置 ASAN_OPTIONS=verify_asan_link_order=0 后运行 evscope，或录制不带 -fsanitize=address 的构建
record_refused_linking = { $path }：无法启动：{ $reason }
record_missing_library = 缺少库：{ $said }

record_no_command = 没有要录制的程序；请在 `--` 之后给出
record_output = { $path }：{ $error }
record_prepare = 无法准备录制：{ $what }：{ $error }
record_the_ring = 共享内存
record_the_library = 录制库
record_no_room = { $folders } 中没有一个放得下等待录制器处理的 { $mib } MiB 记录：{ $error }；请腾出空间，或用 --buffer MIB 减少需要的空间
record_no_folder = 没有可以放它的文件夹
record_start = 无法启动 { $program }：{ $error }
record_unfinished = { $path }：这个文件里有一次没有完成的录制；用 `evscope record --recover { $path }` 生成它的跟踪，或用 `rm -r { $all }` 丢弃它，或用 -o 给新的录制换一个名字
record_in_use = { $path }：另一个 evscope 正在录制到这个文件；请用 -o 换一个名字
record_foreign = { $path }：这个文件不属于任何录制，录制会覆盖它；请用 -o 换一个名字
record_recover = { $path }：无法从中恢复录制：{ $error }
record_recover_in_use = 另一个 evscope 正在往里面录制；请等它结束，或用 -o 换一个名字
record_not_a_spool = 这不是 evscope 录制时留下的文件
record_head_not_whole = 它的开头不完整
record_not_a_ring = 这不是 evscope 的共享内存

record_stopped = { $part }：{ $error }；此后发生的事没有录到
record_full_size =
    录制达到 { $mib } MiB，即 --max-size 允许的上限；保留的是开头，之后的 { $beyond } 条记录只计数，没有保留{ $without ->
        [0] { "" }
       *[other] ，其中 { $without } 个进程做的事都在这之后，没有跟踪
    }
record_full_disk = 磁盘快满了，所以录制已结束，程序继续运行；到那时录到的内容在 { $part } 中：请腾出空间，再运行 `evscope record --recover { $part }`
record_not_written = 无法写入跟踪：{ $error }；全部内容在 { $part } 中；请腾出空间，再运行 `evscope record --recover { $part }`
record_not_written_whole = 无法写入跟踪：{ $error }；已录到的内容在 { $part } 中；请腾出空间，再运行 `evscope record --recover { $part }`
record_translation_failed = 生成跟踪的线程出错了

record_no_base = 程序没有创建 event base，所以没有可以回放的内容
record_ended_early = 程序还没用到 libevent 就被 { $signal } 结束了，所以没有可以回放的内容
record_went_past = 程序加载了 libevent，但它的调用绕过了录制器：用 RTLD_DEEPBIND 加载，或用 dlsym 向某个句柄要函数，得到的是 libevent 自己的函数，而不是排在它前面的；请不要这样加载
record_nobody = 没有进程使用 libevent，所以没有可以回放的内容。如果程序会启动另一个使用 libevent 的程序，请加 --children exec；由静态链接的程序启动的，或更换了根目录或命名空间的，无法跟随
record_not_used = libevent 被加载了，但没有使用，所以没有可以回放的内容
record_lost = 程序比录制器快，丢失了 { $lost } 条记录；请用 --level 2 少录一些，或用 --buffer 加大空间
record_abandoned = 有 { $records } 条记录没有写完，因为有线程在写的中途被杀死或停住
record_other_libevent = 程序运行在 libevent { $version } 上，而录制器只认识 2.1；什么都没有录到
record_other_reactor = 程序所用的 evscope reactor 与这个 evscope 版本不同；请用同一版本编译，或让它自己录制：在它的环境中设置 EVSCOPE_TRACE=FILE
