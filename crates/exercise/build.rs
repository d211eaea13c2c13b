//! Puts the folders of `exercises/` into the program, so that a new exercise needs no line of Rust.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let folder = here.join("exercises");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut table = String::from("&[\n");
    for name in fs::read_to_string(folder.join("order"))?.split_whitespace() {
        let mut files = Vec::new();
        collect(&folder.join(name), "", &mut files)?;
        writeln!(table, "    ({name:?}, &[").map_err(io::Error::other)?;
        for (file, path) in files {
            // A path is written as a Rust string literal, which its debug form is.
            writeln!(table, "        ({file:?}, include_str!({path:?})),")
                .map_err(io::Error::other)?;
        }
        table.push_str("    ]),\n");
    }
    table.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    fs::write(out.join("exercises.rs"), table)
}

/// The files of a folder and of those below it, by their path in it.
fn collect(folder: &Path, before: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<_>>()?;
    entries.sort();
    for path in entries {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = format!("{before}{}", name.unwrap_or_default());
        println!("cargo::rerun-if-changed={}", path.display());
        if path.is_dir() {
            collect(&path, &format!("{name}/"), files)?;
        } else {
            files.push((name, path));
        }
    }
    Ok(())
}
