//! The trace by connection: a table over the panes.

use evscope_words::word;

use super::moves::Done;
use super::stops::filter_by;
use crate::model::command::Call;
use crate::model::{Model, Overlay};

pub(super) fn list(model: &mut Model, _: Call<'_>) -> Done {
    if model.taken.is_some() {
        return Err(model.say(word!(command_not_in_a_lesson)).to_owned());
    }
    if let Some(Overlay::Connections(_)) = model.overlay {
        model.overlay = None;
        return Ok(());
    }
    model.by_connection.begin(model.replay.trace().len());
    model.overlay = Some(Overlay::Connections(0));
    model.look_on_connections();
    Ok(())
}

/// Lists the steps of the chosen connection only: with them stand the bytes of both directions, where they were
/// recorded.
pub(super) fn follow(model: &mut Model, at: usize) -> Done {
    // What is not made yet has no row.
    model.overlay = None;
    let Some(row) = model.by_connection.rows.get(at) else {
        return Ok(());
    };
    let (bev, fd, step) = (row.bev, row.fd, row.step);
    let query = match (bev, fd) {
        (Some(bev), _) => format!("bev={}", bev.0),
        (None, Some(fd)) => format!("fd={fd}"),
        (None, None) => return Ok(()),
    };
    filter_by(model, &query)?;
    model.go_to(step);
    Ok(())
}
