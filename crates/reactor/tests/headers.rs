//! docs/compared-with-libevent.md lists every function of libevent's headers with ours. Held against the headers,
//! where they are installed, and against our sources.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const HEADERS: [&str; 4] = [
    "event.h",
    "bufferevent.h",
    "bufferevent_ssl.h",
    "listener.h",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The rows of the tables under "Every function, and ours": libevent's names, and what is said of ours.
fn rows() -> Vec<(Vec<String>, String)> {
    let page = std::fs::read_to_string(root().join("docs/compared-with-libevent.md")).unwrap();
    let (_, tables) = page.split_once("## Every function, and ours").unwrap();
    let (tables, _) = tables.split_once("\n## ").unwrap();
    tables
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split_once(" | "))
        .map(|(theirs, ours)| (quoted(&format!("`{theirs}")), ours.to_owned()))
        .collect()
}

/// What stands between backquotes.
fn quoted(text: &str) -> Vec<String> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// The functions that a header exports.
fn exported(header: &str) -> BTreeSet<String> {
    header
        .split("EVENT2_EXPORT_SYMBOL")
        .skip(1)
        .filter_map(|declaration| {
            let (before, _) = declaration.split_once('(')?;
            let name = before
                .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
                .next()?;
            Some(name.to_owned())
        })
        .collect()
}

#[test]
fn every_function_of_the_headers_is_in_the_tables() {
    let listed: BTreeSet<String> = rows().into_iter().flat_map(|(theirs, _)| theirs).collect();
    assert!(listed.len() > 100);
    for header in HEADERS {
        let path = Path::new("/usr/include/event2").join(header);
        let Ok(text) = std::fs::read_to_string(&path) else {
            eprintln!("LEFT OUT without libevent-dev: {}", path.display());
            continue;
        };
        let exported = exported(&text);
        assert!(exported.len() > 3, "{header}: its form is new");
        let missing: Vec<&String> = exported.difference(&listed).collect();
        assert!(missing.is_empty(), "{header}: {missing:?} are not in the tables");
    }
}

#[test]
fn what_is_said_to_be_the_same_is_there() {
    let mut sources = String::new();
    let mut folders = vec![root().join("crates/reactor/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                sources.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let is_there = |name: &str| {
        sources.contains(&format!("pub fn {name}(")) || sources.contains(&format!("pub fn {name}<"))
    };
    let mut checked = 0;
    for (theirs, ours) in rows() {
        let mut names: Vec<String> = quoted(&ours);
        if ours.starts_with("same") {
            names.extend(theirs);
        }
        for name in names.iter().filter(|name| {
            ["event_", "evwatch_", "bufferevent_", "evconnlistener_"]
                .iter()
                .any(|prefix| name.starts_with(prefix))
        }) {
            assert!(is_there(name), "{name} is in the tables and not in the sources");
            checked += 1;
        }
    }
    assert!(checked > 80, "{checked}");
}
