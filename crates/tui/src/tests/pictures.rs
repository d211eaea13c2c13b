//! The pictures of the documents: real screens, as SVG.
//!
//! `scripts/pictures` draws them anew; the test says when they are no longer current.

use std::path::Path;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use evscope_replay::{Lesson, Replay, Trace};

use super::User;
use crate::model::lesson::{Progress, Taken};
use crate::{picture, view};

/// Name, size and keys of each picture.
const PICTURES: &[(&str, (u16, u16), &str)] = &[
    ("hello-world", (120, 40), ":67<enter>"),
    ("internal", (120, 40), ":56<enter>"),
    ("why", (120, 40), ":67<enter>w"),
    ("lanes", (120, 40), ":67<enter>v"),
    ("small", (80, 24), ":67<enter>"),
    ("chinese", (120, 40), ":67<enter>L"),
    ("large", (200, 60), ":67<enter>"),
    ("state", (120, 40), "3:51<enter>"),
    ("commands", (120, 40), ":67<enter>:wa"),
];

/// As above, of the server whose read callback is never called.
const MISTAKES: &[(&str, (u16, u16), &str)] = &[
    ("findings", (120, 40), "!"),
    ("findings-chinese", (120, 40), "L!"),
    (
        "why-not",
        (120, 40),
        ":34<enter>:why-not readcb bev=1<enter>",
    ),
    (
        "why-not-chinese",
        (120, 40),
        "L:34<enter>:why-not readcb bev=1<enter>",
    ),
];

/// The lesson that the picture shows, its trace being the tests' own recording.
const LESSON: &str = include_str!("../../../../docs/lessons/writecb.toml");

/// A lesson, its question answered with a choice.
fn in_a_lesson() -> User {
    let lesson = Lesson::parse("writecb.toml", LESSON).unwrap();
    let trace = Trace::read(super::HELLO_WORLD.as_bytes(), "hello-world").unwrap();
    let steps = lesson.prepare("writecb.toml", &Replay::new(trace)).unwrap();
    User::with(super::HELLO_WORLD, |begin| {
        begin.lesson = Some(Taken::new(lesson, steps, Progress::default(), None));
    })
}

#[test]
fn pictures_are_current() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/images");
    let update = std::env::var_os("UPDATE_PICTURES").is_some();
    let screens = PICTURES.iter().map(|(name, size, keys)| {
        let mut user = User::at(size.0, size.1);
        user.press(keys);
        (*name, user)
    });
    let mistakes = MISTAKES.iter().map(|(name, size, keys)| {
        let mut user = User::with(super::findings::DISABLED, |begin| begin.size = *size);
        user.press(keys);
        (*name, user)
    });
    let screens = screens.chain(mistakes);
    let mut lesson = in_a_lesson();
    lesson.press(">>jj");
    let screens = screens.chain([("lesson", lesson)]);
    let screens = screens.map(|(name, user)| (name, picture(&user)));
    let marks =
        [("writecb", "en"), ("writecb-zh", "zh")].map(|(name, lang)| (name, moving_mark(lang)));
    for (name, picture) in screens.chain(marks) {
        let path = folder.join(format!("{name}.svg"));
        if update {
            std::fs::write(&path, &picture).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == picture,
            "{} is not what the screen looks like now; scripts/pictures draws it anew",
            path.display()
        );
    }
}

/// The source pane at the steps over which the mark moves down `bufferevent_writecb`, one below the other.
fn moving_mark(lang: &str) -> String {
    const SIZE: (u16, u16) = (84, 21);
    let mut user = User::at(SIZE.0, SIZE.1);
    user.press(&format!(":language {lang}<enter><tab>z"));
    let steps = [56, 58, 63, 66, 67];
    // The status line is not of the pane; the step stands in its place.
    let height = SIZE.1 * steps.len() as u16;
    let mut whole = Buffer::empty(Rect::new(0, 0, SIZE.0, height));
    for (i, step) in (0..).zip(steps) {
        user.press(&format!(":{step}<enter>"));
        let area = Rect::new(0, 0, SIZE.0, SIZE.1);
        let mut screen = Buffer::empty(area);
        view::screen(&mut screen, area, &user.model);
        let top = i * SIZE.1;
        let line = evscope_replay::summary(user.model.trace(), step);
        let title = format!(" {step}  {}", line.trim());
        whole.set_stringn(
            0,
            top,
            title,
            SIZE.0.into(),
            Style::new().add_modifier(Modifier::BOLD),
        );
        for y in 0..SIZE.1 - 1 {
            for x in 0..SIZE.0 {
                whole[(x, top + 1 + y)] = screen[(x, y)].clone();
            }
        }
    }
    picture::of_screen(&whole)
}

/// The screen of a user, as SVG.
fn picture(user: &User) -> String {
    let (columns, rows) = user.model.looks.size;
    let area = Rect::new(0, 0, columns, rows);
    let mut screen = Buffer::empty(area);
    view::screen(&mut screen, area, &user.model);
    picture::of_screen(&screen)
}
