//! A reader who takes a nap first, and then reads everything.

use std::io::{self, Read};
use std::net::SocketAddr;
use std::time::Duration;

pub(crate) fn client(addr: SocketAddr) -> io::Result<()> {
    let mut socket = super::connect_small(addr)?;
    std::thread::sleep(Duration::from_millis(40));
    let mut all = Vec::new();
    socket.read_to_end(&mut all)?;
    if all.len() == crate::partial_write::SIZE {
        return Ok(());
    }
    Err(io::Error::other(format!("only {} bytes came", all.len())))
}
