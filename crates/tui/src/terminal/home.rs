//! The home screen: what there is to look at, with a search.

mod keys;
mod view;

use std::io;
use std::time::Duration;

use evscope_replay::Lang;

use crate::look::theme::Palette;
use crate::terminal::run::{Error, theme};
use crate::terminal::screen::Screen;
use crate::terminal::system::{self, Events, Input, is_gone};
use crate::update::keys::bound;
#[cfg(any(test, feature = "pictures"))]
use crate::update::keys::home_keymap;
use keys::{Home, Next};

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeItem {
    /// The heading it stands under; items of a heading stand together.
    pub section: String,
    /// Its name.
    pub name: String,
    /// What it is, in a line.
    pub about: String,
    /// Why one would look at it, in a few sentences.
    pub detail: String,
    /// What opening it does, in a few words.
    pub opens: String,
    /// Whether it can be recorded afresh.
    pub records: Records,
}

/// Whether an item can be recorded afresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Records {
    /// It is run for real, and recorded.
    Afresh,
    /// There is nothing to run.
    Nothing,
}

/// What there is to choose from.
pub trait HomeList {
    /// The items; in every language the same ones in the same order.
    fn items(&self, lang: Lang) -> Vec<HomeItem>;

    /// More about an item, found out when it is asked for: what is in a trace, say.
    fn explain(&self, item: usize, lang: Lang) -> Explaining;
}

/// Finds out more about an item, a moment of work at each call, until it is all there. Dropped, it is given up.
pub type Explaining = Box<dyn FnMut() -> Explained>;

/// More about an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Explained {
    /// All of it.
    Whole(String),
    /// There is more to find out; this says how far it is.
    SoFar(String),
}

/// How to show the home screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeOptions {
    /// The language.
    pub lang: Lang,
    /// The colours; none: what suits the terminal.
    pub palette: Option<Palette>,
    /// Keys of the user's own: a key (`ctrl-n`) and a command (`down`).
    pub keys: Vec<(String, String)>,
    /// The item that is chosen to begin with.
    pub chosen: usize,
    /// What went wrong with the last choice.
    pub failed: Option<String>,
}

/// What the user chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HomeChoice {
    /// To open an item, in the language that was chosen on the way.
    Open(usize, Lang),
    /// To record an item afresh.
    Record(usize, Lang),
    /// To record a command line.
    Command(String, Lang),
    /// To leave.
    Quit,
    /// A signal asked the process to end.
    Signal(i32),
}

/// Shows the items and waits for a choice.
pub fn home(options: &HomeOptions, list: &dyn HomeList) -> Result<HomeChoice, Error> {
    match choose(options, list) {
        Err(Error::Terminal(error)) if is_gone(&error) => Ok(HomeChoice::Signal(system::HANGUP)),
        chosen => chosen,
    }
}

fn choose(options: &HomeOptions, list: &dyn HomeList) -> Result<HomeChoice, Error> {
    let (_, keymap) = bound(&options.keys).map_err(Error::Keys)?;
    let mut home = Home::new(options, theme(options.palette), keymap, list);
    let mut events = Events::open()?;
    let mut screen = Screen::open()?;
    loop {
        screen.draw(|frame| {
            let area = frame.area();
            home.size = (area.width, area.height);
            if let Some(cursor) = home.screen(frame.buffer_mut(), area) {
                frame.set_cursor_position(cursor);
            }
        })?;
        let patience = home.go_on().then_some(Duration::ZERO);
        for input in events.wait(patience)? {
            match input {
                Input::Terminal(event) => {
                    let next = home.take(&event);
                    // Errors come from below, where nobody knows the screen's language.
                    home.lang.speak();
                    match next {
                        Some(Next::Choice(choice)) => return Ok(choice),
                        Some(Next::Suspend) => suspend(&mut screen)?,
                        None => {}
                    }
                }
                Input::Resized => {}
                Input::Stop => suspend(&mut screen)?,
                Input::Continued => screen.without(|| Ok(()))?,
                Input::End(signal) => return Ok(HomeChoice::Signal(signal)),
            }
        }
    }
}

/// Draws what the home screen shows first.
#[cfg(any(test, feature = "pictures"))]
pub(crate) fn draw(
    options: &HomeOptions,
    theme: crate::look::theme::Theme,
    list: &dyn HomeList,
    buf: &mut ratatui::buffer::Buffer,
) {
    let mut home = Home::new(options, theme, home_keymap(), list);
    home.size = (buf.area.width, buf.area.height);
    home.screen(buf, buf.area);
}

fn suspend(screen: &mut Screen) -> io::Result<()> {
    screen.without(system::suspend)
}

#[cfg(test)]
mod tests;
