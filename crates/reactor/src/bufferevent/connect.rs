//! Connecting a bufferevent, and giving it another socket.

use std::os::fd::{AsRawFd, OwnedFd};

use evscope_trace::{ConnectProgress, Objects, errno_name};
use rustix::io::Errno;

use super::kind::Kind;
use super::run::TriggerOptions;
use crate::recording::{call, point};
use crate::socket::{Connecting, finished_connecting, start_connecting, stream_socket};
use crate::{Addr, BevEvents, BufferEnd, Bufferevent, Error, EvFlags, EventBase};

/// # Bufferevents: connecting
impl EventBase {
    /// Connects to `addr` (`bufferevent_socket_connect`), with the bufferevent's socket or, if it has none,
    /// a new one. The event callback is told how it ended: CONNECTED or ERROR.
    ///
    /// # Errors
    /// [`Error::Os`] if it cannot even begin.
    #[call]
    pub fn bufferevent_socket_connect(
        &mut self,
        bev: Bufferevent,
        addr: impl Into<Addr>,
    ) -> Result<(), Error> {
        self.socket_bev(bev, "bufferevent_socket_connect")?;
        #[cfg(feature = "tls")]
        if matches!(self.bevs[bev].kind, Kind::Tls(_)) {
            self.target_of_setfd(bev)?;
        }
        let addr = addr.into();
        self.says_connect(bev, &addr);
        self.incref(bev);
        let result = self.connect(bev, &addr);
        self.decref(bev);
        result
    }

    #[track_caller]
    fn connect(&mut self, bev: Bufferevent, addr: &Addr) -> Result<(), Error> {
        let refused = |error: Errno| Error::os(format!("cannot connect to {addr}"), error);
        let (fd, is_new) = match self.bevs[bev].fd.take() {
            Some(fd) => (fd, false),
            None => (stream_socket(addr).map_err(refused)?, true),
        };
        let begun = match self.evutil_socket_connect(bev, &fd, addr) {
            Ok(begun) => begun,
            Err(error) => {
                // A socket that the program gave stays; one that was made here is closed.
                self.bevs[bev].fd = (!is_new).then_some(fd);
                self.socket_error = Some(error.raw_os_error());
                return Err(refused(error));
            }
        };
        self.setfd(bev, Some(fd));
        match begun {
            Connecting::InProgress => {
                self.be_socket_enable(bev, EvFlags::WRITE)?;
                self.bevs[bev].connecting = true;
            }
            Connecting::Connected => {
                // The loop finds out again, by ev_write, and tells the program from there.
                self.bevs[bev].connecting = true;
                let before = self.lengths(bev);
                let options = TriggerOptions::DEFER_CALLBACKS;
                self.bufferevent_trigger_nolock(bev, EvFlags::WRITE, options, before);
            }
            Connecting::Refused => {
                self.socket_error = Some(Errno::CONNREFUSED.raw_os_error());
                let options = TriggerOptions::DEFER_CALLBACKS;
                self.bufferevent_run_eventcb(bev, BevEvents::ERROR, options);
                self.bufferevent_disable(bev, EvFlags::READ | EvFlags::WRITE)?;
            }
        }
        Ok(())
    }

    /// Begins to connect (`evutil_socket_connect_`).
    #[point(Objects { fd: Some(fd.as_raw_fd()), ..self.bev_objects(bev) } => Connect {
        progress: match &result {
            Ok(Connecting::InProgress) => ConnectProgress::Started,
            Ok(Connecting::Connected) => ConnectProgress::Connected,
            Ok(Connecting::Refused) | Err(_) => ConnectProgress::Failed,
        },
        errno: match &result {
            Ok(Connecting::Refused) => Some(errno_name(Errno::CONNREFUSED.raw_os_error())),
            Ok(_) => None,
            Err(error) => Some(errno_name(error.raw_os_error())),
        },
    }, after)]
    fn evutil_socket_connect(
        &mut self,
        bev: Bufferevent,
        fd: &OwnedFd,
        addr: &Addr,
    ) -> Result<Connecting, Errno> {
        start_connecting(fd, addr)
    }

    /// Whether connecting has ended, and how (`evutil_socket_finished_connecting_`, and what a read found out).
    #[point(bev => Connect {
        progress: match result {
            Ok(_) => ConnectProgress::Connected,
            Err(_) => ConnectProgress::Failed,
        },
        errno: result.err().map(|error| errno_name(error.raw_os_error())),
    }, if result != Ok(false), after)]
    pub(super) fn evutil_socket_finished_connecting(
        &mut self,
        bev: Bufferevent,
    ) -> Result<bool, Errno> {
        let slot = &mut self.bevs[bev];
        let refused = std::mem::take(&mut slot.connection_refused);
        let finished = match &slot.fd {
            _ if refused => Err(Errno::CONNREFUSED),
            Some(fd) => finished_connecting(fd),
            None => Err(Errno::BADF),
        };
        slot.connecting = finished == Ok(false);
        if let Err(error) = finished {
            self.socket_error = Some(error.raw_os_error());
        }
        finished
    }

    /// Gives the bufferevent another socket, or none (`bufferevent_setfd`), and returns the one it had. What
    /// was enabled is enabled again.
    #[track_caller]
    pub fn bufferevent_setfd(
        &mut self,
        bev: Bufferevent,
        fd: Option<OwnedFd>,
    ) -> Result<Option<OwnedFd>, Error> {
        let target = self.target_of_setfd(bev)?;
        Ok(self.setfd(target, fd))
    }

    /// Whose socket it is: of a filter, that of what is below.
    fn target_of_setfd(&self, bev: Bufferevent) -> Result<Bufferevent, Error> {
        let invalid = |reason| Err(Error::invalid("bufferevent_setfd", reason));
        match &self.bev(bev)?.kind {
            Kind::Socket => Ok(bev),
            Kind::Pair(_) => invalid("one of a pair has no socket"),
            Kind::Filter(filter) => self.target_of_setfd(filter.underlying),
            #[cfg(feature = "tls")]
            Kind::Tls(tls) if tls.underlying.is_none() && self.bevs[bev].fd.is_none() => Ok(bev),
            #[cfg(feature = "tls")]
            Kind::Tls(_) => {
                invalid("a TLS connection cannot begin anew; make another bufferevent for it")
            }
        }
    }

    #[call(Objects { fd: fd.as_ref().map(AsRawFd::as_raw_fd), ..self.bev_objects(bev) } => BuffereventSetfd {})]
    fn setfd(&mut self, bev: Bufferevent, fd: Option<OwnedFd>) -> Option<OwnedFd> {
        let raw = fd.as_ref().map_or(-1, AsRawFd::as_raw_fd);
        let slot = &mut self.bevs[bev];
        let (ev_read, ev_write) = (slot.ev_read, slot.ev_write);
        let (input, output) = (slot.input, slot.output);
        #[cfg(feature = "tls")]
        if let Kind::Tls(tls) = self.bevs[bev].kind.clone() {
            self.be_tls_setfd(bev, &tls, fd);
            return None;
        }
        self.event_del_nolock(ev_read);
        self.event_del_nolock(ev_write);
        self.set_frozen(input, BufferEnd::End, false);
        self.set_frozen(output, BufferEnd::Start, false);
        let old = std::mem::replace(&mut self.bevs[bev].fd, fd);
        self.event_reassign(ev_read, raw);
        self.event_reassign(ev_write, raw);
        if raw >= 0 {
            // What fails here was recorded; the loop tells of nothing then.
            let _ = self.bufferevent_enable(bev, self.bevs[bev].enabled);
        }
        old
    }
}
