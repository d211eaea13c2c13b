//! Statements about the other side: peers, and the servers that they connect to.

use std::os::fd::{AsFd, OwnedFd};

use super::objects::{Peer, ServerObject, Thing};
use super::world::{self, Over};
use super::{Frame, Heard, Machine};
use crate::scenario::Instruction;
use crate::spec::{Op, Sort};

impl Machine {
    pub(super) fn made_peer(&self, name: i64, near: Option<i32>, far: Option<OwnedFd>, over: Over) {
        let peer = Peer {
            near,
            far,
            over,
            given: false,
            taken: false,
            fresh: false,
        };
        self.state
            .borrow_mut()
            .objects
            .name(name, Thing::Peer(peer));
    }

    /// A peer's number and the program's end of its connection, if that is open.
    pub(super) fn near(&self, arg: i64, frame: &Frame) -> Option<(usize, i32)> {
        let at = self.find(arg, Sort::Peer, frame)?;
        let near = self.state.borrow_mut().objects.peer(at)?.near?;
        Some((at, near))
    }

    pub(super) fn is_taken(&self, at: usize) -> bool {
        self.state
            .borrow_mut()
            .objects
            .peer(at)
            .is_some_and(|peer| peer.taken)
    }

    pub(super) fn used(&self, at: usize) {
        if let Some(peer) = self.state.borrow_mut().objects.peer(at) {
            peer.fresh = false;
        }
    }

    pub(super) fn with_server<R>(
        &self,
        arg: i64,
        frame: &Frame,
        act: impl FnOnce(&ServerObject) -> R,
    ) -> Option<R> {
        let at = self.find(arg, Sort::Server, frame)?;
        self.state
            .borrow_mut()
            .objects
            .server(at)
            .map(|server| act(server))
    }

    pub(super) fn peer(&self, i: &Instruction, frame: &Frame) {
        let Some(at) = self.find(i.args[0], Sort::Peer, frame) else {
            return;
        };
        let state = &mut *self.state.borrow_mut();
        let Some(peer) = state.objects.peer(at) else {
            return;
        };
        let Some(far) = peer.far.take() else {
            return;
        };
        match i.op {
            Op::PeerSend => world::send(peer.over, far.as_fd(), peer.near, &i.bytes(1)),
            Op::PeerRead => {
                let (bytes, ended) = world::read(peer.over, far.as_fd(), i.args[1] as usize);
                // Peers have names: `self` and `accepted` are the program's.
                if let Ok(name) = usize::try_from(i.args[0]) {
                    let name = &self.scenario.names[name].0;
                    Heard::note(&mut state.heard, name, &bytes, ended);
                }
            }
            Op::PeerShutdown => {
                let _ = rustix::net::shutdown(&far, rustix::net::Shutdown::Write);
                world::ended(peer.over, peer.near);
            }
            Op::PeerReset | Op::PeerClose => {
                if i.op == Op::PeerReset {
                    world::linger_not(far.as_fd());
                }
                drop(far);
                return world::ended(peer.over, peer.near);
            }
            _ => {}
        }
        peer.far = Some(far);
    }
}
