//! The world outside: the terminal, the files, threads and the clock, and the loops that tell the model what
//! came and draw it. A screen that goes elsewhere (a recording of a terminal, a picture) is made here too.
//!
//! Knows: all the other groups, and how to give back what it has borrowed.
//! Never knows: what a message changes in the model, or what stands where on the screen; but the home
//! screen, which has no trace yet, is whole in its folder.

pub(crate) mod cast;
pub(crate) mod home;
pub(crate) mod key;
pub(crate) mod load;
pub(crate) mod marks;
#[cfg(any(test, feature = "pictures"))]
pub mod picture;
pub(crate) mod run;
pub(crate) mod screen;
pub(crate) mod system;
