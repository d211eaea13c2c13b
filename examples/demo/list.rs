//! The list of demos: what each is, why it is worth seeing, and who is at the other side.

use super::Demo;
use super::peer::Peer;
use crate::peers;

macro_rules! demos {
    ($($name:literal, $program:ident, $peer:expr, $title:literal, $about:literal;)*) => {
        &[$(Demo {
            name: $name,
            title: $title,
            about: $about,
            file: concat!("examples/", $name, ".rs"),
            text: include_str!(concat!("../", $name, ".rs")),
            main: || crate::$program::main().map_err(Into::into),
            peer: $peer,
        }),*]
    };
}

/// All demos, in an order in which to see them.
pub const DEMOS: &[Demo] = demos! {
    // ---- the walkthrough
    "hello-world", hello_world, Peer::Client(peers::hello_world::client),
        "a server that says hello and hangs up",
        "The walkthrough: one connection from accept to free. See how enabling an empty output \
         already asks the loop for a write, how bufferevent_write only fills a buffer, and how \
         the write callback is the low mark's doing, not the socket's.";
    "echo", echo, Peer::Client(peers::echo::client),
        "a server that sends back what it gets",
        "Reading and writing in turn: the input's bytes move to the output without a copy, which \
         adds the write event; and the end of the file arrives as an event, not as bytes.";

    // ---- reading and writing
    "partial-write", partial_write, Peer::Client(peers::partial_write::client),
        "a long text to a slow reader, through a small socket buffer",
        "A write takes what the socket has room for. Watch the output go down in steps while the \
         write event stays pending, and the write callback stay silent until it is empty: the \
         program never counts what was sent.";
    "would-block", would_block, Peer::None,
        "a socket that is no longer ready when one looks",
        "Readiness is a hint, not a promise. Both internal callbacks run and get EAGAIN, because \
         another callback of the same turn was quicker; no callback of the program's is told, and \
         the events stay pending. This is why every fd in a loop must be non-blocking.";
    "read-watermarks", read_watermarks, Peer::Client(peers::read_watermarks::client),
        "messages of four bytes, and never more than sixteen in memory",
        "Both read marks at work. Below the low one the read callback is not called; at the high \
         one reading is suspended, and taking bytes out resumes it from within the drain. A read \
         callback that leaves the input full is called again, though nothing new has come.";
    "write-low-watermark", write_low_watermark, Peer::Client(peers::write_low_watermark::client),
        "a long text, refilled before the output runs dry",
        "The write callback comes when the output falls to its low mark, so a producer can keep \
         the socket busy with little memory. Compare it with hello-world, where the mark is 0.";
    "high-watermark-stall", high_watermark_stall, Peer::Client(peers::high_watermark_stall::client),
        "the classic mistake: a high mark below what is waited for",
        "The input stops at the high mark, the read callback waits for a low mark above it, and \
         nothing ever happens again. Not even the read timeout helps: a side that is suspended has \
         none. Ask why, and see what would have had to come.";
    "disabled-read", disabled_read, Peer::Client(peers::disabled_read::client),
        "the classic mistake: a server that never answers",
        "A new bufferevent writes but does not read. The trace is remarkable for what is not in \
         it: after listener_cb nothing happens, the client's request and his going away go \
         unnoticed, and the connection leaks until the base is freed.";

    // ---- how connections begin and end
    "connect-ok", connect_ok, Peer::Server(peers::connect_ok::server),
        "a client that connects and says hello",
        "Connecting is a matter of the write event: the socket becomes writable when it is done. \
         What was written before waits in the output, and goes in the very callback that tells \
         CONNECTED.";
    "connect-quiet", connect_quiet, Peer::Server(peers::connect_ok::speaker),
        "a client that only listens",
        "Disabling writing while a connection is made does not delete the write event, since only \
         that tells how it ends. It goes when CONNECTED has been told.";
    "connect-refused", connect_refused, Peer::Nobody,
        "a client that nobody listens to",
        "The socket becomes readable and writable at once. The read callback finds ECONNREFUSED \
         and keeps it to itself; the write callback tells ERROR. The greeting that was written in \
         hope is lost.";
    "connect-at-once", connect_at_once, Peer::None,
        "connecting that is over before the call returns",
        "On Unix sockets a connection is refused or made at once. The callbacks come from the loop \
         all the same, deferred, so a program never finds itself called from within its own call.";
    "connect-hostname", connect_hostname, Peer::Server(peers::connect_ok::server),
        "a client that connects by name",
        "A name is looked up on another thread. Both sides are suspended meanwhile, with the \
         reason LOOKUP, and the thread wakes the loop through an event of its own.";
    "eof", eof, Peer::Client(peers::eof::client),
        "a client that has said all it will say, and still listens",
        "The end of the file is the end of one direction. Reading is disabled and the event \
         callback told; what came before is still in the input, and an answer still gets out.";
    "reset", reset, Peer::Client(peers::reset::client),
        "clients that throw the connection away",
        "A reset is an error: READING|ERROR for the one who reads, WRITING|ERROR for the one who \
         writes, and bytes that were not sent are lost. See how each side disables itself before \
         the program is told.";
    "timeouts", timeouts, Peer::Client(peers::timeouts::client),
        "a client that neither speaks nor listens",
        "Timeouts ride on the events. Every read starts the read timeout anew; the write timeout \
         runs only while there is something to write. When one runs out, that side is disabled, \
         and the other lives on.";
    "free-in-callback", free_in_callback, Peer::None,
        "two bufferevents freed in the callback of one",
        "Both are active in the same turn, and the one that runs frees both. The other's callback \
         never runs, the finalizers wait until the running callback has returned, and a handle \
         that was kept is an error, never a crash.";

    // ---- other kinds, and options
    "deferred-callbacks", deferred_callbacks, Peer::None,
        "callbacks from the loop, in a fixed order",
        "The answer is there before the loop knows that the connection is made. The internal \
         callbacks run in the order read, write; the program is told connected, read, written. \
         Without DEFER_CALLBACKS it would read before it is connected.";
    "rate-limit", rate_limit, Peer::Client(peers::rate_limit::client),
        "an echo of sixteen bytes a tick",
        "A token bucket: each read and write takes from it, at 0 the side is suspended for \
         BANDWIDTH, a timer fills it again. The program's callbacks know nothing of it.";
    "rate-limit-group", rate_limit_group, Peer::None,
        "two readers who share sixteen bytes a tick",
        "One bucket for many. Each member takes its share of what is left; when nothing is, all are \
         suspended for BANDWIDTH_GROUP, and one timer lets all of them go on, each time another one \
         first. See how the shares get smaller within a tick.";
    "pair", pair, Peer::None,
        "two bufferevents that are each other's other end",
        "No socket, no system call: bytes move from one output to the other input when both sides \
         want it, and no further than the high mark. The callbacks are always deferred; step \
         through one turn and see why.";
    "filter", filter, Peer::Client(peers::filter::client),
        "a server that talks in ROT13 without knowing it",
        "A bufferevent on top of another. A line that is not whole stays below, lines wait below \
         while the filter's input is at its mark, and taking one out pulls the next one up, from \
         within the read callback. Flushing with FINISHED lets the filter add its end mark.";
    "tls", tls, Peer::Client(peers::tls::client),
        "a server that speaks TLS, and a client that does not",
        "The callbacks are those of any server. Below them the loop runs a handshake, and CONNECTED comes \
         when the keys are agreed on. Ciphertext has buffers of its own: see 19 bytes become 41 on the wire. \
         The first client takes leave with a close_notify, which is an EOF; the second speaks plainly, which \
         is an ERROR with a reason.";
    "trigger", trigger, Peer::None,
        "callbacks by hand, another socket, and marks that are moved",
        "bufferevent_trigger runs callbacks as if bytes had moved, with the marks or without, now \
         or from the loop; bufferevent_setfd sets both events up anew and enables them again.";

    // ---- listeners
    "listener", listener, Peer::None,
        "a listener opened, shut, without a callback, and freed in its own",
        "The accept loop in all its ways: it stops when the callback disables the listener, closes \
         what nobody wants, and survives being freed from inside. The kernel's queue keeps those \
         who wait.";
    "out-of-fds", out_of_fds, Peer::None,
        "a server without an fd for the next client",
        "EMFILE: the client cannot be accepted and stays in the queue, so the listening socket is \
         readable in every turn. First the loop spins with warnings; then an error callback \
         disables the listener until an fd is free.";
    "chat", chat, Peer::Client(peers::chat::client),
        "a chat room for two, and a third who waits",
        "Several connections in one loop: a read callback of one fills the outputs of the others, \
         and their write events do the rest. When the room is full the listener is disabled, and \
         the third waits in the kernel's queue.";
    "proxy", proxy, Peer::Both(peers::proxy::both),
        "two bufferevents back to back, with a brake",
        "Flow control in both directions: a side is not read while the other's output is at its \
         mark, and read again when it has drained. Bytes move from an input to the other output \
         without a copy.";

    // ---- the loop itself
    "loop", r#loop, Peer::None,
        "every way to run a loop, and every way it ends",
        "Once, without waiting, and for ever; empty, break, exit and continue. The difference \
         between break and exit is what happens to the callback that is next.";
    "priorities", priorities, Peer::None,
        "three events that are ready at the same time",
        "Of all that is active, one turn runs the most urgent priority only, and then polls \
         again. A callback that makes something more urgent active ends its turn.";
    "timers", timers, Peer::None,
        "timers that repeat, come late, and are changed",
        "A persistent timer is scheduled before its callback runs, from the time it was due, so it \
         does not drift; when it is late by more than a period it starts from now. Adding a timer \
         again moves it.";
    "signals", signals, Peer::None,
        "a signal that becomes an event",
        "The handler writes a byte into a pipe and returns. An internal event reads it, activates \
         the signal's event, and the callback runs as often as the signal came.";
    "edge-trigger", edge_trigger, Peer::None,
        "bytes that are left unread, by level and by edge",
        "Two events with the same eight bytes and the same lazy callback. The level-triggered one \
         is called until none are left; the edge-triggered one only once, and would hang if \
         nothing new came. A third is told of a hang-up without reading.";
    "backends", backends, Peer::None,
        "the same program on epoll, poll and select",
        "Three bases, one after the other, each with another way to ask the kernel. Everything \
         above the poll is the same, step by step.";
};
