//! A page to step through a trace in a browser, in one file that asks for nothing else: the steps, the
//! source, the step in words (English and Chinese), what it changed, and why it happened.
//!
//! What is shown in it, its words too, is [data](data()), embedded as JSON, and is put into the page as text only. What shows
//! it, the view, is a component that other pages can have, too, with as many traces as they like:
//!
//! - [`STYLE`] and [`colors`] go into a style sheet. All of its classes are inside of `.evscope`.
//! - [`SCRIPT`] goes into a script. It makes one name, `evscope`: `evscope.open(element, data)` draws the view of a trace into an
//!   element. `html/view/open.js` says with what options, and what the handle that it returns can do. `evscope.handOut` makes a
//!   hand-out of it, and `evscope.slides` slides.
//!
//! The view is made of the files in `html/view/`, one pane a file: a model that knows no element, and panes that draw what the
//! model says. They are put together here.

mod data;
mod words;

use std::io::{self, Write};

use evscope_replay::colors::{FAILURE, of_lane};
use evscope_trace::{Lane, Level, visible};
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

use crate::{ExportError, Format, Part, check};
use data::Data;

/// A page of so many steps takes some 5 MB. A browser opens it in two seconds, and its list is as long as one likes to read.
pub const MOST: usize = 5000;

/// Says in the page who wrote it.
pub(crate) const MARK: &str = "<meta name=\"generator\" content=\"evscope\"/>";

/// A page: its markup with places to fill, and what is its own beside the view.
struct Page {
    markup: &'static str,
    style: &'static str,
    script: &'static str,
}

const VIEW: Page = Page {
    markup: include_str!("html/page.html"),
    style: include_str!("html/page.css"),
    script: include_str!("html/page.js"),
};

const SLIDES: Page = Page {
    markup: include_str!("html/slides.html"),
    style: include_str!("html/slides.css"),
    script: include_str!("html/slides.js"),
};

/// The style sheet of the view, but for the [lanes' colours](colors).
pub const STYLE: &str = include_str!("html/view/view.css");

/// The script of the view: one constant, `evscope`.
pub const SCRIPT: &str = concat!(
    "\"use strict\";\nconst evscope = (() => {\n",
    include_str!("html/view/dom.js"),
    include_str!("html/view/model.js"),
    include_str!("html/view/fold.js"),
    include_str!("html/view/steps.js"),
    include_str!("html/view/findings.js"),
    include_str!("html/view/source.js"),
    include_str!("html/view/said.js"),
    include_str!("html/view/causes.js"),
    include_str!("html/view/state.js"),
    include_str!("html/view/timeline.js"),
    include_str!("html/view/search.js"),
    include_str!("html/view/bar.js"),
    include_str!("html/view/help.js"),
    include_str!("html/view/keys.js"),
    include_str!("html/view/stops.js"),
    include_str!("html/view/handout.js"),
    include_str!("html/view/slides.js"),
    include_str!("html/view/open.js"),
    "return { open, handOut, slides };\n})();\n",
);

/// The steps that the page has: the reader chooses the level.
pub(crate) const LEVEL: Level = Level::Everything;

pub(crate) fn write(part: &Part<'_>, out: &mut dyn Write) -> Result<(), ExportError> {
    let trace = part.in_memory()?;
    VIEW.write(&Data::of(part, &trace)?, out)
}

/// Writes a page of slides: a stop of the [guide](crate::Guide)'s lesson each, or else a step that has a note, or else what the
/// program does. A question is answered on the slide after it.
///
/// # Errors
/// Where the trace cannot be read, or has too many steps for a page.
pub fn write_slides(part: &Part<'_>, out: &mut dyn Write) -> Result<(), ExportError> {
    check(part, Format::Html)?;
    let trace = part.in_memory()?;
    SLIDES.write(&Data::of_slides(part, &trace)?, out)?;
    Ok(out.flush()?)
}

/// What the view shows of a part of a trace, for `evscope.open`. It is JSON, has no hidden
/// characters, and may stand in a `script` element as it is: nothing in it can end that.
///
/// # Errors
/// Where the trace cannot be read, or has too many steps for a page.
pub fn data(part: &Part<'_>) -> Result<Vec<u8>, ExportError> {
    check(part, Format::Html)?;
    let trace = part.in_memory()?;
    let mut out = Vec::new();
    json(&Data::of(part, &trace)?, &mut out)?;
    Ok(out)
}

impl Page {
    fn write(&self, data: &Data<'_>, out: &mut dyn Write) -> Result<(), ExportError> {
        // What stands between the marks is a place to fill, every second piece.
        for (i, piece) in self.markup.split("@@").enumerate() {
            match (i % 2, piece) {
                (0, text) => out.write_all(text.as_bytes())?,
                (_, "title") => out.write_all(escape(data.title()).as_bytes())?,
                (_, "style") => {
                    out.write_all(colors().as_bytes())?;
                    out.write_all(STYLE.as_bytes())?;
                }
                (_, "page-style") => out.write_all(self.style.as_bytes())?,
                (_, "script") => out.write_all(SCRIPT.as_bytes())?,
                (_, "page-script") => out.write_all(self.script.as_bytes())?,
                (_, "data") => json(data, out)?,
                (_, place) => unreachable!("the page has no place for {place}"),
            }
        }
        Ok(())
    }
}

/// JSON that may stand inside a `script` element: nothing in it can end that.
fn json(data: &Data<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Vec::new();
    data.serialize(&mut Serializer::with_formatter(&mut text, Visible))?;
    // No part of a character of several bytes is a `<`.
    for piece in text.split_inclusive(|byte| *byte == b'<') {
        match piece.split_last() {
            Some((b'<', before)) => {
                out.write_all(before)?;
                out.write_all(b"\\u003c")?;
            }
            _ => out.write_all(piece)?,
        }
    }
    Ok(())
}

/// Texts as a page may show them: hidden characters are made visible, save the line ends and tabs of
/// source texts.
struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // What it writes of a hidden character is a backslash and ASCII; in JSON a backslash is two.
        for piece in visible(fragment).split_inclusive('\\') {
            out.write_all(piece.as_bytes())?;
            if piece.ends_with('\\') {
                out.write_all(b"\\")?;
            }
        }
        Ok(())
    }

    fn write_char_escape<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        let hidden = match escape {
            CharEscape::Backspace => '\u{8}',
            CharEscape::FormFeed => '\u{c}',
            CharEscape::CarriageReturn => '\r',
            CharEscape::AsciiControl(byte) => char::from(byte),
            shown => return CompactFormatter.write_char_escape(out, shown),
        };
        write!(out, "\\{}", hidden.escape_default())
    }
}

fn escape(text: &str) -> String {
    visible(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// The lanes' colours as [`STYLE`] names them, for light and for dark.
pub fn colors() -> String {
    let of = |on_dark: bool| -> String {
        let pick = |shades: evscope_replay::colors::Shades| match on_dark {
            true => shades.on_dark,
            false => shades.on_light,
        };
        Lane::ALL
            .iter()
            .map(|lane| (lane.letter(), pick(of_lane(*lane))))
            .chain([("failure", pick(FAILURE))])
            .map(|(name, color)| format!("--{name}:#{color:06x};"))
            .collect()
    };
    let (light, dark) = (of(false), of(true));
    format!(":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n")
}
