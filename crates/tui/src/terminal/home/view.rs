//! The home screen, drawn.

use evscope_words::word;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::Records;
use super::keys::{Home, Typing};
use crate::look::text;
use crate::look::theme::Token;
use crate::model::command::HomeDeed;
use crate::model::here::top_with;
use crate::view::{CURRENT, highlight, rule, too_small};

/// From this width on what is said of an item stands beside the list, and else below it.
const WIDE: u16 = 110;
const NARROW: u16 = 20;
/// The least room for what is said of an item beside the list.
const BESIDE: u16 = 36;
/// The columns of an item that are neither its name nor what it is.
const AROUND: usize = 7;
const LOW: u16 = 6;

/// Where things are.
struct Places {
    list: Rect,
    about: Rect,
}

/// A line of the list.
enum Row {
    Blank,
    Heading(String),
    /// The item of this place among those that are found.
    Item(usize),
}

impl Home<'_> {
    /// Draws the screen; gives where the cursor stands, if a line is being typed.
    pub(super) fn screen(&mut self, buf: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let theme = self.theme;
        if area.width < NARROW || area.height < LOW {
            too_small(buf, area, self.lang, (NARROW, LOW));
            return None;
        }
        let about = self.say(word!(home_see_what_an_event));
        let title = Line::from(vec![
            Span::styled(" evscope ", theme.style(Token::Focus)),
            Span::styled(format!("  {about}"), theme.style(Token::Dim)),
        ]);
        buf.set_line(area.x + 1, area.y + 1, &title, area.width - 1);
        let places = self.places(area);
        let rows = self.rows();
        let chosen = rows
            .iter()
            .position(|row| matches!(row, Row::Item(place) if *place == self.chosen));
        let height = usize::from(places.list.height).max(1);
        self.top = top_with(self.top, chosen.unwrap_or(0), height, rows.len());
        // The heading of the first item is shown with it.
        if chosen == Some(1) {
            self.top = 0;
        }
        self.draw_list(buf, places.list, &rows);
        self.draw_about(buf, area, places.about);
        let last = Rect {
            y: area.bottom() - 1,
            height: 1,
            ..area
        };
        self.draw_status(buf, last)
    }

    fn places(&self, area: Rect) -> Places {
        let body = Rect {
            x: area.x + 1,
            y: area.y + 3,
            width: area.width - 2,
            height: area.height.saturating_sub(5),
        };
        if area.width >= WIDE {
            // A line of the list is cut only where what is said beside it would have too little room.
            let least = body.width - body.width * 2 / 5 - 3;
            let list = (self.list_width() as u16).clamp(least, body.width - 3 - BESIDE);
            let about = body.width - 3 - list;
            return Places {
                list: Rect {
                    width: list,
                    ..body
                },
                about: Rect {
                    x: body.right() - about,
                    width: about,
                    ..body
                },
            };
        }
        let most = if self.explained.is_some() {
            body.height / 2
        } else {
            // As much as the longest takes, so that the list does not move with the choice.
            let width = usize::from(body.width);
            let lines = |text: &str| text::wrap(text, width).len() as u16;
            let longest = self.items.iter().map(|item| lines(&item.detail)).max();
            longest.unwrap_or(0).min(area.height / 4)
        };
        let about = most.clamp(2, 14).min(body.height / 2);
        Places {
            list: Rect {
                height: body.height - about - 1,
                ..body
            },
            about: Rect {
                y: body.bottom() - about,
                height: about,
                ..body
            },
        }
    }

    /// How wide the longest item is.
    fn list_width(&self) -> usize {
        let abouts = self.items.iter().map(|item| text::width(&item.about));
        self.name_width() + abouts.max().unwrap_or(0) + AROUND
    }

    fn name_width(&self) -> usize {
        let names = self.items.iter().map(|item| text::width(&item.name));
        names.max().unwrap_or(0)
    }

    /// The items under their headings.
    fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut section = None;
        for (place, item) in self.found().into_iter().enumerate() {
            let item = &self.items[item];
            if section != Some(&item.section) {
                if !rows.is_empty() {
                    rows.push(Row::Blank);
                }
                section = Some(&item.section);
                rows.push(Row::Heading(item.section.clone()));
            }
            rows.push(Row::Item(place));
        }
        rows
    }

    /// The place of the item at a cell.
    pub(super) fn place_at(&self, column: u16, row: u16) -> Option<usize> {
        let (width, height) = self.size;
        if width < NARROW || height < LOW {
            return None;
        }
        let list = self.places(Rect::new(0, 0, width, height)).list;
        if !list.contains((column, row).into()) {
            return None;
        }
        match self.rows().get(self.top + usize::from(row - list.y)) {
            Some(Row::Item(place)) => Some(*place),
            Some(Row::Blank | Row::Heading(_)) | None => None,
        }
    }

    fn draw_list(&self, buf: &mut Buffer, area: Rect, rows: &[Row]) {
        let theme = self.theme;
        let found = self.found();
        let name_width = self.name_width().min(usize::from(area.width) / 2);
        if rows.is_empty() {
            let nothing = self.say(word!(home_nothing_here_is_called));
            let style = theme.style(Token::Dim);
            buf.set_stringn(area.x, area.y, nothing, usize::from(area.width), style);
        }
        for (y, row) in (area.top()..area.bottom()).zip(rows.iter().skip(self.top)) {
            let line = match row {
                Row::Blank => continue,
                Row::Heading(title) => Line::styled(title.clone(), theme.style(Token::Title)),
                Row::Item(place) => {
                    let item = &self.items[found[*place]];
                    let is_chosen = *place == self.chosen;
                    let mark = if is_chosen { CURRENT } else { " " };
                    let name = text::pad(&item.name, name_width);
                    // The last column is that of the arrows.
                    let room = usize::from(area.width).saturating_sub(name_width + AROUND);
                    Line::from(vec![
                        Span::styled(format!(" {mark} "), theme.style(Token::CurrentMark)),
                        Span::styled(name, theme.style(Token::Text).add_modifier(Modifier::BOLD)),
                        Span::styled(
                            format!("  {}", text::cut(&item.about, room)),
                            theme.style(Token::Dim),
                        ),
                    ])
                }
            };
            buf.set_line(area.x, y, &line, area.width);
            if matches!(row, Row::Item(place) if *place == self.chosen) {
                let whole = Rect {
                    y,
                    height: 1,
                    ..area
                };
                highlight(buf, theme, whole);
            }
        }
        let x = area.right().saturating_sub(1);
        for (is_more, y, sign) in [
            (self.top > 0, area.top(), "↑"),
            (
                rows.len() > self.top + usize::from(area.height),
                area.bottom().saturating_sub(1),
                "↓",
            ),
        ] {
            if is_more {
                buf.set_string(x, y, sign, theme.style(Token::Key));
            }
        }
    }

    /// What is said of the chosen item.
    fn draw_about(&self, buf: &mut Buffer, screen: Rect, area: Rect) {
        let theme = self.theme;
        let is_beside = area.x > screen.x + 1;
        if is_beside {
            for y in area.top()..area.bottom() {
                buf.set_string(area.x - 2, y, "│", theme.style(Token::Rule));
            }
        } else {
            for x in area.left()..area.right() {
                rule(buf, theme, x, area.y - 1);
            }
        }
        let Some(number) = self.item() else {
            return;
        };
        let item = &self.items[number];
        let room = usize::from(area.width);
        let mut lines: Vec<Line<'_>> = Vec::new();
        let plain = theme.style(Token::Text);
        if is_beside {
            let bold = plain.add_modifier(Modifier::BOLD);
            lines.extend(
                text::wrap(&item.name, room)
                    .into_iter()
                    .map(|line| Line::styled(line, bold)),
            );
            let dim = theme.style(Token::Dim);
            lines.extend(
                text::wrap(&item.about, room)
                    .into_iter()
                    .map(|line| Line::styled(line, dim)),
            );
            lines.push(Line::default());
        }
        let more = self.explained.as_ref().filter(|it| it.item == number);
        let texts = [Some(&item.detail), more.map(|it| &it.text)];
        let texts = texts.into_iter().flatten().filter(|text| !text.is_empty());
        for (i, text) in texts.enumerate() {
            if i > 0 {
                lines.push(Line::default());
            }
            lines.extend(
                text::wrap(text, room)
                    .into_iter()
                    .map(|line| Line::styled(line, plain)),
            );
        }
        if is_beside {
            lines.push(Line::default());
            lines.extend(self.deeds(number, room));
        }
        let is_cut = lines.len() > usize::from(area.height);
        for (y, line) in (area.top()..area.bottom()).zip(lines) {
            buf.set_line(area.x, y, &line, area.width);
        }
        if is_cut
            && let (Some(x), Some(y)) = (area.right().checked_sub(1), area.bottom().checked_sub(1))
        {
            buf.set_string(x, y, "…", theme.style(Token::Key));
        }
    }

    /// What can be done with an item: a key, and behind it what it does.
    fn deeds(&self, item: usize, room: usize) -> Vec<Line<'static>> {
        /// The column of the keys.
        const KEYS: usize = 7;
        let item = &self.items[item];
        let mut deeds = vec![(HomeDeed::Open, item.opens.as_str())];
        if item.records == Records::Afresh {
            deeds.push((HomeDeed::Record, self.say(word!(home_run_it_now_record))));
        }
        if self.explained.is_none() {
            deeds.push((HomeDeed::Explain, self.say(word!(home_say_more_of_it))));
        }
        let deeds = deeds
            .into_iter()
            .filter_map(|(does, text)| Some((self.keymap.hint(does)?, text)));
        let lines = deeds.flat_map(|(key, text)| {
            let lines = text::wrap(text, room.saturating_sub(KEYS));
            let keys = std::iter::once(key).chain(std::iter::repeat(String::new()));
            lines.into_iter().zip(keys).map(|(line, key)| {
                Line::from(vec![
                    Span::styled(text::pad(&key, KEYS), self.theme.style(Token::Key)),
                    Span::styled(line, self.theme.style(Token::Text)),
                ])
            })
        });
        lines.collect()
    }

    fn draw_status(&self, buf: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let theme = self.theme;
        let style = theme.style(Token::Status);
        let room = usize::from(area.width);
        buf.set_string(area.x, area.y, " ".repeat(room), style);
        let (label, typed) = match self.typing {
            Typing::Search => (word!(home_search), &self.search),
            Typing::Command => (word!(home_record), &self.command),
            Typing::Nothing => {
                if let Some(said) = &self.failed {
                    let text = format!(" ✖ {}", said.0.replace('\n', " "));
                    let error = Style::reset().patch(theme.on_status(Token::Error));
                    let lines = text::wrap(&text, room.saturating_sub(1));
                    let above = (0..=area.y).rev();
                    for (line, y) in lines.iter().rev().zip(above) {
                        buf.set_string(area.x, y, text::pad(line, room), error);
                    }
                } else {
                    self.draw_hints(buf, area);
                }
                return None;
            }
        };
        let label = format!(" {}", self.say(label));
        let (x, _) = buf.set_stringn(area.x, area.y, label, room, theme.on_status(Token::Key));
        let room = usize::from(area.right().saturating_sub(x + 1));
        let skipped = typed.visual_scroll(room);
        let shown = text::skip(typed.value(), skipped);
        buf.set_stringn(x, area.y, text::take(&shown, room), room, style);
        let cursor = x + typed.visual_cursor().saturating_sub(skipped) as u16;
        Some((cursor.min(area.right() - 1), area.y))
    }

    fn draw_hints(&self, buf: &mut Buffer, area: Rect) {
        let style = self.theme.style(Token::Status);
        let key = self.theme.on_status(Token::Key);
        let hints = [
            (HomeDeed::Open, self.say(word!(home_key_open))),
            (HomeDeed::Record, self.say(word!(home_key_record))),
            (HomeDeed::Explain, self.say(word!(home_key_explain))),
            (HomeDeed::Search, self.say(word!(home_key_search))),
            (HomeDeed::Command, self.say(word!(home_key_record_command))),
            (HomeDeed::Language, self.lang.next().name()),
            (HomeDeed::Quit, self.say(word!(home_key_quit))),
        ];
        let item = self.item().map(|item| &self.items[item]);
        let runs = item.is_some_and(|item| item.records == Records::Afresh);
        let mut line = vec![Span::raw(" ")];
        let hints = hints
            .into_iter()
            .filter(|(does, _)| *does != HomeDeed::Record || runs);
        for (name, what) in hints.filter_map(|(does, what)| Some((self.keymap.hint(does)?, what))) {
            line.push(Span::styled(name, key));
            line.push(Span::styled(format!(" {what}  "), style));
        }
        let searched = self.search.value();
        if !searched.is_empty() {
            let label = self.say(word!(command_search));
            line.insert(1, Span::styled(format!("{label} “{searched}”  "), key));
        }
        buf.set_line(area.x, area.y, &Line::from(line), area.width);
    }
}
