//! Steps as indented text: number, time, lane, and the step in words.

use std::io;

use evscope_replay::{Part, Passing, Span, Trace, describe};
use evscope_trace::{Lane, Level, Record};

use crate::output::{Out, Paint, Style};

/// Writes the steps of a trace that goes by, one a line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lines {
    level: Level,
    paint: Paint,
    number_width: usize,
}

impl Lines {
    /// Of a trace with so many steps.
    pub(crate) fn new(steps: usize, level: Level, paint: Paint) -> Self {
        let last = steps.saturating_sub(1);
        Self {
            level,
            paint,
            number_width: last.to_string().len().max(3),
        }
    }

    /// Writes a step.
    pub(crate) fn write(self, passing: &Passing<'_>, out: &mut dyn Out) -> io::Result<()> {
        let record = passing.record;
        self.begin(passing.step, record, out)?;
        let indent = passing.indent(self.level);
        let spans = describe::spans_of(passing.known, record);
        self.end(record, indent, &spans, out)
    }

    /// The number of a step, and when it is.
    fn begin(self, step: usize, record: &Record, out: &mut dyn Out) -> io::Result<()> {
        let number = format!("{step:>width$}", width = self.number_width);
        self.paint.write(out, Style::Faint, &number)?;
        out.write_all(b"  ")?;
        self.paint
            .write(out, Style::Faint, &describe::clock(record.t))?;
        out.write_all(b"  ")
    }

    /// Who acts in a step, and the step in words.
    fn end(
        self,
        record: &Record,
        indent: usize,
        spans: &[Span],
        out: &mut dyn Out,
    ) -> io::Result<()> {
        let lane = record.event.lane();
        self.paint.write(out, Style::Lane(lane), lane.letter())?;
        out.write_all(b"  ")?;
        for _ in 0..indent {
            out.write_all(b"  ")?;
        }
        for span in spans {
            match style(span.part) {
                Some(style) => self.paint.write(out, style, &span.text)?,
                None => out.write_all(span.text.as_bytes())?,
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
        self.lines.begin(step, &self.trace.record(step), out)?;
        self.write_step(step, out)
    }

    /// Writes who acts in a step, and the step in words.
    pub(crate) fn write_step(&self, step: usize, out: &mut dyn Out) -> io::Result<()> {
        let indent = self.trace.indent(step, self.lines.level);
        let spans = describe::spans(self.trace, step);
        self.lines
            .end(&self.trace.record(step), indent, &spans, out)
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
