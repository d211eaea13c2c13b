use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use insta::assert_snapshot;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::keys::{Explanation, Home, Next};
use super::*;
use crate::look::theme::{Depth, Theme};

struct List;

impl HomeList for List {
    fn items(&self, lang: Lang) -> Vec<HomeItem> {
        let say = |en: &str, zh: &str| match lang {
            Lang::ZH => zh.to_owned(),
            _ => en.to_owned(),
        };
        [
            ("Lessons", "课程", "writecb", Records::Nothing),
            ("Demos", "演示", "hello-world", Records::Afresh),
            ("Demos", "演示", "echo", Records::Afresh),
            ("Recent", "最近", "tmux.jsonl", Records::Nothing),
        ]
        .into_iter()
        .map(|(en, zh, name, records)| HomeItem {
            section: say(en, zh),
            name: name.to_owned(),
            about: say("about", "关于") + " " + name,
            detail: say("Why one would look at", "为什么看") + " " + name,
            opens: say("open it", "打开"),
            records,
        })
        .collect()
    }

    /// What there is to say of the last item takes three moments to find out.
    fn explain(&self, item: usize, lang: Lang) -> Explaining {
        let mut moments = if item == 3 { 3 } else { 1 };
        Box::new(move || {
            moments -= 1;
            match moments {
                0 => Explained::Whole(format!("all about {item} in {lang}")),
                left => Explained::SoFar(format!("{left} moments to go")),
            }
        })
    }
}

fn start() -> Home<'static> {
    with_keys(&[])
}

fn with_keys(own: &[(&str, &str)]) -> Home<'static> {
    let own: Vec<_> = own
        .iter()
        .map(|(key, line)| (key.to_string(), line.to_string()))
        .collect();
    let options = HomeOptions {
        lang: Lang::EN,
        palette: Some(Palette::Dark),
        keys: Vec::new(),
        chosen: 0,
        failed: None,
    };
    let theme = Theme {
        palette: Palette::Dark,
        depth: Depth::True,
    };
    Home::new(&options, theme, bound(&own).unwrap().1, &List)
}

fn press(home: &mut Home<'_>, keys: &str) -> Option<HomeChoice> {
    let mut next = None;
    for c in keys.chars() {
        let code = match c {
            '\n' => KeyCode::Enter,
            '\t' => KeyCode::Tab,
            '\x1b' => KeyCode::Esc,
            c => KeyCode::Char(c),
        };
        next = home.take(&Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
    }
    match next {
        Some(Next::Choice(choice)) => Some(choice),
        Some(Next::Suspend) | None => None,
    }
}

fn screen(home: &mut Home<'_>, width: u16, height: u16) -> String {
    let area = Rect::new(0, 0, width, height);
    let mut buf = Buffer::empty(area);
    home.size = (width, height);
    home.screen(&mut buf, area);
    crate::look::text::text_of(&buf)
}

fn opened(item: usize) -> Option<HomeChoice> {
    Some(HomeChoice::Open(item, Lang::EN))
}

#[test]
fn an_item_is_chosen_and_opened() {
    assert_eq!(press(&mut start(), "\n"), opened(0));
    assert_eq!(press(&mut start(), "jjjjj\n"), opened(3));
    assert_eq!(press(&mut start(), "Gk\n"), opened(2));
    assert_eq!(press(&mut start(), "\t\n"), opened(1));
    assert_eq!(press(&mut start(), "\t\t\n"), opened(3));
    assert_eq!(press(&mut start(), "\t\t\t\n"), opened(0));
    assert_eq!(press(&mut start(), "q"), Some(HomeChoice::Quit));
}

#[test]
fn the_users_own_keys_are_keys_here_and_are_shown() {
    let mut home = with_keys(&[("x", "down"), ("j", "next-callback"), ("E", "explain")]);
    assert_eq!(press(&mut home, "xjx\n"), opened(3));
    let mut home = with_keys(&[("q", "record")]);
    assert_eq!(
        press(&mut home, "jq"),
        Some(HomeChoice::Record(1, Lang::EN))
    );
    let text = screen(&mut home, 120, 40);
    assert!(text.contains("Ctrl-C quit"), "{text}");
}

#[test]
fn a_search_leaves_what_matches() {
    assert_eq!(press(&mut start(), "/tmux\n"), opened(3));
    assert_eq!(press(&mut start(), "/no such\n"), None);
    assert_eq!(press(&mut start(), "/q\x1bj\n"), opened(1));
    let mut home = start();
    press(&mut home, "/echo");
    let text = screen(&mut home, 80, 24);
    assert!(
        text.contains("▶ echo") && !text.contains("hello-world"),
        "{text}"
    );
    press(&mut home, "zzz");
    let text = screen(&mut home, 80, 24);
    assert!(text.contains("Nothing here is called that."), "{text}");
}

#[test]
fn a_demo_is_recorded_afresh_and_nothing_else() {
    let recorded = Some(HomeChoice::Record(2, Lang::EN));
    assert_eq!(press(&mut start(), "jjr"), recorded);
    let mut home = start();
    assert_eq!(press(&mut home, "r"), None);
    let text = screen(&mut home, 80, 24);
    assert!(text.contains("✖ there is nothing to run here"), "{text}");
    press(&mut home, "j");
    assert!(!screen(&mut home, 80, 24).contains("✖"));
}

#[test]
fn a_command_is_typed_and_recorded() {
    let command = |line: &str| Some(HomeChoice::Command(line.to_owned(), Lang::EN));
    assert_eq!(
        press(&mut start(), ":./my server \n"),
        command("./my server")
    );
    assert_eq!(press(&mut start(), ":\n"), None);
    assert_eq!(press(&mut start(), ":x\x1bq"), Some(HomeChoice::Quit));
    let mut home = start();
    press(&mut home, ":");
    home.take(&Event::Paste("tmux -L\n x".to_owned()));
    assert_eq!(press(&mut home, "\n"), command("tmux -L x"));
}

#[test]
fn an_item_is_explained_until_another_is_chosen() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut home = start();
        press(&mut home, "je");
        let text = screen(&mut home, width, height);
        assert!(text.contains("all about 1 in en"), "{text}");
        press(&mut home, "L");
        assert!(screen(&mut home, width, height).contains("all about 1 in zh"));
        press(&mut home, "j");
        assert!(!screen(&mut home, width, height).contains("all about"));
        press(&mut home, "e\x1b");
        assert!(!screen(&mut home, width, height).contains("all about"));
    }
}

#[test]
fn what_takes_long_to_find_out_says_how_far_it_is_and_can_be_left() {
    let mut home = start();
    press(&mut home, "Ge");
    assert!(screen(&mut home, 80, 24).contains("2 moments to go"));
    assert!(home.go_on());
    assert!(screen(&mut home, 80, 24).contains("1 moments to go"));
    assert!(home.go_on(), "the end of it is to be shown, too");
    assert!(screen(&mut home, 80, 24).contains("all about 3 in en"));
    assert!(!home.go_on());
    let scroll = Event::Mouse(MouseEvent {
        kind: MouseEventKind::ScrollUp,
        column: 10,
        row: 10,
        modifiers: KeyModifiers::NONE,
    });
    press(&mut home, "\x1bGe");
    home.take(&scroll);
    assert!(!home.go_on(), "nobody waits for it any more");
}

#[test]
fn the_language_is_of_the_items_too_and_goes_along() {
    let mut home = start();
    press(&mut home, "L");
    let text = screen(&mut home, 80, 24);
    assert!(
        text.contains("课程") && text.contains("关于 echo"),
        "{text}"
    );
    let next = press(&mut home, "\n");
    assert_eq!(next, Some(HomeChoice::Open(0, Lang::ZH)));
}

#[test]
fn a_click_chooses_and_another_opens() {
    let mut home = start();
    let text = screen(&mut home, 80, 24);
    let row = text
        .lines()
        .position(|line| line.contains("  echo"))
        .unwrap();
    let click = Event::Mouse(MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: 10,
        row: row as u16,
        modifiers: KeyModifiers::NONE,
    });
    assert_eq!(home.take(&click), None);
    assert!(screen(&mut home, 80, 24).contains("▶ echo"));
    assert_eq!(home.take(&click), opened(2).map(Next::Choice));
}

#[test]
fn what_failed_is_said() {
    let mut home = start();
    home.failed = Some(super::keys::Said("x.jsonl:1: this is no trace".to_owned()));
    let text = screen(&mut home, 80, 24);
    assert!(text.ends_with(" ✖ x.jsonl:1: this is no trace\n"), "{text}");
}

#[test]
fn the_home_screen_at_three_sizes() {
    assert_snapshot!("home_small", screen(&mut start(), 80, 24));
    assert_snapshot!("home_medium", screen(&mut start(), 120, 40));
    let mut home = start();
    press(&mut home, "jeL");
    assert_snapshot!("home_chinese", screen(&mut home, 120, 40));
    // Whatever the size, nothing breaks.
    for (width, height) in [(1, 1), (19, 6), (20, 6), (25, 8), (200, 60)] {
        screen(&mut start(), width, height);
    }
}

#[test]
fn a_window_that_is_too_small_says_so() {
    let said = screen(&mut start(), 18, 5);
    let said: Vec<&str> = said.lines().map(str::trim).collect();
    assert_eq!(
        said.join(" ").trim(),
        "evscope needs 20 columns and 6 rows; this window has 18 and 5."
    );
}

#[test]
fn what_does_not_fit_below_the_list_ends_visibly() {
    let mut home = start();
    home.explained = Some(Explanation {
        item: 0,
        text: "a long story, ".repeat(100),
        rest: None,
    });
    let screen = screen(&mut home, 80, 24);
    let story = screen.lines().rfind(|line| line.contains("a long story"));
    assert!(story.unwrap().trim_end().ends_with('…'), "{screen}");
}
