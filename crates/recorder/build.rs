//! Builds the library that goes into the recorded program, so that it can travel inside the recorder.
//!
//! rustc is called directly: the library has no dependencies but the wire form, which
//! it takes in as files, and a nested cargo would need a target
//! folder, a lock file and possibly the network of its own.
//!
//! The library is for programs on glibc, also where the recorder itself stands on musl.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

fn main() {
    let preload = PathBuf::from(var("CARGO_MANIFEST_DIR")).join("preload/src");
    println!("cargo::rerun-if-changed={}", preload.display());
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(var("OUT_DIR"));
    let library = out.join("libevscope_preload.so");
    let done = match target() {
        Some(target) => sources(&preload, &out).map(|root| build(&root, &library, &target)),
        None => fs::write(&library, b""),
    };
    if let Err(error) = done {
        panic!("cannot write into {}: {error}", out.display());
    }
}

/// What the library is built for. The hooks are written for one binary interface; elsewhere the recorder is built
/// without the library, and says so when it is asked to record.
fn target() -> Option<String> {
    let is_it = |target: &str| target.starts_with("x86_64-") && target.contains("-linux-gnu");
    let target = var("TARGET");
    if target.starts_with("x86_64-") && target.contains("-linux-musl") {
        // Its standard library is not that of the programs; this machine's may be.
        return Some(var("HOST")).filter(|host| is_it(host));
    }
    Some(target).filter(|target| is_it(target))
}

/// Lays the library's files and those of the wire form beside each other. The first of them is given.
fn sources(preload: &Path, out: &Path) -> io::Result<PathBuf> {
    let (src, wire) = (out.join("preload/src"), out.join("preload/wire"));
    copy(preload, &src)?;
    fs::create_dir_all(&wire)?;
    for (name, text) in evscope_wire::SOURCES {
        fs::write(wire.join(name), text)?;
    }
    Ok(src.join("cdylib.rs"))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to)?;
        } else {
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}

fn build(root: &Path, library: &Path, target: &str) {
    let mut rustc = Command::new(var("RUSTC"));
    rustc
        .arg(root)
        .args(["--crate-name", "evscope_preload", "--crate-type", "cdylib"])
        .args(["--edition", "2024", "--target", target])
        .args(["--cfg", "feature=\"interpose\""])
        .args([
            "-C",
            "opt-level=3",
            "-C",
            "codegen-units=1",
            "-C",
            "lto=fat",
        ])
        // It must not need an unwinder, but exceptions of the program's must get through it.
        .args(["-C", "panic=abort", "-C", "force-unwind-tables=yes"])
        .args(["-C", "strip=debuginfo", "-C", "debuginfo=0"])
        .arg("-o")
        .arg(library)
        // Nothing of what cargo was told for the program itself, such as instrumentation, belongs in it.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    if let Ok(linker) = env::var("RUSTC_LINKER") {
        rustc.args(["-C", &format!("linker={linker}")]);
    }
    match rustc.status() {
        Ok(status) if status.success() => {}
        Ok(status) => panic!("building the preload library failed: {status}"),
        Err(error) => panic!("cannot run {:?}: {error}", rustc.get_program()),
    }
}

fn var(name: &str) -> String {
    match env::var(name) {
        Ok(value) => value,
        Err(error) => panic!("cargo sets {name}: {error}"),
    }
}
