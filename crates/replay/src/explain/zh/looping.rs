use evscope_trace::{LoopFlags, Nanos};

use super::Chinese;
use crate::describe::span;
use crate::explain::texts::LoopTexts;
use crate::explain::{Explanation, Scene, say};

impl LoopTexts for Chinese {
    fn event_base_new(&self, s: &Scene, backend: &str, priorities: u32) -> Explanation {
        let base = s.base();
        say(
            format!("创建 {base}：一个基于 {backend} 的事件循环，有 {priorities} 个优先级。"),
            format!(
                "event_base 记着循环要知道的一切：哪些事件处于 pending，哪些处于 active，以及向内核询问\
                 用的 {backend} 句柄。"
            ),
        )
        .watch("此时什么都还没有运行。先设置并添加事件，再由 event_base_loop 启动。")
    }

    fn event_base_loop(&self, s: &Scene, flags: LoopFlags) -> Explanation {
        let base = s.base();
        let pending = s.pending_events();
        let how = if flags.is_empty() {
            String::new()
        } else {
            format!("（{flags}）")
        };
        let why = if flags.contains(LoopFlags::NONBLOCK) {
            "它只看一眼，不等待，把就绪的事件运行完就返回。"
        } else if flags.contains(LoopFlags::ONCE) {
            "它等到有事件就绪，运行之后就返回。"
        } else {
            "从这里起线程归循环所有：等待，运行每个变为 active 的事件的回调，然后再等待。"
        };
        let e = say(
            format!("{base} 的循环开始运行{how}，有 {pending} 个事件处于 pending。"),
            why,
        );
        if pending == 0 && !s.has_active() && !flags.contains(LoopFlags::NO_EXIT_ON_EMPTY) {
            e.watch("没有任何事件处于 pending，循环会立刻返回。是不是忘了 event_add？")
        } else if flags == LoopFlags::NO_EXIT_ON_EMPTY {
            e.watch(
                "即使不再有 pending 的事件，它也会继续等待：只有 event_base_loopexit 或 \
                 event_base_loopbreak 能让它结束。",
            )
        } else if flags.contains(LoopFlags::NO_EXIT_ON_EMPTY) {
            e.watch("没有 pending 的事件，并不会让它返回。")
        } else {
            e.watch(
                "当不再有 pending 的事件，或者有人调用 event_base_loopexit 或 event_base_loopbreak 时，\
                 循环结束。",
            )
        }
    }

    fn event_base_loop_ended(&self, s: &Scene, ended: Option<&str>) -> Explanation {
        let base = s.base();
        let why = match ended {
            Some("empty") => "已经没有 pending 或 active 的事件，没有什么可等的了。".to_owned(),
            Some("exit") => {
                "因为调用过 event_base_loopexit。当时已经 active 的回调先运行完了。".to_owned()
            }
            Some("break") => {
                "因为调用过 event_base_loopbreak：正在运行的回调一返回，循环就离开。排在\
                              后面的 active 事件还在等。"
                    .to_owned()
            }
            Some("once") => "它以 ONCE 启动：已经运行过事件，并且不再有 active 的事件。".to_owned(),
            Some("nonblock") => {
                "它以 NONBLOCK 启动：不等待地看了一眼，没有 active 的事件。".to_owned()
            }
            Some("error") => "后端的等待失败了，循环自己无法恢复。".to_owned(),
            Some(other) => format!("跟踪里写的原因是：{other}。"),
            None => "跟踪里没有写明原因。".to_owned(),
        };
        let e = say(
            format!("{base} 的循环结束{}。", s.after_time("，历时 ")),
            why,
        );
        match s.pending_events() {
            0 => e,
            n => e.watch(format!(
                "还有 {n} 个事件处于 pending：再次启动循环时会继续处理它们。"
            )),
        }
    }

    fn poll(&self, s: &Scene, timeout: Option<Nanos>) -> Explanation {
        let backend = s.backend();
        let fds = s.watched_fds();
        match timeout {
            None => say(
                format!("循环在 {backend} 中睡眠，直到 {fds} 个 fd 中有一个就绪，不限时间。"),
                "没有定时器在等，也没有 active 的事件，所以只有内核能唤醒它。",
            )
            .watch("在这里睡眠不消耗任何东西。程序如果卡住，一定是卡在别处。"),
            Some(Nanos(0)) => say(
                format!("循环问 {backend}：{fds} 个 fd 中哪些已就绪？不等待。"),
                "已经有 active 的事件，或者定时器到期，或者循环不允许阻塞：它只是看看还有没有别的就绪，\
                 免得紧急的事件被耽误。",
            ),
            Some(timeout) => say(
                format!(
                    "循环在 {backend} 中最多睡眠 {}，监视 {fds} 个 fd。",
                    span(timeout)
                ),
                match s.next_timer() {
                    Some(event) => {
                        format!("{event} 是最早的定时器：不管 fd 如何，到那时它就到期了。")
                    }
                    None => "最早的定时器到那时到期，不管 fd 如何。".to_owned(),
                },
            ),
        }
    }

    fn poll_ended(&self, s: &Scene, ready: Option<u32>, errno: Option<&str>) -> Explanation {
        let backend = s.backend();
        let after = s.after_time("，等了 ");
        match (ready, errno) {
            (_, Some("EINTR")) => say(
                format!("{backend} 的等待被信号打断{after}。"),
                "这不是错误：循环照常继续，检查定时器和信号，然后再等待。",
            ),
            (_, Some(errno)) => say(
                format!("{backend} 的等待失败：{errno}{after}。"),
                "没有后端，循环就无从得知谁已就绪，只能结束。",
            ),
            (Some(0), None) if s.only_looked() => say(
                "没有 fd 就绪。",
                "循环并没有等待，只是看了一眼。接下来轮到已到期的定时器（如果有）和本来就 active 的事件。",
            ),
            (Some(0), None) => say(
                format!("没有 fd 就绪{after}。"),
                "等待的时间已到。现在，到期的定时器按先后变为 active。",
            ),
            (Some(n), None) => say(
                format!("{backend} 报告有 {n} 个 fd 就绪{after}。"),
                "对每个就绪的 fd，凡是关心它的 pending 事件都会变为 active。此时还没有运行任何回调：\
                 先收集齐，再按优先级运行。",
            ),
            (None, None) => say(
                format!("{backend} 的等待结束{after}。"),
                "已就绪的事件现在变为 active。",
            ),
        }
    }

    fn event_base_loopexit(&self, s: &Scene, timeout: Option<Nanos>) -> Explanation {
        let base = s.base();
        let when = match timeout {
            Some(timeout) if timeout != Nanos(0) => format!("在 {} 后", span(timeout)),
            _ => "在这一轮之后".to_owned(),
        };
        say(
            format!("要求 {base} 的循环{when}结束。"),
            "这个要求本身就是 base 上的一个一次性定时器，和别的事件一样排队：已经 active 的回调仍会运行。",
        )
        .watch("如果要在当前回调之后马上离开，应该用 event_base_loopbreak。")
    }

    fn event_base_loopbreak(&self, s: &Scene) -> Explanation {
        let base = s.base();
        say(
            format!("要求 {base} 的循环在当前回调返回后立即离开。"),
            "它只是设置一个标志，循环在每个回调之后检查它。",
        )
        .watch("排在后面的 active 事件这次不会运行；再次启动循环时会先运行它们。")
    }

    fn event_base_loopcontinue(&self, s: &Scene) -> Explanation {
        let base = s.base();
        say(
            format!("要求 {base} 的循环在当前回调之后重新 poll。"),
            "还没运行的 active 事件保持 active；新一次 poll 发现的优先级更高的事件会排到它们前面。",
        )
    }

    fn event_base_free(&self, s: &Scene) -> Explanation {
        let base = s.base();
        let backend = s.backend();
        let e = say(
            format!("释放 {base}。"),
            format!("它的队列、定时器和 {backend} 句柄都不复存在，不能再在它上面运行循环。"),
        );
        match s.pending_events() {
            0 => e,
            n => e.watch(format!(
                "还有 {n} 个事件处于 pending。base 不再管它们，但创建者仍然要负责释放。"
            )),
        }
    }
}
