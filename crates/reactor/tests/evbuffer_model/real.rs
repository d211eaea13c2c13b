//! The real ones.

use std::cell::RefCell;
use std::fs::File;
use std::io::{ErrorKind, IoSlice, Write};
use std::os::unix::net::UnixStream;
use std::rc::Rc;

use evscope_reactor::{Error, Evbuffer, EvbufferFlags, EventBase};

use super::{Gave, Op, Told};

pub(super) struct Real {
    base: EventBase,
    buffers: [Evbuffer; 2],
    write_to: UnixStream,
    read_from: UnixStream,
    pub(super) told: Rc<RefCell<Vec<Told>>>,
}

/// The bytes of the file that parts are taken from.
pub(super) fn file_bytes() -> Vec<u8> {
    b"of a file\r\n"
        .iter()
        .copied()
        .cycle()
        .take(10_000)
        .collect()
}

thread_local! {
    /// It has no name any more.
    static FILE: Rc<File> = {
        let name = format!("evscope-evbuffer-{}-{:?}", std::process::id(), std::thread::current().id());
        let path = std::env::temp_dir().join(name);
        let mut file = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        file.write_all(&file_bytes()).unwrap();
        Rc::new(file)
    };
}

impl Real {
    pub(super) fn new() -> Self {
        let mut base = EventBase::new().unwrap();
        let told: Rc<RefCell<Vec<Told>>> = Rc::default();
        let buffers = [0, 1].map(|at| {
            let buffer = base.evbuffer_new();
            for which in [1, 2] {
                let told = Rc::clone(&told);
                base.evbuffer_add_cb(buffer, move |_: &mut EventBase, told_of, info: &_| {
                    assert_eq!(told_of, buffer);
                    told.borrow_mut().push((at, which, *info));
                })
                .unwrap();
            }
            buffer
        });
        // From the one, files are sent; in the other one, they are read.
        base.evbuffer_set_flags(buffers[0], EvbufferFlags::DRAINS_TO_FD)
            .unwrap();
        let (write_to, read_from) = UnixStream::pair().unwrap();
        write_to.set_nonblocking(true).unwrap();
        read_from.set_nonblocking(true).unwrap();
        Self { base, buffers, write_to, read_from, told }
    }

    pub(super) fn len(&self, at: usize) -> usize {
        self.base.evbuffer_get_length(self.buffers[at]).unwrap()
    }

    pub(super) fn bytes(&mut self, at: usize) -> Vec<u8> {
        let pieces = self.base.evbuffer_peek(self.buffers[at]).unwrap();
        pieces.collect::<Vec<_>>().concat()
    }

    pub(super) fn apply(&mut self, at: usize, op: &Op) -> Gave {
        self.try_apply(at, op).unwrap_or_else(|error| match error {
            Error::Frozen(_) => Gave::Frozen,
            Error::Invalid { .. } => Gave::Invalid,
            Error::Os { source, .. } if source.kind() == ErrorKind::WouldBlock => Gave::NoBytes,
            other => panic!("{other}"),
        })
    }

    fn try_apply(&mut self, at: usize, op: &Op) -> Result<Gave, Error> {
        let base = &mut self.base;
        let (buffer, other) = (self.buffers[at], self.buffers[1 - at]);
        Ok(match op {
            Op::Add(data) => nothing(base.evbuffer_add(buffer, data)?),
            Op::AddPieces(pieces) => {
                let pieces: Vec<IoSlice<'_>> = pieces.iter().map(|p| IoSlice::new(p)).collect();
                Gave::Count(base.evbuffer_add_iovec(buffer, &pieces)?)
            }
            Op::AddText(text) => {
                // In two halves, which callbacks must not notice.
                let half = text.chars().count() / 2;
                let first: String = text.chars().take(half).collect();
                let second: String = text.chars().skip(half).collect();
                let n = base.evbuffer_add_printf(buffer, format_args!("{first}{second}"))?;
                assert_eq!(n, text.len());
                Gave::Nothing
            }
            Op::AddReference(data) => nothing(base.evbuffer_add_reference(buffer, data.clone())?),
            Op::AddFile(from, n) => {
                let file = FILE.with(Rc::clone);
                let (from, n) = (*from as u64, Some(*n as u64));
                nothing(base.evbuffer_add_file(buffer, file, from, n)?)
            }
            Op::Expand(n) => nothing(base.evbuffer_expand(buffer, *n)?),
            Op::WriteInto { reserve, in_two, data } => {
                let n = (*reserve).max(data.len());
                let mut pieces = if *in_two {
                    base.evbuffer_reserve_space_in_two(buffer, n)?
                } else {
                    [base.evbuffer_reserve_space(buffer, n)?, &mut []]
                };
                assert!(pieces.iter().map(|piece| piece.len()).sum::<usize>() >= n);
                let mut rest = &data[..];
                let lens = pieces.each_mut().map(|piece| {
                    let (now, later) = rest.split_at(rest.len().min(piece.len()));
                    piece[..now.len()].copy_from_slice(now);
                    rest = later;
                    now.len()
                });
                let lens = if *in_two { &lens[..] } else { &lens[..1] };
                nothing(base.evbuffer_commit_space(buffer, lens)?)
            }
            Op::Prepend(data) => nothing(base.evbuffer_prepend(buffer, data)?),
            Op::Remove(n) => {
                let mut out = vec![0xee; (*n).min(base.evbuffer_get_length(buffer)? + 10)];
                let n = base.evbuffer_remove(buffer, &mut out)?;
                out.truncate(n);
                Gave::Bytes(Some(out))
            }
            Op::Drain(n) => nothing(base.evbuffer_drain(buffer, *n)?),
            Op::Pullup(n) => {
                let bytes = base.evbuffer_pullup(buffer, *n)?.map(<[u8]>::to_vec);
                if bytes.is_some() {
                    assert!(base.evbuffer_get_contiguous_space(buffer)? >= *n);
                }
                Gave::Bytes(bytes)
            }
            Op::CopyOut(n) => {
                let mut out = vec![0xee; *n];
                let n = base.evbuffer_copyout(buffer, &mut out)?;
                out.truncate(n);
                Gave::Bytes(Some(out))
            }
            Op::CopyOutFrom(offset, n) => {
                let mut out = vec![0xee; *n];
                let n = base.evbuffer_copyout_from(buffer, *offset, &mut out)?;
                out.truncate(n);
                Gave::Bytes(Some(out))
            }
            Op::PeekFrom(from, n) => {
                let pieces: Vec<&[u8]> = base.evbuffer_peek_from(buffer, *from, *n)?.collect();
                let mut bytes = pieces.concat();
                if let (Some(n), Some(last)) = (*n, pieces.last()) {
                    assert!(bytes.len() - last.len() < n, "a piece too many");
                    bytes.truncate(n);
                }
                Gave::Bytes(Some(bytes))
            }
            Op::Search(what, from) => Gave::Place(base.evbuffer_search(buffer, what, *from)?),
            Op::SearchRange(what, from, end) => {
                Gave::Place(base.evbuffer_search_range(buffer, what, *from, *end)?)
            }
            Op::SearchEol(style, from) => {
                Gave::Eol(base.evbuffer_search_eol(buffer, *style, *from)?)
            }
            Op::Readln(style) => Gave::Bytes(base.evbuffer_readln(buffer, *style)?),
            Op::AddBuffer => nothing(base.evbuffer_add_buffer(buffer, other)?),
            Op::PrependBuffer => nothing(base.evbuffer_prepend_buffer(buffer, other)?),
            Op::AddBufferReference => nothing(base.evbuffer_add_buffer_reference(buffer, other)?),
            Op::RemoveBuffer(n) => Gave::Count(base.evbuffer_remove_buffer(buffer, other, *n)?),
            Op::Freeze(end) => nothing(base.evbuffer_freeze(buffer, *end)?),
            Op::Unfreeze(end) => nothing(base.evbuffer_unfreeze(buffer, *end)?),
            Op::Write(limit) => {
                Gave::Count(base.evbuffer_write_atmost(buffer, &self.write_to, *limit)?)
            }
            Op::Read(limit) => Gave::Count(base.evbuffer_read(buffer, &self.read_from, *limit)?),
        })
    }
}

fn nothing((): ()) -> Gave {
    Gave::Nothing
}
