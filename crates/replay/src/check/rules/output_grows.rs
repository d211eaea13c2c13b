//! An output that the program fills faster than the peer takes it.

use evscope_trace::{BevId, Event, Side};
use evscope_words::text;

use super::super::rule::{At, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding};
use crate::ObjectId;
use crate::quick::HashSet;

pub(in crate::check) struct OutputGrows {
    most: u64,
    told: HashSet<BevId>,
}

impl OutputGrows {
    pub(in crate::check) const LOOKS: Looks =
        Looks::AFTER.at(kinds!(EvbufferAdd | EvbufferPrepend | EvbufferMove));

    pub(in crate::check) fn new(options: &CheckOptions) -> Self {
        Self {
            most: options.output,
            told: HashSet::default(),
        }
    }
}

impl Rule for OutputGrows {
    fn after(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        let (Some(Event::EvbufferAdd { after, .. })
        | Some(Event::EvbufferPrepend { after, .. })
        | Some(Event::EvbufferMove { after, .. })) = at.begins()
        else {
            return;
        };
        if *after <= self.most {
            return;
        }
        let Some((bev, Side::Output, _)) = at.owner() else {
            return;
        };
        if self.told.insert(bev) {
            found.tell(
                Finding::at(
                    at.step,
                    text!(
                        check_output_grows,
                        object = ObjectId::Bev(bev),
                        bytes = *after,
                        most = self.most
                    ),
                    text!(check_output_grows_advice),
                )
                .about(ObjectId::Bev(bev))
                .by(at.record.caller.as_ref()),
            );
        }
    }

    fn forget(&mut self, object: ObjectId) {
        if let ObjectId::Bev(bev) = object {
            self.told.remove(&bev);
        }
    }
}
