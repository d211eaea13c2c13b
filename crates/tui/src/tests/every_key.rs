//! Every command of the table, by each of its keys and by its name: what it does. A command without a
//! case here fails the test.

use evscope_replay::Lang;

use super::lessons::learner;
use super::{HELLO_WORLD, User};
use crate::look::theme::Palette;
use crate::model::command::Command;
use crate::model::message::Effect;
use crate::model::pane::{Overlay, Pane};
use crate::model::prompt::PromptKind;
use crate::model::{Bytes, Following, Model};
use crate::update::commands::COMMANDS;
use crate::work::timeline::Scale;

/// What is done before the key, and whether the key has done its work.
type Case = (&'static str, &'static str, fn(&User) -> bool);

#[rustfmt::skip]
const CASES: &[Case] = &[
    ("next", ":56<enter>", |u| u.step() == 58),
    ("previous", ":58<enter>", |u| u.step() == 56),
    ("over", ":21<enter>", |u| u.step() == 53),
    ("over-back", ":53<enter>", |u| u.step() == 21),
    ("out", ":58<enter>", |u| u.step() == 78),
    ("out-back", ":58<enter>", |u| u.step() == 56),
    ("down", "", |u| u.step() == 1),
    ("up", ":3<enter>", |u| u.step() == 1),
    ("page-down", "", |u| u.step() > 10),
    ("page-up", "G", |u| u.step() < 100 && u.step() > 50),
    ("first", "G", |u| u.step() == 0),
    ("last", "", |u| u.step() == 111),
    ("play", "", |u| u.model.autoplay.is_some()),
    ("faster", "", |u| u.notice() == "4 steps a second"),
    ("slower", "", |u| u.notice() == "1 step a second"),

    ("goto 67", "", |u| u.step() == 67),
    ("next-callback", "", |u| u.step() == 23),
    ("previous-callback", "G", |u| u.step() == 87),
    ("next-watermark", "", |u| u.step() == 66),
    ("previous-watermark", "G", |u| u.step() == 66),
    ("next-error", "", |u| u.complaint() == "nothing fails in this direction"),
    ("previous-error", "G", |u| u.complaint() == "nothing fails in this direction"),
    ("next-finding", "MISTAKE", |u| u.step() == 30),
    ("previous-finding", "MISTAKEG", |u| u.step() == 30),
    ("findings", "MISTAKE", |u| u.model.overlay == Some(Overlay::of(Pane::FINDINGS, 0))),
    ("next-same", ":24<enter>", |u| u.step() == 25 || u.step() == 30),
    ("previous-same", ":67<enter>", |u| u.step() == 66),
    ("next-chapter", "", |u| u.step() == 3),
    ("previous-chapter", ":67<enter>", |u| u.step() == 53),
    ("chapter 5", "", |u| u.step() == 53),
    ("branches", ":58<enter>", |u| u.model.is_over(Pane::BRANCHES)),
    ("mark", ":67<enter>", |u| u.model.marks.contains_key(&67)),
    ("marks", ":67<enter>mg", |u| u.model.overlay == Some(Overlay::of(Pane::MARKS, 0))),

    ("search", "", |u| prompt(u) == Some(PromptKind::Search)),
    ("next-hit", "/ev=event_add<enter>", |u| u.step() == 12),
    ("previous-hit", "/ev=event_add<enter>", |u| u.step() == 33),
    ("filter", "", |u| prompt(u) == Some(PromptKind::Filter)),
    ("connections", "", |u| u.model.overlay == Some(Overlay::of(Pane::CONNECTIONS, 0))),
    ("connection", ":67<enter>", |u| u.model.filter.as_ref().is_some_and(|f| f.query.text() == "bev=1")),

    ("break", "", |u| prompt(u) == Some(PromptKind::Break)),
    ("watch", "", |u| prompt(u) == Some(PromptKind::Watch)),
    ("stops", ":break ev=writecb<enter>", |u| u.model.overlay == Some(Overlay::of(Pane::STOPS, 0))),
    ("run", ":break ev=writecb<enter>", |u| u.step() == 67 && u.notice() == "stopped: ev=writecb"),
    ("run-back", ":watch bev1.output.len<enter>G", |u| u.step() == 58),
    ("hold", "", |u| !u.complaint().is_empty()),

    ("level 1", "3", |u| u.model.level.number() == 1),
    ("level 2", "3", |u| u.model.level.number() == 2),
    ("level 3", "", |u| u.model.level.number() == 3),
    ("why", ":67<enter>", |u| u.model.looks.wanted.focus == Pane::WHY && !u.model.here.causes.is_empty()),
    ("source", "", |u| u.model.looks.other_side),
    ("calls", ":58<enter>", |u| u.model.overlay == Some(Overlay::of(Pane::CALLS, 1))),
    ("why-not", ":67<enter>", |u| u.model.overlay == Some(Overlay::of(Pane::QUESTIONS, 0))),
    ("lanes", "", |u| u.model.looks.wanted.focus == Pane::LANES),
    ("focus", "", |u| u.model.looks.wanted.focus == Pane::SOURCE),
    ("focus-back", "", |u| u.model.looks.wanted.focus == Pane("timeline")),
    ("zoom", "", |u| u.model.looks.wanted.zoom),
    ("enter", ":67<enter>w", |u| u.step() == 66),
    ("scale", "", |u| u.model.looks.scale == Scale::Time),
    ("bytes", "", |u| u.model.looks.bytes == Bytes::Hex),
    ("language", "", |u| u.model.lang == Lang::ZH),
    ("theme light", "", |u| u.model.theme.palette == Palette::Light),
    ("help", "", |u| u.model.overlay == Some(Overlay::of(Pane::HELP, 0))),

    ("command", "", |u| prompt(u) == Some(PromptKind::Command)),
    ("copy", "", |u| matches!(u.effects.last(), Some(Effect::Copy(_)))),
    ("note why", "", |u| u.model.marks.get(&0).is_some_and(|note| note == "why")),
    ("export svg a.svg", "", |u| matches!(u.effects.last(), Some(Effect::Export { .. }))),
    ("follow", "FOLLOW", |u| u.model.following == Following::Paused),
    ("redraw", "", |u| u.effects.last() == Some(&Effect::Redraw)),
    ("suspend", "", |u| u.effects.last() == Some(&Effect::Suspend)),
    ("cancel", "z", |u| !u.model.looks.wanted.zoom),
    ("quit", "", |u| u.effects.last() == Some(&Effect::Quit)),

    ("next-stop", "LEARN", |u| u.step() == 58),
    ("previous-stop", "LEARN>>", |u| u.step() == 58),
    ("lesson", "LEARN<tab>g", |u| u.step() == 56),
    ("answer", "LEARN", |u| u.model.taken.as_ref().is_some_and(|taken| taken.chosen == Some(0))),
];

fn prompt(user: &User) -> Option<PromptKind> {
    user.model.prompt.as_ref().map(|prompt| prompt.kind)
}

fn prepared(before: &str) -> User {
    let (mut user, keys) = if let Some(keys) = before.strip_prefix("LEARN") {
        (learner(120, 40), keys)
    } else if let Some(keys) = before.strip_prefix("MISTAKE") {
        (User::of(super::findings::DISABLED), keys)
    } else if before == "FOLLOW" {
        let live = |begin: &mut crate::model::Begin| {
            begin.following = Following::Live;
            begin.step = Some(0);
        };
        (User::with(HELLO_WORLD, live), "")
    } else {
        (User::new(), before)
    };
    user.press(keys);
    user.effects.clear();
    user
}

/// The keys of a command that give it this argument, as the tests write them.
fn keys(command: &Command, arg: &str) -> Vec<String> {
    let keys = command.keys.iter().filter_map(|written| {
        let (key, given) = written.split_once(' ').unwrap_or((written, ""));
        (given == arg).then(|| match key {
            key if key.chars().count() == 1 => key.to_owned(),
            key => format!("<{key}>"),
        })
    });
    keys.collect()
}

#[test]
fn every_key_of_every_command_does_its_work() {
    let mut seen: Vec<(&str, String)> = Vec::new();
    let mut failed = Vec::new();
    for (line, before, works) in CASES {
        let (name, arg) = line.split_once(' ').unwrap_or((line, ""));
        let command = COMMANDS
            .iter()
            .find(|command| command.name == name)
            .unwrap_or_else(|| panic!("no command is called {name}"));
        for key in keys(command, arg) {
            let mut user = prepared(before);
            if works(&user) {
                failed.push(format!("`{line}`: it is so before the key"));
            }
            user.press(&key);
            if !works(&user) {
                failed.push(format!(
                    "`{key}` for `{line}`: {} {}",
                    user.step(),
                    user.notice()
                ));
            }
            seen.push((command.name, key));
        }
        // What opens a line to type is opened by a key; by its name, with what it takes.
        let mut user = prepared(before);
        user.press(&format!(":{line}<enter>"));
        let is_done = works(&user) || (arg.is_empty() && is_asked(&user.model));
        if !is_done {
            failed.push(format!("`:{line}`: {} {}", user.step(), user.notice()));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
    for command in COMMANDS {
        assert!(
            CASES
                .iter()
                .any(|(line, ..)| line.split(' ').next() == Some(command.name)),
            "`{}` has no case in this file",
            command.name
        );
        let tested = seen
            .iter()
            .filter(|(name, _)| *name == command.name)
            .count();
        assert_eq!(
            tested,
            command.keys.len(),
            "a key of `{}` has no case",
            command.name
        );
    }
}

fn is_asked(model: &Model) -> bool {
    model.prompt.is_some()
}
