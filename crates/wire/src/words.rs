//! How arguments become the words of a slot, and back.

/// What stands in the words of a slot. Of words that nobody wrote so it makes something, too: a ring can be damaged.
pub trait Words: Copy {
    /// The words.
    fn words(self) -> [u64; 5];
    /// What stands in words.
    fn of(words: [u64; 5]) -> Self;
}

/// Nothing is said.
impl Words for () {
    #[inline(always)]
    fn words(self) -> [u64; 5] {
        [0; 5]
    }

    #[inline(always)]
    fn of(_: [u64; 5]) -> Self {}
}

/// What takes one word.
pub(crate) trait Word: Copy {
    fn word(self) -> u64;
    fn of(word: u64) -> Self;
}

macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl Word for $type {
            #[inline(always)]
            fn word(self) -> u64 {
                self as u64
            }

            #[inline(always)]
            fn of(word: u64) -> Self {
                word as Self
            }
        }
    )*};
}

numbers! { u8 u16 u32 u64 i16 i32 i64 }

impl Word for bool {
    #[inline(always)]
    fn word(self) -> u64 {
        u64::from(self)
    }

    #[inline(always)]
    fn of(word: u64) -> Self {
        word != 0
    }
}

/// The greatest number stands for none.
impl Word for Option<u64> {
    #[inline(always)]
    fn word(self) -> u64 {
        self.unwrap_or(u64::MAX)
    }

    #[inline(always)]
    fn of(word: u64) -> Self {
        (word != u64::MAX).then_some(word)
    }
}

/// The arguments of a step of the reactor's: its place, and the objects as `evscope_trace::Objects` packs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "their names say it")]
pub struct OwnStep {
    pub place: u32,
    pub objects: [u64; 4],
}

impl Words for OwnStep {
    #[inline(always)]
    fn words(self) -> [u64; 5] {
        let [first, second, third, fourth] = self.objects;
        [u64::from(self.place), first, second, third, fourth]
    }

    #[inline(always)]
    fn of([place, objects @ ..]: [u64; 5]) -> Self {
        let place = place as u32;
        Self { place, objects }
    }
}

/// What an event waits for, and how urgent it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// The fd, or the signal; -1: neither.
    pub fd: i32,
    /// For what.
    pub events: i16,
    /// Its priority.
    pub priority: u8,
}

impl Word for Waits {
    #[inline(always)]
    fn word(self) -> u64 {
        let events = u64::from(self.events as u16);
        u64::from(self.fd as u32) | events << 32 | u64::from(self.priority) << 48
    }

    #[inline(always)]
    fn of(word: u64) -> Self {
        Self {
            fd: word as i32,
            events: (word >> 32) as i16,
            priority: (word >> 48) as u8,
        }
    }
}

/// Enums whose last variant is what a number means that none has.
macro_rules! one_of {
    ($($(#[$doc:meta])* $name:ident {
        $($(#[$vdoc:meta])* $variant:ident,)* ; $(#[$ldoc:meta])* $last:ident
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
            $(#[$ldoc])* $last,
        }

        impl Word for $name {
            #[inline(always)]
            fn word(self) -> u64 {
                self as u64
            }

            #[inline(always)]
            fn of(word: u64) -> Self {
                match word {
                    $(word if word == Self::$variant as u64 => Self::$variant,)*
                    _ => Self::$last,
                }
            }
        }
    )*};
}

one_of! {
    /// Why an event became active, as the library can tell.
    Activation {
        /// Its fd is ready.
        Io,
        /// Its timeout ran out.
        Timeout,
        /// Its signal arrived.
        Signal,
        /// It is to be taken apart.
        Finalize,
        ;
        /// Somebody asked for it.
        Manual
    }
    /// The calls that leave no other record when they fail.
    Failure {
        /// `event_assign`
        EventAssign,
        /// `event_base_set`
        EventBaseSet,
        /// `event_finalize`
        EventFinalize,
        /// `event_free_finalize`
        EventFreeFinalize,
        /// `event_new`
        EventNew,
        /// `event_base_new`
        EventBaseNew,
        /// `evbuffer_new`
        EvbufferNew,
        ;
        /// `evbuffer_setcb`
        EvbufferSetcb
    }
    /// How a connect goes.
    Progress {
        /// The kernel is at work.
        Started,
        /// Done.
        Connected,
        ;
        /// It failed.
        Failed
    }
    /// The types of bufferevent.
    BevType {
        /// A socket's.
        Socket,
        /// One end of a pair.
        Pair,
        /// A filter.
        Filter,
        ;
        /// Another (TLS).
        Other
    }
    /// How a TLS connection begins.
    Tls {
        /// It is none.
        None,
        /// The handshake is done.
        Open,
        /// As the client.
        Connecting,
        ;
        /// As the server.
        Accepting
    }
    /// The callbacks of a bufferevent.
    Callback {
        /// The read callback.
        Read,
        /// The write callback.
        Write,
        ;
        /// The event callback.
        Event
    }
    /// The sides of a bufferevent.
    Side {
        /// Its input.
        Input,
        ;
        /// Its output.
        Output
    }
}

impl Tls {
    /// That of a connection's state as libevent's function is told it.
    pub fn of_state(state: i32) -> Self {
        match state {
            0 => Self::Open,
            1 => Self::Connecting,
            _ => Self::Accepting,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args;

    #[test]
    fn words_come_back_as_what_they_were() {
        let waits = Waits {
            fd: -1,
            events: -0x7fff,
            priority: 255,
        };
        let assign = args::Assign {
            base: u64::MAX - 1,
            waits,
            callback: 7,
            base_set: true,
            site: 1 << 63,
        };
        assert_eq!(args::Assign::of(assign.words()), assign);
        let eventcb = args::Eventcb {
            callback: 1,
            what: -2,
            errno: -3,
            look_up: i32::MIN,
            site: 5,
        };
        assert_eq!(args::Eventcb::of(eventcb.words()), eventcb);
        let step = OwnStep {
            place: u32::MAX,
            objects: [1, 2, 3, 4],
        };
        assert_eq!(step.words(), [u64::from(u32::MAX), 1, 2, 3, 4]);
        assert_eq!(OwnStep::of(step.words()), step);
        for len in [None, Some(0), Some(u64::MAX - 1)] {
            let timeouts = args::Poll { timeout: len };
            assert_eq!(args::Poll::of(timeouts.words()), timeouts);
        }
    }

    #[test]
    fn words_of_a_damaged_ring_are_something() {
        let words = [u64::MAX; 5];
        assert_eq!(args::Active::of(words).why, Activation::Manual);
        assert_eq!(args::Connect::of(words).progress, Progress::Failed);
        assert!(args::BufFreeze::of(words).end);
    }
}
