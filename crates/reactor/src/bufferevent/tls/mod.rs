//! TLS: a bufferevent whose bytes go through a rustls connection, on a socket or on top of another
//! bufferevent. libevent's `bufferevent_openssl.c`, with another engine.
//!
//! The states are libevent's: while it connects or accepts, the events run the handshake; when that is
//! done the event callback is told CONNECTED and the events read and write. What differs comes from the
//! engine: rustls keeps what it wants to send by itself, so a read never has to wait for a write, and
//! there is no renegotiation.
//!
//! The ciphertext has two buffers of its own, which are read from the socket and written to it; on top of
//! another bufferevent they are that one's input and output.

mod data;
mod handshake;
mod session;
mod transport;

use std::cell::{Ref, RefCell, RefMut};
use std::os::fd::{AsRawFd, OwnedFd};
use std::rc::Rc;

use rustls::Connection;

use super::Callbacks;
use super::kind::Kind;
use super::slot::EventCallbacks;
use crate::buffer::BufferCallback;
use crate::event::EventCallback;
use crate::recording::call;
use crate::{
    BevEvents, BevOptions, Bufferevent, Error, EvFlags, Evbuffer, EventBase, SuspendReasons,
};
use session::Session;
use transport::Flush;

/// Why a TLS connection failed, or ended.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TlsError {
    /// The peer, or its certificate, is not as it should be.
    #[error("{0}")]
    Protocol(rustls::Error),
    /// The connection was closed, or broke, without a word from the peer that it would be (close_notify):
    /// perhaps somebody else has cut it off.
    #[error("the connection was closed without close_notify")]
    DirtyShutdown,
    /// Something was to be sent after `bufferevent_ssl_shutdown`.
    #[error("the connection was shut down before")]
    Shutdown,
    /// It broke, for this reason (errno).
    #[error("{}", std::io::Error::from_raw_os_error(*.0))]
    Os(i32),
}

/// What a TLS bufferevent keeps beside what all do.
pub(crate) struct Tls {
    /// `None` on a socket.
    pub(super) underlying: Option<Bufferevent>,
    /// Ciphertext that has come.
    inbound: Evbuffer,
    /// Ciphertext that is to go.
    outbound: Evbuffer,
    /// Borrowed for a moment at a time, never while a callback can run.
    session: RefCell<Session>,
}

impl Tls {
    /// The handshake is over.
    fn is_open(&self) -> bool {
        self.session.borrow().open
    }

    /// Reading has come to its end, and the program was told.
    fn has_ended(&self) -> bool {
        self.session.borrow().ended
    }

    /// The program was told of an error.
    fn has_failed(&self) -> bool {
        self.session.borrow().error.is_some()
    }

    fn allows_dirty_shutdown(&self) -> bool {
        self.session.borrow().allow_dirty_shutdown
    }

    /// How many bytes can be had without more ciphertext.
    fn pending(&self) -> usize {
        self.session.borrow().pending()
    }

    /// The connection has something to send.
    fn wants_write(&self) -> bool {
        self.session.borrow().connection.wants_write()
    }
}

/// # Bufferevents: TLS
impl EventBase {
    /// Makes a TLS bufferevent on a socket, or on none yet (`bufferevent_openssl_socket_new`). A client's
    /// `connection` begins the handshake, a server's waits for it; when it is done the event callback is
    /// told CONNECTED. With CLOSE_ON_FREE the socket is closed with the bufferevent.
    ///
    /// A bufferevent without a socket gets one by [`bufferevent_socket_connect`] or
    /// [`bufferevent_setfd`], once: a connection cannot begin anew.
    ///
    /// [`bufferevent_socket_connect`]: Self::bufferevent_socket_connect
    /// [`bufferevent_setfd`]: Self::bufferevent_setfd
    #[call]
    pub fn bufferevent_rustls_socket_new(
        &mut self,
        fd: Option<OwnedFd>,
        connection: impl Into<Connection>,
        options: BevOptions,
    ) -> Result<Bufferevent, Error> {
        super::check_options(options, "bufferevent_rustls_socket_new")?;
        let connection = connection.into();
        let raw = fd.as_ref().map_or(-1, AsRawFd::as_raw_fd);
        let options = options - BevOptions::THREADSAFE;
        let bev = self.bufferevent_init_common(fd, options);
        self.says_socket_new(bev, Some(state_name(&connection)));
        let (inbound, outbound) = (self.evbuffer_new(), self.evbuffer_new());
        let tls = Tls {
            underlying: None,
            inbound,
            outbound,
            session: RefCell::new(Session::new(connection)),
        };
        let tls = self.make_tls(bev, tls);
        self.assign_events(bev, tls_events(bev, raw, &tls));
        if raw >= 0 && !tls.is_open() {
            // What fails here was recorded; the loop tells of nothing then.
            let _ = self.bufferevent_enable(bev, self.bevs[bev].enabled);
        }
        Ok(bev)
    }

    /// Makes a TLS bufferevent on top of another, which carries the ciphertext
    /// (`bufferevent_openssl_filter_new`). The callbacks of `underlying` are its own from now on; with
    /// CLOSE_ON_FREE it is freed with the new one.
    #[call]
    pub fn bufferevent_rustls_filter_new(
        &mut self,
        underlying: Bufferevent,
        connection: impl Into<Connection>,
        options: BevOptions,
    ) -> Result<Bufferevent, Error> {
        super::check_options(options, "bufferevent_rustls_filter_new")?;
        self.bev(underlying)?;
        let (inbound, outbound) = (self.bevs[underlying].input, self.bevs[underlying].output);
        let connection = connection.into();
        let options = options - BevOptions::THREADSAFE;
        let bev = self.bufferevent_init_common(None, options);
        self.says_filter_new(bev, underlying, options, Some(state_name(&connection)));
        let session = RefCell::new(Session::new(connection));
        let tls = Tls { underlying: Some(underlying), inbound, outbound, session };
        let tls = self.make_tls(bev, tls);
        self.assign_events(bev, EventCallbacks::timers(bev));
        self.incref(underlying);
        self.bufferevent_setcb(underlying, tls_callbacks(bev, &tls))?;
        self.bufferevent_setwatermark(underlying, EvFlags::READ, 0, 0)?;
        let enabled = self.bufferevent_enable(underlying, EvFlags::READ | EvFlags::WRITE);
        if tls.is_open() {
            self.bufferevent_suspend_read(underlying, SuspendReasons::FILTER_READ);
        }
        enabled.map(|()| bev)
    }

    fn make_tls(&mut self, bev: Bufferevent, tls: Tls) -> Rc<Tls> {
        let output = self.bevs[bev].output;
        let callback = BufferCallback::TlsOutbuf(bev);
        self.buffers[output].callbacks.add(output, callback);
        let tls = Rc::new(tls);
        self.bevs[bev].kind = Kind::Tls(Rc::clone(&tls));
        tls
    }

    /// Its connection (`bufferevent_openssl_get_ssl`): the peer's certificates, the protocol agreed on.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the bufferevent is not one of TLS.
    pub fn bufferevent_rustls_get_ssl(
        &self,
        bev: Bufferevent,
    ) -> Result<Ref<'_, Connection>, Error> {
        let tls = self.tls(bev, "bufferevent_rustls_get_ssl")?;
        Ok(Ref::map(tls.session.borrow(), |session| &session.connection))
    }

    /// The same, to change it. What it wants to send then goes with the next bytes.
    pub fn bufferevent_rustls_get_ssl_mut(
        &mut self,
        bev: Bufferevent,
    ) -> Result<RefMut<'_, Connection>, Error> {
        let tls = self.tls(bev, "bufferevent_rustls_get_ssl_mut")?;
        Ok(RefMut::map(tls.session.borrow_mut(), |session| &mut session.connection))
    }

    /// Tells the peer that nothing more comes (close_notify, as `SSL_shutdown` does), so that it can tell
    /// this end from one that somebody else has made. To be called when the output is empty, before
    /// `bufferevent_free`.
    ///
    /// # Errors
    /// [`Error::Invalid`] within the handshake, and while there is something in the output: it would not be sent any more.
    #[track_caller]
    pub fn bufferevent_ssl_shutdown(&mut self, bev: Bufferevent) -> Result<(), Error> {
        let tls = Rc::clone(self.tls(bev, "bufferevent_ssl_shutdown")?);
        if tls.session.borrow().connection.is_handshaking() {
            let reason = "the handshake is not done";
            return Err(Error::invalid("bufferevent_ssl_shutdown", reason));
        }
        let output = self.bevs[bev].output;
        if self.buffers[output].chain.len() > 0 {
            let reason = "bytes are still in the output; wait for the write callback";
            return Err(Error::invalid("bufferevent_ssl_shutdown", reason));
        }
        {
            let mut session = tls.session.borrow_mut();
            session.connection.send_close_notify();
            session.said_goodbye = true;
        }
        self.incref(bev);
        match self.flush_tls(bev, &tls) {
            Flush::Done => {}
            // The write event brings it out.
            Flush::Blocked => {
                let _ = self.start_writing(bev, &tls);
            }
            // Nobody is there to hear it; who reads finds out.
            Flush::Failed(_) => self.forget_ciphertext(&tls),
        }
        self.decref(bev);
        Ok(())
    }

    /// Why the connection failed (`bufferevent_get_openssl_error`): to be asked in an event callback that
    /// was told of an ERROR.
    pub fn bufferevent_get_ssl_error(&self, bev: Bufferevent) -> Result<Option<TlsError>, Error> {
        let tls = self.tls(bev, "bufferevent_get_ssl_error")?;
        Ok(tls.session.borrow().error.clone())
    }

    /// Whether an end without close_notify is a good one
    /// (`bufferevent_openssl_get_allow_dirty_shutdown`).
    pub fn bufferevent_ssl_get_allow_dirty_shutdown(
        &self,
        bev: Bufferevent,
    ) -> Result<bool, Error> {
        let tls = self.tls(bev, "bufferevent_ssl_get_allow_dirty_shutdown")?;
        Ok(tls.allows_dirty_shutdown())
    }

    /// Takes an end without close_notify for a good one: the event callback is told EOF then, not ERROR
    /// (`bufferevent_openssl_set_allow_dirty_shutdown`). Only where the protocol above knows its own
    /// ends: otherwise anybody on the way can cut it off unnoticed.
    pub fn bufferevent_ssl_set_allow_dirty_shutdown(
        &mut self,
        bev: Bufferevent,
        allow: bool,
    ) -> Result<(), Error> {
        let tls = self.tls(bev, "bufferevent_ssl_set_allow_dirty_shutdown")?;
        tls.session.borrow_mut().allow_dirty_shutdown = allow;
        Ok(())
    }

    fn tls(&self, bev: Bufferevent, call: &'static str) -> Result<&Rc<Tls>, Error> {
        match &self.bev(bev)?.kind {
            Kind::Tls(tls) => Ok(tls),
            _ => Err(Error::invalid(call, "the bufferevent is not one of TLS")),
        }
    }

    /// What it keeps, unless the program has freed it.
    fn live_tls(&self, bev: Bufferevent) -> Option<Rc<Tls>> {
        match &self.bev(bev).ok()?.kind {
            Kind::Tls(tls) => Some(Rc::clone(tls)),
            _ => None,
        }
    }

    /// The same also of one that was freed and is not taken apart yet: its events run on, as in libevent.
    fn held_tls(&self, bev: Bufferevent) -> Option<Rc<Tls>> {
        match &self.bevs.get(bev)?.kind {
            Kind::Tls(tls) => Some(Rc::clone(tls)),
            _ => None,
        }
    }

    #[track_caller]
    pub(super) fn be_tls_enable(
        &mut self,
        bev: Bufferevent,
        tls: &Tls,
        events: EvFlags,
    ) -> Result<(), Error> {
        let mut result = Ok(());
        if events.contains(EvFlags::READ) {
            result = self.start_reading(bev, tls);
        }
        if events.contains(EvFlags::WRITE) {
            result = result.and(self.start_writing(bev, tls));
        }
        if tls.underlying.is_some() {
            self.incref(bev);
            self.reset_generic_timeouts(bev, events);
            if !tls.is_open() {
                self.begin_handshake(bev, tls, events);
            } else {
                if events.contains(EvFlags::READ) {
                    self.consider_reading(bev, tls);
                }
                if events.contains(EvFlags::WRITE) {
                    self.consider_writing(bev, tls);
                }
            }
            self.decref(bev);
        }
        result
    }

    #[track_caller]
    pub(super) fn be_tls_disable(&mut self, bev: Bufferevent, tls: &Tls, events: EvFlags) {
        if events.contains(EvFlags::READ) {
            self.stop_reading(bev, tls);
        }
        if events.contains(EvFlags::WRITE) {
            self.stop_writing(bev, tls);
        }
        if tls.underlying.is_some() {
            self.delete_generic_timeouts(bev, events);
        }
    }

    pub(super) fn be_tls_unlink(&mut self, bev: Bufferevent, tls: &Tls) {
        let Some(underlying) = tls.underlying else {
            return;
        };
        if self.bevs[bev].options.contains(BevOptions::CLOSE_ON_FREE) {
            // The program may have freed it already; our own reference goes when this is taken apart.
            let _ = self.bufferevent_free(underlying);
            return;
        }
        if self.bev(underlying).is_ok() {
            let _ = self.bufferevent_setcb(underlying, Callbacks::default());
        }
        self.bufferevent_unsuspend_read(underlying, SuspendReasons::FILTER_READ);
    }

    /// The last of it: its buffers, or its hold on what is below.
    #[track_caller]
    pub(super) fn be_tls_destruct(&mut self, tls: &Tls) {
        match tls.underlying {
            Some(underlying) if self.bevs.contains_key(underlying) => self.decref(underlying),
            Some(_) => {}
            None => {
                for buffer in [tls.inbound, tls.outbound] {
                    // They are nobody else's, so nobody else has freed them.
                    let _ = self.evbuffer_free(buffer);
                }
            }
        }
    }

    /// Gives it its socket (`be_openssl_set_fd`): the handshake begins.
    #[track_caller]
    pub(super) fn be_tls_setfd(&mut self, bev: Bufferevent, tls: &Tls, fd: Option<OwnedFd>) {
        let raw = fd.as_ref().map_or(-1, AsRawFd::as_raw_fd);
        self.bevs[bev].fd = fd;
        let events = tls_events(bev, raw, tls);
        self.assign_events_anew(bev, events);
        if raw >= 0 {
            // What fails here was recorded; the loop tells of nothing then.
            let _ = self.bufferevent_enable(bev, self.bevs[bev].enabled);
        }
    }

    /// Runs the event callback with an end that was reached, well or badly (`conn_closed`).
    fn conn_closed(&mut self, bev: Bufferevent, tls: &Tls, when: BevEvents, why: Option<TlsError>) {
        self.socket_error = match why {
            Some(TlsError::Os(errno)) => Some(errno),
            _ => None,
        };
        let dirty = matches!(why, Some(TlsError::DirtyShutdown | TlsError::Os(_)));
        // Who cannot write can still read what has come.
        if when == BevEvents::READING {
            tls.session.borrow_mut().end(why.clone());
        }
        let why = why.filter(|_| !(dirty && tls.allows_dirty_shutdown()));
        let what = match why {
            None => BevEvents::EOF,
            Some(why) => {
                self.tls_failed(bev, tls, why);
                BevEvents::ERROR
            }
        };
        self.stop_reading(bev, tls);
        self.stop_writing(bev, tls);
        self.bufferevent_run_eventcb(bev, when | what, super::TriggerOptions::empty());
    }

    /// Keeps the reason for the program to ask for.
    #[track_caller]
    fn tls_failed(&mut self, bev: Bufferevent, tls: &Tls, why: TlsError) {
        let errno = why.to_string().into();
        self.warn(self.bev_objects(bev), "tls", errno, "tells the event callback");
        tls.session.borrow_mut().error.get_or_insert(why);
    }
}

/// How it begins, in a word.
fn state_name(connection: &Connection) -> &'static str {
    match connection {
        _ if !connection.is_handshaking() => "open",
        Connection::Client(_) => "connecting",
        Connection::Server(_) => "accepting",
    }
}

/// What the events on a socket run.
fn tls_events(bev: Bufferevent, fd: i32, tls: &Tls) -> EventCallbacks {
    let persist = EvFlags::PERSIST | EvFlags::FINALIZE;
    let (read, write) = if tls.is_open() {
        (EventCallback::TlsRead(bev), EventCallback::TlsWrite(bev))
    } else {
        let handshake = |side| EventCallback::TlsHandshake(bev, side);
        (handshake(EvFlags::READ), handshake(EvFlags::WRITE))
    };
    EventCallbacks {
        fd,
        read: (EvFlags::READ | persist, read),
        write: (EvFlags::WRITE | persist, write),
    }
}

/// What is heard from below.
fn tls_callbacks(bev: Bufferevent, tls: &Tls) -> Callbacks {
    if tls.is_open() {
        Callbacks::internal(
            ("be_openssl_readcb", move |base, _| base.be_tls_readcb(bev)),
            ("be_openssl_writecb", move |base, _| base.be_tls_writecb(bev)),
            ("be_openssl_eventcb", move |base, _, what| base.be_tls_eventcb(bev, what)),
        )
    } else {
        Callbacks::internal(
            ("be_openssl_handshakecb", move |base, _| base.be_tls_handshakecb(bev)),
            ("be_openssl_handshakecb", move |base, _| base.be_tls_handshakecb(bev)),
            ("be_openssl_eventcb", move |base, _, what| base.be_tls_eventcb(bev, what)),
        )
    }
}
