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
    ($($name:literal, $severity:ident, $looks:expr, $about:expr, $rule:path;)*) => {
        /// Every rule, the gravest first.
        pub const RULES: &[RuleInfo] = &[$(RuleInfo {
            name: $name,
            severity: Severity::$severity,
            about: $about,
            looks: $looks,
            make: |options| Box::new(<$rule>::new(options)),
        }),*];
    };
}

const BEFORE: Looks = Looks::BEFORE;
const AFTER: Looks = Looks::AFTER;
const BOTH: Looks = Looks::BOTH;

rules! {
    "crash", Error, AFTER, word!(rule_crash), rules::crash::Crash;
    "after-free", Error, BEFORE, word!(rule_after_free), rules::after_free::AfterFree;
    "freed-twice", Error, BEFORE, word!(rule_freed_twice), rules::freed_twice::FreedTwice;
    "never-made", Error, BEFORE, word!(rule_never_made), rules::never_made::NeverMade;
    "threads-unlocked", Error, AFTER, word!(rule_threads_unlocked), rules::threads_unlocked::ThreadsUnlocked;
    "read-never-enabled", Error, BOTH, word!(rule_read_never_enabled), rules::read_never_enabled::ReadNeverEnabled;
    "mark-low-above-high", Error, AFTER, word!(rule_mark_low_above_high), rules::mark_low_above_high::MarkLowAboveHigh;
    "stall-high", Error, BOTH, word!(rule_stall_high), rules::stall_high::StallHigh;
    "connect-unheard", Error, AFTER.and_exits(), word!(rule_connect_unheard), rules::connect_unheard::ConnectUnheard;
    "spin", Error, AFTER.and_exits(), word!(rule_spin), rules::spin::Spin;
    "stale-fd", Error, AFTER.and_exits(), word!(rule_stale_fd), rules::stale_fd::StaleFd;
    "emfile", Error, AFTER, word!(rule_emfile), rules::emfile::Emfile;
    "unsent", Warning, AFTER, word!(rule_unsent), rules::unsent::Unsent;
    "unread-at-eof", Warning, BOTH, word!(rule_unread_at_eof), rules::unread_at_eof::UnreadAtEof;
    "read-left-off", Warning, BOTH, word!(rule_read_left_off), rules::read_left_off::ReadLeftOff;
    "filter-stuck", Warning, AFTER.and_exits(), word!(rule_filter_stuck), rules::filter_stuck::FilterStuck;
    "blocked", Warning, BEFORE.and_exits(), word!(rule_blocked), rules::blocked::Blocked;
    "fd-leak", Warning, AFTER, word!(rule_fd_leak), rules::fd_leak::FdLeak;
    "not-freed", Warning, BOTH, word!(rule_not_freed), rules::not_freed::NotFreed;
    "output-grows", Warning, AFTER, word!(rule_output_grows), rules::output_grows::OutputGrows;
    "break-before-loop", Warning, BEFORE.and_exits(), word!(rule_break_before_loop), rules::break_before_loop::BreakBeforeLoop;
    "timeout-late", Note, AFTER, word!(rule_timeout_late), rules::timeout_late::TimeoutLate;
    "connect-no-timeout", Note, BOTH, word!(rule_connect_no_timeout), rules::connect_no_timeout::ConnectNoTimeout;
    "loop-ended-empty", Note, BEFORE.and_exits(), word!(rule_loop_ended_empty), rules::loop_ended_empty::LoopEndedEmpty;
    "writecb-as-sent", Note, BEFORE, word!(rule_writecb_as_sent), rules::writecb_as_sent::WritecbAsSent;
}
