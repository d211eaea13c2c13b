//! The sums as a table of plain text.

use std::fmt;

use super::Stats;
use crate::describe::{bytes, span};

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
            let list: Vec<String> = map.iter().map(|(what, n)| format!("{what} ×{n}")).collect();
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
        let mut table = Table::new(["callback", "kind", "runs", "total", "longest", "at step"]);
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
        table.write(f)
    }

    fn bufferevents(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new(["bufferevent", "read", "written", "unsent"]);
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
        table.write(f)
    }

    fn events(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new(["event", "times"]);
        for name in &self.names {
            table.row([name.name.to_string(), name.count.to_string()]);
        }
        table.write(f)
    }
}

/// Columns as wide as their widest cell; the first is to the left, the others too save numbers.
struct Table<const N: usize> {
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    fn new(heads: [&str; N]) -> Self {
        Self {
            rows: vec![heads.map(str::to_owned)],
        }
    }

    fn row(&mut self, cells: [String; N]) {
        self.rows.push(cells);
    }

    /// Writes the table after an empty line; one without rows is left out.
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rows.len() == 1 {
            return Ok(());
        }
        writeln!(f)?;
        let width = |column: usize| {
            let cells = self.rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or(0)
        };
        let widths: [usize; N] = std::array::from_fn(width);
        for row in &self.rows {
            let cells = row.iter().zip(widths);
            let line: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            writeln!(f, "{}", line.join("  ").trim_end())?;
        }
        Ok(())
    }
}
