//! The walkthrough names steps of the hello-world trace. Every one of them must be there, under its number.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::path::Path;

use serde_json::Value;

const CHAPTERS: [&str; 6] = [
    "1-main.md",
    "2-evconnlistener_new.md",
    "3-listener_read_cb.md",
    "4-listener_cb.md",
    "5-bufferevent_writecb.md",
    "6-conn_writecb.md",
];

/// The steps a text names: `` `23 listener_cb` ``.
fn named_steps(text: &str) -> Vec<(usize, &str)> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|code| {
            let (number, name) = code.split_once(' ')?;
            Some((number.parse().ok()?, name))
        })
        .collect()
}

fn check(folder: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let trace = std::fs::read_to_string(root.join("traces/hello-world.jsonl")).unwrap();
    let events: Vec<String> = trace
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter_map(|line| Some(line.get("ev")?.as_str()?.to_owned()))
        .collect();
    let mut wrong = Vec::new();
    for chapter in CHAPTERS {
        let text = std::fs::read_to_string(root.join(folder).join(chapter)).unwrap();
        let steps = named_steps(&text);
        assert!(steps.len() >= 3, "{folder}/{chapter} names hardly any step");
        for (number, name) in steps {
            let there = events.get(number).map_or("nothing", String::as_str);
            if there != name {
                wrong.push(format!(
                    "{folder}/{chapter}: `{number} {name}`, but step {number} is {there}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn chapters_name_steps_of_the_trace() {
    check("docs/walkthrough");
}
