//! The program was ended by a signal that only a fault sends.

use evscope_trace::Event;

use super::super::rule::{At, Found, Rule};
use super::super::{CheckOptions, Finding};

/// The signals of faults. Others are sent by somebody.
const FAULTS: [&str; 7] = [
    "SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT", "SIGSYS", "SIGTRAP",
];

pub(in crate::check) struct Crash;

impl Crash {
    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self
    }
}

impl Rule for Crash {
    fn after(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        let Event::ProgramExit {
            signal: Some(signal),
            ..
        } = &at.record.event
        else {
            return;
        };
        if !FAULTS.contains(&signal.as_ref()) {
            return;
        }
        let Some(last) = at.facts.last() else {
            found.tell(Finding::at(at.step, "crash-at-once").name("signal", signal.as_ref()));
            return;
        };
        let id = if last.callback.is_some() {
            "crash-in"
        } else {
            "crash"
        };
        let mut finding = Finding::at(last.step, id).by(last.place.as_ref());
        finding.object = last.object;
        found.tell(
            finding
                .name("signal", signal.as_ref())
                .name("call", last.name.as_ref())
                .name("callback", last.callback.as_deref().unwrap_or_default()),
        );
    }
}
