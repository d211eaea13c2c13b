//! The programs on the rules' pages, run: where there is a reactor, one can step through what they do.

use evscope_site::Program;

/// What the scenarios on a page did, if it is a rule's.
#[cfg(has_reactor)]
pub(super) fn of_page(path: &str, text: &[u8]) -> anyhow::Result<Vec<Program>> {
    use evscope_reactor::Method;
    use evscope_replay::Trace;
    use evscope_scenario::{Scenario, annotate, record};

    let rule = path
        .strip_prefix("rules/")
        .and_then(|file| file.strip_suffix(".md"));
    let rule = rule.filter(|rule| {
        evscope_replay::check::RULES
            .iter()
            .any(|known| known.name == *rule)
    });
    let Some(rule) = rule else {
        return Ok(Vec::new());
    };
    let text = std::str::from_utf8(text)?;
    let mut programs = Vec::new();
    for (number, program) in evscope_site::programs(text).iter().enumerate() {
        let name = format!("{rule}.scn");
        let scenario = Scenario::parse(&name, program)?;
        // As it is wherever there is a reactor.
        let backend = Method::Poll;
        if !scenario.runs_on(backend) {
            continue;
        }
        let mut recorded = Vec::new();
        record(&[&scenario], backend, None, &mut recorded)?;
        let mut trace = Vec::new();
        annotate(recorded.as_slice(), &scenario, &name, &mut trace)?;
        let trace = Trace::read(trace.as_slice(), rule)?;
        programs.push(Program {
            rule: rule.to_owned(),
            number,
            trace,
        });
    }
    Ok(programs)
}

#[cfg(not(has_reactor))]
pub(super) fn of_page(_: &str, _: &[u8]) -> anyhow::Result<Vec<Program>> {
    Ok(Vec::new())
}
