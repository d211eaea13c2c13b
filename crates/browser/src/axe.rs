//! The rules of axe-core, which says what keeps people from using a page.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::Browser;

/// What violates a rule: its name, what it asks for, and where. None where axe-core is not at hand, with a word on stderr.
#[track_caller]
pub(crate) fn violations(browser: &Browser) -> Option<Vec<String>> {
    let script = script()?;
    let is_there = browser.value("typeof axe === 'object'");
    if is_there == Value::Bool(false) {
        let load = json!({ "script": script, "args": [] });
        browser.driver.post("execute/sync", &load);
    }
    // Where a page is a file, its style sheets cannot be asked for; the rules do without.
    let run = "const done = arguments[0]; axe.run({ preload: false }).then(
        ({ violations }) => done(violations.map((it) => it.id + ': ' + it.help + ': '
            + it.nodes.map((node) => node.target + ' ' + node.failureSummary).slice(0, 5).join('; '))),
        (error) => done([String(error)]));";
    let found = browser
        .driver
        .post("execute/async", &json!({ "script": run, "args": [] }));
    let found = found.as_array().map(Vec::as_slice).unwrap_or_default();
    let texts = found.iter().map(|it| it.as_str().unwrap_or_default());
    Some(texts.map(str::to_owned).collect())
}

/// axe-core as the Python package axe-playwright-python brings it: in the Python of `scripts/test`, or the system's.
fn script() -> Option<&'static str> {
    static SCRIPT: OnceLock<Option<String>> = OnceLock::new();
    let script = SCRIPT.get_or_init(|| {
        const WHERE: &str = "
import importlib.util
print(importlib.util.find_spec('axe_playwright_python').submodule_search_locations[0])
";
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let ours = root.join("target/python/bin/python");
        let found = [ours, PathBuf::from("python3")].iter().find_map(|python| {
            let output = Command::new(python).args(["-c", WHERE]).output().ok()?;
            let folder = String::from_utf8(output.stdout).ok()?;
            std::fs::read_to_string(Path::new(folder.trim()).join("axe.min.js")).ok()
        });
        if found.is_none() {
            eprintln!("LEFT OUT without axe-playwright-python (from PyPI): the rules of axe-core");
        }
        found
    });
    script.as_deref()
}
