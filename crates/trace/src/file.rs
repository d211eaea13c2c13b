//! Trace files: plain, or compressed with gzip or zstd.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

/// How a trace file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all: `.jsonl`.
    None,
    /// gzip: `.gz`.
    Gzip,
    /// Zstandard: `.zst`.
    Zstd,
}

impl Compression {
    /// What a file's name asks for when it is written.
    pub fn of_name(path: &Path) -> Self {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("gz") => Self::Gzip,
            Some("zst") => Self::Zstd,
            _ => Self::None,
        }
    }

    /// What the first bytes of a file say, whatever its name.
    fn of_content(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::None,
        }
    }
}

/// Opens a trace for reading; `-` is the standard input. Compressed traces are told by their content.
pub fn open(path: &Path) -> io::Result<Box<dyn BufRead + Send>> {
    let input: Box<dyn io::Read + Send> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(path)?)
    };
    read(input)
}

/// Reads a trace that is not a file; a compressed one is told by its content.
pub fn read(input: impl io::Read + Send + 'static) -> io::Result<Box<dyn BufRead + Send>> {
    let input: Box<dyn io::Read + Send> = Box::new(input);
    let mut input = BufReader::with_capacity(1 << 16, input);
    let compression = Compression::of_content(input.fill_buf()?);
    unpack(input, compression)
}

/// Creates a trace for writing; `-` is the standard output, which may be a terminal: there hidden characters
/// are JSON's escapes. The name's ending chooses the compression.
/// A compressed trace is whole only once the writer is dropped.
pub fn create(path: &Path) -> io::Result<Box<dyn Write + Send>> {
    let output: Box<dyn Write + Send> = if path == Path::new("-") {
        Box::new(crate::Filter::json(io::stdout()))
    } else {
        Box::new(File::create(path)?)
    };
    pack(
        BufWriter::with_capacity(1 << 16, output),
        Compression::of_name(path),
    )
}

#[cfg(feature = "compression")]
fn unpack(
    input: BufReader<Box<dyn io::Read + Send>>,
    compression: Compression,
) -> io::Result<Box<dyn BufRead + Send>> {
    Ok(match compression {
        Compression::None => Box::new(input),
        Compression::Gzip => Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(input))),
        Compression::Zstd => Box::new(BufReader::new(zstd::Decoder::with_buffer(input)?)),
    })
}

#[cfg(feature = "compression")]
fn pack(
    output: BufWriter<Box<dyn Write + Send>>,
    compression: Compression,
) -> io::Result<Box<dyn Write + Send>> {
    /// zstd's own default: a fair trade of time for size.
    const ZSTD_LEVEL: i32 = 3;
    Ok(match compression {
        Compression::None => Box::new(output),
        Compression::Gzip => Box::new(flate2::write::GzEncoder::new(
            output,
            flate2::Compression::default(),
        )),
        Compression::Zstd => Box::new(zstd::Encoder::new(output, ZSTD_LEVEL)?.auto_finish()),
    })
}

#[cfg(not(feature = "compression"))]
fn unpack(
    input: BufReader<Box<dyn io::Read + Send>>,
    compression: Compression,
) -> io::Result<Box<dyn BufRead + Send>> {
    match compression {
        Compression::None => Ok(Box::new(input)),
        Compression::Gzip | Compression::Zstd => Err(not_built_in()),
    }
}

#[cfg(not(feature = "compression"))]
fn pack(
    output: BufWriter<Box<dyn Write + Send>>,
    compression: Compression,
) -> io::Result<Box<dyn Write + Send>> {
    match compression {
        Compression::None => Ok(Box::new(output)),
        Compression::Gzip | Compression::Zstd => Err(not_built_in()),
    }
}

#[cfg(not(feature = "compression"))]
fn not_built_in() -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        "built without support for compressed traces",
    )
}
