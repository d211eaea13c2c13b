//! A Mermaid sequence diagram: the four lanes as participants, steps as messages between them. A step
//! comes from the lane of the call around it; outside of any call, from the program. That
//! holds also where the call around it is left out.

use std::io::{self, Write};

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
    let mut words = Words::default();
    part.each(true, |passing| {
        if passing.record.level() <= level {
            has_unfinished |= is_unfinished(passing);
            message(passing, level, &mut words, out)?;
        }
        Ok::<(), ExportError>(())
    })?;
    if has_unfinished {
        let ends = word!(export_trace_ends).in_lang(part.lang());
        writeln!(out, "    Note over P,K: {ends}")?;
    }
    Ok(())
}

/// A step as a message.
fn message(
    passing: &Passing<'_>,
    level: Level,
    words: &mut Words,
    out: &mut dyn Write,
) -> io::Result<()> {
    let record = passing.record;
    let lane = record.event.lane();
    let from = caller(passing);
    let mut text = || {
        words.say(passing.known, record);
        escape(words.text())
    };
    match record.phase {
        Phase::Point => writeln!(out, "    {}->>{}: {}", from.letter(), lane.letter(), text()),
        // A box is drawn as long as the call lasts, so only where its end is known.
        Phase::Enter if is_unfinished(passing) || from == lane => {
            writeln!(out, "    {}->>{}: {}", from.letter(), lane.letter(), text())
        }
        Phase::Enter => writeln!(
            out,
            "    {}->>+{}: {}",
            from.letter(),
            lane.letter(),
            text()
        ),
        // The end of a call of the same lane says something only where it has a result.
        Phase::Exit if passing.begin == passing.step || from == lane => {
            match passing.is_shown(level) {
                true => writeln!(
                    out,
                    "    {}-->>{}: {}",
                    lane.letter(),
                    from.letter(),
                    text()
                ),
                false => Ok(()),
            }
        }
        Phase::Exit => {
            let text = match passing.is_shown(level) {
                true => text(),
                false => " ".to_owned(),
            };
            writeln!(out, "    {}-->>-{}: {text}", lane.letter(), from.letter())
        }
    }
}

fn title(lane: Lane) -> Word {
    match lane {
        Lane::Kernel => word!(export_lane_kernel),
        Lane::Loop => word!(export_lane_loop),
        Lane::Bufferevent => word!(export_lane_bufferevent_listener),
        Lane::Program => word!(export_lane_program),
    }
}

/// A message ends at a line end or semicolon, and `#` begins a character's number.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '#' => escaped.push_str("#35;"),
            ';' => escaped.push_str("#59;"),
            '<' => escaped.push_str("#60;"),
            '>' => escaped.push_str("#62;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_mermaid_would_take_for_syntax_is_escaped() {
        assert_eq!(escape("a; #b\n<c>"), "a#59; #35;b\\n#60;c#62;");
    }
}
