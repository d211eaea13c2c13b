//! Three guests in a room for two.

use std::io::{self, Write};
use std::net::SocketAddr;

pub(crate) fn client(addr: SocketAddr) -> io::Result<()> {
    let mut ann = super::connect(addr)?;
    super::expect(&ann, "welcome, guest 1\n")?;
    let mut bob = super::connect(addr)?;
    super::expect(&bob, "welcome, guest 2\n")?;
    // The kernel takes his connection; the program does not, as long as the room is full.
    let cy = super::connect(addr)?;

    ann.write_all(b"hello\n")?;
    super::expect(&bob, "1: hello\n")?;
    bob.write_all(b"hello, 1\n")?;
    super::expect(&ann, "2: hello, 1\n")?;

    super::finish(&ann)?;
    super::expect(&cy, "welcome, guest 3\n")?;
    bob.write_all(b"who is there?\n")?;
    super::expect(&cy, "2: who is there?\n")?;
    super::finish(&bob)?;
    super::finish(&cy)?;
    Ok(())
}
