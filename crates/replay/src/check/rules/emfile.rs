//! There is no fd for the next client, and the listener asks again in every turn.

use evscope_trace::{Event, ListenerId};
use evscope_words::text;

use super::super::rule::{At, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding};
use crate::ObjectId;
use crate::quick::HashMap;

/// So many failures in a row are no accident.
const OFTEN: u64 = 10;

#[derive(Default)]
pub(in crate::check) struct Emfile {
    failing: HashMap<ListenerId, (usize, u64)>,
}

impl Emfile {
    pub(in crate::check) const LOOKS: Looks =
        Looks::AFTER.at(kinds!(Accept | EvconnlistenerDisable | EvconnlistenerFree));

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self::default()
    }
}

impl Rule for Emfile {
    fn after(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        let Some(id) = at.record.objects.listener else {
            return;
        };
        match at.begins() {
            Some(Event::Accept {
                errno: Some(errno), ..
            }) if matches!(errno.as_ref(), "EMFILE" | "ENFILE" | "ENOBUFS" | "ENOMEM") => {
                let failing = self.failing.entry(id).or_insert((at.step, 0));
                failing.1 += 1;
                if failing.1 == OFTEN {
                    found.tell(
                        Finding::at(
                            failing.0,
                            text!(
                                check_emfile,
                                object = ObjectId::Listener(id),
                                errno = errno.as_ref(),
                                times = OFTEN
                            ),
                            text!(check_emfile_advice),
                        )
                        .about(ObjectId::Listener(id)),
                    );
                }
            }
            Some(
                Event::Accept { errno: None, .. }
                | Event::EvconnlistenerDisable {}
                | Event::EvconnlistenerFree {},
            ) => {
                self.failing.remove(&id);
            }
            _ => {}
        }
    }
}
