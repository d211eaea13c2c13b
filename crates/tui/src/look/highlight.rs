//! Source text in colour: syntect says what each piece is, the theme how that looks.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use evscope_trace::visible;
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxSet};

use crate::look::theme::Token;

/// A line in pieces, each with what it is.
pub(crate) type Pieces = Vec<(Token, String)>;

static SYNTAXES: OnceLock<SyntaxSet> = OnceLock::new();
static READY: OnceLock<()> = OnceLock::new();
/// Texts that are in pieces already, by file and text: a text is always the same in pieces.
static DONE: Mutex<BTreeMap<(String, String), Vec<Pieces>>> = Mutex::new(BTreeMap::new());

/// Gets the syntaxes ready, and these texts, each with its file's name. That takes some tenths of a
/// second, so it is done beside the drawing: until then text is plain, and afterwards no move waits.
pub(crate) fn get_ready(texts: Vec<(String, String)>) {
    let syntaxes = SYNTAXES.get_or_init(SyntaxSet::load_defaults_newlines);
    for (file, text) in texts {
        let _ = coloured(syntaxes, &file, &text);
    }
    READY.get_or_init(|| ());
}

fn done() -> MutexGuard<'static, BTreeMap<(String, String), Vec<Pieces>>> {
    DONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether text will be in colour.
pub(crate) fn is_ready() -> bool {
    READY.get().is_some()
}

/// The lines of a text; each in one plain piece when the syntaxes are not ready or the file's is unknown.
pub(crate) fn highlight(file: &str, text: &str) -> Vec<Pieces> {
    let coloured = match SYNTAXES.get() {
        Some(syntaxes) if is_ready() => coloured(syntaxes, file, text),
        _ => None,
    };
    coloured.unwrap_or_else(|| {
        text.lines()
            .map(|line| vec![(Token::Text, spaced(line))])
            .collect()
    })
}

/// As [`parse`], each text only once.
fn coloured(syntaxes: &SyntaxSet, file: &str, text: &str) -> Option<Vec<Pieces>> {
    let key = (file.to_owned(), text.to_owned());
    if let Some(known) = done().get(&key) {
        return Some(known.clone());
    }
    let lines = parse(syntaxes, file, text)?;
    done().insert(key, lines.clone());
    Some(lines)
}

fn parse(syntaxes: &SyntaxSet, file: &str, text: &str) -> Option<Vec<Pieces>> {
    let extension = file.rsplit_once('.')?.1;
    let syntax = syntaxes.find_syntax_by_extension(extension)?;
    let mut state = ParseState::new(syntax);
    let mut stack = ScopeStack::new();
    let mut lines = Vec::new();
    for line in text.lines() {
        let whole = format!("{line}\n");
        let operations = state.parse_line(&whole, syntaxes).ok()?;
        let mut pieces = Pieces::new();
        let mut from = 0;
        for (at, operation) in operations {
            push(&mut pieces, &stack, &whole[from..at]);
            stack.apply(&operation).ok()?;
            from = at;
        }
        push(&mut pieces, &stack, &whole[from..]);
        lines.push(pieces);
    }
    Some(lines)
}

fn push(pieces: &mut Pieces, stack: &ScopeStack, text: &str) {
    let text = spaced(text.trim_end_matches('\n'));
    if text.is_empty() {
        return;
    }
    let token = token(stack);
    match pieces.last_mut() {
        Some((last, piece)) if *last == token => piece.push_str(&text),
        _ => pieces.push((token, text)),
    }
}

/// Tabs have no width of their own on a screen made of cells, and hidden characters none at all.
fn spaced(text: &str) -> String {
    visible(&text.replace('\t', "    ")).into_owned()
}

/// What the innermost scope that says anything says.
fn token(stack: &ScopeStack) -> Token {
    static PREFIXES: OnceLock<Vec<(Scope, Token)>> = OnceLock::new();
    let prefixes = PREFIXES.get_or_init(|| {
        [
            ("comment", Token::Comment),
            ("string", Token::Literal),
            ("constant", Token::Literal),
            ("entity.name.function", Token::Function),
            ("support.function", Token::Function),
            ("variable.function", Token::Function),
            ("support.macro", Token::Function),
            ("entity.name.macro", Token::Function),
            ("entity.name", Token::Type),
            ("storage.type.rust", Token::Type),
            ("support.type", Token::Type),
            ("keyword.operator", Token::Text),
            ("keyword", Token::Keyword),
            ("storage", Token::Keyword),
        ]
        .into_iter()
        .filter_map(|(name, token)| Some((Scope::new(name).ok()?, token)))
        .collect()
    });
    stack
        .as_slice()
        .iter()
        .rev()
        .find_map(|scope| {
            prefixes
                .iter()
                .find(|(prefix, _)| prefix.is_prefix_of(*scope))
                .map(|(_, token)| *token)
        })
        .unwrap_or(Token::Text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rust_and_c_are_coloured() {
        // Not made ready for all: the other tests look at plain text, which is quicker.
        let syntaxes = SyntaxSet::load_defaults_newlines();
        let tokens = |file: &str, text: &str| parse(&syntaxes, file, text).unwrap().remove(0);
        let rust = tokens("a.rs", "let x = \"hi\"; // why");
        assert!(
            rust.contains(&(Token::Literal, "\"hi\"".to_owned())),
            "{rust:?}"
        );
        assert!(
            rust.contains(&(Token::Comment, "// why".to_owned())),
            "{rust:?}"
        );
        let c = tokens("a.c", "\treturn 1;");
        assert!(c.contains(&(Token::Keyword, "return".to_owned())), "{c:?}");
        assert_eq!(c[0].1, "    ");
        assert_eq!(parse(&syntaxes, "a.zig9", "plain"), None);
        assert_eq!(
            highlight("a.zig9", "plain"),
            [[(Token::Text, "plain".to_owned())]]
        );
    }
}
