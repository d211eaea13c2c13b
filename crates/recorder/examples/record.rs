//! Records a program: `cargo run -p evscope-recorder --example record -- OUT.jsonl PROGRAM [ARGUMENTS]`.

use std::ffi::OsString;

use evscope_recorder::{RecordOptions, record};

fn main() {
    let mut args = std::env::args_os().skip(1);
    let output: OsString = args.next().unwrap_or_else(|| "trace.jsonl".into());
    let command: Vec<OsString> = args.collect();
    let mut options = RecordOptions::new(output.as_ref());
    options.sole = true;
    match record(&options, &command) {
        Ok(outcome) => {
            for trace in &outcome.traces {
                eprintln!(
                    "{}: {} steps of process {}",
                    trace.path.display(),
                    trace.steps,
                    trace.pid
                );
            }
            for note in &outcome.notes {
                eprintln!("{note}");
            }
            std::process::exit(outcome.exit.map_or(0, evscope_recorder::Exit::code));
        }
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(2);
        }
    }
}
