//! The first line of a trace.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::field::{FieldError, take};

/// The unit of every time in a trace.
pub(crate) const UNIT: &str = "ns";

/// The version of the format this crate writes, and the newest it reads.
pub const FORMAT_VERSION: u32 = 1;

/// What the whole trace is about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Header {
    /// The format's version.
    pub evscope: u32,
    /// The program that was traced.
    pub program: String,
    /// The library it ran on, with its version.
    pub library: String,
    /// The library's backend (`epoll`, …).
    pub backend: String,
    /// The program's process id.
    pub pid: u32,
    /// When the trace began, RFC 3339.
    pub started: String,
    /// The clock of `t`.
    pub clock: String,
    /// The unit of `t` and of every other time.
    pub unit: String,
    /// What the process did before it was forked off stands in another trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continues: Option<Continues>,
    /// Fields this version does not know, kept as they were read.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The trace that another one goes on with: what a process did before another one was forked off is told once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Continues {
    /// The file's name. It lies in the folder of the trace that goes on.
    pub trace: String,
    /// The process that is in it.
    pub pid: u32,
    /// So many of its steps come before those of the trace that goes on, with those that it goes on with itself.
    pub records: u64,
    /// Members this version does not know, kept as they were read.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Continues {
    /// The first `records` steps of the process `pid`, in the file `trace`.
    pub fn new(trace: impl Into<String>, pid: u32, records: u64) -> Self {
        Self {
            trace: trace.into(),
            pid,
            records,
            extra: Map::new(),
        }
    }
}

impl Header {
    /// A header for a program that starts now, in this process.
    pub fn new(program: &str, library: &str, backend: &str) -> Self {
        Self {
            evscope: FORMAT_VERSION,
            program: program.to_owned(),
            library: library.to_owned(),
            backend: backend.to_owned(),
            pid: std::process::id(),
            started: humantime::format_rfc3339_millis(SystemTime::now()).to_string(),
            clock: "monotonic".to_owned(),
            unit: UNIT.to_owned(),
            continues: None,
            extra: Map::new(),
        }
    }

    /// What stands for a header before it is read. It asks nothing of the system, which may have no processes and no time.
    pub(crate) fn unread() -> Self {
        Self {
            evscope: 0,
            program: String::new(),
            library: String::new(),
            backend: String::new(),
            pid: 0,
            started: String::new(),
            clock: String::new(),
            unit: String::new(),
            continues: None,
            extra: Map::new(),
        }
    }

    pub(crate) fn from_object(mut object: Map<String, Value>) -> Result<Self, FieldError> {
        let continues = object
            .remove("continues")
            .map_or(Ok(None), serde_json::from_value)
            .map_err(|error| FieldError::Invalid("continues", error.to_string()))?;
        let from = &mut object;
        Ok(Self {
            evscope: take(from, "evscope")?,
            program: take(from, "program")?,
            library: take(from, "library")?,
            backend: take(from, "backend")?,
            pid: take(from, "pid")?,
            started: take(from, "started")?,
            clock: take(from, "clock")?,
            unit: take(from, "unit")?,
            continues,
            extra: object,
        })
    }
}
