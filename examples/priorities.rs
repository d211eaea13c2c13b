//! Three events that are ready at the same time, and who goes first.
//!
//! Priority 0 is the most urgent. In a turn only the events of one priority run; then the loop looks again,
//! so an urgent one that has become ready meanwhile goes before those that still wait.

use std::error::Error as StdError;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::rc::Rc;

use evscope_reactor::{Error, EvFlags, Event, EventBase};

const URGENT: usize = 0;
const NORMAL: usize = 1;
const BULK: usize = 2;

pub(crate) fn main() -> Result<(), Box<dyn StdError>> {
    let mut base = EventBase::new()?;
    base.event_base_priority_init(3)?;

    // Each has a byte to read, the least urgent has it first.
    let mut writers = Vec::new();
    for priority in [BULK, NORMAL, URGENT] {
        let (mut writer, reader) = UnixStream::pair()?;
        let reader = Rc::new(reader);
        let event = base.event_new(&*Rc::clone(&reader), EvFlags::READ, take_byte(reader))?;
        base.event_priority_set(event, priority)?;
        base.event_add(event, None)?;
        writer.write_all(b"!")?;
        writers.push(writer);
    }
    base.event_base_dispatch()?;

    // Two of the least urgent, and the first of them makes an urgent one active.
    let urgent = base.evtimer_new(nothing);
    base.event_priority_set(urgent, URGENT)?;
    let bulk = base.evtimer_new(remember_something_urgent(urgent));
    let more_bulk = base.evtimer_new(nothing);
    for event in [bulk, more_bulk] {
        base.event_priority_set(event, BULK)?;
        base.event_active(event, EvFlags::TIMEOUT)?;
    }
    base.event_base_dispatch()?;
    base.event_base_free();
    Ok(())
}

/// A callback that reads its byte.
fn take_byte(
    reader: Rc<UnixStream>,
) -> impl Fn(&mut EventBase, Event, EvFlags) -> std::io::Result<()> {
    move |_base, _event, _what| (&*reader).read_exact(&mut [0])
}

/// A callback that thinks of something more urgent than what runs now.
fn remember_something_urgent(
    urgent: Event,
) -> impl Fn(&mut EventBase, Event, EvFlags) -> Result<(), Error> {
    move |base, _event, _what| base.event_active(urgent, EvFlags::TIMEOUT)
}

fn nothing(_base: &mut EventBase, _event: Event, _what: EvFlags) {}
