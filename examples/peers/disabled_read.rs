//! Asks, and gives up when no answer comes.

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::time::Duration;

pub(crate) fn client(addr: SocketAddr) -> io::Result<()> {
    let mut socket = super::connect(addr)?;
    socket.write_all(b"is anybody there?\n")?;
    super::until_waiting()?;
    socket.set_read_timeout(Some(Duration::from_millis(100)))?;
    match socket.read(&mut [0; 64]) {
        Ok(_) => Err(io::Error::other("an answer came")),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
        Err(error) => Err(error),
    }
}
