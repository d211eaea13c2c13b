//! Where output goes: the standard output or a file; plain or in colour.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use clap::ValueEnum;
use evscope_trace::Lane;

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
                !no_color && !is_dumb() && io::stdout().is_terminal()
            }
        };
        if wanted { Paint::Ansi } else { Paint::Plain }
    }
}

impl Paint {
    /// Writes text in a style.
    pub(crate) fn write(self, out: &mut dyn Write, style: Style, text: &str) -> io::Result<()> {
        match self {
            Self::Plain => out.write_all(text.as_bytes()),
            Self::Ansi => write!(out, "\x1b[{}m{text}\x1b[0m", code(style)),
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

/// The standard output, in big pieces.
pub(crate) fn stdout() -> BufWriter<StdoutLock<'static>> {
    BufWriter::with_capacity(1 << 16, io::stdout().lock())
}

/// Says something to the user, beside the output.
pub(crate) fn say(message: &str) {
    // Nobody can be told that the standard error is closed.
    let _ = writeln!(io::stderr(), "evscope: {message}");
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

/// Writes something ready-made to the standard output.
pub(crate) fn write_all(bytes: &[u8]) -> anyhow::Result<crate::Outcome> {
    let mut out = stdout();
    out.write_all(bytes)?;
    out.flush()?;
    Ok(crate::Outcome::Fine)
}

/// Writes a value as JSON for people and `jq` to the standard output.
pub(crate) fn write_json(value: &impl serde::Serialize) -> anyhow::Result<crate::Outcome> {
    let mut out = stdout();
    serde_json::to_writer_pretty(&mut out, value)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(crate::Outcome::Fine)
}
