//! Listeners: libevent's `listener.c`.

use std::os::fd::{AsFd, AsRawFd, IntoRawFd, OwnedFd, RawFd};
use std::rc::Rc;

use evscope_trace::{Event as Step, ListenerId, Objects, Role, errno_name};
use rustix::io::Errno;

use crate::callback::{Callback, CallbackName, Calls, Held, Named};
use crate::error::Object;
use crate::event::{Asked, EventCallback, NewEvent, Owner};
use crate::recording::{call, point};
use crate::socket::{bind_listener, local_addr, start_listening};
use crate::sys::{SocketFlags, acceptfrom_with};
use crate::{Addr, Error, EvFlags, Event, EventBase, Listener, ListenerOptions, Outcome};

type ListenerFn = dyn for<'a> Calls<Listener, (OwnedFd, &'a Addr)>;
type ErrorFn = dyn for<'a> Calls<Listener, &'a std::io::Error>;

/// A listener: libevent's `struct evconnlistener`.
pub(crate) struct ListenerSlot {
    id: ListenerId,
    pub(crate) fd: OwnedFd,
    event: Event,
    callback: Option<Callback<ListenerFn>>,
    error_callback: Option<Callback<ErrorFn>>,
    pub(crate) options: ListenerOptions,
    enabled: bool,
    /// Freed by the program, while `listener_read_cb` still uses it.
    freed: bool,
    /// How many `listener_read_cb` run a callback of it.
    in_use: u32,
}

impl ListenerSlot {
    fn new(
        id: ListenerId,
        fd: OwnedFd,
        callback: Callback<ListenerFn>,
        options: ListenerOptions,
    ) -> Self {
        Self {
            id,
            fd,
            event: Event::default(),
            callback: Some(callback),
            error_callback: None,
            options,
            enabled: false,
            freed: false,
            in_use: 0,
        }
    }

    /// What its callback is called, if it has one.
    pub(crate) fn callback_name(&self) -> Option<&'static str> {
        self.callback
            .as_ref()
            .map(|callback| callback.name().short())
    }
}

/// # Listeners
impl EventBase {
    /// Listens on `addr` (`evconnlistener_new_bind`) and calls `callback` with every connection that is
    /// accepted: its socket and the peer's address. A callback that drops the socket closes it.
    ///
    /// `backlog` is how many connections the kernel keeps until they are accepted; negative is a default.
    #[track_caller]
    pub fn evconnlistener_new_bind<F, R>(
        &mut self,
        callback: F,
        options: ListenerOptions,
        backlog: i32,
        addr: impl Into<Addr>,
    ) -> Result<Listener, Error>
    where
        F: Fn(&mut Self, Listener, OwnedFd, &Addr) -> R + 'static,
        R: Outcome,
    {
        if backlog == 0 {
            let reason = "a socket that is bound now does not listen yet; a backlog of 0 cannot be";
            return Err(Error::invalid("evconnlistener_new_bind", reason));
        }
        let addr = addr.into();
        let fd = bind_listener(&addr, options)?;
        start_listening(&fd, backlog)
            .map_err(|error| Error::os(format!("cannot listen on {addr}"), error))?;
        self.evconnlistener_new(callback, options, backlog, fd)
    }

    /// Listens with a socket that is bound already (`evconnlistener_new`). With a backlog of 0 the socket
    /// listens already, too.
    #[call(let callback = wrap_listener(callback))]
    pub fn evconnlistener_new<F, R>(
        &mut self,
        callback: F,
        options: ListenerOptions,
        backlog: i32,
        fd: OwnedFd,
    ) -> Result<Listener, Error>
    where
        F: Fn(&mut Self, Listener, OwnedFd, &Addr) -> R + 'static,
        R: Outcome,
    {
        // The kernel queues connections from here on.
        start_listening(&fd, backlog).map_err(|error| Error::os("listen", error))?;
        let (id, raw) = (self.ids.listener(), fd.as_raw_fd());
        let listener = self
            .listeners
            .insert(ListenerSlot::new(id, fd, callback, options));
        self.says_listener_new(listener, backlog);
        // A read event, set up and not pending: somebody waits to be accepted.
        let new = NewEvent {
            role: Role::Listener,
            owner: Owner::Listener(id),
            fd: raw,
            events: EvFlags::READ | EvFlags::PERSIST,
            callback: EventCallback::Listener(listener),
        };
        self.listeners[listener].event = self.event_assign(self.ids.event(), new);
        // Accept, unless that is for later.
        if !options.contains(ListenerOptions::DISABLED)
            && let Err(error) = self.evconnlistener_enable(listener)
        {
            self.destroy_listener(listener);
            return Err(error);
        }
        Ok(listener)
    }

    /// Accepts connections (`evconnlistener_enable`).
    #[call(listener => EvconnlistenerEnable {})]
    pub fn evconnlistener_enable(&mut self, listener: Listener) -> Result<(), Error> {
        let event = self.listener(listener)?.event;
        let slot = &mut self.listeners[listener];
        slot.enabled = true;
        // Without a callback there is nobody to accept for; it is added when there is one.
        if slot.callback.is_some() {
            self.event_add_nolock(event, None)?;
        }
        Ok(())
    }

    /// Accepts no more connections (`evconnlistener_disable`); the kernel still queues them.
    #[call(listener => EvconnlistenerDisable {})]
    pub fn evconnlistener_disable(&mut self, listener: Listener) -> Result<(), Error> {
        let event = self.listener(listener)?.event;
        self.listeners[listener].enabled = false;
        self.event_del_nolock(event);
        Ok(())
    }

    /// Calls another callback from now on (`evconnlistener_set_cb`).
    #[track_caller]
    pub fn evconnlistener_set_cb<F, R>(
        &mut self,
        listener: Listener,
        callback: F,
    ) -> Result<(), Error>
    where
        F: Fn(&mut Self, Listener, OwnedFd, &Addr) -> R + 'static,
        R: Outcome,
    {
        self.listener(listener)?;
        let slot = &mut self.listeners[listener];
        let waited_for_it = slot.enabled && slot.callback.is_none();
        slot.callback = Some(wrap_listener(callback));
        if waited_for_it {
            return self.evconnlistener_enable(listener);
        }
        Ok(())
    }

    /// Takes the callback away (`evconnlistener_set_cb` with NULL): connections that come are closed.
    pub fn evconnlistener_clear_cb(&mut self, listener: Listener) -> Result<(), Error> {
        self.listener(listener)?;
        let slot = &mut self.listeners[listener];
        // As when one is set. Without a callback that adds nothing.
        let waited_for_one = slot.enabled && slot.callback.is_none();
        slot.callback = None;
        if waited_for_one {
            return self.evconnlistener_enable(listener);
        }
        Ok(())
    }

    /// Calls `callback` when accepting fails for another reason than that nobody is there
    /// (`evconnlistener_set_error_cb`), with the error: with `EMFILE`, the process has no fd left.
    #[track_caller]
    pub fn evconnlistener_set_error_cb<F, R>(
        &mut self,
        listener: Listener,
        callback: F,
    ) -> Result<(), Error>
    where
        F: Fn(&mut Self, Listener, &std::io::Error) -> R + 'static,
        R: Outcome,
    {
        self.listener(listener)?;
        let callback = Held::new(callback);
        self.listeners[listener].error_callback = Some(Rc::new(Named {
            name: CallbackName::of::<F>(),
            run: move |base: &mut Self, listener, error: &std::io::Error| {
                callback(base, listener, error).into_result()
            },
        }));
        Ok(())
    }

    /// The listening socket (`evconnlistener_get_fd`).
    pub fn evconnlistener_get_fd(&self, listener: Listener) -> Result<RawFd, Error> {
        Ok(self.listener(listener)?.fd.as_raw_fd())
    }

    /// The address it listens on, with the port that the kernel chose if 0 was asked for.
    pub fn evconnlistener_get_addr(&self, listener: Listener) -> Result<Option<Addr>, Error> {
        Ok(local_addr(&self.listener(listener)?.fd))
    }

    /// Frees a listener (`evconnlistener_free`), also in its own callback. With CLOSE_ON_FREE its socket is
    /// closed; without, it stays open, and its fd is the caller's.
    #[call(listener => EvconnlistenerFree {})]
    pub fn evconnlistener_free(&mut self, listener: Listener) -> Result<(), Error> {
        self.listener(listener)?;
        let slot = &mut self.listeners[listener];
        slot.callback = None;
        slot.error_callback = None;
        slot.freed = true;
        if slot.in_use == 0 {
            self.destroy_listener(listener);
        }
        Ok(())
    }

    #[track_caller]
    fn destroy_listener(&mut self, listener: Listener) {
        let Some(slot) = self.listeners.get(listener) else {
            return;
        };
        let event = slot.event;
        self.event_del_nolock(event);
        self.events.free(event);
        if let Some(slot) = self.listeners.remove(listener)
            && !slot.options.contains(ListenerOptions::CLOSE_ON_FREE)
        {
            // The program has its fd, by evconnlistener_get_fd, and closes it when it likes.
            let _ = slot.fd.into_raw_fd();
        }
    }

    pub(crate) fn free_listeners(&mut self) {
        let all: Vec<Listener> = self.listeners.keys().collect();
        for listener in all {
            self.listeners[listener].in_use = 0;
            self.destroy_listener(listener);
        }
    }

    /// Run by the loop when the socket is readable: accepts until nobody is left.
    #[call(listener => ListenerReadCb {})]
    pub(crate) fn listener_read_cb(&mut self, listener: Listener) {
        let error = loop {
            let (fd, peer) = match self.evutil_accept4(listener) {
                Ok(accepted) => accepted,
                Err(error) => break error,
            };
            // Nobody wants it: the socket is closed.
            let Some(callback) = self.listeners[listener].callback.clone() else {
                return;
            };
            self.listeners[listener].in_use += 1;
            self.run_listener_cb(listener, &callback, fd, &peer);
            // Freed by the callback: it dies now.
            if self.listener_decref(listener) {
                return;
            }
            // Disabled by it, or it has failed: the others stay in the kernel's queue.
            let failed = self.turn.asked.contains(Asked::BREAK) && self.failure.is_some();
            if !self.listeners[listener].enabled || failed {
                return;
            }
        };
        // Nobody is left, or somebody went away before being accepted.
        if matches!(error, Errno::AGAIN | Errno::INTR | Errno::CONNABORTED) {
            return;
        }
        self.socket_error = Some(error.raw_os_error());
        self.event_sock_warn(listener, error);
        // The program is told, if it likes to be: without an fd left, it will be so for a while.
        if let Some(callback) = self.listeners[listener].error_callback.clone() {
            self.listeners[listener].in_use += 1;
            self.run_errorcb(listener, &callback, error);
            self.listener_decref(listener);
        }
    }

    /// Accepts one (`evutil_accept4_`): its socket and its address.
    #[point(Objects {
        fd: Some(match &result {
            Ok((fd, _)) => fd.as_raw_fd(),
            Err(_) => self.listeners[listener].fd.as_raw_fd(),
        }),
        ..self.listener_objects(listener)
    } => Accept {
        peer: result.as_ref().ok().map(|(_, peer)| peer.to_string().into()),
        errno: result.as_ref().err().map(|error| errno_name(error.raw_os_error())),
    }, after)]
    fn evutil_accept4(&mut self, listener: Listener) -> Result<(OwnedFd, Addr), Errno> {
        let slot = &self.listeners[listener];
        let (fd, peer) = acceptfrom_with(slot.fd.as_fd(), accept_flags(slot.options))?;
        Ok((fd, Addr::from_socket_addr(peer)))
    }

    /// Accepting failed.
    #[track_caller]
    fn event_sock_warn(&mut self, listener: Listener, error: Errno) {
        const ACTION: &str = "goes on; the listener's error callback is told, if it has one";
        let errno = errno_name(error.raw_os_error());
        self.warn(self.listener_objects(listener), "accept", errno, ACTION);
    }

    #[track_caller]
    fn run_listener_cb(
        &mut self,
        listener: Listener,
        callback: &Callback<ListenerFn>,
        fd: OwnedFd,
        peer: &Addr,
    ) {
        let raw = Some(fd.as_raw_fd());
        self.run_callback(
            || callback.name(),
            move |base, callback| {
                let objects = Objects { fd: raw, ..base.listener_objects(listener) };
                (objects, Step::ListenerCb { callback })
            },
            |base| callback.run(base, listener, (fd, peer)),
        );
    }

    #[track_caller]
    fn run_errorcb(&mut self, listener: Listener, callback: &Callback<ErrorFn>, error: Errno) {
        self.run_callback(
            || callback.name(),
            move |base, callback| {
                (base.listener_objects(listener), Step::ListenerErrorcb { callback })
            },
            |base| callback.run(base, listener, &error.into()),
        );
    }

    /// A callback of the listener has returned. True if it was freed and is gone (`listener_decref_and_unlock`).
    #[track_caller]
    fn listener_decref(&mut self, listener: Listener) -> bool {
        let slot = &mut self.listeners[listener];
        slot.in_use -= 1;
        let gone = slot.freed && slot.in_use == 0;
        if gone {
            self.destroy_listener(listener);
        }
        gone
    }

    /// A listener of the program's: one that was not freed.
    pub(crate) fn listener(&self, listener: Listener) -> Result<&ListenerSlot, Error> {
        self.listeners
            .get(listener)
            .filter(|slot| !slot.freed)
            .ok_or_else(|| Error::Stale(Object::Listener))
    }

    pub(crate) fn listener_objects(&self, listener: Listener) -> Objects {
        let mut objects = self.base_objects();
        if let Some(slot) = self.listeners.get(listener) {
            objects.listener = Some(slot.id);
            objects.fd = Some(slot.fd.as_raw_fd());
        }
        objects
    }
}

fn accept_flags(options: ListenerOptions) -> SocketFlags {
    let mut flags = SocketFlags::empty();
    let blocking = options.contains(ListenerOptions::LEAVE_SOCKETS_BLOCKING);
    flags.set(SocketFlags::NONBLOCK, !blocking);
    flags.set(SocketFlags::CLOEXEC, options.contains(ListenerOptions::CLOSE_ON_EXEC));
    flags
}

#[track_caller]
fn wrap_listener<F, R>(callback: F) -> Callback<ListenerFn>
where
    F: Fn(&mut EventBase, Listener, OwnedFd, &Addr) -> R + 'static,
    R: Outcome,
{
    let callback = Held::new(callback);
    Rc::new(Named {
        name: CallbackName::of::<F>(),
        run: move |base: &mut EventBase, listener, (fd, peer): (OwnedFd, &Addr)| {
            callback(base, listener, fd, peer).into_result()
        },
    })
}
