//! The mistakes in a trace, where they are.

use super::{HELLO_WORLD, User};

/// A server whose read callback is never called.
const DISABLED: &str = include_str!("../../../../traces/disabled-read.jsonl");

#[test]
fn a_finding_is_marked_and_told_at_its_step() {
    let mut user = User::with(DISABLED, |begin| begin.step = Some(30));
    let screen = user.screen();
    assert!(screen.contains("[read-never-enabled]"), "{screen}");
    assert!(screen.contains("bufferevent_enable(bev,"), "{screen}");
    assert!(screen.contains("! finding"), "{screen}");
    user.press("n");
    let screen = user.screen();
    assert!(!screen.contains("[read-never-enabled]"), "{screen}");
    // In the steps, once the cursor is elsewhere.
    assert!(
        screen.lines().any(|line| line.contains(" !30 ")),
        "{screen}"
    );
    user.press("L");
    assert!(user.screen().contains("! 问题"), "{}", user.screen());
}

#[test]
fn where_nothing_is_found_nothing_is_said_of_it() {
    let user = User::with(HELLO_WORLD, |_| {});
    assert!(!user.screen().contains("finding"), "{}", user.screen());
}
