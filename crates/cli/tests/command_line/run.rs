//! `evscope run`: scenarios from a file, on both libraries.

use std::path::Path;

use crate::support::{Folder, run};

const GREETING: &str = "\
# Somebody says hello.
main
    peer = peer_new
    conn = bufferevent_socket_new peer CLOSE_ON_FREE
    bufferevent_setcb conn readcb=got
    bufferevent_enable conn READ
    event_base_dispatch

callback got
    bufferevent_free self

at 10ms peer_send peer \"hello\"
";

/// A folder with the scenario in it.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("greeting.scn", GREETING);
    folder
}

#[test]
fn a_scenario_is_run_and_shown() {
    let steps = folder().run("run greeting.scn").fine();
    assert!(steps.contains("readcb got bev1"), "{steps}");
    assert!(steps.contains("bufferevent_finalize bev1"), "{steps}");
}

#[test]
fn its_trace_points_into_the_scenario() {
    let trace = folder().run("run greeting.scn -o -").fine();
    let mut lines = trace.lines();
    let readcb = lines
        .find(|line| line.contains("\"ev\":\"readcb\""))
        .unwrap();
    let src = "\"src\":{\"file\":\"greeting.scn\",\"line\":9,\"fn\":\"got\"}";
    assert!(readcb.contains(src), "{readcb}");
    assert!(trace.contains("# Somebody says hello."), "{trace}");
}

#[test]
fn each_backend_can_be_asked_for() {
    for backend in ["epoll", "poll", "select"] {
        let trace = folder()
            .run(&format!("run --backend {backend} greeting.scn -o -"))
            .fine();
        assert!(
            trace.contains(&format!("\"backend\":\"{backend}\"")),
            "{trace}"
        );
    }
}

#[test]
fn it_can_come_from_the_standard_input() {
    let steps = folder().run_with("run -", GREETING.as_bytes()).fine();
    assert!(steps.contains("readcb got bev1"), "{steps}");
}

#[test]
fn a_mistake_is_shown_where_it_is() {
    let folder = folder();
    let text = GREETING.replace("bufferevent_enable conn", "bufferevent_enabel conn");
    folder.write("bad.scn", text);
    let message = folder.run("run bad.scn").refused();
    let expected = "bad.scn:6:5: there is no statement `bufferevent_enabel`\n\
        6 |     bufferevent_enabel conn READ\n  \
          |     ^^^^^^^^^^^^^^^^^^\n  \
          = did you mean `bufferevent_enable`?";
    assert!(message.contains(expected), "{message}");
}

#[test]
fn a_file_that_is_not_there_is_said() {
    let message = folder().run("run nowhere.scn").refused();
    assert!(message.contains("nowhere.scn: No such file"), "{message}");
}

#[test]
fn without_a_compiler_it_says_what_to_install() {
    let folder = folder();
    let mut command = folder.command("run --on libevent greeting.scn".split(' '));
    command
        .env("CC", "/nonexistent/cc")
        .env("XDG_CACHE_HOME", folder.path());
    let message = run(&mut command).refused();
    assert!(message.contains("there is no C compiler"), "{message}");
    assert!(
        message.contains("apt install gcc libc6-dev libevent-dev"),
        "{message}"
    );
}

#[test]
fn on_libevent_it_is_the_same() {
    if !Path::new("/usr/include/event2/event.h").exists() {
        eprintln!("LEFT OUT: libevent's headers are not installed (Debian's package libevent-dev)");
        return;
    }
    let folder = folder();
    for library in ["reactor", "libevent"] {
        let args = format!("run --on {library} greeting.scn -o {library}.jsonl");
        let mut command = folder.command(args.split(' '));
        command.env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"));
        let ran = run(&mut command);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    }
    let same = folder
        .run("diff reactor.jsonl libevent.jsonl --level 3")
        .fine();
    assert!(same.starts_with("same ("), "{same}");
}
