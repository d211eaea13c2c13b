//! Steps as indented text: number, time, lane, and the step in words.

use std::fmt::Write as _;
use std::io;

use evscope_replay::{Known, Part, Passing, Trace, Words, describe};
use evscope_trace::{Lane, Level, Record};

use crate::output::{Out, Paint, Style};

/// Writes the steps of a trace that goes by, one a line.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    level: Level,
    paint: Paint,
    number_width: usize,
    words: Words,
    number: String,
}

impl Lines {
    /// Of a trace with so many steps.
    pub(crate) fn new(steps: usize, level: Level, paint: Paint) -> Self {
        let last = steps.saturating_sub(1);
        Self {
            level,
            paint,
            number_width: last.to_string().len().max(3),
            words: Words::default(),
            number: String::new(),
        }
    }

    /// Writes a step.
    pub(crate) fn write(&mut self, passing: &Passing<'_>, out: &mut dyn Out) -> io::Result<()> {
        let record = passing.record;
        self.begin(passing.step, record, out)?;
        self.end(passing.known, record, passing.indent(self.level), out)
    }

    /// The number of a step, and when it is.
    fn begin(&mut self, step: usize, record: &Record, out: &mut dyn Out) -> io::Result<()> {
        self.number.clear();
        // Writing into a string cannot fail.
        let _ = write!(self.number, "{step:>width$}", width = self.number_width);
        self.paint.write(out, Style::Faint, &self.number)?;
        out.write_all(b"  ")?;
        self.paint
            .write(out, Style::Faint, &describe::clock(record.t))?;
        out.write_all(b"  ")
    }

    /// Who acts in a step, and the step in words.
    fn end(
        &mut self,
        known: &dyn Known,
        record: &Record,
        indent: usize,
        out: &mut dyn Out,
    ) -> io::Result<()> {
        let lane = record.event.lane();
        self.paint.write(out, Style::Lane(lane), lane.letter())?;
        out.write_all(b"  ")?;
        for _ in 0..indent {
            out.write_all(b"  ")?;
        }
        self.words.say(known, record);
        match self.paint {
            Paint::Plain => out.write_all(self.words.text().as_bytes())?,
            Paint::Ansi => {
                for (text, part) in self.words.parts() {
                    match style(part) {
                        Some(style) => self.paint.write(out, style, text)?,
                        None => out.write_all(text.as_bytes())?,
                    }
                }
            }
        }
        out.write_all(b"\n")
    }
}

/// Writes steps one a line.
pub(crate) struct Steps<'a> {
    trace: &'a Trace,
    lines: Lines,
}

impl<'a> Steps<'a> {
    pub(crate) fn new(trace: &'a Trace, level: Level, paint: Paint) -> Self {
        Self {
            trace,
            lines: Lines::new(trace.len(), level, paint),
        }
    }

    /// Writes a step.
    pub(crate) fn write(&self, step: usize, out: &mut dyn Out) -> io::Result<()> {
        let record = self.trace.record(step);
        self.lines.clone().begin(step, &record, out)?;
        self.write_step(step, out)
    }

    /// Writes who acts in a step, and the step in words.
    pub(crate) fn write_step(&self, step: usize, out: &mut dyn Out) -> io::Result<()> {
        let indent = self.trace.indent(step, self.lines.level);
        let record = self.trace.record(step);
        self.lines.clone().end(self.trace, &record, indent, out)
    }
}

fn style(part: Part) -> Option<Style> {
    match part {
        Part::Name(lane) => Some(Style::Lane(lane)),
        Part::Callback => Some(Style::Lane(Lane::Program)),
        Part::Error => Some(Style::Error),
        Part::Object(_) => Some(Style::Strong),
        Part::Value | Part::Bytes | Part::Text => None,
    }
}
