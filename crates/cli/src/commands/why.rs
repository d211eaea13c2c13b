//! `evscope why`: the chain of causes of a step.

use std::io::Write;

use anyhow::anyhow;
use evscope_replay::{Expected, Lang, Unheard, causes, gates, unheard};
use evscope_trace::{Event, Phase};

use crate::input::{Input, Opened};
use crate::output::Color;
use crate::{Outcome, output, select, text};

/// Print why a step happened, or why something did not
///
/// Of a step, the chain of steps that led to it is printed, nearest first. With --not, the gates between the kernel
/// and a callback: the first closed one is why it was not called.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope why hello-world 60
  evscope why disabled-read --not 'readcb bev=1'
  evscope why trace.jsonl --not accept --at 1201
  evscope why trace.jsonl 1201 --json | jq '.causes[].step'")]
pub(crate) struct Args {
    #[command(flatten)]
    input: Input,

    /// The step
    #[arg(
        value_name = "STEP",
        required_unless_present = "not",
        conflicts_with = "not"
    )]
    step: Option<usize>,

    /// Why this did not happen: readcb, writecb, eventcb or timeout with bev=N, accept with listener=N, or event=N
    #[arg(long, value_name = "CALLBACK")]
    not: Option<Expected>,

    /// The step after which it did not [default: the last]
    #[arg(long, value_name = "STEP", requires = "not")]
    at: Option<usize>,

    /// As JSON
    #[arg(long)]
    json: bool,

    /// When to use colour
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: Color,
}

pub(crate) fn run(args: &Args, lang: Lang) -> anyhow::Result<Outcome> {
    let opened = args.input.open_at(args.step.or(args.at))?;
    let trace = opened.trace();
    if let Some(expected) = &args.not {
        let step = match args.at {
            Some(step) => select::step(trace, step)?,
            None => select::last(trace)?,
        };
        let replay = opened.into_replay();
        let gates = gates(&replay, expected, step).map_err(|error| anyhow!("--not: {error}"))?;
        if args.json {
            return output::write_json(&text::gates::json(&gates, lang));
        }
        let mut out = output::stdout();
        text::gates::write(&gates, lang, args.color.paint(), &mut out)?;
        out.flush()?;
        return Ok(Outcome::Fine);
    }
    let step = select::step(trace, args.step.unwrap_or_default())?;
    let chain = causes(trace, step);
    let unheard = unheard_at(&opened, step);
    if args.json {
        let mut value = text::causes::json(trace, step, &chain, lang);
        value["unheard"] = text::causes::unheard_json(&unheard, lang);
        return output::write_json(&value);
    }
    let mut out = output::stdout();
    text::causes::write(trace, step, &chain, lang, args.color.paint(), &mut out)?;
    text::causes::write_unheard(&unheard, step, lang, &mut out)?;
    out.flush()?;
    Ok(Outcome::Fine)
}

/// So many are told.
const TOLD: usize = 20;

/// Of a wait, who nobody will be woken for.
fn unheard_at(opened: &Opened, step: usize) -> Vec<Unheard> {
    let record = opened.trace().record(step);
    if record.phase == Phase::Exit || !matches!(record.event, Event::Poll { .. }) {
        return Vec::new();
    }
    unheard(&opened.state_at(step), record.objects.base, TOLD).0
}
