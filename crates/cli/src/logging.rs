//! What `EVSCOPE_LOG` asks for: what the recorder and the loader do, for who has to find out why a recording is empty.
//!
//! A line is what a developer reads, so it is English in every language.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use evscope_words::text;
use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::output;

/// The variable that says how much is told: `error`, `warn`, `info`, `debug`, `trace`, or `off`.
const VARIABLE: &str = "EVSCOPE_LOG";

/// So many lines wait at most while a screen is drawn; what comes then is only counted.
const MOST: usize = 10_000;

struct Logger {
    began: Instant,
    waiting: Mutex<Waiting>,
}

/// What is told once the screen is given back.
#[derive(Default)]
struct Waiting {
    lines: Vec<String>,
    left_out: usize,
}

/// Begins to tell what is asked for. A level that is none is told, and nothing else.
pub(crate) fn begin() {
    let Some(asked) = std::env::var_os(VARIABLE).filter(|asked| !asked.is_empty()) else {
        return;
    };
    let asked = asked.to_string_lossy();
    let Ok(level) = asked.parse::<LevelFilter>() else {
        output::tell(&text!(
            cli_log_level,
            variable = VARIABLE,
            asked = asked.as_ref()
        ));
        return;
    };
    let logger = Logger {
        began: Instant::now(),
        waiting: Mutex::default(),
    };
    // It fails where there is one already, and there is none.
    if log::set_boxed_logger(Box::new(logger)).is_ok() {
        log::set_max_level(level);
    }
}

/// Tells what is left.
pub(crate) fn end() {
    log::logger().flush();
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("evscope")
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let ms = self.began.elapsed().as_secs_f64() * 1e3;
        let level = match record.level() {
            Level::Error => "error",
            Level::Warn => "warning",
            Level::Info => "info",
            Level::Debug => "debug",
            Level::Trace => "trace",
        };
        let line = format!("{ms:9.1} ms {level} {}: {}", record.target(), record.args());
        if !evscope_tui::has_the_screen() {
            self.flush();
            output::say(&line);
            return;
        }
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.lines.len() < MOST {
            waiting.lines.push(line);
        } else {
            waiting.left_out += 1;
        }
    }

    fn flush(&self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let Waiting { lines, left_out } = std::mem::take(&mut *waiting);
        for line in lines {
            output::say(&line);
        }
        if left_out > 0 {
            output::tell(&text!(cli_log_left_out, left_out));
        }
    }
}
