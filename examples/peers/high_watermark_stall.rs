//! Sends a whole request and waits for an answer that never comes.

use std::io::{self, Read, Write};
use std::net::SocketAddr;

pub(crate) fn client(addr: SocketAddr) -> io::Result<()> {
    let mut socket = super::connect(addr)?;
    socket.write_all(b"a request of thirty-two bytes.\r\n")?;
    // The program throws the connection away with bytes in it that nobody has read: a reset.
    match socket.read(&mut [0; 64]) {
        Ok(0) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ok(()),
        Ok(_) => Err(io::Error::other("an answer came")),
        Err(error) => Err(error),
    }
}
