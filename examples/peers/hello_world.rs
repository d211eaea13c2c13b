//! Connects and reads the greeting.

use std::io::{self, Read};
use std::net::SocketAddr;

pub(crate) fn client(addr: SocketAddr) -> io::Result<()> {
    let mut greeting = String::new();
    super::connect(addr)?.read_to_string(&mut greeting)?;
    Ok(())
}
