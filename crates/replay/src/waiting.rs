//! What a wait does not wait for: the connections that nobody will be woken for, and loops that do not wait at all.

use evscope_trace::{BaseId, EvFlags, Event, EventId, Nanos, Phase};
use evscope_words::{Text, text};

use crate::{BevKind, BevState, ObjectId, State, Trace};

/// Something of the program that the kernel will not wake the loop for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unheard {
    /// A bufferevent or a listener.
    pub object: ObjectId,
    /// Why not.
    pub why: Text,
}

/// The bufferevents and listeners of a base that are alive and that nobody will be woken for, the first `most` of
/// them, and how many there are.
pub fn unheard(state: &State, base: Option<BaseId>, most: usize) -> (Vec<Unheard>, usize) {
    let of_base = |of: Option<BaseId>| base.is_none() || of.is_none() || of == base;
    let bevs = state
        .bevs
        .living()
        .filter(|(_, bev)| of_base(bev.base))
        .filter_map(|(id, bev)| {
            Some(Unheard {
                object: ObjectId::Bev(id),
                why: deaf(state, bev)?,
            })
        });
    let listeners = state
        .listeners
        .living()
        .filter(|(_, listener)| of_base(listener.base))
        .filter(|(_, listener)| {
            listener.made_at.is_some() && !listener.is_freed() && !listener.enabled
        })
        .map(|(id, _)| Unheard {
            object: ObjectId::Listener(id),
            why: text!(unheard_disabled),
        });
    let mut found = Vec::new();
    let mut count = 0;
    for unheard in bevs.chain(listeners) {
        count += 1;
        if found.len() < most {
            found.push(unheard);
        }
    }
    (found, count)
}

/// Why nothing will happen on a bufferevent; `None` if something may.
fn deaf(state: &State, bev: &BevState) -> Option<Text> {
    let on_socket = bev.kind == Some(BevKind::Socket)
        || bev.kind == Some(BevKind::Tls) && bev.underlying.is_none();
    // What stands on another is woken by it, and what was never seen made may be anything.
    if !on_socket || bev.made_at.is_none() || bev.is_freed() || bev.finalized_at.is_some() {
        return None;
    }
    // One without a socket waits for the program.
    bev.fd.filter(|fd| *fd >= 0)?;
    let waits = |event: Option<EventId>| {
        let event = event.and_then(|id| state.events.get(id));
        event.is_none_or(|event| event.pending || event.active.is_some())
    };
    if bev.deferred || bev.connecting || waits(bev.ev_read) || waits(bev.ev_write) {
        return None;
    }
    Some(if !bev.suspended_read.is_empty() {
        text!(unheard_suspended, reasons = bev.suspended_read.to_string())
    } else if !bev.enabled.contains(EvFlags::READ) {
        text!(unheard_not_enabled)
    } else {
        text!(unheard_not_pending)
    })
}

/// So many turns are looked at.
const TURNS: usize = 10;
/// They lie within so many steps.
const STEPS: usize = 2000;
/// A wait that is over sooner was none.
const NO_WAIT: Nanos = Nanos(50_000);

/// The event that was active in each of the last turns before a wait, all of which took no time: the loop turns and
/// does not wait.
pub(crate) fn turning(trace: &Trace, step: usize) -> Option<EventId> {
    let first = trace.get(step)?;
    let base = first.objects.base;
    let mut turns = 0;
    let mut common: Option<Vec<EventId>> = None;
    let mut active: Vec<EventId> = Vec::new();
    // Of the turn that is gone through backward: when its wait ended.
    let mut ended = None;
    for at in (step.saturating_sub(STEPS)..step).rev() {
        let record = trace.record(at);
        if record.objects.base != base {
            continue;
        }
        match (&record.event, record.phase) {
            (Event::EventActive { .. }, _) => active.extend(record.objects.event),
            (Event::Poll { .. }, Phase::Exit) => ended = Some(record.t),
            (Event::Poll { .. }, Phase::Enter) => {
                let took = ended?.0.saturating_sub(record.t.0);
                if took > NO_WAIT.0 || active.is_empty() {
                    return None;
                }
                let now = std::mem::take(&mut active);
                common = Some(match common {
                    None => now,
                    Some(before) => before.into_iter().filter(|id| now.contains(id)).collect(),
                });
                turns += 1;
                if common.as_ref().is_some_and(Vec::is_empty) {
                    return None;
                }
                if turns == TURNS {
                    return common?.first().copied();
                }
            }
            _ => {}
        }
    }
    None
}

/// How many are named.
const NAMED: usize = 3;

/// In words, who is not waited for, if anybody is.
pub(crate) fn unheard_text(state: &State, base: Option<BaseId>) -> Option<Text> {
    let (named, count) = unheard(state, base, NAMED);
    let more = count - named.len();
    let one = |unheard: Unheard| text!(unheard_one, object = unheard.object, why = unheard.why);
    let list = evscope_words::all_of(named.into_iter().map(one), |list, next| {
        text!(unheard_and, list, next)
    })?;
    Some(if more > 0 {
        text!(unheard_and_more, list, more)
    } else {
        text!(unheard_all, list)
    })
}
