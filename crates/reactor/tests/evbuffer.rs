//! Buffers against a plain queue of bytes: whatever is done to both, they hold the same, tell the same and
//! refuse the same.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;
mod evbuffer_model;

use common::{Log, new_base};
use evbuffer_model::{Op, check};
use evscope_reactor::{BufferEnd, EolStyle, Error, EvbufferCbInfo, EventBase, Object};
use proptest::collection::vec;
use proptest::prelude::*;

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    // Few different ones, so that searches and line ends find something.
    let byte = prop::sample::select(&b"aab\r\n\0"[..]);
    let many = |range: std::ops::Range<usize>| {
        (vec(byte.clone(), 1..8), range).prop_map(|(pattern, n)| {
            let pattern = pattern.iter().copied().cycle();
            pattern.take(n).collect::<Vec<u8>>()
        })
    };
    prop_oneof![
        4 => vec(byte.clone(), 0..12),
        2 => many(400..700),
        1 => many(4000..9000),
    ]
}

fn length() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 0..20usize, 2 => 0..1500usize, 1 => 0..20000usize, 1 => Just(usize::MAX)]
}

fn style() -> impl Strategy<Value = EolStyle> {
    prop::sample::select(vec![
        EolStyle::Any,
        EolStyle::Crlf,
        EolStyle::CrlfStrict,
        EolStyle::Lf,
        EolStyle::Nul,
    ])
}

fn end() -> impl Strategy<Value = BufferEnd> {
    prop::sample::select(vec![BufferEnd::Start, BufferEnd::End])
}

fn op() -> impl Strategy<Value = (usize, Op)> {
    let pattern = vec(prop::sample::select(&b"aab\r\n"[..]), 0..5);
    let op = prop_oneof![
        8 => bytes().prop_map(Op::Add),
        1 => vec(bytes(), 0..4).prop_map(Op::AddPieces),
        1 => "[a\r\né]{0,40}".prop_map(Op::AddText),
        2 => bytes().prop_map(Op::AddReference),
        1 => (0..9000usize, 0..1000usize).prop_map(|(from, n)| Op::AddFile(from, n)),
        1 => (0..20000usize).prop_map(Op::Expand),
        3 => (0..20000usize, any::<bool>(), bytes())
            .prop_map(|(reserve, in_two, data)| Op::WriteInto { reserve, in_two, data }),
        4 => bytes().prop_map(Op::Prepend),
        3 => length().prop_map(Op::Remove),
        3 => length().prop_map(Op::Drain),
        2 => length().prop_map(Op::Pullup),
        1 => (0..2000usize).prop_map(Op::CopyOut),
        2 => (length(), 0..2000usize).prop_map(|(offset, n)| Op::CopyOutFrom(offset, n)),
        3 => (pattern.clone(), length()).prop_map(|(what, from)| Op::Search(what, from)),
        1 => (pattern, length(), length())
            .prop_map(|(what, from, end)| Op::SearchRange(what, from, end)),
        2 => (length(), prop::option::of(length())).prop_map(|(from, n)| Op::PeekFrom(from, n)),
        2 => (style(), length()).prop_map(|(style, from)| Op::SearchEol(style, from)),
        3 => style().prop_map(Op::Readln),
        2 => Just(Op::AddBuffer),
        2 => Just(Op::PrependBuffer),
        2 => Just(Op::AddBufferReference),
        3 => length().prop_map(Op::RemoveBuffer),
        1 => end().prop_map(Op::Freeze),
        2 => end().prop_map(Op::Unfreeze),
        2 => prop::option::of(length()).prop_map(Op::Write),
        2 => prop::option::of(length()).prop_map(Op::Read),
    ];
    (0..2usize, op)
}

/// Found by the fuzzer: many small pieces fill a socket before its bytes do.
#[test]
fn a_full_socket_takes_nothing() {
    let mut ops = vec![(1, Op::Add(vec![b'a'; 100]))];
    for _ in 0..300 {
        ops.extend([(0, Op::AddBufferReference), (0, Op::Write(None))]);
    }
    ops.push((0, Op::Read(None)));
    for _ in 0..300 {
        ops.extend([(0, Op::AddBufferReference), (0, Op::Write(None))]);
    }
    check(&ops);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn buffers_behave_as_plain_bytes_do(ops in vec(op(), 1..60)) {
        check(&ops);
    }

    #[test]
    fn so_they_do_whatever_a_fuzzer_says(bytes in vec(any::<u8>(), 0..600)) {
        check(&Op::from_bytes(&bytes));
    }
}

#[test]
fn a_search_takes_time_in_proportion_to_the_bytes() {
    let mut base = new_base();
    let buffer = base.evbuffer_new();
    let piece = [b'a'; 512];
    for _ in 0..2000 {
        // One segment each: moved, not copied.
        let other = base.evbuffer_new();
        base.evbuffer_add(other, &piece).unwrap();
        base.evbuffer_add_buffer(buffer, other).unwrap();
        base.evbuffer_free(other).unwrap();
    }
    assert_eq!(base.evbuffer_peek(buffer).unwrap().count(), 2000);
    // Every byte is a candidate. Were each looked up from the front, this would take minutes.
    let began = std::time::Instant::now();
    assert_eq!(base.evbuffer_search(buffer, b"aab", 0).unwrap(), None);
    base.evbuffer_add(buffer, b"b").unwrap();
    let at = 2000 * 512 - 2;
    assert_eq!(base.evbuffer_search(buffer, b"aab", 0).unwrap(), Some(at));
    let took = began.elapsed();
    assert!(took.as_secs() < 5, "{took:?}");
}

#[test]
fn what_callbacks_change_is_told_in_its_own_right() {
    let mut base = new_base();
    let buffer = base.evbuffer_new();
    let told = Log::new();
    let log = told.clone();
    base.evbuffer_add_cb(buffer, move |base: &mut EventBase, buffer, info: &EvbufferCbInfo| {
        log.push(("older", *info));
        if info.n_added > 0 {
            base.evbuffer_drain(buffer, 2)?;
        }
        Ok::<_, Error>(())
    })
    .unwrap();
    let log = told.clone();
    base.evbuffer_add_cb(buffer, move |_: &mut EventBase, _, info: &EvbufferCbInfo| {
        log.push(("newer", *info));
    })
    .unwrap();
    base.evbuffer_add(buffer, b"hello").unwrap();
    let added = EvbufferCbInfo { orig_size: 0, n_added: 5, n_deleted: 0 };
    let drained = EvbufferCbInfo { orig_size: 5, n_added: 0, n_deleted: 2 };
    let expected = [
        ("newer", added),
        ("older", added),
        ("newer", drained),
        ("older", drained),
    ];
    assert_eq!(told.take(), expected);
}

#[test]
fn callbacks_may_remove_themselves_add_others_and_free_the_buffer() {
    let mut base = new_base();
    let buffer = base.evbuffer_new();
    let told = Log::new();

    let (log, own) = (told.clone(), std::rc::Rc::new(std::cell::Cell::new(None)));
    let id = std::rc::Rc::clone(&own);
    let once = base
        .evbuffer_add_cb(buffer, move |base: &mut EventBase, buffer, _: &_| {
            log.push("once");
            base.evbuffer_remove_cb_entry(buffer, id.get().unwrap())?;
            let log = log.clone();
            base.evbuffer_add_cb(buffer, move |_: &mut EventBase, _, _: &_| log.push("added"))?;
            Ok::<_, Error>(())
        })
        .unwrap();
    own.set(Some(once));
    base.evbuffer_add(buffer, b"1").unwrap();
    assert_eq!(told.take(), ["once"], "one added meanwhile is not told of this change");
    base.evbuffer_add(buffer, b"2").unwrap();
    assert_eq!(told.take(), ["added"]);
    assert!(matches!(
        base.evbuffer_remove_cb_entry(buffer, once),
        Err(Error::Stale(Object::EvbufferCallback))
    ));

    let log = told.clone();
    base.evbuffer_add_cb(buffer, move |base: &mut EventBase, buffer, _: &_| {
        log.push("frees");
        base.evbuffer_free(buffer)
    })
    .unwrap();
    base.evbuffer_add(buffer, b"3").unwrap();
    assert_eq!(told.take(), ["frees"], "a buffer that is gone tells nobody");
    assert!(matches!(base.evbuffer_get_length(buffer), Err(Error::Stale(Object::Evbuffer))));
    assert!(matches!(base.evbuffer_free(buffer), Err(Error::Stale(Object::Evbuffer))));
}

#[test]
fn moving_survives_that_the_giver_frees_the_receiver() {
    let mut base = new_base();
    let (from, to) = (base.evbuffer_new(), base.evbuffer_new());
    base.evbuffer_add(from, b"bytes").unwrap();
    base.evbuffer_add_cb(from, move |base: &mut EventBase, _, _: &_| base.evbuffer_free(to))
        .unwrap();
    base.evbuffer_add_buffer(to, from).unwrap();
    assert!(base.evbuffer_get_length(to).is_err());
    assert_eq!(base.evbuffer_get_length(from).unwrap(), 0);
}

#[test]
fn a_line_is_not_lost_when_its_callback_frees_the_buffer() {
    let mut base = new_base();
    let buffer = base.evbuffer_new();
    base.evbuffer_add(buffer, b"a line\nmore").unwrap();
    base.evbuffer_add_cb(buffer, |base: &mut EventBase, buffer, _: &_| base.evbuffer_free(buffer))
        .unwrap();
    let line = base.evbuffer_readln(buffer, EolStyle::Lf).unwrap();
    assert_eq!(line.as_deref(), Some(&b"a line"[..]));
}

#[test]
fn a_callback_of_another_buffer_names_none_of_this_ones() {
    let mut base = new_base();
    let (a, b) = (base.evbuffer_new(), base.evbuffer_new());
    let told = Log::new();
    let log = told.clone();
    base.evbuffer_add_cb(a, move |_: &mut EventBase, _, _: &_| log.push("a"))
        .unwrap();
    let of_b = base
        .evbuffer_add_cb(b, |_: &mut EventBase, _, _: &_| {})
        .unwrap();
    assert!(matches!(
        base.evbuffer_remove_cb_entry(a, of_b),
        Err(Error::Stale(Object::EvbufferCallback))
    ));
    base.evbuffer_add(a, b"1").unwrap();
    assert_eq!(told.take(), ["a"]);
}

#[test]
fn many_small_adds_and_drains_keep_little_memory() {
    let mut base = new_base();
    let buffer = base.evbuffer_new();
    for _ in 0..1000 {
        base.evbuffer_add(buffer, &[0; 100]).unwrap();
    }
    let pieces = base.evbuffer_peek(buffer).unwrap().count();
    assert!(pieces < 20, "{pieces} pieces for 100 kB");
    let mut out = [0; 100];
    for _ in 0..1000 {
        assert_eq!(base.evbuffer_remove(buffer, &mut out).unwrap(), 100);
    }
    assert_eq!(base.evbuffer_get_length(buffer).unwrap(), 0);
}

#[test]
fn buffers_of_a_bufferevent_are_not_the_programs_to_free() {
    let mut base = new_base();
    let bev = base
        .bufferevent_socket_new(None, evscope_reactor::BevOptions::empty())
        .unwrap();
    let input = base.bufferevent_get_input(bev).unwrap();
    let output = base.bufferevent_get_output(bev).unwrap();
    assert!(matches!(base.evbuffer_free(input), Err(Error::Invalid { .. })));
    assert!(matches!(base.evbuffer_add(input, b"x"), Err(Error::Frozen(BufferEnd::End))));
    base.evbuffer_add(output, b"x").unwrap();
    assert!(matches!(base.evbuffer_drain(output, 1), Err(Error::Frozen(BufferEnd::Start))));
    // Looking at it changes nothing.
    assert_eq!(base.evbuffer_pullup(output, 1).unwrap(), Some(&b"x"[..]));
}
