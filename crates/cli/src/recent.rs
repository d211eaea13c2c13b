//! The traces that were looked at last, for the home screen.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::dirs;

/// So many are kept.
const KEPT: usize = 20;

/// The newest first, those that are still there.
pub(crate) fn list() -> Vec<PathBuf> {
    let noted = place().map(|place| read(&place)).unwrap_or_default();
    noted.into_iter().filter(|path| path.is_file()).collect()
}

/// Notes that a trace was looked at. Nobody misses it where it cannot be noted.
pub(crate) fn note(path: &Path) {
    if let (Some(place), Ok(path)) = (place(), std::path::absolute(path)) {
        let _ = add(&place, &path);
    }
}

fn place() -> Option<PathBuf> {
    Some(dirs::state()?.join("recent"))
}

/// One path a line.
fn read(place: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(place).unwrap_or_default();
    text.lines().map(PathBuf::from).collect()
}

fn add(place: &Path, path: &Path) -> io::Result<()> {
    // A name that a line cannot hold is left out.
    let Some(name) = path.to_str().filter(|name| !name.contains(['\n', '\r'])) else {
        return Ok(());
    };
    let mut text = format!("{name}\n");
    for older in read(place)
        .iter()
        .filter(|older| *older != path)
        .take(KEPT - 1)
    {
        text.push_str(&older.to_string_lossy());
        text.push('\n');
    }
    dirs::replace(place, &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_comes_first_and_each_once() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("new/recent");
        assert!(read(&place).is_empty());
        for name in ["/a", "/b", "/a", "/c\n"] {
            add(&place, Path::new(name)).unwrap();
        }
        assert_eq!(read(&place), [Path::new("/a"), Path::new("/b")]);
        for i in 0..2 * KEPT {
            add(&place, Path::new(&format!("/{i}"))).unwrap();
        }
        let kept = read(&place);
        assert_eq!(kept.len(), KEPT);
        assert_eq!(kept[0], Path::new(&format!("/{}", 2 * KEPT - 1)));
    }
}
