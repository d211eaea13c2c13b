//! Level and edge: when the loop tells of bytes that nobody has read.
//!
//! Both events get eight bytes, and both callbacks read four. Level-triggered, the loop tells again as long
//! as bytes are left. Edge-triggered, it tells only when new ones come: whoever does not read until there
//! are none left hangs. A third event waits for the other side's hanging up, with bytes still unread.

use std::error::Error as StdError;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use evscope_reactor::{EvFlags, Event, EventBase, EventConfig, Features};

type Outcome = Result<(), Box<dyn StdError>>;

pub(crate) fn main() -> Outcome {
    let config = EventConfig::new().require_features(Features::ET | Features::EARLY_CLOSE);
    let mut base = EventBase::new_with_config(&config)?;
    let persist = EvFlags::READ | EvFlags::PERSIST;

    let (mut writer, reader) = connection()?;
    let level = base.event_new(&*Rc::clone(&reader), persist, read_until_empty(reader))?;
    base.event_add(level, None)?;
    writer.write_all(b"12345678")?;

    let (writer, reader) = connection()?;
    let writer = Rc::new(writer);
    let edge = persist | EvFlags::ET;
    let edge = base.event_new(&*Rc::clone(&reader), edge, read_a_little(reader))?;
    base.event_add(edge, None)?;
    (&*writer).write_all(b"12345678")?;
    let later = write_more(Rc::clone(&writer));
    base.event_base_once_timeout(later, Some(Duration::from_millis(30)))?;

    base.event_base_dispatch()?;
    base.event_base_free();
    Ok(())
}

fn connection() -> std::io::Result<(UnixStream, Rc<UnixStream>)> {
    let (writer, reader) = UnixStream::pair()?;
    reader.set_nonblocking(true)?;
    Ok((writer, Rc::new(reader)))
}

/// Level-triggered: four bytes a call, until a call finds none.
fn read_until_empty(reader: Rc<UnixStream>) -> impl Fn(&mut EventBase, Event, EvFlags) -> Outcome {
    let left = std::cell::Cell::new(8);
    move |base, event, _what| {
        left.set(left.get() - (&*reader).read(&mut [0; 4])?);
        if left.get() == 0 {
            base.event_del(event)?;
        }
        Ok(())
    }
}

/// Edge-triggered: four bytes, and the others stay. The next call knows better.
fn read_a_little(reader: Rc<UnixStream>) -> impl Fn(&mut EventBase, Event, EvFlags) -> Outcome {
    let called = std::cell::Cell::new(false);
    move |base, event, _what| {
        if !called.replace(true) {
            (&*reader).read_exact(&mut [0; 4])?;
            return Ok(());
        }
        loop {
            match (&*reader).read(&mut [0; 4]) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error.into()),
            }
        }
        base.event_del(event)?;
        wait_for_the_end(base)
    }
}

/// A timer that writes one byte more.
fn write_more(
    writer: Rc<UnixStream>,
) -> impl Fn(&mut EventBase, Event, EvFlags) -> std::io::Result<()> {
    move |_base, _timer, _what| (&*writer).write_all(b"9")
}

/// Nobody reads here; the other side's hanging up is told all the same.
fn wait_for_the_end(base: &mut EventBase) -> Outcome {
    let (mut writer, reader) = connection()?;
    let event = base.event_new(&*Rc::clone(&reader), EvFlags::CLOSED, hung_up(reader))?;
    base.event_add(event, None)?;
    writer.write_all(b"unread")?;
    Ok(())
}

/// The other side has hung up. What it said before is there still.
fn hung_up(
    reader: Rc<UnixStream>,
) -> impl Fn(&mut EventBase, Event, EvFlags) -> std::io::Result<()> {
    move |_base, _event, _what| (&*reader).read_exact(&mut [0; 6])
}
