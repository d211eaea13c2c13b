//! What can go wrong, as a type.

use std::error::Error as StdError;
use std::io;

use crate::BufferEnd;

/// The kinds of objects that a handle can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object {
    /// An [`Event`](crate::Event).
    Event,
    /// An [`Evbuffer`](crate::Evbuffer).
    Evbuffer,
    /// A callback of an evbuffer.
    EvbufferCallback,
    /// A [`Bufferevent`](crate::Bufferevent).
    Bufferevent,
    /// A [`RateLimitGroup`](crate::RateLimitGroup).
    RateLimitGroup,
    /// A [`Watcher`](crate::Watcher).
    Watcher,
    /// A [`Listener`](crate::Listener).
    Listener,
}

impl std::fmt::Display for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Event => "event",
            Self::Evbuffer => "evbuffer",
            Self::EvbufferCallback => "evbuffer callback",
            Self::Bufferevent => "bufferevent",
            Self::RateLimitGroup => "rate limit group",
            Self::Watcher => "watcher",
            Self::Listener => "listener",
        })
    }
}

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The handle's object was freed, or another base made it.
    #[error("this handle names no {0} of this base: it was freed, or another base made it")]
    Stale(Object),
    /// The end of the buffer that the call changes is frozen (`evbuffer_freeze`). The buffers of a socket
    /// bufferevent are: only it reads into the input and writes from the output.
    #[error("the buffer is frozen at its {}", match .0 { BufferEnd::Start => "start", BufferEnd::End => "end" })]
    Frozen(BufferEnd),
    /// The call does not make sense; the text says why.
    #[error("{call}: {reason}")]
    Invalid {
        /// The call.
        call: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The operating system refused.
    #[error("{call}: {source}")]
    Os {
        /// What was tried.
        call: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// `event_base_loop` was called from a callback of the same base.
    #[error("event_base_loop: the loop of this base is running already")]
    LoopRunning,
    /// A callback returned an error. The loop was left.
    #[error("callback {callback}: {source}")]
    Callback {
        /// The callback's name.
        callback: &'static str,
        /// What it returned.
        source: Box<dyn StdError>,
    },
    /// A callback panicked, or what it had captured did when it was dropped. The panic was caught and the loop was
    /// left.
    #[error("callback {callback} panicked: {message}")]
    Panicked {
        /// The callback's name.
        callback: &'static str,
        /// The panic's message.
        message: String,
    },
    /// A callback put another [`EventBase`](crate::EventBase) in the place of the one it was given. The loop of that one
    /// was left in the middle, wherever it is now.
    #[error("callback {callback} put another EventBase in the place of its own")]
    BaseReplaced {
        /// The callback's name.
        callback: &'static str,
    },
}

impl Error {
    pub(crate) fn os(call: impl Into<String>, error: impl Into<io::Error>) -> Self {
        Self::Os { call: call.into(), source: error.into() }
    }

    /// There is not so much memory as was asked for.
    pub(crate) fn no_memory(call: &'static str) -> Self {
        Self::os(call, io::ErrorKind::OutOfMemory)
    }

    pub(crate) fn invalid(call: &'static str, reason: &'static str) -> Self {
        Self::Invalid { call, reason }
    }
}
