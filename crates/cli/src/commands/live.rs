//! `evscope live`: record a program and watch at once.

use std::ffi::OsString;
use std::fs;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::Duration;

use anyhow::{Context, bail};
use evscope_recorder::{Exit, Recording, Stdio, Turn};
use evscope_replay::{Follower, Lang, Trace, Update};
use evscope_trace::Level;
use evscope_tui::Source;

use super::record::{How, PAUSE, file_for, tell};
use crate::output::Color;
use crate::screen::Begin;
use crate::text::steps::Steps;
use crate::{Outcome, output, screen};

/// Record a program and watch it at once
///
/// The program reads nothing, and what it writes is shown at the end: the terminal is evscope's. With
/// --step it is held at each step until you go on; its clock stands still meanwhile.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope live -- ./hello-world
  evscope live --step -- ./hello-world
  evscope live --step --at 1 -o echo.jsonl -- ./echo 9996")]
pub(crate) struct Args {
    #[command(flatten)]
    how: How,

    /// Hold the program at each step
    #[arg(long)]
    step: bool,

    /// The level of the steps to hold at and to show
    #[arg(long, value_name = "LEVEL", default_value = "2", value_parser = crate::args::level)]
    at: Level,

    /// The trace [default: the program's name with .jsonl]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// The program and its arguments
    #[arg(trailing_var_arg = true, required = true, value_name = "CMD")]
    command: Vec<OsString>,
}

pub(crate) fn run(args: &Args, lang: Lang) -> anyhow::Result<Outcome> {
    let path = args
        .output
        .clone()
        .unwrap_or_else(|| file_for(&args.command));
    if path == Path::new("-") {
        bail!("a trace that is watched is a file; give one with -o");
    }
    let said = path.with_extension("out");
    let mut options = args.how.options(&path);
    options.stdio = Stdio::File(said.clone());
    options.hold = args.step.then_some(args.at);
    // What an earlier recording left is not this program.
    if path.exists() {
        fs::remove_file(&path).with_context(|| path.display().to_string())?;
    }
    let recording = Recording::start(&options, &args.command)?;
    let exit = if args.step {
        step(recording, &path, args.at)?
    } else {
        watch(recording, &path, args.at, lang)?
    };
    show_output(&said)?;
    let code = exit.map_or(0, Exit::code);
    Ok(Outcome::Status(u8::try_from(code).unwrap_or(u8::MAX)))
}

/// What the program wrote, now that the terminal is free.
fn show_output(said: &Path) -> anyhow::Result<()> {
    let text = fs::read(said).with_context(|| said.display().to_string())?;
    fs::remove_file(said)?;
    if !text.is_empty() {
        output::say("the program wrote:");
        io::stdout().write_all(&text)?;
    }
    Ok(())
}

/// Records in another thread while the terminal UI follows the trace. Who quits ends the recording; the
/// program is asked to end.
fn watch(
    mut recording: Recording,
    path: &Path,
    level: Level,
    lang: Lang,
) -> anyhow::Result<Option<Exit>> {
    let over = AtomicBool::new(false);
    let begin = Begin {
        at: None,
        level,
        lang,
    };
    let outcome = std::thread::scope(|scope| {
        let recorder = scope.spawn(|| {
            while recording.turn() == Turn::Running && !over.load(Ordering::Relaxed) {
                std::thread::sleep(PAUSE);
            }
            recording.end_program();
            recording.finish()
        });
        let shown = wait_for(path, || recorder.is_finished())
            .and_then(|()| screen::show_file(Source::Growing(path.to_owned()), begin));
        over.store(true, Ordering::Relaxed);
        let outcome = recorder.join();
        shown.map(|exit| (exit, outcome))
    });
    let (exit, outcome) = outcome?;
    let Ok(outcome) = outcome else {
        bail!("the recording has failed");
    };
    tell(&outcome.traces);
    for note in &outcome.notes {
        output::say(note);
    }
    exit.resignal();
    Ok(outcome.exit)
}

/// Waits until there is something to show.
fn wait_for(path: &Path, over: impl Fn() -> bool) -> anyhow::Result<()> {
    while !fs::metadata(path).is_ok_and(|m| m.len() > 0) {
        if over() {
            bail!("the program did nothing with libevent");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// What the user wants at a stop.
enum Wish {
    /// So many steps.
    Steps(usize),
    /// Let the program run.
    Run,
    /// No more.
    Quit,
}

impl Wish {
    fn of(line: &str) -> Self {
        match line.trim() {
            "" | "n" => Self::Steps(1),
            "c" => Self::Run,
            "q" => Self::Quit,
            other => Self::Steps(other.parse().unwrap_or(0)),
        }
    }
}

const HELP: &str = "Enter: next step · a number: so many · c: run · q: quit";

/// Shows step by step as text; each line from the user lets the program go on.
fn step(mut recording: Recording, path: &Path, level: Level) -> anyhow::Result<Option<Exit>> {
    let lines = stdin_lines();
    let mut steps = Shown::new(path, level);
    let mut credit = 0;
    output::say(HELP);
    loop {
        let turn = recording.turn();
        if turn != Turn::Running {
            break;
        }
        if !recording.is_held() {
            steps.show()?;
            std::thread::sleep(PAUSE);
            continue;
        }
        // What the program is held at may be part of a step that is not whole yet.
        if steps.show()? == 0 {
            recording.release();
            continue;
        }
        if credit > 1 {
            credit -= 1;
            recording.release();
            continue;
        }
        match ask(&lines, &mut recording) {
            Wish::Steps(0) => output::say(HELP),
            Wish::Steps(n) => {
                credit = n;
                recording.release();
            }
            Wish::Run => recording.let_run(),
            Wish::Quit => {
                recording.let_run();
                recording.end_program();
                break;
            }
        }
    }
    let outcome = recording.finish();
    steps.show()?;
    tell(&outcome.traces);
    for note in &outcome.notes {
        output::say(note);
    }
    Ok(outcome.exit)
}

/// The user's lines, as they come.
fn stdin_lines() -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// Waits for the user, and keeps the recording alive meanwhile. Without a user the program runs on.
fn ask(lines: &Receiver<String>, recording: &mut Recording) -> Wish {
    loop {
        match lines.try_recv() {
            Ok(line) => return Wish::of(&line),
            Err(TryRecvError::Disconnected) => return Wish::Run,
            Err(TryRecvError::Empty) => {
                if recording.turn() != Turn::Running {
                    return Wish::Run;
                }
                std::thread::sleep(PAUSE);
            }
        }
    }
}

/// The steps of a growing trace, printed as they come.
struct Shown {
    follower: Follower,
    trace: Option<Trace>,
    level: Level,
}

impl Shown {
    fn new(path: &Path, level: Level) -> Self {
        Self {
            follower: Follower::new(path),
            trace: None,
            level,
        }
    }

    /// Prints what is new; how many steps it was.
    fn show(&mut self) -> anyhow::Result<usize> {
        let update = self.follower.poll()?;
        if let (None, Some(header)) = (&self.trace, self.follower.header()) {
            self.trace = Some(Trace::new("live", header.clone()));
        }
        let (Update::Lines(lines), Some(trace)) = (update, &mut self.trace) else {
            return Ok(0);
        };
        let first = trace.len();
        lines.into_iter().for_each(|line| trace.append(line));
        let text = Steps::new(trace, self.level, Color::Auto.paint());
        let mut out = output::stdout();
        let mut n = 0;
        for step in (first..trace.len()).filter(|step| trace.is_shown(*step, self.level)) {
            text.write(step, &mut out)?;
            n += 1;
        }
        out.flush()?;
        Ok(n)
    }
}
