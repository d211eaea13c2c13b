//! Statements about buffers: of a bufferevent, and of their own.

use std::io::{self, Seek, Write};
use std::rc::Rc;

use evscope_reactor::{
    BufferEnd, EolStyle, Error, Evbuffer, EvbufferCallback, EvbufferCbFlags, EvbufferCbInfo,
    EventBase,
};

use super::objects::Thing;
use super::step::{MOST_BYTES, refused};
use super::world::borrow;
use super::{Frame, Machine, Reserved};
use crate::scenario::Instruction;
use crate::spec::{Op, Sort};

const EOLS: [EolStyle; 5] = [
    EolStyle::Any,
    EolStyle::Crlf,
    EolStyle::CrlfStrict,
    EolStyle::Lf,
    EolStyle::Nul,
];

impl Machine {
    /// # Errors
    /// If a file cannot be made.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm a statement, each of a few lines"
    )]
    pub(super) fn buffer_step(
        self: &Rc<Self>,
        base: &mut EventBase,
        i: &Instruction,
        a: &[i64],
        frame: &Frame,
        reserved: Option<Reserved>,
    ) -> io::Result<()> {
        match i.op {
            Op::BufNew => {
                let buffer = base.evbuffer_new();
                let objects = &mut self.state.borrow_mut().objects;
                objects.name(a[0], Thing::Buffer(buffer));
            }
            Op::BufAdd => self.buf(base, a, frame, |base, buf| {
                base.evbuffer_add(buf, &i.bytes(2))
            }),
            Op::BufAddPrintf => self.buf(base, a, frame, |base, buf| {
                let text = String::from_utf8_lossy(&i.bytes(2)).into_owned();
                base.evbuffer_add_printf(buf, format_args!("{text}"))
            }),
            Op::BufAddReference => self.buf(base, a, frame, |base, buf| {
                base.evbuffer_add_reference(buf, i.bytes(2))
            }),
            Op::BufAddFile => self.add_file(base, i, a, frame)?,
            Op::BufReserve => self.buf(base, a, frame, |base, buf| {
                let (size, in_two) = (a[2] as usize, a[3] > 1);
                // libevent makes no room for none, and ends the program.
                if in_two && size == 0 {
                    return Ok(());
                }
                if in_two {
                    base.evbuffer_reserve_space_in_two(buf, size)?;
                } else {
                    base.evbuffer_reserve_space(buf, size)?;
                }
                self.state.borrow_mut().reserved = Some(Reserved {
                    buffer: buf,
                    size,
                    in_two,
                });
                Ok(())
            }),
            Op::BufCommit => self.buf(base, a, frame, |base, buf| {
                match reserved.filter(|reserved| reserved.buffer == buf) {
                    Some(reserved) => commit(base, reserved, &i.bytes(2)),
                    None => Ok(()),
                }
            }),
            Op::BufPrepend => self.buf(base, a, frame, |base, buf| {
                base.evbuffer_prepend(buf, &i.bytes(2))
            }),
            Op::BufDrain => self.buf(base, a, frame, |base, buf| {
                base.evbuffer_drain(buf, a[2] as usize)
            }),
            Op::BufRemove => self.buf(base, a, frame, |base, buf| {
                let mut bytes = vec![0; (a[2] as usize).min(MOST_BYTES)];
                base.evbuffer_remove(buf, &mut bytes)
            }),
            Op::BufAddBuffer => {
                self.two_bufs(base, a, frame, EventBase::evbuffer_add_buffer);
            }
            Op::BufRemoveBuffer => self.two_bufs(base, a, frame, |base, from, to| {
                base.evbuffer_remove_buffer(from, to, a[4] as usize)
            }),
            Op::BufPrependBuffer => {
                self.two_bufs(base, a, frame, EventBase::evbuffer_prepend_buffer);
            }
            Op::BufAddBufferReference => {
                self.two_bufs(base, a, frame, EventBase::evbuffer_add_buffer_reference);
            }
            Op::BufReadln => self.buf(base, a, frame, |base, buf| {
                base.evbuffer_readln(buf, EOLS[a[2] as usize])
            }),
            Op::BufPullup => self.buf(base, a, frame, |base, buf| {
                let size = match usize::try_from(a[2]) {
                    Ok(size) => size,
                    Err(_) => base.evbuffer_get_length(buf)?,
                };
                base.evbuffer_pullup(buf, size).map(|_| ())
            }),
            Op::BufPeek => self.buf(base, a, frame, |base, buf| {
                let (len, from) = (usize::try_from(a[2]).ok(), a[3] as usize);
                // Behind all bytes libevent has no place.
                if from <= base.evbuffer_get_length(buf)? {
                    drop(base.evbuffer_peek_from(buf, from, len)?);
                }
                Ok(())
            }),
            Op::BufSearch => {
                let (what, from) = (i.bytes(3), a[4] as usize);
                self.place(base, a, from, frame, |base, buf, _| {
                    base.evbuffer_search(buf, &what, from)
                });
            }
            Op::BufSearchRange => {
                let (what, from, end) = (i.bytes(3), a[4] as usize, a[5] as usize);
                self.place(base, a, from, frame, |base, buf, len| {
                    if end < from || end > len {
                        return Ok(None);
                    }
                    base.evbuffer_search_range(buf, &what, from, end)
                });
            }
            Op::BufSearchEol => {
                let (style, from) = (EOLS[a[3] as usize], a[4] as usize);
                self.place(base, a, from, frame, |base, buf, _| {
                    let found = base.evbuffer_search_eol(buf, style, from)?;
                    Ok(found.map(|(at, _)| at))
                });
            }
            Op::BufRead => {
                if let Some((_, near)) = self.near(a[2], frame) {
                    self.buf(base, a, frame, |base, buf| {
                        base.evbuffer_read(buf, borrow(near), Some(a[3] as usize))
                    });
                }
            }
            Op::BufWrite => {
                if let Some((_, near)) = self.near(a[2], frame) {
                    // libevent says -1 of an empty one, the reactor 0.
                    self.buf(base, a, frame, |base, buf| {
                        if base.evbuffer_get_length(buf)? == 0 {
                            return Ok(0);
                        }
                        base.evbuffer_write(buf, borrow(near))
                    });
                }
            }
            Op::BufFreeze => self.buf(base, a, frame, |base, buf| {
                base.evbuffer_freeze(buf, end(a[2]))
            }),
            Op::BufUnfreeze => self.buf(base, a, frame, |base, buf| {
                base.evbuffer_unfreeze(buf, end(a[2]))
            }),
            Op::BufAddCb => self.add_cb(base, a, frame),
            Op::BufRemoveCb => {
                if let Some((at, buf, entry)) = self.entry(base, a, frame) {
                    self.state.borrow_mut().objects.kill(at);
                    refused(base.evbuffer_remove_cb_entry(buf, entry));
                }
            }
            Op::BufCbSetFlags => {
                if let Some((_, buf, entry)) = self.entry(base, a, frame) {
                    let flags = EvbufferCbFlags::from_bits_truncate(a[3] as u32);
                    refused(base.evbuffer_cb_set_flags(buf, entry, flags));
                }
            }
            Op::BufCbClearFlags => {
                if let Some((_, buf, entry)) = self.entry(base, a, frame) {
                    let flags = EvbufferCbFlags::from_bits_truncate(a[3] as u32);
                    refused(base.evbuffer_cb_clear_flags(buf, entry, flags));
                }
            }
            _ => self.buf(base, &[a[0], Instruction::OWN], frame, |base, buf| {
                base.evbuffer_defer_callbacks(buf)
            }),
        }
        Ok(())
    }

    fn two_bufs<T>(
        &self,
        base: &mut EventBase,
        a: &[i64],
        frame: &Frame,
        act: impl FnOnce(&mut EventBase, Evbuffer, Evbuffer) -> Result<T, Error>,
    ) {
        if let Some(one) = self.buffer(base, a[0], a[1], frame)
            && let Some(other) = self.buffer(base, a[2], a[3], frame)
        {
            refused(act(base, one, other));
        }
    }

    /// A part of a file whose contents are the statement's bytes, if it has that part.
    fn add_file(
        &self,
        base: &mut EventBase,
        i: &Instruction,
        a: &[i64],
        frame: &Frame,
    ) -> io::Result<()> {
        let Some(buf) = self.buffer(base, a[0], a[1], frame) else {
            return Ok(());
        };
        let contents = i.bytes(2);
        let Some(rest) = contents.len().checked_sub(a[3] as usize) else {
            return Ok(());
        };
        let length = usize::try_from(a[4]).unwrap_or(rest);
        if length == 0 || length > rest {
            return Ok(());
        }
        let mut file = tempfile::tempfile()?;
        file.write_all(&contents)?;
        file.rewind()?;
        refused(base.evbuffer_add_file(buf, file, a[3] as u64, Some(length as u64)));
        Ok(())
    }

    fn add_cb(self: &Rc<Self>, base: &mut EventBase, a: &[i64], frame: &Frame) {
        let (machine, number) = (Rc::clone(self), a[3]);
        let (Ok(called), Some(buf)) = (
            usize::try_from(number),
            self.buffer(base, a[1], a[2], frame),
        ) else {
            return;
        };
        let callback = move |base: &mut EventBase, _: Evbuffer, _: &EvbufferCbInfo| {
            machine.callback(base, called, 0, &Frame::default());
        };
        let added = self.named(number, || base.evbuffer_add_cb(buf, callback));
        if let Ok(entry) = added {
            let objects = &mut self.state.borrow_mut().objects;
            objects.name(a[0], Thing::BufferCallback(buf, entry));
        }
    }

    /// The callback that a statement names, if it is one of the evbuffer that it names.
    fn entry(
        &self,
        base: &EventBase,
        a: &[i64],
        frame: &Frame,
    ) -> Option<(usize, Evbuffer, EvbufferCallback)> {
        let buf = self.buffer(base, a[0], a[1], frame)?;
        let at = self.find(a[2], Sort::BufferCallback, frame)?;
        match self.state.borrow().objects.get(at)? {
            Thing::BufferCallback(of, entry) if *of == buf => Some((at, buf, *entry)),
            _ => None,
        }
    }

    /// Looks for something from a place on, and gives what was found a name.
    fn place(
        &self,
        base: &mut EventBase,
        a: &[i64],
        from: usize,
        frame: &Frame,
        look: impl FnOnce(&mut EventBase, Evbuffer, usize) -> Result<Option<usize>, Error>,
    ) {
        let Some(buf) = self.buffer(base, a[1], a[2], frame) else {
            return;
        };
        let len = base.evbuffer_get_length(buf).unwrap_or(0);
        let found = if from <= len {
            look(base, buf, len).unwrap_or(None)
        } else {
            None
        };
        let objects = &mut self.state.borrow_mut().objects;
        match found {
            Some(at) => {
                objects.name(a[0], Thing::Place(at));
            }
            None => objects.unname(a[0]),
        }
    }

    pub(super) fn buffer(
        &self,
        base: &EventBase,
        whose: i64,
        which: i64,
        frame: &Frame,
    ) -> Option<Evbuffer> {
        if which == Instruction::OWN {
            let at = self.find(whose, Sort::Buffer, frame)?;
            return match self.state.borrow().objects.get(at)? {
                Thing::Buffer(buffer) => Some(*buffer),
                _ => None,
            };
        }
        let bev = self.find_bev(whose, frame)?;
        if which == Instruction::INPUT {
            base.bufferevent_get_input(bev).ok()
        } else {
            base.bufferevent_get_output(bev).ok()
        }
    }

    pub(super) fn buf<T>(
        &self,
        base: &mut EventBase,
        a: &[i64],
        frame: &Frame,
        act: impl FnOnce(&mut EventBase, Evbuffer) -> Result<T, Error>,
    ) {
        if let Some(buffer) = self.buffer(base, a[0], a[1], frame) {
            refused(act(base, buffer));
        }
    }
}

/// Fills the room with as much as was asked for, and adds that.
fn commit(base: &mut EventBase, reserved: Reserved, data: &[u8]) -> Result<(), Error> {
    let data = &data[..data.len().min(reserved.size)];
    if !reserved.in_two {
        let room = base.evbuffer_reserve_space(reserved.buffer, reserved.size)?;
        room[..data.len()].copy_from_slice(data);
        return base.evbuffer_commit_space(reserved.buffer, &[data.len()]);
    }
    let [one, other] = base.evbuffer_reserve_space_in_two(reserved.buffer, reserved.size)?;
    let (first, rest) = data.split_at(data.len().min(one.len()));
    one[..first.len()].copy_from_slice(first);
    other[..rest.len()].copy_from_slice(rest);
    base.evbuffer_commit_space(reserved.buffer, &[first.len(), rest.len()])
}

fn end(arg: i64) -> BufferEnd {
    if arg == 0 {
        BufferEnd::Start
    } else {
        BufferEnd::End
    }
}
