//! What can be done to a buffer, and how bytes that nobody chose say it.

use evscope_reactor::{BufferEnd, EolStyle};

/// What is done to one of two buffers.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    Add(Vec<u8>),
    AddPieces(Vec<Vec<u8>>),
    AddText(String),
    AddReference(Vec<u8>),
    /// A part of the file: from where, and how many bytes.
    AddFile(usize, usize),
    Expand(usize),
    /// Reserves so many bytes, in one piece or two, and commits as many of them as there are.
    WriteInto {
        reserve: usize,
        in_two: bool,
        data: Vec<u8>,
    },
    Prepend(Vec<u8>),
    Remove(usize),
    Drain(usize),
    Pullup(usize),
    CopyOut(usize),
    CopyOutFrom(usize, usize),
    PeekFrom(usize, Option<usize>),
    Search(Vec<u8>, usize),
    SearchRange(Vec<u8>, usize, usize),
    SearchEol(EolStyle, usize),
    Readln(EolStyle),
    /// From the other one.
    AddBuffer,
    PrependBuffer,
    AddBufferReference,
    /// To the other one.
    RemoveBuffer(usize),
    Freeze(BufferEnd),
    Unfreeze(BufferEnd),
    /// Into a socket, whose other end is read by `Read`.
    Write(Option<usize>),
    Read(Option<usize>),
}

impl Op {
    /// The operations that some bytes stand for, each with the buffer it is done to.
    pub fn from_bytes(bytes: &[u8]) -> Vec<(usize, Self)> {
        let mut input = Input(bytes);
        std::iter::from_fn(|| input.op()).collect()
    }
}

struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn op(&mut self) -> Option<(usize, Op)> {
        let kind = self.byte()?;
        let op = match kind % 32 {
            0..3 => Op::Add(self.bytes()?),
            3 => Op::AddPieces(vec![self.bytes()?, self.bytes()?]),
            4 => Op::AddText(String::from_utf8_lossy(&self.bytes()?).into_owned()),
            5 => Op::AddReference(self.bytes()?),
            6 => Op::AddFile(self.length()?.min(9000), self.length()?.min(1000)),
            7 => Op::Expand(self.length()?.min(100_000)),
            8 | 9 => Op::WriteInto {
                reserve: self.length()?.min(20_000),
                in_two: kind >= 128,
                data: self.bytes()?,
            },
            10 => Op::Prepend(self.bytes()?),
            11 => Op::Remove(self.length()?),
            12 => Op::Drain(self.length()?),
            13 => Op::Pullup(self.length()?),
            14 => Op::CopyOut(self.length()?.min(2000)),
            15 => Op::CopyOutFrom(self.length()?, self.length()?.min(2000)),
            16 => Op::PeekFrom(self.length()?, self.maybe_length()?),
            17 => Op::Search(self.pattern()?, self.length()?),
            18 => Op::SearchRange(self.pattern()?, self.length()?, self.length()?),
            19 => Op::SearchEol(self.style()?, self.length()?),
            20 => Op::Readln(self.style()?),
            21 => Op::AddBuffer,
            22 => Op::PrependBuffer,
            23 => Op::AddBufferReference,
            24 | 25 => Op::RemoveBuffer(self.length()?),
            26 => Op::Freeze(self.end()?),
            27 | 28 => Op::Unfreeze(self.end()?),
            29 => Op::Write(self.maybe_length()?),
            _ => Op::Read(self.maybe_length()?),
        };
        Some((usize::from(kind / 32 % 2), op))
    }

    /// Mostly small ones.
    fn length(&mut self) -> Option<usize> {
        let first = usize::from(self.byte()?);
        Some(match first {
            0..128 => first,
            128..254 => (first - 128) * 160 + usize::from(self.byte()?),
            _ => usize::MAX,
        })
    }

    fn maybe_length(&mut self) -> Option<Option<usize>> {
        let length = self.length()?;
        Some(Some(length).filter(|&length| length != usize::MAX))
    }

    /// Few different bytes, so that searches and line ends find something.
    fn bytes(&mut self) -> Option<Vec<u8>> {
        let n = self.length()?.min(9000);
        let pattern = self.pattern()?;
        Some(pattern.into_iter().chain([b'z']).cycle().take(n).collect())
    }

    fn pattern(&mut self) -> Option<Vec<u8>> {
        let n = self.byte()? % 8;
        let letters = b"aab\r\n\0\xff";
        let letter = |byte: u8| letters[usize::from(byte) % letters.len()];
        (0..n).map(|_| self.byte().map(letter)).collect()
    }

    fn style(&mut self) -> Option<EolStyle> {
        Some(match self.byte()? % 5 {
            0 => EolStyle::Any,
            1 => EolStyle::Crlf,
            2 => EolStyle::CrlfStrict,
            3 => EolStyle::Lf,
            _ => EolStyle::Nul,
        })
    }

    fn end(&mut self) -> Option<BufferEnd> {
        Some(if self.byte()? % 2 == 0 {
            BufferEnd::Start
        } else {
            BufferEnd::End
        })
    }
}
