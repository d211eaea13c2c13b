//! What every kind of page can do, whoever reads it and on whatever.

use evscope_browser::{Scheme, shared};

use crate::site;

/// A page of each kind.
const KINDS: [&str; 12] = [
    "index.html",
    "lessons/writecb.html",
    "lessons/tls.html",
    "traces/index.html",
    "traces/echo.html",
    "walkthrough/index.html",
    "walkthrough/5-bufferevent_writecb.html",
    "rules/index.html",
    "rules/stall-high.html",
    "docs/trace-format.html",
    "pictures.html",
    "open.html",
];

#[test]
fn no_page_has_errors_or_keeps_anybody_out() {
    let Some(browser) = shared() else { return };
    const WIDE: (u32, u32) = (1280, 800);
    const NARROW: (u32, u32) = (360, 640);
    let all = [
        (Scheme::Light, WIDE),
        (Scheme::Light, NARROW),
        (Scheme::Dark, NARROW),
        (Scheme::Dark, WIDE),
    ];
    // The languages are not different in their colours.
    for (folder, looks) in [("", &all[..]), ("zh", &all[1..2])] {
        for page in KINDS {
            eprintln!("{folder}/{page}");
            browser.size(1280, 800);
            browser.scheme(Scheme::Light);
            browser.open(&site().join(folder).join(page));
            for (scheme, (width, height)) in looks {
                browser.scheme(*scheme);
                browser.size(*width, *height);
                browser.fits();
                browser.is_accessible();
            }
            browser.has_no_errors();
        }
    }
}

#[test]
fn a_demos_trace_is_stepped_through_and_its_other_language_is_at_the_same_step() {
    let Some(browser) = shared() else { return };
    let step = "document.querySelector('.steps [aria-current] .n').textContent.trim()";
    browser.open_at(&site().join("traces/hello-world.html"), "#66");
    assert_eq!(browser.text(step), "66");
    browser.press(&["n"]);
    assert_eq!(browser.text(step), "67");
    browser.press(&["L"]);
    browser.wait_for("document.documentElement.lang === 'zh'");
    assert_eq!(browser.text(step), "67");
    browser.click("a.twin");
    browser.wait_for("document.documentElement.lang === 'en'");
    assert_eq!(browser.text(step), "67");
    browser.has_no_errors();
}

/// From a chapter to a step of the trace it speaks of, and from a rule to what its program did.
#[test]
fn documents_lead_to_traces() {
    let Some(browser) = shared() else { return };
    let step = "document.querySelector('.steps [aria-current]').textContent";
    browser.open(&site().join("zh/walkthrough/5-bufferevent_writecb.html"));
    browser.value("[...document.querySelectorAll('article a')].find((link) => /^\\d+ bufferevent_writecb$/.test(link.textContent)).click()");
    browser.wait_for("document.querySelector('.steps [aria-current]')");
    assert!(browser.text(step).contains("56"), "{}", browser.text(step));
    assert_eq!(browser.text("document.documentElement.lang"), "zh");
    if cfg!(unix) {
        browser.open(&site().join("rules/stall-high.html"));
        browser.click(".run a");
        browser.wait_for("document.querySelector('.steps [aria-current]')");
        browser.wait_for("document.getElementById('view').textContent.includes('stall-high')");
    }
    browser.has_no_errors();
}

/// A document's other language opens at the same part.
#[test]
fn a_documents_other_language_is_at_the_same_part() {
    let Some(browser) = shared() else { return };
    browser.open_at(&site().join("docs/recording.html"), "#what-it-costs");
    let number = "[...document.querySelectorAll('main h1, main h2, main h3')].findLastIndex((it) => it.getBoundingClientRect().top < 120)";
    browser.wait_for(&format!("{number} > 1"));
    let before = browser.value(number);
    browser.value("document.querySelector('a.twin').click()");
    browser.wait_for("document.documentElement.lang === 'zh'");
    browser.wait_for(&format!("{number} === {before}"));
}

/// On paper a lesson has its questions, with room to answer, and nothing of the trace.
#[test]
fn a_lesson_is_printed_as_a_handout() {
    let Some(browser) = shared() else { return };
    browser.open(&site().join("lessons/writecb.html"));
    browser.media("print", &[]);
    let is_seen = |selector: &str| {
        browser.value(&format!(
            "document.querySelector('{selector}').checkVisibility()"
        ))
    };
    assert_eq!(is_seen(".handout"), true);
    assert_eq!(is_seen("#view"), false);
    assert_eq!(is_seen("#stop"), false);
    let questions = browser.value("document.querySelectorAll('.handout .question').length");
    assert_eq!(questions, 4);
    browser.media("", &[]);
    assert_eq!(is_seen(".handout"), false);
}

/// `scripts/pictures` draws them anew.
#[test]
fn the_pictures_of_the_documents_are_there() {
    let Some(browser) = shared() else { return };
    let images = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/images");
    // Some of the course is done.
    browser.open(&site().join("index.html"));
    browser.value(
        "['loop', 'listener', 'accept'].forEach((name) => localStorage.setItem('evscope/lesson/' + name,
           JSON.stringify({ at: 9, answers: ['right', 'right', 'wrong'], tries: [] })))",
    );
    for (name, page, (width, height)) in [
        ("site-index.png", "index.html", (1280, 800)),
        ("site-lesson.png", "lessons/writecb.html", (1280, 800)),
        (
            "site-lesson-narrow.png",
            "zh/lessons/writecb.html",
            (360, 740),
        ),
    ] {
        let file = images.join(name);
        if std::env::var_os("UPDATE_PICTURES").is_some() {
            browser.size(width, height);
            browser.open(&site().join(page));
            std::fs::write(&file, browser.picture()).unwrap();
        }
        // The size stands in the header.
        let there = std::fs::read(&file).unwrap();
        let number = |at: usize| u32::from_be_bytes(there[at..at + 4].try_into().unwrap());
        assert_eq!((number(16), number(20)), (width, height), "{name}");
    }
}
