//! Says its last words, and reads the farewell.

use std::io::{self, Write};
use std::net::SocketAddr;

pub(crate) fn client(addr: SocketAddr) -> io::Result<()> {
    let mut socket = super::connect(addr)?;
    socket.write_all(b"my last words\n")?;
    super::until_taken(&socket)?;
    super::finish(&socket)?;
    Ok(())
}
