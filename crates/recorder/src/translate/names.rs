//! The names of libevent's own callbacks. They are not in its symbol table; what they are set for tells them.

use evscope_trace::{EvFlags, Event, Role, Side, Text};
use evscope_wire::{Call, Kind, Tls, args};

use super::Translator;
use super::objects::EventInfo;
use crate::ring::Raw;

impl Translator {
    /// The name of a buffer's callback that libevent sets while it makes or changes a bufferevent.
    pub(super) fn own_buffer_callback(&mut self, raw: &Raw, callback: u64) -> Option<&'static str> {
        if !self.symbols.is_libevent(callback) {
            return None;
        }
        let making = [
            Kind::BevSetWatermark,
            Kind::BevSocketNew,
            Kind::BevPairNew,
            Kind::BevFilterNew,
        ];
        let making = self.innermost(raw.tag.thread, &making)?.call;
        let is_tls = tls_of(making) != Tls::None;
        let side = self.table.buf(raw.object).bev.map(|(_, side)| side);
        match (making, side) {
            (_, Some(Side::Output)) if is_tls => Some("be_openssl_outbuf_cb"),
            (Call::Plain(Kind::BevSetWatermark), Some(Side::Input)) => {
                Some("bufferevent_inbuf_wm_cb")
            }
            (Call::BevSocketNew(_), Some(Side::Output)) => Some("bufferevent_socket_outbuf_cb"),
            (Call::BevPairNew(_), Some(Side::Output)) => Some("be_pair_outbuf_cb"),
            (Call::BevFilterNew(_), Some(Side::Output)) => Some("bufferevent_filtered_outbuf_cb"),
            (Call::BevFilterNew(_), Some(Side::Input)) => Some("bufferevent_filtered_inbuf_cb"),
            _ => None,
        }
    }

    /// A filter that is being made sets its own callbacks on what is below it; one of TLS sets others when the handshake
    /// is done.
    pub(super) fn filter_takes_over(&mut self, raw: &Raw, readcb: u64) -> Option<Event> {
        let tls = match self.around(raw.tag.thread).map(|frame| frame.call) {
            Some(Call::BevFilterNew(new)) => new.tls,
            _ if self.is_below_tls(raw.object) && self.symbols.is_libevent(readcb) => Tls::Open,
            _ => return None,
        };
        let names = match tls {
            Tls::None => ["be_filter_readcb", "be_filter_writecb", "be_filter_eventcb"],
            Tls::Open => [
                "be_openssl_readcb",
                "be_openssl_writecb",
                "be_openssl_eventcb",
            ],
            Tls::Connecting | Tls::Accepting => [
                "be_openssl_handshakecb",
                "be_openssl_handshakecb",
                "be_openssl_eventcb",
            ],
        };
        self.table.bev(raw.object).filtered = Some(names);
        let [readcb, writecb, eventcb] = names.map(|name| Some(name.into()));
        Some(Event::BuffereventSetcb {
            readcb,
            writecb,
            eventcb,
        })
    }

    /// Whether a TLS bufferevent was made on top of this one.
    fn is_below_tls(&self, bev: u64) -> bool {
        let names = self.table.bevs.get(&bev).and_then(|bev| bev.filtered);
        names.is_some_and(|[.., eventcb]| eventcb == "be_openssl_eventcb")
    }

    /// The callback of a TLS connection's event: the handshake's, until that is done in there.
    pub(super) fn tls_callback(&mut self, thread: u16, event: &EventInfo) -> &'static str {
        let in_handshake = self
            .innermost(thread, &[Kind::EventCb])
            .map(|frame| frame.object)
            .is_some_and(|running| {
                self.table
                    .events
                    .get(&running)
                    .is_some_and(|running| running.bev == event.bev)
            });
        let open = self.table.bev(event.bev).tls == Tls::Open;
        match event.role {
            _ if !in_handshake && !open => "be_openssl_handshakeeventcb",
            Role::BevRead => "be_openssl_readeventcb",
            _ => "be_openssl_writeeventcb",
        }
    }

    /// The name of an event's callback. libevent's own are not in its symbol table; their events' roles
    /// tell them.
    pub(super) fn callback_of(&mut self, thread: u16, address: u64) -> Text {
        let event = self.table.event(address).clone();
        if event.once {
            return "event_once_cb".into();
        }
        let socket = self
            .table
            .bevs
            .get(&event.bev)
            .is_some_and(|bev| bev.socket);
        match event.role {
            Role::Listener => "listener_read_cb".into(),
            Role::BevRead if socket => "bufferevent_readcb".into(),
            Role::BevWrite if socket => "bufferevent_writecb".into(),
            Role::BevRead | Role::BevWrite if event.events != EvFlags::FINALIZE => {
                self.tls_callback(thread, &event).into()
            }
            Role::BevRead => "bufferevent_generic_read_timeout_cb".into(),
            Role::BevWrite => "bufferevent_generic_write_timeout_cb".into(),
            Role::Internal if event.evsig => "evsig_cb".into(),
            Role::Internal if event.events == EvFlags::FINALIZE => "bev_refill_callback".into(),
            Role::Internal if event.events == EvFlags::PERSIST | EvFlags::FINALIZE => {
                "bev_group_refill_callback".into()
            }
            _ => self.function(event.callback).name,
        }
    }
}

/// How the TLS connection begins of which a bufferevent is being made.
pub(super) fn tls_of(making: Call) -> Tls {
    match making {
        Call::BevSocketNew(args::BevSocketNew { tls, .. })
        | Call::BevFilterNew(args::BevFilterNew { tls, .. }) => tls,
        _ => Tls::None,
    }
}
