//! The trace by connection: a table over the panes.

use evscope_words::word;

use super::moves::Done;
use crate::model::Model;
use crate::model::command::Call;
use crate::model::pane::{Overlay, Pane};

pub(super) fn list(model: &mut Model, _: Call<'_>) -> Done {
    if model.taken.is_some() {
        return Err(model.say(word!(command_not_in_a_lesson)).to_owned());
    }
    if model.is_over(Pane::CONNECTIONS) {
        model.overlay = None;
        return Ok(());
    }
    model.by_connection.begin(model.replay.trace().len());
    model.overlay = Some(Overlay::of(Pane::CONNECTIONS, 0));
    model.look_on_connections();
    Ok(())
}
