//! Running the loop in every way there is, and every way in which it ends.
//!
//! Each part runs the same loop anew: what an earlier one left active or pending is still there.

use std::time::Duration;

use evscope_reactor::{Error, EvFlags, Event, EventBase, LoopEnd, LoopFlags};

const SOON: Duration = Duration::from_millis(20);

pub(crate) fn main() -> Result<(), Error> {
    let mut base = EventBase::new()?;
    // Nothing to do: it ends before it has begun.
    assert_eq!(base.event_base_dispatch()?, LoopEnd::Empty);

    let timer = base.evtimer_new(nothing);
    base.event_add(timer, Some(SOON))?;
    // Without waiting: nothing is due yet.
    assert_eq!(
        base.event_base_loop(LoopFlags::NONBLOCK)?,
        LoopEnd::Nonblock
    );
    // Until something has run.
    assert_eq!(base.event_base_loop(LoopFlags::ONCE)?, LoopEnd::Once);

    // Break: at once, and the second callback waits for the next loop.
    let breaker = base.evtimer_new(break_it);
    let second = base.evtimer_new(nothing);
    base.event_active(breaker, EvFlags::TIMEOUT)?;
    base.event_active(second, EvFlags::TIMEOUT)?;
    assert_eq!(base.event_base_dispatch()?, LoopEnd::Break);
    // Exit: after this turn, so the second callback still runs.
    let exiter = base.evtimer_new(exit_now);
    base.event_active(exiter, EvFlags::TIMEOUT)?;
    assert_eq!(base.event_base_dispatch()?, LoopEnd::Exit);

    // Continue: the loop looks again before the second callback runs.
    let continuer = base.evtimer_new(look_again);
    base.event_active(continuer, EvFlags::TIMEOUT)?;
    base.event_active(second, EvFlags::TIMEOUT)?;
    assert_eq!(base.event_base_dispatch()?, LoopEnd::Empty);

    // It stays although there is nothing to do, until it is told to end.
    base.event_base_loopexit(Some(SOON))?;
    let end = base.event_base_loop(LoopFlags::NO_EXIT_ON_EMPTY)?;
    assert_eq!(end, LoopEnd::Exit);
    base.event_base_free();
    Ok(())
}

fn nothing(_base: &mut EventBase, _event: Event, _what: EvFlags) {}

fn break_it(base: &mut EventBase, _event: Event, _what: EvFlags) {
    base.event_base_loopbreak();
}

fn exit_now(base: &mut EventBase, _event: Event, _what: EvFlags) -> Result<(), Error> {
    base.event_base_loopexit(None)
}

/// A loop within the loop of the same base is refused.
fn look_again(base: &mut EventBase, _event: Event, _what: EvFlags) {
    assert!(matches!(
        base.event_base_dispatch(),
        Err(Error::LoopRunning)
    ));
    base.event_base_loopcontinue();
}
