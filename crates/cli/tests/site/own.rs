//! A trace of the reader's own: read in the browser by the module that `scripts/site` builds.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use evscope_browser::{Browser, shared};

use crate::{site, write};

const TARGET: &str = "wasm32-unknown-unknown";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Whether Rust can compile for browsers here.
fn has_target() -> bool {
    let libraries = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .output();
    let folder = libraries
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok());
    folder.is_some_and(|folder| Path::new(folder.trim()).is_dir())
}

/// A site that reads traces; none, with a word on stderr, where there cannot be one.
fn reading_site() -> Option<&'static Path> {
    static SITE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let site = SITE.get_or_init(|| {
        if !has_target() {
            eprintln!("LEFT OUT without the target {TARGET} (rustup target add {TARGET}): traces that are read in a browser");
            return None;
        }
        // As scripts/site builds it, but sooner there: its size is no matter here.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reader");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--locked", "--profile", "reader"]);
        cargo.args(["--target", TARGET, "-p", "evscope-reader"]);
        cargo.arg("--target-dir").arg(&target).current_dir(root());
        for (option, value) in [("LTO", "off"), ("OPT_LEVEL", "1"), ("CODEGEN_UNITS", "16"), ("INCREMENTAL", "true")] {
            cargo.env(format!("CARGO_PROFILE_READER_{option}"), value);
        }
        // What the tests are built with is not for it.
        cargo.env_remove("RUSTFLAGS");
        assert!(cargo.status().unwrap().success());
        let module = target.join(TARGET).join("reader/evscope_reader.wasm");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reading-site");
        write(&folder, &["--reader", module.to_str().unwrap()]);
        Some(folder)
    });
    site.as_deref()
}

/// A file is dropped, or chosen.
fn give(browser: &Browser, name: &str, text: &str, how: &str) {
    let (name, text) = (serde_json::json!(name), serde_json::json!(text));
    browser.value(&format!(
        "(() => {{
           const files = new DataTransfer();
           files.items.add(new File([{text}], {name}));
           const file = document.getElementById('file');
           if ('{how}' === 'drop') document.body.dispatchEvent(new DragEvent('drop', {{ dataTransfer: files, bubbles: true }}));
           else {{ file.files = files.files; file.dispatchEvent(new Event('change')); }}
         }})()"
    ));
}

fn told(browser: &Browser) -> String {
    browser.text("document.getElementById('told').textContent")
}

const STEP: &str = "document.querySelector('.steps [aria-current]').textContent";

#[test]
fn a_trace_of_ones_own_is_shown() {
    // Nobody waits for the browser while it is built.
    let Some(site) = reading_site() else { return };
    let Some(browser) = shared() else { return };
    let trace =
        |name: &str| std::fs::read_to_string(root().join(format!("traces/{name}.jsonl"))).unwrap();
    browser.open(&site.join("open.html"));
    browser.is_accessible();
    give(&browser, "mine.jsonl", &trace("echo"), "drop");
    browser.wait_for("document.querySelector('.steps [aria-current]')");
    assert_eq!(told(&browser), "mine.jsonl");
    browser.press(&["n"]);
    assert!(
        browser.text(STEP).contains("event_assign"),
        "{}",
        browser.text(STEP)
    );
    // Another one takes its place.
    give(
        &browser,
        "other.jsonl",
        &trace("libevent/hello-world"),
        "choose",
    );
    browser.wait_for("document.getElementById('told').textContent === 'other.jsonl'");
    assert_eq!(
        browser.value("document.querySelectorAll('#view .steps').length"),
        1
    );
    browser.has_no_errors();
    browser.size(360, 640);
    browser.fits();
    browser.is_accessible();
}

#[test]
fn what_is_no_trace_is_told_in_the_pages_language() {
    let Some(site) = reading_site() else { return };
    let Some(browser) = shared() else { return };
    browser.open(&site.join("zh/open.html"));
    give(&browser, "<b>notes</b>.txt", "not a trace\n", "choose");
    browser.wait_for("document.getElementById('told').textContent.includes('跟踪')");
    assert!(
        told(&browser).contains("<b>notes</b>.txt"),
        "{}",
        told(&browser)
    );
    assert_eq!(browser.value("document.querySelectorAll('#told b').length + document.querySelectorAll('#view .steps').length"), 0);
    // A hostile trace is shown as text.
    let hostile = "<img src=x onerror=alert(1)>";
    let header = std::fs::read_to_string(root().join("traces/echo.jsonl")).unwrap();
    let hostile = header
        .replacen("\"program\":\"", &format!("\"program\":\"{hostile}"), 1)
        .replace("echo_readcb", hostile);
    give(&browser, "h.jsonl", &hostile, "choose");
    browser.wait_for("document.querySelector('.steps [aria-current]')");
    assert_eq!(
        browser.value("document.querySelectorAll('#view img').length"),
        0
    );
    assert!(
        browser
            .text("document.querySelector('.steps').textContent")
            .contains("onerror")
    );
    browser.has_no_errors();
}

#[test]
fn without_the_module_the_page_says_what_to_do() {
    let Some(browser) = shared() else { return };
    browser.open(&site().join("open.html"));
    assert!(
        browser
            .text("document.querySelector('.note').textContent")
            .contains("without the part")
    );
    assert_eq!(
        browser.value("document.querySelectorAll('input').length"),
        0
    );
    browser.has_no_errors();
}
