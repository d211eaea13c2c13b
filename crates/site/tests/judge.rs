//! The page's script judges as the terminal does.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows only test functions as tests, not their helpers"
)]

use evscope_browser::shared;
use evscope_replay::{Prediction, Right, Value};
use serde_json::json;

const SCRIPT: &str = include_str!("../src/assets/judge.js");

/// What somebody may type.
const TYPED: [&str; 27] = [
    "14",
    " 14 ",
    "14 bytes",
    "14B",
    "14 字节",
    "+14",
    "-14",
    "--14",
    "014",
    "15",
    "14.0",
    "1e1",
    "",
    " ",
    "yes",
    "Yes",
    "YES ",
    "no",
    "a",
    "READ|WRITE",
    "read|write",
    "100 ms",
    "100 MS",
    "ſ",
    "14 bytes!",
    "1 4",
    "９",
];

#[test]
fn the_script_judges_as_the_terminal_does() {
    let Some(browser) = shared() else { return };
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    std::fs::write(&page, format!("<!DOCTYPE html><script>{SCRIPT}</script>")).unwrap();
    browser.open(&page);
    let rights = [
        ("step", Right::Step(14)),
        ("number", Right::Value(Value::Number(14))),
        ("number", Right::Value(Value::Number(-14))),
        ("value", Right::Value(Value::Bool(true))),
        ("value", Right::Value(Value::Text("READ|WRITE".into()))),
        ("value", Right::Value(Value::Text("S".into()))),
    ];
    let mut judged = 0;
    for (kind, right) in rights {
        let told = match &right {
            Right::Choice(choice) => choice.to_string(),
            Right::Step(step) => step.to_string(),
            Right::Value(value) => value.to_string(),
        };
        for typed in TYPED {
            let ask = |what: &str, arguments: serde_json::Value| {
                browser
                    .value(&format!("judge.{what}(...{arguments})"))
                    .as_bool()
                    .unwrap()
            };
            // What is no answer of the kind is not judged.
            let takes = ask("takes", json!([kind, typed]));
            assert_eq!(takes, right.takes(typed), "{right:?} takes {typed:?}");
            if takes {
                let is = right.is(&Prediction::Typed(typed.to_owned()));
                assert_eq!(
                    ask("isRight", json!([kind, told, typed])),
                    is,
                    "{right:?} is {typed:?}"
                );
                judged += 1;
            }
        }
    }
    assert!(judged > 60, "{judged}");
    for (letter, is) in [("a", false), ("b", true), ("c", false)] {
        assert_eq!(
            browser.value(&format!("judge.isRight('choice', '1', '{letter}')")),
            is
        );
    }
    browser.has_no_errors();
}
