//! The C twins of the examples: every step of the walkthrough, on libevent itself.

use std::io::Read;
use std::path::Path;

use evscope_recorder::Exit;
use evscope_trace::{Event, Level, Phase};

use crate::support::{Trace, alone, connect, exchange, free_port, read, record, signal, twin};

/// Names and depths of a trace's steps up to a level, as a reader sees them.
fn outline(trace: &Trace, level: Level) -> Vec<String> {
    trace
        .records
        .iter()
        .filter(|r| r.phase != Phase::Exit && r.level() <= level)
        .filter(|r| r.event.name() != "program_exit")
        .map(|r| {
            let mut line = r.event.name().to_owned();
            if let Event::EventActive { what, why } = &r.event {
                line.push_str(&format!(" {what} {why:?}"));
            }
            if let Some(role) = r.objects.role {
                line.push_str(&format!(" {}", role.name()));
            }
            line
        })
        .collect()
}

#[test]
fn hello_world_does_what_the_reactor_does_in_the_same_order() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = twin("hello-world", folder.path()) else {
        return;
    };
    let port = free_port();
    let (outcome, path) = record(
        folder.path(),
        &[&program, &port.to_string()],
        |_| {},
        |pid| {
            let mut said = String::new();
            connect(port).read_to_string(&mut said).unwrap();
            assert_eq!(said, "Hello, World!\n");
            signal(pid, libc::SIGINT);
        },
    );
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    assert_eq!((outcome.lost, &outcome.notes[..]), (0, &[][..]));
    let trace = read(&path);
    assert!(
        trace.library.starts_with("libevent 2.1."),
        "{}",
        trace.library
    );

    // Callbacks and call sites point into the program's source, which is in the trace.
    let writecb = trace.all("writecb").next().unwrap();
    let src = writecb.src.as_ref().unwrap();
    assert_eq!(src.file, "examples/c/hello-world.c");
    assert_eq!(src.function.as_deref(), Some("conn_writecb"));
    let text = trace
        .sources
        .iter()
        .find(|s| s.contains(&src.file, src.line))
        .unwrap();
    assert!(text.text.contains("bufferevent_free(bev)"), "{}", text.text);
    let enable = trace.all("bufferevent_enable").next().unwrap();
    let caller = enable.caller.as_ref().unwrap();
    let text = trace
        .sources
        .iter()
        .find(|s| s.contains(&caller.file, caller.line))
        .unwrap();
    let line = text
        .text
        .lines()
        .nth((caller.line - text.first) as usize)
        .unwrap();
    assert!(line.contains("bufferevent_enable(bev, EV_WRITE)"), "{line}");

    let last = &trace.records.last().unwrap().event;
    assert_eq!(
        *last,
        Event::ProgramExit {
            status: Some(0),
            signal: None
        }
    );

    // The trace that is shown to readers is this one.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shown = read(&root.join("traces/libevent/hello-world.jsonl"));
    assert_eq!(
        served(&trace, Level::Everything),
        served(&shown, Level::Everything)
    );

    // The reactor's own trace of the same program reads the same, but for how often the loop waited and how
    // the base's own signal event is put away.
    let ours = read(&root.join("traces/hello-world.jsonl"));
    assert_eq!(
        served(&trace, Level::Walkthrough),
        served(&ours, Level::Walkthrough)
    );
}

/// From the connection's arrival to its end.
fn served(trace: &Trace, level: Level) -> Vec<String> {
    let outline = outline(trace, level);
    let at = |name: &str| {
        outline
            .iter()
            .position(|line| line.starts_with(name))
            .unwrap()
    };
    outline[at("listener_read_cb")..=at("bufferevent_finalize")].to_vec()
}

#[test]
fn echo_moves_as_many_bytes_as_the_client_counts() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = twin("echo", folder.path()) else {
        return;
    };
    let port = free_port();
    let bytes: Vec<u8> = (0..300_000u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let (outcome, path) = record(
        folder.path(),
        &[&program, &port.to_string()],
        |options| options.payload = 16,
        |pid| {
            assert_eq!(exchange(connect(port), &bytes), bytes);
            signal(pid, libc::SIGINT);
        },
    );
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    let trace = read(&path);
    let read_bytes: i64 = trace
        .all("evbuffer_read")
        .filter_map(|r| match r.event {
            Event::EvbufferRead { result, .. } => Some(result.max(0)),
            _ => None,
        })
        .sum();
    let written: i64 = trace
        .all("evbuffer_write")
        .filter_map(|r| match r.event {
            Event::EvbufferWrite { result, .. } => Some(result.max(0)),
            _ => None,
        })
        .sum();
    assert_eq!((read_bytes, written), (300_000, 300_000));
    assert_eq!(
        trace
            .all("accept")
            .filter(|r| r.objects.fd.is_some())
            .count()
            - 1,
        1
    );
    // Payload was asked for: the first bytes are those that were sent, and no more are kept.
    let first = trace.all("evbuffer_read").next().unwrap();
    let Event::EvbufferRead {
        data: Some(data), ..
    } = &first.event
    else {
        panic!("no payload in {first:?}");
    };
    assert!(data.cut && data.bytes.len() <= 16);
    assert!(bytes.starts_with(&data.bytes));
    // A buffer's length is what the steps before left.
    let mut lengths = std::collections::HashMap::new();
    for record in trace.records.iter().filter(|r| r.phase != Phase::Exit) {
        let (before, after) = match record.event {
            Event::EvbufferRead { before, after, .. }
            | Event::EvbufferWrite { before, after, .. }
            | Event::EvbufferDrain { before, after, .. } => (before, after),
            Event::EvbufferMove {
                before,
                after,
                from,
                from_after,
                ..
            } => {
                lengths.insert(from, from_after);
                (before, after)
            }
            _ => continue,
        };
        let known = lengths.insert(record.objects.buf.unwrap(), after);
        assert!(
            known.is_none_or(|known| known == before),
            "step {}",
            record.seq
        );
    }
}

#[test]
fn without_payload_no_byte_of_it_is_in_the_trace() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = twin("echo", folder.path()) else {
        return;
    };
    let port = free_port();
    let (_, path) = record(
        folder.path(),
        &[&program, &port.to_string()],
        |_| {},
        |pid| {
            exchange(connect(port), b"the secret of the day");
            signal(pid, libc::SIGINT);
        },
    );
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("secret") && !text.contains("\"data\""));
}
