//! Sends more than a tick's worth at once, and reads what comes back.

use std::io::{self, Write};
use std::net::SocketAddr;

pub(crate) fn client(addr: SocketAddr) -> io::Result<()> {
    let mut socket = super::connect(addr)?;
    let request = b"forty-eight bytes, and only sixteen in a tick.\r\n";
    socket.write_all(request)?;
    if super::finish(&socket)? == request {
        return Ok(());
    }
    Err(io::Error::other("the echo is not what was sent"))
}
