//! The other sides of the demos, one file each, and what they have in common.
//!
//! They are written so that a demo goes the same way every time: a peer does its next step only when it has
//! seen that the program has done with the step before.

#[cfg(target_os = "linux")]
mod look;
#[cfg(not(target_os = "linux"))]
#[path = "pause.rs"]
mod look;

pub(crate) mod chat;
pub(crate) mod connect_ok;
pub(crate) mod disabled_read;
pub(crate) mod echo;
pub(crate) mod eof;
pub(crate) mod filter;
pub(crate) mod hello_world;
pub(crate) mod high_watermark_stall;
pub(crate) mod partial_write;
pub(crate) mod proxy;
pub(crate) mod rate_limit;
pub(crate) mod read_watermarks;
pub(crate) mod reset;
pub(crate) mod timeouts;
#[cfg(feature = "tls")]
pub(crate) mod tls;
pub(crate) mod write_low_watermark;

// The demo of TLS does not run then, so nobody comes to it.
#[cfg(not(feature = "tls"))]
pub(crate) use eof as tls;

use std::io::{self, Read};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use look::{ProgramSide, until_taken};
pub(crate) use look::{the_program_is, this_thread, until_waiting};
use rustix::net::{AddressFamily, SocketType, socket, sockopt};

/// How long a peer waits for the program before it gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Connects to the program.
fn connect(addr: SocketAddr) -> io::Result<TcpStream> {
    patient(TcpStream::connect_timeout(&addr, PATIENCE)?)
}

/// Connects with so small a receive buffer that the program soon feels when nobody reads.
fn connect_small(addr: SocketAddr) -> io::Result<TcpStream> {
    const RECEIVE_BUFFER: usize = 4096;
    let fd = socket(AddressFamily::INET, SocketType::STREAM, None)?;
    sockopt::set_socket_recv_buffer_size(&fd, RECEIVE_BUFFER)?;
    rustix::net::connect(&fd, &addr)?;
    patient(TcpStream::from(fd))
}

/// Waits for the program to connect.
fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    patient(listener.accept()?.0)
}

fn patient(socket: TcpStream) -> io::Result<TcpStream> {
    socket.set_read_timeout(Some(PATIENCE))?;
    Ok(socket)
}

/// Reads exactly what the program is expected to say next.
fn expect(mut socket: &TcpStream, text: &str) -> io::Result<()> {
    let mut said = vec![0; text.len()];
    socket.read_exact(&mut said)?;
    if said == text.as_bytes() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&said);
    Err(io::Error::other(format!("{said:?} came, not {text:?}")))
}

/// Has nothing more to say, and reads until the program hangs up.
fn finish(mut socket: &TcpStream) -> io::Result<Vec<u8>> {
    socket.shutdown(Shutdown::Write)?;
    let mut rest = Vec::new();
    socket.read_to_end(&mut rest)?;
    Ok(rest)
}

/// Throws the connection away: the program gets a reset, not an end.
fn reset(socket: TcpStream) -> io::Result<()> {
    sockopt::set_socket_linger(&socket, Some(Duration::ZERO))?;
    drop(socket);
    Ok(())
}
