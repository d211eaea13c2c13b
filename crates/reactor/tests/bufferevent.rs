//! Bufferevents and their bytes: what is read, written, held back and told, with real sockets.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::cell::{Cell, RefCell};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use common::{Log, connection, fill, new_base, pair, read_now};
use evscope_reactor::{
    BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, EventBase, LoopEnd, LoopFlags,
    TriggerOptions, Watermarks,
};
use rustix::net::sockopt;

const MS: Duration = Duration::from_millis(1);

/// A bufferevent and its peer.
fn bev_pair(base: &mut EventBase, options: BevOptions) -> (Bufferevent, UnixStream) {
    let (ours, theirs) = pair();
    let options = options | BevOptions::CLOSE_ON_FREE;
    (
        base.bufferevent_socket_new(Some(ours.into()), options)
            .unwrap(),
        theirs,
    )
}

/// All of the input, taken out.
fn take_input(base: &mut EventBase, bev: Bufferevent) -> Vec<u8> {
    let input = base.bufferevent_get_input(bev).unwrap();
    let mut bytes = vec![0; base.evbuffer_get_length(input).unwrap()];
    assert_eq!(base.bufferevent_read(bev, &mut bytes).unwrap(), bytes.len());
    bytes
}

fn input_length(base: &EventBase, bev: Bufferevent) -> usize {
    base.evbuffer_get_length(base.bufferevent_get_input(bev).unwrap())
        .unwrap()
}

/// Runs what is ready, and nothing more.
fn turn(base: &mut EventBase) {
    base.event_base_loop(LoopFlags::NONBLOCK).unwrap();
}

/// Bytes in which every place can be told from its neighbours.
fn pattern(n: usize) -> Vec<u8> {
    (0..n as u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect()
}

#[test]
fn sixteen_mib_reach_a_slow_reader_byte_for_byte() {
    const LEN: usize = 16 << 20;
    let (ours, mut peer) = UnixStream::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    sockopt::set_socket_send_buffer_size(&ours, 4096).unwrap();
    let reader = std::thread::spawn(move || {
        let mut got = Vec::with_capacity(LEN);
        let mut chunk = vec![0; 100_000];
        loop {
            let n = peer.read(&mut chunk).unwrap();
            if n == 0 {
                return got;
            }
            got.extend_from_slice(&chunk[..n]);
            if got.len() % 7 == 0 {
                std::thread::yield_now();
            }
        }
    });
    let sent = pattern(LEN);
    let mut base = new_base();
    let bev = base
        .bufferevent_socket_new(Some(ours.into()), BevOptions::CLOSE_ON_FREE)
        .unwrap();
    let writes = Rc::new(Cell::new(0));
    let counted = Rc::clone(&writes);
    let writecb = move |base: &mut EventBase, bev| {
        counted.set(counted.get() + 1);
        base.bufferevent_free(bev)
    };
    base.bufferevent_setcb(bev, Callbacks::new().writecb(writecb))
        .unwrap();
    for piece in sent.chunks(1_000_003) {
        base.bufferevent_write(bev, piece).unwrap();
    }
    let output = base.bufferevent_get_output(bev).unwrap();
    assert_eq!(base.evbuffer_get_length(output).unwrap(), LEN);
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert_eq!(writes.get(), 1, "only when all was written");
    assert!(reader.join().unwrap() == sent, "other bytes arrived");
}

#[test]
fn an_echo_gives_back_every_byte() {
    const LEN: usize = 2 << 20;
    let (ours, mut peer) = connection();
    let mut base = new_base();
    let bev = base
        .bufferevent_socket_new(Some(ours), BevOptions::CLOSE_ON_FREE)
        .unwrap();
    let callbacks = Callbacks::new()
        .readcb(|base: &mut EventBase, bev| {
            let input = base.bufferevent_get_input(bev)?;
            base.bufferevent_write_buffer(bev, input)
        })
        .eventcb(|base: &mut EventBase, bev, what| {
            assert_eq!(what, BevEvents::READING | BevEvents::EOF);
            // What was read before the end still goes out; then that is the end of it.
            let output = base.bufferevent_get_output(bev)?;
            if base.evbuffer_get_length(output)? == 0 {
                return base.bufferevent_free(bev);
            }
            let writecb = |base: &mut EventBase, bev| base.bufferevent_free(bev);
            base.bufferevent_setcb(bev, Callbacks::new().writecb(writecb))
        });
    base.bufferevent_setcb(bev, callbacks).unwrap();
    base.bufferevent_enable(bev, EvFlags::READ).unwrap();
    let client = std::thread::spawn(move || {
        let sent = pattern(LEN);
        let mut writer = peer.try_clone().unwrap();
        let copy = sent.clone();
        let writing = std::thread::spawn(move || {
            writer.write_all(&copy).unwrap();
            writer.shutdown(std::net::Shutdown::Write).unwrap();
        });
        let mut got = Vec::new();
        peer.read_to_end(&mut got).unwrap();
        writing.join().unwrap();
        assert!(got == sent, "other bytes came back");
    });
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    client.join().unwrap();
}

#[test]
fn a_new_one_writes_and_does_not_read() {
    let mut base = new_base();
    let (bev, mut peer) = bev_pair(&mut base, BevOptions::empty());
    assert_eq!(base.bufferevent_get_enabled(bev).unwrap(), EvFlags::WRITE);
    peer.write_all(b"unread").unwrap();
    base.bufferevent_write(bev, b"written").unwrap();
    turn(&mut base);
    assert_eq!(input_length(&base, bev), 0);
    assert_eq!(read_now(&mut peer), (b"written".to_vec(), false));
    base.bufferevent_enable(bev, EvFlags::READ).unwrap();
    turn(&mut base);
    assert_eq!(take_input(&mut base, bev), b"unread");
}

#[test]
fn a_disabled_side_keeps_its_bytes_until_it_is_enabled() {
    let mut base = new_base();
    let (bev, mut peer) = bev_pair(&mut base, BevOptions::empty());
    base.bufferevent_disable(bev, EvFlags::WRITE).unwrap();
    base.bufferevent_write(bev, b"later").unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert_eq!(read_now(&mut peer), (vec![], false));
    base.bufferevent_enable(bev, EvFlags::WRITE).unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert_eq!(read_now(&mut peer), (b"later".to_vec(), false));
}

#[test]
fn enabling_an_empty_output_calls_back_once() {
    let mut base = new_base();
    let (bev, _peer) = bev_pair(&mut base, BevOptions::empty());
    let count = Rc::new(Cell::new(0));
    let counted = Rc::clone(&count);
    let writecb = move |_: &mut EventBase, _| counted.set(counted.get() + 1);
    base.bufferevent_setcb(bev, Callbacks::new().writecb(writecb))
        .unwrap();
    base.bufferevent_enable(bev, EvFlags::WRITE).unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert_eq!(count.get(), 1);
}

#[test]
fn the_read_callback_waits_for_the_low_mark() {
    let mut base = new_base();
    let (bev, mut peer) = bev_pair(&mut base, BevOptions::empty());
    let log = Log::new();
    let seen = log.clone();
    let readcb = move |base: &mut EventBase, bev| seen.push(take_input(base, bev));
    base.bufferevent_setcb(bev, Callbacks::new().readcb(readcb))
        .unwrap();
    base.bufferevent_setwatermark(bev, EvFlags::READ, 4, 0)
        .unwrap();
    base.bufferevent_enable(bev, EvFlags::READ).unwrap();
    for bytes in ["ab", "c", "de", "fgh", "i"] {
        peer.write_all(bytes.as_bytes()).unwrap();
        turn(&mut base);
    }
    assert_eq!(log.take(), [b"abcde".to_vec(), b"fghi".to_vec()]);
}

#[test]
fn reading_stops_at_the_high_mark_and_goes_on_below() {
    let mut base = new_base();
    let (bev, mut peer) = bev_pair(&mut base, BevOptions::empty());
    base.bufferevent_setwatermark(bev, EvFlags::READ, 0, 10)
        .unwrap();
    base.bufferevent_enable(bev, EvFlags::READ).unwrap();
    peer.write_all(b"0123456789abcdefghij!").unwrap();
    for _ in 0..3 {
        turn(&mut base);
        assert_eq!(input_length(&base, bev), 10);
    }
    // Suspended, it does not even keep the loop alive.
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert_eq!(base.bufferevent_get_enabled(bev).unwrap(), EvFlags::READ | EvFlags::WRITE);

    // Enabling does not lift the suspension; taking bytes out does.
    base.bufferevent_enable(bev, EvFlags::READ).unwrap();
    turn(&mut base);
    assert_eq!(input_length(&base, bev), 10);
    let mut three = [0; 3];
    base.bufferevent_read(bev, &mut three).unwrap();
    assert_eq!(&three, b"012");
    turn(&mut base);
    assert_eq!(take_input(&mut base, bev), b"3456789abc");
    turn(&mut base);
    assert_eq!(input_length(&base, bev), 8);

    // A mark that is lowered below what is there suspends at once; one that goes away reads on.
    base.bufferevent_setwatermark(bev, EvFlags::READ, 0, 5)
        .unwrap();
    peer.write_all(b"more").unwrap();
    turn(&mut base);
    assert_eq!(input_length(&base, bev), 8);
    base.bufferevent_setwatermark(bev, EvFlags::READ, 0, 0)
        .unwrap();
    turn(&mut base);
    assert_eq!(take_input(&mut base, bev), b"defghij!more");
}

#[test]
fn a_read_callback_that_takes_nothing_at_the_high_mark_is_called_again() {
    let mut base = new_base();
    let (bev, mut peer) = bev_pair(&mut base, BevOptions::empty());
    let log = Log::new();
    let seen = log.clone();
    let readcb = move |base: &mut EventBase, bev| {
        seen.push(input_length(base, bev));
        if seen.len() >= 3 {
            take_input(base, bev);
        }
    };
    base.bufferevent_setcb(bev, Callbacks::new().readcb(readcb))
        .unwrap();
    base.bufferevent_setwatermark(bev, EvFlags::READ, 0, 4)
        .unwrap();
    base.bufferevent_enable(bev, EvFlags::READ).unwrap();
    peer.write_all(b"12345").unwrap();
    drop(peer);
    base.event_base_dispatch().unwrap();
    assert_eq!(log.take(), [4, 4, 4, 1]);
}

#[test]
fn the_write_callback_runs_at_the_low_mark() {
    let mut base = new_base();
    let (ours, mut peer) = pair();
    let filled = fill(&ours);
    let bev = base
        .bufferevent_socket_new(Some(ours.into()), BevOptions::CLOSE_ON_FREE)
        .unwrap();
    let log = Log::new();
    let seen = log.clone();
    let writecb = move |base: &mut EventBase, bev| {
        let output = base.bufferevent_get_output(bev).unwrap();
        seen.push(base.evbuffer_get_length(output).unwrap());
    };
    base.bufferevent_setcb(bev, Callbacks::new().writecb(writecb))
        .unwrap();
    base.bufferevent_setwatermark(bev, EvFlags::WRITE, 30_000, 0)
        .unwrap();
    base.bufferevent_write(bev, &pattern(100_000)).unwrap();
    turn(&mut base);
    assert!(log.is_empty(), "the socket takes nothing now");
    let mut got = 0;
    while got < filled + 100_000 {
        got += read_now(&mut peer).0.len();
        turn(&mut base);
    }
    let seen = log.take();
    // At most 16384 bytes at once: 100000, 83616, … and the first at or under the mark is told.
    assert!(seen[0] <= 30_000 && seen[0] > 30_000 - 16_384, "{seen:?}");
    assert!(seen.is_sorted_by(|a, b| a >= b) && seen.last() == Some(&0), "{seen:?}");
    let marks = base.bufferevent_getwatermark(bev, EvFlags::WRITE).unwrap();
    assert_eq!(marks, Watermarks { low: 30_000, high: 0 });
    let both = base.bufferevent_getwatermark(bev, EvFlags::READ | EvFlags::WRITE);
    assert!(matches!(both, Err(Error::Invalid { .. })));
}

#[test]
fn single_reads_and_writes_can_be_limited() {
    let mut base = new_base();
    let (bev, mut peer) = bev_pair(&mut base, BevOptions::empty());
    base.bufferevent_set_max_single_read(bev, 3).unwrap();
    base.bufferevent_set_max_single_write(bev, 2).unwrap();
    base.bufferevent_enable(bev, EvFlags::READ).unwrap();
    peer.write_all(b"abcdef").unwrap();
    base.bufferevent_write(bev, b"12345").unwrap();
    base.event_base_loop(LoopFlags::ONCE).unwrap();
    assert_eq!(take_input(&mut base, bev), b"abc");
    assert_eq!(read_now(&mut peer).0, b"12");
    base.bufferevent_set_max_single_read(bev, 0).unwrap();
    base.bufferevent_set_max_single_write(bev, usize::MAX)
        .unwrap();
    base.event_base_loop(LoopFlags::ONCE).unwrap();
    assert_eq!(take_input(&mut base, bev), b"def");
    assert_eq!(read_now(&mut peer).0, b"345");
}

#[test]
fn deferred_callbacks_come_in_their_order() {
    let mut base = new_base();
    let (bev, _peer) = bev_pair(&mut base, BevOptions::DEFER_CALLBACKS);
    let log = Log::new();
    let (read, written, told) = (log.clone(), log.clone(), log.clone());
    let callbacks = Callbacks::new()
        .readcb(move |_: &mut EventBase, _| read.push("read".to_owned()))
        .writecb(move |_: &mut EventBase, _| written.push("write".to_owned()))
        .eventcb(move |_: &mut EventBase, _, what: BevEvents| told.push(format!("{what:?}")));
    base.bufferevent_setcb(bev, callbacks).unwrap();
    let none = TriggerOptions::empty();
    base.bufferevent_trigger_event(bev, BevEvents::EOF, none)
        .unwrap();
    base.bufferevent_trigger(bev, EvFlags::WRITE, none).unwrap();
    base.bufferevent_trigger(bev, EvFlags::READ, none).unwrap();
    base.bufferevent_trigger(bev, EvFlags::READ, none).unwrap();
    base.bufferevent_trigger_event(bev, BevEvents::CONNECTED, none)
        .unwrap();
    base.bufferevent_trigger_event(bev, BevEvents::TIMEOUT, none)
        .unwrap();
    assert!(log.is_empty());
    base.event_base_dispatch().unwrap();
    let connected = format!("{:?}", BevEvents::CONNECTED);
    let others = format!("{:?}", BevEvents::EOF | BevEvents::TIMEOUT);
    assert_eq!(log.take(), [connected, "read".to_owned(), "write".to_owned(), others]);
}

#[test]
fn triggering_obeys_the_marks_unless_told_not_to() {
    let mut base = new_base();
    let (bev, _peer) = bev_pair(&mut base, BevOptions::empty());
    let log = Log::new();
    let (read, written) = (log.clone(), log.clone());
    let callbacks = Callbacks::new()
        .readcb(move |_: &mut EventBase, _| read.push("read"))
        .writecb(move |_: &mut EventBase, _| written.push("write"));
    base.bufferevent_setcb(bev, callbacks).unwrap();
    base.bufferevent_setwatermark(bev, EvFlags::READ, 1, 0)
        .unwrap();
    let both = EvFlags::READ | EvFlags::WRITE;
    base.bufferevent_trigger(bev, both, TriggerOptions::empty())
        .unwrap();
    assert_eq!(log.take(), ["write"]);
    base.bufferevent_trigger(bev, both, TriggerOptions::IGNORE_WATERMARKS)
        .unwrap();
    assert_eq!(log.take(), ["read", "write"]);
    base.bufferevent_trigger(bev, both, TriggerOptions::all())
        .unwrap();
    assert!(log.is_empty());
    base.event_base_dispatch().unwrap();
    assert_eq!(log.take(), ["read", "write"]);
}

#[test]
fn a_read_timeout_counts_while_reading_is_enabled() {
    let mut base = new_base();
    let (bev, mut peer) = bev_pair(&mut base, BevOptions::empty());
    let log = Log::new();
    let told = log.clone();
    let eventcb = move |_: &mut EventBase, _, what| told.push(what);
    base.bufferevent_setcb(bev, Callbacks::new().eventcb(eventcb))
        .unwrap();
    base.bufferevent_set_timeouts(bev, Some(5 * MS), Some(5 * MS))
        .unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty, "neither side waits");
    base.bufferevent_enable(bev, EvFlags::READ).unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert_eq!(log.take(), [BevEvents::READING | BevEvents::TIMEOUT]);
    assert_eq!(base.bufferevent_get_enabled(bev).unwrap(), EvFlags::WRITE, "it disabled the side");

    // Bytes push it away.
    base.bufferevent_enable(bev, EvFlags::READ).unwrap();
    base.bufferevent_set_timeouts(bev, Some(10_000 * MS), None)
        .unwrap();
    peer.write_all(b"x").unwrap();
    std::thread::sleep(5 * MS);
    turn(&mut base);
    assert!(log.is_empty());
    base.bufferevent_set_timeouts(bev, None, None).unwrap();
    base.event_base_loopexit(Some(5 * MS)).unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Exit);
    assert!(log.is_empty());
}

#[test]
fn a_write_timeout_counts_while_there_is_something_to_write() {
    let mut base = new_base();
    let (ours, _peer) = pair();
    fill(&ours);
    let bev = base
        .bufferevent_socket_new(Some(ours.into()), BevOptions::CLOSE_ON_FREE)
        .unwrap();
    let log = Log::new();
    let told = log.clone();
    let eventcb = move |_: &mut EventBase, _, what| told.push(what);
    base.bufferevent_setcb(bev, Callbacks::new().eventcb(eventcb))
        .unwrap();
    base.bufferevent_set_timeouts(bev, None, Some(5 * MS))
        .unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    base.bufferevent_write(bev, b"no room for this").unwrap();
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
    assert_eq!(log.take(), [BevEvents::WRITING | BevEvents::TIMEOUT]);
    let output = base.bufferevent_get_output(bev).unwrap();
    assert_eq!(base.evbuffer_get_length(output).unwrap(), 16, "nothing is lost");
}

#[test]
fn another_socket_takes_over() {
    let mut base = new_base();
    let (bev, mut first) = bev_pair(&mut base, BevOptions::empty());
    base.bufferevent_enable(bev, EvFlags::READ).unwrap();
    base.bufferevent_disable(bev, EvFlags::WRITE).unwrap();
    first.write_all(b"1").unwrap();
    turn(&mut base);
    base.bufferevent_write(bev, b"to the second").unwrap();
    let (ours, mut second) = pair();
    let raw = ours.as_raw_fd();
    let old = base
        .bufferevent_setfd(bev, Some(ours.into()))
        .unwrap()
        .unwrap();
    assert_eq!(base.bufferevent_getfd(bev).unwrap(), Some(raw));
    first.write_all(b"unread").unwrap();
    second.write_all(b"2").unwrap();
    base.bufferevent_enable(bev, EvFlags::WRITE).unwrap();
    turn(&mut base);
    turn(&mut base);
    assert_eq!(take_input(&mut base, bev), b"12");
    assert_eq!(read_now(&mut second).0, b"to the second");
    // The old one is the caller's: still open, and closed when he drops it.
    assert_eq!(read_now(&mut first), (vec![], false));
    drop(old);
    assert_eq!(first.read(&mut [0]).unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);

    let taken = base.bufferevent_setfd(bev, None).unwrap();
    assert_eq!(taken.unwrap().as_raw_fd(), raw);
    assert_eq!(base.bufferevent_getfd(bev).unwrap(), None);
    assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
}

#[test]
fn the_more_urgent_bufferevent_runs_first() {
    for deferred in [false, true] {
        let mut base = new_base();
        base.event_base_priority_init(3).unwrap();
        let log = Log::new();
        let mut peers = Vec::new();
        for priority in [1, 2, 0] {
            let options = if deferred {
                BevOptions::DEFER_CALLBACKS
            } else {
                BevOptions::empty()
            };
            let (bev, mut peer) = bev_pair(&mut base, options);
            let log = log.clone();
            let readcb = move |base: &mut EventBase, bev| {
                log.push(priority);
                base.bufferevent_free(bev)
            };
            base.bufferevent_setcb(bev, Callbacks::new().readcb(readcb))
                .unwrap();
            base.bufferevent_priority_set(bev, priority).unwrap();
            assert_eq!(base.bufferevent_get_priority(bev).unwrap(), priority);
            assert!(base.bufferevent_priority_set(bev, 3).is_err());
            if deferred {
                let none = TriggerOptions::empty();
                base.bufferevent_trigger(bev, EvFlags::READ, none).unwrap();
            } else {
                base.bufferevent_enable(bev, EvFlags::READ).unwrap();
                peer.write_all(b"x").unwrap();
            }
            peers.push(peer);
        }
        assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Empty);
        assert_eq!(log.take(), [0, 1, 2], "deferred: {deferred}");
    }
}

#[test]
fn callbacks_can_be_read_back_and_exchanged_while_they_run() {
    let mut base = new_base();
    let (bev, mut peer) = bev_pair(&mut base, BevOptions::empty());
    let log = Log::new();
    let (first, second) = (log.clone(), log.clone());
    let second =
        Rc::new(RefCell::new(Some(Callbacks::new().readcb(move |base: &mut EventBase, bev| {
            second.push(("second", take_input(base, bev)));
        }))));
    let readcb = move |base: &mut EventBase, bev| {
        first.push(("first", take_input(base, bev)));
        base.bufferevent_setcb(bev, second.take().unwrap())
    };
    base.bufferevent_setcb(bev, Callbacks::new().readcb(readcb))
        .unwrap();
    base.bufferevent_enable(bev, EvFlags::READ).unwrap();
    for bytes in ["1", "2"] {
        peer.write_all(bytes.as_bytes()).unwrap();
        turn(&mut base);
    }
    assert_eq!(log.take(), [("first", b"1".to_vec()), ("second", b"2".to_vec())]);
    let callbacks = base.bufferevent_getcb(bev).unwrap();
    assert!(format!("{callbacks:?}").contains("readcb: Some"), "{callbacks:?}");
}

#[test]
fn bytes_added_to_the_output_by_any_way_are_written() {
    let mut base = new_base();
    let (bev, mut peer) = bev_pair(&mut base, BevOptions::empty());
    let output = base.bufferevent_get_output(bev).unwrap();
    base.evbuffer_add(output, b"add ").unwrap();
    let other = base.evbuffer_new();
    base.evbuffer_add(other, b"move rest").unwrap();
    base.evbuffer_remove_buffer(other, output, 5).unwrap();
    base.bufferevent_write_buffer(bev, other).unwrap();
    base.event_base_dispatch().unwrap();
    assert_eq!(read_now(&mut peer).0, b"add move rest");
}
