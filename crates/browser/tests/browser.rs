//! The browser does what tests ask of it, and finds what no page may do.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows only test functions as tests, not their helpers"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use evscope_browser::{Browser, Scheme, shared};

fn show(browser: &Browser, body: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.html");
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><title>A page</title><main><h1>A page</h1>{body}</main>"
    );
    std::fs::write(&file, page).unwrap();
    browser.open(&file);
}

fn fails(check: impl FnOnce()) -> String {
    let error = catch_unwind(AssertUnwindSafe(check)).unwrap_err();
    *error.downcast::<String>().unwrap()
}

#[test]
fn keys_and_clicks_arrive() {
    let Some(browser) = shared() else { return };
    show(
        &browser,
        "<button>b</button><p></p><script>
         const p = document.querySelector('p');
         document.addEventListener('keydown', (event) => p.append(event.key + ' '));
         document.querySelector('button').addEventListener('click', () => p.append('click '));</script>",
    );
    browser.press(&["n", "ArrowRight", "?", "Shift+Tab", "+"]);
    browser.type_text("中a");
    browser.click("button");
    browser.wait_for("document.querySelector('p').textContent.includes('click')");
    let said = browser.text("document.querySelector('p').textContent");
    assert_eq!(said, "n ArrowRight ? Shift Tab + 中 a click ");
    browser.has_no_errors();
    browser.fits();
    browser.is_accessible();
}

#[test]
fn a_window_has_the_size_and_the_colours_that_are_asked_for() {
    let Some(browser) = shared() else { return };
    show(&browser, "");
    let is_dark = "matchMedia('(prefers-color-scheme: dark)').matches";
    assert_eq!(browser.value(is_dark), false);
    browser.scheme(Scheme::Dark);
    assert_eq!(browser.value(is_dark), true);
    browser.size(360, 640);
    assert_eq!(
        browser.value("[innerWidth, innerHeight]"),
        serde_json::json!([360, 640])
    );
    browser.media("print", &[]);
    assert_eq!(browser.value("matchMedia('print').matches"), true);
    assert!(browser.picture().starts_with(b"\x89PNG"));
    assert!(browser.printed().starts_with(b"%PDF"));
    show(&browser, "<p style=\"break-after: page\">1</p><p>2</p>");
    assert_eq!(browser.pages(), 2);
}

#[test]
fn nothing_is_kept_for_the_next_test() {
    for _ in 0..2 {
        let Some(browser) = shared() else { return };
        show(&browser, "<script>console.error('of this page')</script>");
        assert_eq!(browser.value("localStorage.length + innerWidth"), 1280);
        browser.value("localStorage.setItem('a', 'b')");
        browser.size(500, 500);
    }
    let browser = shared().unwrap();
    browser.has_no_errors();
}

#[test]
fn what_no_page_may_do_is_found() {
    let Some(browser) = shared() else { return };
    show(&browser, "<script>throw new Error('thrown')</script>");
    assert!(fails(|| browser.has_no_errors()).contains("thrown"));
    show(
        &browser,
        "<div id=\"wide\" style=\"width: 2000px\">wide</div>",
    );
    assert!(fails(|| browser.fits()).contains("wide"));
    show(&browser, "<input>");
    let is_there = catch_unwind(AssertUnwindSafe(|| browser.is_accessible()));
    match is_there {
        Err(error) => assert!(error.downcast::<String>().unwrap().contains("label: ")),
        Ok(()) => assert_eq!(browser.value("typeof axe"), "undefined"),
    }
    assert!(fails(|| browser.click("#nowhere")).contains("no such element"));
}
