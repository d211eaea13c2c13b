//! The configuration file, `docs/config.md`.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::ValueEnum;
use evscope_replay::Lang;
use evscope_trace::Level;
use evscope_words::text;
use serde::Deserialize;
use toml::Spanned;

use crate::settings::Theme;
use crate::{dirs, input, language};

/// What a user wants every time.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Config {
    pub(crate) lang: Option<Lang>,
    pub(crate) level: Option<Level>,
    pub(crate) theme: Option<Theme>,
    /// A folder of libevent's source.
    pub(crate) libevent_source: Option<PathBuf>,
    /// A key and a command line.
    pub(crate) keys: Vec<(String, String)>,
}

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    lang: Option<Spanned<String>>,
    level: Option<Spanned<i64>>,
    theme: Option<Spanned<String>>,
    #[serde(rename = "libevent-source")]
    libevent_source: Option<Spanned<PathBuf>>,
    #[serde(default)]
    keys: BTreeMap<Spanned<String>, Spanned<String>>,
}

/// A mistake, and where it is.
type Mistake = (Option<Range<usize>>, String);

impl Config {
    /// Reads `asked`, or the file that `EVSCOPE_CONFIG` names, or the one in the user's folder. Only the
    /// last may be missing.
    pub(crate) fn find(asked: Option<&Path>) -> anyhow::Result<Self> {
        let variable = std::env::var_os("EVSCOPE_CONFIG").filter(|name| !name.is_empty());
        if let Some(path) = asked.map(PathBuf::from).or(variable.map(PathBuf::from)) {
            let text = input::text_of(&path).map_err(|error| {
                language::wrong(&text!(
                    cli_configuration,
                    file = path.display(),
                    error = error.to_string()
                ))
            })?;
            return Self::read(&path, &text);
        }
        let Some(path) = dirs::config().map(|folder| folder.join("config.toml")) else {
            return Ok(Self::default());
        };
        match input::text_of(&path) {
            Ok(text) => Self::read(&path, &text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(language::wrong(&text!(
                cli_configuration,
                file = path.display(),
                error = error.to_string()
            ))),
        }
    }

    fn read(path: &Path, text: &str) -> anyhow::Result<Self> {
        let written = toml::from_str(text)
            .map_err(|error: toml::de::Error| (error.span(), error.message().to_owned()));
        written.and_then(Self::of).map_err(|(span, message)| {
            let before = span.and_then(|span| text.get(..span.start)).unwrap_or("");
            let line = before.matches('\n').count() + 1;
            anyhow!("{}:{line}: {message}", path.display())
        })
    }

    fn of(written: Written) -> Result<Self, Mistake> {
        let lang = written.lang.map(|lang| {
            let read = lang.get_ref().parse();
            read.map_err(|_| {
                let known = Lang::all().map(|lang| format!("\"{lang}\""));
                wrong(&lang, "lang", known)
            })
        });
        let level = written.level.map(|level| {
            let read = u8::try_from(*level.get_ref()).ok();
            read.and_then(Level::from_number)
                .ok_or_else(|| wrong(&level, "level", ["1", "2", "3"].map(str::to_owned)))
        });
        let theme = written.theme.map(|theme| {
            Theme::from_str(theme.get_ref(), false).map_err(|_| {
                let themes = ["\"dark\"", "\"light\"", "\"colour-blind\""].map(str::to_owned);
                wrong(&theme, "theme", themes)
            })
        });
        if let Some(folder) = &written.libevent_source
            && !crate::args::is_libevents(folder.get_ref())
        {
            let possible = language::told(&text!(cli_libevent_source_possible));
            return Err(wrong(folder, "libevent-source", [possible]));
        }
        for (key, line) in &written.keys {
            evscope_tui::check_key(key.get_ref(), line.get_ref())
                .map_err(|error| (Some(key.span()), format!("keys: {error}")))?;
        }
        let keys = written.keys.into_iter();
        Ok(Self {
            lang: lang.transpose()?,
            level: level.transpose()?,
            theme: theme.transpose()?,
            libevent_source: written.libevent_source.map(Spanned::into_inner),
            keys: keys
                .map(|(key, line)| (key.into_inner(), line.into_inner()))
                .collect(),
        })
    }
}

fn wrong<T: std::fmt::Debug>(
    value: &Spanned<T>,
    name: &str,
    possible: impl IntoIterator<Item = String>,
) -> Mistake {
    let possible = language::one_of(possible);
    let written = format!("{:?}", value.get_ref());
    let message = language::told(&text!(cli_configuration_wrong, name, possible, written));
    (Some(value.span()), message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        Config::read(Path::new("c.toml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn everything_can_be_set() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("bufferevent_sock.c"), "").unwrap();
        let text = format!(
            "lang = \"zh\"\nlevel = 3\ntheme = \"colour-blind\"\nlibevent-source = {:?}\n\n\
             [keys]\nctrl-n = \"level 3\"\n\"#\" = \"quit\"\n",
            folder.path()
        );
        let keys = [("#", "quit"), ("ctrl-n", "level 3")];
        assert_eq!(
            read(&text),
            Ok(Config {
                lang: Some(Lang::ZH),
                level: Some(Level::Everything),
                theme: Some(Theme::ColourBlind),
                libevent_source: Some(folder.path().to_owned()),
                keys: keys.map(|(k, l)| (k.to_owned(), l.to_owned())).to_vec(),
            })
        );
        assert_eq!(read("# nothing\n"), Ok(Config::default()));
    }

    /// The example in the documentation is a configuration.
    #[test]
    fn the_documentations_example_can_be_read() {
        let page = include_str!("../../../docs/config.md");
        let (_, rest) = page.split_once("```toml\n").unwrap();
        let (example, _) = rest.split_once("```").unwrap();
        let config = read(example).unwrap();
        assert!(config.lang.is_some() && config.level.is_some() && config.theme.is_some());
        assert!(!config.keys.is_empty());
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        for (text, message) in [
            (
                "\nlang = \"de\"",
                "c.toml:2: lang is \"en\" or \"zh\", not \"de\"",
            ),
            ("level = 4", "c.toml:1: level is 1, 2 or 3, not 4"),
            ("level = -1", "c.toml:1: level is 1, 2 or 3, not -1"),
            (
                "libevent-source = \"/none\"",
                "c.toml:1: libevent-source is a folder of libevent's source (with bufferevent_sock.c), not \"/none\"",
            ),
            (
                "theme = \"x\"",
                "c.toml:1: theme is \"dark\", \"light\" or \"colour-blind\", not \"x\"",
            ),
        ] {
            assert_eq!(read(text), Err(message.to_owned()));
        }
        for (text, part) in [
            ("level = 2\nlevle = 3", "c.toml:2: unknown field `levle`"),
            ("level = \"2\"", "c.toml:1: invalid type"),
            (
                "level = 2\n[keys]\nn = \"nxt\"",
                "c.toml:3: keys: no command is called `nxt`",
            ),
            (
                "[keys]\nhyper-n = \"next\"",
                "c.toml:2: keys: `hyper-n` is not a key",
            ),
            ("level = 2\n???", "c.toml:2: "),
        ] {
            let message = read(text).unwrap_err();
            assert!(message.starts_with(part), "{message}");
        }
    }
}
