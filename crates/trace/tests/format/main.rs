//! The trace format, held to its word: what is written is read again, what is not known survives, what
//! is wrong is named, and the specification and the schema say the same as the code.

mod reading;
mod support;
