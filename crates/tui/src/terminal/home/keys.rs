//! What the home screen is told, and what it makes of it.

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind,
};
use evscope_replay::Lang;
use evscope_words::{Word, text};
use tui_input::Input as Typed;
use tui_input::backend::crossterm::EventHandler;

use super::{Explained, Explaining, HomeChoice, HomeItem, HomeList, HomeOptions, Records};
use crate::look::theme::Theme;
use crate::model::command::HomeDeed;
use crate::model::keys::HomeKeymap;

/// What a key leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    Choice(HomeChoice),
    Suspend,
}

/// A line being typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Typing {
    Nothing,
    /// What to search for.
    Search,
    /// A command line to record.
    Command,
}

/// More about an item.
pub(super) struct Explanation {
    pub(super) item: usize,
    pub(super) text: String,
    /// What finds out the rest.
    pub(super) rest: Option<Explaining>,
}

/// What stands in the last line until the next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said(pub(super) String);

pub(super) struct Home<'a> {
    list: &'a dyn HomeList,
    pub(super) items: Vec<HomeItem>,
    pub(super) lang: Lang,
    pub(super) theme: Theme,
    pub(super) keymap: HomeKeymap,
    /// The place among the items that the search leaves.
    pub(super) chosen: usize,
    pub(super) search: Typed,
    pub(super) command: Typed,
    pub(super) typing: Typing,
    pub(super) failed: Option<Said>,
    pub(super) explained: Option<Explanation>,
    pub(super) size: (u16, u16),
    /// The first line of the list that is shown, and what item each line of it is.
    pub(super) top: usize,
}

impl<'a> Home<'a> {
    pub(super) fn new(
        options: &HomeOptions,
        theme: Theme,
        keymap: HomeKeymap,
        list: &'a dyn HomeList,
    ) -> Self {
        let items = list.items(options.lang);
        Self {
            list,
            lang: options.lang,
            theme,
            keymap,
            chosen: options.chosen.min(items.len().saturating_sub(1)),
            items,
            search: Typed::default(),
            command: Typed::default(),
            typing: Typing::Nothing,
            failed: options.failed.clone().map(Said),
            explained: None,
            size: (80, 24),
            top: 0,
        }
    }

    pub(super) fn say(&self, words: Word) -> &'static str {
        words.in_lang(self.lang)
    }

    /// The items that the search leaves.
    pub(super) fn found(&self) -> Vec<usize> {
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

    /// The chosen item.
    pub(super) fn item(&self) -> Option<usize> {
        self.found().get(self.chosen).copied()
    }

    pub(super) fn take(&mut self, event: &Event) -> Option<Next> {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                self.failed = None;
                let next = match self.typing {
                    Typing::Nothing => self.key(*key),
                    Typing::Search | Typing::Command => self.type_key(*key, event),
                };
                self.forget_others();
                next
            }
            Event::Mouse(mouse) => {
                match mouse.kind {
                    MouseEventKind::ScrollDown => self.go(1),
                    MouseEventKind::ScrollUp => self.go(-1),
                    MouseEventKind::Down(MouseButton::Left) => {
                        return self.click(mouse.column, mouse.row);
                    }
                    _ => {}
                }
                self.forget_others();
                None
            }
            Event::Paste(text) => {
                let typed = match self.typing {
                    Typing::Nothing => return None,
                    Typing::Search => &mut self.search,
                    Typing::Command => &mut self.command,
                };
                for character in text.chars().filter(|c| !c.is_control()) {
                    typed.handle(tui_input::InputRequest::InsertChar(character));
                }
                None
            }
            _ => None,
        }
    }

    /// A click chooses; a click on what is chosen opens it.
    fn click(&mut self, column: u16, row: u16) -> Option<Next> {
        let place = self.place_at(column, row)?;
        if place == self.chosen {
            return self.open();
        }
        self.chosen = place;
        self.explained = None;
        None
    }

    fn open(&self) -> Option<Next> {
        let item = self.item()?;
        Some(Next::Choice(HomeChoice::Open(item, self.lang)))
    }

    fn key(&mut self, key: KeyEvent) -> Option<Next> {
        const PAGE: isize = 10;
        let binding = self.keymap.get(key.into())?;
        match binding.command.does {
            HomeDeed::Open => return self.open(),
            HomeDeed::Down => self.go(1),
            HomeDeed::Up => self.go(-1),
            HomeDeed::PageDown => self.go(PAGE),
            HomeDeed::PageUp => self.go(-PAGE),
            HomeDeed::First => self.go(isize::MIN / 2),
            HomeDeed::Last => self.go(isize::MAX / 2),
            HomeDeed::NextSection => self.next_section(),
            HomeDeed::Search => self.typing = Typing::Search,
            HomeDeed::Command => self.typing = Typing::Command,
            HomeDeed::Record => return self.record(),
            HomeDeed::Explain => self.explain(),
            HomeDeed::Language => self.turn_language(),
            HomeDeed::Suspend => return Some(Next::Suspend),
            HomeDeed::Cancel if self.explained.is_some() => self.explained = None,
            HomeDeed::Cancel if !self.search.value().is_empty() => {
                self.search.reset();
                self.chosen = 0;
            }
            HomeDeed::Cancel | HomeDeed::Quit => return Some(Next::Choice(HomeChoice::Quit)),
        }
        None
    }

    fn record(&mut self) -> Option<Next> {
        let item = self.item()?;
        if self.items[item].records == Records::Afresh {
            return Some(Next::Choice(HomeChoice::Record(item, self.lang)));
        }
        let key = self.keymap.hint(HomeDeed::Command).unwrap_or_default();
        let text = text!(home_there_is_nothing_to, key).in_lang(self.lang);
        self.failed = Some(Said(text));
        None
    }

    fn turn_language(&mut self) {
        self.lang = self.lang.next();
        self.items = self.list.items(self.lang);
        if self.explained.take().is_some() {
            self.explain();
        }
    }

    fn type_key(&mut self, key: KeyEvent, event: &Event) -> Option<Next> {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match (self.typing, key.code) {
            (Typing::Search, KeyCode::Enter) => return self.open(),
            (Typing::Search, KeyCode::Down) => self.go(1),
            (Typing::Search, KeyCode::Up) => self.go(-1),
            (Typing::Search, KeyCode::Esc) => {
                self.typing = Typing::Nothing;
                self.search.reset();
                self.chosen = 0;
            }
            (Typing::Command, KeyCode::Enter) => {
                let line = self.command.value().trim().to_owned();
                self.typing = Typing::Nothing;
                if !line.is_empty() {
                    return Some(Next::Choice(HomeChoice::Command(line, self.lang)));
                }
            }
            (Typing::Command, KeyCode::Esc) => {
                self.typing = Typing::Nothing;
                self.command.reset();
            }
            (_, KeyCode::Char('c')) if control => return Some(Next::Choice(HomeChoice::Quit)),
            (Typing::Search, _) => {
                self.search.handle_event(event);
                self.chosen = 0;
            }
            (Typing::Command, KeyCode::Backspace) if self.command.value().is_empty() => {
                self.typing = Typing::Nothing;
            }
            (Typing::Command, _) => {
                self.command.handle_event(event);
            }
            (Typing::Nothing, _) => {}
        }
        None
    }

    fn explain(&mut self) {
        let item = self.item();
        self.explained = match (&self.explained, item) {
            (Some(_), _) | (None, None) => None,
            (None, Some(item)) => Some(Explanation {
                item,
                text: String::new(),
                rest: Some(self.list.explain(item, self.lang)),
            }),
        };
        // What takes no more than a moment is there at once.
        self.go_on();
    }

    /// Finds out more of what is being explained, for a moment; gives whether there is something new to show.
    pub(super) fn go_on(&mut self) -> bool {
        let Some(explanation) = &mut self.explained else {
            return false;
        };
        let Some(rest) = &mut explanation.rest else {
            return false;
        };
        match rest() {
            Explained::SoFar(text) => explanation.text = text,
            Explained::Whole(text) => {
                explanation.text = text;
                explanation.rest = None;
            }
        }
        true
    }

    /// An explanation is of the item it was asked for.
    fn forget_others(&mut self) {
        let item = self.item();
        self.explained.take_if(|it| Some(it.item) != item);
    }

    fn go(&mut self, by: isize) {
        let last = self.found().len().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(by).min(last);
    }

    /// To the first item of the next heading, and round.
    fn next_section(&mut self) {
        let found = self.found();
        let section = |place: usize| &self.items[found[place]].section;
        let next =
            (self.chosen + 1..found.len()).find(|place| section(*place) != section(self.chosen));
        self.chosen = next.unwrap_or(0);
    }
}
