//! A trace that is gone through more than once, and not kept in memory.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, Read, Seek, Write};
use std::path::Path;

use evscope_replay::Again;
use evscope_trace::{FileId, ReadError, Reader};

use crate::input::InputPlace;

type Input = Reader<Box<dyn BufRead + Send>>;

impl InputPlace {
    /// The trace that is there, to be gone through as often as is wanted. What can be read only once (a pipe), or will be
    /// written over (`output` is the same file), is copied into a file without a name as it is read the first time.
    pub(crate) fn again(&self, output: Option<&Path>) -> anyhow::Result<Again<'_>> {
        if self.can_be_read_again(output) {
            return Ok(Again::new(|| self.reader()));
        }
        let copy = tempfile::tempfile()?;
        let is_read = Cell::new(false);
        Ok(Again::new(move || {
            let failed = |source| self.failed(source);
            let copy = copy.try_clone().map_err(failed)?;
            if is_read.replace(true) {
                return self.of_copy(copy);
            }
            self.copied_into(copy)
        }))
    }

    fn can_be_read_again(&self, output: Option<&Path>) -> bool {
        match self {
            Self::Builtin(_) => true,
            Self::Stdin => false,
            Self::File(path) => path.is_file() && !is_same(path, output),
        }
    }

    /// Reads the trace, and copies what is read of it.
    fn copied_into(&self, copy: File) -> Result<Input, ReadError> {
        let failed = |source| self.failed(source);
        let path = self.path();
        let input: Box<dyn Read + Send> = match self {
            Self::File(path) => Box::new(File::open(path).map_err(failed)?),
            Self::Stdin => Box::new(io::stdin()),
            Self::Builtin(_) => return self.reader(),
        };
        let input = evscope_trace::read(Tee { input, copy }).map_err(failed)?;
        Reader::beside(input, self.name(), path)
    }

    /// Reads what was copied.
    fn of_copy(&self, mut copy: File) -> Result<Input, ReadError> {
        copy.rewind().map_err(|source| self.failed(source))?;
        let input = evscope_trace::read(copy).map_err(|source| self.failed(source))?;
        Reader::beside(input, self.name(), self.path())
    }

    fn failed(&self, source: io::Error) -> ReadError {
        ReadError::Io {
            file: self.name(),
            source,
        }
    }
}

/// Whether the output is the file that is read, whatever it is called.
fn is_same(path: &Path, output: Option<&Path>) -> bool {
    let file = |path: &Path| FileId::named(path).ok();
    let output = output.and_then(file);
    output.is_some() && output == file(path)
}

/// Copies what is read.
struct Tee {
    input: Box<dyn Read + Send>,
    copy: File,
}

impl Read for Tee {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.input.read(buffer)?;
        self.copy.write_all(&buffer[..len])?;
        Ok(len)
    }
}
