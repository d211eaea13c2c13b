//! What somebody hands in, which may be anything.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use evscope_words::{Text, text};

/// No program that is written by hand is larger.
const LARGEST: u64 = 1 << 20;

/// How a program begins that Linux runs by itself. A text is never run, whatever it says of who runs it.
const COMPILED: [u8; 4] = *b"\x7fELF";

/// Whether a file is a compiled program.
pub(super) fn is_compiled(file: &Path) -> bool {
    let is_file = fs::metadata(file).is_ok_and(|file| file.is_file());
    let mut begin = [0; COMPILED.len()];
    is_file
        && File::open(file).is_ok_and(|mut file| file.read_exact(&mut begin).is_ok())
        && begin == COMPILED
}

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
