//! What colours mean, once, so that the terminal and the exports agree. Nothing is said by colour alone:
//! each has a letter ([`Lane::letter`]) or a shape beside it.

use evscope_trace::Lane;

/// A colour, as `0xrrggbb`, for each background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shades {
    /// On a dark background.
    pub on_dark: u32,
    /// On a light background.
    pub on_light: u32,
    /// On a dark background, of the Okabe-Ito colours, which stay apart for colour-blind eyes.
    pub safe: u32,
}

/// What failed.
pub const FAILURE: Shades = Shades {
    on_dark: 0xff6b6b,
    on_light: 0xc01f1f,
    safe: 0xff6b6b,
};

/// Who acts.
pub fn of_lane(lane: Lane) -> Shades {
    let (on_dark, on_light, safe) = match lane {
        Lane::Kernel => (0xe5a05a, 0x9a5000, 0xe69f00),
        Lane::Loop => (0x6cb2eb, 0x1d63b8, 0x56b4e9),
        Lane::Bufferevent => (0x7fc98a, 0x2e7d32, 0x00b386),
        Lane::Program => (0xe07bb5, 0xa3267e, 0xd98fb9),
    };
    Shades {
        on_dark,
        on_light,
        safe,
    }
}
