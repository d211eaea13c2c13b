//! The state after the current step: bufferevents as cards, listeners, events, timers. What the step
//! changed has a mark and says what it was before.

use std::ops::Range;

use evscope_replay::{BevState, BufState, Content, EventState, Lang, Segment, State, describe};
use evscope_trace::{BevId, BufId, EvFlags, EventId, Lane, Level, Side, SuspendReasons};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::gauge::Gauge;
use super::{CHANGED, draw_text, piece, scrolled};
use crate::here::There;
use crate::layout::Pane;
use crate::model::{Bytes, Model};
use crate::text;
use crate::theme::{Theme, Token};
use crate::words::{Words, words};

/// So many bufferevents all have a card; of more, only those the step is about.
const CARDS: usize = 6;
/// So many objects of a kind are listed.
const LISTED: usize = 200;

pub(crate) fn draw(buf: &mut Buffer, area: Rect, model: &Model) {
    let sheet = Sheet::new(model, area.width);
    let top = scrolled(model, Pane::State, sheet.top(area.height));
    draw_text(buf, model.theme, area, &sheet.lines, top);
}

/// Where the sheet begins by itself, and how many lines it has.
pub(crate) fn extent(model: &Model, area: Rect) -> (usize, usize) {
    let sheet = Sheet::new(model, area.width);
    (sheet.top(area.height), sheet.lines.len())
}

struct Sheet<'a> {
    model: &'a Model,
    theme: Theme,
    state: &'a State,
    there: &'a There,
    width: usize,
    lines: Vec<Line<'static>>,
    /// The lines of what the current step is about: they should be seen.
    here: Range<usize>,
}

impl<'a> Sheet<'a> {
    fn new(model: &'a Model, width: u16) -> Self {
        let mut sheet = Self {
            model,
            theme: model.theme,
            state: &model.here.state,
            there: &model.here.there,
            width: usize::from(width),
            lines: Vec::new(),
            here: 0..0,
        };
        sheet.bases();
        sheet.listeners();
        sheet.bufferevents();
        sheet.buffers();
        sheet.events();
        sheet.timers();
        if model.level == Level::Everything {
            sheet.interest();
        }
        sheet
    }

    /// As far down as it takes to see what the step is about, and no further.
    fn top(&self, height: u16) -> usize {
        let most = self.lines.len().saturating_sub(usize::from(height));
        self.here.end.saturating_sub(usize::from(height)).min(most)
    }

    fn say(&self, words: Words) -> &'static str {
        self.model.say(words)
    }

    fn piece(&self, token: Token, text: impl Into<String>) -> Span<'static> {
        piece(self.theme, token, text.into())
    }

    fn dim(&self, text: impl Into<String>) -> Span<'static> {
        self.piece(Token::Dim, text)
    }

    /// Whether the step changed a part of the state.
    fn changed(&self, path: &str) -> bool {
        self.model.here.changes.contains_key(path)
    }

    /// A value, marked if it is among what the step changed.
    fn value(&self, path: &str, text: impl Into<String>, token: Token) -> Span<'static> {
        let text = text.into();
        if self.changed(path) {
            self.piece(Token::Changed, format!("{CHANGED}{text}"))
        } else {
            self.piece(token, text)
        }
    }

    /// What a changed value was before, in words.
    fn was(&self, path: &str) -> Option<Span<'static>> {
        let change = self.model.here.changes.get(path)?;
        let was = self.say(words("was", "原为"));
        Some(self.dim(format!(" ({was} {})", change.from)))
    }

    fn push(&mut self, spans: Vec<Span<'static>>) {
        self.lines.push(Line::from(spans));
    }

    fn heading(&mut self, title: Words, about: impl Into<String>) {
        if !self.lines.is_empty() && !self.lines.last().is_some_and(|line| line.spans.is_empty()) {
            self.lines.push(Line::default());
        }
        let title = self.say(title);
        self.push(vec![
            self.piece(Token::Title, format!(" {title}")),
            self.dim(about.into()),
        ]);
    }

    fn bases(&mut self) {
        for id in self.there.bases.iter().copied() {
            let Some(base) = self.state.bases.get(id) else {
                continue;
            };
            let doing = if base.is_freed() {
                words("freed", "已释放")
            } else if base.polling {
                words("waiting in the kernel", "在内核中等待")
            } else if base.running {
                words("running", "运行中")
            } else {
                words("not running", "未运行")
            };
            let path = |field| format!("{id}.{field}");
            let changed = ["freed_at", "polling", "running"]
                .into_iter()
                .map(path)
                .find(|path| self.changed(path))
                .unwrap_or_default();
            let mut line = vec![
                self.piece(Token::Lane(Lane::Loop), format!(" {id}")),
                self.dim(format!(" {}  ", base.backend.as_deref().unwrap_or("?"))),
                self.value(&changed, self.say(doing), Token::Text),
                self.dim(format!("  {} ", self.say(words("waits", "等待次数")))),
                self.value(&path("polls"), base.polls.to_string(), Token::Text),
            ];
            for (asked, word) in [
                (base.exit_asked, words("exit asked", "已请求退出")),
                (base.break_asked, words("break asked", "已请求中断")),
            ] {
                if asked {
                    line.push(self.piece(Token::Warning, format!("  {}", self.say(word))));
                }
            }
            self.push(line);
        }
    }

    fn listeners(&mut self) {
        for id in self.there.listeners.iter().copied().take(LISTED) {
            let Some(listener) = self.state.listeners.get(id) else {
                continue;
            };
            let path = |field| format!("{id}.{field}");
            let on = match (listener.is_freed(), listener.enabled) {
                (true, _) => words("freed", "已释放"),
                (false, true) => words("accepting", "接受中"),
                (false, false) => words("disabled", "已禁用"),
            };
            let changed = if listener.is_freed() {
                "freed_at"
            } else {
                "enabled"
            };
            self.push(vec![
                self.piece(Token::Lane(Lane::Bufferevent), format!(" {id}")),
                self.dim(format!(
                    " {}{}  ",
                    fd(listener.fd),
                    listener
                        .addr
                        .as_deref()
                        .map_or(String::new(), |addr| format!(" {addr}"))
                )),
                self.value(&path(changed), self.say(on), Token::Text),
                self.dim(format!("  {} ", self.say(words("accepted", "已接受")))),
                self.value(
                    &path("accepted"),
                    listener.accepted.to_string(),
                    Token::Text,
                ),
            ]);
        }
    }

    fn bufferevents(&mut self) {
        let record = self.model.trace().get(self.model.step);
        let about = record.and_then(|record| record.objects.bev);
        let there: Vec<(BevId, &BevState)> = self
            .there
            .bevs
            .iter()
            .filter_map(|id| Some((*id, self.state.bevs.get(*id)?)))
            .collect();
        let mut left_out = 0;
        for (i, (id, bev)) in there.iter().enumerate() {
            let involved = about == Some(*id)
                || there.len() <= CARDS
                || self.changed(&format!("{id}.input.len"))
                || self.changed(&format!("{id}.output.len"))
                || self.changed(&format!("{id}.enabled"));
            if !involved && i >= LISTED {
                left_out += 1;
                continue;
            }
            let from = self.lines.len();
            if involved {
                self.card(*id, bev);
            } else {
                self.short(*id, bev);
            }
            if about == Some(*id) {
                self.here = from..self.lines.len();
            }
        }
        if left_out > 0 {
            let text = match self.model.lang {
                Lang::En => format!(" … and {left_out} more bufferevents"),
                Lang::Zh => format!(" ……另有 {left_out} 个 bufferevent"),
            };
            self.push(vec![self.dim(text)]);
        }
    }

    /// A bufferevent in one line.
    fn short(&mut self, id: BevId, bev: &BevState) {
        let len = |side| self.state.buffer(id, side).map_or(0, |buf| buf.len);
        let text = format!(
            " {} · in {} B · out {} B",
            fd(bev.fd),
            len(Side::Input),
            len(Side::Output)
        );
        self.push(vec![
            self.piece(Token::Lane(Lane::Bufferevent), format!(" {id}")),
            self.dim(text),
        ]);
    }

    fn card(&mut self, id: BevId, bev: &BevState) {
        if !self.lines.is_empty() {
            self.lines.push(Line::default());
        }
        let path = |field: &str| format!("{id}.{field}");
        let mut head = vec![
            self.piece(Token::Lane(Lane::Bufferevent), format!(" {id}")),
            self.dim(format!(" {}", fd(bev.fd))),
        ];
        if bev.is_freed() {
            let what = if bev.finalized_at.is_some() {
                words("freed and taken apart", "已释放并拆除")
            } else {
                words("freed, still in use", "已释放，仍在使用")
            };
            let field = if self.changed(&path("finalized_at")) {
                "finalized_at"
            } else {
                "freed_at"
            };
            head.push(Span::raw("  "));
            head.push(self.value(&path(field), self.say(what), Token::Warning));
        }
        if bev.connecting {
            head.push(Span::raw("  "));
            head.push(self.value(
                &path("connecting"),
                self.say(words("connecting", "连接中")),
                Token::Text,
            ));
        }
        for (id, name) in [(bev.partner, "partner"), (bev.underlying, "on")] {
            if let Some(id) = id {
                head.push(self.dim(format!("  {name} {id}")));
            }
        }
        if let Some(callback) = &bev.eventcb {
            head.push(self.dim("  eventcb "));
            head.push(self.value(&path("eventcb"), callback.as_ref(), Token::Function));
        }
        self.push(head);
        for side in [Side::Input, Side::Output] {
            self.side(id, bev, side);
        }
    }

    /// One side of a bufferevent: its gauge, then its event and its callback.
    fn side(&mut self, id: BevId, bev: &BevState, side: Side) {
        let (name, low, high, flag, suspended, event, callback) = match side {
            Side::Input => (
                "input",
                bev.read_low,
                bev.read_high,
                EvFlags::READ,
                bev.suspended_read,
                bev.ev_read,
                &bev.readcb,
            ),
            Side::Output => (
                "output",
                bev.write_low,
                bev.write_high,
                EvFlags::WRITE,
                bev.suspended_write,
                bev.ev_write,
                &bev.writecb,
            ),
        };
        let kind = match side {
            Side::Input => "read",
            Side::Output => "write",
        };
        let buf_id = match side {
            Side::Input => bev.input,
            Side::Output => bev.output,
        };
        let empty = BufState::default();
        let buf = buf_id
            .and_then(|id| self.state.bufs.get(id))
            .unwrap_or(&empty);
        let len_path = format!("{id}.{name}.len");
        let low_path = format!("{id}.{kind}_low");
        let high_path = format!("{id}.{kind}_high");

        let gauge = Gauge {
            len: buf.len,
            low,
            high,
            peak: buf_id.map_or(0, |id| self.model.facts.peak(id)),
        };
        let columns = (self.width.saturating_sub(30)).clamp(8, 40);
        let mut line = vec![self.dim(format!("  {name:<6} ["))];
        line.extend(gauge.spans(self.theme, columns));
        line.push(self.dim("] "));
        line.push(self.value(&len_path, describe::bytes(buf.len), Token::Text));
        line.extend(self.was(&len_path));
        self.push(line);

        let high_text = if high == 0 {
            "–".to_owned()
        } else {
            high.to_string()
        };
        let line = vec![
            self.dim("         low "),
            self.value(&low_path, low.to_string(), Token::Text),
            self.dim("  high "),
            self.value(&high_path, high_text, Token::Text),
            self.dim(format!("  {kind}cb ")),
            self.value(
                &format!("{id}.{kind}cb"),
                callback.as_deref().unwrap_or("–"),
                if callback.is_some() {
                    Token::Function
                } else {
                    Token::Dim
                },
            ),
        ];
        self.push(line);

        let enabled = bev.enabled.contains(flag);
        // One field holds both sides: only the side that differs is marked.
        let toggled = self.toggled(id, flag);
        let word = if enabled {
            words("enabled", "已启用")
        } else {
            words("disabled", "已禁用")
        };
        let mut line = vec![
            self.dim(format!("         {kind} ")),
            if toggled {
                self.piece(Token::Changed, format!("{CHANGED}{}", self.say(word)))
            } else {
                self.piece(
                    if enabled { Token::Text } else { Token::Dim },
                    self.say(word),
                )
            },
        ];
        if let Some(event) = event {
            line.push(self.dim(format!("  ev_{kind} {event} ")));
            line.extend(self.activity(event));
        }
        self.push(line);
        if self.model.level == Level::Everything && (buf.frozen_start || buf.frozen_end) {
            self.frozen(&format!("{id}.{name}"), buf);
        }

        let suspended_path = format!("{id}.suspended_{kind}");
        if !suspended.is_empty() || self.changed(&suspended_path) {
            let text = if suspended.is_empty() {
                self.say(words("no longer suspended", "不再挂起"))
                    .to_owned()
            } else {
                format!(
                    "{} {}",
                    self.say(words("suspended:", "已挂起：")),
                    reasons(suspended)
                )
            };
            self.push(vec![
                Span::raw("         "),
                self.value(&suspended_path, text, Token::Warning),
            ]);
        }
        self.bytes(&buf.content);
    }

    /// Which ends of a buffer are closed to changes.
    fn frozen(&mut self, path: &str, buf: &BufState) {
        let ends = match (buf.frozen_start, buf.frozen_end) {
            (true, true) => words("both ends frozen", "两端冻结"),
            (true, false) => words("front frozen", "前端冻结"),
            (false, _) => words("end frozen", "末端冻结"),
        };
        let changed = ["frozen_start", "frozen_end"]
            .map(|field| format!("{path}.{field}"))
            .into_iter()
            .find(|path| self.changed(path))
            .unwrap_or_default();
        self.push(vec![
            Span::raw("         "),
            self.value(&changed, self.say(ends), Token::Dim),
        ]);
    }

    /// Whether the step enabled or disabled a side.
    fn toggled(&self, id: BevId, flag: EvFlags) -> bool {
        let Some(change) = self.model.here.changes.get(&format!("{id}.enabled")) else {
            return false;
        };
        let name = flag.to_string();
        let has =
            |value: &evscope_replay::Value| value.to_string().split('|').any(|flag| flag == name);
        has(&change.from) != has(&change.to)
    }

    /// What is known of a buffer's bytes.
    fn bytes(&mut self, content: &Content) {
        if content.is_empty() {
            return;
        }
        let room = self.width.saturating_sub(11);
        let text = match self.model.looks.bytes {
            Bytes::Text => content.to_string(),
            Bytes::Hex => content
                .segments()
                .map(|segment| match segment {
                    Segment::Known(bytes) => bytes
                        .iter()
                        .map(|byte| format!("{byte:02x}"))
                        .collect::<Vec<_>>()
                        .join(" "),
                    Segment::Unknown(len) => format!("({})", describe::bytes(*len)),
                })
                .collect::<Vec<_>>()
                .join(" "),
        };
        self.push(vec![
            Span::raw("         "),
            self.piece(Token::Literal, text::cut(&text, room)),
        ]);
    }

    /// Buffers of their own.
    fn buffers(&mut self) {
        let own: Vec<(BufId, &BufState)> = self
            .there
            .bufs
            .iter()
            .filter_map(|id| Some((*id, self.state.bufs.get(*id)?)))
            .take(LISTED)
            .collect();
        for (id, buf) in own {
            self.push(vec![
                self.piece(Token::Lane(Lane::Bufferevent), format!(" {id} ")),
                self.value(&format!("{id}.len"), describe::bytes(buf.len), Token::Text),
            ]);
            self.bytes(&buf.content);
        }
    }

    fn events(&mut self) {
        let there: Vec<(EventId, &EventState)> = self
            .there
            .events
            .iter()
            .filter_map(|id| Some((*id, self.state.events.get(*id)?)))
            .collect();
        if there.is_empty() {
            return;
        }
        let pending = there.iter().filter(|(_, event)| event.pending).count();
        let about = match self.model.lang {
            Lang::En => format!("  {} · {pending} pending", there.len()),
            Lang::Zh => format!("  共 {} 个 · {pending} 个待定", there.len()),
        };
        self.heading(words("Events", "事件"), about);
        let record = self.model.trace().get(self.model.step);
        let current = record.and_then(|record| record.objects.event);
        // Each column as wide as its widest text and a blank.
        let widest = |cell: fn(EventId, &EventState) -> String| {
            let cells = there.iter().take(LISTED);
            cells
                .map(|(id, event)| text::width(&cell(*id, event)) + 1)
                .max()
                .unwrap_or(0)
        };
        let columns: [fn(EventId, &EventState) -> String; 3] = [
            |id, _| id.to_string(),
            |_, event| role(event),
            |_, event| signal_or_fd(event),
        ];
        let tokens = [Token::Lane(Lane::Loop), Token::Dim, Token::Dim];
        let widths = columns.map(widest);
        let activities: Vec<Line<'static>> = there
            .iter()
            .take(LISTED)
            .map(|(id, _)| Line::from(self.activity(*id)))
            .collect();
        let activity_width = activities.iter().map(Line::width).max().unwrap_or(0);
        for ((id, event), activity) in there.iter().zip(activities) {
            let mut line = vec![Span::raw(" ")];
            for ((cell, width), token) in columns.iter().zip(widths).zip(tokens) {
                line.push(self.piece(token, text::pad(&cell(*id, event), width)));
            }
            let blank = activity_width - activity.width() + 2;
            line.extend(activity.spans);
            line.push(self.dim(format!("{}{}", " ".repeat(blank), event.events)));
            if self.width >= 72
                && let Some(callback) = &event.callback
            {
                line.push(self.piece(Token::Function, format!("  {callback}")));
            }
            if current == Some(*id) {
                let at = self.lines.len();
                if self.here.is_empty() {
                    self.here = at..at + 1;
                }
            }
            self.push(line);
        }
        if there.len() > LISTED {
            self.push(vec![self.dim(format!(" … {}", there.len() - LISTED))]);
        }
        let queue = self.state.active_queue();
        if queue.len() > 1 {
            let names: Vec<String> = queue.iter().map(ToString::to_string).collect();
            self.push(vec![
                self.dim(format!(
                    " {} ",
                    self.say(words("will run:", "将依次运行："))
                )),
                self.value("active", names.join(" → "), Token::Text),
            ]);
        }
    }

    /// Whether an event is pending, and whether it is active.
    fn activity(&self, id: EventId) -> Vec<Span<'static>> {
        let Some(event) = self.state.events.get(id) else {
            return vec![self.dim("?")];
        };
        if event.is_freed() {
            let word = self.say(words("freed", "已释放"));
            return vec![self.value(&format!("{id}.freed_at"), word, Token::Dim)];
        }
        let (word, token) = if event.pending {
            (words("pending", "待定"), Token::Text)
        } else {
            (words("not pending", "未待定"), Token::Dim)
        };
        let mut spans = vec![self.value(&format!("{id}.pending"), self.say(word), token)];
        if let Some(what) = event.active {
            let active = format!("{} {what}", self.say(words("active", "激活")));
            spans.push(Span::raw(" "));
            spans.push(self.value(&format!("{id}.active"), active, Token::Lane(Lane::Kernel)));
        } else if self.changed(&format!("{id}.active")) {
            let word = self.say(words("was active", "曾激活"));
            spans.push(Span::raw(" "));
            spans.push(self.value(&format!("{id}.active"), word, Token::Dim));
        }
        spans
    }

    /// The pending timeouts, the next one first.
    fn timers(&mut self) {
        let timers = self.state.timers();
        if timers.is_empty() {
            return;
        }
        let about = match self.model.lang {
            Lang::En => "  the next one first",
            Lang::Zh => "  最早的在前",
        };
        self.heading(words("Timers", "定时器"), about);
        for (id, left) in timers.into_iter().take(LISTED) {
            let event = self.state.events.get(id);
            let whole = event.and_then(|event| event.timeout);
            let mut line = vec![
                self.piece(Token::Lane(Lane::Loop), text::pad(&format!(" {id}"), 9)),
                self.dim(text::pad(&event.map_or(String::new(), role), 12)),
                self.value(
                    &format!("{id}.deadline"),
                    format!("{} {}", self.say(words("in", "还剩")), describe::span(left)),
                    Token::Text,
                ),
            ];
            if let Some(whole) = whole {
                line.push(self.dim(format!(
                    " {} {}",
                    self.say(words("of", "共")),
                    describe::span(whole)
                )));
            }
            self.push(line);
        }
    }

    /// What the kernel watches for.
    fn interest(&mut self) {
        if self.state.interest.is_empty() {
            return;
        }
        self.heading(words("The kernel watches", "内核监视"), "");
        let watched: Vec<_> = self.state.interest.iter().take(LISTED).collect();
        for (watched, flags) in watched {
            self.push(vec![
                self.piece(
                    Token::Lane(Lane::Kernel),
                    text::pad(&format!(" fd {}", watched.fd), 9),
                ),
                self.value(&watched.to_string(), flags.to_string(), Token::Text),
            ]);
        }
    }
}

fn fd(fd: Option<i32>) -> String {
    match fd {
        Some(fd) if fd >= 0 => format!("fd {fd}"),
        _ => "no fd".to_owned(),
    }
}

fn signal_or_fd(event: &EventState) -> String {
    match event.fd {
        Some(number) if event.events.contains(EvFlags::SIGNAL) => format!("sig {number}"),
        Some(fd) if fd >= 0 => format!("fd {fd}"),
        _ => String::new(),
    }
}

/// What an event is for, with whose it is.
fn role(event: &EventState) -> String {
    let role = event.role.map_or("?", evscope_trace::Role::name);
    match (event.bev, role.strip_prefix("bev.")) {
        (Some(bev), Some(side)) => format!("{bev}.{side}"),
        _ => role.to_owned(),
    }
}

fn reasons(reasons: SuspendReasons) -> String {
    reasons.to_string().replace('|', ", ").to_lowercase()
}
