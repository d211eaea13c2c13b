//! A client and the server it thinks it talks to.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};

const REQUEST: usize = 12 * 1024;

pub(crate) fn both(addr: SocketAddr, listener: &TcpListener) -> io::Result<()> {
    let mut client = super::connect(addr)?;
    let mut server = super::accept(listener)?;

    client.write_all(&[b'x'; REQUEST])?;
    server.read_exact(&mut [0; REQUEST])?;
    server.write_all(b"thank you\n")?;
    super::expect(&client, "thank you\n")?;

    // The client's end goes through to the server, and the server's back to the client.
    client.shutdown(std::net::Shutdown::Write)?;
    let mut rest = Vec::new();
    server.read_to_end(&mut rest)?;
    super::finish(&server)?;
    client.read_to_end(&mut rest)?;
    Ok(())
}
