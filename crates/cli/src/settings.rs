//! What the user wants: the options of the command line, else the configuration's, else the
//! environment's.

use std::path::PathBuf;

use clap::ValueEnum;
use evscope_replay::Lang;
use evscope_trace::Level;
use evscope_tui::{LibeventSource, Palette};

use crate::args::{Wishes, installed_libevent};
use crate::config::Config;
use crate::language;
use crate::screen::Begin;

/// The colours, as users name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Theme {
    /// For a dark background
    Dark,
    /// For a light background
    Light,
    /// Colours that stay apart for colour-blind eyes, on a dark background
    #[value(aliases = ["color-blind", "safe"])]
    ColourBlind,
}

impl From<Theme> for Palette {
    fn from(theme: Theme) -> Self {
        match theme {
            Theme::Dark => Self::Dark,
            Theme::Light => Self::Light,
            Theme::ColourBlind => Self::Safe,
        }
    }
}

/// How things are shown.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The language.
    pub(crate) lang: Lang,
    /// The colours; none: what suits the terminal.
    pub(crate) palette: Option<Palette>,
    level: Option<Level>,
    libevent_source: Option<PathBuf>,
    /// Keys of the user's own, and what they do.
    pub(crate) keys: Vec<(String, String)>,
}

impl Settings {
    /// Puts together what is wanted, `asked` being the language that the command line names; an error is one of the configuration.
    pub(crate) fn of(wishes: &Wishes, asked: Option<Lang>) -> anyhow::Result<Self> {
        // First: the configuration may name one of the user's own languages.
        language::load(wishes);
        let config = Config::find(wishes.config.as_deref())?;
        let lang = language::chosen(asked.or(config.lang));
        lang.speak();
        Ok(Self {
            lang,
            palette: wishes.theme.or(config.theme).map(Palette::from),
            level: config.level,
            libevent_source: config.libevent_source,
            keys: config.keys,
        })
    }

    /// The same in another language.
    pub(crate) fn in_lang(&self, lang: Lang) -> Self {
        Self {
            lang,
            ..self.clone()
        }
    }

    /// The detail level: `asked`, else the configuration's, else the walkthrough's.
    pub(crate) fn level(&self, asked: Option<Level>) -> Level {
        asked.or(self.level).unwrap_or(Level::Walkthrough)
    }

    /// A folder of libevent's source for libevent's traces: the configuration's, or one that is installed.
    pub(crate) fn libevent_source(&self) -> Option<LibeventSource> {
        let folder = self.libevent_source.clone().or_else(installed_libevent)?;
        Some(LibeventSource {
            folder,
            always: false,
        })
    }

    /// How the screen begins, at the first step.
    pub(crate) fn begin(&self, level: Option<Level>) -> Begin {
        Begin {
            at: None,
            level: self.level(level),
            lang: self.lang,
            palette: self.palette,
            keys: self.keys.clone(),
            source_dir: None,
            libevent_source: self.libevent_source(),
        }
    }
}
