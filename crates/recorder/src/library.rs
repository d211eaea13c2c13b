//! The library that goes into the program. It travels inside the recorder and is unpacked for a run.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::ring::random;

/// Built by the build script; empty where recording is not possible.
static BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/libevscope_preload.so"));

/// Its name in a folder of its own.
const NAME: &str = "libevscope-preload.so";
/// How the name of such a folder begins.
const FOLDER: &str = "evscope-";

/// The library as a file that the dynamic linker can open, for as long as this lives.
pub(crate) struct Library {
    path: PathBuf,
    /// Keeps the file alive.
    kept: Kept,
}

enum Kept {
    Memory { _file: File },
    Disk { folder: PathBuf },
}

/// Who opens it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// The program that the recorder starts.
    Child,
    /// Also programs that are started later, perhaps as another user or where this process cannot be seen.
    Others,
}

/// Whether this build can record at all.
pub(crate) fn is_built_in() -> bool {
    !BYTES.is_empty()
}

impl Library {
    /// Unpacks it: into memory, so that no folder is needed that one may write to or run programs from; else
    /// into one of `folders`. What is in memory is found through this process, so for others a folder is better.
    ///
    /// `before` is told of a folder before that is made.
    pub(crate) fn unpack(
        folders: &[PathBuf],
        readers: Readers,
        before: impl Fn(&Path) -> io::Result<()>,
    ) -> io::Result<Self> {
        let in_folder = |folder: &PathBuf| Self::in_folder(folder, &before).ok();
        let for_others = || {
            let mut open = folders.iter().filter(|folder| is_for_all(folder));
            open.find_map(in_folder)
        };
        if readers == Readers::Others
            && let Some(library) = for_others()
        {
            return Ok(library);
        }
        match Self::in_memory() {
            Ok(library) => Ok(library),
            Err(error) => folders.iter().find_map(in_folder).ok_or(error),
        }
    }

    fn in_memory() -> io::Result<Self> {
        // SAFETY: the name is a C string; the descriptor that comes back is ours.
        let mut file = unsafe {
            let fd = libc::memfd_create(c"evscope-preload".as_ptr(), libc::MFD_CLOEXEC);
            if fd < 0 {
                return Err(io::Error::last_os_error());
            }
            File::from_raw_fd(fd)
        };
        file.write_all(BYTES)?;
        // Through the recorder's own descriptor: the program inherits none, and its own may be closed.
        let path = format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd());
        // Where there is no /proc the dynamic linker would not find it.
        fs::metadata(&path)?;
        Ok(Self {
            path: path.into(),
            kept: Kept::Memory { _file: file },
        })
    }

    /// In a folder of its own, where all may read it and only this user may change it.
    fn in_folder(folder: &Path, before: impl Fn(&Path) -> io::Result<()>) -> io::Result<Self> {
        let own = folder
            .canonicalize()?
            .join(format!("{FOLDER}{:016x}", random()));
        before(&own)?;
        fs::DirBuilder::new().mode(0o700).create(&own)?;
        // From here on it goes with this.
        let library = Self {
            path: own.join(NAME),
            kept: Kept::Disk {
                folder: own.clone(),
            },
        };
        File::create_new(&library.path)?.write_all(BYTES)?;
        // Whatever the user's mask says.
        fs::set_permissions(&library.path, Permissions::from_mode(0o644))?;
        fs::set_permissions(&own, Permissions::from_mode(0o711))?;
        Ok(library)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The folder that stays if this process is killed.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match &self.kept {
            Kept::Memory { .. } => None,
            Kept::Disk { folder } => Some(folder),
        }
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        if let Some(folder) = self.folder() {
            remove_folder(folder);
        }
    }
}

/// Removes the folder of a library whose recorder was killed; nothing else, whatever the path names.
pub(crate) fn remove_folder(folder: &Path) {
    let name = folder.file_name().and_then(|name| name.to_str());
    if name.is_some_and(|name| name.starts_with(FOLDER)) {
        let _ = fs::remove_file(folder.join(NAME));
        // Where more is in it, it stays.
        let _ = fs::remove_dir(folder);
    }
}

/// Whether everybody may go into the folder, code in it may run, and the dynamic linker's list can have it.
fn is_for_all(folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else {
        return false;
    };
    let may_go_in = |path: &Path| {
        path.metadata()
            .is_ok_and(|metadata| metadata.permissions().mode() & 0o001 != 0)
    };
    folder.ancestors().all(may_go_in)
        && may_run(&folder)
        && folder
            .to_str()
            .is_some_and(|path| !path.contains([':', ' ', '$']))
}

/// Whether code may be mapped from the file system.
fn may_run(folder: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;
    let Ok(path) = std::ffi::CString::new(folder.as_os_str().as_bytes()) else {
        return false;
    };
    // SAFETY: all-zero is a valid statvfs, the path is a C string.
    unsafe {
        let mut about: libc::statvfs = std::mem::zeroed();
        libc::statvfs(path.as_ptr(), &raw mut about) == 0
            && about.f_flag & libc::ST_NOEXEC as libc::c_ulong == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_for_all_is_not_for_others() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).unwrap();
        fs::set_permissions(&inner, Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
        assert!(!is_for_all(&inner));
    }

    #[test]
    fn only_the_librarys_own_folder_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (other, own) = (folder.path().join("other"), folder.path().join("evscope-1"));
        let full = folder.path().join("evscope-2");
        for folder in [&other, &own, &full] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join(NAME), "").unwrap();
        }
        fs::write(full.join("mine"), "").unwrap();
        [&other, &own, &full]
            .into_iter()
            .for_each(|folder| remove_folder(folder));
        assert!(other.join(NAME).exists());
        assert!(!own.exists());
        assert!(full.join("mine").exists());
    }
}
