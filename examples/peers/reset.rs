//! Two clients that throw the connection away: one while the program waits for it to speak, one while the
//! program still writes.

use std::io::{self, Read, Write};
use std::net::SocketAddr;

use super::ProgramSide;

pub(crate) fn client(addr: SocketAddr) -> io::Result<()> {
    let first = super::connect(addr)?;
    super::expect(&first, "hello\n")?;
    let other_side = ProgramSide::of(&first)?;
    super::reset(first)?;
    other_side.until_closed()?;

    let mut second = super::connect_small(addr)?;
    super::expect(&second, "hello\n")?;
    let other_side = ProgramSide::of(&second)?;
    second.write_all(b"more\n")?;
    second.read_exact(&mut [0])?;
    // It has written until there is no room, and what the kernel makes by and by is too little for more.
    super::until_waiting()?;
    super::reset(second)?;
    other_side.until_closed()
}
