//! A teacher's lesson in the site, with a trace that stands beside it.

use evscope_browser::shared;

use crate::{evscope, write};

const LESSON: &str = r#"
trace = "small.jsonl"
title.en = "Mine <b>&</b>"
about.en = "See `evscope play echo` and `<i>`."

[[stop]]
at = "step=1"
text.en = "Look."
ask = { text.en = "Which?", after.en = "That.", step = "step=2" }
"#;
const SMALL: &str = include_str!("../../../export/tests/data/small.jsonl");

fn refused(arguments: &[&str]) -> String {
    let ran = evscope(arguments);
    assert_eq!(ran.status.code(), Some(2));
    String::from_utf8(ran.stderr).unwrap()
}

#[test]
fn a_teachers_lesson_stands_behind_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let mine = folder.path().join("mine.toml");
    std::fs::write(&mine, LESSON).unwrap();
    std::fs::write(folder.path().join("small.jsonl"), SMALL).unwrap();
    let site = folder.path().join("site");
    write(&site, &[mine.to_str().unwrap()]);
    let Some(browser) = shared() else { return };
    browser.open(&site.join("zh/index.html"));
    let last = browser.text("[...document.querySelectorAll('[data-lesson]')].pop().textContent");
    assert!(last.contains("Mine <b>&</b>"), "{last}");
    browser.open(&site.join("lessons/mine.html"));
    assert_eq!(
        browser.text("document.querySelector('h1').textContent"),
        "Mine <b>&</b>"
    );
    assert_eq!(
        browser.text("document.querySelector('.lead a').getAttribute('href')"),
        "../traces/echo.html"
    );
    // The step is to be found, so nothing is hidden.
    browser.press(&["1", "Enter"]);
    let told = browser.text("document.querySelector('.verdict').textContent");
    assert!(told.contains("Not `1`"), "{told}");
    browser.press(&["2", "Enter"]);
    let told = browser.text("document.querySelector('.verdict').textContent");
    assert!(
        told.contains("Right, at try 2. ") || told.contains("Right, at try 2.That."),
        "{told}"
    );
    browser.has_no_errors();
}

#[test]
fn a_lesson_that_can_have_no_page_is_told_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("small.jsonl"), SMALL).unwrap();
    let site = folder.path().join("site");
    for (name, why) in [
        ("mine too.toml", "letters, digits"),
        ("loop.toml", "two lessons with the name loop"),
        ("课.toml", "ASCII"),
    ] {
        let file = folder.path().join(name);
        std::fs::write(&file, LESSON).unwrap();
        let told = refused(&["site", "-o", site.to_str().unwrap(), file.to_str().unwrap()]);
        assert!(told.contains(why), "{told}");
    }
    let told = refused(&[
        "site",
        "-o",
        site.to_str().unwrap(),
        "--reader",
        folder.path().join("small.jsonl").to_str().unwrap(),
    ]);
    assert!(told.contains("is no WebAssembly module"), "{told}");
    let told = refused(&["site", "-o", folder.path().to_str().unwrap()]);
    assert!(told.contains("not a site of evscope's"), "{told}");
    assert!(!site.exists());
}
