//! Everything that is said somewhere, printed and held against what was said before. The prints are large,
//! so only their checksums are kept.
//!
//! `UPDATE_WORDS=1` keeps the new ones; `PRINT_WORDS=DIR` writes the prints into a folder, to be compared
//! with those of another time.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Prints by their names.
#[derive(Default)]
pub(crate) struct Printed(BTreeMap<String, String>);

impl Printed {
    /// Where to print what `name` stands for.
    pub(crate) fn of(&mut self, name: impl Into<String>) -> &mut String {
        self.0.entry(name.into()).or_default()
    }

    /// Holds the prints against the checksums in a file.
    pub(crate) fn hold(&self, sums: &str) {
        if let Some(folder) = std::env::var_os("PRINT_WORDS") {
            for (name, text) in &self.0 {
                let file = Path::new(&folder).join(name.replace('/', "-"));
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(file, text).unwrap();
            }
        }
        let mut now = String::new();
        for (name, text) in &self.0 {
            let (lines, sum) = (text.lines().count(), checksum(text));
            writeln!(now, "{name} {lines} {sum:016x}").unwrap();
        }
        if std::env::var_os("UPDATE_WORDS").is_some() {
            std::fs::write(sums, &now).unwrap();
            return;
        }
        let before = std::fs::read_to_string(sums).unwrap_or_default();
        let differ: Vec<&str> = now
            .lines()
            .filter(|line| !before.lines().any(|kept| kept == *line))
            .collect();
        assert!(
            differ.is_empty() && before.lines().count() == now.lines().count(),
            "{} of the prints in {sums} are not as they were: {differ:#?}\nPRINT_WORDS=DIR writes them, to \
             be compared with those from before the change; UPDATE_WORDS=1 keeps them as they are now",
            differ.len(),
        );
    }
}

/// FNV-1a: no secret is kept, and the standard library's may change.
fn checksum(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
