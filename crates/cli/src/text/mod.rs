//! The model as text for people, where a pipe or a plain terminal gets it.

pub(crate) mod causes;
pub(crate) mod diff;
pub(crate) mod gates;
pub(crate) mod home;
pub(crate) mod lesson;
pub(crate) mod state;
pub(crate) mod steps;
mod table;
