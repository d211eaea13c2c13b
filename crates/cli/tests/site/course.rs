//! Taking the course in a browser: every lesson from its beginning to its end, by keys alone.

use evscope_browser::{Browser, shared};
use serde_json::json;

use crate::{evscope, site};

/// The lessons in their order, as the first page has them.
fn lessons(browser: &Browser) -> Vec<String> {
    let names = browser
        .value("[...document.querySelectorAll('[data-lesson]')].map((row) => row.dataset.lesson)");
    let names: Vec<String> = names
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    assert!(names.len() >= 30, "{names:?}");
    names
}

/// The answers to a lesson's questions, as it is printed with them.
fn answers(lesson: &str) -> Vec<String> {
    let told = String::from_utf8(evscope(&["learn", lesson]).stdout).unwrap();
    let answers = told.lines().filter_map(|line| line.strip_prefix("   → "));
    answers
        .map(|answer| answer.split(' ').next().unwrap().to_owned())
        .collect()
}

/// What the page shows of the lesson: the heading of the stop, the kind of its open question, the last step that is listed, and the
/// one that one is at.
fn here(browser: &Browser) -> (String, String, u64, u64) {
    let found = browser.value(
        "(() => {
           const n = (row) => row ? Number(row.querySelector('.n').textContent) : -1;
           const rows = document.querySelectorAll('#view .steps > *');
           const form = document.querySelector('#stop form');
           const open = form && form.querySelector('button[type=submit]');
           return [document.querySelector('#stop h2').textContent,
             !open ? '' : form.querySelector('[type=radio]') ? 'choice' : 'typed',
             n(rows[rows.length - 1]), n(document.querySelector('#view .steps [aria-current]'))];
         })()",
    );
    let number = |i: usize| found[i].as_u64().unwrap();
    (
        found[0].as_str().unwrap().to_owned(),
        found[1].as_str().unwrap().to_owned(),
        number(2),
        number(3),
    )
}

/// Answers the open question by keys.
fn answer(browser: &Browser, kind: &str, answer: &str) {
    if kind == "choice" {
        browser.press(&[answer, "Enter"]);
        return;
    }
    // A digit begins a number; for any other text one goes to the field first.
    if !answer.starts_with(|c: char| c.is_ascii_digit()) {
        browser.press(&["Enter"]);
    }
    browser.type_text(answer);
    browser.press(&["Enter"]);
}

/// Takes the whole course in a language, in a narrow window and a wide one: from the first page to the last lesson's end, no key but those of the keyboard.
fn take_all(browser: &Browser, folder: &str) {
    browser.open(&site().join(folder).join("index.html"));
    let lessons = lessons(browser);
    let is_reached = "document.activeElement.closest('#go-on') !== null";
    for _ in 0..20 {
        if browser.value(is_reached) == true {
            break;
        }
        browser.press(&["Tab"]);
    }
    assert_eq!(browser.value(is_reached), true);
    browser.press(&["Enter"]);
    for (number, lesson) in lessons.iter().enumerate() {
        browser.wait_for(&format!("location.pathname.endsWith('/lessons/{lesson}.html') && document.querySelector('#stop h2')"));
        let mut answers = answers(lesson).into_iter();
        let mut asked = 0_u64;
        loop {
            let (stop, kind, last, at) = here(browser);
            for width in [1280, 360] {
                browser.size(width, 800);
                browser.fits();
            }
            if !kind.is_empty() {
                let right = answers
                    .next()
                    .unwrap_or_else(|| panic!("{lesson}: {stop} asks once more"));
                let is_step = kind == "typed"
                    && right.parse::<u64>().is_ok_and(|step| step > at)
                    && last > at;
                assert!(
                    is_step || last == at,
                    "{lesson}, {stop}: step {last} is shown behind {at}"
                );
                self::answer(browser, &kind, &right);
                asked += 1;
                let verdict = browser.text("document.querySelector('.verdict').textContent");
                assert!(
                    verdict.starts_with('✔'),
                    "{lesson}, {stop}, {right}: {verdict}"
                );
                assert_eq!(browser.value("document.activeElement.id"), "on");
            }
            if browser.value("document.querySelector('#again') !== null") == true {
                break;
            }
            browser.press(&["Enter"]);
            let (next, ..) = here(browser);
            assert_ne!(next, stop, "{lesson}");
        }
        assert_eq!(answers.next(), None, "{lesson} asks less");
        let kept = format!(
            "JSON.parse(localStorage.getItem('evscope/lesson/{lesson}')).answers.filter((how) => how === 'right').length"
        );
        assert_eq!(browser.value(&kept), asked, "{lesson}");
        browser.has_no_errors();
        if number + 1 < lessons.len() {
            browser.press(&["Enter"]);
        }
    }
    browser.open(&site().join(folder).join("index.html"));
    assert_eq!(
        browser.value("document.querySelectorAll('.lessons .done').length"),
        json!(lessons.len())
    );
    assert_eq!(
        browser.value("document.querySelectorAll('#go-on a').length"),
        0
    );
}

#[test]
fn the_course_is_taken_by_keys_from_its_beginning_to_its_end() {
    let Some(browser) = shared() else { return };
    take_all(&browser, "");
}

#[test]
fn the_course_is_taken_in_chinese() {
    let Some(browser) = shared() else { return };
    take_all(&browser, "zh");
}

fn open(browser: &Browser, page: &str) {
    browser.open(&site().join(page));
}

fn verdict(browser: &Browser) -> String {
    browser.text("document.querySelector('.verdict').textContent")
}

#[test]
fn a_wrong_answer_gets_a_hint_and_the_third_the_answer() {
    let Some(browser) = shared() else { return };
    open(&browser, "lessons/writecb.html");
    // A digit typed is an answer and no level.
    answer(&browser, "typed", "13");
    let told = verdict(&browser);
    assert!(
        told.contains("Not `13`.") && told.contains("keeps the kernel"),
        "{told}"
    );
    assert!(!told.contains("took them all"), "{told}");
    assert_eq!(here(&browser).2, 56);
    assert_eq!(
        browser.text("document.querySelector('#view [aria-pressed=true]').textContent"),
        "2"
    );
    // What is no number is no try.
    browser.type_text("many");
    browser.press(&["Enter"]);
    assert!(
        browser
            .text("document.querySelector('#complaint').textContent")
            .contains("many")
    );
    browser.value("document.querySelector('#typed').value = ''");
    // Nothing lifts the hiding: no key of the view, no address.
    browser.press(&["Escape", "n", "G", "u", "x", "e", "d", "End"]);
    assert_eq!((here(&browser).2, here(&browser).3), (56, 56));
    browser.value("document.querySelector('h2').focus()");
    for wrong in ["12", "11"] {
        answer(&browser, "typed", wrong);
    }
    let told = verdict(&browser);
    assert!(
        told.contains("Not `11`: 0.") && told.contains("took them all"),
        "{told}"
    );
    assert!(here(&browser).2 > 100);
    // On, and a wrong choice: it cannot be chosen again, and the right one is not told.
    browser.press(&["Enter"]);
    assert_eq!(here(&browser).1, "choice");
    browser.press(&["1", "Enter"]);
    let told = verdict(&browser);
    assert!(
        told.contains("Not a).") && told.contains("What keeps waking it"),
        "{told}"
    );
    assert_eq!(
        browser.value("[...document.querySelectorAll('[type=radio]')].map((it) => it.disabled)"),
        json!([true, false, false])
    );
    assert_eq!(here(&browser).2, 58);
    browser.press(&["9"]);
    assert!(
        browser
            .text("document.querySelector('#complaint').textContent")
            .contains("a to c")
    );
    browser.press(&["b", "Enter"]);
    assert!(
        verdict(&browser).contains("Right, at try 2."),
        "{}",
        verdict(&browser)
    );
    browser.has_no_errors();
}

#[test]
fn what_was_answered_is_kept_and_shown_again() {
    let Some(browser) = shared() else { return };
    open(&browser, "lessons/writecb.html");
    answer(&browser, "typed", "7");
    answer(&browser, "typed", "0");
    browser.press(&["Enter", "c", "Enter"]);
    browser.reload();
    let told = verdict(&browser);
    assert!(told.contains("Not c)."), "{told}");
    assert_eq!(here(&browser).2, 58);
    browser.press(&["<"]);
    assert!(
        verdict(&browser).contains("Right, at try 2."),
        "{}",
        verdict(&browser)
    );
    // The other language has the same stop, and what was answered there.
    browser.click("a.twin");
    browser.wait_for("document.documentElement.lang === 'zh'");
    assert!(
        verdict(&browser).contains("第 2 次答对"),
        "{}",
        verdict(&browser)
    );
    browser.press(&[">", "L"]);
    browser.wait_for("document.documentElement.lang === 'en'");
    assert!(
        here(&browser).0.contains("Stop 2 of 4"),
        "{}",
        here(&browser).0
    );
    open(&browser, "index.html");
    let told = browser.text("document.querySelector('[data-lesson=writecb]').textContent");
    assert!(told.contains("2 of 4"), "{told}");
    let go_on = browser.text("document.querySelector('#go-on').textContent");
    assert!(go_on.contains("Go on: The loop"), "{go_on}");
    browser.has_no_errors();
}

/// What was kept by another version, or by somebody, is no progress and breaks nothing.
#[test]
fn what_is_kept_and_is_no_progress_is_nothing() {
    let Some(browser) = shared() else { return };
    for kept in [
        "no JSON",
        "7",
        "{\"at\":1}",
        "{\"at\":99,\"answers\":[null],\"tries\":[null]}",
    ] {
        open(&browser, "index.html");
        let kept = json!(kept);
        browser.value(&format!(
            "localStorage.setItem('evscope/lesson/writecb', {kept})"
        ));
        browser.reload();
        open(&browser, "lessons/writecb.html");
        assert_eq!(
            browser.value("document.querySelector('#stop h2') !== null"),
            true
        );
        browser.has_no_errors();
    }
}

#[test]
fn a_lesson_is_taken_where_nothing_is_kept() {
    let Some(browser) = shared() else { return };
    open(&browser, "lessons/writecb.html");
    browser.value("(() => { Storage.prototype.setItem = () => { throw new Error('full'); }; })()");
    answer(&browser, "typed", "0");
    assert!(
        verdict(&browser).contains("Right."),
        "{}",
        verdict(&browser)
    );
    let told = browser.text("document.querySelector('#stop').textContent");
    assert!(told.contains("keeps nothing"), "{told}");
    browser.press(&["Enter"]);
    assert_eq!(here(&browser).1, "choice");
    browser.has_no_errors();
}

/// By clicks: a choice, the answer, on, looking around and back.
#[test]
fn a_lesson_is_taken_by_clicks() {
    let Some(browser) = shared() else { return };
    browser.open_at(&site().join("lessons/writecb.html"), "#stop-2");
    browser.click("label[for=choice-1]");
    browser.click("#stop form button");
    assert!(
        verdict(&browser).contains("Right."),
        "{}",
        verdict(&browser)
    );
    browser.click("#view .steps > *:nth-child(3)");
    browser.wait_for("!document.querySelector('.away').hidden");
    browser.click("#return");
    assert_eq!(here(&browser).3, 58);
    browser.click("#on");
    assert!(here(&browser).0.contains("Stop 3 of 4"));
    browser.click("#back");
    assert!(here(&browser).0.contains("Stop 2 of 4"));
    browser.has_no_errors();
}
