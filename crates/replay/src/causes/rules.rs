//! A rule for each kind of event whose cause is not just the call around it.

use evscope_trace::{
    ActiveWhy, BevId, ConnectProgress, EvFlags, Event, EventId, Level, Mark, Objects, Phase,
    Record, Role, Side,
};

use super::{Cause, CauseKind};
use crate::explain::ReadResult;
use crate::{ObjectId, Trace, describe};

/// Walks from a step to its cause, to the cause of that, and so on.
pub(super) struct Chain<'a> {
    trace: &'a Trace,
    at: usize,
    /// The event the chain is about when it comes to a poll: of all that were ready, this one counts.
    subject: Option<EventId>,
}

impl<'a> Chain<'a> {
    pub(super) fn new(trace: &'a Trace, step: usize) -> Self {
        Self {
            trace,
            at: step,
            subject: None,
        }
    }
}

impl Iterator for Chain<'_> {
    type Item = Cause;

    fn next(&mut self) -> Option<Cause> {
        let record = self.trace.get(self.at)?;
        if let Event::EventActive { .. } = record.event {
            self.subject = record.objects.event;
        }
        let (step, kind) = self.cause(&record).filter(|(step, _)| *step < self.at)?;
        let besides = self.besides(self.at);
        self.at = step;
        Some(Cause {
            step,
            kind,
            besides,
        })
    }
}

/// A step that is a cause, and in what way it is one.
pub(super) type Link<S> = Option<(S, CauseKind)>;

/// What lies before a step, in a trace that is there or in one that goes by.
pub(super) trait Past {
    /// A step that lies before.
    type Step;

    /// The enter of the call that the step ends, or else the call around it.
    fn beginning(&self) -> Link<Self::Step>;
    /// The call around the step; calls that only everything shows are passed over.
    fn around(&self) -> Link<Self::Step>;
    /// The call around the step, whatever shows it.
    fn directly_around(&self) -> Link<Self::Step>;
    /// The nearest step before this one in the same call for which `wanted` holds.
    fn beside_with(&self, wanted: impl Fn(&Event, &Objects) -> bool) -> Link<Self::Step>;
    /// The last activation of the step's event, or of the event whose callback the step is: a callback
    /// of a bufferevent or listener does not always name its event.
    fn activation(&self, record: &Record) -> Link<Self::Step>;
    /// What ended the last wait of the step's thread.
    fn wait(&self, record: &Record) -> Option<Self::Step>;
    /// The `event_add` that made an event pending: of those since its last `event_del`, the first. What
    /// the loop does itself when an event fires does not count; the program's call does.
    fn made_pending(&self, event: EventId) -> Link<Self::Step>;
    /// The last `event_add` of the program that gave an event a timeout.
    fn timeout_set(&self, event: EventId) -> Link<Self::Step>;
    /// The `bufferevent_free` of the step's bufferevent, when that is why it is taken apart.
    fn freed(&self, record: &Record) -> Link<Self::Step>;
    /// The event of all that were ready that counts, when the step is a wait.
    fn subject(&self) -> Option<EventId>;
    /// Whether the loop does the step itself, between the callbacks.
    fn is_in_loop(&self) -> bool;
    /// Whether the loop runs a callback: itself, or, for an event that is used once, through the library's
    /// own callback, which runs the program's and then frees the event.
    fn is_run_by_loop(&self) -> bool;
    /// Whether there is no call around the step.
    fn is_outermost(&self) -> bool;
    /// Whether the call around the step is what the library runs for signals.
    fn is_for_signals(&self) -> bool;

    /// The cause of the step, which has this record.
    fn cause(&self, record: &Record) -> Link<Self::Step> {
        let objects = &record.objects;
        let event = &record.event;
        match event {
            Event::Poll { .. } if record.phase != Phase::Enter => match self.subject() {
                Some(subject) => self.made_pending(subject),
                None => self.beginning(),
            },
            _ if record.phase == Phase::Exit => self.beginning(),

            // The loop runs these because their event is active.
            Event::EventCallback { .. }
            | Event::EventOnceCb {}
            | Event::EvsigCb {}
            | Event::ListenerReadCb {}
            | Event::BuffereventReadcb { .. }
            | Event::BuffereventWritecb { .. }
            | Event::DeferredCb { .. } => {
                if self.is_run_by_loop() || self.is_outermost() {
                    self.activation(record).or_else(|| self.around())
                } else {
                    self.around()
                }
            }

            Event::EventActive { why, .. } => self.why_active(*why, record),

            // The loop itself deletes and adds an event that fires.
            Event::EventAdd { .. } if self.is_in_loop() => self.activation(record),
            Event::EventDel {} if self.is_in_loop() => self.activation(record),
            Event::EventDel {} if objects.role == Some(Role::BevWrite) => self
                .freed(record)
                .or_else(|| {
                    self.beside(record, |e| {
                        matches!(e, Event::EvbufferWrite { after: 0, .. })
                    })
                })
                .or_else(|| self.around()),
            Event::EventDel {} if objects.role == Some(Role::BevRead) => {
                self.freed(record).or_else(|| self.around())
            }

            // The program's callbacks of a bufferevent.
            Event::Readcb { .. } => self.at_mark(record, Side::Input, Mark::Low),
            Event::Writecb { .. } => self.at_mark(record, Side::Output, Mark::Low),
            Event::Eventcb { .. } => self
                .beside(record, |e| match e {
                    Event::Connect { .. } => true,
                    Event::EvbufferRead { result, .. } | Event::EvbufferWrite { result, .. } => {
                        *result <= 0
                    }
                    _ => false,
                })
                .or_else(|| self.around()),
            Event::ListenerCb { .. } => {
                let fd = objects.fd;
                self.beside_with(|e, of| {
                    matches!(e, Event::Accept { errno: None, .. }) && of.fd == fd
                })
                .or_else(|| self.around())
            }
            Event::ListenerErrorcb { .. } => self
                .beside(record, |e| {
                    matches!(e, Event::Accept { errno: Some(_), .. })
                })
                .or_else(|| self.around()),

            Event::Watermark { .. } => self
                .beside(record, |e| match e {
                    Event::EvbufferRead { result, .. } | Event::EvbufferWrite { result, .. } => {
                        *result > 0
                    }
                    _ => false,
                })
                .or_else(|| self.around()),
            Event::SuspendRead { .. }
            | Event::UnsuspendRead { .. }
            | Event::SuspendWrite { .. }
            | Event::UnsuspendWrite { .. } => self
                .beside(record, |e| {
                    matches!(e, Event::Watermark { .. } | Event::Ratelimit { .. })
                })
                .or_else(|| self.around()),
            Event::Ratelimit { .. } => self
                .beside(record, |e| {
                    matches!(e, Event::EvbufferRead { .. } | Event::EvbufferWrite { .. })
                })
                .or_else(|| self.around()),

            // Told beside what it belongs to when that is no call.
            Event::BackendAdd { .. } => self
                .beside_with(|e, of| matches!(e, Event::EventAdd { .. }) && of.fd == objects.fd)
                .or_else(|| self.directly_around()),
            Event::BackendDel { .. } => self
                .beside_with(|e, of| matches!(e, Event::EventDel {}) && of.fd == objects.fd)
                .or_else(|| self.directly_around()),
            Event::Error { .. } => self
                .beside(record, |e| describe::failure(e).is_some())
                .or_else(|| self.around()),

            Event::BuffereventFinalize { .. } => self.freed(record).or_else(|| self.around()),

            // A loss has no cause that the trace could tell.
            Event::Lost { .. } | Event::ProgramExit { .. } => None,

            _ => self.around(),
        }
    }

    /// Why an event became active.
    fn why_active(&self, why: ActiveWhy, record: &Record) -> Link<Self::Step> {
        let event = record.objects.event;
        match why {
            ActiveWhy::Io => {
                let wait = self.wait(record).map(|step| (step, CauseKind::Ready));
                wait.or_else(|| self.made_pending(event?))
            }
            ActiveWhy::Timeout => event
                .and_then(|event| self.timeout_set(event).or_else(|| self.made_pending(event)))
                .or_else(|| self.around()),
            ActiveWhy::Signal => match self.is_for_signals() {
                true => self.directly_around(),
                false => event.and_then(|event| self.made_pending(event)),
            },
            ActiveWhy::Deferred => self
                .beside(record, |e| {
                    matches!(e, Event::Watermark { .. } | Event::Connect { .. })
                })
                .or_else(|| self.around()),
            ActiveWhy::Manual | ActiveWhy::Finalize => self.around(),
        }
    }

    /// The nearest step before this one in the same call, and not about another bufferevent, for which `wanted` holds.
    fn beside(&self, record: &Record, wanted: impl Fn(&Event) -> bool) -> Link<Self::Step> {
        let bev = record.objects.bev;
        self.beside_with(|event, of| {
            let same = of.bev.is_none() || bev.is_none() || of.bev == bev;
            same && wanted(event)
        })
    }

    /// A callback of a bufferevent: the mark beside it, else the transfer beside it, else the call.
    fn at_mark(&self, record: &Record, side: Side, mark: Mark) -> Link<Self::Step> {
        self.beside(
            record,
            |e| matches!(e, Event::Watermark { side: s, mark: m, .. } if *s == side && *m == mark),
        )
        .or_else(|| {
            self.beside(record, |e| match side {
                Side::Input => matches!(e, Event::EvbufferRead { .. }),
                Side::Output => matches!(e, Event::EvbufferWrite { .. }),
            })
        })
        .or_else(|| self.around())
    }
}

/// The event that an activation of a step's event is about: whether a record is one of that.
pub(super) fn activates(wanted: &Record) -> impl Fn(&Record) -> bool + use<> {
    let objects = wanted.objects;
    let role = match &wanted.event {
        Event::BuffereventReadcb { .. } => Some(Role::BevRead),
        Event::BuffereventWritecb { .. } => Some(Role::BevWrite),
        Event::DeferredCb { .. } => Some(Role::BevDeferred),
        Event::ListenerReadCb {} => Some(Role::Listener),
        _ => None,
    };
    move |r: &Record| match (objects.event, role) {
        (Some(event), _) => r.objects.event == Some(event),
        (None, Some(Role::Listener)) => {
            r.objects.listener.is_some() && r.objects.listener == objects.listener
        }
        (None, Some(role)) => {
            r.objects.role == Some(role) && r.objects.bev.is_some() && r.objects.bev == objects.bev
        }
        (None, None) => false,
    }
}

/// In what way a step is a cause that was found near another.
pub(super) fn kind_of(event: &Event) -> CauseKind {
    match event {
        Event::EventBaseLoop { .. } => CauseKind::Loop,
        Event::Watermark { .. } => CauseKind::Watermark,
        Event::EvbufferRead { .. } | Event::EvbufferWrite { .. } => CauseKind::Transfer,
        Event::Accept { .. } => CauseKind::Accept,
        Event::Connect { .. } => CauseKind::Connect,
        Event::Ratelimit { .. } => CauseKind::Ratelimit,
        event if crate::explain::program_callback(event).is_some() => CauseKind::Callback,
        _ => CauseKind::Call,
    }
}

impl Past for Chain<'_> {
    type Step = usize;

    fn beginning(&self) -> Link<usize> {
        let begin = self.trace.begin(self.at);
        (begin != self.at)
            .then_some((begin, CauseKind::Begin))
            .or_else(|| self.around())
    }

    fn around(&self) -> Link<usize> {
        let mut around = self.trace.ancestors(self.at);
        around
            .find(|call| self.trace.record(*call).level() < Level::Everything)
            .map(|call| self.link_to(call))
    }

    fn directly_around(&self) -> Link<usize> {
        self.trace.parent(self.at).map(|call| self.link_to(call))
    }

    fn beside_with(&self, wanted: impl Fn(&Event, &Objects) -> bool) -> Link<usize> {
        // Beside each other in the loop, or in no call at all, means nothing.
        let parent = self.trace.parent(self.at)?;
        if matches!(self.trace.record(parent).event, Event::EventBaseLoop { .. }) {
            return None;
        }
        (parent..self.at)
            .rev()
            .filter(|step| self.trace.parent(*step) == Some(parent))
            .filter(|step| self.trace.phase(*step) != Some(Phase::Exit))
            .find(|step| {
                let record = self.trace.record(*step);
                wanted(&record.event, &record.objects)
            })
            .map(|step| self.link_to(step))
    }

    fn activation(&self, record: &Record) -> Link<usize> {
        let is_it = activates(record);
        self.before(self.at, &["event_active"], is_it)
            .map(|step| (step, CauseKind::Active))
    }

    fn wait(&self, record: &Record) -> Option<usize> {
        self.trace.last_before(self.at, &["poll"], |r| {
            r.thread == record.thread && r.phase != Phase::Enter
        })
    }

    fn made_pending(&self, event: EventId) -> Link<usize> {
        let end = self.trace.begin(self.at);
        let mut found = None;
        for (step, record) in self.trace.steps_of_event(event, end) {
            if record.phase == Phase::Exit {
                continue;
            }
            match record.event {
                Event::EventAdd { .. } if found.is_none() || !self.loop_does(step) => {
                    found = Some(step);
                }
                Event::EventDel {} if !self.loop_does(step) => break,
                Event::EventAssign { .. } => break,
                _ => {}
            }
        }
        found.map(|step| (step, CauseKind::Pending))
    }

    fn timeout_set(&self, event: EventId) -> Link<usize> {
        let mut steps = self.trace.steps_of_event(event, self.at);
        steps
            .find(|(step, record)| {
                record.phase != Phase::Exit
                    && matches!(record.event, Event::EventAdd { timeout: Some(_) })
                    && !self.loop_does(*step)
            })
            .map(|(step, _)| (step, CauseKind::Pending))
    }

    fn freed(&self, record: &Record) -> Link<usize> {
        let bev = record.objects.bev?;
        self.before_of_bev(self.at, Some(bev), &["bufferevent_free"], |_| true)
            .map(|step| (step, CauseKind::Free))
    }

    fn subject(&self) -> Option<EventId> {
        self.subject
    }

    fn is_in_loop(&self) -> bool {
        self.loop_does(self.at)
    }

    fn is_run_by_loop(&self) -> bool {
        let once = self
            .trace
            .parent(self.at)
            .filter(|call| matches!(self.trace.record(*call).event, Event::EventOnceCb {}));
        self.loop_does(once.unwrap_or(self.at))
    }

    fn is_outermost(&self) -> bool {
        self.trace.parent(self.at).is_none()
    }

    fn is_for_signals(&self) -> bool {
        let parent = self.trace.parent(self.at);
        parent.is_some_and(|call| matches!(self.trace.record(call).event, Event::EvsigCb {}))
    }
}

impl Chain<'_> {
    /// The read that was told that the connect was refused: it only takes note of it, for the write side to
    /// report.
    fn refused(&self, step: usize, bev: Option<BevId>) -> Option<usize> {
        let names = ["connect", "evbuffer_read"];
        let found = self.before_of_bev(step, bev, &names, |event| match event {
            Event::Connect { .. } => true,
            Event::EvbufferRead { result, errno, .. } => matches!(
                ReadResult::of(*result, errno.as_deref()),
                ReadResult::Refused(_)
            ),
            _ => false,
        })?;
        // An older connect ends the search.
        let is_read = matches!(self.trace.record(found).event, Event::EvbufferRead { .. });
        is_read.then_some(found)
    }

    /// The call that disabled writing, where it is disabled at a step that this call is not around.
    fn write_disabled(&self, step: usize, bev: Option<BevId>) -> Option<usize> {
        let names = ["bufferevent_enable", "bufferevent_disable"];
        let last = self.before_of_bev(step, bev, &names, |e| match e {
            Event::BuffereventEnable { events } | Event::BuffereventDisable { events } => {
                events.contains(EvFlags::WRITE)
            }
            _ => false,
        })?;
        let disables = matches!(
            self.trace.record(last).event,
            Event::BuffereventDisable { .. }
        );
        (disables && !self.trace.ancestors(step).any(|call| call == last)).then_some(last)
    }

    /// What else it took for a step to happen.
    fn besides(&self, step: usize) -> Vec<Cause> {
        let record = self.trace.record(step);
        let bev = record.objects.bev;
        let of_bev = |r: &Record| bev.is_some() && r.objects.bev == bev;
        let besides = match &record.event {
            Event::EvbufferWrite { .. } if record.phase != Phase::Exit => {
                let buf = record.objects.buf;
                let names = [
                    "evbuffer_add",
                    "evbuffer_prepend",
                    "evbuffer_move",
                    "bufferevent_write",
                ];
                let put = self.before(step, &names, |r| match r.event {
                    Event::EvbufferAdd { .. }
                    | Event::EvbufferPrepend { .. }
                    | Event::EvbufferMove { .. } => buf.is_some() && r.objects.buf == buf,
                    Event::BuffereventWrite { .. } => of_bev(r),
                    _ => false,
                });
                let whole = put.map(|put| {
                    let by_write = self.trace.ancestors(put).find(|call| {
                        matches!(
                            self.trace.record(*call).event,
                            Event::BuffereventWrite { .. }
                        )
                    });
                    by_write.unwrap_or(put)
                });
                (whole, CauseKind::Bytes)
            }
            Event::Watermark { side, .. } => {
                let wanted = match side {
                    Side::Input => EvFlags::READ,
                    Side::Output => EvFlags::WRITE,
                };
                let names = ["bufferevent_setwatermark"];
                let set = self.before_of_bev(step, bev, &names, |e| {
                    matches!(e, Event::BuffereventSetwatermark { events, .. } if events.contains(wanted))
                });
                (set, CauseKind::Marks)
            }
            Event::EventAdd { timeout: Some(_) } => (
                self.before_of_bev(step, bev, &["bufferevent_set_timeouts"], |_| true),
                CauseKind::Timeouts,
            ),
            Event::EventDel {} if record.objects.role == Some(Role::BevWrite) => {
                (self.write_disabled(step, bev), CauseKind::Disabled)
            }
            // A name that was looked up in vain.
            Event::Eventcb {
                errno: Some(errno), ..
            } if errno.starts_with("EAI_") => (
                self.before_of_bev(step, bev, &["bufferevent_socket_connect"], |e| {
                    matches!(e, Event::BuffereventSocketConnect { addr: Some(_) })
                }),
                CauseKind::Connect,
            ),
            Event::Readcb { .. } | Event::Writecb { .. } | Event::Eventcb { .. } => (
                self.before_of_bev(step, bev, &["bufferevent_setcb"], |_| true),
                CauseKind::Callbacks,
            ),
            Event::Connect {
                progress: ConnectProgress::Failed,
                ..
            } => (self.refused(step, bev), CauseKind::Transfer),
            _ => (None, CauseKind::Call),
        };
        let (found, kind) = besides;
        found
            .map(|step| Cause {
                step,
                kind,
                besides: Vec::new(),
            })
            .into_iter()
            .collect()
    }

    // ---- where to look ----------------------------------------------------------------------------

    /// The last step before `end` of one of these names that begins something for which `wanted` holds.
    fn before(
        &self,
        end: usize,
        names: &[&str],
        wanted: impl Fn(&Record) -> bool,
    ) -> Option<usize> {
        self.trace.last_before(end, names, |record| {
            record.phase != Phase::Exit && wanted(record)
        })
    }

    /// The same of the steps about a bufferevent.
    fn before_of_bev(
        &self,
        end: usize,
        bev: Option<BevId>,
        names: &[&str],
        wanted: impl Fn(&Event) -> bool,
    ) -> Option<usize> {
        self.trace
            .last_about(ObjectId::Bev(bev?), end, names, |record| {
                record.phase != Phase::Exit && wanted(&record.event)
            })
    }

    fn link_to(&self, step: usize) -> (usize, CauseKind) {
        (step, kind_of(&self.trace.record(step).event))
    }

    /// Whether the loop does a step itself, between the callbacks.
    fn loop_does(&self, step: usize) -> bool {
        self.trace.parent(step).is_some_and(|parent| {
            matches!(self.trace.record(parent).event, Event::EventBaseLoop { .. })
        })
    }
}
