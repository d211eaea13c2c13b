//! An input of which a bit too much was read.

use std::io::{self, BufRead, Read};

/// An input to which the beginning of a line can be given back: that comes first then.
#[derive(Debug)]
pub(crate) struct Unread<R> {
    pub(crate) input: R,
    given_back: Vec<u8>,
}

impl<R> Unread<R> {
    pub(crate) fn new(input: R) -> Self {
        Self {
            input,
            given_back: Vec::new(),
        }
    }

    /// Takes back the end of what was read last.
    pub(crate) fn give_back(&mut self, bytes: &[u8]) {
        self.given_back.extend_from_slice(bytes);
    }
}

impl<R: BufRead> BufRead for Unread<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self.given_back.is_empty() {
            true => self.input.fill_buf(),
            false => Ok(&self.given_back),
        }
    }

    fn consume(&mut self, count: usize) {
        match self.given_back.is_empty() {
            true => self.input.consume(count),
            false => drop(self.given_back.drain(..count)),
        }
    }
}

impl<R: BufRead> Read for Unread<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given_back.is_empty() {
            return self.input.read(out);
        }
        let count = self.given_back.len().min(out.len());
        out[..count].copy_from_slice(&self.given_back[..count]);
        self.consume(count);
        Ok(count)
    }
}
