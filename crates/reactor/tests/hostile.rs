//! What a program should not do, and what becomes of it: an error or a bound, never the end of the process.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::cell::Cell;
use std::io::{IoSlice, Write};
use std::rc::Rc;
use std::time::Duration;

use common::{assert_balanced, new_base, outline, pair, record};
use evscope_reactor::{
    BevOptions, BufferEnd, Bufferevent, Callbacks, EolStyle, Error, EvFlags, Evbuffer,
    EvbufferFileSegment, EvbufferFlags, EventBase, FileSegmentFlags, FilterResult, LoopEnd,
    Recording, TokenBucketConfig, TriggerOptions,
};

const LENGTHS: [usize; 8] = [
    0,
    1,
    5000,
    1 << 62,
    isize::MAX as usize - 1,
    isize::MAX as usize,
    isize::MAX as usize + 1,
    usize::MAX,
];

/// More than any process has.
const TOO_MUCH: usize = 1 << 62;

fn buffer_with(base: &mut EventBase, bytes: &[u8]) -> Evbuffer {
    let buffer = base.evbuffer_new();
    base.evbuffer_add(buffer, bytes).unwrap();
    buffer
}

#[test]
fn room_that_nobody_has_is_an_error() {
    let mut base = new_base();
    for len in LENGTHS {
        for content in [&b""[..], b"some", &[7; 5000]] {
            let buffer = buffer_with(&mut base, content);
            let fits = len < TOO_MUCH;
            assert_eq!(base.evbuffer_expand(buffer, len).is_ok(), fits, "{len}");
            let reserved = base.evbuffer_reserve_space(buffer, len);
            assert_eq!(reserved.is_ok_and(|room| room.len() >= len), fits, "{len}");
            let reserved = base.evbuffer_reserve_space_in_two(buffer, len);
            assert_eq!(reserved.is_ok(), fits, "{len}");
            let committed = base.evbuffer_commit_space(buffer, &[len, len]);
            assert_eq!(committed.is_ok(), len == 0, "{len}");
            // It is as it was.
            base.evbuffer_add(buffer, b"more").unwrap();
            let all = [content, b"more"].concat();
            assert_eq!(base.evbuffer_pullup(buffer, all.len()).unwrap(), Some(&*all));
        }
    }
    let buffer = base.evbuffer_new();
    let error = base.evbuffer_expand(buffer, usize::MAX).unwrap_err();
    assert!(error.to_string().starts_with("evbuffer_expand: "), "{error}");
}

#[test]
fn any_length_may_be_asked_for() {
    let mut base = new_base();
    for len in LENGTHS {
        let buffer = buffer_with(&mut base, b"a line\n");
        let other = buffer_with(&mut base, b"another");
        assert_eq!(base.evbuffer_pullup(buffer, len).unwrap().is_some(), len <= 7);
        let range = base.evbuffer_search_range(buffer, b"\n", len, len);
        range.unwrap();
        base.evbuffer_search_eol(buffer, EolStyle::Lf, len).unwrap();
        base.evbuffer_copyout_from(buffer, len, &mut [0; 3])
            .unwrap();
        assert!(
            base.evbuffer_peek_from(buffer, len, Some(len))
                .unwrap()
                .count()
                <= 1
        );
        base.evbuffer_remove_buffer(other, buffer, len).unwrap();
        base.evbuffer_drain(buffer, len).unwrap();
        let (ours, mut peer) = pair();
        peer.write_all(b"x").unwrap();
        let _ = base.evbuffer_read(buffer, &ours, Some(len));
        let _ = base.evbuffer_write_atmost(buffer, &ours, Some(len));

        let options = BevOptions::CLOSE_ON_FREE;
        let bev = base
            .bufferevent_socket_new(Some(ours.into()), options)
            .unwrap();
        base.bufferevent_set_max_single_read(bev, len).unwrap();
        base.bufferevent_set_max_single_write(bev, len).unwrap();
        let both = EvFlags::READ | EvFlags::WRITE;
        base.bufferevent_setwatermark(bev, both, len, len).unwrap();
        let signed = len as i64;
        for rate in LENGTHS {
            let Ok(config) = TokenBucketConfig::new(rate, len, rate, len, Some(Duration::MAX))
            else {
                continue;
            };
            base.bufferevent_set_rate_limit(bev, Some(config)).unwrap();
            let group = base.bufferevent_rate_limit_group_new(config).unwrap();
            let _ = base.bufferevent_rate_limit_group_set_min_share(group, len);
            base.bufferevent_add_to_rate_limit_group(bev, group)
                .unwrap();
            for bytes in [signed, i64::MIN, i64::MAX, signed] {
                base.bufferevent_decrement_read_limit(bev, bytes).unwrap();
                base.bufferevent_decrement_write_limit(bev, bytes).unwrap();
                base.bufferevent_rate_limit_group_decrement_read(group, bytes)
                    .unwrap();
                base.bufferevent_rate_limit_group_decrement_write(group, bytes)
                    .unwrap();
                base.bufferevent_get_max_to_read(bev).unwrap();
                base.bufferevent_get_max_to_write(bev).unwrap();
            }
        }
        base.bufferevent_set_timeouts(bev, Some(Duration::MAX), Some(Duration::MAX))
            .unwrap();
        base.bufferevent_enable(bev, EvFlags::READ).unwrap();
        let timer = base.evtimer_new_persist(|_, _, _| ());
        base.event_add(timer, Some(Duration::MAX)).unwrap();
        base.event_base_loop(evscope_reactor::LoopFlags::NONBLOCK)
            .unwrap();
    }
}

/// Bytes that take no memory: a part of a file that is sent by the kernel.
fn endless_file(base: &mut EventBase) -> Evbuffer {
    let buffer = base.evbuffer_new();
    base.evbuffer_set_flags(buffer, EvbufferFlags::DRAINS_TO_FD)
        .unwrap();
    let file = std::fs::File::open("/dev/null").unwrap();
    base.evbuffer_add_file(buffer, file, 0, Some(i64::MAX as u64))
        .unwrap();
    buffer
}

#[test]
fn a_part_of_a_file_that_is_longer_than_the_file_takes_no_memory() {
    let mut base = new_base();
    let file = || std::fs::File::open("/dev/null").unwrap();
    let length = Some(i64::MAX as u64);
    let read_at_once = FileSegmentFlags::DISABLE_SENDFILE;
    assert!(EvbufferFileSegment::new(file(), 0, length, read_at_once).is_err());
    let buffer = base.evbuffer_new();
    assert!(base.evbuffer_add_file(buffer, file(), 0, length).is_err());
    let buffer = endless_file(&mut base);
    assert!(base.evbuffer_pullup(buffer, 1 << 40).is_err());
    assert!(base.evbuffer_pullup(buffer, usize::MAX).is_err());
    assert!(base.evbuffer_readln(buffer, EolStyle::Lf).is_err());
    assert!(base.evbuffer_copyout(buffer, &mut [0; 4]).is_err());
}

#[test]
fn no_buffer_is_longer_than_a_number_can_say() {
    let mut base = new_base();
    let told = Rc::new(Cell::new(0_u32));
    let long = endless_file(&mut base);
    let count = Rc::clone(&told);
    base.evbuffer_add_cb(long, move |_, _, _| count.set(count.get() + 1))
        .unwrap();
    base.evbuffer_defer_callbacks(long).unwrap();
    for _ in 0..5 {
        let another = endless_file(&mut base);
        let moved = base.evbuffer_add_buffer(long, another);
        assert!(matches!(moved, Err(Error::Invalid { .. })), "{moved:?}");
        assert!(base.evbuffer_prepend_buffer(long, another).is_err());
        assert!(
            base.evbuffer_remove_buffer(another, long, TOO_MUCH)
                .is_err()
        );
        assert!(base.evbuffer_add_reference(long, vec![0; 10]).is_err());
        let little = buffer_with(&mut base, b"little");
        assert!(base.evbuffer_add_buffer(long, little).is_err());
        assert!(base.evbuffer_add_buffer_reference(long, little).is_err());
        // These take memory, of which nobody has so much.
        base.evbuffer_add(long, b"1").unwrap();
        base.evbuffer_prepend(long, b"2").unwrap();
        base.evbuffer_add_iovec(long, &[IoSlice::new(b"3"), IoSlice::new(b"4")])
            .unwrap();
        base.evbuffer_add_printf(long, format_args!("{}", 5))
            .unwrap();
        // What was put off is summed up.
        base.evbuffer_drain(long, usize::MAX).unwrap();
        let again = endless_file(&mut base);
        base.evbuffer_add_buffer(long, again).unwrap();
    }
    base.event_base_dispatch().unwrap();
    assert!(told.get() > 0);
}

#[test]
fn a_recording_that_keeps_all_bytes_keeps_what_a_trace_can_hold() {
    let mut base_trace = Vec::new();
    let (outcome, summary) =
        Recording::new("payload")
            .payload(usize::MAX)
            .record(&mut base_trace, || {
                let mut base = EventBase::new()?;
                let buffer = base.evbuffer_new();
                base.evbuffer_add(buffer, &vec![7; 40 << 20])
            });
    outcome.unwrap();
    summary.unwrap();
    assert!(base_trace.len() < 64 << 20, "{}", base_trace.len());
}

fn in_place_of_another(base: &mut EventBase, how: u32, kept: &mut Vec<EventBase>) {
    let mut other = EventBase::new().unwrap();
    match how {
        0 => *base = other,
        1 => kept.push(std::mem::replace(base, other)),
        _ => {
            std::mem::swap(base, &mut other);
            kept.push(other);
        }
    }
}

/// Every kind of callback puts another base in the place of its own.
#[test]
fn another_base_in_the_place_of_its_own_is_an_error() {
    for how in 0..3 {
        for kind in 0..9 {
            let kept = Rc::new(std::cell::RefCell::new(Vec::new()));
            let into = Rc::clone(&kept);
            let put = move |base: &mut EventBase| {
                in_place_of_another(base, how, &mut into.borrow_mut());
            };
            let mut base = new_base();
            let (ours, mut peer) = pair();
            peer.write_all(b"xy").unwrap();
            let options = BevOptions::CLOSE_ON_FREE;
            let socket = |base: &mut EventBase, ours: std::os::unix::net::UnixStream| {
                base.bufferevent_socket_new(Some(ours.into()), options)
                    .unwrap()
            };
            match kind {
                0 => {
                    let timer = base.evtimer_new(move |base, _, _| put(base));
                    base.event_add(timer, Some(Duration::ZERO)).unwrap();
                }
                1 => base
                    .event_base_once_timeout(move |base, _, _| put(base), None)
                    .unwrap(),
                2..=4 => {
                    let bev = socket(&mut base, ours);
                    let (put1, put2) = (put.clone(), put.clone());
                    let callbacks = match kind {
                        2 => Callbacks::new().readcb(move |base: &mut EventBase, _| put(base)),
                        3 => Callbacks::new().writecb(move |base: &mut EventBase, _| put1(base)),
                        _ => Callbacks::new().eventcb(move |base: &mut EventBase, _, _| put2(base)),
                    };
                    base.bufferevent_setcb(bev, callbacks).unwrap();
                    base.bufferevent_enable(bev, EvFlags::READ | EvFlags::WRITE)
                        .unwrap();
                    drop(peer);
                }
                5 => {
                    let bev = socket(&mut base, ours);
                    let input = base.bufferevent_get_input(bev).unwrap();
                    base.evbuffer_add_cb(input, move |base, _, _| put(base))
                        .unwrap();
                    base.bufferevent_enable(bev, EvFlags::READ).unwrap();
                }
                6 => {
                    base.evwatch_prepare_new(move |base, _, _| put(base));
                    base.event_base_loopexit(Some(Duration::ZERO)).unwrap();
                }
                7 => {
                    let signal = base
                        .evsignal_new(libc_sigusr2(), move |base, _, _| put(base))
                        .unwrap();
                    base.event_active(signal, EvFlags::SIGNAL).unwrap();
                }
                _ => {
                    let below = socket(&mut base, ours);
                    let input = move |base: &mut EventBase, _, _, _: Option<usize>, _| {
                        put(base);
                        FilterResult::Ok
                    };
                    let output =
                        |_: &mut EventBase, _, _, _: Option<usize>, _| FilterResult::NeedMore;
                    let filter = base
                        .bufferevent_filter_new(below, input, output, options)
                        .unwrap();
                    base.bufferevent_enable(filter, EvFlags::READ).unwrap();
                }
            }
            let result = base.event_base_dispatch();
            assert!(matches!(result, Err(Error::BaseReplaced { .. })), "{how} {kind}: {result:?}");
            // That one is whole, and so is the one that was kept.
            base.event_base_loopexit(None).unwrap();
            assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Exit);
            for mut other in kept.take() {
                other.event_base_loopexit(None).unwrap();
                let _ = other.event_base_dispatch();
            }
        }
    }
}

fn libc_sigusr2() -> i32 {
    rustix::process::Signal::USR2.as_raw()
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

fn assert_told_of_drop(result: Result<LoopEnd, Error>) {
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Panicked { .. }), "{error:?}");
    assert!(error.to_string().ends_with("panicked: dropped"), "{error}");
}

#[test]
fn a_panic_when_a_callbacks_data_is_dropped_is_told_by_the_loop() {
    // Freed by itself, by another, by the library, outside of the loop.
    for who in 0..6 {
        let mut base = new_base();
        let (ours, mut peer) = pair();
        peer.write_all(b"x").unwrap();
        let bomb = Bomb;
        match who {
            0 => {
                let timer = base.evtimer_new(move |base: &mut EventBase, own, _| {
                    let _held = &bomb;
                    base.event_free(own)
                });
                base.event_add(timer, Some(Duration::ZERO)).unwrap();
            }
            1 => {
                let timer = base.evtimer_new(move |_, _, _| drop_later(&bomb));
                base.event_free(timer).unwrap();
            }
            2 => {
                base.event_base_once_timeout(move |_, _, _| drop_later(&bomb), None)
                    .unwrap();
            }
            3 => {
                let bev = base.bufferevent_socket_new(Some(ours.into()), BevOptions::CLOSE_ON_FREE);
                let readcb = move |base: &mut EventBase, bev: Bufferevent| {
                    let _held = &bomb;
                    base.bufferevent_free(bev)
                };
                let bev = bev.unwrap();
                base.bufferevent_setcb(bev, Callbacks::new().readcb(readcb))
                    .unwrap();
                base.bufferevent_enable(bev, EvFlags::READ).unwrap();
            }
            4 => {
                let buffer = buffer_with(&mut base, b"x");
                base.evbuffer_add_reference_with_cleanup(buffer, "bytes", move |_| drop(bomb))
                    .unwrap();
                base.evbuffer_drain(buffer, usize::MAX).unwrap();
                assert_eq!(base.evbuffer_get_length(buffer).unwrap(), 0);
            }
            _ => {
                let notifier = base.notifier().unwrap();
                notifier.post(move |_| drop_later(&bomb)).unwrap();
                base.event_base_loopexit(Some(Duration::from_millis(1)))
                    .unwrap();
            }
        }
        assert_told_of_drop(base.event_base_dispatch());
        // And goes on.
        base.event_base_loopexit(None).unwrap();
        assert_eq!(base.event_base_dispatch().unwrap(), LoopEnd::Exit, "{who}");
    }
}

fn drop_later(_: &Bomb) {}

#[test]
fn a_filter_that_moves_nothing_and_says_it_did_has_failed() {
    for reading in [true, false] {
        let mut base = new_base();
        let (ours, mut peer) = pair();
        peer.write_all(b"x").unwrap();
        let options = BevOptions::CLOSE_ON_FREE;
        let below = base
            .bufferevent_socket_new(Some(ours.into()), options)
            .unwrap();
        let lies = |_: &mut EventBase, _, _, _: Option<usize>, _| FilterResult::Ok;
        let filter = base
            .bufferevent_filter_new(below, lies, lies, options)
            .unwrap();
        if reading {
            base.bufferevent_enable(filter, EvFlags::READ).unwrap();
        } else {
            base.bufferevent_write(filter, b"y").unwrap();
        }
        let error = base.event_base_dispatch().unwrap_err();
        assert!(error.to_string().contains("moved nothing"), "{error}");
    }
}

/// Callbacks that call themselves, each in its way.
#[test]
fn callbacks_that_call_themselves_for_ever_are_stopped() {
    let both = EvFlags::READ | EvFlags::WRITE;
    for kind in 0..4 {
        let mut base = new_base();
        let calls = Rc::new(Cell::new(0));
        let count = {
            let calls = Rc::clone(&calls);
            move || calls.set(calls.get() + 1)
        };
        let options = BevOptions::CLOSE_ON_FREE;
        let (ours, _peer) = pair();
        let bev = base
            .bufferevent_socket_new(Some(ours.into()), options)
            .unwrap();
        let buffer = base.evbuffer_new();
        match kind {
            0 => {
                base.evbuffer_add_cb(buffer, move |base, buffer, _| {
                    count();
                    base.evbuffer_add(buffer, b"again")
                })
                .unwrap();
                base.evbuffer_add(buffer, b"first").unwrap();
            }
            1 => {
                let other = base.evbuffer_new();
                for (mine, others) in [(buffer, other), (other, buffer)] {
                    let count = count.clone();
                    base.evbuffer_add_cb(mine, move |base, _, _| {
                        count();
                        base.evbuffer_add(others, b"again")
                    })
                    .unwrap();
                }
                base.evbuffer_add(buffer, b"first").unwrap();
            }
            2 => {
                let readcb = move |base: &mut EventBase, bev| {
                    count();
                    base.bufferevent_trigger(bev, both, TriggerOptions::IGNORE_WATERMARKS)
                };
                base.bufferevent_setcb(bev, Callbacks::new().readcb(readcb))
                    .unwrap();
                base.bufferevent_trigger(bev, both, TriggerOptions::IGNORE_WATERMARKS)
                    .unwrap();
            }
            _ => {
                let eventcb = move |base: &mut EventBase, bev, what| {
                    count();
                    base.bufferevent_trigger_event(bev, what, TriggerOptions::empty())
                };
                base.bufferevent_setcb(bev, Callbacks::new().eventcb(eventcb))
                    .unwrap();
                let what = evscope_reactor::BevEvents::EOF;
                base.bufferevent_trigger_event(bev, what, TriggerOptions::empty())
                    .unwrap();
            }
        }
        assert!((50..1000).contains(&calls.get()), "{kind}: {}", calls.get());
        let error = base.event_base_dispatch().unwrap_err();
        assert!(error.to_string().contains("callbacks of callbacks"), "{error}");
        // The next call begins anew.
        assert!(base.event_base_dispatch().is_ok());
    }
}

/// Bytes that are there until somebody says that they are gone.
struct Leaving(Rc<Cell<bool>>);

impl AsRef<[u8]> for Leaving {
    fn as_ref(&self) -> &[u8] {
        assert!(!self.0.get(), "gone");
        b"bytes"
    }
}

#[test]
fn a_panic_leaves_every_call_that_it_passes() {
    let (outcome, records) = record(|| {
        let mut base = new_base();
        let (ours, _peer) = pair();
        let options = BevOptions::CLOSE_ON_FREE;
        let bev = base.bufferevent_socket_new(Some(ours.into()), options)?;
        let input = base.bufferevent_get_input(bev)?;
        let gone = Rc::new(Cell::new(false));
        base.evbuffer_unfreeze(input, BufferEnd::End)?;
        base.evbuffer_add_reference(input, Leaving(Rc::clone(&gone)))?;
        // Within the call that reads, not within a callback of its own.
        let read = move |base: &mut EventBase, _, _| {
            gone.set(true);
            base.bufferevent_read(bev, &mut [0; 5]).map(drop)
        };
        base.event_base_once_timeout(read, None)?;
        base.event_base_dispatch()
    });
    let error = outcome.unwrap_err();
    assert!(error.to_string().ends_with("panicked: gone"), "{error}");
    assert!(
        outline(&records)
            .iter()
            .any(|line| line.ends_with("bufferevent_read"))
    );
    assert_balanced(&records);
}
