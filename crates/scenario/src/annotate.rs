//! A trace of a scenario points into the scenario: a callback's source is its part of the text.

use std::collections::HashMap;
use std::io::{self, BufRead, Write};

use evscope_trace::{
    Event, FieldValue, Line, Phase, ReadError, Reader, Record, SourceLine, SourceText, Writer,
};
use evscope_words::text;

use crate::scenario::{Clause, Scenario};

/// The programs that run scenarios: what they do beside is nobody's business.
const INTERPRETERS: [&str; 2] = ["crates/scenario/", "driver.c"];

/// Why a trace was not annotated.
#[derive(Debug, thiserror::Error)]
pub enum AnnotateError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It cannot be written.
    #[error("{}", text!(scenario_not_written, error = _0))]
    Write(#[from] io::Error),
}

/// Copies a trace of a scenario and lets its callbacks point into the text. `file` is the text's name. Returns
/// how many steps there are.
///
/// # Errors
/// [`AnnotateError`].
pub fn annotate(
    trace: impl BufRead,
    scenario: &Scenario,
    file: &str,
    output: impl Write,
) -> Result<u64, AnnotateError> {
    let mut reader = Reader::new(trace, file)?;
    let mut header = reader.header().clone();
    header.program = scenario.name.clone();
    let mut writer = Writer::new(output, &header)?;
    writer.source(&SourceText::new(
        file.to_owned(),
        scenario.name.clone(),
        1,
        scenario.text.clone(),
    ))?;
    let mut places = Places {
        scenario,
        file,
        calls: HashMap::new(),
        last: HashMap::new(),
    };
    let mut steps = 0;
    while let Some(line) = reader.next_line()? {
        match line {
            Line::Source(text) if is_interpreter(&text.file) => {}
            Line::Source(text) => writer.source(&text)?,
            Line::Record(mut record) => {
                places.point(&mut record);
                writer.record(&record)?;
                steps += 1;
            }
        }
    }
    writer.flush()?;
    Ok(steps)
}

fn is_interpreter(file: &str) -> bool {
    INTERPRETERS.iter().any(|name| file.contains(name))
}

/// Which part of the text each callback is in.
struct Places<'a> {
    scenario: &'a Scenario,
    file: &'a str,
    calls: HashMap<&'a str, u32>,
    last: HashMap<&'a str, u32>,
}

impl<'a> Places<'a> {
    fn point(&mut self, record: &mut Record) {
        if record
            .caller
            .as_ref()
            .is_some_and(|caller| is_interpreter(&caller.file))
        {
            record.caller = None;
        }
        let callback = match is_callback(&record.event).then(|| record.event.field("callback")) {
            Some(Some(FieldValue::Text(name))) => self
                .scenario
                .callbacks
                .iter()
                .find(|known| known.name == *name),
            _ => None,
        };
        let Some(callback) = callback else {
            if record
                .src
                .as_ref()
                .is_some_and(|src| is_interpreter(&src.file))
            {
                record.src = None;
            }
            return;
        };
        let name = callback.name.as_str();
        if record.phase == Phase::Enter {
            let call = self.calls.entry(name).or_default();
            *call += 1;
            let what = match &record.event {
                Event::EventCallback { what, .. } => what.bits().into(),
                Event::Eventcb { what, .. } => what.bits().into(),
                _ => 0,
            };
            let fits = |clause: &&Clause| {
                (clause.call == 0 || clause.call == *call)
                    && (clause.when == 0 || clause.when & what != 0)
            };
            let clause = callback
                .clauses
                .iter()
                .find(fits)
                .or(callback.clauses.first());
            self.last
                .insert(name, clause.map_or(1, |clause| clause.lines.0));
        }
        record.src = Some(SourceLine {
            file: self.file.to_owned().into(),
            line: self.last.get(name).copied().unwrap_or(1),
            function: Some(callback.name.clone().into()),
        });
    }
}

fn is_callback(event: &Event) -> bool {
    matches!(
        event,
        Event::EventCallback { .. }
            | Event::Readcb { .. }
            | Event::Writecb { .. }
            | Event::Eventcb { .. }
            | Event::ListenerCb { .. }
            | Event::ListenerErrorcb { .. }
            | Event::EvbufferCb { .. }
    )
}
