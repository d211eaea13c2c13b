//! From a lesson's file to a lesson.

use std::ops::Range;
use std::path::Path;

use evscope_trace::Level;
use evscope_words::{Text, text};
use serde::Deserialize;
use toml::Spanned;

use super::{Answer, Choice, Holds, Lesson, LessonError, LessonStop, Question, Wording};
use crate::{Lang, Query, QueryError, Watch};

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    title: WrittenText,
    about: WrittenText,
    trace: String,
    #[serde(default)]
    after: Vec<String>,
    level: Option<Spanned<u8>>,
    #[serde(rename = "stop")]
    stops: Spanned<Vec<WrittenStop>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStop {
    at: Spanned<String>,
    /// What the text says of the trace.
    holds: Option<Spanned<String>>,
    level: Option<Spanned<u8>>,
    text: WrittenText,
    ask: Option<Spanned<WrittenQuestion>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenQuestion {
    text: WrittenText,
    hint: Option<WrittenText>,
    after: WrittenText,
    /// The step that answers it.
    judge: Option<Spanned<String>>,
    choices: Option<Vec<WrittenChoice>>,
    step: Option<Spanned<String>>,
    value: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenChoice {
    en: String,
    zh: Option<String>,
    #[serde(rename = "if")]
    holds: Option<Spanned<String>>,
    #[serde(default)]
    right: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenText {
    en: String,
    zh: Option<String>,
}

/// A mistake and where it is.
type Mistake = (Option<Range<usize>>, Text);

impl Lesson {
    /// Reads a lesson's file; `file` is how messages name it, and its last part the lesson's name.
    pub fn parse(file: &str, text: &str) -> Result<Self, LessonError> {
        let line_of = |at: usize| text.get(..at).unwrap_or("").matches('\n').count() + 1;
        let wrong = |(span, message): Mistake| LessonError {
            file: file.to_owned(),
            line: line_of(span.map_or(0, |span| span.start)),
            message,
        };
        let written: Written = toml::from_str(text)
            .map_err(|error| wrong((error.span(), Text::same(error.message().trim_end()))))?;
        let name = Path::new(file).file_stem().unwrap_or_default();
        written
            .read(name.to_string_lossy().into_owned(), line_of)
            .map_err(wrong)
    }
}

impl Written {
    fn read(self, name: String, line_of: impl Fn(usize) -> usize) -> Result<Lesson, Mistake> {
        if self.stops.get_ref().is_empty() {
            return Err((Some(self.stops.span()), text!(lesson_no_stop)));
        }
        let stops = self.stops.into_inner().into_iter();
        Ok(Lesson {
            name,
            title: self.title.read(),
            about: self.about.read(),
            trace: self.trace,
            after: self.after,
            level: level(self.level)?.unwrap_or(Level::Walkthrough),
            stops: stops
                .map(|stop| {
                    Ok(LessonStop {
                        line: line_of(stop.at.span().start),
                        at: query(&stop.at)?,
                        holds: stop.holds.as_ref().map(query).transpose()?,
                        level: level(stop.level)?,
                        text: stop.text.read(),
                        question: stop.ask.map(question).transpose()?,
                    })
                })
                .collect::<Result<_, Mistake>>()?,
        })
    }
}

fn question(written: Spanned<WrittenQuestion>) -> Result<Question, Mistake> {
    let span = written.span();
    let written = written.into_inner();
    let wrong = |message: Text| Err((Some(span.clone()), message));
    let answer = match (written.choices, written.step, written.value) {
        (Some(choices), None, None) if choices.len() >= 2 => {
            let choices = choices.iter().map(choice);
            let mut choices = choices.collect::<Result<Vec<_>, _>>()?;
            let asked = flow(&written.text.en);
            choices.sort_by_cached_key(|choice| place(&asked, choice.text.in_lang(Lang::EN)));
            Answer::Choice(choices)
        }
        (Some(_), None, None) => return wrong(text!(lesson_one_choice)),
        (None, Some(step), None) => Answer::Step(query(&step)?),
        (None, None, Some(value)) => {
            let watch = Watch::parse(value.get_ref());
            Answer::Value(watch.map_err(|error| in_query(&value, &error))?)
        }
        _ => {
            return wrong(text!(lesson_answer));
        }
    };
    Ok(Question {
        text: written.text.read(),
        hint: written.hint.map(WrittenText::read),
        after: written.after.read(),
        answer,
        judged_at: written.judge.as_ref().map(query).transpose()?,
    })
}

/// Where a choice stands among those of its question: everywhere the same, and nothing follows from it. Who
/// writes a lesson puts the right one where a learner would guess it.
fn place(question: &str, choice: &str) -> u64 {
    // FNV-1a, and then every bit mixed into the upper ones, which decide.
    let bytes = question.bytes().chain([0]).chain(choice.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    (hash ^ (hash >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93)
}

fn choice(written: &WrittenChoice) -> Result<Choice, Mistake> {
    let holds = match (&written.holds, written.right) {
        (Some(holds), true) => {
            return Err((Some(holds.span()), text!(lesson_if_and_right)));
        }
        (Some(holds), false) => Holds::If(query(holds)?),
        (None, true) => Holds::Always,
        (None, false) => Holds::Never,
    };
    Ok(Choice {
        text: Wording {
            en: flow(&written.en),
            zh: written.zh.as_deref().map(flow),
        },
        holds,
    })
}

fn level(written: Option<Spanned<u8>>) -> Result<Option<Level>, Mistake> {
    let Some(written) = written else {
        return Ok(None);
    };
    match Level::from_number(*written.get_ref()) {
        Some(level) => Ok(Some(level)),
        None => {
            let message = text!(lesson_level, level = written.get_ref());
            Err((Some(written.span()), message))
        }
    }
}

fn query(written: &Spanned<String>) -> Result<Query, Mistake> {
    Query::parse(written.get_ref()).map_err(|error| in_query(written, &error))
}

fn in_query(written: &Spanned<String>, error: &QueryError) -> Mistake {
    let message = text!(
        lesson_in_query,
        query = written.get_ref(),
        error = error.sentence()
    );
    (Some(written.span()), message)
}

impl WrittenText {
    fn read(self) -> Wording {
        Wording {
            en: flow(&self.en),
            zh: self.zh.as_deref().map(flow),
        }
    }
}

/// A text whose lines were broken to be written: an empty line begins a paragraph, and the lines of a
/// paragraph are joined, with a space only between two that are not Chinese.
fn flow(text: &str) -> String {
    let mut flowing = String::new();
    let mut paragraph_ends = false;
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            paragraph_ends = !flowing.is_empty();
            continue;
        }
        let is_spaced =
            flowing.ends_with(|c: char| c.is_ascii()) || line.starts_with(|c: char| c.is_ascii());
        if paragraph_ends {
            flowing.push('\n');
        } else if is_spaced && !flowing.is_empty() {
            flowing.push(' ');
        }
        paragraph_ends = false;
        flowing.push_str(line);
    }
    flowing
}

#[cfg(test)]
mod tests {
    use super::flow;

    #[test]
    fn lines_of_a_paragraph_are_joined() {
        assert_eq!(flow("\n  one\n  two\n\n\nthree\n"), "one two\nthree");
        assert_eq!(flow("一行。\n二行\nfd 三"), "一行。二行 fd 三");
        assert_eq!(flow(""), "");
    }
}
