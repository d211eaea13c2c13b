use evscope_trace::{BufId, BufferEnd, Side};

use super::{Chinese, buffer, buffer_of, bytes, reasons};
use crate::BevKind;
use crate::explain::cases::{OutputHook, ReadResult, WriteResult};
use crate::explain::texts::BufferTexts;
use crate::explain::{Explanation, Scene, say};

impl BufferTexts for Chinese {
    fn evbuffer_new(&self, s: &Scene) -> Explanation {
        say(
            format!("创建 {}，空的。", s.buf()),
            match s.ciphertext() {
                Some(bev) => format!(
                    "它存放 {bev} 收到或待发的密文：TLS 把密文解密后放进输入，或者把输出加密后放到这里。"
                ),
                None if s.is_called_by_program() => {
                    "它只属于程序：没有 bufferevent 往里填或从中取。".to_owned()
                }
                None => "库创建它供自己使用。".to_owned(),
            },
        )
    }

    fn evbuffer_free(&self, s: &Scene) -> Explanation {
        let e = say(format!("释放 {}。", s.buf()), "它的各段内存归还给分配器。");
        match s.buffer_len() {
            Some(n) if n > 0 => e.watch(format!("里面还有 {}，现在没了。", bytes(n))),
            _ => e,
        }
    }

    fn evbuffer_add(&self, s: &Scene, len: u64, before: u64, after: u64) -> Explanation {
        say(
            format!(
                "{} 加到 {} 的末尾：{before} → {after}。",
                bytes(len),
                buffer(s)
            ),
            match s.side() {
                Some((_, Side::Output)) => match s.kind() {
                    Some(BevKind::Pair | BevKind::Filter) => {
                        "接着运行缓冲区的回调，其中一个会把能交出去的交出去。"
                    }
                    _ => "这里并不发送。接着运行缓冲区的回调，其中一个会确保循环在监视可写。",
                }
                .to_owned(),
                Some((_, Side::Input)) => "接着运行它的回调，其中一个检查高水位。".to_owned(),
                None if s.ciphertext().is_some() => match s.shakes_hands() {
                    true => "这是待发送的密文，属于握手：与输出缓冲区无关。",
                    false => "这是待发送的密文：加密后的输出，或者 TLS 自己的消息。",
                }
                .to_owned(),
                None => "数据复制到最后一段；接着运行它的回调（如果有）。".to_owned(),
            },
        )
    }

    fn evbuffer_prepend(&self, s: &Scene, len: u64, before: u64, after: u64) -> Explanation {
        say(
            format!(
                "{} 放到 {} 的最前面：{before} → {after}。",
                bytes(len),
                buffer(s)
            ),
            "第一段前面为此留有空间，已有的数据不必移动。",
        )
    }

    fn evbuffer_remove(&self, s: &Scene, len: u64, before: u64, after: u64) -> Explanation {
        if s.ciphertext().is_some() {
            return say(
                format!(
                    "TLS 从 {} 取出 {}：{before} → {after}。",
                    buffer(s),
                    bytes(len)
                ),
                match s.shakes_hands() {
                    true => "它们属于握手，不会进入输入缓冲区。",
                    false => "解密得到的数据进入输入缓冲区；TLS 自己的消息不会。",
                },
            );
        }
        say(
            format!(
                "从 {} 取出 {} 交给程序：{before} → {after}。",
                buffer(s),
                bytes(len)
            ),
            self.why_shorter(s, after),
        )
    }

    fn evbuffer_drain(&self, s: &Scene, len: u64, before: u64, after: u64) -> Explanation {
        say(
            format!(
                "从 {} 的开头丢掉 {}：{before} → {after}。",
                buffer(s),
                bytes(len)
            ),
            self.why_shorter(s, after),
        )
    }

    fn evbuffer_move(
        &self,
        s: &Scene,
        from: BufId,
        len: u64,
        after: u64,
        left: u64,
    ) -> Explanation {
        let from = buffer_of(s, from);
        let left = match left {
            0 => format!("{from} 现在空了"),
            left => format!("{from} 里还剩 {}", bytes(left)),
        };
        say(
            format!(
                "{} 从 {from} 移到 {}，后者现在有 {after}。",
                bytes(len),
                buffer(s)
            ),
            format!("整段整段地转手，不复制数据。{left}。"),
        )
    }

    fn evbuffer_freeze(&self, s: &Scene, end: BufferEnd) -> Explanation {
        match end {
            BufferEnd::Start => say(
                format!("冻结 {} 的开头。", buffer(s)),
                "谁也不能从那里取数据。对输出来说，就是只有库能按正确的顺序把它发出去。",
            ),
            BufferEnd::End => say(
                format!("冻结 {} 的末尾。", buffer(s)),
                "谁也不能在那里加数据。对输入来说，就是只有库能把读到的数据放进去。",
            ),
        }
        .watch("在冻结的一端操作会失败并返回 -1，而不是推迟执行。")
    }

    fn evbuffer_unfreeze(&self, s: &Scene, end: BufferEnd) -> Explanation {
        let which = match end {
            BufferEnd::Start => "开头",
            BufferEnd::End => "末尾",
        };
        say(
            format!("解冻 {} 的{which}。", buffer(s)),
            match (end, s.side()) {
                (BufferEnd::Start, Some((_, Side::Output))) => {
                    "只为接下来的这次写：库只在自己的系统调用前后打开它。"
                }
                (BufferEnd::End, Some((_, Side::Input))) => {
                    "只为接下来的这次读：库只在自己的系统调用前后打开它。"
                }
                _ => "那里又可以改动了。",
            },
        )
    }

    fn evbuffer_read(&self, s: &Scene, result: ReadResult<'_>, after: u64) -> Explanation {
        let fd = s.fd();
        let buffer = buffer(s);
        match result {
            ReadResult::Bytes(n) => say(
                format!(
                    "从 fd {fd} 读到 {}，放入 {buffer}，现在共有 {after}。",
                    bytes(n)
                ),
                match s.side() {
                    Some(_) => match s.read_low() {
                        0 => "数据已经在内存里。低水位是 0，所以马上运行你的读回调。".to_owned(),
                        low => format!(
                            "数据已经在内存里。输入达到低水位 {low} 时，你的读回调才会运行。"
                        ),
                    },
                    None if s.ciphertext().is_some() => match s.shakes_hands() {
                        true => "这是密文，属于握手，不会进入输入缓冲区。",
                        false => "这是密文。进入输入缓冲区、并计入低水位的，只有解密得到的数据。",
                    }
                    .to_owned(),
                    None => "数据已经在内存里。".to_owned(),
                },
            )
            .watch("对端一次发出的数据可能分几次到达，几次发出的也可能一次到达。"),
            ReadResult::Eof => say(
                format!("fd {fd} 读到文件结束：对端不会再发送了。"),
                match s.ciphertext() {
                    Some(_) => {
                        "读到 0 字节就是这个意思。如果 TLS 之前已用 close_notify 结束，或者不要求它，就告诉你的\
                         事件回调 EOF；否则是 ERROR，因为谁都可能切断连接。"
                    }
                    None => {
                        "读到 0 字节就是这个意思。接下来禁用读，并告诉你的事件回调 EOF；你仍然可以写。"
                    }
                },
            ),
            ReadResult::WouldBlock(errno) => say(
                format!("fd {fd} 其实没有数据可读（{errno}）。"),
                "就绪只是提示。非阻塞读不会等待，只说“现在不行”，事件保持 pending。",
            ),
            ReadResult::Refused(errno) => say(
                format!("读 fd {fd} 得到 {errno}：连接被拒绝。"),
                "先记下来，由写的一侧报告，因为连接的结果在那里见分晓。",
            ),
            ReadResult::Failed(errno) => say(
                format!("读 fd {fd} 失败：{errno}。"),
                "连接已断。读被禁用，并告诉你的事件回调 ERROR。",
            ),
        }
    }

    fn evbuffer_write(&self, s: &Scene, result: WriteResult<'_>, before: u64) -> Explanation {
        let fd = s.fd();
        let buffer = buffer(s);
        match result {
            WriteResult::All(n) => say(
                format!("{buffer} 的全部 {} 都写到了 fd {fd}。", bytes(n)),
                match s.ciphertext() {
                    Some(_) => {
                        "数据到了内核；对端收到没有是另一回事。这是密文：低水位看的是输出缓冲区，不是这里。"
                    }
                    None => {
                        "数据到了内核；对端收到没有是另一回事。输出已空，所以 ev_write 会被删除，也到了低水位。"
                    }
                },
            ),
            WriteResult::Part { sent, left } => say(
                format!("{before} 字节中有 {sent} 写到 fd {fd}，{buffer} 里还剩 {left}。"),
                "这是部分写：内核缓冲区满了，或者这一次的写有上限。ev_write 保持 pending，套接字有空间时\
                 再发剩下的。",
            )
            .watch("如果现在释放 bufferevent，剩下的数据就丢了。"),
            WriteResult::Nothing => say(
                format!("fd {fd} 一个字节也没写出去。"),
                "写返回 0 被当作连接结束：写被禁用，并告诉你的事件回调 EOF。",
            ),
            WriteResult::WouldBlock(errno) => say(
                format!("fd {fd} 现在收不下（{errno}）。"),
                format!("{} 全都留在 {buffer} 里，ev_write 保持 pending：循环会再试。", bytes(before)),
            ),
            WriteResult::Failed(errno) => say(
                format!("写 fd {fd} 失败：{errno}。"),
                format!(
                    "对端已经不在了。写被禁用，并告诉你的事件回调 ERROR；{buffer} 里的 {} 永远到不了。",
                    bytes(before)
                ),
            ),
        }
    }

    fn evbuffer_cb(&self, s: &Scene, callback: &str, added: u64, deleted: u64) -> Explanation {
        let buffer = buffer(s);
        let news = match (added, deleted) {
            (0, 0) => "没有变化".to_owned(),
            (n, 0) => format!("多了 {}", bytes(n)),
            (0, n) => format!("少了 {}", bytes(n)),
            (more, fewer) => format!("多了 {}，少了 {fewer}", bytes(more)),
        };
        say(
            format!("{buffer} 把变化告诉 {callback}：{news}。"),
            match (s.side(), callback) {
                (Some((bev, Side::Output)), "bufferevent_socket_outbuf_cb") => {
                    match OutputHook::of(s, added) {
                        OutputHook::NothingAdded => {
                            "这个钩子只关心增加的字节；有数据离开，对它不算消息。".to_owned()
                        }
                        OutputHook::Adds => format!(
                            "这就是 bufferevent_write 背后的钩子：{bev} 允许写，而 ev_write 不在 pending，\
                             所以现在添加它。"
                        ),
                        OutputHook::Pending => format!(
                            "这就是 bufferevent_write 背后的钩子。{bev} 的 ev_write 已经 pending，所以无事\
                             可做。"
                        ),
                        OutputHook::Disabled => format!(
                            "这就是 bufferevent_write 背后的钩子。{bev} 的写没有启用，所以什么都不添加，暂时也\
                             不会发送。"
                        ),
                        OutputHook::Suspended(why) => format!(
                            "这就是 bufferevent_write 背后的钩子。{bev} 的写因{}而暂停，ev_write 得等着。",
                            reasons(why)
                        ),
                    }
                }
                (Some((bev, Side::Input)), _) => {
                    format!("{bev} 就是这样得知输入越过了高水位，或者又回到它之下。")
                }
                _ => "缓冲区每次变化之后运行它的回调，最后注册的最先运行。".to_owned(),
            },
        )
    }
}

impl Chinese {
    fn why_shorter(&self, s: &Scene, after: u64) -> String {
        match s.side() {
            Some((bev, Side::Input)) => match s.read_high() {
                0 => format!("{bev} 的输入又有了空间。"),
                high if after < high => {
                    format!("{after} 低于 {bev} 的高水位 {high}：可以继续读了。")
                }
                high => format!("{after} 仍然不低于 {bev} 的高水位 {high}：读还是停着。"),
            },
            Some((bev, Side::Output)) => {
                format!("这些字节离开了 {bev}：只有库能从输出里取数据。")
            }
            None => "剩下的数据成为开头，不复制。".to_owned(),
        }
    }
}
