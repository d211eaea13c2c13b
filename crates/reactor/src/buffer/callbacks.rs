//! Telling those who asked of a buffer's changes.

use std::rc::Rc;

use evscope_trace::Event as Step;

use crate::callback::{Callback, CallbackName, Calls, Held, Named};
use crate::error::Object;
use crate::{Bufferevent, Error, Evbuffer, EvbufferCallback, EventBase, Outcome};

/// What a callback of a buffer is told (libevent's `struct evbuffer_cb_info`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvbufferCbInfo {
    /// The length before the change.
    pub orig_size: usize,
    /// Bytes added since the callbacks were told before.
    pub n_added: usize,
    /// Bytes deleted since the callbacks were told before.
    pub n_deleted: usize,
}

bitflags::bitflags! {
    /// How a callback of a buffer is run (libevent's `EVBUFFER_CB_*`).
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct EvbufferCbFlags: u32 {
        /// It is run. Every callback has this when it is added.
        const ENABLED = 0x01;
        /// It runs within the call that changes the buffer even where callbacks are put off
        /// ([`evbuffer_defer_callbacks`](EventBase::evbuffer_defer_callbacks)); what it is told may then have been
        /// told before.
        const NODEFER = 0x02;
    }
}

/// Which callbacks are told, and when.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// All, within the call that made the change.
    AtOnce,
    /// Only those that are never put off, within the call; the others later.
    NeverDeferred,
    /// Those that were put off, by the loop.
    Deferred,
}

impl Told {
    fn includes(self, flags: EvbufferCbFlags) -> bool {
        let never_deferred = flags.contains(EvbufferCbFlags::NODEFER);
        flags.contains(EvbufferCbFlags::ENABLED)
            && match self {
                Self::AtOnce => true,
                Self::NeverDeferred => never_deferred,
                Self::Deferred => !never_deferred,
            }
    }
}

type EvbufferFn = dyn for<'a> Calls<Evbuffer, &'a EvbufferCbInfo>;

/// Who is told.
pub(crate) enum BufferCallback {
    User(Callback<EvbufferFn>),
    /// `bufferevent_socket_outbuf_cb`, on the output of a socket bufferevent.
    SocketOutbuf(Bufferevent),
    /// `be_pair_outbuf_cb`, on the output of one of a pair.
    PairOutbuf(Bufferevent),
    /// `bufferevent_filtered_inbuf_cb`, on a filter's input.
    FilterInbuf(Bufferevent),
    /// `bufferevent_filtered_outbuf_cb`, on a filter's output.
    FilterOutbuf(Bufferevent),
    /// `be_openssl_outbuf_cb`, on the output of a TLS bufferevent.
    #[cfg(feature = "tls")]
    TlsOutbuf(Bufferevent),
    /// `bufferevent_inbuf_wm_cb`, on an input with a high mark.
    InbufWatermark(Bufferevent),
}

struct Entry {
    id: EvbufferCallback,
    callback: BufferCallback,
    flags: EvbufferCbFlags,
}

/// A buffer's callbacks, and what they were not told yet.
#[derive(Default)]
pub(crate) struct BufferCallbacks {
    /// Oldest first; they are told newest first.
    entries: Vec<Entry>,
    /// How many were ever added.
    count: u32,
    added: usize,
    deleted: usize,
}

impl BufferCallbacks {
    /// Adds a callback of `buffer`, which these are the callbacks of.
    pub(crate) fn add(&mut self, buffer: Evbuffer, callback: BufferCallback) -> EvbufferCallback {
        self.count += 1;
        let id = EvbufferCallback { buffer, number: self.count };
        let flags = match callback {
            // What a high mark stops must stop at once.
            BufferCallback::InbufWatermark(_) => EvbufferCbFlags::all(),
            _ => EvbufferCbFlags::ENABLED,
        };
        self.entries.push(Entry { id, callback, flags });
        id
    }

    /// What is put off for long may come to more than can be counted; the length before is still right then.
    #[inline]
    pub(super) fn note_added(&mut self, n: usize) {
        self.added = self.added.wrapping_add(n);
    }

    #[inline]
    pub(super) fn note_deleted(&mut self, n: usize) {
        self.deleted = self.deleted.wrapping_add(n);
    }

    pub(crate) fn set_enabled(&mut self, id: EvbufferCallback, enabled: bool) {
        self.set_flags(id, EvbufferCbFlags::ENABLED, enabled);
    }

    /// False if there is no such callback.
    fn set_flags(&mut self, id: EvbufferCallback, flags: EvbufferCbFlags, on: bool) -> bool {
        let entry = self.entries.iter_mut().find(|entry| entry.id == id);
        entry.map(|entry| entry.flags.set(flags, on)).is_some()
    }

    /// The library's own have nothing to do any more.
    pub(super) fn keep_only_the_programs(&mut self) {
        self.entries
            .retain(|entry| matches!(entry.callback, BufferCallback::User(_)));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// And whether there is none before it.
    fn newest_before(&self, number: u32) -> Option<(&Entry, bool)> {
        let mut at = self.entries.len();
        while at > 0 {
            at -= 1;
            if self.entries[at].id.number < number {
                return Some((&self.entries[at], at == 0));
            }
        }
        None
    }
}

/// # Buffers: callbacks
impl EventBase {
    /// Asks to be told of every change of the buffer (`evbuffer_add_cb`). The callback runs within the
    /// call that changes the buffer, after the change; those added last run first.
    #[track_caller]
    pub fn evbuffer_add_cb<F, R>(
        &mut self,
        buffer: Evbuffer,
        callback: F,
    ) -> Result<EvbufferCallback, Error>
    where
        F: Fn(&mut Self, Evbuffer, &EvbufferCbInfo) -> R + 'static,
        R: Outcome,
    {
        let callback = Held::new(callback);
        let callback = Rc::new(Named {
            name: CallbackName::of::<F>(),
            run: move |base: &mut Self, buffer, info: &EvbufferCbInfo| {
                callback(base, buffer, info).into_result()
            },
        });
        let slot = self.buffer_mut(buffer)?;
        Ok(slot.callbacks.add(buffer, BufferCallback::User(callback)))
    }

    /// Asks no longer (`evbuffer_remove_cb_entry`).
    pub fn evbuffer_remove_cb_entry(
        &mut self,
        buffer: Evbuffer,
        callback: EvbufferCallback,
    ) -> Result<(), Error> {
        let entries = &mut self.buffer_mut(buffer)?.callbacks.entries;
        let before = entries.len();
        entries.retain(|entry| entry.id != callback);
        if entries.len() == before {
            return Err(Error::Stale(Object::EvbufferCallback));
        }
        Ok(())
    }

    /// Sets flags of a callback (`evbuffer_cb_set_flags`).
    pub fn evbuffer_cb_set_flags(
        &mut self,
        buffer: Evbuffer,
        callback: EvbufferCallback,
        flags: EvbufferCbFlags,
    ) -> Result<(), Error> {
        self.change_cb_flags(buffer, callback, flags, true)
    }

    /// Clears flags of a callback (`evbuffer_cb_clear_flags`): without ENABLED it is not run, until that is set
    /// again.
    pub fn evbuffer_cb_clear_flags(
        &mut self,
        buffer: Evbuffer,
        callback: EvbufferCallback,
        flags: EvbufferCbFlags,
    ) -> Result<(), Error> {
        self.change_cb_flags(buffer, callback, flags, false)
    }

    fn change_cb_flags(
        &mut self,
        buffer: Evbuffer,
        callback: EvbufferCallback,
        flags: EvbufferCbFlags,
        on: bool,
    ) -> Result<(), Error> {
        let callbacks = &mut self.buffer_mut(buffer)?.callbacks;
        if !callbacks.set_flags(callback, flags, on) {
            return Err(Error::Stale(Object::EvbufferCallback));
        }
        Ok(())
    }

    /// Tells the buffer's callbacks what changed since they were told before, or has the loop tell them
    /// (`evbuffer_invoke_callbacks_`).
    #[inline]
    #[track_caller]
    pub(crate) fn evbuffer_invoke_callbacks(&mut self, buffer: Evbuffer) {
        let slot = &mut self.buffers[buffer];
        if slot.callbacks.entries.is_empty() {
            slot.callbacks.added = 0;
            slot.callbacks.deleted = 0;
            return;
        }
        let mut told = Told::AtOnce;
        if let Some(deferred) = slot.deferred {
            self.schedule_buffer_callbacks(deferred);
            told = Told::NeverDeferred;
        }
        self.evbuffer_run_callbacks(buffer, told);
    }

    #[inline(never)]
    #[track_caller]
    pub(super) fn evbuffer_run_callbacks(&mut self, buffer: Evbuffer, told: Told) {
        let slot = &mut self.buffers[buffer];
        let (n_added, n_deleted) = (slot.callbacks.added, slot.callbacks.deleted);
        if n_added == 0 && n_deleted == 0 {
            return;
        }
        // Those that were put off will want to know, too.
        if told != Told::NeverDeferred {
            slot.callbacks.added = 0;
            slot.callbacks.deleted = 0;
        }
        let info = EvbufferCbInfo {
            orig_size: slot
                .chain
                .len()
                .wrapping_add(n_deleted)
                .wrapping_sub(n_added),
            n_added,
            n_deleted,
        };
        // A callback may add and remove callbacks, change the buffer again, or free it.
        let mut last = u32::MAX;
        while let Some(slot) = self.buffers.get(buffer)
            && let Some((entry, is_oldest)) = slot.callbacks.newest_before(last)
        {
            last = entry.id.number;
            if told.includes(entry.flags) {
                match &entry.callback {
                    // It is held, so that it stays while it runs.
                    BufferCallback::User(user) => {
                        let user = Rc::clone(user);
                        self.run_user_buffer_callback(buffer, &user, &info);
                    }
                    &BufferCallback::SocketOutbuf(bev) => {
                        self.bufferevent_socket_outbuf_cb(bev, buffer, &info);
                    }
                    &BufferCallback::PairOutbuf(bev) => self.be_pair_outbuf_cb(bev, buffer, &info),
                    &BufferCallback::FilterInbuf(bev) => {
                        self.bufferevent_filtered_inbuf_cb(bev, buffer, &info);
                    }
                    &BufferCallback::FilterOutbuf(bev) => {
                        self.bufferevent_filtered_outbuf_cb(bev, buffer, &info);
                    }
                    #[cfg(feature = "tls")]
                    &BufferCallback::TlsOutbuf(bev) => self.be_tls_outbuf_cb(bev, buffer, &info),
                    &BufferCallback::InbufWatermark(bev) => {
                        self.bufferevent_inbuf_wm_cb(bev, buffer, &info);
                    }
                }
            }
            if is_oldest {
                break;
            }
        }
    }

    #[track_caller]
    fn run_user_buffer_callback(
        &mut self,
        buffer: Evbuffer,
        user: &Callback<EvbufferFn>,
        info: &EvbufferCbInfo,
    ) {
        self.run_callback(
            || user.name(),
            |base, callback| {
                let step = Step::EvbufferCb {
                    callback,
                    before: info.orig_size as u64,
                    added: info.n_added as u64,
                    deleted: info.n_deleted as u64,
                };
                (base.buffer_objects(buffer), step)
            },
            |base| user.run(base, buffer, info),
        );
    }
}
