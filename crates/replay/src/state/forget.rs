//! What a fold that only goes forward need not keep.

use super::{State, Table};
use crate::ObjectId;

impl State {
    /// How many objects it holds.
    pub fn objects(&self) -> usize {
        self.bases.len()
            + self.events.len()
            + self.bevs.len()
            + self.bufs.len()
            + self.listeners.len()
    }

    /// How many objects it holds that have not ended.
    pub(crate) fn living(&self) -> usize {
        self.bases.living().len()
            + self.events.living().len()
            + self.bevs.living().len()
            + self.bufs.living().len()
            + self.listeners.living().len()
    }

    /// Forgets the objects that were freed before a step, and says which they were: a fold over a long trace then
    /// holds what is alive and not what ever was. An object that a later record names all the same is one that the
    /// state never saw made. A bufferevent is kept until it was taken apart.
    pub fn forget_freed(&mut self, before: usize) -> Vec<ObjectId> {
        let gone = |at: Option<usize>| at.is_some_and(|step| step < before);
        let mut out = Vec::new();
        drop_where(&mut self.bases, &mut out, ObjectId::Base, |base| {
            gone(base.freed_at)
        });
        drop_where(&mut self.events, &mut out, ObjectId::Event, |event| {
            gone(event.freed_at) && event.active.is_none()
        });
        drop_where(&mut self.bevs, &mut out, ObjectId::Bev, |bev| {
            gone(bev.finalized_at)
        });
        drop_where(&mut self.bufs, &mut out, ObjectId::Buf, |buf| {
            gone(buf.freed_at)
        });
        drop_where(
            &mut self.listeners,
            &mut out,
            ObjectId::Listener,
            |listener| gone(listener.freed_at),
        );
        self.stacks.retain(|_, calls| !calls.is_empty());
        out
    }
}

fn drop_where<K, V>(
    table: &mut Table<K, V>,
    out: &mut Vec<ObjectId>,
    name: impl Fn(K) -> ObjectId,
    gone: impl Fn(&V) -> bool,
) where
    K: Ord + Copy,
    V: Clone + PartialEq,
{
    out.extend(table.forget(gone).into_iter().map(name));
}
