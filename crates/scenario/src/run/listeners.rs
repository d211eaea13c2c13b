//! Statements about listeners.

use std::os::fd::{IntoRawFd, OwnedFd};
use std::rc::Rc;

use evscope_reactor::{Addr, EventBase, Listener, ListenerOptions};

use super::objects::{ListenerObject, Peer, Thing};
use super::step::refused;
use super::world::{Over, give};
use super::{Frame, Machine, is_none};
use crate::spec::Sort;

impl Machine {
    pub(super) fn listener(&self, arg: i64, frame: &Frame, act: impl FnOnce(Listener)) {
        let listener = self.find(arg, Sort::Listener, frame).and_then(|at| {
            match self.state.borrow().objects.get(at) {
                Some(Thing::Listener(listener)) => Some(listener.listener),
                _ => None,
            }
        });
        if let Some(listener) = listener {
            act(listener);
        }
    }

    /// The callback of the listener that is, or will be, the object of this number.
    pub(super) fn accept_callback(
        self: &Rc<Self>,
        number: i64,
        at: usize,
    ) -> impl Fn(&mut EventBase, Listener, OwnedFd, &Addr) + use<> {
        let machine = Rc::clone(self);
        move |base: &mut EventBase, _: Listener, fd: OwnedFd, _: &Addr| {
            let near = IntoRawFd::into_raw_fd(fd);
            let peer = Peer {
                near: Some(near),
                far: None,
                over: Over::Unix,
                given: false,
                taken: false,
                fresh: true,
            };
            let accepted = machine.state.borrow_mut().objects.add(Thing::Peer(peer));
            if let Ok(number) = usize::try_from(number) {
                machine.callback(
                    base,
                    number,
                    0,
                    &Frame {
                        own: Some(at),
                        accepted: Some(accepted),
                    },
                );
            }
            let objects = &mut machine.state.borrow_mut().objects;
            if let Some(peer) = objects.peer(accepted)
                && peer.fresh
            {
                peer.near = None;
                objects.kill(accepted);
                drop(give(near));
            }
        }
    }

    pub(super) fn listener_new(self: &Rc<Self>, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let Some(server) = self.find(a[1], Sort::Server, frame) else {
            return;
        };
        let fd = self
            .state
            .borrow_mut()
            .objects
            .server(server)
            .and_then(|server| (server.listens && !server.used).then_some(server.server.fd));
        let Some(fd) = fd else {
            return;
        };
        let options = ListenerOptions::from_bits_truncate(a[3] as u32);
        let next = self.state.borrow().objects.len();
        let callback = self.accept_callback(a[2], next);
        let made = self.named(a[2], || {
            base.evconnlistener_new(callback, options, 0, give(fd))
        });
        let Ok(listener) = made else {
            return;
        };
        let close_on_free = options.contains(ListenerOptions::CLOSE_ON_FREE);
        let objects = &mut self.state.borrow_mut().objects;
        if let Some(server) = objects.server(server) {
            server.used = true;
            server.given = close_on_free;
        }
        objects.name(
            a[0],
            Thing::Listener(ListenerObject {
                listener,
                server,
                close_on_free,
            }),
        );
        if is_none(a[2]) {
            refused(base.evconnlistener_clear_cb(listener));
        }
    }
}
