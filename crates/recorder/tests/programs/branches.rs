//! One C program that does everything: it says the same when it is recorded, on every backend, and the trace has
//! the vocabulary.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use evscope_recorder::Exit;
use evscope_trace::{Event, SuspendReasons};

use crate::support::{alone, program, read, record};

/// Names that libevent can show and this program makes it show.
const SHOWN: [&str; 58] = [
    "accept",
    "backend_add",
    "backend_del",
    "be_socket_disable",
    "be_socket_enable",
    "bufferevent_enable",
    "bufferevent_filter_new",
    "bufferevent_finalize",
    "bufferevent_flush",
    "bufferevent_free",
    "bufferevent_pair_new",
    "bufferevent_read",
    "bufferevent_readcb",
    "bufferevent_set_timeouts",
    "bufferevent_setcb",
    "bufferevent_setfd",
    "bufferevent_setwatermark",
    "bufferevent_socket_connect",
    "bufferevent_socket_new",
    "bufferevent_write",
    "bufferevent_writecb",
    "connect",
    "deferred_cb",
    "evbuffer_add",
    "evbuffer_cb",
    "evbuffer_drain",
    "evbuffer_free",
    "evbuffer_freeze",
    "evbuffer_move",
    "evbuffer_new",
    "evbuffer_peek",
    "evbuffer_prepend",
    "evbuffer_read",
    "evbuffer_remove",
    "evbuffer_unfreeze",
    "evbuffer_write",
    "evconnlistener_enable",
    "evconnlistener_free",
    "evconnlistener_new",
    "event_active",
    "event_add",
    "event_assign",
    "event_base_free",
    "event_base_loop",
    "event_base_loopexit",
    "event_base_new",
    "event_callback",
    "event_del",
    "event_free",
    "event_once_cb",
    "event_priority_set",
    "eventcb",
    "evsig_cb",
    "poll",
    "program_exit",
    "ratelimit",
    "suspend_read",
    "watermark",
];

fn lines(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    // Which of two sockets is ready first is the kernel's to say.
    lines.sort();
    lines
}

#[test]
fn a_program_of_all_branches_says_the_same_recorded() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("branches", folder.path(), &["-levent_core"]) else {
        return;
    };
    for (backend, without) in [
        ("epoll", &[][..]),
        ("poll", &["EVENT_NOEPOLL=1"][..]),
        ("select", &["EVENT_NOEPOLL=1", "EVENT_NOPOLL=1"][..]),
    ] {
        let plain = folder.path().join("plain");
        let file = std::fs::File::create(&plain).unwrap();
        let status = Command::new("env")
            .args(without)
            .arg(&program)
            .stderr(file.try_clone().unwrap())
            .stdout(file)
            .status()
            .unwrap();
        assert!(status.success(), "{backend}");

        let mut command = vec!["env"];
        command.extend(without);
        command.push(&program);
        let (outcome, path) = record(
            folder.path(),
            &command,
            |options| options.children = evscope_recorder::Children::Exec,
            |_| {},
        );
        assert_eq!(outcome.exit, Some(Exit::Status(0)), "{backend}");
        assert_eq!(
            lines(&folder.path().join("said")),
            lines(&plain),
            "{backend}"
        );

        let trace = read(&path);
        let names: BTreeSet<&str> = trace.records.iter().map(|r| r.event.name()).collect();
        let missing: Vec<_> = SHOWN
            .iter()
            .filter(|name| !names.contains(**name))
            .collect();
        assert!(missing.is_empty(), "{backend}: {missing:?}");
        let Event::EventBaseNew { backend: told, .. } = &trace.records[0].event else {
            panic!("{:?}", trace.records[0]);
        };
        assert_eq!(told, backend);
        let reasons = trace
            .all("suspend_read")
            .fold(SuspendReasons::empty(), |all, r| match r.event {
                Event::SuspendRead { reason, .. } => all | reason,
                _ => all,
            });
        assert!(reasons.contains(SuspendReasons::WATERMARK | SuspendReasons::FILTER_READ));
        // Three signals at once are three calls of the callback.
        let signals = trace.all("event_callback").filter(
            |r| matches!(&r.event, Event::EventCallback { callback, .. } if callback == "signal_cb"),
        );
        assert_eq!(signals.count(), 3, "{backend}");
    }
}
