//! A chat room for two: what one says, the others hear.
//!
//! Several connections in one loop, without a thread or a lock. When the room is full the listener is
//! disabled: whoever comes then waits in the kernel's queue until somebody leaves.
//! Try it with `nc 127.0.0.1 9995`, several times, and stop it with Ctrl-C.

use std::cell::RefCell;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::rc::Rc;

use evscope_reactor::{
    Addr, BevEvents, BevOptions, Bufferevent, Callbacks, EolStyle, Error, EvFlags, Event,
    EventBase, Listener, ListenerOptions,
};

const ROOM_FOR: usize = 2;

/// Who is in the room.
#[derive(Default)]
struct Room {
    guests: RefCell<Vec<Guest>>,
    count: RefCell<u32>,
}

#[derive(Clone, Copy)]
struct Guest {
    number: u32,
    bev: Bufferevent,
}

pub(crate) fn main() -> Result<(), Error> {
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, evscope_examples::port(9995)));

    let mut base = EventBase::new()?;
    let room = Rc::new(Room::default());
    // Nobody comes in before everything is ready.
    let options = ListenerOptions::REUSEABLE | ListenerOptions::CLOSE_ON_FREE;
    let options = options | ListenerOptions::DISABLED;
    let listener = base.evconnlistener_new_bind(come_in(&room), options, -1, addr)?;
    let signal_event = base.evsignal_new(libc::SIGINT, signal_cb)?;
    base.event_add(signal_event, None)?;
    base.evconnlistener_enable(listener)?;

    evscope_examples::listening(&base, listener);
    base.event_base_dispatch()?;

    base.evconnlistener_free(listener)?;
    base.event_free(signal_event)?;
    base.event_base_free();
    Ok(())
}

/// A listener callback: a guest comes in, and the door is closed if he was the last there is room for.
fn come_in(
    room: &Rc<Room>,
) -> impl Fn(&mut EventBase, Listener, OwnedFd, &Addr) -> Result<(), Error> + use<> {
    let room = Rc::clone(room);
    move |base, listener, fd, _peer| {
        let bev = base.bufferevent_socket_new(Some(fd), BevOptions::CLOSE_ON_FREE)?;
        let number = *room.count.borrow() + 1;
        *room.count.borrow_mut() = number;
        let guest = Guest { number, bev };
        room.guests.borrow_mut().push(guest);
        let callbacks = Callbacks::new()
            .readcb(say(&room, guest))
            .eventcb(leave(&room, listener));
        base.bufferevent_setcb(bev, callbacks)?;
        base.bufferevent_enable(bev, EvFlags::READ)?;
        base.bufferevent_write(bev, format!("welcome, guest {number}\n").as_bytes())?;
        if room.guests.borrow().len() == ROOM_FOR {
            base.evconnlistener_disable(listener)?;
        }
        Ok(())
    }
}

/// A read callback: every whole line goes to all the others.
fn say(
    room: &Rc<Room>,
    guest: Guest,
) -> impl Fn(&mut EventBase, Bufferevent) -> Result<(), Error> + use<> {
    let room = Rc::clone(room);
    move |base, bev| {
        let input = base.bufferevent_get_input(bev)?;
        while let Some(line) = base.evbuffer_readln(input, EolStyle::Crlf)? {
            let line = format!("{}: {}\n", guest.number, String::from_utf8_lossy(&line));
            for other in room.guests.borrow().iter().filter(|other| other.bev != bev) {
                base.bufferevent_write(other.bev, line.as_bytes())?;
            }
        }
        Ok(())
    }
}

/// An event callback: the guest goes, and there is room for another.
fn leave(
    room: &Rc<Room>,
    listener: Listener,
) -> impl Fn(&mut EventBase, Bufferevent, BevEvents) -> Result<(), Error> + use<> {
    let room = Rc::clone(room);
    move |base, bev, _what| {
        room.guests.borrow_mut().retain(|guest| guest.bev != bev);
        base.bufferevent_free(bev)?;
        base.evconnlistener_enable(listener)
    }
}

/// Ctrl-C: the loop ends after this turn.
fn signal_cb(base: &mut EventBase, _signal: Event, _what: EvFlags) -> Result<(), Error> {
    base.event_base_loopexit(None)
}
