//! Bufferevents: libevent's `bufferevent.c` and `bufferevent_sock.c`.

mod connect;
mod deferred;
mod enable;
mod filter;
mod free;
mod hostname;
mod kind;
mod pair;
mod ratelim;
mod ratelim_group;
mod run;
mod slot;
mod socket;
mod suspend;
mod timeouts;
#[cfg(feature = "tls")]
mod tls;
mod watermark;

use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use evscope_trace::{BevId, Objects, Role};

pub use filter::FilterResult;
pub use kind::FlushMode;
use kind::Kind;
pub use ratelim::TokenBucketConfig;
pub(crate) use ratelim_group::GroupSlot;
pub use run::TriggerOptions;
pub(crate) use slot::BevSlot;
pub use slot::{Callbacks, Watermarks};
use slot::{EventCallbacks, MAX_SINGLE_DEFAULT, PendingCallbacks};
#[cfg(feature = "tls")]
pub use tls::TlsError;

use crate::buffer::BufferCallback;
use crate::error::Object;
use crate::event::{EventCallback, EventState, NewEvent, Owner};
use crate::recording::{call, point};
use crate::{
    BevOptions, BufferEnd, Bufferevent, Error, EvFlags, Evbuffer, Event, EventBase, SuspendReasons,
};

/// # Bufferevents: made, asked, read and written
impl EventBase {
    /// Makes a bufferevent for a connected socket, or for none yet (`bufferevent_socket_new`). Writing is
    /// enabled, reading is not.
    ///
    /// The socket must be non-blocking; one that a [`Listener`](crate::Listener) accepted is. With
    /// CLOSE_ON_FREE it is closed with the bufferevent; without, it stays open after that, and its fd
    /// ([`bufferevent_getfd`](Self::bufferevent_getfd)) is the caller's.
    #[call]
    pub fn bufferevent_socket_new(
        &mut self,
        fd: Option<OwnedFd>,
        options: BevOptions,
    ) -> Result<Bufferevent, Error> {
        check_options(options, "bufferevent_socket_new")?;
        let raw = fd.as_ref().map_or(-1, AsRawFd::as_raw_fd);
        // The buffers and what all kinds have. This one's output goes to a socket.
        let bev = self.bufferevent_init_common(fd, options);
        let (input, output) = (self.bevs[bev].input, self.bevs[bev].output);
        self.buffers[output].drains_to_fd = true;
        self.says_socket_new(bev, None);
        // Two events on the socket, set up and not pending: the library's own callbacks.
        let persist = EvFlags::PERSIST | EvFlags::FINALIZE;
        let (read, write) = (EventCallback::BevRead(bev), EventCallback::BevWrite(bev));
        self.assign_ev_read(bev, raw, EvFlags::READ | persist, read);
        self.assign_ev_write(bev, raw, EvFlags::WRITE | persist, write);
        // To hear of what is added to the output.
        let outbuf_cb = BufferCallback::SocketOutbuf(bev);
        self.buffers[output].callbacks.add(output, outbuf_cb);
        // Only the library reads into the input, and writes from the output.
        self.evbuffer_freeze(input, BufferEnd::End)?;
        self.evbuffer_freeze(output, BufferEnd::Start)?;
        Ok(bev)
    }

    /// What all kinds begin with (`bufferevent_init_common_`): writing is enabled. Its events are still to be assigned,
    /// and it is still to become what it is to be.
    fn bufferevent_init_common(&mut self, fd: Option<OwnedFd>, options: BevOptions) -> Bufferevent {
        let id = self.ids.bufferevent();
        self.bufferevent_init_common_as(id, fd, options)
    }

    /// The same under an id that others know already.
    fn bufferevent_init_common_as(
        &mut self,
        id: BevId,
        fd: Option<OwnedFd>,
        options: BevOptions,
    ) -> Bufferevent {
        let (input, output) = (self.new_buffer(Some(id)), self.new_buffer(Some(id)));
        let event_ids = [self.ids.event(), self.ids.event()];
        self.bevs.insert(BevSlot {
            id,
            event_ids,
            kind: Kind::Socket,
            fd,
            options,
            input,
            output,
            ev_read: Event::default(),
            ev_write: Event::default(),
            deferred: None,
            deferred_priority: self.middle_priority(),
            callbacks: Callbacks::default(),
            pending: PendingCallbacks::default(),
            enabled: EvFlags::WRITE,
            read_suspended: SuspendReasons::empty(),
            write_suspended: SuspendReasons::empty(),
            wm_read: Watermarks::default(),
            wm_write: Watermarks::default(),
            read_watermark_cb: None,
            timeout_read: None,
            timeout_write: None,
            max_single_read: MAX_SINGLE_DEFAULT,
            max_single_write: MAX_SINGLE_DEFAULT,
            rate_limit: None,
            connecting: false,
            dns_error: None,
            connection_refused: false,
            references: 1,
            freed: false,
        })
    }

    /// Sets up the bufferevent's two events.
    #[track_caller]
    fn assign_events(&mut self, bev: Bufferevent, new: EventCallbacks) {
        self.assign_ev_read(bev, new.fd, new.read.0, new.read.1);
        self.assign_ev_write(bev, new.fd, new.write.0, new.write.1);
    }

    #[track_caller]
    fn assign_ev_read(
        &mut self,
        bev: Bufferevent,
        fd: RawFd,
        events: EvFlags,
        callback: EventCallback,
    ) {
        let BevSlot { id, event_ids, .. } = self.bevs[bev];
        let (role, owner) = (Role::BevRead, Owner::Bufferevent(id));
        let new = NewEvent { role, owner, fd, events, callback };
        self.bevs[bev].ev_read = self.event_assign(event_ids[0], new);
    }

    #[track_caller]
    fn assign_ev_write(
        &mut self,
        bev: Bufferevent,
        fd: RawFd,
        events: EvFlags,
        callback: EventCallback,
    ) {
        let BevSlot { id, event_ids, .. } = self.bevs[bev];
        let (role, owner) = (Role::BevWrite, Owner::Bufferevent(id));
        let new = NewEvent { role, owner, fd, events, callback };
        self.bevs[bev].ev_write = self.event_assign(event_ids[1], new);
    }

    /// Sets the two events up anew, which then are neither pending nor active.
    #[cfg(feature = "tls")]
    #[track_caller]
    fn assign_events_anew(&mut self, bev: Bufferevent, new: EventCallbacks) {
        let slot = &self.bevs[bev];
        let (ev_read, ev_write) = (slot.ev_read, slot.ev_write);
        self.event_del_nolock(ev_read);
        self.event_del_nolock(ev_write);
        for (event, (events, callback)) in [(ev_read, new.read), (ev_write, new.write)] {
            let slot = &mut self.events[event];
            slot.events = events;
            slot.callback = callback;
            self.event_reassign(event, new.fd);
        }
    }

    /// Sets the program's callbacks (`bufferevent_setcb`). Those that are not given are none.
    #[point(bev => BuffereventSetcb {
        readcb: callbacks.readcb.as_ref().map(|cb| cb.name().short().into()),
        writecb: callbacks.writecb.as_ref().map(|cb| cb.name().short().into()),
        eventcb: callbacks.eventcb.as_ref().map(|cb| cb.name().short().into()),
    })]
    pub fn bufferevent_setcb(
        &mut self,
        bev: Bufferevent,
        callbacks: Callbacks,
    ) -> Result<(), Error> {
        self.bev(bev)?;
        self.bevs[bev].callbacks = callbacks;
        Ok(())
    }

    /// The program's callbacks (`bufferevent_getcb`).
    pub fn bufferevent_getcb(&self, bev: Bufferevent) -> Result<Callbacks, Error> {
        Ok(self.bev(bev)?.callbacks.clone())
    }

    /// The buffer of what was read (`bufferevent_get_input`). Nothing can be added to its end.
    pub fn bufferevent_get_input(&self, bev: Bufferevent) -> Result<Evbuffer, Error> {
        Ok(self.bev(bev)?.input)
    }

    /// The buffer of what is to be written (`bufferevent_get_output`). Nothing can be taken from its
    /// start.
    pub fn bufferevent_get_output(&self, bev: Bufferevent) -> Result<Evbuffer, Error> {
        Ok(self.bev(bev)?.output)
    }

    /// The socket (`bufferevent_getfd`); of a filter, that of what is below it.
    pub fn bufferevent_getfd(&self, bev: Bufferevent) -> Result<Option<RawFd>, Error> {
        let mut slot = self.bev(bev)?;
        // What is below lives as long as the filter, whether or not the program has freed it.
        while let Some(below) = slot.kind.underlying() {
            slot = &self.bevs[below];
        }
        Ok(slot.fd.as_ref().map(AsRawFd::as_raw_fd))
    }

    /// Adds bytes to the output (`bufferevent_write`); the loop writes them when the socket takes them.
    #[call(bev => BuffereventWrite { len: data.len() as u64 })]
    pub fn bufferevent_write(&mut self, bev: Bufferevent, data: &[u8]) -> Result<(), Error> {
        let output = self.bev(bev)?.output;
        self.evbuffer_add(output, data)
    }

    /// Moves all bytes of a buffer to the output (`bufferevent_write_buffer`).
    #[call(bev => BuffereventWrite { len: self.length_of(buffer) }, if self.buffers.contains_key(buffer))]
    pub fn bufferevent_write_buffer(
        &mut self,
        bev: Bufferevent,
        buffer: Evbuffer,
    ) -> Result<(), Error> {
        let output = self.bev(bev)?.output;
        self.evbuffer_add_buffer(output, buffer)
    }

    /// Takes bytes out of the input; returns how many (`bufferevent_read`).
    #[call(bev => BuffereventRead { asked: out.len() as u64 })]
    pub fn bufferevent_read(&mut self, bev: Bufferevent, out: &mut [u8]) -> Result<usize, Error> {
        let input = self.bev(bev)?.input;
        self.evbuffer_remove(input, out)
    }

    /// Moves all bytes of the input to a buffer (`bufferevent_read_buffer`).
    #[call(bev => BuffereventRead { asked: self.length_of(self.bevs[bev].input) })]
    pub fn bufferevent_read_buffer(
        &mut self,
        bev: Bufferevent,
        buffer: Evbuffer,
    ) -> Result<(), Error> {
        let input = self.bev(bev)?.input;
        self.evbuffer_add_buffer(buffer, input)
    }

    /// Gives the events of both sides and what is deferred another priority (`bufferevent_priority_set`).
    #[call(bev => BuffereventPrioritySet { priority: priority as u32 })]
    pub fn bufferevent_priority_set(
        &mut self,
        bev: Bufferevent,
        priority: usize,
    ) -> Result<(), Error> {
        let slot = self.bev(bev)?;
        let (ev_read, ev_write) = (slot.ev_read, slot.ev_write);
        let has_events = !matches!(slot.kind, Kind::Pair(_) | Kind::Filter(_));
        let stays = "the priority stays";
        if !has_events {
            self.warn_refused(bev, "bufferevent_priority_set", stays);
            let reason = "pairs and filters have no events of their own to run sooner";
            return Err(Error::invalid("bufferevent_priority_set", reason));
        }
        let result = self
            .set_priority(ev_read, priority)
            .and_then(|()| self.set_priority(ev_write, priority));
        if result.is_ok() {
            self.bevs[bev].deferred_priority = priority as u8;
            // What is in no queue of a priority, since it runs or waits for the next turn, goes into that of the new one.
            if let Some(deferred) = self.bevs[bev].deferred
                && !self.events[deferred].is(EventState::ACTIVE)
            {
                self.events[deferred].priority = priority as u8;
            }
        } else {
            self.warn_refused(bev, "bufferevent_priority_set", stays);
        }
        result
    }

    /// The priority of its events (`bufferevent_get_priority`).
    pub fn bufferevent_get_priority(&self, bev: Bufferevent) -> Result<usize, Error> {
        self.event_get_priority(self.bev(bev)?.ev_read)
    }

    /// Reads at most so many bytes at once (`bufferevent_set_max_single_read`); 0 is the default, 16384.
    pub fn bufferevent_set_max_single_read(
        &mut self,
        bev: Bufferevent,
        size: usize,
    ) -> Result<(), Error> {
        self.bev(bev)?;
        self.bevs[bev].max_single_read = single_limit(size);
        Ok(())
    }

    /// Writes at most so many bytes at once (`bufferevent_set_max_single_write`); 0 is the default, 16384.
    pub fn bufferevent_set_max_single_write(
        &mut self,
        bev: Bufferevent,
        size: usize,
    ) -> Result<(), Error> {
        self.bev(bev)?;
        self.bevs[bev].max_single_write = single_limit(size);
        Ok(())
    }

    /// The most that it reads at once (`bufferevent_get_max_single_read`).
    pub fn bufferevent_get_max_single_read(&self, bev: Bufferevent) -> Result<usize, Error> {
        Ok(self.bev(bev)?.max_single_read)
    }

    /// The most that it writes at once (`bufferevent_get_max_single_write`).
    pub fn bufferevent_get_max_single_write(&self, bev: Bufferevent) -> Result<usize, Error> {
        Ok(self.bev(bev)?.max_single_write)
    }

    /// Its options (`bufferevent_get_options_`).
    pub fn bufferevent_get_options(&self, bev: Bufferevent) -> Result<BevOptions, Error> {
        Ok(self.bev(bev)?.options)
    }

    fn length_of(&self, buffer: Evbuffer) -> u64 {
        self.buffers[buffer].chain.len() as u64
    }

    /// A bufferevent of the program's: one that was not freed.
    pub(crate) fn bev(&self, bev: Bufferevent) -> Result<&BevSlot, Error> {
        self.bevs
            .get(bev)
            .filter(|slot| !slot.freed)
            .ok_or_else(|| Error::Stale(Object::Bufferevent))
    }

    /// The same, on a socket.
    fn socket_bev(&self, bev: Bufferevent, call: &'static str) -> Result<&BevSlot, Error> {
        let slot = self.bev(bev)?;
        match &slot.kind {
            Kind::Socket => Ok(slot),
            #[cfg(feature = "tls")]
            Kind::Tls(tls) if tls.underlying.is_none() => Ok(slot),
            _ => Err(Error::invalid(call, "the bufferevent is not one on a socket")),
        }
    }

    pub(crate) fn bev_objects(&self, bev: Bufferevent) -> Objects {
        let mut objects = self.base_objects();
        if let Some(slot) = self.bevs.get(bev) {
            objects.bev = Some(slot.id);
            objects.fd = slot.fd.as_ref().map(AsRawFd::as_raw_fd);
        }
        objects
    }
}

/// libevent's rule for all kinds.
fn check_options(options: BevOptions, call: &'static str) -> Result<(), Error> {
    let deferral = BevOptions::DEFER_CALLBACKS | BevOptions::UNLOCK_CALLBACKS;
    if options & deferral == BevOptions::UNLOCK_CALLBACKS {
        return Err(Error::invalid(call, "UNLOCK_CALLBACKS goes only with DEFER_CALLBACKS"));
    }
    Ok(())
}

fn single_limit(size: usize) -> usize {
    if size == 0 || size > isize::MAX as usize {
        MAX_SINGLE_DEFAULT
    } else {
        size
    }
}
