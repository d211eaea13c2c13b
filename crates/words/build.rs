//! Makes names out of the English texts, so that a message that is not there, or an argument that it does
//! not have, does not compile; and puts all languages into the program.

#[path = "src/messages.rs"]
mod messages;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use messages::Message;

fn main() {
    println!("cargo::rerun-if-changed=lang");
    let folder =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("lang");
    let mut all: Vec<(String, PathBuf)> = Vec::new();
    for language in sorted(&folder) {
        let code = name(&language);
        all.extend(
            sorted(&language)
                .into_iter()
                .map(|file| (code.clone(), file)),
        );
    }

    let mut names = String::new();
    let mut embedded = String::from("pub(crate) const BUILT_IN: &[(&str, &str, &str)] = &[\n");
    for (code, file) in &all {
        let path = file.display();
        let file_name = name(file);
        writeln!(
            embedded,
            "({code:?}, {file_name:?}, include_str!({path:?})),"
        )
        .expect("a string takes all");
        if code == "en" {
            let text = fs::read_to_string(file).expect("the texts can be read");
            for message in messages::of(&text).unwrap_or_else(|faults| panic!("{path}: {faults:?}"))
            {
                name_of(&mut names, &message);
            }
        }
    }
    embedded.push_str("];\n");

    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("names.rs"), names).expect("the names can be written");
    fs::write(out.join("embedded.rs"), embedded).expect("the texts can be written");
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("its entries can be read").path())
        .collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// A message without arguments is a constant, one with arguments a struct that has them as its fields.
fn name_of(out: &mut String, message: &Message) {
    let Message {
        id,
        arguments,
        english,
        ..
    } = message;
    let doc = match english.is_empty() {
        true => format!("{id:?}"),
        // Brackets would be a link.
        false => format!("{:?}", english.replace('[', "\\[").replace(']', "\\]")),
    };
    if arguments.is_empty() {
        writeln!(
            out,
            "#[doc = {doc}]\npub const {id}: crate::Word = crate::Word::named({id:?});"
        )
    } else {
        let fields: String = arguments
            .iter()
            .map(|name| format!("pub {name}: crate::Arg,"))
            .collect();
        let pairs: String = arguments
            .iter()
            .map(|name| format!("({name:?}, text.{name}),"))
            .collect();
        writeln!(
            out,
            "#[doc = {doc}]\npub struct {id} {{ {fields} }}\n\
             impl From<{id}> for crate::Text {{\n\
             fn from(text: {id}) -> Self {{ Self::new({id:?}, vec![{pairs}]) }}\n}}"
        )
    }
    .expect("a string takes all");
}
