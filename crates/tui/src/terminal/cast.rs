//! A replay as a recording of a terminal, which asciinema's player shows where evscope is not: step after step, with
//! time to read where something is to be seen.
//!
//! Knows: the screens, and the player's format (asciicast, version 2: a header, then a line for each piece of output).
//! Never knows: a terminal.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::Duration;

use evscope_replay::{Lang, Replay, Trace, navigate};
use evscope_trace::Level;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use serde_json::json;

use crate::model::{Begin, Model};
use crate::update::keys::{home_keymap, keymap};
use crate::view;
use crate::work::facts::Facts;

/// How a replay is recorded.
#[derive(Debug, Clone)]
pub struct CastOptions {
    /// Columns and rows of the screen.
    pub size: (u16, u16),
    /// The level of the steps.
    pub level: Level,
    /// The language of the explanations.
    pub lang: Lang,
    /// How long a step is to be seen.
    pub pace: Duration,
    /// How long one is at which a callback of the program runs, a watermark is passed or something fails.
    pub pause: Duration,
}

impl Default for CastOptions {
    fn default() -> Self {
        Self {
            size: (120, 40),
            level: Level::Walkthrough,
            lang: Lang::EN,
            pace: Duration::from_millis(700),
            pause: Duration::from_millis(3500),
        }
    }
}

/// Whether a file that begins like this (4 KiB are enough) is one that [`cast`] wrote.
pub fn begins_a_cast(start: &[u8]) -> bool {
    let line = start
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let header = serde_json::from_slice::<serde_json::Value>(line).unwrap_or_default();
    let title = header["title"].as_str().unwrap_or_default();
    header["version"] == 2 && title.starts_with(TITLE)
}

const TITLE: &str = "evscope: ";

/// The most steps that are recorded: an hour of watching.
pub const CAST_MOST: usize = 2000;

/// Writes the replay of some steps of a trace, which the level shows.
pub fn cast(
    trace: Trace,
    steps: &[usize],
    options: &CastOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (columns, rows) = options.size;
    let header = json!({
        "version": 2, "width": columns, "height": rows,
        "title": format!("{TITLE}{}", trace.header().program),
    });
    writeln!(out, "{header}")?;

    // In all colours: a player has colours of its own for the sixteen.
    let keys = (keymap(), home_keymap());
    let begin = Begin::alone(options.level, options.lang, keys, options.size);
    let mut model = Model::new(Replay::new(trace), Facts::default(), begin);
    let piece = Piece::default();
    let mut time = Duration::ZERO;
    let mut screen = Terminal::with_options(
        CrosstermBackend::new(piece.clone()),
        TerminalOptions {
            viewport: Viewport::Fixed(Rect::new(0, 0, columns, rows)),
        },
    )?;
    screen.backend_mut().write_all(b"\x1b[?25l\x1b[2J")?;
    for &step in steps {
        model.move_to(step);
        view::refresh(&mut model);
        screen.draw(|frame| view::draw(frame, &model))?;
        // What is drawn is text, so every byte of it is UTF-8.
        let drawn = String::from_utf8_lossy(&piece.0.take()).into_owned();
        writeln!(out, "{}", json!([time.as_secs_f64(), "o", drawn]))?;
        time += match is_a_sight(model.trace(), step) {
            true => options.pause,
            false => options.pace,
        };
    }
    // The last step is to be seen as well.
    writeln!(out, "{}", json!([time.as_secs_f64(), "o", "\u{1b}[?25h"]))
}

fn is_a_sight(trace: &Trace, step: usize) -> bool {
    navigate::is_callback(trace, step)
        || navigate::is_watermark(trace, step)
        || navigate::is_error(trace, step)
}

/// What was drawn since the last piece.
#[derive(Clone, Default)]
struct Piece(Rc<RefCell<Vec<u8>>>);

impl Write for Piece {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::HELLO_WORLD;
    use serde_json::Value;
    use std::num::NonZeroU16;

    fn recorded(
        steps: std::ops::RangeInclusive<usize>,
        options: &CastOptions,
    ) -> (Value, Vec<(f64, String)>) {
        let trace = Trace::read(HELLO_WORLD.as_bytes(), "hello-world").unwrap();
        let shown = trace.shown(*steps.start(), options.level);
        let steps: Vec<usize> = shown.take_while(|step| steps.contains(step)).collect();
        let mut out = Vec::new();
        cast(trace, &steps, options, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let mut lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let header = lines.next().unwrap();
        let pieces = lines.map(|line| {
            assert_eq!(line[1], "o");
            (
                line[0].as_f64().unwrap(),
                line[2].as_str().unwrap().to_owned(),
            )
        });
        (header, pieces.collect())
    }

    fn cells(number: u16) -> NonZeroU16 {
        NonZeroU16::new(number).unwrap()
    }

    /// A player that is at the end shows the screen of the last step, as a terminal would.
    #[test]
    fn what_a_player_shows_is_the_screen() {
        for lang in [Lang::EN, Lang::ZH] {
            let options = CastOptions {
                size: (80, 24),
                lang,
                ..CastOptions::default()
            };
            let (header, pieces) = recorded(0..=67, &options);
            assert_eq!(
                (&header["width"], &header["height"]),
                (&json!(80), &json!(24))
            );
            let mut terminal = vt100::Parser::new(cells(24), cells(80), 0);
            for (_, piece) in &pieces {
                terminal.process(piece.as_bytes());
            }
            let screen = terminal.screen().contents();
            assert!(screen.contains("writecb conn_writecb"), "{screen}");
            assert!(screen.contains("67"), "{screen}");
        }
    }

    /// There is time where there is something to see, and less elsewhere.
    #[test]
    fn it_pauses_at_the_callbacks() {
        let options = CastOptions::default();
        let (_, pieces) = recorded(66..=69, &options);
        let times: Vec<f64> = pieces.iter().map(|(time, _)| *time).collect();
        // A watermark, the callback, two calls in it, and the end.
        assert_eq!(times, [0.0, 3.5, 7.0, 7.7, 8.4]);
    }
}
