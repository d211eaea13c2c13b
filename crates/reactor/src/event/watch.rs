//! Watchers: callbacks before and after every wait, for programs that run another loop in this one, or measure
//! it. libevent 2.2's `watch.c`.

use std::rc::Rc;
use std::time::Duration;

use evscope_trace::Event as Step;

use crate::callback::{Callback, CallbackName, CallbackResult, Calls, Held, Named};
use crate::error::Object;
use crate::{Error, EvFlags, EventBase, Outcome, Watcher};

type PrepareFn = dyn Calls<Watcher, Option<Duration>>;
type CheckFn = dyn Calls<Watcher>;

/// A watcher: libevent's `struct evwatch`.
#[derive(Clone)]
pub(crate) enum Watch {
    Prepare(Callback<PrepareFn>),
    Check(Callback<CheckFn>),
}

/// # The loop: watched
impl EventBase {
    /// Calls `callback` in every turn before the loop waits (`evwatch_prepare_new`), with the longest that it
    /// may wait (`None`: for ever). Watchers do not keep a loop alive; those made last run last.
    #[track_caller]
    pub fn evwatch_prepare_new<F, R>(&mut self, callback: F) -> Watcher
    where
        F: Fn(&mut Self, Watcher, Option<Duration>) -> R + 'static,
        R: Outcome,
    {
        let (name, callback) = (CallbackName::of::<F>(), Held::new(callback));
        let run =
            move |base: &mut Self, watcher, timeout| callback(base, watcher, timeout).into_result();
        self.new_watcher(Watch::Prepare(Rc::new(Named { name, run })))
    }

    /// Calls `callback` in every turn when the loop has waited (`evwatch_check_new`), before any event's.
    #[track_caller]
    pub fn evwatch_check_new<F, R>(&mut self, callback: F) -> Watcher
    where
        F: Fn(&mut Self, Watcher) -> R + 'static,
        R: Outcome,
    {
        let (name, callback) = (CallbackName::of::<F>(), Held::new(callback));
        let run = move |base: &mut Self, watcher, ()| callback(base, watcher).into_result();
        self.new_watcher(Watch::Check(Rc::new(Named { name, run })))
    }

    fn new_watcher(&mut self, watch: Watch) -> Watcher {
        let watcher = self.watchers.insert(watch);
        self.watcher_order.push(watcher);
        watcher
    }

    /// Calls a watcher no more (`evwatch_free`), also in its own callback.
    pub fn evwatch_free(&mut self, watcher: Watcher) -> Result<(), Error> {
        self.watchers
            .remove(watcher)
            .ok_or(Error::Stale(Object::Watcher))?;
        self.watcher_order.retain(|&other| other != watcher);
        Ok(())
    }

    /// Before the loop waits.
    #[inline(always)]
    #[track_caller]
    pub(super) fn run_prepare_watchers(&mut self, timeout: Option<Duration>) {
        if !self.watchers.is_empty() {
            for (watcher, watch) in self.all_watchers() {
                if let Watch::Prepare(callback) = watch {
                    self.run_watcher(watcher, callback.name(), |base| {
                        callback.run(base, watcher, timeout)
                    });
                }
            }
        }
    }

    /// When it has waited.
    #[inline(always)]
    #[track_caller]
    pub(super) fn run_check_watchers(&mut self) {
        if !self.watchers.is_empty() {
            for (watcher, watch) in self.all_watchers() {
                if let Watch::Check(callback) = watch {
                    self.run_watcher(watcher, callback.name(), |base| {
                        callback.run(base, watcher, ())
                    });
                }
            }
        }
    }

    /// One may free others, or make new ones, which are for the next turn.
    #[cold]
    fn all_watchers(&self) -> Vec<(Watcher, Watch)> {
        let all = self.watcher_order.iter();
        all.filter_map(|&watcher| Some((watcher, self.watchers.get(watcher)?.clone())))
            .collect()
    }

    #[track_caller]
    fn run_watcher(
        &mut self,
        watcher: Watcher,
        name: CallbackName,
        run: impl FnOnce(&mut Self) -> CallbackResult,
    ) {
        if !self.watchers.contains_key(watcher) {
            return;
        }
        self.run_callback(
            || name,
            move |base, callback| {
                let step = Step::EventCallback { callback, what: EvFlags::empty() };
                (base.base_objects(), step)
            },
            run,
        );
    }
}
