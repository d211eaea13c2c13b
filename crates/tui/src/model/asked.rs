//! What was asked why it does not happen.

use evscope_replay::{Expected, Gates};

/// What is asked, and the answer.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// What may be asked of the objects that are there.
    pub(crate) questions: Vec<Expected>,
    pub(crate) gates: Option<(Expected, Gates)>,
}
