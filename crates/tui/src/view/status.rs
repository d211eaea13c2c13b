//! The last line: where one is and what can be done, or what went wrong, or a line being typed.

use evscope_replay::describe;
use evscope_words::{Word, text, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::{CURRENT, piece};
use crate::look::text;
use crate::look::theme::Token;
use crate::model::command::Deed;
use crate::model::prompt::{Prompt, PromptKind};
use crate::model::{Following, Model, NoticeKind, SPEEDS, Search};

/// Draws the line; gives where the cursor stands, if one types into it.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, model: &Model) -> Option<(u16, u16)> {
    let style = model.theme.style(Token::Status);
    for x in area.left()..area.right() {
        super::put(buf, x, area.y, " ", style);
    }
    if let Some(prompt) = &model.prompt {
        return Some(draw_prompt(buf, area, model, prompt));
    }
    let room = usize::from(area.width);
    let mut keys = keys(model);
    let all = line_of(model, &keys).width();
    let left = match &model.notice {
        Some(notice) => {
            let (mark, token) = match notice.kind {
                NoticeKind::Said => ("", Token::Status),
                NoticeKind::Wrong => ("✖ ", Token::Error),
            };
            // Where the program is stands there whatever is said.
            let mode = model
                .program_mode()
                .map_or(String::new(), |mode| format!(" {mode} "));
            let width = room.saturating_sub(2 + text::width(&mode));
            let mut lines = text::wrap(&format!("{mark}{}", notice.text), width);
            let last = lines.pop().unwrap_or_default();
            above(buf, area, model, &lines, token);
            let bold = style.add_modifier(Modifier::BOLD);
            Line::from(vec![
                Span::styled(mode, bold),
                piece(model.theme, token, format!(" {last}")),
            ])
        }
        None => place(model, room.saturating_sub(all + 1)),
    };
    buf.set_line(area.x, area.y, &left, area.width);
    // As many as there is room for.
    while !keys.is_empty() && left.width() + line_of(model, &keys).width() >= room {
        keys.pop();
    }
    let hints = line_of(model, &keys);
    let x = area.right() - hints.width() as u16;
    buf.set_line(x, area.y, &hints, hints.width() as u16);
    None
}

/// Word that do not fit into the line stand above it.
fn above(buf: &mut Buffer, area: Rect, model: &Model, lines: &[String], token: Token) {
    let style = model.theme.on_status(token);
    let width = usize::from(area.width);
    // What is drawn over must not shine through where the style says nothing.
    let style = ratatui::style::Style::reset().patch(style);
    for (line, y) in lines.iter().rev().zip((0..area.y).rev()) {
        buf.set_string(area.x, y, text::pad(&format!(" {line}"), width), style);
    }
}

/// Trace, step, time, level, filter, mode.
fn place(model: &Model, room: usize) -> Line<'static> {
    let theme = model.theme;
    let trace = model.trace();
    let name = trace
        .name()
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    let at = match trace.len().checked_sub(1) {
        Some(last) => text!(screen_step_of, step = model.step, last).in_lang(model.lang),
        None => word!(screen_no_steps).in_lang(model.lang).to_owned(),
    };
    let time = trace
        .get(model.step)
        .map(|record| format!("{} s", describe::clock(record.t)));
    let level = text!(screen_level, level = model.level.number()).in_lang(model.lang);
    let mut parts = vec![name, at];
    parts.extend(time);
    parts.push(level);
    if let Some(filter) = &model.filter {
        let label = model.say(word!(screen_filter));
        parts.push(format!(
            "{label} {} ({})",
            text::cut(filter.query.text(), 20),
            model.rows().wanted()
        ));
    }
    let mut line = vec![Span::raw(" ")];
    let bold = theme.style(Token::Status).add_modifier(Modifier::BOLD);
    line.extend(
        modes(model)
            .into_iter()
            .map(|mode| Span::styled(format!("{mode}  "), bold)),
    );
    let modes_width: usize = line.iter().map(Span::width).sum();
    // What does not fit is left out whole, the least important part first: the name, then the time.
    for least in [0, 1] {
        let width: usize = parts.iter().map(|part| text::width(part) + 3).sum();
        if width + modes_width > room && parts.len() > 2 {
            parts.remove(least);
        }
    }
    line.push(Span::raw(text::shown(parts.join(" · ").into())));
    Line::from(line).patch_style(theme.style(Token::Status))
}

/// What is going on.
fn modes(model: &Model) -> Vec<String> {
    let mut modes = Vec::new();
    if let Some(job) = &model.job {
        let percent = job.percent(model.trace(), model.rows().len());
        modes.push(text!(screen_working_esc_cancels, percent).in_lang(model.lang));
    }
    let looked_at = model.facts.percent(model.trace());
    let looked_at = looked_at.map(|percent| format!("{percent} %"));
    if let Some(far) = model.reading.as_ref().or(looked_at.as_ref()) {
        let reading = model.say(word!(screen_reading));
        modes.push(format!("{reading} {far}"));
    }
    if model.autoplay.is_some() {
        modes.push(format!("▸▸ {}/s", SPEEDS[model.speed]));
    }
    if let Some(mode) = model.program_mode() {
        modes.push(mode.to_owned());
    }
    match model.following {
        Following::Not => {}
        // Where the program is says it already.
        Following::Live if model.live.is_some() => {}
        Following::Live => modes.push(model.say(word!(screen_live)).to_owned()),
        Following::Paused => modes.push(model.say(word!(screen_paused)).to_owned()),
    }
    modes.extend(model.count.map(|count| format!("{count}…")));
    if model.looks.wanted.zoom {
        modes.push(model.say(word!(screen_zoom)).to_owned());
    }
    modes
}

/// Keys, and what they do.
pub(crate) type Hints = Vec<(String, &'static str)>;

/// The keys of commands, and what those do here.
pub(super) fn hints(model: &Model, commands: &[(Deed, Word)]) -> Hints {
    let bound = commands.iter().filter_map(|(command, what)| {
        let key = model.keymap.hint(*command)?;
        Some((key, model.say(*what)))
    });
    bound.collect()
}

/// The keys that matter now, the most important ones first.
fn keys(model: &Model) -> Hints {
    let help = (Deed::Help, word!(key_help));
    let quit = (Deed::Quit, word!(key_quit));
    let next = (Deed::Next, word!(key_next));
    let has_hits = |search: &Search| !search.hits.is_empty();
    if let Some(overlay) = model.overlay {
        let keys = overlay.list().keys().iter();
        keys.map(|(key, what)| ((*key).to_owned(), model.say(*what)))
            .collect()
    } else if model.autoplay.is_some() {
        hints(
            model,
            &[
                (Deed::Play, word!(key_pause)),
                (Deed::Faster, word!(key_faster)),
            ],
        )
    } else if let Some(keys) = model.looks.wanted.focus.view().hints(model) {
        keys
    } else if model.is_in_lesson() {
        let back = (Deed::Lesson, word!(key_back_to_the_lesson));
        hints(model, &[next, back, help, quit])
    } else if model.live.is_some() {
        let run = (Deed::Run, word!(key_to_a_stop));
        let hold = (Deed::Hold, word!(key_run_hold));
        hints(model, &[next, run, hold, help, quit])
    } else if model.search.as_ref().is_some_and(has_hits) {
        hints(model, &[(Deed::NextHit, word!(key_next_hit)), help])
    } else {
        hints(model, &[next, (Deed::Why, word!(key_why)), help, quit])
    }
}

/// Keys with what they do, in a line.
fn line_of(model: &Model, keys: &Hints) -> Line<'static> {
    let theme = model.theme;
    let mut line = Vec::new();
    for (key, what) in keys {
        line.push(Span::styled(key.clone(), theme.on_status(Token::Key)));
        line.push(Span::styled(
            format!(" {what}  "),
            theme.style(Token::Status),
        ));
    }
    Line::from(line)
}

fn draw_prompt(buf: &mut Buffer, area: Rect, model: &Model, prompt: &Prompt) -> (u16, u16) {
    let theme = model.theme;
    if prompt.kind == PromptKind::Command {
        palette(buf, area, model, prompt);
    }
    let label = format!(" {}", model.say(prompt.kind.label()));
    let (x, _) = buf.set_stringn(
        area.x,
        area.y,
        label,
        usize::from(area.width),
        theme.on_status(Token::Key),
    );
    let value = prompt.input.value();
    let room = usize::from(area.right().saturating_sub(x + 1));
    if let Some((column, message)) = &prompt.error {
        let column = text!(screen_column, column).in_lang(model.lang);
        let message = text::wrap(&format!("✖ {column}{message}"), usize::from(area.width) - 2);
        above(buf, area, model, &message, Token::Error);
    }
    let skipped = prompt.input.visual_scroll(room);
    let shown = text::skip(value, skipped);
    buf.set_stringn(
        x,
        area.y,
        text::take(&shown, room),
        room,
        theme.style(Token::Status),
    );
    if let Some((column, _)) = &prompt.error {
        mark_wrong(buf, area, x, value, *column, skipped, model);
    }
    let cursor = prompt.input.visual_cursor().saturating_sub(skipped);
    (
        (x + cursor as u16).min(area.right().saturating_sub(1)),
        area.y,
    )
}

/// The commands that the line may mean, above it.
fn palette(buf: &mut Buffer, area: Rect, model: &Model, prompt: &Prompt) {
    /// More would hide what the command is about.
    const MOST: usize = 10;
    let theme = model.theme;
    let (at, typed) = match &prompt.looked {
        Some((at, typed)) => (Some(*at), typed.as_str()),
        None => (None, prompt.input.value()),
    };
    let found = model.keymap.like(typed, model.lang);
    let room = MOST.min(usize::from(area.y) / 2);
    let first = at.unwrap_or(0).saturating_sub(room.saturating_sub(1));
    let shown = found.iter().enumerate().skip(first).take(room);
    let usages = shown
        .clone()
        .map(|(_, command)| text::width(&command.usage()));
    let width = usages.max().unwrap_or(0).min(usize::from(area.width) / 2);
    let rows = shown.len() as u16;
    for (y, (number, command)) in (area.y - rows..area.y).zip(shown) {
        let keys = model.keymap.keys_of(command).join(" ");
        let mark = if at == Some(number) { CURRENT } else { " " };
        let piece = |token, text| Span::styled(text, theme.on_status(token));
        let mut line = Line::from(vec![
            piece(Token::CurrentMark, format!("{mark} ")),
            piece(Token::Function, text::pad(&command.usage(), width)),
            piece(Token::Key, format!("  {} ", text::pad(&keys, 11))),
        ]);
        let room = usize::from(area.width).saturating_sub(line.width() + 1);
        line.push_span(Span::raw(text::cut(model.say(command.says), room)));
        let style = match at == Some(number) {
            true => theme.style(Token::Current),
            // The line's paper, and the pieces' own ink.
            false => ratatui::style::Style {
                fg: None,
                ..theme.style(Token::Status)
            },
        };
        let blank = " ".repeat(usize::from(area.width));
        buf.set_string(area.x, y, blank, ratatui::style::Style::reset());
        buf.set_line(area.x, y, &line, area.width);
        buf.set_style(Rect { y, ..area }, style);
        if y + 1 == area.y && number + 1 < found.len() {
            let more = theme.on_status(Token::Key);
            super::put(buf, area.right() - 1, y, "↓", more);
        }
    }
}

/// Underlines the line from the place on where it is wrong.
fn mark_wrong(
    buf: &mut Buffer,
    area: Rect,
    x: u16,
    value: &str,
    column: usize,
    skipped: usize,
    model: &Model,
) {
    let before: String = value.chars().take(column.saturating_sub(1)).collect();
    let at = text::width(&before).saturating_sub(skipped) as u16;
    let rest = text::width(value)
        .saturating_sub(text::width(&before))
        .max(1) as u16;
    let wrong = Rect {
        x: x + at,
        y: area.y,
        width: rest.min(area.right().saturating_sub(x + at)),
        height: 1,
    };
    let style = model
        .theme
        .style(Token::Error)
        .add_modifier(Modifier::UNDERLINED);
    buf.set_style(wrong, style);
}
