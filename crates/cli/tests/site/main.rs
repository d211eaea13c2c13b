//! `evscope site`: what it writes, and how a reader uses it in a real browser.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows only test functions as tests, not their helpers"
)]

mod course;
mod links;
mod own;
mod pages;
mod teacher;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// Runs evscope where nobody has any settings.
fn evscope(arguments: &[&str]) -> Output {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_evscope"));
    for variable in [
        "LC_ALL",
        "LC_MESSAGES",
        "LANG",
        "EVSCOPE_CONFIG",
        "EVSCOPE_LOG",
    ] {
        command.env_remove(variable);
    }
    for variable in [
        "HOME",
        "XDG_CONFIG_HOME",
        "XDG_STATE_HOME",
        "XDG_CACHE_HOME",
        "APPDATA",
    ] {
        command.env(variable, home.path());
    }
    command.args(arguments).output().unwrap()
}

/// The folder of the site that all tests look at. It is written once, and left in the folder of the tests.
fn site() -> &'static Path {
    static SITE: OnceLock<PathBuf> = OnceLock::new();
    SITE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("site");
        write(&folder, &[]);
        folder
    })
}

fn write(folder: &Path, more: &[&str]) {
    let mut arguments = vec!["site", "-o", folder.to_str().unwrap()];
    arguments.extend(more);
    let ran = evscope(&arguments);
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
}

/// The files below a folder, by their paths from it.
fn files(folder: &Path) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let parts: Vec<_> = path.strip_prefix(folder).unwrap().iter().collect();
            let parts: Vec<&str> = parts.iter().map(|part| part.to_str().unwrap()).collect();
            found.insert(parts.join("/"), path);
        }
    }
    found
}
