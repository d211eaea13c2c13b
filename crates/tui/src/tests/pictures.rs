//! The pictures of the documents: real screens, as SVG.
//!
//! `scripts/pictures` draws them anew; the test says when they are no longer current.

use std::fmt::Write;
use std::path::Path;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use evscope_replay::{Lesson, Replay, Trace};

use super::User;
use crate::lesson::{Progress, Taken};
use crate::view;

/// The size of a character's cell, in the units of the picture.
const CELL: (usize, usize) = (8, 17);
const MARGIN: usize = 10;
const PAPER: &str = "#16181d";
const INK: &str = "#c9d1d9";

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
    crate::highlight::get_ready(Vec::new());
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
    let width = usize::from(columns) * CELL.0 + 2 * MARGIN;
    let height = usize::from(rows) * CELL.1 + 2 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"DejaVu Sans Mono,Menlo,Consolas,monospace\" \
         font-size=\"13\" xml:space=\"preserve\">\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"6\" fill=\"{PAPER}\"/>\n"
    );
    for y in 0..rows {
        row(&mut svg, &screen, y);
    }
    svg.push_str("</svg>\n");
    svg
}

/// A row: a piece for each run of cells that look the same.
fn row(svg: &mut String, screen: &Buffer, y: u16) {
    let columns = screen.area.width;
    let mut x = 0;
    while x < columns {
        let begin = x;
        let look = Look::of(&screen[(x, y)]);
        let mut text = String::new();
        while x < columns && Look::of(&screen[(x, y)]) == look {
            let symbol = screen[(x, y)].symbol();
            text.push_str(symbol);
            // A wide character has the cell behind it too.
            x += crate::text::width(symbol).max(1) as u16;
        }
        piece(
            svg,
            &look,
            &text,
            usize::from(begin),
            usize::from(y),
            usize::from(x - begin),
        );
    }
}

fn piece(svg: &mut String, look: &Look, text: &str, x: usize, y: usize, cells: usize) {
    let (left, top) = (MARGIN + x * CELL.0, MARGIN + y * CELL.1);
    let width = cells * CELL.0;
    if look.paper != PAPER {
        let paper = &look.paper;
        let _ = writeln!(
            svg,
            "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{}\" fill=\"{paper}\"/>",
            CELL.1
        );
    }
    if text.trim().is_empty() {
        return;
    }
    // Blanks at either end only shift the piece.
    let indent = text.len() - text.trim_start().len();
    let shown = text.trim();
    let left = left + indent * CELL.0;
    let width = crate::text::width(shown) * CELL.0;
    let escaped = shown
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let _ = writeln!(
        svg,
        "<text x=\"{left}\" y=\"{}\" textLength=\"{width}\" lengthAdjust=\"spacingAndGlyphs\" \
         fill=\"{}\"{}>{escaped}</text>",
        top + CELL.1 - 4,
        look.ink,
        look.extra
    );
}

/// How a cell looks.
#[derive(PartialEq)]
struct Look {
    ink: String,
    paper: String,
    extra: &'static str,
}

impl Look {
    fn of(cell: &Cell) -> Self {
        let mut ink = color(cell.fg, INK);
        let mut paper = color(cell.bg, PAPER);
        if cell.modifier.contains(Modifier::REVERSED) {
            std::mem::swap(&mut ink, &mut paper);
        }
        let bold = cell.modifier.contains(Modifier::BOLD);
        let underlined = cell.modifier.contains(Modifier::UNDERLINED);
        let extra = match (bold, underlined) {
            (false, false) => "",
            (true, false) => " font-weight=\"bold\"",
            (false, true) => " text-decoration=\"underline\"",
            (true, true) => " font-weight=\"bold\" text-decoration=\"underline\"",
        };
        Self { ink, paper, extra }
    }
}

fn color(color: Color, otherwise: &str) -> String {
    match color {
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        _ => otherwise.to_owned(),
    }
}
