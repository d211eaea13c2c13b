//! Records in a few bytes each.
//!
//! A program does the same over and over: ten million records are of a few hundred patterns, which differ in numbers
//! and bytes only, and the numbers differ little from those before them. So a record is kept as its pattern, as the
//! differences of its numbers, and as its bytes ([`Packer::pack`]); a stretch of records that is packed together is
//! unpacked together ([`Patterns::unpack`]), with nothing but the patterns. What comes out is equal to what was put
//! in, whatever that was: fields that nobody knows, a gap in the numbers, a text that never comes again.
//!
//! This is for memory, and for files of the same version of evscope. A trace is never written so.

mod chunk;
mod packer;
mod patterns;
mod split;
mod values;

pub use packer::Packer;
pub use patterns::Patterns;
pub(crate) use split::{Joint, Parts, Split};

#[cfg(test)]
mod tests;
