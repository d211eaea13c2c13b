//! Callbacks that the library itself sets where a program sets its own: a filter and TLS have theirs on the
//! bufferevent below them.

use crate::Event;

/// libevent's names for them.
const NAMES: [&str; 7] = [
    "be_filter_readcb",
    "be_filter_writecb",
    "be_filter_eventcb",
    "be_openssl_readcb",
    "be_openssl_writecb",
    "be_openssl_eventcb",
    "be_openssl_handshakecb",
];

/// Whether a callback of this name is the library's own.
pub fn is_inner_callback(name: &str) -> bool {
    NAMES.contains(&name)
}

impl Event {
    /// Whether it is about a callback that is the library's own, which stands in a place of the program's.
    pub fn is_of_inner_callback(&self) -> bool {
        match self {
            Self::Readcb { callback }
            | Self::Writecb { callback }
            | Self::Eventcb { callback, .. } => is_inner_callback(callback),
            Self::BuffereventSetcb {
                readcb,
                writecb,
                eventcb,
            } => [readcb, writecb, eventcb]
                .into_iter()
                .flatten()
                .any(|callback| is_inner_callback(callback)),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lane, Level};

    #[test]
    fn a_filters_own_callback_is_not_the_programs() {
        let readcb = |callback: &'static str| Event::Readcb {
            callback: callback.into(),
        };
        let (inner, own) = (readcb("be_filter_readcb"), readcb("line_readcb"));
        assert_eq!(
            (inner.lane(), inner.level()),
            (Lane::Bufferevent, Level::Walkthrough)
        );
        assert_eq!((own.lane(), own.level()), (Lane::Program, Level::Program));
        let set = Event::BuffereventSetcb {
            readcb: None,
            writecb: None,
            eventcb: Some("be_openssl_eventcb".into()),
        };
        assert_eq!(set.level(), Level::Walkthrough);
    }
}
