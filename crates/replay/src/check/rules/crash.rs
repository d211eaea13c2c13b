//! The program was ended by a signal that only a fault sends.

use evscope_trace::Event;
use evscope_words::text;

use super::super::rule::{At, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding};

/// The signals of faults. Others are sent by somebody.
const FAULTS: [&str; 7] = [
    "SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT", "SIGSYS", "SIGTRAP",
];

pub(in crate::check) struct Crash;

impl Crash {
    pub(in crate::check) const LOOKS: Looks = Looks::AFTER.at(kinds!(ProgramExit));

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
        let signal = signal.as_ref();
        let Some(last) = at.facts.last() else {
            found.tell(Finding::at(
                at.step,
                text!(check_crash_at_once, signal),
                text!(check_crash_at_once_advice),
            ));
            return;
        };
        let call = last.name.as_ref();
        let (message, advice) = match last.callback.as_deref() {
            Some(callback) => (
                text!(check_crash_in, signal, call, callback),
                text!(check_crash_in_advice, callback),
            ),
            None => (text!(check_crash, signal, call), text!(check_crash_advice)),
        };
        let mut finding = Finding::at(last.step, message, advice).by(last.place.as_ref());
        finding.object = last.object;
        found.tell(finding);
    }
}
