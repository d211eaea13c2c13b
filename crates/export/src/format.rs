//! The formats there are.

use std::fmt;
use std::io::Write;
use std::str::FromStr;

use evscope_replay::Lang;
use evscope_trace::{ReadError, begins_a_trace};
use evscope_words::{ToArg, text};

use crate::{ExportError, Part, chrome, csv, dot, html, json, jsonl, mermaid, svg};

macro_rules! formats {
    ($($(#[doc = $doc:literal])* $format:ident = $name:literal, $module:ident, $extension:literal;)*) => {
        /// A format of an export.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Format {
            $($(#[doc = $doc])* $format,)*
        }

        impl Format {
            /// Every format.
            pub const ALL: &'static [Self] = &[$(Self::$format),*];

            /// The name users say.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$format => $name,)*
                }
            }

            /// What it is, in a sentence.
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$format => concat!($($doc),*).trim_ascii(),)*
                }
            }

            /// How the name of a file in this format usually ends, without the dot before it.
            pub fn extension(self) -> &'static str {
                match self {
                    $(Self::$format => $extension,)*
                }
            }

            pub(crate) fn write(self, part: &Part<'_>, out: &mut dyn Write) -> Result<(), ExportError> {
                match self {
                    $(Self::$format => $module::write(part, out),)*
                }
            }
        }
    };
}

formats! {
    /// One JSON document: header, sources, records.
    Json = "json", json, "json";
    /// The trace itself, written anew: JSON Lines with every known field in its place.
    Jsonl = "jsonl", jsonl, "jsonl";
    /// Trace events for Perfetto (ui.perfetto.dev) and chrome://tracing.
    Chrome = "chrome", chrome, "chrome.json";
    /// A Mermaid sequence diagram: kernel, loop, bufferevent, program.
    Mermaid = "mermaid", mermaid, "mmd";
    /// A graph for Graphviz: callbacks with their runs and time, and how often each is the cause of which.
    Dot = "dot", dot, "dot";
    /// A picture of the sequence for a page or a slide, of at most 300 steps.
    Svg = "svg", svg, "svg";
    /// A page to step through in a browser, of at most 5000 steps; it needs nothing beside itself.
    Html = "html", html, "html";
    /// A table for spreadsheets and data frames, one row a step.
    Csv = "csv", csv, "csv";
}

impl Format {
    /// Whether a file that begins like this (4 KiB are enough) is one that evscope wrote in this format.
    pub fn begins(self, start: &[u8]) -> bool {
        let has = |mark: &str| {
            start
                .windows(mark.len())
                .any(|part| part == mark.as_bytes())
        };
        match self {
            Self::Json => start.starts_with(b"{\"header\":{\"evscope\":"),
            Self::Jsonl => begins_a_trace(start),
            Self::Chrome => {
                start.starts_with(b"{\"displayTimeUnit\":\"ns\",\"otherData\":{\"evscope\":")
            }
            Self::Mermaid => {
                start.starts_with(b"sequenceDiagram\n    participant P as your program\n")
            }
            Self::Dot => start.starts_with(dot::MARK.as_bytes()),
            Self::Svg => has(svg::MARK),
            Self::Html => has(html::MARK),
            Self::Csv => start.starts_with(b"step,t_ns,thread,depth,phase,level,lane,ev,"),
        }
    }

    /// Whether nothing is hidden in what is written of it: what a trace hides is shown there, in JSON as its escapes.
    pub fn is_plain(self) -> bool {
        match self {
            Self::Json | Self::Jsonl | Self::Chrome | Self::Csv => true,
            Self::Mermaid | Self::Dot | Self::Svg | Self::Html => false,
        }
    }

    /// Whether what is hidden in what it writes is still to be shown, as JSON's escapes.
    pub(crate) fn is_filtered(self) -> bool {
        matches!(self, Self::Json | Self::Jsonl)
    }

    /// Whether it is written as the trace goes by for the first time: it needs to know nothing of it beforehand.
    pub fn goes_through_once(self) -> bool {
        matches!(self, Self::Chrome)
    }

    /// The most steps it takes, and those of a part that it would show; none where any number will do.
    pub(crate) fn limit(self, part: &Part<'_>) -> Result<Option<Limit>, ReadError> {
        let (most, steps) = match self {
            Self::Svg => (svg::MOST, svg::count(part)?),
            Self::Html => (html::MOST, part.listed(html::LEVEL)?.len()),
            Self::Json | Self::Jsonl | Self::Chrome | Self::Mermaid | Self::Dot | Self::Csv => {
                return Ok(None);
            }
        };
        Ok(Some(Limit { most, steps }))
    }
}

/// How many steps a format takes.
pub(crate) struct Limit {
    pub(crate) most: usize,
    /// Those there are.
    pub(crate) steps: usize,
}

/// A name that is no format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFormat(String);

impl UnknownFormat {
    /// What is wrong and what there is, in a language.
    pub fn in_lang(&self, lang: Lang) -> String {
        let mut names = Format::ALL.iter().map(|format| format.name().to_arg());
        let last = names.next_back();
        let rest = names.reduce(|list, next| text!(export_formats_list, list, next).to_arg());
        let formats = text!(export_formats, rest, last);
        text!(export_no_format, wrong = self.0, formats).in_lang(lang)
    }
}

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_lang(Lang::EN))
    }
}

impl std::error::Error for UnknownFormat {}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.name() == name)
            .ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_found_by_name() {
        for format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(*format));
            assert!(!format.about().is_empty());
        }
    }

    #[test]
    fn an_unknown_format_lists_the_known_ones() {
        assert_eq!(
            "pdf".parse::<Format>().unwrap_err().to_string(),
            "there is no format `pdf`; the formats are json, jsonl, chrome, mermaid, dot, svg, html and csv"
        );
    }
}
