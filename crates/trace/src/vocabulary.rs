//! The one table of event names.
//!
//! Names are libevent's own wherever it has one, without the underscores of its internals. Each name
//! has a [`Level`] (how detailed a view must be to show it), a [`Lane`] (who acts), a [`Shape`] (a call
//! or a point) and its fields. The exit of a call has those of its enter again, and some add what is only known then. The objects an event is about (which base, event, bufferevent, …) are not
//! among the fields: every record has a place for them ([`Objects`](crate::Objects)).

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::field::{Field, FieldError, Out, take};
use crate::kind::{Kind, Shape, Subject, begins_with};
use crate::packed::Pack;
use crate::scanned::Own;
use crate::step::{self, Short, Step};
use crate::store::{Joint, Parts, Split};
use crate::texts::{Texts, hash};
use crate::value::{FieldValue, HasValue, added_field_info, field_info};
use crate::{
    ActiveWhy, BevEvents, BevId, BevOptions, BufId, BufferEnd, ConnectProgress, Crossing, EvFlags,
    EventId, ListenerOptions, LoopFlags, Mark, Nanos, Payload, Side, SuspendReasons,
};

/// Text that is mostly known at compile time.
pub type Text = Cow<'static, str>;

/// How detailed a view must be to show an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 1: the user's callbacks and API calls.
    Program = 1,
    /// 2: bufferevent and listener internals, watermarks, suspends.
    Walkthrough = 2,
    /// 3: evmap, backend, buffers, system calls.
    Everything = 3,
}

/// Who acts in an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// The operating system: readiness, system calls.
    Kernel,
    /// The event loop and its events.
    Loop,
    /// Bufferevents, their buffers, listeners.
    Bufferevent,
    /// The user's own callbacks.
    Program,
}

/// The table: an event's fields, and `->` those that its exit adds.
macro_rules! vocabulary {
    ($(
        $(#[doc = $doc:literal])*
        $variant:ident = $name:literal, $level:ident, $lane:ident, $shape:ident {
            $($(#[doc = $fdoc:literal])* $field:ident : $type:ty,)*
        } $(-> {
            $($(#[doc = $adoc:literal])* $added:ident : $atype:ty,)*
        })?
    )*) => {
        events! {$(
            $(#[doc = $doc])*
            $variant = $name, $level, $lane, $shape {
                $($(#[doc = $fdoc])* $field : $type = field_info, of_word;)*
                $($($(#[doc = $adoc])* $added : $atype = added_field_info, not_yet;)*)?
            }
        )*}
    };
}

macro_rules! events {
    ($(
        $(#[doc = $doc:literal])*
        $variant:ident = $name:literal, $level:ident, $lane:ident, $shape:ident {
            $($(#[doc = $fdoc:literal])* $field:ident : $type:ty = $info:ident, $begins:ident;)*
        }
    )*) => {
        /// What happened in a step, with the event's own fields.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Event {
            $($(#[doc = $doc])* $variant { $($(#[doc = $fdoc])* $field: $type,)* },)*
            /// An event of a name this version does not know. It is kept as it was read.
            Unknown {
                /// The name in the trace; its fields are in the record's `extra`.
                name: String,
            },
        }

        /// The steps of the vocabulary, each a type of its own: who makes one knows which.
        pub mod steps {
            use super::*;

            $(
                $(#[doc = $doc])*
                #[derive(Debug, Clone, PartialEq)]
                pub struct $variant { $($(#[doc = $fdoc])* pub $field: $type,)* }

                impl Step for $variant {
                    #[inline(always)]
                    fn number(&self) -> usize {
                        Name::$variant as usize
                    }

                    #[inline(always)]
                    #[allow(clippy::needless_question_mark, reason = "some events have more fields")]
                    fn short(&self, mut text: impl FnMut(&'static str) -> u64) -> Option<Short> {
                        let _ = &mut text;
                        Some(Short::new()$(.with(&self.$field, &mut text)?)*)
                    }

                    #[inline(always)]
                    fn into_event(self) -> Event {
                        Event::$variant { $($field: self.$field,)* }
                    }
                }
            )*
        }

        /// How many words each has in its short form, in the order of [`Event::NAMES`].
        const SHORT: &[usize] = &[$(0 $(+ <$type as Pack>::HAS_WORD as usize)*),*];
        $(const _: () = assert!(SHORT[Name::$variant as usize] <= Short::MOST, $name);)*

        /// Mostly it is known where it is made which one it is, and nothing is left of the others.
        impl Step for Event {
            #[inline(always)]
            fn number(&self) -> usize {
                Self::number(self)
            }

            #[inline(always)]
            #[allow(clippy::needless_question_mark, reason = "some events have more fields")]
            fn short(&self, mut text: impl FnMut(&'static str) -> u64) -> Option<Short> {
                let _ = &mut text;
                match self {
                    $(Self::$variant { $($field),* } => {
                        Some(Short::new()$(.with($field, &mut text)?)*)
                    })*
                    Self::Unknown { .. } => None,
                }
            }

            #[inline(always)]
            fn into_event(self) -> Event {
                self
            }
        }

        /// The names alone, in the order of [`Event::NAMES`].
        #[derive(Debug, Clone, Copy)]
        enum Name {
            $($variant,)*
        }

        impl Name {
            const ALL: &'static [Self] = &[$(Self::$variant),*];
        }

        impl Event {
            /// Every name of the vocabulary.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// Every name of the vocabulary with all there is to say about it, in the order of `NAMES`.
            pub const KINDS: &'static [Kind] = &[$(Kind {
                name: $name,
                about: concat!($($doc),*).trim_ascii(),
                level: Level::$level,
                lane: Lane::$lane,
                shape: Shape::$shape,
                subject: Subject::of($name),
                fields: &[$($info::<$type>(
                    stringify!($field),
                    concat!($($fdoc),*).trim_ascii(),
                )),*],
            }),*];

            /// The event's name in a trace.
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant { .. } => $name,)*
                    Self::Unknown { name } => name,
                }
            }

            /// Where its name is in [`Event::NAMES`]; beyond its end for a name this version does not know.
            #[inline]
            pub fn number(&self) -> usize {
                match self {
                    $(Self::$variant { .. } => Name::$variant as usize,)*
                    Self::Unknown { .. } => Self::NAMES.len(),
                }
            }

            /// The event's name for keeping: borrowed where this version knows it.
            pub fn text_name(&self) -> Text {
                match self {
                    $(Self::$variant { .. } => Text::Borrowed($name),)*
                    Self::Unknown { name } => Text::Owned(name.clone()),
                }
            }

            /// The detail level it belongs to: its name's, but for a callback of the library's own, which no
            /// program has. A name this version does not know belongs to [`Level::Everything`].
            pub fn level(&self) -> Level {
                match self {
                    inner if inner.is_of_inner_callback() => Level::Walkthrough,
                    $(Self::$variant { .. } => Level::$level,)*
                    Self::Unknown { .. } => Level::Everything,
                }
            }

            /// Who acts. A name this version does not know counts as the loop's.
            pub fn lane(&self) -> Lane {
                match self {
                    inner if inner.is_of_inner_callback() => Lane::Bufferevent,
                    $(Self::$variant { .. } => Lane::$lane,)*
                    Self::Unknown { .. } => Lane::Loop,
                }
            }

            /// The value of one of the event's own fields; `None` when it is absent, or none of them.
            pub fn field(&self, name: &str) -> Option<FieldValue<'_>> {
                match self {
                    $(Self::$variant { $($field),* } => {
                        $(if name == stringify!($field) {
                            return $field.value();
                        })*
                        None
                    })*
                    Self::Unknown { .. } => None,
                }
            }

            /// The event's own fields that are there, with their names, in the order of a trace.
            pub fn fields(&self) -> impl Iterator<Item = (&'static str, FieldValue<'_>)> {
                let fields = self.kind().into_iter().flat_map(|kind| kind.fields).enumerate();
                fields.filter_map(|(at, field)| Some((field.name, self.field_at(at)?)))
            }

            /// A field by its place among those of its [`Kind`].
            #[expect(unused_mut, unused_variables, reason = "some events have no fields")]
            pub fn field_at(&self, at: usize) -> Option<FieldValue<'_>> {
                match self {
                    $(Self::$variant { $($field),* } => {
                        let mut places = 0..;
                        $(if places.next() == Some(at) {
                            return $field.value();
                        })*
                        None
                    })*
                    Self::Unknown { .. } => None,
                }
            }

            /// Appends the event in the compact form, of which `Event::fingerprint` says who understands it.
            pub fn pack(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant { $($field),* } => {
                        (Name::$variant as u32).pack(out);
                        $($field.pack(out);)*
                    })*
                    // Nobody makes such an event; it is read from traces.
                    Self::Unknown { .. } => u32::MAX.pack(out),
                }
            }

            /// The event of a compact form; `None` if it is none.
            pub fn unpack(mut from: &[u8]) -> Option<Self> {
                Self::take(&mut from)
            }

            /// Takes the event in front, of which the rest stays.
            pub fn take(from: &mut &[u8]) -> Option<Self> {
                let name = Name::ALL.get(u32::unpack(from)? as usize)?;
                Some(match name {
                    $(Name::$variant => Self::$variant { $($field: Pack::unpack(from)?),* },)*
                })
            }

            /// The event at a place of [`Event::NAMES`] as it begins, with a word of a C program's memory for each field;
            /// `None` if a word says too little. The greatest stands for a field that is absent.
            #[inline]
            pub fn of_words(number: usize, words: &mut impl Iterator<Item = u64>) -> Option<Self> {
                let _ = &words;
                Some(match Name::ALL.get(number)? {
                    $(Name::$variant => Self::$variant { $($field: $begins(words)?),* },)*
                })
            }

            /// How many words the short form has of the event at a place of [`Event::NAMES`].
            pub fn short_len(number: usize) -> usize {
                SHORT.get(number).copied().unwrap_or(0)
            }

            /// The event at a place of [`Event::NAMES`] of its short form (see [`Step`]); `None` if it is none.
            pub fn of_short(
                number: usize,
                words: &mut impl Iterator<Item = u64>,
                text: &impl Fn(u64) -> Option<&'static str>,
            ) -> Option<Self> {
                let _ = (&words, text);
                Some(match Name::ALL.get(number)? {
                    $(Name::$variant => Self::$variant { $($field: step::take(words, text)?),* },)*
                })
            }

            /// Takes the event apart, into what events of its kind have in common and what they have not.
            pub(crate) fn split(&self, out: &mut Parts) {
                match self {
                    $(Self::$variant { $($field),* } => {
                        out.word(Name::$variant as u64);
                        $($field.split(out);)*
                    })*
                    Self::Unknown { name } => {
                        out.word(Self::NAMES.len() as u64);
                        out.blob(name.as_bytes());
                    }
                }
            }

            /// Puts an event together again.
            pub(crate) fn join(from: &mut Joint<'_>) -> Option<Self> {
                Some(match Name::ALL.get(usize::try_from(from.word()?).ok()?) {
                    $(Some(Name::$variant) => Self::$variant { $($field: Split::join(from)?),* },)*
                    None => Self::Unknown { name: from.string()? },
                })
            }

            /// Writes the event's name.
            #[inline]
            pub(crate) fn put_name(&self, out: &mut Out<'_>) {
                match self {
                    $(Self::$variant { .. } => out.json(concat!(",\"ev\":\"", $name, "\"")),)*
                    Self::Unknown { name } => out.name(name),
                }
            }

            /// Writes the event's own fields.
            pub(crate) fn put_fields(&self, out: &mut Out<'_>) {
                match self {
                    $(Self::$variant { $($field),* } => {
                        $($field.put(concat!(",\"", stringify!($field), "\":"), out);)*
                    })*
                    Self::Unknown { .. } => {}
                }
            }

            /// Appends the event's own fields that are there as members of a JSON object, a comma before each. They are as
            /// [`json::value`](crate::json::value) writes them.
            pub fn members(&self, out: &mut Vec<u8>) {
                self.put_fields(&mut Out::with_bytes_as_text(out));
            }

            /// The event of a number and `name` with its fields as they were scanned; what it does not know stays in `own`.
            pub(crate) fn scanned(
                number: usize,
                name: &str,
                own: &mut Own<'_>,
                texts: &mut Texts,
            ) -> Option<Self> {
                let _ = &texts;
                Some(match Name::ALL.get(number) {
                    $(Some(Name::$variant) => Self::$variant {
                        $($field: own.take(stringify!($field), texts)?),*
                    },)*
                    None => Self::Unknown { name: name.to_owned() },
                })
            }

            /// Takes the fields of the event `name` out of `object`; what it does not know stays there.
            pub(crate) fn take_fields(
                name: &str,
                object: &mut Map<String, Value>,
            ) -> Result<Self, FieldError> {
                let _ = &object;
                Ok(match name {
                    $($name => Self::$variant { $($field: take(object, stringify!($field))?),* },)*
                    _ => Self::Unknown { name: name.to_owned() },
                })
            }
        }
    };
}

vocabulary! {
    // ---- loop -------------------------------------------------------------------------------------
    /// A base was made.
    EventBaseNew = "event_base_new", Program, Loop, Call {
        /// The backend's name.
        backend: Text,
        /// How many priorities it has.
        priorities: u32,
    }
    /// The loop runs (enter to exit).
    EventBaseLoop = "event_base_loop", Program, Loop, Call {
        /// How it was asked to run.
        flags: LoopFlags,
    } -> {
        /// Why the loop ended, in a word (`empty`, `exit`, `break`, `once`, `nonblock`, `error`).
        ended: Option<Text>,
    }
    /// The backend's wait: enter before it, exit after it.
    Poll = "poll", Walkthrough, Kernel, Call {
        /// How long it may wait at most; absent: for ever.
        timeout: Option<Nanos>,
    } -> {
        /// How many fds are ready.
        ready: Option<u32>,
        /// The errno's name when the wait failed (`EINTR`: a signal cut it short).
        errno: Option<Text>,
    }
    /// The loop was asked to end after a time.
    EventBaseLoopexit = "event_base_loopexit", Program, Loop, Call {
        /// After how long; absent: after this turn.
        timeout: Option<Nanos>,
    }
    /// The loop was asked to end after the running callback.
    EventBaseLoopbreak = "event_base_loopbreak", Program, Loop, Point {}
    /// The loop was asked to begin a new turn after the running callback.
    EventBaseLoopcontinue = "event_base_loopcontinue", Program, Loop, Point {}
    /// The base was freed.
    EventBaseFree = "event_base_free", Program, Loop, Call {}

    // ---- events -----------------------------------------------------------------------------------
    /// An event was set up: what to wait for and what to call. It is not yet pending.
    EventAssign = "event_assign", Walkthrough, Loop, Point {
        /// What it waits for.
        events: EvFlags,
        /// The callback's name.
        callback: Text,
        /// Its priority.
        priority: u32,
    }
    /// An event was made pending: from now on the loop watches for it.
    EventAdd = "event_add", Walkthrough, Loop, Call {
        /// Its timeout, if one was given.
        timeout: Option<Nanos>,
    }
    /// An event is no longer pending, and no longer active.
    EventDel = "event_del", Walkthrough, Loop, Call {}
    /// An event was put into the active queue: its callback will run this turn or a later one.
    EventActive = "event_active", Walkthrough, Loop, Point {
        /// With what result.
        what: EvFlags,
        /// Because of what.
        why: ActiveWhy,
    }
    /// A plain callback of the program ran (enter to exit).
    EventCallback = "event_callback", Program, Program, Call {
        /// Its name.
        callback: Text,
        /// What it was told.
        what: EvFlags,
    }
    /// The loop's own callback of an event that is used once (`event_base_once`, and the timer behind
    /// `event_base_loopexit`) ran (enter to exit); a callback of the program's runs inside it.
    EventOnceCb = "event_once_cb", Everything, Loop, Call {}
    /// The loop's own callback for the signal pipe ran (enter to exit).
    EvsigCb = "evsig_cb", Everything, Loop, Call {}
    /// An event got another priority.
    EventPrioritySet = "event_priority_set", Program, Loop, Point {
        /// The new one; 0 is the most urgent.
        priority: u32,
    }
    /// An event was freed.
    EventFree = "event_free", Program, Loop, Call {}
    /// The kernel was told to watch for more on an fd.
    BackendAdd = "backend_add", Everything, Kernel, Point {
        /// What it watched for before.
        old: EvFlags,
        /// What it watches for now.
        new: EvFlags,
    }
    /// The kernel was told to watch for less on an fd.
    BackendDel = "backend_del", Everything, Kernel, Point {
        /// What it watched for before.
        old: EvFlags,
        /// What it watches for now.
        new: EvFlags,
    }

    // ---- listener ---------------------------------------------------------------------------------
    /// A listener was made (enter to exit).
    EvconnlistenerNew = "evconnlistener_new", Program, Bufferevent, Call {
        /// The address it listens on.
        addr: Option<Text>,
        /// The callback's name, if there is one.
        callback: Option<Text>,
        /// Its options.
        options: ListenerOptions,
        /// The length of the kernel's queue; negative: a default, 0: the socket listens already.
        backlog: i32,
    }
    /// A listener was enabled (enter to exit).
    EvconnlistenerEnable = "evconnlistener_enable", Walkthrough, Bufferevent, Call {}
    /// A listener was disabled (enter to exit).
    EvconnlistenerDisable = "evconnlistener_disable", Walkthrough, Bufferevent, Call {}
    /// The listener's own read callback, run by the loop (enter to exit): it accepts in a loop.
    ListenerReadCb = "listener_read_cb", Walkthrough, Bufferevent, Call {}
    /// A connection was accepted (its socket is the record's `fd`), or accepting failed.
    Accept = "accept", Walkthrough, Kernel, Point {
        /// The peer's address.
        peer: Option<Text>,
        /// The errno's name when there was no connection to accept.
        errno: Option<Text>,
    }
    /// The user's listener callback ran (enter to exit).
    ListenerCb = "listener_cb", Program, Program, Call {
        /// Its name.
        callback: Text,
    }
    /// The user's callback for errors of accept ran (enter to exit).
    ListenerErrorcb = "listener_errorcb", Program, Program, Call {
        /// Its name.
        callback: Text,
    }
    /// A listener was freed.
    EvconnlistenerFree = "evconnlistener_free", Program, Bufferevent, Call {}

    // ---- evbuffer ---------------------------------------------------------------------------------
    /// A buffer of its own (not a bufferevent's) was made.
    EvbufferNew = "evbuffer_new", Everything, Bufferevent, Point {}
    /// A buffer of its own was freed.
    EvbufferFree = "evbuffer_free", Everything, Bufferevent, Point {}
    /// Bytes were added at the end (enter when they are in, exit when the callbacks have run).
    EvbufferAdd = "evbuffer_add", Everything, Bufferevent, Call {
        /// How many.
        len: u64,
        /// The length before.
        before: u64,
        /// The length after.
        after: u64,
        /// The bytes.
        data: Option<Payload>,
    }
    /// Bytes were put in front (enter, exit as with `evbuffer_add`).
    EvbufferPrepend = "evbuffer_prepend", Everything, Bufferevent, Call {
        /// How many.
        len: u64,
        /// The length before.
        before: u64,
        /// The length after.
        after: u64,
        /// The bytes.
        data: Option<Payload>,
    }
    /// Bytes were copied out of the front (enter, exit as with `evbuffer_add`).
    EvbufferRemove = "evbuffer_remove", Everything, Bufferevent, Call {
        /// How many.
        len: u64,
        /// The length before.
        before: u64,
        /// The length after.
        after: u64,
        /// The bytes.
        data: Option<Payload>,
    }
    /// Bytes were dropped from the front (enter, exit as with `evbuffer_add`).
    EvbufferDrain = "evbuffer_drain", Everything, Bufferevent, Call {
        /// How many.
        len: u64,
        /// The length before.
        before: u64,
        /// The length after.
        after: u64,
    }
    /// Bytes moved from the buffer `from` into this one without being copied.
    EvbufferMove = "evbuffer_move", Everything, Bufferevent, Call {
        /// Where they came from.
        from: BufId,
        /// How many.
        len: u64,
        /// This buffer's length before.
        before: u64,
        /// This buffer's length after.
        after: u64,
        /// The other buffer's length after.
        from_after: u64,
    }
    /// Somebody looked at the pieces that the bytes of a buffer lie in. Nothing changes.
    EvbufferPeek = "evbuffer_peek", Everything, Bufferevent, Point {
        /// How many bytes from the front the look begins.
        offset: u64,
        /// How many bytes were asked for; absent: all from there on.
        asked: Option<u64>,
        /// How many pieces they lie in. A place behind the last byte is in none.
        pieces: u64,
        /// How many bytes these pieces have. The last one is whole, so that may be more than was asked for.
        bytes: u64,
    }
    /// An end of a buffer was closed to changes.
    EvbufferFreeze = "evbuffer_freeze", Everything, Bufferevent, Point {
        /// Which.
        end: BufferEnd,
    }
    /// An end of a buffer was opened to changes.
    EvbufferUnfreeze = "evbuffer_unfreeze", Everything, Bufferevent, Point {
        /// Which.
        end: BufferEnd,
    }
    /// A read from an fd into a buffer (enter when the bytes are in, exit when the callbacks have run).
    EvbufferRead = "evbuffer_read", Walkthrough, Kernel, Call {
        /// How many bytes were asked for; absent: as many as are there.
        asked: Option<u64>,
        /// How many came; 0: end of file; -1: see `errno`.
        result: i64,
        /// The errno's name.
        errno: Option<Text>,
        /// The length before.
        before: u64,
        /// The length after.
        after: u64,
        /// The bytes.
        data: Option<Payload>,
    }
    /// A write from a buffer to an fd (enter when the bytes are out, exit when the callbacks have run).
    EvbufferWrite = "evbuffer_write", Walkthrough, Kernel, Call {
        /// How many bytes were asked to go.
        asked: u64,
        /// How many went; -1: see `errno`.
        result: i64,
        /// The errno's name.
        errno: Option<Text>,
        /// The length before.
        before: u64,
        /// The length after.
        after: u64,
        /// The bytes.
        data: Option<Payload>,
    }
    /// A callback of a buffer ran (enter to exit).
    EvbufferCb = "evbuffer_cb", Everything, Bufferevent, Call {
        /// Its name.
        callback: Text,
        /// The length before the change it is told of.
        before: u64,
        /// How many bytes were added since it was last told.
        added: u64,
        /// How many bytes were deleted since it was last told.
        deleted: u64,
    }

    // ---- bufferevent ------------------------------------------------------------------------------
    /// A socket bufferevent was made (enter to exit).
    BuffereventSocketNew = "bufferevent_socket_new", Program, Bufferevent, Call {
        /// Its options.
        options: BevOptions,
        /// Its input buffer.
        input: BufId,
        /// Its output buffer.
        output: BufId,
        /// Its event for reading.
        ev_read: EventId,
        /// Its event for writing.
        ev_write: EventId,
        /// Of a TLS connection: how it begins (`connecting`, `accepting`, `open`).
        tls: Option<Text>,
    }
    /// A pair of bufferevents was made; the record is about one of them, `partner` is the other.
    BuffereventPairNew = "bufferevent_pair_new", Program, Bufferevent, Call {
        /// Its options.
        options: BevOptions,
        /// Its input buffer.
        input: BufId,
        /// Its output buffer.
        output: BufId,
        /// The bufferevent at the other end.
        partner: BevId,
    }
    /// A filtering bufferevent was made on top of another.
    BuffereventFilterNew = "bufferevent_filter_new", Program, Bufferevent, Call {
        /// Its options.
        options: BevOptions,
        /// Its input buffer.
        input: BufId,
        /// Its output buffer.
        output: BufId,
        /// The bufferevent below it.
        underlying: BevId,
        /// Of a TLS connection: how it begins (`connecting`, `accepting`, `open`).
        tls: Option<Text>,
    }
    /// The user's callbacks were set.
    BuffereventSetcb = "bufferevent_setcb", Program, Bufferevent, Point {
        /// The read callback's name, if there is one.
        readcb: Option<Text>,
        /// The write callback's name, if there is one.
        writecb: Option<Text>,
        /// The event callback's name, if there is one.
        eventcb: Option<Text>,
    }
    /// Sides were enabled (enter to exit).
    BuffereventEnable = "bufferevent_enable", Program, Bufferevent, Call {
        /// Which: READ, WRITE.
        events: EvFlags,
    }
    /// Sides were disabled (enter to exit).
    BuffereventDisable = "bufferevent_disable", Program, Bufferevent, Call {
        /// Which: READ, WRITE.
        events: EvFlags,
    }
    /// The socket's way to enable: it adds the side's event (enter to exit).
    BeSocketEnable = "be_socket_enable", Everything, Bufferevent, Call {
        /// Which: READ, WRITE.
        events: EvFlags,
    }
    /// The socket's way to disable: it deletes the side's event (enter to exit).
    BeSocketDisable = "be_socket_disable", Everything, Bufferevent, Call {
        /// Which: READ, WRITE.
        events: EvFlags,
    }
    /// Watermarks were set (enter to exit).
    BuffereventSetwatermark = "bufferevent_setwatermark", Program, Bufferevent, Call {
        /// Of which sides: READ, WRITE.
        events: EvFlags,
        /// The low mark.
        low: u64,
        /// The high mark; 0: none.
        high: u64,
    }
    /// Timeouts were set (enter to exit).
    BuffereventSetTimeouts = "bufferevent_set_timeouts", Program, Bufferevent, Call {
        /// For reading, if any.
        read: Option<Nanos>,
        /// For writing, if any.
        write: Option<Nanos>,
    }
    /// The program put bytes into the output (enter to exit).
    BuffereventWrite = "bufferevent_write", Program, Bufferevent, Call {
        /// How many.
        len: u64,
    }
    /// The program took bytes out of the input (enter to exit).
    BuffereventRead = "bufferevent_read", Program, Bufferevent, Call {
        /// How many it asked for.
        asked: u64,
    }
    /// A connection was asked for (enter to exit).
    BuffereventSocketConnect = "bufferevent_socket_connect", Program, Bufferevent, Call {
        /// Where to.
        addr: Option<Text>,
    }
    /// How the connect began (`started`, `connected`, `failed`), or that it is finished now.
    Connect = "connect", Walkthrough, Kernel, Point {
        /// How far it has come.
        progress: ConnectProgress,
        /// The errno's name.
        errno: Option<Text>,
    }
    /// The fd of a bufferevent was set anew (enter to exit).
    BuffereventSetfd = "bufferevent_setfd", Program, Bufferevent, Call {}
    /// A bufferevent's events got another priority.
    BuffereventPrioritySet = "bufferevent_priority_set", Program, Bufferevent, Call {
        /// The new one.
        priority: u32,
    }
    /// The internal read callback, run by the loop when the socket is readable (enter to exit).
    BuffereventReadcb = "bufferevent_readcb", Walkthrough, Bufferevent, Call {
        /// What the loop says: READ, TIMEOUT.
        what: EvFlags,
    }
    /// The internal write callback, run by the loop when the socket is writable (enter to exit).
    BuffereventWritecb = "bufferevent_writecb", Walkthrough, Bufferevent, Call {
        /// What the loop says: WRITE, TIMEOUT.
        what: EvFlags,
    }
    /// The user's read callback, run because the input reached its low mark (enter to exit).
    Readcb = "readcb", Program, Program, Call {
        /// Its name.
        callback: Text,
    }
    /// The user's write callback, run because the output drained to its low mark (enter to exit).
    Writecb = "writecb", Program, Program, Call {
        /// Its name.
        callback: Text,
    }
    /// The user's event callback ran (enter to exit).
    Eventcb = "eventcb", Program, Program, Call {
        /// Its name.
        callback: Text,
        /// What it was told.
        what: BevEvents,
        /// The errno's name, with ERROR.
        errno: Option<Text>,
    }
    /// A buffer's length passed a mark that matters: callbacks run or a side is suspended because of it.
    Watermark = "watermark", Walkthrough, Bufferevent, Point {
        /// Which buffer.
        side: Side,
        /// Which mark.
        mark: Mark,
        /// Where the mark is.
        at: u64,
        /// The length before.
        from: u64,
        /// The length now.
        to: u64,
        /// In which direction.
        crossed: Crossing,
    }
    /// Reading was suspended (enter to exit).
    SuspendRead = "suspend_read", Walkthrough, Bufferevent, Call {
        /// Why.
        reason: SuspendReasons,
        /// All reasons there are now.
        now: SuspendReasons,
    }
    /// A reason not to read went away (enter to exit).
    UnsuspendRead = "unsuspend_read", Walkthrough, Bufferevent, Call {
        /// Which.
        reason: SuspendReasons,
        /// All reasons that are left.
        now: SuspendReasons,
    }
    /// Writing was suspended (enter to exit).
    SuspendWrite = "suspend_write", Walkthrough, Bufferevent, Call {
        /// Why.
        reason: SuspendReasons,
        /// All reasons there are now.
        now: SuspendReasons,
    }
    /// A reason not to write went away (enter to exit).
    UnsuspendWrite = "unsuspend_write", Walkthrough, Bufferevent, Call {
        /// Which.
        reason: SuspendReasons,
        /// All reasons that are left.
        now: SuspendReasons,
    }
    /// The loop delivers the callbacks that were put off (enter to exit).
    DeferredCb = "deferred_cb", Walkthrough, Bufferevent, Call {
        /// The read callback waits.
        readcb: bool,
        /// The write callback waits.
        writecb: bool,
        /// What the event callback will be told; empty: it does not wait.
        events: BevEvents,
    }
    /// A rate limit took from, or filled, its bucket.
    Ratelimit = "ratelimit", Walkthrough, Bufferevent, Point {
        /// READ or WRITE.
        side: EvFlags,
        /// The change in bytes.
        change: i64,
        /// What is left.
        left: i64,
    }
    /// The program ran a bufferevent's callbacks by hand (enter to exit).
    BuffereventTrigger = "bufferevent_trigger", Program, Bufferevent, Call {
        /// Which sides: READ, WRITE; none if it was the event callback.
        events: EvFlags,
    }
    /// A bufferevent was asked to pass on what it holds.
    BuffereventFlush = "bufferevent_flush", Program, Bufferevent, Call {
        /// Which sides.
        events: EvFlags,
        /// How thoroughly: `normal`, `flush`, `finished`.
        mode: Text,
    }
    /// The program gave up a bufferevent (enter to exit). It is taken apart once nothing uses it.
    BuffereventFree = "bufferevent_free", Program, Bufferevent, Call {}
    /// A freed bufferevent was taken apart: its buffers are gone, its fd closed if it was its own.
    BuffereventFinalize = "bufferevent_finalize", Walkthrough, Bufferevent, Point {
        /// Whether the fd was closed.
        closed: bool,
        /// Bytes that were in the output and are lost.
        unsent: u64,
    }

    // ---- diagnostics ------------------------------------------------------------------------------
    /// Something failed.
    Error = "error", Program, Loop, Point {
        /// The call.
        call: Text,
        /// The errno's name, or what went wrong.
        errno: Text,
        /// What the library did about it.
        action: Text,
    }
    /// Records were lost.
    Lost = "lost", Program, Loop, Point {
        /// How many.
        count: u64,
    }
    /// The program has ended; nothing follows. A trace without it was made by a program that still runs, or
    /// by a producer that does not see the end.
    ProgramExit = "program_exit", Program, Program, Point {
        /// The status it ended with, if it did by itself.
        status: Option<i32>,
        /// The name of the signal that ended it (`SIGKILL`).
        signal: Option<Text>,
    }
}

impl Kind {
    /// What there is to say about a name of the vocabulary.
    pub fn named(name: &str) -> Option<&'static Self> {
        Event::KINDS.get(place_of(name.as_bytes()))
    }
}

/// How many places [`PLACES`] has: enough that two names rarely want the same.
const PLACES_LEN: usize = 512;
const _: () = assert!(Event::NAMES.len() < PLACES_LEN / 4 && Event::NAMES.len() < NO_NAME as usize);

const NO_NAME: u8 = u8::MAX;

/// Where each name is in [`Event::NAMES`], found by its hash; a name whose place is taken is in the
/// next that is free.
static PLACES: [u8; PLACES_LEN] = {
    let mut places = [NO_NAME; PLACES_LEN];
    let mut i = 0;
    while i < Event::NAMES.len() {
        let mut at = hash(Event::NAMES[i].as_bytes()) as usize % PLACES_LEN;
        while places[at] != NO_NAME {
            at = (at + 1) % PLACES_LEN;
        }
        places[at] = i as u8;
        i += 1;
    }
    places
};

impl Event {
    /// What there is to say about its name; `None` for one that this version does not know.
    pub fn kind(&self) -> Option<&'static Kind> {
        Self::KINDS.get(self.number())
    }

    /// Where a name is in [`Event::NAMES`], for constants: one that is not there does not compile.
    pub const fn number_of(name: &str) -> usize {
        let mut number = 0;
        while number < Self::NAMES.len() {
            let known = Self::NAMES[number];
            if known.len() == name.len() && begins_with(known, name) {
                return number;
            }
            number += 1;
        }
        panic!("{}", name)
    }
}

/// A field of which the enter knows: it takes a word.
#[inline]
fn of_word<T: Field>(words: &mut impl Iterator<Item = u64>) -> Option<T> {
    T::of_word(words.next()?)
}

/// One that the exit adds.
#[inline]
fn not_yet<T: Field>(_: &mut impl Iterator<Item = u64>) -> Option<T> {
    T::absent()
}

/// Where a name is in [`Event::NAMES`]; beyond its end when it is not there.
pub(crate) fn place_of(name: &[u8]) -> usize {
    let mut at = hash(name) as usize % PLACES_LEN;
    loop {
        let i = usize::from(PLACES[at]);
        if Event::NAMES
            .get(i)
            .is_none_or(|known| known.as_bytes() == name)
        {
            return i;
        }
        at = (at + 1) % PLACES_LEN;
    }
}

impl Lane {
    /// Every lane, from the kernel up.
    pub const ALL: [Self; 4] = [Self::Kernel, Self::Loop, Self::Bufferevent, Self::Program];

    /// The name that views and queries use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kernel => "kernel",
            Self::Loop => "loop",
            Self::Bufferevent => "bufferevent",
            Self::Program => "program",
        }
    }

    /// A letter, so that a lane can be told without colour.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Kernel => "K",
            Self::Loop => "L",
            Self::Bufferevent => "B",
            Self::Program => "P",
        }
    }
}

impl Level {
    /// The level of a number as users say it.
    pub fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Program),
            2 => Some(Self::Walkthrough),
            3 => Some(Self::Everything),
            _ => None,
        }
    }

    /// The number users say.
    pub fn number(self) -> u8 {
        self as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_of_an_enter_takes_a_word() {
        let of_words = |name, words: &[u64]| {
            let mut words = words.iter().copied();
            let event = Event::of_words(Event::number_of(name), &mut words);
            (event, words.len())
        };
        let marks = Event::BuffereventSetwatermark {
            events: EvFlags::READ,
            low: 3,
            high: 9,
        };
        let name = "bufferevent_setwatermark";
        assert_eq!(of_words(name, &[2, 3, 9, 7]), (Some(marks), 1));
        assert_eq!(of_words(name, &[2, 3]).0, None);
        for (word, timeout) in [(5, Some(Nanos(5))), (u64::MAX, None)] {
            let poll = Event::Poll {
                timeout,
                ready: None,
                errno: None,
            };
            assert_eq!(of_words("poll", &[word, 7]), (Some(poll), 1));
        }
        assert_eq!(of_words("readcb", &[7]).0, None, "a text is no word");
    }
}
