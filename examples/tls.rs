//! A server that greets over TLS and sends back what it gets.
//!
//! The same callbacks as without TLS; only how the bufferevent is made is new, and CONNECTED, which comes when
//! the keys are agreed on. The certificate is a test certificate, and its key is no secret: do not use them.
//! Try it with `openssl s_client -connect 127.0.0.1:9994`, and with `nc`; stop it with Ctrl-C.

use std::error::Error as StdError;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::sync::Arc;

use evscope_reactor::rustls::pki_types::pem::PemObject;
use evscope_reactor::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use evscope_reactor::rustls::{ServerConfig, ServerConnection};
use evscope_reactor::{
    Addr, BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, Event, EventBase,
    Listener, ListenerOptions,
};

const CERTIFICATE: &[u8] = include_bytes!("tls/test-certificate.pem");
const KEY: &[u8] = include_bytes!("tls/test-key.pem");
const GREETING: &[u8] = b"Hello, and nobody else reads this.\n";

pub(crate) fn main() -> Result<(), Box<dyn StdError>> {
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, evscope_examples::port(9994)));
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE)?;
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], PrivateKeyDer::from_pem_slice(KEY)?)?;

    let mut base = EventBase::new()?;
    let options = ListenerOptions::REUSEABLE | ListenerOptions::CLOSE_ON_FREE;
    let accept = listener_cb(Arc::new(config));
    let listener = base.evconnlistener_new_bind(accept, options, -1, addr)?;
    let signal_event = base.evsignal_new(libc::SIGINT, signal_cb)?;
    base.event_add(signal_event, None)?;

    evscope_examples::listening(&base, listener);
    base.event_base_dispatch()?;

    base.evconnlistener_free(listener)?;
    base.event_free(signal_event)?;
    base.event_base_free();
    Ok(())
}

/// Somebody has connected. The handshake begins by itself; reading is for what comes after it.
fn listener_cb(
    config: Arc<ServerConfig>,
) -> impl Fn(&mut EventBase, Listener, OwnedFd, &Addr) -> Result<(), Box<dyn StdError>> {
    move |base, _listener, fd, _peer| {
        let connection = ServerConnection::new(Arc::clone(&config))?;
        let options = BevOptions::CLOSE_ON_FREE;
        let bev = base.bufferevent_rustls_socket_new(Some(fd), connection, options)?;
        let callbacks = Callbacks::new().readcb(echo_readcb).eventcb(tls_eventcb);
        base.bufferevent_setcb(bev, callbacks)?;
        base.bufferevent_enable(bev, EvFlags::READ)?;
        Ok(())
    }
}

/// Something has come, and is decrypted.
fn echo_readcb(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    let input = base.bufferevent_get_input(bev)?;
    base.bufferevent_write_buffer(bev, input)
}

/// The keys are agreed on; or the client has said goodbye; or it was no TLS at all.
fn tls_eventcb(base: &mut EventBase, bev: Bufferevent, what: BevEvents) -> Result<(), Error> {
    if what.contains(BevEvents::CONNECTED) {
        return base.bufferevent_write(bev, GREETING);
    }
    if what.contains(BevEvents::EOF) {
        base.bufferevent_ssl_shutdown(bev)?;
    } else if let Some(why) = base.bufferevent_get_ssl_error(bev)? {
        eprintln!("{why}");
    }
    base.bufferevent_free(bev)
}

/// Ctrl-C: the loop ends after this turn.
fn signal_cb(base: &mut EventBase, _signal: Event, _what: EvFlags) -> Result<(), Error> {
    base.event_base_loopexit(None)
}
