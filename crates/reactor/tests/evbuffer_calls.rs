//! The calls of a buffer that a plain queue of bytes has no counterpart of: what is kept and let go, what is put
//! off, what files do, and how long it all takes.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::cell::Cell;
use std::fs::File;
use std::io::{Read, Write};
use std::rc::Rc;
use std::sync::Arc;

use common::{Log, cpu_time, new_base, pair, record};
use evscope_reactor::{
    BevOptions, BufferEnd, Error, EvFlags, Evbuffer, EvbufferCbFlags, EvbufferCbInfo,
    EvbufferFileSegment, EvbufferFlags, EventBase, FileSegmentFlags, LoopFlags, Object,
};
use evscope_trace::{Event, Phase};

fn contents(base: &EventBase, buffer: Evbuffer) -> Vec<u8> {
    let mut all = vec![0; base.evbuffer_get_length(buffer).unwrap()];
    assert_eq!(base.evbuffer_copyout(buffer, &mut all).unwrap(), all.len());
    all
}

fn added(n: usize, before: usize) -> EvbufferCbInfo {
    EvbufferCbInfo { orig_size: before, n_added: n, n_deleted: 0 }
}

/// A buffer's callback that writes down what it is told.
fn watch(base: &mut EventBase, buffer: Evbuffer) -> Log<EvbufferCbInfo> {
    let told = Log::new();
    let log = told.clone();
    base.evbuffer_add_cb(buffer, move |_: &mut EventBase, _, info: &_| log.push(*info))
        .unwrap();
    told
}

// ---- by reference ------------------------------------------------------------------------------------------------

#[test]
fn bytes_by_reference_are_the_same_bytes_and_go_when_the_last_has_left() {
    let mut base = new_base();
    let (a, b) = (base.evbuffer_new(), base.evbuffer_new());
    let bytes: Arc<[u8]> = Arc::from(&b"many bytes"[..]);
    base.evbuffer_add_reference(a, Arc::clone(&bytes)).unwrap();
    let piece = base.evbuffer_peek(a).unwrap().next().unwrap();
    assert_eq!(piece.as_ptr(), bytes.as_ptr(), "nothing was copied");
    // What is added behind goes elsewhere.
    base.evbuffer_add(a, b"!").unwrap();
    assert_eq!(&*bytes, b"many bytes");

    base.evbuffer_add_buffer_reference(b, a).unwrap();
    base.evbuffer_drain(a, 11).unwrap();
    assert_eq!(contents(&base, b), b"many bytes!");
    assert_eq!(Arc::strong_count(&bytes), 2, "the other buffer has them still");
    base.evbuffer_free(b).unwrap();
    assert_eq!(Arc::strong_count(&bytes), 1);
}

#[test]
fn a_cleanup_gets_the_bytes_back_once() {
    let mut base = new_base();
    let buffer = base.evbuffer_new();
    let back = Log::new();
    let log = back.clone();
    base.evbuffer_add_reference_with_cleanup(buffer, *b"abc", move |bytes| {
        log.push(bytes);
    })
    .unwrap();
    base.evbuffer_drain(buffer, 2).unwrap();
    assert!(back.take().is_empty(), "one byte is in use");
    base.evbuffer_drain(buffer, 1).unwrap();
    assert_eq!(back.take(), [*b"abc"]);

    base.evbuffer_freeze(buffer, BufferEnd::End).unwrap();
    let log = back.clone();
    let refused = base.evbuffer_add_reference_with_cleanup(buffer, *b"abc", move |bytes| {
        log.push(bytes);
    });
    assert!(matches!(refused, Err(Error::Frozen(BufferEnd::End))));
    assert!(back.take().is_empty(), "what was refused is not cleaned up");
}

#[test]
fn a_buffer_that_others_refer_to_is_its_own() {
    let mut base = new_base();
    let (a, b) = (base.evbuffer_new(), base.evbuffer_new());
    let told = watch(&mut base, b);
    base.evbuffer_add(a, b"shared").unwrap();
    base.evbuffer_add_buffer_reference(b, a).unwrap();
    assert_eq!(told.take(), [added(6, 0)]);
    base.evbuffer_add(a, b" a").unwrap();
    base.evbuffer_prepend(b, b"b ").unwrap();
    base.evbuffer_drain(a, 1).unwrap();
    assert_eq!(contents(&base, a), b"hared a");
    assert_eq!(contents(&base, b), b"b shared");
    assert!(matches!(base.evbuffer_add_buffer_reference(a, a), Err(Error::Invalid { .. })));
    // What it has of another's it cannot lend.
    let c = base.evbuffer_new();
    assert!(matches!(base.evbuffer_add_buffer_reference(c, b), Err(Error::Invalid { .. })));
    base.evbuffer_add_buffer_reference(c, a).unwrap();
    assert_eq!(contents(&base, c), b"hared a");
}

// ---- looking ------------------------------------------------------------------------------------------------------

#[test]
fn a_look_is_a_step_that_says_what_it_saw() {
    let mut saw = Vec::new();
    let ((), records) = record(|| {
        let mut base = new_base();
        let (buffer, other) = (base.evbuffer_new(), base.evbuffer_new());
        assert_eq!(base.evbuffer_peek(buffer).unwrap().count(), 0);
        saw.push((0, None, 0, 0));
        // Moved, not copied: a piece of its own.
        base.evbuffer_add(buffer, b"one").unwrap();
        base.evbuffer_add(other, b"other").unwrap();
        base.evbuffer_add_buffer(buffer, other).unwrap();
        for (from, asked) in [
            (0, None),
            (1, None),
            (3, None),
            (8, None),
            (9, Some(1)),
            (0, Some(0)),
            (0, Some(1)),
            (2, Some(1)),
            (2, Some(2)),
            (4, Some(100)),
        ] {
            let pieces: Vec<_> = base
                .evbuffer_peek_from(buffer, from, asked)
                .unwrap()
                .map(<[u8]>::len)
                .collect();
            saw.push((from as u64, asked.map(|n| n as u64), pieces.len(), pieces.iter().sum()));
        }
        base.evbuffer_free(buffer).unwrap();
        assert!(base.evbuffer_peek(buffer).is_err(), "and no step");
    });
    let steps = records
        .iter()
        .filter(|record| record.event.name() == "evbuffer_peek");
    let said: Vec<_> = steps
        .map(|record| {
            let Event::EvbufferPeek { offset, asked, pieces, bytes } = record.event else {
                panic!("{record:?}");
            };
            assert_eq!(record.phase, Phase::Point);
            let function = record.src.as_ref().unwrap().function.as_deref();
            assert_eq!(function, Some("evbuffer_peek_from"));
            assert_eq!(record.caller.as_ref().unwrap().file, file!());
            (offset, asked, pieces as usize, bytes as usize)
        })
        .collect();
    assert_eq!(said, saw);
    assert_eq!(said[1..4], [(0, None, 2, 8), (1, None, 2, 7), (3, None, 1, 5)]);
    assert_eq!(said[9], (2, Some(2), 2, 6), "the last piece is whole");
}

// ---- files -------------------------------------------------------------------------------------------------------

/// A file with some bytes, which has no name any more.
fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

#[test]
fn a_file_goes_to_the_socket_between_the_bytes_around_it() {
    let mut base = new_base();
    let (ours, mut theirs) = pair();
    theirs.set_nonblocking(false).unwrap();
    let bev = base
        .bufferevent_socket_new(Some(ours.into()), BevOptions::CLOSE_ON_FREE)
        .unwrap();
    let output = base.bufferevent_get_output(bev).unwrap();
    base.evbuffer_add(output, b"<").unwrap();
    base.evbuffer_add_file(output, file(b"0123456789"), 2, Some(5))
        .unwrap();
    base.evbuffer_add(output, b">").unwrap();
    assert_eq!(base.evbuffer_get_length(output).unwrap(), 7);
    base.bufferevent_enable(bev, EvFlags::WRITE).unwrap();
    let mut got = Vec::new();
    while got.len() < 7 {
        base.event_base_loop(LoopFlags::ONCE | LoopFlags::NONBLOCK)
            .unwrap();
        let mut some = [0; 10];
        let n = theirs.read(&mut some).unwrap();
        got.extend_from_slice(&some[..n]);
    }
    assert_eq!(got, b"<23456>");
}

#[test]
fn a_limit_holds_for_a_file_and_a_full_socket_is_no_end() {
    let mut base = new_base();
    let buffer = base.evbuffer_new();
    base.evbuffer_set_flags(buffer, EvbufferFlags::DRAINS_TO_FD)
        .unwrap();
    let (ours, mut theirs) = pair();
    base.evbuffer_add_file(buffer, file(&[b'f'; 3_000_000]), 0, None)
        .unwrap();
    assert_eq!(base.evbuffer_write_atmost(buffer, &ours, Some(10)).unwrap(), 10);
    let full = loop {
        match base.evbuffer_write(buffer, &ours) {
            Ok(0) => panic!("nothing was written and nothing is wrong"),
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(
        matches!(full, Error::Os { source, .. } if source.kind() == std::io::ErrorKind::WouldBlock)
    );
    let mut got = 0;
    let mut memory = vec![0; 1 << 16];
    while got < 3_000_000 {
        got += theirs.read(&mut memory).unwrap();
        if base.evbuffer_get_length(buffer).unwrap() > 0 {
            let _ = base.evbuffer_write(buffer, &ours);
        }
    }
    assert_eq!(got, 3_000_000);
}

#[test]
fn where_the_kernel_does_not_send_from_file_to_fd_it_goes_through_memory() {
    let mut base = new_base();
    let buffer = base.evbuffer_new();
    base.evbuffer_set_flags(buffer, EvbufferFlags::DRAINS_TO_FD)
        .unwrap();
    base.evbuffer_add_file(buffer, file(b"of a file"), 0, None)
        .unwrap();
    // sendfile refuses a file that was opened for appending.
    let path = tempfile::NamedTempFile::new().unwrap().into_temp_path();
    let appended = File::options().append(true).open(&path).unwrap();
    assert_eq!(base.evbuffer_write(buffer, &appended).unwrap(), 9);
    assert_eq!(std::fs::read(&path).unwrap(), b"of a file");
}

#[test]
fn a_file_that_is_looked_at_is_read() {
    let mut base = new_base();
    let buffer = base.evbuffer_new();
    base.evbuffer_set_flags(buffer, EvbufferFlags::DRAINS_TO_FD)
        .unwrap();
    base.evbuffer_add_file(buffer, file(b"a line\nand more"), 0, None)
        .unwrap();
    assert_eq!(base.evbuffer_search(buffer, b"more", 0).unwrap(), Some(11));
    let line = base.evbuffer_readln(buffer, evscope_reactor::EolStyle::Lf);
    assert_eq!(line.unwrap().unwrap(), b"a line");
    assert_eq!(base.evbuffer_pullup(buffer, 3).unwrap(), Some(&b"and"[..]));
}

#[test]
fn one_segment_serves_many_buffers_and_the_file_is_closed_after_the_last() {
    struct Closes(File, Rc<Cell<bool>>);
    impl std::os::fd::AsFd for Closes {
        fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
            self.0.as_fd()
        }
    }
    impl Drop for Closes {
        fn drop(&mut self) {
            self.1.set(true);
        }
    }
    let closed = Rc::new(Cell::new(false));
    let mut base = new_base();
    let (a, b) = (base.evbuffer_new(), base.evbuffer_new());
    let of = Closes(file(b"0123456789"), Rc::clone(&closed));
    let segment = EvbufferFileSegment::new(of, 2, Some(6), FileSegmentFlags::empty()).unwrap();
    assert_eq!((segment.len(), segment.is_empty()), (6, false));
    base.evbuffer_add_file_segment(a, &segment, 1, Some(2))
        .unwrap();
    base.evbuffer_add_file_segment(b, &segment, 4, None)
        .unwrap();
    for (offset, length) in [(7, None), (5, Some(2)), (usize::MAX, Some(2))] {
        let refused = base.evbuffer_add_file_segment(a, &segment, offset, length);
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{offset} {length:?}");
    }
    drop(segment);
    assert_eq!((contents(&base, a), contents(&base, b)), (b"34".to_vec(), b"67".to_vec()));
    base.evbuffer_drain(a, 2).unwrap();
    assert!(!closed.get());
    base.evbuffer_drain(b, 2).unwrap();
    assert!(closed.get());
}

#[test]
fn a_file_that_is_too_short_is_an_error_not_a_gap() {
    let mut base = new_base();
    let buffer = base.evbuffer_new();
    let refused = base.evbuffer_add_file(buffer, file(b"short"), 0, Some(100));
    assert!(matches!(refused, Err(Error::Os { .. })), "{refused:?}");
    assert_eq!(base.evbuffer_get_length(buffer).unwrap(), 0);
    assert!(matches!(
        EvbufferFileSegment::new(file(b""), u64::MAX, Some(1), FileSegmentFlags::empty()),
        Err(Error::Invalid { .. })
    ));
    // The same where it is noticed only later.
    base.evbuffer_set_flags(buffer, EvbufferFlags::DRAINS_TO_FD)
        .unwrap();
    base.evbuffer_add_file(buffer, file(b"short"), 0, Some(100))
        .unwrap();
    assert!(matches!(base.evbuffer_copyout(buffer, &mut [0; 1]), Err(Error::Os { .. })));
}

// ---- room --------------------------------------------------------------------------------------------------------

#[test]
fn room_that_is_gone_cannot_be_committed() {
    let mut base = new_base();
    let buffer = base.evbuffer_new();
    let told = watch(&mut base, buffer);
    assert!(matches!(base.evbuffer_commit_space(buffer, &[1]), Err(Error::Invalid { .. })));
    base.evbuffer_reserve_space(buffer, 10).unwrap()[..3].copy_from_slice(b"abc");
    base.evbuffer_add(buffer, b"!").unwrap();
    assert!(matches!(base.evbuffer_commit_space(buffer, &[3]), Err(Error::Invalid { .. })));
    let n = base.evbuffer_reserve_space(buffer, 10).unwrap().len();
    assert!(matches!(base.evbuffer_commit_space(buffer, &[n + 1]), Err(Error::Invalid { .. })));
    assert_eq!(contents(&base, buffer), b"!");
    assert_eq!(told.take(), [added(1, 0)]);

    base.evbuffer_reserve_space(buffer, 2).unwrap()[..2].copy_from_slice(b"de");
    base.evbuffer_commit_space(buffer, &[2]).unwrap();
    assert_eq!(told.take(), [added(2, 1)]);
    assert_eq!(contents(&base, buffer), b"!de");
}

#[test]
fn two_pieces_of_room_use_up_what_is_there() {
    let mut base = new_base();
    let buffer = base.evbuffer_new();
    base.evbuffer_add(buffer, &[b'a'; 500]).unwrap();
    let [first, second] = base.evbuffer_reserve_space_in_two(buffer, 2000).unwrap();
    let n = first.len();
    assert!(n > 0 && n < 2000 && second.len() >= 2000 - n);
    first.fill(b'b');
    second[..10].fill(b'c');
    base.evbuffer_commit_space(buffer, &[n, 10]).unwrap();
    assert_eq!(base.evbuffer_get_length(buffer).unwrap(), 510 + n);
    assert_eq!(base.evbuffer_search(buffer, b"bc", 0).unwrap(), Some(499 + n));
}

#[test]
fn expanding_asks_nobody_and_changes_no_bytes() {
    let mut base = new_base();
    let buffer = base.evbuffer_new();
    base.evbuffer_freeze(buffer, BufferEnd::End).unwrap();
    base.evbuffer_expand(buffer, 100_000).unwrap();
    assert!(matches!(base.evbuffer_reserve_space(buffer, 1), Err(Error::Frozen(_))));
    base.evbuffer_unfreeze(buffer, BufferEnd::End).unwrap();
    base.evbuffer_add(buffer, &[1; 100_000]).unwrap();
    assert_eq!(base.evbuffer_peek(buffer).unwrap().count(), 1, "it was one piece of room");
}

// ---- text --------------------------------------------------------------------------------------------------------

#[test]
fn text_is_told_once_and_not_left_half_done() {
    struct Refuses;
    impl std::fmt::Display for Refuses {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            Err(std::fmt::Error)
        }
    }
    let mut base = new_base();
    let buffer = base.evbuffer_new();
    let told = watch(&mut base, buffer);
    let text = format_args!("{}-{:>4}", 1, "x").to_string();
    base.evbuffer_add_printf(buffer, format_args!("{text}\n"))
        .unwrap();
    assert_eq!(told.take(), [added(7, 0)]);
    let long = "y".repeat(2000);
    let refused = base.evbuffer_add_printf(buffer, format_args!("{long}{Refuses}"));
    assert!(matches!(refused, Err(Error::Invalid { .. })));
    assert_eq!(contents(&base, buffer), b"1-   x\n");
    assert!(told.take().is_empty());

    writeln!(base.evbuffer_writer(buffer), "{}", 42).unwrap();
    assert_eq!(contents(&base, buffer), b"1-   x\n42\n");
    base.evbuffer_freeze(buffer, BufferEnd::End).unwrap();
    let refused = base.evbuffer_writer(buffer).write(b"x").unwrap_err();
    assert!(refused.to_string().contains("frozen"), "{refused}");
}

// ---- callbacks ---------------------------------------------------------------------------------------------------

#[test]
fn a_callback_can_be_switched_off_and_on() {
    let mut base = new_base();
    let buffer = base.evbuffer_new();
    let told = Log::new();
    let log = told.clone();
    let callback = base
        .evbuffer_add_cb(buffer, move |_: &mut EventBase, _, info: &_| log.push(*info))
        .unwrap();
    base.evbuffer_cb_clear_flags(buffer, callback, EvbufferCbFlags::ENABLED)
        .unwrap();
    base.evbuffer_add(buffer, b"a").unwrap();
    assert!(told.take().is_empty());
    base.evbuffer_cb_set_flags(buffer, callback, EvbufferCbFlags::ENABLED)
        .unwrap();
    base.evbuffer_add(buffer, b"b").unwrap();
    assert_eq!(told.take(), [added(1, 1)]);
    base.evbuffer_remove_cb_entry(buffer, callback).unwrap();
    let gone = base.evbuffer_cb_set_flags(buffer, callback, EvbufferCbFlags::NODEFER);
    assert!(matches!(gone, Err(Error::Stale(Object::EvbufferCallback))));
}

#[test]
fn callbacks_that_are_put_off_are_told_once_of_all() {
    let mut base = new_base();
    let buffer = base.evbuffer_new();
    base.evbuffer_defer_callbacks(buffer).unwrap();
    base.evbuffer_defer_callbacks(buffer).unwrap();
    let told = watch(&mut base, buffer);
    let at_once = Log::new();
    let log = at_once.clone();
    let callback = base
        .evbuffer_add_cb(buffer, move |_: &mut EventBase, _, info: &_| log.push(*info))
        .unwrap();
    base.evbuffer_cb_set_flags(buffer, callback, EvbufferCbFlags::NODEFER)
        .unwrap();
    base.evbuffer_add(buffer, b"abc").unwrap();
    base.evbuffer_drain(buffer, 1).unwrap();
    assert!(told.take().is_empty());
    let both = EvbufferCbInfo { orig_size: 0, n_added: 3, n_deleted: 1 };
    assert_eq!(
        at_once.take(),
        [added(3, 0), both],
        "what others are still to hear, it hears again"
    );
    base.event_base_dispatch().unwrap();
    assert_eq!(told.take(), [both]);
    base.event_base_dispatch().unwrap();
    assert!(told.take().is_empty(), "nothing more to tell");
}

#[test]
fn a_buffer_that_is_freed_before_its_callbacks_ran_still_tells() {
    let mut base = new_base();
    let buffer = base.evbuffer_new();
    base.evbuffer_defer_callbacks(buffer).unwrap();
    let told = Log::new();
    let log = told.clone();
    base.evbuffer_add_cb(buffer, move |base: &mut EventBase, given, info: &_| {
        log.push((contents(base, given), *info));
        assert!(base.evbuffer_free(given).is_err(), "it was freed");
    })
    .unwrap();
    base.evbuffer_add(buffer, b"last words").unwrap();
    base.evbuffer_free(buffer).unwrap();
    assert!(matches!(base.evbuffer_get_length(buffer), Err(Error::Stale(Object::Evbuffer))));
    base.event_base_dispatch().unwrap();
    assert_eq!(told.take(), [(b"last words".to_vec(), added(10, 0))]);
    base.event_base_dispatch().unwrap();
    assert!(told.take().is_empty());
}

#[test]
fn a_buffer_may_be_freed_by_its_deferred_callback() {
    let mut base = new_base();
    let buffer = base.evbuffer_new();
    base.evbuffer_defer_callbacks(buffer).unwrap();
    base.evbuffer_add_cb(buffer, |base: &mut EventBase, buffer, _: &_| base.evbuffer_free(buffer))
        .unwrap();
    base.evbuffer_add(buffer, b"x").unwrap();
    base.event_base_dispatch().unwrap();
    assert!(base.evbuffer_get_length(buffer).is_err());
}

#[test]
fn a_buffer_whose_callbacks_are_put_off_may_go_with_its_bufferevent_or_base() {
    let mut base = new_base();
    let bev = base
        .bufferevent_socket_new(None, BevOptions::empty())
        .unwrap();
    let output = base.bufferevent_get_output(bev).unwrap();
    base.evbuffer_defer_callbacks(output).unwrap();
    let told = watch(&mut base, output);
    base.evbuffer_add(output, b"unsent").unwrap();
    base.bufferevent_free(bev).unwrap();
    base.event_base_dispatch().unwrap();
    assert_eq!(told.take(), [added(6, 0)]);
    // One whose turn never comes goes with the base.
    let buffer = base.evbuffer_new();
    base.evbuffer_defer_callbacks(buffer).unwrap();
    watch(&mut base, buffer);
    base.evbuffer_add(buffer, b"x").unwrap();
}

// ---- time --------------------------------------------------------------------------------------------------------

/// The processor time of filling a buffer with `pieces` pieces and draining them again, at its best.
fn fill_and_drain(piece: usize, pieces: usize) -> f64 {
    let data = vec![b'x'; piece];
    let once = || {
        let mut base = new_base();
        let buffer = base.evbuffer_new();
        let began = cpu_time();
        for _ in 0..pieces {
            base.evbuffer_add(buffer, &data).unwrap();
        }
        for _ in 0..pieces {
            base.evbuffer_drain(buffer, piece).unwrap();
        }
        cpu_time() - began
    };
    (0..5).map(|_| once()).fold(f64::INFINITY, f64::min)
}

#[test]
fn to_fill_and_drain_a_buffer_takes_time_in_proportion() {
    // So many that both times the memory comes from the kernel: a few are served again and again by the allocator.
    for (piece, pieces) in [(1, 20_000), (4096, 2_000), (1 << 20, 8)] {
        let (some, many) = (fill_and_drain(piece, pieces), fill_and_drain(piece, 8 * pieces));
        // In proportion it is 8 times as much, with the square 64 times.
        assert!(many < 28.0 * some, "{piece}: {some} s, {many} s for 8 times as many");
    }
}

#[test]
fn to_go_through_the_lines_of_a_buffer_takes_time_in_proportion() {
    let lines = |count: usize| {
        let mut base = new_base();
        let buffer = base.evbuffer_new();
        for _ in 0..count {
            // A segment each.
            base.evbuffer_add_reference(buffer, &b"one line\n"[..])
                .unwrap();
        }
        let began = cpu_time();
        let (mut from, mut found) = (0, 0);
        while let Some((at, eol)) = base
            .evbuffer_search_eol(buffer, evscope_reactor::EolStyle::Lf, from)
            .unwrap()
        {
            (from, found) = (at + eol, found + 1);
        }
        assert_eq!(found, count);
        cpu_time() - began
    };
    let best = |count| (0..5).map(|_| lines(count)).fold(f64::INFINITY, f64::min);
    let (some, many) = (best(500), best(4000));
    assert!(many < 28.0 * some, "{some} s, {many} s for 8 times as many");
}
