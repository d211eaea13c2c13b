//! An exercise as text: the task, and what became of a program.

use std::io;

use evscope_exercise::Exercise;
use evscope_replay::Lang;
use evscope_words::text;

use crate::exercises::report::Report;
use crate::output::{Out, Paint, Style};

/// Writes the title and the task.
pub(crate) fn task(
    exercise: &Exercise,
    lang: Lang,
    paint: Paint,
    out: &mut dyn Out,
) -> io::Result<()> {
    paint.write(out, Style::Strong, exercise.title.in_lang(lang))?;
    writeln!(out, "\n{}\n", exercise.task.in_lang(lang))
}

/// Writes what is right, what is not, and at which step.
pub(crate) fn report(
    report: &Report,
    lang: Lang,
    paint: Paint,
    out: &mut dyn Out,
) -> io::Result<()> {
    if let Some(problem) = &report.problem {
        paint.write(out, Style::Error, "✘")?;
        return writeln!(out, " {problem}");
    }
    for point in &report.points {
        let Some(broken) = &point.broken else {
            writeln!(out, "✔ {}", point.goal)?;
            continue;
        };
        paint.write(out, Style::Error, "✘")?;
        write!(out, " ")?;
        paint.write(out, Style::Strong, &point.goal)?;
        writeln!(out)?;
        match point.step {
            Some(step) => {
                let place = text!(check_own_at, step = step.to_string());
                writeln!(out, "  {}: {broken}", place.in_lang(lang))?;
            }
            None => writeln!(out, "  {broken}")?,
        }
    }
    let right = report
        .points
        .iter()
        .filter(|point| point.broken.is_none())
        .count();
    let all = report.points.len();
    let told = match report.is_right() {
        true => text!(exercise_is_right),
        false => text!(exercise_right_of, right, all),
    };
    writeln!(out, "\n{}", told.in_lang(lang))
}
