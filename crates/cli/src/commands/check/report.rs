//! Findings on their way out, in one of three forms.

use std::io::Write;
use std::path::Path;

use evscope_replay::check::{Checker, Finding, More, Severity};
use evscope_words::{Arg, Lang, Text, all_of, text};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{plain, sarif};
use crate::input::InputPlace;
use crate::output::{self, Paint};

/// How findings are written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    Plain(Paint),
    Json,
    Sarif,
}

/// What was found in the traces so far, written as it comes but for the form that is one document.
pub(super) struct Report {
    form: Form,
    lang: Lang,
    /// How messages name the trace.
    trace: String,
    /// How commands name it; none for one that cannot be opened again.
    again: Option<String>,
    counts: Counts,
    of_trace: Counts,
    results: Vec<Value>,
}

/// How many findings there are of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) errors: u64,
    pub(super) warnings: u64,
    pub(super) notes: u64,
}

impl Counts {
    fn add(&mut self, severity: Severity, count: u64) {
        *match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Note => &mut self.notes,
        } += count;
    }
}

/// A finding with where it was found, for programs.
#[derive(Serialize)]
struct Row<'a> {
    trace: &'a str,
    rule: &'static str,
    severity: Severity,
    step: usize,
    object: Option<String>,
    place: Option<&'a evscope_trace::SourceLine>,
    message: &'static str,
    args: Map<String, Value>,
    text: String,
    advice: String,
    command: Option<String>,
}

impl Report {
    pub(super) fn new(form: Form, lang: Lang) -> Self {
        Self {
            form,
            lang,
            trace: String::new(),
            again: None,
            counts: Counts::default(),
            of_trace: Counts::default(),
            results: Vec::new(),
        }
    }

    /// The next trace.
    pub(super) fn begin(&mut self, file: &Path, place: &InputPlace) -> anyhow::Result<()> {
        let name = file.display().to_string();
        self.again = (!matches!(place, InputPlace::Stdin)).then(|| shell_word(&name));
        self.trace = match place {
            InputPlace::Stdin => "standard input".to_owned(),
            _ => name,
        };
        self.of_trace = Counts::default();
        Ok(())
    }

    /// What was found in it.
    pub(super) fn tell(&mut self, findings: Vec<Finding>) -> anyhow::Result<()> {
        for finding in findings {
            self.of_trace.add(finding.severity, 1);
            self.counts.add(finding.severity, 1);
            let command = self
                .again
                .as_ref()
                .map(|again| format!("evscope play {again} --at {}", finding.step));
            match self.form {
                Form::Plain(paint) => {
                    plain::finding(&self.trace, &finding, command.as_deref(), self.lang, paint)?;
                }
                Form::Json => self.json(&finding, command)?,
                Form::Sarif => {
                    let result =
                        sarif::result(&self.trace, &finding, command.as_deref(), self.lang);
                    self.results.push(result);
                }
            }
        }
        Ok(())
    }

    /// There is no more of it.
    pub(super) fn end(&mut self, checker: &Checker) -> anyhow::Result<()> {
        let more = checker.more();
        for more in &more {
            self.of_trace.add(more.severity, more.count);
            self.counts.add(more.severity, more.count);
        }
        match self.form {
            Form::Plain(paint) => {
                plain::more(&more, self.lang, paint)?;
                plain::summary(
                    &self.trace,
                    checker.steps(),
                    self.of_trace,
                    self.lang,
                    paint,
                )
            }
            Form::Json => self.json_more(&more),
            Form::Sarif => Ok(()),
        }
    }

    pub(super) fn finish(&mut self) -> anyhow::Result<()> {
        if let Form::Sarif = self.form {
            output::write_json(&sarif::document(&self.results, self.lang))?;
        }
        Ok(())
    }

    /// The gravest that was found.
    pub(super) fn worst(&self) -> Option<Severity> {
        let Counts {
            errors,
            warnings,
            notes,
        } = self.counts;
        [
            (errors, Severity::Error),
            (warnings, Severity::Warning),
            (notes, Severity::Note),
        ]
        .into_iter()
        .find(|(count, _)| *count > 0)
        .map(|(_, severity)| severity)
    }

    fn json(&self, finding: &Finding, command: Option<String>) -> anyhow::Result<()> {
        line(&Row {
            trace: &self.trace,
            rule: finding.rule,
            severity: finding.severity,
            step: finding.step,
            object: finding.object.map(|object| object.to_string()),
            place: finding.place.as_ref(),
            message: finding.message.id(),
            args: args(finding, self.lang),
            text: finding.message.in_lang(self.lang),
            advice: finding.advice.in_lang(self.lang),
            command,
        })
    }

    /// How often what was told was found again at the same line.
    fn json_more(&self, more: &[More]) -> anyhow::Result<()> {
        for more in more {
            line(&json!({
                "trace": self.trace,
                "rule": more.rule,
                "severity": more.severity,
                "place": more.place,
                "more": more.count,
            }))?;
        }
        Ok(())
    }
}

impl Counts {
    /// In words, the gravest first; nothing when there are none.
    pub(super) fn words(self) -> Option<Text> {
        let of = |count: u64, text: fn(u64) -> Text| (count > 0).then(|| text(count));
        let texts = [
            of(self.errors, |count| text!(check_errors, count)),
            of(self.warnings, |count| text!(check_warnings, count)),
            of(self.notes, |count| text!(check_notes, count)),
        ];
        all_of(texts.into_iter().flatten(), |list, next| {
            text!(cli_list, list, next)
        })
    }
}

pub(super) fn args(finding: &Finding, lang: Lang) -> Map<String, Value> {
    let value = |arg: &Arg| match arg {
        Arg::Same(same) => Value::from(same.as_ref()),
        Arg::Number(number) => u64::try_from(*number).map_or(Value::Null, Value::from),
        Arg::Text(text) => Value::from(text.in_lang(lang)),
    };
    let args = finding.message.args().iter();
    args.map(|(name, arg)| ((*name).to_owned(), value(arg)))
        .collect()
}

fn line(value: &impl Serialize) -> anyhow::Result<()> {
    let mut out = output::json_stdout();
    serde_json::to_writer(&mut out, value)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

/// A word as a shell takes it.
fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./+,:@%=".contains(c);
    if !word.is_empty() && word.chars().all(|c| plain(c) || !c.is_ascii()) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::shell_word;

    #[test]
    fn a_name_is_one_word_to_a_shell() {
        for (name, word) in [
            ("traces/a.jsonl", "traces/a.jsonl"),
            ("my trace.jsonl", "'my trace.jsonl'"),
            ("it's", "'it'\\''s'"),
            ("$HOME", "'$HOME'"),
            ("", "''"),
            ("记录.jsonl", "记录.jsonl"),
        ] {
            assert_eq!(shell_word(name), word);
        }
    }
}
