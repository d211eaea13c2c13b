//! The trace format, held to its word: what is written is read again, what is not known survives, what
//! is wrong is named, and the specification and the schema say the same as the code.
//!
//! The specification's table of events and the schema are made from the vocabulary:
//! `UPDATE_DOCS=1 cargo test -p evscope-trace` writes them anew.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows only test functions as tests, not their helpers"
)]

mod arbitrary;
mod batches;
mod bounds;
#[cfg(feature = "compression")]
mod claims;
#[cfg(feature = "compression")]
mod compressed;
mod continues;
mod docs;
mod kinds;
mod reading;
mod schema;
mod support;
