//! Making a file for a user without doing harm to one that is there.
//!
//! Everything that evscope writes under a name that it was given goes through here. A name that nobody has is
//! made exclusively; of a file that is there it is looked at through the very descriptor that would write over
//! it, so what was judged is what goes.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use evscope_words::text;

use crate::file;
use crate::file_id::FileId;
use crate::reader::BYTE_ORDER_MARK;

/// What of a file that is there may be written over. One that is empty may be in any case.
#[derive(Clone, Copy)]
pub enum Over<'a> {
    /// A trace.
    Trace,
    /// What begins like this: the function is given the first bytes, unpacked.
    Like(&'a (dyn Fn(&[u8]) -> bool + Sync)),
    /// Whatever it is: the user has said so.
    Anything,
}

/// Why a name cannot be had. It comes inside an [`io::Error`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InTheWay {
    /// A file that evscope did not write.
    Foreign,
    /// A folder.
    Folder,
    /// A link to a file that is not there.
    Link,
    /// There is no folder of this name to make the file in.
    NoFolder(PathBuf),
}

impl fmt::Display for InTheWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Foreign => text!(file_foreign),
            Self::Folder => text!(file_is_folder),
            Self::Link => text!(file_is_link),
            Self::NoFolder(folder) => text!(file_no_folder, folder = folder.display()),
        };
        write!(f, "{text}")
    }
}

impl std::error::Error for InTheWay {}

impl InTheWay {
    /// What an error of this module's has inside.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }

    fn error(self) -> io::Error {
        let kind = match &self {
            Self::Foreign | Self::Link => io::ErrorKind::AlreadyExists,
            Self::Folder => io::ErrorKind::IsADirectory,
            Self::NoFolder(_) => io::ErrorKind::NotFound,
        };
        io::Error::new(kind, self)
    }
}

/// A name that can be written to. Until [`begin`](Self::begin) nothing is changed, and who drops it before takes back
/// the file that was made for it. It holds no descriptor meanwhile.
pub struct Claim<'a> {
    path: PathBuf,
    over: Over<'a>,
    /// Which file was made for it.
    made: Option<FileId>,
}

impl<'a> Claim<'a> {
    /// Makes the file, or looks whether the one that is there may be written over. A device or a pipe may.
    ///
    /// # Errors
    /// [`InTheWay`] inside, or what the operating system says.
    pub fn new(path: &Path, over: Over<'a>) -> io::Result<Self> {
        let claim = |made| Self {
            path: path.to_owned(),
            over,
            made,
        };
        match File::create_new(path) {
            // One that cannot be told from others is not taken back.
            Ok(file) => return Ok(claim(FileId::of(&file).ok())),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(explain(path, error)),
        }
        let claim = claim(None);
        // To open a pipe may take until there is somebody at its other end.
        if claim.is_file()? {
            claim.open()?;
        }
        Ok(claim)
    }

    /// The name.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file to write to, emptied.
    ///
    /// # Errors
    /// As [`new`](Self::new): somebody may have written into the file meanwhile.
    pub fn begin(mut self) -> io::Result<File> {
        if !self.is_file()? {
            return File::options().write(true).open(&self.path);
        }
        let mut file = self.open()?;
        file.set_len(0)?;
        // To be judged it was read.
        file.rewind()?;
        self.made = None;
        Ok(file)
    }

    /// Whether a file is there, and no device or pipe.
    fn is_file(&self) -> io::Result<bool> {
        match fs::metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(InTheWay::Link.error()),
            Err(error) => Err(error),
            Ok(there) if there.is_dir() => Err(InTheWay::Folder.error()),
            Ok(there) => Ok(there.is_file()),
        }
    }

    /// Opens the file that is there if it may be written over.
    fn open(&self) -> io::Result<File> {
        let judged = !matches!(self.over, Over::Anything);
        let file = File::options().read(judged).write(true).open(&self.path)?;
        match may_go(&file, self.over)? {
            true => Ok(file),
            false => Err(InTheWay::Foreign.error()),
        }
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        let Some(made) = self.made else {
            return;
        };
        let is_empty =
            fs::symlink_metadata(&self.path).is_ok_and(|there| there.is_file() && there.len() == 0);
        if is_empty && FileId::named(&self.path).is_ok_and(|there| there == made) {
            // An empty file that stays does no harm.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// What the operating system says where a folder is missing could be said of the file as well.
fn explain(path: &Path, error: io::Error) -> io::Error {
    let folder = path.parent().filter(|name| !name.as_os_str().is_empty());
    match folder {
        Some(folder) if error.kind() == io::ErrorKind::NotFound && !folder.exists() => {
            InTheWay::NoFolder(folder.to_owned()).error()
        }
        _ => error,
    }
}

fn may_go(file: &File, over: Over<'_>) -> io::Result<bool> {
    if matches!(over, Over::Anything) || file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let start = start_of(file.try_clone()?);
    let may = start.is_some_and(|start| match over {
        Over::Trace => begins_a_trace(&start),
        Over::Like(like) => like(&start),
        Over::Anything => true,
    });
    Ok(may)
}

/// The first bytes of a file, unpacked; none of one that is packed and damaged.
fn start_of(input: impl Read + Send + 'static) -> Option<Vec<u8>> {
    /// More than what tells one form from another.
    const ENOUGH: u64 = 4096;
    let mut start = Vec::new();
    let unpacked = file::read(input).ok()?;
    let read = unpacked.take(ENOUGH).read_to_end(&mut start);
    (read.is_ok() || !start.is_empty()).then_some(start)
}

/// Whether bytes, unpacked, are the beginning of a trace; that of one which was cut off early counts.
pub fn begins_a_trace(start: &[u8]) -> bool {
    const HEADER: &[u8] = b"{\"evscope\":";
    let start = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start);
    // As evscope writes it; or a whole first line by somebody else.
    let line = start.split(|byte| *byte == b'\n').next();
    let is_header = |line| {
        let header: Result<serde_json::Map<_, _>, _> = serde_json::from_slice(line);
        header.is_ok_and(|header| header.contains_key("evscope"))
    };
    start.starts_with(HEADER) || line.is_some_and(is_header)
}

/// Whether what can be read of a file, which may be packed, begins like a trace.
pub fn is_trace(input: impl Read + Send + 'static) -> bool {
    start_of(input).is_some_and(|start| begins_a_trace(&start))
}

/// Puts a text in the place of a file in one go: who reads it meanwhile sees the old one or the new one, and where it
/// cannot be written the old one stays.
///
/// # Errors
/// What the operating system says.
pub fn replace(place: &Path, text: &[u8]) -> io::Result<()> {
    /// So many names are tried.
    const NAMES: u32 = 16;
    let mut taken = io::Error::from(io::ErrorKind::AlreadyExists);
    for attempt in 0..NAMES {
        let mut name = place.as_os_str().to_owned();
        name.push(format!(".{}-{attempt}", std::process::id()));
        let new = PathBuf::from(name);
        let mut file = match File::create_new(&new) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                taken = error;
                continue;
            }
            made => made?,
        };
        let done = file.write_all(text);
        let done = done.and_then(|()| fs::rename(&new, place));
        return done.inspect_err(|_| {
            let _ = fs::remove_file(&new);
        });
    }
    Err(taken)
}
