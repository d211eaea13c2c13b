//! Bufferevents are freed and their fds stay open.

use std::collections::BTreeMap;

use evscope_trace::{BevId, Event, SourceLine};
use evscope_words::text;

use super::super::rule::{At, Found, Looks, Rule, kinds};
use super::super::{CheckOptions, Finding};
use crate::ObjectId;

/// Not more of them are watched: the lowest numbers tell most.
const WATCHED: usize = 1024;
/// One fd may be kept on purpose.
const MANY: usize = 2;

#[derive(Default)]
pub(in crate::check) struct FdLeak {
    /// The fds that bufferevents left open. The kernel gives the lowest number that is free: when it gives a higher
    /// one, they are open still.
    left: BTreeMap<i32, Left>,
}

struct Left {
    step: usize,
    bev: BevId,
    place: Option<SourceLine>,
    told: bool,
}

impl FdLeak {
    pub(in crate::check) const LOOKS: Looks = Looks::AFTER.at(kinds!(
        BuffereventFinalize
            | Accept
            | EventAssign
            | BuffereventSocketNew
            | BuffereventSetfd
            | EvconnlistenerNew
            | BackendAdd
    ));

    pub(in crate::check) fn new(_: &CheckOptions) -> Self {
        Self::default()
    }
}

impl Rule for FdLeak {
    fn after(&mut self, at: &At<'_>, found: &mut Found<'_>) {
        let fd = at.record.objects.fd;
        match at.begins() {
            Some(Event::BuffereventFinalize { closed: false, .. }) => {
                let Some((id, bev)) = at.bev() else { return };
                let fd = bev.fd.or(fd).filter(|fd| *fd >= 0);
                // What stands on another has no fd of its own.
                let (Some(fd), None, true) = (fd, bev.underlying, at.facts.knows(bev.made_at))
                else {
                    return;
                };
                if self.left.len() >= WATCHED {
                    self.left.pop_last();
                }
                let object = ObjectId::Bev(id);
                self.left.insert(
                    fd,
                    Left {
                        step: bev.freed_at.unwrap_or(at.step),
                        bev: id,
                        place: at.facts.freed_by(object).cloned(),
                        told: false,
                    },
                );
            }
            Some(Event::Accept { errno: None, .. }) => {
                let Some(fd) = fd else { return };
                self.left.remove(&fd);
                if self.left.range(..fd).count() < MANY {
                    return;
                }
                for (fd, left) in self.left.range_mut(..fd) {
                    if !left.told {
                        left.told = true;
                        found.tell(
                            Finding::at(
                                left.step,
                                text!(
                                    check_fd_leak,
                                    object = ObjectId::Bev(left.bev),
                                    fd = fd.to_string()
                                ),
                                text!(check_fd_leak_advice),
                            )
                            .about(ObjectId::Bev(left.bev))
                            .by(left.place.as_ref()),
                        );
                    }
                }
            }
            // Somebody uses it again: it was handed on, or closed and given out anew.
            Some(
                Event::EventAssign { .. }
                | Event::BuffereventSocketNew { .. }
                | Event::BuffereventSetfd {}
                | Event::EvconnlistenerNew { .. }
                | Event::BackendAdd { .. },
            ) => {
                if let Some(fd) = fd {
                    self.left.remove(&fd);
                }
            }
            _ => {}
        }
    }
}
