//! Every language against English, and English against the code.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../src/messages.rs"]
mod messages;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use messages::Message;

/// The messages of each file of a language.
fn language(code: &str) -> BTreeMap<String, Vec<Message>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("lang")
        .join(code);
    let files = std::fs::read_dir(folder).unwrap();
    files
        .map(|file| {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let messages =
                messages::of(&text).unwrap_or_else(|faults| panic!("{path:?}: {faults:?}"));
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                messages,
            )
        })
        .collect()
}

fn codes() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("lang");
    let languages = std::fs::read_dir(folder).unwrap();
    let codes = languages.map(|language| language.unwrap().file_name().into_string().unwrap());
    codes.collect()
}

#[test]
fn every_language_says_all_that_english_says_with_the_same_arguments() {
    let english = language("en");
    let mut held = 0;
    for code in codes().iter().filter(|code| *code != "en") {
        let other = language(code);
        assert_eq!(
            other.keys().collect::<Vec<_>>(),
            english.keys().collect::<Vec<_>>(),
            "{code}"
        );
        for (file, messages) in &english {
            let theirs: BTreeMap<&str, &Message> = other[file]
                .iter()
                .map(|message| (&*message.id, message))
                .collect();
            let ours: BTreeSet<&str> = messages.iter().map(|message| &*message.id).collect();
            for message in messages {
                let id = &message.id;
                let their = theirs
                    .get(&**id)
                    .unwrap_or_else(|| panic!("{code}/{file} lacks {id}"));
                assert_eq!(
                    their.arguments, message.arguments,
                    "{code}/{file}:{} {id}",
                    their.line
                );
                held += 1;
            }
            let more: Vec<_> = theirs.keys().filter(|id| !ours.contains(**id)).collect();
            assert!(
                more.is_empty(),
                "{code}/{file} has what nobody says: {more:?}"
            );
        }
    }
    assert!(held > 500, "{held}");
}

#[test]
fn no_message_is_written_twice() {
    for code in codes() {
        let mut seen = BTreeMap::new();
        for (file, messages) in language(&code) {
            for Message { id, line, .. } in messages {
                let before = seen.insert(id.clone(), format!("{file}:{line}"));
                assert_eq!(before, None, "{code}: {id} in {file}:{line} too");
            }
        }
    }
}

/// All Rust files below a folder, but not what was built or made.
fn code(folder: &Path, text: &mut String) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            if path
                .file_name()
                .is_some_and(|name| name != "target" && name != "tests")
            {
                code(&path, text);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_message_is_said_somewhere() {
    let mut text = String::new();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    code(&crates, &mut text);
    code(&crates.join("../examples"), &mut text);
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut said: BTreeSet<&str> = BTreeSet::new();
    // What a command says that a system cannot have is given to its macro.
    for macro_name in ["text!(", "word!(", "absent!("] {
        for (at, _) in text.match_indices(macro_name) {
            let rest = text[at + macro_name.len()..].trim_start();
            said.insert(&rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())]);
        }
    }
    // Its macro makes constants of the names that it is given.
    let demos = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/demo/list.rs");
    let demos = std::fs::read_to_string(demos).unwrap();
    said.extend(demos.split(|c| !is_name(c)));
    // A step whose message no code names is explained by the messages of its name.
    let vocabulary = Path::new(env!("CARGO_MANIFEST_DIR")).join("../trace/src/vocabulary.rs");
    let vocabulary = std::fs::read_to_string(vocabulary).unwrap();
    let rows = vocabulary.split("= \"").skip(1);
    let steps: BTreeSet<&str> = rows.filter_map(|row| row.split('"').next()).collect();
    let is_plain = |step: &str| steps.contains(step) && !said.contains(step);
    let is_of_step = |id: &str| {
        let parts = ["_why", "_watch", ""].into_iter();
        parts.filter_map(|part| id.strip_suffix(part)).any(is_plain)
    };
    // What `--help` says is looked up by names that are made of the command line's; it is held to be all there.
    let is_help = |id: &str| id.starts_with("help_");
    let never: Vec<String> = language("en")
        .into_values()
        .flatten()
        .map(|message| message.id)
        .filter(|id| !said.contains(&**id) && !is_of_step(id) && !is_help(id))
        .collect();
    assert!(never.is_empty(), "these are never said: {never:#?}");
}

/// Numbers of these are never one: limits, sizes of a screen, and what is reported from many on.
const ALWAYS_MANY: &[&str] = &[
    "check_emfile",
    "check_mark_low_above_high",
    "check_output_grows",
    "check_own_times",
    "check_spin",
    "check_spin_library",
    "check_stale_fd",
    "exercise_bytes",
    "exercise_too_many_processes",
    "export_too_long",
    "scenario_most_callbacks",
    "screen_needs_room",
    "trace_generations",
    "trace_nested",
    "trace_values",
];

/// What is counted.
const COUNTED: &[&str] = &[
    "bufferevents",
    "bytes",
    "callbacks",
    "columns",
    "connections",
    "events",
    "fds",
    "findings",
    "levels",
    "predictions",
    "processes",
    "questions",
    "records",
    "rows",
    "steps",
    "stops",
    "threads",
    "times",
    "traces",
    "turns",
    "values",
];

/// The numbers before a plural that stand outside a choice between one and more.
fn unchosen<'a>(pattern: &Pattern<&'a str>, chosen: &mut Vec<&'a str>, found: &mut Vec<&'a str>) {
    for (at, element) in pattern.elements.iter().enumerate() {
        let PatternElement::Placeable { expression } = element else {
            continue;
        };
        match expression {
            Expression::Inline(InlineExpression::VariableReference { id }) => {
                let Some(PatternElement::TextElement { value }) = pattern.elements.get(at + 1)
                else {
                    continue;
                };
                // "5 bytes", "5 more bytes"
                let word = value.strip_prefix(' ').unwrap_or_default();
                let word = word.strip_prefix("more ").unwrap_or(word);
                let word = word.split(|c: char| !c.is_alphabetic()).next();
                let counted = word.is_some_and(|word| COUNTED.contains(&word));
                if counted && !chosen.contains(&id.name) {
                    found.push(id.name);
                }
            }
            Expression::Inline(_) => {}
            Expression::Select { selector, variants } => {
                let known = chosen.len();
                if let InlineExpression::VariableReference { id } = selector {
                    chosen.push(id.name);
                }
                for variant in variants {
                    unchosen(&variant.value, chosen, found);
                }
                chosen.truncate(known);
            }
        }
    }
}

#[test]
fn one_thing_is_told_as_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("lang/en");
    let mut wrong = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let resource = fluent_syntax::parser::parse_runtime(text.as_str()).unwrap();
        for entry in &resource.body {
            let Entry::Message(message) = entry else {
                continue;
            };
            let (mut chosen, mut found) = (Vec::new(), Vec::new());
            if let Some(pattern) = &message.value {
                unchosen(pattern, &mut chosen, &mut found);
            }
            if !ALWAYS_MANY.contains(&message.id.name) {
                wrong.extend(
                    found
                        .iter()
                        .map(|name| format!("{} ${name}", message.id.name)),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "\"1 bytes\", as it were: {wrong:#?}");
}
