//! A reader who lets the program write until there is no room, and then reads everything.

use std::io::{self, Read};
use std::net::SocketAddr;

pub(crate) fn client(addr: SocketAddr) -> io::Result<()> {
    let mut socket = super::connect_small(addr)?;
    super::until_waiting()?;
    let mut all = Vec::new();
    socket.read_to_end(&mut all)?;
    if all.len() == crate::programs::partial_write::SIZE {
        return Ok(());
    }
    Err(io::Error::other(format!("only {} bytes came", all.len())))
}
