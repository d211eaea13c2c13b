//! Chinese. libevent's names stay as they are; `pending`, `active` and `low`/`high` marks keep their
//! English word where a reader will meet it in the code.

mod buffer;
mod bufferevent;
mod event;
mod listener;
mod looping;
mod other;
mod running;

use evscope_trace::{BevEvents, BufId, EvFlags, Role, Side, SuspendReasons};

use super::{Scene, scene};

/// Chinese texts.
pub(crate) struct Chinese;

impl super::Texts for Chinese {
    /// Sets the spaces: one between Chinese and Latin text, none between Chinese and Chinese, whatever
    /// was put in between.
    fn finish(&self, text: String) -> String {
        let mut finished = String::with_capacity(text.len());
        let mut chars = text.chars().peekable();
        let mut before = None;
        while let Some(char) = chars.next() {
            let next = chars.peek().copied();
            let (left, right) = (before.map(script), next.map(script));
            let between = char == ' ' && left.is_some() && right.is_some();
            if between && left != Some(Script::Latin) && right != Some(Script::Latin) {
                continue;
            }
            finished.push(char);
            let joins = matches!(
                (script(char), right),
                (Script::Chinese, Some(Script::Latin)) | (Script::Latin, Some(Script::Chinese))
            );
            if joins && char != ' ' && next != Some(' ') {
                finished.push(' ');
            }
            before = Some(char);
        }
        finished
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Chinese,
    /// Chinese punctuation brings its own room.
    Punctuation,
    Latin,
}

fn script(char: char) -> Script {
    match char {
        '\u{4e00}'..='\u{9fff}' => Script::Chinese,
        '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}' | '\u{2010}'..='\u{2027}' => {
            Script::Punctuation
        }
        _ => Script::Latin,
    }
}

/// `14 字节`.
fn bytes(n: u64) -> String {
    format!("{n} 字节")
}

/// `信号 SIGINT`, `信号 40`.
fn signal(fd: &str) -> String {
    let name = scene::signal(fd);
    format!("信号 {}", name.strip_prefix("signal ").unwrap_or(&name))
}

/// What an event watches, as the object of "监视 …".
fn watched(s: &Scene) -> String {
    if s.is_timer() {
        return "时钟".to_owned();
    }
    let fd = match s.fd_if_any() {
        Some(fd) => format!("fd {fd}"),
        None => "它的 fd".to_owned(),
    };
    match s.role() {
        Some(Role::Listener) => format!("{fd} 上的新连接"),
        Some(Role::BevRead) => format!("{fd} 是否可读"),
        Some(Role::BevWrite) => format!("{fd} 是否可写"),
        Some(Role::Signal) => signal(&s.fd()),
        Some(Role::BevDeferred) => format!("{} 推迟的回调", s.bev()),
        Some(Role::User | Role::Internal | Role::Timer) | None => match s.interest() {
            Some(events) if !events.is_empty() => format!("{fd} 的{}", sides(events)),
            _ => fd,
        },
    }
}

/// The sides in a set.
fn sides(events: EvFlags) -> &'static str {
    match (
        events.contains(EvFlags::READ),
        events.contains(EvFlags::WRITE),
    ) {
        (true, true) => "读和写",
        (true, false) => "读",
        (false, true) => "写",
        (false, false) if events.contains(EvFlags::CLOSED) => "对端关闭",
        (false, false) => "空集",
    }
}

/// What happened to an event.
fn happened(what: EvFlags, fd: &str) -> String {
    let mut parts = Vec::new();
    if what.contains(EvFlags::READ) {
        parts.push(format!("fd {fd} 可读"));
    }
    if what.contains(EvFlags::WRITE) {
        parts.push(format!("fd {fd} 可写"));
    }
    if what.contains(EvFlags::CLOSED) {
        parts.push(format!("fd {fd} 的对端关闭了连接"));
    }
    if what.contains(EvFlags::SIGNAL) {
        parts.push(format!("收到{}", signal(fd)));
    }
    if what.contains(EvFlags::TIMEOUT) {
        parts.push("超时时间已到".to_owned());
    }
    if parts.is_empty() {
        parts.push("有人主动要求".to_owned());
    }
    parts.join("，")
}

/// What an event callback is told, in words.
fn told(what: BevEvents) -> String {
    let side = if what.contains(BevEvents::READING) {
        "读的时候，"
    } else if what.contains(BevEvents::WRITING) {
        "写的时候，"
    } else {
        ""
    };
    let mut parts = Vec::new();
    if what.contains(BevEvents::CONNECTED) {
        parts.push("连接已建立");
    }
    if what.contains(BevEvents::EOF) {
        parts.push("对端不会再发送数据");
    }
    if what.contains(BevEvents::ERROR) {
        parts.push("连接出错");
    }
    if what.contains(BevEvents::TIMEOUT) {
        parts.push("超时");
    }
    if parts.is_empty() {
        parts.push("有情况发生");
    }
    format!("{side}{}", parts.join("，"))
}

/// Why a side is suspended, in words.
fn reasons(reasons: SuspendReasons) -> String {
    let words: Vec<&str> = reasons
        .iter()
        .map(|reason| match reason {
            SuspendReasons::WATERMARK => "高水位",
            SuspendReasons::BANDWIDTH => "自身限速",
            SuspendReasons::BANDWIDTH_GROUP => "所在组的限速",
            SuspendReasons::LOOKUP => "域名解析",
            SuspendReasons::FILTER_READ => "上层过滤器没有空间",
            _ => "未知原因",
        })
        .collect();
    match words.is_empty() {
        true => "未知原因".to_owned(),
        false => words.join("、"),
    }
}

/// The buffer of a step.
fn buffer(s: &Scene) -> String {
    match s.record.objects.buf {
        Some(buf) => buffer_of(s, buf),
        None => s.buf(),
    }
}

/// Another buffer.
fn buffer_of(s: &Scene, buf: BufId) -> String {
    match (s.side_of(buf), s.ciphertext_of(buf)) {
        (Some((bev, Side::Input)), _) => format!("{bev} 的输入缓冲区"),
        (Some((bev, Side::Output)), _) => format!("{bev} 的输出缓冲区"),
        (None, Some(bev)) => format!("{buf}（{bev} 的密文）"),
        (None, None) => buf.to_string(),
    }
}

/// Whose callback one is.
fn whose(callback: &str) -> &'static str {
    match scene::is_of_library(callback) {
        true => "库的",
        false => "你的",
    }
}

/// Who set one of the library's callbacks.
fn above(s: &Scene, callback: &str) -> String {
    let what = match scene::is_tls(callback) {
        true => "上层的 TLS 连接",
        false => "上层的过滤器",
    };
    match s.above() {
        Some(bev) => format!("{what} {bev}"),
        None => what.to_owned(),
    }
}
