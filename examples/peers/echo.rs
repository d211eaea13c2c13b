//! Says two lines, and waits for each to come back.

use std::io::{self, Write};
use std::net::SocketAddr;

pub(crate) fn client(addr: SocketAddr) -> io::Result<()> {
    let mut socket = super::connect(addr)?;
    for line in ["one\n", "two, and a bit more\n"] {
        socket.write_all(line.as_bytes())?;
        super::expect(&socket, line)?;
    }
    super::finish(&socket)?;
    Ok(())
}
