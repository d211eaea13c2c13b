//! Statements about events.

use std::cell::Cell;
use std::rc::Rc;

use evscope_reactor::{EvFlags, Event, EventBase};

use super::objects::Thing;
use super::step::{flags, refused};
use super::world::borrow;
use super::{Frame, Machine, event_of, is_none, span};
use crate::spec::Sort;

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
        let at = self
            .state
            .borrow_mut()
            .objects
            .name(name, Thing::Event(event));
        callback.own.set(Some(at));
    }

    pub(super) fn event(&self, arg: i64, frame: &Frame, act: impl FnOnce(Event)) {
        let event = self
            .find(arg, Sort::Event, frame)
            .and_then(|at| event_of(self.state.borrow().objects.get(at)));
        if let Some(event) = event {
            act(event);
        }
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
