//! Which file it is, whatever its name.

use std::fs::File;
use std::io;
use std::path::Path;

/// A file of this machine, told from all others for as long as it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileId {
    volume: u64,
    number: u64,
}

impl FileId {
    /// That of a file which is open.
    ///
    /// # Errors
    /// What the operating system says; `Unsupported` where files cannot be told apart.
    pub fn of(file: &File) -> io::Result<Self> {
        of(file)
    }

    /// That of the file which has this name now.
    ///
    /// # Errors
    /// As [`of`](Self::of), and where there is no such file.
    pub fn named(path: &Path) -> io::Result<Self> {
        named(path)
    }
}

#[cfg(unix)]
fn of(file: &File) -> io::Result<FileId> {
    file.metadata().map(|about| of_metadata(&about))
}

#[cfg(unix)]
fn named(path: &Path) -> io::Result<FileId> {
    std::fs::metadata(path).map(|about| of_metadata(&about))
}

#[cfg(unix)]
fn of_metadata(about: &std::fs::Metadata) -> FileId {
    use std::os::unix::fs::MetadataExt;
    FileId {
        volume: about.dev(),
        number: about.ino(),
    }
}

#[cfg(windows)]
fn of(file: &File) -> io::Result<FileId> {
    let about = winapi_util::file::information(file)?;
    Ok(FileId {
        volume: about.volume_serial_number(),
        number: about.file_index(),
    })
}

#[cfg(windows)]
fn named(path: &Path) -> io::Result<FileId> {
    of(&File::open(path)?)
}

#[cfg(not(any(unix, windows)))]
fn of(_: &File) -> io::Result<FileId> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(any(unix, windows)))]
fn named(_: &Path) -> io::Result<FileId> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_come_to_be_another_files() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        let open = File::create(&one).unwrap();
        File::create(&other).unwrap();
        assert_eq!(FileId::of(&open).unwrap(), FileId::named(&one).unwrap());
        assert_ne!(FileId::of(&open).unwrap(), FileId::named(&other).unwrap());
        std::fs::rename(&other, &one).unwrap();
        assert_ne!(FileId::of(&open).unwrap(), FileId::named(&one).unwrap());
        std::fs::remove_file(&one).unwrap();
        let gone = FileId::named(&one).unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
    }
}
