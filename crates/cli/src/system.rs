//! What this system has. `build.rs` knows it by the target, as `Cargo.toml` does: `has_reactor` on Unix, `has_recorder` on
//! Linux on x86-64. All that reads traces is the same everywhere.

use std::path::{Path, PathBuf};

/// Whether programs can be run on the reactor: demos, and scenarios.
pub(crate) const HAS_REACTOR: bool = cfg!(has_reactor);

/// The file that a recorder which was killed left beside a trace.
#[cfg(has_recorder)]
pub(crate) fn leftover(trace: &Path) -> Option<PathBuf> {
    evscope_recorder::leftover(trace).map(|left| left.part)
}

/// Nobody records here.
#[cfg(not(has_recorder))]
pub(crate) fn leftover(_: &Path) -> Option<PathBuf> {
    None
}

/// The locale that the user has chosen for the system, where the environment does not say it.
#[cfg(windows)]
pub(crate) fn locale() -> Option<String> {
    sys_locale::get_locale()
}

/// The environment says it.
#[cfg(not(windows))]
pub(crate) fn locale() -> Option<String> {
    None
}
