//! `evscope demo`: real servers, real sockets.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Folder, run};

/// The names of the events in a trace, one a line.
fn events(trace: &str) -> Vec<String> {
    trace
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|line| line["ph"] != "exit")
        .filter_map(|line| Some(line.get("ev")?.as_str()?.to_owned()))
        .collect()
}

#[test]
fn without_a_name_the_demos_are_listed() {
    let folder = Folder::new();
    let list = folder.run("demo").fine();
    assert!(
        list.contains("  hello-world  ") && list.contains("  echo  "),
        "{list}"
    );
    assert!(folder.run("").fine().contains("evscope demo NAME"));
}

#[test]
fn a_demo_is_recorded_into_a_file_that_every_command_reads() {
    let folder = Folder::new();
    for name in ["hello-world", "echo"] {
        for ending in ["", ".gz", ".zst"] {
            let file = format!("{name}.jsonl{ending}");
            let ran = folder.run(&format!("demo {name} -o {file}"));
            assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""));
            assert!(
                ran.stderr.starts_with(&format!("evscope: wrote {file}: "))
                    && ran.stderr.ends_with(" steps\n"),
                "{}",
                ran.stderr
            );
            folder.run(&format!("stats {file}")).fine();
            assert!(
                folder
                    .run(&format!("print {file}"))
                    .fine()
                    .contains("listener_read_cb")
            );
        }
    }
}

/// What one sees first of evscope must be in the order of the walkthrough.
#[test]
fn hello_world_goes_the_way_of_the_walkthrough() {
    let folder = Folder::new();
    let events = events(&folder.run("demo hello-world -o -").fine());
    let mut rest = events.iter();
    for expected in [
        "event_base_new",
        "evconnlistener_new",
        "event_assign",
        "event_add",
        "event_base_loop",
        "poll",
        "listener_read_cb",
        "accept",
        "listener_cb",
        "bufferevent_socket_new",
        "event_assign",
        "event_assign",
        "bufferevent_setcb",
        "bufferevent_enable",
        "event_add",
        "bufferevent_disable",
        "bufferevent_write",
        "bufferevent_writecb",
        "evbuffer_write",
        "event_del",
        "watermark",
        "writecb",
        "bufferevent_free",
        "event_base_free",
    ] {
        assert!(
            rest.any(|event| event == expected),
            "{expected} in {events:?}"
        );
    }
}

#[test]
fn without_a_screen_the_replay_is_text() {
    let folder = Folder::new();
    let text = folder.run("demo hello-world --level 1").fine();
    assert!(text.contains("writecb conn_writecb"), "{text}");
    assert!(!text.contains("bufferevent_writecb"), "{text}");
    let dumb = run(folder.command(["demo", "hello-world"]).env("TERM", "dumb")).fine();
    assert!(dumb.contains("bufferevent_writecb"), "{dumb}");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = Folder::new();
    let mut child = folder
        .command(["demo", "hello-world", "-o", "-"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(ended.stderr).unwrap(), "");
    assert_eq!(ended.status.code(), Some(0));
}

#[test]
fn what_a_demo_cannot_do_is_said() {
    let folder = Folder::new();
    let unknown = folder.run("demo hello-wrld").refused();
    assert!(
        unknown.starts_with(
            "evscope: there is no demo `hello-wrld`; the demos are hello-world, echo, "
        ),
        "{unknown}"
    );
    assert_eq!(
        folder.run("demo timers --wait -o -").refused(),
        "evscope: demo timers: it does not wait for a client; run it without --wait\n"
    );
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let message = folder.run(&format!("demo hello-world --port {port} -o -"));
    assert_eq!(message.code, Some(2));
    assert!(
        message
            .stderr
            .contains(&format!("127.0.0.1:{port}: Address already in use")),
        "{}",
        message.stderr
    );
    folder
        .run(&format!("demo hello-world --port {port} -o part.jsonl"))
        .refused();
    assert!(
        !folder.path().join("part.jsonl").exists(),
        "nothing half done"
    );
    assert_eq!(
        folder.run("demo echo -o no/folder.jsonl").refused(),
        "evscope: no/folder.jsonl: there is no folder no; make it, or give another name\n"
    );
    if std::path::Path::new("/dev/full").exists() {
        let message = folder.run("demo echo -o /dev/full").refused();
        assert!(
            message.starts_with("evscope: /dev/full: ") && message.contains("No space left"),
            "{message}"
        );
    }
    for (args, said) in [
        ("demo --wait", "<NAME>"),
        ("demo -o x.jsonl", "<NAME>"),
        ("demo echo --port 65536", "65536"),
    ] {
        let message = folder.run(args).refused();
        assert!(message.contains(said), "{args}: {message}");
    }
}

/// A demo that waits for a client of the user's, and where it listens.
fn waiting(
    folder: &Folder,
    args: &[&str],
) -> (Child, String, BufReader<std::process::ChildStderr>) {
    let mut child = folder
        .command(args)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    // listening: `nc 127.0.0.1 9995` connects, Ctrl-C ends the recording
    assert!(line.contains("Ctrl-C ends the recording"), "{line}");
    let command = line.split('`').nth(1).unwrap_or_else(|| panic!("{line}"));
    let mut words = command.split(' ').skip(1);
    let addr = format!("{}:{}", words.next().unwrap(), words.next().unwrap());
    (child, addr, stderr)
}

fn interrupt(child: &Child) {
    kill_process(Pid::from_child(child), Signal::INT).unwrap();
}

#[test]
fn a_demo_waits_for_a_client_of_the_users() {
    let folder = Folder::new();
    let (mut child, addr, mut stderr) = waiting(
        &folder,
        &["demo", "hello-world", "--wait", "-o", "mine.jsonl"],
    );
    for _ in 0..2 {
        let mut greeting = String::new();
        TcpStream::connect(&addr)
            .unwrap()
            .read_to_string(&mut greeting)
            .unwrap();
        assert_eq!(greeting, "Hello, World!\n");
    }
    interrupt(&child);
    let mut said = String::new();
    stderr.read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().success(), "{said}");
    let accepted = events(&folder.read("mine.jsonl"));
    let callbacks = accepted
        .iter()
        .filter(|event| *event == "listener_cb")
        .count();
    assert_eq!(callbacks, 2);
}

#[test]
fn a_demo_that_nobody_came_to_ends_well() {
    let folder = Folder::new();
    let (mut child, _, mut stderr) =
        waiting(&folder, &["demo", "echo", "--wait", "-o", "none.jsonl"]);
    interrupt(&child);
    let mut said = String::new();
    stderr.read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().success(), "{said}");
    let events = events(&folder.read("none.jsonl"));
    assert!(!events.iter().any(|event| event == "listener_cb"));
    assert!(events.iter().any(|event| event == "event_base_free"));
}
