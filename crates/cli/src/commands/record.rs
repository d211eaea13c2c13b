//! `evscope record`: run a program on libevent or on our reactor, and write down what it does.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use evscope_recorder::{
    Children, Exit, Libevent, RecordOptions, Recording, Sums, TraceFile, TracedProcess, Turn,
    recover,
};
use evscope_trace::Level;
use evscope_words::{Text, text};

use crate::args::Force;
use crate::{Outcome, args, language, output};

/// The status where what was recorded could not all be written: that of other programs which run a program and fail
/// themselves (`env`, `timeout`).
const NOT_WHOLE: u8 = 125;

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

    #[command(flatten)]
    force: Force,

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

    /// Which processes the program makes are recorded, too: none, those it forks, or also programs it starts
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

    /// How large the traces may become together, in MiB; what comes after that is counted
    #[arg(long, value_name = "MIB", default_value_t = RecordOptions::MAX_SIZE >> 20)]
    max_size: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Which {
    /// Only the program itself
    None,
    /// Processes it forks
    Fork,
    /// These, and programs it starts
    Exec,
}

impl How {
    pub(super) fn options(&self, output: &Path, force: Force) -> RecordOptions {
        let mut options = RecordOptions::new(output).buffer(self.buffer);
        options.force = force.force;
        options.max_size = self.max_size.saturating_mul(1 << 20);
        options.level = self.level;
        options.payload = self.payload;
        options.children = match self.children {
            Which::None => Children::None,
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
        return Err(language::wrong(&text!(cli_trace_in_output)));
    }
    let options = args.how.options(&output, args.force);
    let mut recording = Recording::start(&options, &args.command)?;
    let mut told = false;
    loop {
        match recording.turn() {
            Turn::Over => break,
            Turn::Background(pid) if !told => {
                told = true;
                output::tell(&text!(cli_background, pid = pid.to_string()));
            }
            Turn::Background(_) | Turn::Running => {}
        }
        std::thread::sleep(PAUSE);
    }
    let outcome = recording.finish_telling(Progress::new().teller());
    tell_outcome(&outcome);
    Ok(status(&outcome))
}

/// Says how a recording went.
pub(super) fn tell_outcome(outcome: &evscope_recorder::Outcome) {
    tell(&outcome.traces);
    for note in &outcome.notes {
        output::tell(note);
    }
    if !outcome.whole {
        let how = match outcome.exit {
            Some(Exit::Status(status)) => text!(cli_ended_with, status),
            Some(exit) => text!(cli_ended_by_signal, status = exit.code()),
            None => text!(cli_runs_on),
        };
        output::tell(&text!(cli_not_whole, how, status = NOT_WHOLE));
    }
}

/// The status of a recording: the program's, unless what was recorded is not all in the trace.
pub(super) fn status(outcome: &evscope_recorder::Outcome) -> Outcome {
    if !outcome.whole {
        return Outcome::Status(NOT_WHOLE);
    }
    let code = outcome.exit.map_or(0, Exit::code);
    Outcome::Status(u8::try_from(code).unwrap_or(u8::MAX))
}

/// Tells how far the translation is, where that takes longer than a moment.
pub(super) struct Progress {
    /// When to tell it next, and how long to wait then.
    next: Instant,
    wait: Duration,
}

impl Progress {
    pub(super) fn new() -> Self {
        const MOMENT: Duration = Duration::from_secs(1);
        Self {
            next: Instant::now() + MOMENT,
            wait: MOMENT,
        }
    }

    pub(super) fn teller(mut self) -> impl FnMut(u64) {
        move |percent| self.tell(percent)
    }

    /// Less and less often: what takes minutes is not a hundred lines.
    pub(super) fn tell(&mut self, percent: u64) {
        const SELDOM: Duration = Duration::from_secs(10);
        let now = Instant::now();
        if now < self.next {
            return;
        }
        self.wait = (self.wait * 2).min(SELDOM);
        self.next = now + self.wait;
        output::tell(&text!(cli_making, percent));
    }
}

/// Says what was written, and of several, what each is and which to open.
pub(super) fn tell(traces: &[TraceFile]) {
    for trace in traces {
        output::tell(&match traces {
            [_] => text!(
                cli_wrote_process,
                file = trace.path.display(),
                steps = trace.steps,
                pid = trace.pid.to_string(),
            ),
            _ => one_of_several(trace),
        });
    }
    if let [only] = traces
        && only.own.looks_like_a_client()
    {
        output::tell(&text!(cli_looks_like_client));
    }
    let most = traces.iter().max_by_key(|trace| trace.own.steps);
    if let (Some(most), true) = (most, traces.len() > 1) {
        output::tell(&text!(cli_most, file = most.path.display()));
    }
}

fn one_of_several(trace: &TraceFile) -> Text {
    let process = match trace.process {
        TracedProcess::Main => text!(cli_process_main),
        TracedProcess::Forked => text!(cli_process_forked),
        TracedProcess::Background => text!(cli_process_background),
        TracedProcess::Started => text!(cli_process_started),
    };
    let Sums {
        steps,
        bufferevents,
        bytes,
        ..
    } = trace.own;
    let own = match steps == trace.steps {
        true => None,
        false => Some(text!(cli_steps_of_own, steps)),
    };
    text!(
        cli_wrote_one_of,
        file = trace.path.display(),
        steps = trace.steps,
        pid = trace.pid.to_string(),
        process,
        own,
        bufferevents,
        bytes,
    )
}

/// The program's name with `.jsonl`.
pub(super) fn file_for(command: &[OsString]) -> PathBuf {
    let name = command.first().map(Path::new).and_then(Path::file_name);
    let mut name = name.unwrap_or("trace".as_ref()).to_owned();
    name.push(".jsonl");
    name.into()
}
