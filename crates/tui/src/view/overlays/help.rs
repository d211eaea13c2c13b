//! The keys, over the panes; made from the table that binds them.

use evscope_words::{Word, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{CLOSE, List, frame};
use crate::look::text;
use crate::look::theme::Token;
use crate::model::Model;
use crate::model::command::Group;
use crate::model::pane::Pane;
use crate::view::{CHANGED, CURRENT, draw_text, piece};

/// From this width on there are two columns.
const TWO_COLUMNS: u16 = 110;
const KEYS: usize = 13;

/// The signs that the panes put beside what they show.
const SIGNS: &[(&str, Token, Word)] = &[
    (
        CURRENT,
        Token::CurrentMark,
        word!(screen_the_current_step_in),
    ),
    (CHANGED, Token::Changed, word!(screen_changed_by_this_step)),
    ("▎", Token::Ran, word!(screen_a_source_line_that)),
    ("●", Token::Stop, word!(screen_a_breakpoint_beside_the)),
    ("*", Token::Mark, word!(screen_a_bookmark)),
    ("/", Token::Hit, word!(screen_a_search_hit)),
    ("!", Token::Error, word!(screen_a_finding)),
    ("·", Token::Dim, word!(screen_a_call_around_what)),
    (
        "K L B P",
        Token::Dim,
        word!(screen_kernel_loop_bufferevent_your),
    ),
    ("+", Token::Warning, word!(screen_took_long)),
    ("L H", Token::Warning, word!(screen_in_a_gauge_low)),
];

/// The list.
pub(super) struct Help;

impl List for Help {
    fn pane(&self) -> Pane {
        Pane::HELP
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, model: &Model, top: usize) {
        let area = Rect {
            height: area.height.saturating_sub(1),
            ..area
        };
        let inner = frame(buf, area, model, model.say(word!(screen_keys)));
        let count = column_count(area.width);
        let width = inner.width / count as u16;
        for (i, lines) in columns(model, usize::from(inner.width), count)
            .iter()
            .enumerate()
        {
            let column = Rect {
                x: inner.x + i as u16 * width,
                width,
                ..inner
            };
            draw_text(buf, model.theme, column, lines, top);
        }
    }

    /// How many lines there are to scroll.
    fn count(&self, model: &Model) -> usize {
        let (width, height) = model.looks.size;
        // As wide as between the frame's sides.
        let columns = columns(
            model,
            usize::from(width.saturating_sub(2)),
            column_count(width),
        );
        let lines = columns.iter().map(Vec::len).max().unwrap_or(0);
        (lines + 3).saturating_sub(usize::from(height)) + 1
    }

    fn keys(&self) -> &'static [(&'static str, Word)] {
        &[CLOSE]
    }
}

/// How many columns there are.
fn column_count(width: u16) -> usize {
    if width >= TWO_COLUMNS { 2 } else { 1 }
}

/// The groups in one column or two, no group in both.
fn columns(model: &Model, width: usize, count: usize) -> Vec<Vec<Line<'static>>> {
    let groups = groups(model, width / count);
    let height = |groups: &[Vec<Line<'_>>]| -> usize { groups.iter().map(|g| g.len() + 1).sum() };
    let first = match count {
        1 => groups.len(),
        // As even as it goes.
        _ => (0..=groups.len())
            .min_by_key(|at| {
                let (left, right) = groups.split_at(*at);
                height(left).max(height(right))
            })
            .unwrap_or(0),
    };
    let (left, right) = groups.split_at(first);
    let between = [Line::default()];
    let columns = [left, right].into_iter().take(count);
    columns.map(|groups| groups.join(&between[..])).collect()
}

fn groups(model: &Model, width: usize) -> Vec<Vec<Line<'static>>> {
    let theme = model.theme;
    let mut groups = Vec::new();
    for group in Group::ALL {
        let mut lines = Vec::new();
        lines.push(Line::from(piece(
            theme,
            Token::Title,
            format!(" {}", model.say(group.title())),
        )));
        let at_home = model.home_keys.help(group, model.lang);
        for (keys, says) in [model.keymap.help(group, model.lang), at_home].concat() {
            let keys = text::pad(&keys, KEYS);
            let says = text::wrap(says, width.saturating_sub(KEYS + 4));
            for (i, says) in says.into_iter().enumerate() {
                let keys = if i == 0 {
                    keys.clone()
                } else {
                    " ".repeat(KEYS)
                };
                lines.push(Line::from(vec![
                    piece(theme, Token::Key, format!("  {keys} ")),
                    Span::raw(says),
                ]));
            }
        }
        groups.push(lines);
    }
    let mut lines = Vec::new();
    let title = model.say(word!(screen_signs));
    lines.push(Line::from(piece(theme, Token::Title, format!(" {title}"))));
    for (sign, token, says) in SIGNS {
        lines.push(Line::from(vec![
            Span::raw("  "),
            piece(theme, *token, *sign),
            Span::raw(" ".repeat(KEYS + 1 - text::width(sign))),
            Span::raw(model.say(*says)),
        ]));
    }
    lines.push(Line::default());
    for line in text::wrap(
        model.say(word!(screen_a_count_before_a)),
        width.saturating_sub(2),
    ) {
        lines.push(Line::from(piece(theme, Token::Dim, format!(" {line}"))));
    }
    groups.push(lines);
    groups
}
