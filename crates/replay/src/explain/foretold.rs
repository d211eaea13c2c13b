//! What an explanation says will come, comes: held against what follows in the recorded traces.

use evscope_words::Lang;

use super::tests::all_recorded;
use super::{Explanation, explain};
use crate::Trace;

/// What is said of a step, and what must follow: the beginning of a step's line, and another part of it, in
/// which `BEV` and `EVENT` are the step's own.
const FORETOLD: &[(&str, &str, &str)] = &[
    ("your read callback runs for them at once", "readcb", "BEV"),
    ("so your read callback runs.", "readcb", "BEV"),
    ("so ev_write will be deleted", "event_del", "BEV.write"),
    ("so your write callback runs all the same", "writecb", "BEV"),
    ("your event callback is told EOF", "eventcb", "EOF"),
    (
        "and its ev_write is not pending, so it is added now",
        "event_add",
        "BEV.write",
    ),
    ("it is time for your write callback", "writecb", "BEV"),
    ("there is enough for your read callback", "readcb", "BEV"),
    (
        "reading is suspended, so a fast peer",
        "suspend_read",
        "BEV",
    ),
    ("its event becomes pending again", "event_add", "BEV"),
    ("The first reason to stop deletes", "event_del", "BEV"),
    ("this side is suspended until the next tick", "suspend_", ""),
    ("high mark 8: reading may go on", "unsuspend_read", "BEV"),
    ("will run in this turn", "", "EVENT"),
    ("finds out how", "connect", ""),
    ("runs your write callback.", "writecb", "BEV"),
    (
        "with the low mark at 0, your read callback",
        "readcb",
        "BEV",
    ),
];

/// The name of an object in a step's line: `bev1` of `(bev1.write)`.
fn named<'a>(line: &'a str, kind: &str) -> &'a str {
    let mut words = line.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .find(|word| {
            word.strip_prefix(kind)
                .is_some_and(|n| n.parse::<u32>().is_ok())
        })
        .unwrap_or_default()
}

/// A step's line, without whose thread's it is.
fn line_of(trace: &Trace, step: usize) -> String {
    let line = crate::summary(trace, step);
    let behind = line.strip_prefix('T').and_then(|line| line.split_once(' '));
    match behind {
        Some((thread, behind)) if thread.parse::<u32>().is_ok() => behind.to_owned(),
        _ => line,
    }
}

#[test]
fn what_is_foretold_comes_before_the_loop_waits_again() {
    let mut seen = vec![0; FORETOLD.len()];
    let mut wrong = Vec::new();
    for (name, replay) in all_recorded() {
        let trace = replay.trace();
        for step in 0..trace.len() {
            let Explanation { what, why, watch } = explain(&replay, step, Lang::EN);
            let said = format!("{what} {why} {}", watch.unwrap_or_default());
            let line = line_of(trace, step);
            for (at, (says, begins, has)) in FORETOLD.iter().enumerate() {
                if !said.contains(says) {
                    continue;
                }
                let has = has.replace("BEV", named(&line, "bev"));
                let has = has.replace("EVENT", named(&line, "event"));
                // A turn's own poll has yet to come where a bufferevent is only enabled.
                let mut polls = if line.starts_with("bufferevent_enable") {
                    40
                } else {
                    1
                };
                let mut after = step + 1..trace.len();
                let came = after.find_map(|next| {
                    let line = line_of(trace, next);
                    if line.starts_with("poll") && line.contains('→') {
                        polls -= 1;
                    }
                    let is_it = line.starts_with(begins) && line.contains(&has);
                    (is_it || polls == 0).then_some(is_it)
                });
                seen[at] += 1;
                if came != Some(true) {
                    wrong.push(format!("{name}:{step} {line}: {says}"));
                }
            }
        }
    }
    // Enabled by a connect that had failed already: it is disabled in the same call.
    wrong.retain(|line| !line.contains("connect-at-once:27 bufferevent_enable"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let unseen: Vec<_> = FORETOLD
        .iter()
        .zip(&seen)
        .filter(|(_, n)| **n == 0)
        .collect();
    // It is not said any more.
    assert_eq!(unseen.len(), 1, "{unseen:?}");
}
