//! Small stable ids for the objects of a program. They count up from 1 within a trace and are never
//! used again, so "bev 3" is one bufferevent for the whole trace, whatever address or slot it had.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident, $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($prefix)?;
                f.write_str(itoa::Buffer::new().format(self.0))
            }
        }
    )*};
}

ids! {
    /// An event base.
    BaseId, "base";
    /// An event, also the two inside a bufferevent and the one inside a listener.
    EventId, "event";
    /// A bufferevent.
    BevId, "bev";
    /// An evbuffer.
    BufId, "buf";
    /// A listener.
    ListenerId, "listener";
    /// A thread of the traced program, in the order in which they first made a record.
    ThreadId, "thread";
}
