//! How much a recording may write: as much as was allowed, and no more than leaves others room on the disk.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Why a recording does not have all that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// It is as large as it may be.
    Size,
    /// The disk is nearly full.
    Disk,
}

/// Shared by who fills the spool and who writes the traces. The traces are behind, so either may be full first.
#[derive(Debug)]
pub(crate) struct Limits {
    max: u64,
    /// Bytes of all traces together.
    traces: AtomicU64,
    spool_is_full: AtomicBool,
    disk_is_full: AtomicBool,
}

impl Limits {
    /// What is recovered is all written, as far as there is room.
    pub(crate) const NONE: u64 = u64::MAX;

    /// At most so many bytes of traces, and of spool.
    pub(crate) fn new(max: u64) -> Self {
        Self {
            max,
            traces: AtomicU64::new(0),
            spool_is_full: AtomicBool::new(false),
            disk_is_full: AtomicBool::new(false),
        }
    }

    pub(crate) fn max(&self) -> u64 {
        self.max
    }

    /// What was met.
    pub(crate) fn full(&self) -> Option<Full> {
        if self.disk_is_full.load(Ordering::Relaxed) {
            return Some(Full::Disk);
        }
        let full = self.traces_are_full() || self.spool_is_full.load(Ordering::Relaxed);
        full.then_some(Full::Size)
    }

    /// Whether no more is to be written into traces.
    pub(crate) fn traces_are_full(&self) -> bool {
        self.traces.load(Ordering::Relaxed) >= self.max || self.disk_is_full.load(Ordering::Relaxed)
    }

    /// A trace has become longer.
    pub(crate) fn grown(&self, by: u64, trace: &File) {
        self.traces.fetch_add(by, Ordering::Relaxed);
        if self.max < Self::NONE && is_nearly_full(trace) {
            self.disk_is_full.store(true, Ordering::Relaxed);
        }
    }

    /// Whether more may be added to a spool that has so many bytes. Once it may not, it never may: what is missing is
    /// all at the end.
    pub(crate) fn allow(&self, spool: &File, bytes: u64) -> bool {
        if self.full().is_none() {
            self.spool_is_full
                .store(bytes >= self.max, Ordering::Relaxed);
            if is_nearly_full(spool) {
                self.disk_is_full.store(true, Ordering::Relaxed);
            }
        }
        self.full().is_none()
    }
}

/// Whether the disk that a file is on has so little room that the programs on it should have it.
fn is_nearly_full(file: &File) -> bool {
    /// What is left to others: a twentieth, of a large disk this.
    const MOST: u64 = 128 << 20;
    const PART: u64 = 20;
    // SAFETY: all-zero is a valid statvfs, and the descriptor is the file's.
    let about = unsafe {
        let mut about: libc::statvfs = std::mem::zeroed();
        if libc::fstatvfs(file.as_raw_fd(), &raw mut about) < 0 {
            return false;
        }
        about
    };
    // Some file systems do not say how large they are.
    let all = about.f_blocks * about.f_frsize;
    let left = about.f_bavail * about.f_frsize;
    all > 0 && left < MOST.min(all / PART)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_limit_that_is_met_counts() {
        let file = tempfile::tempfile().unwrap();
        let limits = Limits::new(1000);
        assert!(limits.allow(&file, 999));
        limits.grown(600, &file);
        assert_eq!(limits.full(), None);
        limits.grown(400, &file);
        assert_eq!(limits.full(), Some(Full::Size));
        assert!(limits.traces_are_full() && !limits.allow(&file, 10));
        // The traces come after.
        let limits = Limits::new(1000);
        assert!(!limits.allow(&file, 1000));
        assert!(!limits.traces_are_full());
        assert!(!limits.allow(&file, 10));
    }
}
