//! Source texts for the trace: the function around a line, cut out of its file.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use evscope_trace::{SourceLine, SourceText, enclosing_function};

/// Reads source files and hands out each function once.
#[derive(Default)]
pub(crate) struct Sources {
    files: HashMap<String, Option<File>>,
    given: HashSet<(String, u32)>,
    /// libevent's functions by name, where its source was given.
    library: HashMap<String, (PathBuf, u32)>,
}

/// What a line stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Points {
    /// The function it is in, which begins somewhat earlier: compilers name the line of its first
    /// instruction.
    ToFunction,
    /// Itself.
    ToLine,
}

struct File {
    /// The name in the trace.
    name: String,
    text: String,
}

impl Sources {
    /// With a folder of libevent's source, in which its functions are looked up by name.
    pub(crate) fn with_library(folder: Option<&Path>) -> Self {
        Self {
            library: folder.map(c_functions).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// The first line of a function of libevent's.
    pub(crate) fn library_function(&self, name: &str) -> Option<SourceLine> {
        let (path, line) = self.library.get(name)?;
        Some(SourceLine {
            file: path.to_string_lossy().into_owned().into(),
            line: *line,
            function: Some(name.to_owned().into()),
        })
    }

    /// Names the file as the trace does, and gives the text of the function around the line if it was not
    /// given before. A file that cannot be read leaves the line as it is.
    pub(crate) fn place(&mut self, line: &mut SourceLine, what: Points) -> Option<SourceText> {
        let path = line.file.to_string();
        let file = self
            .files
            .entry(path.clone())
            .or_insert_with(|| read(&path))
            .as_ref()?;
        line.file = file.name.clone().into();
        let (name, first, last) = if path.ends_with(".rs") {
            enclosing_function(&file.text, line.line)?
        } else {
            c_function(&file.text, line.line)?
        };
        if what == Points::ToFunction {
            line.line = first;
        }
        if line.function.is_none() {
            line.function = Some(name.to_owned().into());
        }
        if !self.given.insert((path, first)) {
            return None;
        }
        let text: Vec<&str> = file
            .text
            .lines()
            .skip(first as usize - 1)
            .take((last + 1 - first) as usize)
            .collect();
        Some(SourceText {
            file: line.file.clone(),
            function: line.function.clone()?,
            first,
            text: text.join("\n"),
            extra: serde_json::Map::new(),
        })
    }
}

fn read(path: &str) -> Option<File> {
    let text = std::fs::read(path).ok()?;
    Some(File {
        name: relative(Path::new(path)),
        text: String::from_utf8_lossy(&text).into_owned(),
    })
}

/// The path relative to the root of its project: the closest folder above that looks like one, else the
/// folder it lies in.
fn relative(path: &Path) -> String {
    const ROOTS: [&str; 6] = [
        ".git",
        "Cargo.lock",
        "configure.ac",
        "configure",
        "CMakeLists.txt",
        "meson.build",
    ];
    let path: PathBuf = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let root = path
        .ancestors()
        .skip(1)
        .find(|folder| ROOTS.iter().any(|mark| folder.join(mark).exists()))
        .or_else(|| path.parent());
    let name = root
        .and_then(|root| path.strip_prefix(root).ok())
        .unwrap_or(&path);
    name.to_string_lossy().into_owned()
}

/// The function around a line of a C file: its name, first and last line. C as people lay it out: the body
/// ends at the first `}` in the first column, and begins after the last one, at the line that has the
/// name and the opening parenthesis; a return type on a line of its own is part of it.
fn c_function(text: &str, line: u32) -> Option<(&str, u32, u32)> {
    let lines: Vec<&str> = text.lines().collect();
    let at = (line as usize)
        .checked_sub(1)
        .filter(|&at| at < lines.len())?;
    // The end before, unless the line is itself one.
    let above = lines[..at]
        .iter()
        .rposition(|line| ends_block(line))
        .map_or(0, |i| i + 1);
    let last = at + lines[at..].iter().position(|line| ends_block(line))?;
    let open = above
        + lines[above..=last]
            .iter()
            .position(|line| opens_body(line))?;
    // The head: up from the brace to the name.
    let head = above
        + lines[above..=open].iter().rposition(|line| {
            line.starts_with(|c: char| c.is_alphabetic() || c == '_') && line.contains('(')
        })?;
    let before = lines[head].split('(').next().unwrap_or("").trim_end();
    let start = before
        .rfind(|c: char| !c.is_alphanumeric() && c != '_')
        .map_or(0, |i| i + 1);
    let name = &before[start..];
    let mut first = head;
    while first > above && is_type_line(lines[first - 1]) {
        first -= 1;
    }
    (!name.is_empty() && first <= at).then_some((name, first as u32 + 1, last as u32 + 1))
}

/// The functions that the C files of a folder define, by name. Their names stand in the first column, as in
/// libevent's source, or after a return type.
fn c_functions(folder: &Path) -> HashMap<String, (PathBuf, u32)> {
    let mut functions = HashMap::new();
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "c"));
    paths.sort();
    for path in paths {
        let Ok(bytes) = std::fs::read(&path) else {
            continue;
        };
        let text = String::from_utf8_lossy(&bytes);
        for (i, line) in text.lines().enumerate() {
            if line.starts_with('{')
                && let Some((name, ..)) = c_function(&text, i as u32 + 1)
            {
                let place = (path.clone(), i as u32 + 1);
                functions.entry(name.to_owned()).or_insert(place);
            }
        }
    }
    functions
}

fn ends_block(line: &str) -> bool {
    line.starts_with('}')
}

fn opens_body(line: &str) -> bool {
    line.starts_with('{')
        || (line.trim_end().ends_with('{')
            && line.contains('(')
            && line.starts_with(|c: char| c.is_alphabetic() || c == '_'))
}

/// A return type on its own line: words and stars.
fn is_type_line(line: &str) -> bool {
    !line.is_empty()
        && line.starts_with(|c: char| c.is_alphabetic())
        && line
            .chars()
            .all(|c| c.is_alphanumeric() || "_* ".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
#include <x.h>

static const int a[] = {
    1,
};

static void
one(int a,
    int b)
{
    two();
}

/* about */
int two(void) {
    if (1) {
        three();
    }
}
";

    #[test]
    fn a_c_line_belongs_to_its_function() {
        assert_eq!(c_function(TEXT, 11), Some(("one", 7, 12)));
        assert_eq!(c_function(TEXT, 8), Some(("one", 7, 12)));
        assert_eq!(c_function(TEXT, 17), Some(("two", 15, 19)));
        assert_eq!(c_function(TEXT, 15), Some(("two", 15, 19)));
        assert_eq!(c_function(TEXT, 4), None);
        assert_eq!(c_function(TEXT, 99), None);
    }
}
