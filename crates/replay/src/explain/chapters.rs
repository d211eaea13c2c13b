//! The chapters of the walkthrough, and which one a step belongs to.

use evscope_trace::{Event, Record, Role};
use evscope_words::{Lang, word};

use crate::Trace;

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
    Chapters::default().of(trace, step)
}

/// The chapters of steps that are asked for one after the other: what the calls around them say is found once for each
/// call.
#[derive(Debug, Default)]
pub struct Chapters {
    /// The calls around the last step, outermost first, with what they say.
    around: Vec<(usize, Around)>,
}

/// What a call and those around it say of the steps inside it.
#[derive(Debug, Clone, Copy)]
struct Around {
    /// All of them are loops.
    is_loops: bool,
    chapter: Option<Chapter>,
}

/// Of what no call is around.
const OUTSIDE: Around = Around {
    is_loops: true,
    chapter: Some(Chapter::Main),
};

impl Chapters {
    /// The chapter of a step, as [`chapter_of`] finds it.
    pub fn of(&mut self, trace: &Trace, step: usize) -> Option<Chapter> {
        let record = trace.get(step)?;
        let around = match trace.parent(step) {
            Some(call) => self.around(trace, call),
            None => OUTSIDE,
        };
        let next = match &record.event {
            Event::Poll { .. } if around.is_loops => {
                let end = trace.exit_of(trace.begin(step));
                end.and_then(|end| trace.get(end + 1))
            }
            _ => None,
        };
        let active = match (&record.event, &next) {
            (Event::EventActive { .. }, _) if around.is_loops => Some(&*record),
            (_, Some(next)) if matches!(next.event, Event::EventActive { .. }) => Some(&**next),
            _ => None,
        };
        if let Some(active) = active {
            return match active.objects.role {
                Some(Role::Listener) => Some(Chapter::ListenerReadCb),
                Some(Role::BevWrite) => Some(Chapter::BuffereventWritecb),
                Some(Role::Signal | Role::Internal) => Some(Chapter::Main),
                _ => None,
            };
        }
        own(&record).unwrap_or(around.chapter)
    }

    /// What a call and those around it say.
    fn around(&mut self, trace: &Trace, call: usize) -> Around {
        // Those that are still around are kept; the rest are those of the last step.
        let mut missing = vec![];
        let mut at = Some(call);
        while let Some(step) = at {
            while self.around.pop_if(|(known, _)| *known > step).is_some() {}
            if self.around.last().is_some_and(|(known, _)| *known == step) {
                break;
            }
            missing.push(step);
            at = trace.parent(step);
        }
        if at.is_none() {
            self.around.clear();
        }
        let mut around = self.around.last().map_or(OUTSIDE, |(_, around)| *around);
        for step in missing.into_iter().rev() {
            let record = trace.record(step);
            around = Around {
                is_loops: around.is_loops && matches!(record.event, Event::EventBaseLoop { .. }),
                chapter: own(&record).unwrap_or(around.chapter),
            };
            self.around.push((step, around));
        }
        around
    }
}

/// The chapter that a record itself says, outer none if it says none.
fn own(record: &Record) -> Option<Option<Chapter>> {
    match &record.event {
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
    }
}
