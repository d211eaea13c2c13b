//! The page in a real browser, as a reader uses it.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows only test functions as tests, not their helpers"
)]

use std::path::Path;

use evscope_browser::{Browser, shared};
use evscope_export::{Format, Part, export_part, html};
use evscope_replay::Trace;

fn trace(name: &str) -> Trace {
    let traces = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../traces");
    Trace::open(&traces.join(format!("{name}.jsonl"))).unwrap()
}

/// Opens the page of a trace, at what is behind the address.
fn open(browser: &Browser, name: &str, behind: &str) {
    let trace = trace(name);
    let mut page = Vec::new();
    export_part(&Part::whole(&trace), Format::Html, &mut page).unwrap();
    show(browser, &page, behind);
}

fn show(browser: &Browser, page: &[u8], behind: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.html");
    std::fs::write(&file, page).unwrap();
    browser.open_at(&file, behind);
}

/// The number of the current step.
fn step(browser: &Browser) -> u64 {
    let n = browser.text("document.querySelector('.steps [aria-current] .n').textContent.trim()");
    let address = browser.text("location.hash");
    assert_eq!(address, format!("#{n}"));
    n.parse().unwrap()
}

#[test]
fn keys_and_clicks_step() {
    let Some(browser) = shared() else { return };
    open(&browser, "hello-world", "#53");
    assert_eq!(step(&browser), 53);
    for (key, to) in [
        ("n", 54),
        ("ArrowRight", 55),
        ("j", 56),
        ("N", 78),
        ("P", 56),
        ("p", 55),
        ("ArrowUp", 54),
        ("u", 67),
        ("U", 23),
        ("x", 66),
        ("End", 111),
        ("g", 0),
    ] {
        browser.press(&[key]);
        assert_eq!(step(&browser), to, "{key}");
    }
    browser.click("[data-key=n]");
    assert_eq!(step(&browser), 1);
    browser.click(".steps li:nth-child(3)");
    assert_eq!(step(&browser), 3);
    browser.has_no_errors();
}

#[test]
fn levels_and_languages_are_switched() {
    let Some(browser) = shared() else { return };
    open(&browser, "hello-world", "#67");
    let rows = |level: &str| {
        browser.press(&[level]);
        assert_eq!(step(&browser), 67);
        browser
            .value("document.querySelectorAll('.steps li').length")
            .as_u64()
            .unwrap()
    };
    let counts = ["1", "2", "3"].map(rows);
    assert!(counts[0] < counts[1] && counts[1] < counts[2], "{counts:?}");
    let said = "document.querySelector('.said .what').textContent";
    assert!(browser.text(said).contains("so your conn_writecb runs"));
    browser.press(&["L"]);
    assert!(browser.text(said).contains("低水位"));
    assert_eq!(browser.text("document.documentElement.lang"), "zh");
    browser.has_no_errors();
}

/// What a lesson does with the view while a question is open.
#[test]
fn a_limit_hides_what_comes_after_it() {
    let Some(browser) = shared() else { return };
    let trace = trace("hello-world");
    let data = String::from_utf8(html::data(&Part::whole(&trace)).unwrap()).unwrap();
    let page = format!(
        "<!DOCTYPE html><meta charset=\"utf-8\"/><div id=\"a\"></div><div id=\"b\"></div><script>{}
         const data = {data}; const heard = [];
         const a = evscope.open(document.getElementById('a'), data, {{ lang: 'en', step: 53, level: 3 }});
         const b = evscope.open(document.getElementById('b'), data, {{ keys: false }});
         for (const name of ['step', 'lang', 'level']) a.on(name, (value) => heard.push(name, value));
         </script>",
        html::SCRIPT
    );
    show(&browser, page.as_bytes(), "");
    let text = |of: &str| browser.text(&format!("document.querySelector('{of}').textContent"));
    assert!(text("#a").contains("conn_writecb bev1"));
    browser.value("a.limit(53)");
    assert!(!text("#a").contains("conn_writecb bev1"));
    browser.press(&["n", "G", "x", "u", "d"]);
    browser.value("a.go(67)");
    assert_eq!(
        browser.value("[a.step(), b.step()]"),
        serde_json::json!([53, 0])
    );
    browser.value("a.limit(null)");
    browser.press(&["n", "L", "1"]);
    let heard = serde_json::json!(["step", 54, "lang", "zh", "step", 44, "level", 1]);
    assert_eq!(browser.value("heard"), heard);
    // A key that the page takes is not the view's, and nothing is after it is closed.
    browser.value("document.addEventListener('keydown', (event) => event.preventDefault(), true)");
    browser.press(&["p"]);
    browser.value("(a.close(), 0)");
    assert_eq!(browser.value("heard"), heard);
    assert_eq!(text("#a"), "");
    browser.has_no_errors();
}
