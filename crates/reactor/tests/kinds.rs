//! Bufferevents without a socket of their own, and rate limits.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::cell::RefCell;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::{Duration, Instant};

use evscope_reactor::{
    BevEvents, BevOptions, Bufferevent, Callbacks, EvFlags, EventBase, FilterResult, FlushMode,
    TokenBucketConfig,
};

/// What callbacks saw, in order.
type Log = Rc<RefCell<Vec<String>>>;

fn take(base: &mut EventBase, bev: Bufferevent) -> String {
    let mut bytes = [0; 4096];
    let n = base.bufferevent_read(bev, &mut bytes).unwrap();
    String::from_utf8_lossy(&bytes[..n]).into_owned()
}

fn reader(log: &Log, name: &'static str) -> Callbacks {
    let (reads, events) = (Rc::clone(log), Rc::clone(log));
    Callbacks::new()
        .readcb(move |base, bev| {
            let text = take(base, bev);
            reads.borrow_mut().push(format!("{name} read {text}"));
        })
        .eventcb(move |_, _, what| events.borrow_mut().push(format!("{name} {what}")))
}

#[test]
fn a_pair_hands_over_what_is_written_from_the_loop() {
    let mut base = EventBase::new().unwrap();
    let log = Log::default();
    let [a, b] = base.bufferevent_pair_new(BevOptions::empty()).unwrap();
    base.bufferevent_setcb(b, reader(&log, "b")).unwrap();
    base.bufferevent_write(a, b"hello").unwrap();
    assert_eq!(
        base.evbuffer_get_length(base.bufferevent_get_output(a).unwrap())
            .unwrap(),
        5,
        "b does not read yet"
    );
    base.bufferevent_enable(b, EvFlags::READ).unwrap();
    assert!(log.borrow().is_empty(), "callbacks of pairs are deferred");
    base.event_base_dispatch().unwrap();
    assert_eq!(*log.borrow(), ["b read hello"]);
    assert_eq!(base.bufferevent_pair_get_partner(a).unwrap(), Some(b));
    base.bufferevent_free(a).unwrap();
    assert_eq!(base.bufferevent_pair_get_partner(b).unwrap(), None);
    assert!(base.bufferevent_pair_get_partner(a).is_err());
}

#[test]
fn a_pair_stops_at_the_high_mark_and_a_flush_passes_it() {
    let mut base = EventBase::new().unwrap();
    let [a, b] = base.bufferevent_pair_new(BevOptions::empty()).unwrap();
    base.bufferevent_setwatermark(b, EvFlags::READ, 0, 4)
        .unwrap();
    base.bufferevent_enable(b, EvFlags::READ).unwrap();
    base.bufferevent_write(a, b"0123456789").unwrap();
    let input = base.bufferevent_get_input(b).unwrap();
    assert_eq!(base.evbuffer_get_length(input).unwrap(), 4);
    base.bufferevent_flush(a, EvFlags::WRITE, FlushMode::Flush)
        .unwrap();
    assert_eq!(base.evbuffer_get_length(input).unwrap(), 10);
    base.evbuffer_drain(input, 8).unwrap();
    assert_eq!(take(&mut base, b), "89");
}

#[test]
fn a_finished_pair_tells_the_partner_of_the_end() {
    let mut base = EventBase::new().unwrap();
    let log = Log::default();
    let [a, b] = base.bufferevent_pair_new(BevOptions::empty()).unwrap();
    base.bufferevent_setcb(b, reader(&log, "b")).unwrap();
    base.bufferevent_flush(a, EvFlags::WRITE, FlushMode::Finished)
        .unwrap();
    base.event_base_dispatch().unwrap();
    let end = BevEvents::EOF | BevEvents::READING;
    // The low mark of an input is 0, so its callback runs for nothing, too; events come last.
    assert_eq!(*log.borrow(), ["b read ".to_owned(), format!("b {end}")]);
}

#[test]
fn a_pair_has_timeouts() {
    let mut base = EventBase::new().unwrap();
    let log = Log::default();
    let [_a, b] = base.bufferevent_pair_new(BevOptions::empty()).unwrap();
    base.bufferevent_setcb(b, reader(&log, "b")).unwrap();
    base.bufferevent_enable(b, EvFlags::READ).unwrap();
    let short = Some(Duration::from_millis(2));
    base.bufferevent_set_timeouts(b, short, None).unwrap();
    base.event_base_dispatch().unwrap();
    let end = BevEvents::READING | BevEvents::TIMEOUT;
    assert_eq!(*log.borrow(), [format!("b {end}")]);
    assert!(
        !base
            .bufferevent_get_enabled(b)
            .unwrap()
            .contains(EvFlags::READ)
    );
}

/// A filter that changes every byte, one call at a time.
fn rot(
    by: u8,
) -> impl Fn(
    &mut EventBase,
    evscope_reactor::Evbuffer,
    evscope_reactor::Evbuffer,
    Option<usize>,
    FlushMode,
) -> FilterResult {
    move |base, from, to, limit, _| {
        let mut bytes = vec![0; limit.unwrap_or(usize::MAX).min(3)];
        let n = base.evbuffer_remove(from, &mut bytes).unwrap();
        if n == 0 {
            return FilterResult::NeedMore;
        }
        for byte in &mut bytes[..n] {
            *byte = byte.wrapping_add(by);
        }
        base.evbuffer_add(to, &bytes[..n]).unwrap();
        FilterResult::Ok
    }
}

#[test]
fn filters_change_what_passes_both_ways() {
    let mut base = EventBase::new().unwrap();
    let log = Log::default();
    let [a, b] = base.bufferevent_pair_new(BevOptions::empty()).unwrap();
    let filter = base
        .bufferevent_filter_new(a, rot(255), rot(1), BevOptions::CLOSE_ON_FREE)
        .unwrap();
    base.bufferevent_setcb(filter, reader(&log, "filter"))
        .unwrap();
    base.bufferevent_setcb(b, reader(&log, "b")).unwrap();
    base.bufferevent_enable(b, EvFlags::READ).unwrap();
    base.bufferevent_enable(filter, EvFlags::READ).unwrap();
    base.bufferevent_write(filter, b"HAL").unwrap();
    base.event_base_dispatch().unwrap();
    assert_eq!(*log.borrow(), ["b read IBM"]);
    base.bufferevent_write(b, b"IBM").unwrap();
    base.event_base_dispatch().unwrap();
    assert_eq!(log.borrow()[1], "filter read HAL");
    assert_eq!(base.bufferevent_get_underlying(filter).unwrap(), Some(a));
    base.bufferevent_free(filter).unwrap();
    base.event_base_dispatch().unwrap();
    assert!(base.bufferevent_get_enabled(a).is_err(), "freed with the filter");
}

#[test]
fn a_filter_without_room_goes_on_when_there_is() {
    let mut base = EventBase::new().unwrap();
    let log = Log::default();
    let [a, b] = base.bufferevent_pair_new(BevOptions::empty()).unwrap();
    // Not deferred, the callback would make room before the filter sees that there is none.
    let filter = base
        .bufferevent_filter_new(a, rot(0), rot(0), BevOptions::DEFER_CALLBACKS)
        .unwrap();
    base.bufferevent_setwatermark(filter, EvFlags::READ, 0, 4)
        .unwrap();
    base.bufferevent_enable(filter, EvFlags::READ).unwrap();
    base.bufferevent_setcb(filter, reader(&log, "filter"))
        .unwrap();
    base.bufferevent_write(b, b"0123456789").unwrap();
    base.event_base_dispatch().unwrap();
    let all: String = log
        .borrow()
        .iter()
        .map(|line| line.trim_start_matches("filter read ").to_owned())
        .collect();
    assert_eq!(all, "0123456789");
    base.bufferevent_free(filter).unwrap();
    base.event_base_dispatch().unwrap();
    assert!(base.bufferevent_get_enabled(a).is_ok(), "not freed with it");
}

#[test]
fn a_rate_limit_spreads_a_write_over_ticks() {
    let mut base = EventBase::new().unwrap();
    let (ours, theirs) = UnixStream::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    let bev = base
        .bufferevent_socket_new(Some(ours.into()), BevOptions::CLOSE_ON_FREE)
        .unwrap();
    let tick = Duration::from_millis(5);
    let limit = TokenBucketConfig::new(1000, 1000, 1000, 1000, Some(tick)).unwrap();
    base.bufferevent_set_rate_limit(bev, Some(limit)).unwrap();
    let done = Callbacks::new().writecb(|base: &mut EventBase, bev| base.bufferevent_free(bev));
    base.bufferevent_setcb(bev, done).unwrap();
    base.bufferevent_write(bev, &[7; 3500]).unwrap();
    let began = Instant::now();
    base.event_base_dispatch().unwrap();
    // 1000 at once, then three more ticks. The first may be short: ticks are counted from the clock's zero.
    assert!(began.elapsed() >= tick * 2, "{:?}", began.elapsed());
    let mut all = Vec::new();
    std::io::Read::read_to_end(&mut &theirs, &mut all).unwrap();
    assert_eq!(all, vec![7; 3500]);
    assert!(TokenBucketConfig::new(2, 1, 1, 1, None).is_err());
    assert!(TokenBucketConfig::new(0, 1, 1, 1, None).is_err());
}

#[test]
fn without_a_limit_again_it_goes_at_once() {
    let mut base = EventBase::new().unwrap();
    let (ours, theirs) = UnixStream::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    let bev = base
        .bufferevent_socket_new(Some(ours.into()), BevOptions::CLOSE_ON_FREE)
        .unwrap();
    let hour = Some(Duration::from_secs(3600));
    let limit = TokenBucketConfig::new(10, 10, 10, 10, hour).unwrap();
    base.bufferevent_set_rate_limit(bev, Some(limit)).unwrap();
    base.bufferevent_write(bev, &[7; 100]).unwrap();
    base.event_base_loop(evscope_reactor::LoopFlags::ONCE)
        .unwrap();
    assert_eq!(base.bufferevent_get_write_limit(bev).unwrap(), Some(0));
    base.bufferevent_set_rate_limit(bev, None).unwrap();
    base.event_base_dispatch().unwrap();
    base.bufferevent_free(bev).unwrap();
    drop(base);
    let mut all = Vec::new();
    std::io::Read::read_to_end(&mut &theirs, &mut all).unwrap();
    assert_eq!(all.len(), 100);
}
