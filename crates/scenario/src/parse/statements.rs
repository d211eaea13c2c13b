//! Statements: which one, and whether it may stand there.

use evscope_words::{Text, all_of, text, word};

use crate::error::ScenarioError;
use crate::lexer::{Lexeme, Span, Token};
use crate::scenario::Instruction;
use crate::spec::{ACCEPTED, CallbackSort, Flags, NONE, Need, Op, Scope, Sort};

use super::places::{Places, describe};
use super::sections::{Head, Section};
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
    pub(super) own: Vec<Own>,
}

/// A use of `self` or `accepted`.
pub(super) struct Own {
    pub(super) callback: usize,
    pub(super) what: i64,
    pub(super) sort: Sort,
    pub(super) line: u32,
    pub(super) span: Span,
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
            return Err(self.error(line.number, span, word!(scenario_after_equals), None));
        };
        let Token::Word(name) = &word.token else {
            return Err(self.error(
                line.number,
                word.span,
                word!(scenario_expected_statement),
                None,
            ));
        };
        let Some(op) = Op::named(name) else {
            let names: Vec<&str> = Op::ALL.iter().map(|op| op.spec().name).collect();
            let help = crate::error::near(name, names.iter().copied()).map_or_else(
                || text!(scenario_all_statements),
                |near| text!(scenario_meant, near),
            );
            return Err(self.error(
                line.number,
                word.span,
                text!(scenario_no_statement, name),
                Some(help),
            ));
        };
        let spec = op.spec();
        let nameless = makes.is_empty() && !op.needs_names();
        if makes.len() != spec.makes.len() && !nameless {
            let made = spec.makes.iter().map(|sort| sort.one().into());
            let made = all_of(made, |a, b| text!(scenario_and, a, b));
            let (message, help) = match spec.makes.len() {
                0 => (text!(scenario_makes_nothing, name), None),
                1 => (
                    text!(scenario_needs_name, name, made),
                    Some(Text::same(format!("NAME = {name} …"))),
                ),
                _ => (
                    text!(scenario_needs_names, name, made),
                    Some(Text::same(format!("NAME, NAME = {name} …"))),
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
            let help = text!(scenario_name_hint);
            return Err(self.error(line, span, text!(scenario_no_name, name), Some(help)));
        }
        if matches!(name, "none" | "self" | "accepted") {
            return Err(self.error(line, span, text!(scenario_own_meaning, name), None));
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
        if statement.makes.is_empty() {
            args.extend(spec.makes.iter().map(|_| NONE));
        }
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
                    let message = text!(
                        scenario_also_needs,
                        name = spec.name,
                        what = describe(param)
                    );
                    return Err(self.error(
                        line.number,
                        span,
                        message,
                        Some(Text::same(usage(statement.op))),
                    ));
                }
                _ => self.place(&mut places, param, lowering, &mut args)?,
            }
        }
        if let Some(word) = places.peek() {
            let message = text!(scenario_takes_no_more, name = spec.name);
            return Err(self.error(
                line.number,
                word.span,
                message,
                Some(Text::same(usage(statement.op))),
            ));
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
            (Scope::World, _) | (_, Head::Main) => return Ok(()),
            (Scope::Program, Head::Callback { .. }) => return Ok(()),
            (Scope::Config, _) => text!(scenario_config_only, name),
            (Scope::Main, Head::Callback { .. }) => {
                text!(scenario_main_only, name)
            }
            (Scope::Main | Scope::Program, _) => {
                text!(scenario_program_only, name)
            }
        };
        let help = match section.head {
            Head::At { .. } => Some(text!(scenario_program_only_hint)),
            _ => None,
        };
        Err(self.error(line, statement.span, message, help))
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
                    let callback = &self.callbacks[own.callback];
                    let message = if own.what == ACCEPTED {
                        text!(scenario_accepted_elsewhere, callback)
                    } else {
                        match is {
                            Some(is) => text!(
                                scenario_self_is,
                                is = is.one(),
                                callback,
                                wanted = own.sort.one()
                            ),
                            None => text!(scenario_no_self, callback),
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
                let message = word!(scenario_told_nothing);
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

/// How a statement is written.
pub fn usage(op: Op) -> String {
    let spec = op.spec();
    let mut text = match spec.makes.len() {
        0 => String::new(),
        1 if !op.needs_names() => "[NAME =] ".to_owned(),
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
