//! Where output goes: the standard output and error; plain or in colour.
//!
//! All of it passes a [`Filter`] here. What comes from a trace, a file or an argument cannot tell a terminal
//! anything: a control sequence is evscope's own or it is shown, not obeyed.

use std::borrow::Cow;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use clap::ValueEnum;
use evscope_trace::{Filter, Lane, visible};
use evscope_tui::can_colour;

use crate::language;

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Also into a pipe
    Always,
    /// Not at all
    Never,
}

/// How text is coloured, if it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    /// Not at all.
    Plain,
    /// With escape sequences of the sixteen colours every terminal has.
    Ansi,
}

/// What a piece of text is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Somebody's doing: one colour a lane, the same in every view.
    Lane(Lane),
    /// Less important than its surroundings.
    Faint,
    /// More important.
    Strong,
    /// Something failed.
    Error,
    /// Something may fail.
    Warning,
}

impl Color {
    /// What it means for the standard output.
    pub(crate) fn paint(self) -> Paint {
        let wanted = match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                !no_color && can_draw() && can_colour()
            }
        };
        if wanted { Paint::Ansi } else { Paint::Plain }
    }
}

/// Takes text, and shows what is hidden in it.
pub(crate) trait Out: Write {
    /// Writes a control sequence of evscope's own.
    fn own(&mut self, sequence: &str) -> io::Result<()>;
}

impl<W: Write> Out for Filter<W> {
    fn own(&mut self, sequence: &str) -> io::Result<()> {
        Self::own(self, sequence.as_bytes())
    }
}

impl Paint {
    /// Writes text, one line or a part of one, in a style.
    pub(crate) fn write(self, out: &mut dyn Out, style: Style, text: &str) -> io::Result<()> {
        let text = visible(text);
        match self {
            Self::Plain => out.write_all(text.as_bytes()),
            Self::Ansi => {
                out.own(&format!("\x1b[{}m", code(style)))?;
                out.write_all(text.as_bytes())?;
                out.own("\x1b[0m")
            }
        }
    }
}

fn code(style: Style) -> &'static str {
    match style {
        Style::Lane(Lane::Kernel) => "33",
        Style::Lane(Lane::Loop) => "34",
        Style::Lane(Lane::Bufferevent) => "32",
        Style::Lane(Lane::Program) => "35",
        Style::Faint => "2",
        Style::Strong => "1",
        Style::Error => "31",
        Style::Warning => "33",
    }
}

/// Whether the terminal cannot do more than show text line by line.
pub(crate) fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Whether there is a screen to draw on.
pub(crate) fn can_draw() -> bool {
    io::stdout().is_terminal() && !is_dumb()
}

type Stdout = BufWriter<StdoutLock<'static>>;

/// The standard output for text, in big pieces.
pub(crate) fn stdout() -> Filter<Stdout> {
    Filter::text(all_of_stdout())
}

/// The standard output for JSON: what is hidden in it is JSON's escapes, so that it stays the same JSON.
pub(crate) fn json_stdout() -> Filter<Stdout> {
    Filter::json(all_of_stdout())
}

/// The standard output for what passed a filter already.
pub(crate) fn all_of_stdout() -> Stdout {
    BufWriter::with_capacity(1 << 16, io::stdout().lock())
}

/// Says something to the user, in words, beside the output.
pub(crate) fn tell(text: &evscope_words::Text) {
    say(&language::told(text));
}

/// Says something to the user, beside the output.
pub(crate) fn say(message: &str) {
    to_stderr(&format!("evscope: {message}\n"));
}

fn to_stderr(text: &str) {
    let text = with_shown_arguments(text);
    let mut shown = Vec::new();
    // Writing into memory does not fail, and nobody can be told that the standard error is closed.
    let _ = Filter::text(&mut shown).write_all(text.as_bytes());
    let _ = io::stderr().write_all(&shown);
}

/// A message can have several lines, but an argument told in it ends none.
fn with_shown_arguments(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for word in std::env::args_os().skip(1) {
        let word = word.to_string_lossy();
        // An option's value, and the parts of a path.
        for part in word.split(['=', '/']).filter(|part| part.contains('\n')) {
            text = Cow::Owned(text.replace(part, &visible(part)));
        }
    }
    text
}

/// A panic's message can hold what was read, like any other message.
pub(crate) fn filter_panics() {
    std::panic::set_hook(Box::new(|info| {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("<unnamed>").to_owned();
        to_stderr(&format!("\nthread '{name}' {info}\n"));
        let trace = std::backtrace::Backtrace::capture();
        if trace.status() == std::backtrace::BacktraceStatus::Captured {
            to_stderr(&format!("stack backtrace:\n{trace}"));
        } else {
            to_stderr("note: with RUST_BACKTRACE=1 in the environment it says how it came there\n");
        }
    }));
}

/// Whether a command failed because nobody reads its output any more.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>();
        io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
            || cause
                .downcast_ref::<serde_json::Error>()
                .is_some_and(|error| error.io_error_kind() == Some(io::ErrorKind::BrokenPipe))
    })
}

/// Writes something that evscope itself is made of to the standard output.
pub(crate) fn write_own(bytes: &[u8]) -> anyhow::Result<crate::Outcome> {
    let mut out = all_of_stdout();
    out.write_all(bytes)?;
    out.flush()?;
    Ok(crate::Outcome::Fine)
}

/// Writes a value as JSON for people and `jq` to the standard output.
pub(crate) fn write_json(value: &impl serde::Serialize) -> anyhow::Result<crate::Outcome> {
    let mut out = json_stdout();
    serde_json::to_writer_pretty(&mut out, value)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(crate::Outcome::Fine)
}
