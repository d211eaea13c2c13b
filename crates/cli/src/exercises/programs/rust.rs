//! Programs in Rust on evscope's own reactor. Its sources come out of evscope and are compiled once, by the user's cargo,
//! into a folder of the user's cache; a learner's program is then one call of rustc.
//!
//! Cargo builds only what came out of evscope. What a learner writes has no build script, and is compiled within the
//! limits of the judge.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::SystemTime;

use anyhow::{Context, anyhow};
use evscope_exercise::{Exercise, RUST_SUPPORT};
use evscope_words::text;
use serde::Deserialize;

use super::first_lines;
use crate::{dirs, language, output};

/// The sources of the reactor and of what it needs of evscope, packed: for each file its length and its path in a line,
/// and then its text.
const SOURCES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/sources.gz"));

/// What the folder's name begins with.
const FOLDER: &str = "reactor-";

/// The crates that a program names.
const CRATES: [&str; 2] = ["evscope_reactor", "exercise"];

/// The package of the crate `exercise`. Its versions are those that evscope itself was made with.
const MANIFEST: &str = r#"[package]
name = "exercise"
version = "0.0.0"
edition = "2024"
publish = false

[lib]
path = "exercise.rs"

[dependencies]
evscope-reactor = { path = "../crates/reactor" }
rustix = { version = "1", features = ["net", "process"] }

[profile.dev]
debug = false
incremental = false

[workspace]
"#;

/// Makes sure that programs in Rust can be made here; else says what is lacking. The first time it takes a minute.
pub(crate) fn prepare() -> anyhow::Result<()> {
    let mut cargo = Command::new("cargo");
    let version = cargo.arg("--version").stdin(Stdio::null()).output();
    if !version.is_ok_and(|said| said.status.success()) {
        return Err(language::wrong(&text!(exercise_no_cargo)));
    }
    let folder = unpacked()?;
    if !arguments(&folder).exists() {
        output::tell(&text!(exercise_reactor, folder = folder.display()));
    }
    let mut built = build(&folder, &["--offline"])?;
    if !built.status.success() {
        // What it depends on is not here yet.
        built = build(&folder, &[])?;
    }
    if !built.status.success() {
        let said = first_lines(&built.stderr);
        return Err(language::wrong(&text!(exercise_no_reactor, said)));
    }
    let arguments_text = said_by_cargo(&built.stdout)?;
    Ok(dirs::replace(&arguments(&folder), &arguments_text)?)
}

/// What makes a program of a source file, once it was prepared.
pub(super) fn compiler(source: &Path, program: &Path) -> anyhow::Result<Command> {
    let folder = folder()?;
    let mut arguments_file = OsString::from("@");
    arguments_file.push(arguments(&folder));
    let mut rustc = Command::new("rustc");
    // Where cargo has compiled the reactor, so that a toolchain that is chosen by folder is the same.
    rustc.current_dir(folder.join("exercise"));
    rustc.arg(arguments_file).arg("-o").arg(program).arg(source);
    Ok(rustc)
}

/// What stands beside a program for an editor and for cargo by hand: a file's path in the program's folder, and its text.
pub(crate) fn beside(exercise: &Exercise) -> anyhow::Result<Vec<(&'static str, String)>> {
    let folder = folder()?;
    let name = &exercise.name;
    let path = |inner: &str| format!("{:?}", folder.join(inner).display().to_string());
    let manifest = format!(
        "# For editors, and for cargo by hand. evscope judges {name}.rs by itself.\n\
         [package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [[bin]]\nname = {name:?}\npath = \"{name}.rs\"\n\n\
         [dependencies]\nevscope-reactor = {{ path = {} }}\nexercise = {{ path = {} }}\n\n\
         [workspace]\n",
        path("crates/reactor"),
        path("exercise"),
    );
    let config = format!("[build]\ntarget-dir = {}\n", path("by-hand"));
    let lock = fs::read_to_string(folder.join("exercise/Cargo.lock"))?;
    Ok(vec![
        ("Cargo.toml", manifest),
        ("Cargo.lock", lock),
        (".cargo/config.toml", config),
    ])
}

/// Where the sources of this evscope are, or will be: another one has others.
fn folder() -> anyhow::Result<PathBuf> {
    let cache = dirs::cache().ok_or_else(|| language::wrong(&text!(exercise_no_cache)))?;
    let mut sum = DefaultHasher::new();
    (SOURCES, RUST_SUPPORT, MANIFEST).hash(&mut sum);
    let (version, sum) = (env!("CARGO_PKG_VERSION"), sum.finish());
    Ok(cache.join(format!("{FOLDER}{version}-{sum:016x}")))
}

/// What rustc is told so that it finds the crates.
fn arguments(folder: &Path) -> PathBuf {
    folder.join("rustc.args")
}

/// The folder with the sources in it. They are put there under another name first: another evscope may do the same.
fn unpacked() -> anyhow::Result<PathBuf> {
    let folder = folder()?;
    if folder.exists() {
        return Ok(folder);
    }
    let parent = folder.parent().unwrap_or(Path::new("."));
    let wrong = |error: io::Error| anyhow!("{}: {error}", folder.display());
    fs::create_dir_all(parent).map_err(wrong)?;
    let new = tempfile::tempdir_in(parent).map_err(wrong)?;
    unpack(new.path()).map_err(wrong)?;
    match fs::rename(new.path(), &folder) {
        Ok(()) => {
            let _gone = new.keep();
            forget_others(parent, &folder);
        }
        Err(_) if folder.exists() => {}
        Err(error) => return Err(wrong(error)),
    }
    Ok(folder)
}

/// So many compiled reactors of other evscopes stay: those that were used last.
const OTHERS: usize = 1;

/// Removes what evscopes of before have left: each is large, and can be made again.
fn forget_others(parent: &Path, own: &Path) {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut others: Vec<(SystemTime, PathBuf)> = entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(FOLDER))
        .map(|entry| entry.path())
        .filter(|path| path != own)
        .map(|path| {
            // It is written at each use; another evscope may be compiling what it has just put there.
            let used = fs::metadata(arguments(&path)).or_else(|_| fs::metadata(&path));
            let used = used.and_then(|file| file.modified());
            (used.unwrap_or(SystemTime::UNIX_EPOCH), path)
        })
        .collect();
    others.sort();
    others.reverse();
    for (_, path) in others.into_iter().skip(OTHERS) {
        if let Err(error) = fs::remove_dir_all(&path) {
            log::warn!("{}: {error}", path.display());
        }
    }
}

fn unpack(folder: &Path) -> io::Result<()> {
    let mut packed = evscope_trace::read(SOURCES)?;
    let mut head = String::new();
    while packed.read_line(&mut head)? > 0 {
        let (len, path) = head
            .trim_end()
            .split_once(' ')
            .ok_or(io::ErrorKind::InvalidData)?;
        let len = len.parse().map_err(io::Error::other)?;
        let mut text = Vec::new();
        packed.by_ref().take(len).read_to_end(&mut text)?;
        write(&folder.join(path), &text)?;
        head.clear();
    }
    let own = folder.join("exercise");
    write(&own.join("exercise.rs"), RUST_SUPPORT.as_bytes())?;
    write(&own.join("Cargo.toml"), MANIFEST.as_bytes())?;
    fs::rename(folder.join("Cargo.lock"), own.join("Cargo.lock"))
}

fn write(file: &Path, text: &[u8]) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    io::Write::write_all(&mut File::create(file)?, text)
}

/// Compiles the crates, if that was not done yet by this compiler. Several evscopes wait for one another: cargo sees to
/// that.
fn build(folder: &Path, options: &[&str]) -> anyhow::Result<Output> {
    let own = folder.join("exercise");
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(&own)
        .args(["build", "--quiet"])
        .args(options);
    cargo.arg("--message-format=json-render-diagnostics");
    cargo.arg("--target-dir").arg(folder.join("target"));
    cargo.stdin(Stdio::null()).output().context("cargo")
}

/// A line of what cargo says.
#[derive(Deserialize)]
struct Said {
    target: Option<Target>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// The compiled crates, as rustc is told of them. A line is an argument.
fn said_by_cargo(said: &[u8]) -> anyhow::Result<String> {
    let mut text =
        String::from("--crate-name=program\n--edition=2024\n--cap-lints=allow\n-Cdebuginfo=1\n");
    let mut folders = BTreeSet::new();
    for line in String::from_utf8_lossy(said).lines() {
        let said: Said = serde_json::from_str(line).context("cargo")?;
        let libraries = said.filenames.iter().filter(|file| is_library(file));
        for file in libraries {
            folders.extend(file.parent().map(Path::to_owned));
            if let Some(target) = said.target.as_ref()
                && CRATES.contains(&target.name.replace('-', "_").as_str())
                && file.extension().is_some_and(|ending| ending == "rlib")
            {
                let name = target.name.replace('-', "_");
                text.push_str(&format!("--extern={name}={}\n", file.display()));
            }
        }
    }
    for folder in folders {
        text.push_str(&format!("-Ldependency={}\n", folder.display()));
    }
    Ok(text)
}

fn is_library(file: &Path) -> bool {
    let ending = file.extension().and_then(|ending| ending.to_str());
    matches!(ending, Some("rlib" | "rmeta" | "so"))
}
