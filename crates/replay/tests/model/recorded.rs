//! The recorded traces of the examples: what is true of every program that ends in good order.

use std::path::Path;

use evscope_replay::{ListenerState, Replay, Stats, Trace};
use evscope_trace::{EvFlags, Event, Phase};

fn recorded(name: &str) -> Replay {
    let traces = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../traces");
    let path = traces.join(name);
    Replay::new(Trace::open(&path).unwrap_or_else(|error| panic!("{error}")))
}

const TRACES: [&str; 2] = ["hello-world.jsonl", "echo.jsonl"];

#[test]
fn at_the_end_nothing_is_left() {
    for name in TRACES {
        let replay = recorded(name);
        let end = replay.state_at(usize::MAX);
        assert!(end.active.is_empty(), "{name}");
        assert!(end.interest.is_empty(), "{name}: {:?}", end.interest);
        assert!(end.timers().is_empty(), "{name}");
        assert!(end.stacks.values().all(Vec::is_empty), "{name}");
        for (id, event) in end.events.iter() {
            assert!(event.is_freed() && !event.pending, "{name}: {id} {event:?}");
        }
        assert!(
            end.bevs
                .values()
                .all(|bev| bev.is_freed() && bev.finalized_at.is_some())
        );
        assert!(end.bufs.values().all(|buf| buf.is_freed() && buf.len == 0));
        assert!(end.listeners.values().all(ListenerState::is_freed));
        assert!(
            end.bases
                .values()
                .all(|base| base.is_freed() && !base.running)
        );
    }
}

/// The kernel's interest in an fd is what the pending events on it wait for, whenever the loop waits.
#[test]
fn the_kernel_watches_for_what_is_pending() {
    for name in TRACES {
        let replay = recorded(name);
        let waits = replay.trace().records().enumerate().filter(|(_, record)| {
            record.phase == Phase::Enter && matches!(record.event, Event::Poll { .. })
        });
        for (step, _) in waits {
            let state = replay.state_at(step);
            for (watched, flags) in state.interest.iter() {
                let wanted = state
                    .events
                    .values()
                    .filter(|event| event.pending && event.fd == Some(watched.fd))
                    .filter(|event| !event.events.contains(EvFlags::SIGNAL))
                    .fold(EvFlags::empty(), |wanted, event| wanted | event.events);
                let wanted = wanted & (EvFlags::READ | EvFlags::WRITE);
                assert_eq!(*flags, wanted, "{name}, step {step}: {watched}");
            }
        }
    }
}

#[test]
fn what_comes_in_goes_out_and_no_byte_is_unknown() {
    let replay = recorded("echo.jsonl");
    let trace = replay.trace();
    for bev in Stats::of(trace).bevs {
        assert!(bev.read > 0, "{}", bev.bev);
        assert_eq!((bev.written, bev.unsent), (bev.read, 0), "{}", bev.bev);
    }
    for (step, record) in trace.records().enumerate() {
        let state = replay.state_at(step);
        if let Some(buf) = record.objects.buf.and_then(|buf| state.bufs.get(buf)) {
            assert_eq!(buf.head().len() as u64, buf.len, "step {step}");
        }
    }
}

#[test]
fn every_record_knows_its_source() {
    for name in TRACES {
        let replay = recorded(name);
        let trace = replay.trace();
        for (step, record) in trace.records().enumerate() {
            let Some(line) = &record.src else { continue };
            let text = trace
                .source_of(line)
                .unwrap_or_else(|| panic!("{name}, step {step}"));
            assert_eq!(
                Some(&text.function),
                line.function.as_ref(),
                "{name}, step {step}"
            );
        }
    }
}
