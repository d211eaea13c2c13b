//! The folders are the groups of the design, and imports run one way between them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each may know itself and those after it.
const GROUPS: [&str; 6] = ["terminal", "update", "view", "model", "work", "look"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// What a source names behind `crate::`, outside its tests and its comments.
fn named(source: &str) -> impl Iterator<Item = &str> {
    let own = source.split("#[cfg(test)]\nmod tests").next().unwrap();
    own.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_');
            &rest[..end.unwrap_or(rest.len())]
        })
}

#[test]
fn imports_run_one_way_between_the_groups() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut crossed = BTreeSet::new();
    let mut wrong = Vec::new();
    for entry in fs::read_dir(&src).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = GROUPS.contains(&name.as_str()) || ["lib.rs", "tests"].contains(&&*name);
        assert!(known, "{name} stands in no group");
    }
    for (at, group) in GROUPS.iter().enumerate() {
        let mut files = Vec::new();
        sources(&src.join(group), &mut files);
        for file in files {
            let source = fs::read_to_string(&file).unwrap();
            for name in named(&source).filter(|name| name != group) {
                if GROUPS[at..].contains(&name) {
                    crossed.insert((*group, name.to_owned()));
                } else {
                    wrong.push(format!("{} names crate::{name}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // It has looked: the loop is told of messages, the views of the model.
    for (from, to) in [("terminal", "update"), ("view", "model"), ("model", "work")] {
        assert!(crossed.contains(&(from, to.to_owned())), "{crossed:?}");
    }
}
