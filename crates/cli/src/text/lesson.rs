//! A lesson as text: its stops, its questions, and the answers.

use std::io;

use evscope_replay::{Answer, Lang, Right, describe};

use crate::lessons::Opened;
use crate::output::{Out, Paint, Style};

/// Writes a lesson.
pub(crate) fn write(
    opened: &Opened,
    lang: Lang,
    paint: Paint,
    out: &mut dyn Out,
) -> io::Result<()> {
    let lesson = &opened.lesson;
    let trace = opened.replay.trace();
    paint.write(out, Style::Strong, lesson.title.in_lang(lang))?;
    writeln!(out, "\n{}", lesson.about.in_lang(lang))?;
    let found = lesson.stops.iter().zip(&opened.steps);
    for (number, (stop, found)) in (1..).zip(found) {
        let step = describe::summary(trace, found.step);
        writeln!(out)?;
        paint.write(
            out,
            Style::Strong,
            &format!("{number}. {} {step}", found.step),
        )?;
        writeln!(out)?;
        indented(stop.text.in_lang(lang), out)?;
        let (Some(question), Some(right)) = (&stop.question, &found.right) else {
            continue;
        };
        writeln!(out)?;
        indented(&format!("? {}", question.text.in_lang(lang)), out)?;
        if let Answer::Choice(choices) = &question.answer {
            for (letter, choice) in ('a'..).zip(choices) {
                indented(&format!("  {letter}) {}", choice.text.in_lang(lang)), out)?;
            }
        }
        let right = match right {
            Right::Choice(choice) => ('a'..).nth(*choice).map_or_else(String::new, String::from),
            Right::Step(step) => format!("{step} {}", describe::summary(trace, *step)),
            Right::Value(value) => value.to_string(),
        };
        let after = question.after.in_lang(lang);
        indented(&format!("→ {right}\n{after}"), out)?;
    }
    Ok(())
}

/// A paragraph a line.
fn indented(text: &str, out: &mut dyn Out) -> io::Result<()> {
    for line in text.lines() {
        writeln!(out, "   {line}")?;
    }
    Ok(())
}
