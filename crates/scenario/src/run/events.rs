//! Statements about events.

use std::cell::Cell;
use std::rc::Rc;

use evscope_reactor::{CommonTimeout, EvFlags, Event, EventBase};

use super::objects::{EventObject, Finalizer, Thing};
use super::step::{flags, refused};
use super::world::borrow;
use super::{Frame, Machine, is_none, span};
use crate::spec::{COMMON, Sort};

impl Machine {
    pub(super) fn event_callback(
        self: &Rc<Self>,
        number: i64,
        own: Option<usize>,
    ) -> EventCallback {
        EventCallback {
            machine: Rc::clone(self),
            number,
            own: Rc::new(Cell::new(own)),
        }
    }

    pub(super) fn made_event(&self, name: i64, event: Event, callback: &EventCallback) {
        let at = self.state.borrow_mut().objects.name(
            name,
            Thing::Event(EventObject {
                event,
                finalizer: Finalizer::None,
            }),
        );
        callback.own.set(Some(at));
    }

    pub(super) fn event(&self, arg: i64, frame: &Frame, act: impl FnOnce(Event)) {
        let event = self
            .find(arg, Sort::Event, frame)
            .and_then(|at| self.event_at(at));
        if let Some(event) = event {
            act(event);
        }
    }

    fn event_at(&self, at: usize) -> Option<Event> {
        let mut state = self.state.borrow_mut();
        state.objects.event(at).map(|object| object.event)
    }

    /// A timeout that a name can stand for: the common one of that name.
    pub(super) fn common_timeout(&self, arg: i64) -> Option<CommonTimeout> {
        let state = self.state.borrow();
        let at = state.objects.named(COMMON.checked_sub(arg)?)?;
        match state.objects.get(at)? {
            Thing::CommonTimeout(timeout) => Some(*timeout),
            _ => None,
        }
    }

    pub(super) fn event_add(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        self.event(a[0], frame, |event| match self.common_timeout(a[1]) {
            Some(common) => refused(base.event_add_common(event, common)),
            None => refused(base.event_add(event, span(a[1]))),
        });
    }

    /// The event's last callback is given to it; `frees`: and it is gone.
    pub(super) fn finalize(
        self: &Rc<Self>,
        base: &mut EventBase,
        a: &[i64],
        frame: &Frame,
        frees: bool,
    ) {
        let Some(at) = self.find(a[0], Sort::Event, frame) else {
            return;
        };
        let event = {
            let objects = &mut self.state.borrow_mut().objects;
            let Some(object) = objects.event(at) else {
                return;
            };
            if object.finalizer == Finalizer::Called {
                return;
            }
            object.finalizer = Finalizer::Waits;
            let event = object.event;
            if frees {
                objects.kill(at);
            }
            event
        };
        let callback = self.event_callback(a[1], Some(at));
        let machine = Rc::clone(self);
        let run = callback.function();
        let finalizer = move |base: &mut EventBase, event: Event, what: EvFlags| {
            if let Some(object) = machine.state.borrow_mut().objects.event(at) {
                object.finalizer = Finalizer::Called;
            }
            run(base, event, what);
        };
        self.named(a[1], || {
            refused(if frees {
                base.event_free_finalize(event, finalizer)
            } else {
                base.event_finalize(event, finalizer)
            });
        });
    }

    pub(super) fn event_new(self: &Rc<Self>, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let callback = self.event_callback(a[3], None);
        let event = if is_none(a[1]) {
            self.named(a[3], || {
                if flags(a[2]).contains(EvFlags::PERSIST) {
                    base.evtimer_new_persist(callback.function())
                } else {
                    base.evtimer_new(callback.function())
                }
            })
        } else {
            let Some((at, near)) = self.near(a[1], frame) else {
                return;
            };
            self.used(at);
            let event = self.named(a[3], || {
                base.event_new(borrow(near), flags(a[2]), callback.function())
            });
            let Ok(event) = event else {
                return;
            };
            event
        };
        self.made_event(a[0], event, &callback);
    }

    pub(super) fn once(self: &Rc<Self>, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let callback = self.event_callback(a[2], None);
        if is_none(a[0]) {
            self.named(a[2], || {
                refused(base.event_base_once_timeout(callback.function(), span(a[3])));
            });
        } else if let Some((at, near)) = self.near(a[0], frame)
            && a[1] != 0
        {
            self.used(at);
            self.named(a[2], || {
                refused(base.event_base_once(
                    borrow(near),
                    flags(a[1]),
                    callback.function(),
                    span(a[3]),
                ));
            });
        }
    }
}

/// A callback of an event, which knows which object that is as soon as it is one.
#[derive(Clone)]
pub(super) struct EventCallback {
    machine: Rc<Machine>,
    number: i64,
    own: Rc<Cell<Option<usize>>>,
}

impl EventCallback {
    pub(super) fn function(&self) -> impl Fn(&mut EventBase, Event, EvFlags) + 'static + use<> {
        let callback = self.clone();
        move |base, _, what| callback.call(base, what)
    }

    fn call(&self, base: &mut EventBase, what: EvFlags) {
        if let Ok(number) = usize::try_from(self.number) {
            let frame = Frame {
                own: self.own.get(),
                accepted: None,
            };
            self.machine
                .callback(base, number, what.bits().into(), &frame);
        }
    }
}
