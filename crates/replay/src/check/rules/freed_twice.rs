//! Something is freed that was freed already.

use evscope_trace::{Event, Phase};
use evscope_words::text;

use super::super::rule::{At, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding};
use super::after_free::{gone, when};
use crate::ObjectId;

pub(in crate::check) struct FreedTwice;

impl FreedTwice {
    pub(in crate::check) const LOOKS: Looks = Looks::BEFORE.at(kinds!(
        BuffereventFree | EventFree | EvbufferFree | EvconnlistenerFree | EventBaseFree
    ));

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self
    }
}

impl Rule for FreedTwice {
    fn before(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        if at.record.phase == Phase::Exit {
            return;
        }
        let objects = &at.record.objects;
        let object = match at.record.event {
            Event::BuffereventFree {} => objects.bev.map(ObjectId::Bev),
            Event::EventFree {} => objects.event.map(ObjectId::Event),
            Event::EvbufferFree {} => objects.buf.map(ObjectId::Buf),
            Event::EvconnlistenerFree {} => objects.listener.map(ObjectId::Listener),
            Event::EventBaseFree {} => objects.base.map(ObjectId::Base),
            _ => return,
        };
        let Some(object) = object else { return };
        let Some(first) = gone(at, object) else {
            return;
        };
        if !at.facts.nothing_lost() || !at.facts.is_programs(at.record, at.step) {
            return;
        }
        found.tell(
            Finding::at(
                at.step,
                text!(
                    check_freed_twice,
                    object,
                    call = at.record.event.name(),
                    freed = when(first)
                ),
                text!(check_freed_twice_advice, object),
            )
            .about(object)
            .by(at.record.caller.as_ref()),
        );
    }
}
