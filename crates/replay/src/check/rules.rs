//! One rule a file.

pub(super) mod after_free;
pub(super) mod blocked;
pub(super) mod break_before_loop;
pub(super) mod connect_no_timeout;
pub(super) mod connect_unheard;
pub(super) mod crash;
pub(super) mod emfile;
pub(super) mod fd_leak;
pub(super) mod filter_stuck;
pub(super) mod freed_twice;
pub(super) mod loop_ended_empty;
pub(super) mod mark_low_above_high;
pub(super) mod never_made;
pub(super) mod not_freed;
pub(super) mod output_grows;
pub(super) mod read_left_off;
pub(super) mod read_never_enabled;
pub(super) mod spin;
pub(super) mod stale_fd;
pub(super) mod stall_high;
pub(super) mod threads_unlocked;
pub(super) mod timeout_late;
pub(super) mod unread_at_eof;
pub(super) mod unsent;
pub(super) mod writecb_as_sent;
