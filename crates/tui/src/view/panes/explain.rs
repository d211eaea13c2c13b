//! The step in words, and the calls around it.

use evscope_words::{Word, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::{View, beside, scrolled};
use crate::look::text;
use crate::look::theme::Token;
use crate::model::Model;
use crate::model::pane::{Pane, Wanted};
use crate::view::layout::{Room, Slot};
use crate::view::{CURRENT, draw_text, piece};

/// With fewer lines there is no room for empty ones.
const AIRY: u16 = 9;

/// The pane.
pub(super) struct Explain;

impl View for Explain {
    fn pane(&self) -> Pane {
        Pane("explain")
    }

    fn title(&self) -> Word {
        word!(screen_explanation)
    }

    /// The chapter of the walkthrough.
    fn about(&self, model: &Model, room: usize) -> Option<Line<'static>> {
        let chapter = model.here.chapter?;
        let title = format!("{} {}", chapter.number(), chapter.title(model.lang));
        beside(model, text::cut(&title, room.saturating_sub(5)))
    }

    fn slot(&self, room: Room, wanted: Wanted) -> Option<Slot> {
        let others = wanted.why || wanted.lesson || (room == Room::Medium && wanted.lanes);
        (!others).then_some(Slot::Words)
    }

    fn share(&self) -> Option<u16> {
        Some(42)
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, model: &Model) {
        let top = scrolled(model, self.pane(), 0);
        draw_text(buf, model.theme, area, &lines(model, area), top);
    }

    fn extent(&self, model: &Model, area: Rect) -> (usize, usize) {
        (0, lines(model, area).len())
    }
}

/// All lines of the pane.
fn lines(model: &Model, area: Rect) -> Vec<Line<'static>> {
    let theme = model.theme;
    let room = usize::from(area.width).saturating_sub(2);
    let mut lines = Vec::new();
    let gap = |lines: &mut Vec<Line<'static>>| {
        if area.height >= AIRY && !lines.is_empty() {
            lines.push(Line::default());
        }
    };
    if let Some(said) = &model.here.explanation {
        let bold = theme.style(Token::Text).add_modifier(Modifier::BOLD);
        for line in text::wrap(&said.what, room) {
            lines.push(Line::from(Span::styled(format!(" {line}"), bold)));
        }
        gap(&mut lines);
        for line in text::wrap(&said.why, room) {
            lines.push(Line::from(Span::raw(format!(" {line}"))));
        }
        if let Some(watch) = &said.watch {
            gap(&mut lines);
            let label = model.say(word!(screen_watch_for));
            for (i, line) in text::wrap(&format!("{label}{watch}"), room)
                .into_iter()
                .enumerate()
            {
                let line = match line.strip_prefix(label.trim_end()) {
                    Some(rest) if i == 0 => Line::from(vec![
                        piece(theme, Token::Warning, format!(" {}", label.trim_end())),
                        Span::raw(rest.to_owned()),
                    ]),
                    _ => Line::from(Span::raw(format!(" {line}"))),
                };
                lines.push(line);
            }
        }
    }
    for finding in model.findings_at(model.step) {
        gap(&mut lines);
        let (wrong, advice) = finding.said(model.lang);
        for line in text::wrap(&format!("{wrong} [{}]", finding.rule), room) {
            lines.push(Line::from(piece(theme, Token::Error, format!(" {line}"))));
        }
        for line in text::wrap(&advice, room) {
            lines.push(Line::from(Span::raw(format!(" {line}"))));
        }
    }
    if let Some(note) = model.marks.get(&model.step).filter(|note| !note.is_empty()) {
        gap(&mut lines);
        let label = model.say(word!(screen_note));
        for line in text::wrap(&format!("{label}{note}"), room) {
            lines.push(Line::from(piece(theme, Token::Mark, format!(" {line}"))));
        }
    }
    if !model.trace().is_empty() {
        gap(&mut lines);
        stack(model, room, &mut lines);
    }
    lines
}

/// The calls that the step is in, the outermost first, one below the other.
fn stack(model: &Model, room: usize, lines: &mut Vec<Line<'static>>) {
    let theme = model.theme;
    let trace = model.trace();
    let mut calls: Vec<usize> = trace.ancestors(model.step).collect();
    calls.reverse();
    let title = match calls.is_empty() {
        true => word!(screen_in_no_call).in_lang(model.lang),
        false => word!(screen_calls_around_it).in_lang(model.lang),
    };
    lines.push(Line::from(piece(theme, Token::Title, title)));
    for (depth, call) in calls.iter().chain([&model.step]).enumerate() {
        let record = trace.record(*call);
        let here = *call == model.step;
        let mark = if here { CURRENT } else { " " };
        let indent = depth.min(room / 4);
        let name = match evscope_replay::spans(trace, *call)
            .into_iter()
            .find(|span| span.part == evscope_replay::Part::Callback)
        {
            Some(callback) => format!("{} ({})", record.event.name(), callback.text.trim()),
            None => record.event.name().to_owned(),
        };
        lines.push(Line::from(vec![
            piece(theme, Token::CurrentMark, mark),
            piece(theme, Token::Rule, " ".repeat(indent)),
            piece(theme, Token::Lane(record.event.lane()), name),
            piece(theme, Token::Dim, format!("  {call}")),
        ]));
    }
}
