//! TLS bufferevents, against each other and against rustls alone.

#![cfg(feature = "tls")]
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

use common::{Log, assert_balanced, connection, localhost, new_base, pair, record};
use evscope_reactor::rustls::pki_types::pem::PemObject;
use evscope_reactor::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use evscope_reactor::rustls::{
    AlertDescription, CertificateError, ClientConfig, ClientConnection, Error as RustlsError,
    RootCertStore, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion, version,
};
use evscope_reactor::{
    BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, EventBase, LoopFlags, TlsError,
    TokenBucketConfig,
};
use evscope_trace::Event as Ev;
use proptest::prelude::*;
use rustix::net::sockopt::{set_socket_recv_buffer_size, set_socket_send_buffer_size};

fn certificate() -> CertificateDer<'static> {
    let pem = include_bytes!("../../../examples/tls/test-certificate.pem");
    CertificateDer::from_pem_slice(pem).unwrap()
}

/// A server with the test certificate.
fn server() -> ServerConnection {
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("../../../examples/tls/test-key.pem"))
        .unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate()], key)
        .unwrap();
    ServerConnection::new(Arc::new(config)).unwrap()
}

/// A client that trusts the test certificate.
fn client() -> ClientConnection {
    client_of(&[&version::TLS13, &version::TLS12], &[certificate()])
}

fn client_of(
    versions: &[&'static SupportedProtocolVersion],
    trusted: &[CertificateDer<'static>],
) -> ClientConnection {
    let mut roots = RootCertStore::empty();
    for certificate in trusted {
        roots.add(certificate.clone()).unwrap();
    }
    let config = ClientConfig::builder_with_protocol_versions(versions)
        .with_root_certificates(roots)
        .with_no_client_auth();
    ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap()
}

/// Two TLS bufferevents on a pair of sockets, the client first.
fn ends(base: &mut EventBase) -> [Bufferevent; 2] {
    ends_on(base, pair())
}

fn ends_on(base: &mut EventBase, (a, b): (UnixStream, UnixStream)) -> [Bufferevent; 2] {
    let options = BevOptions::CLOSE_ON_FREE;
    [
        base.bufferevent_rustls_socket_new(Some(a.into()), client(), options)
            .unwrap(),
        base.bufferevent_rustls_socket_new(Some(b.into()), server(), options)
            .unwrap(),
    ]
}

fn take(base: &mut EventBase, bev: Bufferevent) -> Vec<u8> {
    let mut all = Vec::new();
    let mut bytes = [0; 4096];
    loop {
        let n = base.bufferevent_read(bev, &mut bytes).unwrap();
        if n == 0 {
            return all;
        }
        all.extend_from_slice(&bytes[..n]);
    }
}

/// Notes what it reads and what it is told.
fn noting(log: &Log<String>, name: &'static str) -> Callbacks {
    let (reads, events) = (log.clone(), log.clone());
    Callbacks::new()
        .readcb(move |base: &mut EventBase, bev| {
            let text = String::from_utf8(take(base, bev)).unwrap();
            reads.push(format!("{name} read {text}"));
        })
        .eventcb(move |_: &mut EventBase, _, what| events.push(format!("{name} {what}")))
}

/// Runs the loop until it has nothing to do for a moment.
fn settle(base: &mut EventBase) {
    base.event_base_loop(LoopFlags::NONBLOCK).unwrap();
}

fn output_len(base: &EventBase, bev: Bufferevent) -> usize {
    base.evbuffer_get_length(base.bufferevent_get_output(bev).unwrap())
        .unwrap()
}

fn input_len(base: &EventBase, bev: Bufferevent) -> usize {
    base.evbuffer_get_length(base.bufferevent_get_input(bev).unwrap())
        .unwrap()
}

const BOTH: EvFlags = EvFlags::READ.union(EvFlags::WRITE);

#[test]
fn both_ends_are_connected_and_data_goes_both_ways() {
    let mut base = new_base();
    let log = Log::new();
    let [a, b] = ends(&mut base);
    base.bufferevent_setcb(a, noting(&log, "client")).unwrap();
    base.bufferevent_setcb(b, noting(&log, "server")).unwrap();
    base.bufferevent_write(a, b"hello").unwrap();
    base.bufferevent_enable(a, BOTH).unwrap();
    base.bufferevent_enable(b, BOTH).unwrap();
    settle(&mut base);
    let told = log.take();
    let connected = BevEvents::CONNECTED;
    assert!(told.contains(&format!("client {connected}")), "{told:?}");
    assert_eq!(told.last().unwrap(), "server read hello");
    let at = |entry: &str| told.iter().position(|told| told == entry).unwrap();
    assert!(at(&format!("server {connected}")) < at("server read hello"));
    base.bufferevent_write(b, b"good day").unwrap();
    settle(&mut base);
    assert_eq!(log.take(), ["client read good day"]);
    let version = base
        .bufferevent_rustls_get_ssl(a)
        .unwrap()
        .protocol_version();
    assert_eq!(version.unwrap().as_str(), Some("TLSv1_3"));
    base.bufferevent_ssl_shutdown(a).unwrap();
    base.bufferevent_free(a).unwrap();
    settle(&mut base);
    let end = BevEvents::READING | BevEvents::EOF;
    assert_eq!(log.take(), [format!("server {end}")]);
    assert_eq!(base.bufferevent_get_ssl_error(b).unwrap(), None);
}

#[test]
fn the_older_version_works_as_well() {
    let mut base = new_base();
    let log = Log::new();
    let (x, y) = pair();
    let old = client_of(&[&version::TLS12], &[certificate()]);
    let options = BevOptions::CLOSE_ON_FREE;
    let a = base
        .bufferevent_rustls_socket_new(Some(x.into()), old, options)
        .unwrap();
    let b = base
        .bufferevent_rustls_socket_new(Some(y.into()), server(), options)
        .unwrap();
    base.bufferevent_setcb(a, noting(&log, "client")).unwrap();
    base.bufferevent_enable(a, EvFlags::READ).unwrap();
    base.bufferevent_write(b, b"old but good").unwrap();
    settle(&mut base);
    let connected = BevEvents::CONNECTED;
    assert_eq!(
        log.take(),
        [
            format!("client {connected}"),
            "client read old but good".to_owned()
        ]
    );
}

/// A mebibyte through sockets that take little, to a reader who reads little: not a byte is lost, and the
/// output only ever loses what is really gone.
#[test]
fn much_data_arrives_whole_although_writes_are_partial() {
    let data: Vec<u8> = (0..1 << 20).map(|i: u32| (i * 7 % 251) as u8).collect();
    let sent = data.clone();
    let (received, records) = record(move || {
        let mut base = new_base();
        let (x, y) = pair();
        set_socket_send_buffer_size(&x, 4096).unwrap();
        set_socket_recv_buffer_size(&y, 4096).unwrap();
        let [a, b] = ends_on(&mut base, (x, y));
        let received = Log::new();
        let ended = received.clone();
        let reads = received.clone();
        base.bufferevent_setwatermark(b, EvFlags::READ, 0, 3000)
            .unwrap();
        let callbacks = Callbacks::new()
            .readcb(move |base: &mut EventBase, bev| {
                let mut some = vec![0; 1000];
                let n = base.bufferevent_read(bev, &mut some).unwrap();
                some.truncate(n);
                reads.push(some);
            })
            .eventcb(move |base: &mut EventBase, bev, what: BevEvents| {
                if what.contains(BevEvents::EOF) {
                    ended.push(take(base, bev));
                    base.event_base_loopbreak();
                }
            });
        base.bufferevent_setcb(b, callbacks).unwrap();
        base.bufferevent_enable(b, EvFlags::READ).unwrap();
        let drained = |base: &mut EventBase, bev| {
            // Connecting empties nothing, but the first call may come for that.
            if output_len(base, bev) == 0 {
                base.bufferevent_ssl_shutdown(bev).unwrap();
            }
        };
        base.bufferevent_setcb(a, Callbacks::new().writecb(drained))
            .unwrap();
        base.bufferevent_write(a, &sent).unwrap();
        base.event_base_dispatch().unwrap();
        received.take().concat()
    });
    assert_eq!(received.len(), data.len());
    assert!(received == data);
    assert_balanced(&records);
    let blocked = records.iter().filter(|record| {
        matches!(&record.event, Ev::EvbufferWrite { errno: Some(errno), .. } if errno == "EAGAIN")
    });
    assert!(blocked.count() > 10, "the socket was never full");
}

#[test]
fn a_connection_cut_off_is_an_error_unless_that_is_allowed() {
    for (allowed, end) in [
        (false, BevEvents::READING | BevEvents::ERROR),
        (true, BevEvents::READING | BevEvents::EOF),
    ] {
        let mut base = new_base();
        let log = Log::new();
        let [a, b] = ends(&mut base);
        assert!(!base.bufferevent_ssl_get_allow_dirty_shutdown(b).unwrap());
        base.bufferevent_ssl_set_allow_dirty_shutdown(b, allowed)
            .unwrap();
        assert_eq!(base.bufferevent_ssl_get_allow_dirty_shutdown(b).unwrap(), allowed);
        base.bufferevent_setcb(b, noting(&log, "server")).unwrap();
        base.bufferevent_enable(b, EvFlags::READ).unwrap();
        // A socket that is closed with something unread in it would reset the connection.
        base.bufferevent_enable(a, EvFlags::READ).unwrap();
        settle(&mut base);
        base.bufferevent_free(a).unwrap();
        settle(&mut base);
        let connected = BevEvents::CONNECTED;
        assert_eq!(log.take(), [format!("server {connected}"), format!("server {end}")]);
        let why = base.bufferevent_get_ssl_error(b).unwrap();
        assert_eq!(why, (!allowed).then_some(TlsError::DirtyShutdown));
    }
}

#[test]
fn goodbye_cannot_be_said_within_the_handshake() {
    let mut base = new_base();
    let [a, b] = ends(&mut base);
    assert!(matches!(base.bufferevent_ssl_shutdown(a), Err(Error::Invalid { .. })));
    settle(&mut base);
    base.bufferevent_ssl_shutdown(a).unwrap();
    base.bufferevent_enable(b, EvFlags::READ).unwrap();
    settle(&mut base);
}

#[test]
fn a_certificate_that_is_not_trusted_is_an_error_on_both_sides() {
    let mut base = new_base();
    let log = Log::new();
    let (x, y) = pair();
    let options = BevOptions::CLOSE_ON_FREE;
    let distrustful = client_of(&[&version::TLS13], &[]);
    let a = base
        .bufferevent_rustls_socket_new(Some(x.into()), distrustful, options)
        .unwrap();
    let b = base
        .bufferevent_rustls_socket_new(Some(y.into()), server(), options)
        .unwrap();
    base.bufferevent_setcb(a, noting(&log, "client")).unwrap();
    base.bufferevent_setcb(b, noting(&log, "server")).unwrap();
    settle(&mut base);
    let error = BevEvents::READING | BevEvents::ERROR;
    assert_eq!(log.take(), [format!("client {error}"), format!("server {error}")]);
    let unknown = RustlsError::InvalidCertificate(CertificateError::UnknownIssuer);
    assert_eq!(base.bufferevent_get_ssl_error(a).unwrap(), Some(TlsError::Protocol(unknown)));
    let alert = RustlsError::AlertReceived(AlertDescription::UnknownCA);
    assert_eq!(base.bufferevent_get_ssl_error(b).unwrap(), Some(TlsError::Protocol(alert)));
}

#[test]
fn a_peer_that_speaks_plainly_is_told_so_and_is_an_error() {
    let ((), records) = record(|| {
        let mut base = new_base();
        let log = Log::new();
        let (x, mut plain) = pair();
        let bev = base
            .bufferevent_rustls_socket_new(Some(x.into()), server(), BevOptions::CLOSE_ON_FREE)
            .unwrap();
        base.bufferevent_setcb(bev, noting(&log, "server")).unwrap();
        plain.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
        settle(&mut base);
        let error = BevEvents::READING | BevEvents::ERROR;
        assert_eq!(log.take(), [format!("server {error}")]);
        let why = base.bufferevent_get_ssl_error(bev).unwrap().unwrap();
        assert!(matches!(why, TlsError::Protocol(RustlsError::InvalidMessage(_))), "{why:?}");
        let mut alert = [0; 16];
        assert_eq!(plain.read(&mut alert).unwrap(), 7);
        assert_eq!(alert[0], 21, "an alert");
    });
    assert_balanced(&records);
    let reason = records.iter().find_map(|record| match &record.event {
        Ev::Error { call, errno, .. } => Some(format!("{call}: {errno}")),
        _ => None,
    });
    assert!(reason.as_deref().unwrap().starts_with("tls: "), "{reason:?}");
}

/// The handshake's last message and the first data come in one piece. No fd becomes readable for the data.
#[test]
fn data_that_comes_with_the_handshake_is_not_forgotten() {
    let mut base = new_base();
    let log = Log::new();
    let (x, mut y) = pair();
    let bev = base
        .bufferevent_rustls_socket_new(Some(x.into()), server(), BevOptions::CLOSE_ON_FREE)
        .unwrap();
    base.bufferevent_setcb(bev, noting(&log, "server")).unwrap();
    let mut peer = client();
    peer.write_tls(&mut y).unwrap();
    settle(&mut base);
    while peer.wants_read() && peer.is_handshaking() {
        peer.read_tls(&mut y).unwrap();
        peer.process_new_packets().unwrap();
    }
    peer.writer().write_all(b"at once").unwrap();
    peer.send_close_notify();
    peer.write_tls(&mut y).unwrap();
    assert!(!peer.wants_write());
    settle(&mut base);
    assert_eq!(log.take(), [format!("server {}", BevEvents::CONNECTED)]);
    base.bufferevent_enable(bev, EvFlags::READ).unwrap();
    settle(&mut base);
    let end = BevEvents::READING | BevEvents::EOF;
    assert_eq!(log.take(), ["server read at once".to_owned(), format!("server {end}")]);
}

#[test]
fn the_high_mark_stops_reading_and_taking_bytes_resumes_it() {
    let mut base = new_base();
    let [a, b] = ends(&mut base);
    base.bufferevent_setwatermark(b, EvFlags::READ, 0, 10)
        .unwrap();
    base.bufferevent_enable(b, EvFlags::READ).unwrap();
    settle(&mut base);
    for _ in 0..3 {
        base.bufferevent_write(a, &[b'x'; 100]).unwrap();
        settle(&mut base);
    }
    let held = input_len(&base, b);
    assert!((10..=100).contains(&held), "{held}: it was not to be overrun by more than a record");
    let mut all = 0;
    while input_len(&base, b) > 0 {
        all += take(&mut base, b).len();
        settle(&mut base);
    }
    assert_eq!(all, 300);
}

#[test]
fn a_filter_carries_ciphertext_through_the_bufferevent_below() {
    let mut base = new_base();
    let log = Log::new();
    let (x, y) = pair();
    let mut tops = Vec::new();
    let mut belows = Vec::new();
    for (fd, is_client) in [(OwnedFd::from(x), true), (y.into(), false)] {
        let options = BevOptions::CLOSE_ON_FREE;
        let below = base.bufferevent_socket_new(Some(fd), options).unwrap();
        let top = if is_client {
            base.bufferevent_rustls_filter_new(below, client(), options)
        } else {
            base.bufferevent_rustls_filter_new(below, server(), options)
        };
        belows.push(below);
        tops.push(top.unwrap());
    }
    let (a, b) = (tops[0], tops[1]);
    assert_eq!(base.bufferevent_get_underlying(a).unwrap(), Some(belows[0]));
    assert_eq!(base.bufferevent_getfd(a).unwrap(), base.bufferevent_getfd(belows[0]).unwrap());
    // Little room below: what is encrypted has to wait for it.
    base.bufferevent_setwatermark(belows[0], EvFlags::WRITE, 100, 1000)
        .unwrap();
    base.bufferevent_setcb(a, noting(&log, "client")).unwrap();
    base.bufferevent_setcb(b, noting(&log, "server")).unwrap();
    base.bufferevent_enable(a, EvFlags::READ).unwrap();
    base.bufferevent_enable(b, EvFlags::READ).unwrap();
    settle(&mut base);
    let mut connected = log.take();
    connected.sort();
    let what = BevEvents::CONNECTED;
    assert_eq!(connected, [format!("client {what}"), format!("server {what}")]);
    let long = "long ".repeat(4000);
    base.bufferevent_write(a, long.as_bytes()).unwrap();
    assert!(output_len(&base, belows[0]) <= 1000);
    settle(&mut base);
    let read: String = log
        .take()
        .iter()
        .map(|entry| entry.strip_prefix("server read ").unwrap())
        .collect();
    assert!(read == long);
    base.bufferevent_write(b, b"short").unwrap();
    settle(&mut base);
    assert_eq!(log.take(), ["client read short"]);
    base.bufferevent_free(a).unwrap();
    settle(&mut base);
    assert!(base.bufferevent_get_enabled(belows[0]).is_err(), "it is freed with the filter");
    let told = log.take();
    let cut_off = told
        .iter()
        .any(|told| told.ends_with(&BevEvents::ERROR.to_string()));
    assert!(cut_off, "its socket was closed, which the other end hears: {told:?}");
}

#[test]
fn a_filter_works_over_a_pair_and_tells_of_an_end_without_notice() {
    let mut base = new_base();
    let log = Log::new();
    let [x, y] = base.bufferevent_pair_new(BevOptions::empty()).unwrap();
    let a = base
        .bufferevent_rustls_filter_new(x, client(), BevOptions::empty())
        .unwrap();
    let b = base
        .bufferevent_rustls_filter_new(y, server(), BevOptions::empty())
        .unwrap();
    base.bufferevent_setcb(a, noting(&log, "client")).unwrap();
    base.bufferevent_enable(a, BOTH).unwrap();
    base.bufferevent_write(b, b"over a pair").unwrap();
    settle(&mut base);
    let connected = BevEvents::CONNECTED;
    assert_eq!(
        log.take(),
        [
            format!("client {connected}"),
            "client read over a pair".to_owned()
        ]
    );
    base.bufferevent_flush(y, EvFlags::WRITE, evscope_reactor::FlushMode::Finished)
        .unwrap();
    settle(&mut base);
    assert_eq!(log.take(), [format!("client {}", BevEvents::ERROR)]);
    assert_eq!(base.bufferevent_get_ssl_error(a).unwrap(), Some(TlsError::DirtyShutdown));
    base.bufferevent_free(a).unwrap();
    settle(&mut base);
    assert!(base.bufferevent_get_enabled(x).is_ok(), "without CLOSE_ON_FREE it lives on");
    assert!(base.bufferevent_getcb(x).is_ok());
}

#[test]
fn it_connects_to_an_address_and_only_once() {
    let listener = TcpListener::bind(localhost(0)).unwrap();
    let addr = listener.local_addr().unwrap();
    let peer = std::thread::spawn(move || {
        let socket = listener.accept().unwrap().0;
        let mut stream = StreamOwned::new(server(), socket);
        let mut said = [0; 5];
        stream.read_exact(&mut said).unwrap();
        stream.write_all(&said).unwrap();
        stream.conn.send_close_notify();
        stream.flush().unwrap();
        said
    });
    let mut base = new_base();
    let log = Log::new();
    let bev = base
        .bufferevent_rustls_socket_new(None, client(), BevOptions::CLOSE_ON_FREE)
        .unwrap();
    base.bufferevent_setcb(bev, noting(&log, "client")).unwrap();
    base.bufferevent_socket_connect(bev, addr).unwrap();
    base.bufferevent_enable(bev, EvFlags::READ).unwrap();
    base.bufferevent_write(bev, b"hello").unwrap();
    while log.len() < 3 {
        base.event_base_loop(LoopFlags::ONCE).unwrap();
    }
    assert_eq!(peer.join().unwrap(), *b"hello");
    let (connected, end) = (BevEvents::CONNECTED, BevEvents::READING | BevEvents::EOF);
    assert_eq!(
        log.take(),
        [
            format!("client {connected}"),
            "client read hello".to_owned(),
            format!("client {end}")
        ]
    );
    let again = base.bufferevent_socket_connect(bev, addr);
    assert!(matches!(again, Err(Error::Invalid { .. })), "{again:?}");
    let other: OwnedFd = pair().0.into();
    assert!(base.bufferevent_setfd(bev, Some(other)).is_err());
}

#[test]
fn a_refused_connection_is_an_error_with_its_errno() {
    let listener = TcpListener::bind(localhost(0)).unwrap();
    let addr = listener.local_addr().unwrap();
    drop(listener);
    let mut base = new_base();
    let log = Log::new();
    let bev = base
        .bufferevent_rustls_socket_new(None, client(), BevOptions::CLOSE_ON_FREE)
        .unwrap();
    base.bufferevent_setcb(bev, noting(&log, "client")).unwrap();
    base.bufferevent_socket_connect(bev, addr).unwrap();
    settle(&mut base);
    assert_eq!(log.take(), [format!("client {}", BevEvents::READING | BevEvents::ERROR)]);
    let refused = rustix::io::Errno::CONNREFUSED.raw_os_error();
    assert_eq!(base.bufferevent_get_ssl_error(bev).unwrap(), Some(TlsError::Os(refused)));
}

#[test]
fn a_handshake_that_takes_too_long_times_out() {
    let mut base = new_base();
    let log = Log::new();
    let (x, _silent) = pair();
    let bev = base
        .bufferevent_rustls_socket_new(Some(x.into()), client(), BevOptions::CLOSE_ON_FREE)
        .unwrap();
    let told = log.clone();
    let callbacks = Callbacks::new().eventcb(move |base: &mut EventBase, bev, what| {
        told.push(what);
        base.bufferevent_free(bev)
    });
    base.bufferevent_setcb(bev, callbacks).unwrap();
    base.bufferevent_set_timeouts(bev, Some(Duration::from_millis(5)), None)
        .unwrap();
    base.event_base_dispatch().unwrap();
    assert_eq!(log.take(), [BevEvents::TIMEOUT]);
}

#[test]
fn it_may_be_freed_in_any_of_its_callbacks() {
    let ((), records) = record(|| {
        for event in [true, false] {
            let mut base = new_base();
            let [a, b] = ends(&mut base);
            let callbacks = if event {
                Callbacks::new().eventcb(|base: &mut EventBase, bev, _| base.bufferevent_free(bev))
            } else {
                Callbacks::new().readcb(EventBase::bufferevent_free)
            };
            base.bufferevent_setcb(b, callbacks).unwrap();
            base.bufferevent_enable(b, EvFlags::READ).unwrap();
            base.bufferevent_write(a, b"to whom?").unwrap();
            settle(&mut base);
            assert!(base.bufferevent_get_input(b).is_err());
        }
    });
    assert_balanced(&records);
    let of = |name: &str| {
        let named = records.iter().filter(|record| record.event.name() == name);
        named.count()
    };
    assert_eq!(of("evbuffer_new"), of("evbuffer_free"), "the buffers of the ciphertext");
}

#[test]
fn rate_limits_count_ciphertext() {
    let mut base = new_base();
    let [a, b] = ends(&mut base);
    base.bufferevent_enable(b, EvFlags::READ).unwrap();
    settle(&mut base);
    let config = TokenBucketConfig::new(1000, 1000, 1000, 1000, Some(Duration::from_secs(3600)));
    base.bufferevent_set_rate_limit(a, Some(config.unwrap()))
        .unwrap();
    base.bufferevent_write(a, &[b'x'; 100]).unwrap();
    settle(&mut base);
    // A record of 100 bytes has a header of 5, a type of 1 and a tag of 16.
    assert_eq!(base.bufferevent_get_write_limit(a).unwrap(), Some(1000 - 122));
    assert_eq!(input_len(&base, b), 100);
    base.bufferevent_write(a, &[b'x'; 2000]).unwrap();
    settle(&mut base);
    // As with OpenSSL what lies in a piece is written whole, here in two records.
    assert_eq!(input_len(&base, b), 100 + 2000, "and then the bucket is empty");
    assert_eq!(base.bufferevent_get_write_limit(a).unwrap(), Some(878 - (2000 + 2 * 22)));
    base.bufferevent_write(a, b"more").unwrap();
    settle(&mut base);
    assert_eq!(input_len(&base, b), 100 + 2000);
}

#[test]
fn a_blocking_client_and_a_server_of_ours_understand_each_other() {
    let (ours, theirs) = connection();
    let peer = std::thread::spawn(move || -> std::io::Result<String> {
        let mut stream: StreamOwned<ClientConnection, TcpStream> =
            StreamOwned::new(client(), theirs);
        stream.write_all(b"ping")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    });
    let mut base = new_base();
    let bev = base
        .bufferevent_rustls_socket_new(Some(ours), server(), BevOptions::CLOSE_ON_FREE)
        .unwrap();
    let callbacks = Callbacks::new()
        .readcb(|base: &mut EventBase, bev| {
            let text = take(base, bev);
            base.bufferevent_write(bev, &text)
        })
        .writecb(|base: &mut EventBase, bev| {
            base.bufferevent_ssl_shutdown(bev)?;
            base.bufferevent_free(bev)
        });
    // The write callback would come for the empty output at once.
    base.bufferevent_setcb(bev, callbacks).unwrap();
    base.bufferevent_enable(bev, EvFlags::READ).unwrap();
    base.event_base_dispatch().unwrap();
    assert_eq!(peer.join().unwrap().unwrap(), "ping");
}

#[test]
fn other_bufferevents_are_not_of_tls() {
    let mut base = new_base();
    let bev = base
        .bufferevent_socket_new(None, BevOptions::empty())
        .unwrap();
    assert!(matches!(base.bufferevent_rustls_get_ssl(bev).err(), Some(Error::Invalid { .. })));
    assert!(base.bufferevent_get_ssl_error(bev).is_err());
    assert!(base.bufferevent_ssl_shutdown(bev).is_err());
    let unlocked = BevOptions::UNLOCK_CALLBACKS;
    assert!(
        base.bufferevent_rustls_socket_new(None, client(), unlocked)
            .is_err()
    );
    assert!(
        base.bufferevent_rustls_filter_new(bev, client(), unlocked)
            .is_err()
    );
    let mut base = new_base();
    let [a, _b] = ends(&mut base);
    base.bufferevent_write(a, b"unsent").unwrap();
    assert!(base.bufferevent_ssl_shutdown(a).is_err(), "there is something in the output");
}

/// A stream of bytes from one end to the other: what was sent, and what has come of it.
#[derive(Default)]
struct Stream {
    sent: usize,
    received: usize,
}

impl Stream {
    fn send(&mut self, base: &mut EventBase, from: Bufferevent, n: usize) {
        let bytes: Vec<u8> = (self.sent..self.sent + n)
            .map(|i| (i % 251) as u8)
            .collect();
        base.bufferevent_write(from, &bytes).unwrap();
        self.sent += n;
    }

    fn receive(&mut self, base: &mut EventBase, at: Bufferevent, n: usize) {
        let mut bytes = vec![0; n];
        let n = base.bufferevent_read(at, &mut bytes).unwrap();
        for &byte in &bytes[..n] {
            assert_eq!(byte, (self.received % 251) as u8, "byte {}", self.received);
            self.received += 1;
        }
    }
}

fn any_order(filters: bool, ops: Vec<(u8, bool, usize)>) {
    let mut base = new_base();
    let (x, y) = pair();
    set_socket_send_buffer_size(&x, 4096).unwrap();
    set_socket_recv_buffer_size(&y, 4096).unwrap();
    let bevs = if filters {
        let options = BevOptions::CLOSE_ON_FREE;
        let x = base
            .bufferevent_socket_new(Some(x.into()), options)
            .unwrap();
        let y = base
            .bufferevent_socket_new(Some(y.into()), options)
            .unwrap();
        base.bufferevent_setwatermark(x, EvFlags::WRITE, 500, 3000)
            .unwrap();
        [
            base.bufferevent_rustls_filter_new(x, client(), options)
                .unwrap(),
            base.bufferevent_rustls_filter_new(y, server(), options)
                .unwrap(),
        ]
    } else {
        ends_on(&mut base, (x, y))
    };
    let mut streams = [Stream::default(), Stream::default()];
    for (op, second, n) in ops {
        let (this, other) = (usize::from(second), usize::from(!second));
        let bev = bevs[this];
        match op {
            0 | 1 => streams[this].send(&mut base, bev, n),
            2 => streams[this].receive(&mut base, bevs[other], n),
            3 => base.bufferevent_enable(bev, EvFlags::READ).unwrap(),
            4 => base.bufferevent_enable(bev, EvFlags::WRITE).unwrap(),
            5 => base.bufferevent_disable(bev, EvFlags::READ).unwrap(),
            6 => base.bufferevent_disable(bev, EvFlags::WRITE).unwrap(),
            7 => base
                .bufferevent_setwatermark(bev, EvFlags::READ, 0, n % 3000)
                .unwrap(),
            _ => settle(&mut base),
        }
    }
    for bev in bevs {
        base.bufferevent_setwatermark(bev, EvFlags::READ, 0, 0)
            .unwrap();
        base.bufferevent_enable(bev, BOTH).unwrap();
    }
    let mut turns = 0;
    while streams.iter().any(|stream| stream.received < stream.sent) {
        settle(&mut base);
        streams[0].receive(&mut base, bevs[1], 1 << 16);
        streams[1].receive(&mut base, bevs[0], 1 << 16);
        turns += 1;
        assert!(
            turns < 400,
            "{:?} of {:?}",
            streams.each_ref().map(|s| s.received),
            streams.each_ref().map(|s| s.sent)
        );
    }
}

/// The end of a whole record and the beginning of the next in one piece: the connection is full and takes only
/// the first.
#[test]
fn a_connection_that_is_full_gets_the_rest_later() {
    for filters in [true, false] {
        let sent = [2729, 8613, 5043];
        let mut ops: Vec<_> = sent.iter().map(|&n| (0, false, n)).collect();
        ops.extend([(8, false, 1), (0, false, 1987), (8, false, 1)]);
        any_order(filters, ops);
        any_order(
            filters,
            vec![
                (8, false, 1),
                (6, true, 1),
                (0, true, 16385),
                (4, true, 1),
                (0, true, 1987),
            ],
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Sides are enabled and disabled, marks moved, bytes written and taken, in any order: what arrives is what
    /// was sent, and in the end all of it.
    #[test]
    fn no_byte_is_lost_whatever_is_done(
        filters in any::<bool>(),
        ops in prop::collection::vec((0..9u8, any::<bool>(), 1..9000usize), 1..60),
    ) {
        any_order(filters, ops);
    }
}
