//! Every format against a small trace, and what must hold of each whatever the trace.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows only test functions as tests, not their helpers"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use evscope_export::{Format, Part, export, export_part};
use evscope_replay::{Replay, Trace};
use evscope_trace::{Event, Level};
use serde_json::Value;

const SMALL: &str = include_str!("data/small.jsonl");

fn small() -> Trace {
    Trace::read(SMALL.as_bytes(), "small.jsonl").unwrap()
}

fn text_of(part: &Part<'_>, format: Format) -> String {
    let mut out = Vec::new();
    export_part(part, format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn whole(format: Format) -> String {
    let mut out = Vec::new();
    export(&small(), format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn json() {
    insta::assert_snapshot!(whole(Format::Json));
}

#[test]
fn jsonl() {
    insta::assert_snapshot!(whole(Format::Jsonl));
}

#[test]
fn chrome() {
    insta::assert_snapshot!(whole(Format::Chrome));
}

#[test]
fn mermaid() {
    insta::assert_snapshot!(whole(Format::Mermaid));
}

#[test]
fn dot() {
    insta::assert_snapshot!(whole(Format::Dot));
}

/// The graph of a trace as Graphviz lays it out, where Graphviz is there: as many nodes and edges as were written.
#[test]
fn graphviz_draws_the_graph_of_callbacks() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let graph = whole(Format::Dot);
    let child = Command::new("dot")
        .arg("-Tplain")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        eprintln!("left out: there is no Graphviz here");
        return;
    };
    child
        .stdin
        .take()
        .unwrap()
        .write_all(graph.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let drawn = String::from_utf8(output.stdout).unwrap();
    let count = |text: &str, is: fn(&str) -> bool| text.lines().filter(|line| is(line)).count();
    let nodes = count(&graph, |line| {
        line.contains("[label=") && !line.contains("->")
    });
    assert_eq!(nodes, 3, "{graph}");
    assert_eq!(count(&drawn, |line| line.starts_with("node ")), nodes);
    let edges = count(&graph, |line| line.contains("->"));
    assert_eq!(count(&drawn, |line| line.starts_with("edge ")), edges);
}

/// At the level of the program the library's own callbacks are left out: the kernel runs the program's.
#[test]
fn the_graph_at_level_1_has_only_the_program_and_who_calls_it() {
    let trace = small();
    let graph = text_of(&Part::whole(&trace).level(Level::Program), Format::Dot);
    assert!(graph.contains("writecb"), "{graph}");
    assert!(!graph.contains("bufferevent_writecb"), "{graph}");
}

/// What is left out does not change who did the rest.
#[test]
fn a_message_of_a_part_comes_from_where_it_came_from_in_the_whole() {
    let trace = small();
    let messages = |part: &Part<'_>| -> Vec<String> {
        let text = text_of(part, Format::Mermaid);
        let arrows = text.lines().filter(|line| line.contains(">>"));
        arrows.map(str::to_owned).collect()
    };
    let all = messages(&Part::whole(&trace).level(Level::Everything));
    for name in ["poll", "writecb", "evbuffer_write"] {
        let part = Part::whole(&trace)
            .level(Level::Everything)
            .wanted(|step| trace.record(step).event.name() == name);
        let some = messages(&part);
        assert!(!some.is_empty(), "{name}");
        for message in &some {
            assert!(all.contains(message), "{message} in {all:#?}");
        }
    }
}

#[test]
fn csv() {
    insta::assert_snapshot!(whole(Format::Csv).replace("\r\n", "\n"));
}

#[test]
fn the_json_document_has_everything_that_is_in_the_trace() {
    let document: Value = serde_json::from_str(&whole(Format::Json)).unwrap();
    let lines: Vec<Value> = SMALL
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(document["header"], lines[0]);
    let records: Vec<&Value> = lines
        .iter()
        .filter(|line| line.get("ev").is_some())
        .collect();
    assert_eq!(
        document["records"]
            .as_array()
            .unwrap()
            .iter()
            .collect::<Vec<_>>(),
        records
    );
    let sources = lines.iter().filter_map(|line| line.get("source"));
    for source in sources {
        assert!(
            document["sources"].as_array().unwrap().contains(source),
            "{source}"
        );
    }
}

#[test]
fn a_rewritten_trace_is_the_same_trace_and_rewriting_it_changes_nothing() {
    let once = whole(Format::Jsonl);
    let trace = Trace::read(once.as_bytes(), "once").unwrap();
    assert!(trace.records().eq(small().records()));
    assert_eq!(text_of(&Part::whole(&trace), Format::Jsonl), once);
}

#[test]
fn a_part_of_a_trace_is_a_trace_with_whole_calls() {
    let trace = small();
    let part = Part::whole(&trace).level(Level::Walkthrough).steps(9..=19);
    let text = text_of(&part, Format::Jsonl);
    let part = Trace::read(text.as_bytes(), "part").unwrap();
    let steps: Vec<(u32, &str, &str)> = part
        .records()
        .map(|r| (r.depth, r.phase.name(), Event::NAMES[r.event.number()]))
        .collect();
    assert_eq!(
        steps,
        [
            (0, "enter", "event_base_loop"),
            (1, "enter", "poll"),
            (1, "exit", "poll"),
            (1, "point", "event_active"),
            (1, "enter", "bufferevent_writecb"),
            (2, "enter", "evbuffer_write"),
            (2, "exit", "evbuffer_write"),
            (2, "point", "watermark"),
            (2, "enter", "writecb"),
            (2, "exit", "writecb"),
            (1, "exit", "bufferevent_writecb"),
        ]
    );
    // Only the function that the part runs through comes along.
    assert_eq!(part.source_files(), ["examples/small.rs"]);
}

#[test]
fn a_filter_takes_the_ends_of_what_it_takes() {
    let trace = small();
    let part = Part::whole(&trace).wanted(|step| trace.record(step).event.name() == "writecb");
    let text = text_of(&part, Format::Jsonl);
    let part = Trace::read(text.as_bytes(), "part").unwrap();
    let steps: Vec<(u64, u32, &str)> = part
        .records()
        .map(|r| (r.seq, r.depth, r.phase.name()))
        .collect();
    assert_eq!(steps, [(0, 0, "enter"), (1, 0, "exit")]);
}

#[test]
fn slices_are_closed_in_the_order_in_which_they_were_opened() {
    let document: Value = serde_json::from_str(&whole(Format::Chrome)).unwrap();
    let mut open: Vec<&str> = Vec::new();
    let mut last = 0.0;
    for event in document["traceEvents"].as_array().unwrap() {
        let name = event["name"].as_str().unwrap();
        match event["ph"].as_str().unwrap() {
            "B" => open.push(name),
            "E" => assert_eq!(open.pop(), Some(name)),
            "i" | "C" | "M" => {}
            // An arrow begins where its cause was, and is told where it ends.
            "s" => continue,
            "f" => {}
            phase => panic!("{phase}"),
        }
        if let Some(ts) = event.get("ts") {
            let ts = ts.as_f64().unwrap();
            assert!(ts >= last, "{event}");
            last = ts;
        }
    }
    assert_eq!(open, ["event_base_loop"], "the trace ends inside the loop");
}

#[test]
fn every_row_of_the_table_has_every_column() {
    // A reader of its own, so that the writer's quoting is not held against itself.
    let text = whole(Format::Csv);
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (quoted, c) {
            (true, '"') if chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            (_, '"') => quoted = !quoted,
            (false, ',') => row.push(std::mem::take(&mut cell)),
            (false, '\r') => {}
            (false, '\n') => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            (_, c) => cell.push(c),
        }
    }
    assert_eq!(rows.len(), small().len() + 1);
    assert!(rows.iter().all(|row| row.len() == rows[0].len()));
    let data = rows[0].iter().position(|name| name == "data").unwrap();
    assert_eq!(rows[7][data], "Hello; \"World\"\\n");
}

/// The bytes of a step as the table has them.
fn cell_with(text: &str) -> String {
    let text = SMALL.replace("Hello; \\\"World\\\"\\n", &text.replace('"', "\\\""));
    let trace = Trace::read(text.as_bytes(), "small.jsonl").unwrap();
    let row = text_of(&Part::whole(&trace), Format::Csv);
    let row = row.lines().find(|row| row.starts_with("6,")).unwrap();
    let (_, cell) = row.split_once(",14,0,14,").unwrap();
    cell.trim_end_matches(',').to_owned()
}

#[test]
fn no_cell_of_the_table_is_a_formula() {
    for (text, cell) in [
        ("=1+2", "\"'=1+2\""),
        (
            "=HYPERLINK(\"http://a\",\"b\")",
            "\"'=HYPERLINK(\"\"http://a\"\",\"\"b\"\")\"",
        ),
        ("+1+2", "\"'+1+2\""),
        ("-2+3", "\"'-2+3\""),
        ("-", "\"'-\""),
        ("@SUM(A1)", "\"'@SUM(A1)\""),
        ("\\t=1", "\\t=1"),
        ("\\r=1", "\\r=1"),
        ("\u{ff1d}1", "\"'\u{ff1d}1\""),
        ("a;=1", "\"a;=1\""),
        ("-17", "-17"),
        ("a=1", "a=1"),
        ("\u{202e}a", "\\u{202e}a"),
    ] {
        assert_eq!(cell_with(text), cell, "{text}");
    }
}

/// Every trace that is kept, and where.
fn kept() -> impl Iterator<Item = (PathBuf, Trace)> {
    let traces = concat!(env!("CARGO_MANIFEST_DIR"), "/../../traces");
    let folders = [traces.to_owned(), format!("{traces}/libevent")];
    let entries = folders
        .into_iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let files = entries.map(|entry| entry.unwrap().path());
    files.filter(|path| path.is_file()).map(|path| {
        let trace = Trace::open(&path).unwrap();
        (path, trace)
    })
}

/// What only the end of a trace tells is told of a part that goes to that end, and of no other.
#[test]
fn what_is_wrong_at_the_end_is_told_there() {
    let findings = |part: &Part<'_>| -> Vec<String> {
        let document: Value = serde_json::from_str(&text_of(part, Format::Chrome)).unwrap();
        let events = document["traceEvents"].as_array().unwrap();
        let found = events.iter().filter(|event| event["cat"] == "check");
        found.map(|event| event["args"].to_string()).collect()
    };
    let mut at_end = 0;
    for (path, trace) in kept() {
        let last = trace.len() - 1;
        let whole = findings(&Part::whole(&trace));
        assert_eq!(findings(&Part::whole(&trace).steps(0..=last)), whole);
        let but_one = findings(&Part::whole(&trace).steps(0..=last - 1));
        assert!(but_one.len() <= whole.len(), "{}", path.display());
        at_end += usize::from(but_one.len() < whole.len());
    }
    assert!(at_end > 0);
}

/// After the last step the counters say what the state says, in every trace there is.
#[test]
fn the_counters_of_buffers_end_where_the_state_does() {
    let (mut counted, mut moved) = (0, 0);
    for (path, trace) in kept() {
        let document: Value =
            serde_json::from_str(&text_of(&Part::whole(&trace), Format::Chrome)).unwrap();
        let mut lengths: BTreeMap<&str, u64> = BTreeMap::new();
        for event in document["traceEvents"].as_array().unwrap() {
            if event["ph"] == "C" {
                let bytes = event["args"]["bytes"].as_u64().unwrap();
                lengths.insert(event["name"].as_str().unwrap(), bytes);
            }
            moved += u64::from(event["name"] == "evbuffer_move");
        }
        let state = Replay::new(trace.clone()).state_at(trace.len() - 1);
        for (id, buf) in state.bufs.iter() {
            let name = match trace.owner(id) {
                Some((bev, side)) => format!("{bev}.{}", side.name()),
                None => id.to_string(),
            };
            // One that nothing went into has none.
            let last = lengths.get(name.as_str()).copied().unwrap_or(0);
            assert_eq!(last, buf.len, "{} {name}", path.display());
            counted += 1;
        }
    }
    assert!(
        counted > 100 && moved > 10,
        "{counted} buffers, {moved} moves"
    );
}

#[test]
fn steps_name_their_thread_where_there_are_several() {
    let is_named = |text: &str, name: &str| text.contains(name);
    let several = SMALL.replacen("\"thread\":1", "\"thread\":2", 1);
    let several = Trace::read(several.as_bytes(), "small.jsonl").unwrap();
    let one = small();
    let text = |trace, format| text_of(&Part::whole(trace).level(Level::Everything), format);
    for (format, first, second) in [
        (
            Format::Mermaid,
            "T2 event_base_new",
            "T1 bufferevent_socket_new",
        ),
        (Format::Svg, ">T2 <", ">T1 <"),
        (Format::Html, "\"T2 \"", "\"T1 \""),
        (
            Format::Csv,
            "T2 event_base_new",
            "T1 bufferevent_socket_new",
        ),
    ] {
        let named = text(&several, format);
        assert!(
            is_named(&named, first) && is_named(&named, second),
            "{format}: {named}"
        );
        let unnamed = text(&one, format);
        assert!(
            !is_named(&unnamed, first) && !is_named(&unnamed, second),
            "{format}"
        );
    }
    // There each thread has a row of its own.
    let rows = text(&several, Format::Chrome);
    let row = "\"tid\":2,\"cat\":\"loop,level1\",\"name\":\"event_base_new\"";
    assert!(rows.contains(row) && !rows.contains("\"T2 "), "{rows}");
    assert!(rows.contains("\"name\":\"thread 2"), "{rows}");
    // A graph has what callbacks do, each thread's for itself.
    const HELLO: &str = include_str!("../../../traces/hello-world.jsonl");
    let (first, rest) = HELLO.split_once("\"seq\":1,").unwrap();
    let several = format!(
        "{first}\"seq\":1,{}",
        rest.replace("\"thread\":1", "\"thread\":2")
    );
    let several = Trace::read(several.as_bytes(), "hello-world").unwrap();
    let named = text(&several, Format::Dot);
    assert!(named.contains("\\nthread2\\n1 run"), "{named}");
    let one = Trace::read(HELLO.as_bytes(), "hello-world").unwrap();
    assert!(!text(&one, Format::Dot).contains("thread"));
}

#[test]
fn an_output_that_fails_is_an_error() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::from(std::io::ErrorKind::StorageFull))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    for format in Format::ALL {
        assert!(export(&small(), *format, &mut Full).is_err(), "{format}");
    }
}

#[test]
fn a_trace_without_records_is_exported() {
    let header = SMALL.lines().next().unwrap();
    let trace = Trace::read(header.as_bytes(), "empty").unwrap();
    for format in Format::ALL {
        let mut out = Vec::new();
        export(&trace, *format, &mut out).unwrap();
        assert!(!out.is_empty(), "{format}");
    }
}

/// By its beginning a file is known as one that may be written over by its like.
#[test]
fn what_was_exported_is_known_by_its_beginning() {
    for &format in Format::ALL {
        let text = whole(format);
        let start = &text.as_bytes()[..text.len().min(4096)];
        let same: Vec<_> = Format::ALL.iter().filter(|f| f.begins(start)).collect();
        assert_eq!(same, [&format]);
    }
    for other in [
        "",
        "{\"header\":1}",
        "<svg></svg>",
        "step,t_ns\n",
        "sequenceDiagram\n",
    ] {
        assert!(!Format::ALL.iter().any(|f| f.begins(other.as_bytes())));
    }
}

/// A call has its times in the table as a query has them; the end of a call, and what is no call, have none.
#[test]
fn the_table_has_the_times_of_calls() {
    let trace = Trace::read(SMALL.as_bytes(), "small").unwrap();
    let text = whole(Format::Csv);
    let mut lines = text.split("\r\n");
    let head: Vec<&str> = lines.next().unwrap().split(',').collect();
    let column = |name: &str| head.iter().position(|other| *other == name).unwrap();
    let (at, dur) = (column("summary"), column("dur_ns"));
    assert_eq!(head[dur..dur + 3], ["dur_ns", "self_ns", "wait_ns"]);
    let mut with = 0;
    for (step, line) in lines.filter(|line| !line.is_empty()).enumerate() {
        // Texts may have commas in them: what is looked at stands behind the last of those, and has none.
        let Some(took) = trace.took(step) else {
            continue;
        };
        let times = [Some(took), trace.took_itself(step), trace.waited(step)];
        let cells = times.map(|time| time.unwrap().0.to_string()).join(",");
        assert!(
            line.contains(&format!(",{cells},")),
            "{at}: {cells} in {line}"
        );
        with += 1;
    }
    assert!(with > 3);
}
