//! Connections that come and go, one after the other: neither fds nor memory grow.

use std::cell::Cell;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::rc::Rc;

use evscope_reactor::{
    Addr, BevEvents, BevOptions, Callbacks, EvFlags, EventBase, ListenerOptions, LoopFlags,
};

use crate::{open_fds, wanted};

/// Before this the memory may still grow: buffers are as large as they will be, tables too.
const WARM: usize = 1000;
/// What the memory may grow by, in KiB: the allocator's own doing.
const SLACK: usize = 512;

#[test]
fn nothing_grows_while_connections_come_and_go() {
    let _alone = crate::ALONE.lock().unwrap();
    let rounds = wanted("EVSCOPE_SOAK_ROUNDS", 5000);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let mut base = EventBase::new().unwrap();
    let open = Rc::new(Cell::new(0usize));
    let count = Rc::clone(&open);
    let accept = move |base: &mut EventBase, _, fd, _: &Addr| {
        let bev = base.bufferevent_socket_new(Some(fd), BevOptions::CLOSE_ON_FREE)?;
        count.set(count.get() + 1);
        let count = Rc::clone(&count);
        let callbacks = Callbacks::new()
            .readcb(|base: &mut EventBase, bev| {
                let input = base.bufferevent_get_input(bev)?;
                base.bufferevent_write_buffer(bev, input)
            })
            .eventcb(move |base: &mut EventBase, bev, _: BevEvents| {
                count.set(count.get() - 1);
                base.bufferevent_free(bev)
            });
        base.bufferevent_setcb(bev, callbacks)?;
        base.bufferevent_enable(bev, EvFlags::READ)
    };
    base.evconnlistener_new_bind(
        accept,
        ListenerOptions::CLOSE_ON_FREE,
        -1,
        Addr::Unix(path.clone()),
    )
    .unwrap();

    let mut at_first = None;
    for round in 0..rounds {
        let mut client = UnixStream::connect(&path).unwrap();
        let said = round.to_le_bytes();
        client.write_all(&said).unwrap();
        while open.get() == 0 {
            base.event_base_loop(LoopFlags::ONCE).unwrap();
        }
        client.set_nonblocking(true).unwrap();
        let mut heard = Vec::new();
        while heard.len() < said.len() {
            base.event_base_loop(LoopFlags::NONBLOCK).unwrap();
            // Until all is there, it would block.
            let _ = client.read_to_end(&mut heard);
        }
        assert_eq!(heard, said);
        drop(client);
        while open.get() > 0 {
            base.event_base_loop(LoopFlags::ONCE).unwrap();
        }
        if round == WARM {
            at_first = Some((open_fds(), resident()));
        }
    }
    let (fds, memory) = at_first.unwrap();
    assert_eq!(open_fds(), fds);
    let now = resident();
    println!(
        "{rounds} connections: {fds} fds, {memory} KiB after {WARM} of them, {now} KiB after all"
    );
    assert!(now <= memory + SLACK, "{memory} KiB became {now} KiB");
}

/// Memory that the process has, in KiB.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
