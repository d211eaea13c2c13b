//! What is wrong with the words of a command line, in the language that is spoken. English is clap's own; for the others
//! it is put together anew from what clap knows of the mistake. Its notes on how a command is used stay as they are.

use std::error::Error as _;
use std::num::ParseIntError;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use evscope_words::{Text, text, word};

use crate::language;
use evscope_replay::Lang;

/// The mistake, how the command is used, and where there is more.
pub(crate) fn told(error: &clap::Error) -> String {
    if language::spoken() == Lang::EN {
        let text = error.to_string();
        let message = text.strip_prefix("error: ").unwrap_or(&text);
        return message.trim_end().to_owned();
    }
    let mut parts = vec![language::told(&mistake(error))];
    parts.extend(
        hints(error)
            .iter()
            .map(|hint| format!("  {}", language::told(hint))),
    );
    if let Some(usage) = get(error, ContextKind::Usage) {
        let usage = usage.trim();
        let usage = usage.strip_prefix("Usage:").unwrap_or(usage).trim();
        let heading = word!(help_heading_usage);
        parts.push(String::new());
        parts.push(language::told(&text!(usage_whole, heading, usage)));
    }
    parts.push(String::new());
    parts.push(language::told(&text!(usage_help)));
    parts.join("\n")
}

/// What clap knows of it.
fn get(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::None => None,
        value => Some(value.to_string()).filter(|value| !value.is_empty()),
    }
}

fn mistake(error: &clap::Error) -> Text {
    let argument = get(error, ContextKind::InvalidArg);
    let value = get(error, ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::ArgumentConflict => {
            let argument = argument.or_else(|| get(error, ContextKind::InvalidSubcommand));
            match get(error, ContextKind::PriorArg) {
                Some(other) if Some(&other) != argument.as_ref() => {
                    text!(usage_conflict, argument, other)
                }
                _ => text!(usage_repeated, argument),
            }
        }
        ErrorKind::InvalidValue if value.is_none() => text!(usage_no_value, argument),
        ErrorKind::InvalidValue => {
            let wrong = text!(usage_wrong_value, value, argument);
            match get(error, ContextKind::ValidValue) {
                Some(values) => text!(usage_possible, error = wrong, values),
                None => wrong,
            }
        }
        ErrorKind::ValueValidation => match error.source() {
            Some(source) => {
                let reason = match source.is::<ParseIntError>() {
                    true => text!(usage_not_a_number),
                    false => Text::same(source.to_string()),
                };
                text!(usage_wrong_value_because, value, argument, reason)
            }
            None => text!(usage_wrong_value, value, argument),
        },
        ErrorKind::InvalidSubcommand => {
            let command = get(error, ContextKind::InvalidSubcommand);
            text!(usage_unknown_command, command)
        }
        ErrorKind::MissingRequiredArgument => text!(usage_missing, arguments = argument),
        ErrorKind::UnknownArgument => text!(usage_unknown_argument, argument),
        ErrorKind::TooManyValues => text!(usage_too_many, value, argument),
        ErrorKind::InvalidUtf8 => text!(usage_no_text),
        _ => text!(usage_wrong),
    }
}

/// What may have been meant.
fn hints(error: &clap::Error) -> Vec<Text> {
    let similar = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ];
    let similar = similar.into_iter().filter_map(|kind| get(error, kind));
    let mut hints: Vec<Text> = similar.map(|names| text!(usage_similar, names)).collect();
    // Of what clap only has as a sentence, it is the words that are typed which tell it.
    if let (Some(argument), Some(suggested)) = (
        get(error, ContextKind::InvalidArg),
        get(error, ContextKind::Suggested),
    ) && suggested.contains(&format!("-- {argument}"))
    {
        hints.push(text!(usage_escape, argument));
    }
    hints
}
