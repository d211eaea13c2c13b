//! What recording costs where much is recorded of little work: messages to and fro over bufferevents.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use evscope_recorder::{RecordOptions, Recording, Stdio, Turn};
use evscope_trace::Level;

use super::{RUNS, used_by};

const CONNECTIONS: u32 = 100;
const MESSAGES: u32 = 100_000;

/// What a run took, in seconds.
struct Run {
    /// The messages, as the program says.
    messages: f64,
    /// The recorder's processor time, from its start until the trace was finished.
    recorder: f64,
    /// From the program's end until the trace was finished.
    end: f64,
    steps: u64,
}

/// The same messages without a recording, and at two levels, in turn.
pub(super) fn messages(folder: &Path, program: &Path) {
    let ways = [
        ("alone", None, f64::INFINITY),
        ("recorded, level 2", Some(Level::Walkthrough), 1.3),
        ("recorded, level 3", Some(Level::Everything), 1.6),
    ];
    let mut runs = [const { Vec::new() }; 3];
    for _ in 0..RUNS {
        for ((_, level, _), runs) in ways.iter().zip(&mut runs) {
            runs.push(match level {
                None => alone(program),
                Some(level) => recorded(folder, program, *level),
            });
        }
    }
    println!(
        "{:38}{:>11}{:>7}{:>9}{:>11}{:>15}{:>15}",
        "", "µs/message", "ratio", "records", "ns/record", "recorder µs/r", "end µs/record"
    );
    let usual = median(&runs[0], |run| run.messages);
    for ((title, level, limit), runs) in ways.iter().zip(&runs) {
        let took = median(runs, |run| run.messages);
        let ratio = took / usual;
        let each = 1e6 / f64::from(MESSAGES);
        print!("{title:38}{:>11.2}{ratio:>7.2}", took * each);
        if level.is_some() {
            let steps = runs[0].steps as f64;
            let of_recorder = median(runs, |run| run.recorder) * 1e6 / steps;
            let of_end = median(runs, |run| run.end) * 1e6 / steps;
            print!("{steps:>9.0}{:>11.1}", (took - usual) * 1e9 / steps);
            print!("{of_recorder:>15.2}{of_end:>15.2}");
        }
        println!("{}", if ratio > *limit { "  missed" } else { "" });
    }
    println!();
}

fn arguments() -> [String; 3] {
    [
        "pingpong".into(),
        CONNECTIONS.to_string(),
        MESSAGES.to_string(),
    ]
}

fn alone(program: &Path) -> Run {
    let output = Command::new(program).args(arguments()).output().unwrap();
    Run {
        messages: super::seconds(&String::from_utf8_lossy(&output.stdout)).unwrap(),
        recorder: 0.0,
        end: 0.0,
        steps: 0,
    }
}

fn recorded(folder: &Path, program: &Path, level: Level) -> Run {
    const PAUSE: Duration = Duration::from_millis(2);
    let said = folder.join("said");
    let mut options = RecordOptions::new(&folder.join("trace.jsonl"));
    options.level = level;
    options.stdio = Stdio::Into(std::sync::Arc::new(std::fs::File::create(&said).unwrap()));
    let mut command = vec![program.into()];
    command.extend(arguments().map(Into::into));
    let before = used_by(libc::RUSAGE_SELF);
    let mut recording = Recording::start(&options, &command).unwrap();
    while recording.turn() != Turn::Over {
        std::thread::sleep(PAUSE);
    }
    let ended = Instant::now();
    let outcome = recording.finish();
    assert_eq!(outcome.lost, 0, "records were lost");
    Run {
        messages: super::seconds(&std::fs::read_to_string(said).unwrap()).unwrap(),
        recorder: used_by(libc::RUSAGE_SELF) - before,
        end: ended.elapsed().as_secs_f64(),
        steps: outcome.traces[0].steps,
    }
}

fn median(runs: &[Run], of: impl Fn(&Run) -> f64) -> f64 {
    let mut times: Vec<f64> = runs.iter().map(of).collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
