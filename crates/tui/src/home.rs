//! The home screen: what there is to look at, with a search.

use std::io;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseEventKind};
use evscope_replay::Lang;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use signal_hook::consts::SIGTSTP;
use signal_hook::low_level::emulate_default_handler;
use tui_input::Input as Typed;
use tui_input::backend::crossterm::EventHandler;

use crate::events::{Events, Input};
use crate::here::top_with;
use crate::run::{Error, theme};
use crate::terminal::Screen;
use crate::text;
use crate::theme::{Palette, Theme, Token};
use crate::words::{Words, words};

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeItem {
    /// The heading it stands under; items of a heading stand together.
    pub section: String,
    /// Its name.
    pub name: String,
    /// What it is, in a line.
    pub about: String,
    /// What choosing it does and why one would, in a few sentences.
    pub detail: String,
}

/// How to show the home screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeOptions {
    /// The language.
    pub lang: Lang,
    /// The colours; none: what suits the terminal.
    pub palette: Option<Palette>,
    /// The item that is chosen to begin with.
    pub chosen: usize,
}

/// What the user chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HomeChoice {
    /// The item of this number, and the language that was chosen on the way.
    Open(usize, Lang),
    /// To leave.
    Quit,
    /// A signal asked the process to end.
    Signal(i32),
}

/// Shows the items and waits for a choice.
pub fn home(options: &HomeOptions, items: &[HomeItem]) -> Result<HomeChoice, Error> {
    let mut home = Home::new(options, items);
    let mut events = Events::open()?;
    let mut screen = Screen::open()?;
    loop {
        screen.draw(|frame| home.draw(frame))?;
        for input in events.wait(None)? {
            match input {
                Input::Terminal(event) => match home.take(&event) {
                    Some(Next::Choice(choice)) => return Ok(choice),
                    Some(Next::Suspend) => suspend(&mut screen)?,
                    None => {}
                },
                Input::Resized => {}
                Input::Stop => suspend(&mut screen)?,
                Input::Continued => screen.without(|| Ok(()))?,
                Input::End(signal) => return Ok(HomeChoice::Signal(signal)),
            }
        }
    }
}

fn suspend(screen: &mut Screen) -> io::Result<()> {
    screen.without(|| emulate_default_handler(SIGTSTP))
}

/// What a key leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Choice(HomeChoice),
    Suspend,
}

struct Home<'a> {
    items: &'a [HomeItem],
    lang: Lang,
    theme: Theme,
    /// The place among the items that the search leaves.
    chosen: usize,
    search: Typed,
    searching: bool,
}

const NOTHING: Words = words("Nothing here is called that.", "没有这样的条目。");

impl<'a> Home<'a> {
    fn new(options: &HomeOptions, items: &'a [HomeItem]) -> Self {
        Self {
            items,
            lang: options.lang,
            theme: theme(options.palette),
            chosen: options.chosen.min(items.len().saturating_sub(1)),
            search: Typed::default(),
            searching: false,
        }
    }

    /// The items that the search leaves.
    fn found(&self) -> Vec<usize> {
        let wanted = self.search.value().to_lowercase();
        let has = |item: &HomeItem| {
            [&item.section, &item.name, &item.about]
                .iter()
                .any(|text| text.to_lowercase().contains(&wanted))
        };
        (0..self.items.len())
            .filter(|i| has(&self.items[*i]))
            .collect()
    }

    fn take(&mut self, event: &Event) -> Option<Next> {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => self.key(*key, event),
            Event::Mouse(mouse) => {
                match mouse.kind {
                    MouseEventKind::ScrollDown => self.go(1),
                    MouseEventKind::ScrollUp => self.go(-1),
                    _ => {}
                }
                None
            }
            _ => None,
        }
    }

    fn key(&mut self, key: KeyEvent, event: &Event) -> Option<Next> {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c') if control => return Some(Next::Choice(HomeChoice::Quit)),
            KeyCode::Char('z') if control => return Some(Next::Suspend),
            KeyCode::Enter => {
                let item = *self.found().get(self.chosen)?;
                return Some(Next::Choice(HomeChoice::Open(item, self.lang)));
            }
            KeyCode::Down => self.go(1),
            KeyCode::Up => self.go(-1),
            KeyCode::PageDown => self.go(10),
            KeyCode::PageUp => self.go(-10),
            KeyCode::Esc if self.searching || !self.search.value().is_empty() => {
                self.searching = false;
                self.search.reset();
                self.chosen = 0;
            }
            _ if self.searching => {
                self.search.handle_event(event);
                self.chosen = 0;
            }
            KeyCode::Char('q') | KeyCode::Esc => return Some(Next::Choice(HomeChoice::Quit)),
            KeyCode::Char('j') => self.go(1),
            KeyCode::Char('k') => self.go(-1),
            KeyCode::Char('g') | KeyCode::Home => self.go(isize::MIN / 2),
            KeyCode::Char('G') | KeyCode::End => self.go(isize::MAX / 2),
            KeyCode::Char('/') => self.searching = true,
            KeyCode::Char('L') => self.lang = self.lang.other(),
            _ => {}
        }
        None
    }

    fn go(&mut self, by: isize) {
        let last = self.found().len().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(by).min(last);
    }

    fn say(&self, words: Words) -> &'static str {
        words.in_lang(self.lang)
    }

    fn draw(&self, frame: &mut Frame<'_>) {
        let area = frame.area();
        if let Some(cursor) = self.screen(frame.buffer_mut(), area) {
            frame.set_cursor_position(cursor);
        }
    }

    fn screen(&self, buf: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let theme = self.theme;
        if area.width < 20 || area.height < 6 {
            buf.set_stringn(
                area.x,
                area.y,
                "20x6?",
                usize::from(area.width),
                theme.style(Token::Text),
            );
            return None;
        }
        let title = Line::from(vec![
            Span::styled(" evscope ", theme.style(Token::Focus)),
            Span::styled(
                format!(
                    "  {}",
                    self.say(words(
                        "see what an event-driven program does, step by step",
                        "一步一步看事件驱动程序在做什么",
                    ))
                ),
                theme.style(Token::Dim),
            ),
        ]);
        buf.set_line(area.x + 1, area.y + 1, &title, area.width - 1);
        let detail_height = (area.height / 4).clamp(2, 6);
        let list = Rect {
            x: area.x + 1,
            y: area.y + 3,
            width: area.width - 2,
            height: area.height.saturating_sub(5 + detail_height),
        };
        let found = self.found();
        self.list(buf, list, &found);
        let detail = Rect {
            y: list.bottom() + 1,
            height: detail_height,
            ..list
        };
        for x in detail.left()..detail.right() {
            super::view::rule(buf, theme, x, list.bottom());
        }
        let text = match found.get(self.chosen) {
            Some(item) => self.items[*item].detail.as_str(),
            None => self.say(NOTHING),
        };
        for (y, line) in
            (detail.top()..detail.bottom()).zip(text::wrap(text, usize::from(detail.width)))
        {
            buf.set_string(detail.x, y, line, theme.style(Token::Text));
        }
        self.status(
            buf,
            Rect {
                y: area.bottom() - 1,
                height: 1,
                ..area
            },
        )
    }

    /// The items under their headings; the chosen one is in view.
    fn list(&self, buf: &mut Buffer, area: Rect, found: &[usize]) {
        let theme = self.theme;
        let name_width = self
            .items
            .iter()
            .map(|item| text::width(&item.name))
            .max()
            .unwrap_or(0);
        let name_width = name_width.min(usize::from(area.width) / 2);
        let mut lines = Vec::new();
        let mut chosen_line = 0;
        let mut section = "";
        for (place, item) in found.iter().map(|i| &self.items[*i]).enumerate() {
            if item.section != section {
                if !lines.is_empty() {
                    lines.push(Line::default());
                }
                section = &item.section;
                lines.push(Line::styled(section.to_owned(), theme.style(Token::Title)));
            }
            let is_chosen = place == self.chosen;
            let mark = if is_chosen { super::view::CURRENT } else { " " };
            let mut line = Line::from(vec![
                Span::styled(format!(" {mark} "), theme.style(Token::CurrentMark)),
                Span::styled(
                    text::pad(&item.name, name_width),
                    theme.style(Token::Text).add_modifier(Modifier::BOLD),
                ),
                Span::styled(format!("  {}", item.about), theme.style(Token::Dim)),
            ]);
            if is_chosen {
                chosen_line = lines.len();
                let padding = usize::from(area.width).saturating_sub(line.width());
                line.push_span(Span::raw(" ".repeat(padding)));
                line = line.patch_style(theme.style(Token::Current));
                for span in &mut line.spans {
                    span.style = span.style.patch(theme.style(Token::Current));
                }
            }
            lines.push(line);
        }
        let top = top_with(0, chosen_line, usize::from(area.height).max(1), lines.len());
        for (y, line) in (area.top()..area.bottom()).zip(lines.iter().skip(top)) {
            buf.set_line(area.x, y, line, area.width);
        }
    }

    fn status(&self, buf: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let style = self.theme.style(Token::Status);
        buf.set_string(area.x, area.y, " ".repeat(usize::from(area.width)), style);
        if self.searching {
            let label = format!(" {}", self.say(words("search ", "搜索 ")));
            let room = usize::from(area.width);
            let (x, _) = buf.set_stringn(area.x, area.y, label, room, self.theme.style(Token::Key));
            buf.set_stringn(x, area.y, self.search.value(), room, style);
            let cursor = x + self.search.visual_cursor() as u16;
            return Some((cursor.min(area.right() - 1), area.y));
        }
        let hints = self.say(words(
            " Enter open  / search  L 中文  q quit",
            " Enter 打开  / 搜索  L English  q 退出",
        ));
        buf.set_stringn(area.x, area.y, hints, usize::from(area.width), style);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items() -> Vec<HomeItem> {
        [
            ("Demos", "hello-world"),
            ("Demos", "echo"),
            ("Recent", "tmux.jsonl"),
        ]
        .into_iter()
        .map(|(section, name)| HomeItem {
            section: section.to_owned(),
            name: name.to_owned(),
            about: format!("about {name}"),
            detail: format!("all of {name}"),
        })
        .collect()
    }

    fn press(home: &mut Home<'_>, keys: &str) -> Option<Next> {
        let mut next = None;
        for c in keys.chars() {
            let code = match c {
                '\n' => KeyCode::Enter,
                '\x1b' => KeyCode::Esc,
                c => KeyCode::Char(c),
            };
            next = home.take(&Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
        }
        next
    }

    fn start(items: &[HomeItem]) -> Home<'_> {
        let options = HomeOptions {
            lang: Lang::En,
            palette: Some(Palette::Dark),
            chosen: 0,
        };
        Home::new(&options, items)
    }

    fn opened(item: usize) -> Option<Next> {
        Some(Next::Choice(HomeChoice::Open(item, Lang::En)))
    }

    #[test]
    fn an_item_is_chosen_and_opened() {
        let items = items();
        assert_eq!(press(&mut start(&items), "\n"), opened(0));
        assert_eq!(press(&mut start(&items), "jjjj\n"), opened(2));
        assert_eq!(press(&mut start(&items), "Gk\n"), opened(1));
        assert_eq!(
            press(&mut start(&items), "q"),
            Some(Next::Choice(HomeChoice::Quit))
        );
    }

    #[test]
    fn a_search_leaves_what_matches() {
        let items = items();
        assert_eq!(press(&mut start(&items), "/tmux\n"), opened(2));
        assert_eq!(press(&mut start(&items), "/no such\n"), None);
        assert_eq!(press(&mut start(&items), "/q\x1bj\n"), opened(1));
    }

    #[test]
    fn the_language_goes_along() {
        let items = items();
        let next = press(&mut start(&items), "L\n");
        assert_eq!(next, Some(Next::Choice(HomeChoice::Open(0, Lang::Zh))));
    }
}
