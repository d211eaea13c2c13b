//! The style sheet of a picture: for a light paper, and for a dark one where the reader prefers that.

use std::fmt::Write;

use evscope_replay::colors::FAILURE;
use evscope_trace::Lane;

use super::shades;

/// What is not of a lane.
struct Plain {
    paper: u32,
    ink: u32,
    dim: u32,
    /// The lanes' lines, and every other row.
    line: u32,
    stripe: u32,
    failure: u32,
}

const LIGHT: Plain = Plain {
    paper: 0xffffff,
    ink: 0x2b3038,
    dim: 0x6b7280,
    line: 0xb5bac4,
    stripe: 0xf4f6f9,
    failure: FAILURE.on_light,
};

const DARK: Plain = Plain {
    paper: 0x16181d,
    ink: 0xd8dee9,
    dim: 0x8b93a3,
    line: 0x4b5263,
    stripe: 0x1d2027,
    failure: FAILURE.on_dark,
};

pub(super) fn sheet() -> String {
    let mut sheet = String::from(
        "text{font:13px \"DejaVu Sans Mono\",Menlo,Consolas,\"Noto Sans Mono CJK SC\",monospace}\n\
         .h{font-size:22px;font-weight:bold}\n\
         .n,.f{font-weight:bold}\n\
         .e{text-anchor:end}\n\
         .c{text-anchor:middle}\n\
         .line{fill:none;stroke-dasharray:2 4}\n\
         .back{stroke-dasharray:5 4}\n",
    );
    colors(&mut sheet, &LIGHT, |lane| shades(lane).0);
    sheet.push_str("@media (prefers-color-scheme:dark){\n");
    colors(&mut sheet, &DARK, |lane| shades(lane).1);
    sheet.push_str("}\n");
    sheet
}

fn colors(sheet: &mut String, plain: &Plain, of: impl Fn(Lane) -> u32) {
    let Plain {
        paper,
        ink,
        dim,
        line,
        stripe,
        failure,
    } = plain;
    let _ = write!(
        sheet,
        "text{{fill:#{ink:06x}}}\n\
         .paper{{fill:#{paper:06x}}}\n\
         .stripe{{fill:#{stripe:06x}}}\n\
         .d{{fill:#{dim:06x}}}\n\
         .line{{stroke:#{line:06x}}}\n\
         .f{{fill:#{failure:06x}}}\n\
         .x{{fill:none;stroke:#{failure:06x};stroke-width:3}}\n"
    );
    for lane in Lane::ALL {
        let (letter, color) = (lane.letter(), of(lane));
        // A text, an arrow, a dot, and a bar.
        let _ = write!(
            sheet,
            ".t{letter}{{fill:#{color:06x}}}\n\
             .a{letter}{{fill:none;stroke:#{color:06x};stroke-width:1.5}}\n\
             .o{letter}{{fill:#{color:06x};stroke:#{paper:06x};stroke-width:1.5}}\n\
             .b{letter}{{fill:#{color:06x};fill-opacity:.22;stroke:#{color:06x};stroke-width:1.5}}\n"
        );
    }
}
