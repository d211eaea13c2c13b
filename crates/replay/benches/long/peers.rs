//! The tools that people use for the same elsewhere.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::cost::cost;
use crate::screen;
use crate::target;

pub(crate) fn report(trace: &Path, records: usize) {
    let file = trace.display();
    let count = format!(
        "import duckdb; print(duckdb.sql(\"SELECT count(*) FROM read_json('{file}', \
         format = 'newline_delimited', columns = {{seq: 'BIGINT', ev: 'VARCHAR'}}) WHERE ev IS NOT NULL\"))"
    );
    let mut duckdb = Command::new(python());
    duckdb.args(["-c", &count]);
    cost("DuckDB counts the steps", &mut duckdb);

    let mut jq = Command::new("jq");
    jq.args(["-n", "reduce inputs as $line (0; . + 1)"])
        .arg(trace);
    cost("jq counts the lines", &mut jq);

    const LNAV: &str = "lnav shows its first line";
    if is_there("lnav") {
        let mut command = portable_pty::CommandBuilder::new("lnav");
        command.arg(trace);
        match screen::first_sight(command, "{\"seq\":", Duration::from_secs(100)) {
            Some(took) => println!("{LNAV:<34} {took:>9.2?}"),
            None => println!("{LNAV:<34}   nothing after 100 s"),
        }
    } else {
        println!("{LNAV:<34} LEFT OUT: it is not installed");
    }

    let recorded = uftrace(records);
    match recorded {
        Ok(folder) => {
            let mut replay = Command::new("uftrace");
            replay.args(["replay", "--no-pager", "-d"]).arg(folder);
            cost("uftrace replays as many records", &mut replay);
        }
        Err(why) => println!("{:<34} LEFT OUT: {why}", "uftrace replays as many records"),
    }
}

/// The Python that has DuckDB: that of scripts/test, or the system's.
fn python() -> PathBuf {
    let own = target().join("python/bin/python");
    if own.exists() { own } else { "python3".into() }
}

fn is_there(program: &str) -> bool {
    let asked = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    asked.is_ok()
}

/// Records a program that calls a function, so that there are as many records: an entry and an exit each.
fn uftrace(records: usize) -> Result<PathBuf, String> {
    if !is_there("uftrace") {
        return Err("it is not installed".to_owned());
    }
    let folder = target().join(format!("tmp/uftrace-{records}"));
    if folder.is_dir() {
        return Ok(folder);
    }
    let source = target().join("tmp/calls.c");
    let program = target().join("tmp/calls");
    let text = "#include <stdlib.h>\n\
        __attribute__((noinline)) void called(void) { __asm__ volatile(\"\"); }\n\
        int main(int n, char **words) { (void)n; for (long i = atol(words[1]); i > 0; i--) called(); return 0; }\n";
    std::fs::write(&source, text).map_err(|error| error.to_string())?;
    let run = |command: &mut Command| match command.stdout(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(status.to_string()),
        Err(error) => Err(error.to_string()),
    };
    run(Command::new("cc")
        .args(["-O1", "-pg", "-o"])
        .args([&program, &source]))?;
    run(Command::new("uftrace")
        .args(["record", "--no-libcall", "-d"])
        .arg(&folder)
        .arg(&program)
        .arg((records / 2).to_string()))?;
    Ok(folder)
}
