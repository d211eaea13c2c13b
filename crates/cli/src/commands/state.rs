//! `evscope state`: what the program's objects are like after a step.

use std::io::Write;

use serde_json::json;

use crate::input::Input;
use crate::output::Color;
use crate::{Outcome, output, select, text};

/// Print the state after a step: bufferevents, buffers, events, listeners, running calls
///
/// What was freed by then is left out. With --at, the trace is read up to that step.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope state hello-world --at 40
  evscope state trace.jsonl --at 40 --json | jq .state.bevs.bev1
  evscope state trace.jsonl --all")]
pub(crate) struct Args {
    #[command(flatten)]
    input: Input,

    /// The step [default: the last]
    #[arg(long, value_name = "STEP")]
    at: Option<usize>,

    /// Also the objects that were freed
    #[arg(long)]
    all: bool,

    /// As JSON
    #[arg(long)]
    json: bool,

    /// When to use colour
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: Color,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let opened = args.input.open_at(args.at)?;
    let trace = opened.trace();
    let step = match args.at {
        Some(at) => select::step(trace, at)?,
        None => select::last(trace)?,
    };
    let mut state = opened.state_at(step);
    let left_out = match args.all {
        true => 0,
        false => state.forget_freed(step).len(),
    };
    if args.json {
        return output::write_json(&json!({"step": step, "t": state.now, "state": state}));
    }
    let mut out = output::stdout();
    text::state::write(trace, step, &state, args.color.paint(), &mut out)?;
    if left_out > 0 {
        writeln!(
            out,
            "\nfreed before, and left out: {left_out} (--all has them)"
        )?;
    }
    out.flush()?;
    Ok(Outcome::Fine)
}
