//! Which step left a gate as it is.

use evscope_trace::{BevId, BufId, EvFlags, Event, EventId, Phase, Record};

use super::Look;
use crate::ObjectId;

impl Look<'_> {
    /// The last step of one of these names about a bufferevent that begins something for which `wanted` holds.
    pub(super) fn last_of_bev(
        &self,
        bev: BevId,
        names: &[&str],
        wanted: impl Fn(&Event) -> bool,
    ) -> Option<usize> {
        let (trace, end) = (self.replay.trace(), self.step.saturating_add(1));
        trace.last_about(ObjectId::Bev(bev), end, names, |record| {
            record.phase != Phase::Exit && wanted(&record.event)
        })
    }

    /// The same about an event.
    pub(super) fn last_of_event(
        &self,
        event: EventId,
        wanted: impl Fn(&Event) -> bool,
    ) -> Option<usize> {
        let trace = self.replay.trace();
        let mut steps = trace.steps_of_event(event, self.step + 1);
        let found = steps.find(|(_, record)| record.phase != Phase::Exit && wanted(&record.event));
        found.map(|(step, _)| step)
    }

    /// The last step of one of these names for which `wanted` holds.
    pub(super) fn last(&self, names: &[&str], wanted: impl Fn(&Record) -> bool) -> Option<usize> {
        let trace = self.replay.trace();
        trace.last_before(self.step.saturating_add(1), names, wanted)
    }

    /// The last step that changed a buffer's length.
    pub(super) fn changed(&self, buf: Option<BufId>) -> Option<usize> {
        let buf = buf?;
        let trace = self.replay.trace();
        let mut steps = trace.steps_about(ObjectId::Buf(buf), self.step.saturating_add(1));
        let found = steps.find(|(_, record)| {
            record.phase != Phase::Exit
                && match record.event {
                    Event::EvbufferMove { from, len, .. } => {
                        len > 0 && (from == buf || record.objects.buf == Some(buf))
                    }
                    Event::EvbufferAdd { len, .. }
                    | Event::EvbufferPrepend { len, .. }
                    | Event::EvbufferRemove { len, .. }
                    | Event::EvbufferDrain { len, .. } => {
                        len > 0 && record.objects.buf == Some(buf)
                    }
                    Event::EvbufferRead { result, .. } | Event::EvbufferWrite { result, .. } => {
                        result > 0 && record.objects.buf == Some(buf)
                    }
                    _ => false,
                }
        });
        found.map(|(step, _)| step)
    }

    /// The last step that enabled or disabled a side.
    pub(super) fn switched(&self, bev: BevId, side: EvFlags) -> Option<usize> {
        let names = ["bufferevent_enable", "bufferevent_disable"];
        self.last_of_bev(bev, &names, |event| {
            matches!(
                event,
                Event::BuffereventEnable { events } | Event::BuffereventDisable { events }
                    if events.contains(side)
            )
        })
        .or_else(|| self.state.bevs.get(bev)?.made_at)
    }

    /// The last step that suspended a side or took a reason away.
    pub(super) fn suspended(&self, bev: BevId, side: EvFlags) -> Option<usize> {
        let names = [
            "suspend_read",
            "unsuspend_read",
            "suspend_write",
            "unsuspend_write",
        ];
        self.last_of_bev(bev, &names, |event| match event {
            Event::SuspendRead { .. } | Event::UnsuspendRead { .. } => side == EvFlags::READ,
            Event::SuspendWrite { .. } | Event::UnsuspendWrite { .. } => side == EvFlags::WRITE,
            _ => false,
        })
    }
}
