//! `evscope record`: run a program on libevent or on our reactor, and write down what it does.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::bail;
use clap::ValueEnum;
use evscope_recorder::{Children, Libevent, RecordOptions, Recording, TraceFile, Turn, recover};
use evscope_trace::Level;

use crate::{Outcome, args, output};

/// Run a program that uses libevent or evscope's reactor, and record what happens inside
///
/// The program is not changed and behaves as without evscope; its exit status is given on. It must use
/// libevent 2.1 as a shared library, as programs from a distribution do, or be a Rust program on evscope's
/// reactor.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  evscope record -- tmux new -s demo
  evscope record -o mc.jsonl.zst -- memcached -p 11311
  evscope record --children exec -- ./run-server.sh
  evscope record --recover mc.jsonl.part")]
pub(crate) struct Args {
    #[command(flatten)]
    pub(super) how: How,

    /// The trace [default: the program's name with .jsonl]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Make the trace of a recording whose recorder was killed, from what it left
    #[arg(long, value_name = "FILE.part", conflicts_with = "command")]
    recover: Option<PathBuf>,

    /// The program and its arguments
    #[arg(
        trailing_var_arg = true,
        required_unless_present = "recover",
        value_name = "CMD"
    )]
    command: Vec<OsString>,
}

/// What `record` and `live` share.
#[derive(Debug, clap::Args)]
pub(crate) struct How {
    /// How much to record: 1 program, 2 walkthrough, 3 everything
    #[arg(long, value_name = "LEVEL", default_value = "3", value_parser = args::level)]
    level: Level,

    /// Keep the first N bytes of what goes through buffers; traces get shared, so none by default
    #[arg(long, value_name = "N", default_value_t = 0)]
    payload: u32,

    /// Which processes the program makes are recorded, too: those it forks, or also programs it starts
    #[arg(long, value_name = "WHICH", default_value = "fork")]
    children: Which,

    /// The program loads libevent later, as a plugin
    #[arg(long)]
    late: bool,

    /// A folder of libevent's source: the steps of its own functions point into it
    #[arg(long, value_name = "DIR")]
    libevent_source: Option<PathBuf>,

    /// Room for records that wait for the recorder, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 32)]
    buffer: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Which {
    /// Processes it forks
    Fork,
    /// These, and programs it starts
    Exec,
}

impl How {
    pub(super) fn options(&self, output: &Path) -> RecordOptions {
        let mut options = RecordOptions::new(output).buffer(self.buffer);
        options.level = self.level;
        options.payload = self.payload;
        options.children = match self.children {
            Which::Fork => Children::Fork,
            Which::Exec => Children::Exec,
        };
        if self.late {
            options.libevent = Libevent::Late;
        }
        options.libevent_source.clone_from(&self.libevent_source);
        options.sole = true;
        options
    }
}

/// Between two looks at what the program says.
pub(super) const PAUSE: Duration = Duration::from_millis(2);

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    if let Some(spool) = &args.recover {
        tell(&recover(spool, args.output.as_deref())?);
        return Ok(Outcome::Fine);
    }
    let output = match &args.output {
        Some(output) => output.clone(),
        None => file_for(&args.command),
    };
    if output == Path::new("-") {
        bail!("a trace is not mixed with the program's output; give a file with -o");
    }
    let mut recording = Recording::start(&args.how.options(&output), &args.command)?;
    let mut told = false;
    loop {
        match recording.turn() {
            Turn::Over => break,
            Turn::Background(pid) if !told => {
                told = true;
                output::say(&format!(
                    "the program runs on in the background as process {pid} and is still recorded; \
                     Ctrl-C ends the recording, not the program"
                ));
            }
            Turn::Background(_) | Turn::Running => {}
        }
        std::thread::sleep(PAUSE);
    }
    let outcome = recording.finish();
    tell(&outcome.traces);
    for note in &outcome.notes {
        output::say(note);
    }
    let code = outcome.exit.map_or(0, evscope_recorder::Exit::code);
    Ok(Outcome::Status(u8::try_from(code).unwrap_or(u8::MAX)))
}

/// Says what was written.
pub(super) fn tell(traces: &[TraceFile]) {
    for trace in traces {
        output::say(&format!(
            "wrote {}: {} steps of process {}",
            trace.path.display(),
            trace.steps,
            trace.pid
        ));
    }
}

/// The program's name with `.jsonl`.
pub(super) fn file_for(command: &[OsString]) -> PathBuf {
    let name = command.first().map(Path::new).and_then(Path::file_name);
    let mut name = name.unwrap_or("trace".as_ref()).to_owned();
    name.push(".jsonl");
    name.into()
}
