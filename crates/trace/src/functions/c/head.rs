//! What stands before a brace, and what the brace opens therefore.

use crate::functions::Function;
use crate::lexer::{Piece, Token};

/// What a brace opens.
#[derive(Debug)]
pub(super) enum Opens {
    /// A function; where it ends is not known yet.
    Function(Function),
    /// Something in which functions may be defined.
    Scope,
    Other,
}

/// A part of a head, with what it begins and ends with.
#[derive(Debug, Clone)]
struct Part {
    what: What,
    line: u32,
    last: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    Word(String),
    Sign(u8),
    Literal,
    Group(Inside),
    /// A block of braces that is a part of the head: `x{1}` among the initializers of a constructor.
    Block,
}

/// What is in parentheses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Inside {
    /// Its words, if it is words alone, with commas and stars between.
    words: Vec<String>,
    /// Something else is in it.
    mixed: bool,
    /// In `(*f(int))` the word before the first parentheses within.
    called: Option<String>,
}

/// The words before parentheses that are no function's parameters.
const NOT_NAMES: [&str; 25] = [
    "__attribute__",
    "__attribute",
    "__asm__",
    "__asm",
    "asm",
    "__declspec",
    "_Alignas",
    "alignas",
    "noexcept",
    "throw",
    "decltype",
    "typeof",
    "__typeof__",
    "__typeof",
    "requires",
    "explicit",
    "if",
    "while",
    "for",
    "switch",
    "return",
    "sizeof",
    "catch",
    "do",
    "else",
];

/// The words that may come between the parameters and the body.
const TRAILERS: [&str; 8] = [
    "const", "volatile", "noexcept", "override", "final", "mutable", "try", "requires",
];

/// So long is no head, but a table of macros without an end.
const LONGEST: usize = 512;

/// The head that is being read, and what came before it that may belong to it.
#[derive(Debug, Clone, Default)]
pub(super) struct Heads {
    parts: Vec<Part>,
    /// How many parentheses and brackets are open, and what the outermost ones hold.
    nested: usize,
    inside: Inside,
    /// A head whose parameters are declared after it, in the old way, before the body.
    old: Vec<Part>,
}

impl Heads {
    /// Takes what comes outside of all blocks.
    pub(super) fn take(&mut self, token: Token<'_>) {
        if self.parts.len() > LONGEST {
            self.end();
        }
        if self.nested > 0 {
            return self.take_nested(token);
        }
        match token.piece {
            Piece::Sign(b';') => self.end_statement(),
            Piece::Sign(b'(') => {
                self.nested = 1;
                self.inside = Inside::default();
                self.push(What::Group(Inside::default()), token.line);
            }
            Piece::Sign(b'[') => {
                if is_after_operator(&self.parts) {
                    self.push(What::Sign(b'['), token.line);
                    self.push(What::Sign(b']'), token.line);
                }
                self.nested = 1;
            }
            Piece::Sign(b')' | b']') => {}
            Piece::Sign(b':') if self.is_access() => self.parts.clear(),
            Piece::Sign(sign) => self.push(What::Sign(sign), token.line),
            Piece::Word(word) => self.push(What::Word(word.to_owned()), token.line),
            Piece::Literal => self.push(What::Literal, token.line),
            Piece::Directive(..) | Piece::Comment => {}
        }
    }

    fn take_nested(&mut self, token: Token<'_>) {
        let inside = &mut self.inside;
        match token.piece {
            // Something was not closed.
            Piece::Sign(b';') => return self.end(),
            Piece::Sign(b'(' | b'[') => {
                if self.nested == 1 && !inside.mixed {
                    inside.called = inside.words.last().cloned();
                }
                self.nested += 1;
            }
            Piece::Sign(b')' | b']') => {
                self.nested -= 1;
                if self.nested == 0
                    && token.piece == Piece::Sign(b')')
                    && let Some(part) = self.parts.last_mut()
                {
                    part.last = token.line;
                    part.what = What::Group(std::mem::take(inside));
                }
                return;
            }
            Piece::Word(word) if !inside.mixed && inside.words.len() < LONGEST => {
                return inside.words.push(word.to_owned());
            }
            Piece::Sign(b',' | b'*') => return,
            _ => {}
        }
        inside.mixed = true;
    }

    fn push(&mut self, what: What, line: u32) {
        self.parts.push(Part {
            what,
            line,
            last: line,
        });
    }

    /// `public:` and the like in a class.
    fn is_access(&self) -> bool {
        let is_one = |word: &str| matches!(word, "public" | "private" | "protected" | "signals");
        self.parts.first().and_then(word).is_some_and(is_one)
    }

    /// A head ends for good.
    pub(super) fn end(&mut self) {
        *self = Self::default();
    }

    /// A block has ended that is no function's: that of a structure, of an initializer.
    pub(super) fn after_block(&mut self, token: Token<'_>) {
        self.push(What::Block, token.line);
    }

    /// At a semicolon: a declaration, or the parameters of a function in the old way.
    fn end_statement(&mut self) {
        let parts = std::mem::take(&mut self.parts);
        if let Some(at) = parts.iter().position(is_words) {
            let named = at > 0 && name_before(&parts, at).is_some();
            let declared =
                matches!(parts.get(at + 1), Some(part) if matches!(part.what, What::Word(_)));
            if named && declared {
                self.old = parts[..=at].to_vec();
                return;
            }
        }
        let is_declaration = parts
            .first()
            .is_some_and(|part| matches!(part.what, What::Word(_)))
            && !parts.iter().any(|part| part.what == What::Sign(b'='));
        if !is_declaration {
            self.old.clear();
        }
    }

    /// What the brace opens that comes now.
    pub(super) fn opens(&mut self, brace: Token<'_>) -> Opens {
        if self.nested > 0 {
            // A block within parentheses, as GNU C has them: it belongs to what stands around it.
            return Opens::Other;
        }
        if self.parts.is_empty() && !self.old.is_empty() {
            self.parts = std::mem::take(&mut self.old);
        }
        let opens = opens(&self.parts, brace.line);
        if !matches!(opens, Opens::Other) {
            self.end();
        }
        opens
    }
}

fn is_words(part: &Part) -> bool {
    matches!(&part.what, What::Group(inside) if !inside.mixed && !inside.words.is_empty())
}

fn word(part: &Part) -> Option<&str> {
    match &part.what {
        What::Word(word) => Some(word),
        _ => None,
    }
}

fn is(part: Option<&Part>, sign: u8) -> bool {
    part.is_some_and(|part| part.what == What::Sign(sign))
}

/// What a brace opens after these.
fn opens(parts: &[Part], brace: u32) -> Opens {
    let parts = &without_templates(parts)[..];
    let has = |wanted: &str| parts.iter().any(|part| word(part) == Some(wanted));
    let head = &parts[..parameters_end(parts)];
    if has("namespace") {
        return Opens::Scope;
    }
    let parameters = parameters(head);
    let is_type = ["class", "struct", "union"].into_iter().any(has);
    let ends_with_name = parts
        .last()
        .and_then(word)
        .is_some_and(|word| !TRAILERS.contains(&word) && !is_macro(word));
    // `class EXPORTED(1) s {`, but `struct s *f(void) {`.
    if is_type && ends_with_name && parameters.as_ref().is_none_or(|p| is_macro(&p.name)) {
        return Opens::Scope;
    }
    let is_assigned = |(at, part): (usize, &Part)| {
        part.what == What::Sign(b'=') && !is_after_operator(&parts[..at])
    };
    if parts.iter().enumerate().any(is_assigned) {
        return Opens::Other;
    }
    if let Some(Named { name, line }) = parameters {
        // Among a constructor's initializers a brace after a name is one of them.
        let in_initializers = is(parts.get(head.len()), b':');
        if in_initializers && (ends_with_name || is(parts.last(), b'>')) {
            return Opens::Other;
        }
        return Opens::Function(Function {
            name,
            line,
            first: first_line(head, line),
            open: brace,
            last: brace,
        });
    }
    let is_linkage = has("extern") && parts.last().is_some_and(|p| p.what == What::Literal);
    let is_scope = is_linkage || is_type && !has("enum");
    if is_scope { Opens::Scope } else { Opens::Other }
}

/// Where what belongs to parameters and all before them ends: before initializers and a type that is said late.
fn parameters_end(parts: &[Part]) -> usize {
    let after_group = |at: usize| {
        parts[..at]
            .iter()
            .any(|part| matches!(part.what, What::Group(_)))
    };
    (0..parts.len())
        .find(|&at| {
            let alone = |sign| {
                is(parts.get(at), sign)
                    && !is(parts.get(at + 1), sign)
                    && !(at > 0 && is(parts.get(at - 1), sign))
            };
            let arrow = is(parts.get(at), b'-') && is(parts.get(at + 1), b'>');
            (alone(b':') || arrow) && after_group(at) && !is_after_operator(&parts[..at])
        })
        .unwrap_or(parts.len())
}

/// Whether the signs that a head ends with are those of an operator's name.
fn is_after_operator(before: &[Part]) -> bool {
    let signs = before.iter().rev();
    let mut rest = signs.skip_while(|part| matches!(part.what, What::Sign(_)));
    rest.next().and_then(word) == Some("operator")
}

/// A name and the line it stands in.
struct Named {
    name: String,
    line: u32,
}

/// The function whose parameters are in a head.
fn parameters(head: &[Part]) -> Option<Named> {
    let groups = (0..head.len()).filter(|at| matches!(head[*at].what, What::Group(_)));
    let mut named: Vec<Named> = groups.filter_map(|at| name_before(head, at)).collect();
    // Macros that stand before or after, with parentheses of their own, are named like macros.
    let plain = named.iter().rposition(|named| !is_macro(&named.name));
    match plain {
        Some(at) => Some(named.swap_remove(at)),
        None => named.into_iter().next(),
    }
}

fn is_macro(name: &str) -> bool {
    name.starts_with("__") || !name.contains(|c: char| c.is_ascii_lowercase())
}

/// The name before the group at a place, and its line. In parentheses of its own it is still one.
fn name_before(parts: &[Part], group: usize) -> Option<Named> {
    let before = &parts[..group];
    if let Some(name) = operator_name(before) {
        return Some(name);
    }
    let last = before.last()?;
    let name = match &last.what {
        What::Word(word) => word.as_str(),
        What::Group(inside) if before.len() > 1 => match (&inside.words[..], &inside.called) {
            (_, Some(name)) => name.as_str(),
            ([name], None) if !inside.mixed => name.as_str(),
            _ => return None,
        },
        _ => return None,
    };
    if NOT_NAMES.contains(&name) {
        return None;
    }
    let mut whole = name.to_owned();
    let mut rest = &before[..before.len() - 1];
    if is(rest.last(), b'~') {
        whole.insert(0, '~');
        rest = &rest[..rest.len() - 1];
    }
    Some(Named {
        name: qualified(whole, rest),
        line: last.line,
    })
}

/// A name with what it is qualified by before it.
fn qualified(mut name: String, mut before: &[Part]) -> String {
    while let [rest @ .., qualifier, first, second] = before
        && is(Some(first), b':')
        && is(Some(second), b':')
        && let Some(qualifier) = word(qualifier)
    {
        name = format!("{qualifier}::{name}");
        before = rest;
    }
    name
}

/// `operator` and its signs.
fn operator_name(before: &[Part]) -> Option<Named> {
    let at = before
        .iter()
        .rposition(|part| word(part) == Some("operator"))?;
    let mut name = "operator".to_owned();
    for part in &before[at + 1..] {
        match &part.what {
            What::Sign(sign) => name.push(char::from(*sign)),
            What::Literal => name.push_str("\"\""),
            What::Word(word) => {
                name.push(' ');
                name.push_str(word);
            }
            What::Group(inside) if *inside == Inside::default() && at + 2 == before.len() => {
                name.push_str("()");
            }
            _ => return None,
        }
    }
    // The parentheses after `operator` are its name if others follow; asked for those, they are not parameters.
    (at + 1 < before.len()).then(|| Named {
        name: qualified(name, &before[..at]),
        line: before[at].line,
    })
}

/// The first line of a function: up from its name, as long as each line is followed by the next; macros that were
/// called before it are statements of their own.
fn first_line(head: &[Part], name: u32) -> u32 {
    let mut start = 0;
    while let [called, group, next, ..] = &head[start..]
        && word(called).is_some_and(|word| !NOT_NAMES.contains(&word))
        && matches!(group.what, What::Group(_))
        && next.line > group.last
        && next.line <= name
    {
        start += 2;
    }
    let mut first = name;
    for part in head[start..].iter().rev().filter(|part| part.line < name) {
        if part.last + 1 < first {
            break;
        }
        first = first.min(part.line);
    }
    first
}

/// A head without what stands in angle brackets: parentheses in there are no parameters.
fn without_templates(parts: &[Part]) -> Vec<Part> {
    let mut kept: Vec<Part> = Vec::with_capacity(parts.len());
    let mut at = 0;
    while let Some(part) = parts.get(at) {
        let opens = part.what == What::Sign(b'<')
            && kept
                .last()
                .is_some_and(|before| word(before).is_some_and(|word| word != "operator"));
        match opens.then(|| angle_end(&parts[at..])).flatten() {
            Some(len) => at += len,
            None => {
                kept.push(part.clone());
                at += 1;
            }
        }
    }
    kept
}

/// How many parts are in the angle brackets that the first one opens.
fn angle_end(parts: &[Part]) -> Option<usize> {
    let mut depth = 0;
    for (at, part) in parts.iter().enumerate() {
        match part.what {
            What::Sign(b'<') => depth += 1,
            What::Sign(b'>') if !(at > 0 && is(parts.get(at - 1), b'-')) => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}
