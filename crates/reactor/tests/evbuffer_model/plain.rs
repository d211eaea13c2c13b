//! Two buffers as plain bytes, with libevent's rules.

use std::collections::VecDeque;

use evscope_reactor::{BufferEnd, EolStyle, EvbufferCbInfo};

use super::real::file_bytes;
use super::{Gave, Op, Told};

#[derive(Default)]
pub(super) struct Plain {
    pub(super) bytes: [Vec<u8>; 2],
    frozen: [(bool, bool); 2],
    socket: VecDeque<u8>,
    pub(super) told: Vec<Told>,
    /// Parts of files were added.
    pub(super) may_have_files: bool,
    /// What one buffer has was added to the other.
    pub(super) may_have_references: bool,
}

impl Plain {
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

    fn add(&mut self, at: usize, data: &[u8]) -> Gave {
        if self.frozen[at].1 {
            return Gave::Frozen;
        }
        self.bytes[at].extend_from_slice(data);
        self.tell(at, data.len(), 0);
        Gave::Nothing
    }

    fn take(&mut self, at: usize, n: usize) -> Vec<u8> {
        let n = n.min(self.bytes[at].len());
        let taken: Vec<u8> = self.bytes[at].drain(..n).collect();
        self.tell(at, 0, n);
        taken
    }

    /// How much was written and not read yet.
    pub(super) fn in_socket(&self) -> usize {
        self.socket.len()
    }

    /// Of the `all` bytes that were written, the socket took `n`.
    pub(super) fn take_back(&mut self, at: usize, all: usize, n: usize) {
        let back = self.socket.split_off(self.socket.len() - (all - n));
        self.bytes[at].splice(..0, back);
        let orig_size = self.bytes[at].len() + n;
        for (.., info) in &mut self.told {
            *info = EvbufferCbInfo { orig_size, n_added: 0, n_deleted: n };
        }
        if n == 0 {
            self.told.clear();
        }
    }

    /// What is frozen refuses a change, but some calls find first that there is nothing to do.
    pub(super) fn apply(&mut self, at: usize, op: &Op) -> Gave {
        let other = 1 - at;
        let len = self.bytes[at].len();
        let (frozen_start, frozen_end) = self.frozen[at];
        match op {
            Op::Add(data) | Op::AddReference(data) => self.add(at, data),
            Op::AddText(text) => self.add(at, text.as_bytes()),
            Op::AddPieces(pieces) if frozen_end && !pieces.is_empty() => Gave::Frozen,
            Op::AddPieces(pieces) => {
                for piece in pieces {
                    self.add(at, piece);
                }
                Gave::Count(pieces.iter().map(Vec::len).sum())
            }
            Op::AddFile(from, n) => {
                self.may_have_files |= !frozen_end;
                self.add(at, &file_bytes()[*from..from + n])
            }
            Op::Expand(_) => Gave::Nothing,
            Op::WriteInto { data, .. } => self.add(at, data),
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
            Op::PeekFrom(from, n) => {
                let rest = self.bytes[at].get(*from..).unwrap_or(&[]);
                Gave::Bytes(Some(rest[..n.unwrap_or(usize::MAX).min(rest.len())].to_vec()))
            }
            Op::Search(what, from) => Gave::Place(find(&self.bytes[at], what, *from)),
            Op::SearchRange(what, from, end) => {
                let found = find(&self.bytes[at], what, *from);
                Gave::Place(found.filter(|at| what.is_empty() || at + what.len() <= *end))
            }
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
            Op::AddBuffer | Op::PrependBuffer | Op::AddBufferReference
                if self.bytes[other].is_empty() =>
            {
                Gave::Nothing
            }
            Op::AddBuffer if frozen_end || self.frozen[other].0 => Gave::Frozen,
            Op::AddBuffer => {
                let moved = std::mem::take(&mut self.bytes[other]);
                self.tell(other, 0, moved.len());
                self.bytes[at].extend_from_slice(&moved);
                self.tell(at, moved.len(), 0);
                Gave::Nothing
            }
            Op::PrependBuffer if frozen_start || self.frozen[other].0 => Gave::Frozen,
            Op::PrependBuffer => {
                let moved = std::mem::take(&mut self.bytes[other]);
                self.tell(other, 0, moved.len());
                self.bytes[at].splice(..0, moved.iter().copied());
                self.tell(at, moved.len(), 0);
                Gave::Nothing
            }
            Op::AddBufferReference => {
                self.may_have_references = true;
                let shared = self.bytes[other].clone();
                self.add(at, &shared)
            }
            Op::RemoveBuffer(0) => Gave::Count(0),
            Op::RemoveBuffer(_) if frozen_start || self.frozen[other].1 => Gave::Frozen,
            Op::RemoveBuffer(n) => {
                let moved: Vec<u8> = self.bytes[at].drain(..(*n).min(len)).collect();
                self.bytes[other].extend_from_slice(&moved);
                // To move all tells the giver first, to move some the receiver.
                let order = if *n >= len { [at, other] } else { [other, at] };
                for told in order {
                    let deleted = if told == at { moved.len() } else { 0 };
                    self.tell(told, moved.len() - deleted, deleted);
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
