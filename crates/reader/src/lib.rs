//! Reads a trace in a browser, and says what the view of an exported page needs to show it. `scripts/site` compiles it to
//! WebAssembly; `crates/site/src/assets/open.js` calls it.
//!
//! Knows: what a page takes, and how a browser hands over bytes.
//! Never knows: what the trace means, which the replay does, or how it is shown.
//!
//! Nothing is imported: the module can do no more than reckon. It speaks with the page by its memory; `exports.rs` has how.

#![deny(unsafe_code)]

#[cfg(target_arch = "wasm32")]
pub mod exports;
mod read;

pub use read::read;
