//! What a recording is to be like, and what can go wrong with it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use evscope_trace::{Kind as Step, Level};
use evscope_wire::{Kind, bit};
use evscope_words::{Text, text};

use crate::check::{Libevent, Refusal};

/// How a program is recorded.
#[derive(Debug, Clone)]
pub struct RecordOptions {
    /// The trace. Other processes of the program get `NAME.PID.jsonl` beside it.
    pub output: PathBuf,
    /// Whether the trace may be written over a file that is no trace.
    pub force: bool,
    /// How many bytes the traces may have together, and the spool as many again. What comes after is counted.
    pub max_size: u64,
    /// The detail to record; less is cheaper for the program.
    pub level: Level,
    /// How many bytes of what goes through buffers to keep; 0: none, since traces get shared.
    pub payload: u32,
    /// What becomes of processes that the program starts.
    pub children: Children,
    /// How the program comes to libevent.
    pub libevent: Libevent,
    /// This process has no children but the recording's, so every orphan may be waited for.
    pub sole: bool,
    /// Slots in the ring, a power of two; 64 bytes each.
    pub slots: u64,
    /// A folder of libevent's source: steps of its own point into it.
    pub libevent_source: Option<PathBuf>,
    /// What the program's environment has besides the recorder's own.
    pub environment: Vec<(String, String)>,
    /// Where the program reads and writes.
    pub stdio: Stdio,
    /// Begin with the program held at its first step (see [`Recording::hold`]).
    ///
    /// [`Recording::hold`]: crate::Recording::hold
    pub hold: Option<Hold>,
}

/// How a program is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// Up to this level.
    pub level: Level,
    /// What its clock does meanwhile.
    pub clock: HeldClock,
}

impl Hold {
    /// At the steps up to a level, with a clock that stands still.
    pub fn at(level: Level) -> Self {
        Self {
            level,
            clock: HeldClock::Still,
        }
    }
}

/// What the clock of a held program does, by which its timeouts run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HeldClock {
    /// It stands still, so that they do not all run out because somebody is thinking.
    #[default]
    Still,
    /// It runs on.
    Runs,
}

/// Where a program's standard streams go.
#[derive(Debug, Clone, Default)]
pub enum Stdio {
    /// To the recorder's own: the program behaves as without it.
    #[default]
    Inherit,
    /// It reads nothing and writes into this file: something else is on the terminal. A process that outlives the
    /// recorder still has it.
    Into(Arc<File>),
}

/// Which processes are recorded besides the program itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Children {
    /// None.
    None,
    /// Those it forks, if they go on to use libevent: workers, daemons.
    #[default]
    Fork,
    /// These, and the programs that they start.
    Exec,
}

impl RecordOptions {
    /// 524,288 slots are 32 MiB: a quarter of a second at two million records a second, in which the recorder
    /// need not run at all.
    const SLOTS: u64 = 1 << 19;

    /// 2 GiB: what a program that spins writes in a few seconds.
    pub const MAX_SIZE: u64 = 2 << 30;

    /// Everything, to the file `output`, without payload.
    pub fn new(output: &Path) -> Self {
        Self {
            output: output.to_owned(),
            force: false,
            max_size: Self::MAX_SIZE,
            level: Level::Everything,
            payload: 0,
            children: Children::default(),
            libevent: Libevent::default(),
            sole: false,
            slots: Self::SLOTS,
            libevent_source: None,
            environment: Vec::new(),
            stdio: Stdio::default(),
            hold: None,
        }
    }

    /// A ring of about so many MiB.
    pub fn buffer(mut self, mib: u64) -> Self {
        let slots = (mib.clamp(1, 4096) << 20) / size_of::<evscope_wire::Slot>() as u64;
        self.slots = slots.next_power_of_two();
        self
    }

    /// The kinds of the wire that the level needs.
    pub(crate) fn wanted(&self) -> [u64; 2] {
        up_to(self.level)
    }
}

/// The kinds that a level needs.
pub(crate) fn up_to(level: Level) -> [u64; 2] {
    let mut set = [0; 2];
    for &kind in Kind::ALL {
        if level_of(kind) <= level {
            let (word, bit) = bit(kind as u8);
            set[word] |= bit;
        }
    }
    set
}

/// The level that needs a kind: the lowest that shows a step of it, where the table says no other.
fn level_of(kind: Kind) -> Level {
    let said = kind.needed_from().and_then(Level::from_number);
    let steps = kind.steps().iter().filter_map(|step| Step::named(step));
    let shown = steps.map(|step| step.level).min();
    said.or(shown).unwrap_or(Level::Program)
}

/// Why there is no recording, or no trace of it.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The program cannot be recorded.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// No command was given.
    #[error("{}", self.text())]
    NoCommand,
    /// The trace cannot be written where it was asked for.
    #[error("{}", self.text())]
    Output {
        /// The file.
        path: String,
        /// Why not.
        error: io::Error,
    },
    /// The ring, the spool or the library cannot be made.
    #[error("{}", self.text())]
    Prepare {
        /// What was to be made.
        what: Text,
        /// Why not.
        error: io::Error,
    },
    /// No folder has the room for the ring.
    #[error("{}", self.text())]
    Room {
        /// How much.
        mib: u64,
        /// Where it was looked for.
        folders: String,
        /// What the last of them that lacks room said.
        error: io::Error,
    },
    /// The program does not start.
    #[error("{}", self.text())]
    Start {
        /// The program.
        program: String,
        /// Why not.
        error: io::Error,
    },
    /// Where it would write lies a recording that nobody has made a trace of.
    #[error("{}", self.text())]
    Unfinished {
        /// The file.
        path: String,
        /// It, and what else was left.
        all: String,
    },
    /// Another recorder writes there.
    #[error("{}", self.text())]
    InUse {
        /// The file.
        path: String,
    },
    /// Where it would write lies a file that is not a recorder's.
    #[error("{}", self.text())]
    Foreign {
        /// The file.
        path: String,
    },
    /// A spool cannot be read.
    #[error("{}", self.text())]
    Recover {
        /// The file.
        path: String,
        /// Why not.
        error: io::Error,
    },
}

impl RecordError {
    /// In words.
    fn text(&self) -> Text {
        match self {
            Self::Refused(refusal) => refusal.text(),
            Self::NoCommand => text!(record_no_command),
            Self::Output { path, error } => text!(record_output, path, error),
            Self::Prepare { what, error } => text!(record_prepare, what, error),
            Self::Room {
                mib,
                folders,
                error,
            } => text!(record_no_room, mib, folders, error),
            Self::Start { program, error } => text!(record_start, program, error),
            Self::Unfinished { path, all } => text!(record_unfinished, path, all),
            Self::InUse { path } => text!(record_in_use, path),
            Self::Foreign { path } => text!(record_foreign, path),
            Self::Recover { path, error } => text!(record_recover, path, error),
        }
    }
}
