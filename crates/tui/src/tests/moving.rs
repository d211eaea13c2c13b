//! Moves, counts, levels, jumps.

use std::time::Duration;

use evscope_replay::{Chapter, Lang, Replay};
use evscope_trace::Level;

use super::{HELLO_WORLD, User};
use crate::model::Model;
use crate::model::message::Message;
use crate::work::facts::Facts;

#[test]
fn levels_are_no_count_however_fast_they_are_typed() {
    for pace in [Duration::ZERO, Duration::from_secs(9)] {
        let mut user = User::new();
        user.type_keys("31", pace);
        assert_eq!(user.model.level, Level::Program);
        assert_eq!(user.model.count, None);
        assert_eq!(user.type_keys("n", pace).step(), 3, "and counts nothing");
        // Behind a zero they are digits.
        user.type_keys("2g013", pace);
        assert!(user.screen().contains("13…"));
        assert_eq!(user.model.level, Level::Walkthrough);
        assert_eq!(user.type_keys("g", pace).step(), 13);
    }
}

#[test]
fn playing_ends_at_a_stop() {
    let mut user = User::new();
    user.press(":watch bev1.output.len<enter>:51<enter> ");
    for second in 1000..1010 {
        user.tell(Message::Time(Duration::from_secs(second)));
    }
    assert_eq!(user.step(), 58);
    assert!(user.model.autoplay.is_none());
    assert!(
        user.notice().starts_with("stopped: bev1.output.len: 14"),
        "{}",
        user.notice()
    );
    // From there it goes on.
    user.press(" ");
    for second in 2000..2003 {
        user.tell(Message::Time(Duration::from_secs(second)));
    }
    assert!(user.step() > 58 && user.model.autoplay.is_some());
}

#[test]
fn steps_go_forward_and_back() {
    let mut user = User::new();
    assert_eq!(user.press("nnn").step(), 4);
    assert_eq!(user.press("<right>l").step(), 6);
    assert_eq!(user.press("p<left>h").step(), 3);
    assert_eq!(user.press("G").step(), 111);
    assert_eq!(user.press("g").step(), 0);
    assert_eq!(user.press("<end><home>").step(), 0);
    user.press("p");
    assert_eq!(user.complaint(), "this is the first step");
    user.press("Gn");
    assert_eq!(
        (user.step(), user.complaint()),
        (111, "this is the last step")
    );
}

#[test]
fn over_and_out_in_both_directions() {
    let mut user = User::new();
    // Over evconnlistener_new, and back to it.
    assert_eq!(user.press("3:3<enter>N").step(), 11);
    assert_eq!(user.press("P").step(), 3);
    // Into it, out behind it; into it again, out to where it began.
    assert_eq!(user.press("nno").step(), 11);
    assert_eq!(user.press(":7<enter>O").step(), 6);
    assert_eq!(user.press("OO").step(), 3);
    user.press("O");
    assert_eq!(user.complaint(), "this step is in no call");
}

#[test]
fn a_count_repeats_a_move() {
    let mut user = User::new();
    assert_eq!(user.press("010n").step(), 18);
    assert_eq!(
        user.model.level,
        Level::Walkthrough,
        "the 1 was part of a count"
    );
    assert_eq!(user.press("5p").step(), 6);
    assert_eq!(user.press("03n").step(), 13);
    assert_eq!(user.press("99999999999999999999n").step(), 111);
    assert_eq!(user.press("56g").step(), 56);
    assert_eq!(user.press("020<esc>n").step(), 58);
}

#[test]
fn behind_a_level_begins_a_count() {
    let mut user = User::new();
    user.press("3");
    assert_eq!(user.model.level, Level::Everything);
    assert_eq!(user.press("45G").step(), 45);
    assert_eq!(user.model.level, Level::Everything);
    user.press("1n");
    assert_eq!(user.model.level, Level::Program);
    assert_eq!(user.step(), 67, "one step, not as many as the digit says");
}

#[test]
fn the_level_keeps_the_place() {
    let mut user = User::new();
    user.press("3").press(":47<enter>");
    assert_eq!(user.step(), 46, "an exit is shown by its enter");
    assert_eq!(user.press("2").step(), 44, "the nearest call around it");
    assert_eq!(user.press("1").step(), 44);
    assert_eq!(user.press("3").step(), 46, "and back to the very step");
    user.press("2").press("n").press("3");
    assert_eq!(user.step(), 51, "a move in between makes a new place");
}

#[test]
fn jumps_to_callbacks_watermarks_and_failures() {
    let mut user = User::new();
    let mut callbacks = Vec::new();
    for _ in 0..3 {
        callbacks.push(user.press("u").step());
    }
    assert_eq!(callbacks, [23, 67, 87]);
    user.press("u");
    assert_eq!((user.step(), user.complaint().is_empty()), (87, false));
    assert_eq!(user.press("UU").step(), 23);
    assert_eq!(user.press("x").step(), 66);
    assert_eq!(user.press("gXx").step(), 66);
    user.press("e");
    assert_eq!(user.complaint(), "nothing fails in this direction");
}

#[test]
fn a_jump_to_a_hidden_step_raises_the_level() {
    let mut user = User::new();
    user.press("1").press("x");
    assert_eq!((user.step(), user.model.level), (66, Level::Walkthrough));
    assert_eq!(user.notice(), "level 2 now, to show step 66");
}

#[test]
fn jumps_along_an_object_and_along_the_chapters() {
    let mut user = User::new();
    assert_eq!(user.press(":24<enter>i").step(), 25);
    assert_eq!(user.press("I").step(), 24);
    let mut chapters = Vec::new();
    user.press("g");
    for _ in 0..6 {
        user.press(".");
        chapters.push((user.step(), user.model.here.chapter.map(Chapter::number)));
    }
    let parts = [
        (3, Some(2)),
        (11, Some(1)),
        (18, Some(3)),
        (23, Some(4)),
        (51, Some(3)),
        (53, Some(5)),
    ];
    assert_eq!(chapters, parts);
    assert_eq!(user.press(",").step(), 51);
    assert_eq!(user.press(",").step(), 23);
    assert_eq!(user.press(":chapter 5<enter>").step(), 53);
    user.press(":chapter 7<enter>");
    assert_eq!(user.complaint(), "chapters are 1 to 6, not `7`");
}

#[test]
fn the_line_goes_to_steps_and_times() {
    let mut user = User::new();
    assert_eq!(user.press(":66<enter>").step(), 66);
    assert_eq!(user.press(":+2<enter>").step(), 68);
    assert_eq!(user.press(":-2<enter>").step(), 66);
    let time = user.model.trace().record(56).t;
    assert_eq!(user.press(&format!(":{}ns<enter>", time.0)).step(), 56);
    assert_eq!(user.press(":0ms<enter>").step(), 0);
    user.press(":120<enter>");
    assert_eq!(user.complaint(), "there is no step 120; the last is 113");
    user.press(":12 apples<enter>");
    assert!(
        user.complaint().contains("neither a step"),
        "{}",
        user.complaint()
    );
}

#[test]
fn it_plays_by_itself_at_a_speed() {
    let mut user = User::new();
    user.press("<space>");
    let time = |millis| Message::Time(Duration::from_millis(millis));
    assert_eq!(user.tell(time(10_000)).step(), 1);
    assert_eq!(user.tell(time(10_400)).step(), 1);
    assert_eq!(user.tell(time(10_500)).step(), 3);
    user.press("+");
    assert_eq!(user.notice(), "4 steps a second");
    assert_eq!(user.tell(time(10_700)).step(), 3);
    assert_eq!(user.tell(time(10_750)).step(), 4);
    user.press("--");
    assert_eq!(user.notice(), "1 step a second");
    assert!(user.model.autoplay.is_some());
    user.press("<space>");
    assert_eq!(user.tell(time(99_000)).step(), 4);
    // Any move takes the trace into one's own hands, and so does its end.
    user.press("<space>n");
    assert!(user.model.autoplay.is_none());
    user.press("G<space>")
        .tell(time(200_000))
        .tell(time(300_000));
    user.tell(time(400_000));
    assert!(user.model.autoplay.is_none());
}

#[test]
fn messages_speak_the_language() {
    let mut user = User::new();
    user.press("Lp");
    assert_eq!(user.model.lang, Lang::ZH);
    assert_eq!(user.complaint(), "已经是第一步");
    user.press(":language en<enter>p");
    assert_eq!(user.complaint(), "this is the first step");
    user.press(":language fr<enter>");
    assert!(user.complaint().contains("`fr`"));
}

#[test]
fn the_beginning_of_a_trace_is_looked_at_while_the_rest_is_read() {
    let lines: Vec<&str> = HELLO_WORLD.lines().collect();
    let begun: String = lines[..lines.len() / 2]
        .iter()
        .map(|line| format!("{line}\n"))
        .collect();
    let mut user = User::of(&begun);
    user.tell(Message::Reading("40 %".to_owned()));
    let last = user.press("G").step();
    assert!(last < 100, "{last}");
    assert!(user.screen().contains("reading 40 %"), "{}", user.screen());
    user.press("n");
    assert_eq!(
        user.complaint(),
        "this is the last step (the rest of the trace is still being read)"
    );
    let step = user
        .press(":23<enter>/ev=event_add<enter>:23<enter>")
        .step();
    let whole = evscope_replay::Trace::read(HELLO_WORLD.as_bytes(), "hello-world.jsonl").unwrap();
    user.tell(Message::Whole(Box::new(crate::terminal::load::known(
        whole,
    ))))
    .settle();
    assert_eq!(user.step(), step);
    assert!(!user.screen().contains("reading"));
    assert_eq!(user.press("]").step(), 33, "the search goes on behind");
    assert_eq!(user.press("G").step(), 111);
}

#[test]
fn a_move_far_away_shows_where_it_goes_before_the_state_is_found() {
    let replay = Replay::new(super::hello_worlds(60_000));
    let state_at = |step| replay.clone().state_at(step);
    let model = Model::new(replay.clone(), Facts::default(), super::begin());
    let mut user = User::over(model);
    user.settle();
    let far = |user: &mut User, keys: &str| {
        for key in keys.chars().map(String::from) {
            user.tell(Message::Key(super::event(&key)));
        }
        user.tell(Message::Key(super::event("enter")));
        assert!(user.model.here.is_far, "{keys}");
    };
    far(&mut user, ":49000");
    let step = user.step();
    assert!(step.abs_diff(49_000) < 100, "the cursor is there: {step}");
    assert!(user.model.has_work(), "nobody has to press a key for it");
    user.settle();
    assert!(!user.model.here.is_far);
    assert_eq!(user.model.here.state, state_at(user.model.settled_at(step)));
    // What moves back by itself meanwhile has nothing far to wait for.
    for (to, is_far) in [(18_300, true), (step, false)] {
        user.model.move_to(to);
        user.tell(Message::Work);
        assert_eq!(user.model.here.is_far, is_far, "{to}");
    }
    // Whoever presses a key meanwhile acts on what is true there.
    far(&mut user, ":18300");
    let step = user.step();
    user.tell(Message::Key(super::event("w")));
    user.settle();
    assert_eq!(user.step(), step);
    assert_eq!(user.model.here.state, state_at(user.model.settled_at(step)));
    assert!(!user.model.here.causes.is_empty());
}
