//! `EventBase` has some two hundred methods. They are read by families: every block of them says which, and the type's own
//! text lists them.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn every_block_of_methods_says_its_family_and_the_type_lists_them() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files(&src, &mut paths);
    let (mut families, mut methods, mut without) = (BTreeSet::new(), 0, Vec::new());
    for path in &paths {
        let text = std::fs::read_to_string(path).unwrap();
        let Some((before, block)) = text.split_once("\nimpl EventBase {\n") else {
            continue;
        };
        let block = block.split("\n}\n").next().unwrap();
        let public = block.matches("\n    pub fn ").count();
        methods += public;
        let heading = before.lines().last().unwrap().strip_prefix("/// # ");
        match heading {
            Some(heading) => {
                families.insert(heading.split(':').next().unwrap().to_owned());
            }
            None if public > 0 => without.push(path.display().to_string()),
            None => {}
        }
    }
    assert!(without.is_empty(), "no heading: {}", without.join(", "));
    assert!(methods > 150, "only {methods} methods are found");
    let text = std::fs::read_to_string(src.join("event/mod.rs")).unwrap();
    let listed: BTreeSet<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("/// | "))
        .map(|row| row.split(" |").next().unwrap().to_owned())
        .filter(|family| !family.is_empty() && !family.starts_with(['|', '-']))
        .collect();
    assert_eq!(families, listed);
}
