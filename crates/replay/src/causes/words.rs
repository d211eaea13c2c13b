//! What a link of a chain says.

use evscope_trace::{ActiveWhy, Event, Mark, Role, Side};
use evscope_words::{Text, text};

use super::{CauseKind, Mention};
use crate::explain::phrases::{happened, sides, span, whose};
use crate::explain::{ReadResult, UNNAMED, WriteResult, program_callback};

/// A step as the cause of another.
pub(super) fn cause(m: &Mention<'_>, kind: CauseKind) -> Text {
    let event = &m.record.event;
    let name = event.name();
    let fd = m.fd();
    match (kind, event) {
        (CauseKind::Begin, _) => text!(cause_begin, name),
        (CauseKind::Loop, _) => match m.root() {
            Some(root) => text!(cause_loop_root, root),
            None => text!(cause_loop),
        },
        (CauseKind::Callback, event) => {
            let callback = program_callback(event).unwrap_or(name);
            text!(cause_callback, whose = whose(callback), callback)
        }
        (CauseKind::Active, Event::EventActive { what, why }) => {
            let event = m.event();
            match why {
                ActiveWhy::Manual if m.record.objects.role == Some(Role::Internal) => {
                    text!(cause_active_library, event)
                }
                ActiveWhy::Manual => text!(cause_active_program, event),
                ActiveWhy::Deferred => text!(cause_active_deferred, event),
                ActiveWhy::Finalize => text!(cause_active_finalize, event),
                ActiveWhy::Io | ActiveWhy::Timeout | ActiveWhy::Signal => {
                    text!(cause_active, event, happened = happened(*what, &fd))
                }
            }
        }
        (CauseKind::Ready, Event::Poll { ready: Some(n), .. }) => text!(cause_ready, n),
        (CauseKind::Pending, Event::EventAdd { timeout }) => {
            let by = m.caller().map(|by| text!(cause_pending_by, by = &*by));
            let timeout = timeout.map(|t| text!(cause_pending_timeout, timeout = span(t)));
            text!(cause_pending, event = m.event(), by, timeout)
        }
        (
            CauseKind::Watermark,
            Event::Watermark {
                side, mark, at, to, ..
            },
        ) => {
            let bev = m.record.objects.bev;
            let of = bev.map(|bev| text!(cause_of, bev = bev.to_string()));
            match (side, mark) {
                (Side::Input, Mark::Low) => text!(cause_input_low, of, to, at),
                (Side::Input, Mark::High) => text!(cause_input_high, of, to, at),
                (Side::Output, Mark::Low) => text!(cause_output_low, of, to, at),
                (Side::Output, Mark::High) => text!(cause_output_high, of, to, at),
            }
        }
        (CauseKind::Transfer, Event::EvbufferRead { result, errno, .. }) => {
            match ReadResult::of(*result, errno.as_deref()) {
                ReadResult::Bytes(n) => text!(cause_read, n, fd),
                ReadResult::Eof => text!(cause_read_eof, fd),
                ReadResult::WouldBlock(errno)
                | ReadResult::Refused(errno)
                | ReadResult::Failed(errno) => text!(cause_read_gave, fd, errno),
            }
        }
        (
            CauseKind::Transfer,
            Event::EvbufferWrite {
                result,
                errno,
                after,
                ..
            },
        ) => match WriteResult::of(*result, errno.as_deref(), *after) {
            WriteResult::All(n) => text!(cause_wrote_all, n, fd),
            WriteResult::Part { sent, left } => text!(cause_wrote_part, sent, fd, left),
            WriteResult::Nothing => text!(cause_wrote_nothing, fd),
            WriteResult::WouldBlock(errno) | WriteResult::Failed(errno) => {
                text!(cause_wrote_gave, fd, errno)
            }
        },
        (
            CauseKind::Accept,
            Event::Accept {
                errno: Some(errno), ..
            },
        ) => text!(cause_accept_gave, errno = &**errno),
        (
            CauseKind::Accept,
            Event::Accept {
                peer: Some(peer), ..
            },
        ) => match &**peer {
            UNNAMED => text!(cause_accepted_unnamed, fd),
            peer => text!(cause_accepted_from, fd, peer),
        },
        (CauseKind::Accept, _) => text!(cause_accepted, fd),
        (
            CauseKind::Connect,
            Event::Connect {
                errno: Some(errno), ..
            },
        ) => text!(cause_connect_failed, fd, errno = &**errno),
        (CauseKind::Connect, Event::BuffereventSocketConnect { addr: Some(addr) }) => {
            text!(cause_connect_by_name, object = m.object(), addr = &**addr)
        }
        (CauseKind::Connect, _) => text!(cause_connect, fd),
        (CauseKind::Ratelimit, Event::Ratelimit { side, left, .. }) => {
            text!(cause_ratelimit, sides = sides(*side), left)
        }
        (CauseKind::Free, _) => text!(cause_free, object = m.object()),
        (CauseKind::Bytes, Event::BuffereventWrite { len }) => text!(cause_bytes_written, len),
        (CauseKind::Bytes, _) => text!(cause_bytes, name, object = m.object()),
        (CauseKind::Marks, Event::BuffereventSetwatermark { low, high, .. }) => {
            text!(cause_marks, low, high)
        }
        (CauseKind::Timeouts, _) => text!(cause_timeouts, object = m.object()),
        (CauseKind::Disabled, _) => text!(cause_disabled, object = m.object()),
        (CauseKind::Callbacks, _) => text!(cause_callbacks, object = m.object()),
        // A kind with a record it does not belong to cannot come up; its name says enough.
        (
            CauseKind::Call
            | CauseKind::Active
            | CauseKind::Ready
            | CauseKind::Pending
            | CauseKind::Watermark
            | CauseKind::Transfer
            | CauseKind::Ratelimit
            | CauseKind::Marks,
            _,
        ) => match (m.root(), m.object()) {
            (Some(root), object) if object.is_empty() => text!(cause_called, root, name),
            (Some(root), object) => text!(cause_called_for, root, name, object),
            (None, object) if object.is_empty() => text!(cause_in, name),
            (None, object) => text!(cause_in_of, name, object),
        },
    }
}
