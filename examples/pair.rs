//! A pair: two bufferevents that are each other's other end, without a socket.
//!
//! What is written into one waits in its output until the other reads, and never goes above the other's
//! high mark. Their callbacks are always deferred, so that two ends that talk to each other do not call
//! each other deeper and deeper.

use evscope_reactor::{
    BevEvents, BevOptions, Bufferevent, Callbacks, Error, EvFlags, EventBase, FlushMode,
};

pub(crate) fn main() -> Result<(), Error> {
    let mut base = EventBase::new()?;
    let [asker, teller] = base.bufferevent_pair_new(BevOptions::empty())?;
    let callbacks = Callbacks::new().readcb(hear_answer).eventcb(asker_eventcb);
    base.bufferevent_setcb(asker, callbacks)?;
    base.bufferevent_enable(asker, EvFlags::READ)?;
    let callbacks = Callbacks::new().readcb(answer).eventcb(teller_eventcb);
    base.bufferevent_setcb(teller, callbacks)?;
    base.bufferevent_setwatermark(teller, EvFlags::READ, 0, 8)?;

    // Nobody reads at the other end yet, so it stays in the output.
    base.bufferevent_write(asker, b"what time is it?")?;
    // Now some of it goes over: the other end holds eight bytes at most.
    base.bufferevent_enable(teller, EvFlags::READ)?;

    base.event_base_dispatch()?;
    base.event_base_free();
    Ok(())
}

/// Hears the question in pieces, and answers when it has a question mark.
fn answer(base: &mut EventBase, teller: Bufferevent) -> Result<(), Error> {
    let mut piece = [0; 8];
    let len = base.bufferevent_read(teller, &mut piece)?;
    if piece[..len].ends_with(b"?") {
        base.bufferevent_write(teller, b"noon")?;
    }
    Ok(())
}

/// Is content, and says that there is nothing more to come.
fn hear_answer(base: &mut EventBase, asker: Bufferevent) -> Result<(), Error> {
    base.bufferevent_read(asker, &mut [0; 8])?;
    base.bufferevent_flush(asker, EvFlags::WRITE, FlushMode::Finished)
}

/// The end of what the asker says. The asker learns nothing of it when this end is freed.
fn teller_eventcb(base: &mut EventBase, teller: Bufferevent, what: BevEvents) -> Result<(), Error> {
    if what.contains(BevEvents::EOF)
        && let Some(asker) = base.bufferevent_pair_get_partner(teller)?
    {
        base.bufferevent_free(teller)?;
        base.bufferevent_free(asker)?;
    }
    Ok(())
}

/// Never called: the other end does not flush.
fn asker_eventcb(base: &mut EventBase, asker: Bufferevent, _what: BevEvents) -> Result<(), Error> {
    base.bufferevent_free(asker)
}
