//! Timers: once, again and again, late, and changed.
//!
//! A persistent timer is due again a period after it was *due*, not after it ran, so it does not drift. If a
//! callback holds the loop for longer than that, the next call comes at once, and the count begins anew.

use std::cell::Cell;
use std::thread::sleep;
use std::time::Duration;

use evscope_reactor::{Error, EvFlags, Event, EventBase};

const PERIOD: Duration = Duration::from_millis(25);
const AN_HOUR: Duration = Duration::from_secs(3600);
const A_DAY: Duration = Duration::from_secs(24 * 3600);

pub(crate) fn main() -> Result<(), Error> {
    let mut base = EventBase::new()?;

    let egg = base.evtimer_new(egg_cb);
    base.event_add(egg, Some(AN_HOUR))?;
    let forgotten = base.evtimer_new(never_cb);
    base.event_add(forgotten, Some(AN_HOUR))?;
    let ticker = base.evtimer_new_persist(tick(egg));
    base.event_add(ticker, Some(PERIOD))?;
    base.event_base_once_timeout(never_cb, Some(A_DAY))?;

    // Two of them are pending for long still, so the loop ends only because it is told to.
    base.event_base_dispatch()?;
    base.event_base_free();
    Ok(())
}

/// A callback that ticks four times. After the second it dawdles, and the third is late.
fn tick(egg: Event) -> impl Fn(&mut EventBase, Event, EvFlags) -> Result<(), Error> {
    let ticks = Cell::new(0);
    move |base, ticker, _what| {
        ticks.set(ticks.get() + 1);
        match ticks.get() {
            2 => sleep(PERIOD * 5 / 2),
            4 => {
                base.event_del(ticker)?;
                // Another timeout replaces the one it has.
                base.event_add(egg, Some(PERIOD))?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// The egg is done. The loop ends a period later.
fn egg_cb(base: &mut EventBase, _egg: Event, _what: EvFlags) -> Result<(), Error> {
    base.event_base_loopexit(Some(PERIOD))
}

fn never_cb(_base: &mut EventBase, _timer: Event, _what: EvFlags) {}
