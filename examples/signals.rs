//! Signals as events: a handler that runs in the loop, where everything is allowed.
//!
//! The real handler only writes a byte into a pipe, which is an event of the loop's own. That one counts the
//! bytes, makes the signal's events active, and their callbacks run as often as the signal came.

use std::cell::Cell;
use std::time::Duration;

use evscope_reactor::{Error, EvFlags, Event, EventBase};

pub(crate) fn main() -> Result<(), Error> {
    let mut base = EventBase::new()?;
    let signal_event = base.evsignal_new(libc::SIGUSR1, count_to(3))?;
    base.event_add(signal_event, None)?;
    base.event_base_once_timeout(raise_it, Some(Duration::from_millis(20)))?;

    // The signal's event keeps the loop alive, until it is deleted.
    base.event_base_dispatch()?;
    base.event_free(signal_event)?;
    base.event_base_free();
    Ok(())
}

/// Sends the signal to this very thread, twice before the loop looks, and once more later.
fn raise_it(base: &mut EventBase, _timer: Event, _what: EvFlags) -> Result<(), Error> {
    raise();
    raise();
    base.event_base_once_timeout(
        |_base: &mut EventBase, _timer, _what| raise(),
        Some(Duration::from_millis(20)),
    )
}

fn raise() {
    // SAFETY: the signal has a handler: the event for it is pending.
    unsafe { libc::raise(libc::SIGUSR1) };
}

/// A signal callback that has enough after so many.
fn count_to(enough: u32) -> impl Fn(&mut EventBase, Event, EvFlags) -> Result<(), Error> {
    let count = Cell::new(0);
    move |base, signal_event, _what| {
        count.set(count.get() + 1);
        if count.get() == enough {
            base.event_del(signal_event)?;
        }
        Ok(())
    }
}
