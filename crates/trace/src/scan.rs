//! Takes a line of JSON apart in one pass, without a tree.
//!
//! It accepts the JSON that traces are made of (flat objects of words, whole numbers and short texts,
//! some with escapes) and gives up at anything else, right or wrong: `None` means "ask the real JSON
//! reader", which knows what is wrong or takes what is merely rare. So nothing is judged here, and what
//! is accepted means to both the same.

use std::borrow::Cow;

use crate::texts::Texts;
use crate::{Payload, SourceLine};

/// A value in a record.
#[derive(Debug, Clone)]
pub(crate) enum Token<'a> {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number from 0.
    Unsigned(u64),
    /// A whole number below 0.
    Negative(i64),
    /// A text without its escapes.
    Text(Cow<'a, str>),
    /// Bytes, as an object.
    Payload(Payload),
}

impl Token<'_> {
    /// The number, if it is one and fits.
    pub(crate) fn number<T: TryFrom<u64> + TryFrom<i64>>(self) -> Option<T> {
        match self {
            Self::Unsigned(number) => T::try_from(number).ok(),
            Self::Negative(number) => T::try_from(number).ok(),
            Self::Bool(_) | Self::Text(_) | Self::Payload(_) => None,
        }
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Bool(_) | Self::Unsigned(_) | Self::Negative(_) | Self::Payload(_) => None,
        }
    }
}

/// Reads on in a line.
#[derive(Debug)]
pub(crate) struct Scanner<'a> {
    line: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// In a line, which is text if it can be scanned at all, behind some bytes that are read already.
    pub(crate) fn new(line: &'a [u8], at: usize) -> Option<Self> {
        let line = std::str::from_utf8(line).ok()?;
        Some(Self { line, at })
    }

    /// Goes through the members of an object. `member` is called behind the colon and reads the value.
    pub(crate) fn object(
        &mut self,
        mut member: impl FnMut(&'a str, &mut Self) -> Option<()>,
    ) -> Option<()> {
        self.expect(b'{')?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Some(());
        }
        self.member(&mut member)?;
        self.members(member)
    }

    /// Goes on through the members of an object, behind one of them.
    pub(crate) fn members(
        &mut self,
        mut member: impl FnMut(&'a str, &mut Self) -> Option<()>,
    ) -> Option<()> {
        loop {
            match self.next_sign()? {
                b',' => self.member(&mut member)?,
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    #[inline]
    fn member(&mut self, member: &mut impl FnMut(&'a str, &mut Self) -> Option<()>) -> Option<()> {
        let name = self.name()?;
        self.expect(b':')?;
        member(name, self)
    }

    /// Holds that nothing follows but white space.
    pub(crate) fn end(&mut self) -> Option<()> {
        self.peek().is_none().then_some(())
    }

    /// What is left of the line.
    pub(crate) fn rest(&self) -> &'a str {
        &self.line[self.at..]
    }

    /// Passes over `text` if that is what comes next.
    pub(crate) fn pass(&mut self, text: &str) -> bool {
        let comes = self.line.as_bytes()[self.at..].starts_with(text.as_bytes());
        if comes {
            self.at += text.len();
        }
        comes
    }

    /// A value of any kind that a record's field can have.
    pub(crate) fn value(&mut self) -> Option<Token<'a>> {
        match self.peek()? {
            b'"' => self.string().map(Token::Text),
            b'0'..=b'9' => self.unsigned().map(Token::Unsigned),
            b'-' => self.negative().map(Token::Negative),
            b't' | b'f' => self.truth().map(Token::Bool),
            b'{' => self.payload().map(Token::Payload),
            _ => None,
        }
    }

    /// A number that is not negative.
    pub(crate) fn number<T: TryFrom<u64>>(&mut self) -> Option<T> {
        self.peek();
        T::try_from(self.unsigned()?).ok()
    }

    /// The name of a member. One with an escape is left to the JSON reader.
    #[inline]
    fn name(&mut self) -> Option<&'a str> {
        self.expect(b'"')?;
        let rest = &self.line[self.at..];
        // Names are short.
        let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
        let len = rest.as_bytes().iter().position(is_special)?;
        self.at += len;
        match self.next()? {
            b'"' => rest.get(..len),
            _ => None,
        }
    }

    /// A text.
    #[inline]
    pub(crate) fn string(&mut self) -> Option<Cow<'a, str>> {
        self.expect(b'"')?;
        let start = self.at;
        self.at += plain(&self.line.as_bytes()[start..]);
        match self.next()? {
            b'"' => self.line.get(start..self.at - 1).map(Cow::Borrowed),
            b'\\' => self.escaped(start),
            _ => None,
        }
    }

    /// The rest of a text that began at `start` and has its first escape just before `at`. What the
    /// escapes mean is left to the JSON reader.
    fn escaped(&mut self, start: usize) -> Option<Cow<'a, str>> {
        self.next()?;
        loop {
            self.at += plain(&self.line.as_bytes()[self.at..]);
            match self.next()? {
                b'"' => break,
                b'\\' => self.next()?,
                _ => return None,
            };
        }
        let quoted = self.line.get(start - 1..self.at)?;
        serde_json::from_str(quoted).ok().map(Cow::Owned)
    }

    /// A place in a source file.
    pub(crate) fn place(&mut self, texts: &mut Texts) -> Option<SourceLine> {
        let (mut file, mut line, mut function) = (None, None, None);
        self.object(|name, scan| match name {
            "file" => once(&mut file, texts.keep(&scan.string()?)),
            "line" => once(&mut line, scan.number()?),
            "fn" => once(&mut function, texts.keep(&scan.string()?)),
            _ => None,
        })?;
        Some(SourceLine {
            file: file?,
            line: line?,
            function,
        })
    }

    fn payload(&mut self) -> Option<Payload> {
        let (mut text, mut cut) = (None, None);
        // No value of any kind in here: a payload in a payload in a payload would end in the stack's.
        self.object(|name, scan| match name {
            "text" => once(&mut text, scan.string()?.into_owned().into_bytes()),
            "hex" => once(&mut text, crate::record::from_hex(&scan.string()?)?),
            "cut" => once(&mut cut, scan.truth()?),
            _ => None,
        })?;
        Some(Payload {
            bytes: text?,
            cut: cut.unwrap_or(false),
        })
    }

    /// A whole number; one with a point or an exponent is none.
    fn unsigned(&mut self) -> Option<u64> {
        let digits = &self.line.as_bytes()[self.at..];
        let mut number = 0_u64;
        let mut len = 0;
        while let Some(digit @ b'0'..=b'9') = digits.get(len) {
            number = number
                .checked_mul(10)?
                .checked_add(u64::from(digit - b'0'))?;
            len += 1;
        }
        let leading_zero = len > 1 && digits[0] == b'0';
        if len == 0 || leading_zero || matches!(digits.get(len), Some(b'.' | b'e' | b'E')) {
            return None;
        }
        self.at += len;
        Some(number)
    }

    /// `-0` is not a whole number in JSON's eyes.
    fn negative(&mut self) -> Option<i64> {
        self.expect(b'-')?;
        match self.unsigned()? {
            0 => None,
            number => 0_i64.checked_sub_unsigned(number),
        }
    }

    fn truth(&mut self) -> Option<bool> {
        match self.peek()? {
            b't' => self.word("true").map(|()| true),
            _ => self.word("false").map(|()| false),
        }
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.pass(word).then_some(())
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// The next byte that is not white space.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.line.as_bytes().get(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// Takes the next byte that is not white space.
    #[inline]
    fn next_sign(&mut self) -> Option<u8> {
        let sign = self.peek()?;
        self.at += 1;
        Some(sign)
    }

    fn next(&mut self) -> Option<u8> {
        let byte = *self.line.as_bytes().get(self.at)?;
        self.at += 1;
        Some(byte)
    }
}

/// Fills a place that was empty: of a member that is there twice, the JSON reader takes the last.
pub(crate) fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    if place.is_some() {
        return None;
    }
    *place = Some(value);
    Some(())
}

/// How many bytes at the start of `text` are neither a quote, a backslash nor a control character;
/// eight at a time.
#[inline]
pub(crate) fn plain(text: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let mut at = 0;
    while let Some(chunk) = text.get(at..at + 8) {
        let mut eight = [0; 8];
        eight.copy_from_slice(chunk);
        let word = u64::from_le_bytes(eight);
        // A byte less than `n` gets its high bit set; a borrow can only disturb the bytes after it.
        let less = |word: u64, n: u64| word.wrapping_sub(ONES * n) & !word & HIGH;
        let special = less(word, 0x20)
            | less(word ^ (ONES * u64::from(b'"')), 1)
            | less(word ^ (ONES * u64::from(b'\\')), 1);
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = &text[at..];
    at + rest
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))
        .unwrap_or(rest.len())
}
