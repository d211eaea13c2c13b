//! Choosing how a base works: libevent's `event_config`.

use std::fmt;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use crate::{EventBase, VirtualClock};

/// A way to wait for many fds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Linux's epoll.
    Epoll,
    /// `poll`.
    Poll,
    /// `select`.
    Select,
}

impl Method {
    /// Its name, as `event_base_get_method` says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Epoll => "epoll",
            Self::Poll => "poll",
            Self::Select => "select",
        }
    }

    /// The environment variable that switches it off, whatever its value.
    pub fn switch(self) -> &'static str {
        match self {
            Self::Epoll => "EVENT_NOEPOLL",
            Self::Poll => "EVENT_NOPOLL",
            Self::Select => "EVENT_NOSELECT",
        }
    }
}

bitflags::bitflags! {
    /// What a backend can do (libevent's `EV_FEATURE_*`).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub struct Features: u32 {
        /// Edge-triggered events.
        const ET = 0x01;
        /// The cost of a wait depends on the fds that are ready, not on those that are watched.
        const O1 = 0x02;
        /// Any kind of fd, also files.
        const FDS = 0x04;
        /// It tells that the peer has closed before all data is read.
        const EARLY_CLOSE = 0x08;
    }

    /// How a base works (libevent's `EVENT_BASE_FLAG_*`).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub struct ConfigFlags: u32 {
        /// The `EVENT_NO…` variables of the environment are not looked at.
        const IGNORE_ENV = 0x02;
        /// The time is read anew for every callback, not once a turn.
        const NO_CACHE_TIME = 0x08;
    }
}

/// How a base is to be made, for `EventBase::new_with_config` (`event_config_new`).
#[derive(Debug, Clone, Default)]
pub struct EventConfig {
    pub(crate) avoided: Vec<Method>,
    pub(crate) required: Features,
    pub(crate) flags: ConfigFlags,
    pub(crate) max_dispatch: Option<MaxDispatch>,
    pub(crate) virtual_time: Option<VirtualTime>,
    pub(crate) getaddrinfo: Option<LookUp>,
}

/// How a wait in virtual time goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// The loop looks what is ready, without waiting, and asks again if nothing is.
    Look,
    /// It is over, and nothing is ready.
    Over,
}

type PassFn = dyn Fn(&mut EventBase, Option<Duration>, u32) -> Wait;

/// A time of a base's own.
#[derive(Clone)]
pub(crate) struct VirtualTime {
    pub(crate) clock: VirtualClock,
    pub(crate) pass: Rc<PassFn>,
}

impl fmt::Debug for VirtualTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VirtualTime").field(&self.clock).finish()
    }
}

/// Who answers names of hosts, if the system does not.
#[derive(Clone)]
pub(crate) struct LookUp(pub(crate) Rc<LookUpFn>);

type LookUpFn = dyn Fn(&str, u16) -> Result<SocketAddr, String>;

impl fmt::Debug for LookUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LookUp").finish_non_exhaustive()
    }
}

/// When the loop polls although events are still active.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MaxDispatch {
    pub(crate) interval: Option<Duration>,
    pub(crate) callbacks: usize,
    /// Only for events of this priority and less urgent ones.
    pub(crate) min_priority: usize,
}

impl EventConfig {
    /// As `EventBase::new` makes it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Never waits by this method (`event_config_avoid_method`).
    #[must_use]
    pub fn avoid_method(mut self, method: Method) -> Self {
        self.avoided.push(method);
        self
    }

    /// Waits only by a method that can do this (`event_config_require_features`).
    #[must_use]
    pub fn require_features(mut self, features: Features) -> Self {
        self.required = features;
        self
    }

    /// Works like this (`event_config_set_flag`).
    #[must_use]
    pub fn set_flag(mut self, flags: ConfigFlags) -> Self {
        self.flags |= flags;
        self
    }

    /// Polls again after `interval`, or after `callbacks` callbacks, although events of `min_priority` or
    /// less urgent ones are still active (`event_config_set_max_dispatch_interval`), so that urgent events
    /// do not wait for many that are not. `None` is no limit.
    #[must_use]
    pub fn set_max_dispatch_interval(
        mut self,
        interval: Option<Duration>,
        callbacks: Option<usize>,
        min_priority: usize,
    ) -> Self {
        self.max_dispatch = Some(MaxDispatch {
            interval,
            callbacks: callbacks.unwrap_or(usize::MAX).max(1),
            min_priority,
        });
        self
    }

    /// The base lives in a time of its own, for tests and teaching: timeouts are exact, and nobody waits for
    /// them. The loop never waits really. Instead it asks `pass`, with the time until which it may wait (`None`:
    /// for ever) and how often it has looked during this wait. `pass` may let time pass on the clock, or do
    /// something that makes an fd ready, and says whether to look (again) or that the wait is over.
    #[must_use]
    pub fn virtual_time(
        mut self,
        clock: VirtualClock,
        pass: impl Fn(&mut EventBase, Option<Duration>, u32) -> Wait + 'static,
    ) -> Self {
        self.virtual_time = Some(VirtualTime { clock, pass: Rc::new(pass) });
        self
    }

    /// Names of hosts are looked up by this, for tests and teaching: within the call that connects, as libevent does
    /// without an `evdns_base`, and not by the system on another thread. It gives an address, or says why there is
    /// none, best by the name of an error (`EAI_NONAME`), which then stands in a recording.
    #[must_use]
    pub fn getaddrinfo(
        mut self,
        look_up: impl Fn(&str, u16) -> Result<SocketAddr, String> + 'static,
    ) -> Self {
        self.getaddrinfo = Some(LookUp(Rc::new(look_up)));
        self
    }
}
