//! Other threads, names that are looked up, and lists of events.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::cell::RefCell;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use evscope_reactor::{
    BaseGone, BevEvents, BevOptions, Callbacks, Count, Error, EvFlags, EventBase, ListenerOptions,
    LoopEnd, LoopFlags,
};

#[test]
fn tasks_of_other_threads_run_in_order_on_the_loops_thread() {
    let mut base = EventBase::new().unwrap();
    let notifier = base.notifier().unwrap();
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let here = std::thread::current().id();
    let other = std::thread::spawn({
        let seen = seen.clone();
        move || {
            for i in 0..3 {
                let seen = seen.clone();
                notifier
                    .post(move |_| {
                        assert_eq!(std::thread::current().id(), here);
                        seen.lock().unwrap().push(i);
                    })
                    .unwrap();
            }
            notifier.loopexit().unwrap();
        }
    });
    let end = base.event_base_loop(LoopFlags::NO_EXIT_ON_EMPTY).unwrap();
    other.join().unwrap();
    assert_eq!(end, LoopEnd::Exit);
    assert_eq!(*seen.lock().unwrap(), [0, 1, 2]);
}

#[test]
fn a_notifier_activates_events_and_outlives_its_base() {
    let mut base = EventBase::new().unwrap();
    let notifier = base.notifier().unwrap();
    let event = base.evtimer_new(|base: &mut EventBase, _, what| {
        assert_eq!(what, EvFlags::READ);
        base.event_base_loopbreak();
    });
    notifier.event_active(event, EvFlags::READ).unwrap();
    let end = base.event_base_loop(LoopFlags::NO_EXIT_ON_EMPTY).unwrap();
    assert_eq!(end, LoopEnd::Break);
    // It does not keep the loop alive by itself.
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    drop(base);
    assert_eq!(notifier.post(|_| ()), Err(BaseGone));
}

#[test]
fn a_task_that_panics_ends_the_loop_with_an_error() {
    let mut base = EventBase::new().unwrap();
    let notifier = base.notifier().unwrap();
    notifier.post(|_| panic!("over")).unwrap();
    let error = base
        .event_base_loop(LoopFlags::NO_EXIT_ON_EMPTY)
        .unwrap_err();
    assert!(matches!(error, Error::Panicked { .. }), "{error}");
}

fn connect_by_name(host: &str, port: u16) -> (Vec<BevEvents>, Option<String>) {
    let mut base = EventBase::new().unwrap();
    let bev = base
        .bufferevent_socket_new(None, BevOptions::CLOSE_ON_FREE)
        .unwrap();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let events = Rc::clone(&seen);
    let callbacks = Callbacks::new().eventcb(move |base: &mut EventBase, _, what| {
        events.borrow_mut().push(what);
        base.event_base_loopbreak();
    });
    base.bufferevent_setcb(bev, callbacks).unwrap();
    base.bufferevent_socket_connect_hostname(bev, host, port)
        .unwrap();
    base.event_base_dispatch().unwrap();
    let why = base.bufferevent_socket_get_dns_error(bev).unwrap();
    let why = why.map(ToOwned::to_owned);
    (seen.take(), why)
}

#[test]
fn a_name_is_looked_up_and_connected() {
    let mut base = EventBase::new().unwrap();
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let options = ListenerOptions::CLOSE_ON_FREE;
    let listener = base
        .evconnlistener_new_bind(|_, _, _, _: &_| (), options, -1, addr)
        .unwrap();
    let addr = base.evconnlistener_get_addr(listener).unwrap().unwrap();
    let evscope_reactor::Addr::Inet(addr) = addr else {
        panic!("{addr}");
    };
    let (seen, why) = connect_by_name("127.0.0.1", addr.port());
    assert_eq!((seen, why), (vec![BevEvents::CONNECTED], None));
}

#[test]
fn a_name_that_is_not_found_is_an_error_with_a_reason() {
    let (seen, why) = connect_by_name("no-such-host.invalid", 80);
    assert_eq!(seen, [BevEvents::ERROR]);
    assert!(why.is_some());
}

#[test]
fn events_are_listed_with_what_they_wait_for() {
    let mut base = EventBase::new().unwrap();
    let timer = base.evtimer_new(|_, _, _| ());
    base.event_add(timer, Some(Duration::from_secs(60)))
        .unwrap();
    let signal = base.evsignal_new(libc::SIGUSR2, |_, _, _| ()).unwrap();
    base.event_add(signal, None).unwrap();
    base.event_active(timer, EvFlags::WRITE).unwrap();
    let mut text = String::new();
    base.event_base_dump_events(&mut text).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[0].starts_with("event1 internal fd "), "{text}");
    assert!(lines[1].starts_with("event2 timer "), "{text}");
    assert!(lines[1].contains(" in 60.0 s active WRITE") || lines[1].contains(" in 5"), "{text}");
    assert!(lines[2].starts_with("event3 signal signal 12 SIGNAL|PERSIST"), "{text}");
    assert_eq!(base.event_base_get_num_events(Count::Active), 1);
    assert_eq!(base.event_base_get_num_events(Count::Added), 3);
}
