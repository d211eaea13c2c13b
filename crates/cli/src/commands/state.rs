//! `evscope state`: what the program's objects are like after a step.

use std::io::Write;

use evscope_replay::Replay;
use serde_json::json;

use crate::input::Input;
use crate::output::Color;
use crate::{Outcome, output, select, text};

/// Print the state after a step: bufferevents, buffers, events, listeners, running calls
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope state hello-world --at 40
  evscope state trace.jsonl --at 40 --json | jq .state.bevs.bev1")]
pub(crate) struct Args {
    #[command(flatten)]
    input: Input,

    /// The step [default: the last]
    #[arg(long, value_name = "STEP")]
    at: Option<usize>,

    /// As JSON
    #[arg(long)]
    json: bool,

    /// When to use colour
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: Color,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let trace = args.input.open()?;
    let step = match args.at {
        Some(at) => select::step(&trace, at)?,
        None => select::last(&trace)?,
    };
    let replay = Replay::new(trace);
    let state = replay.state_at(step);
    if args.json {
        return output::write_json(&json!({"step": step, "t": state.now, "state": state}));
    }
    let mut out = output::stdout();
    text::state::write(replay.trace(), step, &state, args.color.paint(), &mut out)?;
    out.flush()?;
    Ok(Outcome::Fine)
}
