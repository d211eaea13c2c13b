//! One step of a program.

use std::fmt;
use std::time::Duration;

use serde::de::{Deserializer, Error as _};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::field::{Field, FieldError, Out, take};
use crate::kind::FieldInfo;
use crate::known_line::KnownLine;
use crate::place_texts::PlaceTexts;
use crate::value::field_info;
use crate::vocabulary::{Event, Level, Text};
use crate::{BaseId, BevId, BufId, EventId, ListenerId, Phase, Role, ThreadId};

/// A time or a time span in nanoseconds, the unit of every time in a trace.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Nanos(pub u64);

impl From<Duration> for Nanos {
    /// A span too long for 64 bits (584 years) becomes the longest there is.
    fn from(span: Duration) -> Self {
        Self(u64::try_from(span.as_nanos()).unwrap_or(u64::MAX))
    }
}

impl From<Nanos> for Duration {
    fn from(nanos: Nanos) -> Self {
        Duration::from_nanos(nanos.0)
    }
}

impl fmt::Display for Nanos {
    /// With the unit that fits: `183 ns`, `42.0 µs`, `7.1 ms`, `2.0 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ns = self.0 as f64;
        match self.0 {
            0..1_000 => write!(f, "{} ns", self.0),
            1_000..1_000_000 => write!(f, "{:.1} µs", ns / 1e3),
            1_000_000..1_000_000_000 => write!(f, "{:.1} ms", ns / 1e6),
            _ => write!(f, "{:.1} s", ns / 1e9),
        }
    }
}

/// The objects a step is about. All that are known are given: a step of a bufferevent's read event
/// names the event, its role, the bufferevent and the fd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Objects {
    /// The event base.
    pub base: Option<BaseId>,
    /// The event.
    pub event: Option<EventId>,
    /// What the event is for.
    pub role: Option<Role>,
    /// The bufferevent.
    pub bev: Option<BevId>,
    /// The evbuffer.
    pub buf: Option<BufId>,
    /// The listener.
    pub listener: Option<ListenerId>,
    /// The file descriptor; for a signal event the signal's number.
    pub fd: Option<i32>,
}

/// A place in a source file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SourceLine {
    /// The file's path, relative to the root of its project.
    pub file: Text,
    /// The line, from 1.
    pub line: u32,
    /// The function the line is in.
    #[serde(rename = "fn", default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Text>,
}

/// The first bytes of what was read or written.
///
/// In JSON: `{"text":"Hello"}` where they are UTF-8, `{"hex":"00ff"}` where not, with `"cut":true` when
/// there were more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The bytes kept.
    pub bytes: Vec<u8>,
    /// Whether there were more.
    pub cut: bool,
}

impl Payload {
    /// How many bytes a trace of a demo keeps.
    pub const DEFAULT_LIMIT: usize = 64;

    /// Keeps at most `limit` bytes. UTF-8 text is cut between characters, so that it stays text.
    pub fn new(bytes: &[u8], limit: usize) -> Self {
        let mut kept = &bytes[..bytes.len().min(limit)];
        let cut = kept.len() < bytes.len();
        if cut
            && let Err(error) = std::str::from_utf8(kept)
            && error.error_len().is_none()
        {
            kept = &kept[..error.valid_up_to()];
        }
        Self {
            bytes: kept.to_vec(),
            cut,
        }
    }

    /// Its bytes, two digits each.
    pub(crate) fn hex(&self) -> String {
        self.bytes.iter().map(|b| format!("{b:02x}")).collect()
    }
}

#[derive(Serialize, Deserialize)]
struct PayloadJson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hex: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (text, hex) = match std::str::from_utf8(&self.bytes) {
            Ok(text) => (Some(text.to_owned()), None),
            Err(_) => (None, Some(self.hex())),
        };
        PayloadJson {
            text,
            hex,
            cut: self.cut,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = PayloadJson::deserialize(deserializer)?;
        let bytes = match (json.text, json.hex) {
            (Some(text), None) => text.into_bytes(),
            (None, Some(hex)) => from_hex(&hex)
                .ok_or_else(|| D::Error::custom("`hex` is not pairs of hexadecimal digits"))?,
            _ => return Err(D::Error::custom("bytes are either `text` or `hex`")),
        };
        Ok(Self {
            bytes,
            cut: json.cut,
        })
    }
}

pub(crate) fn from_hex(hex: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = hex
        .chars()
        .map(|c| c.to_digit(16).map(|d| d as u8))
        .collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    pairs
        .remainder()
        .is_empty()
        .then(|| pairs.map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// One step: who, when, how deep, what.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The step's number, from 0 without gaps.
    pub seq: u64,
    /// When, since the trace began.
    pub t: Nanos,
    /// On which thread.
    pub thread: ThreadId,
    /// How many calls are around it.
    pub depth: u32,
    /// Begin, end or whole.
    pub phase: Phase,
    /// What happened.
    pub event: Event,
    /// To whom.
    pub objects: Objects,
    /// Where the function of this name stands, or the line in it that did this.
    pub src: Option<SourceLine>,
    /// The line that called it.
    pub caller: Option<SourceLine>,
    /// Fields this version does not know, kept as they were read.
    pub extra: Map<String, Value>,
}

impl Record {
    /// The fields that any record may have, but for its places `src` and `caller`; the event's
    /// own come beside them.
    pub const FIELDS: &'static [FieldInfo] = &[
        field_info::<u64>("seq", "The step's number, from 0 without gaps."),
        field_info::<Nanos>("t", "When, since the trace began."),
        field_info::<ThreadId>("thread", "On which thread."),
        field_info::<u32>("depth", "How many calls of the same thread are around it."),
        field_info::<Phase>("ph", "Begin of a call, end of a call, or a whole step."),
        field_info::<Text>("ev", "What happened: a name of the vocabulary."),
        field_info::<Option<BaseId>>("base", "The event base."),
        field_info::<Option<EventId>>("event", "The event."),
        field_info::<Option<Role>>("role", "What the event is for."),
        field_info::<Option<ListenerId>>("listener", "The listener."),
        field_info::<Option<BevId>>("bev", "The bufferevent."),
        field_info::<Option<BufId>>("buf", "The evbuffer."),
        field_info::<Option<i32>>(
            "fd",
            "The file descriptor; for a signal event the signal's number.",
        ),
    ];

    /// The detail level a view needs to show this record.
    pub fn level(&self) -> Level {
        self.event.level()
    }

    /// Appends the record as a trace has it: a JSON object on one line.
    pub fn json(&self, bytes: &mut Vec<u8>) {
        let mut out = Out::new(bytes, Some(&self.extra));
        self.parts()
            .write(self.src.as_ref(), self.caller.as_ref(), &mut out);
    }

    /// The same for who writes many, and has what is written of their places made once. `places` is for nothing else.
    pub fn json_among(&self, places: &mut PlaceTexts, bytes: &mut Vec<u8>) {
        // Also of a place there may be something that is not known.
        if !self.extra.is_empty() {
            return self.json(bytes);
        }
        let mut out = Out::new(bytes, None);
        self.parts().begin(&mut out);
        out.place(",\"src\":", self.src.as_ref(), places);
        out.place(",\"caller\":", self.caller.as_ref(), places);
        out.rest();
    }

    /// All but its places and what is not known.
    fn parts(&self) -> RecordRef<'_> {
        RecordRef {
            seq: self.seq,
            t: self.t,
            thread: self.thread,
            depth: self.depth,
            phase: self.phase,
            event: &self.event,
            objects: &self.objects,
            src: None,
            caller: None,
        }
    }
}

/// A record whose parts are somebody's, who writes it and keeps them: an exit repeats what its enter said. Nothing in it
/// is unknown to this version.
#[derive(Debug, Clone, Copy)]
pub struct RecordRef<'a> {
    /// Its number.
    pub seq: u64,
    /// When, since the trace began.
    pub t: Nanos,
    /// On which thread.
    pub thread: ThreadId,
    /// How many calls are around it.
    pub depth: u32,
    /// Begin, end or whole.
    pub phase: Phase,
    /// What happened.
    pub event: &'a Event,
    /// To whom.
    pub objects: &'a Objects,
    /// Where that stands.
    pub src: Option<&'a KnownLine>,
    /// The line that called it.
    pub caller: Option<&'a KnownLine>,
}

impl RecordRef<'_> {
    pub(crate) fn json(&self, bytes: &mut Vec<u8>) {
        self.write(self.src, self.caller, &mut Out::new(bytes, None));
    }

    /// Writes it with these places.
    fn write<L: Field>(&self, src: Option<&L>, caller: Option<&L>, out: &mut Out<'_>) {
        self.begin(out);
        if let Some(src) = src {
            src.put(",\"src\":", out);
        }
        if let Some(caller) = caller {
            caller.put(",\"caller\":", out);
        }
        out.rest();
    }

    /// Writes what comes before its places.
    fn begin(&self, out: &mut Out<'_>) {
        self.seq.put("{\"seq\":", out);
        self.t.put(",\"t\":", out);
        self.thread.put(",\"thread\":", out);
        self.depth.put(",\"depth\":", out);
        self.phase.put(",\"ph\":", out);
        self.event.put_name(out);
        let Objects {
            base,
            event,
            role,
            bev,
            buf,
            listener,
            fd,
        } = *self.objects;
        base.put(",\"base\":", out);
        event.put(",\"event\":", out);
        role.put(",\"role\":", out);
        listener.put(",\"listener\":", out);
        bev.put(",\"bev\":", out);
        buf.put(",\"buf\":", out);
        fd.put(",\"fd\":", out);
        self.event.put_fields(out);
    }
}

impl TryFrom<Map<String, Value>> for Record {
    type Error = FieldError;

    fn try_from(mut object: Map<String, Value>) -> Result<Self, FieldError> {
        let object_ref = &mut object;
        let name: String = take(object_ref, "ev")?;
        Ok(Self {
            seq: take(object_ref, "seq")?,
            t: take(object_ref, "t")?,
            thread: take(object_ref, "thread")?,
            depth: take(object_ref, "depth")?,
            phase: take(object_ref, "ph")?,
            objects: Objects {
                base: take(object_ref, "base")?,
                event: take(object_ref, "event")?,
                role: take(object_ref, "role")?,
                bev: take(object_ref, "bev")?,
                buf: take(object_ref, "buf")?,
                listener: take(object_ref, "listener")?,
                fd: take(object_ref, "fd")?,
            },
            src: take(object_ref, "src")?,
            caller: take(object_ref, "caller")?,
            event: Event::take_fields(&name, object_ref)?,
            extra: object,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payload_is_cut_between_characters() {
        let payload = Payload::new("aé".as_bytes(), 2);
        assert_eq!(
            payload,
            Payload {
                bytes: b"a".to_vec(),
                cut: true
            }
        );
        assert_eq!(
            serde_json::to_string(&payload).unwrap(),
            r#"{"text":"a","cut":true}"#
        );
    }

    #[test]
    fn payload_that_is_not_text_is_hex() {
        let payload = Payload::new(&[0xff, 0x00], 64);
        let json = serde_json::to_string(&payload).unwrap();
        assert_eq!(json, r#"{"hex":"ff00"}"#);
        assert_eq!(serde_json::from_str::<Payload>(&json).unwrap(), payload);
        assert!(serde_json::from_str::<Payload>(r#"{"hex":"é0"}"#).is_err());
        assert!(serde_json::from_str::<Payload>(r#"{"hex":"f"}"#).is_err());
        assert!(serde_json::from_str::<Payload>(r#"{}"#).is_err());
    }

    #[test]
    fn a_record_among_others_is_written_as_alone() {
        let mut places = PlaceTexts::default();
        for places_of_it in [
            "",
            r#","src":{"file":"a.rs","line":1,"fn":"f"}"#,
            r#","caller":{"file":"a.rs","line":1,"fn":"f"}"#,
            r#","src":{"file":"a.rs","line":2},"caller":{"file":"b\"\\","line":1,"fn":"f"}"#,
            r#","src":{"file":"a.rs","line":2},"new":1"#,
            r#","src":{"file":"a.rs","line":2,"column":3}"#,
        ] {
            let line = format!(
                r#"{{"seq":0,"t":1,"thread":1,"depth":0,"ph":"point","ev":"event_del","event":1{places_of_it}}}"#
            );
            let object: Map<String, Value> = serde_json::from_str(&line).unwrap();
            let record = Record::try_from(object).unwrap();
            for _ in 0..2 {
                let (mut alone, mut among) = (Vec::new(), Vec::new());
                record.json(&mut alone);
                record.json_among(&mut places, &mut among);
                assert_eq!(alone, among);
                let again: Value = serde_json::from_slice(&among).unwrap();
                assert_eq!(again, serde_json::from_str::<Value>(&line).unwrap());
            }
        }
    }

    #[test]
    fn spans_are_shown_with_a_fitting_unit() {
        assert_eq!(Nanos(183).to_string(), "183 ns");
        assert_eq!(Nanos(42_000).to_string(), "42.0 µs");
        assert_eq!(Nanos(7_100_000).to_string(), "7.1 ms");
        assert_eq!(Nanos(2_000_000_000).to_string(), "2.0 s");
    }
}
