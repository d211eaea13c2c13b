//! Statements about bufferevents.

use std::os::fd::{IntoRawFd, OwnedFd};
use std::rc::Rc;

use evscope_reactor::{Addr, BevEvents, BevOptions, Bufferevent, Callbacks, Error, EventBase};

use super::filters::{Way, filter};
use super::objects::{Bev, BevSort, Thing};
use super::step::refused;
use super::world::{self, Over, give};
use super::{Frame, Machine, is_none, span};
use crate::spec::{COMMON, HOSTS, Sort};

impl Machine {
    pub(super) fn find_bev(&self, arg: i64, frame: &Frame) -> Option<Bufferevent> {
        let at = self.find(arg, Sort::Bufferevent, frame)?;
        self.state.borrow_mut().objects.bev(at).map(|bev| bev.bev)
    }

    pub(super) fn bev(&self, arg: i64, frame: &Frame, act: impl FnOnce(Bufferevent)) {
        if let Some(bev) = self.find_bev(arg, frame) {
            act(bev);
        }
    }

    pub(super) fn made_bev(
        &self,
        name: i64,
        bev: Bufferevent,
        sort: BevSort,
        options: BevOptions,
        peer: Option<usize>,
    ) -> usize {
        let close_on_free = options.contains(BevOptions::CLOSE_ON_FREE);
        let bev = Bev {
            bev,
            sort,
            tls: false,
            close_on_free,
            peer,
            connected: false,
            left_open: None,
            under: false,
            group: None,
        };
        let objects = &mut self.state.borrow_mut().objects;
        let at = objects.name(name, Thing::Bufferevent(bev));
        if let Some(peer) = peer.and_then(|at| objects.peer(at)) {
            peer.given = close_on_free;
            peer.taken = true;
        }
        at
    }

    /// The end of a connection that a bufferevent is to be made on: its number and its fd, none for `none`. No answer
    /// where it is not ours, or a bufferevent has it.
    pub(super) fn end_for(
        &self,
        arg: i64,
        frame: &Frame,
    ) -> Option<(Option<usize>, Option<OwnedFd>)> {
        if is_none(arg) {
            return Some((None, None));
        }
        let free = |(at, _): &(usize, _)| !self.is_taken(*at);
        let (at, near) = self.near(arg, frame).filter(free)?;
        self.used(at);
        Some((Some(at), Some(give(near))))
    }

    /// The bufferevent that another is to be made on top of, if none is yet.
    pub(super) fn below(&self, arg: i64, frame: &Frame) -> Option<(usize, Bufferevent)> {
        let at = self.find(arg, Sort::Bufferevent, frame)?;
        let objects = &mut self.state.borrow_mut().objects;
        let bev = objects.bev(at).filter(|bev| !bev.under)?;
        Some((at, bev.bev))
    }

    pub(super) fn made_on_top(
        &self,
        name: i64,
        bev: Bufferevent,
        below: usize,
        options: BevOptions,
    ) -> usize {
        let at = self.made_bev(name, bev, BevSort::Filter(below), options, None);
        if let Some(below) = self.state.borrow_mut().objects.bev(below) {
            below.under = true;
        }
        at
    }

    pub(super) fn bev_socket_new(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let Some((peer, fd)) = self.end_for(a[1], frame) else {
            return;
        };
        let options = BevOptions::from_bits_truncate(a[2] as u32);
        if let Ok(bev) = base.bufferevent_socket_new(fd, options) {
            self.made_bev(a[0], bev, BevSort::Socket, options, peer);
        }
    }

    pub(super) fn bev_filter_new(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let Some((at, below)) = self.below(a[1], frame) else {
            return;
        };
        let options = BevOptions::from_bits_truncate(a[3] as u32);
        let doubled = || Rc::clone(&self.state.borrow().doubled);
        let input = filter(a[2], Way::In, doubled());
        let output = filter(a[2], Way::Out, doubled());
        if let Ok(bev) = base.bufferevent_filter_new(below, input, output, options) {
            self.made_on_top(a[0], bev, at, options);
        }
    }

    pub(super) fn bev_setcb(self: &Rc<Self>, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let Some(at) = self.find(a[0], Sort::Bufferevent, frame) else {
            return;
        };
        let frame = Frame {
            own: Some(at),
            accepted: None,
        };
        let mut callbacks = Callbacks::new();
        if let Ok(number) = usize::try_from(a[1]) {
            let machine = Rc::clone(self);
            let callback = move |base: &mut EventBase, _: Bufferevent| {
                machine.callback(base, number, 0, &frame);
            };
            callbacks = self.named(a[1], || callbacks.readcb(callback));
        }
        if let Ok(number) = usize::try_from(a[2]) {
            let machine = Rc::clone(self);
            let callback = move |base: &mut EventBase, _: Bufferevent| {
                machine.callback(base, number, 0, &frame);
            };
            callbacks = self.named(a[2], || callbacks.writecb(callback));
        }
        if let Ok(number) = usize::try_from(a[3]) {
            let machine = Rc::clone(self);
            let callback = move |base: &mut EventBase, _: Bufferevent, what: BevEvents| {
                machine.callback(base, number, what.bits().into(), &frame);
            };
            callbacks = self.named(a[3], || callbacks.eventcb(callback));
        }
        let bev = self.state.borrow_mut().objects.bev(at).map(|bev| bev.bev);
        if let Some(bev) = bev {
            refused(base.bufferevent_setcb(bev, callbacks));
        }
    }

    /// Both sides have common timeouts, or neither.
    pub(super) fn bev_set_timeouts(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let Some(bev) = self.find_bev(a[0], frame) else {
            return;
        };
        let [read, write] = [a[1], a[2]];
        let is_common = |arg| arg <= COMMON;
        if !is_common(read) && !is_common(write) {
            return refused(base.bufferevent_set_timeouts(bev, span(read), span(write)));
        }
        if [read, write]
            .iter()
            .all(|arg| is_common(*arg) || is_none(*arg))
        {
            let [read, write] = [read, write].map(|arg| self.common_timeout(arg));
            refused(base.bufferevent_set_timeouts_common(bev, read, write));
        }
    }

    /// Connects a bufferevent that has no socket.
    pub(super) fn bev_connect(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        self.connect(base, a[0], a[1], frame, |base, bev, addr, _| {
            base.bufferevent_socket_connect(bev, addr)
        });
    }

    /// The same by name.
    pub(super) fn bev_connect_hostname(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let host = HOSTS.get(a[1] as usize).copied().unwrap_or_default();
        self.connect(
            base,
            a[0],
            a[2],
            frame,
            |base, bev, addr, over| match addr {
                Addr::Inet(addr) if over == Over::Tcp => {
                    base.bufferevent_socket_connect_hostname(bev, host, addr.port())
                }
                _ => Ok(()),
            },
        );
    }

    fn connect(
        &self,
        base: &mut EventBase,
        bev: i64,
        server: i64,
        frame: &Frame,
        connect: impl FnOnce(&mut EventBase, Bufferevent, Addr, Over) -> Result<(), Error>,
    ) {
        let Some(at) = self.find(bev, Sort::Bufferevent, frame) else {
            return;
        };
        let server = self.with_server(server, frame, |server| {
            (server.server.addr.clone(), server.server.over)
        });
        let bev = self.state.borrow_mut().objects.bev(at).and_then(|bev| {
            let fits = bev.sort == BevSort::Socket && bev.peer.is_none() && !bev.connected;
            fits.then_some(bev.bev)
        });
        let (Some((addr, over)), Some(bev)) = (server, bev) else {
            return;
        };
        if let Some(bev) = self.state.borrow_mut().objects.bev(at) {
            bev.connected = true;
        }
        refused(connect(base, bev, addr, over));
        let Ok(Some(fd)) = base.bufferevent_getfd(bev) else {
            // A name that was not found is no connection.
            if let Some(bev) = self.state.borrow_mut().objects.bev(at) {
                bev.connected = false;
            }
            return;
        };
        if let Some(bev) = self.state.borrow_mut().objects.bev(at) {
            bev.left_open = (!bev.close_on_free).then_some(fd);
        }
        if over == Over::Tcp {
            world::connecting(fd);
        }
    }

    pub(super) fn bev_setfd(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let Some(at) = self.find(a[0], Sort::Bufferevent, frame) else {
            return;
        };
        let (new, fd) = if is_none(a[1]) {
            (None, None)
        } else {
            let Some((peer, near)) = self
                .near(a[1], frame)
                .filter(|(peer, _)| !self.is_taken(*peer))
            else {
                return;
            };
            (Some(peer), Some(near))
        };
        let found = {
            let objects = &mut self.state.borrow_mut().objects;
            let bev = objects
                .bev(at)
                .filter(|bev| bev.sort == BevSort::Socket && !bev.connected)
                // A TLS connection cannot begin anew.
                .filter(|bev| !bev.tls || (bev.peer.is_none() && new.is_some()));
            let Some(bev) = bev else {
                return;
            };
            let (old, close_on_free) = (bev.peer, bev.close_on_free);
            bev.peer = new;
            let found = bev.bev;
            if let Some(old) = old.and_then(|old| objects.peer(old)) {
                old.given = false;
                old.taken = false;
            }
            if let Some(new) = new.and_then(|new| objects.peer(new)) {
                new.given = close_on_free;
                new.taken = true;
            }
            found
        };
        if let Some(new) = new {
            self.used(new);
        }
        if let Ok(Some(old)) = base.bufferevent_setfd(found, fd.map(give)) {
            // The peer has its number.
            let _ = IntoRawFd::into_raw_fd(old);
        }
    }
}
