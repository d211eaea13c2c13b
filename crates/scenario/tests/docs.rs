//! The reference in `docs/scenarios.md` is made from the table of statements: `UPDATE_DOCS=1` writes it.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use evscope_scenario::{Op, ParamKind, Scenario, Scope, usage};

const BEGIN: &str = "<!-- statements -->\n";
const END: &str = "<!-- end of statements -->";

fn reference() -> String {
    let mut text = String::new();
    for (place, title) in [
        (
            Scope::Config,
            "At the beginning of `main`, before the base is made",
        ),
        (Scope::Main, "In `main`"),
        (Scope::Program, "In `main` and in callbacks"),
        (Scope::World, "Everywhere, also `at` a time"),
    ] {
        writeln!(text, "\n{title}:\n\n| | |\n| --- | --- |").unwrap();
        for op in Op::ALL.iter().filter(|op| op.spec().place == place) {
            writeln!(
                text,
                "| `{}` | {}{} |",
                usage(*op),
                op.spec().about,
                choices(*op)
            )
            .unwrap();
        }
    }
    text.push('\n');
    text
}

/// What can stand in the places that take words.
fn choices(op: Op) -> String {
    let mut text = String::new();
    for param in op.spec().params {
        let names: Vec<&str> = match param.kind {
            ParamKind::Flags(flags) => flags.iter().map(|(name, _)| *name).collect(),
            ParamKind::Word(words) => words.to_vec(),
            _ => continue,
        };
        write!(
            text,
            "; {}: {}",
            param.name.to_uppercase(),
            names.join(", ")
        )
        .unwrap();
    }
    text
}

#[test]
fn the_reference_is_complete() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/scenarios.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (there, after) = rest.split_once(END).unwrap();
    if there == reference() {
        return;
    }
    assert!(
        std::env::var_os("UPDATE_DOCS").is_some(),
        "docs/scenarios.md is not as the statements are: UPDATE_DOCS=1 cargo test -p evscope-scenario --test docs"
    );
    fs::write(&path, format!("{before}{BEGIN}{}{END}{after}", reference())).unwrap();
}

#[test]
fn the_example_is_a_scenario() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/scenarios.md");
    let text = fs::read_to_string(path).unwrap();
    let example = text.split("```\n").nth(1).unwrap();
    Scenario::parse("example.scn", example).unwrap();
}

/// The crate has the certificate of the examples among its own files, so that it can be packed.
#[test]
fn the_certificate_is_that_of_the_examples() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["test-certificate.pem", "test-key.pem"] {
        let own = fs::read(here.join("tls").join(name)).unwrap();
        let theirs = fs::read(here.join("../../examples/tls").join(name)).unwrap();
        assert!(own == theirs, "{name}");
    }
}
