//! The causes of steps that go by: of each its nearest, in memory that does not grow with them.
//!
//! The rules are those of [`causes()`](crate::causes()). What they ask for lies before a step: in the calls around it, of
//! which the steps inside are kept that can be a cause; of each event what made it pending and active; of each thread its last
//! wait. What is kept of a step is not its record but what the user makes of it, from what was made of its own cause: so
//! a whole chain can be told by its last link.

use std::collections::VecDeque;

use evscope_trace::{
    BevId, Brief, Event, EventId, Level, ListenerId, Objects, Phase, Record, Role, ThreadId,
};

use super::CauseKind;
use super::rules::{Link, Past, kind_of};
use crate::calls::{Call, Calls, Done};
use crate::quick::HashMap;

/// So many of the last steps inside a call are looked at: a transfer and what it leads to are neighbours.
const BESIDE: usize = 256;
/// So many steps later it is forgotten what was freed: what its end leads to is told by then.
const FREED_KEPT: usize = 4096;

/// Goes along with a trace, and finds of each step its cause. `T` is what is to be known of a step that may be one.
#[derive(Debug)]
pub struct Trail<T> {
    calls: Calls<Frame<T>>,
    /// Room for what is kept of calls, of those that have returned.
    spare: Vec<VecDeque<Beside<T>>>,
    waits: HashMap<ThreadId, T>,
    events: HashMap<EventId, OfEvent<T>>,
    /// The last activations of what a bufferevent and a listener have events for.
    active_of_bevs: HashMap<(BevId, Role), T>,
    active_of_listeners: HashMap<ListenerId, T>,
    /// The events that were set up for a bufferevent or a listener: they go with it.
    events_of: HashMap<Object, Vec<EventId>>,
    freed: HashMap<BevId, T>,
    /// What was freed, and at which step.
    gone: VecDeque<(usize, Object)>,
}

impl<T> Default for Trail<T> {
    fn default() -> Self {
        Self {
            calls: Calls::default(),
            spare: Vec::new(),
            waits: HashMap::default(),
            events: HashMap::default(),
            active_of_bevs: HashMap::default(),
            active_of_listeners: HashMap::default(),
            events_of: HashMap::default(),
            freed: HashMap::default(),
            gone: VecDeque::new(),
        }
    }
}

/// A running call.
#[derive(Debug)]
struct Frame<T> {
    of: Option<T>,
    level: Level,
    kind: CauseKind,
    what: What,
    /// The last steps directly inside it that can be a cause of those beside them.
    inside: VecDeque<Beside<T>>,
}

/// A step inside a call, as far as the rules look at it.
#[derive(Debug)]
struct Beside<T> {
    event: Event,
    objects: Objects,
    of: T,
}

/// Calls that the rules ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Loop,
    Once,
    Signals,
    Other,
}

/// What is known of an event.
#[derive(Debug)]
struct OfEvent<T> {
    /// Since it was set up, or the program deleted it: the first `event_add` of the program, and the last of anybody.
    added: Option<T>,
    added_by_loop: Option<T>,
    /// The last one of the program with a timeout.
    timeout: Option<T>,
    active: Option<T>,
}

impl<T> Default for OfEvent<T> {
    fn default() -> Self {
        Self {
            added: None,
            added_by_loop: None,
            timeout: None,
            active: None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Object {
    Event(EventId),
    Bev(BevId),
    Listener(ListenerId),
}

impl<T: Clone> Trail<T> {
    /// Takes in the next record. `make` says what is to be known of it, from what is known of its cause.
    pub fn step(
        &mut self,
        step: usize,
        record: &Record,
        make: impl FnOnce(Option<(T, CauseKind)>) -> T,
    ) {
        while let Some((at, gone)) = self.gone.front().copied()
            && at + FREED_KEPT < step
        {
            self.gone.pop_front();
            self.forget(gone);
        }
        let brief = Brief::from(record);
        let spare = &mut self.spare;
        let Done { lost, ended } = self.calls.step(step, &brief, || {
            Frame::new(record, spare.pop().unwrap_or_default())
        });
        let ended = ended.map(|(call, _)| call);
        let enter = ended.as_ref().and_then(|call| call.of.of.clone());
        for mut call in lost.into_iter().chain(ended) {
            call.of.inside.clear();
            self.spare.push(call.of.inside);
        }
        let is_wait = matches!(record.event, Event::Poll { .. });
        if record.phase == Phase::Exit {
            // Of the exits it is those of waits that lead to anything.
            if is_wait {
                let cause = enter.map(|of| (of, CauseKind::Begin));
                let cause = cause.or_else(|| self.here(record).around());
                self.waits.insert(record.thread, make(cause));
            }
            return;
        }
        let here = self.here(record);
        let of = make(here.cause(record));
        let by_loop = here.is_in_loop();
        let is_inside = here
            .around
            .last()
            .is_some_and(|call| call.of.what != What::Loop);
        if is_inside && leads_beside(&record.event) {
            self.keep_beside(record, of.clone());
        }
        if record.phase == Phase::Enter {
            if let Some(frame) = self.calls.innermost(record.thread) {
                frame.of = Some(of.clone());
            }
        } else if is_wait {
            self.waits.insert(record.thread, of.clone());
        }
        self.note(step, record, by_loop, of);
    }

    /// What lies before a step that is no exit.
    fn here(&self, record: &Record) -> Here<'_, T> {
        let open = self.calls.of(record.thread);
        let is_enter = record.phase == Phase::Enter;
        Here {
            trail: self,
            around: &open[..open.len() - usize::from(is_enter)],
        }
    }

    /// Keeps a step for what comes beside it.
    fn keep_beside(&mut self, record: &Record, of: T) {
        let above = usize::from(record.phase == Phase::Enter);
        let Some(call) = self.calls.nth_innermost(record.thread, above) else {
            return;
        };
        if call.inside.len() == BESIDE {
            call.inside.pop_front();
        }
        call.inside.push_back(Beside {
            event: without_bytes(&record.event),
            objects: record.objects,
            of,
        });
    }

    /// What is kept of an object.
    fn note(&mut self, step: usize, record: &Record, by_loop: bool, of: T) {
        let objects = &record.objects;
        let mut gone = None;
        match &record.event {
            Event::EventActive { .. } => {
                if let (Some(bev), Some(role)) = (objects.bev, objects.role) {
                    self.active_of_bevs.insert((bev, role), of.clone());
                }
                if let Some(listener) = objects.listener {
                    self.active_of_listeners.insert(listener, of.clone());
                }
                if let Some(event) = objects.event {
                    self.events.entry(event).or_default().active = Some(of);
                }
            }
            Event::EventAdd { timeout } => {
                let Some(event) = objects.event else { return };
                let known = self.events.entry(event).or_default();
                if by_loop {
                    known.added_by_loop = Some(of);
                    return;
                }
                if timeout.is_some() {
                    known.timeout = Some(of.clone());
                }
                known.added.get_or_insert(of);
            }
            Event::EventDel {} if by_loop => {}
            Event::EventDel {} | Event::EventAssign { .. } => {
                let Some(event) = objects.event else { return };
                let known = self.events.entry(event).or_default();
                (known.added, known.added_by_loop) = (None, None);
                let of_bev = objects.bev.map(Object::Bev);
                let owner = of_bev.or_else(|| objects.listener.map(Object::Listener));
                if let (Event::EventAssign { .. }, Some(owner)) = (&record.event, owner) {
                    let events = self.events_of.entry(owner).or_default();
                    if !events.contains(&event) {
                        events.push(event);
                    }
                }
            }
            Event::BuffereventFree {} => {
                if let Some(bev) = objects.bev {
                    self.freed.insert(bev, of);
                }
            }
            Event::BuffereventFinalize { .. } => gone = objects.bev.map(Object::Bev),
            Event::EventFree {} | Event::EventOnceCb {} => gone = objects.event.map(Object::Event),
            Event::EvconnlistenerFree {} => gone = objects.listener.map(Object::Listener),
            _ => {}
        }
        self.gone.extend(gone.map(|gone| (step, gone)));
    }

    fn forget(&mut self, gone: Object) {
        for event in self.events_of.remove(&gone).into_iter().flatten() {
            self.events.remove(&event);
        }
        match gone {
            Object::Event(event) => {
                self.events.remove(&event);
            }
            Object::Bev(bev) => {
                self.freed.remove(&bev);
                for role in [Role::BevRead, Role::BevWrite, Role::BevDeferred] {
                    self.active_of_bevs.remove(&(bev, role));
                }
            }
            Object::Listener(listener) => {
                self.active_of_listeners.remove(&listener);
            }
        }
    }
}

impl<T> Frame<T> {
    fn new(record: &Record, inside: VecDeque<Beside<T>>) -> Self {
        Self {
            of: None,
            level: record.level(),
            kind: kind_of(&record.event),
            what: match record.event {
                Event::EventBaseLoop { .. } => What::Loop,
                Event::EventOnceCb {} => What::Once,
                Event::EvsigCb {} => What::Signals,
                _ => What::Other,
            },
            inside,
        }
    }
}

/// An event of which the bytes that were transferred do not matter.
fn without_bytes(event: &Event) -> Event {
    match event {
        Event::EvbufferRead {
            asked,
            result,
            errno,
            before,
            after,
            data: _,
        } => Event::EvbufferRead {
            asked: *asked,
            result: *result,
            errno: errno.clone(),
            before: *before,
            after: *after,
            data: None,
        },
        Event::EvbufferWrite {
            asked,
            result,
            errno,
            before,
            after,
            data: _,
        } => Event::EvbufferWrite {
            asked: *asked,
            result: *result,
            errno: errno.clone(),
            before: *before,
            after: *after,
            data: None,
        },
        event => event.clone(),
    }
}

/// Whether the rules look for such a step beside another one.
fn leads_beside(event: &Event) -> bool {
    matches!(
        event,
        Event::EvbufferRead { .. }
            | Event::EvbufferWrite { .. }
            | Event::Connect { .. }
            | Event::Accept { .. }
            | Event::Watermark { .. }
            | Event::Ratelimit { .. }
            | Event::EventAdd { .. }
            | Event::EventDel {}
    ) || crate::describe::failure(event).is_some()
}

/// What lies before a step.
struct Here<'a, T> {
    trail: &'a Trail<T>,
    /// The calls around it, the outermost first.
    around: &'a [Call<Frame<T>>],
}

impl<T: Clone> Here<'_, T> {
    fn link(&self, call: &Call<Frame<T>>) -> Link<T> {
        Some((call.of.of.clone()?, call.of.kind))
    }

    fn is_inside(&self, what: What, above: usize) -> bool {
        let at = self.around.len().checked_sub(above + 1);
        at.is_some_and(|at| self.around[at].of.what == what)
    }

    fn of_event(&self, event: EventId) -> Option<&OfEvent<T>> {
        self.trail.events.get(&event)
    }
}

impl<T: Clone> Past for Here<'_, T> {
    type Step = T;

    fn beginning(&self) -> Link<T> {
        // Only what is no exit is asked about.
        self.around()
    }

    fn around(&self) -> Link<T> {
        let mut around = self.around.iter().rev();
        let call = around.find(|call| call.of.level < Level::Everything)?;
        self.link(call)
    }

    fn directly_around(&self) -> Link<T> {
        self.link(self.around.last()?)
    }

    fn beside_with(&self, wanted: impl Fn(&Event, &Objects) -> bool) -> Link<T> {
        let mut inside = self.around.last()?.of.inside.iter().rev();
        let found = inside.find(|beside| wanted(&beside.event, &beside.objects))?;
        Some((found.of.clone(), kind_of(&found.event)))
    }

    fn activation(&self, record: &Record) -> Link<T> {
        let objects = &record.objects;
        let of_bev = |role| {
            let bev = objects.bev?;
            self.trail.active_of_bevs.get(&(bev, role))
        };
        let active = match (objects.event, &record.event) {
            (Some(event), _) => self.of_event(event)?.active.as_ref(),
            (None, Event::BuffereventReadcb { .. }) => of_bev(Role::BevRead),
            (None, Event::BuffereventWritecb { .. }) => of_bev(Role::BevWrite),
            (None, Event::DeferredCb { .. }) => of_bev(Role::BevDeferred),
            (None, Event::ListenerReadCb {}) => {
                self.trail.active_of_listeners.get(&objects.listener?)
            }
            (None, _) => None,
        };
        Some((active?.clone(), CauseKind::Active))
    }

    fn wait(&self, record: &Record) -> Option<T> {
        self.trail.waits.get(&record.thread).cloned()
    }

    fn made_pending(&self, event: EventId) -> Link<T> {
        let known = self.of_event(event)?;
        let added = known.added.as_ref().or(known.added_by_loop.as_ref())?;
        Some((added.clone(), CauseKind::Pending))
    }

    fn timeout_set(&self, event: EventId) -> Link<T> {
        let timeout = self.of_event(event)?.timeout.clone()?;
        Some((timeout, CauseKind::Pending))
    }

    fn freed(&self, record: &Record) -> Link<T> {
        let freed = self.trail.freed.get(&record.objects.bev?)?;
        Some((freed.clone(), CauseKind::Free))
    }

    fn subject(&self) -> Option<EventId> {
        None
    }

    fn is_in_loop(&self) -> bool {
        self.is_inside(What::Loop, 0)
    }

    fn is_run_by_loop(&self) -> bool {
        let once = self.is_inside(What::Once, 0);
        self.is_inside(What::Loop, usize::from(once))
    }

    fn is_outermost(&self) -> bool {
        self.around.is_empty()
    }

    fn is_for_signals(&self) -> bool {
        self.is_inside(What::Signals, 0)
    }
}

#[cfg(test)]
mod tests;
