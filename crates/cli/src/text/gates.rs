//! The gates of a callback, and the closed one that is the answer.

use std::io;

use evscope_replay::{Gates, Lang};
use evscope_trace::visible;
use evscope_words::text;
use serde_json::{Value, json};

use crate::output::{Out, Paint, Style};

/// Writes the answer, and below it all gates in order: the step that left each as it is comes first.
pub(crate) fn write(gates: &Gates, lang: Lang, paint: Paint, out: &mut dyn Out) -> io::Result<()> {
    match gates.closed() {
        Some(closed) => {
            paint.write(out, Style::Strong, &closed.text.in_lang(lang))?;
            writeln!(out)?;
            if let Some(opens) = &closed.opens {
                let opens = text!(why_not_opens, opens).in_lang(lang);
                writeln!(out, "{}", visible(&opens))?;
            }
        }
        None => {
            let open = text!(why_not_open).in_lang(lang);
            paint.write(out, Style::Strong, &open)?;
            writeln!(out)?;
        }
    }
    writeln!(out)?;
    let steps = gates.list.iter().filter_map(|gate| gate.step);
    let width = steps.max().unwrap_or(0).to_string().len();
    for gate in &gates.list {
        let step = gate.step.map_or_else(String::new, |step| step.to_string());
        let (mark, style) = if gate.open {
            ("✓", Style::Faint)
        } else {
            ("✗", Style::Error)
        };
        write!(out, "{step:>width$}  ")?;
        paint.write(out, style, mark)?;
        write!(out, " ")?;
        let text = gate.text.in_lang(lang);
        if gate.open {
            paint.write(out, Style::Faint, &text)?;
        } else {
            write!(out, "{}", visible(&text))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The same for programs.
pub(crate) fn json(gates: &Gates, lang: Lang) -> Value {
    let list: Vec<Value> = gates
        .list
        .iter()
        .map(|gate| {
            json!({
                "gate": gate.name,
                "open": gate.open,
                "step": gate.step,
                "message": gate.text.id(),
                "text": gate.text.in_lang(lang),
                "opens": gate.opens.as_ref().map(|opens| opens.in_lang(lang)),
            })
        })
        .collect();
    json!({
        "object": gates.object,
        "at": gates.step,
        "answer": gates.closed().map(|gate| gate.name),
        "gates": list,
    })
}
