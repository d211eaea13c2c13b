//! No byte of a trace, a file, a name or an argument reaches a terminal as anything but what is shown:
//! every field of a trace and every other way in × every character of the hidden categories × every
//! command.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::process::Output;

use evscope_export::Format;
use evscope_trace::is_hidden;
use serde_json::{Map, Value, json};

use crate::support::Folder;

/// The fields of records that are free text. Words and flags of the vocabulary take no others.
const FREE: [&str; 11] = [
    "addr", "backend", "call", "callback", "ended", "errno", "eventcb", "peer", "readcb",
    "writecb", "action",
];

/// Every hidden character, each between two marks that show where it was.
fn all_hidden() -> String {
    ('\0'..=char::MAX)
        .filter(|char| is_hidden(*char))
        .map(|char| format!("‹{char}›"))
        .collect()
}

/// What is wrong with an output; evscope's own colours are not.
fn reveals(output: &[u8]) -> Option<String> {
    let Ok(text) = str::from_utf8(output) else {
        return Some("it is no UTF-8".to_owned());
    };
    let mut text = text.to_owned();
    for code in ["0", "1", "2", "31", "32", "33", "34", "35"] {
        text = text.replace(&format!("\u{1b}[{code}m"), "");
    }
    if text.contains("‹\n›") {
        return Some("a line end came through".to_owned());
    }
    let hidden: BTreeSet<char> = text
        .chars()
        .filter(|char| is_hidden(*char) && !matches!(char, '\n'))
        .collect();
    // The line ends of CSV (RFC 4180).
    let hidden: Vec<char> = hidden
        .into_iter()
        .filter(|char| *char != '\r' || text.contains("‹\r›"))
        .collect();
    (!hidden.is_empty()).then(|| format!("{hidden:?}"))
}

/// Holds that an output is clean, and not that of a panic.
#[track_caller]
fn holds(what: &str, output: &Output) {
    for (stream, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        if let Some(wrong) = reveals(bytes) {
            panic!(
                "{what}: {stream} passes {wrong}:\n{}",
                String::from_utf8_lossy(bytes).escape_debug()
            );
        }
    }
    // A panic ends with 101.
    assert_ne!(output.status.code(), Some(101), "{what}");
}

/// A trace with the first record of each kind there is in the recorded traces.
fn one_of_each() -> Vec<Map<String, Value>> {
    let traces = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../traces");
    let (mut seen, mut lines) = (BTreeSet::new(), Vec::new());
    let mut names: Vec<_> = std::fs::read_dir(&traces)
        .unwrap()
        .chain(std::fs::read_dir(traces.join("libevent")).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    names.sort();
    for path in names {
        let text = std::fs::read_to_string(path).unwrap();
        for line in text.lines() {
            let object: Map<String, Value> = serde_json::from_str(line).unwrap();
            let keys: Vec<&str> = object.keys().map(String::as_str).collect();
            let kind = format!("{:?} {:?} {keys:?}", object.get("ev"), object.get("ph"));
            let is_header = object.contains_key("evscope");
            if (is_header && lines.is_empty()) || (!is_header && seen.insert(kind)) {
                lines.push(object);
            }
        }
    }
    lines
}

/// Numbers the records anew, as a trace must have them.
fn as_trace(lines: &[Map<String, Value>]) -> String {
    let mut seq = 0;
    let mut text = String::new();
    for line in lines {
        let mut line = line.clone();
        if line.contains_key("ev") {
            line.insert("seq".to_owned(), json!(seq));
            seq += 1;
        }
        text += &serde_json::to_string(&line).unwrap();
        text.push('\n');
    }
    text
}

/// Every free text with every hidden character behind it, in every record, the header, the places and the
/// sources; an event and a field that nobody knows are there too.
fn hostile_trace(hidden: &str) -> String {
    let mut lines = one_of_each();
    let spoil = |value: &mut Value| {
        if let Value::String(text) = value {
            text.push_str(hidden);
        }
    };
    for line in &mut lines {
        for (name, value) in line.iter_mut() {
            match (name.as_str(), value) {
                ("program" | "library", value) => spoil(value),
                ("src" | "caller", Value::Object(place)) => {
                    place.values_mut().for_each(spoil);
                }
                ("source", Value::Object(source)) => {
                    for (name, value) in source.iter_mut() {
                        // A source text has lines.
                        match value {
                            Value::String(text) if name == "text" => {
                                text.push_str(&hidden.replace("‹\n›", "").replace("‹\r›", ""));
                            }
                            value => spoil(value),
                        }
                    }
                }
                ("data", Value::Object(data)) => {
                    data.clear();
                    data.insert("text".to_owned(), json!(hidden));
                }
                (name, value) if FREE.contains(&name) => spoil(value),
                _ => {}
            }
        }
        if line.contains_key("ev") {
            line.insert(format!("extra{hidden}"), json!(hidden));
        }
    }
    let unknown = json!({"seq": 0, "t": 1, "thread": 2, "depth": 0, "ph": "enter", "ev": format!("new{hidden}")});
    lines.extend(unknown.as_object().cloned());
    as_trace(&lines)
}

#[test]
fn every_free_field_in_every_command() {
    let folder = Folder::new();
    let trace = hostile_trace(&all_hidden());
    folder.write("a.jsonl", &trace);
    folder.write(
        "b.jsonl",
        trace
            .replacen("readcb", "writecb", 9)
            .replace("\"t\":", "\"t\":1"),
    );
    let steps = trace
        .lines()
        .filter(|line| line.contains("\"ev\":"))
        .count();
    let mut commands: Vec<String> = [
        "print a.jsonl --level 3",
        "print a.jsonl --level 3 --color always",
        "play a.jsonl",
        "stats a.jsonl",
        "stats a.jsonl --json",
        "check a.jsonl --color always",
        "check a.jsonl --json",
        "check a.jsonl --sarif",
        "diff a.jsonl b.jsonl",
        "diff a.jsonl b.jsonl --color always --level 3",
        "diff a.jsonl b.jsonl --json",
        "export a.jsonl --to svg --steps 0-200",
    ]
    .map(str::to_owned)
    .to_vec();
    // A picture takes only so many steps.
    for format in Format::ALL.iter().filter(|format| **format != Format::Svg) {
        commands.push(format!("export a.jsonl --to {format}"));
    }
    for step in (0..steps).step_by(150) {
        commands.push(format!("state a.jsonl --at {step} --color always"));
        commands.push(format!("why a.jsonl {step} --color always --lang zh"));
    }
    commands.push(format!("state a.jsonl --json --at {}", steps - 1));
    commands.push(format!("why a.jsonl --json {}", steps - 1));
    for command in &commands {
        let output = folder.command(command.split_whitespace()).output().unwrap();
        let code = output.status.code();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(code, Some(0 | 1)), "{command}: {code:?} {stderr}");
        holds(command, &output);
    }
    for more in [&["--color", "always"][..], &["--json"]] {
        let why = ["why", "a.jsonl", "--not", "readcb bev=1"];
        let output = folder.command(why).args(more).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        holds("why --not", &output);
    }
    // Where lines are JSON they stay JSON.
    for line in folder.run("check a.jsonl --json").stdout.lines() {
        serde_json::from_str::<Value>(line).unwrap();
    }
    // What is written to a file says no more.
    for format in Format::ALL {
        let to = format!("export a.jsonl --to {format} --steps 0-200 -o {format}.out");
        folder.run(&to).fine();
        let file = std::fs::read(folder.path().join(format!("{format}.out"))).unwrap();
        assert_eq!(reveals(&file), None, "{format}");
    }
    // And all of it is there.
    let shown = folder.run("print a.jsonl --level 3").stdout;
    for char in ('\0'..=char::MAX).filter(|char| is_hidden(*char)) {
        assert!(
            shown.contains(&format!("‹{}›", char.escape_default())),
            "{char:?}"
        );
    }
    // The JSON is the same JSON.
    let jsonl = folder.run("export a.jsonl --to jsonl").fine();
    folder.write("again.jsonl", jsonl);
    folder.run("diff a.jsonl again.jsonl --level 3").fine();
}

/// Every text anywhere in a trace, also where it makes the trace wrong: then the message is clean.
#[test]
fn every_text_of_a_trace_one_by_one() {
    let folder = Folder::new();
    let hidden = all_hidden();
    let lines = one_of_each();
    let mut fields = BTreeSet::new();
    for (i, line) in lines.iter().enumerate() {
        for name in line.keys() {
            let is_record = line.contains_key("ev");
            if !fields.insert((is_record, name.clone())) {
                continue;
            }
            for value in [
                json!(hidden),
                json!({ hidden.clone(): hidden }),
                json!([hidden]),
            ] {
                let mut changed = lines.clone();
                changed[i].insert(name.clone(), value);
                folder.write("t.jsonl", as_trace(&changed));
                let output = folder.command(["print", "t.jsonl"]).output().unwrap();
                holds(name, &output);
            }
            let mut changed = lines.clone();
            if let Some(value) = changed[i].remove(name) {
                changed[i].insert(format!("{name}{hidden}"), value);
            }
            folder.write("t.jsonl", as_trace(&changed));
            let output = folder.command(["print", "t.jsonl"]).output().unwrap();
            holds(name, &output);
        }
    }
    assert!(fields.len() > 50, "{}", fields.len());
}

/// What else comes from others: arguments, names of files, and files that are no traces.
#[test]
fn every_other_way_in() {
    let folder = Folder::new();
    // Neither may be in an argument or a name; a name has no more than 255 bytes.
    let hidden = all_hidden().replace("‹\0›", "");
    let chars: Vec<String> = hidden.split_inclusive('›').map(str::to_owned).collect();
    let mut words: Vec<OsString> = chars.chunks(25).map(|part| part.concat().into()).collect();
    words.push(OsString::from_vec(b"a\x9b31mb\xff\xfe".to_vec()));
    let plain = hidden.replace("‹\n›", "").replace("‹\r›", "");
    let lesson = format!("title = \"{plain}\"\n[[stop]]\ntext = \"{plain}\"\n");
    for (name, text) in [
        ("bad.toml", format!("theme = \"{plain}\"\n")),
        ("worse.toml", plain.clone()),
        ("bad.scn", format!("scenario {plain}\n{plain}\n")),
        ("worse.scn", hidden.clone()),
        ("lesson.toml", lesson),
        ("bad.jsonl", hidden.clone()),
        ("worse.jsonl", format!("{{\"evscope\":\"{plain}\"}}\n")),
    ] {
        folder.write(name, text);
    }
    for args in [
        "--config bad.toml learn",
        "--config worse.toml learn",
        "run bad.scn",
        "run worse.scn",
        "learn lesson.toml",
        "print bad.jsonl",
        "print worse.jsonl",
        "record -o x.jsonl -- ./bad.toml",
    ] {
        let output = folder.command(args.split_whitespace()).output().unwrap();
        holds(args, &output);
    }
    for word in &words {
        // The home list shows the names of traces.
        let mut name = word.clone();
        name.push(".jsonl");
        let is_name = name.len() <= 255;
        if is_name {
            std::fs::write(folder.path().join(&name), "x").unwrap();
        }
        for args in [
            &["print"] as &[&str],
            &["print", "small.jsonl", "--filter"],
            &["print", "small.jsonl", "--level"],
            &["print", "small.jsonl", "--color"],
            &["print", "small.jsonl"],
            &["state", "small.jsonl", "--at"],
            &["why", "small.jsonl"],
            &["stats"],
            &["diff", "small.jsonl"],
            &["diff", "small.jsonl", "small.jsonl", "--ignore"],
            &["diff", "small.jsonl", "small.jsonl", "--filter"],
            &["export", "small.jsonl", "--to"],
            &["export", "small.jsonl", "--to", "csv", "--filter"],
            &[
                "export",
                "small.jsonl",
                "--to",
                "csv",
                "-o",
                "none/x",
                "--steps",
            ],
            &[
                "export",
                "small.jsonl",
                "--to",
                "jsonl",
                "-o",
                "small.jsonl/x",
            ],
            &["demo"],
            &["learn"],
            &["run"],
            &["run", "--on"],
            &["play"],
            &["record", "-o", "x.jsonl", "--"],
            &["record", "--recover"],
            &["live", "-o", "x.jsonl", "--"],
            &["site", "--reader", "small.jsonl", "-o"],
            &["site", "-o", "site", "--reader"],
            &["site", "-o", "site"],
            &["completions"],
            &["--lang"],
            &["--theme"],
            &["--config"],
            &[],
        ] {
            let output = folder.command(args).arg(word).output().unwrap();
            holds(&format!("{args:?}"), &output);
            if is_name {
                let output = folder.command(args).arg(&name).output().unwrap();
                holds(&format!("{args:?} with a file"), &output);
            }
        }
        let output = folder.command::<&str>([]).output().unwrap();
        holds("home", &output);
    }
}
