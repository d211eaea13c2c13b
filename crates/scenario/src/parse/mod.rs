//! From text to a checked scenario.

mod places;
mod sections;
mod statements;

pub use statements::usage;

use std::collections::HashMap;

use evscope_words::{Text, text};

use crate::error::ScenarioError;
use crate::lexer::{Lexeme, Span};
use crate::scenario::{At, Callback, Clause, Scenario};
use crate::spec::{CallbackSort, Op, Scope, Sort};

use sections::{Head, Section};
use statements::Lowering;

/// The most callbacks a scenario can have: the driver for libevent has so many functions.
pub const MOST_CALLBACKS: usize = 32;
/// The most names of objects.
pub const MOST_NAMES: usize = 64;

/// A line that was taken apart.
#[derive(Debug, Clone)]
struct Line {
    number: u32,
    words: Vec<Lexeme>,
}

/// What the parser knows of the whole text while it reads a part of it.
struct Whole<'a> {
    file: &'a str,
    lines: Vec<&'a str>,
    /// The objects that have names, in the order in which they come.
    names: Vec<(String, Sort)>,
    /// The callbacks, in the order in which they are written.
    callbacks: Vec<String>,
    /// Who calls each of them.
    sorts: Vec<Vec<CallbackSort>>,
}

impl Scenario {
    /// Reads and checks the text of a scenario. `file` is for messages.
    ///
    /// # Errors
    /// The first mistake in it.
    pub fn parse(file: &str, text: &str) -> Result<Self, ScenarioError> {
        let mut whole = Whole::new(file, text);
        let sections = sections::split(&whole)?;
        whole.collect_callbacks(&sections)?;
        whole.collect_names(&sections)?;
        whole.lower(text, sections)
    }
}

impl<'a> Whole<'a> {
    fn new(file: &'a str, text: &'a str) -> Self {
        Self {
            file,
            lines: text.lines().collect(),
            names: Vec::new(),
            callbacks: Vec::new(),
            sorts: Vec::new(),
        }
    }

    fn error(
        &self,
        line: u32,
        span: Span,
        message: impl Into<Text>,
        help: Option<Text>,
    ) -> ScenarioError {
        ScenarioError {
            file: self.file.to_owned(),
            line,
            column: span.column,
            width: span.width,
            text: self.lines.get(line as usize - 1).unwrap_or(&"").to_string(),
            message: message.into(),
            help: help.map(Box::new),
        }
    }

    fn collect_callbacks(&mut self, sections: &[Section]) -> Result<(), ScenarioError> {
        for section in sections {
            let Head::Callback { name, span, .. } = &section.head else {
                continue;
            };
            if self.callbacks.contains(name) {
                continue;
            }
            if self.callbacks.len() == MOST_CALLBACKS {
                let message = text!(scenario_most_callbacks, most = MOST_CALLBACKS);
                return Err(self.error(section.line, *span, message, None));
            }
            self.callbacks.push(name.clone());
            self.sorts.push(Vec::new());
        }
        Ok(())
    }

    /// The names to the left of `=`.
    fn collect_names(&mut self, sections: &[Section]) -> Result<(), ScenarioError> {
        for line in sections.iter().flat_map(|section| &section.body) {
            let statement = self.statement(line)?;
            for ((name, span), sort) in statement.makes.iter().zip(statement.op.spec().makes) {
                match self.names.iter().find(|(known, _)| known == name) {
                    None if self.names.len() == MOST_NAMES => {
                        let message = text!(scenario_most_names, most = MOST_NAMES);
                        return Err(self.error(line.number, *span, message, None));
                    }
                    None => self.names.push((name.clone(), *sort)),
                    Some((_, known)) if known == sort => {}
                    Some((_, known)) => {
                        let message = text!(
                            scenario_two_sorts,
                            name,
                            sort = sort.one(),
                            known = known.one()
                        );
                        let help = text!(scenario_two_sorts_hint);
                        return Err(self.error(line.number, *span, message, Some(help)));
                    }
                }
            }
        }
        Ok(())
    }

    fn lower(mut self, text: &str, sections: Vec<Section>) -> Result<Scenario, ScenarioError> {
        let mut scenario = Scenario {
            name: stem(self.file),
            text: text.to_owned(),
            config: Vec::new(),
            main: Vec::new(),
            callbacks: Vec::new(),
            at: Vec::new(),
            names: Vec::new(),
            any_order: None,
            tcp: false,
        };
        let mut bodies = Vec::new();
        let mut lowering = Lowering::default();
        for section in &sections {
            let mut body = Vec::new();
            for line in &section.body {
                body.push(self.lower_statement(section, line, &mut lowering)?);
            }
            bodies.push(body);
        }
        self.check_own(&lowering)?;
        let mut clauses: HashMap<String, Vec<Clause>> = HashMap::new();
        for (section, body) in sections.into_iter().zip(bodies) {
            let lines = section.lines();
            match section.head {
                Head::Main => {
                    let begins = body
                        .iter()
                        .take_while(|i| i.op.spec().place == Scope::Config)
                        .count();
                    if let Some(late) = body[begins..]
                        .iter()
                        .find(|i| i.op.spec().place == Scope::Config)
                    {
                        let line = section.body.iter().find(|line| line.number == late.line);
                        let span = line.map_or(
                            Span {
                                column: 1,
                                width: 1,
                            },
                            |line| line.words[0].span,
                        );
                        let message = text!(scenario_too_late, name = late.op.spec().name);
                        let help = text!(scenario_too_late_hint);
                        return Err(self.error(late.line, span, message, Some(help)));
                    }
                    let mut config = body;
                    scenario.main = config.split_off(begins);
                    scenario.config = config;
                }
                Head::Callback {
                    name, call, when, ..
                } => {
                    let number = self
                        .callbacks
                        .iter()
                        .position(|known| *known == name)
                        .unwrap_or(0);
                    let when = self.when(section.line, &when, number)?;
                    clauses.entry(name).or_default().push(Clause {
                        call,
                        when,
                        body,
                        lines,
                    });
                }
                Head::At { time } => scenario.at.push(At { time, body }),
                Head::AnyOrder { why } => scenario.any_order = Some(why),
            }
        }
        scenario.at.sort_by_key(|at| at.time);
        scenario.callbacks = self
            .callbacks
            .iter()
            .zip(&self.sorts)
            .map(|(name, sorts)| Callback {
                name: name.clone(),
                sorts: sorts.clone(),
                clauses: clauses.remove(name).unwrap_or_default(),
            })
            .collect();
        scenario.names = self.names;
        let tcp = scenario.everything().any(|i| match i.op {
            Op::PeerNew => i.args[1] == 1,
            Op::ServerNew => i.args[1] % 2 == 1,
            _ => false,
        });
        scenario.tcp = tcp;
        Ok(scenario)
    }
}

impl Scenario {
    /// Whether a statement is in it.
    pub fn uses(&self, op: Op) -> bool {
        self.everything().any(|instruction| instruction.op == op)
    }

    /// All instructions.
    pub(crate) fn everything(&self) -> impl Iterator<Item = &crate::Instruction> {
        let clauses = self.callbacks.iter().flat_map(|callback| &callback.clauses);
        let bodies = [&self.config, &self.main].into_iter();
        bodies
            .chain(clauses.map(|clause| &clause.body))
            .chain(self.at.iter().map(|at| &at.body))
            .flatten()
    }
}

/// The file's name without folder and ending.
fn stem(file: &str) -> String {
    let stem = std::path::Path::new(file).file_stem().unwrap_or_default();
    let stem = stem.to_string_lossy().replace(char::is_whitespace, "-");
    if stem.is_empty() {
        "scenario".to_owned()
    } else {
        stem
    }
}
