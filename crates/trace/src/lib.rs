//! The vocabulary of evscope: what a trace says, and how it is written down.
//!
//! A trace is a [`Header`], then [`Record`]s (one step of the program each) and [`SourceText`]s (the
//! functions the records point into), as JSON Lines. Producers (the reactor, the recorder) make
//! records; the replay, the exports and the terminal UI read them. They share this crate and nothing
//! else, so a trace of our reactor and a trace of real libevent look the same from above.
//!
//! Knows: event names, their fields, detail level and lane; ids and flags; the JSON form; where the functions of a
//! source file are and what its words are, which producers and readers ask alike.
//! Never knows: who produced a trace, what a step means for the state, or how it is shown.
//!
//! To add an event kind, add it to the table in [`vocabulary`](mod@vocabulary): the name, its fields,
//! level and lane stand there together. How a libevent program says it, the table of records does
//! (`evscope_wire`). Tests then name the places that must say something about it.

#![forbid(unsafe_code)]

mod batch;
mod before;
mod bounds;
mod brief;
mod claim;
mod errno;
mod field;
mod file;
mod file_id;
mod flags;
mod form;
mod functions;
mod header;
mod ids;
mod inner;
mod intake;
pub mod json;
mod kind;
mod known_line;
pub mod lexer;
mod order;
mod packed;
mod parser;
mod place_texts;
mod places;
mod reader;
mod record;
mod scan;
mod scanned;
mod source;
mod step;
mod store;
mod texts;
mod unread;
mod value;
mod visible;
pub mod vocabulary;
mod words;
mod writer;
#[cfg(feature = "compression")]
mod zstandard;

pub use batch::{Batch, Ending};
pub use bounds::LONGEST_LINE;
pub use brief::{Brief, BriefLine};
pub use claim::{Claim, InTheWay, Over, begins_a_trace, is_trace, replace};
pub use errno::errno_name;
pub use field::FieldError;
pub use file::{Compression, Output, create, create_over, open, read};
pub use file_id::FileId;
pub use flags::{BevEvents, BevOptions, EvFlags, ListenerOptions, LoopFlags, SuspendReasons};
pub use form::Form;
pub use functions::{Function, FunctionFolder, Functions, closing_line};
pub use header::{Continues, FORMAT_VERSION, Header};
pub use ids::{BaseId, BevId, BufId, EventId, ListenerId, ThreadId};
pub use inner::is_inner_callback;
pub use intake::Intake;
pub use kind::{FieldInfo, Kind, Presence, Shape, Subject};
pub use known_line::KnownLine;
pub use order::Order;
pub use parser::Parser;
pub use place_texts::PlaceTexts;
pub use reader::{CutOff, Line, ReadError, Reader};
pub use record::{Nanos, Objects, Payload, Record, RecordRef, SourceLine};
pub use source::SourceText;
pub use step::{Short, Step};
pub use store::{Packer, Patterns};
pub use value::{FieldKind, FieldValue, FlagSet};
pub use visible::{Filter, is_hidden, visible};
pub use vocabulary::{Event, Lane, Level, Text, steps};
pub use words::{ActiveWhy, BufferEnd, ConnectProgress, Crossing, Mark, Phase, Role, Side};
pub use writer::Writer;
