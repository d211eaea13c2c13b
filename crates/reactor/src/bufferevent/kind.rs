//! What a kind of bufferevent does in its own way (libevent's `struct bufferevent_ops`).

use std::rc::Rc;

use super::filter::Filter;
#[cfg(feature = "tls")]
use super::tls::Tls;
use crate::recording::call;
use crate::{Bufferevent, Error, EvFlags, EventBase};

/// The kinds of bufferevents.
#[derive(Clone)]
pub(crate) enum Kind {
    /// On a socket.
    Socket,
    /// One end of a pair; the partner, until either is freed.
    Pair(Option<Bufferevent>),
    /// On top of another bufferevent.
    Filter(Rc<Filter>),
    /// TLS, on a socket or on top of another bufferevent.
    #[cfg(feature = "tls")]
    Tls(Rc<Tls>),
}

/// How thoroughly a bufferevent passes on what it holds (libevent's `enum bufferevent_flush_mode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlushMode {
    /// As it always does.
    Normal,
    /// As much as can be checked and passed on.
    Flush,
    /// All: nothing more will come.
    Finished,
}

impl FlushMode {
    fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Flush => "flush",
            Self::Finished => "finished",
        }
    }
}

impl Kind {
    /// The bufferevent below.
    pub(super) fn underlying(&self) -> Option<Bufferevent> {
        match self {
            Self::Filter(filter) => Some(filter.underlying),
            Self::Socket | Self::Pair(_) => None,
            #[cfg(feature = "tls")]
            Self::Tls(tls) => tls.underlying,
        }
    }
}

/// # Bufferevents: flushed
impl EventBase {
    /// The kind's way to enable sides.
    #[track_caller]
    pub(super) fn enable_sides(&mut self, bev: Bufferevent, events: EvFlags) -> Result<(), Error> {
        match self.bevs[bev].kind.clone() {
            Kind::Socket => self.be_socket_enable(bev, events),
            Kind::Pair(_) => self.be_pair_enable(bev, events),
            Kind::Filter(filter) => self.be_filter_enable(bev, &filter, events),
            #[cfg(feature = "tls")]
            Kind::Tls(tls) => self.be_tls_enable(bev, &tls, events),
        }
    }

    /// The kind's way to disable sides.
    #[track_caller]
    pub(super) fn disable_sides(&mut self, bev: Bufferevent, events: EvFlags) {
        match self.bevs[bev].kind.clone() {
            Kind::Socket => self.be_socket_disable(bev, events),
            Kind::Pair(_) => self.delete_generic_timeouts(bev, events),
            Kind::Filter(filter) => self.be_filter_disable(bev, &filter, events),
            #[cfg(feature = "tls")]
            Kind::Tls(tls) => self.be_tls_disable(bev, &tls, events),
        }
    }

    /// The last reference is gone: others must not find it any more.
    #[track_caller]
    pub(super) fn unlink(&mut self, bev: Bufferevent) {
        match self.bevs[bev].kind.clone() {
            Kind::Socket => {}
            Kind::Pair(partner) => self.be_pair_unlink(bev, partner),
            Kind::Filter(filter) => self.be_filter_unlink(&filter),
            #[cfg(feature = "tls")]
            Kind::Tls(tls) => self.be_tls_unlink(bev, &tls),
        }
    }

    /// Passes on what the sides in `events` hold (`bufferevent_flush`). Sockets do that by themselves.
    #[call(bev => BuffereventFlush { events, mode: mode.name().into() })]
    pub fn bufferevent_flush(
        &mut self,
        bev: Bufferevent,
        events: EvFlags,
        mode: FlushMode,
    ) -> Result<(), Error> {
        self.bev(bev)?;
        let result = match self.bevs[bev].kind.clone() {
            Kind::Socket => Ok(()),
            Kind::Pair(partner) => self.be_pair_flush(bev, partner, events, mode),
            Kind::Filter(filter) => {
                self.be_filter_flush(bev, &filter, events, mode);
                Ok(())
            }
            // It passes on all it can by itself.
            #[cfg(feature = "tls")]
            Kind::Tls(_) => Ok(()),
        };
        if result.is_err() {
            self.warn_refused(bev, "bufferevent_flush", "nothing is passed on");
        }
        result
    }
}
