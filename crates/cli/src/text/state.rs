//! The state after a step as text.

use std::io;

use evscope_replay::describe::Columns;
use evscope_replay::{
    BevKind, BevSide, BevState, BufState, Doing, EventState, State, Trace, WaitsFor, describe,
    summary,
};
use evscope_trace::{SuspendReasons, Text, ThreadId};

use super::write_rows;
use crate::output::{Out, Paint, Style};

/// What stands where there is nothing.
const NONE: &str = "–";

/// Writes the state after `step`.
pub(crate) fn write(
    trace: &Trace,
    step: usize,
    state: &State,
    paint: Paint,
    out: &mut dyn Out,
) -> io::Result<()> {
    let head = format!("after step {step}, at {}", describe::clock(state.now));
    paint.write(out, Style::Strong, &head)?;
    writeln!(out, "\n  {}", summary(trace, step))?;
    for (title, table) in [
        ("calls", calls(state)),
        ("bases", bases(state)),
        ("listeners", listeners(state)),
        ("bufferevents", bufferevents(state)),
        ("buffers", buffers(state)),
        ("events", events(state)),
        ("timers", timers(state)),
        ("the kernel watches", interest(state)),
    ] {
        if table.is_empty() {
            continue;
        }
        writeln!(out)?;
        paint.write(out, Style::Strong, title)?;
        writeln!(out)?;
        write_rows(&table, out)?;
    }
    if state.lost > 0 {
        writeln!(out, "\n{} records were lost before this step", state.lost)?;
    }
    Ok(())
}

fn or_none<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| value.to_string())
}

fn freed(step: Option<usize>) -> String {
    step.map_or_else(String::new, |step| format!("freed at step {step}"))
}

/// The calls that are running, outermost first, one line a thread.
fn calls(state: &State) -> Columns {
    let mut table = Columns::default();
    let several = state.stacks.len() > 1;
    for (thread, stack) in state.stacks.iter().filter(|(_, stack)| !stack.is_empty()) {
        let names: Vec<&str> = stack.iter().map(|frame| frame.name.as_ref()).collect();
        let path = names.join(" > ");
        let ThreadId(number) = thread;
        if several {
            table.row([format!("thread {number}"), path]);
        } else {
            table.row([path]);
        }
    }
    table
}

fn bases(state: &State) -> Columns {
    let mut table = Columns::default();
    for (id, base) in state.bases.iter() {
        let doing = match base.doing() {
            Doing::Freed => String::new(),
            Doing::Waits => "waits".to_owned(),
            Doing::Runs => "runs".to_owned(),
            Doing::Rests(Some(why)) => format!("ended: {why}"),
            Doing::Rests(None) => "does not run".to_owned(),
        };
        let asked = [
            (base.exit_asked, "asked to exit"),
            (base.break_asked, "asked to break"),
            (base.continue_asked, "asked to continue"),
        ];
        let asked: Vec<&str> = asked
            .iter()
            .filter(|(is, _)| *is)
            .map(|(_, text)| *text)
            .collect();
        table.row([
            id.to_string(),
            base.backend
                .clone()
                .unwrap_or(Text::Borrowed(NONE))
                .into_owned(),
            doing,
            match base.polls {
                0 => "has not waited yet".to_owned(),
                1 => format!("waited once, {}", describe::span(base.waited)),
                n => format!("waited {n} times, {}", describe::span(base.waited)),
            },
            asked.join(", "),
            freed(base.freed_at),
        ]);
    }
    table
}

fn listeners(state: &State) -> Columns {
    let mut table = Columns::default();
    for (id, listener) in state.listeners.iter() {
        table.row([
            id.to_string(),
            format!("fd {}", or_none(listener.fd)),
            or_none(listener.addr.as_ref()),
            if listener.enabled {
                "enabled"
            } else {
                "disabled"
            }
            .to_owned(),
            format!("{} accepted", listener.accepted),
            or_none(listener.callback.as_ref()),
            freed(listener.freed_at),
        ]);
    }
    table
}

fn bufferevents(state: &State) -> Columns {
    let mut table = Columns::default();
    for (id, bev) in state.bevs.iter() {
        let connecting = if bev.connecting { ", connecting" } else { "" };
        let deferred = if bev.deferred {
            ", callbacks deferred"
        } else {
            ""
        };
        table.row([
            id.to_string(),
            format!(
                "{}fd {}{connecting}{deferred}",
                stands_on(bev),
                or_none(bev.fd)
            ),
            freed(bev.freed_at),
        ]);
        for side in state.sides(bev) {
            table.row(side_row(&side));
        }
    }
    table
}

/// What a bufferevent stands on, and how far a TLS connection is.
fn stands_on(bev: &BevState) -> String {
    let kind = bev.kind.map_or("", BevKind::name);
    let tls = bev.tls.as_deref().unwrap_or_default();
    [kind, tls]
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(|text| format!("{text} "))
        .collect()
}

/// A side of a bufferevent: what it holds, its marks, whether it goes on, what it calls.
fn side_row(side: &BevSide<'_>) -> Vec<String> {
    let mut row = vec![
        format!("  {}", side.side.name()),
        or_none(side.content.map(|buf| describe::bytes(buf.len))),
        format!("low {}, high {}", side.low, or_none(side.high)),
        going(side.enabled, side.suspended),
        format!("{}cb {}", side.does, or_none(side.callback)),
        or_none(side.event),
    ];
    row.extend(
        side.timeout
            .map(|timeout| format!("timeout {}", describe::span(timeout))),
    );
    row
}

fn going(enabled: bool, suspended: SuspendReasons) -> String {
    let enabled = if enabled { "enabled" } else { "disabled" };
    if suspended.is_empty() {
        enabled.to_owned()
    } else {
        format!("{enabled}, suspended: {suspended}")
    }
}

fn buffers(state: &State) -> Columns {
    let mut table = Columns::default();
    for (id, buf) in state.bufs.iter() {
        table.row([
            id.to_string(),
            owner(buf),
            describe::bytes(buf.len),
            frozen(buf),
            if buf.head().is_empty() {
                String::new()
            } else {
                format!("\"{}\"", buf.head().escape_ascii())
            },
            freed(buf.freed_at),
        ]);
    }
    table
}

fn owner(buf: &BufState) -> String {
    match (buf.bev, buf.side) {
        (Some(bev), Some(side)) => format!("{bev}.{}", side.name()),
        (Some(bev), None) => bev.to_string(),
        (None, _) => NONE.to_owned(),
    }
}

fn frozen(buf: &BufState) -> String {
    match (buf.frozen_start, buf.frozen_end) {
        (true, true) => "frozen",
        (true, false) => "start frozen",
        (false, true) => "end frozen",
        (false, false) => "",
    }
    .to_owned()
}

fn events(state: &State) -> Columns {
    let mut table = Columns::default();
    let queue = state.active_queue();
    for (id, event) in state.events.iter() {
        let status = match event.active {
            Some(what) => match queue.iter().position(|queued| *queued == id) {
                Some(at) => format!("active: {what}, {}", nth(at)),
                None => format!("active: {what}"),
            },
            None if event.is_freed() => String::new(),
            None if event.pending => "pending".to_owned(),
            None => "not pending".to_owned(),
        };
        table.row([
            id.to_string(),
            or_none(event.purpose()),
            watched(event),
            event.events.to_string(),
            status,
            or_none(event.callback.as_ref()),
            freed(event.freed_at),
        ]);
    }
    table
}

fn watched(event: &EventState) -> String {
    match event.waits_for() {
        WaitsFor::Signal(number) => describe::signal(number).into_owned(),
        WaitsFor::Fd(fd) => format!("fd {fd}"),
        WaitsFor::Nothing => format!("fd {NONE}"),
    }
}

fn nth(at: usize) -> String {
    match at {
        0 => "runs next".to_owned(),
        1 => "after 1 other".to_owned(),
        n => format!("after {n} others"),
    }
}

fn timers(state: &State) -> Columns {
    let mut table = Columns::default();
    for (id, left) in state.timers() {
        table.row([id.to_string(), format!("in {}", describe::span(left))]);
    }
    table
}

fn interest(state: &State) -> Columns {
    let mut table = Columns::default();
    for (watched, events) in state.interest.iter() {
        table.row([watched.to_string(), events.to_string()]);
    }
    table
}
