//! The whole trace in a line: how much happens where, what stands out, and the cursor.

use evscope_words::word;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{piece, put};
use crate::look::theme::{Theme, Token};
use crate::look::words::terms;
use crate::model::Model;
use crate::work::facts::Sight;
use crate::work::timeline::{Cell, Scale};

/// The mark of the cursor.
const CURSOR: &str = "▲";

fn sign(sight: Sight) -> (&'static str, Token) {
    match sight {
        Sight::Callback => ("●", Token::Lane(evscope_trace::Lane::Program)),
        Sight::Watermark => ("≈", Token::Lane(evscope_trace::Lane::Bufferevent)),
        Sight::Failure => ("✖", Token::Error),
        Sight::Finding => ("!", Token::Error),
    }
}

pub(crate) fn draw(buf: &mut Buffer, area: Rect, model: &Model) {
    let theme = model.theme;
    // The marks have a line of their own where there is one.
    let bars = area.height.saturating_sub(1).max(1);
    let marks = (area.height > 1).then(|| area.bottom() - 1);
    let here = model.timeline.column(model.trace(), model.step);
    let veil = model
        .veil()
        .map(|stop| model.timeline.column(model.trace(), stop));
    for (column, cell) in (0..area.width).zip(&model.timeline.cells) {
        let x = area.x + column;
        // A stop that is not on the part shown is not known to be before it.
        let is_veiled = veil.is_some_and(|stop| stop.is_none_or(|at| usize::from(column) > at));
        if is_veiled {
            put(buf, x, area.y + bars - 1, "?", theme.style(Token::Rule));
            continue;
        }
        bar(buf, theme, x, area.y, bars, cell);
        let sight = cell
            .sight
            .filter(|sight| *sight != Sight::Finding || model.shows_findings());
        if let Some(sight) = sight {
            let (sign, token) = sign(sight);
            put(buf, x, marks.unwrap_or(area.y), sign, theme.style(token));
        }
    }
    let Some(column) = here else {
        return;
    };
    let x = area.x + column as u16;
    if x >= area.right() {
        return;
    }
    let cursor = Rect {
        x,
        width: 1,
        ..area
    };
    let y = marks.unwrap_or(area.y);
    put(buf, x, y, CURSOR, theme.style(Token::CurrentMark));
    // A bar keeps its colour, or it could not be told from what is around it where the cursor is reversed.
    let free = cursor.positions().filter(|at| {
        let symbol = buf.cell(*at).map_or(" ", |cell| cell.symbol());
        matches!(symbol, " " | "·" | CURSOR)
    });
    for at in free.collect::<Vec<_>>() {
        buf[at].set_style(theme.style(Token::Current));
    }
}

/// A column's bar, over one or more lines.
fn bar(buf: &mut Buffer, theme: Theme, x: u16, y: u16, lines: u16, cell: &Cell) {
    const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    let Some(lane) = cell.lane else {
        put(buf, x, y + lines - 1, "·", theme.style(Token::Rule));
        return;
    };
    let mut left = u16::from(cell.height) * lines;
    for line in (y..y + lines).rev() {
        let part = left.min(8);
        put(
            buf,
            x,
            line,
            EIGHTHS[usize::from(part)],
            theme.style(Token::Lane(lane)),
        );
        left -= part;
    }
}

/// What the marks mean, and what part is shown.
pub(crate) fn legend(model: &Model, room: usize) -> Line<'static> {
    let theme = model.theme;
    let mut spans = vec![Span::raw(" ")];
    for (sight, what) in [
        (Sight::Callback, word!(screen_your_code)),
        (Sight::Watermark, terms::WATERMARK),
        (Sight::Failure, word!(screen_failure)),
        (Sight::Finding, word!(screen_finding)),
    ] {
        if sight == Sight::Finding && !model.shows_findings() {
            continue;
        }
        let (sign, token) = sign(sight);
        spans.push(piece(theme, token, sign));
        spans.push(piece(theme, Token::Dim, format!(" {}  ", model.say(what))));
    }
    let scale = match model.looks.scale {
        Scale::Steps => word!(screen_by_steps),
        Scale::Time => word!(screen_by_time),
    };
    let (from, to) = model.timeline.part();
    let key = model.keymap.hint("scale").unwrap_or_default();
    spans.push(piece(
        theme,
        Token::Dim,
        format!("{} {from} – {to}", model.say(scale)),
    ));
    if room <= 70 {
        spans.push(Span::raw(" "));
    } else {
        let other = match model.looks.scale {
            Scale::Steps => word!(screen_by_time),
            Scale::Time => word!(screen_by_steps),
        };
        let open = model.say(word!(screen_bracket_open));
        let close = model.say(word!(screen_bracket_close));
        spans.push(piece(theme, Token::Dim, open));
        spans.push(piece(theme, Token::Key, key));
        spans.push(piece(
            theme,
            Token::Dim,
            format!(" {}{close}", model.say(other)),
        ));
    }
    Line::from(spans)
}
