use evscope_trace::ListenerOptions;

use super::Chinese;
use crate::explain::cases::{Accepting, UNNAMED};
use crate::explain::texts::ListenerTexts;
use crate::explain::{Explanation, Scene, say};

impl ListenerTexts for Chinese {
    fn evconnlistener_new(
        &self,
        s: &Scene,
        addr: Option<&str>,
        callback: Option<&str>,
        options: ListenerOptions,
        backlog: i32,
    ) -> Explanation {
        let listener = s.listener();
        let place = addr.map_or_else(|| format!("fd {}", s.fd()), str::to_owned);
        let queue = match backlog {
            0 => "套接字已经在监听。".to_owned(),
            1.. => format!("在被 accept 之前，内核最多让 {backlog} 个连接排队。"),
            _ => "在被 accept 之前，内核让新连接排队。".to_owned(),
        };
        let what = match callback {
            Some(callback) => {
                format!("创建 {listener}：连到 {place} 的连接会交给你的 {callback}。")
            }
            None => format!("为 {place} 创建 {listener}，还没有回调。"),
        };
        let e = say(
            what,
            format!("{queue}监听器把套接字包装成一个事件，于是 accept 也是回调里的工作。"),
        );
        if callback.is_none() {
            e.watch("没有回调，它的事件就不会被添加：没有人 accept。")
        } else if options.contains(ListenerOptions::DISABLED) {
            e.watch("它一开始是禁用的：之后必须调用 evconnlistener_enable。")
        } else if !options.contains(ListenerOptions::CLOSE_ON_FREE) {
            e.watch("没有 CLOSE_ON_FREE，释放监听器时监听套接字不会关闭。")
        } else {
            e
        }
    }

    fn evconnlistener_enable(&self, s: &Scene) -> Explanation {
        say(
            format!("启用 {}。", s.listener()),
            "它的事件变为 pending。在此期间排在内核队列里的连接会先被 accept。",
        )
    }

    fn evconnlistener_disable(&self, s: &Scene) -> Explanation {
        say(
            format!("禁用 {}：它不再 accept。", s.listener()),
            "它的事件不再处于 pending。套接字仍在监听，所以内核继续让连接排队，直到队列满。",
        )
        .watch("遇到 EMFILE 时这样可以喘口气。但没有谁会自动把它重新启用。")
    }

    fn listener_read_cb(&self, s: &Scene) -> Explanation {
        say(
            format!(
                "循环调用 {} 自己的读回调：fd {} 可读。",
                s.listener(),
                s.fd()
            ),
            "它循环 accept，直到没有为止。一次就绪可能代表很多连接，每一个都交给你的回调。",
        )
        .watch("你的回调甚至可以释放监听器：在这次调用结束之前它都有效。")
    }

    fn accept(&self, s: &Scene, result: Accepting<'_>) -> Explanation {
        match result {
            Accepting::Got { peer } => say(
                match peer {
                    Some(UNNAMED) => {
                        format!("接受了来自未命名地址的连接，套接字是 fd {}。", s.fd())
                    }
                    Some(peer) => format!("接受了来自 {peer} 的连接，套接字是 fd {}。", s.fd()),
                    None => format!("接受了一个连接，套接字是 fd {}。", s.fd()),
                },
                "这是一个新的套接字，已经是非阻塞的。监听套接字继续监听。",
            )
            .watch("从现在起必须有人关闭它：带 CLOSE_ON_FREE 的 bufferevent 会做这件事。"),
            Accepting::NoMore { errno } => say(
                format!("没有更多连接在等（{errno}）。"),
                "accept 的循环总是这样结束，这不是错误。",
            ),
            Accepting::TryAgain { errno } => say(
                format!("accept 被打断（{errno}）。"),
                "来了信号，或者对端在被 accept 之前放弃了。监听器保持启用，循环下次调用时再试。",
            ),
            Accepting::NoFds { errno } => say(
                format!("accept 失败：{errno}，没有空闲的文件描述符。"),
                "连接留在内核队列里，监听套接字一直可读，循环马上又会调用：可能满负荷空转而毫无进展。",
            )
            .watch("在错误回调里禁用监听器，等有连接关闭时再启用。"),
            Accepting::Failed { errno } => say(
                format!("accept 失败：{errno}。"),
                "如果设置了错误回调就通知它，否则记一条警告。",
            ),
        }
    }

    fn listener_cb(&self, s: &Scene, callback: &str) -> Explanation {
        say(
            format!("你的 {callback} 得到新连接 fd {}。", s.fd()),
            "从这里起这个套接字归你。通常现在就为它创建一个 bufferevent。",
        )
        .watch("如果在这里忘了它，fd 就泄漏了：监听器和循环都不会替你记着。")
    }

    fn listener_errorcb(&self, s: &Scene, callback: &str) -> Explanation {
        say(
            format!("告诉你的 {callback}：{} 无法 accept。", s.listener()),
            "遇到 EMFILE 或 ENFILE，合理的做法是把监听器禁用一段时间。",
        )
    }

    fn evconnlistener_free(&self, s: &Scene) -> Explanation {
        let listener = s.listener();
        say(
            format!("释放 {listener}。"),
            if s.listener_closes() {
                format!("它的事件被删除，套接字 fd {} 被关闭。", s.fd())
            } else {
                format!(
                    "它的事件被删除。套接字 fd {} 仍然打开：没有要求 CLOSE_ON_FREE。",
                    s.fd()
                )
            },
        )
        .watch("它接受的连接不受影响，早已与它无关。")
    }
}
