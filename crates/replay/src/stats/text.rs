//! The sums as a table of plain text.

use std::fmt;

use evscope_trace::{Nanos, visible};

use super::{Runs, Stats};
use crate::describe::{Columns, bytes, span};

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "records     {}", self.records)?;
        writeln!(f, "duration    {}", span(self.duration))?;
        if self.threads > 1 {
            writeln!(f, "threads     {}", self.threads)?;
        }
        writeln!(f, "loop turns  {}", self.turns)?;
        writeln!(f, "waited      {}", span(self.waited))?;
        let turns = self
            .turns_by
            .iter()
            .map(|(what, turns)| match turns.waited {
                Nanos(0) => format!("{what} ×{}", turns.count),
                waited => format!("{what} ×{} ({})", turns.count, span(waited)),
            });
        writeln!(f, "woken by    {}", list(turns))?;
        writeln!(f, "accepted    {}", self.accepted)?;
        writeln!(f, "watermarks  {}", self.watermarks)?;
        for (name, map) in [("suspends", &self.suspends), ("errors", &self.errors)] {
            let map = map
                .iter()
                .map(|(what, n)| format!("{} ×{n}", visible(what)));
            writeln!(f, "{name:<12}{}", list(map))?;
        }
        if self.lost > 0 {
            writeln!(f, "lost        {} records", self.lost)?;
        }
        self.callbacks(f)?;
        self.bufferevents(f)?;
        self.events(f)
    }
}

impl Stats {
    fn callbacks(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = with_heads([
            "callback", "kind", "runs", "total", "self", "p50", "p90", "p99", "longest", "at step",
            "times",
        ]);
        for callback in &self.callbacks {
            let measured = callback.longest_step.is_some();
            let time = |time: Nanos| match measured {
                true => span(time),
                false => String::new(),
            };
            table.row([
                callback.name.to_string(),
                callback.kind.to_string(),
                match callback.unfinished {
                    0 => callback.count.to_string(),
                    unfinished => format!("{} ({unfinished} unfinished)", callback.count),
                },
                time(callback.total),
                time(callback.own),
                time(callback.p50),
                time(callback.p90),
                time(callback.p99),
                time(callback.longest),
                callback
                    .longest_step
                    .map(|step| step.to_string())
                    .unwrap_or_default(),
                blocks(&callback.spread),
            ]);
        }
        write(&table, f)
    }

    fn bufferevents(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = with_heads(["bufferevent", "read", "written", "unsent"]);
        for bev in &self.bevs {
            table.row([
                bev.bev.to_string(),
                bytes(bev.read),
                bytes(bev.written),
                match bev.unsent {
                    0 => "none".to_owned(),
                    unsent => bytes(unsent),
                },
            ]);
        }
        write(&table, f)
    }

    fn events(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = with_heads(["event", "times"]);
        for name in &self.names {
            table.row([name.name.to_string(), name.count.to_string()]);
        }
        write(&table, f)
    }
}

/// How runs are spread, one block for each doubling of the time, the highest where most are.
fn blocks(spread: &[Runs]) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = spread.iter().map(|runs| runs.count).max().unwrap_or(0);
    let block = |runs: &Runs| match runs.count {
        0 => ' ',
        count => BLOCKS[(u128::from(count) * 8 / u128::from(most)).saturating_sub(1) as usize],
    };
    spread.iter().map(block).collect()
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    match items.is_empty() {
        true => "none".to_owned(),
        false => items.join(", "),
    }
}

/// Writes a table after an empty line; one that has only its head is left out.
fn write(table: &Columns, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if table.len() == 1 {
        return Ok(());
    }
    writeln!(f)?;
    table.lines().try_for_each(|line| writeln!(f, "{line}"))
}

fn with_heads<const N: usize>(heads: [&str; N]) -> Columns {
    let mut table = Columns::default();
    table.row(heads);
    table
}
