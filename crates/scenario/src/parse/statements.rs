//! Statements: which one, and what stands in its places.

use crate::error::{ScenarioError, choice};
use crate::lexer::{Lexeme, Span, Token};
use crate::scenario::Instruction;
use crate::spec::{ACCEPTED, CallbackSort, Flags, Kind, NONE, Need, Op, Param, Place, SELF, Sort};

use super::sections::{Head, Section, time};
use super::{Line, Whole};

/// A statement, taken apart but not looked into.
pub(super) struct Statement<'a> {
    pub(super) op: Op,
    /// The names to the left of `=`.
    pub(super) makes: Vec<(String, Span)>,
    /// Where its name stands.
    span: Span,
    places: &'a [Lexeme],
}

/// What can be checked only when all was read: where `self` and `accepted` stand, and who must call there.
#[derive(Default)]
pub(super) struct Lowering {
    own: Vec<Own>,
}

struct Own {
    callback: usize,
    what: i64,
    sort: Sort,
    line: u32,
    span: Span,
}

impl Whole<'_> {
    pub(super) fn statement<'l>(&self, line: &'l Line) -> Result<Statement<'l>, ScenarioError> {
        let words = &line.words;
        let equals = words.iter().position(|word| word.token == Token::Sign('='));
        // `=` also stands in `name=value`, but never before the statement's own name.
        let made = equals.filter(|at| {
            words[..*at]
                .iter()
                .enumerate()
                .all(|(i, word)| match &word.token {
                    Token::Word(_) => i % 2 == 0,
                    token => i % 2 == 1 && *token == Token::Sign(','),
                })
        });
        let mut makes = Vec::new();
        if let Some(at) = made {
            for word in &words[..at] {
                if let Token::Word(name) = &word.token {
                    self.check_name(line.number, name, word.span)?;
                    makes.push((name.clone(), word.span));
                }
            }
        }
        let first = made.map_or(0, |at| at + 1);
        let last = words.last().map_or(
            Span {
                column: 1,
                width: 1,
            },
            |word| word.span,
        );
        let Some(word) = words.get(first) else {
            let span = Span {
                column: last.column + last.width,
                width: 1,
            };
            return Err(self.error(line.number, span, "a statement is missing after `=`", None));
        };
        let Token::Word(name) = &word.token else {
            return Err(self.error(line.number, word.span, "a statement was expected", None));
        };
        let Some(op) = Op::named(name) else {
            let names: Vec<&str> = Op::ALL.iter().map(|op| op.spec().name).collect();
            let help = crate::error::near(name, names.iter().copied()).map_or_else(
                || "docs/scenarios.md lists them all".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(self.error(
                line.number,
                word.span,
                format!("there is no statement `{name}`"),
                Some(help),
            ));
        };
        let spec = op.spec();
        if makes.len() != spec.makes.len() {
            let made = spec
                .makes
                .iter()
                .map(|sort| sort.one())
                .collect::<Vec<_>>()
                .join(" and ");
            let (message, help) = match spec.makes.len() {
                0 => (
                    format!("`{name}` makes nothing that could have a name"),
                    None,
                ),
                1 => (
                    format!("`{name}` makes {made}, which needs a name"),
                    Some(format!("NAME = {name} …")),
                ),
                _ => (
                    format!("`{name}` makes {made}, which need names"),
                    Some(format!("NAME, NAME = {name} …")),
                ),
            };
            return Err(self.error(line.number, word.span, message, help));
        }
        Ok(Statement {
            op,
            makes,
            span: word.span,
            places: &words[first + 1..],
        })
    }

    fn check_name(&self, line: u32, name: &str, span: Span) -> Result<(), ScenarioError> {
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !plain || name.starts_with(|c: char| c.is_ascii_digit()) {
            let help = "a name is letters, digits and `_`".to_owned();
            return Err(self.error(line, span, format!("`{name}` cannot be a name"), Some(help)));
        }
        if matches!(name, "none" | "self" | "accepted") {
            return Err(self.error(
                line,
                span,
                format!("`{name}` has a meaning of its own"),
                None,
            ));
        }
        Ok(())
    }

    pub(super) fn lower_statement(
        &mut self,
        section: &Section,
        line: &Line,
        lowering: &mut Lowering,
    ) -> Result<Instruction, ScenarioError> {
        let statement = self.statement(line)?;
        let spec = statement.op.spec();
        self.check_place(section, line.number, &statement)?;
        let callback = match &section.head {
            Head::Callback { name, .. } => self.callbacks.iter().position(|known| known == name),
            _ => None,
        };
        let mut args = Vec::new();
        for (name, _) in &statement.makes {
            args.push(
                self.names
                    .iter()
                    .position(|(known, _)| known == name)
                    .unwrap_or(0) as i64,
            );
        }
        let mut places = Places {
            line: line.number,
            words: statement.places,
            at: 0,
            end: statement
                .places
                .last()
                .map_or(statement.span, |word| word.span),
            name: spec.name,
            callback,
            data: Vec::new(),
        };
        let mut keys = self.keys(&mut places, spec.params)?;
        for param in spec.params {
            if let Need::Key(default) = param.need {
                match keys.iter().position(|(key, ..)| *key == param.name) {
                    None => args.push(default),
                    Some(at) => {
                        let (_, word) = keys.swap_remove(at);
                        let mut place = Places {
                            words: std::slice::from_ref(&word),
                            at: 0,
                            data: Vec::new(),
                            ..places
                        };
                        self.place(&mut place, param, lowering, &mut args)?;
                    }
                }
                continue;
            }
            match (places.peek(), param.need) {
                (None, Need::Or(default)) => args.push(default),
                (None, _) => {
                    let span = Span {
                        column: places.end.column + places.end.width,
                        width: 1,
                    };
                    let message = format!("`{}` also needs {}", spec.name, describe(param));
                    return Err(self.error(line.number, span, message, Some(usage(statement.op))));
                }
                _ => self.place(&mut places, param, lowering, &mut args)?,
            }
        }
        if let Some(word) = places.peek() {
            let message = format!("`{}` takes nothing more", spec.name);
            return Err(self.error(line.number, word.span, message, Some(usage(statement.op))));
        }
        Ok(Instruction {
            op: statement.op,
            args,
            data: places.data,
            line: line.number,
        })
    }

    fn check_place(
        &self,
        section: &Section,
        line: u32,
        statement: &Statement<'_>,
    ) -> Result<(), ScenarioError> {
        let name = statement.op.spec().name;
        let message = match (statement.op.spec().place, &section.head) {
            (Place::World, _) | (_, Head::Main) => return Ok(()),
            (Place::Program, Head::Callback { .. }) => return Ok(()),
            (Place::Config, _) => format!("`{name}` stands at the beginning of `main` only"),
            (Place::Main, Head::Callback { .. }) => {
                format!("`{name}` stands in `main` only: the loop does not run within itself")
            }
            (Place::Main | Place::Program, _) => {
                format!(
                    "`{name}` is something the program does; at a time only others do something"
                )
            }
        };
        let help = match section.head {
            Head::At { .. } => Some(
                "a timer of the program's does something at a time: evtimer_new, event_add"
                    .to_owned(),
            ),
            _ => None,
        };
        Err(self.error(line, statement.span, message, help))
    }

    /// Takes the `name=value` from behind the other places.
    fn keys(
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
                return Err(self.error(places.line, word.span, "`name=value` was expected", None));
            };
            let Some(known) = names.clone().find(|known| known == name) else {
                let message = format!("`{}` has no `{name}`", places.name);
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
                let message = format!("a value for `{name}` was expected: `{name}=…`");
                return Err(self.error(places.line, word.span, message, None));
            };
            if keys.iter().any(|(key, _)| *key == known) {
                return Err(self.error(
                    places.line,
                    word.span,
                    format!("`{name}` is here twice"),
                    None,
                ));
            }
            keys.push((known, value.clone()));
            at += 3;
        }
        Ok(keys)
    }

    /// What stands in one place.
    fn place(
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
                format!("{} was expected here", describe(param)),
                None,
            )
        };
        if let Kind::Bytes = param.kind {
            let Token::Text(data) = &word.token else {
                return Err(self.error(
                    line,
                    word.span,
                    "a text in quotes was expected here",
                    None,
                ));
            };
            places.data.clone_from(data);
            args.push(self.repeats(places)?);
            return Ok(());
        }
        let Token::Word(text) = &word.token else {
            return Err(wrong(self));
        };
        match param.kind {
            Kind::Object(sort) => args.push(self.object(places, text, word.span, sort, lowering)?),
            Kind::Buffer => {
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
                        let message = format!("a bufferevent has no evbuffer `{part}`");
                        let help = format!("`{name}.input` or `{name}.output`");
                        return Err(self.error(line, word.span, message, Some(help)));
                    }
                };
                args.extend([whose, which]);
            }
            Kind::Flags(flags) => args.push(self.flags(places, text, word.span, flags)?),
            Kind::Number => match text.parse::<i64>() {
                Ok(number) if (0..=1 << 30).contains(&number) => args.push(number),
                _ => return Err(wrong(self)),
            },
            Kind::Time if text == "none" => args.push(NONE),
            Kind::Time => match time(text) {
                Some(time) if time <= 1 << 40 => args.push(time as i64),
                _ => return Err(wrong(self)),
            },
            Kind::Callback(_) if text == "none" => args.push(NONE),
            Kind::Callback(sort) => args.push(self.callback(line, text, word.span, sort)?),
            Kind::Word(words) => match words.iter().position(|known| known == text) {
                Some(at) => args.push(at as i64),
                None => {
                    let message = format!("`{text}` is no {}", param.name);
                    return Err(self.error(
                        line,
                        word.span,
                        message,
                        Some(choice(text, words.iter().copied())),
                    ));
                }
            },
            Kind::Bytes => {}
        }
        Ok(())
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
                Err(self.error(
                    places.line,
                    span,
                    "how often the text is repeated was expected",
                    None,
                ))
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
                        let message = format!(
                            "`{name}` is {}, {} was expected here",
                            known.one(),
                            sort.one()
                        );
                        Err(self.error(line, span, message, None))
                    }
                    None => {
                        let names = self.names.iter().filter(|(_, known)| *known == sort);
                        let names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
                        let message = format!("there is no {} `{name}`", sort.name());
                        Err(self.error(line, span, message, Some(choice(name, names))))
                    }
                };
            }
        };
        let Some(callback) = places.callback else {
            let message = format!("`{name}` has a meaning only in a callback");
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
                    return Err(self.error(
                        places.line,
                        *span,
                        "a flag is missing after `|`",
                        None,
                    ));
                }
            }
        }
        Ok(set as i64)
    }

    fn flag(&self, line: u32, name: &str, span: Span, flags: Flags) -> Result<u64, ScenarioError> {
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
                self.error(
                    line,
                    span,
                    format!("`{name}` is none of the flags here"),
                    Some(help),
                )
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
            return Err(self.error(
                line,
                span,
                format!("there is no callback `{name}`"),
                Some(help),
            ));
        };
        if !self.sorts[at].contains(&sort) {
            self.sorts[at].push(sort);
        }
        Ok(at as i64)
    }

    /// Now that it is known who calls each callback: whether `self` is there what it is used as.
    pub(super) fn check_own(&self, lowering: &Lowering) -> Result<(), ScenarioError> {
        for own in &lowering.own {
            for sort in &self.sorts[own.callback] {
                let is = if own.what == ACCEPTED {
                    (*sort == CallbackSort::Accept).then_some(Sort::Listener)
                } else {
                    sort.own()
                };
                if is != Some(own.sort) {
                    let name = &self.callbacks[own.callback];
                    let message = if own.what == ACCEPTED {
                        format!(
                            "`accepted` has a meaning only in a listener's callback; `{name}` is another one, too"
                        )
                    } else {
                        match is {
                            Some(is) => format!(
                                "`self` is {} in `{name}`, {} was expected here",
                                is.one(),
                                own.sort.one()
                            ),
                            None => format!("in `{name}` there is no `self`"),
                        }
                    };
                    return Err(self.error(own.line, own.span, message, None));
                }
            }
        }
        Ok(())
    }

    /// The flags after `when`, which depend on who calls.
    pub(super) fn when(
        &self,
        line: u32,
        names: &[(String, Span)],
        callback: usize,
    ) -> Result<u64, ScenarioError> {
        let sorts = &self.sorts[callback];
        let flags: Flags = if sorts.contains(&CallbackSort::Happening) {
            evscope_trace::BevEvents::NAMES
        } else {
            evscope_trace::EvFlags::NAMES
        };
        let told = |sort: &CallbackSort| {
            matches!(
                sort,
                CallbackSort::Happening | CallbackSort::Event | CallbackSort::Once
            )
        };
        let mut set = 0;
        for (name, span) in names {
            if !sorts.is_empty() && !sorts.iter().all(told) {
                let message = "this callback is told nothing that could be asked for";
                return Err(self.error(line, *span, message, None));
            }
            // Nobody calls it, so nobody says what it would be told.
            let of_bev = evscope_trace::BevEvents::NAMES;
            let flags = if sorts.is_empty() && of_bev.iter().any(|(known, _)| known == name) {
                of_bev
            } else {
                flags
            };
            set |= self.flag(line, name, *span, flags)?;
        }
        Ok(set)
    }
}

/// The places of a statement, which are read one after the other.
struct Places<'a> {
    line: u32,
    words: &'a [Lexeme],
    at: usize,
    /// Where the last word stands.
    end: Span,
    name: &'static str,
    /// The callback it stands in.
    callback: Option<usize>,
    data: Vec<u8>,
}

impl<'a> Places<'a> {
    fn peek(&self) -> Option<&'a Lexeme> {
        self.words.get(self.at)
    }

    fn next(&mut self) -> Option<&'a Lexeme> {
        let word = self.peek();
        self.at += 1;
        word
    }
}

/// A place in words.
fn describe(param: &Param) -> String {
    match param.kind {
        Kind::Object(sort) => format!("{}'s name", sort.one()),
        Kind::Buffer => "an evbuffer (`NAME`, `NAME.input` or `NAME.output`)".to_owned(),
        Kind::Flags(_) => format!("{} (names joined by `|`)", param.name),
        Kind::Number => format!("a number ({})", param.name),
        Kind::Time => format!("a time ({}) like `10ms`, or `none`", param.name),
        Kind::Bytes => "a text in quotes".to_owned(),
        Kind::Callback(_) => "a callback's name, or `none`".to_owned(),
        Kind::Word(words) => format!("one of {}", words.join(", ")),
    }
}

/// How a statement is written.
pub fn usage(op: Op) -> String {
    let spec = op.spec();
    let mut text = match spec.makes.len() {
        0 => String::new(),
        1 => "NAME = ".to_owned(),
        _ => "NAME, NAME = ".to_owned(),
    };
    text.push_str(spec.name);
    for param in spec.params {
        let name = param.name.to_uppercase();
        match param.need {
            Need::Required => text.push_str(&format!(" {name}")),
            Need::Or(_) => text.push_str(&format!(" [{name}]")),
            Need::Key(_) => text.push_str(&format!(" [{}={name}]", param.name)),
        }
    }
    text
}
