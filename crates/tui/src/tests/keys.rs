//! Panes, lists, lines to type, and every key in every mode.

use evscope_replay::Lang;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::{HELLO_WORLD, User, event};
use crate::look::theme::{Depth, Palette, Token};
use crate::model::message::{Effect, Message};
use crate::model::pane::{Overlay, Pane};
use crate::model::{Bytes, Following};
use crate::update::commands::COMMANDS;
use crate::update::commands::home::HOME_COMMANDS;
use crate::update::keys::{home_keymap, keymap};
use crate::work::timeline::Scale;

/// Where the keys are pressed: modes a user can be in.
const MODES: [&str; 12] = [
    "",
    "?",
    "w",
    "v",
    "z",
    ":",
    "/ev=a",
    "<tab>",
    "<tab><tab>",
    "<space>",
    "maG",
    "56",
];

#[test]
fn every_key_works_in_every_mode_and_size() {
    for (i, mode) in MODES.into_iter().enumerate() {
        let sizes = [(80, 24), (120, 40), (200, 60), (20, 5)];
        // Each size without any mode, and each mode in some size.
        for (width, height) in sizes
            .into_iter()
            .skip(if i == 0 { 0 } else { i % 4 })
            .take(if i == 0 { 4 } else { 1 })
        {
            for command in COMMANDS {
                for key in command.keys.iter().take(1) {
                    let name = key.split(' ').next().unwrap();
                    let mut user = User::at(width, height);
                    user.press(":break ev=watermark<enter>").press(mode);
                    user.tell(Message::Key(event(name))).settle();
                    // The cursor is on a step that is listed, and the screen can be drawn.
                    let step = user.step();
                    assert!(
                        user.model.rows().position(step).is_ok(),
                        "{name} in `{mode}`"
                    );
                    user.screen();
                }
            }
        }
    }
}

#[test]
fn every_command_can_be_written() {
    for command in COMMANDS {
        let mut user = User::new();
        user.press(":")
            .tell(Message::Paste(command.name.to_owned()));
        user.press("<enter>");
        let complaint = user.complaint();
        assert!(!complaint.contains("no command is called"), "{complaint}");
        let says = |lang| command.says.in_lang(lang);
        assert!(!says(Lang::EN).is_empty() && says(Lang::EN) != says(Lang::ZH));
    }
}

#[test]
fn the_focus_goes_round() {
    let mut user = User::new();
    let mut panes = Vec::new();
    for _ in 0..5 {
        user.press("<tab>");
        panes.push(user.model.looks.wanted.focus.0);
    }
    assert_eq!(panes, ["source", "state", "explain", "timeline", "steps"]);
    user.press("<shift-tab><shift-tab>");
    assert_eq!(user.model.looks.wanted.focus, Pane("explain"));
    assert_eq!(user.press("<esc>").model.looks.wanted.focus, Pane::STEPS);
}

#[test]
fn the_focus_takes_the_lines() {
    let mut user = User::at(80, 24);
    assert_eq!(user.press("jj").step(), 3);
    assert_eq!(user.press("k<pagedown>").step(), 12);
    assert_eq!(user.press("<ctrl-u>").step(), 1);
    // In the source they scroll, and not out of it.
    let top = |user: &User| user.screen().lines().nth(10).unwrap().to_owned();
    user.press("<tab>");
    let before = top(&user);
    user.press("jjj");
    assert_eq!(user.step(), 1);
    assert_ne!(top(&user), before);
    user.press(
        "kkkkkkkkkkkkkk<pagedown><pagedown><pagedown><pagedown><pageup><pageup><pageup><pageup>",
    );
    user.press("p");
    assert_eq!(user.model.scroll_of(Pane::SOURCE), 0, "a move begins anew");
}

#[test]
fn a_pane_is_zoomed_and_back() {
    let mut user = User::new();
    user.press("<tab><tab>z");
    assert_eq!(user.model.layout().unwrap().panes.len(), 1);
    assert!(user.screen().starts_with("─ State ─"));
    assert!(user.screen().contains("ZOOM"));
    user.press("<esc>");
    assert_eq!(user.model.layout().unwrap().panes.len(), 5);
    user.press("<enter>");
    assert!(user.model.looks.wanted.zoom, "Enter zooms too");
}

#[test]
fn why_shows_causes_and_goes_to_them() {
    let mut user = User::new();
    user.press(":67<enter>w");
    assert_eq!(user.model.looks.wanted.focus, Pane::WHY);
    let steps: Vec<usize> = user
        .model
        .here
        .causes
        .iter()
        .map(|cause| cause.step)
        .collect();
    assert!(steps.contains(&66) && steps.contains(&56), "{steps:?}");
    let first = steps[0];
    assert_eq!(user.press("<enter>").step(), first);
    user.press("jk");
    assert_eq!(user.model.looks.cause, 0);
    // Stepping keeps the pane, with the causes of the new step.
    user.press("p").press("w");
    assert!(!user.model.looks.wanted.why);
    assert_eq!(user.model.looks.wanted.focus, Pane::STEPS);
    assert!(user.model.here.causes.is_empty());
}

#[test]
fn the_source_is_ours_or_the_callers() {
    let mut user = User::new();
    user.press(":24<enter>");
    let line = |user: &User| user.model.here.source.line.clone().unwrap();
    assert!(
        line(&user).file.starts_with("crates/reactor/"),
        "{:?}",
        line(&user)
    );
    user.press("s");
    assert!(user.model.looks.other_side);
    assert_eq!(line(&user).file, "examples/hello-world.rs");
    let screen = user.screen();
    let title = screen
        .lines()
        .find(|line| line.contains(" called at "))
        .unwrap();
    assert!(title.contains("hello-world.rs listener_cb:"), "{title}");
    user.press("s:67<enter>");
    assert_eq!(
        line(&user).file,
        "crates/reactor/src/bufferevent/socket.rs",
        "the library runs the user's callback"
    );
}

#[test]
fn a_folder_of_sources_goes_before_the_trace() {
    let mut user = User::with(HELLO_WORLD, |begin| begin.has_folder = true);
    user.press(":67<enter>s");
    let asked = Effect::ReadSource("examples/hello-world.rs".to_owned());
    assert!(user.effects.contains(&asked), "{:?}", user.effects);
    let text = "// from the folder\n".repeat(200);
    user.tell(Message::SourceRead {
        file: "examples/hello-world.rs".to_owned(),
        text: Some(text),
    });
    assert!(user.screen().contains("// from the folder"));
    let mut user = User::with(HELLO_WORLD, |begin| begin.has_folder = true);
    user.press(":67<enter>s").tell(Message::SourceRead {
        file: "examples/hello-world.rs".to_owned(),
        text: None,
    });
    assert!(user.screen().contains("fn conn_writecb"));
    user.effects.clear();
    user.press(":87<enter>:67<enter>");
    assert!(!user.effects.contains(&asked), "asked only once");
}

#[test]
fn a_folder_of_another_library_shows_the_function_of_the_same_name() {
    let mut user = User::with(HELLO_WORLD, |begin| begin.has_folder = true);
    let ask = |name: &str| Effect::FindFunction(name.to_owned());
    let not_there = |user: &mut User| {
        let file = user.model.here.source.line.clone().unwrap().file;
        user.tell(Message::SourceRead {
            file: file.into_owned(),
            text: None,
        });
    };
    let found = |name: &str, found: Option<(u32, evscope_trace::SourceText)>| {
        let name = name.to_owned();
        Message::FunctionFound { name, found }
    };
    let text = |name: &str| evscope_trace::SourceText {
        file: "sock.c".into(),
        function: name.to_owned().into(),
        first: 229,
        text: format!("static void\n{name}(int fd)\n{{\n}}"),
        extra: Default::default(),
    };
    // The file first, then the function.
    user.press(":56<enter>");
    assert!(!user.effects.contains(&ask("bufferevent_writecb")));
    not_there(&mut user);
    assert_eq!(user.effects.last(), Some(&ask("bufferevent_writecb")));
    let known = text("bufferevent_writecb");
    user.tell(found("bufferevent_writecb", Some((230, known))));
    let screen = user.screen();
    assert!(
        screen.contains("─ sock.c bufferevent_writecb:230 ─"),
        "{screen}"
    );
    assert!(
        screen.contains("▶230 bufferevent_writecb(int fd)"),
        "{screen}"
    );
    // The line that calls is in that function,
    user.press(":58<enter>");
    not_there(&mut user);
    assert!(
        user.screen()
            .contains("called in sock.c bufferevent_writecb:230"),
        "{}",
        user.screen()
    );
    // Inner functions end in an underscore there; what is nowhere is shown as the trace has it.
    user.press("s:63<enter>");
    not_there(&mut user);
    for name in [
        "event_del_nolock",
        "event_del_nolock_",
        "event_del",
        "event_del_",
    ] {
        assert_eq!(user.effects.last(), Some(&ask(name)));
        user.tell(found(name, None));
    }
    assert!(
        user.screen().contains("event/pending.rs event_del_nolock:"),
        "{}",
        user.screen()
    );
    user.effects.clear();
    // The program's own functions are not looked for in a library.
    user.press(":67<enter>");
    not_there(&mut user);
    let asks = |effect: &Effect| matches!(effect, Effect::FindFunction(_));
    assert!(!user.effects.iter().any(asks), "{:?}", user.effects);
}

#[test]
fn looks_are_switched() {
    let mut user = User::new();
    user.press("t");
    assert_eq!(user.model.looks.scale, Scale::Time);
    user.press("#");
    assert_eq!(user.model.looks.bytes, Bytes::Hex);
    user.press(":67<enter>:51<enter>");
    assert!(
        user.screen().contains("48 65 6c 6c 6f"),
        "{}",
        user.screen()
    );
    user.press("#");
    assert!(
        user.screen().contains("\"Hello, World!\\n\""),
        "{}",
        user.screen()
    );
    user.press(":theme light<enter>");
    assert_eq!(user.model.theme.palette, Palette::Light);
    user.press(":theme pink<enter>");
    assert!(user.complaint().contains("no theme is called `pink`"));
    user.press("v");
    assert_eq!(user.model.looks.wanted.focus, Pane::LANES);
    assert!(user.screen().contains("P your code"));
    user.press("v");
    assert_eq!(user.model.looks.wanted.focus, Pane::STEPS);
    user.press("<shift-tab>kk");
    assert_eq!(user.model.looks.magnified, 2);
    user.press("jjj");
    assert_eq!(user.model.looks.magnified, 0);
}

#[test]
fn help_shows_every_key_and_closes() {
    let mut user = User::at(120, 100);
    user.press("?");
    let screen = user.screen();
    let said = COMMANDS.iter().map(|command| (command.name, command.says));
    let home = HOME_COMMANDS
        .iter()
        .map(|command| (command.name, command.says));
    for (name, says) in said.chain(home) {
        let first = says.in_lang(Lang::EN).split(' ').next().unwrap();
        assert!(screen.contains(first), "{name}");
    }
    let (keys, at_home) = (keymap(), home_keymap());
    let keys = COMMANDS.iter().map(|command| keys.keys_of(command));
    let at_home = HOME_COMMANDS.iter().map(|command| at_home.keys_of(command));
    for keys in keys.chain(at_home).map(|keys| keys.join(" ")) {
        assert!(screen.contains(&keys), "{keys}");
    }
    user.press("?");
    assert_eq!(user.model.overlay, None);
    let mut user = User::at(80, 24);
    user.press("?");
    assert!(
        user.screen().contains('↓'),
        "there is more:\n{}",
        user.screen()
    );
    user.press("jjj");
    assert_eq!(user.model.overlay, Some(Overlay::of(Pane::HELP, 3)));
    user.press(&"<pagedown>".repeat(10));
    assert!(
        user.screen().contains("010n") && user.screen().contains("▎"),
        "the end can be reached:\n{}",
        user.screen()
    );
    assert_eq!(
        user.press("g").model.overlay,
        Some(Overlay::of(Pane::HELP, 0))
    );
    user.press("G");
    assert!(user.screen().contains("010n"), "{}", user.screen());
    assert_eq!(user.press("<esc>").model.overlay, None);
}

#[test]
fn the_line_completes_recalls_and_is_left() {
    let mut user = User::new();
    user.press(":previous-w<tab><enter>");
    assert!(user.complaint().starts_with("no watermark"));
    user.press(":lev<tab>3<enter>");
    let kept = Effect::Remember("command level 3\n".to_owned());
    assert!(user.effects.contains(&kept), "{:?}", user.effects);
    assert_eq!(user.model.level.number(), 3);
    user.press(":<up>");
    assert_eq!(user.model.prompt.as_ref().unwrap().input.value(), "level 3");
    user.press("<esc>");
    assert!(user.model.prompt.is_none());
    // The commands it may mean stand above the line; Tab goes through them.
    user.press(":mark");
    let screen = user.screen();
    assert!(
        screen.contains("mark [NOTE]") && screen.contains("next watermark crossing"),
        "{screen}"
    );
    user.press("<tab><tab>");
    assert_eq!(user.model.prompt.as_ref().unwrap().input.value(), "marks");
    assert!(user.screen().contains("▶ marks"), "{}", user.screen());
    user.press("<shift-tab><shift-tab><shift-tab>");
    let value = user.model.prompt.as_ref().unwrap().input.value().to_owned();
    assert_ne!(value, "mark ", "round to the last one");
    user.press("<esc>:x<backspace><backspace>");
    assert!(
        user.model.prompt.is_none(),
        "deleting more than there is leaves"
    );
    user.press(":nonsense<enter>");
    assert_eq!(
        user.complaint(),
        "no command is called `nonsense`; ? shows them all"
    );
    user.press(":pre<enter>");
    assert!(
        user.complaint().contains("could be"),
        "{}",
        user.complaint()
    );
    user.press("%");
    assert_eq!(user.complaint(), "% does nothing; ? shows the keys");
}

#[test]
fn no_word_on_the_current_line_is_dim() {
    for depth in [Depth::Indexed, Depth::True] {
        let mut user = User::with(HELLO_WORLD, |begin| begin.theme.depth = depth);
        user.press(":66<enter>");
        let area = Rect::new(0, 0, 120, 40);
        let mut buf = Buffer::empty(area);
        crate::view::screen(&mut buf, area, &user.model);
        let dim = user.model.theme.style(Token::Dim).fg.unwrap();
        let row = (1..19)
            .find(|y| buf[(0, *y)].symbol() == crate::view::CURRENT)
            .unwrap();
        let text: String = (0..60).map(|x| buf[(x, row)].symbol()).collect();
        assert!(text.contains("down to th"), "{text}");
        assert!((0..60).all(|x| buf[(x, row)].fg != dim), "{depth:?}");
        assert!((0..60).any(|x| buf[(x, row - 1)].fg == dim), "{depth:?}");
    }
}

#[test]
fn pasted_text_is_no_list_of_keys() {
    let mut user = User::new();
    user.tell(Message::Paste("nnnq".to_owned()));
    assert_eq!((user.step(), user.effects.as_slice()), (0, &[][..]));
    user.press("/")
        .tell(Message::Paste("ev=watermark\n".to_owned()));
    assert_eq!(user.press("<enter>").step(), 66);
}

#[test]
fn bookmarks_and_notes_are_kept() {
    let mut user = User::new();
    user.press("'");
    assert_eq!(user.complaint(), "there is no bookmark; m sets one");
    user.press(":67<enter>m:3<enter>:note why here<enter>");
    let kept = Effect::SaveMarks("3 why here\n67\n".to_owned());
    assert_eq!(user.effects.last(), Some(&kept));
    assert!(user.screen().contains("Note: why here"));
    assert_eq!(
        user.press("'<enter>").step(),
        67,
        "the next one is chosen already"
    );
    assert_eq!(user.press("'k<enter>").step(), 3);
    // A slip of the finger does not cost the note.
    user.press("m");
    assert!(
        user.complaint().starts_with("this bookmark has a note"),
        "{}",
        user.complaint()
    );
    user.press("'kd");
    assert_eq!(
        user.effects.last(),
        Some(&Effect::SaveMarks("67\n".to_owned()))
    );
    user.press("<esc>:67<enter>m");
    assert_eq!(user.effects.last(), Some(&Effect::SaveMarks(String::new())));
    user.press("'");
    assert_eq!(user.model.overlay, None);
    // One beyond the trace, of a longer one before.
    user.model.marks.insert(999, String::new());
    user.press("'<enter>");
    assert_eq!(user.complaint(), "there is no step 999; the last is 113");
    // The end of a call is no row.
    user.press(":113<enter>");
    assert_eq!(
        user.notice(),
        "step 113 is the end of a call and not listed; this is 107"
    );
}

#[test]
fn a_step_is_copied_as_it_stands_in_the_trace() {
    let mut user = User::new();
    user.press(":66<enter>y");
    let Some(Effect::Copy(text)) = user.effects.last() else {
        panic!("{:?}", user.effects);
    };
    assert!(HELLO_WORLD.lines().any(|line| line == text), "{text}");
}

#[test]
fn the_session_is_left_and_suspended() {
    for keys in ["q", "<ctrl-c>", ":quit<enter>"] {
        let mut user = User::new();
        assert_eq!(
            user.press(keys).effects.last(),
            Some(&Effect::Quit),
            "{keys}"
        );
    }
    assert_eq!(User::new().press("<ctrl-z>").effects, [Effect::Suspend]);
    assert_eq!(User::new().press("<ctrl-l>").effects, [Effect::Redraw]);
    let export = Effect::Export {
        format: "svg".to_owned(),
        out: Some("a b.svg".to_owned()),
    };
    assert_eq!(
        User::new()
            .press(":export svg a b.svg<enter>")
            .effects
            .last(),
        Some(&export)
    );
    let mut user = User::new();
    user.press("F");
    assert!(user.complaint().starts_with("this trace does not grow"));
    // In the help q only closes it.
    assert!(user.press("?q").effects.is_empty());
}

#[test]
fn the_language_is_of_all_the_screen() {
    let mut user = User::new();
    user.press(":67<enter>L");
    assert_eq!(user.model.lang, Lang::ZH);
    let screen = user.screen();
    for words in ["步骤", "源码", "状态", "解释", "时间线", "第 67 步"] {
        assert!(screen.contains(words), "{words}:\n{screen}");
    }
}

#[test]
fn an_empty_trace_opens_with_a_word() {
    let header = HELLO_WORLD.lines().next().unwrap();
    let mut user = User::of(&format!("{header}\n"));
    let screen = user.screen();
    assert!(screen.contains("The trace has no steps."), "{screen}");
    assert!(
        screen.contains("hello-world.jsonl · no steps · level 2"),
        "{screen}"
    );
    assert!(!screen.contains("where in the source"), "{screen}");
    for command in COMMANDS {
        for key in command.keys {
            user.tell(Message::Key(event(key.split(' ').next().unwrap())));
            user.screen();
        }
        user.press("<esc>");
    }
}

#[test]
fn a_trace_that_was_cut_off_says_so() {
    let (whole, _) = HELLO_WORLD.split_at(9000);
    let mut user = User::of(whole);
    let line = whole.lines().count();
    let said = format!("the trace is cut off in line {line}; what is before it is shown");
    assert!(user.screen().contains(&said), "{}", user.screen());
    // Until the next key.
    assert!(!user.press("n").screen().contains(&said));
    // One that grows is not at its end.
    let growing = User::with(whole, |begin| begin.following = Following::Live);
    assert!(!growing.screen().contains("cut off"));
}

#[test]
fn what_does_not_fit_into_the_list_of_commands_is_cut_visibly() {
    let screen = User::at(80, 24).press(":wa").screen();
    let watch = screen.lines().find(|line| line.contains("watch [VALUE]"));
    assert!(watch.unwrap().contains('…'), "{screen}");
}

#[test]
fn the_chosen_cause_is_of_one_colour() {
    for depth in [Depth::None, Depth::Sixteen, Depth::True] {
        let mut user = User::new();
        user.model.theme.depth = depth;
        user.press(":67<enter>w");
        let area = Rect::new(0, 0, 120, 40);
        let mut screen = Buffer::empty(area);
        crate::view::screen(&mut screen, area, &user.model);
        let pane = user.model.layout().unwrap().area(Pane::WHY).unwrap();
        let reversed = |y: &u16| {
            screen[(pane.x + 2, *y)]
                .modifier
                .contains(Modifier::REVERSED)
        };
        // Below the title, which has the focus.
        let y = (pane.top() + 1..pane.bottom()).find(reversed).unwrap();
        for x in pane.left() + 1..pane.right() - 1 {
            let (cell, first) = (&screen[(x, y)], &screen[(pane.x + 1, y)]);
            assert_eq!(
                (cell.fg, cell.modifier),
                (first.fg, first.modifier),
                "{depth:?} {x}"
            );
        }
    }
}
