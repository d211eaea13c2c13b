//! Connecting by name: the name is looked up on a thread of its own, and the bufferevent waits, suspended.

use std::net::{SocketAddr, ToSocketAddrs};

use super::run::TriggerOptions;
use crate::recording::call;
use crate::{BevEvents, Bufferevent, Error, EventBase, SuspendReasons};

/// # Bufferevents: connecting by name
impl EventBase {
    /// Looks `host` up and connects to its first address (`bufferevent_socket_connect_hostname`). Meanwhile
    /// both sides are suspended, with the reason LOOKUP. How it ends is told to the event callback: CONNECTED
    /// or ERROR; after a name that was not found, [`bufferevent_socket_get_dns_error`] says why.
    ///
    /// [`bufferevent_socket_get_dns_error`]: Self::bufferevent_socket_get_dns_error
    #[call(bev => BuffereventSocketConnect { addr: Some(format!("{host}:{port}").into()) })]
    pub fn bufferevent_socket_connect_hostname(
        &mut self,
        bev: Bufferevent,
        host: &str,
        port: u16,
    ) -> Result<(), Error> {
        self.bev(bev)?;
        if let Some(look_up) = self.getaddrinfo.clone() {
            self.begin_lookup(bev);
            self.looked_up(bev, (look_up.0)(host, port));
            return Ok(());
        }
        let notifier = self.notifier()?;
        let host = host.to_owned();
        self.begin_lookup(bev);
        let spawned = std::thread::Builder::new()
            .name("evscope-lookup".to_owned())
            .spawn(move || {
                let found = look_up(&host, port);
                // A base that is gone has nobody to tell.
                let _ = notifier.looked_up(bev, found);
            });
        if let Err(error) = spawned {
            let reason = error.to_string();
            self.looked_up(bev, Err(reason));
            return Err(Error::os("a thread to look a name up", error));
        }
        Ok(())
    }

    #[track_caller]
    fn begin_lookup(&mut self, bev: Bufferevent) {
        self.bevs[bev].dns_error = None;
        self.bufferevent_suspend_write(bev, SuspendReasons::LOOKUP);
        self.bufferevent_suspend_read(bev, SuspendReasons::LOOKUP);
        self.incref(bev);
        // The lookup keeps the loop alive, as a request of evdns does.
        self.counts.events += 1;
    }

    #[track_caller]
    pub(crate) fn looked_up(&mut self, bev: Bufferevent, found: Result<SocketAddr, String>) {
        self.counts.events -= 1;
        self.bufferevent_unsuspend_write(bev, SuspendReasons::LOOKUP);
        self.bufferevent_unsuspend_read(bev, SuspendReasons::LOOKUP);
        // One that was freed meanwhile only waited for this to be taken apart.
        if self.bev(bev).is_ok() {
            let connected = match found {
                Ok(addr) => self.bufferevent_socket_connect(bev, addr).is_ok(),
                Err(reason) => {
                    self.bevs[bev].dns_error = Some(reason);
                    self.socket_error = None;
                    false
                }
            };
            if !connected {
                self.bufferevent_run_eventcb(bev, BevEvents::ERROR, TriggerOptions::empty());
            }
        }
        self.decref(bev);
    }

    /// Why the last name was not found (`bufferevent_socket_get_dns_error`), in the system's words.
    pub fn bufferevent_socket_get_dns_error(
        &self,
        bev: Bufferevent,
    ) -> Result<Option<&str>, Error> {
        Ok(self.bev(bev)?.dns_error.as_deref())
    }
}

fn look_up(host: &str, port: u16) -> Result<SocketAddr, String> {
    match (host, port).to_socket_addrs() {
        Ok(mut addrs) => addrs.next().ok_or_else(|| "no address".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
