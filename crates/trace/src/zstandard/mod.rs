//! Zstandard: the C library on Linux, where it is twice as fast and packs tighter; elsewhere in Rust alone, so that to
//! build evscope takes no C compiler.

#[cfg(target_os = "linux")]
mod c;
#[cfg(any(test, not(target_os = "linux")))]
mod pure;

#[cfg(target_os = "linux")]
pub(crate) use c::{Encoder, decoder, encoder};
#[cfg(not(target_os = "linux"))]
pub(crate) use pure::{Encoder, decoder, encoder};
