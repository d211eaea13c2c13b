//! The source at the current step: the line it stands on, and the lines that have run.

use evscope_replay::Lang;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{CURRENT, mark_current, piece, scrolled};
use crate::code::CodeLine;
use crate::layout::Pane;
use crate::model::{Model, Whose};
use crate::text;
use crate::theme::Token;

pub(crate) fn draw(buf: &mut Buffer, area: Rect, model: &Model) {
    let theme = model.theme;
    let source = &model.here.source;
    let (Some(line), Some(code)) = (&source.line, &source.code) else {
        for (y, line) in (area.top()..area.bottom()).zip(missing(model, area.width)) {
            buf.set_string(area.x + 1, y, line, theme.style(Token::Dim));
        }
        return;
    };
    let (top, _) = extent(model, area);
    let top = scrolled(model, Pane::Source, top);
    let digits = code.last().to_string().len().max(3);
    for (y, row) in (area.top()..area.bottom()).zip(code.lines.iter().skip(top)) {
        let (number, pieces) = match row {
            CodeLine::Line(number, pieces) => (*number, pieces),
            CodeLine::Gap => {
                let gap = format!(" {:>digits$}", "…");
                buf.set_string(area.x, y, gap, theme.style(Token::Dim));
                continue;
            }
        };
        let is_current = number == line.line;
        let has_run = model.facts.has_run(&line.file, number, model.step);
        let mut spans: Vec<Span<'_>> = vec![
            if is_current {
                piece(theme, Token::CurrentMark, CURRENT)
            } else {
                Span::raw(" ")
            },
            piece(theme, Token::Dim, format!("{number:>digits$}")),
            if has_run {
                piece(theme, Token::Ran, "▎")
            } else {
                Span::raw(" ")
            },
        ];
        spans.extend(
            pieces
                .iter()
                .map(|(token, text)| Span::styled(text.as_str(), theme.style(*token))),
        );
        let spans = Line::from(spans);
        buf.set_line(area.x, y, &spans, area.width);
        if spans.width() > usize::from(area.width) {
            super::put(buf, area.right() - 1, y, "…", theme.style(Token::Dim));
        }
        if is_current {
            mark_current(buf, theme, area, y);
        }
    }
}

/// Where the text begins by itself, and how many lines it has: the current line stands a third down.
pub(crate) fn extent(model: &Model, area: Rect) -> (usize, usize) {
    let source = &model.here.source;
    let (Some(line), Some(code)) = (&source.line, &source.code) else {
        return (0, 0);
    };
    let (count, height) = (code.lines.len(), usize::from(area.height));
    let current = code.row_of(line.line).unwrap_or(0);
    let top = current
        .saturating_sub(height / 3)
        .min(count.saturating_sub(height));
    (top, count)
}

/// The file, the line, and whose line it is.
pub(crate) fn about(model: &Model, room: usize) -> Option<String> {
    let source = &model.here.source;
    let line = source.line.as_ref()?;
    let whose = match (source.whose?, source.step == model.step, model.lang) {
        (Whose::Own, true, _) => "",
        (Whose::Caller, true, Lang::En) => "called at ",
        (Whose::Caller, true, Lang::Zh) => "调用处 ",
        (_, false, Lang::En) => "inside ",
        (_, false, Lang::Zh) => "位于 ",
    };
    let place = format!("{}:{}", line.file, line.line);
    let room = room.saturating_sub(text::width(whose) + 6);
    // The end of a path tells more than its beginning.
    let excess = text::width(&place).saturating_sub(room);
    let place = if excess > 0 {
        format!("…{}", text::skip(&place, excess + 1))
    } else {
        place
    };
    Some(format!("{whose}{place}"))
}

fn missing(model: &Model, width: u16) -> Vec<String> {
    let message = match (&model.here.source.line, model.lang) {
        (None, Lang::En) => "The trace does not say where in the source this step is.".to_owned(),
        (None, Lang::Zh) => "跟踪没有说明此步在源码中的位置。".to_owned(),
        (Some(line), Lang::En) => format!(
            "{}:{}\n\nThe trace does not carry the text of this function. A folder of sources that has the file can be given with --source DIR.",
            line.file, line.line
        ),
        (Some(line), Lang::Zh) => format!(
            "{}:{}\n\n跟踪中没有这个函数的源码。可用 --source DIR 指定含有该文件的源码目录。",
            line.file, line.line
        ),
    };
    text::wrap(&message, usize::from(width).saturating_sub(2))
}
