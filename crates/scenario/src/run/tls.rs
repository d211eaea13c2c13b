//! Statements about TLS. Both sides of a connection are the scenario's: the server has the project's test certificate,
//! and the client trusts that one and no other.

use std::sync::{Arc, OnceLock};

use evscope_reactor::rustls::pki_types::pem::PemObject;
use evscope_reactor::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use evscope_reactor::rustls::{
    ClientConfig, ClientConnection, Connection, RootCertStore, ServerConfig, ServerConnection,
};
use evscope_reactor::{BevOptions, Bufferevent, EventBase};

use super::objects::BevSort;
use super::{Frame, Machine};
use crate::spec::Sort;
use crate::{TLS_CERTIFICATE, TLS_KEY};

impl Machine {
    pub(super) fn bev_tls_new(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let Some((peer, fd)) = self.end_for(a[1], frame) else {
            return;
        };
        let options = BevOptions::from_bits_truncate(a[3] as u32);
        let Some(connection) = connection(a[2]) else {
            return;
        };
        if let Ok(bev) = base.bufferevent_rustls_socket_new(fd, connection, options) {
            let at = self.made_bev(a[0], bev, BevSort::Socket, options, peer);
            self.made_tls(at);
        }
    }

    pub(super) fn bev_tls_filter_new(&self, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let options = BevOptions::from_bits_truncate(a[3] as u32);
        // Otherwise OpenSSL's connection would hold the bufferevent below beyond its base.
        if !options.contains(BevOptions::CLOSE_ON_FREE) {
            return;
        }
        let (Some((at, below)), Some(connection)) = (self.below(a[1], frame), connection(a[2]))
        else {
            return;
        };
        if let Ok(bev) = base.bufferevent_rustls_filter_new(below, connection, options) {
            let at = self.made_on_top(a[0], bev, at, options);
            self.made_tls(at);
        }
    }

    fn made_tls(&self, at: usize) {
        if let Some(bev) = self.state.borrow_mut().objects.bev(at) {
            bev.tls = true;
        }
    }

    /// A bufferevent of TLS.
    pub(super) fn tls_bev(&self, arg: i64, frame: &Frame, act: impl FnOnce(Bufferevent)) {
        let found = self.find(arg, Sort::Bufferevent, frame).and_then(|at| {
            let objects = &mut self.state.borrow_mut().objects;
            objects.bev(at).filter(|bev| bev.tls).map(|bev| bev.bev)
        });
        if let Some(bev) = found {
            act(bev);
        }
    }
}

/// A side of a connection; none only if the certificate, which is our own, cannot be read.
fn connection(state: i64) -> Option<Connection> {
    static SIDES: OnceLock<Option<(Arc<ClientConfig>, Arc<ServerConfig>)>> = OnceLock::new();
    let (client, server) = SIDES.get_or_init(sides).as_ref()?;
    let name = ServerName::try_from("localhost").ok()?;
    match state {
        0 => ClientConnection::new(Arc::clone(client), name)
            .ok()
            .map(Connection::from),
        _ => ServerConnection::new(Arc::clone(server))
            .ok()
            .map(Connection::from),
    }
}

fn sides() -> Option<(Arc<ClientConfig>, Arc<ServerConfig>)> {
    let certificate = CertificateDer::from_pem_slice(TLS_CERTIFICATE.as_bytes()).ok()?;
    let key = PrivateKeyDer::from_pem_slice(TLS_KEY.as_bytes()).ok()?;
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).ok()?;
    let client = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let server = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .ok()?;
    Some((Arc::new(client), Arc::new(server)))
}
