//! The file of bookmarks and notes, beside the trace.

use std::fs;
use std::io;
use std::path::Path;

/// Keeps a text of these in its file; without any, there is none. A file that holds something else is left alone.
///
/// # Errors
/// `AlreadyExists` for such a file, or what the operating system says.
pub(crate) fn save(path: &Path, text: &str) -> io::Result<()> {
    let there = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        there => {
            let is_ours = there?.is_file() && is_ours(&fs::read(path)?);
            if !is_ours {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            true
        }
    };
    match (text.is_empty(), there) {
        (true, false) => Ok(()),
        (true, true) => fs::remove_file(path),
        (false, _) => evscope_trace::replace(path, text.as_bytes()),
    }
}

/// Whether each line of a file is a bookmark.
fn is_ours(content: &[u8]) -> bool {
    let lines = std::str::from_utf8(content).map(str::lines);
    lines.is_ok_and(|mut lines| {
        lines.all(|line| {
            let step = line.split(' ').next().unwrap_or_default();
            line.is_empty() || step.parse::<usize>().is_ok()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_holds_something_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.jsonl.marks");
        save(&path, "").unwrap();
        save(&path, "3\n").unwrap();
        save(&path, "3\n17 why\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "3\n17 why\n");
        save(&path, "").unwrap();
        assert!(!path.exists());
        for other in ["Maths: 2\n", "3\nGerman 1\n"] {
            fs::write(&path, other).unwrap();
            for text in ["", "3\n"] {
                let error = save(&path, text).unwrap_err();
                assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
            }
            assert_eq!(fs::read_to_string(&path).unwrap(), other);
        }
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.jsonl.marks");
        let elsewhere = folder.path().join("elsewhere");
        fs::write(&elsewhere, "3\n").unwrap();
        std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
        assert!(save(&path, "4\n").is_err());
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "3\n");
    }
}
