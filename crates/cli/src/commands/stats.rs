//! `evscope stats`: a trace in numbers.

use std::io::Write;

use evscope_replay::Stats;

use crate::input::Input;
use crate::{Outcome, output};

/// Sum a trace up: steps by kind, callbacks with their times, bytes, waits, errors
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope stats hello-world
  evscope stats trace.jsonl.zst --json | jq .duration")]
pub(crate) struct Args {
    #[command(flatten)]
    input: Input,

    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let place = args.input.place()?;
    let stats = Stats::of(&place.open()?);
    place.say_siblings();
    if args.json {
        return output::write_json(&stats);
    }
    let mut out = output::stdout();
    write!(out, "{stats}")?;
    out.flush()?;
    Ok(Outcome::Fine)
}
