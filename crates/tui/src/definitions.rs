//! Where a folder of C sources defines its functions, found by a plain look at the text: a definition
//! begins at the margin, and its parameters are followed by a brace.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use evscope_trace::SourceText;

/// A folder deeper or a file bigger than this is no folder of sources somebody reads.
const DEPTH: usize = 6;
const BIGGEST: u64 = 4 << 20;

/// A function's definition.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Definition {
    name: String,
    /// The line its name stands in, from 1, and the first and last lines that belong to it.
    line: u32,
    first: u32,
    last: u32,
}

/// The functions of a folder, by name.
#[derive(Debug, Default)]
pub(crate) struct Definitions(HashMap<String, (PathBuf, Definition)>);

impl Definitions {
    /// Looks through a folder. Of a name that is defined twice the file nearest to the top counts.
    pub(crate) fn scan(dir: &Path) -> Self {
        let mut files = Vec::new();
        list(dir, 0, &mut files);
        files.sort_by_key(|path| (path.components().count(), path.clone()));
        let mut found = HashMap::new();
        for path in files {
            let Ok(text) = read(&path) else { continue };
            for definition in definitions(&text) {
                found
                    .entry(definition.name.clone())
                    .or_insert_with(|| (path.clone(), definition));
            }
        }
        Self(found)
    }

    /// The text of a function, its file named as in the folder, and the line its name stands in.
    pub(crate) fn find(&self, dir: &Path, name: &str) -> Option<(u32, SourceText)> {
        let (path, definition) = self.0.get(name)?;
        let (first, last) = (definition.first as usize, definition.last as usize);
        // Read again: who edits the source wants to see what it says now.
        let text = read(path).ok()?;
        let lines: Vec<&str> = text
            .lines()
            .skip(first - 1)
            .take(last + 1 - first)
            .collect();
        let file = path.strip_prefix(dir).unwrap_or(path).display().to_string();
        let text = SourceText {
            file: file.into(),
            function: name.to_owned().into(),
            first: definition.first,
            text: lines.join("\n"),
            extra: Default::default(),
        };
        Some((definition.line, text))
    }
}

fn read(path: &Path) -> std::io::Result<String> {
    // Old sources are not always UTF-8; a comment's author must not hide its function.
    Ok(String::from_utf8_lossy(&fs::read(path)?).into_owned())
}

/// The C files below a folder. Links are not followed: they may lead anywhere, or round.
fn list(dir: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else {
        return;
    };
    for entry in entries.flatten() {
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        let path = entry.path();
        let is_c = path.extension().is_some_and(|extension| extension == "c");
        if kind.is_dir() && depth < DEPTH && !entry.file_name().as_encoded_bytes().starts_with(b".")
        {
            list(&path, depth + 1, files);
        } else if kind.is_file() && is_c && entry.metadata().is_ok_and(|data| data.len() <= BIGGEST)
        {
            files.push(path);
        }
    }
}

fn definitions(text: &str) -> Vec<Definition> {
    let mut starts = vec![0];
    starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let end = name_at_margin(lines[at])
            .filter(|(_, paren)| opens_body(&text[starts[at] + paren..]))
            .and_then(|(name, _)| {
                let last = (at..lines.len()).find(|line| lines[*line].starts_with('}'))?;
                Some((name, last))
            });
        if let Some((name, last)) = end {
            // The type stands in the lines above.
            let above = lines[..at].iter().rev();
            let before = above.take_while(|line| is_type(line)).count();
            found.push(Definition {
                name: name.to_owned(),
                line: number(at),
                first: number(at - before),
                last: number(last),
            });
            at = last;
        }
        at += 1;
    }
    found
}

/// Lines are numbered from 1, and in 32 bits, as in a trace.
fn number(line: usize) -> u32 {
    u32::try_from(line + 1).unwrap_or(u32::MAX)
}

/// The name before the first parenthesis of a line that begins at the margin like a definition, and
/// where that parenthesis is.
fn name_at_margin(line: &str) -> Option<(&str, usize)> {
    let paren = line.find('(')?;
    let before = &line[..paren];
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let begins = line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let plain = before.chars().all(|c| is_word(c) || " \t*".contains(c));
    let name = before.rsplit(|c| !is_word(c)).next()?;
    (begins && plain && !name.is_empty()).then_some((name, paren))
}

/// Whether the parenthesis that `text` begins with closes before a brace.
fn opens_body(text: &str) -> bool {
    let mut depth = 0;
    for (at, sign) in text.char_indices() {
        match sign {
            '(' => depth += 1,
            ')' if depth == 1 => return text[at + 1..].trim_start().starts_with('{'),
            ')' => depth -= 1,
            '{' | ';' => return false,
            _ => {}
        }
    }
    false
}

/// Whether a line can be the type of the function below it.
fn is_type(line: &str) -> bool {
    line.starts_with(|c: char| c.is_ascii_alphabetic())
        && line
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_ \t*".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
#include <x.h>
int twice(int);
GENERATE(a, b)

/* What it does. */
static void
on_write(int fd, short what,
    void *arg)
{
\tif (fd)
\t{
\t\ttwice(fd);
\t}
}

int twice(int n) { return 2 * n;
}
struct s { int (*f)(void); };
";

    #[test]
    fn definitions_are_told_from_declarations_and_calls() {
        let found = definitions(TEXT);
        let seen: Vec<(&str, u32, u32, u32)> = found
            .iter()
            .map(|d| (d.name.as_str(), d.line, d.first, d.last))
            .collect();
        assert_eq!(seen, [("on_write", 7, 6, 14), ("twice", 16, 16, 17)]);
    }

    #[test]
    fn the_file_nearest_to_the_top_counts() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("sample")).unwrap();
        fs::create_dir_all(dir.path().join(".git")).unwrap();
        fs::write(dir.path().join("sample/a.c"), "int f(void)\n{\n}\n").unwrap();
        fs::write(dir.path().join("z.c"), b"/* \xe9 */\nint\nf(void)\n{\n}\n").unwrap();
        fs::write(dir.path().join(".git/c.c"), "int g(void)\n{\n}\n").unwrap();
        let all = Definitions::scan(dir.path());
        let (line, text) = all.find(dir.path(), "f").unwrap();
        assert_eq!((line, text.first, text.file.as_ref()), (3, 2, "z.c"));
        assert_eq!(text.text, "int\nf(void)\n{\n}");
        assert_eq!(all.find(dir.path(), "g"), None);
    }
}
