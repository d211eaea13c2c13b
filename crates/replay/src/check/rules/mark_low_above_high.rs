//! A read callback that waits for more than the input may hold.

use evscope_trace::{BevId, EvFlags, Event, SourceLine, is_inner_callback};
use evscope_words::text;

use super::super::rule::{At, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding};
use crate::ObjectId;
use crate::quick::HashMap;

#[derive(Default)]
pub(in crate::check) struct MarkLowAboveHigh {
    /// The marks that do not fit, until they are told.
    set: HashMap<BevId, (usize, Option<SourceLine>)>,
}

impl MarkLowAboveHigh {
    pub(in crate::check) const LOOKS: Looks = Looks::AFTER.at(kinds!(
        BuffereventSetwatermark | BuffereventSetcb | BuffereventEnable
    ));

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self::default()
    }
}

impl Rule for MarkLowAboveHigh {
    fn after(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        match at.begins() {
            Some(Event::BuffereventSetwatermark { events, low, high })
                if events.contains(EvFlags::READ) =>
            {
                let Some(id) = at.record.objects.bev else {
                    return;
                };
                if *high > 0 && low > high {
                    self.set.insert(id, (at.step, at.record.caller.clone()));
                } else {
                    self.set.remove(&id);
                }
            }
            Some(Event::BuffereventSetcb { .. } | Event::BuffereventEnable { .. }) => {}
            _ => return,
        }
        if self.set.is_empty() {
            return;
        }
        // It matters once somebody waits for the low mark.
        let Some((id, bev)) = at.bev() else { return };
        let callback = bev
            .readcb
            .as_deref()
            .filter(|name| !is_inner_callback(name));
        if let (Some(callback), true) = (callback, bev.enabled.contains(EvFlags::READ))
            && let Some((step, place)) = self.set.remove(&id)
        {
            found.tell(
                Finding::at(
                    step,
                    text!(
                        check_mark_low_above_high,
                        object = ObjectId::Bev(id),
                        callback = callback,
                        low = bev.read_low,
                        high = bev.read_high
                    ),
                    text!(check_mark_low_above_high_advice, low = bev.read_low),
                )
                .about(ObjectId::Bev(id))
                .by(place.as_ref()),
            );
        }
    }

    fn forget(&mut self, object: ObjectId) {
        if let ObjectId::Bev(bev) = object {
            self.set.remove(&bev);
        }
    }
}
