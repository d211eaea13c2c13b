//! The list of what is found, over the panes: a line each, and all that is said of the chosen one.

use evscope_replay::check::{Finding, RULES, Severity};
use evscope_words::{text, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{List, choose, frame, middle};
use crate::look::text;
use crate::look::theme::Token;
use crate::model::Model;
use crate::model::here::top_with;
use crate::model::pane::Pane;
use crate::view::{draw_lines, piece, put};

/// The list.
pub(super) struct Findings;

impl List for Findings {
    fn pane(&self) -> Pane {
        Pane::FINDINGS
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, model: &Model, at: usize) {
        let theme = model.theme;
        let findings = model.findings();
        let at = at.min(findings.len().saturating_sub(1));
        let title = text!(screen_findings, count = findings.len()).in_lang(model.lang);
        // Nearly as wide as the screen: sentences are long. Below the list stands the chosen one's.
        let area = middle(area, area.width, findings.len() + 8);
        let inner = frame(buf, area, model, &title);
        let Some(chosen) = findings.get(at) else {
            return;
        };
        let words = about(model, chosen, usize::from(inner.width));
        let below = (words.len() as u16 + 1).min(inner.height / 2);
        let list = Rect {
            height: inner.height - below,
            ..inner
        };
        let top = top_with(0, at, usize::from(list.height), findings.len());
        let shown = findings.iter().enumerate().skip(top);
        let lines: Vec<Line<'static>> = shown
            .take(usize::from(list.height))
            .map(|(row, found)| line(model, found, row == at, usize::from(list.width)))
            .collect();
        draw_lines(buf, list, &lines, 0);
        let y = list.bottom();
        for x in inner.left()..inner.right() {
            put(buf, x, y, "─", theme.style(Token::Rule));
        }
        let rest = Rect {
            y: y + 1,
            height: below.saturating_sub(1),
            ..inner
        };
        draw_lines(buf, rest, &words, 0);
    }

    fn count(&self, model: &Model) -> usize {
        model.findings().len()
    }

    fn step(&self, model: &Model, at: usize) -> Option<usize> {
        Some(model.findings().get(at)?.step)
    }
}

/// What marks a severity, and in which colour.
fn sign(severity: Severity) -> (&'static str, Token) {
    match severity {
        Severity::Error => ("✖", Token::Error),
        Severity::Warning => ("!", Token::Warning),
        Severity::Note => ("·", Token::Dim),
    }
}

fn line(model: &Model, found: &Finding, chosen: bool, room: usize) -> Line<'static> {
    let theme = model.theme;
    let (mark, token) = sign(found.severity);
    let (wrong, _) = found.said(model.lang);
    let digits = model.trace().len().saturating_sub(1).to_string().len();
    let names = RULES.iter().map(|rule| rule.name.len()).max();
    let names = names.unwrap_or(0);
    let head = format!(" {:>digits$}  {:<names$} ", found.step, found.rule);
    let room_for_words = room.saturating_sub(text::width(&head) + 3);
    let mut line = Line::from(vec![
        piece(theme, token, format!(" {mark}")),
        piece(theme, Token::Dim, head),
        Span::raw(text::cut(&wrong, room_for_words)),
    ]);
    if chosen {
        choose(&mut line, theme, room);
    }
    line
}

/// What is wrong and what to do, whole.
fn about(model: &Model, found: &Finding, width: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let room = width.saturating_sub(2);
    let (wrong, advice) = found.said(model.lang);
    let (_, token) = sign(found.severity);
    let severity = model.say(match found.severity {
        Severity::Error => word!(screen_severity_error),
        Severity::Warning => word!(screen_severity_warning),
        Severity::Note => word!(screen_severity_note),
    });
    let mut lines: Vec<Line<'static>> = text::wrap(&format!("{severity}: {wrong}"), room)
        .into_iter()
        .map(|line| Line::from(piece(theme, token, format!(" {line}"))))
        .collect();
    lines.extend(
        text::wrap(&advice, room)
            .into_iter()
            .map(|line| Line::from(Span::raw(format!(" {line}")))),
    );
    if let Some(place) = &found.place {
        let place = text::cut(&format!("{}:{}", place.file, place.line), room);
        lines.push(Line::from(piece(theme, Token::Dim, format!(" {place}"))));
    }
    lines
}
