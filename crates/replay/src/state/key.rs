//! What objects are found by in a [`Trie`](super::trie::Trie): ids, as numbers whose order is theirs.

use evscope_trace::{BaseId, BevId, BufId, EventId, ListenerId};

use super::Watched;

/// So many bits of a number lead from one node of a trie to the next. With five it is as quick, and a trace of ids that
/// are far from each other takes a third more memory.
pub(super) const BITS: u32 = 4;

/// An id, of which each node of a trie looks at some bits of its number.
pub trait Key: Copy + Ord {
    /// Its place in a node that begins at an id and looks at the bits from `shift` on; if the node does not reach
    /// it, a place beyond the node's end.
    fn place(self, first: Self, shift: u32) -> usize;

    /// Where a node begins that looks at the bits from `shift` on and reaches it.
    fn first(self, shift: u32) -> Self;

    /// The id at a place of the lowest node that begins here.
    fn plus(self, place: usize) -> Self;
}

macro_rules! ids {
    ($($id:ident),*) => {$(
        impl Key for $id {
            #[inline]
            fn place(self, first: Self, shift: u32) -> usize {
                ((self.0 ^ first.0) >> shift) as usize
            }

            fn first(self, shift: u32) -> Self {
                Self(self.0 >> shift >> BITS << BITS << shift)
            }

            #[inline]
            fn plus(self, place: usize) -> Self {
                Self(self.0 | place as u32)
            }
        }
    )*};
}

ids!(BaseId, EventId, BevId, BufId, ListenerId);

impl Watched {
    /// An unknown base is before all others, a negative fd before the rest.
    fn number(self) -> u128 {
        let base = self.base.map_or(0, |base| u128::from(base.0) + 1);
        base << 32 | u128::from(self.fd.cast_unsigned() ^ 1 << 31)
    }

    fn numbered(number: u128) -> Self {
        let base = (number >> 32) as u64;
        Self {
            base: base.checked_sub(1).map(|base| BaseId(base as u32)),
            fd: (number as u32 ^ 1 << 31).cast_signed(),
        }
    }
}

impl Key for Watched {
    fn place(self, first: Self, shift: u32) -> usize {
        let place = (self.number() ^ first.number()) >> shift;
        usize::try_from(place).unwrap_or(usize::MAX)
    }

    fn first(self, shift: u32) -> Self {
        Self::numbered(self.number() >> shift >> BITS << BITS << shift)
    }

    fn plus(self, place: usize) -> Self {
        Self::numbered(self.number() | place as u128)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_watched_fds_are_in_their_order_and_lead_back() {
        let bases = [None, Some(0), Some(1), Some(u32::MAX - 1), Some(u32::MAX)];
        let fds = [i32::MIN, -1, 0, 1, i32::MAX];
        let all: Vec<Watched> = bases
            .into_iter()
            .flat_map(|base| fds.map(|fd| (base.map(BaseId), fd)))
            .map(|(base, fd)| Watched { base, fd })
            .collect();
        assert!(all.is_sorted());
        assert!(all.is_sorted_by(|one, other| one.number() < other.number()));
        for watched in all {
            assert_eq!(Watched::numbered(watched.number()), watched);
        }
    }

    #[test]
    fn a_node_reaches_the_ids_with_which_it_shares_the_higher_bits() {
        let id = BufId(0xffff_ffff);
        for (shift, first, place) in [(0, 0xffff_fff0, 15), (24, 0xf000_0000, 15), (28, 0, 15)] {
            assert_eq!(id.first(shift), BufId(first));
            assert_eq!(id.place(BufId(first), shift), place);
        }
        assert_eq!(BufId(15).place(BufId(0), 0), 15);
        assert_eq!(BufId(16).place(BufId(0), 0), 16);
        assert_eq!(BufId(64).plus(3), BufId(67));
    }
}
