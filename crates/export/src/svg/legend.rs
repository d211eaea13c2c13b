//! What the signs of a picture mean.

use evscope_replay::Lang;
use evscope_trace::Lane;
use evscope_words::{Word, word};

use super::canvas::Canvas;
use super::rows;

/// How high it is, and how much room the words of the steps have at least, so that it fits.
pub(super) const HEIGHT: i64 = 48;
pub(super) const LEAST_WORDS: i64 = 320;

/// A sign stands in front of its text.
const SIGN: i64 = 34;
const ENTRY: i64 = 330;

/// The signs, two below each other.
#[derive(Debug, Clone, Copy)]
enum Sign {
    Call,
    Point,
    Result,
    Open,
    Watermark,
    Failure,
}

const ENTRIES: [(Sign, Word); 6] = [
    (Sign::Call, word!(export_sign_call)),
    (Sign::Point, word!(export_sign_point)),
    (Sign::Result, word!(export_sign_result)),
    (Sign::Open, word!(export_sign_open)),
    (Sign::Watermark, word!(export_sign_watermark)),
    (Sign::Failure, word!(export_sign_failure)),
];

pub(super) fn draw(canvas: &mut Canvas, left: i64, top: i64, lang: Lang) {
    for (i, (sign, text)) in (0..).zip(ENTRIES) {
        let (column, row) = (i / 2, i % 2);
        let (x, y) = (left + column * ENTRY, top + 12 + row * 24);
        draw_sign(canvas, sign, x + SIGN / 2 - 4, y);
        canvas.text(x + SIGN, y + 5, "d", text.in_lang(lang));
    }
}

fn draw_sign(canvas: &mut Canvas, sign: Sign, x: i64, y: i64) {
    let letter = Lane::Loop.letter();
    let (left, right, top, bottom) = (x - 5, x + 5, y - 8, y + 8);
    match sign {
        Sign::Call => {
            let size = (right - left, bottom - top);
            canvas.rect(&format!("b{letter}"), (left, top), size, 2);
        }
        Sign::Point => canvas.dot(&format!("o{letter}"), x, y),
        Sign::Result => {
            let path = format!("M{} {y}H{}", x - 13, x + 13);
            canvas.path(&format!("a{letter} back"), &path);
        }
        Sign::Open => {
            let path = format!("M{left} {top}V{bottom}M{right} {top}V{bottom}");
            canvas.path(&format!("b{letter}"), &path);
        }
        Sign::Watermark => rows::waves(canvas, Lane::Bufferevent.letter(), x, y),
        Sign::Failure => rows::cross(canvas, x, y),
    }
}
