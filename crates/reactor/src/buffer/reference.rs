//! Adding bytes without copying them.

use std::rc::Rc;

use super::segment::Segment;
use crate::callback::Held;
use crate::recording::call;
use crate::{BufferEnd, Error, Evbuffer, EventBase};

/// Bytes of the program's.
struct HeldBytes<T>(Held<T>);

impl<T: AsRef<[u8]>> AsRef<[u8]> for HeldBytes<T> {
    fn as_ref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

/// Bytes, and what is to be done when nobody needs them any more.
struct WithCleanup<T, F: FnOnce(T)>(Option<(T, F)>);

impl<T: AsRef<[u8]>, F: FnOnce(T)> AsRef<[u8]> for WithCleanup<T, F> {
    fn as_ref(&self) -> &[u8] {
        self.0.as_ref().map_or(&[], |(bytes, _)| bytes.as_ref())
    }
}

impl<T, F: FnOnce(T)> Drop for WithCleanup<T, F> {
    fn drop(&mut self) {
        if let Some((bytes, cleanup)) = self.0.take() {
            cleanup(bytes);
        }
    }
}

/// # Buffers: adding without copying
impl EventBase {
    /// Adds bytes at the end without copying them (`evbuffer_add_reference`): the buffer keeps what has them, an
    /// `Arc<[u8]>`, a `Vec<u8>`, a `&'static str`, and drops it when they have left every buffer.
    ///
    /// `bytes` must give the same bytes each time it is asked; a buffer with one that does not panics when it is
    /// read.
    ///
    /// # Errors
    /// [`Error::Frozen`]; `bytes` are dropped then.
    #[call]
    pub fn evbuffer_add_reference(
        &mut self,
        buffer: Evbuffer,
        bytes: impl AsRef<[u8]> + 'static,
    ) -> Result<(), Error> {
        const CALL: &str = "evbuffer_add_reference";
        self.unfrozen(buffer, BufferEnd::End)?;
        let segment = Segment::shared(Rc::new(HeldBytes(Held::new(bytes))));
        let chain = &self.buffers[buffer].chain;
        let (before, len) = (chain.len(), segment.len());
        if !chain.can_hold(len) {
            return Err(Error::invalid(CALL, "no buffer is so long"));
        }
        let slot = &mut self.buffers[buffer];
        slot.chain.push(segment);
        slot.callbacks.note_added(len);
        self.says_add(buffer, before, len);
        self.evbuffer_invoke_callbacks(buffer);
        Ok(())
    }

    /// The same with a function that gets the bytes back when they have left every buffer (`evbuffer_add_reference`
    /// with its `cleanupfn`). It is called in the middle of whatever takes the last of them out, or when the base
    /// goes; should it panic, the loop tells of it.
    ///
    /// # Errors
    /// [`Error::Frozen`]; `cleanup` is not called then.
    #[track_caller]
    pub fn evbuffer_add_reference_with_cleanup<T: AsRef<[u8]> + 'static>(
        &mut self,
        buffer: Evbuffer,
        bytes: T,
        cleanup: impl FnOnce(T) + 'static,
    ) -> Result<(), Error> {
        self.unfrozen(buffer, BufferEnd::End)?;
        self.evbuffer_add_reference(buffer, WithCleanup(Some((bytes, cleanup))))
    }

    /// Adds the bytes of `from` to the end of `to` without copying them; `from` keeps them, too
    /// (`evbuffer_add_buffer_reference`). What is done to one of the buffers afterwards is not seen in the other.
    ///
    /// # Errors
    /// [`Error::Frozen`]; [`Error::Invalid`] if the buffers are the same, or if `from` has a part of a file, or bytes that
    /// it got in this way itself.
    #[call]
    pub fn evbuffer_add_buffer_reference(
        &mut self,
        to: Evbuffer,
        from: Evbuffer,
    ) -> Result<(), Error> {
        const CALL: &str = "evbuffer_add_buffer_reference";
        let len = self.evbuffer_get_length(from)?;
        let before = self.evbuffer_get_length(to)?;
        if len == 0 {
            return Ok(());
        }
        self.unfrozen(to, BufferEnd::End)?;
        if to == from {
            return Err(Error::invalid(CALL, "a buffer cannot refer to itself"));
        }
        if !self.buffers[to].chain.can_hold(len) {
            return Err(Error::invalid(CALL, "no buffer is so long"));
        }
        let Some(segments) = self.buffers[from].chain.share() else {
            return Err(Error::invalid(
                CALL,
                "neither parts of a file nor references can be referred to",
            ));
        };
        let slot = &mut self.buffers[to];
        for segment in segments {
            slot.chain.push(segment);
        }
        slot.callbacks.note_added(len);
        self.says_add(to, before, len);
        self.evbuffer_invoke_callbacks(to);
        Ok(())
    }
}
