//! Steps as indented text: number, time, lane, and the step in words.

use std::io;

use evscope_replay::{Part, Trace, describe};
use evscope_trace::{Lane, Level};

use crate::output::{Out, Paint, Style};

/// Writes steps one a line.
pub(crate) struct Steps<'a> {
    trace: &'a Trace,
    level: Level,
    paint: Paint,
    number_width: usize,
}

impl<'a> Steps<'a> {
    pub(crate) fn new(trace: &'a Trace, level: Level, paint: Paint) -> Self {
        let last = trace.len().saturating_sub(1);
        Self {
            trace,
            level,
            paint,
            number_width: last.to_string().len().max(3),
        }
    }

    /// Writes a step.
    pub(crate) fn write(&self, step: usize, out: &mut dyn Out) -> io::Result<()> {
        let record = self.trace.record(step);
        let number = format!("{step:>width$}", width = self.number_width);
        self.paint.write(out, Style::Faint, &number)?;
        out.write_all(b"  ")?;
        self.paint
            .write(out, Style::Faint, &describe::clock(record.t))?;
        out.write_all(b"  ")?;
        self.write_step(step, out)
    }

    /// Writes who acts in a step, and the step in words.
    pub(crate) fn write_step(&self, step: usize, out: &mut dyn Out) -> io::Result<()> {
        let lane = self.trace.record(step).event.lane();
        self.paint.write(out, Style::Lane(lane), lane.letter())?;
        out.write_all(b"  ")?;
        for _ in 0..self.trace.indent(step, self.level) {
            out.write_all(b"  ")?;
        }
        for span in describe::spans(self.trace, step) {
            match style(span.part) {
                Some(style) => self.paint.write(out, style, &span.text)?,
                None => out.write_all(span.text.as_bytes())?,
            }
        }
        out.write_all(b"\n")
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
