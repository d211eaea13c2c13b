//! The recorded traces of the examples: what is true of every program that ends in good order.

use std::path::Path;

use evscope_replay::{Lang, ListenerState, Replay, State, Stats, Trace, causes, summary};
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

/// The living ones are found by themselves, and are those that were not freed, at every step of every trace.
#[test]
fn the_living_are_those_that_were_not_freed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../traces");
    let mut looked_at = 0;
    for folder in [folder.clone(), folder.join("libevent")] {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|ending| ending != "jsonl") {
                continue;
            }
            let trace = Trace::open(&path).unwrap_or_else(|error| panic!("{error}"));
            let mut state = State::new();
            for record in trace.records() {
                let before = state.clone();
                state.apply(&record);
                let step = state.step().unwrap();
                the_living(&state, &before, &format!("{} {step}", path.display()));
            }
            looked_at += 1;
        }
    }
    assert!(looked_at > 30, "{looked_at}");
}

fn the_living(state: &State, before: &State, at: &str) {
    macro_rules! compare {
        ($table:ident, $ended:ident) => {
            let alive: Vec<_> = state
                .$table
                .iter()
                .filter(|(_, object)| object.$ended.is_none())
                .collect();
            let living: Vec<_> = state.$table.living().collect();
            assert_eq!(living, alive, "{at}");
            let there: Vec<_> = state
                .$table
                .iter()
                .filter(|(_, object)| object.$ended.is_none_or(|end| end >= before.applied()))
                .collect();
            assert_eq!(state.$table.living_since(&before.$table), there, "{at}");
            let ids: Vec<_> = state.$table.keys().collect();
            assert!(ids.is_sorted(), "{at}");
            assert_eq!(ids.len(), state.$table.len(), "{at}");
        };
    }
    compare!(bases, freed_at);
    compare!(listeners, freed_at);
    compare!(bevs, finalized_at);
    compare!(bufs, freed_at);
    compare!(events, freed_at);
}

/// What led to a step lies before it: a command that asks for it need not read what comes after.
#[test]
fn causes_and_lines_of_a_step_need_nothing_after_it() {
    for name in TRACES {
        let replay = recorded(name);
        let whole = replay.trace();
        let mut begun = Trace::new(whole.name(), whole.header().clone());
        for (step, record) in whole.records().enumerate() {
            begun.push(record.clone());
            assert_eq!(summary(&begun, step), summary(whole, step), "{name} {step}");
            let told = |trace: &Trace| -> Vec<(usize, String)> {
                causes(trace, step)
                    .iter()
                    .map(|cause| (cause.step, cause.text(trace, Lang::EN)))
                    .collect()
            };
            assert_eq!(told(&begun), told(whole), "{name} {step}");
        }
    }
}
