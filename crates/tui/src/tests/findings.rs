//! The mistakes in a trace, where they are.

use std::time::Duration;

use super::{HELLO_WORLD, User};
use crate::model::Following;
use crate::model::message::Message;
use crate::model::pane::{Overlay, Pane};

/// A server whose read callback is never called.
pub(super) const DISABLED: &str = include_str!("../../../../traces/disabled-read.jsonl");

/// The records of hello-world.
fn len() -> usize {
    lines_of(HELLO_WORLD).len()
}

/// A program that goes on with what it has freed.
fn several() -> String {
    let call = |seq: usize, name: &str, more: &str| {
        let of = |seq: usize, phase: &str| {
            format!(
                r#"{{"seq":{seq},"t":{},"thread":1,"depth":0,"ph":"{phase}","ev":"{name}","base":1,"bev":1{more}}}"#,
                52_000_000 + seq
            )
        };
        format!("{}\n{}\n", of(seq, "enter"), of(seq + 1, "exit"))
    };
    let enable = call(len(), "bufferevent_enable", r#","events":"READ""#);
    let free = call(len() + 2, "bufferevent_free", "");
    format!("{HELLO_WORLD}{enable}{free}")
}

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
fn the_list_of_findings_is_walked_and_gone_from() {
    let mut user = User::with(&several(), |begin| begin.size = (80, 24));
    let steps: Vec<usize> = user
        .model
        .findings()
        .iter()
        .map(|found| found.step)
        .collect();
    assert!(steps.len() > 1 && steps.is_sorted(), "{steps:?}");
    // By keys, forward and back.
    let mut places = steps.clone();
    places.dedup();
    for place in &places {
        assert_eq!(user.press("d").step(), *place);
    }
    user.press("d");
    assert!(
        user.complaint().contains("no further mistake"),
        "{}",
        user.complaint()
    );
    assert_eq!(user.step(), *places.last().unwrap());
    for place in places.iter().rev().skip(1) {
        assert_eq!(user.press("D").step(), *place);
    }
    // In the list: each has its line, the chosen one all that is said of it.
    user.press("g!");
    let screen = user.screen();
    assert!(
        screen.contains(&format!("Findings ({})", steps.len())),
        "{screen}"
    );
    let (wrong, advice) = user.model.findings()[0].said(user.model.lang);
    let inside = screen.lines().filter_map(|line| line.split('│').nth(1));
    let all = inside.collect::<Vec<_>>().join(" ");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&all).contains(&words(&advice)), "{advice}: {screen}");
    assert!(words(&all).contains(&words(&wrong)), "{wrong}: {screen}");
    user.press("G<enter>");
    assert_eq!(user.step(), *steps.last().unwrap());
    assert_eq!(user.model.overlay, None);
    user.press("L!");
    assert!(user.screen().contains("发现的问题"), "{}", user.screen());
}

#[test]
fn where_nothing_is_found_there_is_no_list() {
    let mut user = User::new();
    for key in ["!", "d", "D"] {
        user.press(key);
        assert!(
            user.complaint().contains("no mistake is found"),
            "{}",
            user.complaint()
        );
        assert_eq!(user.model.overlay, None);
    }
}

#[test]
fn what_is_found_is_said_as_it_happens() {
    let mut lines = lines_of(&several());
    let mut user = growing(HELLO_WORLD);
    let rest = lines.split_off(len());
    user.tell(Message::Grown(lines));
    assert_eq!(user.model.findings().len(), 0);
    user.tell(Message::Grown(rest));
    assert!(
        user.notice().contains("! lists the findings"),
        "{}",
        user.notice()
    );
    assert!(!user.model.findings().is_empty());
}

#[test]
fn what_is_wrong_if_nothing_follows_is_said_when_nothing_does() {
    let mut user = growing(DISABLED);
    user.tell(Message::Time(Duration::from_secs(1)));
    // Up to the wait in which the server stands.
    let mut lines = lines_of(DISABLED);
    lines.truncate(35);
    user.tell(Message::Grown(lines));
    assert_eq!(user.model.findings().len(), 0);
    user.tell(Message::Time(Duration::from_secs(2)));
    assert_eq!(user.model.findings().len(), 0);
    user.tell(Message::Time(Duration::from_secs(4)));
    assert!(
        user.notice().contains("[read-never-enabled]"),
        "{}",
        user.notice()
    );
    assert_eq!(user.model.findings().len(), 1);
    user.tell(Message::Grown(lines_of(DISABLED).split_off(35)));
    assert!(user.model.findings().len() <= 1);
}

fn lines_of(trace: &str) -> Vec<evscope_trace::Line> {
    let mut reader = evscope_trace::Reader::new(trace.as_bytes(), "t").unwrap();
    std::iter::from_fn(|| reader.next_line().unwrap())
        .filter(|line| matches!(line, evscope_trace::Line::Record(_)))
        .collect()
}

/// Somebody who looks at a trace that has only begun.
fn growing(trace: &str) -> User {
    let header = trace.lines().next().unwrap();
    User::with(&format!("{header}\n"), |begin| {
        begin.following = Following::Live;
    })
}

#[test]
fn a_callback_that_does_not_run_is_asked_for() {
    let mut user = User::with(DISABLED, |begin| begin.step = Some(34));
    user.press("Y");
    assert_eq!(user.model.overlay, Some(Overlay::of(Pane::QUESTIONS, 0)));
    let screen = user.screen();
    assert!(
        screen.contains("readcb bev=1") && screen.contains("accept listener=1"),
        "{screen}"
    );
    let readcb = user.model.asked.questions.iter();
    let at = readcb
        .map(ToString::to_string)
        .position(|text| text == "readcb bev=1");
    user.press(&"j".repeat(at.unwrap()));
    user.press("<enter>");
    let screen = user.screen();
    assert!(
        screen.contains("Why not readcb bev=1, after step 34"),
        "{screen}"
    );
    assert!(screen.contains("✖"), "{screen}");
    // The closed gate is chosen, and Enter goes to the step that left it so.
    let (_, gates) = user.model.asked.gates.as_ref().unwrap();
    let closed = gates.closed().unwrap().step.unwrap();
    user.press("<enter>");
    assert_eq!((user.step(), user.model.overlay), (closed, None));
}

#[test]
fn a_question_may_be_written() {
    let mut user = User::with(DISABLED, |begin| begin.step = Some(34));
    user.press(":why-not readcb bev=1<enter>L");
    let screen = user.screen();
    assert!(screen.contains("为什么没有 readcb bev=1"), "{screen}");
    user.press("<esc>:why-not readcb bev=7<enter>");
    assert!(
        user.complaint().contains("there is no bev7"),
        "{}",
        user.complaint()
    );
}

#[test]
fn an_open_question_of_a_lesson_is_not_answered() {
    let mut user = super::lessons::learner(120, 40);
    assert!(user.model.hides_what_is_next());
    user.press(":why-not<enter>");
    assert!(
        user.complaint().contains("give the answer away"),
        "{}",
        user.complaint()
    );
}

#[test]
fn where_nothing_is_found_nothing_is_said_of_it() {
    let user = User::with(HELLO_WORLD, |_| {});
    assert!(!user.screen().contains("finding"), "{}", user.screen());
}

/// Two connections, and a third that was made by the program.
const CHAT: &str = include_str!("../../../../traces/chat.jsonl");

#[test]
fn the_connections_are_a_table_to_sort_and_follow() {
    let mut user = User::with(CHAT, |begin| begin.size = (170, 45));
    user.press("A");
    let count = user.model.by_connection.rows.len();
    assert!(count > 1);
    let screen = user.screen();
    assert!(
        screen.contains(&format!("Connections ({count}), sorted by when")),
        "{screen}"
    );
    for heading in ["peer", "read", "written", "blocked", "findings"] {
        assert!(screen.contains(heading), "{heading}: {screen}");
    }
    // Each column in its turn, and back again.
    user.press("ss");
    assert!(
        user.screen().contains("sorted by read"),
        "{}",
        user.screen()
    );
    let rows = &user.model.by_connection.rows;
    assert!(rows.is_sorted_by_key(|row| std::cmp::Reverse(row.read)));
    let (bev, step) = (rows[1].bev.unwrap(), rows[1].step);
    user.press("j<enter>");
    assert_eq!(user.model.overlay, None);
    let filter = user
        .model
        .filter
        .as_ref()
        .map(|filter| filter.query.text().to_owned());
    assert_eq!(filter, Some(format!("bev={}", bev.0)));
    assert_eq!(user.step(), step);
    user.press("LA");
    assert!(user.screen().contains("连接（"), "{}", user.screen());
    // A narrow window has what it is sorted by.
    let mut user = User::with(CHAT, |begin| begin.size = (80, 24));
    user.press("AS");
    let screen = user.screen();
    assert!(
        screen.contains("sorted by peer") && screen.contains("peer"),
        "{screen}"
    );
    user.press("SS");
    assert!(
        user.screen().lines().nth(1).unwrap().contains("findings"),
        "{}",
        user.screen()
    );
}

#[test]
fn a_trace_without_connections_says_so() {
    let timers = include_str!("../../../../traces/timers.jsonl");
    let mut user = User::of(timers);
    user.press("A");
    assert!(
        user.screen().contains("no connections"),
        "{}",
        user.screen()
    );
    user.press("j<enter>");
    assert_eq!(user.model.overlay, None);
}
