//! What the texts need to know of a step: the names of its objects and the state just before it.

use evscope_trace::{
    ActiveWhy, BevId, BufId, ConnectProgress, EvFlags, Event, EventId, ListenerOptions, Nanos,
    Role, Side, SuspendReasons, is_inner_callback,
};

use evscope_words::Text;

use super::cases::{ReadResult, WriteResult};
use super::program_callback;
use crate::{
    BaseState, BevKind, BevState, Change, EventState, ListenerState, RecordRef, Replay, State,
    Trace, Value, waiting,
};

/// The parts of the state whose change over a whole call is worth a word.
const TELLING: [&str; 9] = [
    "accepted",
    "connecting",
    "enabled",
    "exit_asked",
    "fd",
    "len",
    "pending",
    "suspended_read",
    "suspended_write",
];

/// A step and what surrounds it. Names of objects that the trace does not tell read `bev?`.
pub(crate) struct Scene<'a> {
    replay: &'a Replay,
    pub(crate) step: usize,
    pub(crate) record: RecordRef<'a>,
    /// The state before the step.
    state: State,
}

impl<'a> Scene<'a> {
    pub(super) fn new(replay: &'a Replay, step: usize) -> Option<Self> {
        Some(Self {
            replay,
            step,
            record: replay.trace().get(step)?,
            state: replay.state_before(step),
        })
    }

    pub(crate) fn trace(&self) -> &'a Trace {
        self.replay.trace()
    }

    // ---- names ------------------------------------------------------------------------------------

    pub(crate) fn base(&self) -> String {
        name("base", self.record.objects.base)
    }

    pub(crate) fn event(&self) -> String {
        name("event", self.record.objects.event)
    }

    pub(crate) fn bev(&self) -> String {
        name("bev", self.bev_id())
    }

    pub(crate) fn buf(&self) -> String {
        name("buf", self.record.objects.buf)
    }

    pub(crate) fn listener(&self) -> String {
        name("listener", self.record.objects.listener)
    }

    /// The fd of the step, or that of its object; a negative one is none.
    pub(crate) fn fd_if_any(&self) -> Option<i32> {
        let objects = &self.record.objects;
        let of_listener = || self.state.listeners.get(objects.listener?)?.fd;
        objects
            .fd
            .or_else(|| self.event_state()?.fd)
            .or_else(|| self.bev_state()?.fd)
            .or_else(of_listener)
            .filter(|fd| *fd >= 0)
    }

    pub(crate) fn fd(&self) -> String {
        self.fd_if_any()
            .map_or_else(|| "?".to_owned(), |fd| fd.to_string())
    }

    pub(crate) fn backend(&self) -> String {
        self.base_state()
            .and_then(|base| base.backend.as_deref())
            .unwrap_or(&self.trace().header().backend)
            .to_owned()
    }

    // ---- the loop ---------------------------------------------------------------------------------

    /// How many events of the base are pending, without the loop's own.
    pub(crate) fn pending_events(&self) -> u64 {
        self.pending()
            .filter(|(_, event)| event.role != Some(Role::Internal))
            .count() as u64
    }

    /// How many fds the kernel watches.
    pub(crate) fn watched_fds(&self) -> u64 {
        let base = self.record.objects.base;
        let told = self
            .state
            .interest
            .keys()
            .filter(|watched| base.is_none() || watched.base.is_none() || watched.base == base)
            .count() as u64;
        if told > 0 {
            return told;
        }
        let mut fds: Vec<i32> = self
            .pending()
            .filter(|(_, event)| event.events.intersects(EvFlags::READ | EvFlags::WRITE))
            .filter_map(|(_, event)| event.fd)
            .collect();
        fds.sort_unstable();
        fds.dedup();
        fds.len() as u64
    }

    /// The event whose timeout runs out first.
    pub(crate) fn next_timer(&self) -> Option<EventId> {
        self.pending()
            .filter_map(|(id, event)| Some((event.deadline?, id)))
            .min()
            .map(|(_, id)| id)
    }

    fn pending(&self) -> impl Iterator<Item = (EventId, &EventState)> {
        let base = self.record.objects.base;
        let of_base =
            move |event: &EventState| base.is_none() || event.base.is_none() || event.base == base;
        self.state
            .events
            .living()
            .filter(move |(_, event)| event.pending && of_base(event))
    }

    /// Whether a callback is about to run in the base's loop.
    pub(crate) fn has_active(&self) -> bool {
        let base = self.record.objects.base;
        self.state.active_queue().into_iter().any(|id| {
            let of = self.state.events.get(id).and_then(|event| event.base);
            base.is_none() || of.is_none() || of == base
        })
    }

    /// Whether the loop waits for an event that goes before this one.
    pub(crate) fn has_more_urgent(&self) -> bool {
        let own = self.record.objects.event;
        let Some(own) = own.and_then(|event| self.state.events.get(event)) else {
            return false;
        };
        self.state.events.iter().any(|(_, other)| {
            other.base == own.base
                && (other.pending || other.active.is_some())
                && other.priority < own.priority
        })
    }

    /// Whether the bufferevent has a socket's events: a pair and a filter have none.
    pub(crate) fn has_socket_events(&self) -> bool {
        !matches!(self.kind(), Some(BevKind::Pair | BevKind::Filter))
    }

    fn base_state(&self) -> Option<&BaseState> {
        self.state.bases.get(self.record.objects.base?)
    }

    /// Who of the base is not waited for, in words.
    pub(crate) fn unheard(&self) -> Option<Text> {
        waiting::unheard_text(&self.state, self.record.objects.base)
    }

    /// The event that keeps the loop from waiting, turn after turn.
    pub(crate) fn turning(&self) -> Option<EventId> {
        waiting::turning(self.trace(), self.step)
    }

    /// Whether the poll of this step was not to wait, only to look.
    pub(crate) fn only_looked(&self) -> bool {
        let begin = self.trace().record(self.trace().begin(self.step));
        let wait = Some(Nanos(0));
        matches!(begin.event, Event::Poll { timeout, .. } if timeout == wait)
    }

    /// How long the call took that ends here.
    pub(crate) fn took(&self) -> Option<Nanos> {
        let begin = self.trace().begin(self.step);
        let span = self
            .record
            .t
            .0
            .checked_sub(self.trace().record(begin).t.0)?;
        (begin != self.step).then_some(Nanos(span))
    }

    /// Whether the loop does this itself, between the callbacks.
    pub(crate) fn is_in_loop(&self) -> bool {
        self.trace().parent(self.step).is_some_and(|parent| {
            matches!(
                self.trace().record(parent).event,
                Event::EventBaseLoop { .. }
            )
        })
    }

    /// The call around this step.
    pub(crate) fn parent(&self) -> Option<RecordRef<'a>> {
        self.trace()
            .parent(self.step)
            .map(|parent| self.trace().record(parent))
    }

    /// Whether one of the program's own functions makes this call.
    pub(crate) fn is_called_by_program(&self) -> bool {
        self.parent().is_none_or(|parent| {
            program_callback(&parent.event).is_some_and(|callback| !is_inner_callback(callback))
        })
    }

    /// What the whole call changed that ends here, as far as it tells a reader something: the first
    /// changes, and how many there are besides.
    pub(crate) fn changes_of_call(&self) -> (Vec<Change>, usize) {
        /// More than this is a list nobody reads.
        const MOST: usize = 4;
        let before = self.replay.state_before(self.trace().begin(self.step));
        let mut changes = State::diff(&before, &self.replay.state_at(self.step));
        // Of an object that is new, its name says it all; a bufferevent's buffers come with it.
        let new: Vec<String> = changes
            .iter()
            .filter(|change| change.from == Value::Absent && !change.path.contains('.'))
            .map(|change| change.path.clone())
            .collect();
        changes.retain(|change| match change.path.split_once('.') {
            Some((object, rest)) => {
                let field = rest.rsplit('.').next().unwrap_or(rest);
                TELLING.contains(&field) && !new.iter().any(|new| new == object)
            }
            None => change.path != "active" && !change.path.starts_with("buf"),
        });
        let more = changes.len().saturating_sub(MOST);
        changes.truncate(MOST);
        (changes, more)
    }

    // ---- the event --------------------------------------------------------------------------------

    pub(crate) fn role(&self) -> Option<Role> {
        self.record
            .objects
            .role
            .or_else(|| self.event_state()?.role)
    }

    /// What the event waits for on its fd.
    pub(crate) fn interest(&self) -> Option<EvFlags> {
        let io = EvFlags::READ | EvFlags::WRITE | EvFlags::CLOSED;
        Some(self.event_state()?.events & io)
    }

    /// Whether the library has made it for its own use.
    pub(crate) fn is_of_library(&self) -> bool {
        matches!(
            self.role(),
            Some(Role::Internal | Role::BevRead | Role::BevWrite | Role::BevDeferred)
        )
    }

    /// Whether it waits for the clock alone.
    pub(crate) fn is_timer(&self) -> bool {
        let waits = EvFlags::READ | EvFlags::WRITE | EvFlags::CLOSED | EvFlags::SIGNAL;
        match self.role() {
            Some(Role::Timer) => true,
            Some(Role::Signal | Role::Listener | Role::BevDeferred) => false,
            Some(Role::User | Role::Internal | Role::BevRead | Role::BevWrite) | None => self
                .event_state()
                .is_some_and(|event| event.made_at.is_some() && !event.events.intersects(waits)),
        }
    }

    /// Whether it waits for an fd but has none, as the events of a bufferevent that is not connected.
    pub(crate) fn lacks_fd(&self) -> bool {
        let io = EvFlags::READ | EvFlags::WRITE | EvFlags::CLOSED;
        self.record.objects.fd.is_none_or(|fd| fd < 0)
            && self.event_state().is_some_and(|event| {
                event.made_at.is_some()
                    && event.events.intersects(io)
                    && event.fd.is_none_or(|fd| fd < 0)
            })
    }

    /// Whether it is, or was last, active because somebody said so, with nothing having happened.
    pub(crate) fn is_made_active(&self) -> bool {
        self.event_state()
            .is_some_and(|event| event.why == Some(ActiveWhy::Manual))
    }

    pub(crate) fn callback_of_event(&self) -> Option<&str> {
        self.event_state()?.callback.as_deref()
    }

    pub(crate) fn event_is_pending(&self) -> bool {
        self.event_state().is_some_and(|event| event.pending)
    }

    /// Whether the event was pending until the call around this step began, which counts for the state
    /// as its end: to free an event is to delete it first.
    pub(crate) fn event_was_pending(&self) -> bool {
        let (Some(event), Some(parent)) =
            (self.record.objects.event, self.trace().parent(self.step))
        else {
            return self.event_is_pending();
        };
        let pending = |state: &State| state.events.get(event).is_some_and(|event| event.pending);
        self.event_is_pending()
            || pending(&self.replay.state_before(parent)) && !pending(&self.replay.state_at(parent))
    }

    pub(crate) fn event_is_active(&self) -> bool {
        self.event_state()
            .is_some_and(|event| event.active.is_some())
    }

    pub(crate) fn is_persistent(&self) -> bool {
        self.event_state()
            .is_some_and(|event| event.events.contains(EvFlags::PERSIST))
    }

    /// Whether it is known to be no persistent event.
    pub(crate) fn is_once(&self) -> bool {
        self.event_state().is_some_and(|event| {
            event.made_at.is_some() && !event.events.contains(EvFlags::PERSIST)
        })
    }

    /// Whether what is not read makes it active again.
    pub(crate) fn is_level_triggered_persist(&self) -> bool {
        self.is_persistent()
            && self
                .event_state()
                .is_some_and(|event| !event.events.contains(EvFlags::ET))
    }

    fn event_state(&self) -> Option<&EventState> {
        self.state.events.get(self.record.objects.event?)
    }

    // ---- the listener -----------------------------------------------------------------------------

    /// Whether the listener is given up, which may be by the call around this step.
    pub(crate) fn is_listener_freed(&self) -> bool {
        let listener = self.listener_state();
        let freeing = matches!(
            self.parent().as_ref().map(|call| &call.event),
            Some(Event::EvconnlistenerFree {})
        );
        freeing || listener.is_some_and(ListenerState::is_freed)
    }

    fn listener_state(&self) -> Option<&ListenerState> {
        let of_event = || self.event_state()?.listener;
        let listener = self.record.objects.listener.or_else(of_event)?;
        self.state.listeners.get(listener)
    }

    pub(crate) fn listener_closes(&self) -> bool {
        self.listener_state()
            .is_some_and(|listener| listener.options.contains(ListenerOptions::CLOSE_ON_FREE))
    }

    // ---- buffers ----------------------------------------------------------------------------------

    /// Whose buffer the step is about.
    pub(crate) fn side(&self) -> Option<(BevId, Side)> {
        self.trace().owner(self.record.objects.buf?)
    }

    pub(crate) fn side_of(&self, buf: BufId) -> Option<(BevId, Side)> {
        self.trace().owner(buf)
    }

    /// The TLS connection whose ciphertext a buffer holds. A trace does not name these buffers: they are
    /// those that come with the connection and are neither its input nor its output.
    pub(crate) fn ciphertext_of(&self, buf: BufId) -> Option<BevId> {
        let made_at = match self.record.event {
            Event::EvbufferNew {} => Some(self.step),
            _ => self.state.bufs.get(buf)?.made_at,
        };
        let call = self.trace().record(self.trace().parent(made_at?)?);
        match call.event {
            _ if self.side_of(buf).is_some() => None,
            Event::BuffereventSocketNew { tls: Some(_), .. }
            | Event::BuffereventFilterNew { tls: Some(_), .. } => call.objects.bev,
            _ => None,
        }
    }

    /// The same of the step's buffer.
    pub(crate) fn ciphertext(&self) -> Option<BevId> {
        self.ciphertext_of(self.record.objects.buf?)
    }

    pub(crate) fn buffer_len(&self) -> Option<u64> {
        Some(self.state.bufs.get(self.record.objects.buf?)?.len)
    }

    pub(crate) fn input_len(&self) -> Option<u64> {
        Some(self.state.buffer(self.bev_id()?, Side::Input)?.len)
    }

    pub(crate) fn output_len(&self) -> Option<u64> {
        Some(self.state.buffer(self.bev_id()?, Side::Output)?.len)
    }

    // ---- the bufferevent --------------------------------------------------------------------------

    fn bev_id(&self) -> Option<BevId> {
        self.record
            .objects
            .bev
            .or_else(|| self.side().map(|(bev, _)| bev))
            .or_else(|| self.event_state()?.bev)
            .or_else(|| self.ciphertext())
    }

    fn bev_state(&self) -> Option<&BevState> {
        self.state.bevs.get(self.bev_id()?)
    }

    /// What the bufferevent stands on.
    pub(crate) fn kind(&self) -> Option<BevKind> {
        self.bev_state()?.kind
    }

    /// The bufferevent below, or at the other end of the pair.
    pub(crate) fn other_bev(&self) -> String {
        let bev = self.bev_state();
        name("bev", bev.and_then(|bev| bev.underlying.or(bev.partner)))
    }

    /// The filter or TLS connection that stands on the bufferevent.
    pub(crate) fn above(&self) -> Option<BevId> {
        let below = self.bev_id()?;
        let mut bevs = self.state.bevs.living();
        bevs.find(|(_, bev)| bev.underlying == Some(below))
            .map(|(id, _)| id)
    }

    /// Whether it is a TLS connection whose handshake is not done.
    pub(crate) fn shakes_hands(&self) -> bool {
        self.bev_state()
            .and_then(|bev| bev.tls.as_deref())
            .is_some_and(|tls| tls != "open")
    }

    pub(crate) fn read_low(&self) -> u64 {
        self.bev_state().map_or(0, |bev| bev.read_low)
    }

    pub(crate) fn read_high(&self) -> u64 {
        self.bev_state().map_or(0, |bev| bev.read_high)
    }

    pub(crate) fn write_low(&self) -> u64 {
        self.bev_state().map_or(0, |bev| bev.write_low)
    }

    /// Whether the trace tells of it from its beginning.
    pub(crate) fn is_known_bev(&self) -> bool {
        self.bev_state().is_some_and(|bev| bev.made_at.is_some())
    }

    /// Whether the program is not told of a side: it has set no callback for it.
    pub(crate) fn lacks_callback(&self, side: Side) -> bool {
        self.bev_state().is_some_and(|bev| {
            let callback = match side {
                Side::Input => &bev.readcb,
                Side::Output => &bev.writecb,
            };
            bev.made_at.is_some() && callback.is_none()
        })
    }

    /// The callback that is set for a side.
    pub(crate) fn callback_of(&self, side: Side) -> Option<&str> {
        let bev = self.bev_state()?;
        match side {
            Side::Input => bev.readcb.as_deref(),
            Side::Output => bev.writecb.as_deref(),
        }
    }

    /// Whether the bufferevent is given up, or will be by the call around this step.
    pub(crate) fn is_bev_freed(&self) -> bool {
        self.is_freed_here() || self.bev_state().is_some_and(BevState::is_freed)
    }

    /// What the library's read callback, which runs now, got from the fd last. In a callback of the program's, which it
    /// called, that is no reason for anything.
    pub(crate) fn read_gave(&self) -> Option<ReadGave> {
        let call = self.inner_call(|event| matches!(event, Event::BuffereventReadcb { .. }))?;
        self.last_in(call, |event| match event {
            Event::EvbufferRead { result, errno, .. } => {
                Some(match ReadResult::of(*result, errno.as_deref()) {
                    ReadResult::Eof => ReadGave::Eof,
                    ReadResult::Failed(_) => ReadGave::Failure,
                    ReadResult::Bytes(_) | ReadResult::WouldBlock(_) | ReadResult::Refused(_) => {
                        ReadGave::Other
                    }
                })
            }
            _ => None,
        })
    }

    /// The same of the write callback: whether the last write was the end of the connection.
    pub(crate) fn write_has_failed(&self) -> bool {
        let call = self.inner_call(|event| matches!(event, Event::BuffereventWritecb { .. }));
        let failed = call.and_then(|call| {
            self.last_in(call, |event| match event {
                Event::EvbufferWrite { result, errno, .. } => {
                    let gave = WriteResult::of(*result, errno.as_deref(), 1);
                    Some(matches!(
                        gave,
                        WriteResult::Nothing | WriteResult::Failed(_)
                    ))
                }
                _ => None,
            })
        });
        failed.unwrap_or(false)
    }

    /// Whether the library's write callback, which runs now, found that the connect has failed.
    pub(crate) fn connect_has_failed(&self) -> bool {
        let call = self.inner_call(|event| matches!(event, Event::BuffereventWritecb { .. }));
        let failed = call.and_then(|call| {
            self.last_in(call, |event| match event {
                Event::Connect { progress, .. } => Some(*progress == ConnectProgress::Failed),
                _ => None,
            })
        });
        failed.unwrap_or(false)
    }

    /// The nearest call around this step that is one of these, with none of the program's in between.
    fn inner_call(&self, is_it: impl Fn(&Event) -> bool) -> Option<usize> {
        let mut around = self.trace().parent(self.step);
        while let Some(step) = around {
            let record = self.trace().record(step);
            let event = &record.event;
            if is_it(event) {
                return Some(step);
            }
            if program_callback(event).is_some() {
                return None;
            }
            around = self.trace().parent(step);
        }
        None
    }

    /// The last thing of a kind that happened in a call before this step.
    fn last_in<T>(&self, call: usize, of: impl Fn(&Event) -> Option<T>) -> Option<T> {
        let mut records = self.trace().records_in(call..self.step).rev();
        records.find_map(|record| of(&record.event))
    }

    /// Whether this is part of giving the bufferevent up.
    pub(crate) fn is_freed_here(&self) -> bool {
        matches!(
            self.parent().as_ref().map(|call| &call.event),
            Some(Event::BuffereventFree {})
        )
    }

    /// Whether the program called what runs this callback, at once or from the loop.
    pub(crate) fn is_triggered(&self) -> bool {
        let parent = self.parent();
        let parent = parent.as_ref().map(|call| &call.event);
        matches!(parent, Some(Event::BuffereventTrigger { .. }))
            || self.put_off_by() == Some(PutOff::Triggered)
    }

    /// What put off the callback that the loop delivers here, where that was no reading or writing.
    pub(crate) fn put_off_by(&self) -> Option<PutOff> {
        let delivery = self.trace().parent(self.step)?;
        if !matches!(
            self.trace().record(delivery).event,
            Event::DeferredCb { .. }
        ) {
            return None;
        }
        let queued = crate::causes(self.trace(), delivery).first()?.step;
        let call = self.trace().parent(queued)?;
        match self.trace().record(call).event {
            Event::BuffereventSocketConnect { .. } => Some(PutOff::Connected),
            Event::BuffereventTrigger { .. } => {
                let caller = self.trace().parent(call);
                let caller = caller.map(|step| self.trace().record(step));
                let by_library = caller.is_some_and(|caller| {
                    program_callback(&caller.event).is_none_or(is_inner_callback)
                });
                Some(match by_library {
                    true => PutOff::Again,
                    false => PutOff::Triggered,
                })
            }
            _ => None,
        }
    }

    /// Whether bytes have left the output, so that this callback of the program runs.
    pub(crate) fn has_drained(&self) -> bool {
        let causes = crate::causes(self.trace(), self.step);
        let cause = causes.first().map(|cause| self.trace().record(cause.step));
        match cause.as_ref().map(|cause| &cause.event) {
            Some(Event::Watermark { from, to, .. }) => to < from,
            Some(Event::EvbufferWrite { result, .. }) => *result > 0,
            _ => false,
        }
    }

    pub(crate) fn is_connecting(&self) -> bool {
        self.bev_state().is_some_and(|bev| bev.connecting)
    }

    pub(crate) fn bev_enabled(&self, events: EvFlags) -> bool {
        self.bev_state()
            .is_some_and(|bev| bev.enabled.contains(events))
    }

    pub(crate) fn suspended_read(&self) -> SuspendReasons {
        self.bev_state()
            .map_or(SuspendReasons::empty(), |bev| bev.suspended_read)
    }

    pub(crate) fn suspended_write(&self) -> SuspendReasons {
        self.bev_state()
            .map_or(SuspendReasons::empty(), |bev| bev.suspended_write)
    }

    /// Why one of the sides in `events` is suspended, if one is.
    pub(crate) fn suspended(&self, events: EvFlags) -> Option<SuspendReasons> {
        let mut reasons = SuspendReasons::empty();
        if events.contains(EvFlags::READ) {
            reasons |= self.suspended_read();
        }
        if events.contains(EvFlags::WRITE) {
            reasons |= self.suspended_write();
        }
        (!reasons.is_empty()).then_some(reasons)
    }

    /// Whether one of its two events is pending.
    pub(crate) fn is_waited_for(&self) -> bool {
        self.bev_state().is_some_and(|bev| {
            let events = [bev.ev_read, bev.ev_write].into_iter().flatten();
            let mut states = events.filter_map(|event| self.state.events.get(event));
            states.any(|event| event.pending)
        })
    }

    /// Whether the write event is pending.
    pub(crate) fn write_is_pending(&self) -> bool {
        self.bev_state()
            .and_then(|bev| self.state.events.get(bev.ev_write?))
            .is_some_and(|event| event.pending)
    }
}

/// Whether a callback is the library's own. One inside libevent that has no name (evhttp's own) is called by its
/// place there.
pub(crate) fn is_of_library(callback: &str) -> bool {
    is_inner_callback(callback) || callback.starts_with("libevent")
}

/// Whether a bufferevent's callback is that of a TLS connection above it.
pub(crate) fn is_tls(callback: &str) -> bool {
    matches!(
        callback,
        "be_openssl_readcb"
            | "be_openssl_writecb"
            | "be_openssl_eventcb"
            | "be_openssl_handshakecb"
    )
}

/// What a read gave that matters to what comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadGave {
    /// The end of what the other side sends.
    Eof,
    /// It failed, and not because it would have to wait.
    Failure,
    /// Anything else.
    Other,
}

/// What put a callback off that is not the reading or writing of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PutOff {
    /// The program triggered it.
    Triggered,
    /// The read callback left the input full, so it is called again.
    Again,
    /// The connect was over at once.
    Connected,
}

/// What the library's callback for one of a bufferevent's events does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventOf {
    /// It reads or writes.
    Transfer,
    /// It goes on with the handshake of TLS.
    Handshake,
    /// It only says that the time is up: what has no socket waits for nothing else.
    Timeout,
}

impl EventOf {
    /// By the callback's name.
    pub(crate) fn of(callback: &str) -> Self {
        if callback.contains("handshake") {
            Self::Handshake
        } else if callback.contains("timeout") {
            Self::Timeout
        } else {
            Self::Transfer
        }
    }
}

fn name<T: std::fmt::Display>(kind: &str, id: Option<T>) -> String {
    id.map_or_else(|| format!("{kind}?"), |id| id.to_string())
}
