//! Filters: a bufferevent on top of another, with a function for each direction in between. libevent's
//! `bufferevent_filter.c`.

use std::rc::Rc;

use super::Callbacks;
use super::kind::{FlushMode, Kind};
use super::run::TriggerOptions;
use super::slot::{BevSlot, EventCallbacks};
use crate::buffer::{BufferCallback, EvbufferCbInfo};
use crate::callback::{Callback, CallbackName, Calls, Held, Named};
use crate::recording::call;
use crate::{
    BevEvents, BevOptions, Bufferevent, Error, EvFlags, Evbuffer, EvbufferCallback, EventBase,
    SuspendReasons,
};

/// How often a filter may say Ok and have moved nothing. It is called until it says something else.
const MAX_IN_VAIN: u32 = 16;

/// The name of the filter's event callback below.
const EVENTCB: &str = "be_filter_eventcb";

/// What a filter function says (libevent's `enum bufferevent_filter_result`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterResult {
    /// Something was put into the destination.
    Ok,
    /// Nothing can be done without more in the source.
    NeedMore,
    /// The bytes are wrong.
    Error,
}

type FilterFn = dyn Calls<Evbuffer, (Evbuffer, Option<usize>, FlushMode), FilterResult>;

/// What a filtering bufferevent keeps beside what all do.
pub(crate) struct Filter {
    pub(super) underlying: Bufferevent,
    process_in: Callback<FilterFn>,
    process_out: Callback<FilterFn>,
    /// The callback on the filter's input, on while bytes wait below for room in it.
    inbuf_cb: EvbufferCallback,
    /// The callback on the filter's output.
    outbuf_cb: EvbufferCallback,
    close_underlying: bool,
}

/// # Bufferevents: filters
impl EventBase {
    /// Makes a bufferevent on top of `underlying` (`bufferevent_filter_new`). What is read below goes
    /// through `input_filter` to the new one's input; what is written to the new one goes through
    /// `output_filter` to the output below. A filter moves bytes from its first buffer to its second, at
    /// most as many as its limit says, if there is one. One that says Ok again and again and moves nothing has failed:
    /// the loop returns an error.
    ///
    /// The callbacks of `underlying` are the filter's from now on. With CLOSE_ON_FREE it is freed with the
    /// filter.
    #[call]
    pub fn bufferevent_filter_new(
        &mut self,
        underlying: Bufferevent,
        input_filter: impl Fn(&mut Self, Evbuffer, Evbuffer, Option<usize>, FlushMode) -> FilterResult
        + 'static,
        output_filter: impl Fn(&mut Self, Evbuffer, Evbuffer, Option<usize>, FlushMode) -> FilterResult
        + 'static,
        options: BevOptions,
    ) -> Result<Bufferevent, Error> {
        super::check_options(options, "bufferevent_filter_new")?;
        self.bev(underlying)?;
        let bev = self.bufferevent_init_common(None, options);
        let (input, output) = (self.bevs[bev].input, self.bevs[bev].output);
        self.says_filter_new(bev, underlying, options, None);
        self.bufferevent_setcb(underlying, filter_callbacks(bev))?;
        let callbacks = &mut self.buffers[input].callbacks;
        let inbuf_cb = callbacks.add(input, BufferCallback::FilterInbuf(bev));
        callbacks.set_enabled(inbuf_cb, false);
        let outbuf_cb = self.buffers[output]
            .callbacks
            .add(output, BufferCallback::FilterOutbuf(bev));
        self.bevs[bev].kind = Kind::Filter(Rc::new(Filter {
            underlying,
            process_in: wrap_filter(input_filter),
            process_out: wrap_filter(output_filter),
            inbuf_cb,
            outbuf_cb,
            close_underlying: options.contains(BevOptions::CLOSE_ON_FREE),
        }));
        self.assign_events(bev, EventCallbacks::timers(bev));
        self.incref(underlying);
        let enabled = self.bufferevent_enable(underlying, EvFlags::READ | EvFlags::WRITE);
        self.bufferevent_suspend_read(underlying, SuspendReasons::FILTER_READ);
        enabled.map(|()| bev)
    }

    /// The bufferevent below a filter (`bufferevent_get_underlying`).
    pub fn bufferevent_get_underlying(
        &self,
        bev: Bufferevent,
    ) -> Result<Option<Bufferevent>, Error> {
        Ok(self.bev(bev)?.kind.underlying())
    }

    #[track_caller]
    pub(super) fn be_filter_enable(
        &mut self,
        bev: Bufferevent,
        filter: &Filter,
        events: EvFlags,
    ) -> Result<(), Error> {
        self.reset_generic_timeouts(bev, events & EvFlags::WRITE);
        if events.contains(EvFlags::READ) {
            self.reset_generic_timeouts(bev, EvFlags::READ);
            self.bufferevent_unsuspend_read(filter.underlying, SuspendReasons::FILTER_READ);
        }
        Ok(())
    }

    #[track_caller]
    pub(super) fn be_filter_disable(&mut self, bev: Bufferevent, filter: &Filter, events: EvFlags) {
        self.delete_generic_timeouts(bev, events & EvFlags::WRITE);
        if events.contains(EvFlags::READ) {
            self.delete_generic_timeouts(bev, EvFlags::READ);
            self.bufferevent_suspend_read(filter.underlying, SuspendReasons::FILTER_READ);
        }
    }

    pub(super) fn be_filter_unlink(&mut self, filter: &Filter) {
        let underlying = filter.underlying;
        if filter.close_underlying {
            // The program may have freed it already; the filter's own reference goes with the filter.
            let _ = self.bufferevent_free(underlying);
            return;
        }
        // The program may have set callbacks of its own below meanwhile; they stay.
        let is_filters = |slot: &BevSlot| {
            let eventcb = slot.callbacks.eventcb.as_ref();
            eventcb.is_some_and(|callback| callback.name().short() == EVENTCB)
        };
        if self.bev(underlying).is_ok_and(is_filters) {
            let _ = self.bufferevent_setcb(underlying, Callbacks::default());
        }
        self.bufferevent_unsuspend_read(underlying, SuspendReasons::FILTER_READ);
    }

    /// Something was read below.
    fn be_filter_readcb(&mut self, bev: Bufferevent) {
        if let Some(filter) = self.live_filter(bev) {
            self.read_through(bev, &filter);
        }
    }

    /// Below, the output has drained: there is room for more.
    fn be_filter_writecb(&mut self, bev: Bufferevent) {
        if let Some(filter) = self.live_filter(bev) {
            self.incref(bev);
            self.process_output(bev, &filter, FlushMode::Normal);
            self.decref(bev);
        }
    }

    /// What happened below, happened here.
    fn be_filter_eventcb(&mut self, bev: Bufferevent, what: BevEvents) {
        if self.live_filter(bev).is_some() {
            // libevent holds no reference here: a filter that is freed in there is let go of at once.
            self.bufferevent_run_eventcb(bev, what, TriggerOptions::empty());
        }
    }

    /// The filter, unless it was freed.
    fn live_filter(&self, bev: Bufferevent) -> Option<Rc<Filter>> {
        // One that the program has freed goes on as long as another filter is on top of it.
        match &self.bevs.get(bev)?.kind {
            Kind::Filter(filter) => Some(Rc::clone(filter)),
            _ => None,
        }
    }

    fn read_through(&mut self, bev: Bufferevent, filter: &Filter) {
        self.incref(bev);
        let before = self.lengths(bev);
        if self.process_input(bev, filter, FlushMode::Normal) {
            let options = TriggerOptions::empty();
            self.bufferevent_trigger_nolock(bev, EvFlags::READ, options, before);
            let below = self.bevs[filter.underlying].input;
            if self.buffers[below].chain.len() > 0 && self.input_is_full(bev, FlushMode::Normal) {
                // Nothing more will be read below by itself: go on when room is made here.
                self.set_inbuf_cb(bev, filter, true);
            }
        }
        self.decref(bev);
    }

    fn set_inbuf_cb(&mut self, bev: Bufferevent, filter: &Filter, enabled: bool) {
        let input = self.bevs[bev].input;
        self.buffers[input]
            .callbacks
            .set_enabled(filter.inbuf_cb, enabled);
    }

    /// The callback on the filter's input: bytes were taken out, so those that wait below may come.
    #[call(input => EvbufferCb {
        callback: "bufferevent_filtered_inbuf_cb".into(),
        before: info.orig_size as u64,
        added: info.n_added as u64,
        deleted: info.n_deleted as u64,
    })]
    pub(crate) fn bufferevent_filtered_inbuf_cb(
        &mut self,
        bev: Bufferevent,
        input: Evbuffer,
        info: &EvbufferCbInfo,
    ) {
        if let Some(filter) = self.live_filter(bev)
            && !self.input_is_full(bev, FlushMode::Normal)
        {
            self.set_inbuf_cb(bev, &filter, false);
            let below = self.bevs[filter.underlying].input;
            if self.buffers[below].chain.len() > 0 {
                self.read_through(bev, &filter);
            }
        }
    }

    /// The callback on the filter's output: bytes were added, so send them through.
    #[call(output => EvbufferCb {
        callback: "bufferevent_filtered_outbuf_cb".into(),
        before: info.orig_size as u64,
        added: info.n_added as u64,
        deleted: info.n_deleted as u64,
    })]
    pub(crate) fn bufferevent_filtered_outbuf_cb(
        &mut self,
        bev: Bufferevent,
        output: Evbuffer,
        info: &EvbufferCbInfo,
    ) {
        if info.n_added > 0
            && let Some(filter) = self.live_filter(bev)
        {
            self.incref(bev);
            self.process_output(bev, &filter, FlushMode::Normal);
            self.decref(bev);
        }
    }

    /// Runs the input filter while it makes progress and there is room. Whether it made any.
    fn process_input(&mut self, bev: Bufferevent, filter: &Filter, mode: FlushMode) -> bool {
        let reads = |base: &Self| base.bevs[bev].enabled.contains(EvFlags::READ);
        if mode == FlushMode::Normal && (!reads(self) || self.input_is_full(bev, mode)) {
            return false;
        }
        let (mut processed, mut in_vain) = (false, 0);
        loop {
            let high = self.bevs[bev].wm_read.high;
            let (from, to) = (self.bevs[filter.underlying].input, self.bevs[bev].input);
            let limit = (mode == FlushMode::Normal && high > 0)
                .then(|| high.saturating_sub(self.buffers[to].chain.len()));
            let result = self.run_filter(&filter.process_in, from, to, limit, mode, &mut in_vain);
            processed |= result == FilterResult::Ok;
            if result != FilterResult::Ok
                || !reads(self)
                || self.buffers[from].chain.len() == 0
                || self.input_is_full(bev, mode)
            {
                break;
            }
        }
        if processed {
            self.reset_generic_timeouts(bev, EvFlags::READ);
        }
        processed
    }

    /// Runs a filter of the program's. One that panics has failed, and so has one that never does what it says.
    fn run_filter(
        &mut self,
        filter: &Callback<FilterFn>,
        from: Evbuffer,
        to: Evbuffer,
        limit: Option<usize>,
        mode: FlushMode,
        in_vain: &mut u32,
    ) -> FilterResult {
        let lengths = |base: &Self| {
            let len = |buffer| base.buffers.get(buffer).map(|slot| slot.chain.len());
            [len(from), len(to)]
        };
        let before = lengths(self);
        let mut result = FilterResult::Error;
        self.run_unsaid(
            || filter.name(),
            |base| {
                result = filter.run(base, from, (to, limit, mode));
                Ok(())
            },
        );
        if result != FilterResult::Ok || lengths(self) != before {
            *in_vain = 0;
            return result;
        }
        *in_vain += 1;
        if *in_vain < MAX_IN_VAIN {
            return result;
        }
        let what = format!(
            "it said Ok {MAX_IN_VAIN} times in a row and moved nothing; NeedMore says that"
        );
        self.program_failed(&filter.name(), what);
        FilterResult::Error
    }

    /// Runs the output filter while it makes progress and there is room below, and the write callback after
    /// it, which may add more.
    fn process_output(&mut self, bev: Bufferevent, filter: &Filter, mode: FlushMode) -> bool {
        if mode == FlushMode::Normal && !self.may_write(bev, filter, mode) {
            return false;
        }
        let (from, to) = (self.bevs[bev].output, self.bevs[filter.underlying].output);
        // What the filter and the write callback add is looked at here.
        self.buffers[from]
            .callbacks
            .set_enabled(filter.outbuf_cb, false);
        let (mut processed_any, mut in_vain) = (false, 0);
        loop {
            let before = self.lengths(bev);
            let mut processed = false;
            let mut result;
            loop {
                let high = self.bevs[filter.underlying].wm_write.high;
                let limit = (mode == FlushMode::Normal && high > 0)
                    .then(|| high.saturating_sub(self.buffers[to].chain.len()));
                result = self.run_filter(&filter.process_out, from, to, limit, mode, &mut in_vain);
                processed |= result == FilterResult::Ok;
                if result != FilterResult::Ok || !self.may_write(bev, filter, mode) {
                    break;
                }
            }
            processed_any |= processed;
            if !processed {
                break;
            }
            let options = TriggerOptions::empty();
            self.bufferevent_trigger_nolock(bev, EvFlags::WRITE, options, before);
            if result != FilterResult::Ok || !self.may_write(bev, filter, mode) {
                break;
            }
        }
        self.buffers[from]
            .callbacks
            .set_enabled(filter.outbuf_cb, true);
        if processed_any {
            self.reset_generic_timeouts(bev, EvFlags::WRITE);
        }
        processed_any
    }

    /// Writing is enabled, there is something to write, and there is room for it below.
    fn may_write(&self, bev: Bufferevent, filter: &Filter, mode: FlushMode) -> bool {
        let (slot, below) = (&self.bevs[bev], &self.bevs[filter.underlying]);
        let full = mode == FlushMode::Normal
            && below.wm_write.high > 0
            && self.buffers[below.output].chain.len() >= below.wm_write.high;
        slot.enabled.contains(EvFlags::WRITE) && self.buffers[slot.output].chain.len() > 0 && !full
    }

    fn input_is_full(&self, bev: Bufferevent, mode: FlushMode) -> bool {
        let slot = &self.bevs[bev];
        mode == FlushMode::Normal
            && slot.wm_read.high > 0
            && self.buffers[slot.input].chain.len() >= slot.wm_read.high
    }

    pub(super) fn be_filter_flush(
        &mut self,
        bev: Bufferevent,
        filter: &Filter,
        events: EvFlags,
        mode: FlushMode,
    ) {
        self.incref(bev);
        if events.contains(EvFlags::READ) {
            self.process_input(bev, filter, mode);
        }
        if events.contains(EvFlags::WRITE) {
            self.process_output(bev, filter, mode);
        }
        // As in libevent the one below answers for itself: what fails there was recorded.
        let _ = self.bufferevent_flush(filter.underlying, events, mode);
        self.decref(bev);
    }
}

#[track_caller]
fn wrap_filter<F>(filter: F) -> Callback<FilterFn>
where
    F: Fn(&mut EventBase, Evbuffer, Evbuffer, Option<usize>, FlushMode) -> FilterResult + 'static,
{
    let filter = Held::new(filter);
    Rc::new(Named {
        name: CallbackName::of::<F>(),
        run: move |base: &mut EventBase, from, (to, limit, mode)| {
            filter(base, from, to, limit, mode)
        },
    })
}

/// What the filter hears from below.
fn filter_callbacks(bev: Bufferevent) -> Callbacks {
    Callbacks::internal(
        ("be_filter_readcb", move |base, _| base.be_filter_readcb(bev)),
        ("be_filter_writecb", move |base, _| base.be_filter_writecb(bev)),
        (EVENTCB, move |base, _, what| base.be_filter_eventcb(bev, what)),
    )
}
