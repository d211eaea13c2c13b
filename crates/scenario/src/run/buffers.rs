//! Statements about buffers: of a bufferevent, and of their own.

use evscope_reactor::{Error, Evbuffer, EventBase};

use super::objects::Thing;
use super::step::refused;
use super::{Frame, Machine};
use crate::scenario::Instruction;
use crate::spec::Sort;

impl Machine {
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
