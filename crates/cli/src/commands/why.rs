//! `evscope why`: the chain of causes of a step.

use std::io::Write;

use evscope_replay::{Lang, causes};

use crate::input::Input;
use crate::output::Color;
use crate::{Outcome, output, select, text};

/// Print why a step happened: the chain of steps that led to it, nearest first
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope why hello-world 60
  evscope why trace.jsonl 1201 --json | jq '.causes[].step'")]
pub(crate) struct Args {
    #[command(flatten)]
    input: Input,

    /// The step
    #[arg(value_name = "STEP")]
    step: usize,

    /// As JSON
    #[arg(long)]
    json: bool,

    /// When to use colour
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: Color,
}

pub(crate) fn run(args: &Args, lang: Lang) -> anyhow::Result<Outcome> {
    let trace = args.input.open()?;
    let step = select::step(&trace, args.step)?;
    let chain = causes(&trace, step);
    if args.json {
        return output::write_json(&text::causes::json(&trace, step, &chain, lang));
    }
    let mut out = output::stdout();
    text::causes::write(&trace, step, &chain, lang, args.color.paint(), &mut out)?;
    out.flush()?;
    Ok(Outcome::Fine)
}
