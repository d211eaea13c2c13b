use evscope_trace::{BevId, BevOptions, EvFlags, EventId, Nanos};

use super::{Chinese, above, bytes, reasons, sides};
use crate::BevKind;
use crate::describe::span;
use crate::explain::cases::Connecting;
use crate::explain::texts::BevTexts;
use crate::explain::{Explanation, Scene, say};
use evscope_trace::is_inner_callback;

impl BevTexts for Chinese {
    fn bufferevent_socket_new(
        &self,
        s: &Scene,
        options: BevOptions,
        ev_read: EventId,
        ev_write: EventId,
    ) -> Explanation {
        let bev = s.bev();
        let e = say(
            match s.fd_if_any() {
                Some(fd) => format!("围绕 fd {fd} 创建 {bev}。"),
                None => format!("创建 {bev}，还没有 fd。"),
            },
            format!(
                "它是两个缓冲区加两个事件：{ev_read} 填充输入，{ev_write} 清空输出。写从一开始就启用，读\
                 没有；此时还没有事件处于 pending。"
            ),
        );
        if options.contains(BevOptions::CLOSE_ON_FREE) {
            e.watch("CLOSE_ON_FREE：释放 bufferevent 时会关闭 fd。")
        } else {
            e.watch("没有 CLOSE_ON_FREE，fd 仍然要由你关闭。")
        }
    }

    fn bufferevent_tls_new(&self, s: &Scene, underlying: Option<BevId>) -> Explanation {
        let bev = s.bev();
        let e = say(
            match (underlying, s.fd_if_any()) {
                (Some(below), _) => format!("创建 {bev}：在 {below} 之上的 TLS。"),
                (None, Some(fd)) => format!("创建 {bev}：在 fd {fd} 上的 TLS。"),
                (None, None) => format!("创建 {bev}：TLS，还没有 fd。"),
            },
            "先要协商密钥：循环运行握手，完成后事件回调得到 CONNECTED。从那以后，写出的数据在发送途中加密，\
             读到的数据已经解密；密文有自己的缓冲区。",
        );
        e.watch("没有 close_notify 就结束的连接是 ERROR，除非允许不干净的关闭。")
    }

    fn bufferevent_pair_new(&self, s: &Scene, partner: BevId) -> Explanation {
        let bev = s.bev();
        say(
            format!("{bev} 和 {partner} 成对创建：一个写的，另一个读。"),
            "它们之间没有 fd，也没有系统调用。只要对方启用了读、高水位允许，数据就从一个的输出移到另一个的\
             输入。",
        )
        .watch("成对 bufferevent 的回调总是推迟到循环里运行。")
    }

    fn bufferevent_filter_new(&self, s: &Scene, underlying: BevId) -> Explanation {
        let bev = s.bev();
        say(
            format!("在 {underlying} 之上创建过滤器 {bev}。"),
            format!(
                "{underlying} 读到的数据经过输入过滤器进入 {bev}；写给 {bev} 的数据经过输出过滤器进入 \
                 {underlying}。"
            ),
        )
        .watch(format!("从现在起请使用 {bev}；过滤器已经接管了 {underlying} 的回调。"))
    }

    fn bufferevent_setcb(
        &self,
        s: &Scene,
        readcb: Option<&str>,
        writecb: Option<&str>,
        eventcb: Option<&str>,
    ) -> Explanation {
        let bev = s.bev();
        let librarys = [readcb, writecb, eventcb]
            .into_iter()
            .flatten()
            .find(|callback| is_inner_callback(callback));
        let mut named = Vec::new();
        if let Some(name) = readcb {
            named.push(format!("读回调 {name}"));
        }
        if let Some(name) = writecb {
            named.push(format!("写回调 {name}"));
        }
        if let Some(name) = eventcb {
            named.push(format!("事件回调 {name}"));
        }
        if let Some(callback) = librarys {
            return say(
                format!("为 {bev} 设置库的回调：{}。", named.join("，")),
                format!(
                    "这是{}设置的：{bev} 上发生的事告诉它，而不是告诉程序。",
                    above(s, callback)
                ),
            );
        }
        let e = say(
            if named.is_empty() {
                format!("{bev} 不再有回调。")
            } else {
                format!("为 {bev} 设置你的回调：{}。", named.join("，"))
            },
            if named.is_empty() {
                "数据仍然在 fd 和缓冲区之间流动，只是不再告诉程序。"
            } else {
                "循环从不直接调用它们。循环调用的是库内部的回调：先搬运数据，再问水位是否该轮到你的。"
            },
        );
        match (readcb, eventcb) {
            (_, None) if !named.is_empty() => {
                e.watch("没有事件回调，就没有人知道 EOF 和错误：连接会泄漏。")
            }
            (Some(_), _) if !s.bev_enabled(EvFlags::READ) => {
                e.watch("读还没有启用：在那之前读回调不可能运行。")
            }
            _ => e,
        }
    }

    fn bufferevent_enable(&self, s: &Scene, events: EvFlags) -> Explanation {
        let bev = s.bev();
        let what = format!("启用 {bev} 的{}。", sides(events));
        match s.suspended(events) {
            Some(why) => say(
                what,
                format!(
                    "它正因{}而暂停，所以事件现在不添加，等暂停结束时再添加。",
                    reasons(why)
                ),
            ),
            None if s.kind() == Some(BevKind::Pair) => say(
                what,
                format!(
                    "成对的 bufferevent 没有套接字可等：一端的输出里等着的数据，只要双方都允许，就立刻移到另一端。\
                     另一端是 {}。",
                    s.other_bev()
                ),
            ),
            None if s.kind() == Some(BevKind::Filter) => say(
                what,
                format!(
                    "过滤器没有自己的套接字：由下面的 {} 替它等。",
                    s.other_bev()
                ),
            ),
            None if s.shakes_hands() => {
                say(what, "设置标志。TLS 握手在先，它需要等什么由它自己去等。")
            }
            None if events.contains(EvFlags::WRITE) && s.output_len() == Some(0) => say(
                what,
                "虽然没有东西可发，ev_write 仍然变为 pending。所以即使在那之前什么都没写，循环也会调用一次 \
                 bufferevent_writecb，它发现输出在低水位，就运行你的写回调。",
            ),
            None => say(
                what,
                "设置标志，并让这一侧的事件带着这一侧的超时变为 pending。",
            ),
        }
    }

    fn bufferevent_disable(&self, s: &Scene, events: EvFlags) -> Explanation {
        let bev = s.bev();
        let what = format!("禁用 {bev} 的{}。", sides(events));
        if events.contains(EvFlags::WRITE) && s.is_connecting() {
            return say(
                what,
                "连接正在建立，所以 ev_write 照样保持 pending：循环必须知道连接的结果。",
            );
        }
        if matches!(s.kind(), Some(BevKind::Pair | BevKind::Filter)) {
            return say(what, "清除标志：再次启用之前，这个方向上没有数据移动。").watch_if(
                events.contains(EvFlags::READ),
                "关掉读，EOF 也就察觉不到了。",
            );
        }
        if events.contains(EvFlags::READ) {
            say(
                what,
                "它的事件被删除。对端发来的数据留在内核里；内核满了，对端就得等。",
            )
            .watch("关掉读，EOF 也就察觉不到了。")
        } else {
            say(
                what,
                "它的事件被删除。你可以继续往输出里写，但什么都不会离开。",
            )
        }
    }

    fn be_socket_enable(&self, _: &Scene, events: EvFlags) -> Explanation {
        say(
            format!("套接字启用{}的办法是添加对应的事件。", sides(events)),
            "每种 bufferevent 有自己的办法：套接字添加事件，成对的搬运等着的数据，过滤器去找下面那个。",
        )
    }

    fn be_socket_disable(&self, s: &Scene, events: EvFlags) -> Explanation {
        let e = say(
            format!("套接字禁用{}的办法是删除对应的事件。", sides(events)),
            "删除的事件没有任何开销：连内核都不用问这个 fd。",
        );
        if events.contains(EvFlags::WRITE) && s.is_connecting() {
            e.watch("连接建立期间，ev_write 留在 pending。")
        } else {
            e
        }
    }

    fn bufferevent_setwatermark(
        &self,
        s: &Scene,
        events: EvFlags,
        low: u64,
        high: u64,
    ) -> Explanation {
        let bev = s.bev();
        let high_text = if high == 0 {
            "无".to_owned()
        } else {
            format!(" {high}")
        };
        let what = format!(
            "设置 {bev} {}的水位：低水位 {low}，高水位{high_text}。",
            sides(events)
        );
        if events.contains(EvFlags::READ) {
            let runs = match low {
                0 | 1 => "不管来多少数据，你的读回调都会运行".to_owned(),
                low => format!("输入里有 {low} 字节或更多时，你的读回调运行"),
            };
            let e = say(
                what,
                match high {
                    0 => format!("{runs}；输入没有上限。"),
                    high => format!("{runs}；达到 {high} 时库停止读，直到你取走一些。"),
                },
            );
            if low > 1 {
                e.watch("如果对端从不发这么多，读回调就永远不会运行。")
            } else if high > 0 {
                e.watch("到了高水位如果没有人取走数据，连接就永远停住。")
            } else {
                e
            }
        } else {
            say(
                what,
                match low {
                    0 => "输出变空时，你的写回调运行。".to_owned(),
                    low => format!("输出降到 {low} 字节或更少时，你的写回调运行。"),
                },
            )
            .watch("套接字并不理会写的高水位，只有过滤器用它。")
        }
    }

    fn bufferevent_set_timeouts(
        &self,
        s: &Scene,
        read: Option<Nanos>,
        write: Option<Nanos>,
    ) -> Explanation {
        let side = |timeout: Option<Nanos>| timeout.map_or_else(|| "无".to_owned(), span);
        say(
            format!(
                "设置 {} 的超时：读 {}，写 {}。",
                s.bev(),
                side(read),
                side(write)
            ),
            "只有当这一侧的事件处于 pending 时才计时：读要启用且没有暂停，写要有数据等着发送。",
        )
        .watch("没有启用的一侧，读超时永远不会触发。")
    }

    fn bufferevent_write(&self, s: &Scene, len: u64) -> Explanation {
        let bev = s.bev();
        let e = say(
            format!("你的程序向 {bev} 写 {}。", bytes(len)),
            match s.kind() {
                Some(BevKind::Pair) => format!(
                    "数据加到输出缓冲区的末尾；只要 {} 在读，就移到它的输入。这个调用从不等待。",
                    s.other_bev()
                ),
                Some(BevKind::Filter) => format!(
                    "数据加到输出缓冲区的末尾，并在有空间时经过过滤器进入 {} 的输出。这个调用从不等待。",
                    s.other_bev()
                ),
                Some(BevKind::Tls) => {
                    "数据只是加到输出缓冲区的末尾。等握手完成、又有空间时，再加密并发送；这个调用从不等待。"
                        .to_owned()
                }
                Some(BevKind::Socket) | None => {
                    "数据只是加到输出缓冲区的末尾。等套接字可写时，循环再发送；这个调用从不等待。"
                        .to_owned()
                }
            },
        );
        if s.bev_enabled(EvFlags::WRITE) {
            e.watch("输出缓冲区自己没有上限：对端读得慢，它就一直变大。")
        } else {
            e.watch("写被禁用：在启用之前，数据留在输出里。")
        }
    }

    fn bufferevent_read(&self, s: &Scene, asked: u64) -> Explanation {
        let bev = s.bev();
        let got = s.input_len().map(|len| len.min(asked));
        say(
            match got {
                Some(got) if got < asked => format!(
                    "你的程序想从 {bev} 的输入取最多 {}，得到 {got}。",
                    bytes(asked)
                ),
                _ => format!("你的程序从 {bev} 的输入取走 {}。", bytes(asked)),
            },
            match s.kind() {
                Some(BevKind::Pair) => format!(
                    "这里没有系统调用：数据早已从 {} 的输出移过来。",
                    s.other_bev()
                ),
                Some(BevKind::Filter) => format!(
                    "这里没有系统调用：数据早已从 {} 的输入经过过滤器进来。",
                    s.other_bev()
                ),
                Some(BevKind::Tls) => "这里没有系统调用：数据早已读进来并解密。".to_owned(),
                Some(BevKind::Socket) | None => {
                    "这里没有系统调用：数据早已由 bufferevent_readcb 读进来。".to_owned()
                }
            },
        )
    }

    fn bufferevent_socket_connect(&self, s: &Scene, addr: Option<&str>) -> Explanation {
        let bev = s.bev();
        say(
            match addr {
                Some(addr) => format!("让 {bev} 连接 {addr}。"),
                None => format!("让 {bev} 建立连接。"),
            },
            "调用并不等待。由内核去做，做完时不论成败，套接字都变为可写。",
        )
        .watch("结果会告诉事件回调：CONNECTED 或 ERROR。")
    }

    fn connect(&self, s: &Scene, progress: Connecting<'_>) -> Explanation {
        let (bev, fd) = (s.bev(), s.fd());
        match progress {
            Connecting::Started => say(
                format!("fd {fd} 的连接正在建立。"),
                format!("{bev} 的 ev_write 变为 pending：可写就表示有了结果。"),
            ),
            Connecting::Connected => say(
                format!("fd {fd} 已连上。"),
                format!("从这里起，{bev} 就是一个普通的连接。"),
            )
            .watch("在发送任何数据之前，先告诉你的事件回调 CONNECTED。"),
            Connecting::Failed(errno) => say(
                match errno {
                    Some(errno) => format!("fd {fd} 连接失败：{errno}。"),
                    None => format!("fd {fd} 连接失败。"),
                },
                "两个事件都被删除，并告诉你的事件回调 ERROR。",
            ),
        }
    }

    fn bufferevent_setfd(&self, s: &Scene) -> Explanation {
        let bev = s.bev();
        say(
            match s.fd_if_any() {
                Some(fd) => format!("{bev} 换成 fd {fd}。"),
                None => format!("{bev} 不再有 fd。"),
            },
            "它的两个事件先删除，再为新的 fd 重新设置；原来启用的会再次启用。",
        )
        .watch("原来的 fd 并不会因此关闭。")
    }

    fn bufferevent_priority_set(&self, s: &Scene, priority: u32) -> Explanation {
        say(
            format!("{} 的两个事件的优先级都设为 {priority}。", s.bev()),
            "编号小的先运行；在两个优先级之间，循环会重新 poll。",
        )
    }

    fn bufferevent_trigger(&self, s: &Scene, events: EvFlags) -> Explanation {
        if events.is_empty() {
            return say(
                format!("你的程序手动触发 {} 的事件回调。", s.bev()),
                "回调自己分不出是谁调用了它。",
            );
        }
        if !s.is_called_by_program() {
            return say(
                format!("读回调让 {} 的输入停在高水位或以上。", s.bev()),
                "那里不会再读，也就不会再有新数据来调用它：库让循环再调用它一次。",
            );
        }
        say(
            format!("你的程序手动触发 {} {}的回调。", s.bev(), sides(events)),
            "它们像数据真的动过一样运行。除非要求忽略，水位仍然起作用。",
        )
    }

    fn bufferevent_flush(&self, s: &Scene, events: EvFlags, mode: &str) -> Explanation {
        let bev = s.bev();
        say(
            format!(
                "要求 {bev} 把手里的数据交出去，{}（{mode}）。",
                sides(events)
            ),
            match mode {
                "finished" => "`finished` 表示之后不会再有数据：过滤器写出自己的结尾。",
                "flush" => "`flush` 表示能交的都交，即使过滤器宁愿再等等。",
                _ => "`normal` 表示只交本来就准备好的。",
            },
        )
        .watch("套接字没有什么可刷新的：循环总是尽快发送。")
    }

    fn bufferevent_free(&self, s: &Scene) -> Explanation {
        let bev = s.bev();
        let e = say(
            format!("你的程序放弃 {bev}。"),
            "它的回调马上清空，不会再有一个运行。等没有人再用它时才拆除：如果在它自己的回调里释放，就是\
             回调返回的时候。",
        );
        match s.output_len() {
            Some(n) if n > 0 => e.watch(format!("输出里还有 {n} 字节，永远不会发送了。")),
            _ => e.watch("从这里起这个句柄已经失效，再用它就是错误。"),
        }
    }

    fn bufferevent_finalize(&self, s: &Scene, closed: bool, unsent: u64) -> Explanation {
        let bev = s.bev();
        let fd = s.fd();
        let e = say(
            if closed {
                format!("拆除 {bev}，并关闭 fd {fd}。")
            } else {
                format!("拆除 {bev}；它的 fd 仍然打开。")
            },
            "最后一个引用消失了：事件被删除，缓冲区被释放。",
        );
        if unsent > 0 {
            e.watch(format!("还有 {} 没有发送，丢失了。", bytes(unsent)))
        } else if !closed && s.fd_if_any().is_some() {
            e.watch("必须有别人来关闭这个 fd。")
        } else {
            e
        }
    }
}
