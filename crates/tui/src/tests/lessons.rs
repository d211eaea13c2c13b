//! Taking a lesson: stops, predictions, looking around and returning.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use evscope_replay::{Lang, Lesson, Replay, Trace};
use insta::assert_snapshot;

use super::{HELLO_WORLD, User};
use crate::model::lesson::{Answered, Progress, Taken};
use crate::model::message::{Effect, Message};
use crate::model::pane::Pane;

const LESSON: &str = r#"
title = { en = "Who calls your writecb?", zh = "谁调用了你的 writecb？" }
about = { en = "About", zh = "关于" }
trace = "hello-world"

[[stop]]
at = "ev=bufferevent_writecb"
text = { en = "The loop runs `bufferevent_writecb`: the library's.", zh = "循环运行 `bufferevent_writecb`：库的函数。" }
[stop.ask]
judge = "lane=program"
text = { en = "What runs next?", zh = "接下来运行什么？" }
after = { en = "The watermark calls it.", zh = "是水位调用的。" }
choices = [
  { en = "`readcb`", zh = "`readcb`", if = "ev=readcb" },
  { en = "`writecb`", zh = "`writecb`", if = "ev=writecb" },
]

[[stop]]
at = "ev=evbuffer_write"
level = 3
text = { en = "A system call.", zh = "一次系统调用。" }
[stop.ask]
value = "bev1.output.len"
text = { en = "How many bytes are left?", zh = "还剩多少字节？" }
hint = { en = "The socket is empty.", zh = "套接字是空的。" }
after = { en = "All are with the kernel.", zh = "都交给了内核。" }

[[stop]]
at = "ev=watermark"
text = { en = "The low mark.", zh = "低水位。" }
[stop.ask]
step = "ev=bufferevent_free"
text = { en = "Where is it freed?", zh = "在哪一步释放？" }
after = { en = "In the callback.", zh = "在回调里。" }

[[stop]]
at = "ev=writecb"
text = { en = "Yours.", zh = "你的。" }
"#;

fn taken(progress: Progress) -> Taken {
    let lesson = Lesson::parse("writecb.toml", LESSON).unwrap();
    let trace = Trace::read(HELLO_WORLD.as_bytes(), "hello-world").unwrap();
    let steps = lesson.prepare("writecb.toml", &Replay::new(trace)).unwrap();
    Taken::new(
        lesson,
        steps,
        progress,
        Some("evscope learn next".to_owned()),
    )
}

pub(super) fn learner(width: u16, height: u16) -> User {
    User::with(HELLO_WORLD, |begin| {
        begin.size = (width, height);
        begin.lesson = Some(taken(Progress::default()));
    })
}

fn progress(user: &User) -> &Progress {
    &user.model.taken.as_ref().unwrap().progress
}

#[test]
fn a_lesson_is_taken_with_enter() {
    let mut user = learner(120, 40);
    assert_eq!(
        (user.step(), user.model.looks.wanted.focus),
        (56, Pane::LESSON)
    );
    assert!(user.screen().contains("Who calls your writecb? · 1/4"));
    // Chooses the first, then the second; answers; goes on.
    let right = letter_of(&user, "writecb");
    user.press(&format!("<enter>{right}<enter>"));
    assert_eq!(progress(&user).answers[0], Answered::Right);
    assert!(
        user.screen().contains("✔ Right. The watermark calls it."),
        "{}",
        user.screen()
    );
    user.press("<enter>");
    assert_eq!((user.step(), user.model.level.number()), (58, 3));
    // A digit is the beginning of an answer. A wrong one gets a hint, and the answer after three.
    user.press("14<enter>");
    assert_eq!(progress(&user).answers[1], Answered::Not);
    let screen = user.screen();
    assert!(
        screen.contains("✖ Not 14. The socket is empty."),
        "{screen}"
    );
    assert_eq!(user.model.level.number(), 3);
    // What is no number is not counted, nor is the same answer again.
    user.press("<enter>many<enter>");
    assert!(user.complaint().starts_with("the answer is a number"));
    user.press("<esc>14<enter>13<enter>");
    assert!(!user.screen().contains("13: 0"), "{}", user.screen());
    user.press("12<enter>");
    assert_eq!(progress(&user).answers[1], Answered::Wrong);
    assert!(user.screen().contains("✖ Not 12: 0."), "{}", user.screen());
    // A step is gone to, and taken from there.
    user.press("<enter>");
    assert_eq!((user.step(), user.model.level.number()), (66, 2));
    user.press("nn<enter><enter>");
    assert_eq!(progress(&user).answers[2], Answered::Right);
    assert_eq!(user.step(), 66, "back at the stop");
    user.press("<enter>");
    assert_eq!(user.step(), 67);
    user.press("<enter>");
    let screen = user.screen();
    assert!(screen.contains("2 of 3 predictions came true."), "{screen}");
    assert!(
        screen.contains("Enter takes the next lesson: evscope learn next"),
        "{screen}"
    );
    assert_eq!(progress(&user).at, 4);
    let kept = Effect::KeepProgress(progress(&user).clone());
    assert!(user.effects.contains(&kept));
    // What was answered is shown again.
    user.press("<<<");
    let screen = user.screen();
    assert!(screen.contains("✖ Not 12: 0."), "{screen}");
    user.press(">>>");
    assert_eq!(
        user.press("<enter>").effects.last(),
        Some(&Effect::NextLesson)
    );
}

/// The letter of a choice that begins so, as it stands on the screen.
fn letter_of(user: &User, choice: &str) -> char {
    let screen = user.screen();
    let mut letters = 'a'..='z';
    let found = letters.find(|letter| screen.contains(&format!("{letter}) {choice}")));
    found.unwrap_or_else(|| panic!("{choice} is no choice:\n{screen}"))
}

/// While a question is open, no key shows what it asks for: neither a move, nor a search, a jump, a run, a
/// filter, a level, another pane, the lanes, autoplay, the mouse, nor an earlier step.
#[test]
fn nothing_lifts_the_hiding_while_a_question_is_open() {
    let shown = |user: &User| {
        let screen = user.screen();
        let told = [
            "watermark bev1 output",
            "evbuffer_write buf2",
            "writecb conn_writecb bev1",
        ];
        told.iter().any(|row| screen.contains(row)) || user.step() > 56
    };
    for keys in [
        "n",
        "010n",
        "01000000000n",
        "N",
        "o",
        "G",
        ":66<enter>",
        ":+3<enter>",
        ":22ms<enter>",
        "/ev=watermark<enter>",
        "/ev=watermark<enter>]",
        "c",
        "bc",
        "wT",
        "w",
        "ww",
        "1",
        "3",
        "3n",
        "<tab>n",
        "<tab>1n",
        "<tab>3G",
        "v",
        "vn",
        "<space>",
        "fev=watermark<enter>",
        "fev=writecb<enter>n",
        "T",
        "g",
        "gT",
        "<tab>g1",
        "<tab>1g",
        ":level 1<enter>g",
        "z",
        "L",
    ] {
        for size in [(80, 24), (200, 60)] {
            let mut user = learner(size.0, size.1);
            user.press(keys);
            user.settle();
            assert!(!shown(&user), "{keys}:\n{}", user.screen());
            // Until it is answered.
            user.press("<esc><esc>T");
            let right = if user.model.lang == Lang::EN {
                letter_of(&user, "writecb")
            } else {
                continue;
            };
            user.press(&format!("{right}<enter>n"));
            assert!(user.step() > 56, "{keys}:\n{}", user.screen());
        }
    }
    let mut user = learner(200, 60);
    user.press("n");
    assert_eq!(
        user.complaint(),
        "what comes next is asked for: answer first, or go on with >"
    );
    assert!(user.screen().contains(" 66 ?"));
}

/// What is written into a file is not hidden there, so nothing is written until the question is answered.
#[test]
fn nothing_is_exported_while_a_question_is_open() {
    let exports = |user: &User| {
        let mut all = user.effects.iter();
        all.any(|effect| matches!(effect, Effect::Export { .. }))
    };
    let mut user = learner(120, 40);
    user.press(":export json<enter>");
    assert!(!exports(&user));
    assert_eq!(
        user.complaint(),
        "what comes next is asked for: answer first, or go on with >"
    );
    let right = letter_of(&user, "writecb");
    user.press(&format!("{right}<enter>"));
    user.press(":export json<enter>");
    assert!(exports(&user));
}

/// Neither the state nor the timeline tells what hidden steps do while that is asked for.
#[test]
fn the_state_and_the_timeline_wait_for_the_answer_too() {
    const LOOP: &str = r#"
title = { en = "Loop", zh = "循环" }
about = { en = "About", zh = "关于" }
trace = "hello-world"

[[stop]]
at = "ev=event_base_loop"
level = 1
text = { en = "It runs.", zh = "运行。" }
[stop.ask]
judge = "lane=program"
text = { en = "What runs first?", zh = "先运行什么？" }
after = { en = "A client came.", zh = "客户端来了。" }
choices = [
  { en = "listener_cb", zh = "listener_cb", if = "ev=listener_cb" },
  { en = "writecb", zh = "writecb", if = "ev=writecb" },
]
"#;
    let lesson = Lesson::parse("loop.toml", LOOP).unwrap();
    let trace = Trace::read(HELLO_WORLD.as_bytes(), "hello-world").unwrap();
    let steps = lesson.prepare("loop.toml", &Replay::new(trace)).unwrap();
    let mut user = User::with(HELLO_WORLD, |begin| {
        begin.lesson = Some(Taken::new(lesson, steps, Progress::default(), None));
    });
    let accepted = |user: &User| {
        let listener = user.model.here.state.listeners.values().next();
        listener.unwrap().accepted
    };
    let timeline = |user: &User| user.screen().lines().rev().nth(1).unwrap().to_owned();
    assert_eq!((user.step(), user.model.level.number()), (17, 1));
    assert_eq!(accepted(&user), 0);
    assert!(!timeline(&user).contains('●'), "{}", user.screen());
    // A choice is made by its letter, whatever else the key does, or by its number.
    user.press("b");
    assert_eq!(user.model.taken.as_ref().unwrap().chosen, Some(1));
    user.press("1");
    assert_eq!(user.model.taken.as_ref().unwrap().chosen, Some(0));
    user.press("7");
    assert_eq!(user.complaint(), "answers are a to b, not `7`");
    let right = letter_of(&user, "listener_cb");
    user.press(&format!("{right}<enter>"));
    assert_eq!(progress(&user).answers[0], Answered::Right);
    assert_eq!(accepted(&user), 1, "what the hidden steps have done");
    assert!(timeline(&user).contains('●'), "{}", user.screen());
    user.press("a");
    assert!(user.complaint().starts_with("no question is open here"));
}

#[test]
fn one_may_look_around_and_return() {
    let mut user = learner(120, 40);
    user.press("g<tab>1w");
    assert_eq!(user.step(), 0);
    assert!(!user.screen().contains("The loop runs"));
    user.press("T");
    assert_eq!((user.step(), user.model.level.number()), (56, 2));
    assert!(user.screen().contains("The loop runs bufferevent_writecb"));
    // The explanation would tell what is asked for.
    user.press("T");
    assert!(
        user.complaint().starts_with("the explanation would give"),
        "{}",
        user.complaint()
    );
    assert!(user.screen().contains("─ Lesson ─"));
    let right = letter_of(&user, "writecb");
    user.press(&format!("{right}<enter>T"));
    assert!(
        user.screen().contains("─ Explanation ─"),
        "{}",
        user.screen()
    );
    user.press("T");
    assert!(user.screen().contains("─ Lesson ─"));
    user.press("nn");
    assert!(
        user.screen()
            .contains("You are looking around; T returns to step 56.")
    );
}

#[test]
fn stops_are_gone_through_in_both_directions() {
    let mut user = learner(120, 40);
    user.press("<");
    assert_eq!(user.complaint(), "this is the first stop of the lesson");
    assert_eq!(user.press(">>").step(), 66);
    assert_eq!(user.press("<").step(), 58);
    assert_eq!(
        user.press("<tab>09>")
            .model
            .taken
            .as_ref()
            .unwrap()
            .progress
            .at,
        4
    );
    user.press(">");
    assert_eq!(user.complaint(), "this is the end of the lesson");
    user.press("a");
    assert_eq!(user.complaint(), "no question is open here; > goes on");
}

#[test]
fn an_answer_can_be_written() {
    let mut user = learner(120, 40);
    user.press(":answer c<enter>");
    assert_eq!(user.complaint(), "answers are a to b, not `c`");
    let (wrong, right) = (letter_of(&user, "readcb"), letter_of(&user, "writecb"));
    let upper = wrong.to_ascii_uppercase();
    user.press(&format!(":answer {upper}<enter>"));
    assert_eq!(progress(&user).answers[0], Answered::Not);
    let screen = user.screen();
    assert!(
        screen.contains(&format!("✖ Not {wrong}). Try again.")),
        "{screen}"
    );
    assert!(!screen.contains("The watermark calls it"), "{screen}");
    user.press(&format!(":answer {right}<enter>"));
    assert_eq!(progress(&user).answers[0], Answered::Wrong);
    let screen = user.screen();
    assert!(
        screen.contains("✔ Right, at try 2. The watermark"),
        "{screen}"
    );
    user.press(">a 0 bytes<enter>");
    assert_eq!(progress(&user).answers[1], Answered::Right);
    user.press(">:answer 68<enter>");
    assert_eq!(progress(&user).answers[2], Answered::Right);
}

#[test]
fn a_lesson_goes_on_where_it_was_left() {
    let left = Progress {
        at: 2,
        answers: vec![Answered::Right],
        ..Progress::default()
    };
    let mut user = User::with(HELLO_WORLD, |begin| begin.lesson = Some(taken(left)));
    assert_eq!(user.step(), 66);
    user.press("<<");
    let right = letter_of(&user, "writecb");
    let screen = user.screen();
    assert!(screen.contains(&format!("✔ {right}) writecb")), "{screen}");
}

#[test]
fn a_lesson_is_in_the_language_of_the_screen() {
    let mut user = learner(120, 40);
    let wrong = letter_of(&user, "readcb");
    user.press(&format!("L:answer {wrong}<enter>"));
    assert_eq!(user.model.lang, Lang::ZH);
    let screen = user.screen();
    assert!(screen.contains("谁调用了你的 writecb？ · 1/4"), "{screen}");
    assert!(
        screen.contains(&format!("✖ 不是 {wrong})。再试一次。")),
        "{screen}"
    );
}

#[test]
fn without_a_lesson_its_keys_say_so() {
    for keys in [">", "<", "T", "a"] {
        let mut user = User::new();
        user.press(keys);
        assert_eq!(
            user.complaint(),
            "this is no lesson; evscope learn lists them"
        );
    }
}

#[test]
fn an_answer_is_clicked() {
    let mut user = learner(120, 40);
    let screen = user.screen();
    let row = screen
        .lines()
        .position(|line| line.contains(") writecb"))
        .unwrap();
    let click = |row: usize| {
        Message::Mouse(MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: 80,
            row: row as u16,
            modifiers: KeyModifiers::NONE,
        })
    };
    user.tell(click(row));
    let right = letter_of(&user, "writecb");
    assert!(user.screen().contains(&format!("▶ {right}) writecb")));
    let other = screen
        .lines()
        .position(|line| line.contains(") readcb"))
        .unwrap();
    user.tell(click(other));
    let chosen = user.model.taken.as_ref().unwrap().chosen.unwrap();
    assert_eq!(
        crate::model::lesson::letter(chosen),
        letter_of(&user, "readcb")
    );
    user.tell(click(row)).tell(click(row));
    assert_eq!(progress(&user).answers[0], Answered::Right);
    user.tell(click(row));
    assert_eq!(progress(&user).at, 0, "what is answered is no choice");
}

#[test]
fn lessons_at_three_sizes() {
    assert_snapshot!("lesson_small", learner(80, 24).press("j").screen());
    assert_snapshot!(
        "lesson_medium",
        learner(120, 40).press(":answer a<enter>").screen()
    );
    assert_snapshot!("lesson_large", learner(200, 60).screen());
}
