//! Findings as SARIF 2.1.0, the form that editors and code hosts read.

use evscope_replay::check::{Finding, RULES, Severity};
use evscope_words::Lang;
use serde_json::{Value, json};

use super::report::args;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The whole document.
pub(super) fn document(results: &[Value], lang: Lang) -> Value {
    let rules: Vec<Value> = RULES
        .iter()
        .map(|rule| {
            json!({
                "id": rule.name,
                "shortDescription": { "text": rule.about.in_lang(lang) },
                "help": { "text": format!("docs/rules/{}.md", rule.name) },
                "defaultConfiguration": { "level": level(rule.severity) },
            })
        })
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "evscope",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// One finding. It stands at the line of the program that the trace names, else in the trace itself.
pub(super) fn result(trace: &str, finding: &Finding, command: Option<&str>, lang: Lang) -> Value {
    let place = match &finding.place {
        Some(line) => json!({
            "artifactLocation": { "uri": uri(&line.file) },
            "region": { "startLine": line.line.max(1) },
        }),
        // A record stands in the line after the header and those before it; texts of functions between them are
        // not counted, so no line is told.
        None => json!({ "artifactLocation": { "uri": uri(trace) } }),
    };
    let index = RULES.iter().position(|rule| rule.name == finding.rule);
    let objects: Vec<Value> = finding
        .object
        .iter()
        .map(|object| json!({ "name": object.to_string(), "kind": "object" }))
        .collect();
    json!({
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": level(finding.severity),
        "message": {
            "text": format!("{} {}", finding.message.in_lang(lang), finding.advice.in_lang(lang)),
        },
        "locations": [{ "physicalLocation": place, "logicalLocations": objects }],
        "properties": {
            "trace": trace,
            "step": finding.step,
            "message": finding.message.id(),
            "arguments": args(finding, lang),
            "command": command,
        },
    })
}

fn level(severity: Severity) -> &'static str {
    severity.name()
}

/// A path as a URI reference: what has a meaning there is written as its number.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,=@".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}
