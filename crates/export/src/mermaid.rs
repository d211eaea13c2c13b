//! A Mermaid sequence diagram: the four lanes as participants, steps as messages between them. A step
//! comes from the lane of the call around it; outside of any call, from the program. That
//! holds also where the call around it is left out.

use std::io::Write;

use evscope_replay::{Passing, Words};
use evscope_trace::{Lane, Level, Phase, visible};
use evscope_words::{Word, word};

use crate::part::{caller, is_unfinished};
use crate::{ExportError, Part};

pub(crate) fn write(part: &Part<'_>, out: &mut dyn Write) -> Result<(), ExportError> {
    let level = part.level_or(Level::Walkthrough);
    out.write_all(b"sequenceDiagram\n")?;
    for lane in Lane::ALL.iter().rev() {
        writeln!(
            out,
            "    participant {} as {}",
            lane.letter(),
            title(*lane).in_lang(part.lang())
        )?;
    }
    let mut has_unfinished = false;
    let mut words = Words::text_only();
    let mut line = String::new();
    part.each(true, |passing| {
        if passing.record.level() <= level {
            has_unfinished |= is_unfinished(passing);
            line.clear();
            message(passing, level, &mut words, &mut line);
            out.write_all(line.as_bytes())?;
        }
        Ok::<(), ExportError>(())
    })?;
    if has_unfinished {
        let ends = word!(export_trace_ends).in_lang(part.lang());
        writeln!(out, "    Note over P,K: {ends}")?;
    }
    Ok(())
}

/// Puts a step as a message into a line; some say nothing.
fn message(passing: &Passing<'_>, level: Level, words: &mut Words, line: &mut String) {
    let record = passing.record;
    let lane = record.event.lane();
    let from = caller(passing);
    let is_exit = record.phase == Phase::Exit;
    let is_shown = !is_exit || passing.is_shown(level);
    let (from, to, arrow) = match record.phase {
        Phase::Point => (from, lane, "->>"),
        // A box is drawn as long as the call lasts, so only where its end is known.
        Phase::Enter if is_unfinished(passing) || from == lane => (from, lane, "->>"),
        Phase::Enter => (from, lane, "->>+"),
        // The end of a call of the same lane says something only where it has a result.
        Phase::Exit if passing.begin == passing.step || from == lane => {
            if !is_shown {
                return;
            }
            (lane, from, "-->>")
        }
        Phase::Exit => (lane, from, "-->>-"),
    };
    for part in ["    ", from.letter(), arrow, to.letter(), ": "] {
        line.push_str(part);
    }
    if is_shown {
        words.say(passing.known, record);
        escape(words.text(), line);
    } else {
        line.push(' ');
    }
    line.push('\n');
}

fn title(lane: Lane) -> Word {
    match lane {
        Lane::Kernel => word!(export_lane_kernel),
        Lane::Loop => word!(export_lane_loop),
        Lane::Bufferevent => word!(export_lane_bufferevent_listener),
        Lane::Program => word!(export_lane_program),
    }
}

/// Appends a text. A message ends at a line end or semicolon, and `#` begins a character's number.
fn escape(text: &str, line: &mut String) {
    let text = visible(text);
    let is_syntax = |byte| matches!(byte, b'#' | b';' | b'<' | b'>');
    // Not to stop at the first lets the compiler look at many at once.
    if !text.bytes().fold(false, |is, byte| is | is_syntax(byte)) {
        return line.push_str(&text);
    }
    for c in text.chars() {
        match c {
            '#' => line.push_str("#35;"),
            ';' => line.push_str("#59;"),
            '<' => line.push_str("#60;"),
            '>' => line.push_str("#62;"),
            c => line.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_mermaid_would_take_for_syntax_is_escaped() {
        let mut line = String::new();
        escape("a; #b\n<c>", &mut line);
        assert_eq!(line, "a#59; #35;b\\n#60;c#62;");
    }
}
