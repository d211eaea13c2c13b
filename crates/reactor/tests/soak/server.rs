//! An echo server in this process, and its clients in another, so that each has enough fds.

use std::cell::Cell;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command};
use std::rc::Rc;
use std::time::Duration;

use evscope_reactor::{
    Addr, BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, EventBase, ListenerOptions,
};

use crate::client::{CLIENTS, PORT};
use crate::{open_fds, wanted};

/// An output that holds so much stops the reading until it has drained.
const MOST: usize = 32 * 1024;

#[test]
fn everything_comes_back_from_many_connections_at_once() {
    let _alone = crate::ALONE.lock().unwrap();
    let clients = wanted("EVSCOPE_SOAK", 300);
    let before = open_fds();
    let mut base = EventBase::new().unwrap();
    let counts = Rc::new(Counts::default());
    let accepted = Rc::clone(&counts);
    let listener = base
        .evconnlistener_new_bind(
            move |base: &mut EventBase, _, fd, _: &Addr| {
                accepted.accepted.set(accepted.accepted.get() + 1);
                accepted.open.set(accepted.open.get() + 1);
                let bev = base.bufferevent_socket_new(Some(fd), BevOptions::CLOSE_ON_FREE)?;
                base.bufferevent_setcb(bev, echo(&accepted))?;
                base.bufferevent_enable(bev, EvFlags::READ)
            },
            ListenerOptions::CLOSE_ON_FREE,
            4096,
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        )
        .unwrap();
    let addr = base.evconnlistener_get_addr(listener).unwrap();
    let Some(Addr::Inet(addr)) = addr else {
        panic!("the listener has no port");
    };

    let child = Rc::new(Cell::new(Some(start_clients(addr.port(), clients))));
    let status = Rc::new(Cell::new(None));
    let (waits, result, open) = (child, Rc::clone(&status), Rc::clone(&counts));
    let timer = base.evtimer_new_persist(move |base: &mut EventBase, _, _| {
        let mut child = waits.take().unwrap();
        if let Some(status) = child.try_wait().unwrap() {
            result.set(Some(status));
            // What the clients have thrown away is noticed within a turn or two.
            if open.open.get() == 0 || !status.success() {
                base.event_base_loopexit(None).unwrap();
            }
        }
        waits.set(Some(child));
    });
    base.event_add(timer, Some(Duration::from_millis(20)))
        .unwrap();
    base.event_base_dispatch().unwrap();

    let status = status.get().unwrap();
    assert!(status.success(), "the clients: {status}");
    assert_eq!(counts.accepted.get(), clients);
    assert_eq!(counts.open.get(), 0, "connections are left");
    if clients >= 100 {
        assert_eq!(counts.most.get(), clients, "they were not open at once");
    }
    base.event_base_free();
    assert_eq!(open_fds(), before);
}

#[derive(Default)]
struct Counts {
    accepted: Cell<usize>,
    open: Cell<usize>,
    /// How many were open when the first byte came.
    most: Cell<usize>,
}

fn start_clients(port: u16, clients: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "client::clients", "--ignored", "--nocapture"])
        .env(PORT, port.to_string())
        .env(CLIENTS, clients.to_string())
        .spawn()
        .unwrap()
}

fn echo(counts: &Rc<Counts>) -> Callbacks {
    let (most, open) = (Rc::clone(counts), Rc::clone(counts));
    Callbacks::new()
        .readcb(move |base: &mut EventBase, bev| {
            most.most.set(most.most.get().max(most.open.get()));
            let (input, output) =
                (base.bufferevent_get_input(bev)?, base.bufferevent_get_output(bev)?);
            base.evbuffer_add_buffer(output, input)?;
            if base.evbuffer_get_length(output)? > MOST {
                base.bufferevent_disable(bev, EvFlags::READ)?;
            }
            Ok::<_, Error>(())
        })
        .writecb(|base: &mut EventBase, bev| base.bufferevent_enable(bev, EvFlags::READ))
        .eventcb(move |base: &mut EventBase, bev, what| ended(base, bev, what, &open))
}

/// The client has sent everything: what is left goes back first. Or the connection failed.
fn ended(
    base: &mut EventBase,
    bev: Bufferevent,
    what: BevEvents,
    counts: &Rc<Counts>,
) -> Result<(), Error> {
    let output = base.bufferevent_get_output(bev)?;
    if what.contains(BevEvents::EOF) && base.evbuffer_get_length(output)? > 0 {
        let (drained, failed) = (Rc::clone(counts), Rc::clone(counts));
        let callbacks = Callbacks::new()
            .writecb(move |base: &mut EventBase, bev| free(base, bev, &drained))
            .eventcb(move |base: &mut EventBase, bev, _| free(base, bev, &failed));
        return base.bufferevent_setcb(bev, callbacks);
    }
    free(base, bev, counts)
}

fn free(base: &mut EventBase, bev: Bufferevent, counts: &Rc<Counts>) -> Result<(), Error> {
    counts.open.set(counts.open.get() - 1);
    base.bufferevent_free(bev)
}
