//! The model as its users see it, on traces written for each case.

// A test's helper that panics fails the test.
#![allow(clippy::unwrap_used)]

mod ahead;
mod arbitrary;
mod causes;
mod diff;
mod diff_chance;
mod follow;
mod moves;
mod passing;
mod place;
mod query;
mod recorded;
mod seek;
mod state;
mod stats;
mod support;
mod words;
mod written;
