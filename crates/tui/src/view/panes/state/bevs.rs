//! Bufferevents as cards, and buffers of their own.

use evscope_replay::{BevKind, BevSide, BevState, BufState, Content, Segment};
use evscope_trace::{BevId, BufId, EvFlags, Lane, Level, Side, SuspendReasons};
use evscope_words::{Word, text, word};
use ratatui::text::{Line, Span};

use super::gauge::Gauge;
use super::{LISTED, Sheet};
use crate::look::text;
use crate::look::theme::Token;
use crate::look::words::terms;
use crate::model::Bytes;
use crate::view::CHANGED;

/// So many bufferevents all have a card; of more, only those the step is about.
const CARDS: usize = 6;
/// What a card's lines below its gauges begin with.
const INDENT: &str = "         ";
/// The columns of a gauge's line that are not the gauge, with and without the ends that are frozen.
const BESIDE: usize = 30;
const BESIDE_AND_FROZEN: usize = 44;

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
            let text = text!(screen_and_more_bufferevents, left_out).in_lang(self.model.lang);
            self.push(vec![self.dim(text)]);
        }
    }

    /// A bufferevent in one line.
    fn short(&mut self, id: BevId, bev: &BevState) {
        let len = |side| self.state.buffer(id, side).map_or(0, |buf| buf.len);
        let text = format!(
            " {} · {} {} B · {} {} B",
            self.fd(bev.fd),
            self.say(word!(screen_in)),
            len(Side::Input),
            self.say(word!(screen_out)),
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
        let mut head = vec![self.piece(Token::Lane(Lane::Bufferevent), format!(" {id}"))];
        if let Some(kind) = bev.kind {
            head.push(self.dim(format!(" {}", self.say(kind_words(kind)))));
        }
        head.push(self.dim(format!(" {}", self.fd(bev.fd))));
        if let Some(tls) = &bev.tls {
            head.push(Span::raw("  "));
            let text = tls_words(tls).map_or(tls.as_ref(), |words| self.say(words));
            head.push(self.value(&path("tls"), text, Token::Text));
        }
        if bev.is_freed() {
            let what = if bev.finalized_at.is_some() {
                word!(screen_freed_and_taken_apart)
            } else {
                word!(screen_freed_still_in_use)
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
                self.say(word!(screen_connecting)),
                Token::Text,
            ));
        }
        for (id, name) in [
            (bev.partner, word!(screen_partner)),
            (bev.underlying, word!(screen_on)),
        ] {
            if let Some(id) = id {
                head.push(self.dim(format!("  {} {id}", self.say(name))));
            }
        }
        if let Some(callback) = &bev.eventcb {
            head.push(self.dim("  eventcb "));
            head.push(self.value(&path("eventcb"), callback.as_ref(), Token::Function));
        }
        self.push(head);
        for side in self.state.sides(bev) {
            self.side(id, &side);
        }
    }

    /// One side of a bufferevent: its gauge, then its marks and its callback, then its event.
    fn side(&mut self, id: BevId, facts: &BevSide<'_>) {
        let empty = BufState::default();
        let buf = facts.content.unwrap_or(&empty);
        let kind = facts.does;
        let (label, does) = match facts.side {
            Side::Input => (terms::INPUT, terms::READ),
            Side::Output => (terms::OUTPUT, terms::WRITE),
        };
        self.gauge(&format!("{id}.{}", facts.side.name()), label, facts, buf);

        let high = facts.high.map_or("–".to_owned(), |high| high.to_string());
        let token = match facts.callback {
            Some(_) => Token::Function,
            None => Token::Dim,
        };
        let marks = vec![
            self.dim(format!("{INDENT}{} ", self.say(terms::LOW))),
            self.value(
                &format!("{id}.{kind}_low"),
                facts.low.to_string(),
                Token::Text,
            ),
            self.dim(format!("  {} ", self.say(terms::HIGH))),
            self.value(&format!("{id}.{kind}_high"), high, Token::Text),
        ];
        let callback = vec![
            self.dim(format!("{kind}cb ")),
            self.value(
                &format!("{id}.{kind}cb"),
                facts.callback.unwrap_or("–"),
                token,
            ),
        ];
        self.flow(INDENT, vec![marks, callback]);

        let word = match facts.enabled {
            true => word!(screen_enabled),
            false => word!(screen_disabled),
        };
        let mut pieces = vec![vec![
            self.dim(format!("{INDENT}{} ", self.say(does))),
            // One field holds both sides: only the side that differs is marked.
            if self.toggled(id, facts.flag) {
                self.piece(Token::Changed, format!("{CHANGED}{}", self.say(word)))
            } else {
                self.piece(Token::Text, self.say(word))
            },
        ]];
        if let Some(event) = facts.event {
            let mut piece = vec![self.dim(format!("ev_{kind} {event} "))];
            piece.extend(self.activity(event));
            pieces.push(piece);
        }
        self.flow(INDENT, pieces);

        let path = format!("{id}.suspended_{kind}");
        if !facts.suspended.is_empty() || self.changed(&path) {
            let word = self.say(terms::SUSPENDED);
            let text = match facts.suspended.is_empty() {
                true => text!(screen_no_longer, word).in_lang(self.model.lang),
                false => text!(
                    screen_suspended_by,
                    suspended = word,
                    reasons = self.reasons(facts.suspended)
                )
                .in_lang(self.model.lang),
            };
            self.push(vec![
                Span::raw(INDENT),
                self.value(&path, text, Token::Warning),
            ]);
        }
        self.bytes(&buf.content);
    }

    /// A buffer's gauge and how much is in it. The gauge is as wide for every value, so that it does
    /// not jump when a number grows.
    fn gauge(&mut self, path: &str, label: Word, facts: &BevSide<'_>, buf: &BufState) {
        let gauge = Gauge {
            len: buf.len,
            low: facts.low,
            high: facts.high.unwrap_or(0),
            peak: facts.buffer.map_or(0, |id| self.model.facts.peak(id)),
        };
        let everything = self.model.level == Level::Everything;
        let besides = if everything {
            BESIDE_AND_FROZEN
        } else {
            BESIDE
        };
        let columns = self.width.saturating_sub(besides).clamp(8, 40);
        let name = text::pad(self.say(label), 6);
        let mut line = vec![self.dim(format!("  {name} ["))];
        line.extend(gauge.spans(self.theme, columns));
        line.push(self.dim("] "));
        let len = format!("{path}.len");
        line.push(self.value(&len, self.count(buf.len), Token::Text));
        line.extend(self.was(&len));
        let mut pieces = vec![line];
        if everything && let Some(frozen) = self.frozen(path, buf) {
            pieces.push(vec![frozen]);
        }
        self.flow(INDENT, pieces);
    }

    /// So many bytes.
    fn count(&self, n: u64) -> String {
        text!(screen_bytes, n).in_lang(self.model.lang)
    }

    /// Which ends of a buffer are closed to changes.
    fn frozen(&self, path: &str, buf: &BufState) -> Option<Span<'static>> {
        let changed = ["frozen_start", "frozen_end"]
            .map(|field| format!("{path}.{field}"))
            .into_iter()
            .find(|path| self.changed(path));
        let ends = match (buf.frozen_start, buf.frozen_end) {
            (true, true) => word!(screen_both_ends),
            (true, false) => terms::START,
            (false, true) => terms::END,
            // What was frozen and is not any more is worth a word only in that step.
            (false, false) => word!(screen_not),
        };
        if changed.is_none() && !buf.frozen_start && !buf.frozen_end {
            return None;
        }
        let frozen = terms::FROZEN;
        let text = text!(screen_frozen_ends, ends, frozen).in_lang(self.model.lang);
        Some(self.value(&changed.unwrap_or_default(), text, Token::Dim))
    }

    fn reasons(&self, reasons: SuspendReasons) -> String {
        let names: Vec<String> = reasons
            .iter_names()
            .map(|(name, reason)| {
                let known = match reason {
                    SuspendReasons::WATERMARK => Some(terms::HIGH_MARK),
                    SuspendReasons::BANDWIDTH => Some(terms::BANDWIDTH),
                    SuspendReasons::BANDWIDTH_GROUP => Some(terms::BANDWIDTH_GROUP),
                    SuspendReasons::LOOKUP => Some(terms::LOOKUP),
                    SuspendReasons::FILTER_READ => Some(terms::FILTER),
                    _ => None,
                };
                known.map_or_else(|| name.to_lowercase(), |known| self.say(known).to_owned())
            })
            .collect();
        names.join(self.say(word!(screen_list_between)))
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
                    Segment::Unknown(len) => format!("({})", self.count(*len)),
                })
                .collect::<Vec<_>>()
                .join(" "),
        };
        // How many are not known is told whatever of the others is cut.
        let unknown = match content.segments().last() {
            Some(Segment::Unknown(_)) if text::width(&text) > room => text.rfind(" ("),
            _ => None,
        };
        let (text, unknown) = text.split_at(unknown.unwrap_or(text.len()));
        let room = room.saturating_sub(text::width(unknown));
        self.push(vec![
            Span::raw("         "),
            self.piece(Token::Literal, text::cut(text, room)),
            self.piece(Token::Literal, unknown.to_owned()),
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
                self.value(&format!("{id}.len"), self.count(buf.len), Token::Text),
            ]);
            self.bytes(&buf.content);
        }
    }
}

/// What a bufferevent stands on.
fn kind_words(kind: BevKind) -> Word {
    match kind {
        BevKind::Socket => word!(screen_socket),
        BevKind::Pair => word!(screen_pair),
        BevKind::Filter => word!(screen_filter),
        BevKind::Tls => word!(screen_tls),
    }
}

/// How far a TLS connection is, if that is known.
fn tls_words(tls: &str) -> Option<Word> {
    Some(match tls {
        "connecting" => word!(screen_client_handshake),
        "accepting" => word!(screen_server_handshake),
        "open" => word!(screen_open),
        _ => return None,
    })
}
