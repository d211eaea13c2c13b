//! The model told by messages, as a user would: keys in, places and effects out.
//!
//! The trace is a recording of the hello-world example, kept as it was, so that its step numbers can be
//! relied on.

mod every_key;
mod findings;
mod hidden;
mod keys;
mod lanes;
mod lessons;
mod mouse;
mod moving;
mod pictures;
#[path = "../../../words/tests/printed/mod.rs"]
mod printed;
mod program;
mod rooms;
mod said;
mod screens;
mod source;
mod speed;
mod stops;

use std::sync::OnceLock;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use evscope_replay::{Lang, Replay, Trace};
use evscope_trace::Level;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::model::message::{Effect, Message};
use crate::model::{Begin, Model, NoticeKind};
use crate::update::keys::{home_keymap, keymap};
use crate::update::update;
use crate::view;
use crate::work::facts::Facts;

pub(crate) const HELLO_WORLD: &str = include_str!("../../tests/fixtures/hello-world.jsonl");

/// The hello-world's steps again and again, so many or somewhat fewer.
fn hello_worlds(steps: usize) -> Trace {
    let once = Trace::read(HELLO_WORLD.as_bytes(), "hello").unwrap();
    let mut trace = Trace::new("hello-worlds", once.header().clone());
    for file in once.source_files() {
        for text in once.source_file(file) {
            trace.push_source(text.clone());
        }
    }
    let span = once.records().last().unwrap().t.0 + 1;
    for round in 0..steps / once.len() {
        for record in once.records() {
            let mut record = record.clone();
            record.seq = trace.len() as u64;
            record.t.0 += span * round as u64;
            trace.push(record);
        }
    }
    trace
}

/// A model and somebody at the keyboard.
struct User {
    model: Model,
    effects: Vec<Effect>,
    clock: Duration,
}

impl User {
    /// At a medium window, level 2, English.
    fn new() -> Self {
        Self::of(HELLO_WORLD)
    }

    fn of(trace: &str) -> Self {
        Self::with(trace, |_| {})
    }

    fn at(width: u16, height: u16) -> Self {
        Self::with(HELLO_WORLD, |begin| begin.size = (width, height))
    }

    fn with(trace: &str, change: impl FnOnce(&mut Begin)) -> Self {
        // Reading is most of the work of these tests, and nearly always of the same text.
        static READ: OnceLock<Trace> = OnceLock::new();
        let read = |text: &str| Trace::read(text.as_bytes(), "hello-world.jsonl").unwrap();
        let trace = if trace == HELLO_WORLD {
            READ.get_or_init(|| read(HELLO_WORLD)).clone()
        } else {
            read(trace)
        };
        let mut begin = begin();
        change(&mut begin);
        Self::over(Model::new(Replay::new(trace), Facts::default(), begin))
    }

    fn over(mut model: Model) -> Self {
        view::panes::settle(&mut model);
        Self {
            model,
            effects: Vec::new(),
            clock: Duration::ZERO,
        }
    }

    fn tell(&mut self, message: Message) -> &mut Self {
        self.effects.extend(update(&mut self.model, message));
        self
    }

    /// Presses keys one after the other, without haste: a character each, or a name in angle brackets
    /// (`<enter>`, `<ctrl-d>`).
    fn press(&mut self, keys: &str) -> &mut Self {
        self.type_keys(keys, Duration::from_secs(1))
    }

    /// As [`press`](Self::press), a key after so long.
    fn type_keys(&mut self, keys: &str, pace: Duration) -> &mut Self {
        let mut rest = keys;
        while let Some(first) = rest.chars().next() {
            let name;
            (name, rest) = match rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
                Some((name, rest)) => (name.to_owned(), rest),
                None => (first.to_string(), &rest[first.len_utf8()..]),
            };
            self.clock += pace;
            // Before the text is typed the digits of a line to type are not counts.
            if self.model.autoplay.is_none() {
                self.tell(Message::Time(self.clock));
            }
            self.tell(Message::Key(event(&name)));
            self.settle();
        }
        self
    }

    /// Presses one key and waits for what it asked for only, not for what is found out meanwhile.
    fn press_one(&mut self, key: &str) -> &mut Self {
        self.tell(Message::Key(event(key)));
        while self.model.job.is_some() || self.model.here.is_far {
            self.tell(Message::Work);
        }
        self
    }

    /// Lets the work at hand come to its end.
    fn settle(&mut self) -> &mut Self {
        while self.model.has_work() {
            self.tell(Message::Work);
        }
        self
    }

    fn step(&self) -> usize {
        self.model.step
    }

    /// What the status line says went wrong.
    fn complaint(&self) -> &str {
        match &self.model.notice {
            Some(notice) if notice.kind == NoticeKind::Wrong => &notice.text,
            _ => "",
        }
    }

    /// What the status line says.
    fn notice(&self) -> &str {
        self.model.notice.as_ref().map_or("", |notice| &notice.text)
    }

    /// The screen's text.
    fn screen(&self) -> String {
        let (width, height) = self.model.looks.size;
        screen(&self.model, width, height)
    }
}

/// At a medium window, level 2, English, in colour.
fn begin() -> Begin {
    let keys = (keymap(), home_keymap());
    Begin::alone(Level::Walkthrough, Lang::EN, keys, (120, 40))
}

/// A key press of a name.
fn event(name: &str) -> KeyEvent {
    let (modifiers, name) = match name.split_once('-') {
        Some(("ctrl", rest)) => (KeyModifiers::CONTROL, rest),
        Some(("shift", rest)) => (KeyModifiers::SHIFT, rest),
        _ => (KeyModifiers::NONE, name),
    };
    let code = match name {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" if modifiers == KeyModifiers::SHIFT => KeyCode::BackTab,
        "tab" => KeyCode::Tab,
        "space" => KeyCode::Char(' '),
        "backspace" => KeyCode::Backspace,
        "delete" => KeyCode::Delete,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pageup" => KeyCode::PageUp,
        "pagedown" => KeyCode::PageDown,
        "f1" => KeyCode::F(1),
        _ => {
            let mut characters = name.chars();
            match (characters.next(), characters.next()) {
                (Some(character), None) => KeyCode::Char(character),
                _ => panic!("no key is called `{name}`"),
            }
        }
    };
    KeyEvent::new(code, modifiers)
}

/// The text of the screen of a model, without the blanks at the ends of lines.
fn screen(model: &Model, width: u16, height: u16) -> String {
    let area = Rect::new(0, 0, width, height);
    let mut buf = Buffer::empty(area);
    view::screen(&mut buf, area, model);
    crate::look::text::text_of(&buf)
}
