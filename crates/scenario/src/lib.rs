//! Scenarios: what an event-driven program does and what happens to it, as text that is written in an editor.
//!
//! A scenario runs on evscope's reactor and on the real libevent, each time by the same calls in the same order, in
//! a time of its own; so its two traces can be compared step for step. `docs/scenarios.md` describes the format.
//!
//! [`Scenario::parse`] reads and checks a text and lowers it to a flat list of instructions. Two interpreters run
//! the same list: [`run`] on the reactor, and a small C program (`driver/`) on libevent, which [`Driver`] compiles
//! and records.
//!
//! To read a scenario works everywhere; to run one needs Unix, and on libevent Linux on x86-64, where there is a recorder.
//!
//! Knows: the format, both libraries' calls, sockets.
//! Never knows: what a trace means, or how it is shown.

mod annotate;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod driver;
mod error;
mod lexer;
mod parse;
#[cfg(unix)]
mod run;
mod scenario;
mod spec;

/// The certificate of a scenario's TLS servers, and its key: for tests only, its key is no secret.
#[cfg(unix)]
const TLS_CERTIFICATE: &str = include_str!("../tls/test-certificate.pem");
#[cfg(unix)]
const TLS_KEY: &str = include_str!("../tls/test-key.pem");

pub use annotate::{AnnotateError, annotate};
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub use driver::{Driver, DriverError};
pub use error::ScenarioError;
pub use parse::{MOST_CALLBACKS, MOST_NAMES, usage};
#[cfg(unix)]
pub use run::{Heard, Limits, Ran, RunError, record, record_and_hear, run};
pub use scenario::{At, Callback, Clause, Instruction, Scenario};
pub use spec::{
    ACCEPTED, COMMON, CallbackSort, Flags, NONE, Need, Op, PLACE, Param, ParamKind, SELF, Scope,
    Sort, Spec,
};
