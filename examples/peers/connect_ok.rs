//! A server that says a line to whoever has said one.

use std::io::{self, Write};
use std::net::TcpListener;

pub(crate) fn server(listener: &TcpListener) -> io::Result<()> {
    let mut socket = super::accept(listener)?;
    super::expect(&socket, "hello\n")?;
    socket.write_all(b"hello yourself\n")?;
    super::finish(&socket)?;
    Ok(())
}

/// One that only speaks.
pub(crate) fn speaker(listener: &TcpListener) -> io::Result<()> {
    let mut socket = super::accept(listener)?;
    socket.write_all(b"the news\n")?;
    super::finish(&socket)?;
    Ok(())
}
