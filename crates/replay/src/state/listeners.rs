//! What happens to listeners.

use evscope_trace::Objects;

use super::{ListenerState, State};

impl State {
    pub(super) fn new_listener(
        &mut self,
        objects: &Objects,
        step: usize,
    ) -> Option<&mut ListenerState> {
        let id = objects.listener?;
        self.listeners.insert(
            id,
            ListenerState {
                base: objects.base,
                fd: objects.fd,
                event: objects.event,
                made_at: Some(step),
                ..ListenerState::default()
            },
        );
        self.listeners.get_mut(id)
    }

    pub(super) fn listener_enabled(&mut self, objects: &Objects, enabled: bool) {
        if let Some(listener) = self.listener(objects) {
            listener.enabled = enabled;
        }
    }

    pub(super) fn listener_read_cb(&mut self, objects: &Objects) {
        let event = objects
            .event
            .or_else(|| self.listeners.get(objects.listener?)?.event);
        self.event_runs(event);
    }

    pub(super) fn accept(&mut self, objects: &Objects, errno: Option<&str>) {
        if errno.is_none()
            && let Some(listener) = self.listener(objects)
        {
            listener.accepted += 1;
        }
    }

    pub(super) fn evconnlistener_free(&mut self, objects: &Objects, step: usize) {
        let Some(listener) = self.listener(objects) else {
            return;
        };
        listener.enabled = false;
        listener.freed_at.get_or_insert(step);
        let event = listener.event;
        self.event_free(event, step);
        if let Some(id) = objects.listener {
            self.listeners.end(id);
        }
    }

    fn listener(&mut self, objects: &Objects) -> Option<&mut ListenerState> {
        objects.listener.map(|id| self.listeners.make(id))
    }
}
