//! Sends in pieces that the program's marks do not fit, each when the one before was read.

use std::io::{self, Write};
use std::net::SocketAddr;

pub(crate) fn client(addr: SocketAddr) -> io::Result<()> {
    let mut socket = super::connect(addr)?;
    for piece in ["ab", "cdef", "ghijklmnopqrstuvwxyz"] {
        socket.write_all(piece.as_bytes())?;
        super::until_taken(&socket)?;
    }
    super::finish(&socket)?;
    Ok(())
}
