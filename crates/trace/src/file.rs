//! Trace files: plain, or compressed with gzip or zstd.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use log::debug;

use crate::claim::{Claim, Over};
#[cfg(feature = "compression")]
use crate::zstandard;

/// So much is read and written at once: few lines lie across its end.
const BUFFER: usize = 1 << 16;

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
    let mut input = BufReader::with_capacity(BUFFER, input);
    let compression = Compression::of_content(input.fill_buf()?);
    debug!("the trace is packed by {compression:?}");
    unpack(input, compression)
}

/// Creates a trace for writing; `-` is the standard output, which may be a terminal: there hidden characters are
/// JSON's escapes. The name's ending chooses the compression. A trace that is there already is written over;
/// anything else is not.
///
/// # Errors
/// [`InTheWay`](crate::InTheWay) inside where something else is there, or what the operating system says.
pub fn create(path: &Path) -> io::Result<Output> {
    create_over(path, Over::Trace)
}

/// As [`create`], for other files as well: `over` says what may be written over.
///
/// # Errors
/// As [`create`].
pub fn create_over(path: &Path, over: Over<'_>) -> io::Result<Output> {
    if path == Path::new("-") {
        let output = crate::Filter::json(io::stdout());
        return Output::new(Box::new(output), Compression::None);
    }
    Claim::new(path, over)?.create()
}

impl Claim<'_> {
    /// Empties the file and gives its writing end; the name's ending chooses the compression.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn create(self) -> io::Result<Output> {
        let compression = Compression::of_name(self.path());
        Output::new(Box::new(self.begin()?), compression)
    }
}

type Plain = BufWriter<Box<dyn Write + Send>>;

/// The writing end of a file that may be packed. The end of what is packed is written by [`finish`](Self::finish), which
/// tells whether it could be; dropped without that, it is written where that is possible.
pub struct Output {
    packing: Packing,
    finished: bool,
}

enum Packing {
    None(Plain),
    #[cfg(feature = "compression")]
    Gzip(flate2::write::GzEncoder<Plain>),
    #[cfg(feature = "compression")]
    Zstd(zstandard::Encoder<Plain>),
}

impl Output {
    fn new(output: Box<dyn Write + Send>, compression: Compression) -> io::Result<Self> {
        let packing = pack(BufWriter::with_capacity(BUFFER, output), compression)?;
        Ok(Self {
            packing,
            finished: false,
        })
    }

    /// Writes what is left, and hands it to the operating system.
    ///
    /// # Errors
    /// What the operating system says; the file is not whole then.
    pub fn finish(mut self) -> io::Result<()> {
        self.end()
    }

    fn end(&mut self) -> io::Result<()> {
        self.finished = true;
        match &mut self.packing {
            Packing::None(output) => output.flush(),
            #[cfg(feature = "compression")]
            Packing::Gzip(output) => {
                output.try_finish()?;
                output.get_mut().flush()
            }
            #[cfg(feature = "compression")]
            Packing::Zstd(output) => {
                output.do_finish()?;
                output.get_mut().flush()
            }
        }
    }

    fn writer(&mut self) -> &mut dyn Write {
        match &mut self.packing {
            Packing::None(output) => output,
            #[cfg(feature = "compression")]
            Packing::Gzip(output) => output,
            #[cfg(feature = "compression")]
            Packing::Zstd(output) => output,
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer().write(bytes)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer().write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer().flush()
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if !self.finished {
            let _ = self.end();
        }
    }
}

#[cfg(feature = "compression")]
fn unpack(
    input: BufReader<Box<dyn io::Read + Send>>,
    compression: Compression,
) -> io::Result<Box<dyn BufRead + Send>> {
    Ok(match compression {
        Compression::None => Box::new(input),
        Compression::Gzip => Box::new(BufReader::with_capacity(
            BUFFER,
            flate2::bufread::MultiGzDecoder::new(input),
        )),
        Compression::Zstd => Box::new(BufReader::with_capacity(BUFFER, zstandard::decoder(input)?)),
    })
}

#[cfg(feature = "compression")]
fn pack(output: Plain, compression: Compression) -> io::Result<Packing> {
    Ok(match compression {
        Compression::None => Packing::None(output),
        Compression::Gzip => Packing::Gzip(flate2::write::GzEncoder::new(
            output,
            flate2::Compression::default(),
        )),
        Compression::Zstd => Packing::Zstd(zstandard::encoder(output)?),
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
fn pack(output: Plain, compression: Compression) -> io::Result<Packing> {
    match compression {
        Compression::None => Ok(Packing::None(output)),
        Compression::Gzip | Compression::Zstd => Err(not_built_in()),
    }
}

#[cfg(not(feature = "compression"))]
fn not_built_in() -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        evscope_words::text!(trace_not_built_in),
    )
}
