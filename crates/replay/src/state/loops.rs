//! What the loop's own events do to the state.

use evscope_trace::{BaseId, EvFlags, EventId, Nanos, Objects, Role, Text};

use super::{BaseState, State, Watched};

impl State {
    pub(super) fn event_base_new(
        &mut self,
        objects: &Objects,
        step: usize,
        backend: &Text,
        priorities: u32,
    ) {
        if let Some(id) = objects.base {
            self.bases.insert(
                id,
                BaseState {
                    backend: Some(backend.clone()),
                    priorities: Some(priorities),
                    made_at: Some(step),
                    ..BaseState::default()
                },
            );
        }
    }

    pub(super) fn event_base_loop_began(&mut self, objects: &Objects) {
        if let Some(base) = self.base(objects) {
            base.running = true;
            base.break_asked = false;
            base.continue_asked = false;
        }
    }

    pub(super) fn event_base_loop_ended(&mut self, objects: &Objects, ended: Option<&Text>) {
        if let Some(base) = self.base(objects) {
            base.running = false;
            base.polling = false;
            base.exit_asked = false;
            base.ended = ended.cloned();
        }
    }

    pub(super) fn poll_began(&mut self, objects: &Objects, timeout: Option<Nanos>) {
        let now = self.now;
        if let Some(base) = self.base(objects) {
            base.polling = true;
            base.polls += 1;
            base.poll_timeout = timeout;
            base.poll_began_at = Some(now);
            base.continue_asked = false;
        }
    }

    pub(super) fn poll_ended(&mut self, objects: &Objects, ready: Option<u32>) {
        let now = self.now;
        if let Some(base) = self.base(objects) {
            if let (true, Some(began)) = (base.polling, base.poll_began_at) {
                let span = now.0.saturating_sub(began.0);
                base.waited = Nanos(base.waited.0.saturating_add(span));
            }
            base.polling = false;
            base.ready = ready;
        }
    }

    pub(super) fn event_base_loopexit(&mut self, objects: &Objects) {
        if let Some(base) = self.base(objects) {
            base.exit_asked = true;
        }
    }

    pub(super) fn event_base_loopbreak(&mut self, objects: &Objects) {
        if let Some(base) = self.base(objects) {
            base.break_asked = true;
        }
    }

    pub(super) fn event_base_loopcontinue(&mut self, objects: &Objects) {
        if let Some(base) = self.base(objects) {
            base.continue_asked = true;
        }
    }

    pub(super) fn event_base_free(&mut self, objects: &Objects, step: usize) {
        let Some(id) = objects.base.or_else(|| self.only_base()) else {
            return;
        };
        let Some(base) = self.bases.get_mut(id) else {
            return;
        };
        if base.is_freed() {
            return;
        }
        base.freed_at = Some(step);
        base.running = false;
        base.polling = false;
        self.bases.end(id);
        // The base's own events go with it; those of the program are the program's to free.
        let own: Vec<EventId> = self
            .events
            .living()
            .filter(|(_, event)| event.base == objects.base && event.role == Some(Role::Internal))
            .map(|(id, _)| id)
            .collect();
        for event in own {
            self.event_free(Some(event), step);
        }
    }

    /// What the kernel watches for on an fd from now on.
    pub(super) fn kernel_watches(&mut self, objects: &Objects, flags: EvFlags) {
        let Some(fd) = objects.fd else { return };
        let base = objects.base.or_else(|| self.only_base());
        let watched = Watched { base, fd };
        if flags.is_empty() {
            self.interest.remove(watched);
        } else {
            self.interest.insert(watched, flags);
        }
    }

    /// The base a record is about: the one it names, or the only one there is.
    fn base(&mut self, objects: &Objects) -> Option<&mut BaseState> {
        let id = objects.base.or_else(|| self.only_base())?;
        self.bases.get_mut(id)
    }

    fn only_base(&self) -> Option<BaseId> {
        let mut bases = self.bases.keys();
        let base = bases.next()?;
        bases.next().is_none().then_some(base)
    }
}
