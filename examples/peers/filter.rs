//! Talks in ROT13: half a line, the rest of it with two more, and a last one.

use std::io::{self, Write};
use std::net::SocketAddr;

pub(crate) fn client(addr: SocketAddr) -> io::Result<()> {
    let mut socket = super::connect(addr)?;
    super::expect(&socket, "Uryyb\n")?;
    socket.write_all(b"bar")?;
    super::until_taken(&socket)?;
    socket.write_all(b" yvar\ngjb yvarf\nguerr yvarf\n")?;
    super::expect(&socket, "bar yvar\ngjb yvarf\nguerr yvarf\n")?;
    socket.write_all(b"dhvg\n")?;
    super::expect(&socket, ".\n")?;
    super::finish(&socket)?;
    Ok(())
}
