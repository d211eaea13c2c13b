//! Builds the library that goes into the recorded program, so that it can travel inside the recorder.
//!
//! rustc is called directly: the library has no dependencies but the wire form, which
//! it takes in as files, and a nested cargo would need a target
//! folder, a lock file and possibly the network of its own.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    let preload = PathBuf::from(var("CARGO_MANIFEST_DIR")).join("preload/src");
    let wire = PathBuf::from(var("CARGO_MANIFEST_DIR")).join("../wire/src");
    println!("cargo::rerun-if-changed={}", preload.display());
    println!("cargo::rerun-if-changed={}", wire.display());
    println!("cargo::rerun-if-changed=build.rs");
    let library = PathBuf::from(var("OUT_DIR")).join("libevscope_preload.so");
    let target = var("TARGET");
    // The hooks are written for this one binary interface. Elsewhere the recorder is built without the
    // library, and says so when it is asked to record.
    if target.starts_with("x86_64-") && target.contains("-linux-gnu") {
        build(&preload, &library, &target);
    } else if let Err(error) = std::fs::write(&library, b"") {
        panic!("cannot write {}: {error}", library.display());
    }
}

fn build(preload: &Path, library: &Path, target: &str) {
    let mut rustc = Command::new(var("RUSTC"));
    rustc
        .arg(preload.join("cdylib.rs"))
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
