//! Writes a trace as JSON Lines.

use std::io::{self, Write};

use serde::Serialize;

use crate::{Header, PlaceTexts, Record, RecordRef, SourceText};

/// Writes the lines of a trace. Every line is written whole, so a program that dies leaves a trace that
/// is valid up to its last line; wrap a file in a `BufWriter` and [`flush`](Self::flush) where what was
/// written so far should be safe.
#[derive(Debug)]
pub struct Writer<W: Write> {
    output: W,
    line: Vec<u8>,
    places: PlaceTexts,
}

impl<W: Write> Writer<W> {
    /// Begins a trace: writes the header.
    pub fn new(output: W, header: &Header) -> io::Result<Self> {
        let mut writer = Self {
            output,
            line: Vec::new(),
            places: PlaceTexts::default(),
        };
        writer.write(header)?;
        Ok(writer)
    }

    /// Writes a step. The caller numbers them: `seq` counts from 0 without gaps.
    pub fn record(&mut self, record: &Record) -> io::Result<()> {
        self.line(|line, places| record.json_among(places, line))
    }

    /// Writes a step whose parts stay with the caller, who numbers them as above.
    pub fn record_ref(&mut self, record: RecordRef<'_>) -> io::Result<()> {
        self.line(|line, _| record.json(line))
    }

    /// Writes the text of a function, best before the first record that points into it.
    pub fn source(&mut self, source: &SourceText) -> io::Result<()> {
        #[derive(Serialize)]
        struct SourceLine<'a> {
            source: &'a SourceText,
        }
        self.write(&SourceLine { source })
    }

    /// Hands what was written so far to the operating system.
    pub fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }

    /// Gives the output back, flushed.
    pub fn finish(mut self) -> io::Result<W> {
        self.output.flush()?;
        Ok(self.output)
    }

    fn line(&mut self, write: impl FnOnce(&mut Vec<u8>, &mut PlaceTexts)) -> io::Result<()> {
        self.line.clear();
        write(&mut self.line, &mut self.places);
        self.line.push(b'\n');
        self.output.write_all(&self.line)
    }

    fn write(&mut self, value: &impl Serialize) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, value)?;
        self.line.push(b'\n');
        self.output.write_all(&self.line)
    }
}
