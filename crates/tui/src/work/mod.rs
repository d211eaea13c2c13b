//! What is gathered from the whole trace, in slices or once: the rows that are listed, what stands out
//! and where, the columns of the timeline, and the runs to a stop.
//!
//! Knows: the trace, and how far the work on it is.
//! Never knows: the model, a key, or how a row is drawn.

pub(crate) mod facts;
pub(crate) mod job;
pub(crate) mod shown;
pub(crate) mod stops;
pub(crate) mod stretches;
pub(crate) mod timeline;
