//! A base in a child process.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::io::{Read, Write};
use std::time::Duration;

use common::{Log, pair};
use evscope_reactor::{EvFlags, EventBase, EventConfig, LoopFlags, Method, Recording};

/// What the child says if all is well.
const WELL: &[u8] = b"well";

/// After a fork, both go on as if the other were not there: neither takes the other's events away, nor its
/// signals, nor its wake-ups.
#[test]
fn parent_and_child_do_not_disturb_each_other() {
    for method in Method::ALL {
        let mut config = EventConfig::new();
        for other in Method::ALL.into_iter().filter(|&other| other != method) {
            config = config.avoid_method(other);
        }
        with_child(&config);
        // The child of a process that records does not record, and does not hang.
        let (outcome, summary) = Recording::new("fork").record(Vec::new(), || with_child(&config));
        outcome.then_some(()).unwrap();
        summary.unwrap();
    }
}

fn with_child(config: &EventConfig) -> bool {
    let mut base = EventBase::new_with_config(config).unwrap();
    let log = Log::new();
    let (socket, mut peer) = pair();
    let reads = log.clone();
    let reader = base
        .event_new(&socket, EvFlags::READ, move |_: &mut EventBase, _, _| reads.push("read"))
        .unwrap();
    base.event_add(reader, None).unwrap();
    let signals = log.clone();
    let signal = base
        .evsignal_new(libc::SIGUSR1, move |_: &mut EventBase, _, _| signals.push("signal"))
        .unwrap();
    base.event_add(signal, None).unwrap();
    let notifier = base.notifier().unwrap();
    let (mut tell, mut told) = pair();

    // SAFETY: the child uses its own copy of this thread's objects and the allocator, which survives a fork,
    // and leaves by _exit.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            base.event_reinit().unwrap();
            // The events are still there, and work.
            peer.write_all(b".").unwrap();
            base.event_base_loop(LoopFlags::ONCE).unwrap();
            assert_eq!(log.take(), ["read"]);
            // Whoever shares an epoll instance would now take it from the parent.
            base.event_add(reader, None).unwrap();
            base.event_del(reader).unwrap();
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::USR1)
                .unwrap();
            base.event_base_loop(LoopFlags::ONCE).unwrap();
            assert_eq!(log.take(), ["signal"]);
            let posts = Log::new();
            notifier.loopexit().unwrap();
            let timer = base.evtimer_new(|_: &mut EventBase, _, _| {});
            base.event_add(timer, Some(Duration::from_secs(20)))
                .unwrap();
            base.event_base_dispatch().unwrap();
            assert!(base.event_base_got_exit());
            posts.push(());
            // Enough that a recording without a writer would be full.
            for _ in 0..20_000 {
                base.event_active(timer, EvFlags::TIMEOUT).unwrap();
                base.event_base_loop(LoopFlags::NONBLOCK).unwrap();
            }
        }));
        let word: &[u8] = if outcome.is_ok() { WELL } else { b"ill" };
        let _ = tell.write_all(word);
        // SAFETY: it does not return.
        unsafe { libc::_exit(0) };
    }
    assert!(child > 0);
    drop(tell);
    told.set_nonblocking(false).unwrap();
    told.set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let mut said = Vec::new();
    told.read_to_end(&mut said).unwrap();
    let pid = rustix::process::Pid::from_raw(child).unwrap();
    rustix::process::waitpid(Some(pid), rustix::process::WaitOptions::empty()).unwrap();
    assert_eq!(String::from_utf8_lossy(&said), String::from_utf8_lossy(WELL));

    // Nothing of what the child did has reached the parent: the byte it wrote is still unread here.
    let writer = base.event_base_loop(LoopFlags::ONCE);
    writer.unwrap();
    assert_eq!(log.take(), ["read"], "no signal of the child's, and the event is still watched");
    true
}
