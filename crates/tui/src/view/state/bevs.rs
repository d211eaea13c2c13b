//! Bufferevents as cards, and buffers of their own.

use evscope_replay::{BevState, BufState, Content, Lang, Segment, describe};
use evscope_trace::{BevId, BufId, EvFlags, Lane, Level, Side, SuspendReasons};
use ratatui::text::{Line, Span};

use super::{LISTED, Sheet, fd};
use crate::model::Bytes;
use crate::text;
use crate::theme::Token;
use crate::view::CHANGED;
use crate::view::gauge::Gauge;
use crate::words::words;

/// So many bufferevents all have a card; of more, only those the step is about.
const CARDS: usize = 6;

impl Sheet<'_> {
    pub(super) fn bufferevents(&mut self) {
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
    pub(super) fn buffers(&mut self) {
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
}

fn reasons(reasons: SuspendReasons) -> String {
    reasons.to_string().replace('|', ", ").to_lowercase()
}
