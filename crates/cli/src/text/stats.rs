//! The sums of a trace as tables.

use std::io::{self, Write};

use evscope_replay::describe::{Columns, bytes, span};
use evscope_replay::{CallbackStats, Runs, Stats};
use evscope_trace::Nanos;

use super::write_lines;

/// Writes them: single ones, then callbacks, bufferevents and events, where there are any.
pub(crate) fn write(stats: &Stats, out: &mut dyn Write) -> io::Result<()> {
    write_lines(&single(stats), out)?;
    let tables = [callbacks(stats), bufferevents(stats), events(stats)];
    for table in tables.iter().filter(|table| table.len() > 1) {
        writeln!(out)?;
        write_lines(table, out)?;
    }
    Ok(())
}

fn single(stats: &Stats) -> Columns {
    let turns = stats
        .turns_by
        .iter()
        .map(|(what, turns)| match turns.waited {
            Nanos(0) => format!("{what} ×{}", turns.count),
            waited => format!("{what} ×{} ({})", turns.count, span(waited)),
        });
    let mut table = Columns::default();
    table.row(["records", &stats.records.to_string()]);
    table.row(["duration", &span(stats.duration)]);
    if stats.threads > 1 {
        table.row(["threads", &stats.threads.to_string()]);
    }
    table.row(["loop turns", &stats.turns.to_string()]);
    table.row(["waited", &span(stats.waited)]);
    table.row(["woken by", &list(turns)]);
    table.row(["accepted", &stats.accepted.to_string()]);
    table.row(["watermarks", &stats.watermarks.to_string()]);
    for (name, map) in [("suspends", &stats.suspends), ("errors", &stats.errors)] {
        let counted = map.iter().map(|(what, n)| format!("{what} ×{n}"));
        table.row([name, &list(counted)]);
    }
    if stats.lost > 0 {
        table.row(["lost", &format!("{} records", stats.lost)]);
    }
    table
}

fn callbacks(stats: &Stats) -> Columns {
    let mut table = Columns::headed([
        "callback", "kind", "runs", "total", "self", "p50", "p90", "p99", "longest", "at step",
        "times",
    ]);
    for callback in &stats.callbacks {
        table.row(callback_row(callback));
    }
    table
}

fn callback_row(callback: &CallbackStats) -> [String; 11] {
    let measured = callback.longest_step.is_some();
    let time = |time: Nanos| match measured {
        true => span(time),
        false => String::new(),
    };
    [
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
    ]
}

fn bufferevents(stats: &Stats) -> Columns {
    let mut table = Columns::headed(["bufferevent", "read", "written", "unsent"]);
    for bev in &stats.bevs {
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
    table
}

fn events(stats: &Stats) -> Columns {
    let mut table = Columns::headed(["event", "times"]);
    for name in &stats.names {
        table.row([name.name.to_string(), name.count.to_string()]);
    }
    table
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

#[cfg(test)]
mod tests {
    use evscope_replay::Trace;

    use super::*;

    fn written(stats: &Stats) -> String {
        let mut out = Vec::new();
        write(stats, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_trace_is_summed_up() {
        // It is kept as it was recorded, with all times.
        let trace = include_bytes!("../../../tui/tests/fixtures/hello-world.jsonl");
        let trace = Trace::read(trace.as_slice(), "hello-world").unwrap();
        insta::assert_snapshot!(written(&Stats::of(&trace)));
    }

    #[test]
    fn what_went_wrong_is_counted() {
        let stats = Stats {
            suspends: [("read WATERMARK".to_owned(), 2)].into(),
            errors: [("EMFILE".to_owned(), 1), ("unsent".to_owned(), 3)].into(),
            lost: 12,
            ..Stats::default()
        };
        let text = written(&stats);
        let end = "suspends    read WATERMARK ×2\nerrors      EMFILE ×1, unsent ×3\nlost        12 records\n";
        assert!(text.ends_with(end), "{text}");
    }
}
