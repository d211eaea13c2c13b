//! Two readers who share sixteen bytes a tick.
//!
//! The group has one bucket. A member may take its share of what is left, but never less than a minimum; when
//! the bucket is empty all are suspended, with the reason BANDWIDTH_GROUP, and go on together at the next tick:
//! each time another one is first.

use std::os::unix::net::UnixStream;
use std::time::Duration;

use evscope_reactor::{
    BevOptions, Bufferevent, Callbacks, Error, EvFlags, EventBase, TokenBucketConfig,
};

/// Bytes in a tick, and the most at once.
const RATE: usize = 16;
const TICK: Duration = Duration::from_millis(40);
const MESSAGE: &[u8] = b"thirty-two bytes for each reader";

pub(crate) fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut base = EventBase::new()?;
    let config = TokenBucketConfig::new(RATE, RATE, RATE, RATE, Some(TICK))?;
    let group = base.bufferevent_rate_limit_group_new(config)?;
    // Without this, a share of at least 64 would be what a tick brings: one reader at a time.
    base.bufferevent_rate_limit_group_set_min_share(group, RATE / 4)?;

    let mut readers = Vec::new();
    for _ in 0..2 {
        let (ours, theirs) = UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let bev = base.bufferevent_socket_new(Some(ours.into()), BevOptions::CLOSE_ON_FREE)?;
        base.bufferevent_setcb(bev, Callbacks::new().readcb(whole_message))?;
        base.bufferevent_setwatermark(bev, EvFlags::READ, MESSAGE.len(), 0)?;
        base.bufferevent_add_to_rate_limit_group(bev, group)?;
        base.bufferevent_enable(bev, EvFlags::READ)?;
        std::io::Write::write_all(&mut &theirs, MESSAGE)?;
        readers.push((bev, theirs));
    }
    base.event_base_dispatch()?;
    base.event_base_dispatch()?;

    let (read, _) = base.bufferevent_rate_limit_group_get_totals(group)?;
    assert_eq!(read, 2 * MESSAGE.len() as u64);
    for (bev, _) in readers {
        base.bufferevent_free(bev)?;
    }
    base.event_base_free();
    Ok(())
}

/// A reader has its message.
fn whole_message(base: &mut EventBase, bev: Bufferevent) -> Result<(), Error> {
    base.bufferevent_disable(bev, EvFlags::READ)?;
    base.event_base_loopexit(None)
}
