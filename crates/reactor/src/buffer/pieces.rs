//! Looking at the bytes of a chain: by places, in pieces, in one piece.

use std::collections::TryReserveError;
use std::io;
use std::ops::Range;

use super::chain::{Chain, Finger};
use super::file::EvbufferFileSegment;
use super::segment::Segment;

/// Who looks near the place that is known, or near the front, does not change what is known.
const NOT_WORTH_REMEMBERING: usize = 8;

impl Chain {
    /// The segments from the byte `from` on, and where the first of them begins.
    pub(super) fn segments_at(
        &self,
        from: usize,
    ) -> (usize, impl DoubleEndedIterator<Item = &Segment> + Clone) {
        let (at, begin) = self.place_of(from);
        (begin, self.segments_from(at))
    }

    /// Which segment the byte `from` is in, and where that begins. A place behind all bytes is in the last one.
    fn place_of(&self, from: usize) -> (usize, usize) {
        let origin = self.first_start();
        let known = self.finger.get();
        let mut place = if known.at > 0 && known.begin <= from.saturating_add(origin) {
            (known.at, known.begin - origin)
        } else {
            (0, 0)
        };
        let mut segments = self.segments_from(place.0);
        let mut walked = 0;
        while let Some(segment) = segments.next()
            && place.1 + segment.len() <= from
            && segments.clone().next().is_some()
        {
            place = (place.0 + 1, place.1 + segment.len());
            walked += 1;
        }
        if walked > NOT_WORTH_REMEMBERING {
            self.finger
                .set(Finger { at: place.0, begin: place.1 + origin });
        }
        place
    }

    /// The segments that the `len` bytes from `from` on lie in, whether or not they are in memory, and how many bytes
    /// of each come before them. The last one is whole.
    pub(super) fn extents(
        &self,
        from: usize,
        len: usize,
    ) -> impl Iterator<Item = (&Segment, usize)> {
        let (begin, segments) = self.segments_at(from);
        let mut skip = from - begin.min(from);
        let mut left = len;
        segments
            .map(move |segment| (segment, std::mem::take(&mut skip).min(segment.len())))
            .filter(|(segment, skipped)| *skipped < segment.len())
            .take_while(move |(segment, skipped)| {
                let wanted = left > 0;
                left = left.saturating_sub(segment.len() - skipped);
                wanted
            })
    }

    /// How many pieces [`Self::extents`] are, and how many bytes they have. To count all of them, none is looked at.
    pub(crate) fn count_extents(&self, from: usize, len: usize) -> (usize, usize) {
        let rest = self.len().saturating_sub(from);
        if len >= rest {
            let (at, _) = self.place_of(from);
            let pieces = if rest > 0 { self.filled_from(at) } else { 0 };
            return (pieces, rest);
        }
        self.extents(from, len)
            .fold((0, 0), |(pieces, bytes), (segment, skipped)| {
                (pieces + 1, bytes + segment.len() - skipped)
            })
    }

    /// The pieces from the byte `from` on, up to a part of a file that is not in memory.
    pub(crate) fn pieces_at(&self, from: usize) -> impl Iterator<Item = &[u8]> + Clone {
        let (begin, segments) = self.segments_at(from);
        let mut skip = from - begin.min(from);
        let there = segments.take_while(|segment| segment.unread_file().is_none());
        there.map(Segment::bytes).filter_map(move |bytes| {
            let skipped = std::mem::take(&mut skip).min(bytes.len());
            (skipped < bytes.len()).then(|| &bytes[skipped..])
        })
    }

    /// The pieces of the first `limit` bytes.
    pub(crate) fn pieces_up_to(&self, mut limit: usize) -> impl Iterator<Item = &[u8]> {
        self.pieces().map_while(move |piece| {
            let taken = piece.len().min(limit);
            limit -= taken;
            (taken > 0).then_some(&piece[..taken])
        })
    }

    /// The bytes in the first segment, at most `limit`.
    pub(crate) fn first_piece(&self, limit: usize) -> &[u8] {
        let first = self.first().bytes();
        &first[..first.len().min(limit)]
    }

    /// The pieces in front of the first part of a file that the kernel sends, together at most `limit` bytes.
    pub(crate) fn pieces_to_write(&self, mut limit: usize) -> impl Iterator<Item = &[u8]> {
        self.segments_from(0)
            .take_while(|segment| segment.sent_file().is_none())
            .map(Segment::bytes)
            .filter(|bytes| !bytes.is_empty())
            .map_while(move |piece| {
                let taken = piece.len().min(limit);
                limit -= taken;
                (taken > 0).then_some(&piece[..taken])
            })
    }

    /// Copies the bytes from `offset` on to `out`; returns how many there were in memory.
    pub(crate) fn copy_out_from(&self, offset: usize, out: &mut [u8]) -> usize {
        let mut done = 0;
        for piece in self.pieces_at(offset) {
            let n = piece.len().min(out.len() - done);
            out[done..done + n].copy_from_slice(&piece[..n]);
            done += n;
            if done == out.len() {
                break;
            }
        }
        done
    }

    /// Makes the first `n` bytes one piece and returns it, or `None` if there are fewer.
    pub(crate) fn pullup(&mut self, n: usize) -> Result<Option<&[u8]>, TryReserveError> {
        if n > self.len() {
            return Ok(None);
        }
        if n > self.contiguous_len() {
            self.join_front(n)?;
        }
        Ok(self
            .segments_from(0)
            .next()
            .map(|first| &first.bytes()[..n]))
    }

    /// The part of a file at the front, if the kernel is to send it: the file segment, and where in it the bytes are.
    pub(crate) fn file_in_front(&self) -> Option<(&EvbufferFileSegment, Range<usize>)> {
        let first = self.segments_from(0).next()?;
        let (file, start) = first.sent_file()?;
        Some((file, start..start + first.len()))
    }

    /// Reads what is a part of a file and not in memory yet, of the `len` bytes from `from` on.
    pub(crate) fn read_files(&self, from: usize, len: usize) -> io::Result<()> {
        if !self.files.get() {
            return Ok(());
        }
        let (mut begin, segments) = self.segments_at(from);
        let end = from.saturating_add(len);
        for segment in segments {
            if begin >= end {
                break;
            }
            begin += segment.len();
            if let Some((file, _)) = segment.unread_file() {
                file.read()?;
            }
        }
        self.files.set(from > 0 || end < self.len());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    /// Numbers that look like chance and are the same each time.
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, end: usize) -> usize {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (self.0 >> 33) as usize % end
        }
    }

    fn bytes(chain: &Chain) -> Vec<u8> {
        chain.pieces().collect::<Vec<_>>().concat()
    }

    /// Without sockets and loops, so that it also runs where there are none (Miri).
    #[test]
    fn two_chains_hold_what_two_vectors_do() {
        // Miri is slow.
        const STEPS: usize = if cfg!(miri) { 150 } else { 5000 };
        const MOST: usize = if cfg!(miri) { 600 } else { 3000 };
        let mut numbers = Numbers(1);
        let mut chains = [Chain::default(), Chain::default()];
        let mut vectors = [Vec::new(), Vec::new()];
        let data: Vec<u8> = (0..=255).cycle().take(MOST).collect();
        for step in 0..STEPS {
            let at = numbers.below(2);
            let [first, second] = &mut chains;
            let (chain, other) = if at == 0 {
                (first, second)
            } else {
                (second, first)
            };
            let [first, second] = &mut vectors;
            let (vector, others) = if at == 0 {
                (first, second)
            } else {
                (second, first)
            };
            let n = numbers.below([4, 40, MOST][step % 3]);
            match numbers.below(11) {
                0 | 1 => {
                    chain.add(&data[..n]);
                    vector.extend_from_slice(&data[..n]);
                }
                2 => {
                    chain.prepend(&data[..n]);
                    vector.splice(..0, data[..n].iter().copied());
                }
                3 | 4 => {
                    let drained = chain.drain(n);
                    assert_eq!(vector.drain(..n.min(vector.len())).count(), drained);
                }
                5 => {
                    if n < other.len() {
                        let left = chain.take_front(other, n);
                        assert_eq!(other.drain(left), left);
                    } else {
                        chain.append_chain(other);
                    }
                    vector.extend(others.drain(..n.min(others.len())));
                }
                6 => {
                    chain.prepend_chain(other);
                    vector.splice(..0, others.drain(..));
                }
                7 => {
                    let front = chain.pullup(n).unwrap().map(<[u8]>::to_vec);
                    assert_eq!(front.as_deref(), vector.get(..n));
                }
                8 if vector.len() + others.len() < 4 * MOST => {
                    // What it has of the first itself it cannot give back.
                    if let Some(shared) = other.share() {
                        shared.into_iter().for_each(|segment| chain.push(segment));
                        vector.extend_from_slice(others);
                    }
                }
                9 => {
                    chain.push(Segment::shared(Rc::new(data[..n].to_vec())));
                    vector.extend_from_slice(&data[..n]);
                }
                _ => {
                    let from = numbers.below(vector.len() + 10);
                    for len in [n, usize::MAX] {
                        let pieces: Vec<usize> = chain
                            .extents(from, len)
                            .map(|(segment, skipped)| segment.len() - skipped)
                            .collect();
                        let bytes = pieces.iter().sum::<usize>();
                        assert_eq!(chain.count_extents(from, len), (pieces.len(), bytes));
                        let rest = vector.len().saturating_sub(from);
                        assert!(bytes <= rest && bytes >= rest.min(len), "step {step}");
                    }
                    let mut out = vec![0; n];
                    let got = chain.copy_out_from(from, &mut out);
                    let rest = vector.get(from..).unwrap_or(&[]);
                    assert_eq!(&out[..got], &rest[..n.min(rest.len())]);
                }
            }
            assert_eq!((chain.len(), other.len()), (vector.len(), others.len()));
            assert!(bytes(chain) == *vector && bytes(other) == *others, "step {step}");
        }
    }
}
