//! A graph of callbacks for Graphviz: each is a node with its runs and its time, and an edge says how often one
//! was the cause of another. The kernel is a node too: what it finds ready is the beginning of most of them.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use evscope_replay::describe::span;
use evscope_replay::{Known, Trail, colors, program_callback};
use evscope_trace::{Event, Lane, Level, Nanos, Phase, Record, Text, ThreadId, visible};

use crate::{ExportError, Part};

/// How a file of this format begins: one that was made elsewhere is not written over.
pub(crate) const MARK: &str = "// Made by evscope.\n";

/// Who runs, or makes something run.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Node {
    /// What the program does outside of any callback, by the function that does it.
    Outside(String, Thread),
    /// The kernel, which says what is ready.
    Kernel,
    /// A callback: its kind (`readcb`, …), and the program's name of it.
    Callback(Text, Option<String>, Thread),
}

/// Where there are several.
type Thread = Option<ThreadId>;

#[derive(Debug, Default)]
struct Runs {
    count: u64,
    /// How long those took that have returned, together.
    total: Nanos,
}

/// The nodes by number, while they are found.
#[derive(Default)]
struct Nodes {
    numbers: HashMap<Node, usize>,
    all: Vec<Node>,
}

impl Nodes {
    fn number(&mut self, node: Node) -> usize {
        if let Some(known) = self.numbers.get(&node) {
            return *known;
        }
        let number = self.all.len();
        self.all.push(node.clone());
        self.numbers.insert(node, number);
        number
    }
}

pub(crate) fn write(part: &Part<'_>, out: &mut dyn Write) -> Result<(), ExportError> {
    let level = part.level_or(Level::Walkthrough);
    let mut nodes = Nodes::default();
    let mut runs: BTreeMap<usize, Runs> = BTreeMap::new();
    let mut edges: HashMap<(usize, usize), u64> = HashMap::new();
    // Of each step the node that is the cause of what it leads to.
    let mut trail: Trail<usize> = Trail::default();
    // The callbacks that are running.
    let mut running: HashMap<usize, usize> = HashMap::new();
    part.walk(false, |passing| {
        let record = passing.record;
        let thread = passing.known.has_threads().then_some(record.thread);
        let callback = match record.phase {
            Phase::Enter => callback(record, level, thread).map(|node| nodes.number(node)),
            Phase::Point | Phase::Exit => None,
        };
        trail.step(passing.step, record, |cause| {
            let cause = match cause {
                Some((cause, _)) => cause,
                None => nodes.number(outside(record, thread)),
            };
            if let Some(node) = callback.filter(|_| passing.is_chosen) {
                runs.entry(cause).or_default();
                runs.entry(node).or_default().count += 1;
                *edges.entry((cause, node)).or_default() += 1;
                running.insert(passing.step, node);
            }
            match record.event {
                Event::Poll { .. } => nodes.number(Node::Kernel),
                _ => callback.unwrap_or(cause),
            }
        });
        if record.phase == Phase::Exit
            && let Some(node) = running.remove(&passing.begin)
            && let Some(times) = passing.times
        {
            let total = &mut runs.entry(node).or_default().total.0;
            *total = total.saturating_add(times.whole.0);
        }
        Ok::<(), ExportError>(())
    })?;
    let named = |number: usize| &nodes.all[number];
    let runs: BTreeMap<&Node, Runs> = runs
        .into_iter()
        .map(|(at, runs)| (named(at), runs))
        .collect();
    let edges: BTreeMap<(&Node, &Node), u64> = edges
        .into_iter()
        .map(|((from, to), count)| ((named(from), named(to)), count))
        .collect();
    Ok(draw(part.title()?, &runs, &edges, out)?)
}

/// The callback whose run begins with a record: one of the program, or above level 1 one of the library that the
/// loop runs.
fn callback(record: &Record, level: Level, thread: Thread) -> Option<Node> {
    let event = &record.event;
    let name = program_callback(event);
    let is_one = name.is_some() || level > Level::Program && is_run_by_loop(event);
    is_one.then(|| Node::Callback(event.text_name(), name.map(str::to_owned), thread))
}

/// Whether it is a callback of the library that the loop runs.
pub(crate) fn is_run_by_loop(event: &Event) -> bool {
    matches!(
        event,
        Event::EventOnceCb {}
            | Event::EvsigCb {}
            | Event::ListenerReadCb {}
            | Event::BuffereventReadcb { .. }
            | Event::BuffereventWritecb { .. }
            | Event::DeferredCb { .. }
    )
}

/// Who did what has no cause in the trace.
fn outside(record: &Record, thread: Thread) -> Node {
    let caller = record.caller.as_ref();
    let function = caller.and_then(|caller| caller.function.as_deref());
    Node::Outside(function.unwrap_or("main").to_owned(), thread)
}

fn draw(
    title: &str,
    nodes: &BTreeMap<&Node, Runs>,
    edges: &BTreeMap<(&Node, &Node), u64>,
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
    let number = |node: &Node| {
        let mut nodes = nodes.keys();
        nodes.position(|other| *other == node).unwrap_or(0)
    };
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
        Node::Outside(function, thread) => std::iter::once(function.clone())
            .chain(thread.map(|thread| thread.to_string()))
            .collect(),
        Node::Callback(kind, name, thread) => {
            let times = if runs.count == 1 { "run" } else { "runs" };
            let sum = format!("{} {times}, {}", runs.count, span(runs.total));
            // A callback that bears the name of its kind says it once.
            let name = name.as_deref().filter(|name| *name != kind.as_ref());
            let lines = name.into_iter().chain([kind.as_ref()]).map(str::to_owned);
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
        Node::Callback(kind, None, _) if matches!(&**kind, "evsig_cb" | "event_once_cb") => {
            Lane::Loop
        }
        Node::Callback(_, None, _) => Lane::Bufferevent,
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
