//! Packs the recorded traces, the documents and their pictures into the binary, so that an installed evscope has them; and
//! says what the target has.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The assets of a packed crate, and those of the project.
const FOLDERS: [&str; 2] = ["assets", "../.."];

/// Where documents and their pictures are, and how their names end.
const DOCUMENTS: [(&str, &str); 7] = [
    ("", "md"),
    ("zh", "md"),
    ("walkthrough", "md"),
    ("walkthrough/zh", "md"),
    ("rules", "md"),
    ("rules/zh", "md"),
    ("images", "svg"),
];

fn main() -> io::Result<()> {
    target();
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let root = root()?;
    let lessons = root.join("docs/lessons");
    println!("cargo::rustc-env=EVSCOPE_LESSONS={}", lessons.display());
    let mut table = String::from("&[\n");
    for (name, path) in traces(&root.join("traces"))? {
        println!("cargo::rerun-if-changed={}", path.display());
        let packed = out.join(format!("{}.jsonl.gz", name.replace('/', "+")));
        let trace = fs::read(&path)?;
        pack(&trace, &packed)?;
        let steps = steps(&trace);
        // A path is written as a Rust string literal, which its debug form is.
        writeln!(
            table,
            "    Builtin {{ name: {name:?}, steps: {steps}, packed: include_bytes!({packed:?}) }},"
        )
        .map_err(io::Error::other)?;
    }
    table.push_str("]\n");
    fs::write(out.join("traces.rs"), table)?;
    fs::write(
        out.join("documents.rs"),
        documents(&root.join("docs"), &out)?,
    )
}

/// The table of the documents and of the pictures in them, by their paths below their folder.
fn documents(folder: &Path, out: &Path) -> io::Result<String> {
    let mut found = Vec::new();
    for (within, ending) in DOCUMENTS {
        let within = folder.join(within);
        println!("cargo::rerun-if-changed={}", within.display());
        if !within.is_dir() {
            continue;
        }
        for entry in fs::read_dir(within)? {
            let path = entry?.path();
            if path.extension().is_some_and(|is| is == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    let mut table = String::from("&[\n");
    for path in found {
        println!("cargo::rerun-if-changed={}", path.display());
        let parts = path.strip_prefix(folder).map_err(io::Error::other)?;
        let parts: Vec<_> = parts.iter().map(|part| part.to_string_lossy()).collect();
        let packed = out.join(format!("docs+{}.gz", parts.join("+")));
        pack(&fs::read(&path)?, &packed)?;
        let name = parts.join("/");
        writeln!(table, "    ({name:?}, include_bytes!({packed:?})),").map_err(io::Error::other)?;
    }
    table.push_str("]\n");
    Ok(table)
}

/// `Cargo.toml` has the same conditions for what the commands are made of.
fn target() {
    let is = |key: &str, value: &str| env::var(key).is_ok_and(|is| is == value);
    let unix = env::var_os("CARGO_CFG_UNIX").is_some();
    let recorder = is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ARCH", "x86_64");
    for (name, has) in [("has_reactor", unix), ("has_recorder", recorder)] {
        println!("cargo::rustc-check-cfg=cfg({name})");
        if has {
            println!("cargo::rustc-cfg={name}");
        }
    }
}

/// Where the traces and lessons are.
fn root() -> io::Result<PathBuf> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let mut folders = FOLDERS.iter().map(|folder| here.join(folder));
    let found = folders.find(|folder| folder.join("traces").is_dir());
    found.ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// The traces by name, in alphabetical order: those of the demos, and below a name of their own those of their twins on
/// libevent.
fn traces(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut found = Vec::new();
    for (folder, before) in [
        (folder.to_owned(), ""),
        (folder.join("libevent"), "libevent/"),
    ] {
        if !folder.exists() {
            continue;
        }
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            if let Some(name) = name.and_then(|name| name.strip_suffix(".jsonl")) {
                found.push((format!("{before}{name}"), path.clone()));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// How many lines are records: every writer puts `seq` first. The binary's tests count again.
fn steps(trace: &[u8]) -> usize {
    let lines = trace.split(|byte| *byte == b'\n');
    lines.filter(|line| line.starts_with(b"{\"seq\":")).count()
}

fn pack(trace: &[u8], to: &Path) -> io::Result<()> {
    let mut output =
        flate2::write::GzEncoder::new(fs::File::create(to)?, flate2::Compression::best());
    output.write_all(trace)?;
    output.finish()?;
    Ok(())
}
