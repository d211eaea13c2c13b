//! Keys as WebDriver presses them.

use serde_json::{Value, json};

/// Those that are no characters.
const NAMED: [(&str, &str); 15] = [
    ("Backspace", "\u{e003}"),
    ("Tab", "\u{e004}"),
    ("Enter", "\u{e007}"),
    ("Shift", "\u{e008}"),
    ("Control", "\u{e009}"),
    ("Alt", "\u{e00a}"),
    ("Escape", "\u{e00c}"),
    ("PageUp", "\u{e00e}"),
    ("PageDown", "\u{e00f}"),
    ("End", "\u{e010}"),
    ("Home", "\u{e011}"),
    ("ArrowLeft", "\u{e012}"),
    ("ArrowUp", "\u{e013}"),
    ("ArrowRight", "\u{e014}"),
    ("ArrowDown", "\u{e015}"),
];

/// Each goes down and up, in their order; one before a `+` is held.
#[track_caller]
pub(crate) fn actions(pressed: &[&str]) -> Value {
    let key = |action: &str, name: &str| json!({ "type": action, "value": code(name) });
    let mut actions = Vec::new();
    for keys in pressed {
        let keys: Vec<&str> = match *keys {
            "+" => vec!["+"],
            keys => keys.split('+').collect(),
        };
        actions.extend(keys.iter().map(|name| key("keyDown", name)));
        actions.extend(keys.iter().rev().map(|name| key("keyUp", name)));
    }
    json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] })
}

#[track_caller]
fn code(name: &str) -> &str {
    let named = NAMED.iter().find(|(known, _)| *known == name);
    let is_character = name.chars().count() == 1;
    assert!(named.is_some() || is_character, "there is no key {name}");
    named.map_or(name, |(_, code)| code)
}
