//! What the demos are, in Chinese: the home screen speaks the user's language.

use evscope_examples::demo::Demo;
use evscope_replay::Lang;

/// A demo's title and why it is worth seeing.
pub(crate) fn of(demo: &Demo, lang: Lang) -> (&'static str, &'static str) {
    let chinese = CHINESE.iter().find(|(name, ..)| *name == demo.name);
    match (lang, chinese) {
        (Lang::Zh, Some((_, title, about))) => (title, about),
        (Lang::En, _) | (Lang::Zh, None) => (demo.title, demo.about),
    }
}

#[rustfmt::skip]
const CHINESE: &[(&str, &str, &str)] = &[
    ("hello-world", "打个招呼就挂断的服务器", "导读：一个连接从 accept 到释放。看在空的输出上启用写，怎样已经让循环去等可写；bufferevent_write 怎样只是往缓冲区里放；写回调又怎样是低水位调用的，而不是套接字。"),
    ("echo", "收到什么就送回什么的服务器", "读与写交替：输入的字节不经复制就移到输出，由此添加写事件；文件结束是一个事件，不是字节。"),
    ("partial-write", "一篇长文，读者很慢，套接字缓冲区很小", "一次写只写套接字装得下的。看输出一步步减少，写事件一直 pending，写回调直到输出空了才运行：程序从不计数发了多少。"),
    ("would-block", "看的时候已不再就绪的套接字", "就绪只是提示，不是承诺。两个内部回调都运行并得到 EAGAIN，因为同一轮里另一个回调更快；程序的回调都不知道，事件仍然 pending。所以循环里的 fd 都必须是非阻塞的。"),
    ("read-watermarks", "四字节一条消息，内存里不超过十六字节", "读的两个水位。低于低水位不调用读回调；到高水位就暂停读，取走字节时就在其中恢复。读回调让输入保持满的，会再被调用，尽管没有新数据。"),
    ("write-low-watermark", "一篇长文，不等输出干涸就补充", "输出降到低水位时调用写回调，所以生产者用很少的内存就能让套接字一直有事做。与水位为 0 的 hello-world 比较。"),
    ("high-watermark-stall", "经典错误：高水位低于所等的数据", "输入停在高水位，读回调等着更高的低水位，从此再无动静。读超时也帮不上忙：暂停的一侧没有超时。问问为什么，看看本该来什么。"),
    ("disabled-read", "经典错误：从不回答的服务器", "新的 bufferevent 能写，不能读。这个跟踪的特别之处在于没有什么：listener_cb 之后什么都没发生，请求和离开都没人发现，连接一直泄漏到释放 base。"),
    ("connect-ok", "连接并打招呼的客户端", "连接是写事件的事：完成时套接字变为可写。之前写的内容在输出里等着，就在告知 CONNECTED 的那个回调里发出。"),
    ("connect-quiet", "只听不说的客户端", "正在连接时禁用写，并不删除写事件，因为只有它知道连接的结果。告知 CONNECTED 之后它才消失。"),
    ("connect-refused", "没有人在听的客户端", "套接字同时变为可读和可写。读回调发现 ECONNREFUSED 却不说；写回调告知 ERROR。满怀希望写下的问候丢失了。"),
    ("connect-at-once", "调用返回之前就有结果的连接", "在 Unix 套接字上，连接立刻成功或被拒绝。回调仍由循环推迟运行，所以程序不会在自己的调用里被回调。"),
    ("connect-hostname", "按名字连接的客户端", "名字在另一个线程里解析。期间两侧都以 LOOKUP 为由暂停，线程通过自己的事件唤醒循环。"),
    ("eof", "话已说完、仍在听的客户端", "文件结束只是一个方向的结束。读被禁用，告知事件回调；之前来的仍在输入里，回答仍能发出。"),
    ("reset", "把连接扔掉的客户端", "重置是错误：读的一方得到 READING|ERROR，写的一方得到 WRITING|ERROR，没发出的字节丢失。看每一侧怎样先禁用自己，再告诉程序。"),
    ("timeouts", "既不说也不听的客户端", "超时附在事件上。每次读都重新开始读超时；写超时只在有东西要写时才走。超时到了，那一侧被禁用，另一侧继续。"),
    ("free-in-callback", "在一个的回调里释放两个 bufferevent", "两个在同一轮里 active，运行的那个把两个都释放了。另一个的回调不会运行，拆除要等正在运行的回调返回，保留下来的句柄是一个错误，绝不会崩溃。"),
    ("deferred-callbacks", "由循环按固定次序运行的回调", "循环还不知道连接已建立，回答就到了。内部回调按读、写的次序运行；程序听到的是已连接、读、写。没有 DEFER_CALLBACKS，就会在连接之前读。"),
    ("rate-limit", "每个周期十六字节的回显", "令牌桶：每次读写都从中取，取到 0 就以 BANDWIDTH 为由暂停，定时器再补满。程序的回调对此一无所知。"),
    ("rate-limit-group", "两个读者共用每个周期十六字节", "一个桶，大家用。每个成员取剩余部分里自己的一份；取完了，全都以 BANDWIDTH_GROUP 为由暂停，一个定时器让大家继续，每次轮到不同的成员在先。看一个周期里份额怎样越来越小。"),
    ("pair", "互为另一端的两个 bufferevent", "没有套接字，没有系统调用：双方都愿意时，字节从一个的输出移到另一个的输入，不超过高水位。回调总是推迟；走完一轮看看为什么。"),
    ("filter", "自己不知道在说 ROT13 的服务器", "bufferevent 之上的 bufferevent。不完整的行留在下面；过滤器的输入到了水位，行就在下面等，取走一行就把下一行拉上来，而且就在读回调里。用 FINISHED 冲刷，过滤器可以加上结束标记。"),
    ("tls", "说 TLS 的服务器，和一个不说的客户端", "回调与任何服务器一样。在它们之下循环进行握手，密钥谈妥时告知 CONNECTED。密文有自己的缓冲区：看 19 字节在线路上变成 41。第一个客户端以 close_notify 告别，那是 EOF；第二个说明文，那是带原因的 ERROR。"),
    ("trigger", "手动触发的回调，换套接字，移动水位", "bufferevent_trigger 像有字节移动过一样运行回调，可以看水位也可以不看，可以立刻也可以由循环；bufferevent_setfd 重新设置两个事件并再次启用。"),
    ("listener", "打开、关闭、没有回调、在自己的回调里释放的监听器", "accept 循环的各种走法：回调禁用监听器就停下，没人要的就关闭，从里面释放也没事。等着的人留在内核的队列里。"),
    ("out-of-fds", "没有 fd 给下一位客户端的服务器", "EMFILE：客户端无法接受，留在队列里，于是监听套接字每一轮都可读。先是循环带着警告空转；然后错误回调禁用监听器，直到有 fd 空出来。"),
    ("chat", "两个人的聊天室，第三个人在等", "一个循环里的几个连接：一个的读回调填满别人的输出，剩下的交给它们的写事件。满员时禁用监听器，第三个人在内核的队列里等。"),
    ("proxy", "背靠背的两个 bufferevent，带刹车", "两个方向的流量控制：另一侧的输出到了水位，这一侧就不读，排空后再读。字节不经复制就从输入移到另一侧的输出。"),
    ("loop", "运行循环的各种方式，以及各种结束", "运行一次、不等待、一直运行；没有事件、break、exit 和 continue。break 与 exit 的区别，在于下一个回调还运不运行。"),
    ("priorities", "同时就绪的三个事件", "在所有 active 的事件中，一轮只运行最紧急的一级，然后再 poll。回调使更紧急的事件 active，就结束这一轮。"),
    ("timers", "重复的、迟到的、被改动的定时器", "持久定时器在回调运行之前就按到期时刻排好下一次，所以不会漂移；迟到超过一个周期，就从现在算起。再次添加就是改动。"),
    ("signals", "变成事件的信号", "处理函数往管道里写一个字节就返回。内部事件读出它，激活信号的事件，信号来几次回调就运行几次。"),
    ("edge-trigger", "没读完的字节，电平触发与边沿触发", "两个事件，同样的八个字节，同样偷懒的回调。电平触发的会一直被调用到读完；边沿触发的只调用一次，没有新数据就会一直挂着。第三个不用读就知道对方挂断。"),
    ("backends", "同一个程序在 epoll、poll 和 select 上", "一个接一个的三个 base，各用各的方式问内核。poll 之上的一切都一样，每一步都一样。"),
];

#[cfg(test)]
mod tests {
    use evscope_examples::demo::DEMOS;

    use super::*;

    #[test]
    fn every_demo_is_told_in_chinese() {
        for demo in DEMOS {
            let (title, about) = of(demo, Lang::Zh);
            assert!(
                !title.is_ascii() && !about.is_ascii(),
                "{} has no line in the table of this file",
                demo.name
            );
        }
        for (name, ..) in CHINESE {
            assert!(DEMOS.iter().any(|demo| demo.name == *name), "{name}");
        }
    }
}
