//! libevent's flag words. In a trace they are text, the names joined by `|` (`"READ|PERSIST"`), and an
//! empty set is `""`; in Rust they are bit sets with libevent's values.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

macro_rules! flags {
    ($($(#[$doc:meta])* $name:ident : $repr:ty { $($(#[$fdoc:ident $($fargs:tt)*])* $flag:ident = $value:expr;)* })*) => {$(
        bitflags::bitflags! {
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
            pub struct $name: $repr {
                $($(#[$fdoc $($fargs)*])* const $flag = $value;)*
            }
        }

        impl $name {
            /// The name of every flag, with its bit.
            pub const NAMES: &'static [(&'static str, u64)] =
                &[$((stringify!($flag), $value as u64)),*];

            /// The set of a trace; otherwise the name that is none of the flags.
            pub(crate) fn from_names(text: &str) -> Result<Self, &str> {
                let mut set = Self::empty();
                for name in text.split('|').filter(|name| !name.is_empty()) {
                    set |= Self::from_name(name).ok_or(name)?;
                }
                Ok(set)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                for (i, (name, _)) in self.iter_names().enumerate() {
                    if i > 0 {
                        f.write_str("|")?;
                    }
                    f.write_str(name)?;
                }
                Ok(())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::from_names(&text).map_err(|name| {
                    D::Error::custom(format!("`{name}` is not a flag of {}", stringify!($name)))
                })
            }
        }
    )*};
}

flags! {
    /// What an event waits for, and what it was activated by (libevent's `EV_*`).
    EvFlags: u16 {
        /// The timeout ran out.
        TIMEOUT = 0x01;
        /// The fd is readable.
        READ = 0x02;
        /// The fd is writable.
        WRITE = 0x04;
        /// A signal arrived; the event's fd is the signal's number.
        SIGNAL = 0x08;
        /// The event stays pending when its callback runs.
        PERSIST = 0x10;
        /// Edge-triggered: the kernel tells of changes only.
        ET = 0x20;
        /// The event's callback is never run concurrently with its deletion.
        FINALIZE = 0x40;
        /// The peer closed the connection.
        CLOSED = 0x80;
    }

    /// What a bufferevent's event callback is told (libevent's `BEV_EVENT_*`).
    BevEvents: u16 {
        /// It happened while reading.
        READING = 0x01;
        /// It happened while writing.
        WRITING = 0x02;
        /// The peer has sent all it will send.
        EOF = 0x10;
        /// An error; the errno says which.
        ERROR = 0x20;
        /// The side's timeout ran out.
        TIMEOUT = 0x40;
        /// The connection asked for is made.
        CONNECTED = 0x80;
    }

    /// Options of a bufferevent (libevent's `BEV_OPT_*`).
    BevOptions: u32 {
        /// Close the fd when the bufferevent is freed.
        CLOSE_ON_FREE = 1;
        /// The bufferevent may be used from several threads.
        THREADSAFE = 2;
        /// Callbacks run from the loop, not from within the call that caused them.
        DEFER_CALLBACKS = 4;
        /// Deferred callbacks run without the bufferevent's lock.
        UNLOCK_CALLBACKS = 8;
    }

    /// Why a side of a bufferevent is suspended (libevent's `BEV_SUSPEND_*`).
    SuspendReasons: u16 {
        /// Input at or above its high mark.
        WATERMARK = 0x01;
        /// The bufferevent's own rate limit is used up.
        BANDWIDTH = 0x02;
        /// The rate limit of its group is used up.
        BANDWIDTH_GROUP = 0x04;
        /// A host name is being looked up.
        LOOKUP = 0x08;
        /// A filter above it has no room.
        FILTER_READ = 0x10;
    }

    /// How to run a loop (libevent's `EVLOOP_*`).
    LoopFlags: u32 {
        /// Leave once something has run and nothing is active any more.
        ONCE = 1;
        /// Do not wait.
        NONBLOCK = 2;
        /// Stay although nothing is pending.
        NO_EXIT_ON_EMPTY = 4;
    }

    /// Options of a listener (libevent's `LEV_OPT_*`).
    ListenerOptions: u32 {
        /// Accepted sockets stay blocking.
        LEAVE_SOCKETS_BLOCKING = 0x01;
        /// Close the listening socket when the listener is freed.
        CLOSE_ON_FREE = 0x02;
        /// Accepted sockets are closed by `exec`.
        CLOSE_ON_EXEC = 0x04;
        /// `SO_REUSEADDR`: bind although old connections of the port linger.
        REUSEABLE = 0x08;
        /// The listener may be used from several threads.
        THREADSAFE = 0x10;
        /// Start without accepting; wait for `evconnlistener_enable`.
        DISABLED = 0x20;
        /// Accept only once data has arrived.
        DEFERRED_ACCEPT = 0x40;
        /// `SO_REUSEPORT`: several sockets share the port.
        REUSEABLE_PORT = 0x80;
        /// An IPv6 socket takes no IPv4 connections.
        BIND_IPV6ONLY = 0x100;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_names_joined_by_bars() {
        let flags = EvFlags::READ | EvFlags::PERSIST;
        assert_eq!(serde_json::to_string(&flags).unwrap(), r#""READ|PERSIST""#);
        assert_eq!(
            serde_json::from_str::<EvFlags>(r#""READ|PERSIST""#).unwrap(),
            flags
        );
        assert_eq!(serde_json::to_string(&EvFlags::empty()).unwrap(), r#""""#);
        assert_eq!(
            serde_json::from_str::<EvFlags>(r#""""#).unwrap(),
            EvFlags::empty()
        );
    }

    #[test]
    fn an_unknown_flag_is_named() {
        let error = serde_json::from_str::<BevEvents>(r#""EOF|LATE""#).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("`LATE` is not a flag of BevEvents"),
            "{error}"
        );
    }
}
