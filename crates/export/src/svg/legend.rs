//! What the signs of a picture mean.

use evscope_trace::Lane;

use super::canvas::Canvas;
use super::rows;

/// How high it is, and how much room the words of the steps have at least, so that it fits.
pub(super) const HEIGHT: i64 = 48;
pub(super) const LEAST_WORDS: i64 = 320;

/// A sign stands in front of its text.
const SIGN: i64 = 34;
const ENTRY: i64 = 330;

pub(super) fn draw(canvas: &mut Canvas, left: i64, top: i64) {
    let letter = Lane::Loop.letter();
    let (bar, line) = (format!("b{letter}"), format!("a{letter}"));
    type Sign<'a> = &'a dyn Fn(&mut Canvas, i64, i64);
    let entries: [(Sign<'_>, &str); 6] = [
        (
            &|canvas, x, y| canvas.rect(&bar, (x - 5, y - 8), (10, 16), 2),
            "a call, down to the last step in it",
        ),
        (
            &|canvas, x, y| canvas.dot(&format!("o{letter}"), x, y),
            "something that happens at once",
        ),
        (
            &|canvas, x, y| {
                canvas.path(
                    &format!("{line} back"),
                    &format!("M{} {y}H{}", x - 13, x + 13),
                )
            },
            "the result of a call",
        ),
        (
            &|canvas, x, y| {
                canvas.path(
                    &bar,
                    &format!(
                        "M{} {}V{}M{} {}V{}",
                        x - 5,
                        y - 8,
                        y + 8,
                        x + 5,
                        y - 8,
                        y + 8
                    ),
                )
            },
            "goes on outside this picture",
        ),
        (
            &|canvas, x, y| rows::waves(canvas, Lane::Bufferevent.letter(), x, y),
            "a watermark is crossed",
        ),
        (&|canvas, x, y| rows::cross(canvas, x, y), "a failure"),
    ];
    for (i, (sign, text)) in entries.into_iter().enumerate() {
        let (column, row) = ((i / 2) as i64, (i % 2) as i64);
        let (x, y) = (left + column * ENTRY, top + 12 + row * 24);
        sign(canvas, x + SIGN / 2 - 4, y);
        canvas.text(x + SIGN, y + 5, "d", text);
    }
}
