//! Why something did *not* happen: the gates between the kernel and a callback, each open or closed.
//!
//! A callback runs when all of its gates are open. They are asked in the order in which one depends on the other
//! (what is freed cannot be enabled, what is not enabled is not watched), so that the first closed one is the cause
//! and what is closed behind it is its consequence.

mod bufferevent;
mod event;
mod history;
mod question;

use evscope_words::{Text, text};

use crate::{ObjectId, Replay, State};
pub use question::{Expected, NotExpected};

/// One gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// Which: a word that stays the same in all languages.
    pub name: &'static str,
    /// Whether it is open.
    pub open: bool,
    /// The step that left it so, where there is one.
    pub step: Option<usize>,
    /// How it is, in a sentence.
    pub text: Text,
    /// What would open it, if it is closed.
    pub opens: Option<Text>,
}

/// All gates of a callback at a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gates {
    /// Whose callback.
    pub object: ObjectId,
    /// The step after which they were looked at.
    pub step: usize,
    /// They, in order.
    pub list: Vec<Gate>,
}

impl Gates {
    /// The first closed one: it is the answer.
    pub fn closed(&self) -> Option<&Gate> {
        self.list.iter().find(|gate| !gate.open)
    }
}

/// Looks at the gates of what was expected, after a step.
///
/// # Errors
/// When there is no such object, or it is not known which is meant.
pub fn gates(replay: &Replay, expected: &Expected, step: usize) -> Result<Gates, NotExpected> {
    let state = replay.state_at(step);
    let object = expected.object(&state)?;
    let mut at = Look {
        replay,
        state: &state,
        step,
        list: Vec::new(),
    };
    match (expected, object) {
        (Expected::Readcb { .. }, ObjectId::Bev(bev)) => at.readcb(bev),
        (Expected::Writecb { .. }, ObjectId::Bev(bev)) => at.writecb(bev),
        (Expected::Eventcb { .. }, ObjectId::Bev(bev)) => at.eventcb(bev),
        (Expected::Timeout { .. }, ObjectId::Bev(bev)) => at.bev_timeout(bev),
        (_, ObjectId::Listener(listener)) => at.accept(listener),
        (_, ObjectId::Event(event)) => at.event(event),
        _ => {}
    }
    Ok(Gates {
        object,
        step,
        list: at.list,
    })
}

/// A look at the gates.
struct Look<'a> {
    replay: &'a Replay,
    state: &'a State,
    step: usize,
    list: Vec<Gate>,
}

impl Look<'_> {
    /// An open gate.
    fn open(&mut self, name: &'static str, step: Option<usize>, text: impl Into<Text>) {
        self.list.push(Gate {
            name,
            open: true,
            step,
            text: text.into(),
            opens: None,
        });
    }

    /// Whether an object was freed at a step, which is a closed gate.
    fn was_freed(&mut self, object: ObjectId, at: Option<usize>) -> bool {
        if at.is_some() {
            self.closed(
                "alive",
                at,
                text!(gate_freed, object),
                text!(gate_freed_opens),
            );
        }
        at.is_some()
    }

    /// A closed one, and what would open it.
    fn closed(
        &mut self,
        name: &'static str,
        step: Option<usize>,
        text: impl Into<Text>,
        opens: impl Into<Text>,
    ) {
        self.list.push(Gate {
            name,
            open: false,
            step,
            text: text.into(),
            opens: Some(opens.into()),
        });
    }
}
