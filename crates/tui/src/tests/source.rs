//! The source pane: the mark moves down the function that is running.

use std::ops::Range;

use evscope_replay::{Chapter, Replay, Trace};
use evscope_trace::SourceText;
use insta::assert_snapshot;

use super::mouse::click;
use super::{HELLO_WORLD, User, begin};
use crate::model::message::{Effect, Message};
use crate::model::pane::{Overlay, Pane};
use crate::model::{Begin, Model};
use crate::work::facts::Facts;

/// The lines of the source pane that change from step to step: its title, the calls around it, the marked line.
fn shown(user: &User) -> String {
    let area = user.model.layout().unwrap().area(Pane::SOURCE).unwrap();
    let screen = user.screen();
    let cut = |line: &str| -> String {
        let (left, width) = (usize::from(area.x), usize::from(area.width));
        let mut column = 0;
        let inside = |c: &char| {
            let at = column;
            column += crate::look::text::width(c.encode_utf8(&mut [0; 4]));
            (left..left + width).contains(&at)
        };
        line.chars().filter(inside).collect()
    };
    let top = usize::from(area.y);
    let pane: Vec<String> = screen
        .lines()
        .skip(top)
        .take(area.height.into())
        .map(cut)
        .collect();
    let marked = pane.iter().skip(2).filter(|line| line.starts_with('▶'));
    let lines = pane[..2].iter().chain(marked).map(|line| line.trim_end());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_mark_moves_down_one_text() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        for lang in ["en", "zh"] {
            let mut user = User::at(width, height);
            user.press(&format!(":language {lang}<enter>"));
            let mut all = String::new();
            let mut last = 0;
            for step in [56, 58, 63, 66, 67] {
                if step == 56 {
                    user.press(":56<enter>");
                } else {
                    user.press("n");
                }
                assert_eq!(user.step(), step);
                let line = user.model.here.source.line.clone().unwrap();
                assert_eq!(line.function.as_deref(), Some("bufferevent_writecb"));
                assert!(line.line >= last, "step {step} goes back to {}", line.line);
                last = line.line;
                all += &format!("{step}\n{}\n\n", shown(&user));
            }
            assert_snapshot!(format!("source_{width}_{lang}"), all);
        }
    }
}

#[test]
fn one_goes_into_the_function_that_is_called_and_back_out() {
    let mut user = User::new();
    let at = |user: &User| {
        let line = user.model.here.source.line.clone().unwrap();
        line.function.unwrap().into_owned()
    };
    for (step, inside) in [
        (58, "evbuffer_write_nolock"),
        (63, "event_del_nolock"),
        (67, "conn_writecb"),
    ] {
        user.press(&format!(":{step}<enter>"));
        assert_eq!(at(&user), "bufferevent_writecb");
        assert_eq!(at(user.press("s")), inside);
        assert_eq!(at(user.press("s")), "bufferevent_writecb");
    }
    // Where one has gone into the function already, the other side is where that was called.
    user.press(":56<enter>s");
    assert_eq!(at(&user), "event_base_loop");
}

#[test]
fn the_program_is_shown_its_own_line() {
    let mut user = User::new();
    user.press("1");
    for _ in 0..20 {
        let line = user.model.here.source.line.clone().unwrap();
        assert_eq!(line.file, "examples/hello-world.rs", "step {}", user.step());
        user.press("n");
    }
}

#[test]
fn with_everything_shown_every_call_is_gone_into() {
    let mut user = User::new();
    let at = |user: &User| {
        let line = user.model.here.source.line.clone().unwrap();
        line.function.unwrap().into_owned()
    };
    user.press("3");
    for (step, function) in [
        (57, "bufferevent_writecb"),
        (58, "evbuffer_write_nolock"),
        (59, "evbuffer_write_nolock"),
        (62, "bufferevent_writecb"),
        (63, "event_del_nolock"),
        (64, "event_del_nolock"),
        (66, "bufferevent_writecb"),
    ] {
        assert_eq!(
            at(user.press(&format!(":{step}<enter>"))),
            function,
            "{step}"
        );
    }
}

#[test]
fn the_calls_around_a_step_are_places_to_go_to() {
    let mut user = User::new();
    user.press(":68<enter>");
    let around: Vec<_> = user.model.here.source.around.clone();
    let names: Vec<&str> = around.iter().map(|call| call.name.as_str()).collect();
    assert_eq!(
        names,
        ["event_base_loop", "bufferevent_writecb", "conn_writecb"]
    );
    assert_eq!(user.press("Sk<enter>").step(), 56);
    assert!(user.press("gS").complaint().contains("In no call"));
    // With the mouse, whatever window.
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        for (call, name) in around.iter().zip(names.clone()) {
            let mut user = User::at(width, height);
            user.press(":68<enter>");
            let area = user.model.layout().unwrap().area(Pane::SOURCE).unwrap();
            let screen = user.screen();
            let line = screen.lines().nth(usize::from(area.y) + 1).unwrap();
            let line: Vec<char> = line.chars().collect();
            let from = usize::from(area.x);
            let text: String = line[from..].iter().collect();
            let before = text.split_once(name).unwrap().0.chars().count();
            user.tell(click((from + before + 1) as u16, area.y + 1));
            assert_eq!(user.step(), call.step, "{name} at {width}x{height}");
        }
    }
}

#[test]
fn a_chapter_says_its_title_and_has_the_steps_it_explains() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        for lang in ["en", "zh"] {
            let mut user = User::at(width, height);
            user.press(&format!(":language {lang}<enter>"));
            for (step, chapter) in [
                (0, Chapter::Main),
                (4, Chapter::EvconnlistenerNew),
                (20, Chapter::ListenerReadCb),
                (22, Chapter::ListenerReadCb),
                (24, Chapter::ListenerCb),
                (53, Chapter::BuffereventWritecb),
                (54, Chapter::BuffereventWritecb),
                (55, Chapter::BuffereventWritecb),
                (63, Chapter::BuffereventWritecb),
                (68, Chapter::ConnWritecb),
                (83, Chapter::Main),
            ] {
                user.press(&format!(":{step}<enter>"));
                assert_eq!(user.model.here.chapter, Some(chapter), "{step}");
                let title = format!("{} {}", chapter.number(), chapter.title(user.model.lang));
                assert!(user.screen().contains(&title), "{title}\n{}", user.screen());
            }
        }
    }
}

/// From the function that is shown, in whatever window and language, to a step that takes one of its branches.
#[test]
fn a_branch_is_a_few_keys_away() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        for (lang, empty) in [("en", "the output is empty"), ("zh", "输出空了")] {
            // Under the demo's own name, as it is built in.
            let trace = Trace::read(HELLO_WORLD.as_bytes(), "hello-world").unwrap();
            let begin = Begin {
                size: (width, height),
                ..begin()
            };
            let replay = Replay::new(trace);
            let mut user = User::over(Model::new(replay, Facts::default(), begin));
            user.press(&format!(":language {lang}<enter>:58<enter>J"));
            let branches = user.model.here.branches.clone();
            let screen = user.screen();
            let chosen = branches
                .iter()
                .position(|(_, step)| user.model.is_here(*step));
            assert_eq!(
                user.model.overlay,
                chosen.map(|at| Overlay::of(Pane::BRANCHES, at))
            );
            let line = screen
                .lines()
                .find(|line| line.contains("▶ hello-world:58"));
            assert!(line.is_some(), "{screen}");
            let down = branches
                .iter()
                .position(|(branch, _)| branch.says.contains(empty));
            assert!(down > Some(0), "{branches:?}");
            // Another one's place is in another trace.
            user.press("g");
            user.press(&"j".repeat(branches.len() - 1));
            let (_, last) = &branches[branches.len() - 1];
            user.effects.clear();
            user.press("<enter>");
            assert_eq!(user.model.overlay, None);
            assert_ne!(last.demo, "hello-world");
            assert_eq!(user.effects, [Effect::Open(last.demo, last.step)]);
        }
    }
}

/// Of another function than the one that is shown, where that has none.
#[test]
fn a_function_without_branches_has_those_of_the_one_around_it() {
    let mut user = User::new();
    user.press(":68<enter>sJ");
    assert!(!user.model.here.branches.is_empty());
    assert!(
        user.press("<esc>s:103<enter>J")
            .complaint()
            .contains("no branches")
    );
}

/// Libevent's own text, where a folder of it is known and none of the program's sources is.
#[test]
fn libevents_source_is_asked_for_its_functions() {
    let mut user = User::with(HELLO_WORLD, |begin| begin.has_functions = true);
    user.press(":58<enter>");
    let name = "bufferevent_writecb".to_owned();
    assert_eq!(
        user.effects.last(),
        Some(&Effect::FindFunction(name.clone()))
    );
    let of_files = |effect: &Effect| matches!(effect, Effect::ReadSource(_));
    assert!(!user.effects.iter().any(of_files), "{:?}", user.effects);
    let text = SourceText {
        file: "bufferevent_sock.c".into(),
        function: name.clone().into(),
        first: 229,
        text: format!("static void\n{name}(int fd)\n{{\n}}"),
        extra: Default::default(),
    };
    let found = Some((230, text));
    user.tell(Message::FunctionFound { name, found });
    let title = "_sock.c bufferevent_writecb:230 ─";
    assert!(user.screen().contains(title), "{}", user.screen());
    // The program's own text is the trace's.
    let screen = user.press(":67<enter>s").screen();
    assert!(screen.contains("fn conn_writecb"), "{screen}");
}

/// Recorded on a libevent with debug information (`-O0`), without its texts. The function that runs `writecb` does so by
/// another, and nobody knows from which line: that is after the last that is known.
const WITH_LINES: &str =
    include_str!("../../../replay/tests/model/with-lines/hello-world-O0.jsonl");

/// Lines that say their numbers.
fn numbered(lines: Range<u32>) -> String {
    lines.map(|n| format!("line {n}\n")).collect()
}

/// Answers as a folder of libevent's source does in which `bufferevent_writecb` begins at a line.
fn answer(user: &mut User, first: u32) {
    user.tell(Message::Work);
    let mut asked = std::mem::take(&mut user.effects);
    while let Some(effect) = asked.pop() {
        match effect {
            Effect::ReadSource(file) => {
                let text = (file == "bufferevent_sock.c").then(|| numbered(1..400));
                user.tell(Message::SourceRead { file, text });
            }
            Effect::FindFunction(name) => {
                let found = (name == "bufferevent_writecb").then(|| {
                    let file = "bufferevent_sock.c".to_owned();
                    let text =
                        SourceText::new(file, name.clone(), first, numbered(first..first + 150));
                    (first + 1, text)
                });
                user.tell(Message::FunctionFound { name, found });
            }
            _ => {}
        }
        asked.append(&mut user.effects);
    }
}

fn with_lines(step: usize, has_folder: bool, has_functions: bool) -> User {
    User::with(WITH_LINES, |begin| {
        begin.step = Some(step);
        begin.has_folder = has_folder;
        begin.has_functions = has_functions;
    })
}

#[test]
fn the_mark_is_at_a_known_line_of_libevent_however_one_comes_there() {
    for (has_folder, has_functions) in [(false, false), (true, true), (false, true)] {
        let open = |step| {
            let mut user = with_lines(step, has_folder, has_functions);
            answer(&mut user, 229);
            user
        };
        let mut walks = open(56);
        for (step, line) in [(56, 229), (58, 295), (63, 316), (66, 316), (67, 316)] {
            while walks.step() < step {
                walks.press("n");
                answer(&mut walks, 229);
            }
            let mut back = open(68);
            while back.step() > step {
                back.press("p");
                answer(&mut back, 229);
            }
            for user in [&walks, &open(step), &back] {
                assert_eq!(user.step(), step);
                let stood = user.model.here.source.line.clone().unwrap();
                assert_eq!(
                    (stood.file.as_ref(), stood.line, stood.function.as_deref()),
                    ("bufferevent_sock.c", line, Some("bufferevent_writecb")),
                    "step {step}, a folder: {has_folder}, of libevent: {has_functions}"
                );
                if has_functions {
                    let (mark, text) = (format!("▶{line}"), format!("line {line} "));
                    let screen = user.screen();
                    let mut lines = screen.lines();
                    let marked = lines.any(|line| line.contains(&mark) && line.contains(&text));
                    assert!(marked, "{screen}");
                }
            }
        }
    }
}

/// Of another version only the function's first line can be said.
#[test]
fn lines_of_another_version_are_not_guessed() {
    let mut user = with_lines(66, false, true);
    answer(&mut user, 180);
    assert!(user.screen().contains("▶181 line 181"), "{}", user.screen());
}
