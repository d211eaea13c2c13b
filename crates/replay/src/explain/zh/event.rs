use evscope_trace::{ActiveWhy, EvFlags, Nanos, Role};

use super::{Chinese, happened, sides, signal, watched};
use crate::describe::span;
use crate::explain::cases::{Adding, Deleting};
use crate::explain::scene::EventOf;
use crate::explain::texts::EventTexts;
use crate::explain::{Explanation, Scene, say};

impl EventTexts for Chinese {
    fn event_assign(&self, s: &Scene, events: EvFlags, callback: &str) -> Explanation {
        let event = s.event();
        let fd = s.fd();
        let bev = s.bev();
        let what = match s.role() {
            Some(Role::Timer) => format!("把 {event} 设置为定时器，到期时调用 {callback}。"),
            Some(Role::Signal) => format!("设置 {event}：收到{} 时调用 {callback}。", signal(&fd)),
            Some(Role::BevDeferred) => format!("设置 {event}，用来投递 {bev} 推迟的回调。"),
            _ if s.fd_if_any().is_none() || events.is_empty() => {
                format!("设置 {event}：调用 {callback}。")
            }
            _ => format!("设置 {event}：在 fd {fd} 上等待 {events}，调用 {callback}。"),
        };
        let why = match s.role() {
            Some(Role::Listener) => {
                "监听器不过是监听套接字上的一个事件：可读就表示有连接等着被 accept。".to_owned()
            }
            Some(Role::BevRead | Role::BevWrite) if EventOf::of(callback) == EventOf::Handshake => {
                format!(
                    "这是 {bev} 的 {}。TLS 握手期间，{callback} 负责推进握手；握手完成之前，没有数据进入输入，也\
                     没有数据离开输出。",
                    own_event(s)
                )
            }
            Some(Role::BevRead | Role::BevWrite) if EventOf::of(callback) == EventOf::Timeout => {
                format!(
                    "这是 {bev} 的 {}。它没有套接字可监视，所以只负责计时（如果设置了超时）：时间一到就运行 \
                     {callback}。",
                    own_event(s)
                )
            }
            Some(Role::BevRead) => format!(
                "这是 {bev} 的 ev_read。循环调用的是库内部的 {callback}，而不是你的读回调：它先把数据读进\
                 输入缓冲区，再由水位决定要不要调用你的。"
            ),
            Some(Role::BevWrite) => format!(
                "这是 {bev} 的 ev_write。循环调用的是库内部的 {callback}，而不是你的写回调：它先把输出\
                 缓冲区的数据发出去，再由低水位决定要不要调用你的。"
            ),
            Some(Role::BevDeferred) => {
                "回调被推迟时，有消息的一方只记下一笔，回调稍后由循环在很浅的调用栈上运行。"
                    .to_owned()
            }
            Some(Role::Signal) => format!(
                "信号处理函数里几乎什么都不能做。所以 libevent 的处理函数只留个记号，{callback} 由循环来\
                 运行，在那里什么都可以做。"
            ),
            Some(Role::Timer) => "它不等任何 fd，只等自己的超时。".to_owned(),
            Some(Role::User) => match s.fd_if_any() {
                Some(fd) => format!("这是程序自己在 fd {fd} 上的事件。"),
                None => "这是程序自己的事件。".to_owned(),
            },
            Some(Role::Internal) if events.is_empty() => {
                "这是库自己的定时器之一，程序看不到它。".to_owned()
            }
            Some(Role::Internal) => "这是循环自己的事件，它不会让循环继续存活。".to_owned(),
            None => "事件把等待的对象和要调用的函数联系在一起。".to_owned(),
        };
        say(what, why).watch("设置好不等于 pending。在 event_add 之前，它不会有任何动静。")
    }

    fn event_add(&self, s: &Scene, timeout: Option<Nanos>, case: Adding) -> Explanation {
        let event = s.event();
        match case {
            Adding::First => {
                let e = say(added(s, timeout), why_added(s));
                match timeout {
                    Some(timeout) if !s.is_timer() => e.watch(format!(
                        "如果 {} 内什么都没有发生，它就会以 TIMEOUT 变为 active。",
                        span(timeout)
                    )),
                    _ if s.is_once() && !s.is_of_library() => {
                        e.watch("它不是持久事件：触发一次之后要重新添加。")
                    }
                    _ => e,
                }
            }
            Adding::Again => match timeout {
                Some(timeout) => say(
                    format!(
                        "{event} 已经处于 pending；超时改为从现在起 {}。",
                        span(timeout)
                    ),
                    "对 pending 的事件再次 event_add 并给出超时，会替换原来的超时。",
                )
                .watch("如果两处代码用不同的超时添加同一个事件，结果会出人意料。"),
                None => say(
                    format!("{event} 已经处于 pending，没有任何变化。"),
                    "重复添加没有害处。调用时不给超时，原来的超时保持不变。",
                ),
            },
            Adding::Rearmed => say(
                match timeout {
                    Some(timeout) => {
                        format!("循环在运行回调之前重新启用 {event}：{}。", span(timeout))
                    }
                    None => format!("循环在运行回调之前重新启用 {event}。"),
                },
                "它是带超时的持久事件。超时触发后，下一次从这一次应到的时刻算起，所以回调再慢，周期也\
                 不会漂移。",
            ),
        }
    }

    fn event_del(&self, s: &Scene, case: Deleting) -> Explanation {
        let event = s.event();
        match case {
            Deleting::ByLoop { persistent: false } => say(
                format!("循环在运行回调之前把 {event} 取下。"),
                "它不是持久事件：一旦触发，就不再处于 pending。",
            )
            .watch_if(
                s.role() != Some(Role::Internal),
                "想再次被调用，回调里必须重新添加它。",
            ),
            Deleting::ByLoop { persistent: true } => say(
                format!("循环把 {event} 取下：它到期了。"),
                "它是持久事件，所以在运行回调之前，循环会重新启用它。",
            ),
            Deleting::Pending { active } => {
                let e = say(
                    if s.lacks_fd() {
                        format!("{event} 不再处于 pending。它本来就没有 fd 可供循环监视。")
                    } else {
                        format!("{event} 不再处于 pending：循环不再监视{}。", watched(s))
                    },
                    why_deleted(s),
                );
                if active {
                    e.watch("它同时还是 active 的，现在也离开那个队列：它的回调不会运行了。")
                } else {
                    e
                }
            }
            Deleting::OnlyActive => say(
                format!("{event} 离开 active 队列；它本来就不在 pending。"),
                "本来要运行的回调不会运行了。",
            ),
            Deleting::Nothing => say(
                format!("删除 {event}，但它既不是 pending 也不是 active。"),
                "这样做是允许的，没有任何效果；库为了保险常常这样做。",
            ),
        }
    }

    fn event_active(&self, s: &Scene, what: EvFlags, why: ActiveWhy) -> Explanation {
        let event = s.event();
        let fd = s.fd();
        let bev = s.bev();
        let queue =
            "active 表示排进了队列，还没有调用：回调在 poll 之后运行，先看优先级，再看先后。";
        match why {
            ActiveWhy::Io => say(
                format!("{event} 变为 active：{}。", happened(what, &fd)),
                match s.role() {
                    Some(Role::Listener) => {
                        "内核队列里有连接在等，listener_read_cb 会去 accept。".to_owned()
                    }
                    Some(Role::BevRead | Role::BevWrite) if s.shakes_hands() => {
                        format!("所以库将继续 {bev} 的 TLS 握手。握手完成之前，还轮不到你的回调。")
                    }
                    Some(Role::BevRead) => match s.read_low() {
                        0 => format!(
                            "所以库内部的 bufferevent_readcb 将为 {bev} 运行；低水位是 0，接着就运行你的读回调。"
                        ),
                        low => format!(
                            "所以库内部的 bufferevent_readcb 将为 {bev} 运行。你的读回调是否运行，取决于低水位 \
                             {low}。"
                        ),
                    },
                    Some(Role::BevWrite) => format!(
                        "所以库内部的 bufferevent_writecb 将为 {bev} 运行。套接字有空间了；你的写回调是否\
                         运行，由低水位 {} 决定。",
                        s.write_low()
                    ),
                    Some(Role::Internal) => {
                        "这是循环自己的管道：有信号或别的线程唤醒了它。".to_owned()
                    }
                    _ => match s.callback_of_event() {
                        Some(callback) => format!("它的回调 {callback} 会在这一轮运行。"),
                        None => "它的回调会在这一轮运行。".to_owned(),
                    },
                },
            )
            .watch(queue),
            ActiveWhy::Timeout => say(
                format!("{event} 变为 active：超时时间已到。"),
                match s.role() {
                    Some(Role::BevRead) => format!(
                        "{bev} 没有按时收到任何数据。{} 会禁用读，并通知你的事件回调。",
                        s.callback_of_event().unwrap_or("bufferevent_readcb")
                    ),
                    Some(Role::BevWrite) => format!(
                        "{bev} 的数据没有按时被收走。{} 会禁用写，并通知你的事件回调。",
                        s.callback_of_event().unwrap_or("bufferevent_writecb")
                    ),
                    _ => "定时器只会准时或晚到，绝不会早到：晚多少取决于循环还有多少别的事要做。".to_owned(),
                },
            ),
            ActiveWhy::Signal => say(
                format!("{event} 变为 active：收到{}。", signal(&fd)),
                "信号处理函数只留下了记号；现在已经在循环里，回调想做什么都可以。",
            ),
            ActiveWhy::Manual if s.role() == Some(Role::Internal) => say(
                format!("{event} 排进队列，它是循环自己的事件。"),
                "它不等任何东西，直接排进 active 队列，等已经 active 的事件运行完就轮到它。",
            ),
            ActiveWhy::Manual => say(
                match what.is_empty() {
                    true => format!("程序自己把 {event} 变为 active。"),
                    false => format!("程序自己把 {event} 变为 active，结果为 {what}。"),
                },
                "event_active 不问内核：回调会像事情真的发生了一样运行。",
            )
            .watch("如果在它自己的回调里这样做，又没有别的可等，循环就会空转。"),
            ActiveWhy::Deferred => say(
                format!("{bev} 有消息要告诉你的回调，先排进队列（{event}）。"),
                "它们是推迟的：等当前正在运行的代码返回之后由循环调用，不会让引起它们的代码措手不及。",
            ),
            ActiveWhy::Finalize => say(
                format!("{event} 排进队列，让循环去拆除一个已释放的对象。"),
                "到那时，可能还在使用这个对象的代码都已经结束。",
            ),
        }
    }

    fn event_callback(&self, s: &Scene, callback: &str, what: EvFlags) -> Explanation {
        let fd = s.fd();
        let by_hand = s.is_made_active();
        let e = say(
            if by_hand {
                format!(
                    "循环调用你的 {callback}：程序自己把 {} 变为 active。",
                    s.event()
                )
            } else {
                format!("循环调用你的 {callback}：{}。", happened(what, &fd))
            },
            match s.role() {
                _ if by_hand => {
                    "它被直接排进 active 队列，不需要真的发生过什么，回调自己也分辨不出。"
                        .to_owned()
                }
                Some(Role::Signal) => {
                    "它和别的回调一样由循环运行，不是在信号处理函数里。".to_owned()
                }
                Some(Role::Timer) if s.is_once() => {
                    "这个定时器不是持久的，已经不再处于 pending。".to_owned()
                }
                _ if what.contains(EvFlags::READ | EvFlags::WRITE) => {
                    "两个方向同时就绪，一次调用一并告知。".to_owned()
                }
                _ if what.contains(EvFlags::READ) => {
                    "内核那里有东西可读：数据、文件结束，或者错误。".to_owned()
                }
                _ => format!("{} 是你的事件：库除了调用你，什么都不替你做。", s.event()),
            },
        );
        if what.contains(EvFlags::READ) && s.is_level_triggered_persist() && !by_hand {
            e.watch("把数据读完：剩下的会让事件在下一轮再次变为 active。")
        } else {
            e.watch("它运行期间，这个循环上的其他一切都得等。")
        }
    }

    fn event_once_cb(&self, s: &Scene) -> Explanation {
        say(
            format!("循环运行 {}，一个只用一次的事件。", s.event()),
            "event_base_once 和 event_base_loopexit 背后都有这样一个事件，回调之后它会释放自己。",
        )
    }

    fn evsig_cb(&self, s: &Scene) -> Explanation {
        say(
            format!("循环清空自己的信号管道（fd {}）。", s.fd()),
            "信号处理函数把信号编号写进了管道。循环在这里读出来，把等这个信号的事件变为 active。",
        )
    }

    fn event_priority_set(&self, s: &Scene, priority: u32) -> Explanation {
        say(
            format!("{} 的优先级设为 {priority}。", s.event()),
            "在所有 active 的事件中，编号最小的先运行；运行完一个优先级，循环先重新 poll，再轮到下一个。",
        )
        .watch("一个总是 active 的紧急事件会饿死其他所有事件。")
    }

    fn event_free(&self, s: &Scene) -> Explanation {
        let event = s.event();
        say(
            if s.event_is_pending() {
                format!("删除并释放 {event}。")
            } else {
                format!("释放 {event}；它不在 pending。")
            },
            match s.role() {
                Some(Role::Signal | Role::Timer) => "它的回调不会再运行。",
                _ => "它的回调不会再运行。它监视的 fd 仍然打开：事件从不拥有 fd。",
            },
        )
    }

    fn backend_add(&self, s: &Scene, old: EvFlags, new: EvFlags) -> Explanation {
        let (backend, fd) = (s.backend(), s.fd());
        say(
            if old.is_empty() {
                format!("告诉 {backend} 监视 fd {fd} 的{}。", sides(new))
            } else {
                format!(
                    "{backend} 原来监视 fd {fd} 的{}，现在监视{}。",
                    sides(old),
                    sides(new)
                )
            },
            "循环自己统计每个 fd 上谁在等什么，只有总和变化时才去找内核。",
        )
    }

    fn backend_del(&self, s: &Scene, old: EvFlags, new: EvFlags) -> Explanation {
        let (backend, fd) = (s.backend(), s.fd());
        say(
            if new.is_empty() {
                format!("告诉 {backend} 不再监视 fd {fd}。")
            } else {
                format!(
                    "{backend} 原来监视 fd {fd} 的{}，现在只监视{}。",
                    sides(old),
                    sides(new)
                )
            },
            "等它的最后一个事件已经走了。不问内核的，内核就不会报告。",
        )
    }
}

/// Which of a bufferevent's events it is.
fn own_event(s: &Scene) -> &'static str {
    match s.role() {
        Some(Role::BevWrite) => "ev_write",
        _ => "ev_read",
    }
}

fn added(s: &Scene, timeout: Option<Nanos>) -> String {
    let event = s.event();
    match timeout {
        Some(timeout) if s.is_timer() => {
            format!("{event} 变为 pending：{} 后触发。", span(timeout))
        }
        Some(timeout) if s.lacks_fd() => format!(
            "{event} 变为 pending。它还没有 fd，所以只有超时在计时：{}。",
            span(timeout)
        ),
        None if s.lacks_fd() => {
            format!("{event} 变为 pending。它还没有 fd，所以循环没有东西可监视。")
        }
        Some(timeout) => format!(
            "{event} 变为 pending：循环监视{}，最多 {}。",
            watched(s),
            span(timeout)
        ),
        None => format!("{event} 变为 pending：循环监视{}。", watched(s)),
    }
}

fn why_added(s: &Scene) -> String {
    let (fd, bev) = (s.fd(), s.bev());
    match s.role() {
        Some(Role::BevRead | Role::BevWrite) if s.lacks_fd() => {
            format!("等 {bev} 有了 fd，它的事件会为这个 fd 重新设置并再次添加。")
        }
        Some(Role::BevRead) if s.is_timer() => {
            format!("这是 {bev} 的读超时：在那之前只要有数据到来，就重新计时。")
        }
        Some(Role::BevWrite) if s.is_timer() => {
            format!("这是 {bev} 的写超时：在那之前只要有数据送走，就重新计时。")
        }
        Some(Role::Listener) => {
            format!("从现在起，到达 fd {fd} 的连接会唤醒循环，由循环去 accept。")
        }
        Some(Role::BevRead) if s.shakes_hands() => {
            format!("对端的下一条消息到达时，{bev} 的 TLS 握手继续。")
        }
        Some(Role::BevWrite) if s.shakes_hands() => {
            format!("套接字有空间时，{bev} 的 TLS 握手继续；空闲的套接字马上就有空间。")
        }
        Some(Role::BevRead) => {
            format!("{bev} 的读打开了：一有数据到达，循环就调用 bufferevent_readcb。")
        }
        Some(Role::BevWrite) if s.is_connecting() => {
            "连接正在建立：成功或失败时，套接字都会变为可写。".to_owned()
        }
        Some(Role::BevWrite) => match s.output_len() {
            Some(0) => format!(
                "{bev} 的输出还是空的。空闲的套接字马上就可写，所以即使在那之前什么都没写，循环下一轮也会\
                 调用 bufferevent_writecb。"
            ),
            Some(n) => format!(
                "{bev} 的输出里有 {n} 字节在等。套接字一有空间，循环就调用 bufferevent_writecb 发送。"
            ),
            None => format!("套接字有空间时，循环就为 {bev} 调用 bufferevent_writecb。"),
        },
        Some(Role::Signal) => format!(
            "从现在起，{} 会被捕获，并变成循环里的一次回调。",
            signal(&fd)
        ),
        Some(Role::Timer) => "循环把它排进定时器队列，睡眠不会超过它的时刻。".to_owned(),
        Some(Role::BevDeferred) => format!("它把 {bev} 的回调带到下一轮。"),
        Some(Role::Internal) if s.is_timer() => "这是库自己的定时器之一，程序看不到它。".to_owned(),
        Some(Role::Internal) => "循环靠它被唤醒，程序看不到它。".to_owned(),
        Some(Role::User) | None => match s.callback_of_event() {
            Some(callback) => format!("事情发生时，循环会调用 {callback}。"),
            None => "事情发生时，循环会调用它的回调。".to_owned(),
        },
    }
}

fn why_deleted(s: &Scene) -> String {
    let bev = s.bev();
    match s.role() {
        Some(Role::BevRead | Role::BevWrite) if s.lacks_fd() => {
            format!("{bev} 有了 fd，它的事件才真正有东西可等。")
        }
        Some(Role::BevRead | Role::BevWrite) if s.is_timer() => {
            format!("{bev} 的这个超时不再计时。")
        }
        Some(Role::BevRead | Role::BevWrite) if s.shakes_hands() => {
            "TLS 握手现在等的是别的，或者已经完成：那样事件会重新设置。".to_owned()
        }
        Some(Role::BevWrite) => match s.output_len() {
            Some(0) => format!(
                "{bev} 的输出已空。没有东西可发的套接字几乎总是可写：如果还留着 pending，事件每一轮都会\
                 白白触发。"
            ),
            Some(n) => format!("{bev} 的输出里还有 {n} 字节，在重新打开写之前没有人会发送它们。"),
            None => format!("{bev} 没有东西可发，或者不允许发。"),
        },
        Some(Role::BevRead) => format!(
            "{bev} 暂时不读。到达的数据留在内核里；内核缓冲区满了，对端就得等。这就是反压。"
        ),
        Some(Role::Listener) => {
            "没有人 accept 了。新连接先在内核队列里等，满了之后会被拒绝。".to_owned()
        }
        Some(Role::Signal) => "这个信号的最后一个事件走了，信号恢复原来的作用。".to_owned(),
        Some(Role::Timer) => "这个定时器不会触发了。".to_owned(),
        Some(Role::BevDeferred) => format!("{bev} 推迟的回调被丢弃。"),
        Some(Role::Internal) if s.is_timer() => "库不再需要它了。".to_owned(),
        Some(Role::Internal) => "循环不再需要它了。".to_owned(),
        Some(Role::User) | None => "它的设置还在：再次 event_add 就又处于 pending。".to_owned(),
    }
}
