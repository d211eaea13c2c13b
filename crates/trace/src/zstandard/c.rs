//! The C library.

use std::io::{self, BufRead, Read, Write};

pub(crate) type Encoder<W> = zstd::Encoder<'static, W>;

pub(crate) fn encoder<W: Write>(output: W) -> io::Result<Encoder<W>> {
    /// zstd's own default: a fair trade of time for size.
    const LEVEL: i32 = 3;
    zstd::Encoder::new(output, LEVEL)
}

pub(crate) fn decoder(input: impl BufRead) -> io::Result<impl Read> {
    zstd::Decoder::with_buffer(input)
}
