//! The situations a kind of event can be found in, told apart once for all languages.

use evscope_trace::{ConnectProgress, EvFlags, Event, Nanos, SuspendReasons, Text};

use super::Scene;
use super::scene::ReadGave;
use crate::BevKind;

/// A callback that holds the loop for this long deserves a word: people begin to notice a delay of some
/// ten milliseconds.
pub(super) const LONG_CALLBACK: Nanos = Nanos(10_000_000);

/// The peer of a connection whose end has no address of its own, as that of a Unix socket mostly is.
pub(crate) const UNNAMED: &str = "unnamed";

/// What an `event_add` finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Adding {
    /// The event was not pending.
    First,
    /// It was pending already.
    Again,
    /// The loop itself arms a persistent event anew, before its callback.
    Rearmed,
}

/// What an `event_del` finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deleting {
    /// The loop deletes it because it fires: it is not persistent, or its timeout ran out.
    ByLoop {
        /// Whether it will be armed anew.
        persistent: bool,
    },
    /// It was pending.
    Pending {
        /// And active as well.
        active: bool,
    },
    /// It was active but not pending.
    OnlyActive,
    /// It was neither.
    Nothing,
}

/// What an accept brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepting<'a> {
    /// A connection.
    Got { peer: Option<&'a str> },
    /// There was none.
    NoMore { errno: &'a str },
    /// It was disturbed; another try is fine.
    TryAgain { errno: &'a str },
    /// There is no free fd.
    NoFds { errno: &'a str },
    /// It failed in another way.
    Failed { errno: &'a str },
}

/// What a read from an fd brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadResult<'a> {
    Bytes(u64),
    Eof,
    WouldBlock(&'a str),
    Refused(&'a str),
    Failed(&'a str),
}

/// What a write to an fd brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteResult<'a> {
    /// The buffer is empty now.
    All(u64),
    Part {
        sent: u64,
        left: u64,
    },
    Nothing,
    WouldBlock(&'a str),
    Failed(&'a str),
}

/// How far a connect has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Connecting<'a> {
    Started,
    Connected,
    Failed(Option<&'a str>),
}

/// What the internal read callback finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadCall {
    TimedOut,
    /// TLS is not yet there.
    Handshake,
    /// The input is at its high mark.
    Full {
        len: u64,
        high: u64,
    },
    Suspended(SuspendReasons),
    /// There is room, limited by the high mark where there is one.
    Room {
        room: Option<u64>,
    },
}

/// What the internal write callback finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteCall {
    TimedOut,
    Connecting,
    /// TLS is not yet there.
    Handshake,
    Suspended(SuspendReasons),
    /// There is nothing to send.
    Empty,
    Bytes(u64),
    /// The trace does not tell how much there is to send.
    Unknown,
}

/// What the hook on a bufferevent's output finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputHook {
    /// Nothing was added: nothing to do.
    NothingAdded,
    /// Writing is not enabled.
    Disabled,
    /// The write event is pending already.
    Pending,
    Suspended(SuspendReasons),
    /// It makes the write event pending.
    Adds,
}

impl OutputHook {
    pub(crate) fn of(s: &Scene, added: u64) -> Self {
        let suspended = s.suspended_write();
        if added == 0 {
            Self::NothingAdded
        } else if !s.bev_enabled(EvFlags::WRITE) {
            Self::Disabled
        } else if s.write_is_pending() {
            Self::Pending
        } else if !suspended.is_empty() {
            Self::Suspended(suspended)
        } else {
            Self::Adds
        }
    }
}

/// Why the event that waits to read is no longer pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadDeleted {
    /// The bufferevent is given up.
    Freed,
    /// It gets another fd.
    Setfd,
    /// The peer has sent all it will.
    Ended,
    /// Reading, or the connection with it, has failed.
    Failed,
    /// The connect has failed.
    ConnectFailed,
    Suspended(SuspendReasons),
    /// Reading is disabled.
    Disabled,
}

impl ReadDeleted {
    pub(super) fn of(s: &Scene) -> Self {
        let suspended = s.suspended_read();
        match s.parent().as_ref().map(|call| &call.event) {
            _ if s.is_bev_freed() => Self::Freed,
            Some(Event::BuffereventSetfd { .. }) => Self::Setfd,
            _ if s.connect_has_failed() => Self::ConnectFailed,
            // TLS deletes it itself when the other end has taken leave.
            Some(Event::BuffereventReadcb { .. }) if s.kind() == Some(BevKind::Tls) => Self::Ended,
            _ => match s.read_gave() {
                Some(ReadGave::Eof) => Self::Ended,
                Some(ReadGave::Failure) => Self::Failed,
                _ if !suspended.is_empty() => Self::Suspended(suspended),
                _ => Self::Disabled,
            },
        }
    }
}

/// Why the event that waits to write is no longer pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteDeleted {
    /// The bufferevent is given up.
    Freed,
    /// It gets another fd.
    Setfd,
    /// The connect has failed.
    ConnectFailed,
    /// Writing has failed.
    Failed,
    /// Writing is not enabled; the event was pending for a connect, which has come to its end.
    Connected,
    /// Writing is not enabled.
    Disabled {
        /// What waits in the output all the same.
        left: u64,
    },
    Suspended(SuspendReasons),
    /// There is nothing to send.
    Empty,
    /// Something is left, and nothing tells why it must wait.
    Left(u64),
    Unknown,
}

impl WriteDeleted {
    /// The flags come first: what is empty can be so by chance.
    pub(super) fn of(s: &Scene) -> Self {
        let suspended = s.suspended_write();
        let by_library = matches!(
            s.parent().as_ref().map(|call| &call.event),
            Some(Event::BuffereventWritecb { .. })
        );
        let setfd = matches!(
            s.parent().as_ref().map(|call| &call.event),
            Some(Event::BuffereventSetfd { .. })
        );
        match s.output_len() {
            _ if s.is_bev_freed() => Self::Freed,
            _ if setfd => Self::Setfd,
            _ if s.connect_has_failed() => Self::ConnectFailed,
            _ if s.write_has_failed() => Self::Failed,
            _ if s.is_known_bev() && !s.bev_enabled(EvFlags::WRITE) && by_library => {
                Self::Connected
            }
            left if s.is_known_bev() && !s.bev_enabled(EvFlags::WRITE) => Self::Disabled {
                left: left.unwrap_or(0),
            },
            _ if !suspended.is_empty() => Self::Suspended(suspended),
            Some(0) => Self::Empty,
            Some(left) => Self::Left(left),
            None => Self::Unknown,
        }
    }
}

impl Adding {
    pub(super) fn of(s: &Scene) -> Self {
        if s.is_in_loop() {
            Self::Rearmed
        } else if s.event_is_pending() {
            Self::Again
        } else {
            Self::First
        }
    }
}

impl Deleting {
    pub(super) fn of(s: &Scene) -> Self {
        let active = s.event_is_active();
        let pending = s.event_was_pending();
        if s.is_in_loop() && (pending || active) {
            return Self::ByLoop {
                persistent: s.is_persistent(),
            };
        }
        match pending {
            true => Self::Pending { active },
            false if active => Self::OnlyActive,
            false => Self::Nothing,
        }
    }
}

impl<'a> Accepting<'a> {
    pub(super) fn of(peer: Option<&'a str>, errno: Option<&'a str>) -> Self {
        match errno {
            None => Self::Got { peer },
            Some(errno @ ("EAGAIN" | "EWOULDBLOCK")) => Self::NoMore { errno },
            Some(errno @ ("EINTR" | "ECONNABORTED")) => Self::TryAgain { errno },
            Some(errno @ ("EMFILE" | "ENFILE")) => Self::NoFds { errno },
            Some(errno) => Self::Failed { errno },
        }
    }
}

impl<'a> ReadResult<'a> {
    pub(crate) fn of(result: i64, errno: Option<&'a str>) -> Self {
        match (result, errno.unwrap_or("?")) {
            (1.., _) => Self::Bytes(result.unsigned_abs()),
            (0, _) => Self::Eof,
            (_, errno @ ("EAGAIN" | "EWOULDBLOCK" | "EINTR")) => Self::WouldBlock(errno),
            (_, errno @ "ECONNREFUSED") => Self::Refused(errno),
            (_, errno) => Self::Failed(errno),
        }
    }
}

impl<'a> WriteResult<'a> {
    pub(crate) fn of(result: i64, errno: Option<&'a str>, after: u64) -> Self {
        match (result, errno.unwrap_or("?")) {
            (1.., _) if after == 0 => Self::All(result.unsigned_abs()),
            (1.., _) => Self::Part {
                sent: result.unsigned_abs(),
                left: after,
            },
            (0, _) => Self::Nothing,
            (_, errno @ ("EAGAIN" | "EWOULDBLOCK" | "EINTR")) => Self::WouldBlock(errno),
            (_, errno) => Self::Failed(errno),
        }
    }
}

impl<'a> Connecting<'a> {
    pub(super) fn of(progress: ConnectProgress, errno: Option<&'a str>) -> Self {
        match progress {
            ConnectProgress::Started => Self::Started,
            ConnectProgress::Connected => Self::Connected,
            ConnectProgress::Failed => Self::Failed(errno),
        }
    }
}

impl ReadCall {
    /// In the order in which the library looks.
    pub(super) fn of(s: &Scene, what: EvFlags) -> Self {
        let len = s.input_len().unwrap_or(0);
        let suspended = s.suspended_read();
        match s.read_high() {
            _ if what == EvFlags::TIMEOUT => Self::TimedOut,
            _ if s.shakes_hands() => Self::Handshake,
            high if high > 0 && len >= high => Self::Full { len, high },
            _ if !suspended.is_empty() => Self::Suspended(suspended),
            0 => Self::Room { room: None },
            high => Self::Room {
                room: Some(high - len),
            },
        }
    }
}

impl WriteCall {
    /// In the order in which the library looks.
    pub(super) fn of(s: &Scene, what: EvFlags) -> Self {
        let suspended = s.suspended_write();
        if what == EvFlags::TIMEOUT {
            Self::TimedOut
        } else if s.is_connecting() {
            Self::Connecting
        } else if s.shakes_hands() {
            Self::Handshake
        } else if !suspended.is_empty() {
            Self::Suspended(suspended)
        } else {
            match s.output_len() {
                Some(0) => Self::Empty,
                Some(n) => Self::Bytes(n),
                None => Self::Unknown,
            }
        }
    }
}

/// The name of the program's callback that an event is a call of, if it is.
pub fn program_callback(event: &Event) -> Option<&str> {
    callback_text(event).map(|name| &**name)
}

/// The same as the trace has it: that is copied for little.
pub(crate) fn callback_text(event: &Event) -> Option<&Text> {
    match event {
        Event::EventCallback { callback, .. }
        | Event::ListenerCb { callback }
        | Event::ListenerErrorcb { callback }
        | Event::Readcb { callback }
        | Event::Writecb { callback }
        | Event::Eventcb { callback, .. } => Some(callback),
        _ => None,
    }
}
