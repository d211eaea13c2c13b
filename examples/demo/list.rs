//! The list of demos, and who is at the other side. What each is, and why it is worth seeing, stands in the
//! files of `evscope-words`.

use evscope_words::word;

use super::Demo;
#[cfg(unix)]
use super::{peer::Peer, run::Program};
#[cfg(unix)]
use crate::peers;

macro_rules! demos {
    ($($name:literal, $program:ident, $peer:expr, $title:ident, $about:ident;)*) => {
        &[$(Demo {
            name: $name,
            title: word!($title),
            about: word!($about),
            file: concat!("examples/", $name, ".rs"),
            text: include_str!(concat!("../", $name, ".rs")),
            #[cfg(unix)]
            program: Program {
                main: || crate::programs::$program::main().map_err(Into::into),
                peer: $peer,
            },
        }),*]
    };
}

/// All demos, in an order in which to see them.
pub const DEMOS: &[Demo] = demos! {
    // ---- the walkthrough
    "hello-world", hello_world, Peer::Client(peers::hello_world::client),
        demo_hello_world, demo_hello_world_about;
    "echo", echo, Peer::Client(peers::echo::client),
        demo_echo, demo_echo_about;

    // ---- reading and writing
    "partial-write", partial_write, Peer::Client(peers::partial_write::client),
        demo_partial_write, demo_partial_write_about;
    "would-block", would_block, Peer::None,
        demo_would_block, demo_would_block_about;
    "read-watermarks", read_watermarks, Peer::Client(peers::read_watermarks::client),
        demo_read_watermarks, demo_read_watermarks_about;
    "write-low-watermark", write_low_watermark, Peer::Client(peers::write_low_watermark::client),
        demo_write_low_watermark, demo_write_low_watermark_about;
    "high-watermark-stall", high_watermark_stall, Peer::Client(peers::high_watermark_stall::client),
        demo_high_watermark_stall, demo_high_watermark_stall_about;
    "disabled-read", disabled_read, Peer::Client(peers::disabled_read::client),
        demo_disabled_read, demo_disabled_read_about;

    // ---- how connections begin and end
    "connect-ok", connect_ok, Peer::Server(peers::connect_ok::server),
        demo_connect_ok, demo_connect_ok_about;
    "connect-quiet", connect_quiet, Peer::Server(peers::connect_ok::speaker),
        demo_connect_quiet, demo_connect_quiet_about;
    "connect-refused", connect_refused, Peer::Nobody,
        demo_connect_refused, demo_connect_refused_about;
    "connect-at-once", connect_at_once, Peer::None,
        demo_connect_at_once, demo_connect_at_once_about;
    "connect-hostname", connect_hostname, Peer::Server(peers::connect_ok::server),
        demo_connect_hostname, demo_connect_hostname_about;
    "eof", eof, Peer::Client(peers::eof::client),
        demo_eof, demo_eof_about;
    "reset", reset, Peer::Client(peers::reset::client),
        demo_reset, demo_reset_about;
    "timeouts", timeouts, Peer::Client(peers::timeouts::client),
        demo_timeouts, demo_timeouts_about;
    "free-in-callback", free_in_callback, Peer::None,
        demo_free_in_callback, demo_free_in_callback_about;

    // ---- other kinds, and options
    "deferred-callbacks", deferred_callbacks, Peer::None,
        demo_deferred_callbacks, demo_deferred_callbacks_about;
    "rate-limit", rate_limit, Peer::Client(peers::rate_limit::client),
        demo_rate_limit, demo_rate_limit_about;
    "rate-limit-group", rate_limit_group, Peer::None,
        demo_rate_limit_group, demo_rate_limit_group_about;
    "pair", pair, Peer::None,
        demo_pair, demo_pair_about;
    "filter", filter, Peer::Client(peers::filter::client),
        demo_filter, demo_filter_about;
    "tls", tls, Peer::Client(peers::tls::client),
        demo_tls, demo_tls_about;
    "trigger", trigger, Peer::None,
        demo_trigger, demo_trigger_about;

    // ---- listeners
    "listener", listener, Peer::None,
        demo_listener, demo_listener_about;
    "out-of-fds", out_of_fds, Peer::None,
        demo_out_of_fds, demo_out_of_fds_about;
    "chat", chat, Peer::Client(peers::chat::client),
        demo_chat, demo_chat_about;
    "proxy", proxy, Peer::Both(peers::proxy::both),
        demo_proxy, demo_proxy_about;

    // ---- the loop itself
    "loop", r#loop, Peer::None,
        demo_loop, demo_loop_about;
    "priorities", priorities, Peer::None,
        demo_priorities, demo_priorities_about;
    "timers", timers, Peer::None,
        demo_timers, demo_timers_about;
    "signals", signals, Peer::None,
        demo_signals, demo_signals_about;
    "edge-trigger", edge_trigger, Peer::None,
        demo_edge_trigger, demo_edge_trigger_about;
    "backends", backends, Peer::None,
        demo_backends, demo_backends_about;
};
