//! A screen as a picture (SVG), for the documents. The command line's tests ask for the home screen, since
//! what is in it is theirs; the feature `pictures` gives it to them.

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use crate::look::theme::{Depth, Palette, Theme};
use crate::terminal::home::{HomeList, HomeOptions};

/// The size of a character's cell, in the units of the picture.
const CELL: (usize, usize) = (8, 17);
const MARGIN: usize = 10;
const PAPER: &str = "#16181d";
const INK: &str = "#c9d1d9";

/// The home screen of so many columns and rows.
pub fn of_home(options: &HomeOptions, list: &dyn HomeList, size: (u16, u16)) -> String {
    let theme = Theme {
        palette: Palette::Dark,
        depth: Depth::True,
    };
    let area = Rect::new(0, 0, size.0, size.1);
    let mut screen = Buffer::empty(area);
    crate::terminal::home::draw(options, theme, list, &mut screen);
    of_screen(&screen)
}

/// A screen that was drawn.
pub(crate) fn of_screen(screen: &Buffer) -> String {
    let (columns, rows) = (screen.area.width, screen.area.height);
    let width = usize::from(columns) * CELL.0 + 2 * MARGIN;
    let height = usize::from(rows) * CELL.1 + 2 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"DejaVu Sans Mono,Menlo,Consolas,monospace\" \
         font-size=\"13\" xml:space=\"preserve\">\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"6\" fill=\"{PAPER}\"/>\n"
    );
    for y in 0..rows {
        row(&mut svg, screen, y);
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
            x += crate::look::text::width(symbol).max(1) as u16;
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
    let width = crate::look::text::width(shown) * CELL.0;
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
