//! An event loop with bufferevents that behaves as libevent 2.1 does, and tells what it does.
//!
//! The files mirror libevent's, and every public method bears the name of the libevent function it
//! mirrors, so a C program and its Rust twin can be laid side by side:
//!
//! | here | libevent |
//! | --- | --- |
//! | `event/` | `event.c` |
//! | `min_heap.rs` | `minheap-internal.h` |
//! | `evmap.rs` | `evmap.c` |
//! | `signal.rs` | `signal.c` |
//! | `backend/` | `epoll.c`, `poll.c`, `select.c` |
//! | `config.rs` | `event_config` of `event.c` |
//! | `socket.rs` | the socket parts of `evutil.c` |
//! | `buffer/` | `buffer.c` |
//! | `listener.rs` | `listener.c` |
//! | `bufferevent/` | `bufferevent.c`, `bufferevent_sock.c`, `_pair.c`, `_filter.c`, `_ratelim.c` |
//! | `bufferevent/tls/` | `bufferevent_openssl.c`, on rustls; with the feature `tls` |
//!
//! Everything belongs to an [`EventBase`]. Its objects are named by small handles ([`Event`],
//! [`Bufferevent`], [`Evbuffer`], [`Listener`]) that can be copied and kept anywhere; a handle whose
//! object was freed gives [`Error::Stale`], never undefined behaviour, and so does one that another base gave.
//! Callbacks are closures (`Fn`) that get the base and the handle; they may do anything, also free the
//! object they were called for, or make the library call them again from within. State of their own they
//! keep in a `Cell` or `RefCell`.
//!
//! Knows: the operating system, libevent's order of events, and the vocabulary of `evscope-trace`, in
//! which it describes each step when a recording is on ([`Recording`]). Off, that costs a branch.
//! Never knows: what anybody does with a trace.
//!
//! ```no_run
//! use evscope_reactor::{BevOptions, Callbacks, Error, EvFlags, EventBase, ListenerOptions};
//!
//! fn main() -> Result<(), Error> {
//!     let mut base = EventBase::new()?;
//!     let addr = std::net::SocketAddr::from(([127, 0, 0, 1], 7777));
//!     base.evconnlistener_new_bind(
//!         |base: &mut EventBase, _listener, fd, _peer: &evscope_reactor::Addr| {
//!             let bev = base.bufferevent_socket_new(Some(fd), BevOptions::CLOSE_ON_FREE)?;
//!             base.bufferevent_setcb(bev, Callbacks::new().readcb(|base: &mut EventBase, bev| {
//!                 let (input, output) = (base.bufferevent_get_input(bev)?, base.bufferevent_get_output(bev)?);
//!                 base.evbuffer_add_buffer(output, input)
//!             }))?;
//!             base.bufferevent_enable(bev, EvFlags::READ)
//!         },
//!         ListenerOptions::REUSEABLE | ListenerOptions::CLOSE_ON_FREE,
//!         -1,
//!         addr,
//!     )?;
//!     base.event_base_dispatch()?;
//!     Ok(())
//! }
//! ```

mod backend;
mod buffer;
mod bufferevent;
mod callback;
mod config;
mod error;
mod event;
mod evmap;
mod handle;
mod listener;
mod min_heap;
mod notify;
mod recording;
mod signal;
mod socket;
mod sys;
mod table;

pub use buffer::{
    EolStyle, EvbufferCbFlags, EvbufferCbInfo, EvbufferFileSegment, EvbufferFlags, EvbufferWriter,
    FileSegmentFlags,
};
#[cfg(feature = "tls")]
pub use bufferevent::TlsError;
pub use bufferevent::{
    Callbacks, FilterResult, FlushMode, TokenBucketConfig, TriggerOptions, Watermarks,
};
pub use callback::{Outcome, name_callbacks};
pub use config::{ConfigFlags, EventConfig, Features, Method, Wait};
pub use error::{Error, Object};
pub use event::{
    ClearMax, CommonTimeout, Count, EVENT_MAX_PRIORITIES, EventBase, LoopEnd, Pending, VirtualClock,
};
pub use evscope_trace::{
    BevEvents, BevOptions, BufferEnd, EvFlags, ListenerOptions, LoopFlags, SuspendReasons,
};
pub use handle::{
    Bufferevent, Evbuffer, EvbufferCallback, Event, Listener, RateLimitGroup, Watcher,
};
pub use notify::{BaseGone, Notifier};
pub use recording::{FlightRecorder, Keep, Recording, RecordingError, Summary};
/// The TLS library, whose connections `bufferevent_rustls_socket_new` takes.
#[cfg(feature = "tls")]
pub use rustls;
pub use socket::Addr;
