use evscope_trace::{ActiveWhy, Event, Mark, Role, Side};

use super::{Chinese, bytes, happened, sides, whose};
use crate::causes::{CauseKind, Mention};
use crate::describe::span;
use crate::explain::cases::{LONG_CALLBACK, ReadResult, UNNAMED, WriteResult, program_callback};
use crate::explain::chapters::Chapter;
use crate::explain::texts::OtherTexts;
use crate::explain::{Explanation, Scene, say};
use crate::{Change, Value};

impl OtherTexts for Chinese {
    fn no_step(&self, step: usize, len: usize) -> Explanation {
        say(
            format!("没有第 {step} 步。"),
            format!("这个跟踪共有 {len} 步，从 0 数起。"),
        )
    }

    fn error(&self, _: &Scene, call: &str, errno: &str, action: &str) -> Explanation {
        say(
            format!("{call} 失败：{errno}。"),
            match action {
                "" => "跟踪里没有写明库如何处理。".to_owned(),
                action => format!("库的处理：{}。", handled(action)),
            },
        )
    }

    fn lost(&self, _: &Scene, count: u64) -> Explanation {
        say(
            format!("这里丢失了 {count} 条记录：产生得太快，来不及写。"),
            "跟踪如实说明，而不是掩盖。",
        )
        .watch("从这里起，显示的状态可能缺少空缺里发生的事。")
    }

    fn program_exit(&self, _: &Scene, status: Option<i32>, signal: Option<&str>) -> Explanation {
        let what = match (status, signal) {
            (_, Some(signal)) => format!("程序被 {signal} 终止。"),
            (Some(status), None) => format!("程序以状态 {status} 结束。"),
            (None, None) => "程序已经结束。".to_owned(),
        };
        let why = match signal {
            Some(_) => "它来不及收拾：打开的东西由内核关闭。在此之前所做的一切都在这里。",
            None => "这是最后一步。仍然打开的东西由内核关闭。",
        };
        say(what, why)
    }

    fn unknown(&self, s: &Scene, name: &str) -> Explanation {
        let fields: Vec<&str> = s.record.extra.keys().map(String::as_str).collect();
        say(
            format!("{name}：这个版本的 evscope 不认识的事件。"),
            if fields.is_empty() {
                "它原样保留；对状态有什么影响，不得而知。".to_owned()
            } else {
                format!(
                    "它连同字段 {} 原样保留；对状态有什么影响，不得而知。",
                    fields.join("、")
                )
            },
        )
        .watch("更新的 evscope 也许认识它。")
    }

    fn returns(&self, s: &Scene) -> Explanation {
        say(
            format!(
                "{} 返回{}。",
                s.record.event.name(),
                s.after_time("，用时 ")
            ),
            changes(s, "看得见的状态没有任何变化。"),
        )
    }

    fn callback_returns(&self, s: &Scene, callback: &str) -> Explanation {
        let time = s.after_time("，用时 ");
        let whose = whose(callback);
        let e = say(
            match s.parent() {
                Some(parent) => {
                    format!("{whose} {callback} 返回到 {}{time}。", parent.event.name())
                }
                None => format!("{whose} {callback} 返回{time}。"),
            },
            changes(s, "在此期间，库的状态没有变化。"),
        );
        match s.took() {
            Some(took) if took >= LONG_CALLBACK => {
                e.watch("这段时间里，这个循环上的其他一切都无法运行。")
            }
            _ => e,
        }
    }

    fn chapter(&self, chapter: Chapter) -> &'static str {
        match chapter {
            Chapter::Main => "main：event_base、监听器与循环",
            Chapter::EvconnlistenerNew => "evconnlistener_new：监听套接字变成事件",
            Chapter::ListenerReadCb => "listener_read_cb：一直 accept 到没有为止",
            Chapter::ListenerCb => "listener_cb：连接变成 bufferevent",
            Chapter::BuffereventWritecb => "bufferevent_writecb：循环说套接字可写",
            Chapter::ConnWritecb => "conn_writecb：水位说输出已经排空",
        }
    }

    fn cause(&self, m: &Mention<'_>, kind: CauseKind) -> String {
        let event = &m.record.event;
        let name = event.name();
        let fd = m.fd();
        match (kind, event) {
            (CauseKind::Begin, _) => format!("{name} 的调用从这里开始"),
            (CauseKind::Loop, _) => match m.root() {
                Some(root) => format!("循环正在运行，由 {root} 启动"),
                None => "循环正在运行".to_owned(),
            },
            (CauseKind::Callback, event) => {
                let callback = program_callback(event).unwrap_or(name);
                format!("{} {callback} 正在运行", whose(callback))
            }
            (CauseKind::Active, Event::EventActive { what, why }) => {
                let event = m.event();
                match why {
                    ActiveWhy::Manual if m.record.objects.role == Some(Role::Internal) => {
                        format!("库自己把 {event} 变为 active")
                    }
                    ActiveWhy::Manual => format!("程序自己把 {event} 变为 active"),
                    ActiveWhy::Deferred => format!("{event} 变为 active：它带着推迟的回调"),
                    ActiveWhy::Finalize => format!("{event} 变为 active：它要被拆除"),
                    ActiveWhy::Io | ActiveWhy::Timeout | ActiveWhy::Signal => {
                        format!("{event} 变为 active：{}", happened(*what, &fd))
                    }
                }
            }
            (CauseKind::Ready, Event::Poll { ready: Some(n), .. }) => {
                format!("poll 报告有 {n} 个 fd 就绪")
            }
            (CauseKind::Pending, Event::EventAdd { timeout }) => {
                let by = m
                    .caller()
                    .map_or_else(String::new, |by| format!("由 {by} "));
                let timeout = timeout.map_or_else(String::new, |t| format!("，超时 {}", span(t)));
                format!("{by}让 {} 变为 pending{timeout}", m.event())
            }
            (
                CauseKind::Watermark,
                Event::Watermark {
                    side, mark, at, to, ..
                },
            ) => {
                let side = match side {
                    Side::Input => "输入",
                    Side::Output => "输出",
                };
                let mark = match mark {
                    Mark::Low => "低水位",
                    Mark::High => "高水位",
                };
                match m.record.objects.bev {
                    Some(bev) => format!("{bev} 的{side}为 {to}，{mark}是 {at}"),
                    None => format!("{side}为 {to}，{mark}是 {at}"),
                }
            }
            (CauseKind::Transfer, Event::EvbufferRead { result, errno, .. }) => {
                match ReadResult::of(*result, errno.as_deref()) {
                    ReadResult::Bytes(n) => format!("从 fd {fd} 读到 {}", bytes(n)),
                    ReadResult::Eof => format!("fd {fd} 到了文件结束"),
                    ReadResult::WouldBlock(errno)
                    | ReadResult::Refused(errno)
                    | ReadResult::Failed(errno) => format!("读 fd {fd} 得到 {errno}"),
                }
            }
            (
                CauseKind::Transfer,
                Event::EvbufferWrite {
                    result,
                    errno,
                    after,
                    ..
                },
            ) => match WriteResult::of(*result, errno.as_deref(), *after) {
                WriteResult::All(n) => format!("全部 {} 写到了 fd {fd}", bytes(n)),
                WriteResult::Part { sent, left } => {
                    format!("{} 写到了 fd {fd}，还剩 {left}", bytes(sent))
                }
                WriteResult::Nothing => format!("fd {fd} 一个字节也没写出去"),
                WriteResult::WouldBlock(errno) | WriteResult::Failed(errno) => {
                    format!("写 fd {fd} 得到 {errno}")
                }
            },
            (
                CauseKind::Accept,
                Event::Accept {
                    errno: Some(errno), ..
                },
            ) => {
                format!("accept 得到 {errno}")
            }
            (
                CauseKind::Accept,
                Event::Accept {
                    peer: Some(peer), ..
                },
            ) => match &**peer {
                UNNAMED => format!("接受了来自未命名地址的 fd {fd}"),
                peer => format!("接受了来自 {peer} 的 fd {fd}"),
            },
            (CauseKind::Accept, _) => format!("接受了 fd {fd}"),
            (
                CauseKind::Connect,
                Event::Connect {
                    errno: Some(errno), ..
                },
            ) => {
                format!("fd {fd} 连接失败：{errno}")
            }
            (CauseKind::Connect, Event::BuffereventSocketConnect { addr: Some(addr) }) => {
                format!("{} 要连接到 {addr}，须先查询这个名字", m.object())
            }
            (CauseKind::Connect, _) => format!("fd {fd} 的连接有了结果"),
            (CauseKind::Ratelimit, Event::Ratelimit { side, left, .. }) => {
                format!("{}的限速还剩 {left}", sides(*side))
            }
            (CauseKind::Free, _) => format!("{} 被放弃", m.object()),
            (CauseKind::Bytes, Event::BuffereventWrite { len }) => {
                format!("bufferevent_write 放进了 {}", bytes(*len))
            }
            (CauseKind::Bytes, _) => format!("{name} 往 {} 放了数据", m.object()),
            (CauseKind::Marks, Event::BuffereventSetwatermark { low, high, .. }) => {
                format!("设置过水位：低 {low}，高 {high}")
            }
            (CauseKind::Timeouts, _) => format!("设置过 {} 的超时", m.object()),
            (CauseKind::Callbacks, _) => format!("设置过 {} 的回调", m.object()),
            // A kind with a record it does not belong to cannot come up; its name says enough.
            (
                CauseKind::Call
                | CauseKind::Active
                | CauseKind::Ready
                | CauseKind::Pending
                | CauseKind::Watermark
                | CauseKind::Transfer
                | CauseKind::Ratelimit
                | CauseKind::Marks,
                _,
            ) => match (m.root(), m.object()) {
                (Some(root), object) if object.is_empty() => format!("{root} 调用了 {name}"),
                (Some(root), object) => format!("{root} 对 {object} 调用了 {name}"),
                (None, object) if object.is_empty() => format!("正在执行 {name}"),
                (None, object) => format!("正在对 {object} 执行 {name}"),
            },
        }
    }
}

/// What the library did about an error. A trace says it in English; what this version does not know stays
/// as it is.
fn handled(action: &str) -> &str {
    match action {
        "goes on" => "继续运行",
        "goes on; the listener's error callback is told, if it has one" => {
            "继续运行；如果设置了监听器的错误回调，就通知它"
        }
        "leaves the loop" => "离开循环",
        "tells the event callback" => "通知事件回调",
        "the event is not pending" => "事件没有变为 pending",
        "there is no listener" => "监听器没有创建",
        action => action,
    }
}

/// What the call that ends here has changed.
fn changes(s: &Scene, nothing: &str) -> String {
    let (shown, more) = s.changes_of_call();
    if shown.is_empty() {
        return nothing.to_owned();
    }
    let value = |value: &Value| match value {
        Value::Bool(true) => "是".to_owned(),
        Value::Bool(false) => "否".to_owned(),
        value => value.to_string(),
    };
    let list: Vec<String> = shown
        .iter()
        .map(|Change { path, from, to }| match to {
            Value::Object(object) if object.to_string() == *path => format!("新建 {path}"),
            _ => format!("{path} {} → {}", value(from), value(to)),
        })
        .collect();
    let more = if more > 0 {
        format!("；另有 {more} 处")
    } else {
        String::new()
    };
    format!("在此期间：{}{more}。", list.join("；"))
}
