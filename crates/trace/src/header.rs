//! The first line of a trace.

use std::time::SystemTime;

use serde::Serialize;
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
    /// Fields this version does not know, kept as they were read.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
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
            extra: Map::new(),
        }
    }

    pub(crate) fn from_object(mut object: Map<String, Value>) -> Result<Self, FieldError> {
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
            extra: object,
        })
    }
}
