//! Anything in any order: random calls, from outside and from within callbacks of every kind, with handles
//! that are stale as often as not. Nothing may panic, hang or unbalance the trace.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use common::{assert_balanced, localhost, new_base, pair, record};
use evscope_reactor::{
    Addr, BevEvents, BevOptions, BufferEnd, Bufferevent, Callbacks, Error, EvFlags, Evbuffer,
    Event, EventBase, FilterResult, FlushMode, Listener, ListenerOptions, LoopFlags,
    TokenBucketConfig, TriggerOptions,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// A call on the `n`th object of its kind, with some number for what the call needs besides.
#[derive(Debug, Clone, Copy)]
struct Op {
    call: Call,
    n: usize,
    x: usize,
}

#[derive(Debug, Clone, Copy)]
enum Call {
    NewSocket,
    NewPair,
    NewFilter,
    FreeBev,
    SetCb,
    ClearCb,
    Enable,
    Disable,
    BevWrite,
    BevRead,
    MoveInput,
    ReadMark,
    WriteMark,
    Timeouts,
    Trigger,
    TriggerEvent,
    Flush,
    SetFd,
    RateLimit,
    Connect,
    BevPriority,
    PeerWrite,
    PeerRead,
    PeerClose,
    NewBuffer,
    FreeBuffer,
    BufferCb,
    BufferAdd,
    BufferDrain,
    BufferMove,
    Freeze,
    NewTimer,
    NewSignal,
    NewIo,
    Once,
    AddEvent,
    DelEvent,
    FreeEvent,
    Activate,
    EventPriority,
    NewListener,
    FreeListener,
    DisableListener,
    EnableListener,
    ConnectListener,
    Break,
    Continue,
    Exit,
    Priorities,
    /// One turn of the loop; refused from within one.
    Turn,
}

const CALLS: &[(u32, Call)] = &[
    (6, Call::NewSocket),
    (3, Call::NewPair),
    (3, Call::NewFilter),
    (4, Call::FreeBev),
    (4, Call::SetCb),
    (1, Call::ClearCb),
    (6, Call::Enable),
    (2, Call::Disable),
    (5, Call::BevWrite),
    (3, Call::BevRead),
    (2, Call::MoveInput),
    (3, Call::ReadMark),
    (2, Call::WriteMark),
    (2, Call::Timeouts),
    (3, Call::Trigger),
    (2, Call::TriggerEvent),
    (2, Call::Flush),
    (1, Call::SetFd),
    (2, Call::RateLimit),
    (2, Call::Connect),
    (1, Call::BevPriority),
    (6, Call::PeerWrite),
    (3, Call::PeerRead),
    (2, Call::PeerClose),
    (1, Call::NewBuffer),
    (1, Call::FreeBuffer),
    (2, Call::BufferCb),
    (2, Call::BufferAdd),
    (2, Call::BufferDrain),
    (2, Call::BufferMove),
    (1, Call::Freeze),
    (2, Call::NewTimer),
    (1, Call::NewSignal),
    (2, Call::NewIo),
    (2, Call::Once),
    (3, Call::AddEvent),
    (2, Call::DelEvent),
    (2, Call::FreeEvent),
    (3, Call::Activate),
    (1, Call::EventPriority),
    (1, Call::NewListener),
    (1, Call::FreeListener),
    (1, Call::DisableListener),
    (1, Call::EnableListener),
    (2, Call::ConnectListener),
    (1, Call::Break),
    (1, Call::Continue),
    (1, Call::Exit),
    (1, Call::Priorities),
    (10, Call::Turn),
];

fn op() -> impl Strategy<Value = Op> {
    let calls: Vec<_> = CALLS
        .iter()
        .map(|&(weight, call)| (weight, Just(call)))
        .collect();
    (proptest::strategy::Union::new_weighted(calls), 0..8usize, 0..1000usize)
        .prop_map(|(call, n, x)| Op { call, n, x })
}

/// The objects there are or were. What callbacks are to do comes from `script`.
#[derive(Default)]
struct World {
    bevs: RefCell<Vec<Bufferevent>>,
    peers: RefCell<Vec<UnixStream>>,
    buffers: RefCell<Vec<Evbuffer>>,
    events: RefCell<Vec<Event>>,
    listeners: RefCell<Vec<Listener>>,
    fds: RefCell<Vec<UnixStream>>,
    script: RefCell<VecDeque<Op>>,
    callbacks: Cell<usize>,
    /// A timer more urgent than all that ends the loop.
    ender: Cell<Event>,
}

/// The `n`th of those there are, counted from the newest, so that new ones meet more calls.
fn nth<T: Copy + Default>(all: &RefCell<Vec<T>>, n: usize) -> T {
    let all = all.borrow();
    all.iter()
        .rev()
        .nth(n % all.len().max(1))
        .copied()
        .unwrap_or_default()
}

fn sides(x: usize) -> EvFlags {
    [
        EvFlags::READ,
        EvFlags::WRITE,
        EvFlags::READ | EvFlags::WRITE,
    ][x % 3]
}

/// A callback of any kind: does the next of the script.
fn act(base: &mut EventBase, world: &Rc<World>) {
    world.callbacks.set(world.callbacks.get() + 1);
    if world.callbacks.get().is_multiple_of(50) {
        // Programs that never take their bytes are called for ever; that is theirs to know.
        base.event_base_loopbreak();
    }
    let next = world.script.borrow_mut().pop_front();
    if let Some(op) = next {
        // What is refused is refused.
        let _ = perform(base, world, op);
    }
}

fn callbacks(world: &Rc<World>) -> Callbacks {
    let (read, write, event) = (Rc::clone(world), Rc::clone(world), Rc::clone(world));
    Callbacks::new()
        .readcb(move |base: &mut EventBase, _| act(base, &read))
        .writecb(move |base: &mut EventBase, _| act(base, &write))
        .eventcb(move |base: &mut EventBase, _, _: BevEvents| act(base, &event))
}

/// A filter that passes what there is, and acts before it and after it.
fn filter(
    world: &Rc<World>,
) -> impl Fn(&mut EventBase, Evbuffer, Evbuffer, Option<usize>, FlushMode) -> FilterResult + 'static
{
    let world = Rc::clone(world);
    move |base, from, to, limit, _| {
        act(base, &world);
        let moved = base.evbuffer_remove_buffer(from, to, limit.unwrap_or(usize::MAX));
        act(base, &world);
        match moved {
            Ok(0) => FilterResult::NeedMore,
            Ok(_) => FilterResult::Ok,
            Err(_) => FilterResult::Error,
        }
    }
}

fn event_callback(world: &Rc<World>) -> impl Fn(&mut EventBase, Event, EvFlags) + 'static {
    let world = Rc::clone(world);
    move |base, _, _| act(base, &world)
}

fn options(x: usize) -> BevOptions {
    let mut options = BevOptions::CLOSE_ON_FREE;
    options.set(BevOptions::DEFER_CALLBACKS, x.is_multiple_of(2));
    options
}

fn buffer_of(base: &EventBase, world: &World, op: Op) -> Result<Evbuffer, Error> {
    match op.x % 3 {
        0 => base.bufferevent_get_input(nth(&world.bevs, op.n)),
        1 => base.bufferevent_get_output(nth(&world.bevs, op.n)),
        _ => Ok(nth(&world.buffers, op.n)),
    }
}

fn perform(base: &mut EventBase, world: &Rc<World>, op: Op) -> Result<(), Error> {
    let Op { n, x, .. } = op;
    let bev = nth(&world.bevs, n);
    let event = nth(&world.events, n);
    let listener = nth(&world.listeners, n);
    let ms = |x: usize| Duration::from_millis(x as u64 % 3);
    match op.call {
        Call::NewSocket => {
            let (ours, theirs) = pair();
            let new = base.bufferevent_socket_new(Some(ours.into()), options(x))?;
            base.bufferevent_setcb(new, callbacks(world))?;
            world.peers.borrow_mut().push(theirs);
            world.bevs.borrow_mut().push(new);
        }
        Call::NewPair => {
            for new in base.bufferevent_pair_new(options(x))? {
                base.bufferevent_setcb(new, callbacks(world))?;
                world.bevs.borrow_mut().push(new);
            }
        }
        Call::NewFilter => {
            let (input, output) = (filter(world), filter(world));
            let new = base.bufferevent_filter_new(bev, input, output, options(x))?;
            base.bufferevent_setcb(new, callbacks(world))?;
            world.bevs.borrow_mut().push(new);
        }
        Call::FreeBev => base.bufferevent_free(bev)?,
        Call::SetCb => base.bufferevent_setcb(bev, callbacks(world))?,
        Call::ClearCb => base.bufferevent_setcb(bev, Callbacks::new())?,
        Call::Enable => base.bufferevent_enable(bev, sides(x))?,
        Call::Disable => base.bufferevent_disable(bev, sides(x))?,
        Call::BevWrite => base.bufferevent_write(bev, &vec![b'w'; x * 40])?,
        Call::BevRead => {
            base.bufferevent_read(bev, &mut vec![0; x])?;
        }
        Call::MoveInput => {
            let input = base.bufferevent_get_input(bev)?;
            base.bufferevent_write_buffer(nth(&world.bevs, x), input)?;
        }
        Call::ReadMark => base.bufferevent_setwatermark(bev, EvFlags::READ, x % 7, x % 50)?,
        Call::WriteMark => base.bufferevent_setwatermark(bev, EvFlags::WRITE, x % 7, x)?,
        Call::Timeouts => base.bufferevent_set_timeouts(bev, Some(ms(x)), Some(ms(x / 3)))?,
        Call::Trigger => {
            let options = TriggerOptions::from_bits_truncate(x as u32 / 3);
            base.bufferevent_trigger(bev, sides(x), options)?;
        }
        Call::TriggerEvent => {
            let options = TriggerOptions::from_bits_truncate(x as u32);
            base.bufferevent_trigger_event(bev, BevEvents::EOF | BevEvents::CONNECTED, options)?;
        }
        Call::Flush => {
            let mode = [FlushMode::Normal, FlushMode::Flush, FlushMode::Finished][x / 3 % 3];
            base.bufferevent_flush(bev, sides(x), mode)?;
        }
        Call::SetFd => {
            let (ours, theirs) = pair();
            world.peers.borrow_mut().push(theirs);
            base.bufferevent_setfd(bev, (x % 4 > 0).then(|| ours.into()))?;
        }
        Call::RateLimit => {
            let config =
                TokenBucketConfig::new(x + 1, x + 1, 100, 200, Some(Duration::from_millis(1)))?;
            base.bufferevent_set_rate_limit(bev, (x % 4 > 0).then_some(config))?;
        }
        Call::Connect => base.bufferevent_socket_connect(bev, localhost(1))?,
        Call::BevPriority => base.bufferevent_priority_set(bev, x % 4)?,
        Call::PeerWrite | Call::PeerRead | Call::PeerClose => peer(world, op),
        Call::NewBuffer => world.buffers.borrow_mut().push(base.evbuffer_new()),
        Call::FreeBuffer => base.evbuffer_free(nth(&world.buffers, n))?,
        Call::BufferCb => {
            let buffer = buffer_of(base, world, op)?;
            let world = Rc::clone(world);
            base.evbuffer_add_cb(buffer, move |base: &mut EventBase, _, _: &_| act(base, &world))?;
        }
        Call::BufferAdd => {
            let buffer = buffer_of(base, world, op)?;
            base.evbuffer_add(buffer, &vec![b'a'; x])?;
        }
        Call::BufferDrain => {
            let buffer = buffer_of(base, world, op)?;
            base.evbuffer_drain(buffer, x)?;
        }
        Call::BufferMove => {
            let (from, to) = (buffer_of(base, world, op)?, nth(&world.buffers, x));
            base.evbuffer_remove_buffer(from, to, x)?;
        }
        Call::Freeze => {
            let end = if x % 2 == 0 {
                BufferEnd::Start
            } else {
                BufferEnd::End
            };
            let buffer = buffer_of(base, world, op)?;
            if x % 4 < 2 {
                base.evbuffer_freeze(buffer, end)?;
            } else {
                base.evbuffer_unfreeze(buffer, end)?;
            }
        }
        Call::NewTimer => {
            let callback = event_callback(world);
            let new = if x % 2 == 0 {
                base.evtimer_new(callback)
            } else {
                base.evtimer_new_persist(callback)
            };
            world.events.borrow_mut().push(new);
        }
        Call::NewSignal => {
            let new = base.evsignal_new(libc::SIGUSR1, event_callback(world))?;
            world.events.borrow_mut().push(new);
        }
        Call::NewIo => {
            let (ours, theirs) = pair();
            let mut flags = sides(x);
            flags.set(EvFlags::PERSIST, x % 2 == 0);
            let new = base.event_new(&ours, flags, event_callback(world))?;
            world.events.borrow_mut().push(new);
            world.fds.borrow_mut().extend([ours, theirs]);
        }
        Call::Once => base.event_base_once_timeout(event_callback(world), Some(ms(x)))?,
        Call::AddEvent => base.event_add(event, (x % 4 > 0).then(|| ms(x)))?,
        Call::DelEvent => base.event_del(event)?,
        Call::FreeEvent => base.event_free(event)?,
        Call::Activate => base.event_active(event, sides(x))?,
        Call::EventPriority => base.event_priority_set(event, x % 4)?,
        Call::NewListener => {
            let for_cb = Rc::clone(world);
            let callback = move |base: &mut EventBase, _, fd: OwnedFd, _: &Addr| {
                if let Ok(new) = base.bufferevent_socket_new(Some(fd), options(0)) {
                    for_cb.bevs.borrow_mut().push(new);
                }
                act(base, &for_cb);
            };
            let new = base.evconnlistener_new_bind(
                callback,
                ListenerOptions::CLOSE_ON_FREE,
                -1,
                localhost(0),
            )?;
            world.listeners.borrow_mut().push(new);
        }
        Call::FreeListener => base.evconnlistener_free(listener)?,
        Call::DisableListener => base.evconnlistener_disable(listener)?,
        Call::EnableListener => base.evconnlistener_enable(listener)?,
        Call::ConnectListener => {
            if let Some(Addr::Inet(addr)) = base.evconnlistener_get_addr(listener)? {
                let new = base.bufferevent_socket_new(None, options(x))?;
                base.bufferevent_setcb(new, callbacks(world))?;
                base.bufferevent_socket_connect(new, addr)?;
                world.bevs.borrow_mut().push(new);
            }
        }
        Call::Break => base.event_base_loopbreak(),
        Call::Continue => base.event_base_loopcontinue(),
        Call::Exit => base.event_base_loopexit(Some(ms(x)))?,
        Call::Priorities => base.event_base_priority_init(1 + x % 4)?,
        Call::Turn => turn(base, world)?,
    }
    Ok(())
}

/// A turn of the loop, or some, until nothing is active or `ender` ends it.
fn turn(base: &mut EventBase, world: &World) -> Result<(), Error> {
    // What a program can keep active for ever without a callback of its own: at the high mark below a
    // filter that does not read, the deferred callback comes again and again, as in libevent.
    let ender = world.ender.get();
    base.event_add(ender, Some(Duration::from_millis(5)))?;
    base.event_base_loop(LoopFlags::NONBLOCK | LoopFlags::ONCE)?;
    base.event_del(ender)
}

fn peer(world: &World, op: Op) {
    let mut peers = world.peers.borrow_mut();
    if peers.is_empty() {
        return;
    }
    let at = peers.len() - 1 - op.n % peers.len();
    match op.call {
        Call::PeerWrite => {
            let _ = peers[at].write(&vec![b'p'; op.x]);
        }
        Call::PeerRead => {
            let _ = peers[at].read(&mut vec![0; op.x * 100]);
        }
        _ => drop(peers.swap_remove(at)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(25),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn nothing_breaks(
        ops in vec(op(), 1..80),
        script in vec(op(), 0..60),
        priorities in 1..4usize,
        // To record takes most of the time.
        recorded in proptest::bool::weighted(0.15),
    ) {
        let program = || {
            let mut base = new_base();
            base.event_base_priority_init(priorities).unwrap();
            let world = Rc::new(World::default());
            world.script.borrow_mut().extend(script);
            let ender = base.evtimer_new(|base: &mut EventBase, _, _| base.event_base_loopbreak());
            base.event_priority_set(ender, 0).unwrap();
            world.ender.set(ender);
            for op in ops {
                // A panic of a callback would be one of the library, called from it.
                if let Err(Error::Panicked { message, .. }) = perform(&mut base, &world, op) {
                    panic!("{message}");
                }
            }
            for _ in 0..20 {
                if let Err(Error::Panicked { message, .. }) = turn(&mut base, &world) {
                    panic!("{message}");
                }
            }
            drop(base);
            assert_eq!(Rc::strong_count(&world), 1, "callbacks live on");
        };
        if recorded {
            assert_balanced(&record(program).1);
        } else {
            program();
        }
    }
}
