//! The page in a real browser, as a reader uses it.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows only test functions as tests, not their helpers"
)]

use std::path::Path;

use evscope_browser::{Browser, Scheme, shared};
use evscope_export::{Format, Guide, Part, export_part, html};
use evscope_replay::{Lesson, Replay, Trace};

fn trace(name: &str) -> Trace {
    let traces = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../traces");
    Trace::open(&traces.join(format!("{name}.jsonl"))).unwrap()
}

/// A lesson, and its stops in the trace.
fn guide(name: &str, trace: &Trace) -> Guide {
    let file = format!("{name}.toml");
    let lessons = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/lessons");
    let text = std::fs::read_to_string(lessons.join(&file)).unwrap();
    let lesson = Lesson::parse(&file, &text).unwrap();
    let found = lesson.prepare(&file, &Replay::new(trace.clone())).unwrap();
    Guide::of_lesson(&lesson, &found)
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
    assert_eq!(browser.text("document.documentElement.lang"), "zh-CN");
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
    let steps = count(&browser, "#a .steps li");
    let most = "document.querySelector('#a [role=slider]').getAttribute('aria-valuemax')";
    assert_eq!(browser.text(most), (steps - 1).to_string());
    browser.click("#a [type=search]");
    browser.type_text("conn_writecb bev1");
    assert_eq!(text("#a [role=status]"), "not found at this level");
    browser.press(&["Escape"]);
    // What hidden steps of this call do may be what is asked for, and so may what explains it.
    browser.value("(a.setLevel(2), a.limit(44), 0)");
    let output = "[...document.querySelectorAll('#a .level p')].map((it) => it.textContent)[1]";
    assert_eq!(browser.text(output), "output  0 B  low 0  high –");
    assert!(text("#a .said").starts_with("What explains this step is shown once"));
    browser.value("(a.limit(null), 0)");
    assert_eq!(
        browser.text(output),
        "output  14 B  ◆ was 0 B  low 0  high –"
    );
    browser.value("(a.setLevel(3), a.go(53), heard.splice(0), 0)");
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

fn count(browser: &Browser, selector: &str) -> u64 {
    let found = format!("document.querySelectorAll({selector:?}).length");
    browser.value(&found).as_u64().unwrap()
}

fn text(browser: &Browser, selector: &str) -> String {
    browser.text(&format!("document.querySelector({selector:?}).textContent"))
}

#[test]
fn the_page_is_accessible_wide_and_narrow_light_and_dark() {
    let Some(browser) = shared() else { return };
    open(&browser, "disabled-read", "#30");
    for (width, height) in [(1280, 800), (360, 740)] {
        browser.size(width, height);
        for scheme in Scheme::ALL {
            browser.scheme(scheme);
            browser.is_accessible();
            browser.fits();
            browser.press(&["?"]);
            browser.wait_for("document.querySelector('dialog').open");
            browser.is_accessible();
            browser.press(&["Escape"]);
            browser.wait_for("!document.querySelector('dialog').open");
        }
    }
    // The buttons that step are there wherever on a narrow page one is.
    browser.value("scrollTo(0, 900)");
    browser.click("[data-key=n]");
    assert_eq!(step(&browser), 32);
    assert!(browser.value("scrollY").as_f64().unwrap() > 500.0);
    browser.has_no_errors();
}

#[test]
fn a_search_finds_lines() {
    let Some(browser) = shared() else { return };
    open(&browser, "hello-world", "#30");
    browser.press(&["/"]);
    // These would be keys elsewhere.
    browser.type_text("POLL");
    assert_eq!(step(&browser), 30);
    assert_eq!(text(&browser, "[role=status]"), "– / 9");
    assert_eq!(count(&browser, ".steps .hit"), 9);
    browser.press(&["Enter"]);
    assert_eq!(step(&browser), 53);
    assert_eq!(text(&browser, "[role=status]"), "4 / 9");
    browser.press(&["]", "]", "["]);
    assert_eq!(step(&browser), 54);
    browser.press(&["/"]);
    browser.type_text("nothing of this");
    assert_eq!(text(&browser, "[role=status]"), "not found at this level");
    browser.press(&["Escape", "n"]);
    assert_eq!(step(&browser), 55);
    assert_eq!(count(&browser, ".steps .hit"), 0);
    browser.has_no_errors();
}

#[test]
fn the_state_is_that_of_the_step_and_its_buffers_have_gauges() {
    let Some(browser) = shared() else { return };
    open(&browser, "hello-world", "#44");
    let output = "[...document.querySelectorAll('.level')].map((it) => it.textContent)[1]";
    let fill = "document.querySelectorAll('.gauge .fill')[1].style.width";
    assert_eq!(
        browser.text(output),
        "output  14 B  ◆ was 0 B  low 0  high –L"
    );
    assert_eq!(browser.text(fill), "100%");
    // At level 3 the bytes are put there by a step of its own.
    browser.press(&["3"]);
    assert_eq!(browser.text(output), "output  0 B  low 0  high –L");
    let objects =
        "[...document.querySelectorAll('.object strong')].map((it) => it.textContent).join(' ')";
    open(&browser, "hello-world", "#17");
    assert_eq!(
        browser.text(objects),
        "base1 listener1 event1 event2 event3"
    );
    // What one unfolds stays so.
    browser.click(".state li:nth-child(4) summary");
    browser.press(&["n"]);
    assert_eq!(
        browser.value("document.querySelectorAll('.state details')[3].open"),
        true
    );
    browser.has_no_errors();
}

#[test]
fn the_timeline_is_clicked_and_named() {
    let Some(browser) = shared() else { return };
    open(&browser, "hello-world", "#0");
    let slider = "document.querySelector('[role=slider]')";
    browser.click("[role=slider]"); // in its middle
    assert_eq!(step(&browser), 56);
    let said = browser.text(&format!("{slider}.getAttribute('aria-valuetext')"));
    assert!(
        said.starts_with("56, ") && said.contains("bufferevent_writecb"),
        "{said}"
    );
    browser.press(&["t"]);
    browser.click("[role=slider]");
    assert_ne!(step(&browser), 56);
    browser.has_no_errors();
}

/// From the address bar on, without a mouse.
#[test]
fn the_keyboard_reaches_everything() {
    let Some(browser) = shared() else { return };
    open(&browser, "disabled-read", "");
    let mut seen = Vec::new();
    for _ in 0..60 {
        browser.press(&["Tab"]);
        let focus = browser.text(
            "(() => { const it = document.activeElement; const style = getComputedStyle(it); \
             return it === document.body ? '' : it.localName + '.' + (it.getAttribute('role') || it.type || '') \
               + (style.outlineStyle === 'none' ? ' is not seen' : ''); })()",
        );
        if focus.is_empty() {
            break;
        }
        seen.push(focus);
    }
    let stops = seen.join(" ");
    assert!(!stops.contains("not seen"), "{stops}");
    for wanted in [
        "button.button",
        "input.search",
        "div.slider",
        "li.option",
        "pre.group",
        "summary.",
    ] {
        assert!(stops.contains(wanted), "{wanted} is not in {stops}");
    }
    // One row of the list has the focus, and takes it along.
    assert_eq!(
        seen.iter().filter(|it| it.starts_with("li.option")).count(),
        1
    );
    browser.value("document.querySelector('[role=option][tabindex=\"0\"]').focus()");
    browser.press(&["ArrowDown", "ArrowDown"]);
    let focus = "document.activeElement === document.querySelector('[aria-current]')";
    assert_eq!(browser.value(focus), true);
    // In the source the arrows scroll.
    let before = step(&browser);
    browser.value("document.querySelector('.source').focus()");
    browser.press(&["ArrowDown"]);
    assert_eq!(step(&browser), before);
    browser.has_no_errors();
}

#[test]
fn notes_are_at_their_steps() {
    let Some(browser) = shared() else { return };
    let trace = trace("hello-world");
    let hostile = "<img src=x onerror=\"console.error('run')\"> `code` & more";
    let notes = [(53, hostile.to_owned()), (67, String::new())].into();
    let guide = Guide::default().with_notes(notes);
    let mut page = Vec::new();
    export_part(&Part::whole(&trace).guided(&guide), Format::Html, &mut page).unwrap();
    show(&browser, &page, "#30");
    browser.press(&["'"]);
    assert_eq!(step(&browser), 53);
    let said = text(&browser, ".said .note");
    assert_eq!(said, format!("✎ {}", hostile.replace('`', "")));
    browser.click(".found li:nth-child(2) button");
    assert_eq!(step(&browser), 67);
    assert_eq!(count(&browser, ".said .note"), 0);
    browser.press(&["\""]);
    assert_eq!(step(&browser), 53);
    browser.is_accessible();
    browser.has_no_errors();
}

/// Every question of a lesson is on paper, with room to answer it and no answer.
#[test]
fn a_page_is_printed_as_a_hand_out() {
    let Some(browser) = shared() else { return };
    let trace = trace("hello-world");
    let guide = guide("writecb", &trace);
    let mut page = Vec::new();
    export_part(&Part::whole(&trace).guided(&guide), Format::Html, &mut page).unwrap();
    show(&browser, &page, "#30");
    // What the browser does before it prints.
    browser.value("window.dispatchEvent(new Event('beforeprint'))");
    browser.media("print", &[]);
    assert_eq!(
        browser.value("document.getElementById('view').offsetHeight"),
        0
    );
    assert_eq!(count(&browser, ".hand-out section"), 4);
    assert_eq!(count(&browser, ".hand-out .room"), 4);
    assert!(count(&browser, ".hand-out .excerpt .current") == 4);
    let paper = text(&browser, "#paper");
    assert!(
        paper.contains("a) close the socket") && paper.contains("111 "),
        "{paper}"
    );
    // What is said once a question is answered.
    assert!(
        !String::from_utf8(page)
            .unwrap()
            .contains("the classic busy loop")
    );
    browser.fits();
    browser.media("", &[]);
    let pages = browser.pages();
    assert!((3..8).contains(&pages), "{pages}");
    browser.has_no_errors();
}

#[test]
fn slides_are_turned_and_printed_one_a_page() {
    let Some(browser) = shared() else { return };
    let trace = trace("hello-world");
    let guide = guide("writecb", &trace);
    let mut page = Vec::new();
    html::write_slides(&Part::whole(&trace).guided(&guide), &mut page).unwrap();
    show(&browser, &page, "");
    let shown = "[...document.querySelectorAll('.slide')].filter((it) => it.offsetHeight).length";
    let now = |browser: &Browser| text(browser, ".slide.current");
    assert_eq!(browser.value(shown), 1);
    // A title, and for each of the four stops its question and the answer.
    assert_eq!(text(&browser, "[role=status]"), "1 / 9");
    browser.press(&["ArrowRight", " ", "ArrowRight"]);
    let question = now(&browser);
    assert!(
        question.contains("b) delete ev_write") && !question.contains('✓'),
        "{question}"
    );
    browser.press(&["ArrowRight"]);
    assert!(now(&browser).contains("✓ b) delete ev_write"));
    assert_eq!(browser.text("location.hash"), "#5");
    browser.press(&["L"]);
    assert!(now(&browser).contains("✓ b) 删除 ev_write"));
    // All of each is seen.
    for _ in 0..9 {
        browser.press(&["ArrowRight"]);
        let fits = "((it) => it.scrollHeight <= it.clientHeight)(document.querySelector('.slide.current'))";
        assert_eq!(browser.value(fits), true, "{}", now(&browser));
    }
    browser.click(".turn button");
    assert_eq!(text(&browser, "[role=status]"), "8 / 9");
    assert_eq!(browser.pages(), 9);
    for scheme in Scheme::ALL {
        browser.scheme(scheme);
        browser.is_accessible();
    }
    browser.size(360, 740);
    assert_eq!(browser.value(shown), 9);
    browser.fits();
    browser.is_accessible();
    browser.has_no_errors();
}

/// Without a lesson and notes, what the program does is what is to be seen.
#[test]
fn slides_of_a_trace_alone_are_its_program() {
    let Some(browser) = shared() else { return };
    let trace = trace("hello-world");
    let mut page = Vec::new();
    html::write_slides(&Part::whole(&trace), &mut page).unwrap();
    show(&browser, &page, "#2");
    let program = trace.shown(0, evscope_trace::Level::Program).count();
    assert_eq!(count(&browser, ".slide"), program as u64 + 1);
    assert!(text(&browser, ".slide.current h2").starts_with("0 event_base_new"));
    browser.has_no_errors();
}

/// `scripts/pictures` draws them anew.
#[test]
fn the_pictures_of_the_documents_are_there() {
    let Some(browser) = shared() else { return };
    let images = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/images");
    let picture = |name: &str, width: u32, height: u32| {
        let file = images.join(name);
        if std::env::var_os("UPDATE_PICTURES").is_some() {
            browser.size(width, height);
            std::fs::write(&file, browser.picture()).unwrap();
        }
        // The size stands in the header.
        let there = std::fs::read(&file).unwrap();
        let number = |at: usize| u32::from_be_bytes(there[at..at + 4].try_into().unwrap());
        assert_eq!((number(16), number(20)), (width, height), "{name}");
    };
    open(&browser, "hello-world", "#67");
    picture("page.png", 1280, 800);
    browser.size(360, 740);
    open(&browser, "disabled-read", "#30");
    browser.press(&["L"]);
    browser.scheme(Scheme::Dark);
    picture("page-narrow.png", 360, 740);
    browser.scheme(Scheme::Light);
    let trace = trace("hello-world");
    let guide = guide("writecb", &trace);
    let mut page = Vec::new();
    html::write_slides(&Part::whole(&trace).guided(&guide), &mut page).unwrap();
    show(&browser, &page, "#4");
    picture("slide.png", 1280, 720);
}
