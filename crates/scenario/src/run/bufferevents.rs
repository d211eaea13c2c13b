//! Statements about bufferevents.

use std::os::fd::IntoRawFd;
use std::rc::Rc;

use evscope_reactor::{
    Addr, BevEvents, BevOptions, Bufferevent, Callbacks, Evbuffer, EventBase, FilterResult,
    FlushMode,
};

use super::objects::{Bev, BevSort, Thing};
use super::step::refused;
use super::world::{self, Over, give};
use super::{Frame, Machine, is_none};
use crate::spec::Sort;

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
    ) {
        let close_on_free = options.contains(BevOptions::CLOSE_ON_FREE);
        let bev = Bev {
            bev,
            sort,
            close_on_free,
            peer,
            connected: false,
            left_open: None,
            under: false,
        };
        let objects = &mut self.state.borrow_mut().objects;
        objects.name(name, Thing::Bufferevent(bev));
        if let Some(peer) = peer.and_then(|at| objects.peer(at)) {
            peer.given = close_on_free;
            peer.taken = true;
        }
    }

    pub(super) fn bev_socket_new(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let (peer, fd) = if is_none(a[1]) {
            (None, None)
        } else {
            let Some((at, near)) = self.near(a[1], frame).filter(|(at, _)| !self.is_taken(*at))
            else {
                return;
            };
            self.used(at);
            (Some(at), Some(give(near)))
        };
        let options = BevOptions::from_bits_truncate(a[2] as u32);
        if let Ok(bev) = base.bufferevent_socket_new(fd, options) {
            self.made_bev(a[0], bev, BevSort::Socket, options, peer);
        }
    }

    pub(super) fn bev_filter_new(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let Some(at) = self.find(a[1], Sort::Bufferevent, frame) else {
            return;
        };
        let below = self
            .state
            .borrow_mut()
            .objects
            .bev(at)
            .filter(|bev| !bev.under)
            .map(|bev| bev.bev);
        let Some(below) = below else {
            return;
        };
        let options = BevOptions::from_bits_truncate(a[3] as u32);
        let filter = filter(a[2]);
        if let Ok(bev) = base.bufferevent_filter_new(below, filter, filter, options) {
            self.made_bev(a[0], bev, BevSort::Filter(at), options, None);
            if let Some(below) = self.state.borrow_mut().objects.bev(at) {
                below.under = true;
            }
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

    /// Connects a bufferevent that has no socket.
    pub(super) fn bev_connect(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let Some(at) = self.find(a[0], Sort::Bufferevent, frame) else {
            return;
        };
        let server = self.with_server(a[1], frame, |server| {
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
        let addr: Addr = addr;
        refused(base.bufferevent_socket_connect(bev, addr));
        let Ok(Some(fd)) = base.bufferevent_getfd(bev) else {
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
                .filter(|bev| bev.sort == BevSort::Socket && !bev.connected);
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

/// What a filter does: as the driver's functions of the same order.
fn filter(
    which: i64,
) -> impl Fn(&mut EventBase, Evbuffer, Evbuffer, Option<usize>, FlushMode) -> FilterResult + Copy + 'static
{
    move |base, from, to, limit, mode| {
        let len = base.evbuffer_get_length(from).unwrap_or(0);
        let most = limit.map_or(len, |limit| limit.min(len));
        let move_bytes =
            |base: &mut EventBase, most: usize| match base.evbuffer_remove_buffer(from, to, most) {
                Ok(n) if n > 0 => FilterResult::Ok,
                _ => FilterResult::NeedMore,
            };
        match which {
            // Whole pairs only, but the last byte at the end.
            2 => {
                let most = if mode == FlushMode::Normal {
                    most & !1
                } else {
                    most
                };
                if most == 0 {
                    FilterResult::NeedMore
                } else {
                    move_bytes(base, most)
                }
            }
            // As libevent's own, which is used where there is none: nothing moved is fine, too.
            0 => match base.evbuffer_remove_buffer(from, to, limit.unwrap_or(usize::MAX)) {
                Ok(_) => FilterResult::Ok,
                Err(_) => FilterResult::Error,
            },
            3 => FilterResult::Error,
            _ => move_bytes(base, most),
        }
    }
}
