//! A scenario as a program in a language: the same calls in the same order, by the same names, so that an exercise is
//! written once. What such a program needs of its surroundings (where servers are) is in a file beside it.

pub(crate) mod c;
pub(crate) mod rust;

use evscope_scenario::{Flags, Instruction, ParamKind};

/// What an event callback is told.
const TOLD: Flags = &[
    ("READING", 0x01),
    ("WRITING", 0x02),
    ("EOF", 0x10),
    ("ERROR", 0x20),
    ("TIMEOUT", 0x40),
    ("CONNECTED", 0x80),
];

/// The flags of a place of a statement, each with this before its name; none if no flags stand there.
fn flags_of(kind: ParamKind, value: i64, prefix: &str) -> Option<Vec<String>> {
    let ParamKind::Flags(known) = kind else {
        return None;
    };
    Some(names(known, u64::try_from(value).ok()?, prefix))
}

fn names(known: Flags, value: u64, prefix: &str) -> Vec<String> {
    let set = known.iter().filter(|(_, bit)| value & bit != 0);
    set.map(|(name, _)| format!("{prefix}{name}")).collect()
}

/// The filter of a `bufferevent_filter_new`, if the files beside a program have it. The others are there for what
/// scenarios compare.
fn filter(instruction: &Instruction) -> Option<&'static str> {
    let ParamKind::Word(filters) = instruction.op.spec().params[1].kind else {
        return None;
    };
    let filter = filters.get(usize::try_from(instruction.args[2]).ok()?)?;
    ["none", "frame"].contains(filter).then_some(*filter)
}
