//! Reads a trace from JSON Lines, with errors that say where and why. Whatever the input is, a line takes
//! no more memory than [`LONGEST_LINE`] allows, and what does not begin as a trace is not read on.

use std::io::{self, BufRead};
use std::path::Path;

use evscope_words::{Text, text, word};
use log::{debug, warn};
use serde_json::Value;

use crate::before::{self, Before};
use crate::bounds::{self, LONGEST_LINE};
use crate::brief::{self, Brief, BriefLine};
use crate::form::Form;
use crate::header::UNIT;
use crate::intake::{self, Intake};
use crate::order::Order;
use crate::parser::{self, Parser};
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

/// Reads a trace line by line. Its lines can also be taken from the input by one, read by others, and put in order again
/// ([`parts`](Self::parts)).
#[derive(Debug)]
pub struct Reader<R> {
    intake: Intake<R>,
    order: Order,
    header: Header,
    inherited: u64,
    buffer: Vec<u8>,
    parser: Parser,
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
                reader.intake.before = Some(Box::new(before));
                reader.inherited = continues.records;
                reader.order.lacking = None;
            }
            Err(why) => {
                let order = &mut reader.order;
                let file = &order.file;
                warn!("{file}: what comes first is not there: {why}");
                order.lacking = Some(before::alone(file, &continues, &why));
                header.continues = Some(continues);
            }
        }
        Ok(reader)
    }

    /// Reads the header, and then this trace's own steps alone. `file` is how messages name the trace.
    pub fn new(input: R, file: impl Into<String>) -> Result<Self, ReadError> {
        let mut reader = Self {
            intake: Intake::new(input),
            order: Order {
                file: visible(&file.into()).into_owned(),
                line: 0,
                next_seq: 0,
                cut_off: None,
                lacking: None,
            },
            header: Header::unread(),
            inherited: 0,
            buffer: Vec::new(),
            parser: Parser::default(),
        };
        reader.header = reader.read_header()?;
        let file = &reader.order.file;
        let Header {
            program,
            library,
            pid,
            continues,
            ..
        } = &reader.header;
        debug!("{file}: a trace of {program} ({pid}) on {library}");
        reader.order.lacking = continues
            .as_ref()
            .map(|continues| before::alone(file, continues, &before::nowhere()));
        Ok(reader)
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How messages name the trace.
    pub fn file(&self) -> &str {
        &self.order.file
    }

    /// What is missing of the steps that come first, and what to do; all is known once [`next_line`](Self::next_line) has
    /// returned `None`.
    pub fn lacking(&self) -> Option<&str> {
        self.order.lacking.as_deref()
    }

    /// How many steps come first that are those of the trace that this one goes on with.
    pub fn inherited(&self) -> u64 {
        self.inherited
    }

    /// Where the trace was cut off, known once [`next_line`](Self::next_line) has returned `None`.
    pub fn cut_off(&self) -> Option<&CutOff> {
        self.order.cut_off.as_ref()
    }

    /// The number of the line read last, from 1.
    pub fn line_number(&self) -> u64 {
        self.order.line
    }

    /// The next line, or `None` at the end. A last line that is cut off (it has no line end and is not
    /// whole JSON) ends the trace.
    pub fn next_line(&mut self) -> Result<Option<Line>, ReadError> {
        if let Some(line) = self.first()? {
            return Ok(Some(line));
        }
        match self.fill()? {
            true => self.line(),
            false => Ok(None),
        }
    }

    /// The next line as [`next_line`](Self::next_line) gives it, but of a record only what it says first. What is wrong
    /// further back in a line is not seen.
    pub fn next_brief(&mut self) -> Result<Option<BriefLine>, ReadError> {
        if let Some(line) = self.first()? {
            return Ok(Some(line));
        }
        if let Some(brief) = self.glance()? {
            return Ok(Some(BriefLine::Record(brief)));
        }
        match self.fill()? {
            true => Ok(self.line()?.map(BriefLine::from)),
            false => Ok(None),
        }
    }

    /// The next line of what comes first.
    fn first<L: Form>(&mut self) -> Result<Option<L>, ReadError> {
        if self.intake.before.is_none() {
            return Ok(None);
        }
        let line = self.intake.first()?;
        self.order.learn(self.intake.lacking.take());
        Ok(line)
    }

    /// The beginning of the next record, where that can be seen without copying its line.
    fn glance(&mut self) -> Result<Option<Brief>, ReadError> {
        if self.intake.cut_short {
            return Ok(None);
        }
        let bytes = match self.intake.input.fill_buf() {
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
        if seq != self.order.next_seq || taken > LONGEST_LINE {
            return Ok(None);
        }
        self.intake.input.consume(taken);
        self.order.line += 1;
        self.order.next_seq += 1;
        Ok(Some(brief))
    }

    /// What it reads from. What was read of it already and belongs to no line is not there.
    pub fn input_mut(&mut self) -> &mut R {
        &mut self.intake.input.input
    }

    /// What lines are taken from, and what holds them in order again: between the two, several threads can read them
    /// ([`Batch`](crate::Batch)).
    pub fn parts(&mut self) -> (&mut Intake<R>, &mut Order) {
        (&mut self.intake, &mut self.order)
    }

    /// Reads the next line that is not blank into the buffer; false at the end of the input.
    fn fill(&mut self) -> Result<bool, ReadError> {
        loop {
            if !self.read_raw()? {
                self.order.at_end(self.intake.cut_short);
                return Ok(false);
            }
            if !self.buffer.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }

    /// What stands in the buffer; none when that is the beginning of a line that was cut off.
    fn line(&mut self) -> Result<Option<Line>, ReadError> {
        let mut line = match self.parser.line(&self.buffer) {
            Ok(line) => line,
            Err(wrong) => return self.order.refuse(wrong).map(|()| None),
        };
        if let Line::Record(record) = &mut line {
            self.order.follow(record.seq)?;
            record.seq += self.intake.offset;
        }
        Ok(Some(line))
    }

    fn read_header(&mut self) -> Result<Header, ReadError> {
        self.check_start()?;
        if !self.read_raw()? {
            return Err(ReadError::Empty {
                file: self.order.file.clone(),
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
                file: self.order.file.clone(),
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
        let start = match self.intake.input.fill_buf() {
            Ok(start) => start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start),
            Err(source) => return Err(self.order.io(source)),
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
        if self.intake.cut_short {
            return Ok(false);
        }
        if let Err(error) = intake::read_line(&mut self.intake.input, &mut self.buffer) {
            self.ends_with(error)?;
        }
        if self.buffer.is_empty() {
            return Ok(false);
        }
        self.order.line += 1;
        parser::check_length(&self.buffer).map_err(|reason| match self.order.line {
            1 => self.not_a_trace(reason),
            _ => self.order.error(reason),
        })?;
        Ok(true)
    }

    /// The input failed. What a packed trace has before the place where it was cut off counts.
    fn ends_with(&mut self, error: io::Error) -> Result<(), ReadError> {
        if error.kind() != io::ErrorKind::UnexpectedEof || !self.has_begun() {
            return Err(self.order.io(error));
        }
        self.intake.cut_short = true;
        Ok(())
    }

    fn has_begun(&self) -> bool {
        self.order.line > 0 || !self.buffer.is_empty()
    }

    fn not_a_trace(&self, reason: Text) -> ReadError {
        ReadError::NotATrace {
            file: self.order.file.clone(),
            reason,
        }
    }
}

/// A reason can tell of what the line says.
fn shown(reason: &Text) -> String {
    visible(&reason.to_string()).into_owned()
}
