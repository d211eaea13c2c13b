//! Hidden characters made visible.
//!
//! What is shown comes from others: names, paths and bytes of a traced program, files that somebody
//! sent. A terminal obeys control characters, and it draws text in another order, or not at all, for
//! characters that have no picture. So what is meant for eyes goes through [`visible`] or a [`Filter`],
//! and such characters are shown as what they are: `\u{202e}`.
//!
//! Hidden is what Unicode has in the general categories Cc (controls), Cf (formats: bidirectional
//! overrides, zero-width characters, tags), Zl and Zp (line and paragraph separators). U+200C and U+200D
//! stay where words need them: between two letters or marks of a script whose letters join (Arabic,
//! Syriac, N'Ko, Mongolian and the Brahmic scripts).

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

use unicode_general_category::{GeneralCategory, get_general_category};

/// Whether a character has no picture of its own, and what a terminal makes of it is not for others to
/// say.
pub fn is_hidden(char: char) -> bool {
    match char {
        ' '..='~' => false,
        '\0'..='\u{9f}' => true,
        // Most of what is not ASCII: no need to look it up.
        '\u{2070}'..='\u{d7ff}' => false,
        _ => matches!(
            get_general_category(char),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
        ),
    }
}

/// Whether a byte is a character that is shown as it is, wherever it stands.
pub(crate) fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// So many bytes are looked at together, without a branch for each: nearly all that is written is plain.
const TOGETHER: usize = 16;

/// The same for what is long.
const FAR: usize = 4 * TOGETHER;

/// Whether all bytes are as `is_one` says. Some at the end may be looked at twice.
#[inline]
pub(crate) fn all_are(bytes: &[u8], is_one: impl Fn(u8) -> bool) -> bool {
    let all = |bytes: &[u8]| bytes.iter().fold(true, |all, byte| all & is_one(*byte));
    let (far, near) = bytes.as_chunks::<FAR>();
    if !far.iter().all(|chunk| all(chunk)) {
        return false;
    }
    let Some(last) = bytes.last_chunk::<TOGETHER>() else {
        return all(bytes);
    };
    let (chunks, _) = near.as_chunks::<TOGETHER>();
    chunks.iter().all(|chunk| all(chunk)) && all(last)
}

/// How many bytes at the start of a text are plain.
fn plain_start(bytes: &[u8]) -> usize {
    let (chunks, _) = bytes.as_chunks::<TOGETHER>();
    let plain = chunks.iter().take_while(|chunk| all_are(*chunk, is_plain));
    let known = plain.count() * TOGETHER;
    let rest = bytes[known..].iter();
    known + rest.take_while(|byte| is_plain(**byte)).count()
}

/// Whether there is nothing but plain bytes and line ends.
fn are_plain_lines(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
    all_are(bytes, |byte| is_plain(byte) | (byte == b'\n'))
}

/// Whether there is nothing hidden in a text but line ends.
fn are_shown_lines(text: &str) -> bool {
    let mut rest = text.strip_suffix("\r\n").unwrap_or(text);
    loop {
        let mut others = rest[plain_start(rest.as_bytes())..].chars();
        match others.next() {
            None => return true,
            Some(char) if char != '\n' && is_hidden(char) => return false,
            Some(_) => rest = others.as_str(),
        }
    }
}

/// Zero width non-joiner and joiner.
fn is_joiner(char: char) -> bool {
    matches!(char, '\u{200c}' | '\u{200d}')
}

/// Whether a joiner beside this letter or mark can change how a word is written.
fn can_join(char: char) -> bool {
    // Arabic, Syriac, Thaana, N'Ko and their neighbours; Devanagari to Sinhala; Tibetan to Myanmar; Khmer
    // and Mongolian; the Brahmic scripts above.
    let script = matches!(
        char,
        '\u{600}'..='\u{8ff}'
            | '\u{900}'..='\u{dff}'
            | '\u{f00}'..='\u{109f}'
            | '\u{1780}'..='\u{18af}'
            | '\u{1900}'..='\u{1bff}'
            | '\u{a840}'..='\u{a9df}'
            | '\u{aa60}'..='\u{aa7f}'
            | '\u{abc0}'..='\u{abff}'
            | '\u{fb50}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefc}'
            | '\u{11000}'..='\u{11fff}'
    );
    script
        && matches!(
            get_general_category(char),
            GeneralCategory::OtherLetter
                | GeneralCategory::ModifierLetter
                | GeneralCategory::NonspacingMark
                | GeneralCategory::SpacingMark
        )
}

/// One line of text with its hidden characters as escapes: `\n`, `\u{1b}`, `\u{202e}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    let plain = plain_start(text.as_bytes());
    if !text[plain..].contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    Escape::Text.put(text, None, Lines::One, &mut shown);
    Cow::Owned(shown)
}

/// How a hidden character is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escape {
    /// For eyes: `\u{202e}`.
    Text,
    /// As JSON does in texts, where alone such characters can stand: `\u202e`.
    Json,
}

/// Whether a line end is one, or hidden like the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lines {
    One,
    Many,
}

impl Escape {
    /// Appends `text`; `before` is the character in front of it.
    fn put(self, text: &str, before: Option<char>, lines: Lines, shown: &mut String) {
        let mut before = before;
        let mut rest = text;
        loop {
            let (plain, others) = rest.split_at(plain_start(rest.as_bytes()));
            shown.push_str(plain);
            before = plain.chars().next_back().or(before);
            let mut chars = others.chars();
            let Some(char) = chars.next() else {
                return;
            };
            rest = chars.as_str();
            let joins = |beside: Option<char>| beside.is_some_and(can_join);
            let within_word = is_joiner(char) && joins(before) && joins(rest.chars().next());
            let line_end =
                lines == Lines::Many && (char == '\n' || (char == '\r' && rest.starts_with('\n')));
            if !is_hidden(char) || line_end || within_word {
                shown.push(char);
            } else {
                self.write(char, shown);
            }
            before = Some(char);
        }
    }

    fn write(self, char: char, shown: &mut String) {
        match self {
            Self::Text => shown.extend(char.escape_default()),
            Self::Json => {
                for unit in char.encode_utf16(&mut [0; 2]) {
                    // Writing into a string cannot fail.
                    let _ = write!(shown, "\\u{unit:04x}");
                }
            }
        }
    }
}

/// Makes what is written through it visible, whole lines of it: line ends (`\n`, `\r\n`) stay. Bytes that are no UTF-8
/// become `\x9b`.
#[derive(Debug)]
pub struct Filter<W> {
    to: W,
    escape: Escape,
    /// The last character, for a joiner behind it.
    before: Option<char>,
    /// The beginning of a character whose rest has not come yet.
    begun: Vec<u8>,
    shown: String,
}

impl<W: io::Write> Filter<W> {
    /// For text.
    pub fn text(to: W) -> Self {
        Self::new(to, Escape::Text)
    }

    /// For JSON: it stays the same JSON.
    pub fn json(to: W) -> Self {
        Self::new(to, Escape::Json)
    }

    fn new(to: W, escape: Escape) -> Self {
        Self {
            to,
            escape,
            before: None,
            begun: Vec::new(),
            shown: String::new(),
        }
    }

    /// Writes past the filter: evscope's own control sequences.
    pub fn own(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.to.write_all(bytes)
    }

    /// Takes all in but the beginning of a character at the end, which waits for its rest.
    fn put(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        loop {
            let (text, wrong) = match str::from_utf8(rest) {
                Ok(text) => (text, None),
                Err(error) => {
                    let (good, _) = rest.split_at(error.valid_up_to());
                    // `valid_up_to` says so.
                    (
                        str::from_utf8(good).unwrap_or_default(),
                        Some(error.error_len()),
                    )
                }
            };
            self.escape
                .put(text, self.before, Lines::Many, &mut self.shown);
            self.before = text.chars().next_back().or(self.before);
            rest = &rest[text.len()..];
            match wrong {
                None => return,
                Some(None) => {
                    self.begun.extend_from_slice(rest);
                    return;
                }
                Some(Some(len)) => {
                    let (bad, after) = rest.split_at(len);
                    self.put_bytes(bad);
                    rest = after;
                }
            }
        }
    }

    fn put_bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let _ = write!(self.shown, "\\x{byte:02x}");
        }
        self.before = None;
    }
}

impl<W: io::Write> io::Write for Filter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.begun.is_empty() && are_plain_lines(bytes) {
            if let Some(last) = bytes.last() {
                self.before = Some(char::from(*last));
            }
            self.to.write_all(bytes)?;
            return Ok(bytes.len());
        }
        if self.begun.is_empty()
            && let Ok(text) = str::from_utf8(bytes)
            && are_shown_lines(text)
        {
            self.before = text.chars().next_back().or(self.before);
            self.to.write_all(bytes)?;
            return Ok(bytes.len());
        }
        self.shown.clear();
        if self.begun.is_empty() {
            self.put(bytes);
        } else {
            let mut joined = std::mem::take(&mut self.begun);
            joined.extend_from_slice(bytes);
            self.put(&joined);
        }
        self.to.write_all(self.shown.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.begun.is_empty() {
            self.shown.clear();
            let begun = std::mem::take(&mut self.begun);
            self.put_bytes(&begun);
            self.to.write_all(self.shown.as_bytes())?;
        }
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn every_char() -> impl Iterator<Item = char> {
        '\0'..=char::MAX
    }

    /// By the table itself, without the shortcuts.
    fn is_of_a_hidden_category(char: char) -> bool {
        let category = get_general_category(char).abbreviation();
        matches!(category, "Cc" | "Cf" | "Zl" | "Zp")
    }

    fn through(escape: Escape, pieces: &[&[u8]]) -> String {
        let mut out = Vec::new();
        let mut filter = Filter::new(&mut out, escape);
        for piece in pieces {
            filter.write_all(piece).unwrap();
        }
        filter.flush().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_character_of_the_hidden_categories_is_made_visible() {
        let mut hidden = 0;
        for char in every_char() {
            let is = is_hidden(char);
            assert_eq!(is, is_of_a_hidden_category(char), "{char:?}");
            // Of the million others some are enough.
            if !is && !u32::from(char).is_multiple_of(61) {
                continue;
            }
            hidden += u32::from(is);
            let text = format!("a{char}b");
            let escaped = match is {
                true => format!("a{}b", char.escape_default()),
                false => text.clone(),
            };
            assert_eq!(visible(&text), escaped);
            if char != '\n' {
                assert_eq!(through(Escape::Text, &[text.as_bytes()]), escaped);
            }
        }
        assert!(hidden > 230, "{hidden}");
    }

    #[test]
    fn joiners_stay_within_words_that_need_them_and_nowhere_else() {
        // Persian "I want", Hindi without the conjunct, Sinhala "Sri".
        for word in ["می\u{200c}خواهم", "क्\u{200d}ष", "ශ්\u{200d}රී"] {
            assert_eq!(visible(word), word);
            assert_eq!(through(Escape::Text, &[word.as_bytes()]), word);
        }
        for text in [
            "read\u{200d}cb",
            "\u{200c}می",
            "می\u{200c}",
            "می\u{200c}\u{200c}خ",
            "م\u{200d} خ",
            "👩\u{200d}💻",
        ] {
            assert!(!visible(text).contains(is_hidden), "{text:?}");
        }
    }

    #[test]
    fn json_stays_the_same_json() {
        for char in every_char().filter(|char| is_hidden(*char)) {
            let json = serde_json::to_string(&format!("a{char}b")).unwrap();
            let shown = through(Escape::Json, &[json.as_bytes()]);
            assert!(!shown.contains(is_hidden), "{shown:?}");
            let again: String = serde_json::from_str(&shown).unwrap();
            assert_eq!(again, format!("a{char}b"));
        }
    }

    #[test]
    fn a_character_in_two_pieces_is_one() {
        let text = "读\u{9b}事\u{202e}件\u{e0041}";
        let whole = through(Escape::Text, &[text.as_bytes()]);
        assert_eq!(whole, "读\\u{9b}事\\u{202e}件\\u{e0041}");
        for at in 0..text.len() {
            let (a, b) = text.as_bytes().split_at(at);
            assert_eq!(through(Escape::Text, &[a, b]), whole);
        }
        let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(through(Escape::Text, &bytes), whole);
    }

    #[test]
    fn a_joiner_knows_the_letter_before_it_in_another_piece() {
        for (pieces, expected) in [
            (["→ می", "\u{200c}خ"], "→ می\u{200c}خ"),
            (["می →", "\u{200c}خ"], "می →\\u{200c}خ"),
            (["می\r\n", "\u{200c}خ"], "می\r\n\\u{200c}خ"),
        ] {
            let pieces = pieces.map(str::as_bytes);
            assert_eq!(through(Escape::Text, &pieces), expected);
        }
    }

    #[test]
    fn line_ends_stay_and_a_lone_return_does_not() {
        assert_eq!(visible("a\r\nb"), "a\\r\\nb");
        assert_eq!(
            through(Escape::Text, &[b"a\r\nb\rc\n\r"]),
            "a\r\nb\\rc\n\\r"
        );
    }

    #[test]
    fn what_is_hidden_is_found_wherever_it_stands() {
        for len in 1..50 {
            for at in 0..len {
                let mut text = "a".repeat(len);
                text.replace_range(at..=at, "\u{1b}");
                let expected = text.replace('\u{1b}', "\\u{1b}");
                assert_eq!(visible(&text), expected);
                let line = format!("{text}\r\n");
                let shown = through(Escape::Text, &[line.as_bytes()]);
                assert_eq!(shown, format!("{expected}\r\n"));
            }
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_told() {
        assert_eq!(
            through(Escape::Text, &[b"a\x9b31mb\xe8\xaf"]),
            "a\\x9b31mb\\xe8\\xaf"
        );
        assert_eq!(through(Escape::Text, &[b"a\xe8", b"b\n"]), "a\\xe8b\n");
    }
}
