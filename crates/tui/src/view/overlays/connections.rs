//! The table of connections, over the panes.

use evscope_replay::describe::Columns;
use evscope_replay::{Connection, ConnectionColumn};
use evscope_words::{Word, text, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{CLOSE, List, choose, frame};
use crate::look::text;
use crate::look::theme::Token;
use crate::model::here::top_with;
use crate::model::pane::Pane;
use crate::model::{Direction, Model};
use crate::view::panes::Done;
use crate::view::{draw_lines, piece};

/// The list.
pub(super) struct Connections;

impl List for Connections {
    fn pane(&self) -> Pane {
        Pane::CONNECTIONS
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, model: &Model, at: usize) {
        let theme = model.theme;
        let table = &model.by_connection;
        let area = Rect {
            height: area.height.saturating_sub(1),
            ..area
        };
        let title = match table.percent() {
            Some(percent) => text!(screen_connections_are_made, percent),
            None => text!(
                screen_connections,
                count = table.rows.len(),
                column = heading(table.sorted).in_lang(model.lang)
            ),
        };
        let inner = frame(buf, area, model, &title.in_lang(model.lang));
        let rows = table.rows.len();
        let height = usize::from(inner.height).saturating_sub(1);
        let top = top_with(0, at, height, rows);
        let shown = &table.rows[top.min(rows)..(top + height).min(rows)];
        let columns = columns(model, shown, usize::from(inner.width));
        let head = columns.iter().map(|(column, width)| {
            let token = match *column == table.sorted {
                true => Token::Focus,
                false => Token::Title,
            };
            let name = text::pad(model.say(heading(*column)), *width);
            piece(theme, token, format!(" {name}"))
        });
        let mut lines = vec![Line::from(head.collect::<Vec<_>>())];
        lines.extend(shown.iter().enumerate().map(|(i, row)| {
            let cells = columns.iter().map(|(column, width)| {
                let cell = text::pad(&column.cell(row), *width);
                let token = match column {
                    ConnectionColumn::Findings if row.findings > 0 => Token::Error,
                    ConnectionColumn::Unsent if row.unsent > 0 => Token::Warning,
                    ConnectionColumn::Who => Token::Type,
                    _ => Token::Text,
                };
                piece(theme, token, format!(" {cell}"))
            });
            let mut line = Line::from(cells.collect::<Vec<_>>());
            if top + i == at {
                choose(&mut line, theme, usize::from(inner.width));
            }
            line
        }));
        if rows == 0 && table.percent().is_none() {
            let none = model.say(word!(screen_no_connections));
            lines = vec![Line::from(piece(theme, Token::Dim, format!(" {none}")))];
        }
        draw_lines(buf, inner, &lines, 0);
    }

    fn count(&self, model: &Model) -> usize {
        model.by_connection.rows.len()
    }

    /// Lists the steps of the connection only: with them stand the bytes of both directions, where they were recorded.
    fn enter(&self, model: &mut Model, at: usize) -> Done {
        // What is not made yet has no row.
        let Some(row) = model.by_connection.rows.get(at) else {
            return Ok(());
        };
        let (Some(query), step) = (row.query(), row.step) else {
            return Ok(());
        };
        model.filter_by(&query)?;
        model.go_to(step);
        Ok(())
    }

    fn key(&self, model: &mut Model, _: usize, key: char) -> bool {
        match key {
            's' => model.sort_connections(Direction::Forward),
            'S' => model.sort_connections(Direction::Back),
            _ => return false,
        }
        true
    }

    fn keys(&self) -> &'static [(&'static str, Word)] {
        &[
            ("Enter", word!(key_follow_it)),
            ("s S", word!(key_sort)),
            CLOSE,
        ]
    }
}

/// The columns that there is room for, with their widths: who and what it is sorted by always, the others from the
/// left.
fn columns(model: &Model, rows: &[Connection], room: usize) -> Vec<(ConnectionColumn, usize)> {
    /// A column is made no wider for one long cell.
    const WIDEST: usize = 24;
    let all = ConnectionColumn::ALL;
    let mut table = Columns::headed(all.map(|column| model.say(heading(column))));
    for row in rows {
        table.row(all.map(|column| column.cell(row)));
    }
    let widths = table.widths().into_iter().map(|width| width.min(WIDEST));
    let all: Vec<_> = std::iter::zip(all, widths).collect();
    let sorted = model.by_connection.sorted;
    let must = |column: ConnectionColumn| column == ConnectionColumn::Who || column == sorted;
    let needed = all.iter().filter(|(column, _)| must(*column));
    let mut left = room.saturating_sub(needed.map(|(_, width)| width + 1).sum());
    let mut full = false;
    all.into_iter()
        .filter(|(column, width)| {
            if must(*column) {
                return true;
            }
            full |= width + 1 > left;
            if !full {
                left -= width + 1;
            }
            !full
        })
        .collect()
}

fn heading(column: ConnectionColumn) -> Word {
    use ConnectionColumn as C;
    match column {
        C::Who => word!(column_who),
        C::Peer => word!(column_peer),
        C::When => word!(column_when),
        C::Lasted => word!(column_lasted),
        C::Read => word!(column_read),
        C::Written => word!(column_written),
        C::Unsent => word!(column_unsent),
        C::Callbacks => word!(column_callbacks),
        C::Longest => word!(column_longest),
        C::Waiting => word!(column_waiting),
        C::Suspended => word!(column_suspended),
        C::Blocked => word!(column_blocked),
        C::Findings => word!(column_findings),
    }
}
