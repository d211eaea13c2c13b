//! Packs the recorded traces, the documents and their pictures into the binary, so that an installed evscope has them, and
//! the sources of the reactor, which exercises in Rust are compiled with; and says what the target has.

use std::fmt::Write as _;
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
    )?;
    sources(&root, &out.join("sources.gz"))
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

/// The crates that a program on the reactor is compiled with.
const CRATES: [&str; 5] = ["instrument", "reactor", "trace", "wire", "words"];
/// What of a crate is needed for that, besides its manifest.
const PARTS: [&str; 3] = ["build.rs", "lang", "src"];
/// The sections of a manifest that are not: what tests and measurements need.
const NOT_NEEDED: [&str; 3] = ["[dev-dependencies]", "[[bench]]", "[package.metadata"];

/// Packs the sources: for each file its length and its path in a line, and then its text.
fn sources(root: &Path, to: &Path) -> io::Result<()> {
    let mut all = Vec::new();
    let mut add = |path: &str, text: &str| {
        all.extend_from_slice(format!("{} {path}\n{text}", text.len()).as_bytes());
    };
    let workspace = section_by_section(&manifest(root)?, |head| head.starts_with("[workspace."));
    add(
        "Cargo.toml",
        &format!("[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n\n{workspace}"),
    );
    add("Cargo.lock", &fs::read_to_string(root.join("Cargo.lock"))?);
    for name in CRATES {
        let folder = root.join("crates").join(name);
        let own = section_by_section(&manifest(&folder)?, |head| {
            !NOT_NEEDED.iter().any(|section| head.starts_with(section))
        });
        add(&format!("crates/{name}/Cargo.toml"), &own);
        let parts = PARTS.iter().map(|part| folder.join(part));
        for part in parts.filter(|part| part.exists()) {
            let mut files = Vec::new();
            collect(&part, &mut files)?;
            for file in files {
                let inner = file.strip_prefix(root).map_err(io::Error::other)?;
                let inner = inner.to_string_lossy().replace('\\', "/");
                add(&inner, &fs::read_to_string(&file)?);
            }
        }
        println!("cargo::rerun-if-changed={}", folder.display());
    }
    pack(&all, to)
}

/// The manifest of a folder. In a packed crate it has another name: with its own, cargo would leave the folder out.
fn manifest(folder: &Path) -> io::Result<String> {
    let found = fs::read_to_string(folder.join("Cargo.toml"));
    found.or_else(|_| fs::read_to_string(folder.join("Cargo.toml.packed")))
}

/// What is left of a manifest with only some of its sections. What stands before the first one has the head of none.
fn section_by_section(manifest: &str, is_needed: impl Fn(&str) -> bool) -> String {
    let mut needed = is_needed("");
    let mut left = String::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            needed = is_needed(line);
        }
        if needed {
            left.push_str(line);
            left.push('\n');
        }
    }
    left
}

/// The files of a folder and of those below it, or a file itself.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries: Vec<PathBuf> = fs::read_dir(path)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<_>>()?;
    entries.sort();
    entries.iter().try_for_each(|entry| collect(entry, files))
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

#[cfg(feature = "compression")]
fn pack(trace: &[u8], to: &Path) -> io::Result<()> {
    use std::io::Write;

    let mut output =
        flate2::write::GzEncoder::new(fs::File::create(to)?, flate2::Compression::best());
    output.write_all(trace)?;
    output.finish()?;
    Ok(())
}

/// What is packed is told by its content, so what is not can stand in its place.
#[cfg(not(feature = "compression"))]
fn pack(trace: &[u8], to: &Path) -> io::Result<()> {
    fs::write(to, trace)
}
