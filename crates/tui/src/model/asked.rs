//! What was asked why it does not happen.

use evscope_replay::{Expected, Gates, gates};

use crate::model::Model;
use crate::model::pane::{Overlay, Pane};

/// What is asked, and the answer.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// What may be asked of the objects that are there.
    pub(crate) questions: Vec<Expected>,
    pub(crate) gates: Option<(Expected, Gates)>,
}

impl Model {
    /// Looks at the gates after the step, with what it hides; the first closed one is chosen.
    pub(crate) fn ask(&mut self, expected: Expected) -> Result<(), String> {
        let step = self.settled_at(self.step);
        let gates = gates(&self.replay, &expected, step).map_err(|error| error.to_string())?;
        let closed = gates.list.iter().position(|gate| !gate.open);
        self.overlay = Some(Overlay::of(Pane::GATES, closed.unwrap_or(0)));
        self.asked.gates = Some((expected, gates));
        Ok(())
    }
}
