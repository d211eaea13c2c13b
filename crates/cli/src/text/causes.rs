//! The causes of a step, nearest first.

use std::io;

use evscope_replay::{Cause, Lang, Trace, Unheard, summary};
use evscope_trace::visible;
use evscope_words::text;
use serde_json::{Value, json};

use crate::output::{Out, Paint, Style};

/// Writes the step and, below it, what led to it. The number of each link's step comes first, so that
/// one can go there.
pub(crate) fn write(
    trace: &Trace,
    step: usize,
    chain: &[Cause],
    lang: Lang,
    paint: Paint,
    out: &mut dyn Out,
) -> io::Result<()> {
    let width = step.to_string().len();
    let style = |step: usize| Style::Lane(trace.record(step).event.lane());
    write!(out, "{step:>width$}    ")?;
    paint.write(out, style(step), &summary(trace, step))?;
    writeln!(out)?;
    for cause in chain {
        write!(out, "{:>width$}  ← ", cause.step)?;
        paint.write(out, style(cause.step), &cause.text(trace, lang))?;
        writeln!(out)?;
        for besides in &cause.besides {
            write!(out, "{:>width$}      + ", besides.step)?;
            paint.write(out, style(besides.step), &besides.text(trace, lang))?;
            writeln!(out)?;
        }
    }
    Ok(())
}

/// The same for programs.
pub(crate) fn json(trace: &Trace, step: usize, chain: &[Cause], lang: Lang) -> Value {
    json!({
        "step": step,
        "summary": summary(trace, step),
        "causes": chain.iter().map(|cause| link(trace, cause, lang)).collect::<Vec<_>>(),
    })
}

fn link(trace: &Trace, cause: &Cause, lang: Lang) -> Value {
    json!({
        "step": cause.step,
        "kind": cause.kind,
        "text": cause.text(trace, lang),
        "summary": summary(trace, cause.step),
        "besides": cause.besides.iter().map(|cause| link(trace, cause, lang)).collect::<Vec<_>>(),
    })
}

/// Who a wait does not wait for, below its causes.
pub(crate) fn write_unheard(
    unheard: &[Unheard],
    step: usize,
    lang: Lang,
    out: &mut dyn Out,
) -> io::Result<()> {
    let width = step.to_string().len();
    for unheard in unheard {
        let said = text!(why_unheard, object = unheard.object, why = unheard.why);
        writeln!(out, "{:width$}  ! {}", "", visible(&said.in_lang(lang)))?;
    }
    Ok(())
}

/// The same for programs.
pub(crate) fn unheard_json(unheard: &[Unheard], lang: Lang) -> Value {
    unheard
        .iter()
        .map(|unheard| json!({ "object": unheard.object, "text": unheard.why.in_lang(lang) }))
        .collect()
}
