//! A trace that goes by: its steps in order, each with what there is to know of it, in memory that does not grow
//! with them.
//!
//! What only a later step tells (whether there are several threads, which source texts there are, when a long call
//! returns) is gathered before, in an [`Outline`], for which a line is read as far as needed and no further. So
//! whoever writes a trace down goes through it twice ([`Records`]), and keeps none of it.

mod ahead;
mod outline;
mod records;
mod sheet;
mod told;
mod walk;
mod work;

pub use ahead::{Coming, each_line};
pub use outline::{End, Outline, Threads};
pub use records::{Again, Records};
pub use told::Told;
pub use walk::{Around, Passing, Walk};
