//! What differs from system to system. The library is written as for Linux; what others do in two calls, or do not
//! have, stands here under the same name.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod macos;

#[cfg(target_os = "linux")]
pub(crate) use linux::*;
#[cfg(not(target_os = "linux"))]
pub(crate) use macos::*;
