//! A small program on our reactor, that ends in the way it is told.
//!
//! `evscope record -- target/debug/examples/on_reactor return` records it.

use std::error::Error;
use std::process::Command;
use std::time::Duration;

use evscope_reactor::{BevOptions, Bufferevent, Callbacks, EvFlags, Event, EventBase, LoopFlags};

type Result = std::result::Result<(), Box<dyn Error>>;

fn main() -> Result {
    let end = std::env::args().nth(1).unwrap_or_default();
    match end.as_str() {
        "threads" => in_threads()?,
        "crowded" => crowded()?,
        "daemon" => {
            if fork() != 0 {
                return Ok(());
            }
            // The parent is gone by then.
            std::thread::sleep(Duration::from_millis(100));
        }
        "children" => {
            ticks();
            if fork() == 0 {
                // Its own base, and its end, are in a trace of its own.
                ticks();
                std::process::exit(0);
            }
            // What another run does with the same environment is in none.
            Command::new(std::env::current_exe()?)
                .arg("return")
                .status()?;
        }
        _ => {}
    }
    ticks();
    let mut base = EventBase::new()?;
    last_words(&mut base)?;
    match end.as_str() {
        "exit" => std::process::exit(3),
        "panic" => panic!("as asked"),
        "abort" => std::process::abort(),
        // It never waits again.
        "busy" => loop {
            std::hint::spin_loop();
        },
        "killed" => {
            base.event_base_loop(LoopFlags::NO_EXIT_ON_EMPTY)?;
        }
        _ => {}
    }
    Ok(())
}

fn in_threads() -> Result {
    let threads: Vec<_> = (0..3).map(|_| std::thread::spawn(ticks)).collect();
    for thread in threads {
        thread.join().map_err(|_| "a thread has panicked")?;
    }
    Ok(())
}

/// A thread begins when there is no room for what it says, and goes on when there is. This waits for a signal before it says
/// much, and before the thread goes on.
fn crowded() -> Result {
    let signal = Signal::block();
    let mut base = EventBase::new()?;
    signal.wait("begun");
    for _ in 0..5000 {
        let timer = base.evtimer_new(never);
        base.event_add(timer, Some(Duration::from_secs(100)))?;
        base.event_free(timer)?;
    }
    let say = || EventBase::new().is_ok_and(|mut base| last_words(&mut base).is_ok());
    // Then there is none even for saying who speaks.
    for _ in 0..50 {
        let _ = std::thread::spawn(say).join();
    }
    let (said, full) = std::sync::mpsc::channel();
    let (go, goes) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || {
        let done = say() && said.send(()).is_ok() && goes.recv().is_ok();
        done && say()
    });
    full.recv()?;
    signal.wait("full");
    go.send(())?;
    match thread.join() {
        Ok(true) => Ok(()),
        _ => Err("the thread has failed".into()),
    }
}

fn never(
    _: &mut EventBase,
    _: Event,
    _: EvFlags,
) -> std::result::Result<(), evscope_reactor::Error> {
    Ok(())
}

/// SIGUSR1, which is waited for.
struct Signal(libc::sigset_t);

impl Signal {
    fn block() -> Self {
        // SAFETY: all-zero is a valid set; the calls get places for what they want.
        unsafe {
            let mut set = std::mem::zeroed();
            libc::sigemptyset(&raw mut set);
            libc::sigaddset(&raw mut set, libc::SIGUSR1);
            libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut());
            Self(set)
        }
    }

    fn wait(&self, told: &str) {
        println!("{told}");
        let mut came = 0;
        // SAFETY: the set is whole, and `came` a place for a number.
        unsafe { libc::sigwait(&raw const self.0, &raw mut came) };
    }
}

/// Three ticks of a timer.
fn ticks() {
    let run = || -> std::result::Result<(), evscope_reactor::Error> {
        let mut base = EventBase::new()?;
        let left = std::cell::Cell::new(3);
        let tick = move |base: &mut EventBase, event: Event, _what: EvFlags| {
            left.set(left.get() - 1);
            if left.get() == 0 {
                base.event_free(event)
            } else {
                Ok(())
            }
        };
        let timer = base.evtimer_new_persist(tick);
        base.event_add(timer, Some(Duration::from_millis(30)))?;
        base.event_base_dispatch()?;
        Ok(())
    };
    if let Err(error) = run() {
        eprintln!("{error}");
    }
}

/// Bytes through a pair of bufferevents, in a loop that does not wait after them.
fn last_words(base: &mut EventBase) -> Result {
    let [one, other] = base.bufferevent_pair_new(BevOptions::empty())?;
    base.bufferevent_setcb(other, Callbacks::new().readcb(last_readcb))?;
    base.bufferevent_enable(other, EvFlags::READ)?;
    base.bufferevent_write(one, b"the last words")?;
    base.event_base_loop(LoopFlags::NONBLOCK)?;
    Ok(())
}

fn last_readcb(
    base: &mut EventBase,
    bev: Bufferevent,
) -> std::result::Result<(), evscope_reactor::Error> {
    let input = base.bufferevent_get_input(bev)?;
    let length = base.evbuffer_get_length(input)?;
    base.evbuffer_drain(input, length)
}

fn fork() -> i32 {
    // SAFETY: no other thread of ours is there, and the writer's is not needed in the child.
    unsafe { libc::fork() }
}
