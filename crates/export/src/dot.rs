//! A graph of callbacks for Graphviz: each is a node with its runs and its time, and an edge says how often one
//! was the cause of another. The kernel is a node too: what it finds ready is the beginning of most of them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use evscope_replay::describe::span;
use evscope_replay::{Trace, colors, each_cause, program_callback};
use evscope_trace::{Event, Lane, Level, Nanos, Phase, Text, ThreadId, visible};

use crate::Part;

/// How a file of this format begins: one that was made elsewhere is not written over.
pub(crate) const MARK: &str = "// Made by evscope.\n";

/// Who runs, or makes something run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    /// What the program does outside of any callback, by the function that does it.
    Outside(Text, Thread),
    /// The kernel, which says what is ready.
    Kernel,
    /// A callback: its kind (`readcb`, …), and the program's name of it.
    Callback(Text, Option<Text>, Thread),
}

/// Where there are several.
type Thread = Option<ThreadId>;

#[derive(Debug, Default)]
struct Runs {
    count: u64,
    /// How long those took that have returned, together.
    total: Nanos,
}

pub(crate) fn write(part: &Part<'_>, out: &mut dyn Write) -> io::Result<()> {
    let trace = part.trace();
    let level = part.level_or(Level::Walkthrough);
    let mut nodes: BTreeMap<Node, Runs> = BTreeMap::new();
    let mut edges: BTreeMap<(Node, Node), u64> = BTreeMap::new();
    for step in part.each_step() {
        if trace.record(step).phase != Phase::Enter {
            continue;
        }
        let Some(node) = callback(trace, step, level) else {
            continue;
        };
        let cause = cause(trace, step, level);
        nodes.entry(cause.clone()).or_default();
        let runs = nodes.entry(node.clone()).or_default();
        runs.count += 1;
        if let Some(exit) = trace.exit_of(step) {
            let took = trace
                .record(exit)
                .t
                .0
                .saturating_sub(trace.record(step).t.0);
            runs.total.0 = runs.total.0.saturating_add(took);
        }
        *edges.entry((cause, node)).or_default() += 1;
    }
    draw(part.title(), &nodes, &edges, out)
}

/// The callback whose run begins at a step: one of the program, or above level 1 one of the library that the
/// loop runs.
fn callback(trace: &Trace, step: usize, level: Level) -> Option<Node> {
    let record = trace.record(step);
    let event = &record.event;
    let thread = thread(trace, step);
    match event {
        _ if program_callback(event).is_some() => Some(Node::Callback(
            event.text_name(),
            program_callback(event).map(|name| name.to_owned().into()),
            thread,
        )),
        Event::EventOnceCb {}
        | Event::EvsigCb {}
        | Event::ListenerReadCb {}
        | Event::BuffereventReadcb { .. }
        | Event::BuffereventWritecb { .. }
        | Event::DeferredCb { .. }
            if level > Level::Program =>
        {
            Some(Node::Callback(event.text_name(), None, thread))
        }
        _ => None,
    }
}

fn thread(trace: &Trace, step: usize) -> Thread {
    trace.has_threads().then(|| trace.record(step).thread)
}

/// The nearest cause of a callback's run that is a node.
fn cause(trace: &Trace, step: usize, level: Level) -> Node {
    let mut first = step;
    for cause in each_cause(trace, step) {
        first = cause.step;
        let record = trace.record(first);
        match record.event {
            Event::Poll { .. } => return Node::Kernel,
            _ if record.phase == Phase::Enter => {
                if let Some(node) = callback(trace, first, level) {
                    return node;
                }
            }
            _ => {}
        }
    }
    let caller = trace.record(first).caller.clone();
    let function = caller.and_then(|caller| caller.function);
    Node::Outside(function.unwrap_or("main".into()), thread(trace, first))
}

fn draw(
    title: &str,
    nodes: &BTreeMap<Node, Runs>,
    edges: &BTreeMap<(Node, Node), u64>,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(MARK.as_bytes())?;
    writeln!(out, "digraph {} {{", quoted(&[title]))?;
    writeln!(out, "    rankdir=LR;")?;
    writeln!(
        out,
        "    node [shape=box, style=rounded, fontname=\"sans-serif\", penwidth=2];"
    )?;
    writeln!(out, "    edge [fontname=\"sans-serif\", fontsize=11];")?;
    let number = |node: &Node| nodes.keys().position(|other| other == node).unwrap_or(0);
    for (at, (node, runs)) in nodes.iter().enumerate() {
        let label = quoted(&label(node, runs));
        writeln!(
            out,
            "    n{at} [label={label}, color=\"#{:06x}\"];",
            color(node)
        )?;
    }
    for ((from, to), count) in edges {
        // A thicker line where more happened: by magnitude, so that one stays beside a million.
        let width = 1.0 + (*count as f64).log10();
        writeln!(
            out,
            "    n{} -> n{} [label=\"{count}\", penwidth={width:.1}];",
            number(from),
            number(to)
        )?;
    }
    writeln!(out, "}}")
}

/// The lines in a node.
fn label(node: &Node, runs: &Runs) -> Vec<String> {
    match node {
        Node::Kernel => vec!["kernel".to_owned()],
        Node::Outside(function, thread) => std::iter::once(function.to_string())
            .chain(thread.map(|thread| thread.to_string()))
            .collect(),
        Node::Callback(kind, name, thread) => {
            let times = if runs.count == 1 { "run" } else { "runs" };
            let sum = format!("{} {times}, {}", runs.count, span(runs.total));
            // A callback that bears the name of its kind says it once.
            let name = name.as_ref().filter(|name| *name != kind);
            let lines = name.into_iter().chain([kind]).map(Text::to_string);
            let thread = thread.map(|thread| thread.to_string());
            lines.chain(thread).chain([sum]).collect()
        }
    }
}

/// The colour of its lane, on paper.
fn color(node: &Node) -> u32 {
    let lane = match node {
        Node::Kernel => Lane::Kernel,
        Node::Outside(..) | Node::Callback(_, Some(_), _) => Lane::Program,
        Node::Callback(kind, None, _) => match kind.as_ref() {
            "evsig_cb" | "event_once_cb" => Lane::Loop,
            _ => Lane::Bufferevent,
        },
    };
    colors::of_lane(lane).on_light
}

/// Lines as a string of the language. Nothing in them is hidden, and nothing ends the string or the line.
fn quoted<T: AsRef<str>>(lines: &[T]) -> String {
    let escaped = |line: &T| {
        let line = visible(line.as_ref());
        line.replace('\\', "\\\\").replace('"', "\\\"")
    };
    let lines: Vec<String> = lines.iter().map(escaped).collect();
    format!("\"{}\"", lines.join("\\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_ends_where_it_should() {
        assert_eq!(quoted(&["a\"b\\", "c\u{1b}\n"]), r#""a\"b\\\nc\\u{1b}\\n""#);
    }
}
