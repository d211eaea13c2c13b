//! Checking a trace while it grows.

use std::collections::HashSet;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use evscope_replay::check::{Checker, Finding};
use evscope_replay::{Follower, Update};
use evscope_trace::{Event, Line};
use evscope_words::text;

use super::Args;
use super::report::Report;
use crate::input::{Input, InputPlace, Lacking};
use crate::language;

/// How often a growing trace is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// When nothing has come for so long, the program stands still, and what there is to say of that is said.
const STILL: Duration = Duration::from_secs(2);

/// Tells findings as they come, until the program has ended.
pub(super) fn run(args: &Args, file: &Path, report: &mut Report) -> anyhow::Result<()> {
    let input = Input {
        file: file.to_owned(),
    };
    // One that is not there yet will come.
    let place = if file.exists() {
        input.place()?
    } else {
        InputPlace::File(file.to_owned())
    };
    let InputPlace::File(path) = &place else {
        return Err(language::wrong(&text!(
            cli_follow_needs_file,
            file = file.display()
        )));
    };
    report.begin(file, &place)?;
    let mut follower = Follower::new(path);
    let mut checker = args.checker();
    let mut told = Told::default();
    let mut last = Instant::now();
    let mut still = false;
    let mut lacking = Lacking::default();
    loop {
        let lines = match follower.poll()? {
            Update::Lines(lines) => lines,
            Update::Waiting => Vec::new(),
        };
        lacking.say(&follower);
        if lines.is_empty() {
            if !still && checker.steps() > 0 && last.elapsed() >= STILL {
                still = true;
                report.tell(told.not_yet(checker.if_it_ended()))?;
            }
            sleep(LOOK);
            continue;
        }
        (last, still) = (Instant::now(), false);
        let ended = add(&mut checker, lines);
        report.tell(told.not_yet(checker.take()))?;
        if ended {
            report.tell(told.not_yet(checker.finish()))?;
            return report.end(&checker);
        }
    }
}

fn add(checker: &mut Checker, lines: Vec<Line>) -> bool {
    let mut ended = false;
    for line in lines {
        if let Line::Record(record) = line {
            ended |= matches!(record.event, Event::ProgramExit { .. });
            checker.step(&record);
        }
    }
    ended
}

/// What was told while the program stood still is not told again at its end.
#[derive(Default)]
struct Told(HashSet<(&'static str, usize)>);

impl Told {
    fn not_yet(&mut self, findings: Vec<Finding>) -> Vec<Finding> {
        findings
            .into_iter()
            .filter(|finding| self.0.insert((finding.rule, finding.step)))
            .collect()
    }
}
