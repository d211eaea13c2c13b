//! Waking a loop from other threads: libevent's notifiable bases, with what the wake-up is for.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use evscope_trace::Role;

use crate::callback::CallbackName;
use crate::event::{EventCallback, NewEvent, Owner};
use crate::sys::Wake;
use crate::{Bufferevent, Error, EvFlags, Event, EventBase};

/// What is to be done on the base's thread.
enum Task {
    Program(Box<dyn FnOnce(&mut EventBase) + Send>),
    /// A name was looked up for a bufferevent.
    LookedUp(Bufferevent, Result<SocketAddr, String>),
}

/// What other threads and the base share.
pub(crate) struct Mailbox {
    tasks: Mutex<VecDeque<Task>>,
    /// Another one in a child process.
    wake: Mutex<Wake>,
}

impl Mailbox {
    fn tasks(&self) -> std::sync::MutexGuard<'_, VecDeque<Task>> {
        // A task is moved in or out whole, so a panic elsewhere leaves the queue as it should be.
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) -> std::sync::MutexGuard<'_, Wake> {
        self.wake.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A way to a base from any thread: it can be cloned and sent. It does not keep the base, or its loop,
/// alive.
#[derive(Clone)]
pub struct Notifier(Weak<Mailbox>);

/// The base was freed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the base was freed")]
pub struct BaseGone;

impl Notifier {
    /// Runs `task` on the base's thread, in its loop, soon: the loop is woken if it waits. Tasks of one
    /// thread run in the order in which they were posted.
    pub fn post(&self, task: impl FnOnce(&mut EventBase) + Send + 'static) -> Result<(), BaseGone> {
        self.deliver(Task::Program(Box::new(task)))
    }

    pub(crate) fn looked_up(
        &self,
        bev: Bufferevent,
        found: Result<SocketAddr, String>,
    ) -> Result<(), BaseGone> {
        self.deliver(Task::LookedUp(bev, found))
    }

    fn deliver(&self, task: Task) -> Result<(), BaseGone> {
        let mailbox = self.0.upgrade().ok_or(BaseGone)?;
        mailbox.tasks().push_back(task);
        mailbox.wake().ring();
        Ok(())
    }

    /// Makes an event active with `what` (`event_active` from another thread). An event that was freed
    /// meanwhile is left alone.
    pub fn event_active(&self, event: Event, what: EvFlags) -> Result<(), BaseGone> {
        self.post(move |base| {
            let _ = base.event_active(event, what);
        })
    }

    /// Ends the loop (`event_base_loopexit` from another thread).
    pub fn loopexit(&self) -> Result<(), BaseGone> {
        self.post(|base| {
            let _ = base.event_base_loopexit(None);
        })
    }
}

impl std::fmt::Debug for Notifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let alive = self.0.strong_count() > 0;
        f.debug_struct("Notifier").field("alive", &alive).finish()
    }
}

/// # The loop: woken from other threads
impl EventBase {
    /// A way to this base from other threads (`evthread_make_base_notifiable`). The first call adds an
    /// internal event, which does not keep the loop alive: give the loop something to wait for, or run it
    /// with [`LoopFlags::NO_EXIT_ON_EMPTY`](crate::LoopFlags::NO_EXIT_ON_EMPTY).
    #[track_caller]
    pub fn notifier(&mut self) -> Result<Notifier, Error> {
        if let Some(mailbox) = &self.mailbox {
            return Ok(Notifier(Arc::downgrade(mailbox)));
        }
        let wake = Wake::new()?;
        let new = NewEvent {
            role: Role::Internal,
            owner: Owner::Program,
            fd: wake.as_raw_fd(),
            events: EvFlags::READ | EvFlags::PERSIST,
            callback: EventCallback::Notify,
        };
        let event = self.event_assign(self.ids.event(), new);
        self.event_add_nolock(event, None)?;
        let mailbox = Arc::new(Mailbox { tasks: Mutex::default(), wake: Mutex::new(wake) });
        let notifier = Notifier(Arc::downgrade(&mailbox));
        self.mailbox = Some(mailbox);
        Ok(notifier)
    }

    /// The event that other threads make active, if there is a way in.
    pub(crate) fn notify_event(&self) -> Option<Event> {
        let mut events = self.events.iter();
        let notify = events.find(|(_, slot)| matches!(slot.callback, EventCallback::Notify));
        notify.map(|(event, _)| event)
    }

    /// The way in is made anew, for a child process. What was posted and not run yet is run there, too.
    pub(crate) fn reopen_mailbox(&mut self) -> Result<(), Error> {
        let Some(mailbox) = self.mailbox.clone() else {
            return Ok(());
        };
        let Some(event) = self.notify_event() else {
            return Ok(());
        };
        let wake = Wake::new()?;
        self.event_del_nolock(event);
        self.event_reassign(event, wake.as_raw_fd());
        self.events[event].priority = 0;
        *mailbox.wake() = wake;
        if !mailbox.tasks().is_empty() {
            mailbox.wake().ring();
        }
        self.event_add_nolock(event, None)
    }

    /// Run by the loop when it was woken: runs what was posted until now. What tasks post themselves waits
    /// for the next turn, so that they cannot keep the loop from its other work.
    #[track_caller]
    pub(crate) fn run_mailbox(&mut self) {
        let Some(mailbox) = self.mailbox.clone() else {
            return;
        };
        mailbox.wake().clear();
        let tasks = std::mem::take(&mut *mailbox.tasks());
        for task in tasks {
            match task {
                Task::Program(task) => {
                    let name = CallbackName::internal("Notifier::post");
                    self.run_unsaid(
                        || name,
                        |base| {
                            task(base);
                            Ok(())
                        },
                    );
                }
                Task::LookedUp(bev, found) => self.looked_up(bev, found),
            }
        }
    }
}
