//! Says where the documents are that this crate reads: beside it in a packed crate, else in the project.

use std::env;
use std::path::Path;

fn main() {
    let here = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let packed = Path::new(&here).join("assets");
    let docs = match packed.is_dir() {
        true => packed.join("docs"),
        false => Path::new(&here).join("../../docs"),
    };
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-env=EVSCOPE_DOCS={}", docs.display());
}
