//! Buffers against a plain queue of bytes: whatever is done to both, they hold the same, tell the same and
//! refuse the same.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::collections::VecDeque;
use std::os::unix::net::UnixStream;

use common::{Log, new_base, pair};
use evscope_reactor::{BufferEnd, EolStyle, Error, Evbuffer, EvbufferCbInfo, EventBase, Object};
use proptest::collection::vec;
use proptest::prelude::*;

/// What is done to one of two buffers, `at` 0 or 1.
#[derive(Debug, Clone)]
enum Op {
    Add(Vec<u8>),
    Prepend(Vec<u8>),
    Remove(usize),
    Drain(usize),
    Pullup(usize),
    CopyOut(usize),
    CopyOutFrom(usize, usize),
    Search(Vec<u8>, usize),
    SearchEol(EolStyle, usize),
    Readln(EolStyle),
    /// From the other one.
    AddBuffer,
    PrependBuffer,
    /// To the other one.
    RemoveBuffer(usize),
    Freeze(BufferEnd),
    Unfreeze(BufferEnd),
    /// Into a socket, whose other end is read by `Read`.
    Write(Option<usize>),
    Read(Option<usize>),
}

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
        4 => bytes().prop_map(Op::Prepend),
        3 => length().prop_map(Op::Remove),
        3 => length().prop_map(Op::Drain),
        2 => length().prop_map(Op::Pullup),
        1 => (0..2000usize).prop_map(Op::CopyOut),
        2 => (length(), 0..2000usize).prop_map(|(offset, n)| Op::CopyOutFrom(offset, n)),
        3 => (pattern, length()).prop_map(|(what, from)| Op::Search(what, from)),
        2 => (style(), length()).prop_map(|(style, from)| Op::SearchEol(style, from)),
        3 => style().prop_map(Op::Readln),
        2 => Just(Op::AddBuffer),
        2 => Just(Op::PrependBuffer),
        3 => length().prop_map(Op::RemoveBuffer),
        1 => end().prop_map(Op::Freeze),
        2 => end().prop_map(Op::Unfreeze),
        2 => prop::option::of(length()).prop_map(Op::Write),
        2 => prop::option::of(length()).prop_map(Op::Read),
    ];
    (0..2usize, op)
}

/// Which buffer's callback, which one of its two, and what it was told.
type Told = (usize, u8, EvbufferCbInfo);

/// What a call gave, in a form in which both sides can give it.
#[derive(Debug, PartialEq)]
enum Gave {
    Nothing,
    Bytes(Option<Vec<u8>>),
    Count(usize),
    Place(Option<usize>),
    Eol(Option<(usize, usize)>),
    Frozen,
    /// The socket was empty, or ended.
    NoBytes,
}

#[derive(Default)]
struct Model {
    bytes: [Vec<u8>; 2],
    frozen: [(bool, bool); 2],
    socket: VecDeque<u8>,
    told: Vec<Told>,
}

impl Model {
    fn tell(&mut self, at: usize, n_added: usize, n_deleted: usize) {
        if n_added + n_deleted > 0 {
            let info = EvbufferCbInfo {
                orig_size: self.bytes[at].len() + n_deleted - n_added,
                n_added,
                n_deleted,
            };
            // The one added last is told first.
            self.told.extend([(at, 2, info), (at, 1, info)]);
        }
    }

    fn take(&mut self, at: usize, n: usize) -> Vec<u8> {
        let n = n.min(self.bytes[at].len());
        let taken: Vec<u8> = self.bytes[at].drain(..n).collect();
        self.tell(at, 0, n);
        taken
    }

    /// libevent's rules: what is frozen refuses a change, but some calls find first that there is nothing
    /// to do.
    fn apply(&mut self, at: usize, op: &Op) -> Gave {
        let other = 1 - at;
        let len = self.bytes[at].len();
        let (frozen_start, frozen_end) = self.frozen[at];
        match op {
            Op::Add(_) if frozen_end => Gave::Frozen,
            Op::Add(data) => {
                self.bytes[at].extend_from_slice(data);
                self.tell(at, data.len(), 0);
                Gave::Nothing
            }
            Op::Prepend(data) if frozen_start && !data.is_empty() => Gave::Frozen,
            Op::Prepend(data) => {
                self.bytes[at].splice(..0, data.iter().copied());
                self.tell(at, data.len(), 0);
                Gave::Nothing
            }
            Op::Remove(n) if frozen_start && len > 0 && *n > 0 => Gave::Frozen,
            Op::Remove(n) => Gave::Bytes(Some(self.take(at, *n))),
            Op::Drain(_) if frozen_start && len > 0 => Gave::Frozen,
            Op::Drain(n) => {
                self.take(at, *n);
                Gave::Nothing
            }
            Op::Pullup(n) => Gave::Bytes((*n <= len).then(|| self.bytes[at][..*n].to_vec())),
            Op::CopyOut(n) => self.copy_out(at, 0, *n),
            Op::CopyOutFrom(offset, n) => self.copy_out(at, *offset, *n),
            Op::Search(what, from) => Gave::Place(find(&self.bytes[at], what, *from)),
            Op::SearchEol(style, from) => Gave::Eol(find_eol(&self.bytes[at], *style, *from)),
            Op::Readln(_) if frozen_start => Gave::Frozen,
            Op::Readln(style) => match find_eol(&self.bytes[at], *style, 0) {
                None => Gave::Bytes(None),
                Some((n, eol)) => {
                    let line = self.take(at, n);
                    self.take(at, eol);
                    Gave::Bytes(Some(line))
                }
            },
            Op::AddBuffer if self.bytes[other].is_empty() => Gave::Nothing,
            Op::AddBuffer if frozen_end || self.frozen[other].0 => Gave::Frozen,
            Op::AddBuffer => {
                let moved = std::mem::take(&mut self.bytes[other]);
                self.tell(other, 0, moved.len());
                self.bytes[at].extend_from_slice(&moved);
                self.tell(at, moved.len(), 0);
                Gave::Nothing
            }
            Op::PrependBuffer if self.bytes[other].is_empty() => Gave::Nothing,
            Op::PrependBuffer if frozen_start || self.frozen[other].0 => Gave::Frozen,
            Op::PrependBuffer => {
                let moved = std::mem::take(&mut self.bytes[other]);
                self.tell(other, 0, moved.len());
                self.bytes[at].splice(..0, moved.iter().copied());
                self.tell(at, moved.len(), 0);
                Gave::Nothing
            }
            Op::RemoveBuffer(0) => Gave::Count(0),
            Op::RemoveBuffer(_) if frozen_start || self.frozen[other].1 => Gave::Frozen,
            Op::RemoveBuffer(n) => {
                let moved: Vec<u8> = self.bytes[at].drain(..(*n).min(len)).collect();
                self.bytes[other].extend_from_slice(&moved);
                // To move all tells the giver first, to move some the receiver.
                if *n >= len {
                    self.tell(at, 0, moved.len());
                    self.tell(other, moved.len(), 0);
                } else {
                    self.tell(other, moved.len(), 0);
                    self.tell(at, 0, moved.len());
                }
                Gave::Count(moved.len())
            }
            Op::Freeze(end) => self.freeze(at, *end, true),
            Op::Unfreeze(end) => self.freeze(at, *end, false),
            Op::Write(_) if frozen_start => Gave::Frozen,
            Op::Write(limit) => {
                let written = self.take(at, limit.unwrap_or(usize::MAX));
                self.socket.extend(&written);
                Gave::Count(written.len())
            }
            Op::Read(_) if frozen_end => Gave::Frozen,
            Op::Read(Some(0)) => Gave::Count(0),
            Op::Read(_) if self.socket.is_empty() => Gave::NoBytes,
            Op::Read(limit) => {
                let n = limit.unwrap_or(4096).min(4096).min(self.socket.len());
                self.bytes[at].extend(self.socket.drain(..n));
                self.tell(at, n, 0);
                Gave::Count(n)
            }
        }
    }

    fn copy_out(&self, at: usize, offset: usize, n: usize) -> Gave {
        let rest = self.bytes[at].get(offset..).unwrap_or(&[]);
        if self.frozen[at].0 && n > 0 && !rest.is_empty() {
            return Gave::Frozen;
        }
        Gave::Bytes(Some(rest[..n.min(rest.len())].to_vec()))
    }

    fn freeze(&mut self, at: usize, end: BufferEnd, frozen: bool) -> Gave {
        match end {
            BufferEnd::Start => self.frozen[at].0 = frozen,
            BufferEnd::End => self.frozen[at].1 = frozen,
        }
        Gave::Nothing
    }
}

fn find(bytes: &[u8], what: &[u8], from: usize) -> Option<usize> {
    (from..=bytes.len()).find(|&at| bytes[at..].starts_with(what))
}

fn find_eol(bytes: &[u8], style: EolStyle, from: usize) -> Option<(usize, usize)> {
    let is_eol = |byte: u8| byte == b'\r' || byte == b'\n';
    (from..bytes.len()).find_map(|at| {
        let rest = &bytes[at..];
        let eol = match style {
            EolStyle::Any => rest.iter().take_while(|&&byte| is_eol(byte)).count(),
            EolStyle::Crlf if rest.starts_with(b"\r\n") => 2,
            EolStyle::Crlf | EolStyle::Lf => usize::from(rest[0] == b'\n'),
            EolStyle::CrlfStrict => 2 * usize::from(rest.starts_with(b"\r\n")),
            EolStyle::Nul => usize::from(rest[0] == 0),
        };
        (eol > 0).then_some((at, eol))
    })
}

struct Real {
    base: EventBase,
    buffers: [Evbuffer; 2],
    write_to: UnixStream,
    read_from: UnixStream,
    told: Log<Told>,
}

impl Real {
    fn new() -> Self {
        let mut base = new_base();
        let told = Log::new();
        let buffers = [0, 1].map(|at| {
            let buffer = base.evbuffer_new();
            for which in [1, 2] {
                let told = told.clone();
                base.evbuffer_add_cb(buffer, move |_: &mut EventBase, told_of, info: &_| {
                    assert_eq!(told_of, buffer);
                    told.push((at, which, *info));
                })
                .unwrap();
            }
            buffer
        });
        let (write_to, read_from) = pair();
        Self { base, buffers, write_to, read_from, told }
    }

    fn apply(&mut self, at: usize, op: &Op) -> Gave {
        self.try_apply(at, op).unwrap_or_else(|error| match error {
            Error::Frozen(_) => Gave::Frozen,
            Error::Os { source, .. } if source.kind() == std::io::ErrorKind::WouldBlock => {
                Gave::NoBytes
            }
            other => panic!("{other}"),
        })
    }

    fn try_apply(&mut self, at: usize, op: &Op) -> Result<Gave, Error> {
        let base = &mut self.base;
        let (buffer, other) = (self.buffers[at], self.buffers[1 - at]);
        Ok(match op {
            Op::Add(data) => {
                base.evbuffer_add(buffer, data)?;
                Gave::Nothing
            }
            Op::Prepend(data) => {
                base.evbuffer_prepend(buffer, data)?;
                Gave::Nothing
            }
            Op::Remove(n) => {
                let mut out = vec![0xff; (*n).min(30000)];
                let n = base.evbuffer_remove(buffer, &mut out)?;
                out.truncate(n);
                Gave::Bytes(Some(out))
            }
            Op::Drain(n) => {
                base.evbuffer_drain(buffer, *n)?;
                Gave::Nothing
            }
            Op::Pullup(n) => {
                let bytes = base.evbuffer_pullup(buffer, *n)?.map(<[u8]>::to_vec);
                if bytes.is_some() {
                    assert!(base.evbuffer_get_contiguous_space(buffer)? >= *n);
                }
                Gave::Bytes(bytes)
            }
            Op::CopyOut(n) => {
                let mut out = vec![0xff; *n];
                let n = base.evbuffer_copyout(buffer, &mut out)?;
                out.truncate(n);
                Gave::Bytes(Some(out))
            }
            Op::CopyOutFrom(offset, n) => {
                let mut out = vec![0xff; *n];
                let n = base.evbuffer_copyout_from(buffer, *offset, &mut out)?;
                out.truncate(n);
                Gave::Bytes(Some(out))
            }
            Op::Search(what, from) => Gave::Place(base.evbuffer_search(buffer, what, *from)?),
            Op::SearchEol(style, from) => {
                Gave::Eol(base.evbuffer_search_eol(buffer, *style, *from)?)
            }
            Op::Readln(style) => Gave::Bytes(base.evbuffer_readln(buffer, *style)?),
            Op::AddBuffer => {
                base.evbuffer_add_buffer(buffer, other)?;
                Gave::Nothing
            }
            Op::PrependBuffer => {
                base.evbuffer_prepend_buffer(buffer, other)?;
                Gave::Nothing
            }
            Op::RemoveBuffer(n) => Gave::Count(base.evbuffer_remove_buffer(buffer, other, *n)?),
            Op::Freeze(end) => {
                base.evbuffer_freeze(buffer, *end)?;
                Gave::Nothing
            }
            Op::Unfreeze(end) => {
                base.evbuffer_unfreeze(buffer, *end)?;
                Gave::Nothing
            }
            Op::Write(limit) => {
                Gave::Count(base.evbuffer_write_atmost(buffer, &self.write_to, *limit)?)
            }
            Op::Read(limit) => Gave::Count(base.evbuffer_read(buffer, &self.read_from, *limit)?),
        })
    }

    fn bytes(&self, at: usize) -> Vec<u8> {
        let pieces = self.base.evbuffer_peek(self.buffers[at]).unwrap();
        pieces.collect::<Vec<_>>().concat()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn buffers_behave_as_plain_bytes_do(ops in vec(op(), 1..60)) {
        let mut model = Model::default();
        let mut real = Real::new();
        for (at, op) in &ops {
            let mut expected = model.apply(*at, op);
            let gave = real.apply(*at, op);
            // How much a socket takes at once is the system's business; the model follows.
            if let (Op::Write(limit), Gave::Count(n)) = (op, &gave)
                && let Gave::Count(all) = expected
                && *n < all
            {
                prop_assert!(*n > 0 || limit == &Some(0), "the socket took nothing");
                let back = model.socket.split_off(model.socket.len() - (all - n));
                model.bytes[*at].splice(..0, back);
                let before = model.bytes[*at].len() + n;
                for (.., info) in &mut model.told {
                    *info = EvbufferCbInfo { orig_size: before, n_added: 0, n_deleted: *n };
                }
                expected = Gave::Count(*n);
            }
            prop_assert_eq!(&gave, &expected, "{:?}", op);
            prop_assert_eq!(real.told.take(), std::mem::take(&mut model.told), "{:?}", op);
            for at in [0, 1] {
                prop_assert_eq!(real.base.evbuffer_get_length(real.buffers[at]).unwrap(), model.bytes[at].len());
                prop_assert!(real.bytes(at) == model.bytes[at], "other bytes after {op:?}");
            }
        }
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
