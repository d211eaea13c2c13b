//! The program's calls about bufferevents begin.

use evscope_trace::{BevId, BevOptions, BufId, EvFlags, Event, EventId, Objects, Text};
use evscope_wire::Kind;

use super::super::{Complete, Note, Translator, objects, span};
use crate::ring::Raw;

/// Filled in at the exit.
const LATER_BEV: BevId = BevId(0);
const LATER_BUF: BufId = BufId(0);
const LATER_EVENT: EventId = EventId(0);

/// How a TLS connection begins.
fn tls_state(wire: u64) -> Option<Text> {
    let state = match wire {
        0 => return None,
        1 => "open",
        2 => "connecting",
        _ => "accepting",
    };
    Some(state.into())
}

impl Translator {
    /// The program's calls about bufferevents begin.
    pub(super) fn enter_bufferevent(&mut self, kind: Kind, raw: &Raw) {
        let (args, object) = (raw.args, raw.object);
        match kind {
            Kind::BevSocketNew => {
                let event = Event::BuffereventSocketNew {
                    options: BevOptions::from_bits_truncate(args[2] as u32),
                    input: LATER_BUF,
                    output: LATER_BUF,
                    ev_read: LATER_EVENT,
                    ev_write: LATER_EVENT,
                    tls: tls_state(args[4]),
                };
                let objects = self.table.base_objects(args[0]);
                self.call(raw, kind, event, objects, args[3], Complete::Later);
            }
            Kind::BevPairNew => {
                let event = Event::BuffereventPairNew {
                    options: BevOptions::from_bits_truncate(args[1] as u32)
                        | BevOptions::DEFER_CALLBACKS,
                    input: LATER_BUF,
                    output: LATER_BUF,
                    partner: LATER_BEV,
                };
                let objects = self.table.base_objects(args[0]);
                self.call(raw, kind, event, objects, args[2], Complete::Later);
            }
            Kind::BevFilterNew => {
                let event = Event::BuffereventFilterNew {
                    options: BevOptions::from_bits_truncate(args[1] as u32),
                    input: LATER_BUF,
                    output: LATER_BUF,
                    underlying: LATER_BEV,
                    tls: tls_state(args[3]),
                };
                self.call(
                    raw,
                    kind,
                    event,
                    Objects::default(),
                    args[2],
                    Complete::Later,
                );
            }
            Kind::BevEnable | Kind::BevDisable | Kind::BeSocketEnable | Kind::BeSocketDisable => {
                let events = EvFlags::from_bits_truncate(args[0] as u16);
                let event = match kind {
                    Kind::BevEnable => Event::BuffereventEnable { events },
                    Kind::BevDisable => Event::BuffereventDisable { events },
                    Kind::BeSocketEnable => Event::BeSocketEnable { events },
                    _ => Event::BeSocketDisable { events },
                };
                let objects = self.table.bev_objects(object);
                self.call(raw, kind, event, objects, args[1], Complete::Now);
            }
            Kind::BevSetWatermark => {
                let event = Event::BuffereventSetwatermark {
                    events: EvFlags::from_bits_truncate(args[0] as u16),
                    low: args[1],
                    high: args[2],
                };
                let objects = self.table.bev_objects(object);
                self.call(raw, kind, event, objects, args[4], Complete::Now);
            }
            Kind::BevSetTimeouts => {
                let event = Event::BuffereventSetTimeouts {
                    read: span(args[0]),
                    write: span(args[1]),
                };
                let objects = self.table.bev_objects(object);
                self.call(raw, kind, event, objects, args[2], Complete::Now);
            }
            Kind::BevWrite => {
                let event = Event::BuffereventWrite { len: args[0] };
                let objects = self.table.bev_objects(object);
                self.call(raw, kind, event, objects, args[1], Complete::Now);
            }
            Kind::BevRead => {
                let event = Event::BuffereventRead { asked: args[0] };
                let objects = self.table.bev_objects(object);
                self.call(raw, kind, event, objects, args[1], Complete::Now);
            }
            Kind::BevConnect => {
                let event = Event::BuffereventSocketConnect {
                    addr: objects::address(&raw.bytes),
                };
                let objects = self.table.bev_objects(object);
                self.call(raw, kind, event, objects, args[0], Complete::Now);
                if objects::is_name(&raw.bytes)
                    && let Some(frame) = self.around(raw.tag.thread)
                {
                    frame.note = Note::LookUp;
                }
            }
            Kind::BevSetfd => {
                let fd = &mut self.table.bev(object).fd;
                let before = std::mem::replace(fd, args[0] as u32 as i32);
                let objects = self.table.bev_objects(object);
                let event = Event::BuffereventSetfd {};
                self.call(raw, kind, event, objects, args[1], Complete::Now);
                if let Some(frame) = self.around(raw.tag.thread) {
                    frame.note = Note::Fd(before);
                }
            }
            Kind::BevPrioritySet => {
                let event = Event::BuffereventPrioritySet {
                    priority: args[0] as u32,
                };
                let objects = self.table.bev_objects(object);
                self.call(raw, kind, event, objects, args[1], Complete::Now);
            }
            Kind::BevTrigger => {
                let event = Event::BuffereventTrigger {
                    events: EvFlags::from_bits_truncate(args[0] as u16),
                };
                let objects = self.table.bev_objects(object);
                self.call(raw, kind, event, objects, args[2], Complete::Now);
            }
            Kind::BevFlush => {
                let event = Event::BuffereventFlush {
                    events: EvFlags::from_bits_truncate(args[0] as u16),
                    mode: match args[1] {
                        0 => "normal",
                        1 => "flush",
                        _ => "finished",
                    }
                    .into(),
                };
                let objects = self.table.bev_objects(object);
                self.call(raw, kind, event, objects, args[2], Complete::Now);
            }
            Kind::BevFree => {
                let objects = self.table.bev_objects(object);
                let event = Event::BuffereventFree {};
                self.call(raw, kind, event, objects, args[0], Complete::Now);
            }
            _ => self.open_hidden(raw, kind),
        }
    }

    /// While it connects, libevent adds the write event by a call that cannot be seen.
    pub(super) fn write_event_of_connect(&mut self, raw: &Raw) {
        let Some(bev) = self
            .around(raw.tag.thread)
            .filter(|frame| frame.kind == Kind::BevConnect)
            .map(|frame| frame.object)
        else {
            return;
        };
        let events = EvFlags::WRITE;
        let objects = self.table.bev_objects(bev);
        let event = Event::BeSocketEnable { events };
        self.call(raw, Kind::BeSocketEnable, event, objects, 0, Complete::Now);
    }
}
