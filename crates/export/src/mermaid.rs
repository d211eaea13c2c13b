//! A Mermaid sequence diagram: the four lanes as participants, steps as messages between them. A step
//! comes from the lane of the call around it; outside of any call, from the program. That
//! holds also where the call around it is left out.

use std::io::{self, Write};

use evscope_replay::{Trace, summary};
use evscope_trace::{Lane, Level, Phase, visible};
use evscope_words::{Word, word};

use crate::Part;
use crate::part::{caller, is_unfinished};

pub(crate) fn write(part: &Part<'_>, out: &mut dyn Write) -> io::Result<()> {
    let trace = part.trace();
    let level = part.level_or(Level::Walkthrough);
    let has = |step: usize| trace.record(step).level() <= level && part.has(step);

    out.write_all(b"sequenceDiagram\n")?;
    for lane in Lane::ALL.iter().rev() {
        writeln!(
            out,
            "    participant {} as {}",
            lane.letter(),
            title(*lane).in_lang(part.lang())
        )?;
    }
    for step in (0..trace.len()).filter(|step| has(*step)) {
        let begin = trace.begin(step);
        let record = trace.record(step);
        let lane = record.event.lane();
        let from = caller(trace, step);
        let text = escape(&summary(trace, step));
        match record.phase {
            Phase::Point => writeln!(out, "    {}->>{}: {text}", from.letter(), lane.letter())?,
            // A box is drawn as long as the call lasts, so only where its end is known.
            Phase::Enter if is_unfinished(trace, step) || from == lane => {
                writeln!(out, "    {}->>{}: {text}", from.letter(), lane.letter())?;
            }
            Phase::Enter => writeln!(out, "    {}->>+{}: {text}", from.letter(), lane.letter())?,
            // The end of a call of the same lane says something only where it has a result.
            Phase::Exit if begin == step || from == lane => {
                if trace.is_shown(step, level) {
                    writeln!(out, "    {}-->>{}: {text}", lane.letter(), from.letter())?;
                }
            }
            Phase::Exit => {
                let text = if trace.is_shown(step, level) {
                    &text
                } else {
                    " "
                };
                writeln!(out, "    {}-->>-{}: {text}", lane.letter(), from.letter())?;
            }
        }
    }
    if unfinished_calls(trace, &has) {
        let ends = word!(export_trace_ends).in_lang(part.lang());
        writeln!(out, "    Note over P,K: {ends}")?;
    }
    Ok(())
}

fn unfinished_calls(trace: &Trace, has: &impl Fn(usize) -> bool) -> bool {
    (0..trace.len()).any(|step| has(step) && is_unfinished(trace, step))
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
