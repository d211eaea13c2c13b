//! The keys, over the panes; made from the table that binds them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use super::{CHANGED, CURRENT, draw_text, piece};
use crate::commands::{COMMANDS, Group};
use crate::model::Model;
use crate::text;
use crate::theme::Token;
use crate::words::{Words, words};

/// From this width on there are two columns.
const TWO_COLUMNS: u16 = 110;
const KEYS: usize = 13;

/// The signs that the panes put beside what they show.
const SIGNS: &[(&str, Token, Words)] = &[
    (
        CURRENT,
        Token::CurrentMark,
        words("the current step, in every pane", "当前步，各窗格相同"),
    ),
    (
        CHANGED,
        Token::Changed,
        words("changed by this step", "此步改变的值"),
    ),
    (
        "▎",
        Token::Ran,
        words("a source line that has run by now", "至此已运行过的源码行"),
    ),
    (
        "●",
        Token::Stop,
        words("a breakpoint, beside the step", "步骤旁：断点"),
    ),
    ("*", Token::Mark, words("a bookmark", "书签")),
    ("/", Token::Hit, words("a search hit", "搜索匹配")),
    (
        "K L B P",
        Token::Dim,
        words(
            "kernel, loop, bufferevent, your code",
            "内核、循环、bufferevent、你的代码",
        ),
    ),
    (
        "L H",
        Token::Warning,
        words(
            "in a gauge: low and high watermark",
            "缓冲条中：低水位与高水位",
        ),
    ),
];

pub(crate) fn draw(buf: &mut Buffer, area: Rect, model: &Model, top: usize) {
    let area = Rect {
        height: area.height.saturating_sub(1),
        ..area
    };
    let inner = frame(buf, area, model, model.say(words("Keys", "按键")));
    let columns = columns(area.width);
    let lines = lines(model, usize::from(inner.width) / columns);
    let per_column = lines.len().div_ceil(columns);
    for (i, part) in lines.chunks(per_column.max(1)).enumerate() {
        let width = inner.width / columns as u16;
        let column = Rect {
            x: inner.x + i as u16 * width,
            width,
            ..inner
        };
        draw_text(buf, model.theme, column, part, top);
    }
}

/// How many lines there are to scroll.
pub(crate) fn height(model: &Model) -> usize {
    let (width, height) = model.looks.size;
    let columns = columns(width);
    // As wide as between the frame's sides.
    let lines = lines(model, usize::from(width.saturating_sub(2)) / columns)
        .len()
        .div_ceil(columns);
    (lines + 3).saturating_sub(usize::from(height)) + 1
}

fn columns(width: u16) -> usize {
    if width >= TWO_COLUMNS { 2 } else { 1 }
}

fn lines(model: &Model, width: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let mut lines = Vec::new();
    for group in Group::ALL {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.push(Line::from(piece(
            theme,
            Token::Title,
            format!(" {}", model.say(group.title())),
        )));
        for command in COMMANDS.iter().filter(|command| command.group == group) {
            let keys = model.keymap.keys_of(command).join(" ");
            let keys = if keys.is_empty() {
                format!(":{}", command.name)
            } else {
                keys
            };
            let keys = text::pad(&keys, KEYS);
            let says = text::wrap(model.say(command.says), width.saturating_sub(KEYS + 4));
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
    }
    lines.push(Line::default());
    let title = model.say(words("Signs", "记号"));
    lines.push(Line::from(piece(theme, Token::Title, format!(" {title}"))));
    for (sign, token, says) in SIGNS {
        lines.push(Line::from(vec![
            piece(theme, *token, format!("  {} ", text::pad(sign, KEYS))),
            Span::raw(model.say(*says)),
        ]));
    }
    lines.push(Line::default());
    for line in text::wrap(
        model.say(words(
            "A count before a move repeats it: 10n. Below four it begins with a nought: 03n.",
            "移动前的数字表示重复次数：10n。小于四的次数以零开头：03n。",
        )),
        width.saturating_sub(2),
    ) {
        lines.push(Line::from(piece(theme, Token::Dim, format!(" {line}"))));
    }
    lines
}

/// Clears an area and draws a frame with a title around it; gives the room inside.
pub(crate) fn frame(buf: &mut Buffer, area: Rect, model: &Model, title: &str) -> Rect {
    Clear.render(area, buf);
    let style = model.theme.style(Token::Rule);
    let block = ratatui::widgets::Block::bordered()
        .border_type(ratatui::widgets::BorderType::Rounded)
        .border_style(style)
        .title(Span::styled(
            format!(" {title} "),
            model.theme.style(Token::Focus),
        ));
    let inner = block.inner(area);
    block.render(area, buf);
    inner
}
