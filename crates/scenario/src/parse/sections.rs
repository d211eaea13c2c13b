//! The parts of a scenario: `main`, callbacks, what others do, what is allowed.

use evscope_words::{Text, Word, text, word};

use crate::error::{ScenarioError, choice};
use crate::lexer::{Lexeme, Span, Token, words};

use super::{Line, Whole};

const HEADS: [&str; 4] = ["main", "callback", "at", "allow"];

/// A part with its lines.
pub(super) struct Section {
    pub(super) head: Head,
    pub(super) line: u32,
    pub(super) body: Vec<Line>,
}

/// What a part begins with.
pub(super) enum Head {
    Main,
    Callback {
        name: String,
        span: Span,
        call: u32,
        /// The names after `when`.
        when: Vec<(String, Span)>,
    },
    At {
        /// In ms.
        time: u64,
    },
    AnyOrder {
        why: String,
    },
}

impl Section {
    /// Its first line and its last one.
    pub(super) fn lines(&self) -> (u32, u32) {
        (
            self.line,
            self.body.last().map_or(self.line, |line| line.number),
        )
    }
}

/// Takes the text apart.
pub(super) fn split(whole: &Whole<'_>) -> Result<Vec<Section>, ScenarioError> {
    let mut sections: Vec<Section> = Vec::new();
    for (number, text) in (1..).zip(&whole.lines) {
        let words = words(text).map_err(|(span, what)| whole.error(number, span, what, None))?;
        let Some(first) = words.first() else {
            continue;
        };
        let is_head = matches!(&first.token, Token::Word(word) if HEADS.contains(&word.as_str()));
        if is_head
            && !matches!(
                words.get(1),
                Some(Lexeme {
                    token: Token::Sign('=' | ','),
                    ..
                })
            )
        {
            let section = head(whole, number, &words)?;
            let second = matches!(section.head, Head::Main)
                && sections
                    .iter()
                    .any(|section| matches!(section.head, Head::Main));
            if second {
                return Err(whole.error(number, first.span, word!(scenario_two_mains), None));
            }
            sections.push(section);
        } else if let Some(section) = sections.last_mut()
            && !matches!(section.head, Head::AnyOrder { .. })
        {
            section.body.push(Line { number, words });
        } else {
            let help = text!(scenario_no_part_hint);
            return Err(whole.error(number, first.span, word!(scenario_no_part), Some(help)));
        }
    }
    if !sections
        .iter()
        .any(|section| matches!(section.head, Head::Main))
    {
        let help = text!(scenario_no_main_hint);
        let span = Span {
            column: 1,
            width: 1,
        };
        return Err(whole.error(1, span, word!(scenario_no_main), Some(help)));
    }
    Ok(sections)
}

/// Reads the words of a head one after the other.
struct Words<'a> {
    whole: &'a Whole<'a>,
    line: u32,
    words: &'a [Lexeme],
    at: usize,
}

impl<'a> Words<'a> {
    fn peek(&self) -> Option<&'a Lexeme> {
        self.words.get(self.at)
    }

    fn next(&mut self, what: Word) -> Result<&'a Lexeme, ScenarioError> {
        let word = self.peek().ok_or_else(|| {
            let last = self.words.last().map_or(
                Span {
                    column: 1,
                    width: 1,
                },
                |word| word.span,
            );
            let span = Span {
                column: last.column + last.width,
                width: 1,
            };
            self.whole
                .error(self.line, span, text!(scenario_missing, what), None)
        })?;
        self.at += 1;
        Ok(word)
    }

    fn error(&self, span: Span, message: impl Into<Text>, help: Option<Text>) -> ScenarioError {
        self.whole.error(self.line, span, message, help)
    }
}

fn head(whole: &Whole<'_>, number: u32, words: &[Lexeme]) -> Result<Section, ScenarioError> {
    let mut words = Words {
        whole,
        line: number,
        words,
        at: 1,
    };
    let mut body = Vec::new();
    let head = match &words.words[0].token {
        Token::Word(word) if word == "main" => Head::Main,
        Token::Word(word) if word == "callback" => callback(&mut words)?,
        Token::Word(word) if word == "at" => {
            let word = words.next(word!(scenario_the_time))?;
            let time = match &word.token {
                Token::Word(text) => time(text),
                _ => None,
            };
            let Some(time) = time else {
                let help = text!(scenario_time_hint);
                return Err(words.error(word.span, word!(scenario_no_time), Some(help)));
            };
            colon(&mut words);
            // The only thing that happens then may stand in the same line.
            if words.at < words.words.len() {
                body.push(Line {
                    number,
                    words: words.words[words.at..].to_vec(),
                });
                words.at = words.words.len();
            }
            Head::At { time }
        }
        _ => any_order(&mut words)?,
    };
    colon(&mut words);
    if let Some(word) = words.peek() {
        return Err(words.error(word.span, word!(scenario_nothing_more), None));
    }
    Ok(Section {
        head,
        line: number,
        body,
    })
}

fn colon(words: &mut Words<'_>) {
    if matches!(
        words.peek(),
        Some(Lexeme {
            token: Token::Sign(':'),
            ..
        })
    ) {
        words.at += 1;
    }
}

fn callback(words: &mut Words<'_>) -> Result<Head, ScenarioError> {
    let word = words.next(word!(scenario_the_callback))?;
    let Token::Word(name) = &word.token else {
        return Err(words.error(word.span, word!(scenario_expected_callback), None));
    };
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !plain || name.starts_with(|c: char| c.is_ascii_digit()) || name == "none" {
        let help = text!(scenario_name_hint);
        return Err(words.error(
            word.span,
            text!(scenario_no_callback_name, name),
            Some(help),
        ));
    }
    let (span, mut call, mut when) = (word.span, 0, Vec::new());
    while let Some(Lexeme {
        token: Token::Word(condition),
        span: at,
    }) = words.peek()
    {
        words.at += 1;
        match condition.as_str() {
            "call" => {
                let word = words.next(word!(scenario_the_call))?;
                call = match &word.token {
                    Token::Word(text) => text.parse().unwrap_or(0),
                    _ => 0,
                };
                if call == 0 {
                    return Err(words.error(word.span, word!(scenario_expected_call), None));
                }
            }
            "when" => loop {
                let word = words.next(word!(scenario_the_told))?;
                let Token::Word(flag) = &word.token else {
                    return Err(words.error(word.span, word!(scenario_expected_told), None));
                };
                when.push((flag.clone(), word.span));
                match words.peek() {
                    Some(Lexeme {
                        token: Token::Sign('|'),
                        ..
                    }) => words.at += 1,
                    _ => break,
                }
            },
            other => {
                let help = choice(other, ["call", "when"]);
                return Err(words.error(
                    *at,
                    text!(scenario_no_condition, name = other),
                    Some(help),
                ));
            }
        }
    }
    Ok(Head::Callback {
        name: name.clone(),
        span,
        call,
        when,
    })
}

fn any_order(words: &mut Words<'_>) -> Result<Head, ScenarioError> {
    let help = || Some(text!(scenario_order_hint));
    let word = words.next(word!(scenario_the_order))?;
    if word.token != Token::Word("order".to_owned()) {
        return Err(words.error(word.span, word!(scenario_only_order), help()));
    }
    let word = words.next(word!(scenario_the_reason))?;
    match &word.token {
        Token::Text(why) if !why.is_empty() => Ok(Head::AnyOrder {
            why: String::from_utf8_lossy(why).into_owned(),
        }),
        _ => Err(words.error(word.span, word!(scenario_expected_reason), help())),
    }
}

/// A span of time, in ms.
pub(super) fn time(text: &str) -> Option<u64> {
    if text == "0" {
        return Some(0);
    }
    if let Some(number) = text.strip_suffix("ms") {
        return number.parse().ok();
    }
    text.strip_suffix('s')?
        .parse::<u64>()
        .ok()?
        .checked_mul(1000)
}
