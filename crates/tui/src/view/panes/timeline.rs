//! The whole trace in a line: how much happens where, what stands out, and the cursor.

use evscope_words::{Word, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{Done, View, WHEEL, go_rows};
use crate::look::theme::{Theme, Token};
use crate::look::words::terms;
use crate::model::command::Deed;
use crate::model::pane::{Pane, Wanted};
use crate::model::{Direction, Model};
use crate::view::layout::{Room, Slot};
use crate::view::status::{Hints, hints};
use crate::view::{piece, put};
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

/// The pane.
pub(super) struct Timeline;

impl View for Timeline {
    fn pane(&self) -> Pane {
        Pane("timeline")
    }

    fn title(&self) -> Word {
        word!(screen_timeline)
    }

    /// What the marks mean, and what part is shown.
    fn about(&self, model: &Model, room: usize) -> Option<Line<'static>> {
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
        let scale = of_scale(model.looks.scale);
        let (from, to) = model.timeline.part();
        let key = model.keymap.hint(Deed::Scale).unwrap_or_default();
        spans.push(piece(
            theme,
            Token::Dim,
            format!("{} {from} – {to}", model.say(scale)),
        ));
        if room <= 70 {
            spans.push(Span::raw(" "));
        } else {
            let other = of_scale(model.looks.scale.other());
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
        Some(Line::from(spans))
    }

    fn slot(&self, _: Room, _: Wanted) -> Option<Slot> {
        Some(Slot::Bottom)
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, model: &Model) {
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

    fn settle(&self, model: &mut Model, area: Rect) {
        model.timeline.refresh(
            model.replay.trace(),
            &model.facts,
            model.step,
            model.looks.scale,
            usize::from(area.width),
            model.looks.magnified,
        );
    }

    /// Up looks closer at the part around the cursor, down shows more of it.
    fn go(&self, model: &mut Model, lines: usize, to: Direction) -> Done {
        const MOST: u32 = 24;
        let (now, times) = (model.looks.magnified, lines as u32);
        model.looks.magnified = match to {
            Direction::Back => (now + times.min(MOST)).min(MOST),
            Direction::Forward => now.saturating_sub(times),
        };
        Ok(())
    }

    fn enter(&self, model: &mut Model) -> Done {
        model.looks.scale = model.looks.scale.other();
        Ok(())
    }

    /// To the row nearest to a column; to the mark in it, if there is one.
    fn drag(&self, model: &mut Model, column: usize) -> bool {
        let trace = model.trace();
        let from = model.timeline.step_at(trace, column);
        let marked = model
            .facts
            .sights_from(from)
            .map(|(step, _)| step)
            .take_while(|step| model.timeline.column(trace, *step) == Some(column))
            .find(|step| model.rows().position(*step).is_ok());
        if let Some(row) = model.rows().nearest(marked.unwrap_or(from)) {
            model.go_to_row(row);
        }
        true
    }

    fn wheel(&self, model: &mut Model, to: Direction) {
        go_rows(model, WHEEL, to);
    }

    fn hints(&self, model: &Model) -> Option<Hints> {
        Some(hints(
            model,
            &[
                (Deed::Up, word!(key_zoom_in)),
                (Deed::Down, word!(key_zoom_out)),
                (Deed::Scale, word!(key_steps_time)),
                (Deed::Help, word!(key_help)),
            ],
        ))
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

fn of_scale(scale: Scale) -> Word {
    match scale {
        Scale::Steps => word!(screen_by_steps),
        Scale::Time => word!(screen_by_time),
    }
}
