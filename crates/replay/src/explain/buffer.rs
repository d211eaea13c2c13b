//! Buffers.

use evscope_trace::{BufId, BufferEnd, Side, SuspendReasons};
use evscope_words::{Text, text};

use super::cases::{OutputHook, ReadResult, WriteResult};
use super::phrases::{buffer, buffer_of, reasons, whose_of};
use super::{Said, Scene, say};
use crate::BevKind;

pub(super) fn evbuffer_new(s: &Scene) -> Said {
    say(
        text!(evbuffer_new, buf = s.buf()),
        match s.ciphertext() {
            Some(bev) => text!(evbuffer_new_ciphertext, bev = bev.to_string()),
            None if s.is_called_by_program() => {
                text!(evbuffer_new_program)
            }
            None => text!(evbuffer_new_library),
        },
    )
}

pub(super) fn evbuffer_free(s: &Scene) -> Said {
    let e = say(
        text!(evbuffer_free, buf = s.buf()),
        text!(evbuffer_free_why),
    );
    match s.buffer_len() {
        Some(n) if n > 0 => e.watch(text!(evbuffer_free_gone, n)),
        _ => e,
    }
}

pub(super) fn evbuffer_add(s: &Scene, len: u64, before: u64, after: u64) -> Said {
    say(
        text!(evbuffer_add, len, buffer = buffer(s), before, after),
        match s.side() {
            Some((_, Side::Output)) => match s.kind() {
                Some(BevKind::Pair | BevKind::Filter) => {
                    text!(add_passed_on_why)
                }
                _ => {
                    text!(add_output_why)
                }
            },
            Some((_, Side::Input)) => {
                text!(add_input_why)
            }
            None if s.ciphertext().is_some() => match s.shakes_hands() {
                true => text!(add_handshake_why),
                false => {
                    text!(add_ciphertext_why)
                }
            },
            None => text!(add_copied_why),
        },
    )
}

pub(super) fn evbuffer_remove(s: &Scene, len: u64, before: u64, after: u64) -> Said {
    if s.ciphertext().is_some() {
        return say(
            text!(remove_tls, len, buffer = buffer(s), before, after),
            match s.shakes_hands() {
                true => text!(remove_handshake_why),
                false => {
                    text!(remove_ciphertext_why)
                }
            },
        );
    }
    say(
        text!(evbuffer_remove, len, buffer = buffer(s), before, after),
        why_shorter(s, before, after),
    )
}

pub(super) fn evbuffer_drain(s: &Scene, len: u64, before: u64, after: u64) -> Said {
    say(
        text!(evbuffer_drain, len, buffer = buffer(s), before, after),
        why_shorter(s, before, after),
    )
}

pub(super) fn evbuffer_move(s: &Scene, from: BufId, len: u64, after: u64, left: u64) -> Said {
    let from = buffer_of(s, from);
    let left = match left {
        0 => text!(move_all, from),
        left => text!(move_left, left, from),
    };
    say(
        text!(evbuffer_move, len, from, buffer = buffer(s), after),
        text!(evbuffer_move_why, left),
    )
}

pub(super) fn evbuffer_peek(
    s: &Scene,
    offset: u64,
    asked: Option<u64>,
    pieces: u64,
    bytes: u64,
) -> Said {
    let buffer = buffer(s);
    if pieces == 0 {
        return say(
            text!(peek_nothing, buffer, offset),
            match asked {
                Some(0) => text!(peek_asked_nothing_why),
                _ => text!(peek_nothing_why),
            },
        );
    }
    let e = say(
        text!(evbuffer_peek, buffer, offset, bytes, pieces),
        match s.side() {
            Some((_, Side::Output)) if !s.is_called_by_program() => text!(peek_tls_why),
            _ if pieces == 1 => text!(peek_one_why),
            _ => text!(peek_pieces_why),
        },
    );
    match asked {
        Some(asked) if bytes > asked => e.watch(text!(peek_whole_watch, asked, bytes)),
        _ => e.watch(text!(peek_watch)),
    }
}

pub(super) fn evbuffer_freeze(s: &Scene, end: BufferEnd) -> Said {
    match end {
        BufferEnd::Start => say(
            text!(freeze_front, buffer = buffer(s)),
            text!(freeze_front_why),
        ),
        BufferEnd::End => say(text!(freeze_end, buffer = buffer(s)), text!(freeze_end_why)),
    }
    .watch(text!(freeze_watch))
}

pub(super) fn evbuffer_unfreeze(s: &Scene, end: BufferEnd) -> Said {
    say(
        match end {
            BufferEnd::Start => text!(unfreeze_front, buffer = buffer(s)),
            BufferEnd::End => text!(unfreeze_end, buffer = buffer(s)),
        },
        match (end, s.side()) {
            (BufferEnd::Start, Some((_, Side::Output))) => {
                text!(unfreeze_write_why)
            }
            (BufferEnd::End, Some((_, Side::Input))) => {
                text!(unfreeze_read_why)
            }
            _ => text!(unfreeze_why),
        },
    )
}

pub(super) fn evbuffer_read(s: &Scene, result: ReadResult<'_>, after: u64) -> Said {
    let fd = s.fd();
    let buffer = buffer(s);
    match result {
        ReadResult::Bytes(n) => say(
            text!(evbuffer_read, n, fd, buffer, after),
            match s.side() {
                Some((_, side)) => match s.read_low() {
                    _ if s.lacks_callback(side) => text!(read_unset_why),
                    0 => text!(read_at_once_why, whose = whose_of(s, side)),
                    low if after >= low => {
                        text!(read_low_reached_why, low, whose = whose_of(s, side))
                    }
                    low => text!(read_low_why, low, whose = whose_of(s, side)),
                },
                None if s.ciphertext().is_some() => match s.shakes_hands() {
                    true => text!(read_handshake_why),
                    false => {
                        text!(read_ciphertext_why)
                    }
                },
                None => text!(read_memory_why),
            },
        )
        .watch(text!(read_watch)),
        ReadResult::Eof => say(
            text!(read_eof, fd),
            match s.ciphertext() {
                Some(_) => {
                    text!(read_eof_tls_why)
                }
                None => {
                    text!(read_eof_why)
                }
            },
        ),
        ReadResult::WouldBlock(errno) => say(text!(read_later, fd, errno), text!(read_later_why)),
        ReadResult::Refused(errno) => say(text!(read_refused, fd, errno), text!(read_refused_why)),
        ReadResult::Failed(errno) => say(text!(read_failed, fd, errno), text!(read_failed_why)),
    }
}

pub(super) fn evbuffer_write(s: &Scene, result: WriteResult<'_>, before: u64) -> Said {
    let fd = s.fd();
    let buffer = buffer(s);
    match result {
        WriteResult::All(n) => say(
            text!(write_all, n, buffer, fd),
            match s.ciphertext() {
                Some(_) => {
                    text!(write_all_ciphertext_why)
                }
                None => {
                    text!(write_all_why)
                }
            },
        ),
        WriteResult::Part { sent, left } => say(
            text!(write_part, sent, before, fd, left, buffer),
            text!(write_part_why),
        )
        .watch(text!(write_part_watch)),
        WriteResult::Nothing => say(text!(write_nothing, fd), text!(write_nothing_why)),
        WriteResult::WouldBlock(errno) => say(
            text!(write_later, fd, errno),
            text!(write_later_why, before, buffer),
        ),
        WriteResult::Failed(errno) => say(
            text!(write_failed, fd, errno),
            text!(write_failed_why, before, buffer),
        ),
    }
}

pub(super) fn evbuffer_cb(s: &Scene, callback: &str, added: u64, deleted: u64) -> Said {
    let buffer = buffer(s);
    let news = match (added, deleted) {
        (0, 0) => text!(news_nothing),
        (n, 0) => text!(news_more, n),
        (0, n) => text!(news_fewer, n),
        (more, fewer) => text!(news_both, more, fewer),
    };
    say(
        text!(evbuffer_cb, buffer, callback, news),
        match (s.side(), callback) {
            (Some((bev, Side::Output)), "bufferevent_socket_outbuf_cb") => {
                match OutputHook::of(s, added) {
                    OutputHook::NothingAdded => {
                        text!(hook_nothing_added_why)
                    }
                    OutputHook::Adds => text!(hook_adds_why, bev = bev.to_string()),
                    OutputHook::Pending => text!(hook_pending_why, bev = bev.to_string()),
                    OutputHook::Disabled => text!(hook_disabled_why, bev = bev.to_string()),
                    OutputHook::Suspended(why) => text!(
                        hook_suspended_why,
                        bev = bev.to_string(),
                        reasons = reasons(why)
                    ),
                }
            }
            (Some((bev, Side::Input)), _) => text!(hook_input_why, bev = bev.to_string()),
            _ => text!(hook_why),
        },
    )
}

/// Why a buffer has become shorter.
fn why_shorter(s: &Scene, before: u64, after: u64) -> Text {
    match s.side() {
        _ if before == after => text!(shorter_nothing),
        Some((bev, Side::Input)) => match s.read_high() {
            0 => text!(shorter_room, bev = bev.to_string()),
            high if after < high && !s.suspended_read().contains(SuspendReasons::WATERMARK) => {
                text!(shorter_room, bev = bev.to_string())
            }
            high if after < high => {
                text!(shorter_below, after, bev = bev.to_string(), high)
            }
            high => text!(shorter_above, after, bev = bev.to_string(), high),
        },
        Some((bev, Side::Output)) => {
            text!(shorter_output, bev = bev.to_string())
        }
        None => text!(shorter),
    }
}
