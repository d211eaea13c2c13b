//! The one table of rules.

use evscope_words::{Word, word};

use super::rule::{Looks, Rule};
use super::{CheckOptions, Severity, rules};

/// A rule by its name.
pub struct RuleInfo {
    /// The name users say; its page is `docs/rules/NAME.md`.
    pub name: &'static str,
    /// How sure its findings are; some are graver or less grave.
    pub severity: Severity,
    /// What it finds, in a few words.
    pub about: Word,
    pub(super) looks: Looks,
    pub(super) make: fn(&CheckOptions) -> Box<dyn Rule>,
}

impl RuleInfo {
    /// The rule of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.name == name)
    }

    /// The name that was meant by one that is not there.
    pub fn near(name: &str) -> Option<&'static str> {
        crate::query::nearest(name, RULES.iter().map(|rule| rule.name))
    }
}

impl std::fmt::Debug for RuleInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

macro_rules! rules {
    ($($name:literal, $severity:ident, $about:expr, $rule:path;)*) => {
        /// Every rule, the gravest first.
        pub const RULES: &[RuleInfo] = &[$(RuleInfo {
            name: $name,
            severity: Severity::$severity,
            about: $about,
            looks: <$rule>::LOOKS,
            make: |options| Box::new(<$rule>::new(options)),
        }),*];
    };
}

rules! {
    "crash", Error, word!(rule_crash), rules::crash::Crash;
    "after-free", Error, word!(rule_after_free), rules::after_free::AfterFree;
    "freed-twice", Error, word!(rule_freed_twice), rules::freed_twice::FreedTwice;
    "never-made", Error, word!(rule_never_made), rules::never_made::NeverMade;
    "threads-unlocked", Error, word!(rule_threads_unlocked), rules::threads_unlocked::ThreadsUnlocked;
    "read-never-enabled", Error, word!(rule_read_never_enabled), rules::read_never_enabled::ReadNeverEnabled;
    "mark-low-above-high", Error, word!(rule_mark_low_above_high), rules::mark_low_above_high::MarkLowAboveHigh;
    "stall-high", Error, word!(rule_stall_high), rules::stall_high::StallHigh;
    "connect-unheard", Error, word!(rule_connect_unheard), rules::connect_unheard::ConnectUnheard;
    "spin", Error, word!(rule_spin), rules::spin::Spin;
    "stale-fd", Error, word!(rule_stale_fd), rules::stale_fd::StaleFd;
    "emfile", Error, word!(rule_emfile), rules::emfile::Emfile;
    "unsent", Warning, word!(rule_unsent), rules::unsent::Unsent;
    "unread-at-eof", Warning, word!(rule_unread_at_eof), rules::unread_at_eof::UnreadAtEof;
    "read-left-off", Warning, word!(rule_read_left_off), rules::read_left_off::ReadLeftOff;
    "filter-stuck", Warning, word!(rule_filter_stuck), rules::filter_stuck::FilterStuck;
    "blocked", Warning, word!(rule_blocked), rules::blocked::Blocked;
    "fd-leak", Warning, word!(rule_fd_leak), rules::fd_leak::FdLeak;
    "not-freed", Warning, word!(rule_not_freed), rules::not_freed::NotFreed;
    "output-grows", Warning, word!(rule_output_grows), rules::output_grows::OutputGrows;
    "break-before-loop", Warning, word!(rule_break_before_loop), rules::break_before_loop::BreakBeforeLoop;
    "timeout-late", Note, word!(rule_timeout_late), rules::timeout_late::TimeoutLate;
    "connect-no-timeout", Note, word!(rule_connect_no_timeout), rules::connect_no_timeout::ConnectNoTimeout;
    "loop-ended-empty", Note, word!(rule_loop_ended_empty), rules::loop_ended_empty::LoopEndedEmpty;
    "writecb-as-sent", Note, word!(rule_writecb_as_sent), rules::writecb_as_sent::WritecbAsSent;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    /// One that forgot a kind would be silent about it.
    #[test]
    fn a_rule_looks_at_every_kind_of_event_that_it_names() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/check/rules");
        let mut of_kinds = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let source = std::fs::read_to_string(&path).unwrap();
            let Some((_, kinds)) = source.split_once("kinds!(") else {
                continue;
            };
            let kinds: BTreeSet<&str> = words(kinds.split_once(')').unwrap().0).collect();
            let named: BTreeSet<&str> = source
                .split("Event::")
                .skip(1)
                .filter_map(|behind| words(behind).next())
                .collect();
            assert!(named.is_subset(&kinds), "{path:?}: {:?}", &named - &kinds);
            of_kinds += 1;
        }
        assert!(of_kinds > 20, "{of_kinds}");
    }

    fn words(text: &str) -> impl Iterator<Item = &str> {
        let words = text.split(|letter: char| !letter.is_alphanumeric());
        words.filter(|word| !word.is_empty())
    }
}
