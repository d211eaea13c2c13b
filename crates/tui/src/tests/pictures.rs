//! The pictures of the documents: real screens, as SVG.
//!
//! `scripts/pictures` draws them anew; the test says when they are no longer current.

use std::path::Path;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

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
    crate::look::highlight::get_ready(Vec::new());
    let screens = PICTURES.iter().map(|(name, size, keys)| {
        let mut user = User::at(size.0, size.1);
        user.press(keys);
        (*name, user)
    });
    let mut lesson = in_a_lesson();
    lesson.press(">>jj");
    for (name, user) in screens.chain([("lesson", lesson)]) {
        let picture = picture(&user);
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

/// The screen of a user, as SVG.
fn picture(user: &User) -> String {
    let (columns, rows) = user.model.looks.size;
    let area = Rect::new(0, 0, columns, rows);
    let mut screen = Buffer::empty(area);
    view::screen(&mut screen, area, &user.model);
    picture::of_screen(&screen)
}
