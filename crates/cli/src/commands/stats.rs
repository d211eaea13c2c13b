//! `evscope stats`: a trace in numbers.

use std::io::Write;

use evscope_replay::describe::Columns;
use evscope_replay::{ConnectionColumn, Connections, Sums};
use evscope_words::text;

use crate::input::{Input, InputPlace};
use crate::{Outcome, output, text};

/// Sum a trace up: steps by kind, callbacks with their times, bytes, waits, errors
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope stats hello-world
  evscope stats trace.jsonl.zst --json | jq .duration
  evscope stats chat --by connection --sort blocked")]
pub(crate) struct Args {
    #[command(flatten)]
    input: Input,

    /// A row for each of these in place of the sums
    #[arg(long, value_name = "WHAT", value_enum)]
    by: Option<By>,

    /// Sort the rows by a column: who, peer, when, lasted, read, written, unsent, callbacks, longest, waiting,
    /// suspended, blocked or findings
    #[arg(long, value_name = "COLUMN", requires = "by")]
    sort: Option<ConnectionColumn>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

/// What there is a row for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum By {
    /// A connection that was accepted or made
    Connection,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let place = args.input.place()?;
    if let Some(By::Connection) = args.by {
        return by_connection(args, &place);
    }
    let mut sums = Sums::default();
    place.each_record(|record| sums.step(record))?;
    let stats = sums.finish();
    place.say_siblings();
    if args.json {
        return output::write_json(&stats);
    }
    let mut out = output::stdout();
    text::stats::write(&stats, &mut out)?;
    out.flush()?;
    Ok(Outcome::Fine)
}

/// The records are looked at one after the other, and not kept.
fn by_connection(args: &Args, place: &InputPlace) -> anyhow::Result<Outcome> {
    let mut connections = Connections::default();
    place.each_record(|record| connections.step(record))?;
    let mut rows = connections.finish();
    if let Some(column) = args.sort {
        column.sort(&mut rows);
    }
    place.say_siblings();
    if args.json {
        return output::write_json(&rows);
    }
    if rows.is_empty() {
        output::tell(&text!(cli_no_connections));
        return Ok(Outcome::Fine);
    }
    let mut out = output::stdout();
    let mut table = Columns::headed(ConnectionColumn::ALL.map(ConnectionColumn::name));
    for row in &rows {
        table.row(ConnectionColumn::ALL.map(|column| column.cell(row)));
    }
    text::write_lines(&table, &mut out)?;
    out.flush()?;
    Ok(Outcome::Fine)
}
