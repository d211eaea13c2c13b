//! The folder of a site. A file in it names the files that are the site's: nothing else is ever written over or taken
//! away.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::Context;
use evscope_words::text;

use crate::language;

/// The file that says whose the folder is: a line that says so, and a line for each file of the site.
const MARK: &str = "evscope-site";
const FIRST_LINE: &str = "The files of a site that evscope wrote:";

/// A folder to write a site into.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// The files of the site that is there.
    own: BTreeSet<String>,
}

impl Folder {
    /// Looks whether a folder may be written. Nothing is made yet.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let named = || path.display().to_string();
        let not_ours = || language::wrong(&text!(site_not_ours, folder = named()));
        let mut own = BTreeSet::new();
        match fs::read_dir(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) if error.kind() == ErrorKind::NotADirectory || path.is_file() => {
                return Err(language::wrong(&text!(site_not_a_folder, folder = named())));
            }
            Err(error) => return Err(error).with_context(named),
            Ok(mut entries) => match fs::read_to_string(path.join(MARK)) {
                Ok(mark) => {
                    let mut lines = mark.lines();
                    if lines.next() != Some(FIRST_LINE) {
                        return Err(not_ours());
                    }
                    own = lines
                        .filter(|line| is_within(line))
                        .map(str::to_owned)
                        .collect();
                }
                Err(_) if entries.next().is_none() => {}
                Err(_) => return Err(not_ours()),
            },
        }
        Ok(Self {
            path: path.to_owned(),
            own,
        })
    }

    /// Writes the files of a site, and takes away those of the one before that it does not have.
    pub(super) fn write(self, files: &[(String, Vec<u8>)]) -> anyhow::Result<()> {
        let new: BTreeSet<String> = files.iter().map(|(path, _)| path.clone()).collect();
        for path in new.difference(&self.own) {
            if self.path.join(path).symlink_metadata().is_ok() {
                let folder = self.path.join(path).display().to_string();
                return Err(language::wrong(&text!(site_not_ours, folder)));
            }
        }
        fs::create_dir_all(&self.path).with_context(|| self.path.display().to_string())?;
        // Whatever stops the rest, the folder says of each file whose it is.
        self.mark(self.own.union(&new))?;
        for (path, bytes) in files {
            let file = self.path.join(path);
            write(&file, bytes).with_context(|| file.display().to_string())?;
        }
        for old in self.own.difference(&new) {
            // What is not there need not be taken away.
            let _ = fs::remove_file(self.path.join(old));
        }
        self.mark(new.iter())
    }

    fn mark<'a>(&self, files: impl Iterator<Item = &'a String>) -> anyhow::Result<()> {
        let mut text = format!("{FIRST_LINE}\n");
        for file in files {
            text.push_str(file);
            text.push('\n');
        }
        let mark = self.path.join(MARK);
        write(&mark, text.as_bytes()).with_context(|| mark.display().to_string())
    }
}

/// Writes a file in the place of one that is there: what a link points to is somebody else's.
fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, bytes)
}

/// Whether a line of the mark is a path inside of the folder.
fn is_within(path: &str) -> bool {
    !path.is_empty()
        && path
            .split('/')
            .all(|part| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> Vec<(String, Vec<u8>)> {
        names
            .iter()
            .map(|name| ((*name).to_owned(), b"new".to_vec()))
            .collect()
    }

    #[test]
    fn a_site_takes_the_place_of_the_one_before_and_of_nothing_else() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("a/site");
        Folder::open(&path)
            .unwrap()
            .write(&files(&["index.html", "x/old.html"]))
            .unwrap();
        fs::write(path.join("mine.txt"), "mine").unwrap();
        Folder::open(&path)
            .unwrap()
            .write(&files(&["index.html", "x/new.html"]))
            .unwrap();
        assert!(path.join("x/new.html").is_file() && !path.join("x/old.html").exists());
        assert_eq!(fs::read_to_string(path.join("mine.txt")).unwrap(), "mine");
        // A file of somebody's where the new site would have one.
        let wrong = Folder::open(&path)
            .unwrap()
            .write(&files(&["mine.txt"]))
            .unwrap_err();
        assert!(wrong.to_string().contains("mine.txt"), "{wrong}");
        assert_eq!(fs::read_to_string(path.join("mine.txt")).unwrap(), "mine");
        assert!(path.join("x/new.html").is_file());
    }

    #[test]
    fn a_folder_with_anything_in_it_is_left_alone() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join("thesis.tex"), "years").unwrap();
        let wrong = Folder::open(temp.path()).unwrap_err().to_string();
        assert!(wrong.contains("not a site of evscope's"), "{wrong}");
        fs::write(temp.path().join(MARK), "something").unwrap();
        assert!(Folder::open(temp.path()).is_err());
        let wrong = Folder::open(&temp.path().join("thesis.tex"))
            .unwrap_err()
            .to_string();
        assert!(wrong.contains("is no folder"), "{wrong}");
        let empty = tempfile::tempdir().unwrap();
        assert!(Folder::open(empty.path()).is_ok());
    }

    #[test]
    fn a_mark_names_nothing_outside() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("site");
        fs::create_dir(&path).unwrap();
        let outside = temp.path().join("outside");
        fs::write(&outside, "mine").unwrap();
        fs::write(
            path.join(MARK),
            format!("{FIRST_LINE}\n../outside\n/etc/x\n"),
        )
        .unwrap();
        Folder::open(&path)
            .unwrap()
            .write(&files(&["index.html"]))
            .unwrap();
        assert_eq!(fs::read_to_string(outside).unwrap(), "mine");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_replaced_and_not_followed() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("site");
        Folder::open(&path)
            .unwrap()
            .write(&files(&["index.html"]))
            .unwrap();
        let outside = temp.path().join("outside");
        fs::write(&outside, "mine").unwrap();
        fs::remove_file(path.join("index.html")).unwrap();
        std::os::unix::fs::symlink(&outside, path.join("index.html")).unwrap();
        Folder::open(&path)
            .unwrap()
            .write(&files(&["index.html"]))
            .unwrap();
        assert_eq!(fs::read_to_string(outside).unwrap(), "mine");
        assert_eq!(fs::read_to_string(path.join("index.html")).unwrap(), "new");
    }
}
