//! What a fold that only goes forward need not keep.

use super::key::Key;
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
    K: Key,
    V: Clone + PartialEq,
{
    out.extend(table.forget(gone).into_iter().map(name));
}

#[cfg(test)]
mod tests {
    use evscope_trace::{BaseId, BevId, BufId, EvFlags, EventId, ListenerId, ThreadId};

    use super::*;
    use crate::{BaseState, BevState, BufState, EventState, ListenerState};

    /// Of each kind another number of objects, of which the first is freed at step 5.
    fn state() -> State {
        let mut state = State::new();
        let (made_at, freed_at) = (Some(0), |id| (id == 0).then_some(5));
        for id in 0..2 {
            let base = BaseState {
                made_at,
                freed_at: freed_at(id),
                ..BaseState::default()
            };
            state.bases.insert(BaseId(id), base);
        }
        for id in 0..3 {
            let event = EventState {
                made_at,
                freed_at: freed_at(id),
                ..EventState::default()
            };
            state.events.insert(EventId(id), event);
        }
        for id in 0..5 {
            let bev = BevState {
                made_at,
                finalized_at: freed_at(id),
                ..BevState::default()
            };
            state.bevs.insert(BevId(id), bev);
        }
        for id in 0..7 {
            let buf = BufState {
                made_at,
                freed_at: freed_at(id),
                ..BufState::default()
            };
            state.bufs.insert(BufId(id), buf);
        }
        for id in 0..11 {
            let listener = ListenerState {
                made_at,
                freed_at: freed_at(id),
                ..ListenerState::default()
            };
            state.listeners.insert(ListenerId(id), listener);
        }
        state.bases.end(BaseId(0));
        state.events.end(EventId(0));
        state.bevs.end(BevId(0));
        state.bufs.end(BufId(0));
        state.listeners.end(ListenerId(0));
        state
    }

    #[test]
    fn what_was_freed_before_a_step_is_forgotten() {
        let mut state = state();
        assert_eq!((state.objects(), state.living()), (28, 23));
        assert_eq!(state.forget_freed(5), [], "at that step it is looked at");
        let gone = state.forget_freed(6);
        assert_eq!(
            gone.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["base0", "event0", "bev0", "buf0", "listener0"]
        );
        assert_eq!((state.objects(), state.living()), (23, 23));
    }

    #[test]
    fn an_event_that_is_to_run_is_kept_though_it_was_freed() {
        let mut state = state();
        state.events.make(EventId(0)).active = Some(EvFlags::READ);
        assert!(!state.forget_freed(6).contains(&ObjectId::Event(EventId(0))));
        assert!(state.events.contains(EventId(0)));
    }

    #[test]
    fn a_thread_that_is_in_no_call_is_forgotten() {
        let mut state = State::new();
        let call = crate::Frame {
            step: 0,
            name: "poll".into(),
            depth: 0,
        };
        state.stacks.insert(ThreadId(1), vec![call]);
        state.stacks.insert(ThreadId(2), Vec::new());
        state.forget_freed(0);
        assert_eq!(state.stacks.keys().collect::<Vec<_>>(), [&ThreadId(1)]);
    }
}
