//! A hostile trace on the screen: hidden characters are seen, and none gets into a cell.

use evscope_trace::is_hidden;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::{Value, json};

use super::{HELLO_WORLD, User};
use crate::look::text;
use crate::view;

/// Some of each kind: ESC, C1, a bidirectional override, a zero-width space, a tag, a line separator, a
/// soft hyphen, a joiner where nothing joins.
const HIDDEN: &str =
    "\u{1b}]52;c;aGk=\u{7}\u{9b}31m\u{202e}\u{200b}\u{e0041}\u{2028}\u{ad}\u{200d}\n\r\t";

fn hostile() -> String {
    let spoil = |value: &mut Value| {
        if let Value::String(text) = value {
            *text = format!("{HIDDEN}{text}{HIDDEN}");
        }
    };
    let lines = HELLO_WORLD.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        for (name, value) in line.as_object_mut().unwrap() {
            match (name.as_str(), value) {
                (
                    "program" | "library" | "backend" | "callback" | "readcb" | "writecb"
                    | "eventcb" | "addr" | "peer" | "errno" | "ended",
                    value,
                ) => spoil(value),
                ("src" | "caller" | "source", Value::Object(place)) => {
                    place.values_mut().for_each(spoil);
                }
                ("data", data) => *data = json!({"text": HIDDEN}),
                _ => {}
            }
        }
        line.to_string()
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

fn drawn(user: &User, width: u16, height: u16) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, width, height));
    let area = buf.area;
    view::screen(&mut buf, area, &user.model);
    buf
}

#[test]
fn no_view_puts_a_hidden_character_into_a_cell() {
    let trace = hostile();
    let mut seen = String::new();
    for size in [(200, 60), (120, 40), (60, 20)] {
        let mut user = User::with(&trace, |begin| begin.size = size);
        for keys in [
            "3",
            "n",
            "w",
            "w",
            "s",
            "L",
            "?",
            "<esc>",
            "/readcb<enter>",
            "S",
            "G",
            "p",
            "p",
            "l",
            "<tab>",
            "<tab>",
            ":",
            "<esc>",
            "x",
            "u",
            "u",
        ] {
            user.press(keys);
            let buf = drawn(&user, size.0, size.1);
            for cell in buf.content() {
                let symbol = cell.symbol();
                assert!(
                    !symbol.contains(is_hidden),
                    "{keys} at {size:?}: {symbol:?}"
                );
                seen.push_str(symbol);
            }
        }
    }
    for shown in [
        "\\u{1b}]52",
        "\\u{9b}",
        "\\u{202e}",
        "\\u{200b}",
        "\\u{e0041}",
        "\\u{2028}",
    ] {
        assert!(seen.contains(shown), "{shown} is not seen");
    }
}

#[test]
fn the_guard_lets_nothing_through() {
    let mut buf = Buffer::empty(Rect::new(0, 0, 4, 1));
    for (x, symbol) in ["\u{1b}", "a\u{202e}", "\u{9b}", "读"]
        .into_iter()
        .enumerate()
    {
        buf[(x as u16, 0)].set_symbol(symbol);
    }
    text::guard(&mut buf);
    let line: String = buf
        .content()
        .iter()
        .map(ratatui::buffer::Cell::symbol)
        .collect();
    assert_eq!(line, "\u{fffd}\u{fffd}\u{fffd}读");
}
