//! Callbacks of a buffer that are put off: the loop runs them.

use evscope_trace::Role;

use super::callbacks::Told;
use crate::bufferevent::BevSlot;
use crate::event::{EventCallback, EventState, NewEvent, Owner};
use crate::{Bufferevent, Error, EvFlags, Evbuffer, Event, EventBase};

/// How the callbacks of a buffer run that are put off.
#[derive(Clone, Copy)]
pub(crate) struct Deferred {
    /// The event in the loop's queue.
    event: Event,
    /// The bufferevent whose input or output it is.
    parent: Option<Bufferevent>,
}

/// # Buffers: callbacks from the loop
impl EventBase {
    /// Puts the buffer's callbacks off from now on (`evbuffer_defer_callbacks`): they run from the loop, once for all
    /// changes since they ran before. Those with [`NODEFER`](crate::EvbufferCbFlags::NODEFER) still run within the
    /// call that makes the change.
    pub fn evbuffer_defer_callbacks(&mut self, buffer: Evbuffer) -> Result<(), Error> {
        let slot = self.buffer(buffer)?;
        if slot.deferred.is_some() {
            return Ok(());
        }
        let new = NewEvent {
            role: Role::Internal,
            owner: slot.bev.map_or(Owner::Program, Owner::Bufferevent),
            fd: -1,
            events: EvFlags::empty(),
            callback: EventCallback::BufDeferred(buffer),
        };
        let event = self.event_assign(self.ids.event(), new);
        let is_parent = |bev: &BevSlot| bev.input == buffer || bev.output == buffer;
        let parent = self
            .bevs
            .iter()
            .find(|(_, bev)| is_parent(bev))
            .map(|(bev, _)| bev);
        self.buffers[buffer].deferred = Some(Deferred { event, parent });
        Ok(())
    }

    /// Has the loop run the callbacks, unless it will already. Until then the bufferevent is in use.
    pub(super) fn schedule_buffer_callbacks(&mut self, deferred: Deferred) {
        if self.schedule_deferred(deferred.event)
            && let Some(bev) = deferred.parent
            && self.bevs.contains_key(bev)
        {
            self.incref(bev);
        }
    }

    /// Run by the loop: tells of what changed since.
    pub(crate) fn evbuffer_deferred_callback(&mut self, buffer: Evbuffer) {
        let parent = self.buffers[buffer]
            .deferred
            .and_then(|deferred| deferred.parent);
        self.evbuffer_run_callbacks(buffer, Told::Deferred);
        if let Some(bev) = parent
            && self.bevs.contains_key(bev)
        {
            self.decref(bev);
        }
        if self.buffers.get(buffer).is_some_and(|slot| slot.released) {
            self.remove_buffer(buffer);
        }
    }

    /// The buffer is freed. If the loop is still to tell the program of a change, it stays until then under another
    /// handle, which its callbacks are given.
    pub(crate) fn release_buffer(&mut self, buffer: Evbuffer) {
        let slot = &self.buffers[buffer];
        let waits = slot
            .deferred
            .map(|deferred| deferred.event)
            .filter(|&event| self.events[event].is(EventState::ACTIVE | EventState::ACTIVE_LATER));
        if let Some(event) = waits
            && let Some(mut slot) = self.buffers.remove(buffer)
        {
            slot.callbacks.keep_only_the_programs();
            slot.released = true;
            let buffer = self.buffers.insert(slot);
            self.events[event].callback = EventCallback::BufDeferred(buffer);
        } else {
            self.remove_buffer(buffer);
        }
    }

    fn remove_buffer(&mut self, buffer: Evbuffer) {
        let slot = self.buffers.remove(buffer);
        if let Some(deferred) = slot.and_then(|slot| slot.deferred) {
            self.leave_active(deferred.event);
            self.events.free(deferred.event);
        }
    }
}
