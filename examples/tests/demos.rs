//! `docs/demos.md` is the list of demos. `UPDATE_DOCS=1 cargo test -p evscope-examples --test demos` writes it
//! anew.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use evscope_examples::demo::DEMOS;
use evscope_words::Lang;

const HEAD: &str = "\
# The demos

Each is a short program in `examples/`, meant to be read from top to bottom and copied, and a recording of what
it does. `evscope demo NAME` runs it for real, with a real other side, and opens the replay; `evscope play
NAME` opens the recording that is inside evscope; `cargo run -p evscope-examples --bin NAME` runs the program
alone. [Every branch](branches.md) of the library's functions is taken by one of them. `examples/c/NAME.c` does the
same on libevent itself, and `traces/libevent/NAME.jsonl` is what it did: step for step the same.
";
const WIDTH: usize = 110;

#[test]
fn the_list_of_demos_is_what_there_is() {
    let path = root().join("docs/demos.md");
    let list = list();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &list).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == list,
        "docs/demos.md is not current: UPDATE_DOCS=1 cargo test -p evscope-examples --test demos"
    );
}

#[test]
fn every_program_is_a_demo_and_every_trace_is_one_of_a_demo() {
    let demos: BTreeSet<String> = DEMOS.iter().map(|demo| demo.name.to_owned()).collect();
    let mut programs = names(&root().join("examples"), "rs");
    for part in ["lib", "demo", "programs"] {
        assert!(programs.remove(part), "examples/{part}.rs");
    }
    assert_eq!(programs, demos);
    assert_eq!(names(&root().join("traces"), "jsonl"), demos);
    assert_eq!(demos.len(), DEMOS.len(), "a name is there twice");
}

fn names(folder: &Path, ending: &str) -> BTreeSet<String> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

fn list() -> String {
    let mut list = HEAD.to_owned();
    for demo in DEMOS {
        let (name, title, file) = (demo.name, demo.title.in_lang(Lang::EN), demo.file);
        write!(list, "\n## {name}\n\n[{title}](../{file})\n\n").unwrap();
        list.push_str(&wrapped(demo.about.in_lang(Lang::EN)));
    }
    list
}

fn wrapped(text: &str) -> String {
    let mut lines = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let word_length = word.chars().count();
        if length > 0 && length + 1 + word_length > WIDTH {
            lines.push('\n');
            length = 0;
        } else if length > 0 {
            lines.push(' ');
            length += 1;
        }
        lines.push_str(word);
        length += word_length;
    }
    lines.push('\n');
    lines
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
