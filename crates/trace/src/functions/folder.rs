//! The functions that a folder of C sources defines, by name.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Function, Functions};
use crate::source::SourceText;

/// A folder deeper or a file bigger than this is no folder of sources somebody reads.
const DEPTH: usize = 6;
const BIGGEST: u64 = 4 << 20;

/// The functions of a folder of C sources.
#[derive(Debug, Default)]
pub struct FunctionFolder {
    root: PathBuf,
    functions: HashMap<String, (PathBuf, Function)>,
}

impl FunctionFolder {
    /// Looks through a folder and those below it; hidden ones and links are left out. Of a name that is defined
    /// twice the file nearest to the top counts.
    pub fn scan(root: &Path) -> Self {
        let mut files = Vec::new();
        list(root, 0, &mut files);
        files.sort_by_key(|path| (path.components().count(), path.clone()));
        let mut functions = HashMap::new();
        for path in files {
            let Ok(text) = read(&path) else { continue };
            for function in Functions::of("", &text).iter() {
                functions
                    .entry(function.name.clone())
                    .or_insert_with(|| (path.clone(), function.clone()));
            }
        }
        Self {
            root: root.to_owned(),
            functions,
        }
    }

    /// Where a function is defined: its file and its lines.
    pub fn find(&self, name: &str) -> Option<(&Path, &Function)> {
        let (path, function) = self.functions.get(name)?;
        Some((path, function))
    }

    /// The text of a function, its file named as in the folder, and the line its name stands in.
    pub fn text(&self, name: &str) -> Option<(u32, SourceText)> {
        let (path, function) = self.find(name)?;
        // Read again: who edits the source wants to see what it says now.
        let text = function.text(&read(path).ok()?);
        let file = path.strip_prefix(&self.root).unwrap_or(path);
        let file = file.display().to_string();
        let text = SourceText::new(file, name.to_owned(), function.first, text);
        Some((function.line, text))
    }
}

fn read(path: &Path) -> io::Result<String> {
    // Old sources are not always UTF-8; a comment's author must not hide its function.
    Ok(String::from_utf8_lossy(&fs::read(path)?).into_owned())
}

/// The C files below a folder. Links are not followed: they may lead anywhere, or round.
fn list(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_nearest_to_the_top_counts() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("sample")).unwrap();
        fs::create_dir_all(dir.path().join(".git")).unwrap();
        fs::write(dir.path().join("sample/a.c"), "int f(void)\n{\n}\n").unwrap();
        fs::write(dir.path().join("z.c"), b"/* \xe9 */\nint\nf(void)\n{\n}\n").unwrap();
        fs::write(dir.path().join(".git/c.c"), "int g(void)\n{\n}\n").unwrap();
        let all = FunctionFolder::scan(dir.path());
        let (line, text) = all.text("f").unwrap();
        assert_eq!((line, text.first, text.file.as_ref()), (3, 2, "z.c"));
        assert_eq!(text.text, "int\nf(void)\n{\n}");
        assert_eq!(all.text("g"), None);
    }
}
