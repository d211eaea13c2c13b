//! The objects of a process: addresses on the wire, small stable ids in the trace.

use std::collections::{HashMap, HashSet};

use evscope_trace::{
    BaseId, BevEvents, BevId, BevOptions, BufId, EvFlags, EventId, ListenerId, Objects, Role, Side,
    SuspendReasons, Text,
};

/// What is known of an event.
#[derive(Debug, Clone)]
pub(super) struct EventInfo {
    pub(super) id: EventId,
    pub(super) role: Role,
    pub(super) base: u64,
    pub(super) fd: i32,
    pub(super) events: EvFlags,
    pub(super) callback: u64,
    /// Used once: its callback is libevent's, which calls the program's.
    pub(super) once: bool,
    /// The signal pipe's.
    pub(super) evsig: bool,
    /// The address of the bufferevent it belongs to.
    pub(super) bev: u64,
    pub(super) listener: Option<ListenerId>,
}

/// What is known of a bufferevent.
#[derive(Debug, Clone)]
pub(super) struct BevInfo {
    pub(super) id: BevId,
    pub(super) base: u64,
    pub(super) fd: i32,
    pub(super) options: BevOptions,
    pub(super) input: u64,
    pub(super) output: u64,
    pub(super) ev_read: EventId,
    pub(super) ev_write: EventId,
    pub(super) read_suspended: SuspendReasons,
    pub(super) write_suspended: SuspendReasons,
    pub(super) read_low: u64,
    pub(super) write_low: u64,
    pub(super) pending_read: bool,
    pub(super) pending_write: bool,
    pub(super) pending_events: BevEvents,
    /// The addresses of its deferred callback's event_callback.
    pub(super) deferred: u64,
    pub(super) socket: bool,
    /// Reading found that the connection was refused: that is how connecting ended.
    pub(super) refused: bool,
    /// The callbacks of a filter on top of it: for reading, writing and events.
    pub(super) filtered: Option<[&'static str; 3]>,
    /// Of a TLS connection on a socket: its state at the beginning, as on the wire.
    pub(super) tls: u64,
    /// The address of its token bucket, once it has one.
    bucket: u64,
}

/// A callback of a buffer.
#[derive(Debug, Clone)]
pub(super) struct BufCb {
    pub(super) entry: u64,
    pub(super) callback: u64,
    /// The name of one of libevent's own.
    pub(super) own: Option<&'static str>,
    pub(super) enabled: bool,
    pub(super) nodefer: bool,
}

/// What is known of a buffer.
#[derive(Debug, Clone)]
pub(super) struct BufInfo {
    pub(super) id: BufId,
    /// The bufferevent it belongs to, and as what.
    pub(super) bev: Option<(u64, Side)>,
    /// Newest first, as they are called.
    pub(super) callbacks: Vec<BufCb>,
    /// Its callbacks run from the loop.
    pub(super) deferred: bool,
    /// How long it was when the callbacks were told last within the open changes, and then, as each change of which
    /// they were not told yet began.
    pub(super) untold: Vec<u64>,
}

/// What a token bucket has left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bucket {
    pub(super) read: i64,
    pub(super) write: i64,
}

/// What is known of a listener.
#[derive(Debug, Clone)]
pub(super) struct ListenerInfo {
    pub(super) id: ListenerId,
    pub(super) base: u64,
    pub(super) fd: i32,
}

/// The offsets of a bufferevent's two events in it.
const EV_READ: u64 = 16;
const EV_WRITE: u64 = 144;
/// The offset of a bufferevent's refill event from its token bucket.
const REFILL_EVENT: u64 = 32;

/// All of them, by address.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    bases: HashMap<u64, BaseId>,
    /// The bases that have the event of their signal pipe.
    pub(super) with_evsig: HashSet<u64>,
    pub(super) events: HashMap<u64, EventInfo>,
    pub(super) bevs: HashMap<u64, BevInfo>,
    pub(super) bufs: HashMap<u64, BufInfo>,
    pub(super) listeners: HashMap<u64, ListenerInfo>,
    buckets: HashMap<u64, Bucket>,
    next_base: u32,
    next_event: u32,
    next_bev: u32,
    next_buf: u32,
    next_listener: u32,
}

fn next(counter: &mut u32) -> u32 {
    *counter += 1;
    *counter
}

impl Table {
    pub(super) fn base(&mut self, address: u64) -> Option<BaseId> {
        if address == 0 {
            return None;
        }
        let counter = &mut self.next_base;
        Some(
            *self
                .bases
                .entry(address)
                .or_insert_with(|| BaseId(next(counter))),
        )
    }

    pub(super) fn base_objects(&mut self, address: u64) -> Objects {
        Objects {
            base: self.base(address),
            ..Objects::default()
        }
    }

    pub(super) fn forget_base(&mut self, address: u64) {
        self.bases.remove(&address);
        self.with_evsig.remove(&address);
        self.events.retain(|_, event| event.base != address);
    }

    pub(super) fn new_event_id(&mut self) -> EventId {
        EventId(next(&mut self.next_event))
    }

    /// The event at an address; one that was made before the recording began gets an id now.
    pub(super) fn event(&mut self, address: u64) -> &mut EventInfo {
        let counter = &mut self.next_event;
        self.events.entry(address).or_insert_with(|| EventInfo {
            id: EventId(next(counter)),
            role: Role::User,
            base: 0,
            fd: -1,
            events: EvFlags::empty(),
            callback: 0,
            once: false,
            evsig: false,
            bev: 0,
            listener: None,
        })
    }

    pub(super) fn event_objects(&mut self, address: u64) -> Objects {
        let event = self.event(address).clone();
        Objects {
            base: self.base(event.base),
            event: Some(event.id),
            role: Some(event.role),
            bev: self.bevs.get(&event.bev).map(|bev| bev.id),
            listener: event.listener,
            fd: Some(event.fd).filter(|&fd| fd >= 0),
            ..Objects::default()
        }
    }

    /// A bufferevent was made at the address: it, its two events and its two buffers.
    pub(super) fn new_bev(
        &mut self,
        address: u64,
        base: u64,
        options: u32,
        buffers: (u64, u64),
        socket: bool,
    ) {
        let id = BevId(next(&mut self.next_bev));
        let (ev_read, ev_write) = (self.new_event_id(), self.new_event_id());
        for (offset, id, role) in [
            (EV_READ, ev_read, Role::BevRead),
            (EV_WRITE, ev_write, Role::BevWrite),
        ] {
            self.events.insert(
                address + offset,
                EventInfo {
                    id,
                    role,
                    base,
                    fd: -1,
                    events: EvFlags::empty(),
                    callback: 0,
                    once: false,
                    evsig: false,
                    bev: address,
                    listener: None,
                },
            );
        }
        let (input, output) = buffers;
        for (buffer, side) in [(input, Side::Input), (output, Side::Output)] {
            self.bufs.remove(&buffer);
            self.buf(buffer).bev = Some((address, side));
        }
        self.bevs.insert(
            address,
            BevInfo {
                id,
                base,
                fd: -1,
                options: BevOptions::from_bits_truncate(options),
                input,
                output,
                ev_read,
                ev_write,
                read_suspended: SuspendReasons::empty(),
                write_suspended: SuspendReasons::empty(),
                read_low: 0,
                write_low: 0,
                pending_read: false,
                pending_write: false,
                pending_events: BevEvents::empty(),
                deferred: 0,
                socket,
                refused: false,
                filtered: None,
                tls: 0,
                bucket: 0,
            },
        );
    }

    /// The bufferevent at an address; one that was made before the recording began gets an id now.
    pub(super) fn bev(&mut self, address: u64) -> &mut BevInfo {
        if !self.bevs.contains_key(&address) {
            // Its buffers are not known; they get ids that no record uses.
            self.new_bev(address, 0, 0, (address | 1, address | 2), true);
        }
        // The entry was made just now if it was not there.
        #[allow(clippy::unwrap_used)]
        self.bevs.get_mut(&address).unwrap()
    }

    pub(super) fn bev_objects(&mut self, address: u64) -> Objects {
        let bev = self.bev(address).clone();
        Objects {
            base: self.base(bev.base),
            bev: Some(bev.id),
            fd: Some(bev.fd).filter(|&fd| fd >= 0),
            ..Objects::default()
        }
    }

    pub(super) fn forget_bev(&mut self, address: u64) {
        if let Some(bev) = self.bevs.remove(&address) {
            self.events.remove(&(address + EV_READ));
            self.events.remove(&(address + EV_WRITE));
            self.events.remove(&bev.deferred);
            if bev.bucket != 0 {
                self.buckets.remove(&bev.bucket);
                self.events.remove(&(bev.bucket + REFILL_EVENT));
            }
            self.bufs.remove(&bev.input);
            self.bufs.remove(&bev.output);
        }
    }

    pub(super) fn buf(&mut self, address: u64) -> &mut BufInfo {
        let counter = &mut self.next_buf;
        self.bufs.entry(address).or_insert_with(|| BufInfo {
            id: BufId(next(counter)),
            bev: None,
            callbacks: Vec::new(),
            deferred: false,
            untold: Vec::new(),
        })
    }

    /// A bucket holds so much now; the bufferevent it is of, and what it held before.
    pub(super) fn fill(&mut self, bucket: u64, now: Bucket) -> Option<(u64, Bucket)> {
        let before = self.buckets.insert(bucket, now)?;
        let bev = self.events.get(&(bucket + REFILL_EVENT))?.bev;
        Some((bev, before))
    }

    /// The event that refills the bucket of a bufferevent lies there: it is next to the bucket.
    pub(super) fn refilled_by(&mut self, bev: u64, event: u64) {
        self.bev(bev).bucket = event.wrapping_sub(REFILL_EVENT);
    }

    /// The bucket of a bufferevent.
    pub(super) fn bucket_of(&mut self, bev: u64) -> Option<&mut Bucket> {
        self.buckets.get_mut(&self.bevs.get(&bev)?.bucket)
    }

    /// The limit of a bufferevent was taken away: another one begins with a bucket that is new.
    pub(super) fn forget_bucket(&mut self, bev: u64) {
        if let Some(bev) = self.bevs.get(&bev) {
            self.buckets.remove(&bev.bucket);
        }
    }

    /// Whether it is a buffer of its own.
    pub(super) fn is_loose(&self, address: u64) -> bool {
        self.bufs.get(&address).is_some_and(|buf| buf.bev.is_none())
    }

    pub(super) fn buf_objects(&mut self, address: u64) -> Objects {
        let buf = self.buf(address);
        let (id, owner) = (buf.id, buf.bev);
        let bev = owner.and_then(|(bev, _)| self.bevs.get(&bev)).cloned();
        Objects {
            base: bev.as_ref().and_then(|bev| self.base(bev.base)),
            bev: bev.map(|bev| bev.id),
            buf: Some(id),
            ..Objects::default()
        }
    }

    pub(super) fn new_listener_id(&mut self) -> ListenerId {
        ListenerId(next(&mut self.next_listener))
    }

    pub(super) fn listener(&mut self, address: u64) -> &mut ListenerInfo {
        let counter = &mut self.next_listener;
        self.listeners
            .entry(address)
            .or_insert_with(|| ListenerInfo {
                id: ListenerId(next(counter)),
                base: 0,
                fd: -1,
            })
    }

    pub(super) fn listener_objects(&mut self, address: u64) -> Objects {
        let listener = self.listener(address).clone();
        Objects {
            base: self.base(listener.base),
            listener: Some(listener.id),
            fd: Some(listener.fd).filter(|&fd| fd >= 0),
            ..Objects::default()
        }
    }
}

/// The text of a socket address.
pub(super) fn address(bytes: &[u8]) -> Option<Text> {
    use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};
    const AF_UNIX: u16 = 1;
    const AF_INET: u16 = 2;
    const AF_INET6: u16 = 10;
    /// Not a family: a port and a host name follow.
    const NAME: u16 = 0xffff;
    let family = u16::from_le_bytes([*bytes.first()?, *bytes.get(1)?]);
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let port = u16::from_be_bytes([byte(2), byte(3)]);
    Some(match family {
        AF_INET => {
            let ip: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
            SocketAddrV4::new(Ipv4Addr::from(ip), port)
                .to_string()
                .into()
        }
        AF_INET6 => {
            let ip: [u8; 16] = bytes.get(8..24)?.try_into().ok()?;
            SocketAddrV6::new(Ipv6Addr::from(ip), port, 0, 0)
                .to_string()
                .into()
        }
        AF_UNIX => {
            let path = bytes.get(2..)?;
            let end = path.iter().position(|&b| b == 0).unwrap_or(path.len());
            if end == 0 {
                "unnamed".into()
            } else {
                String::from_utf8_lossy(&path[..end]).into_owned().into()
            }
        }
        NAME => format!("{}:{port}", String::from_utf8_lossy(bytes.get(4..)?)).into(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn addresses_are_text() {
        assert_eq!(
            address(&[2, 0, 0x27, 0x0b, 127, 0, 0, 1, 0, 0]).as_deref(),
            Some("127.0.0.1:9995")
        );
        assert_eq!(address(b"\x01\x00/run/x\0\0").as_deref(), Some("/run/x"));
        assert_eq!(address(&[1, 0]).as_deref(), Some("unnamed"));
        assert_eq!(address(&[2, 0]).as_deref(), None);
        assert_eq!(address(b"\xff\xff\x00\x50host").as_deref(), Some("host:80"));
        assert_eq!(address(&[]), None);
    }
}
