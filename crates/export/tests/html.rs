//! The page: well-formed, alone, and true to the trace.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows only test functions as tests, not their helpers"
)]

use std::collections::BTreeMap;
use std::path::Path;

use evscope_export::{Format, Part, export_part, html};
use evscope_replay::place::{place, stands};
use evscope_replay::{Lang, Replay, Trace, causes, explain, summary};
use evscope_trace::Level;
use serde_json::Value;

const SMALL: &str = include_str!("data/small.jsonl");

fn page(part: &Part<'_>) -> String {
    let mut out = Vec::new();
    export_part(part, Format::Html, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn slides(part: &Part<'_>) -> String {
    let mut out = Vec::new();
    html::write_slides(part, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// What stands between two texts.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let text = text.split_once(begin).unwrap().1;
    text.split_once(end).unwrap().0
}

const DATA: &str = "<script type=\"application/json\" id=\"data\">";

fn data(page: &str) -> Value {
    serde_json::from_str(between(page, DATA, "</script>")).unwrap()
}

/// The page without its scripts and style, which XML reads otherwise than HTML.
fn markup(page: &str) -> String {
    let style = between(page, "<style>", "</style>");
    let script = between(page, "<script>", "</script>");
    let data = between(page, DATA, "</script>");
    page.replace(style, "")
        .replace(script, "")
        .replace(data, "")
        .replace("<!DOCTYPE html>", "")
}

fn hello_world() -> Trace {
    let traces = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../traces");
    Trace::open(&traces.join("hello-world.jsonl")).unwrap()
}

#[test]
fn the_data_is_what_the_replay_says() {
    let trace = hello_world();
    let data = data(&page(&Part::whole(&trace)));
    let replay = Replay::new(trace.clone());
    let steps = data["steps"].as_array().unwrap();
    let shown: Vec<usize> = trace.shown(0, Level::Everything).collect();
    assert_eq!(steps.len(), shown.len());
    for (step, said) in shown.into_iter().zip(steps) {
        let record = trace.record(step);
        assert_eq!(said["n"], step);
        assert_eq!(said["lane"], record.event.lane().letter());
        assert_eq!(said["level"], record.level().number());
        let pieces = said["line"].as_array().unwrap().iter();
        let line: String = pieces.map(|piece| piece[1].as_str().unwrap()).collect();
        assert_eq!(line, summary(&trace, step));
        for (name, lang) in [("en", Lang::EN), ("zh", Lang::ZH)] {
            let explanation = serde_json::to_value(explain(&replay, step, lang)).unwrap();
            assert_eq!(said[name], explanation, "step {step}");
        }
        for level in [Level::Program, Level::Walkthrough, Level::Everything] {
            let here = stands(&trace, step, level);
            for (side, whose) in [("here", here), ("other", here.other())] {
                let line = place(&trace, step, level, whose).unwrap().line;
                let place = said[side][usize::from(level.number()) - 1]
                    .as_u64()
                    .unwrap();
                let said = &data["places"][place as usize];
                assert_eq!(said["file"], line.file.as_ref());
                assert_eq!(said["fn"].as_str(), line.function.as_deref());
                assert_eq!(said["line"], line.line);
                let text = &data["sources"][said["text"].as_u64().unwrap() as usize];
                assert_eq!(text["text"], trace.source_of(&line).unwrap().text);
            }
        }
        let around = said["around"].as_array().unwrap().iter();
        let around: Vec<usize> = around
            .map(|call| call[0].as_u64().unwrap() as usize)
            .collect();
        let mut calls: Vec<usize> = trace.ancestors(step).collect();
        calls.reverse();
        assert_eq!(around, calls);
        let links = said["why"].as_array().unwrap().iter();
        let links = links.map(|link| &data["links"][link.as_u64().unwrap() as usize]);
        let chain: Vec<usize> = links
            .filter(|link| link["besides"] == false)
            .map(|link| link["n"].as_u64().unwrap() as usize)
            .collect();
        let expected: Vec<usize> = causes(&trace, step)
            .iter()
            .map(|cause| cause.step)
            .collect();
        assert_eq!(chain, expected);
    }
}

/// What the page's script adds up is the state that the replay knows, at whichever level one looks.
#[test]
fn the_changes_add_up_to_the_state() {
    let trace = hello_world();
    let part = Part::whole(&trace);
    // Of other parts, too, what came before and between them is known.
    for part in [
        part,
        Part::whole(&trace).steps(40..=70),
        Part::whole(&trace).level(Level::Program),
    ] {
        let data = data(&page(&part));
        let replay = Replay::new(trace.clone());
        let steps = data["steps"].as_array().unwrap();
        assert!(steps.len() > 3);
        let mut values: BTreeMap<String, String> = BTreeMap::new();
        let mut looked_up = 0;
        for (i, step) in steps.iter().enumerate() {
            for changes in ["missed", "changes"] {
                for change in step[changes].as_array().into_iter().flatten() {
                    let text = |i: usize| change[i].as_str().unwrap().to_owned();
                    // What it was is what the change before it made of it.
                    if let Some(known) = values.insert(text(0), text(2)) {
                        assert_eq!(known, text(1), "{change} at step {}", step["n"]);
                    }
                }
            }
            // A level's state is looked at where its last hidden step is the page's step.
            let next = steps
                .get(i + 1)
                .map_or(u64::MAX, |next| next["n"].as_u64().unwrap());
            for done in step["done"].as_array().unwrap() {
                let done = done.as_u64().unwrap();
                if done >= next {
                    continue;
                }
                let state = replay.state_at(done as usize);
                for (path, value) in &values {
                    if let Some(known) = state.value(path) {
                        assert_eq!(known.to_string(), *value, "{path} at step {}", step["n"]);
                        looked_up += 1;
                    }
                }
            }
        }
        assert!(looked_up > 100, "{looked_up}");
    }
}

#[test]
fn the_page_is_well_formed_and_has_every_place_its_script_fills() {
    let trace = hello_world();
    let page = page(&Part::whole(&trace));
    let markup = markup(&page);
    let document = roxmltree::Document::parse(&markup).unwrap();
    let ids: Vec<&str> = document
        .descendants()
        .filter_map(|node| node.attribute("id"))
        .collect();
    let asked = include_str!("../src/html/page.js")
        .split("getElementById(\"")
        .skip(1);
    let asked: Vec<&str> = asked.map(|text| text.split('"').next().unwrap()).collect();
    assert!(asked.len() > 2);
    for id in asked {
        assert!(ids.contains(&id), "{id}");
    }
}

#[test]
fn the_pieces_of_a_page_are_there_for_other_pages() {
    let trace = hello_world();
    let part = Part::whole(&trace);
    let page = page(&part);
    let data = String::from_utf8(html::data(&part).unwrap()).unwrap();
    for piece in [html::STYLE, html::SCRIPT, &html::colors(), &data] {
        assert!(page.contains(piece));
    }
    // Nothing in the style sheet is about anything but the view.
    let comments = html::STYLE.split("/*");
    let style: String = comments
        .map(|text| text.split_once("*/").map_or(text, |(_, after)| after))
        .collect();
    let selectors = style
        .split('{')
        .map(|text| text.rsplit(['}', ';']).next().unwrap());
    for selector in selectors.flat_map(|all| all.split(',')).map(str::trim) {
        let known = ["", ":root"].contains(&selector) || selector.starts_with("@media");
        assert!(known || selector.starts_with(".evscope"), "{selector}");
    }
}

#[test]
fn a_page_needs_nothing_else() {
    let trace = hello_world();
    let part = Part::whole(&trace);
    for page in [page(&part), slides(&part)] {
        let data = between(&page, DATA, "</script>");
        // The name of what a picture is made of is no address to ask.
        let page = page
            .replace(data, "")
            .replace("http://www.w3.org/2000/svg", "");
        for outside in [
            "http:",
            "https:",
            "src=",
            "url(",
            "@import",
            "fetch(",
            "innerHTML",
        ] {
            assert!(!page.contains(outside), "{outside}");
        }
    }
}

#[test]
fn nothing_in_a_trace_becomes_markup() {
    let bad = "</script><script>alert(1)</script><!-- <b>&amp;";
    let json = serde_json::to_string(bad).unwrap();
    let text = SMALL
        .replace("\"small\"", &json)
        .replace("\"conn_writecb\"", &json)
        .replace("\"Hello; \\\"World\\\"\\n\"", &json);
    let trace = Trace::read(text.as_bytes(), "bad").unwrap();
    let part = Part::whole(&trace);
    for page in [page(&part), slides(&part)] {
        assert_eq!(page.matches("</script").count(), 2);
        assert_eq!(page.matches("<!--").count(), 0);
        assert!(page.contains("<title>&lt;/script&gt;&lt;script&gt;"));
        assert_eq!(data(&page)["title"], bad);
        roxmltree::Document::parse(&markup(&page)).unwrap();
    }
}

#[test]
fn a_part_has_its_steps_and_their_sources() {
    let trace = hello_world();
    let data = data(&page(
        &Part::whole(&trace).steps(53..=60).level(Level::Program),
    ));
    assert_eq!(data["level"], 1);
    assert!(data["steps"].as_array().unwrap().is_empty());
    let part = Part::whole(&trace).steps(66..=69);
    let data = self::data(&page(&part));
    let steps: Vec<u64> = data["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["n"].as_u64().unwrap())
        .collect();
    assert!(steps.contains(&67) && steps.iter().all(|step| (66..=69).contains(step)));
    for step in data["steps"].as_array().unwrap() {
        for place in step["here"].as_array().unwrap() {
            let place = &data["places"][place.as_u64().unwrap() as usize];
            let text = place["text"].as_u64().unwrap() as usize;
            assert!(data["sources"].get(text).is_some());
        }
    }
}

#[test]
fn every_recorded_trace_makes_a_page() {
    let traces = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../traces");
    for file in std::fs::read_dir(traces.join("libevent")).unwrap() {
        let trace = Trace::open(&file.unwrap().path()).unwrap();
        let page = page(&Part::whole(&trace));
        let shown = trace.count_shown(0, Level::Everything);
        assert_eq!(data(&page)["steps"].as_array().unwrap().len(), shown);
    }
}

#[test]
fn a_page_of_too_many_steps_is_refused() {
    let header = SMALL.lines().next().unwrap();
    let point = |seq: usize| {
        format!(
            "\n{{\"seq\":{seq},\"t\":{seq},\"thread\":1,\"depth\":0,\"ph\":\"point\",\"ev\":\"event_free\",\"base\":1}}"
        )
    };
    let text = header.to_owned() + &(0..5001).map(point).collect::<String>();
    let trace = Trace::read(text.as_bytes(), "long").unwrap();
    let mut out = Vec::new();
    let error = export_part(&Part::whole(&trace), Format::Html, &mut out).unwrap_err();
    assert!(out.is_empty());
    assert!(
        error
            .to_string()
            .starts_with("5001 steps are too many for html, which takes 5000")
    );
}

#[test]
fn every_word_that_the_script_asks_for_is_there_in_each_language() {
    let data = data(&page(&Part::whole(&hello_world())));
    let by_name = html::SCRIPT.split("say(\"").skip(1);
    let mut asked: Vec<&str> = by_name
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    // Those it asks for by a mark, a level, a side of a call, a lane, or a row of its table of keys.
    asked.extend([
        "failure",
        "watermark",
        "callback",
        "finding",
        "note",
        "level1",
        "level2",
        "level3",
        "own",
        "caller",
        "textless",
        "nowhere",
        "by-time",
        "by-steps",
        "pending",
        "not-pending",
        "K",
        "L",
        "B",
        "P",
        "about",
        "findings",
        "notes",
        "input",
        "output",
    ]);
    let keys = include_str!("../src/html/view/keys.js")
        .split("\"], \"")
        .skip(1);
    asked.extend(keys.map(|rest| rest.split('"').next().unwrap()));
    assert!(asked.len() > 20, "{asked:?}");
    for name in asked {
        let word = |lang: &str| {
            data["words"][lang][name]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        let (english, chinese) = (word("en"), word("zh"));
        assert!(!english.is_empty() && !chinese.is_empty(), "{name}");
        let is_same = english == chinese;
        // Terms of libevent.
        let is_term = ["B", "pending"].contains(&name);
        assert_eq!(is_same, is_term, "{name}");
    }
}

#[test]
fn what_is_found_is_on_the_page_in_both_languages() {
    let traces = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../traces");
    let trace = Trace::open(&traces.join("disabled-read.jsonl")).unwrap();
    let said = data(&page(&Part::whole(&trace)));
    let found = said["findings"].as_array().unwrap();
    assert_eq!(found.len(), 1);
    let finding = &found[0];
    assert_eq!(
        (&finding["n"], &finding["rule"]),
        (&30.into(), &"read-never-enabled".into())
    );
    let in_english = finding["en"][1].as_str().unwrap();
    assert!(in_english.contains("bufferevent_enable"), "{finding}");
    assert!(
        finding["zh"][0].as_str().unwrap().contains("从未"),
        "{finding}"
    );
    // Of a page of other steps it is none.
    let part = Part::whole(&trace).steps(0..=20);
    assert_eq!(data(&page(&part))["findings"], serde_json::json!([]));
    assert_eq!(
        data(&page(&Part::whole(&hello_world())))["findings"],
        serde_json::json!([])
    );
}
