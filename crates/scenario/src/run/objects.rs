//! What the scenario has made, by number. The driver for libevent keeps the same list, by the same rules.

use std::os::fd::{OwnedFd, RawFd};

use evscope_reactor::{
    Bufferevent, CommonTimeout, Evbuffer, EvbufferCallback, Event, Listener, RateLimitGroup,
};

use super::world::{Over, Server};
use crate::spec::Sort;

/// An object.
pub(super) enum Thing {
    Peer(Peer),
    Server(ServerObject),
    Event(EventObject),
    Bufferevent(Bev),
    Buffer(Evbuffer),
    Listener(ListenerObject),
    CommonTimeout(CommonTimeout),
    Group(RateLimitGroup),
    /// A callback that this evbuffer has.
    BufferCallback(Evbuffer, EvbufferCallback),
    /// So many bytes from the front.
    Place(usize),
}

pub(super) struct EventObject {
    pub(super) event: Event,
    pub(super) finalizer: Finalizer,
}

/// How far an event is with its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finalizer {
    /// It has none.
    None,
    /// It will be called; until then nobody may free the event.
    Waits,
    Called,
}

/// Somebody at the other end.
pub(super) struct Peer {
    /// The program's end; `None` when it is closed or was never ours.
    pub(super) near: Option<RawFd>,
    pub(super) far: Option<OwnedFd>,
    pub(super) over: Over,
    /// The library closes the program's end.
    pub(super) given: bool,
    /// A bufferevent has it.
    pub(super) taken: bool,
    /// It was accepted, and nobody has used it yet.
    pub(super) fresh: bool,
}

pub(super) struct ServerObject {
    pub(super) server: Server,
    pub(super) listens: bool,
    /// A listener has it.
    pub(super) used: bool,
    /// The library closes it.
    pub(super) given: bool,
    /// It has done so.
    pub(super) gone: bool,
}

/// What a bufferevent is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BevSort {
    Socket,
    Pair,
    /// On top of that one.
    Filter(usize),
}

pub(super) struct Bev {
    pub(super) bev: Bufferevent,
    pub(super) sort: BevSort,
    /// Its bytes are encrypted.
    pub(super) tls: bool,
    pub(super) close_on_free: bool,
    /// The peer whose connection it has.
    pub(super) peer: Option<usize>,
    /// It has been told to connect.
    pub(super) connected: bool,
    /// The socket that the library made for that and does not close.
    pub(super) left_open: Option<RawFd>,
    /// A filter is on top of it.
    pub(super) under: bool,
    /// The group it was made a member of and not taken out of.
    pub(super) group: Option<usize>,
}

pub(super) struct ListenerObject {
    pub(super) listener: Listener,
    pub(super) server: usize,
    pub(super) close_on_free: bool,
}

/// All that was made.
#[derive(Default)]
pub(super) struct Objects {
    all: Vec<(Thing, bool)>,
    names: Vec<Option<usize>>,
}

impl Objects {
    pub(super) fn new(names: usize) -> Self {
        Self {
            all: Vec::new(),
            names: vec![None; names],
        }
    }

    /// Something new.
    pub(super) fn add(&mut self, thing: Thing) -> usize {
        self.all.push((thing, true));
        self.all.len() - 1
    }

    /// Something new that has a name.
    pub(super) fn name(&mut self, name: i64, thing: Thing) -> usize {
        let at = self.add(thing);
        if let Some(place) = usize::try_from(name)
            .ok()
            .and_then(|name| self.names.get_mut(name))
        {
            *place = Some(at);
        }
        at
    }

    /// A name stands for nothing any more.
    pub(super) fn unname(&mut self, name: i64) {
        if let Some(place) = usize::try_from(name)
            .ok()
            .and_then(|name| self.names.get_mut(name))
        {
            *place = None;
        }
    }

    /// Whether a group has a member, alive or freed: one that is freed is a member until it is taken apart.
    pub(super) fn has_members(&self, group: usize) -> bool {
        let is_member = |(thing, _): &(Thing, bool)| matches!(thing, Thing::Bufferevent(bev) if bev.group == Some(group));
        self.all.iter().any(is_member)
    }

    /// What a name stands for now.
    pub(super) fn named(&self, name: i64) -> Option<usize> {
        *self.names.get(usize::try_from(name).ok()?)?
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The object of a number, if it was not freed.
    pub(super) fn get(&self, at: usize) -> Option<&Thing> {
        let (thing, alive) = self.all.get(at)?;
        alive.then_some(thing)
    }

    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut Thing> {
        let (thing, alive) = self.all.get_mut(at)?;
        alive.then_some(thing)
    }

    pub(super) fn kill(&mut self, at: usize) {
        if let Some((_, alive)) = self.all.get_mut(at) {
            *alive = false;
        }
    }

    pub(super) fn peer(&mut self, at: usize) -> Option<&mut Peer> {
        match self.get_mut(at)? {
            Thing::Peer(peer) => Some(peer),
            _ => None,
        }
    }

    pub(super) fn server(&mut self, at: usize) -> Option<&mut ServerObject> {
        match self.get_mut(at)? {
            Thing::Server(server) => Some(server),
            _ => None,
        }
    }

    pub(super) fn bev(&mut self, at: usize) -> Option<&mut Bev> {
        match self.get_mut(at)? {
            Thing::Bufferevent(bev) => Some(bev),
            _ => None,
        }
    }

    pub(super) fn event(&mut self, at: usize) -> Option<&mut EventObject> {
        match self.get_mut(at)? {
            Thing::Event(event) => Some(event),
            _ => None,
        }
    }

    /// Whether it is of a sort.
    pub(super) fn is(&self, at: usize, sort: Sort) -> bool {
        self.get(at).is_some_and(|thing| {
            sort == match thing {
                Thing::Peer(_) => Sort::Peer,
                Thing::Server(_) => Sort::Server,
                Thing::Event(_) => Sort::Event,
                Thing::Bufferevent(_) => Sort::Bufferevent,
                Thing::Buffer(_) => Sort::Buffer,
                Thing::Listener(_) => Sort::Listener,
                Thing::CommonTimeout(_) => Sort::CommonTimeout,
                Thing::Group(_) => Sort::Group,
                Thing::BufferCallback(..) => Sort::BufferCallback,
                Thing::Place(_) => Sort::Place,
            }
        })
    }

    /// It is freed, and what goes with it is gone.
    pub(super) fn let_go(&mut self, at: usize) {
        match self.get(at) {
            Some(Thing::Bufferevent(bev)) => {
                let (sort, close_on_free, peer) = (bev.sort, bev.close_on_free, bev.peer);
                self.kill(at);
                if let Some(peer) = peer.and_then(|peer| self.peer(peer)) {
                    peer.taken = false;
                    if close_on_free {
                        peer.near = None;
                    }
                }
                if let BevSort::Filter(below) = sort {
                    if let Some(below) = self.bev(below) {
                        below.under = false;
                    }
                    if close_on_free {
                        self.let_go(below);
                    }
                }
            }
            Some(Thing::Listener(listener)) => {
                let (server, close_on_free) = (listener.server, listener.close_on_free);
                self.kill(at);
                if let Some(server) = self.server(server) {
                    server.used = close_on_free;
                    server.gone = close_on_free;
                }
            }
            _ => self.kill(at),
        }
    }

    /// What is left when the base is gone: fds that nobody else closes.
    pub(super) fn close_all(self) {
        for (thing, _) in self.all {
            match thing {
                Thing::Peer(Peer {
                    near: Some(near),
                    given: false,
                    ..
                }) => drop(super::world::give(near)),
                Thing::Server(ServerObject {
                    server,
                    given: false,
                    ..
                }) => drop(super::world::give(server.fd)),
                Thing::Bufferevent(Bev {
                    left_open: Some(fd),
                    ..
                }) => drop(super::world::give(fd)),
                _ => {}
            }
        }
    }
}
