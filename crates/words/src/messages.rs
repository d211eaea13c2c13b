//! What the messages of a file of Fluent texts are called, and which arguments they take. The build script
//! reads the English files with it, too.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{
    CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement,
};

/// A message of a file.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) id: String,
    /// Their names, sorted.
    pub(crate) arguments: BTreeSet<String>,
    /// The line it begins in, from 1.
    #[cfg_attr(not(test), allow(dead_code, reason = "the build script does not ask"))]
    pub(crate) line: usize,
    /// The text as it is written, up to the end of its first line.
    #[allow(dead_code, reason = "only the build script asks")]
    pub(crate) english: String,
}

/// What cannot be read, with its line.
pub(crate) type Faults = Vec<(usize, String)>;

/// The messages of a file, in its order. A message can refer to others of its file.
pub(crate) fn of(text: &str) -> Result<Vec<Message>, Faults> {
    let resource = fluent_syntax::parser::parse_runtime(text).map_err(|(_, errors)| {
        errors
            .into_iter()
            .map(|error| (line_of(text, error.pos.start), error.kind.to_string()))
            .collect::<Faults>()
    })?;
    let mut uses: BTreeMap<&str, Uses<'_>> = BTreeMap::new();
    let mut ids = Vec::new();
    for entry in &resource.body {
        match entry {
            Entry::Message(message) => {
                ids.push(message.id.name);
                let uses = uses.entry(message.id.name).or_default();
                if let Some(pattern) = &message.value {
                    uses.pattern(pattern);
                }
            }
            Entry::Term(term) => uses.entry(term.id.name).or_default().pattern(&term.value),
            _ => {}
        }
    }
    let message = |id: &&str| {
        let start = begin_of(text, id);
        let rest = &text[start..];
        let line = rest.lines().next().unwrap_or_default();
        let mut seen = BTreeSet::new();
        let mut arguments = BTreeSet::new();
        collect(&uses, id, &mut seen, &mut arguments);
        Message {
            id: (*id).to_owned(),
            arguments,
            line: line_of(text, start),
            english: line
                .split_once('=')
                .map_or("", |(_, said)| said.trim())
                .to_owned(),
        }
    };
    Ok(ids.iter().map(message).collect())
}

/// The line of a place in a text, from 1.
pub(crate) fn line_of(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or(text);
    before.matches('\n').count() + 1
}

/// Where the message of a name begins.
fn begin_of(text: &str, id: &str) -> usize {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let after = line.strip_prefix(id);
        if after.is_some_and(|after| after.trim_start().starts_with('=')) {
            return start;
        }
        start += line.len();
    }
    0
}

/// The arguments of an entry and of all it refers to.
fn collect<'a>(
    uses: &BTreeMap<&'a str, Uses<'a>>,
    id: &str,
    seen: &mut BTreeSet<String>,
    arguments: &mut BTreeSet<String>,
) {
    if !seen.insert(id.to_owned()) {
        return;
    }
    if let Some(entry) = uses.get(id) {
        arguments.extend(entry.variables.iter().map(|name| (*name).to_owned()));
        for other in &entry.references {
            collect(uses, other, seen, arguments);
        }
    }
}

/// What an entry names.
#[derive(Default)]
struct Uses<'a> {
    variables: Vec<&'a str>,
    references: Vec<&'a str>,
}

impl<'a> Uses<'a> {
    fn pattern(&mut self, pattern: &Pattern<&'a str>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.expression(expression);
            }
        }
    }

    fn expression(&mut self, expression: &Expression<&'a str>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline),
            Expression::Select { selector, variants } => {
                self.inline(selector);
                for variant in variants {
                    self.pattern(&variant.value);
                }
            }
        }
    }

    fn inline(&mut self, inline: &InlineExpression<&'a str>) {
        match inline {
            InlineExpression::VariableReference { id } => self.variables.push(id.name),
            InlineExpression::MessageReference { id, .. } => self.references.push(id.name),
            InlineExpression::TermReference { id, arguments, .. } => {
                self.references.push(id.name);
                if let Some(arguments) = arguments {
                    self.arguments(arguments);
                }
            }
            InlineExpression::FunctionReference { arguments, .. } => self.arguments(arguments),
            InlineExpression::Placeable { expression } => self.expression(expression),
            InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
        }
    }

    fn arguments(&mut self, arguments: &CallArguments<&'a str>) {
        for argument in &arguments.positional {
            self.inline(argument);
        }
        for argument in &arguments.named {
            self.inline(&argument.value);
        }
    }
}
