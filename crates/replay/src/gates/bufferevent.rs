//! The gates of a bufferevent's callbacks.

use evscope_trace::{BevId, EvFlags, Event, Side, is_inner_callback};
use evscope_words::text;

use super::Look;
use crate::{BevKind, BevState, ObjectId};

impl Look<'_> {
    pub(super) fn readcb(&mut self, id: BevId) {
        let Some(bev) = self.state.bevs.get(id) else {
            return;
        };
        if !self.lives(id, bev) {
            return;
        }
        self.callback(id, "readcb", bev.readcb.as_deref(), bev);
        self.loop_runs(bev.base, Some(id));
        self.arrives(id, bev);
        self.input(id, bev);
        self.deferred(id, bev);
    }

    pub(super) fn eventcb(&mut self, id: BevId) {
        let Some(bev) = self.state.bevs.get(id) else {
            return;
        };
        if !self.lives(id, bev) {
            return;
        }
        self.callback(id, "eventcb", bev.eventcb.as_deref(), bev);
        self.loop_runs(bev.base, Some(id));
        if bev.connecting {
            let step = self.last_of_bev(id, &["connect"], |_| true);
            self.closed(
                "connected",
                step,
                text!(gate_connecting, object = ObjectId::Bev(id)),
                text!(gate_connecting_opens),
            );
            return;
        }
        // The end of the file, an error and a timeout are noticed by reading.
        self.arrives(id, bev);
        let told = self.last_of_bev(id, &["eventcb"], |event| {
            matches!(event, Event::Eventcb { callback, .. } if !is_inner_callback(callback))
        });
        self.closed(
            "happened",
            told,
            text!(gate_nothing_happened, object = ObjectId::Bev(id)),
            text!(gate_nothing_happened_opens),
        );
    }

    pub(super) fn writecb(&mut self, id: BevId) {
        let Some(bev) = self.state.bevs.get(id) else {
            return;
        };
        if !self.lives(id, bev) {
            return;
        }
        let object = ObjectId::Bev(id);
        self.callback(id, "writecb", bev.writecb.as_deref(), bev);
        self.loop_runs(bev.base, Some(id));
        self.connected(id, bev);
        self.side(id, bev, EvFlags::WRITE);
        let output = self.state.buffer(id, Side::Output);
        let len = output.map_or(0, |output| output.len);
        let step = self.changed(bev.output);
        if len > bev.write_low {
            self.pending(id, bev.ev_write, EvFlags::WRITE);
            self.closed(
                "drained",
                step,
                text!(gate_output_waits, object, bytes = len, low = bev.write_low),
                text!(gate_output_waits_opens),
            );
        } else {
            let ran = self.last_of_bev(id, &["writecb"], |event| {
                matches!(event, Event::Writecb { callback } if !is_inner_callback(callback))
            });
            match (step, ran) {
                (Some(step), Some(ran)) if ran > step => self.closed(
                    "drained",
                    Some(ran),
                    text!(gate_output_told, object),
                    text!(gate_output_nothing_opens),
                ),
                (None, _) => self.closed(
                    "drained",
                    None,
                    text!(gate_output_nothing, object),
                    text!(gate_output_nothing_opens),
                ),
                (step, _) => self.open("drained", step, text!(gate_output_drained, object)),
            }
        }
        self.deferred(id, bev);
    }

    pub(super) fn bev_timeout(&mut self, id: BevId) {
        let Some(bev) = self.state.bevs.get(id) else {
            return;
        };
        if !self.lives(id, bev) {
            return;
        }
        let object = ObjectId::Bev(id);
        self.callback(id, "eventcb", bev.eventcb.as_deref(), bev);
        self.loop_runs(bev.base, Some(id));
        let set = self.last_of_bev(id, &["bufferevent_set_timeouts"], |_| true);
        let sides = [
            (EvFlags::READ, bev.read_timeout, bev.ev_read),
            (EvFlags::WRITE, bev.write_timeout, bev.ev_write),
        ];
        if sides.iter().all(|(_, timeout, _)| timeout.is_none()) {
            self.closed(
                "timeout",
                set,
                text!(gate_no_timeout, object),
                text!(gate_no_timeout_opens),
            );
            return;
        }
        self.open("timeout", set, text!(gate_timeout, object));
        for (side, timeout, event) in sides {
            if timeout.is_none() {
                continue;
            }
            self.side(id, bev, side);
            let counts = event.and_then(|event| self.state.events.get(event));
            match (event, counts.and_then(|event| event.deadline)) {
                (Some(event), Some(_)) => self.counts(event),
                _ => self.closed(
                    "counts",
                    None,
                    text!(gate_timeout_rests, object, side = side.to_string()),
                    text!(gate_timeout_rests_opens),
                ),
            }
        }
    }

    // ---- single gates -----------------------------------------------------------------------------

    /// Whether it is there to be called at all.
    fn lives(&mut self, id: BevId, bev: &BevState) -> bool {
        let object = ObjectId::Bev(id);
        if self.was_freed(object, bev.freed_at.or(bev.finalized_at)) {
            return false;
        }
        self.open("alive", bev.made_at, text!(gate_alive, object));
        true
    }

    fn callback(&mut self, id: BevId, kind: &'static str, name: Option<&str>, bev: &BevState) {
        let object = ObjectId::Bev(id);
        let step = self
            .last_of_bev(id, &["bufferevent_setcb"], |_| true)
            .or(bev.made_at);
        match name {
            Some(name) if is_inner_callback(name) => self.closed(
                "callback",
                step,
                text!(gate_callback_inner, object, callback = name),
                text!(gate_callback_inner_opens),
            ),
            Some(name) => self.open(
                "callback",
                step,
                text!(gate_callback, object, kind, callback = name),
            ),
            None => self.closed(
                "callback",
                step,
                text!(gate_no_callback, object, kind),
                text!(gate_no_callback_opens),
            ),
        }
    }

    /// All between the kernel and the input.
    fn arrives(&mut self, id: BevId, bev: &BevState) {
        self.connected(id, bev);
        self.side(id, bev, EvFlags::READ);
        match bev.kind {
            Some(BevKind::Socket) => self.pending(id, bev.ev_read, EvFlags::READ),
            Some(BevKind::Tls) if bev.underlying.is_none() => {
                self.pending(id, bev.ev_read, EvFlags::READ);
            }
            Some(BevKind::Filter | BevKind::Tls) => {
                if let Some(below) = bev.underlying
                    && let Some(state) = self.state.bevs.get(below)
                {
                    self.side(below, state, EvFlags::READ);
                    self.pending(below, state.ev_read, EvFlags::READ);
                }
            }
            Some(BevKind::Pair) => {
                if let Some(partner) = bev.partner
                    && let Some(state) = self.state.bevs.get(partner)
                {
                    self.side(partner, state, EvFlags::WRITE);
                }
            }
            None => {}
        }
    }

    fn connected(&mut self, id: BevId, bev: &BevState) {
        let object = ObjectId::Bev(id);
        let step = self.last_of_bev(id, &["connect"], |_| true);
        if bev.connecting {
            self.closed(
                "connected",
                step,
                text!(gate_connecting, object),
                text!(gate_connecting_opens),
            );
        } else if let Some(tls) = bev.tls.as_deref().filter(|tls| *tls != "open") {
            self.closed(
                "handshake",
                bev.made_at,
                text!(gate_handshake, object, how = tls),
                text!(gate_handshake_opens),
            );
        } else if bev.kind == Some(BevKind::Socket) && bev.fd.is_none_or(|fd| fd < 0) {
            self.closed(
                "connected",
                bev.made_at,
                text!(gate_no_socket, object),
                text!(gate_no_socket_opens),
            );
        }
    }

    /// Whether a side is enabled and not suspended.
    fn side(&mut self, id: BevId, bev: &BevState, side: EvFlags) {
        let object = ObjectId::Bev(id);
        let (reads, suspended) = if side == EvFlags::READ {
            (true, bev.suspended_read)
        } else {
            (false, bev.suspended_write)
        };
        let step = self.switched(id, side);
        let name = side.to_string();
        if bev.enabled.contains(side) {
            self.open("enabled", step, text!(gate_enabled, object, side = name));
        } else {
            let opens = if reads {
                text!(gate_disabled_opens, side = "EV_READ")
            } else {
                text!(gate_disabled_opens, side = "EV_WRITE")
            };
            self.closed(
                "enabled",
                step,
                text!(gate_disabled, object, side = name),
                opens,
            );
        }
        let step = self.suspended(id, side);
        let name = side.to_string();
        if suspended.is_empty() {
            self.open(
                "not_suspended",
                step,
                text!(gate_not_suspended, object, side = name),
            );
        } else {
            self.closed(
                "not_suspended",
                step,
                text!(
                    gate_suspended,
                    object,
                    side = name,
                    reasons = suspended.to_string()
                ),
                super::event::resumes(suspended),
            );
        }
    }

    /// Whether the input has what the read callback waits for.
    fn input(&mut self, id: BevId, bev: &BevState) {
        let object = ObjectId::Bev(id);
        let len = self
            .state
            .buffer(id, Side::Input)
            .map_or(0, |input| input.len);
        let step = self.changed(bev.input);
        if len == 0 {
            self.closed(
                "bytes",
                step,
                text!(gate_no_bytes, object),
                text!(gate_no_bytes_opens),
            );
            return;
        }
        self.open("bytes", step, text!(gate_bytes, object, bytes = len));
        let set = self.last_of_bev(id, &["bufferevent_setwatermark"], |event| {
            matches!(event, Event::BuffereventSetwatermark { events, .. } if events.contains(EvFlags::READ))
        });
        if len < bev.read_low {
            self.closed(
                "low_mark",
                set,
                text!(gate_below_mark, object, bytes = len, low = bev.read_low),
                text!(gate_below_mark_opens, missing = bev.read_low - len),
            );
            return;
        }
        self.open(
            "low_mark",
            set,
            text!(gate_mark_reached, object, bytes = len, low = bev.read_low),
        );
        let ran = self.last_of_bev(
            id,
            &["readcb"],
            |event| matches!(event, Event::Readcb { callback } if !is_inner_callback(callback)),
        );
        if let (Some(step), Some(ran)) = (step, ran)
            && ran > step
        {
            self.closed(
                "new_bytes",
                Some(ran),
                text!(gate_told_already, object, bytes = len),
                text!(gate_told_already_opens),
            );
        }
    }

    /// Whether the callback waits for the loop to deliver it.
    fn deferred(&mut self, id: BevId, bev: &BevState) {
        if bev.deferred {
            let step = self.last_of_bev(id, &["event_active"], |event| {
                matches!(
                    event,
                    Event::EventActive {
                        why: evscope_trace::ActiveWhy::Deferred,
                        ..
                    }
                )
            });
            self.closed(
                "delivered",
                step,
                text!(gate_deferred, object = ObjectId::Bev(id)),
                text!(gate_deferred_opens),
            );
        }
    }
}
