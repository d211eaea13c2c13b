//! Records real, unmodified programs that use libevent 2.1, as traces that replay like our own reactor's.
//!
//! A small library (`evscope-preload`, built into this one) goes into the program before libevent and writes
//! what happens into a shared ring. Outside, one thread of the recorder moves the records from the ring into
//! a spool file, quickly, so that none is lost; another translates the spool into the vocabulary of
//! `evscope-trace`: addresses become ids, roles and function names, call sites become source lines. Names are
//! looked up here, never in the program.
//!
//! Knows: the wire form, libevent's conventions, processes, ELF and DWARF.
//! Never knows: what a step means for the state, or how it is shown.
//!
//! ```no_run
//! use evscope_recorder::{RecordOptions, record};
//!
//! # fn main() -> Result<(), evscope_recorder::RecordError> {
//! let options = RecordOptions::new("tmux.jsonl".as_ref());
//! let outcome = record(&options, &["tmux".into(), "new".into()])?;
//! for trace in &outcome.traces {
//!     println!("{}: {} steps", trace.path.display(), trace.steps);
//! }
//! # Ok(())
//! # }
//! ```

mod check;
mod clock;
mod files;
mod leave;
mod leftover;
mod library;
mod limits;
mod numbered;
mod numbers;
mod object_file;
mod options;
mod output;
mod pen;
mod recording;
mod ring;
mod run;
mod signals;
mod spool;
mod sums;
mod symbols;
mod traces;
mod translate;
mod worker;

pub use check::{Libevent, Refusal};
pub use leftover::{Leftover, leftover};
pub use options::{Children, HeldClock, Hold, RecordError, RecordOptions, Stdio};
pub use recording::{Outcome, Recording, Turn, record, recover};
pub use run::Exit;
pub use sums::Sums;
pub use traces::{Process as TracedProcess, TraceFile};
