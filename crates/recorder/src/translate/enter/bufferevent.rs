//! The program's calls about bufferevents begin.

use evscope_trace::{BevId, BufId, EvFlags, Event, EventId, Text};
use evscope_wire::{Call, Kind, Tls, args};

use super::super::{Note, Translator, objects};
use crate::ring::Raw;

/// Filled in at the exit.
pub(super) const LATER_BEV: BevId = BevId(0);
pub(super) const LATER_BUF: BufId = BufId(0);
pub(super) const LATER_EVENT: EventId = EventId(0);

/// How a TLS connection begins.
pub(super) fn tls_state(tls: Tls) -> Option<Text> {
    let state = match tls {
        Tls::None => return None,
        Tls::Open => "open",
        Tls::Connecting => "connecting",
        Tls::Accepting => "accepting",
    };
    Some(state.into())
}

/// How thoroughly a bufferevent passes on what it holds.
pub(super) fn flush_mode(mode: i32) -> Text {
    let mode = match mode {
        0 => "normal",
        1 => "flush",
        _ => "finished",
    };
    mode.into()
}

impl Translator {
    pub(super) fn enter_connect(&mut self, raw: &Raw, connect: args::BevConnect) {
        let addr = objects::address(&raw.bytes);
        let event = Event::BuffereventSocketConnect { addr };
        let objects = self.table.bev_objects(raw.object);
        self.call(raw, Call::BevConnect(connect), event, objects, connect.site);
        if objects::is_name(&raw.bytes)
            && let Some(frame) = self.around(raw.tag.thread)
        {
            frame.note = Note::LookUp;
        }
    }

    pub(super) fn enter_setfd(&mut self, raw: &Raw, set: args::BevSetfd) {
        let fd = &mut self.table.bev(raw.object).fd;
        let before = std::mem::replace(fd, set.fd);
        let objects = self.table.bev_objects(raw.object);
        let event = Event::BuffereventSetfd {};
        self.call(raw, Call::BevSetfd(set), event, objects, set.site);
        if let Some(frame) = self.around(raw.tag.thread) {
            frame.note = Note::Fd(before);
        }
    }

    /// While it connects, libevent adds the write event by a call that cannot be seen.
    pub(super) fn write_event_of_connect(&mut self, raw: &Raw) {
        let Some(bev) = self
            .around(raw.tag.thread)
            .filter(|frame| matches!(frame.call, Call::BevConnect(_)))
            .map(|frame| frame.object)
        else {
            return;
        };
        let events = EvFlags::WRITE;
        let objects = self.table.bev_objects(bev);
        let event = Event::BeSocketEnable { events };
        let call = Call::Plain(Kind::BeSocketEnable);
        self.call(raw, call, event, objects, 0);
    }
}
