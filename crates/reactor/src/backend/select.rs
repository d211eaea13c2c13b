//! `select`.

use std::os::fd::RawFd;
use std::time::Duration;

use rustix::event::{
    FdSetElement, FdSetIter, Timespec, fd_set_insert, fd_set_num_elements, fd_set_remove, select,
};
use rustix::io::Errno;

use super::{Backend, ReadyFd};
use crate::EvFlags;

/// Hands two bit sets to the kernel with every wait. They are as long as the greatest fd asks for, so that
/// more than 1024 can be watched.
#[derive(Default)]
pub(crate) struct Select {
    readers: Vec<FdSetElement>,
    writers: Vec<FdSetElement>,
    /// What the kernel fills in.
    ready_readers: Vec<FdSetElement>,
    ready_writers: Vec<FdSetElement>,
    /// One more than the greatest fd that was ever watched.
    end: RawFd,
}

impl Backend for Select {
    fn name(&self) -> &'static str {
        "select"
    }

    fn add(&mut self, fd: RawFd, _old: EvFlags, added: EvFlags) -> Result<(), Errno> {
        self.end = self.end.max(fd + 1);
        let elements = fd_set_num_elements(0, self.end);
        self.readers.resize(elements, FdSetElement::default());
        self.writers.resize(elements, FdSetElement::default());
        if added.contains(EvFlags::READ) {
            fd_set_insert(&mut self.readers, fd);
        }
        if added.contains(EvFlags::WRITE) {
            fd_set_insert(&mut self.writers, fd);
        }
        Ok(())
    }

    fn del(&mut self, fd: RawFd, _old: EvFlags, removed: EvFlags) -> Result<(), Errno> {
        if removed.contains(EvFlags::READ) {
            fd_set_remove(&mut self.readers, fd);
        }
        if removed.contains(EvFlags::WRITE) {
            fd_set_remove(&mut self.writers, fd);
        }
        Ok(())
    }

    fn dispatch(
        &mut self,
        timeout: Option<Duration>,
        ready: &mut Vec<ReadyFd>,
    ) -> Result<usize, Errno> {
        let timeout = timeout.map(|span| Timespec {
            tv_sec: span.as_secs() as i64,
            tv_nsec: i64::from(span.subsec_nanos()),
        });
        self.ready_readers.clone_from(&self.readers);
        self.ready_writers.clone_from(&self.writers);
        // SAFETY: both sets hold `end` bits. A fd in them that was closed gives EBADF, and one that was
        // opened again under its number is only waited for.
        let answer = unsafe {
            select(
                self.end,
                Some(&mut self.ready_readers),
                Some(&mut self.ready_writers),
                None,
                timeout.as_ref(),
            )?
        } as usize;
        let mut writers = FdSetIter::new(&self.ready_writers).peekable();
        for fd in FdSetIter::new(&self.ready_readers) {
            while let Some(writer) = writers.next_if(|&writer| writer < fd) {
                ready.push((writer, EvFlags::WRITE));
            }
            let both = writers.next_if_eq(&fd).is_some();
            let also = if both {
                EvFlags::WRITE
            } else {
                EvFlags::empty()
            };
            ready.push((fd, EvFlags::READ | also));
        }
        ready.extend(writers.map(|fd| (fd, EvFlags::WRITE)));
        // The kernel counts what fds are ready for, not fds.
        Ok(answer)
    }
}
