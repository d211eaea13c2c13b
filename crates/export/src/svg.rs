//! A picture of the sequence: a lane each for the kernel, the loop, bufferevents and the program, a row
//! for each step, an arrow from who calls to who is called, and a bar as long as the call lasts.
//!
//! The lanes stand on the left and the steps in words on the right, so that no text lies on a line,
//! however long it is. What a picture says by colour it says by a letter, a shape or a word too, and its
//! paper is its own: it can be read on a light page and on a dark one.

mod bars;
mod canvas;
mod excerpt;
mod legend;
mod rows;
mod style;

use std::io::Write;

use evscope_replay::{Lang, Trace, colors};
use evscope_trace::{Lane, Level, ReadError};
use evscope_words::{Word, text, word};

use crate::{ExportError, Part};
use bars::Bars;
use canvas::Canvas;
pub(crate) use excerpt::Excerpt;
use excerpt::Row;

/// A picture of more steps is a roll of wallpaper: 300 are some six pages of paper.
pub(crate) const MOST: usize = 300;

/// Says in the picture who drew it.
pub(crate) const MARK: &str = "<!-- evscope -->";

fn level(part: &Part<'_>) -> Level {
    part.level_or(Level::Walkthrough)
}

/// What a part shows, taken out of the trace once.
fn excerpt<'a>(part: &'a Part<'_>) -> Result<&'a Excerpt, ReadError> {
    part.excerpt(|| Excerpt::of(part, level(part), MOST))
}

/// How many steps have a row.
pub(crate) fn count(part: &Part<'_>) -> Result<usize, ReadError> {
    Ok(excerpt(part)?.count)
}

pub(crate) fn write(part: &Part<'_>, out: &mut dyn Write) -> Result<(), ExportError> {
    let picture = Picture::new(part, excerpt(part)?)?;
    Ok(out.write_all(picture.draw().as_bytes())?)
}

/// The height of a row, and the sizes of what is on it, in the units of the picture.
const ROW: i64 = 22;
const MARGIN: i64 = 24;
/// A column of text of 13 units: the widest usual font with letters of one width takes 7.9.
const COLUMN: i64 = 8;
/// From lane to lane.
const LANE: i64 = 136;
/// How far a text is moved to the right for each call around it.
const INDENT: i64 = 14;
/// Where the rows begin: below the title and the lanes' names.
const TOP: i64 = 132;
/// With so many rows the lanes' names are below them too.
const LONG: usize = 40;

/// What is drawn, and where its columns are.
struct Picture<'a> {
    title: &'a str,
    /// What of the trace is in it, and how many steps that has in all.
    trace: &'a Trace,
    all: usize,
    level: Level,
    lang: Lang,
    rows: &'a [Row],
    bars: Bars,
    /// The right end of the step's number, of its time, and of how long it took.
    number: i64,
    time: i64,
    took: i64,
    /// The middle of the first lane, and where the words begin and may end.
    lanes: i64,
    words: i64,
    width: i64,
}

impl<'a> Picture<'a> {
    fn new(part: &'a Part<'_>, excerpt: &'a Excerpt) -> Result<Self, ReadError> {
        let (trace, rows, level) = (&excerpt.trace, excerpt.rows.as_slice(), level(part));
        let widest = |texts: &mut dyn Iterator<Item = String>, heading: Word| {
            let widths = texts.map(|text| canvas::columns(&text));
            let heading = canvas::columns(heading.in_lang(part.lang()));
            widths.max().unwrap_or(0).max(heading) as i64 * COLUMN
        };
        let mut each = rows.iter().map(|row| row.step.to_string());
        let number = MARGIN + widest(&mut each, rows::NUMBER);
        let mut each = rows.iter().map(|row| rows::time(trace, row.at));
        let time = number + 2 * COLUMN + widest(&mut each, rows::TIME);
        let mut each = rows.iter().filter_map(|row| rows::took(trace, row.at));
        let took = time + 2 * COLUMN + widest(&mut each, rows::TOOK);
        let lanes = took + 2 * COLUMN + LANE / 2;
        let words = lanes + 3 * LANE + LANE / 2 + 2 * COLUMN;
        let widest = rows.iter().map(|row| rows::words_width(trace, level, row));
        let width = words + widest.max().unwrap_or(0).max(legend::LEAST_WORDS) + MARGIN;
        let steps: Vec<usize> = rows.iter().map(|row| row.at).collect();
        Ok(Self {
            title: part.title()?,
            trace,
            all: part.outline()?.records,
            level,
            lang: part.lang(),
            rows,
            bars: Bars::new(trace, level, &steps),
            number,
            time,
            took,
            lanes,
            words,
            width,
        })
    }

    fn draw(&self) -> String {
        let bottom = top_of(self.rows.len().max(1));
        let names_below = self.rows.len() > LONG;
        let legend = bottom + if names_below { 44 } else { 12 };
        let height = legend + legend::HEIGHT + MARGIN;
        let mut canvas = Canvas::new(self.width, height, self.title, &self.about());
        canvas.text(MARGIN, 42, "h", self.title);
        canvas.text(MARGIN, 66, "d", &self.about());
        self.names(&mut canvas, 84);
        rows::stripes(self, &mut canvas);
        for lane in Lane::ALL {
            let x = self.lane(lane);
            canvas.path("line", &format!("M{x} {}V{bottom}", TOP - 16));
        }
        rows::draw(self, &mut canvas);
        if names_below {
            self.names(&mut canvas, bottom + 4);
        }
        legend::draw(&mut canvas, MARGIN, legend, self.lang);
        canvas.finish()
    }

    fn about(&self) -> String {
        let header = self.trace.header();
        let steps = match self.rows {
            [] => text!(export_no_steps),
            [only] => text!(export_step, only = only.step),
            [first, .., last] => text!(export_steps, first = first.step, last = last.step),
        };
        text!(
            export_about,
            library = header.library,
            backend = header.backend,
            steps,
            all = self.all,
            level = self.level.number(),
        )
        .in_lang(self.lang)
    }

    /// The names of the columns.
    fn names(&self, canvas: &mut Canvas, y: i64) {
        let middle = y + 17;
        canvas.text_to(self.number, middle, "d", rows::NUMBER.in_lang(self.lang));
        canvas.text_to(self.time, middle, "d", rows::TIME.in_lang(self.lang));
        canvas.text_to(self.took, middle, "d", rows::TOOK.in_lang(self.lang));
        canvas.text(
            self.words,
            middle,
            "d",
            word!(export_what_happened).in_lang(self.lang),
        );
        for lane in Lane::ALL {
            let letter = lane.letter();
            let x = self.lane(lane);
            let half = LANE / 2 - 5;
            canvas.rect(&format!("b{letter}"), (x - half, y), (2 * half, 26), 4);
            canvas.text_around(
                x,
                middle,
                &format!("t{letter} n"),
                &format!("{letter} {}", name(lane).in_lang(self.lang)),
            );
        }
    }

    /// The middle of a lane.
    fn lane(&self, lane: Lane) -> i64 {
        let place = Lane::ALL.iter().position(|other| *other == lane);
        self.lanes + place.unwrap_or(0) as i64 * LANE
    }
}

/// The top of a row.
fn top_of(row: usize) -> i64 {
    TOP + row as i64 * ROW
}

fn name(lane: Lane) -> Word {
    match lane {
        Lane::Kernel => word!(export_lane_kernel),
        Lane::Loop => word!(export_lane_loop),
        Lane::Bufferevent => word!(export_lane_bufferevent),
        Lane::Program => word!(export_lane_program),
    }
}

/// Something of a lane's colour, on a light paper and on a dark one.
fn shades(lane: Lane) -> (u32, u32) {
    let shades = colors::of_lane(lane);
    (shades.on_light, shades.on_dark)
}
