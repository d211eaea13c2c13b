//! What a recording says of a program: which records, in which order, from which lines; and that it never
//! gets in the program's way.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::collections::HashSet;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::time::Duration;

use common::{
    assert_balanced, connection, cpu_time, localhost, new_base, outline, pair, read_now, record,
    records, reset,
};
use evscope_reactor::{
    Addr, BevOptions, Bufferevent, Callbacks, Error, EvFlags, EvbufferCbInfo, EventBase,
    ListenerOptions, LoopEnd, LoopFlags, Recording, RecordingError, TriggerOptions,
};
use evscope_trace::{Event, Phase, Record};

const MS: Duration = Duration::from_millis(1);

/// Records with the text of this file at hand.
fn record_with_text<R>(program: impl FnOnce() -> R) -> Vec<Record> {
    let mut output = Vec::new();
    let recording = Recording::new("test").source(file!(), include_str!("recording.rs"));
    let (_, summary) = recording.record(&mut output, program);
    summary.unwrap();
    records(&output)
}

#[test]
fn a_hello_is_recorded_in_libevents_order() {
    let (mut base, mut peer);
    let records;
    ((base, peer), records) = record(|| {
        let mut base = new_base();
        let (ours, peer) = pair();
        let bev = base
            .bufferevent_socket_new(Some(ours.into()), BevOptions::CLOSE_ON_FREE)
            .unwrap();
        let writecb = |base: &mut EventBase, bev| base.bufferevent_free(bev);
        base.bufferevent_setcb(bev, Callbacks::new().writecb(writecb))
            .unwrap();
        base.bufferevent_enable(bev, EvFlags::WRITE).unwrap();
        base.bufferevent_disable(bev, EvFlags::READ).unwrap();
        base.bufferevent_write(bev, b"hello").unwrap();
        base.event_base_dispatch().unwrap();
        (base, peer)
    });
    let expected = "\
event_base_new
  event_assign
bufferevent_socket_new
  event_assign
  event_assign
  evbuffer_freeze
  evbuffer_freeze
bufferevent_setcb
bufferevent_enable
  be_socket_enable
    event_add
      backend_add
bufferevent_disable
  be_socket_disable
    event_del
bufferevent_write
  evbuffer_add
    evbuffer_cb
event_base_loop
  poll
  event_active
  bufferevent_writecb
    evbuffer_unfreeze
    evbuffer_write
      evbuffer_cb
    evbuffer_freeze
    event_del
      backend_del
    watermark
    writecb
      bufferevent_free
        bufferevent_setcb
    event_del
    event_del
    event_active
  bufferevent_finalize";
    let outline = outline(&records);
    assert_eq!(outline.join("\n"), expected);
    assert_eq!(read_now(&mut peer).0, b"hello");
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
}

#[test]
fn a_connection_is_recorded_in_libevents_order() {
    let ((), records) = record(|| {
        let mut base = new_base();
        let callback = |base: &mut EventBase, listener, fd: OwnedFd, _: &Addr| {
            let bev = base.bufferevent_socket_new(Some(fd), BevOptions::CLOSE_ON_FREE)?;
            let eventcb = |base: &mut EventBase, bev, _| base.bufferevent_free(bev);
            base.bufferevent_setcb(bev, Callbacks::new().eventcb(eventcb))?;
            base.bufferevent_setwatermark(bev, EvFlags::READ, 0, 2)?;
            base.bufferevent_enable(bev, EvFlags::READ)?;
            base.evconnlistener_free(listener)
        };
        let options = ListenerOptions::CLOSE_ON_FREE;
        let listener = base
            .evconnlistener_new_bind(callback, options, -1, localhost(0))
            .unwrap();
        let Some(Addr::Inet(addr)) = base.evconnlistener_get_addr(listener).unwrap() else {
            panic!("no address");
        };
        let mut client = TcpStream::connect(addr).unwrap();
        client.write_all(b"ab").unwrap();
        base.event_base_dispatch().unwrap();
    });
    assert_balanced(&records);
    let expected = "\
event_base_new
  event_assign
evconnlistener_new
  event_assign
  evconnlistener_enable
    event_add
      backend_add
event_base_loop
  poll
  event_active
  listener_read_cb
    accept
    listener_cb
      bufferevent_socket_new
        event_assign
        event_assign
        evbuffer_freeze
        evbuffer_freeze
      bufferevent_setcb
      bufferevent_setwatermark
        unsuspend_read
      bufferevent_enable
        be_socket_enable
          event_add
            backend_add
      evconnlistener_free
    event_del
      backend_del
  poll
  event_active
  bufferevent_readcb
    evbuffer_unfreeze
    evbuffer_read
      evbuffer_cb
        watermark
        suspend_read
          be_socket_disable
            event_del
              backend_del
    evbuffer_freeze
event_base_free
  bufferevent_finalize";
    let outline = outline(&records).join("\n");
    assert_eq!(outline, expected);
}

/// The functions that make the records of an event and do not have its name in theirs.
fn functions_of(event: &str) -> &[&str] {
    match event {
        "evbuffer_move" => &["move_all", "move_some"],
        "evbuffer_cb" => &["bufferevent_socket_outbuf_cb", "bufferevent_inbuf_wm_cb"],
        "bufferevent_setfd" => &["setfd"],
        "deferred_cb" => &["bufferevent_run_deferred_callbacks"],
        _ => &[],
    }
}

/// A program that does a bit of everything.
fn everything() {
    let mut base = new_base();
    let (ours, mut peer) = pair();
    let options = BevOptions::CLOSE_ON_FREE | BevOptions::DEFER_CALLBACKS;
    let bev = base
        .bufferevent_socket_new(Some(ours.into()), options)
        .unwrap();
    let callbacks = Callbacks::new()
        .readcb(|base: &mut EventBase, bev| {
            let buffer = base.evbuffer_new();
            base.bufferevent_read_buffer(bev, buffer)?;
            base.evbuffer_prepend(buffer, b">")?;
            base.bufferevent_write_buffer(bev, buffer)?;
            base.evbuffer_free(buffer)
        })
        .writecb(|_: &mut EventBase, _| {})
        .eventcb(|base: &mut EventBase, bev, _| base.bufferevent_free(bev));
    base.bufferevent_setcb(bev, callbacks).unwrap();
    base.bufferevent_setwatermark(bev, EvFlags::READ, 1, 4)
        .unwrap();
    base.bufferevent_set_timeouts(bev, Some(1000 * MS), Some(1000 * MS))
        .unwrap();
    base.bufferevent_enable(bev, EvFlags::READ | EvFlags::WRITE)
        .unwrap();
    base.bufferevent_trigger(bev, EvFlags::WRITE, TriggerOptions::empty())
        .unwrap();
    let output = base.bufferevent_get_output(bev).unwrap();
    base.evbuffer_add_cb(output, |_: &mut EventBase, _, _: &EvbufferCbInfo| {})
        .unwrap();
    peer.write_all(b"12345").unwrap();
    base.event_base_once_timeout(|_: &mut EventBase, _, _| {}, Some(MS))
        .unwrap();
    let timer = base.evtimer_new(|base: &mut EventBase, own, _| base.event_free(own));
    base.event_add(timer, Some(MS)).unwrap();
    let mut got = Vec::new();
    while got.len() < b">1234>5".len() {
        base.event_base_loop(LoopFlags::ONCE).unwrap();
        got.extend(read_now(&mut peer).0);
    }
    assert_eq!(got, b">1234>5");
    base.event_base_loopexit(Some(4 * MS)).unwrap();
    base.event_base_dispatch().unwrap();
    let connecting = base
        .bufferevent_socket_new(None, BevOptions::CLOSE_ON_FREE)
        .unwrap();
    let listener = std::net::TcpListener::bind(localhost(0)).unwrap();
    base.bufferevent_socket_connect(connecting, listener.local_addr().unwrap())
        .unwrap();
    base.event_base_loop(LoopFlags::ONCE).unwrap();
    drop(peer);
    base.event_base_loopexit(Some(4 * MS)).unwrap();
    base.event_base_dispatch().unwrap();
    base.event_base_free();
}

#[test]
fn every_enter_says_a_line_of_the_function_it_names() {
    let records = record_with_text(everything);
    assert_balanced(&records);
    assert!(records.len() > 200, "{}", records.len());
    let mut seen = HashSet::new();
    for record in &records {
        let src = record.src.as_ref().unwrap();
        let function = src.function.as_deref().unwrap_or_default();
        assert!(src.line > 0);
        seen.insert(record.event.name());
        if record.phase != Phase::Enter {
            continue;
        }
        let name = record.event.name();
        let users = [
            "readcb",
            "writecb",
            "eventcb",
            "listener_cb",
            "event_callback",
        ]
        .contains(&name)
            || (name == "evbuffer_cb" && !function.starts_with("bufferevent_"));
        if users {
            assert_eq!(src.file, "crates/reactor/tests/recording.rs", "{record:?}");
            assert_eq!(function, "everything", "{record:?}");
            let caller = record.caller.as_ref().unwrap();
            assert!(caller.file.starts_with("crates/reactor/src/"), "{record:?}");
        } else {
            assert!(src.file.starts_with("crates/reactor/src/"), "{record:?}");
            // `event_add` in `event_add_nolock`, `suspend_read` in `bufferevent_suspend_read`.
            let has_name = function.starts_with(name) || function.ends_with(name);
            let fits = has_name || functions_of(name).contains(&function);
            assert!(fits, "{name} is recorded in {function}");
        }
    }
    for name in [
        "deferred_cb",
        "connect",
        "watermark",
        "suspend_read",
        "evbuffer_move",
        "event_free",
    ] {
        assert!(seen.contains(name), "{name} is not in the trace");
    }
}

/// A callback that is a function, to be found by its name.
fn conn_writecb(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    base.bufferevent_free(bev)
}
const LINE_OF_CONN_WRITECB: u32 = line!() - 3;

#[test]
fn a_freed_bufferevent_with_a_timeout_is_not_scheduled_again() {
    let (_, records) = record(|| {
        let mut base = new_base();
        let (ours, _peer) = pair();
        let bev = base
            .bufferevent_socket_new(Some(ours.into()), BevOptions::CLOSE_ON_FREE)
            .unwrap();
        base.bufferevent_set_timeouts(bev, Some(MS), None).unwrap();
        base.bufferevent_enable(bev, EvFlags::READ).unwrap();
        base.bufferevent_free(bev).unwrap();
        base.event_base_dispatch().unwrap();
    });
    let freed = records
        .iter()
        .position(|record| matches!(record.event, Event::BuffereventFree {}))
        .unwrap();
    let after: Vec<&str> = records[freed..]
        .iter()
        .map(|record| record.event.name())
        .collect();
    assert!(after.contains(&"bufferevent_finalize"), "{after:?}");
    assert!(!after.contains(&"event_add"), "{after:?}");
}

#[test]
fn a_users_callback_is_recorded_at_its_first_line_and_a_call_at_the_users() {
    let records = record_with_text(|| {
        let mut base = new_base();
        let (ours, _peer) = pair();
        let bev = base
            .bufferevent_socket_new(Some(ours.into()), BevOptions::CLOSE_ON_FREE)
            .unwrap();
        base.bufferevent_setcb(bev, Callbacks::new().writecb(conn_writecb))
            .unwrap();
        base.bufferevent_enable(bev, EvFlags::WRITE).unwrap();
        base.event_base_dispatch().unwrap();
    });
    let writecb = records
        .iter()
        .find(|r| r.event.name() == "writecb")
        .unwrap();
    let src = writecb.src.as_ref().unwrap();
    assert_eq!((src.function.as_deref(), src.line), (Some("conn_writecb"), LINE_OF_CONN_WRITECB));
    assert_eq!(src.file, "crates/reactor/tests/recording.rs");
    let free = records
        .iter()
        .find(|r| r.event.name() == "bufferevent_free")
        .unwrap();
    let caller = free.caller.as_ref().unwrap();
    assert_eq!(
        (caller.file.as_ref(), caller.line),
        ("crates/reactor/tests/recording.rs", LINE_OF_CONN_WRITECB + 1)
    );
    assert_eq!(caller.function.as_deref(), Some("conn_writecb"));
}

#[test]
fn enters_and_exits_balance_whatever_the_callbacks_do() {
    let ((), records) = record(|| {
        let mut base = new_base();
        let panics = base.evtimer_new(|_: &mut EventBase, _, _| -> () { panic!("on purpose") });
        base.event_active(panics, EvFlags::TIMEOUT).unwrap();
        assert!(base.event_base_dispatch().is_err());

        let (ours, mut peer) = pair();
        let bev = base
            .bufferevent_socket_new(Some(ours.into()), BevOptions::CLOSE_ON_FREE)
            .unwrap();
        let input = base.bufferevent_get_input(bev).unwrap();
        base.evbuffer_add_cb(input, move |base: &mut EventBase, _, _: &_| -> () {
            base.bufferevent_free(bev).unwrap();
            panic!("on purpose, too")
        })
        .unwrap();
        base.bufferevent_enable(bev, EvFlags::READ).unwrap();
        peer.write_all(b"x").unwrap();
        assert!(base.event_base_dispatch().is_err());

        let (ours, peer) = connection();
        let bev = base
            .bufferevent_socket_new(Some(ours), BevOptions::CLOSE_ON_FREE)
            .unwrap();
        let eventcb = |base: &mut EventBase, bev, _| {
            base.bufferevent_free(bev).unwrap();
            Err::<(), _>("an error")
        };
        base.bufferevent_setcb(bev, Callbacks::new().eventcb(eventcb))
            .unwrap();
        base.bufferevent_enable(bev, EvFlags::READ).unwrap();
        reset(peer);
        assert!(base.event_base_dispatch().is_err());
        assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    });
    assert_balanced(&records);
    let errors = |record: &&Record| matches!(record.event, Event::Error { .. });
    assert_eq!(records.iter().filter(errors).count(), 3);
    let ended: Vec<_> = records
        .iter()
        .filter(|r| r.phase == Phase::Exit && r.event.name() == "event_base_loop")
        .map(|r| r.event.field("ended").unwrap().to_string())
        .collect();
    assert_eq!(ended, ["error", "error", "error", "empty"]);
}

#[test]
fn a_base_that_outlives_its_recording_is_recorded_until_its_end() {
    let mut output = Vec::new();
    let (mut base, summary) = Recording::new("outlived").record(&mut output, || {
        let mut base = new_base();
        base.evbuffer_new();
        base
    });
    let recorded = summary.unwrap().records;
    assert_eq!(outline(&records(&output)), ["event_base_new", "  event_assign", "evbuffer_new"]);
    for _ in 0..5000 {
        base.evbuffer_new();
    }
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    drop(base);
    assert_eq!(records(&output).len() as u64, recorded);
}

#[test]
fn two_bases_of_one_recording_are_recorded_in_the_order_of_time() {
    let ((), records) = record(|| {
        let (mut outer, inner) = (new_base(), new_base());
        let inner = std::cell::RefCell::new(inner);
        let event = outer.evtimer_new(move |_: &mut EventBase, _, _| {
            inner
                .borrow_mut()
                .event_base_loop(LoopFlags::NONBLOCK)
                .unwrap();
        });
        outer.event_active(event, EvFlags::TIMEOUT).unwrap();
        outer.event_base_dispatch().unwrap();
    });
    assert_balanced(&records);
    assert!(records.is_sorted_by_key(|record| record.t.0));
    let loops: Vec<_> = records
        .iter()
        .filter(|r| r.phase == Phase::Enter && r.event.name() == "event_base_loop")
        .map(|r| (r.objects.base.unwrap().0, r.depth))
        .collect();
    assert_eq!(loops, [(1, 0), (2, 2)]);
}

#[test]
fn a_program_that_panics_is_recorded_until_then_and_its_panic_goes_on() {
    let mut output = Vec::new();
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let recording = Recording::new("panics");
        recording.record(&mut output, || -> () {
            let mut base = new_base();
            base.evbuffer_new();
            std::mem::forget(base);
            panic!("on purpose")
        })
    }));
    assert!(outcome.is_err());
    assert_eq!(records(&output).len(), 4);
    // Nothing is left switched on.
    let mut base = new_base();
    base.event_base_loop(LoopFlags::NONBLOCK).unwrap();
    assert_eq!(records(&output).len(), 4);
}

/// A disk that is full after some bytes.
struct FullDisk(usize);

impl Write for FullDisk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let n = bytes.len().min(self.0);
        self.0 -= n;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn busy_program() {
    let mut base = new_base();
    for _ in 0..20_000 {
        let buffer = base.evbuffer_new();
        base.evbuffer_add(buffer, b"x").unwrap();
        base.evbuffer_free(buffer).unwrap();
    }
    base.event_base_loop(LoopFlags::NONBLOCK).unwrap();
}

#[test]
fn a_full_disk_does_not_stop_the_program_and_is_told() {
    for room in [0, 10, 5_000, 300_000] {
        let (returned, summary) = Recording::new("full").record(FullDisk(room), || {
            busy_program();
            "done"
        });
        assert_eq!(returned, "done");
        let error = summary.unwrap_err();
        assert!(matches!(error, RecordingError::Write(_)), "{error:?}");
        assert!(error.to_string().starts_with("cannot write the trace: "), "{error}");
    }
}

#[test]
fn an_output_that_panics_does_not_stop_the_program_and_is_told() {
    struct Panics;
    impl Write for Panics {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            panic!("on purpose")
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let ((), summary) = Recording::new("panics").record(Panics, busy_program);
    assert!(matches!(summary, Err(RecordingError::Panicked)));
}

#[test]
fn without_a_recording_nothing_is_recorded() {
    let before = new_base();
    let ((), records) = record(|| {
        // Made before: not part of it.
        let mut base = before;
        base.evbuffer_new();
        // Nor what another thread makes.
        std::thread::spawn(|| EventBase::new().unwrap().evbuffer_new())
            .join()
            .unwrap();
    });
    assert!(records.is_empty(), "{records:?}");
}

#[test]
fn a_recording_within_a_recording_is_one_of_its_own() {
    let (inner, outer) = record(|| {
        let _base = new_base();
        let ((), inner) = record(|| drop(new_base()));
        new_base().evbuffer_new();
        inner
    });
    assert_eq!(outline(&inner)[0], "event_base_new");
    let bases = |records: &[Record]| {
        records
            .iter()
            .filter(|r| r.phase == Phase::Enter && r.event.name() == "event_base_new")
            .count()
    };
    assert_eq!((bases(&inner), bases(&outer)), (1, 2));
}

#[test]
fn what_was_recorded_can_be_read_while_the_program_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("growing.jsonl");
    let output = std::fs::File::create(&path).unwrap();
    let (seen, summary) = Recording::new("growing").record(output, || {
        let mut base = new_base();
        let seen = std::rc::Rc::new(std::cell::Cell::new(0));
        let count = std::rc::Rc::clone(&seen);
        let event = base.evtimer_new_persist(move |base: &mut EventBase, _, _| {
            let mut text = String::new();
            std::fs::File::open(&path)
                .unwrap()
                .read_to_string(&mut text)
                .unwrap();
            count.set(text.matches("\"ev\":\"evbuffer_new\"").count());
            if count.get() > 0 {
                base.event_base_loopbreak();
            }
        });
        base.event_add(event, Some(MS)).unwrap();
        base.evbuffer_new();
        assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Break);
        seen.get()
    });
    assert_eq!(seen, 1);
    summary.unwrap();
}

/// To say how many pieces there are, none is looked at.
#[test]
fn a_look_at_many_pieces_takes_no_longer() {
    const ROUNDS: usize = 5;
    const LOOKS: usize = 60;
    let best = |all: u64| {
        let (best, records) = record(|| {
            let mut base = new_base();
            let buffer = base.evbuffer_new();
            for _ in 0..all {
                base.evbuffer_add_reference(buffer, &b"0123456789"[..])
                    .unwrap();
            }
            let rounds = (0..ROUNDS).map(|_| {
                let began = cpu_time();
                for _ in 0..LOOKS {
                    let first = base.evbuffer_peek(buffer).unwrap().next();
                    assert_eq!(first.map(<[u8]>::len), Some(10));
                }
                cpu_time() - began
            });
            rounds.fold(f64::INFINITY, f64::min)
        });
        let seen = records.iter().filter(|record| {
            matches!(record.event, Event::EvbufferPeek { pieces, bytes, .. }
                if (pieces, bytes) == (all, 10 * all))
        });
        assert_eq!(seen.count(), ROUNDS * LOOKS);
        best
    };
    let (few, many) = (best(16), best(20_000));
    assert!(many < 20.0 * few, "{few} s at 16 pieces, {many} s at 20,000");
}
