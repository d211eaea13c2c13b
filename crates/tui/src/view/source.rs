//! The source at the current step: the line it stands on, and the lines that have run.

use evscope_trace::Lane;
use evscope_words::{text, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{CURRENT, mark_current, piece, scrolled};
use crate::look::text;
use crate::look::theme::Token;
use crate::model::code::CodeLine;
use crate::model::here::Place;
use crate::model::layout::Pane;
use crate::model::{Model, Whose};

pub(crate) fn draw(buf: &mut Buffer, area: Rect, model: &Model) {
    let theme = model.theme;
    let source = &model.here.source;
    let (Some(line), Some(code)) = (&source.line, &source.code) else {
        for (y, line) in (area.top()..area.bottom()).zip(missing(model, area.width)) {
            buf.set_string(area.x + 1, y, line, theme.style(Token::Dim));
        }
        return;
    };
    if let Some(note) = through(model) {
        let note = text::cut(&note, usize::from(area.width).saturating_sub(1));
        buf.set_string(area.x + 1, area.y, note, theme.style(Token::Warning));
    }
    let (top, _) = extent(model, area);
    let area = text_area(model, area);
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

/// Where the text stands: below the note on its line, if there is one.
fn text_area(model: &Model, area: Rect) -> Rect {
    let note = u16::from(through(model).is_some()).min(area.height);
    Rect {
        y: area.y + note,
        height: area.height - note,
        ..area
    }
}

/// Whose line the caller's is when that is not the function around the step: a library's functions say
/// who called them from outside, and so do those that they call.
fn through(model: &Model) -> Option<String> {
    let source = &model.here.source;
    if source.whose != Some(Whose::Caller) || source.step != model.step {
        return None;
    }
    let trace = model.trace();
    let caller = trace.get(model.step)?.caller.as_ref()?;
    let mut calls = trace.ancestors(model.step).peekable();
    let mut first = None;
    while let Some(call) = calls.next_if(|call| trace.record(*call).caller.as_ref() == Some(caller))
    {
        first = Some(call);
    }
    let name = trace.record(first?).event.name();
    // What is in no call is the program's main function.
    let yours = calls
        .next()
        .is_none_or(|call| trace.record(call).event.lane() == Lane::Program);
    Some(match yours {
        true => text!(screen_called_from_your_code, name).in_lang(model.lang),
        false => text!(screen_called_through, name).in_lang(model.lang),
    })
}

/// Where the text begins by itself, and how many lines it has: the current line stands a third down.
pub(crate) fn extent(model: &Model, area: Rect) -> (usize, usize) {
    let source = &model.here.source;
    let (Some(line), Some(code)) = (&source.line, &source.code) else {
        return (0, 0);
    };
    let (count, height) = (code.lines.len(), usize::from(text_area(model, area).height));
    let note = usize::from(area.height) - height;
    let current = code.row_of(line.line).unwrap_or(0);
    let top = current
        .saturating_sub(height / 3)
        .min(count.saturating_sub(height));
    (top, count + note)
}

/// The file, the line, and whose line it is.
pub(crate) fn about(model: &Model, room: usize) -> Option<String> {
    let source = &model.here.source;
    let line = source.line.as_ref()?;
    let whose = match (source.whose?, source.step == model.step, source.place) {
        (Whose::Own, true, _) => None,
        (Whose::Caller, true, Place::Line) => Some(word!(screen_called_at)),
        (Whose::Caller, true, Place::Function) => Some(word!(screen_called_in)),
        (_, false, _) => Some(word!(screen_inside)),
    };
    let whose = whose.map_or("", |whose| model.say(whose));
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
    if model.trace().is_empty() {
        return Vec::new();
    }
    let message = match &model.here.source.line {
        None => word!(screen_the_trace_does_not)
            .in_lang(model.lang)
            .to_owned(),
        Some(line) => text!(
            screen_the_trace_does_not_carry,
            file = line.file,
            line = line.line
        )
        .in_lang(model.lang),
    };
    text::wrap(&message, usize::from(width).saturating_sub(2))
}
