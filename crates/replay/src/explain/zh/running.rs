use evscope_trace::{BevEvents, Crossing, EvFlags, Side, SuspendReasons, is_inner_callback};

use super::{Chinese, above, bytes, reasons, sides, told, whose};
use crate::BevKind;
use crate::explain::cases::{ReadCall, WriteCall};
use crate::explain::scene::{EventOf, is_tls};
use crate::explain::texts::RunningTexts;
use crate::explain::{Explanation, Scene, say};

impl RunningTexts for Chinese {
    fn bufferevent_readcb(&self, s: &Scene, case: ReadCall) -> Explanation {
        let (bev, fd) = (s.bev(), s.fd());
        match case {
            ReadCall::TimedOut => say(
                format!("循环调用 {bev} 的内部读回调，因为没有按时收到数据。"),
                "读被禁用，并告诉你的事件回调 READING|TIMEOUT。连接本身仍然打开。",
            ),
            ReadCall::Handshake => say(
                format!("循环调用 {bev} 的内部读回调，因为 fd {fd} 可读。"),
                "TLS 正在握手：回调读取对端的消息并作出回应。握手完成之前，没有数据进入输入。",
            ),
            ReadCall::Full { len, high } => say(
                format!("循环调用 {bev} 的内部读回调：fd {fd} 可读，但输入里已有 {len} 字节。"),
                format!("这已经达到高水位 {high}：没有空间，所以暂停读。"),
            )
            .watch("等你的程序从输入里取走数据，读才会继续。"),
            ReadCall::Suspended(why) => say(
                format!("循环调用 {bev} 的内部读回调，但读处于暂停。"),
                format!("原因是{}；什么都不读。", reasons(why)),
            ),
            ReadCall::Room { room: Some(room) } => say(
                format!("循环调用 {bev} 的内部读回调，因为 fd {fd} 可读。"),
                format!(
                    "它把数据读进输入，最多 {}，也就是高水位之下剩余的空间；然后可能轮到你的读回调。",
                    bytes(room)
                ),
            ),
            ReadCall::Room { room: None } => say(
                format!("循环调用 {bev} 的内部读回调，因为 fd {fd} 可读。"),
                match s.read_low() {
                    0 => "它把数据读进输入。低水位是 0，所以不管来多少，都足够运行你的读回调。"
                        .to_owned(),
                    low => format!(
                        "它把数据读进输入。读完后输入达到低水位 {low} 时，才运行你的读回调。"
                    ),
                },
            ),
        }
    }

    fn bufferevent_writecb(&self, s: &Scene, case: WriteCall) -> Explanation {
        let (bev, fd) = (s.bev(), s.fd());
        match case {
            WriteCall::TimedOut => say(
                match s.fd_if_any() {
                    Some(fd) => {
                        format!("循环调用 {bev} 的内部写回调，因为 fd {fd} 没有按时收走数据。")
                    }
                    None => format!("循环调用 {bev} 的内部写回调，因为数据没有按时被收走。"),
                },
                "写被禁用，并告诉你的事件回调 WRITING|TIMEOUT。输出里的数据还在。",
            ),
            WriteCall::Connecting => say(
                format!("循环调用 {bev} 的内部写回调：fd {fd} 的连接有了消息。"),
                "连接期间可写，表示已经成功或失败；看一眼套接字就知道是哪一种。",
            ),
            WriteCall::Handshake => say(
                format!("循环调用 {bev} 的内部写回调，因为 fd {fd} 可写。"),
                "TLS 正在握手，回调继续推进握手。握手完成之前，没有数据离开输出。",
            ),
            WriteCall::Suspended(why) => say(
                format!("循环调用 {bev} 的内部写回调，但写处于暂停。"),
                format!("原因是{}；什么都不发。", reasons(why)),
            ),
            WriteCall::Empty => say(
                format!("循环调用 {bev} 的内部写回调，因为 fd {fd} 可写。输出是空的。"),
                format!(
                    "没有东西可发，它只是删除 ev_write。但 0 已在低水位 {} 之内，所以你的写回调照样运行。",
                    s.write_low()
                ),
            ),
            WriteCall::Unknown => say(
                format!("循环调用 {bev} 的内部写回调，因为 fd {fd} 可写。"),
                "它把输出里的数据发出去，然后由低水位决定要不要运行你的写回调。",
            ),
            WriteCall::Bytes(n) => say(
                format!("循环调用 {bev} 的内部写回调，因为 fd {fd} 可写。输出里有 {n} 字节在等。"),
                match s.write_low() {
                    0 => "内核收多少就发多少。然后由低水位 0 决定：全部发完才运行你的写回调。"
                        .to_owned(),
                    low => format!(
                        "内核收多少就发多少。然后由低水位决定：剩下不多于 {} 时，运行你的写回调。",
                        bytes(low)
                    ),
                },
            ),
        }
    }

    fn readcb(&self, s: &Scene, callback: &str) -> Explanation {
        let low = s.read_low();
        let whose = whose(callback);
        let what = match s.input_len() {
            Some(len) => {
                format!(
                    "{whose} {callback} 运行：{} 的输入里有 {len} 字节。",
                    s.bev()
                )
            }
            None => format!("{whose} {callback} 运行：{} 有输入。", s.bev()),
        };
        if is_inner_callback(callback) {
            let next = if EventOf::of(callback) == EventOf::Handshake {
                "它继续自己的握手。"
            } else if is_tls(callback) {
                "解密得到的数据进入它自己的输入。"
            } else {
                "通过它的数据进入它自己的输入。"
            };
            return passed_up(s, callback, what, next);
        }
        // What brought the bytes is never what runs the callback.
        let brought = match s.kind() {
            Some(BevKind::Pair) => format!("另一端的 {} 只是把数据交了过来", s.other_bev()),
            Some(BevKind::Filter) => "过滤器只是让数据通过".to_owned(),
            Some(BevKind::Tls) => "TLS 只是解密了数据".to_owned(),
            Some(BevKind::Socket) | None => "套接字只是唤醒了库".to_owned(),
        };
        let e = say(
            what,
            match s.input_len() {
                Some(_) if low == 0 => match s.kind() {
                    Some(BevKind::Socket) | None => {
                        "低水位是 0，所以只要有输入就够了。套接字只是唤醒了库，库读完之后再看水位。"
                            .to_owned()
                    }
                    _ => format!("低水位是 0，所以只要有输入就够了。{brought}，之后库再看水位。"),
                },
                Some(len) if len >= low => {
                    format!("输入达到了低水位 {low}。这是水位的作用：{brought}。")
                }
                _ => "回调是手动触发的，不管低水位怎么说。".to_owned(),
            },
        );
        match s.read_high() {
            0 => e.watch("没取走的数据会留在输入里；等再有数据到来，你会再次被调用。"),
            high => e.watch(format!(
                "要取走一些：到了高水位 {high} 字节，读就停下，直到你取走。"
            )),
        }
    }

    fn writecb(&self, s: &Scene, callback: &str) -> Explanation {
        let low = s.write_low();
        let whose = whose(callback);
        let what = match s.output_len() {
            Some(len) if len <= low => {
                format!("输出降到 {len}，已在低水位 {low} 之内，所以{whose} {callback} 运行。")
            }
            Some(len) => format!("{whose} {callback} 运行，输出里还有 {len} 字节在等。"),
            None => format!("{whose} {callback} 运行：{} 可以再接收数据。", s.bev()),
        };
        if is_inner_callback(callback) {
            let next = match EventOf::of(callback) {
                EventOf::Handshake => "它继续自己的握手。",
                _ => "如果它的输出里有数据在等，现在有空间了。",
            };
            return passed_up(s, callback, what, next);
        }
        let other = s.other_bev();
        let (why, drained) = match s.kind() {
            Some(BevKind::Pair) => (
                format!("这是水位的作用：{other} 取走了数据，库发现输出已经足够低。"),
                format!("输出已空，只表示数据交给了 {other}。那边的程序可能还没有读。"),
            ),
            Some(BevKind::Filter) => (
                "这是水位的作用：过滤器取走了数据，库发现输出已经足够低。".to_owned(),
                format!("输出已空，只表示数据交给了下面的 {other}。对端可能还没有收到。"),
            ),
            Some(BevKind::Tls) => (
                "这是水位的作用：TLS 加密了数据，库发现输出已经足够低。".to_owned(),
                "输出已空，只表示数据已加密并交出去。对端可能还没有收到。".to_owned(),
            ),
            Some(BevKind::Socket) | None => (
                "这是水位的作用，不是套接字的：套接字引起的是 bufferevent_writecb，它发现输出已经足够低。"
                    .to_owned(),
                "输出已空，只表示数据交给了内核。对端可能还没有收到。".to_owned(),
            ),
        };
        say(
            what,
            match s.output_len() {
                Some(len) if len > low => "这高于低水位：回调是手动触发的。".to_owned(),
                _ => why,
            },
        )
        .watch(drained)
    }

    fn eventcb(
        &self,
        s: &Scene,
        callback: &str,
        what: BevEvents,
        errno: Option<&str>,
    ) -> Explanation {
        let bev = s.bev();
        let mut details = Vec::from_iter((!what.is_empty()).then(|| what.to_string()));
        details.extend(errno.map(str::to_owned));
        let details = match details.is_empty() {
            true => String::new(),
            false => format!("（{}）", details.join("，")),
        };
        let whose = whose(callback);
        let happened = format!("为 {bev} 调用{whose} {callback}：{}{details}。", told(what));
        if is_inner_callback(callback) {
            let next = match is_tls(callback) {
                true => "它判断这对自己意味着什么，再告诉你的事件回调。",
                false => "它会告诉你的事件回调。",
            };
            return passed_up(s, callback, happened, next);
        }
        let e = say(
            happened,
            if what.contains(BevEvents::CONNECTED) {
                "从这里起，读和写照常进行。"
            } else if what.contains(BevEvents::EOF) {
                "另一个方向可能还开着：输出里的数据仍然可以发送。"
            } else if what.contains(BevEvents::ERROR) {
                "这个连接上不会再有数据往来。库已经不再监视它，但不会自动释放任何东西。"
            } else if what.contains(BevEvents::TIMEOUT) {
                "超时的那一侧现在被禁用；重新启用它就是再给一次机会。"
            } else {
                "既不是有数据可读，也不是有空间可写的情况，都算事件。"
            },
        );
        if what.intersects(BevEvents::EOF | BevEvents::ERROR) {
            match s.output_len() {
                Some(n) if n > 0 && what.contains(BevEvents::EOF) => {
                    e.watch(format!("输出里还有 {n} 字节：现在释放 {bev}，它们就丢了。"))
                }
                _ => e.watch(format!(
                    "在这里或尽快释放 {bev}；如果没有人释放，连接就泄漏了。"
                )),
            }
        } else {
            e
        }
    }

    fn low_mark(&self, s: &Scene, side: Side, at: u64, from: u64, to: u64) -> Explanation {
        let bev = s.bev();
        match side {
            Side::Output => say(
                if from == to {
                    format!("{bev} 的输出是 {to}，已在低水位 {at} 之内。")
                } else {
                    format!("{bev} 的输出从 {from} 降到 {to}，已在低水位 {at} 之内。")
                },
                "不高于低水位，就轮到你的写回调。低水位的意思是“快空了，再写一些”，赶在断流之前。",
            ),
            Side::Input => say(
                format!("{bev} 的输入从 {from} 变为 {to}，达到低水位 {at}。"),
                "不低于低水位，就足够运行你的读回调了。",
            ),
        }
    }

    fn high_mark(&self, s: &Scene, side: Side, at: u64, to: u64, crossed: Crossing) -> Explanation {
        let bev = s.bev();
        match (side, crossed) {
            (Side::Input, Crossing::Up) => say(
                format!("{bev} 的输入有 {to}，达到高水位 {at}。"),
                "够了：暂停读，免得发得快的对端占满内存。",
            )
            .watch("只有取走数据才能继续。如果没有人取，连接就停住了。"),
            (Side::Input, Crossing::Down) => say(
                format!("{bev} 的输入降到 {to}，低于高水位 {at}。"),
                "有空间了：可以继续读。",
            ),
            (Side::Output, Crossing::Up) => say(
                format!("{bev} 的输出有 {to}，达到高水位 {at}。"),
                "过滤器不再产生数据，直到发走一些。",
            ),
            (Side::Output, Crossing::Down) => say(
                format!("{bev} 的输出降到 {to}，低于高水位 {at}。"),
                "有空间了：过滤器可以继续填充。",
            ),
        }
    }

    fn suspend_read(&self, s: &Scene, reason: SuspendReasons, now: SuspendReasons) -> Explanation {
        suspend(s, "读", "ev_read", reason, now)
    }

    fn unsuspend_read(
        &self,
        s: &Scene,
        reason: SuspendReasons,
        now: SuspendReasons,
    ) -> Explanation {
        unsuspend(s, EvFlags::READ, reason, now)
    }

    fn suspend_write(&self, s: &Scene, reason: SuspendReasons, now: SuspendReasons) -> Explanation {
        suspend(s, "写", "ev_write", reason, now)
    }

    fn unsuspend_write(
        &self,
        s: &Scene,
        reason: SuspendReasons,
        now: SuspendReasons,
    ) -> Explanation {
        unsuspend(s, EvFlags::WRITE, reason, now)
    }

    fn deferred_cb(
        &self,
        s: &Scene,
        readcb: bool,
        writecb: bool,
        events: BevEvents,
    ) -> Explanation {
        let mut waiting = Vec::new();
        if events.contains(BevEvents::CONNECTED) {
            waiting.push("CONNECTED".to_owned());
        }
        if readcb {
            waiting.push("读".to_owned());
        }
        if writecb {
            waiting.push("写".to_owned());
        }
        let others = events - BevEvents::CONNECTED;
        if !others.is_empty() {
            waiting.push(others.to_string());
        }
        say(
            match waiting.is_empty() {
                true => format!("循环已经没有 {} 的回调可投递。", s.bev()),
                false => format!(
                    "循环投递 {} 推迟的回调：{}。",
                    s.bev(),
                    waiting.join("，然后 ")
                ),
            },
            "消息按位收集，按固定的次序投递：CONNECTED、读、写、其余。几次读会合并成一次回调。",
        )
    }

    fn ratelimit(&self, s: &Scene, side: EvFlags, change: i64, left: i64) -> Explanation {
        let bev = s.bev();
        let amount = bytes(change.unsigned_abs());
        let side = sides(side);
        if change < 0 {
            let e = say(
                format!("{side}从 {bev} 的令牌桶取走 {amount}，还剩 {left}。"),
                "限速就是一个令牌桶：一字节一个令牌，每个 tick 补充一次。",
            );
            if left <= 0 {
                e.watch("桶空了：这一侧暂停到下一个 tick。")
            } else {
                e
            }
        } else {
            say(
                format!("{bev} {side}的令牌桶补充了 {amount}，现有 {left}。"),
                "过了一个 tick。如果这一侧因为没有令牌而暂停，现在可以继续了。",
            )
        }
    }
}

/// What is told to what stands above, and what that does next.
fn passed_up(s: &Scene, callback: &str, happened: String, next: &str) -> Explanation {
    let above = above(s, callback);
    say(happened, format!("接下来由{above}处理：{next}"))
}

fn suspend(
    s: &Scene,
    side: &str,
    event: &str,
    reason: SuspendReasons,
    now: SuspendReasons,
) -> Explanation {
    let bev = s.bev();
    say(
        format!("{bev} 的{side}因{}而暂停。", reasons(reason)),
        if now == reason {
            format!("第一个暂停的理由会删除 {event}。这一侧仍然是启用的，只是歇一歇。")
        } else {
            format!(
                "它本来就已暂停；现在的理由是{}。全部消失后才会恢复。",
                reasons(now)
            )
        },
    )
}

fn unsuspend(s: &Scene, side: EvFlags, reason: SuspendReasons, now: SuspendReasons) -> Explanation {
    let bev = s.bev();
    say(
        format!("{bev} 的{}不再受{}限制。", sides(side), reasons(reason)),
        if !now.is_empty() {
            format!("但{}仍然拦着它，所以继续暂停。", reasons(now))
        } else if s.bev_enabled(side) {
            "没有别的理由，这一侧又是启用的：它的事件重新变为 pending。".to_owned()
        } else {
            "没有别的理由，但这一侧没有启用：暂时没有变化。".to_owned()
        },
    )
}
