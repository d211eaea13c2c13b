//! Programs in C on libevent: what they need, and their compiler.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use evscope_exercise::C_HEADER;
use evscope_words::{Text, text};

/// Whether a C program on libevent can be made here; else what is lacking.
pub(crate) fn check() -> Result<(), Text> {
    let mut cc = Command::new("cc");
    let cc = cc.args(["-E", "-x", "c", "-include", "event2/event.h", "/dev/null"]);
    match cc.stdin(Stdio::null()).output() {
        Ok(said) if said.status.success() => Ok(()),
        Ok(_) => Err(text!(exercise_no_libevent)),
        Err(_) => Err(text!(exercise_no_cc)),
    }
}

/// What makes a program of a source file; the header goes beside the program.
pub(super) fn compiler(source: &Path, program: &Path) -> anyhow::Result<Command> {
    let folder = program.parent().unwrap_or(Path::new("."));
    let (name, text) = C_HEADER;
    fs::write(folder.join(name), text)?;
    let mut cc = Command::new("cc");
    cc.args(["-g", "-Wall", "-o"]).arg(program);
    cc.arg(source).arg("-I").arg(folder).arg("-levent");
    Ok(cc)
}
