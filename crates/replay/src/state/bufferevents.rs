//! What happens to bufferevents.

use evscope_trace::{
    BevId, BevOptions, BufId, ConnectProgress, EvFlags, EventId, Objects, Role, Side, Text,
};

use super::{BevKind, BevState, BufState, State};

/// The state of a TLS connection whose handshake is done.
const TLS_OPEN: &str = "open";

impl BevState {
    /// What it stands on, and how it begins as a TLS connection if it is one.
    pub(super) fn be(&mut self, below: BevKind, tls: Option<&Text>) {
        self.kind = Some(if tls.is_some() { BevKind::Tls } else { below });
        self.tls = tls.cloned();
    }
}

impl State {
    pub(super) fn new_bev(
        &mut self,
        objects: &Objects,
        step: usize,
        options: BevOptions,
        input: BufId,
        output: BufId,
    ) -> Option<&mut BevState> {
        let id = objects.bev?;
        for (buf, side) in [(input, Side::Input), (output, Side::Output)] {
            self.bufs.insert(
                buf,
                BufState {
                    bev: Some(id),
                    side: Some(side),
                    made_at: Some(step),
                    ..BufState::default()
                },
            );
        }
        self.bevs.insert(
            id,
            BevState {
                base: objects.base,
                fd: objects.fd,
                options,
                // libevent's rule: a new bufferevent writes, and reads only when told to.
                enabled: EvFlags::WRITE,
                input: Some(input),
                output: Some(output),
                made_at: Some(step),
                ..BevState::default()
            },
        );
        self.bevs.get_mut(id)
    }

    /// The handshake of a TLS connection is done.
    pub(super) fn tls_opens(&mut self, objects: &Objects) {
        if let Some(bev) = self.bev(objects)
            && bev.tls.is_some()
        {
            bev.tls = Some(Text::Borrowed(TLS_OPEN));
        }
    }

    /// One of a bufferevent's events, known before it is assigned.
    pub(super) fn bev_event(&mut self, bev: Option<BevId>, event: EventId, role: Role) {
        let event = self.events.make(event);
        event.bev = bev;
        event.role = Some(role);
    }

    pub(super) fn bev_enable(&mut self, objects: &Objects, events: EvFlags) {
        if let Some(bev) = self.bev(objects) {
            bev.enabled |= events & SIDES;
        }
    }

    pub(super) fn bev_disable(&mut self, objects: &Objects, events: EvFlags) {
        if let Some(bev) = self.bev(objects) {
            bev.enabled -= events & SIDES;
        }
    }

    pub(super) fn bev_setwatermark(
        &mut self,
        objects: &Objects,
        events: EvFlags,
        low: u64,
        high: u64,
    ) {
        let Some(bev) = self.bev(objects) else { return };
        if events.contains(EvFlags::READ) {
            bev.read_low = low;
            bev.read_high = high;
        }
        if events.contains(EvFlags::WRITE) {
            bev.write_low = low;
            bev.write_high = high;
        }
    }

    pub(super) fn bev_connect(&mut self, objects: &Objects, progress: ConnectProgress) {
        if let Some(bev) = self.bev(objects) {
            bev.connecting = match progress {
                ConnectProgress::Started => true,
                // Known within the call: the loop looks all the same, and tells it then.
                ConnectProgress::Connected => !bev.connecting,
                _ => false,
            };
        }
    }

    pub(super) fn bev_priority_set(&mut self, objects: &Objects, priority: u32) {
        let Some(bev) = self.bev(objects) else { return };
        bev.priority = Some(priority);
        for event in [bev.ev_read, bev.ev_write].into_iter().flatten() {
            self.events.make(event).priority = Some(priority);
        }
    }

    /// The loop runs one of a bufferevent's own callbacks.
    pub(super) fn bev_event_runs(&mut self, objects: &Objects, role: Role) {
        let bev = objects.bev.and_then(|id| self.bevs.get(id));
        let own = bev.and_then(|bev| match role {
            Role::BevRead => bev.ev_read,
            Role::BevWrite => bev.ev_write,
            _ => None,
        });
        self.event_runs(objects.event.or(own));
        if role == Role::BevDeferred
            && let Some(bev) = self.bev(objects)
        {
            bev.deferred = false;
        }
    }

    pub(super) fn bev_free(&mut self, objects: &Objects, step: usize) {
        let Some(bev) = self.bev(objects) else { return };
        bev.freed_at.get_or_insert(step);
        // What is freed calls nobody any more.
        bev.readcb = None;
        bev.writecb = None;
        bev.eventcb = None;
        bev.deferred = false;
    }

    pub(super) fn bev_finalize(&mut self, objects: &Objects, step: usize, unsent: u64) {
        let Some(bev) = self.bev(objects) else { return };
        bev.finalized_at.get_or_insert(step);
        bev.unsent = unsent;
        bev.connecting = false;
        let (bufs, events) = ([bev.input, bev.output], [bev.ev_read, bev.ev_write]);
        for buf in bufs.into_iter().flatten() {
            self.evbuffer_free(Some(buf), step);
        }
        for event in events {
            self.event_free(event, step);
        }
        if let Some(id) = objects.bev {
            self.bevs.end(id);
        }
    }

    /// The bufferevent of a record, which was noted before.
    pub(super) fn bev(&mut self, objects: &Objects) -> Option<&mut BevState> {
        self.bevs.get_mut(objects.bev?)
    }
}

const SIDES: EvFlags = EvFlags::READ.union(EvFlags::WRITE);
