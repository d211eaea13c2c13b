//! Reads all there is.

use std::io::{self, Read};
use std::net::SocketAddr;

pub(crate) fn client(addr: SocketAddr) -> io::Result<()> {
    let mut socket = super::connect(addr)?;
    let mut all = Vec::new();
    socket.read_to_end(&mut all)?;
    Ok(())
}
