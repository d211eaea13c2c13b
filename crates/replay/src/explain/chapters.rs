//! The chapters of the walkthrough, and which one a step belongs to.

use evscope_trace::{Event, Role};
use evscope_words::{Lang, word};

use crate::{RecordRef, Trace};

/// A chapter of the walkthrough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Chapter {
    /// The program's own calls: base, listener, signal, dispatch, teardown.
    Main = 1,
    /// Making a listener.
    EvconnlistenerNew = 2,
    /// Accepting.
    ListenerReadCb = 3,
    /// The program gets a connection and makes a bufferevent of it.
    ListenerCb = 4,
    /// The loop says that the socket is writable.
    BuffereventWritecb = 5,
    /// The low mark calls the program.
    ConnWritecb = 6,
}

impl Chapter {
    /// All chapters in order.
    pub const ALL: [Self; 6] = [
        Self::Main,
        Self::EvconnlistenerNew,
        Self::ListenerReadCb,
        Self::ListenerCb,
        Self::BuffereventWritecb,
        Self::ConnWritecb,
    ];

    /// Its number, from 1.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Its title.
    pub fn title(self, lang: Lang) -> &'static str {
        let title = match self {
            Self::Main => word!(chapter_main),
            Self::EvconnlistenerNew => word!(chapter_evconnlistener_new),
            Self::ListenerReadCb => word!(chapter_listener_read_cb),
            Self::ListenerCb => word!(chapter_listener_cb),
            Self::BuffereventWritecb => word!(chapter_bufferevent_writecb),
            Self::ConnWritecb => word!(chapter_conn_writecb),
        };
        title.in_lang(lang)
    }
}

/// The chapter of the walkthrough that explains a step: that of the nearest call around it that has
/// one. What happens in calls the walkthrough does not tell of belongs to none; how the loop comes to a call, by a wait and an
/// event that becomes active, belongs to that call.
pub fn chapter_of(trace: &Trace, step: usize) -> Option<Chapter> {
    let record = trace.get(step)?;
    let is_loops = trace
        .ancestors(step)
        .all(|call| matches!(trace.record(call).event, Event::EventBaseLoop { .. }));
    let active = match &record.event {
        Event::EventActive { .. } if is_loops => Some(record),
        Event::Poll { .. } if is_loops => {
            let end = trace.exit_of(trace.begin(step));
            end.and_then(|end| trace.get(end + 1))
        }
        _ => None,
    };
    let is_active = |record: &RecordRef<'_>| matches!(record.event, Event::EventActive { .. });
    if let Some(active) = active.filter(is_active) {
        return match active.objects.role {
            Some(Role::Listener) => Some(Chapter::ListenerReadCb),
            Some(Role::BevWrite) => Some(Chapter::BuffereventWritecb),
            Some(Role::Signal | Role::Internal) => Some(Chapter::Main),
            _ => None,
        };
    }
    std::iter::once(step)
        .chain(trace.ancestors(step))
        .map(|call| trace.record(call))
        .find_map(|record| match &record.event {
            Event::EvconnlistenerNew { .. } => Some(Some(Chapter::EvconnlistenerNew)),
            Event::ListenerReadCb {} => Some(Some(Chapter::ListenerReadCb)),
            Event::ListenerCb { .. } => Some(Some(Chapter::ListenerCb)),
            Event::BuffereventWritecb { .. } => Some(Some(Chapter::BuffereventWritecb)),
            Event::Writecb { .. } => Some(Some(Chapter::ConnWritecb)),
            Event::EventCallback { .. } if record.objects.role == Some(Role::Signal) => {
                Some(Some(Chapter::Main))
            }
            Event::EventCallback { .. }
            | Event::ListenerErrorcb { .. }
            | Event::BuffereventReadcb { .. }
            | Event::Readcb { .. }
            | Event::Eventcb { .. }
            | Event::DeferredCb { .. }
            | Event::EventOnceCb {} => Some(None),
            _ => None,
        })
        .unwrap_or(Some(Chapter::Main))
}
