//! Steps as indented text: number, time, lane, and the step in words.

use std::io;

use evscope_replay::{Known, Part, Passing, Trace, Words, describe};
use evscope_trace::{Lane, Level, Record};

use crate::output::{Out, Paint, Style};

/// Writes the steps of a trace that goes by, one a line.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    level: Level,
    number_width: usize,
    words: Words,
    line: Line,
}

/// What of a line was not written yet: without colours a line is written at once.
#[derive(Debug, Clone)]
struct Line {
    paint: Paint,
    text: String,
}

impl Line {
    /// Puts what was added since `start` into a style.
    fn style(&mut self, start: usize, style: Style, out: &mut dyn Out) -> io::Result<()> {
        if self.paint == Paint::Ansi {
            let (before, styled) = self.text.split_at(start);
            out.write_all(before.as_bytes())?;
            self.paint.write(out, style, styled)?;
            self.text.clear();
        }
        Ok(())
    }

    /// Adds text in a style.
    fn add(&mut self, text: &str, style: Option<Style>, out: &mut dyn Out) -> io::Result<()> {
        let start = self.text.len();
        self.text.push_str(text);
        match style {
            Some(style) => self.style(start, style, out),
            None => Ok(()),
        }
    }

    /// Ends it.
    fn end(&mut self, out: &mut dyn Out) -> io::Result<()> {
        self.text.push('\n');
        out.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }
}

impl Lines {
    /// Of a trace with so many steps.
    pub(crate) fn new(steps: usize, level: Level, paint: Paint) -> Self {
        let last = steps.saturating_sub(1);
        Self {
            level,
            number_width: last.to_string().len().max(3),
            words: match paint {
                Paint::Plain => Words::text_only(),
                Paint::Ansi => Words::default(),
            },
            line: Line {
                paint,
                text: String::new(),
            },
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
        let line = &mut self.line;
        let mut digits = itoa::Buffer::new();
        let number = digits.format(step);
        let start = line.text.len();
        let blanks = self.number_width.saturating_sub(number.len());
        line.text.extend(std::iter::repeat_n(' ', blanks));
        line.text.push_str(number);
        line.style(start, Style::Faint, out)?;
        line.text.push_str("  ");
        let start = line.text.len();
        describe::put_clock(record.t, &mut line.text);
        line.style(start, Style::Faint, out)?;
        line.text.push_str("  ");
        Ok(())
    }

    /// Who acts in a step, and the step in words.
    fn end(
        &mut self,
        known: &dyn Known,
        record: &Record,
        indent: usize,
        out: &mut dyn Out,
    ) -> io::Result<()> {
        let line = &mut self.line;
        let lane = record.event.lane();
        line.add(lane.letter(), Some(Style::Lane(lane)), out)?;
        line.text.push_str("  ");
        for _ in 0..indent {
            line.text.push_str("  ");
        }
        self.words.say(known, record);
        match line.paint {
            Paint::Plain => line.add(self.words.text(), None, out)?,
            Paint::Ansi => {
                for (text, part) in self.words.parts() {
                    line.add(text, style(part), out)?;
                }
            }
        }
        line.end(out)
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
        let mut lines = self.lines.clone();
        lines.begin(step, &self.trace.record(step), out)?;
        self.end(&mut lines, step, out)
    }

    /// Writes who acts in a step, and the step in words.
    pub(crate) fn write_step(&self, step: usize, out: &mut dyn Out) -> io::Result<()> {
        self.end(&mut self.lines.clone(), step, out)
    }

    fn end(&self, lines: &mut Lines, step: usize, out: &mut dyn Out) -> io::Result<()> {
        let indent = self.trace.indent(step, lines.level);
        lines.end(self.trace, &self.trace.record(step), indent, out)
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
