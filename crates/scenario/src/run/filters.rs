//! What filters do with bytes: as the driver's functions of the same order, by the same calls.

use std::cell::Cell;
use std::rc::Rc;

use evscope_reactor::{Evbuffer, EventBase, FilterResult, FlushMode};

use super::step::MOST_BYTES;

/// Which way bytes go through a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// From the one below.
    In,
    /// To the one below.
    Out,
}

/// The longest frame that its first byte can tell of.
const MOST_FRAMED: usize = 255;

/// The most bytes that `double` takes in a scenario: what is sent back to where it came from would double for ever.
const MOST_DOUBLED: usize = MOST_BYTES / 2;

/// The filter of a number. `doubled` counts the bytes that `double` has taken in this scenario.
pub(super) fn filter(
    which: i64,
    way: Way,
    doubled: Rc<Cell<usize>>,
) -> impl Fn(&mut EventBase, Evbuffer, Evbuffer, Option<usize>, FlushMode) -> FilterResult + 'static
{
    move |base, from, to, limit, mode| {
        let len = base.evbuffer_get_length(from).unwrap_or(0);
        let most = limit.map_or(len, |limit| limit.min(len));
        match which {
            // As libevent's own, which is used where there is none: nothing moved is fine, too.
            0 => match base.evbuffer_remove_buffer(from, to, limit.unwrap_or(usize::MAX)) {
                Ok(_) => FilterResult::Ok,
                Err(_) => FilterResult::Error,
            },
            1 => move_bytes(base, from, to, most),
            // Whole pairs only, but the last byte at the end.
            2 => {
                let most = if mode == FlushMode::Normal {
                    most & !1
                } else {
                    most
                };
                if most == 0 {
                    FilterResult::NeedMore
                } else {
                    move_bytes(base, from, to, most)
                }
            }
            3 => FilterResult::Error,
            4 => double(base, from, to, limit, way, &doubled),
            5 => frame(base, from, to, limit, way),
            _ => swallow(base, from),
        }
    }
}

fn move_bytes(base: &mut EventBase, from: Evbuffer, to: Evbuffer, most: usize) -> FilterResult {
    match base.evbuffer_remove_buffer(from, to, most) {
        Ok(n) if n > 0 => FilterResult::Ok,
        _ => FilterResult::NeedMore,
    }
}

/// Takes `n` bytes out, makes others of them, and adds those.
fn through(
    base: &mut EventBase,
    from: Evbuffer,
    to: Evbuffer,
    n: usize,
    make: impl FnOnce(Vec<u8>) -> Vec<u8>,
) -> FilterResult {
    let mut bytes = vec![0; n];
    if n == 0 || base.evbuffer_remove(from, &mut bytes).is_err() {
        return FilterResult::NeedMore;
    }
    match base.evbuffer_add(to, &make(bytes)) {
        Ok(()) => FilterResult::Ok,
        Err(_) => FilterResult::Error,
    }
}

/// Every byte goes out twice.
fn double(
    base: &mut EventBase,
    from: Evbuffer,
    to: Evbuffer,
    limit: Option<usize>,
    way: Way,
    doubled: &Cell<usize>,
) -> FilterResult {
    let len = base.evbuffer_get_length(from).unwrap_or(0);
    let limit = limit.unwrap_or(usize::MAX);
    if way == Way::In {
        let n = (len / 2).min(limit).min(MOST_BYTES / 2) * 2;
        return through(base, from, to, n, |bytes| {
            bytes.into_iter().step_by(2).collect()
        });
    }
    let n = len.min(limit / 2).min(MOST_DOUBLED - doubled.get());
    let result = through(base, from, to, n, |bytes| {
        bytes.iter().flat_map(|byte| [*byte, *byte]).collect()
    });
    if result == FilterResult::Ok {
        doubled.set(doubled.get() + n);
    }
    result
}

/// A byte in front of every piece says how long it is; in come only whole pieces.
fn frame(
    base: &mut EventBase,
    from: Evbuffer,
    to: Evbuffer,
    limit: Option<usize>,
    way: Way,
) -> FilterResult {
    let len = base.evbuffer_get_length(from).unwrap_or(0);
    if way == Way::Out {
        let room = limit.map_or(MOST_FRAMED, |limit| limit.saturating_sub(1));
        let n = len.min(room).min(MOST_FRAMED);
        return through(base, from, to, n, |bytes| {
            let mut framed = vec![bytes.len() as u8];
            framed.extend(bytes);
            framed
        });
    }
    let mut first = [0];
    if !matches!(base.evbuffer_copyout(from, &mut first), Ok(1)) {
        return FilterResult::NeedMore;
    }
    let whole = 1 + usize::from(first[0]);
    let n = if whole <= len { whole } else { 0 };
    through(base, from, to, n, |mut bytes| bytes.split_off(1))
}

/// Nothing comes through.
fn swallow(base: &mut EventBase, from: Evbuffer) -> FilterResult {
    let len = base.evbuffer_get_length(from).unwrap_or(0);
    match base.evbuffer_drain(from, len) {
        Ok(()) => FilterResult::Ok,
        Err(_) => FilterResult::Error,
    }
}
