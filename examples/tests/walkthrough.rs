//! The walkthrough names steps of the hello-world trace. Every one of them must be there, under its number,
//! and a chapter names the same steps in both languages.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

const ENGLISH: &str = "docs/walkthrough";
const CHINESE: &str = "docs/walkthrough/zh";
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

fn chapter(folder: &str, name: &str) -> String {
    std::fs::read_to_string(root().join(folder).join(name)).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn check(folder: &str) {
    let trace = std::fs::read_to_string(root().join("traces/hello-world.jsonl")).unwrap();
    let events: Vec<String> = trace
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter_map(|line| Some(line.get("ev")?.as_str()?.to_owned()))
        .collect();
    let mut wrong = Vec::new();
    for name in CHAPTERS {
        let text = chapter(folder, name);
        let steps = named_steps(&text);
        assert!(steps.len() >= 3, "{folder}/{name} names hardly any step");
        for (number, step) in steps {
            let there = events.get(number).map_or("nothing", String::as_str);
            if there != step {
                wrong.push(format!(
                    "{folder}/{name}: `{number} {step}`, but step {number} is {there}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn chapters_name_steps_of_the_trace() {
    check(ENGLISH);
    check(CHINESE);
}

#[test]
fn a_chapter_names_the_same_steps_in_both_languages() {
    for name in CHAPTERS {
        let (english, chinese) = (chapter(ENGLISH, name), chapter(CHINESE, name));
        let of = |text| named_steps(text).into_iter().collect::<BTreeSet<_>>();
        assert_eq!(of(&english), of(&chinese), "{name}");
    }
}
