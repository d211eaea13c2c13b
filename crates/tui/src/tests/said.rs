//! What the screen says, printed in both languages: steps of every recorded trace, every command with all
//! that can be wrong with it, the lists, a lesson, a program that is held, the home screen.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use evscope_replay::{Lang, Query};

use super::lessons::learner;
use super::printed::Printed;
use super::{HELLO_WORLD, User};
use crate::model::message::Message;
use crate::model::program::Whereabouts;
use crate::model::{Begin, Following, HasProgram};
use crate::update::commands::COMMANDS;
use crate::work::stops::Stop;

/// One step in so many is looked at: their explanations are printed elsewhere.
const EVERY: usize = 29;

/// Lines to type: what is right, what is wrong, and what there is nothing of.
const LINES: &[&str] = &[
    "goto x",
    "goto 9999",
    "goto 5s",
    "chapter x",
    "chapter 0",
    "chapter 9",
    "chapter 3",
    "level x",
    "theme x",
    "language x",
    "language zz",
    "break ev=",
    "break writecb",
    "break ev=writecb && bev=9",
    "watch bev9.output.len",
    "watch bev1.output.len",
    "watch x",
    "search ev=nothing",
    "search ev=event_add",
    "filter ev=lost",
    "filter bev=1",
    "filter ev=",
    "export",
    "export png x",
    "export svg",
    "note",
    "note two words",
    "mark",
    "unknown",
    "n",
    "play 7",
    "hold 3",
    "run",
    "run-back",
    "next-hit",
    "follow",
    "answer 1",
    "answer a",
    "connection",
    "scale x",
    "copy x",
    "next-stop",
    "lesson",
];

fn traces() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../traces");
    let files = std::fs::read_dir(folder).unwrap();
    let mut traces: Vec<PathBuf> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    traces.sort();
    assert!(traces.len() > 30, "{traces:?}");
    traces
}

fn show(out: &mut String, user: &User, after: &str) {
    writeln!(out, "== {after}\n{}", user.screen()).unwrap();
}

/// Steps of a trace, with all that is shown of them.
fn steps(out: &mut String, trace: &str, lang: Lang) {
    let mut user = User::with(trace, |begin| {
        begin.lang = lang;
        begin.size = (200, 60);
        begin.level = evscope_trace::Level::Everything;
    });
    let last = user.model.trace().len().saturating_sub(1);
    for step in (0..=last).step_by(EVERY) {
        user.press(&format!(":{step}<enter>"));
        show(out, &user, &format!("step {step}"));
    }
}

/// Every command by its keys and by its name, and lines.
fn commands(out: &mut String, lang: Lang, start: &dyn Fn() -> User) {
    let say = |out: &mut String, keys: &str| {
        let mut user = start();
        if user.model.lang != lang {
            user.press(":language zh<enter>");
        }
        user.press(":21<enter>").press(keys);
        show(out, &user, keys);
    };
    for command in COMMANDS {
        for arg in ["", " zz"] {
            say(out, &format!(":{}{arg}<enter>", command.name));
        }
        say(out, &format!(":{}", command.name));
    }
    for line in LINES {
        say(out, &format!(":{line}<enter>"));
    }
    for keys in [
        "?",
        "?<pagedown>",
        "z",
        "v",
        "w",
        "s",
        "<tab>",
        "<tab><tab>",
        "<tab><tab><tab>",
        "mB'",
        "'",
        "B",
        "!",
        "<f1>",
        ":break ev=writecb<enter>:watch bev1.output.len<enter>B",
        "B<esc>",
        "/",
        "f",
        "b",
        "W",
        ":",
        ":wa",
        "gm'",
        ":67<enter>w",
        ":67<enter>v",
        ":67<enter>1",
        ":67<enter>2s",
        "G",
        "Gn",
        "gp",
        "Gc",
        "tx",
        "<space>",
        "99",
        "fev=event_add<enter>",
        "fev=event_add<enter>f<enter>",
        "/event_add<enter>nN",
        "/nothing_such<enter>",
    ] {
        say(out, keys);
    }
}

fn held() -> User {
    let header = HELLO_WORLD.lines().next().unwrap();
    let mut user = User::with(&format!("{header}\n"), |begin| {
        begin.following = Following::Live;
        begin.program = HasProgram::Yes;
        begin.stops = vec![Stop::at(Query::parse("ev=writecb").unwrap())];
    });
    let mut reader = evscope_trace::Reader::new(HELLO_WORLD.as_bytes(), "t").unwrap();
    let lines = std::iter::from_fn(|| reader.next_line().unwrap())
        .take(80)
        .collect();
    user.tell(Message::Grown(lines));
    user.tell(Message::Program(Whereabouts::Held));
    user
}

#[test]
fn the_screen_says_nothing_differently() {
    let mut printed = Printed::default();
    for lang in [Lang::EN, Lang::ZH] {
        for path in traces() {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let trace = std::fs::read_to_string(&path).unwrap();
            steps(printed.of(format!("{lang}/{name}")), &trace, lang);
        }
        let with = |change: fn(&mut Begin)| {
            move || {
                User::with(HELLO_WORLD, |begin| {
                    begin.lang = lang;
                    begin.size = (160, 70);
                    change(begin);
                })
            }
        };
        commands(printed.of(format!("{lang}/commands")), lang, &with(|_| {}));
        let small = with(|begin| begin.size = (80, 24));
        commands(printed.of(format!("{lang}/commands, small")), lang, &small);
        let tiny = with(|begin| begin.size = (20, 6));
        show(printed.of(format!("{lang}/tiny")), &tiny(), "tiny");
        let live = with(|begin| begin.following = Following::Live);
        commands(printed.of(format!("{lang}/commands, live")), lang, &live);
        commands(printed.of(format!("{lang}/commands, held")), lang, &held);
        let learner = || learner(120, 40);
        commands(
            printed.of(format!("{lang}/commands, learning")),
            lang,
            &learner,
        );
        let out = printed.of(format!("{lang}/lesson"));
        let mut user = learner();
        user.press(match lang {
            Lang::ZH => "L",
            _ => "",
        });
        for keys in [
            "",
            "<enter>",
            "j<enter>",
            "<enter>",
            "14<enter>",
            "nn",
            "<esc>",
            "<enter>",
            "nn<enter>",
            "<enter>",
            "<enter>",
            "<enter>",
        ] {
            user.press(keys);
            show(out, &user, keys);
        }
    }
    printed.hold(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/words"));
}
