//! The folder where indexes are kept.

use std::fs::{self, File, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{Source, read, write};
use evscope_trace::Reader;

use crate::{Replay, Trace};

/// No more indexes are kept.
pub const MOST_FILES: usize = 32;
/// Nor of more bytes, together.
pub const MOST_BYTES: u64 = 2 << 30;

/// A file of so many bytes takes a tenth of a second or more to read.
const SMALLEST: u64 = 64 << 20;

/// One that is written for longer than this was left behind.
const LEFT_BEHIND: Duration = Duration::from_secs(3600);

const ENDING: &str = "index";
const UNFINISHED: &str = "part";

/// A folder of indexes.
#[derive(Debug, Clone)]
pub struct IndexFolder {
    folder: PathBuf,
}

impl IndexFolder {
    /// In this folder, which need not be there yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// The index of the trace file `path`.
    fn place(&self, path: &Path) -> io::Result<PathBuf> {
        let mut hasher = DefaultHasher::new();
        fs::canonicalize(path)?.hash(&mut hasher);
        Ok(self
            .folder
            .join(format!("{:016x}.{ENDING}", hasher.finish())))
    }

    /// Whether a file is so big that an index is worth it.
    pub fn is_for(path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|data| data.is_file() && data.len() >= SMALLEST)
    }

    /// The replay of the trace file `path`, if there is an index of it as it is now.
    pub fn open(&self, path: &Path) -> Option<Replay> {
        let place = self.place(path).ok()?;
        let index = File::open(&place).ok()?;
        let mut trace = File::open(path).ok()?;
        let source = Source::of(&mut trace).ok()?;
        let input = evscope_trace::open(path).ok()?;
        let name = path.display().to_string();
        let empty = Trace::of_reader(&Reader::beside(input, name, path).ok()?);
        let replay = read(index.try_clone().ok()?, &source, empty);
        match &replay {
            // Those that are used stay longest.
            Some(_) => drop(index.set_modified(SystemTime::now())),
            None => drop(fs::remove_file(&place)),
        }
        replay
    }

    /// What the file is, if an index of it may be made: asked before it is read, so that one that is changed meanwhile gets
    /// none.
    pub fn source(path: &Path) -> Option<Source> {
        let mut file = File::open(path)
            .ok()
            .filter(|file| file.metadata().is_ok_and(|data| data.is_file()))?;
        Source::of(&mut file).ok()
    }

    /// Writes the index of the trace file `path`, which was `source` before it was read, and removes those that are too
    /// many.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn keep(&self, path: &Path, source: &Source, replay: &Replay) -> io::Result<()> {
        if Source::of(&mut File::open(path)?)? != *source {
            return Ok(());
        }
        make_folder(&self.folder)?;
        let place = self.place(path)?;
        let part = place.with_extension(unfinished());
        let file = create(&part)?;
        let written = write(replay, source, file);
        let done = match written {
            Ok(true) => fs::rename(&part, &place),
            Ok(false) => fs::remove_file(&part),
            Err(error) => {
                let _ = fs::remove_file(&part);
                Err(error)
            }
        };
        self.tidy()?;
        done
    }

    /// Removes what this process has begun to write and not ended: it is about to end itself, or needs that no more.
    pub fn leave(&self) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let ending = name.and_then(|name| name.split_once('.'));
            if ending.is_some_and(|(_, ending)| ending == unfinished()) {
                let _ = fs::remove_file(path);
            }
        }
    }

    /// Removes the oldest where there are too many, and what was left behind.
    fn tidy(&self) -> io::Result<()> {
        let mut all = Vec::new();
        let now = SystemTime::now();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let Ok(data) = fs::symlink_metadata(&path) else {
                continue;
            };
            let written = data.modified().unwrap_or(now);
            match path.extension().and_then(|ending| ending.to_str()) {
                Some(ENDING) if data.is_file() => all.push((written, data.len(), path)),
                Some(UNFINISHED)
                    if now
                        .duration_since(written)
                        .is_ok_and(|age| age > LEFT_BEHIND) =>
                {
                    let _ = fs::remove_file(&path);
                }
                _ => {}
            }
        }
        all.sort_unstable();
        let (mut files, mut bytes) = (0, 0);
        for (_, len, path) in all.into_iter().rev() {
            files += 1;
            bytes += len;
            if files > MOST_FILES || bytes > MOST_BYTES {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

/// How the name of what this process writes ends.
fn unfinished() -> String {
    format!("{}.{UNFINISHED}", std::process::id())
}

/// A file that only its user can read: it has what the trace has.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
