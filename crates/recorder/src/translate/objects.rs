//! The objects of a process: addresses on the wire, small stable ids in the trace.

use evscope_trace::{
    BaseId, BevEvents, BevId, BevOptions, BufId, EvFlags, EventId, ListenerId, Objects, Role, Side,
    SuspendReasons, Text,
};

use evscope_wire::Tls;

use crate::numbered::Numbered;

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
    /// The address of the bufferevent it belongs to, and which that is.
    pub(super) bev: u64,
    pub(super) of: Option<BevId>,
    pub(super) listener: Option<ListenerId>,
    /// It was freed. Who uses it all the same is told its name, until another is made there.
    pub(super) gone: bool,
    /// How many bases had been freed when it was set up.
    pub(super) age: u64,
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
    pub(super) pending_read: bool,
    pub(super) pending_write: bool,
    pub(super) pending_events: BevEvents,
    /// The addresses of its deferred callback's event_callback.
    pub(super) deferred: u64,
    pub(super) socket: bool,
    /// What its event callback will be told of comes from elsewhere than its own events: a look-up, it may be.
    pub(super) looked_up: bool,
    /// Reading found that the connection was refused: that is how connecting ended.
    pub(super) refused: bool,
    /// The callbacks of a filter on top of it: for reading, writing and events.
    pub(super) filtered: Option<[&'static str; 3]>,
    /// Of a TLS connection on a socket: how it began.
    pub(super) tls: Tls,
    /// The address of its token bucket; 0: none.
    pub(super) bucket: u64,
    /// It was taken apart. Who uses it all the same is told its name, until another is made there.
    pub(super) gone: bool,
}

/// A callback of a buffer.
#[derive(Debug, Clone, Copy)]
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
    /// The bufferevent it belongs to, and as what; which that is.
    pub(super) bev: Option<(u64, Side)>,
    pub(super) of: Option<BevId>,
    /// The base that runs its callbacks, if they are put off.
    pub(super) base: u64,
    /// Newest first, as they are called.
    pub(super) callbacks: Vec<BufCb>,
    /// Its callbacks run from the loop.
    pub(super) deferred: bool,
    /// How long it was when the callbacks were told last within the open changes, and then, as each change of which
    /// they were not told yet began.
    pub(super) untold: Vec<u64>,
    /// How long it was when its callbacks were last told, or put off.
    pub(super) len: u64,
    /// It was freed.
    gone: bool,
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
    /// It was freed.
    pub(super) gone: bool,
}

/// What is known of a base.
#[derive(Debug, Clone, Copy)]
struct BaseInfo {
    id: BaseId,
    gone: bool,
    /// How many bases had been freed when the last at this address was, itself among them.
    freed: u64,
}

/// The offsets of a bufferevent's two events in it.
const EV_READ: u64 = 16;
const EV_WRITE: u64 = 144;
/// The offset of a bufferevent's refill event from its token bucket.
const REFILL_EVENT: u64 = 32;

/// All of them, by address.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    bases: Numbered<u64, BaseInfo>,
    pub(super) events: Numbered<u64, EventInfo>,
    pub(super) bevs: Numbered<u64, BevInfo>,
    pub(super) bufs: Numbered<u64, BufInfo>,
    pub(super) listeners: Numbered<u64, ListenerInfo>,
    buckets: Numbered<u64, Bucket>,
    /// How many bases were freed.
    frees: u64,
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
        let base = self.bases.entry(address).or_insert_with(|| BaseInfo {
            id: BaseId(next(counter)),
            gone: false,
            freed: 0,
        });
        Some(base.id)
    }

    /// A base is made at the address.
    pub(super) fn new_base(&mut self, address: u64) {
        if let Some(base) = self.bases.get_mut(&address).filter(|base| base.gone) {
            base.id = BaseId(next(&mut self.next_base));
            base.gone = false;
        }
    }

    pub(super) fn base_objects(&mut self, address: u64) -> Objects {
        Objects {
            base: self.base(address),
            ..Objects::default()
        }
    }

    pub(super) fn forget_base(&mut self, address: u64) {
        self.frees += 1;
        if let Some(base) = self.bases.get_mut(&address) {
            base.gone = true;
            base.freed = self.frees;
        }
    }

    /// The event at an address that was set up there, and neither it nor its base has gone since.
    pub(super) fn live_event(&self, address: u64) -> Option<&EventInfo> {
        self.events.get(&address).filter(|event| {
            let base = self.bases.get(&event.base);
            !event.gone && base.is_none_or(|base| event.age >= base.freed)
        })
    }

    /// The bufferevent at an address that was not taken apart.
    pub(super) fn live_bev(&self, address: u64) -> Option<&BevInfo> {
        self.bevs.get(&address).filter(|bev| !bev.gone)
    }

    /// Sets an event up anew.
    pub(super) fn set_event(&mut self, address: u64, mut event: EventInfo) {
        event.age = self.frees;
        self.events.insert(address, event);
    }

    pub(super) fn new_event_id(&mut self) -> EventId {
        EventId(next(&mut self.next_event))
    }

    /// The event at an address; one that was made before the recording began gets an id now.
    pub(super) fn event(&mut self, address: u64) -> &mut EventInfo {
        let (counter, age) = (&mut self.next_event, self.frees);
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
            of: None,
            listener: None,
            gone: false,
            age,
        })
    }

    pub(super) fn event_objects(&mut self, address: u64) -> Objects {
        let event = self.event(address);
        let base = event.base;
        let objects = Objects {
            event: Some(event.id),
            role: Some(event.role),
            bev: event.of,
            listener: event.listener,
            fd: Some(event.fd).filter(|&fd| fd >= 0),
            ..Objects::default()
        };
        Objects {
            base: self.base(base),
            ..objects
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
        // A buffer may have lain there.
        self.bufs.remove(&address);
        let bev = BevId(next(&mut self.next_bev));
        let (ev_read, ev_write) = (self.new_event_id(), self.new_event_id());
        for (offset, id, role) in [
            (EV_READ, ev_read, Role::BevRead),
            (EV_WRITE, ev_write, Role::BevWrite),
        ] {
            self.set_event(
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
                    of: Some(bev),
                    listener: None,
                    gone: false,
                    age: 0,
                },
            );
        }
        let (input, output) = buffers;
        for (buffer, side) in [(input, Side::Input), (output, Side::Output)] {
            self.bufs.remove(&buffer);
            let buffer = self.buf(buffer);
            (buffer.bev, buffer.of) = (Some((address, side)), Some(bev));
        }
        self.bevs.insert(
            address,
            BevInfo {
                id: bev,
                base,
                fd: -1,
                options: BevOptions::from_bits_truncate(options),
                input,
                output,
                ev_read,
                ev_write,
                read_suspended: SuspendReasons::empty(),
                write_suspended: SuspendReasons::empty(),
                pending_read: false,
                pending_write: false,
                pending_events: BevEvents::empty(),
                deferred: 0,
                socket,
                looked_up: false,
                refused: false,
                filtered: None,
                tls: Tls::None,
                bucket: 0,
                gone: false,
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
        let bev = self.bev(address);
        let (id, base, fd) = (bev.id, bev.base, bev.fd);
        Objects {
            base: self.base(base),
            bev: Some(id),
            fd: Some(fd).filter(|&fd| fd >= 0),
            ..Objects::default()
        }
    }

    /// A bufferevent was taken apart. Its buffers are freed one by one.
    pub(super) fn forget_bev(&mut self, address: u64) {
        let Some(bev) = self.bevs.get_mut(&address) else {
            return;
        };
        bev.gone = true;
        let (bucket, deferred) = (bev.bucket, bev.deferred);
        self.buckets.remove(&bucket);
        for event in [
            address + EV_READ,
            address + EV_WRITE,
            deferred,
            bucket + REFILL_EVENT,
        ] {
            if let Some(event) = self.events.get_mut(&event)
                && event.bev == address
            {
                event.gone = true;
            }
        }
    }

    pub(super) fn forget_event(&mut self, address: u64) {
        if let Some(event) = self.events.get_mut(&address) {
            event.gone = true;
        }
    }

    pub(super) fn buf(&mut self, address: u64) -> &mut BufInfo {
        let counter = &mut self.next_buf;
        self.bufs.entry(address).or_insert_with(|| BufInfo {
            id: BufId(next(counter)),
            bev: None,
            callbacks: Vec::new(),
            deferred: false,
            base: 0,
            untold: Vec::new(),
            len: 0,
            of: None,
            gone: false,
        })
    }

    /// A bucket holds so much now; the bufferevent it is of, and what it held before.
    pub(super) fn fill(&mut self, bucket: u64, now: Bucket) -> Option<(u64, Bucket)> {
        let before = self.buckets.insert(bucket, now)?;
        // Where a group's bucket is, something else lies there.
        let refill = self.live_event(bucket.wrapping_add(REFILL_EVENT))?;
        (refill.bev != 0 && refill.events == EvFlags::FINALIZE).then_some((refill.bev, before))
    }

    /// The refill event of a bufferevent's bucket was set up: that is where the bucket is.
    pub(super) fn set_bucket(&mut self, bev: u64, refill: u64) {
        self.bev(bev).bucket = refill.wrapping_sub(REFILL_EVENT);
    }

    /// Whether it is a buffer whose callbacks run from the loop.
    pub(super) fn is_deferred_buf(&self, address: u64) -> bool {
        self.bufs.get(&address).is_some_and(|buf| buf.deferred)
    }

    /// The bucket of a bufferevent.
    pub(super) fn bucket_of(&mut self, bev: u64) -> Option<&mut Bucket> {
        let bucket = self.bevs.get(&bev)?.bucket;
        self.buckets.get_mut(&bucket)
    }

    /// The limit of a bufferevent was taken away: another one begins with a bucket that is new.
    pub(super) fn forget_bucket(&mut self, bev: u64) {
        if let Some(bev) = self.bevs.get(&bev) {
            self.buckets.remove(&bev.bucket);
        }
    }

    /// A buffer is made at the address.
    pub(super) fn new_buf(&mut self, address: u64) {
        self.bufs.remove(&address);
    }

    /// The buffer at the address is freed. Whether that is to be told: a bufferevent's go with it, unless they
    /// have gone already.
    pub(super) fn free_buf(&mut self, address: u64) -> bool {
        let Some(buf) = self.bufs.get_mut(&address) else {
            return false;
        };
        std::mem::replace(&mut buf.gone, true) || buf.bev.is_none()
    }

    pub(super) fn buf_objects(&mut self, address: u64) -> Objects {
        let buf = self.buf(address);
        let (id, owner, of) = (buf.id, buf.bev, buf.of);
        let bev = owner.and_then(|(bev, _)| self.bevs.get(&bev));
        // Another may lie there now.
        let base = bev.filter(|bev| Some(bev.id) == of).map(|bev| bev.base);
        Objects {
            base: base.and_then(|base| self.base(base)),
            bev: of,
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
                gone: false,
            })
    }

    /// Whether there is a listener that was not freed.
    pub(super) fn has_listener(&self, address: u64) -> bool {
        self.listeners
            .get(&address)
            .is_some_and(|listener| !listener.gone)
    }

    pub(super) fn forget_listener(&mut self, address: u64) {
        if let Some(listener) = self.listeners.get_mut(&address) {
            listener.gone = true;
        }
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

/// Not a family: a port and a host name follow.
const NAME: u16 = 0xffff;

fn family(bytes: &[u8]) -> Option<u16> {
    let [first, second, ..] = bytes else {
        return None;
    };
    Some(u16::from_le_bytes([*first, *second]))
}

/// Whether it is a name that is to be looked up, and no address.
pub(super) fn is_name(bytes: &[u8]) -> bool {
    family(bytes) == Some(NAME)
}

/// The text of a socket address.
pub(super) fn address(bytes: &[u8]) -> Option<Text> {
    use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};
    const AF_UNIX: u16 = 1;
    const AF_INET: u16 = 2;
    const AF_INET6: u16 = 10;
    let family = family(bytes)?;
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
    use super::*;

    const BEV: u64 = 0x1000;
    const BUCKET: u64 = 0x2000;

    fn with_a_bufferevent() -> Table {
        let mut table = Table::default();
        table.new_bev(BEV, 0x10, 0, (0x3000, 0x4000), true);
        table
    }

    #[test]
    fn a_bucket_where_one_of_a_bufferevents_was_is_not_that_bufferevents() {
        let mut table = with_a_bufferevent();
        let refill = BUCKET + REFILL_EVENT;
        let event = EventInfo {
            bev: BEV,
            events: EvFlags::FINALIZE,
            ..table.event(refill).clone()
        };
        table.set_event(refill, event);
        table.set_bucket(BEV, refill);
        let now = Bucket { read: 1, write: 1 };
        assert!(table.fill(BUCKET, now).is_none());
        assert!(table.fill(BUCKET, now).is_some());
        table.forget_bev(BEV);
        assert!(table.fill(BUCKET, now).is_none());
        assert!(table.fill(BUCKET, now).is_none());
    }

    #[test]
    fn a_bufferevent_where_a_buffer_was_is_no_buffer() {
        let mut table = Table::default();
        table.buf(BEV).deferred = true;
        assert!(table.is_deferred_buf(BEV));
        table.new_bev(BEV, 0x10, 0, (0x3000, 0x4000), true);
        assert!(!table.is_deferred_buf(BEV));
    }

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
