//! A call on what was freed.

use evscope_trace::{Event, Objects, Phase, Record};
use evscope_words::{Text, text};

use super::super::rule::{At, Found, Looks, Rule};
use super::super::{CheckOptions, Finding};
use crate::{ObjectId, State};

pub(in crate::check) struct AfterFree;

impl AfterFree {
    pub(in crate::check) const LOOKS: Looks = Looks::BEFORE.at(|event| wants(event).is_some());

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self
    }
}

impl Rule for AfterFree {
    fn before(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        let Some(object) = used(at.record) else {
            return;
        };
        let Some(gone) = gone(at, object) else { return };
        if !at.facts.nothing_lost() || !at.facts.is_programs(at.record, at.step) {
            return;
        }
        let finding = Finding::at(
            at.step,
            text!(
                check_after_free,
                object,
                call = at.record.event.name(),
                freed = when(gone)
            ),
            text!(check_after_free_advice),
        )
        .about(object)
        .by(at.record.caller.as_ref());
        found.tell(finding);
    }
}

/// What the program uses by a call: the object it gives the call, if the call wants a living one.
pub(super) fn used(record: &Record) -> Option<ObjectId> {
    if record.phase == Phase::Exit {
        return None;
    }
    wants(&record.event)?(&record.objects)
}

/// Which of its objects a call wants to be living.
pub(super) fn wants(event: &Event) -> Option<fn(&Objects) -> Option<ObjectId>> {
    let object: fn(&Objects) -> Option<ObjectId> = match event {
        Event::BuffereventSetcb { .. }
        | Event::BuffereventEnable { .. }
        | Event::BuffereventDisable { .. }
        | Event::BuffereventSetwatermark { .. }
        | Event::BuffereventSetTimeouts { .. }
        | Event::BuffereventWrite { .. }
        | Event::BuffereventRead { .. }
        | Event::BuffereventSocketConnect { .. }
        | Event::BuffereventSetfd {}
        | Event::BuffereventPrioritySet { .. }
        | Event::BuffereventTrigger { .. }
        | Event::BuffereventFlush { .. } => |objects| objects.bev.map(ObjectId::Bev),
        Event::EventAdd { .. } | Event::EventDel {} | Event::EventPrioritySet { .. } => {
            |objects| objects.event.map(ObjectId::Event)
        }
        Event::EvconnlistenerEnable {} | Event::EvconnlistenerDisable {} => {
            |objects| objects.listener.map(ObjectId::Listener)
        }
        Event::EvbufferAdd { .. }
        | Event::EvbufferPrepend { .. }
        | Event::EvbufferRemove { .. }
        | Event::EvbufferDrain { .. }
        | Event::EvbufferMove { .. }
        | Event::EvbufferPeek { .. } => |objects| objects.buf.map(ObjectId::Buf),
        Event::EventBaseLoop { .. }
        | Event::EventBaseLoopexit { .. }
        | Event::EventBaseLoopbreak {}
        | Event::EventBaseLoopcontinue {} => |objects| objects.base.map(ObjectId::Base),
        _ => return None,
    };
    Some(object)
}

/// Whether an object is gone, and which step freed it, if that is still known. A bufferevent that was given up
/// and not yet taken apart is the library's.
pub(super) fn gone(at: &At<'_>, object: ObjectId) -> Option<Option<usize>> {
    let freed = |made: Option<usize>, freed: Option<usize>| freed.filter(|_| made.is_some());
    let state: &State = at.state;
    let known = match object {
        ObjectId::Bev(id) => state.bevs.get(id).map(|o| freed(o.made_at, o.freed_at)),
        ObjectId::Event(id) => state.events.get(id).map(|o| freed(o.made_at, o.freed_at)),
        ObjectId::Buf(id) => state.bufs.get(id).map(|o| freed(o.made_at, o.freed_at)),
        ObjectId::Listener(id) => state
            .listeners
            .get(id)
            .map(|o| freed(o.made_at, o.freed_at)),
        ObjectId::Base(id) => state.bases.get(id).map(|o| freed(o.made_at, o.freed_at)),
        ObjectId::Fd(_) => return None,
    };
    match known {
        Some(freed) => freed.map(Some),
        None => at.facts.was_made(object).then_some(None),
    }
}

/// When something was freed, in words.
pub(super) fn when(step: Option<usize>) -> Text {
    match step {
        Some(step) => text!(check_freed_at_step, step),
        None => text!(check_freed_before),
    }
}
