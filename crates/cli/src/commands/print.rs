//! `evscope print`: the steps as indented text.

use std::io::Write;
use std::ops::ControlFlow;

use evscope_replay::{Query, Records, Trace, Walk};
use evscope_trace::Level;
use evscope_words::text;

use crate::input::{self, Input};
use crate::output::{Color, Paint};
use crate::text::steps::{Lines, Steps};
use crate::{Outcome, args, output, select};

/// Print the steps as indented text
///
/// Every line has the step's number, its time in seconds, the letter of who acts (K the kernel, L the
/// event loop, B bufferevents and listeners, P your program) and what happened.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope print hello-world
  evscope print trace.jsonl --level 3 --from 120 --to 160
  evscope print trace.jsonl --filter 'ev~\"event_*\" && fd=8'
  zstd -dc trace.jsonl.zst | evscope print - --color always | less -R")]
pub(crate) struct Args {
    #[command(flatten)]
    input: Input,

    /// The first step [default: the first of the trace]
    #[arg(long, value_name = "STEP")]
    from: Option<usize>,

    /// The last step; the trace is read up to it [default: the last of the trace]
    #[arg(long, value_name = "STEP")]
    to: Option<usize>,

    /// The detail level: 1 program, 2 walkthrough, 3 everything
    #[arg(long, value_name = "LEVEL", default_value = "2", value_parser = args::level)]
    level: Level,

    /// Only steps that match a query
    #[arg(long, value_name = "QUERY")]
    filter: Option<String>,

    /// End with status 1 when the filter leaves nothing, as grep does
    #[arg(long, requires = "filter")]
    exit_code: bool,

    /// When to use colour
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: Color,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let query = args.filter.as_deref().map(select::query).transpose()?;
    let query = query.as_ref();
    let ahead = query.is_some_and(Query::looks_ahead);
    let place = args.input.place()?;
    let again = place.again(None)?;
    let records = Records::from(&again);
    // No further than is wanted: what comes after it may be long.
    let last = args.to.filter(|_| !ahead);
    let outline = records.outline(last.map_or(usize::MAX, |last| last.saturating_add(1)))?;
    input::say_end(outline.name(), &outline.end);
    let steps = select::range(&outline, args.from, args.to)?;
    let mut lines = Lines::new(outline.records, args.level, args.color.paint());
    let mut out = output::stdout();
    // The steps that match, by the lowest level that shows them.
    let mut found = [0_usize; 3];
    let walk = Walk::new(&outline)
        .looking_ahead(ahead)
        .with_state(query.is_some_and(Query::needs_state));
    walk.run(
        records,
        |_| false,
        |passing| {
            let is_wanted = steps.contains(&passing.step)
                && passing.is_shown(Level::Everything)
                && query.is_none_or(|query| query.means(&passing.seen()));
            if is_wanted {
                found[usize::from(passing.record.level().number()) - 1] += 1;
                if passing.is_shown(args.level) {
                    lines.write(passing, &mut out)?;
                }
            }
            Ok::<_, anyhow::Error>(match passing.step < *steps.end() {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            })
        },
    )?;
    out.flush()?;
    let at = |level: Level| -> usize { found.iter().take(level.number().into()).sum() };
    if query.is_some() && at(args.level) == 0 {
        say_where(args.level, at);
        if args.exit_code {
            return Ok(Outcome::Findings);
        }
    }
    Ok(Outcome::Fine)
}

/// Says why a filter leaves nothing: nothing matches, or only what the level hides.
fn say_where(level: Level, count: impl Fn(Level) -> usize) {
    let higher = (level.number() + 1..).map_while(Level::from_number);
    let found = higher
        .map(|level| (level, count(level)))
        .find(|(_, n)| *n > 0);
    let number = level.number();
    output::tell(&match found {
        Some((higher, n)) => text!(cli_matches_higher, number, higher = higher.number(), n),
        None => text!(cli_no_match),
    });
}

/// Writes these steps to the standard output.
pub(crate) fn write(
    trace: &Trace,
    level: Level,
    paint: Paint,
    steps: impl Iterator<Item = usize>,
) -> anyhow::Result<Outcome> {
    let text = Steps::new(trace, level, paint);
    let mut out = output::stdout();
    for step in steps {
        text.write(step, &mut out)?;
    }
    out.flush()?;
    Ok(Outcome::Fine)
}
