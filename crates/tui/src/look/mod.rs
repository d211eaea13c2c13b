//! How things look: styles by meaning, text measured as a terminal shows it, source in colour, and what
//! the panes call things.
//!
//! Knows: columns, styles and words.
//! Never knows: a trace as a whole, a step that is looked at, or where something is drawn.

pub(crate) mod highlight;
pub(crate) mod text;
pub(crate) mod theme;
pub(crate) mod words;
