//! What differs from system to system. The library is written as for Linux; what others do in two calls, or do not
//! have, stands here under the same name.

#[cfg(all(target_os = "linux", not(evscope_plain)))]
mod linux;
#[cfg(any(not(target_os = "linux"), evscope_plain))]
mod plain;
mod process;

#[cfg(all(target_os = "linux", not(evscope_plain)))]
pub(crate) use linux::*;
#[cfg(any(not(target_os = "linux"), evscope_plain))]
pub(crate) use plain::*;
pub(crate) use process::{errno, has_other_rights, told};
