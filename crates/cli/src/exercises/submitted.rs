//! What somebody hands in, which may be anything.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use evscope_words::{Text, text};

/// No program that is written by hand is larger.
const LARGEST: u64 = 1 << 20;

/// The text of a program that may be anybody's: neither a device nor endless.
pub(crate) fn text_of(file: &Path) -> Result<String, Text> {
    let wrong = |error: io::Error| Text::same(format!("{}: {error}", file.display()));
    if !fs::metadata(file).map_err(wrong)?.is_file() {
        return Err(text!(exercise_no_file, file = file.display()));
    }
    let mut bytes = Vec::new();
    let opened = File::open(file).map_err(wrong)?;
    opened
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(wrong)?;
    if bytes.len() as u64 > LARGEST {
        return Err(text!(
            exercise_too_large,
            file = file.display(),
            kib = LARGEST >> 10
        ));
    }
    String::from_utf8(bytes).map_err(|_| text!(exercise_no_text, file = file.display()))
}
