//! The kernel reports an fd that no event belongs to, and the loop never sleeps.

use evscope_trace::{BaseId, Event, Phase};
use evscope_words::text;

use super::super::rule::{At, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding};
use crate::ObjectId;
use crate::quick::HashMap;

/// So many times in a row it is no accident: another thread may delete an event while the loop wakes.
const OFTEN: u64 = 20;

#[derive(Default)]
pub(in crate::check) struct StaleFd {
    bases: HashMap<BaseId, Run>,
}

#[derive(Default)]
struct Run {
    first: usize,
    times: u64,
    /// Ready fds were reported, and no event has become active since.
    open: bool,
    told: bool,
}

impl StaleFd {
    pub(in crate::check) const LOOKS: Looks = Looks::AFTER
        .and_exits()
        .at(kinds!(Poll | EventActive | Lost));

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self::default()
    }
}

impl Rule for StaleFd {
    fn after(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        match (&at.record.event, at.record.phase) {
            (Event::EventActive { .. }, _) => {
                if let Some(run) = at
                    .record
                    .objects
                    .base
                    .and_then(|base| self.bases.get_mut(&base))
                {
                    *run = Run::default();
                }
            }
            (Event::Lost { .. }, _) => self.bases.clear(),
            (Event::Poll { ready, .. }, Phase::Exit | Phase::Point) => {
                let Some(id) = at.record.objects.base else {
                    return;
                };
                let run = self.bases.entry(id).or_default();
                if ready.is_none_or(|ready| ready == 0) {
                    *run = Run::default();
                    return;
                }
                if run.open {
                    run.times += 1;
                } else {
                    run.first = at.step;
                }
                run.open = true;
                if run.times == OFTEN && !run.told {
                    run.told = true;
                    found.tell(
                        Finding::at(
                            run.first,
                            text!(check_stale_fd, object = ObjectId::Base(id), times = OFTEN),
                            text!(check_stale_fd_advice),
                        )
                        .about(ObjectId::Base(id)),
                    );
                }
            }
            _ => {}
        }
    }
}
