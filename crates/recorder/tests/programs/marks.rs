//! The low mark is told wherever libevent looks at it: before a callback that runs, before one that is put off,
//! and where there is none.

use evscope_recorder::Exit;
use evscope_trace::{Event, Phase, Role, Side};

use crate::support::{alone, program, read, record};

#[test]
fn a_low_mark_is_told_once_and_before_what_it_leads_to() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = program("marks", folder.path(), &["-levent"]) else {
        return;
    };
    let (outcome, path) = record(folder.path(), &[&program], |_| {}, |_| {});
    assert_eq!(outcome.exit, Some(Exit::Status(0)));
    let records = read(&path).records;
    let steps: Vec<String> = records
        .iter()
        .filter(|record| record.phase != Phase::Exit)
        .filter_map(|record| {
            let bev = record.objects.bev.map_or(0, |bev| bev.0);
            let what = match &record.event {
                Event::Watermark { side, from, to, .. } => {
                    let side = if *side == Side::Input {
                        "input"
                    } else {
                        "output"
                    };
                    format!("watermark {side} {from} {to}")
                }
                Event::EventActive { .. } if record.objects.role == Some(Role::BevDeferred) => {
                    "put off".to_owned()
                }
                Event::BuffereventReadcb { .. } | Event::BuffereventWritecb { .. } => {
                    record.event.name().to_owned()
                }
                Event::Readcb { callback } => callback.to_string(),
                _ => return None,
            };
            Some(format!("bev{bev} {what}"))
        })
        .collect();
    assert_eq!(
        steps,
        [
            "bev2 bufferevent_writecb",
            "bev2 watermark output 5 0",
            "bev1 bufferevent_readcb",
            "bev1 watermark input 0 5",
            "bev1 put off",
            "bev1 asked",
            "bev1 bufferevent_writecb",
            "bev1 watermark output 6 0",
            // Its low mark is 0, which an input does not pass.
            "bev2 bufferevent_readcb",
            "bev2 answered",
        ]
    );
}
