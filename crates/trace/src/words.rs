//! The closed sets of words that fields take.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($($(#[$doc:meta])* $set:ident { $($(#[$wdoc:meta])* $word:ident = $name:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $set {
            $($(#[$wdoc])* #[serde(rename = $name)] $word,)*
        }

        impl $set {
            /// Every word of the set, as a trace has it.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// Every word of the set, in the same order.
            pub const ALL: &'static [Self] = &[$(Self::$word),*];

            /// The word of a trace.
            pub(crate) fn from_name(name: &str) -> Option<Self> {
                Self::from_bytes(name.as_bytes())
            }

            /// The same of bytes that may be no text.
            pub(crate) fn from_bytes(name: &[u8]) -> Option<Self> {
                $(if name == $name.as_bytes() {
                    return Some(Self::$word);
                })*
                None
            }

            /// The word in a trace.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$word => $name,)*
                }
            }
        }
    )*};
}

words! {
    /// Whether a record begins, ends or is a whole step.
    Phase {
        /// A call begins; what it does follows, one deeper, up to its `exit`.
        Enter = "enter",
        /// The call of the same name and depth ends.
        Exit = "exit",
        /// Something that contains nothing.
        Point = "point",
    }

    /// What an event is for.
    Role {
        /// A listener's: readable when there is a connection to accept.
        Listener = "listener",
        /// A bufferevent's event for reading.
        BevRead = "bev.read",
        /// A bufferevent's event for writing.
        BevWrite = "bev.write",
        /// A bufferevent's callbacks, put off until the loop runs them.
        BevDeferred = "bev.deferred",
        /// The program's, for a signal.
        Signal = "signal",
        /// The program's, without an fd.
        Timer = "timer",
        /// The program's, for an fd.
        User = "user",
        /// The loop's own.
        Internal = "internal",
    }

    /// Why an event became active.
    ActiveWhy {
        /// Its fd is ready.
        Io = "io",
        /// Its timeout ran out.
        Timeout = "timeout",
        /// Its signal arrived.
        Signal = "signal",
        /// The program asked for it (`event_active`).
        Manual = "manual",
        /// A bufferevent's deferred callbacks.
        Deferred = "deferred",
        /// A freed object waits to be taken apart by the loop.
        Finalize = "finalize",
    }

    /// One of a bufferevent's two buffers.
    Side {
        /// What was read and not yet taken by the program.
        Input = "input",
        /// What the program wrote and the fd has not yet taken.
        Output = "output",
    }

    /// One of a side's two watermarks.
    Mark {
        /// The low mark.
        Low = "low",
        /// The high mark.
        High = "high",
    }

    /// The way in which a length passed a mark.
    Crossing {
        /// It grew past it.
        Up = "up",
        /// It shrank past it.
        Down = "down",
    }

    /// One of the ends of a buffer.
    BufferEnd {
        /// Where bytes leave.
        Start = "start",
        /// Where bytes arrive.
        End = "end",
    }

    /// How far a connect has come.
    ConnectProgress {
        /// The kernel is at work; the socket becomes writable when it is done.
        Started = "started",
        /// Connected at once.
        Connected = "connected",
        /// Failed at once.
        Failed = "failed",
    }
}
