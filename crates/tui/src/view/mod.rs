//! The screen, as a function of the model, and what keys and clicks do in a part of it: a file each for every pane, and for
//! every list over them.

pub(crate) mod layout;
pub(crate) mod overlays;
pub(crate) mod panes;
pub(crate) mod status;

use std::borrow::Cow;

use evscope_words::text;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::look::text;
use crate::look::theme::{Theme, Token};
use crate::model::Model;
use crate::model::pane::Pane;
use layout::SMALLEST;

/// The mark of the current step, in every pane.
pub(crate) const CURRENT: &str = "▶";
/// The mark of what the current step changed.
pub(crate) const CHANGED: &str = "◆";

/// Brings up to date all that is drawn.
pub(crate) fn refresh(model: &mut Model) {
    model.refresh();
    panes::settle(model);
}

/// Draws the whole screen.
pub(crate) fn draw(frame: &mut ratatui::Frame<'_>, model: &Model) {
    let area = frame.area();
    let buf = frame.buffer_mut();
    if let Some(cursor) = screen(buf, area, model) {
        frame.set_cursor_position(cursor);
    }
}

/// Draws into a buffer; gives where the cursor stands, if a line is being typed.
pub(crate) fn screen(buf: &mut Buffer, area: Rect, model: &Model) -> Option<(u16, u16)> {
    // The window may have changed since the model heard of it last.
    let fits = (area.width, area.height) == model.looks.size;
    let Some(layout) = model.layout().filter(|_| fits) else {
        too_small(buf, area, model.lang, SMALLEST);
        return None;
    };
    for (pane, area) in &layout.panes {
        let inner = border(buf, *area, *pane, model);
        pane.view().draw(buf, inner, model);
    }
    for (_, area) in layout.panes.iter().filter(|(_, area)| area.x > 0) {
        for y in area.top()..area.bottom() {
            join(buf, area.x, y);
        }
        // Where the column ends, the line below it meets it.
        join(buf, area.x, area.bottom());
    }
    if let Some(overlay) = model.overlay {
        overlay.list().draw(buf, area, model, overlay.at);
    }
    status::draw(buf, layout.status, model)
}

/// Says how much room a screen needs.
pub(crate) fn too_small(
    buf: &mut Buffer,
    area: Rect,
    lang: evscope_replay::Lang,
    least: (u16, u16),
) {
    let (width, height) = least;
    let lines = [
        text!(screen_needs_room, width, height),
        text!(screen_has_room, width = area.width, height = area.height),
    ]
    .map(|line| line.in_lang(lang));
    let lines = lines
        .iter()
        .flat_map(|line| text::wrap(line, usize::from(area.width)));
    for (y, line) in (area.top()..area.bottom()).zip(lines) {
        buf.set_stringn(area.x, y, line, usize::from(area.width), Style::new());
    }
}

/// Draws a pane's title line and the line to its left; gives the room inside.
fn border(buf: &mut Buffer, area: Rect, pane: Pane, model: &Model) -> Rect {
    let theme = model.theme;
    let rule = theme.style(Token::Rule);
    for x in area.left()..area.right() {
        put(buf, x, area.y, "─", rule);
    }
    let left = u16::from(area.x > 0);
    if left > 0 {
        for y in area.top()..area.bottom() {
            put(buf, area.x, y, "│", rule);
        }
    }
    let focused = model.looks.wanted.focus == pane;
    let title = format!(" {} ", model.say(pane.view().title()));
    let style = theme.style(if focused { Token::Focus } else { Token::Title });
    let room = usize::from(area.width.saturating_sub(left + 1));
    let (after, _) = buf.set_stringn(area.x + left + 1, area.y, title, room, style);
    let room = usize::from(area.right().saturating_sub(after + 1));
    if let Some(about) = pane.view().about(model, room) {
        let width = about.width();
        if width + 2 < room {
            let x = area.right() - 1 - width as u16;
            buf.set_line(x, area.y, &about, width as u16);
        }
    }
    panes::inner(area)
}

/// Gives a cell of a line the sign that joins it with its neighbours.
fn join(buf: &mut Buffer, x: u16, y: u16) {
    const LINES: &str = "─│┬├┤┼┴┌";
    let is = |x: Option<u16>, y: Option<u16>, signs: &str| {
        let (Some(x), Some(y)) = (x, y) else {
            return false;
        };
        buf.cell((x, y))
            .is_some_and(|cell| signs.contains(cell.symbol()))
    };
    if !is(Some(x), Some(y), LINES) {
        return;
    }
    let left = is(x.checked_sub(1), Some(y), "─");
    let right = is(Some(x + 1), Some(y), "─");
    let up = is(Some(x), y.checked_sub(1), "│├┤┼┬");
    let down = is(Some(x), Some(y + 1), "│├┤┼┴");
    let sign = match (left, right, up, down) {
        (true, true, true, true) => "┼",
        (true, true, false, true) => "┬",
        (true, true, true, false) => "┴",
        (false, true, true, true) => "├",
        (true, false, true, true) => "┤",
        (false, true, false, true) => "┌",
        (false, false, ..) => "│",
        _ => return,
    };
    if let Some(cell) = buf.cell_mut((x, y)) {
        cell.set_symbol(sign);
    }
}

/// A cell of a line between parts of the screen.
pub(crate) fn rule(buf: &mut Buffer, theme: Theme, x: u16, y: u16) {
    put(buf, x, y, "─", theme.style(Token::Rule));
}

fn put(buf: &mut Buffer, x: u16, y: u16, sign: &str, style: Style) {
    if let Some(cell) = buf.cell_mut((x, y)) {
        cell.set_symbol(sign).set_style(style);
    }
}

/// Draws lines of text from `top` on.
fn draw_lines(buf: &mut Buffer, area: Rect, lines: &[Line<'_>], top: usize) {
    for (y, line) in (area.top()..area.bottom()).zip(lines.iter().skip(top)) {
        buf.set_line(area.x, y, line, area.width);
    }
}

/// Draws lines of text from `top` on, with marks where there is more above and below.
fn draw_text(buf: &mut Buffer, theme: Theme, area: Rect, lines: &[Line<'_>], top: usize) {
    draw_lines(buf, area, lines, top);
    let x = area.right().saturating_sub(1);
    let style = theme.style(Token::Key);
    if top > 0 {
        put(buf, x, area.y, "↑", style);
    }
    if lines.len() > top + usize::from(area.height) {
        put(buf, x, area.bottom().saturating_sub(1), "↓", style);
    }
}

/// Shows the current step's line.
fn mark_current(buf: &mut Buffer, theme: Theme, area: Rect, y: u16) {
    let row = Rect {
        y,
        height: 1,
        ..area
    };
    highlight(buf, theme, row);
}

/// Shows that cells are those of what is current or chosen. Dim words on them are hard to read in some colours.
pub(crate) fn highlight(buf: &mut Buffer, theme: Theme, area: Rect) {
    // Plain text has the terminal's colour, which nobody knows; a title's is as plain.
    let [dim, text] = [Token::Dim, Token::Title].map(|token| theme.style(token).fg);
    for at in area.intersection(buf.area).positions() {
        let cell = &mut buf[at];
        if let Some(text) = text.filter(|_| dim == Some(cell.fg)) {
            cell.set_fg(text);
        }
    }
    buf.set_style(area, theme.style(Token::Current));
}

/// A piece of a line.
fn piece(theme: Theme, token: Token, text: impl Into<Cow<'static, str>>) -> Span<'static> {
    Span::styled(text::shown(text.into()), theme.style(token))
}
