//! OpenSSL's bufferevents: how they are made, and that what fails in them is not an errno's.

use std::path::Path;

use evscope_recorder::Exit;
use evscope_trace::{BevEvents, Event, Phase};

use crate::support::{alone, program, read, record};

#[test]
fn tls_bufferevents_are_made_and_fail_in_their_own_way() {
    let _alone = alone();
    if !Path::new("/usr/include/openssl/ssl.h").exists() {
        eprintln!("LEFT OUT: OpenSSL's headers are not installed (Debian's package libssl-dev)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let libraries = ["-levent_openssl", "-levent", "-lssl", "-lcrypto"];
    let Some(program) = program("tls", folder.path(), &libraries) else {
        return;
    };
    let (outcome, path) = record(folder.path(), &[&program], |_| {}, |_| {});
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    let trace = read(&path);
    let made: Vec<_> = trace
        .records
        .iter()
        .filter(|record| record.phase == Phase::Enter)
        .filter_map(|record| match &record.event {
            Event::BuffereventSocketNew { tls, ev_read, .. } => {
                assert_ne!(ev_read.0, 0);
                Some((
                    record.objects.bev?.0,
                    record.objects.fd.is_some(),
                    tls.as_deref(),
                    None,
                ))
            }
            Event::BuffereventFilterNew {
                tls, underlying, ..
            } => Some((
                record.objects.bev?.0,
                false,
                tls.as_deref(),
                Some(underlying.0),
            )),
            _ => None,
        })
        .collect();
    let wanted = [
        (1, true, Some("connecting"), None),
        (2, true, None, None),
        (3, false, Some("accepting"), Some(2)),
    ];
    assert_eq!(made, wanted);
    // The handshake failed on the side without a certificate, and there is no errno that says why.
    let failed: Vec<_> = trace
        .all("eventcb")
        .filter(|record| record.phase == Phase::Enter)
        .map(|record| match &record.event {
            Event::Eventcb { what, errno, .. } => (
                record.objects.bev.map_or(0, |bev| bev.0),
                what.bits(),
                errno.clone(),
            ),
            other => panic!("{other:?}"),
        })
        .collect();
    let failure = (BevEvents::READING | BevEvents::ERROR).bits();
    assert_eq!(failed, [(3, failure, None), (3, failure, None)]);
    // All three come to an end, and the two on sockets close theirs.
    let mut ends: Vec<_> = trace
        .all("bufferevent_finalize")
        .filter_map(|record| match record.event {
            Event::BuffereventFinalize { closed, .. } => {
                Some((record.objects.bev?.0, closed, record.objects.fd.is_some()))
            }
            _ => None,
        })
        .collect();
    ends.sort_unstable();
    assert_eq!(ends, [(1, true, true), (2, true, true), (3, false, false)]);
    // What libevent sets and runs there has libevent's names.
    let names: Vec<_> = trace
        .records
        .iter()
        .filter(|record| record.phase != Phase::Exit)
        .filter_map(|record| match &record.event {
            Event::EventAssign { callback, .. }
                if record.objects.bev.map(|bev| bev.0) == Some(1) =>
            {
                Some(callback.as_ref())
            }
            Event::Readcb { callback } | Event::Writecb { callback } => Some(callback.as_ref()),
            _ => None,
        })
        .collect();
    let (assigned, ran) = names.split_at(2);
    assert_eq!(assigned, ["be_openssl_handshakeeventcb"; 2]);
    // The handshake never ended.
    assert!(!ran.is_empty(), "{names:?}");
    assert!(
        ran.iter().all(|name| *name == "be_openssl_handshakecb"),
        "{ran:?}"
    );
}
