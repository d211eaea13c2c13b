//! What stands in the places of a statement: objects, flags, numbers, times, callbacks.

use evscope_words::{Text, text, word};

use crate::error::{ScenarioError, choice};
use crate::lexer::{Lexeme, Span, Token};
use crate::scenario::Instruction;
use crate::spec::{
    ACCEPTED, COMMON, CallbackSort, Flags, NONE, Need, PLACE, Param, ParamKind, SELF, Sort,
};

use super::Whole;
use super::sections::time;
use super::statements::{Lowering, Own};

/// The places of a statement, which are read one after the other.
pub(super) struct Places<'a> {
    pub(super) line: u32,
    pub(super) words: &'a [Lexeme],
    pub(super) at: usize,
    /// Where the last word stands.
    pub(super) end: Span,
    pub(super) name: &'static str,
    /// The callback it stands in.
    pub(super) callback: Option<usize>,
    pub(super) data: Vec<u8>,
}

impl<'a> Places<'a> {
    pub(super) fn peek(&self) -> Option<&'a Lexeme> {
        self.words.get(self.at)
    }

    pub(super) fn next(&mut self) -> Option<&'a Lexeme> {
        let word = self.peek();
        self.at += 1;
        word
    }
}

impl Whole<'_> {
    /// Takes the `name=value` from behind the other places.
    pub(super) fn keys(
        &self,
        places: &mut Places<'_>,
        params: &[Param],
    ) -> Result<Vec<(&'static str, Lexeme)>, ScenarioError> {
        let words = places.words;
        let mut keys: Vec<(&'static str, Lexeme)> = Vec::new();
        let Some(first) = words.iter().position(|word| word.token == Token::Sign('=')) else {
            return Ok(keys);
        };
        let mut at = first.saturating_sub(1);
        places.words = &words[..at];
        let names = params
            .iter()
            .filter(|param| matches!(param.need, Need::Key(_)))
            .map(|param| param.name);
        while at < words.len() {
            let word = &words[at];
            let Token::Word(name) = &word.token else {
                return Err(self.error(places.line, word.span, word!(scenario_expected_key), None));
            };
            let Some(known) = names.clone().find(|known| known == name) else {
                let message = text!(scenario_no_key, statement = places.name, name);
                let help = choice(name, names.clone().collect::<Vec<_>>());
                return Err(self.error(places.line, word.span, message, Some(help)));
            };
            let (sign, value) = (words.get(at + 1), words.get(at + 2));
            let (
                Some(Lexeme {
                    token: Token::Sign('='),
                    ..
                }),
                Some(value),
            ) = (sign, value)
            else {
                let message = text!(scenario_no_value, name);
                return Err(self.error(places.line, word.span, message, None));
            };
            if keys.iter().any(|(key, _)| *key == known) {
                return Err(self.error(
                    places.line,
                    word.span,
                    text!(scenario_key_twice, name),
                    None,
                ));
            }
            keys.push((known, value.clone()));
            at += 3;
        }
        Ok(keys)
    }

    /// What stands in one place.
    pub(super) fn place(
        &mut self,
        places: &mut Places<'_>,
        param: &Param,
        lowering: &mut Lowering,
        args: &mut Vec<i64>,
    ) -> Result<(), ScenarioError> {
        let Some(word) = places.next() else {
            return Ok(());
        };
        let line = places.line;
        let wrong = |whole: &Self| {
            whole.error(
                line,
                word.span,
                text!(scenario_expected, what = describe(param)),
                None,
            )
        };
        if let ParamKind::Bytes | ParamKind::Text = param.kind {
            let Token::Text(data) = &word.token else {
                return Err(self.error(
                    line,
                    word.span,
                    text!(scenario_expected, what = describe(param)),
                    None,
                ));
            };
            let is_text = std::str::from_utf8(data).is_ok() && !data.contains(&0);
            if matches!(param.kind, ParamKind::Text) && !is_text {
                let message = word!(scenario_no_text);
                return Err(self.error(line, word.span, message, None));
            }
            places.data.clone_from(data);
            args.push(self.repeats(places)?);
            return Ok(());
        }
        let Token::Word(text) = &word.token else {
            return Err(wrong(self));
        };
        match param.kind {
            ParamKind::Object(sort) => {
                args.push(self.object(places, text, word.span, sort, lowering)?);
            }
            ParamKind::Buffer => {
                let (whose, which) = match text.rsplit_once('.') {
                    None => (
                        self.object(places, text, word.span, Sort::Buffer, lowering)?,
                        Instruction::OWN,
                    ),
                    Some((name, part @ ("input" | "output"))) => {
                        let span = Span {
                            width: name.chars().count() as u32,
                            ..word.span
                        };
                        let which = if part == "input" {
                            Instruction::INPUT
                        } else {
                            Instruction::OUTPUT
                        };
                        (
                            self.object(places, name, span, Sort::Bufferevent, lowering)?,
                            which,
                        )
                    }
                    Some((name, part)) => {
                        let message = text!(scenario_no_evbuffer, part);
                        let help = text!(scenario_evbuffer_hint, name);
                        return Err(self.error(line, word.span, message, Some(help)));
                    }
                };
                args.extend([whose, which]);
            }
            ParamKind::Flags(flags) => args.push(self.flags(places, text, word.span, flags)?),
            ParamKind::Number => match text.parse::<i64>() {
                Ok(number) if (0..=1 << 30).contains(&number) => args.push(number),
                Ok(_) => return Err(wrong(self)),
                Err(_) => match self.of_sort(text, Sort::Place) {
                    Some(at) => args.push(PLACE - at),
                    None => return Err(wrong(self)),
                },
            },
            ParamKind::Signed => match text.parse::<i64>() {
                Ok(number) if (-1 << 30..=1 << 30).contains(&number) => args.push(number),
                _ => return Err(wrong(self)),
            },
            ParamKind::Time | ParamKind::Timeout if text == "none" => args.push(NONE),
            ParamKind::Time | ParamKind::Timeout => match (time(text), param.kind) {
                (Some(time), _) if time <= 1 << 40 => args.push(time as i64),
                (None, ParamKind::Timeout) => match self.of_sort(text, Sort::CommonTimeout) {
                    Some(at) => args.push(COMMON - at),
                    None => return Err(wrong(self)),
                },
                _ => return Err(wrong(self)),
            },
            ParamKind::Callback(_) if text == "none" => args.push(NONE),
            ParamKind::Callback(sort) => args.push(self.callback(line, text, word.span, sort)?),
            ParamKind::Word(words) => match words.iter().position(|known| known == text) {
                Some(at) => args.push(at as i64),
                None => {
                    let message = text!(scenario_no_word, text, name = param.name);
                    return Err(self.error(
                        line,
                        word.span,
                        message,
                        Some(choice(text, words.iter().copied())),
                    ));
                }
            },
            ParamKind::Bytes | ParamKind::Text => {}
        }
        Ok(())
    }

    /// The number of a name, if it is one of this sort.
    fn of_sort(&self, name: &str, sort: Sort) -> Option<i64> {
        let known = |(known, of): &(String, Sort)| known == name && *of == sort;
        self.names.iter().position(known).map(|at| at as i64)
    }

    /// `*N` after a text.
    fn repeats(&self, places: &mut Places<'_>) -> Result<i64, ScenarioError> {
        let Some(Lexeme {
            token: Token::Sign('*'),
            span,
        }) = places.peek()
        else {
            return Ok(1);
        };
        places.at += 1;
        match places.next() {
            Some(Lexeme {
                token: Token::Word(text),
                ..
            }) if text.parse::<u32>().is_ok_and(|n| n <= 1 << 24) => Ok(text.parse().unwrap_or(1)),
            word => {
                let span = word.map_or(*span, |word| word.span);
                Err(self.error(places.line, span, word!(scenario_repeats), None))
            }
        }
    }

    fn object(
        &self,
        places: &Places<'_>,
        name: &str,
        span: Span,
        sort: Sort,
        lowering: &mut Lowering,
    ) -> Result<i64, ScenarioError> {
        let line = places.line;
        let (what, own_sort) = match name {
            "none" if sort == Sort::Peer => return Ok(NONE),
            "self" => (SELF, sort),
            "accepted" if sort == Sort::Peer => (ACCEPTED, Sort::Listener),
            _ => {
                let known = self.names.iter().position(|(known, _)| known == name);
                return match known.map(|at| (at, self.names[at].1)) {
                    Some((at, known)) if known == sort => Ok(at as i64),
                    Some((_, known)) => {
                        let message = text!(
                            scenario_wrong_sort,
                            name,
                            is = known.one(),
                            wanted = sort.one()
                        );
                        Err(self.error(line, span, message, None))
                    }
                    None => {
                        let names = self.names.iter().filter(|(_, known)| *known == sort);
                        let names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
                        let message = text!(scenario_no_object, sort = sort.name(), name);
                        Err(self.error(line, span, message, Some(choice(name, names))))
                    }
                };
            }
        };
        let Some(callback) = places.callback else {
            let message = text!(scenario_only_in_callback, name);
            return Err(self.error(line, span, message, None));
        };
        lowering.own.push(Own {
            callback,
            what,
            sort: own_sort,
            line,
            span,
        });
        Ok(what)
    }

    fn flags(
        &self,
        places: &mut Places<'_>,
        first: &str,
        span: Span,
        flags: Flags,
    ) -> Result<i64, ScenarioError> {
        let mut set = self.flag(places.line, first, span, flags)?;
        while let Some(Lexeme {
            token: Token::Sign('|'),
            span,
        }) = places.peek()
        {
            places.at += 1;
            match places.next() {
                Some(Lexeme {
                    token: Token::Word(name),
                    span,
                }) => set |= self.flag(places.line, name, *span, flags)?,
                _ => {
                    return Err(self.error(places.line, *span, word!(scenario_flag_missing), None));
                }
            }
        }
        Ok(set as i64)
    }

    pub(super) fn flag(
        &self,
        line: u32,
        name: &str,
        span: Span,
        flags: Flags,
    ) -> Result<u64, ScenarioError> {
        if name == "0" {
            return Ok(0);
        }
        flags
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, bit)| *bit)
            .ok_or_else(|| {
                let help = choice(
                    name,
                    flags.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
                );
                self.error(line, span, text!(scenario_no_flag, name), Some(help))
            })
    }

    fn callback(
        &mut self,
        line: u32,
        name: &str,
        span: Span,
        sort: CallbackSort,
    ) -> Result<i64, ScenarioError> {
        let Some(at) = self.callbacks.iter().position(|known| known == name) else {
            let help = choice(name, self.callbacks.iter().map(String::as_str));
            return Err(self.error(line, span, text!(scenario_no_callback, name), Some(help)));
        };
        if !self.sorts[at].contains(&sort) {
            self.sorts[at].push(sort);
        }
        Ok(at as i64)
    }
}

/// A place in words.
pub(super) fn describe(param: &Param) -> Text {
    match param.kind {
        ParamKind::Object(sort) => text!(scenario_place_object, sort = sort.one()),
        ParamKind::Buffer => text!(scenario_place_evbuffer),
        ParamKind::Flags(_) => text!(scenario_place_flags, name = param.name),
        ParamKind::Number | ParamKind::Signed => text!(scenario_place_number, name = param.name),
        ParamKind::Time => text!(scenario_place_time, name = param.name),
        ParamKind::Timeout => text!(scenario_place_timeout, name = param.name),
        ParamKind::Bytes | ParamKind::Text => text!(scenario_place_text),
        ParamKind::Callback(_) => text!(scenario_place_callback),
        ParamKind::Word(words) => text!(scenario_place_word, words = words.join(", ")),
    }
}
