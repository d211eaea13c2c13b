//! What is known of the bytes in a buffer.

use std::collections::VecDeque;
use std::fmt;

use evscope_trace::Payload;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::packed::{Packed, Packing, Unpacking};

/// A run of bytes in a buffer. In JSON: `{"text":"Hello"}` or `{"hex":"00ff"}` as payloads are in a
/// trace, or `{"unknown":12}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// These bytes.
    Known(Vec<u8>),
    /// So many bytes of which the trace does not tell.
    Unknown(u64),
}

impl Segment {
    /// How many bytes it stands for.
    pub fn len(&self) -> u64 {
        match self {
            Self::Known(bytes) => bytes.len() as u64,
            Self::Unknown(len) => *len,
        }
    }

    /// Whether it stands for none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Serialize for Segment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(bytes) => Payload::new(bytes, bytes.len()).serialize(serializer),
            Self::Unknown(len) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("unknown", len)?;
                map.end()
            }
        }
    }
}

/// What is known of a buffer's bytes, from the payloads in the trace: runs of known and of unknown
/// bytes, the front first. Beyond the first [`Content::MOST`] known bytes all count as unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    segments: VecDeque<Segment>,
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.segments)
    }
}

impl Packed for Content {
    fn pack(&self, to: &mut Packing<'_>) {
        to.number(self.segments.len() as u64);
        for segment in &self.segments {
            match segment {
                Segment::Known(bytes) => {
                    true.pack(to);
                    to.bytes(bytes);
                }
                Segment::Unknown(len) => {
                    false.pack(to);
                    to.number(*len);
                }
            }
        }
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Self> {
        let mut segments = VecDeque::new();
        for _ in 0..from.number()? {
            segments.push_back(match bool::unpack(from)? {
                true => Segment::Known(from.bytes()?.to_vec()),
                false => Segment::Unknown(from.number()?),
            });
        }
        Some(Self { segments })
    }
}

impl Content {
    /// How many known bytes of a buffer are kept: as much as a view shows at once.
    pub const MOST: usize = 256;

    /// So many bytes can be broken into at most this many runs before the rest is given up.
    const MOST_SEGMENTS: usize = 16;

    /// The runs, the front first.
    pub fn segments(&self) -> impl Iterator<Item = &Segment> {
        self.segments.iter()
    }

    /// How many bytes there are.
    pub fn len(&self) -> u64 {
        self.segments
            .iter()
            .fold(0, |sum, segment| sum.saturating_add(segment.len()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// The bytes at the front, as far as they are known without a gap.
    pub fn head(&self) -> &[u8] {
        match self.segments.front() {
            Some(Segment::Known(bytes)) => bytes,
            _ => &[],
        }
    }

    /// `len` bytes of which nothing is known.
    pub(super) fn unknown(len: u64) -> Self {
        let mut content = Self::default();
        content.push(Segment::Unknown(len));
        content
    }

    /// `len` bytes of which a payload tells the first ones.
    pub(super) fn of(data: Option<&Payload>, len: u64) -> Self {
        let mut content = Self::default();
        if let Some(payload) = data {
            let kept = payload
                .bytes
                .len()
                .min(usize::try_from(len).unwrap_or(usize::MAX));
            content.push(Segment::Known(payload.bytes[..kept].to_vec()));
        }
        let known = content.len();
        content.push(Segment::Unknown(len - known));
        content
    }

    /// Puts `other` behind it.
    pub(super) fn append(&mut self, other: Self) {
        for segment in other.segments {
            self.push(segment);
        }
    }

    /// Takes `len` bytes from the front.
    pub(super) fn take(&mut self, len: u64) -> Self {
        let mut taken = Self::default();
        let mut left = len;
        while left > 0 {
            let Some(segment) = self.segments.pop_front() else {
                break;
            };
            if segment.len() <= left {
                left -= segment.len();
                taken.push(segment);
                continue;
            }
            let (front, back) = match segment {
                Segment::Known(mut bytes) => {
                    // `left` is less than the segment's length here, so it fits.
                    let back = bytes.split_off(left as usize);
                    (Segment::Known(bytes), Segment::Known(back))
                }
                Segment::Unknown(len) => (Segment::Unknown(left), Segment::Unknown(len - left)),
            };
            taken.push(front);
            self.segments.push_front(back);
            left = 0;
        }
        taken
    }

    /// Puts a run at the end, joined with the last one where they are alike, so that equal contents are
    /// equal values.
    fn push(&mut self, segment: Segment) {
        let known: usize = self
            .segments
            .iter()
            .map(|segment| match segment {
                Segment::Known(bytes) => bytes.len(),
                Segment::Unknown(_) => 0,
            })
            .sum();
        let room = if self.segments.len() < Self::MOST_SEGMENTS {
            Self::MOST - known.min(Self::MOST)
        } else {
            0
        };
        match segment {
            Segment::Unknown(len) => self.push_unknown(len),
            Segment::Known(mut bytes) => {
                let given_up = bytes.len().saturating_sub(room) as u64;
                bytes.truncate(room);
                match self.segments.back_mut() {
                    Some(Segment::Known(last)) => last.extend(bytes),
                    _ if bytes.is_empty() => {}
                    _ => self.segments.push_back(Segment::Known(bytes)),
                }
                self.push_unknown(given_up);
            }
        }
    }

    fn push_unknown(&mut self, len: u64) {
        match self.segments.back_mut() {
            _ if len == 0 => {}
            Some(Segment::Unknown(last)) => *last = last.saturating_add(len),
            _ => self.segments.push_back(Segment::Unknown(len)),
        }
    }
}

impl fmt::Display for Content {
    /// Known bytes in quotes, escaped; unknown ones as `(12 bytes)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, segment) in self.segments.iter().enumerate() {
            if i > 0 {
                f.write_str(" ")?;
            }
            match segment {
                Segment::Known(bytes) => write!(f, "\"{}\"", bytes.escape_ascii())?,
                Segment::Unknown(1) => f.write_str("(1 byte)")?,
                Segment::Unknown(len) => write!(f, "({len} bytes)")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(bytes: usize) -> Content {
        let bytes = vec![b'x'; bytes];
        Content::of(Some(&Payload::new(&bytes, bytes.len())), bytes.len() as u64)
    }

    fn lengths(content: &Content) -> Vec<(bool, u64)> {
        let told = |segment: &Segment| (matches!(segment, Segment::Known(_)), segment.len());
        content.segments().map(told).collect()
    }

    #[test]
    fn a_run_has_as_many_bytes_as_it_stands_for() {
        for (segment, len) in [
            (Segment::Known(b"abc".to_vec()), 3),
            (Segment::Unknown(2), 2),
            (Segment::Unknown(0), 0),
        ] {
            assert_eq!(segment.len(), len);
            assert_eq!(segment.is_empty(), len == 0);
        }
    }

    #[test]
    fn what_is_alike_is_one_run_and_nothing_is_none() {
        let mut content = Content::unknown(0);
        content.append(known(0));
        assert!(content.is_empty());
        content.append(Content::unknown(2));
        content.append(Content::unknown(3));
        content.append(known(1));
        content.append(known(4));
        assert!(!content.is_empty());
        assert_eq!(lengths(&content), [(false, 5), (true, 5)]);
    }

    #[test]
    fn bytes_are_taken_from_the_front_and_the_rest_stays() {
        let mut content = known(2);
        content.append(Content::unknown(10));
        assert_eq!(lengths(&content.take(5)), [(true, 2), (false, 3)]);
        assert_eq!(lengths(&content), [(false, 7)]);
        assert_eq!(content.take(9).len(), 7, "no more than there are");
        assert!(content.is_empty());
    }

    #[test]
    fn so_many_bytes_are_kept_and_of_the_others_only_that_they_are_there() {
        let mut content = known(Content::MOST - 6);
        content.append(Content::unknown(1));
        content.append(known(10));
        content.append(known(10));
        let most = Content::MOST as u64;
        assert_eq!(
            lengths(&content),
            [(true, most - 6), (false, 1), (true, 6), (false, 14)]
        );
        // Also where they were one run.
        let mut whole = known(Content::MOST - 6);
        whole.append(known(10));
        assert_eq!(lengths(&whole), [(true, most), (false, 4)]);
    }

    #[test]
    fn what_is_broken_into_many_runs_is_given_up() {
        let mut content = Content::default();
        for _ in 0..Content::MOST_SEGMENTS {
            content.append(known(1));
            content.append(Content::unknown(1));
        }
        assert_eq!(content.len(), 2 * Content::MOST_SEGMENTS as u64);
        assert_eq!(content.segments().count(), Content::MOST_SEGMENTS);
    }
}
