//! The one table of rules.

use super::rule::Rule;
use super::{CheckOptions, Severity, rules, words};
use crate::Lang;

/// A rule by its name.
pub struct RuleInfo {
    /// The name users say; its page is `docs/rules/NAME.md`.
    pub name: &'static str,
    /// How sure its findings are; some are graver or less grave.
    pub severity: Severity,
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

    /// What it finds, in a few words.
    pub fn about(&self, lang: Lang) -> String {
        words::say(lang, &format!("rule-{}", self.name), None, &[])
    }
}

impl std::fmt::Debug for RuleInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

macro_rules! rules {
    ($($name:literal, $severity:ident, $rule:path;)*) => {
        /// Every rule, the gravest first.
        pub const RULES: &[RuleInfo] = &[$(RuleInfo {
            name: $name,
            severity: Severity::$severity,
            make: |options| Box::new(<$rule>::new(options)),
        }),*];
    };
}

rules! {
    "crash", Error, rules::crash::Crash;
    "after-free", Error, rules::after_free::AfterFree;
    "freed-twice", Error, rules::freed_twice::FreedTwice;
    "never-made", Error, rules::never_made::NeverMade;
    "threads-unlocked", Error, rules::threads_unlocked::ThreadsUnlocked;
    "read-never-enabled", Error, rules::read_never_enabled::ReadNeverEnabled;
    "mark-low-above-high", Error, rules::mark_low_above_high::MarkLowAboveHigh;
    "stall-high", Error, rules::stall_high::StallHigh;
    "connect-unheard", Error, rules::connect_unheard::ConnectUnheard;
    "spin", Error, rules::spin::Spin;
    "stale-fd", Error, rules::stale_fd::StaleFd;
    "emfile", Error, rules::emfile::Emfile;
    "unsent", Warning, rules::unsent::Unsent;
    "unread-at-eof", Warning, rules::unread_at_eof::UnreadAtEof;
    "read-left-off", Warning, rules::read_left_off::ReadLeftOff;
    "filter-stuck", Warning, rules::filter_stuck::FilterStuck;
    "blocked", Warning, rules::blocked::Blocked;
    "fd-leak", Warning, rules::fd_leak::FdLeak;
    "not-freed", Warning, rules::not_freed::NotFreed;
    "output-grows", Warning, rules::output_grows::OutputGrows;
    "break-before-loop", Warning, rules::break_before_loop::BreakBeforeLoop;
    "timeout-late", Note, rules::timeout_late::TimeoutLate;
    "connect-no-timeout", Note, rules::connect_no_timeout::ConnectNoTimeout;
    "loop-ended-empty", Note, rules::loop_ended_empty::LoopEndedEmpty;
    "writecb-as-sent", Note, rules::writecb_as_sent::WritecbAsSent;
}
