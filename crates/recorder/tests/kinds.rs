//! A kind of event is in every place that needs to know it: these tests name those that the compiler does not.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read the sources fails"
)]

use std::fs;
use std::path::{Path, PathBuf};

use evscope_trace::{Event, FieldKind, Kind as Step, Presence, Shape};
use evscope_wire::{Call, Kind, Point};

/// What no program says: the recorder itself tells of it.
const THE_RECORDERS: [&str; 2] = ["lost", "program_exit"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All that is written in the Rust files of a folder.
fn sources(folder: &Path) -> String {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().flatten().collect();
    entries.sort_by_key(fs::DirEntry::path);
    let read = |path: PathBuf| match path.is_dir() {
        true => sources(&path),
        false if path.extension().is_some_and(|ext| ext == "rs") => {
            fs::read_to_string(path).unwrap()
        }
        false => String::new(),
    };
    entries.iter().map(|entry| read(entry.path())).collect()
}

/// Whether a text has a word, and not as a part of another.
fn has_word(text: &str, word: &str) -> bool {
    let within = |char: char| char.is_alphanumeric() || char == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(within) && !after.is_some_and(within)
    })
}

/// The variant that has a name: `EventAdd` of `event_add`.
fn variant(name: &str) -> String {
    let parts = name
        .split('_')
        .map(|part| part[..1].to_uppercase() + &part[1..]);
    parts.collect()
}

fn shape(kind: Kind) -> Option<Shape> {
    let is_point = Point::of(kind, [0; 5]).is_some() || kind.plain().is_some();
    match Call::of(kind, [0; 5]) {
        Some(_) => Some(Shape::Call),
        None => is_point.then_some(Shape::Point),
    }
}

#[test]
fn what_a_program_says_is_told_as_a_step_of_the_same_shape() {
    for &kind in Kind::ALL {
        for step in kind.steps() {
            let known = Step::named(step);
            let known = known.unwrap_or_else(|| {
                panic!(
                    "{kind:?} is told as `{step}`: crates/trace/src/vocabulary.rs has no such event"
                )
            });
            assert_eq!(Some(known.shape), shape(kind), "{kind:?} and `{step}`");
        }
        let is_told = !kind.steps().is_empty() || kind.needed_from().is_some();
        assert!(
            is_told,
            "{kind:?}: which level needs it? crates/wire/src/kinds.rs does not say"
        );
    }
}

#[test]
fn a_plain_kind_is_told_by_the_fields_of_its_step() {
    for &kind in Kind::ALL {
        let Some(plain) = kind.plain() else { continue };
        let step = Step::named(plain.step).unwrap();
        let fields = step.fields.iter();
        let fields = fields.filter(|field| field.presence != Presence::OnExit);
        let names: Vec<&str> = fields.clone().map(|field| field.name).collect();
        let arguments = plain.arguments.strip_suffix(&["site"]);
        assert_eq!(
            arguments.unwrap_or(plain.arguments),
            names,
            "{kind:?}: a plain kind's arguments are the fields of its step, and the site"
        );
        let event = Event::of_words(Event::number_of(plain.step), &mut [1; 5].into_iter());
        let has_ids = fields.clone().any(|field| field.kind == FieldKind::Id);
        assert!(
            event.is_some() && !has_ids,
            "{kind:?} is not plain: a word does not say what a field of `{}` is",
            plain.step
        );
        assert!(
            step.subject.is_some(),
            "{kind:?} is not plain: `{}` does not say what it is about",
            plain.step
        );
    }
}

#[test]
fn every_event_is_said_by_a_program_on_libevent() {
    for event in Event::NAMES
        .iter()
        .filter(|name| !THE_RECORDERS.contains(name))
    {
        let told = Kind::ALL.iter().any(|kind| kind.steps().contains(event));
        assert!(
            told,
            "no record is told as `{event}`: crates/wire/src/kinds.rs"
        );
    }
}

#[test]
fn every_kind_is_written_by_a_hook() {
    let hooks = sources(&root().join("crates/recorder/preload/src"));
    for &kind in Kind::ALL.iter().filter(|&&kind| shape(kind).is_some()) {
        let written = hooks.contains(&format!("args::{kind:?} {{"));
        let by_macro = hooks.contains(&format!(", {kind:?} {{"));
        assert!(
            written || by_macro,
            "no hook writes {kind:?}: crates/recorder/preload/src/hooks"
        );
    }
}

#[test]
fn every_event_is_said_by_the_reactor() {
    let reactor = sources(&root().join("crates/reactor/src"));
    for event in Event::NAMES
        .iter()
        .filter(|name| !THE_RECORDERS.contains(name))
    {
        let said = has_word(&reactor, &variant(event));
        assert!(
            said,
            "nothing says `{event}`: an attribute on a function in crates/reactor/src"
        );
    }
}

/// ARCHITECTURE.md says where a new kind goes, and these places are there.
#[test]
fn the_places_of_a_new_kind_are_where_architecture_says() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let (_, rows) = text
        .split_once("### A kind of event, place by place")
        .unwrap();
    let rows = rows.split("\n#").next().unwrap();
    let named: Vec<&str> = rows
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|code| code.contains('/') && !code.contains(' '))
        .collect();
    assert!(named.len() > 5, "{named:?}");
    for place in named {
        assert!(root().join(place).exists(), "{place} is not there");
    }
}
