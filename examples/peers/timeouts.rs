//! Says one word, and then neither speaks nor listens until the program has given up.

use std::io::{self, Write};
use std::net::SocketAddr;

pub(crate) fn client(addr: SocketAddr) -> io::Result<()> {
    let mut socket = super::connect_small(addr)?;
    socket.write_all(b"hello\n")?;
    super::ProgramSide::of(&socket)?.until_closed()
}
