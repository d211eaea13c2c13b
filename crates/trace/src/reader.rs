//! Reads a trace from JSON Lines, with errors that say where and why. Whatever the input is, a line takes
//! no more memory than [`LONGEST_LINE`] allows, and what does not begin as a trace is not read on.

use std::io::{self, BufRead};
use std::path::Path;

use evscope_words::{Text, text, word};
use log::{debug, trace, warn};
use serde_json::{Map, Value};

use crate::before::{self, Before};
use crate::bounds::{self, LONGEST_LINE, LONGEST_LINE_SHOWN};
use crate::brief::{self, Brief, BriefLine};
use crate::header::UNIT;
use crate::scanned::{self, Memory};
use crate::{FORMAT_VERSION, Header, Record, SourceText, visible};

/// Some editors put it at the start of a UTF-8 file.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Why a trace could not be read: the file, the line where there is one, and the reason.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The input itself failed.
    #[error("{}", self.text())]
    Io {
        /// The trace's name.
        file: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// There is nothing in it.
    #[error("{}", self.text())]
    Empty {
        /// The trace's name.
        file: String,
    },
    /// The first line is not a header.
    #[error("{}", self.text())]
    NotATrace {
        /// The trace's name.
        file: String,
        /// What is wrong with it.
        reason: Text,
    },
    /// The trace is of a newer format.
    #[error("{}", self.text())]
    TooNew {
        /// The trace's name.
        file: String,
        /// Its version.
        version: u64,
    },
    /// A line is wrong.
    #[error("{}", self.text())]
    Line {
        /// The trace's name.
        file: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: Text,
    },
}

impl ReadError {
    /// In words.
    fn text(&self) -> Text {
        match self {
            Self::Io { file, source } => text!(trace_error, file, error = source),
            Self::Empty { file } => text!(trace_error, file, error = word!(trace_empty)),
            Self::NotATrace { file, reason } => {
                let error = text!(trace_is_none, reason = shown(reason));
                text!(trace_error_in_line, file, line = 1_u32, error)
            }
            Self::TooNew { file, version } => {
                let error = text!(trace_too_new, version, known = FORMAT_VERSION);
                text!(trace_error_in_line, file, line = 1_u32, error)
            }
            Self::Line { file, line, reason } => {
                text!(trace_error_in_line, file, line, error = shown(reason))
            }
        }
    }
}

/// The trace ends in the middle of a line: its program was killed, its disk was full, or it is being
/// written right now. A packed trace that is cut off can end between two lines: then none of the line is
/// there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOff {
    /// The line, from 1.
    pub line: u64,
    /// How many bytes of it there are.
    pub bytes: usize,
}

/// A line after the header.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// A step.
    Record(Box<Record>),
    /// The text of a function.
    Source(SourceText),
}

/// Reads a trace line by line.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    file: String,
    header: Header,
    line: u64,
    next_seq: u64,
    /// A packed trace ended where it should go on: there is nothing to read any more.
    cut_short: bool,
    cut_off: Option<CutOff>,
    buffer: Vec<u8>,
    memory: Memory,
    /// What comes first and has not all come yet.
    before: Option<Box<Before>>,
    inherited: u64,
    /// How many steps came first.
    offset: u64,
    lacking: Option<String>,
}

impl<R: BufRead> Reader<R> {
    /// Reads the header of the trace that lies at `path`, or in one file with others. Where it goes on with another trace
    /// ([`Header::continues`]), the steps of that come first, and those of this one are numbered on; to the header
    /// it is then a trace like any other. Where that is not there, or is another one, [`lacking`](Self::lacking) says so, and there
    /// are only this trace's own steps; so it is with the standard input (`-`). `file` is how messages name the trace.
    pub fn beside(input: R, file: impl Into<String>, path: &Path) -> Result<Self, ReadError> {
        Self::of_generation(input, file, path, 0)
    }

    pub(crate) fn of_generation(
        input: R,
        file: impl Into<String>,
        path: &Path,
        generation: u32,
    ) -> Result<Self, ReadError> {
        let mut reader = Self::new(input, file)?;
        let header = &mut reader.header;
        let Some(continues) = header.continues.take() else {
            return Ok(reader);
        };
        match Before::open(&continues, header, path, generation) {
            Ok(before) => {
                reader.before = Some(Box::new(before));
                reader.inherited = continues.records;
                reader.lacking = None;
            }
            Err(why) => {
                warn!("{}: what comes first is not there: {why}", reader.file);
                reader.lacking = Some(before::alone(&reader.file, &continues, &why));
                header.continues = Some(continues);
            }
        }
        Ok(reader)
    }

    /// Reads the header, and then this trace's own steps alone. `file` is how messages name the trace.
    pub fn new(input: R, file: impl Into<String>) -> Result<Self, ReadError> {
        let mut reader = Self {
            input,
            file: visible(&file.into()).into_owned(),
            header: Header::unread(),
            line: 0,
            next_seq: 0,
            cut_short: false,
            cut_off: None,
            buffer: Vec::new(),
            memory: Memory::default(),
            before: None,
            inherited: 0,
            offset: 0,
            lacking: None,
        };
        reader.header = reader.read_header()?;
        let Header {
            program,
            library,
            pid,
            ..
        } = &reader.header;
        debug!("{}: a trace of {program} ({pid}) on {library}", reader.file);
        reader.lacking = reader
            .header
            .continues
            .as_ref()
            .map(|continues| before::alone(&reader.file, continues, &before::nowhere()));
        Ok(reader)
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How messages name the trace.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// What is missing of the steps that come first, and what to do; all is known once [`next_line`](Self::next_line) has
    /// returned `None`.
    pub fn lacking(&self) -> Option<&str> {
        self.lacking.as_deref()
    }

    /// How many steps come first that are those of the trace that this one goes on with.
    pub fn inherited(&self) -> u64 {
        self.inherited
    }

    /// Where the trace was cut off, known once [`next_line`](Self::next_line) has returned `None`.
    pub fn cut_off(&self) -> Option<&CutOff> {
        self.cut_off.as_ref()
    }

    /// The number of the line read last, from 1.
    pub fn line_number(&self) -> u64 {
        self.line
    }

    /// The next line, or `None` at the end. A last line that is cut off (it has no line end and is not
    /// whole JSON) ends the trace.
    pub fn next_line(&mut self) -> Result<Option<Line>, ReadError> {
        if let Some(before) = &mut self.before {
            if let Some(line) = before.next_line()? {
                return Ok(Some(line));
            }
            self.after_before();
        }
        match self.fill()? {
            true => self.line(),
            false => Ok(None),
        }
    }

    /// The next line as [`next_line`](Self::next_line) gives it, but of a record only what it says first. What is wrong
    /// further back in a line is not seen.
    pub fn next_brief(&mut self) -> Result<Option<BriefLine>, ReadError> {
        if let Some(before) = &mut self.before {
            if let Some(line) = before.next_brief()? {
                return Ok(Some(line));
            }
            self.after_before();
        }
        if let Some(brief) = self.glance()? {
            return Ok(Some(BriefLine::Record(brief)));
        }
        if !self.fill()? {
            return Ok(None);
        }
        let line = self.line()?;
        Ok(line.map(|line| match line {
            Line::Record(record) => BriefLine::Record(Brief::from(&*record)),
            Line::Source(source) => BriefLine::Source(source),
        }))
    }

    /// The beginning of the next record, where that can be seen without copying its line.
    fn glance(&mut self) -> Result<Option<Brief>, ReadError> {
        if self.cut_short {
            return Ok(None);
        }
        let bytes = match self.input.fill_buf() {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(None),
            Err(error) => return self.ends_with(error).map(|()| None),
        };
        let line = memchr::memchr(b'\n', bytes).map(|end| &bytes[..=end]);
        let Some((line, (seq, brief))) = line.and_then(|line| Some((line, brief::scan(line)?)))
        else {
            return Ok(None);
        };
        let taken = line.len();
        if seq != self.next_seq || taken > LONGEST_LINE {
            return Ok(None);
        }
        self.input.consume(taken);
        self.line += 1;
        self.next_seq += 1;
        Ok(Some(brief))
    }

    /// What it reads from. What was read of it already and belongs to no line is not there.
    pub fn input_mut(&mut self) -> &mut R {
        &mut self.input
    }

    /// Takes lines back that nobody needs any more, so that the next ones lie where they lay.
    pub fn take_back(&mut self, lines: &mut Vec<Line>) {
        for line in lines.drain(..) {
            if let Line::Record(record) = line {
                self.memory.spare(record);
            }
        }
    }

    /// All came that comes first.
    fn after_before(&mut self) {
        if let Some(before) = self.before.take() {
            self.offset = before.given();
            self.lacking = before.lacking();
        }
    }

    /// Reads the next line that is not blank into the buffer; false at the end of the input.
    fn fill(&mut self) -> Result<bool, ReadError> {
        loop {
            if !self.read_raw()? {
                // Who follows a growing trace comes to its end again and again.
                trace!("{}: read to its end, {} steps", self.file, self.next_seq);
                if self.cut_short && self.cut_off.is_none() {
                    self.cut_off = Some(CutOff {
                        line: self.line + 1,
                        bytes: 0,
                    });
                }
                return Ok(false);
            }
            if !self.buffer.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }

    /// What stands in the buffer; none when that is the beginning of a line that was cut off.
    fn line(&mut self) -> Result<Option<Line>, ReadError> {
        if let Some(record) = scanned::record(&self.buffer, &mut self.memory) {
            return self.in_order(record).map(Some);
        }
        bounds::check(&self.buffer).map_err(|reason| self.error(reason))?;
        let value = match serde_json::from_slice::<Value>(&self.buffer) {
            Ok(value) => value,
            Err(error) if !self.buffer.ends_with(b"\n") && error.is_eof() => {
                self.cut_off = Some(CutOff {
                    line: self.line,
                    bytes: self.buffer.len(),
                });
                return Ok(None);
            }
            Err(error) => return Err(self.error(text!(trace_not_json, error = in_line(&error)))),
        };
        match value {
            Value::Object(object) => self.parse(object).map(Some),
            _ => Err(self.error(text!(trace_not_an_object))),
        }
    }

    fn parse(&mut self, mut object: Map<String, Value>) -> Result<Line, ReadError> {
        if !object.contains_key("ev")
            && let Some(source) = object.remove("source")
        {
            return serde_json::from_value(source)
                .map(Line::Source)
                .map_err(|error| self.error(text!(trace_source_wrong, error = error.to_string())));
        }
        if !object.contains_key("ev") {
            return Err(self.error(text!(trace_neither)));
        }
        let record = Record::try_from(object).map_err(|error| self.error(error.text()))?;
        self.in_order(Box::new(record))
    }

    /// Holds that no step is missing.
    fn in_order(&mut self, mut record: Box<Record>) -> Result<Line, ReadError> {
        if record.seq != self.next_seq {
            return Err(self.error(text!(
                trace_out_of_order,
                seq = record.seq,
                expected = self.next_seq
            )));
        }
        self.next_seq += 1;
        record.seq += self.offset;
        Ok(Line::Record(record))
    }

    fn read_header(&mut self) -> Result<Header, ReadError> {
        self.check_start()?;
        if !self.read_raw()? {
            return Err(ReadError::Empty {
                file: self.file.clone(),
            });
        }
        let not_a_trace = |reason: Text| self.not_a_trace(reason);
        let line = self
            .buffer
            .strip_prefix(BYTE_ORDER_MARK)
            .unwrap_or(&self.buffer);
        bounds::check(line).map_err(not_a_trace)?;
        let value: Value = match serde_json::from_slice(line) {
            Ok(value) => value,
            Err(error) if error.is_eof() && line.starts_with(b"{") && !line.ends_with(b"\n") => {
                return Err(not_a_trace(text!(trace_header_cut_off, bytes = line.len())));
            }
            Err(_) => return Err(not_a_trace(text!(trace_first_not_json))),
        };
        let Value::Object(object) = value else {
            return Err(not_a_trace(text!(trace_first_not_an_object)));
        };
        let Some(version) = object.get("evscope") else {
            return Err(not_a_trace(text!(trace_first_lacks_version)));
        };
        let Some(version) = version.as_u64().filter(|version| *version > 0) else {
            return Err(not_a_trace(text!(
                trace_version_wrong,
                version = version.to_string()
            )));
        };
        if version > u64::from(FORMAT_VERSION) {
            return Err(ReadError::TooNew {
                file: self.file.clone(),
                version,
            });
        }
        let header = Header::from_object(object)
            .map_err(|error| not_a_trace(text!(trace_header_wrong, error = error.text())))?;
        if header.unit != UNIT {
            return Err(not_a_trace(text!(
                trace_unit,
                unit = header.unit,
                expected = UNIT
            )));
        }
        Ok(header)
    }

    /// Refuses an input of one endless line by its first bytes.
    fn check_start(&mut self) -> Result<(), ReadError> {
        let start = match self.input.fill_buf() {
            Ok(start) => start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start),
            Err(source) => return Err(self.io(source)),
        };
        let begins = start.trim_ascii_start().first();
        if begins == Some(&b'{') || start.is_empty() || start.contains(&b'\n') {
            return Ok(());
        }
        Err(self.not_a_trace(text!(trace_first_not_json)))
    }

    /// Reads a line into the buffer; false at the end of the input.
    fn read_raw(&mut self) -> Result<bool, ReadError> {
        self.buffer.clear();
        if self.cut_short {
            return Ok(false);
        }
        if let Err(error) = read_line(&mut self.input, &mut self.buffer) {
            self.ends_with(error)?;
        }
        if self.buffer.is_empty() {
            return Ok(false);
        }
        self.line += 1;
        if self.buffer.len() > LONGEST_LINE {
            let reason = text!(trace_line_too_long, most = LONGEST_LINE_SHOWN);
            return Err(match self.line {
                1 => self.not_a_trace(reason),
                _ => self.error(reason),
            });
        }
        Ok(true)
    }

    /// The input failed. What a packed trace has before the place where it was cut off counts.
    fn ends_with(&mut self, error: io::Error) -> Result<(), ReadError> {
        if error.kind() != io::ErrorKind::UnexpectedEof || !self.has_begun() {
            return Err(self.io(error));
        }
        self.cut_short = true;
        Ok(())
    }

    fn has_begun(&self) -> bool {
        self.line > 0 || !self.buffer.is_empty()
    }

    fn io(&self, source: io::Error) -> ReadError {
        ReadError::Io {
            file: self.file.clone(),
            source,
        }
    }

    fn not_a_trace(&self, reason: Text) -> ReadError {
        ReadError::NotATrace {
            file: self.file.clone(),
            reason,
        }
    }

    fn error(&self, reason: Text) -> ReadError {
        ReadError::Line {
            file: self.file.clone(),
            line: self.line,
            reason,
        }
    }
}

/// Appends what comes up to a line end, and that; or a byte more than a line can have.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<()> {
    loop {
        let bytes = match input.fill_buf() {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let room = LONGEST_LINE + 1 - line.len();
        let bytes = &bytes[..bytes.len().min(room)];
        let end = memchr::memchr(b'\n', bytes);
        let taken = end.map_or(bytes.len(), |end| end + 1);
        line.extend_from_slice(&bytes[..taken]);
        input.consume(taken);
        if end.is_some() || taken == 0 {
            return Ok(());
        }
    }
}

/// A reason can tell of what the line says.
fn shown(reason: &Text) -> String {
    visible(&reason.to_string()).into_owned()
}

/// An error of the JSON reader. It counts lines within what it was given, which is one line, so its
/// "line 1" would mislead beside the line of the file.
fn in_line(error: &serde_json::Error) -> Text {
    if error.is_eof() {
        return text!(trace_line_ends);
    }
    let text = error.to_string();
    match text.rsplit_once(" at line ") {
        Some((reason, _)) if error.column() > 0 => {
            text!(trace_at_column, error = reason, column = error.column())
        }
        Some((reason, _)) => Text::same(reason),
        None => Text::same(text),
    }
}
