//! The library that goes into the program. It travels inside the recorder and is unpacked for a run.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsRawFd, FromRawFd};
use std::path::{Path, PathBuf};

/// Built by the build script; empty where recording is not possible.
static BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/libevscope_preload.so"));

/// The library as a file that the dynamic linker can open, for as long as this lives.
pub(crate) struct Library {
    path: PathBuf,
    /// Keeps the file alive.
    _file: Kept,
}

enum Kept {
    Memory { _file: File },
    Disk { _file: tempfile::TempPath },
}

/// Whether this build can record at all.
pub(crate) fn is_built_in() -> bool {
    !BYTES.is_empty()
}

impl Library {
    /// Unpacks it: into memory, so that no folder is needed that one may write to or run programs from; else
    /// into one of `folders`.
    pub(crate) fn unpack(folders: &[PathBuf]) -> io::Result<Self> {
        match Self::in_memory() {
            Ok(library) => Ok(library),
            Err(error) => folders
                .iter()
                .find_map(|folder| Self::in_folder(folder).ok())
                .ok_or(error),
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
        Ok(Self {
            path: path.into(),
            _file: Kept::Memory { _file: file },
        })
    }

    fn in_folder(folder: &Path) -> io::Result<Self> {
        let mut file = tempfile::Builder::new()
            .prefix("evscope-")
            .suffix(".so")
            .tempfile_in(folder)?;
        file.write_all(BYTES)?;
        let file = file.into_temp_path();
        Ok(Self {
            path: file.to_path_buf(),
            _file: Kept::Disk { _file: file },
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
