//! What each client does. All of it follows from its number, so both sides know it, and a failure comes again.

use std::time::Duration;

/// What a client does with its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Reads everything back, and hangs up.
    Plain,
    /// Says that it has sent everything, and reads until the server hangs up.
    HalfClose,
    /// Reads a little at a time, with pauses.
    Slow,
    /// Throws the connection away in the middle.
    Reset,
}

/// One client's connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    seed: u64,
    pub(crate) manner: Manner,
    /// Bytes that it sends.
    pub(crate) total: usize,
}

impl Plan {
    pub(crate) fn of(number: usize) -> Self {
        let seed = mixed(number as u64 ^ 0x5eed);
        let manner = match seed % 10 {
            0 => Manner::Reset,
            1 | 2 => Manner::HalfClose,
            3 | 4 => Manner::Slow,
            _ => Manner::Plain,
        };
        let most = match manner {
            Manner::Slow => 16 * 1024,
            Manner::Plain | Manner::HalfClose | Manner::Reset => 48 * 1024,
        };
        Self { seed, manner, total: 1 + (seed >> 8) as usize % most }
    }

    /// The bytes at `from`, as many as a piece has that is sent at once.
    pub(crate) fn piece(&self, from: usize) -> Vec<u8> {
        let most = 1 + mixed(self.seed ^ from as u64) as usize % 6000;
        self.bytes(from, most.min(self.total - from))
    }

    pub(crate) fn bytes(&self, from: usize, len: usize) -> Vec<u8> {
        let byte = |at: usize| mixed(self.seed ^ (at as u64 / 8)).to_le_bytes()[at % 8];
        (from..from + len).map(byte).collect()
    }

    /// After so many bytes the connection is thrown away.
    pub(crate) fn resets_after(&self) -> usize {
        self.total / 2
    }

    /// How long a slow reader rests, having read `so_far`.
    pub(crate) fn rest(&self, so_far: usize) -> Duration {
        Duration::from_millis(1 + mixed(self.seed ^ so_far as u64) % 4)
    }
}

/// A number that looks like none of its neighbours' (the finalizer of SplitMix64).
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
