//! What things look like. Every view asks here for a style by meaning; nobody else names a colour.
//!
//! Nothing is said by colour alone: each meaning has a mark or a letter beside it, so the screens read
//! the same with `NO_COLOR`.

use std::str::FromStr;

use evscope_replay::colors;
use evscope_trace::Lane;
use ratatui::style::{Color, Modifier, Style};

/// Which set of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Palette {
    /// For terminals with a dark background.
    #[default]
    Dark,
    /// For terminals with a light background.
    Light,
    /// The Okabe-Ito colours, which stay apart for colour-blind eyes; for a dark background.
    Safe,
}

impl Palette {
    /// The names users say.
    pub const NAMES: [&'static str; 3] = ["dark", "light", "colour-blind"];

    /// What the terminal says of its background in `COLORFGBG` (`15;0`: white on black).
    pub fn of_environment(colorfgbg: Option<&str>) -> Self {
        match colorfgbg.and_then(|value| value.rsplit(';').next()) {
            Some("7" | "15") => Self::Light,
            _ => Self::Dark,
        }
    }
}

impl FromStr for Palette {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "dark" => Ok(Self::Dark),
            "light" => Ok(Self::Light),
            "colour-blind" | "color-blind" | "safe" => Ok(Self::Safe),
            _ => Err(format!(
                "no theme is called `{name}`; there are {}",
                Self::NAMES.join(", ")
            )),
        }
    }
}

/// How many colours the terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// None, or none are wanted.
    None,
    /// The sixteen named ones.
    Sixteen,
    /// 256.
    Indexed,
    /// Any.
    True,
}

impl Depth {
    /// What the environment says: `NO_COLOR`, `COLORTERM`, `TERM`.
    pub(crate) fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        if set("NO_COLOR").is_some() {
            return Self::None;
        }
        if matches!(set("COLORTERM").as_deref(), Some("truecolor" | "24bit")) {
            return Self::True;
        }
        match set("TERM").as_deref() {
            None | Some("dumb") => Self::None,
            Some(term) if term.ends_with("-direct") => Self::True,
            Some(term) if term.contains("256color") => Self::Indexed,
            Some(term) if term.starts_with("vt1") || term.starts_with("vt2") => Self::None,
            Some(_) => Self::Sixteen,
        }
    }
}

/// What a piece of the screen means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Token {
    /// Ordinary text.
    Text,
    /// Text that may be overlooked.
    Dim,
    /// The lines between panes.
    Rule,
    /// A pane's title, and that of the pane with the focus.
    Title,
    Focus,
    /// The current step, in every pane: a whole line, and its mark.
    Current,
    CurrentMark,
    /// What the current step changed.
    Changed,
    /// Who acts.
    Lane(Lane),
    /// Something failed; something to watch for.
    Error,
    Warning,
    /// A search hit.
    Hit,
    /// A breakpoint.
    Stop,
    /// A bookmark.
    Mark,
    /// A key to press.
    Key,
    /// The filled part of a gauge.
    Gauge,
    /// The status line.
    Status,
    /// The lines of the source that have run.
    Ran,
    /// The kinds of source text.
    Keyword,
    Literal,
    Comment,
    Function,
    Type,
}

/// Colours for the terminal at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Theme {
    /// Which set.
    pub(crate) palette: Palette,
    /// How many there may be.
    pub(crate) depth: Depth,
}

/// A colour in the three depths: red, green, blue, and the nearest of the sixteen.
struct Shade(u32, Color);

impl Theme {
    /// The style of a meaning.
    pub(crate) fn style(self, token: Token) -> Style {
        let style = Style::new();
        let fg = |shade: Shade| style.fg(self.color(&shade));
        match (token, self.depth) {
            (Token::Text, _) => style,
            // What lies under it may be dim, and dim paper makes patches.
            (Token::Current, Depth::None) => style
                .add_modifier(Modifier::REVERSED)
                .remove_modifier(Modifier::DIM),
            (Token::Current, Depth::Sixteen) => style.fg(Color::Black).bg(Color::Yellow),
            (Token::Current, _) => style.bg(self.color(&self.pick(0x4a4216, 0xffefa8))),
            (Token::Status, Depth::None | Depth::Sixteen) => style.add_modifier(Modifier::REVERSED),
            (Token::Status, _) => {
                fg(self.pick(0xd8dee9, 0x2b3038)).bg(self.color(&self.pick(0x2c313c, 0xdfe3ea)))
            }
            (Token::Hit, Depth::None) => style.add_modifier(Modifier::UNDERLINED),
            (Token::Hit, _) => fg(self.pick(0xf2cc60, 0x8a5a00)).add_modifier(Modifier::UNDERLINED),
            (token, Depth::None) => style
                .add_modifier(modifier(token))
                .remove_modifier(Modifier::DIM - modifier(token)),
            (token, _) => fg(self.shade(token)).add_modifier(modifier(token) - Modifier::DIM),
        }
    }

    /// The style of a meaning on the status line's paper. Of sixteen colours that line is the text's reversed, on
    /// which another one would make a block of its own: only what went wrong has one there.
    pub(crate) fn on_status(self, token: Token) -> Style {
        let (status, style) = (self.style(Token::Status), self.style(token));
        match self.depth {
            Depth::Sixteen if token != Token::Error => status.add_modifier(style.add_modifier),
            _ => status.patch(style),
        }
    }

    fn shade(self, token: Token) -> Shade {
        match token {
            Token::Text | Token::Current | Token::Status | Token::Hit => {
                self.pick(0xd8dee9, 0x2b3038)
            }
            Token::Dim | Token::Comment => Shade(self.pick(0x7d8595, 0x6b7280).0, Color::DarkGray),
            Token::Rule => Shade(self.pick(0x4b5263, 0xb5bac4).0, Color::DarkGray),
            Token::Title | Token::Focus => Shade(self.pick(0xd8dee9, 0x2b3038).0, Color::Reset),
            Token::CurrentMark | Token::Changed | Token::Mark => {
                self.both((0xffd866, Color::Yellow), (0x8a5a00, Color::Red))
            }
            Token::Lane(lane) => self.lane(lane),
            Token::Error | Token::Stop => self.both(
                (colors::FAILURE.on_dark, Color::LightRed),
                (colors::FAILURE.on_light, Color::Red),
            ),
            Token::Warning => self.both((0xf2a65a, Color::Yellow), (0x9a4b00, Color::Red)),
            Token::Key => self.both((0x9ecbff, Color::Cyan), (0x0b5cad, Color::Blue)),
            Token::Gauge => self.lane(Lane::Bufferevent),
            Token::Ran => self.both((0xb8a04a, Color::Yellow), (0x8a5a00, Color::Magenta)),
            Token::Keyword => {
                self.both((0xc792ea, Color::LightMagenta), (0x7b2fa8, Color::Magenta))
            }
            Token::Literal => self.both((0xa5c98b, Color::Green), (0x37752a, Color::DarkGray)),
            Token::Function => self.both((0x82aaff, Color::LightBlue), (0x1d55b0, Color::Blue)),
            Token::Type => self.both((0x7fd1c7, Color::Cyan), (0x0f6f66, Color::Blue)),
        }
    }

    /// The colour of a lane, as exports have it too.
    fn lane(self, lane: Lane) -> Shade {
        let rgb = colors::of_lane(lane);
        // Of the sixteen, those that most terminals show well on such a background.
        let (on_dark, on_light) = match lane {
            Lane::Kernel => (Color::Yellow, Color::Red),
            Lane::Loop => (Color::LightBlue, Color::Blue),
            Lane::Bufferevent => (Color::Green, Color::Black),
            Lane::Program => (Color::LightMagenta, Color::Magenta),
        };
        match self.palette {
            Palette::Dark => Shade(rgb.on_dark, on_dark),
            Palette::Light => Shade(rgb.on_light, on_light),
            // Not green beside red and yellow.
            Palette::Safe if lane == Lane::Bufferevent => Shade(rgb.safe, Color::Cyan),
            Palette::Safe => Shade(rgb.safe, on_dark),
        }
    }

    /// For a dark background and for a light one.
    fn both(self, dark: (u32, Color), light: (u32, Color)) -> Shade {
        let (rgb, named) = match self.palette {
            Palette::Dark | Palette::Safe => dark,
            Palette::Light => light,
        };
        Shade(rgb, named)
    }

    fn pick(self, dark: u32, light: u32) -> Shade {
        Shade(
            if self.palette == Palette::Light {
                light
            } else {
                dark
            },
            Color::Reset,
        )
    }

    fn color(self, &Shade(rgb, named): &Shade) -> Color {
        let [_, red, green, blue] = rgb.to_be_bytes();
        match self.depth {
            Depth::None => Color::Reset,
            Depth::Sixteen => named,
            Depth::Indexed => Color::Indexed(indexed(red, green, blue)),
            Depth::True => Color::Rgb(red, green, blue),
        }
    }
}

fn modifier(token: Token) -> Modifier {
    match token {
        Token::Title | Token::CurrentMark | Token::Changed | Token::Key | Token::Error => {
            Modifier::BOLD
        }
        Token::Focus => Modifier::BOLD.union(Modifier::REVERSED),
        Token::Keyword => Modifier::BOLD,
        Token::Dim | Token::Comment | Token::Rule => Modifier::DIM,
        _ => Modifier::empty(),
    }
}

/// The nearest of the 256 colours' cube (16 to 231) and its greys (232 to 255).
fn indexed(red: u8, green: u8, blue: u8) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let distance = |a: [u8; 3]| -> u32 {
        std::iter::zip(a, [red, green, blue])
            .map(|(x, y)| u32::from(x.abs_diff(y)).pow(2))
            .sum()
    };
    let nearest = |value: u8| {
        (0..6)
            .min_by_key(|&i| STEPS[i].abs_diff(value))
            .unwrap_or(0)
    };
    let (r, g, b) = (nearest(red), nearest(green), nearest(blue));
    let average = (u32::from(red) + u32::from(green) + u32::from(blue)) / 3;
    let grey = (average.saturating_sub(3) / 10).min(23) as u8;
    if distance([8 + 10 * grey; 3]) < distance([STEPS[r], STEPS[g], STEPS[b]]) {
        232 + grey
    } else {
        (16 + 36 * r + 6 * g + b) as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKENS: [Token; 11] = [
        Token::Dim,
        Token::Current,
        Token::CurrentMark,
        Token::Changed,
        Token::Lane(Lane::Kernel),
        Token::Lane(Lane::Program),
        Token::Error,
        Token::Hit,
        Token::Gauge,
        Token::Status,
        Token::Comment,
    ];

    #[test]
    fn the_environment_says_how_many_colours() {
        let depth = |pairs: &[(&str, &str)]| {
            Depth::of_environment(|name| {
                pairs
                    .iter()
                    .find(|(n, _)| *n == name)
                    .map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(depth(&[("TERM", "xterm-256color")]), Depth::Indexed);
        assert_eq!(
            depth(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]),
            Depth::True
        );
        assert_eq!(
            depth(&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")]),
            Depth::None
        );
        assert_eq!(
            depth(&[("NO_COLOR", ""), ("TERM", "linux")]),
            Depth::Sixteen
        );
        assert_eq!(depth(&[]), Depth::None);
        assert_eq!(depth(&[("TERM", "vt100")]), Depth::None);
    }

    #[test]
    fn without_colour_no_style_has_one() {
        let theme = Theme {
            palette: Palette::Dark,
            depth: Depth::None,
        };
        for token in TOKENS {
            let style = theme.style(token);
            assert_eq!((style.fg, style.bg), (None, None), "{token:?}");
        }
    }

    /// Dim paper makes patches in a line that is reversed, and dim titles are no titles.
    #[test]
    fn without_colour_what_lies_under_a_mark_does_not_dim_it() {
        let theme = Theme {
            palette: Palette::Dark,
            depth: Depth::None,
        };
        for token in [Token::Current, Token::Focus, Token::Title, Token::Key] {
            let over = theme.style(Token::Dim).patch(theme.style(token));
            assert!(!over.add_modifier.contains(Modifier::DIM), "{token:?}");
        }
        let dim = theme.style(Token::Current).patch(theme.style(Token::Dim));
        assert!(dim.add_modifier.contains(Modifier::DIM));
    }

    #[test]
    fn each_depth_stays_within_its_colours() {
        for palette in [Palette::Dark, Palette::Light, Palette::Safe] {
            for token in TOKENS {
                let colors = |depth| {
                    let style = Theme { palette, depth }.style(token);
                    [style.fg, style.bg].into_iter().flatten()
                };
                for color in colors(Depth::Sixteen) {
                    assert!(!matches!(color, Color::Rgb(..) | Color::Indexed(_)));
                }
                for color in colors(Depth::Indexed) {
                    assert!(matches!(color, Color::Indexed(16..)));
                }
                for color in colors(Depth::True) {
                    assert!(matches!(color, Color::Rgb(..)));
                }
            }
        }
    }

    #[test]
    fn lanes_differ_in_every_palette_and_depth() {
        for palette in [Palette::Dark, Palette::Light, Palette::Safe] {
            for depth in [Depth::Sixteen, Depth::Indexed, Depth::True] {
                let mut seen = Vec::new();
                for lane in [Lane::Kernel, Lane::Loop, Lane::Bufferevent, Lane::Program] {
                    let color = Theme { palette, depth }.style(Token::Lane(lane)).fg;
                    assert!(!seen.contains(&color), "{palette:?} {depth:?} {lane:?}");
                    seen.push(color);
                }
            }
        }
    }

    /// How far a colour stands out from another, as WCAG has it: 1 not at all, 21 black on white.
    fn contrast(a: u32, b: u32) -> f64 {
        let luminance = |rgb: u32| {
            let [_, r, g, b] = rgb.to_be_bytes();
            let part = |c: u8| {
                let c = f64::from(c) / 255.0;
                if c <= 0.040_45 {
                    c / 12.92
                } else {
                    ((c + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
        };
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        if a > b { a / b } else { b / a }
    }

    /// The sixteen as xterm has them.
    fn of_xterm(color: Color) -> u32 {
        match color {
            Color::Black => 0x00_0000,
            Color::Red => 0xcd_0000,
            Color::Green => 0x00_cd00,
            Color::Yellow => 0xcd_cd00,
            Color::Blue => 0x00_00ee,
            Color::Magenta => 0xcd_00cd,
            Color::Cyan => 0x00_cdcd,
            Color::DarkGray => 0x7f_7f7f,
            Color::LightRed => 0xff_0000,
            Color::LightBlue => 0x5c_5cff,
            Color::LightMagenta => 0xff_00ff,
            other => panic!("{other:?} is in no style"),
        }
    }

    #[test]
    fn everything_can_be_read_on_its_background() {
        let rgb = |color| match color {
            Color::Rgb(r, g, b) => u32::from_be_bytes([0, r, g, b]),
            other => of_xterm(other),
        };
        let all = [
            Token::Title,
            Token::CurrentMark,
            Token::Changed,
            Token::Lane(Lane::Kernel),
            Token::Lane(Lane::Loop),
            Token::Lane(Lane::Bufferevent),
            Token::Lane(Lane::Program),
            Token::Error,
            Token::Warning,
            Token::Hit,
            Token::Stop,
            Token::Mark,
            Token::Key,
            Token::Gauge,
            Token::Ran,
            Token::Keyword,
            Token::Literal,
            Token::Function,
            Token::Type,
            Token::Dim,
            Token::Comment,
        ];
        let mut poor = Vec::new();
        for palette in [Palette::Dark, Palette::Light, Palette::Safe] {
            let papers = match palette {
                Palette::Dark | Palette::Safe => [0x00_0000, 0x1e_1e1e],
                Palette::Light => [0xff_ffff, 0xfa_f8f0],
            };
            for depth in [Depth::Sixteen, Depth::True] {
                let theme = Theme { palette, depth };
                let current = theme.style(Token::Current).bg.map(rgb);
                for token in all {
                    let Some(ink) = theme.style(token).fg.filter(|ink| *ink != Color::Reset) else {
                        continue;
                    };
                    let least = match (token, depth) {
                        (Token::Dim | Token::Comment, _) | (_, Depth::Sixteen) => 3.0,
                        _ => 4.5,
                    };
                    // Of the sixteen the current line has its own ink.
                    let line = current.filter(|_| depth == Depth::True);
                    for (paper, least) in papers
                        .map(|paper| (paper, least))
                        .into_iter()
                        .chain(line.map(|line| (line, 2.5)))
                    {
                        let found = contrast(rgb(ink), paper);
                        if found < least {
                            poor.push(format!(
                                "{palette:?} {depth:?} {token:?} on {paper:06x}: {found:.1}"
                            ));
                        }
                    }
                }
                let status = theme.style(Token::Status);
                if let (Some(ink), Some(paper)) = (status.fg, status.bg) {
                    assert!(contrast(rgb(ink), rgb(paper)) > 7.0);
                }
            }
        }
        assert!(poor.is_empty(), "{poor:#?}");
    }

    #[test]
    fn the_nearest_indexed_colour() {
        assert_eq!(indexed(0, 0, 0), 16);
        assert_eq!(indexed(255, 255, 255), 231);
        assert_eq!(indexed(0x80, 0x80, 0x80), 244);
        assert_eq!(indexed(0xff, 0, 0), 196);
    }
}
