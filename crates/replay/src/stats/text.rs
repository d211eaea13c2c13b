//! The sums as a table of plain text.

use std::fmt;

use evscope_trace::visible;

use super::Stats;
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
        writeln!(f, "accepted    {}", self.accepted)?;
        writeln!(f, "watermarks  {}", self.watermarks)?;
        for (name, map) in [("suspends", &self.suspends), ("errors", &self.errors)] {
            let list: Vec<String> = map
                .iter()
                .map(|(what, n)| format!("{} ×{n}", visible(what)))
                .collect();
            let list = if list.is_empty() {
                "none".to_owned()
            } else {
                list.join(", ")
            };
            writeln!(f, "{name:<12}{list}")?;
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
        let mut table = with_heads(["callback", "kind", "runs", "total", "longest", "at step"]);
        for callback in &self.callbacks {
            let measured = callback.longest_step.is_some();
            table.row([
                callback.name.to_string(),
                callback.kind.to_string(),
                match callback.unfinished {
                    0 => callback.count.to_string(),
                    unfinished => format!("{} ({unfinished} unfinished)", callback.count),
                },
                if measured {
                    span(callback.total)
                } else {
                    String::new()
                },
                if measured {
                    span(callback.longest)
                } else {
                    String::new()
                },
                callback
                    .longest_step
                    .map(|step| step.to_string())
                    .unwrap_or_default(),
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
