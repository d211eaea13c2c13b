//! However it ends, nothing that was recorded is lost.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::Duration;

use evscope_recorder::{Exit, HeldClock, Hold, RecordOptions, Recording, Turn, recover};
use evscope_trace::{Event, Level};

use crate::support::{
    Trace, alone, compile, connect, example, free_port, read, record, signal, twin, wait_until,
};

#[test]
fn a_killed_program_leaves_all_it_did_and_how_it_ended() {
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
            connect(port).read_to_end(&mut Vec::new()).unwrap();
            signal(pid, libc::SIGKILL);
        },
    );
    assert_eq!(outcome.exit, Some(Exit::Signal(libc::SIGKILL)));
    assert_eq!(outcome.exit.map(Exit::code), Some(137));
    let trace = read(&path);
    assert_eq!(trace.count("bufferevent_finalize"), 1);
    assert_eq!(
        trace.records.last().unwrap().event,
        Event::ProgramExit {
            status: None,
            signal: Some("SIGKILL".into())
        }
    );
}

#[test]
fn what_a_killed_recorder_left_becomes_a_trace() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = twin("hello-world", folder.path()) else {
        return;
    };
    let Some(recorder) = example("record") else {
        return;
    };
    let port = free_port();
    let trace = folder.path().join("trace.jsonl");
    let mut child = Command::new(recorder)
        .arg(&trace)
        .args([&program, &port.to_string()])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let hello = || {
        let mut said = String::new();
        connect(port).read_to_string(&mut said).unwrap();
        assert_eq!(said, "Hello, World!\n");
    };
    hello();
    let children = format!("/proc/{0}/task/{0}/children", child.id());
    let server: i32 = std::fs::read_to_string(children)
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    // The program does not notice, and what it does is still recorded.
    hello();
    signal(server, libc::SIGINT);
    wait_until("the server ends", || {
        // SAFETY: signal 0 only asks.
        let gone = unsafe { libc::kill(server, 0) } != 0;
        let stat = std::fs::read_to_string(format!("/proc/{server}/stat"));
        gone || stat.is_ok_and(|stat| stat.contains(") Z "))
    });
    let traces = recover(&folder.path().join("trace.jsonl.part"), None).unwrap();
    assert_eq!(traces.len(), 1);
    assert_eq!(traces[0].path, trace);
    let trace = read(&trace);
    assert_eq!(trace.count("writecb"), 2);
    assert_eq!(trace.count("event_base_free"), 1);
    assert!(!folder.path().join("trace.jsonl.part").exists());
}

const TICKS: &str = r"
#include <event2/event.h>
#include <stdio.h>
static int n;
static void tick(evutil_socket_t fd, short what, void *base)
{
    (void)fd, (void)what;
    if (++n == 3)
        event_base_loopbreak(base);
}
int main(void)
{
    struct timeval span = { 0, MS * 1000 };
    struct event_base *base = event_base_new();
    struct event *event = event_new(base, -1, EV_PERSIST, tick, base);
    event_add(event, &span);
    event_base_dispatch(base);
    event_free(event);
    event_base_free(base);
    return 4;
}
";

/// Holds a program of three ticks of so many ms at every step for a while; how often that was, its trace, and how long its
/// loop meant to wait each time, in ns. `None` where it cannot be compiled.
fn held_ticks(hold: Hold, tick: u32, pause: Duration) -> Option<(usize, Trace, Vec<u64>)> {
    let folder = tempfile::tempdir().unwrap();
    let (source, program) = (folder.path().join("ticks.c"), folder.path().join("ticks"));
    std::fs::write(&source, TICKS).unwrap();
    compile(
        &source,
        &program,
        &["-levent_core", &format!("-DMS={tick}")],
    )?;
    let mut options = RecordOptions::new(&folder.path().join("trace.jsonl"));
    options.hold = Some(hold);
    let mut recording = Recording::start(&options, &[program.into()]).unwrap();
    let mut stops = 0;
    while recording.turn() != Turn::Over {
        if recording.is_held() {
            stops += 1;
            std::thread::sleep(pause);
            recording.release();
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let outcome = recording.finish();
    assert_eq!(outcome.exit, Some(Exit::Status(4)));
    let trace = read(&outcome.traces[0].path);
    assert_eq!(trace.count("event_callback"), 3);
    let waits = trace.all("poll").filter_map(|r| match r.event {
        Event::Poll { timeout, .. } => timeout.map(|t| t.0),
        _ => None,
    });
    let waits = waits.collect();
    Some((stops, trace, waits))
}

#[test]
fn a_held_program_waits_at_each_step_and_its_clock_stands_still() {
    let _alone = alone();
    // Many times that is longer than the timer, which has time enough to go on in between.
    let pause = Duration::from_millis(40);
    let Some((stops, trace, waits)) = held_ticks(Hold::at(Level::Walkthrough), 500, pause) else {
        return;
    };
    // An enter, an exit, a point: each is a stop.
    let steps = trace.records.len();
    assert!(stops >= steps - 10, "{stops} stops, {steps} steps");
    // (A wait in whole milliseconds may end a little early; then the rest is waited for.)
    let whole = waits.iter().filter(|&&ns| ns > 50_000_000).count();
    assert_eq!(whole, 3, "{waits:?}");
}

#[test]
fn the_clock_of_a_held_program_runs_on_if_that_is_asked_for() {
    let _alone = alone();
    let hold = Hold {
        clock: HeldClock::Runs,
        ..Hold::at(Level::Walkthrough)
    };
    // A few steps of it are longer than the timer.
    let Some((_, _, waits)) = held_ticks(hold, 100, Duration::from_millis(50)) else {
        return;
    };
    let due = waits.iter().filter(|&&ns| ns == 0).count();
    assert!(due >= 1, "{waits:?}");
}
