//! The picture of a sequence: well-formed whatever the trace, and true to it.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows only test functions as tests, not their helpers"
)]

use std::path::{Path, PathBuf};

use evscope_export::{ExportError, Format, Part, check, export_part};
use evscope_replay::{Trace, summary};
use evscope_trace::Level;
use proptest::prelude::*;
use roxmltree::{Document, Node};

const SMALL: &str = include_str!("data/small.jsonl");
/// The recording that the pictures of the screen show too: it does not change when traces are recorded anew.
const HELLO_WORLD: &str = include_str!("../../tui/tests/fixtures/hello-world.jsonl");

fn read(text: &str) -> Trace {
    Trace::read(text.as_bytes(), "trace.jsonl").unwrap()
}

fn picture(part: &Part<'_>) -> String {
    let mut out = Vec::new();
    export_part(part, Format::Svg, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The texts of a picture, the tips left out.
fn texts(svg: &str) -> Vec<String> {
    let document = Document::parse(svg).unwrap();
    let is_text = |node: &Node<'_, '_>| node.has_tag_name("text");
    let shown = |node: Node<'_, '_>| -> String {
        let pieces = node.descendants().filter(Node::is_text);
        let pieces = pieces.filter(|piece| !piece.parent().unwrap().has_tag_name("title"));
        pieces.filter_map(|piece| piece.text()).collect()
    };
    document.descendants().filter(is_text).map(shown).collect()
}

fn shapes(svg: &str, class: &str) -> usize {
    let document = Document::parse(svg).unwrap();
    let mut found = 0;
    for node in document.descendants() {
        let classes = node.attribute("class").unwrap_or_default();
        found += usize::from(classes.split(' ').any(|other| other == class));
    }
    found
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn svg() {
    let trace = read(SMALL);
    insta::assert_snapshot!(picture(&Part::whole(&trace)));
}

#[test]
fn every_step_of_the_level_has_its_words() {
    let trace = read(HELLO_WORLD);
    for level in [Level::Program, Level::Walkthrough, Level::Everything] {
        let texts = texts(&picture(&Part::whole(&trace).level(level)));
        for step in trace.shown(0, level) {
            let words = summary(&trace, step);
            let begin: String = words.chars().take(80).collect();
            assert!(texts.iter().any(|text| text.starts_with(&begin)), "{words}");
            assert!(texts.contains(&step.to_string()));
        }
    }
}

#[test]
fn every_recorded_trace_makes_a_well_formed_picture_of_shapes_inside_its_paper() {
    let mut seen = 0;
    for folder in ["traces", "traces/libevent"] {
        for file in std::fs::read_dir(repository().join(folder)).unwrap() {
            let path = file.unwrap().path();
            if path
                .extension()
                .is_none_or(|extension| extension != "jsonl")
            {
                continue;
            }
            let trace = Trace::open(&path).unwrap();
            let part = Part::whole(&trace).steps(0..=250);
            let svg = picture(&part);
            let document = Document::parse(&svg).unwrap();
            let number = |node: Node<'_, '_>, name: &str| -> Option<f64> {
                node.attribute(name).map(|value| value.parse().unwrap())
            };
            let root = document.root_element();
            let (width, height) = (number(root, "width"), number(root, "height"));
            for node in document.descendants() {
                for (x, y) in [("x", "y"), ("cx", "cy")] {
                    assert!(number(node, x) <= width, "{}: {node:?}", path.display());
                    assert!(number(node, y) <= height, "{}: {node:?}", path.display());
                }
            }
            assert_eq!(svg, picture(&part), "the same each time");
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn failures_and_watermarks_are_told_without_colour() {
    let trace = read(SMALL);
    let svg = picture(&Part::whole(&trace));
    let texts = texts(&svg);
    assert!(
        texts
            .iter()
            .any(|text| text.starts_with("failure: error accept"))
    );
    // One in the trace, one in the legend.
    assert_eq!(shapes(&svg, "x"), 2);
    let waves = svg.lines().filter(|line| line.contains("q4 -5 8 0t8 0"));
    assert_eq!(waves.count(), 2);
}

#[test]
fn a_call_that_does_not_end_is_open_below() {
    let trace = read(SMALL);
    let svg = picture(&Part::whole(&trace).wanted(|step| step == 9));
    let open = svg.lines().find(|line| line.contains("class=\"bL\" d="));
    let path = open.unwrap().split("d=\"").nth(1).unwrap();
    assert!(path.contains('H') && !path.contains('Z'), "{path}");
}

#[test]
fn the_calls_around_a_part_are_open_at_both_ends() {
    let trace = read(HELLO_WORLD);
    let svg = picture(&Part::whole(&trace).steps(53..=78));
    let open: Vec<&str> = svg
        .lines()
        .filter(|line| line.contains("class=\"bL\" d=\"M"))
        .collect();
    // The loop's, and the one in the legend.
    assert_eq!(open.len(), 2, "{open:#?}");
    assert!(open.iter().all(|path| !path.contains('H')), "{open:#?}");
}

#[test]
fn a_picture_without_steps_says_so() {
    let trace = read(SMALL.lines().next().unwrap());
    let nothing = picture(&Part::whole(&trace));
    assert!(texts(&nothing).contains(&"there are no steps here".to_owned()));
    let trace = read(SMALL);
    let nothing = picture(&Part::whole(&trace).wanted(|_| false));
    assert!(texts(&nothing).contains(&"there are no steps here".to_owned()));
}

#[test]
fn a_part_that_is_too_long_is_refused_before_anything_is_written() {
    let header = SMALL.lines().next().unwrap();
    let point = |seq: usize| {
        format!(
            "\n{{\"seq\":{seq},\"t\":{seq},\"thread\":1,\"depth\":0,\"ph\":\"point\",\"ev\":\"event_base_new\",\"base\":1,\"backend\":\"epoll\",\"priorities\":1}}"
        )
    };
    let trace = read(&(header.to_owned() + &(0..301).map(point).collect::<String>()));
    let mut out = Vec::new();
    let error = export_part(&Part::whole(&trace), Format::Svg, &mut out).unwrap_err();
    assert!(out.is_empty());
    assert!(matches!(error, ExportError::TooLong { .. }));
    assert_eq!(
        error.to_string(),
        "301 steps are too many for svg, which takes 300; take a part of the trace: \
         evscope export with --steps FROM-TO, a lower --level, or --filter"
    );
    assert!(check(&Part::whole(&trace).steps(1..=300), Format::Svg).is_ok());
    assert!(check(&Part::whole(&trace), Format::Jsonl).is_ok());
}

#[test]
fn wide_characters_stay_on_the_paper() {
    let name = "读事件的回调".repeat(30);
    let trace = read(&SMALL.replace("conn_writecb", &name));
    let svg = picture(&Part::whole(&trace));
    let cut = texts(&svg).into_iter().find(|text| text.contains("读事件"));
    let cut = cut.unwrap();
    assert!(cut.ends_with('…'));
    assert!(evscope_replay::describe::width(&cut) <= 96, "{cut}");
    assert!(
        svg.contains(&format!("<title>writecb {name}")),
        "all of it is there"
    );
}

#[test]
fn the_picture_of_the_documents_is_current() {
    let trace = read(HELLO_WORLD);
    let picture = picture(&Part::whole(&trace).steps(53..=78));
    let path = repository().join("docs/images/sequence.svg");
    if std::env::var_os("UPDATE_PICTURES").is_some() {
        std::fs::write(&path, &picture).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == picture,
        "{} is not what the export draws now; scripts/pictures draws it anew",
        path.display()
    );
}

proptest! {
    /// Whatever a program is called, and its callbacks, and what it sends.
    #[test]
    fn odd_texts_make_a_well_formed_picture(name in any::<String>(), data in any::<String>()) {
        let json = |text: &str| serde_json::to_string(text).unwrap();
        let text = SMALL
            .replace("\"small\"", &json(&name))
            .replace("\"conn_writecb\"", &json(&name))
            .replace("\"Hello; \\\"World\\\"\\n\"", &json(&data));
        let trace = read(&text);
        let svg = picture(&Part::whole(&trace).level(Level::Everything));
        prop_assert!(Document::parse(&svg).is_ok(), "{svg}");
    }

    /// Whatever is left out, and wherever the trace is cut off.
    #[test]
    fn any_part_makes_a_well_formed_picture(
        wanted in prop::collection::vec(any::<bool>(), 200),
        lines in 1..40_usize,
    ) {
        for text in [SMALL, HELLO_WORLD] {
            let cut: Vec<&str> = text.lines().take(lines).collect();
            let trace = read(&cut.join("\n"));
            let part = Part::whole(&trace)
                .level(Level::Everything)
                .wanted(|step| wanted[step % wanted.len()]);
            let svg = picture(&part);
            prop_assert!(Document::parse(&svg).is_ok(), "{svg}");
        }
    }
}

/// Beside the steps, which are in the trace's own words everywhere.
#[test]
fn what_a_picture_says_beside_the_steps_is_in_the_language() {
    let trace = evscope_replay::Trace::read(include_bytes!("data/small.jsonl").as_slice(), "small")
        .unwrap();
    let said = |format, lang| {
        let mut out = Vec::new();
        evscope_export::export_part(
            &evscope_export::Part::whole(&trace).in_lang(lang),
            format,
            &mut out,
        )
        .unwrap();
        String::from_utf8(out).unwrap()
    };
    for (format, english, chinese) in [
        (
            evscope_export::Format::Svg,
            &[
                "event loop",
                "a failure",
                ">seconds<",
                "what happened",
                "steps ",
            ][..],
            &["事件循环", "错误", ">秒<", "发生了什么"][..],
        ),
        (
            evscope_export::Format::Mermaid,
            &["your program", "event loop"],
            &["你的程序", "事件循环"],
        ),
    ] {
        let (in_english, in_chinese) = (
            said(format, evscope_replay::Lang::EN),
            said(format, evscope_replay::Lang::ZH),
        );
        for word in english {
            assert!(
                in_english.contains(word) && !in_chinese.contains(word),
                "{format:?} {word}"
            );
        }
        for word in chinese {
            assert!(in_chinese.contains(word), "{format:?} {word}");
        }
    }
}
