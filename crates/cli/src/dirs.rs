//! Where a user's files of evscope are, by the XDG base directory specification.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use etcetera::base_strategy::{BaseStrategy, Xdg};
use evscope_replay::index::IndexFolder;

const NAME: &str = "evscope";

/// The folder of the configuration; none for a user without a home.
pub(crate) fn config() -> Option<PathBuf> {
    Some(Xdg::new().ok()?.config_dir().join(NAME))
}

/// The folder of what is kept from one run to the next.
pub(crate) fn state() -> Option<PathBuf> {
    Some(Xdg::new().ok()?.state_dir()?.join(NAME))
}

/// The folder of what can be made again.
pub(crate) fn cache() -> Option<PathBuf> {
    Some(Xdg::new().ok()?.cache_dir().join(NAME))
}

/// Where indexes of big traces are kept.
pub(crate) fn indexes() -> Option<IndexFolder> {
    Some(IndexFolder::new(cache()?.join("indexes")))
}

/// Writes a file of theirs in one go, since another evscope may be reading it.
pub(crate) fn replace(place: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder)?;
    }
    evscope_trace::replace(place, text.as_bytes())
}
