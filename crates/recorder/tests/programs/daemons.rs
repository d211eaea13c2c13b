//! Programs nobody here wrote: tmux, memcached, transmission.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use evscope_recorder::Exit;
use evscope_trace::Event;

use crate::support::{
    Trace, alone, connect, free_port, is_there, read, record, signal, wait_until,
};

fn written(trace: &Trace) -> u64 {
    trace
        .all("evbuffer_write")
        .map(|r| match r.event {
            Event::EvbufferWrite { result, .. } => u64::try_from(result).unwrap_or(0),
            _ => 0,
        })
        .sum()
}

#[test]
fn tmux_runs_a_session_and_its_server_has_a_trace_of_its_own() {
    let _alone = alone();
    if !is_there("tmux", "tmux") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket").display().to_string();
    let tmux = |args: &[&str]| {
        Command::new("tmux")
            .arg("-S")
            .arg(&socket)
            .args(args)
            .output()
            .unwrap()
    };
    let shell = "stty -echo; echo begin; seq 1 500; echo the end; cat >/dev/null";
    let command = [
        "tmux",
        "-S",
        &socket,
        "-f",
        "/dev/null",
        "new-session",
        "-d",
        "-x80",
        "-y24",
        shell,
    ];
    let (outcome, path) = record(
        folder.path(),
        &command,
        |_| {},
        |_| {
            wait_until("tmux shows the output", || {
                let screen = tmux(&["capture-pane", "-p"]);
                String::from_utf8_lossy(&screen.stdout).contains("the end")
            });
            tmux(&["resize-window", "-x", "100", "-y", "30"]);
            let size = tmux(&["display-message", "-p", "#{window_width}x#{window_height}"]);
            assert_eq!(String::from_utf8_lossy(&size.stdout).trim(), "100x30");
            attach_and_detach(&socket, tmux);
            tmux(&["kill-server"]);
        },
    );
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    let client = read(&path);
    assert_eq!(client.count("program_exit"), 1);
    // The server was forked off before it did anything of its own: its trace begins with what it inherited.
    let server = outcome
        .traces
        .iter()
        .map(|trace| read(&trace.path))
        .find(|trace| trace.count("bufferevent_socket_new") > 0)
        .expect("no trace has the pane's bufferevent");
    assert_eq!(server.records[0].event.name(), "event_base_new");
    // What the pane wrote went through its bufferevent: 500 numbers with line ends, and the words.
    let mut came = 0;
    let after_each: Vec<u64> = server
        .all("evbuffer_read")
        .map(|r| {
            if let Event::EvbufferRead { result, .. } = r.event {
                came += u64::try_from(result).unwrap_or(0);
            }
            came
        })
        .collect();
    let numbers: u64 = (1..=500u32).map(|n| n.to_string().len() as u64 + 2).sum();
    let words = "begin\r\nthe end\r\n".len() as u64;
    // A key of the client that came and went may be echoed after that.
    let all = numbers + words;
    assert!(after_each.contains(&all), "{all}: {after_each:?}");
}

/// A client comes on a terminal of its own, sees the session, and is sent away; the session stays.
fn attach_and_detach(socket: &str, tmux: impl Fn(&[&str]) -> std::process::Output) {
    if !is_there("script", "bsdutils") {
        return;
    }
    let clients = || {
        tmux(&["list-clients"])
            .stdout
            .iter()
            .filter(|&&b| b == b'\n')
            .count()
    };
    let client = Command::new("script")
        .args(["-qec", &format!("tmux -S '{socket}' attach"), "/dev/null"])
        .env("TERM", "xterm")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    wait_until("the client is attached", || clients() == 1);
    tmux(&["detach-client", "-s", "0"]);
    let output = client.wait_with_output().unwrap();
    let screen = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{screen}");
    assert!(screen.contains("[detached"), "{screen}");
    assert_eq!(clients(), 0);
    let sessions = tmux(&["list-sessions"]);
    assert!(!sessions.stdout.is_empty(), "the session is gone");
}

#[test]
fn memcached_answers_and_its_threads_are_told_apart() {
    let _alone = alone();
    if !is_there("memcached", "memcached") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let number = port.to_string();
    let mut command = vec![
        "memcached",
        "-p",
        &number,
        "-l",
        "127.0.0.1",
        "-t",
        "4",
        "-U",
        "0",
    ];
    // SAFETY: the call has no conditions.
    if unsafe { libc::geteuid() } == 0 {
        command.extend(["-u", "nobody"]);
    }
    const CLIENTS: usize = 8;
    let (outcome, path) = record(
        folder.path(),
        &command,
        |_| {},
        |pid| {
            std::thread::scope(|scope| {
                for client in 0..CLIENTS {
                    scope.spawn(move || converse(port, client));
                }
            });
            signal(pid, libc::SIGTERM);
        },
    );
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    assert_eq!(outcome.lost, 0);
    let trace = read(&path);
    let threads: BTreeSet<_> = trace.records.iter().map(|r| r.thread).collect();
    assert!(threads.len() >= 5, "{threads:?}");
    // Each worker has a loop, and each connection an event on a worker: one more than its pipe's.
    let loops: BTreeSet<_> = trace.all("event_base_loop").map(|r| r.thread).collect();
    assert!(loops.len() >= 5, "{loops:?}");
    let main = trace.records[0].thread;
    let connections: BTreeSet<_> = trace
        .all("event_assign")
        .filter(|r| r.thread != main)
        .map(|r| r.objects.event)
        .collect();
    assert_eq!(connections.len(), CLIENTS);
}

/// A few sets and gets.
fn converse(port: u16, client: usize) {
    let stream = connect(port);
    let mut answers = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    let mut line = || {
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        line
    };
    for i in 0..20 {
        let value = "x".repeat(i * 10);
        write!(
            stream,
            "set k{client}.{i} 0 0 {}\r\n{value}\r\n",
            value.len()
        )
        .unwrap();
        assert_eq!(line(), "STORED\r\n");
        write!(stream, "get k{client}.{i}\r\n").unwrap();
        assert_eq!(line(), format!("VALUE k{client}.{i} 0 {}\r\n", value.len()));
        assert_eq!(line(), format!("{value}\r\n"));
        assert_eq!(line(), "END\r\n");
    }
}

#[test]
fn transmission_serves_pages_through_bufferevents() {
    let _alone = alone();
    if !is_there("transmission-daemon", "transmission-daemon") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().display().to_string();
    let (port, peers) = (free_port().to_string(), free_port().to_string());
    let command = [
        "transmission-daemon",
        "-f",
        "-g",
        &home,
        "-w",
        &home,
        "-p",
        &port,
        "--peerport",
        &peers,
        "--no-dht",
        "--no-lpd",
        "--no-utp",
        "-M",
    ];
    let mut got = 0;
    let (outcome, path) = record(
        folder.path(),
        &command,
        |_| {},
        |pid| {
            for _ in 0..3 {
                let mut stream = connect(port.parse().unwrap());
                stream
                    .write_all(b"GET /transmission/rpc HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    .unwrap();
                let mut answer = Vec::new();
                stream.read_to_end(&mut answer).unwrap();
                assert!(
                    answer.starts_with(b"HTTP/1.1 409"),
                    "{}",
                    String::from_utf8_lossy(&answer)
                );
                got += answer.len() as u64;
            }
            signal(pid, libc::SIGTERM);
        },
    );
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    assert_eq!(outcome.lost, 0);
    let trace = read(&path);
    let accepted = trace
        .all("accept")
        .filter(|r| matches!(&r.event, Event::Accept { errno: None, .. }))
        .count();
    assert_eq!(accepted, 3);
    assert_eq!(trace.count("bufferevent_socket_new"), 3);
    assert_eq!(written(&trace), got);
    assert!(!Path::new(&format!("{}.part", path.display())).exists());
}
