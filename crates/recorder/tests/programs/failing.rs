//! Calls that fail look as if they did, to the program as before and in the trace.

use std::process::Command;

use evscope_recorder::Exit;
use evscope_trace::{Event, Phase};

use crate::support::{alone, program, read, record};

#[test]
fn a_call_that_fails_is_told_once_and_leaves_nothing_behind() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("failing", folder.path(), &["-levent"]) else {
        return;
    };
    let plain = Command::new(&program).output().unwrap();
    let (outcome, path) = record(folder.path(), &[&program], |_| {}, |_| {});
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    let said = std::fs::read_to_string(folder.path().join("said")).unwrap();
    let (said, plain) = (said, String::from_utf8_lossy(&plain.stdout));
    let answers = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| !line.starts_with('['))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(answers(&said), answers(&plain));
    let records = read(&path).records;
    let errors: Vec<String> = records
        .iter()
        .filter_map(|record| match &record.event {
            Event::Error { call, errno, .. } => Some(format!("{call} {errno}")),
            Event::Eventcb { errno, .. } if record.phase == Phase::Enter => {
                Some(format!("eventcb {}", errno.as_deref().unwrap_or("none")))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        errors,
        [
            "evconnlistener_new EADDRINUSE",
            "bufferevent_socket_new failed",
            "bufferevent_socket_connect EAFNOSUPPORT",
            "bufferevent_socket_connect failed",
            // Not what errno happened to be.
            "eventcb EAI_NONAME",
            "event_assign failed",
            "event_priority_set failed",
            "event_base_once failed",
            "evbuffer_add failed",
            "bufferevent_setfd failed",
            "bufferevent_flush failed",
            "evbuffer_setcb failed",
            "event_base_new failed",
            "event_base_new ENOMEM",
            "event_new failed",
            "evbuffer_new failed",
        ]
    );
    // Nothing is told of that was not made.
    let made = |name: &str| {
        records
            .iter()
            .filter(|record| record.phase == Phase::Enter && record.event.name() == name)
            .count()
    };
    let names = [
        "event_base_new",
        "evconnlistener_new",
        "bufferevent_socket_new",
    ];
    assert_eq!(names.map(made), [1, 1, 1]);
    let bevs = records.iter().filter_map(|record| record.objects.bev).max();
    assert_eq!(bevs.map(|bev| bev.0), Some(3));
}
