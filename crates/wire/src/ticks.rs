//! The processor's counter as a clock. To ask the system for the time is most of what a record costs, so a thread that is
//! recorded looks at the counter; where that passes evenly, nanoseconds follow from it.

use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicU64, fence};

/// Where Linux says what its own clock is read from.
pub const CLOCK_SOURCE: &str = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

/// Whether the counter passes evenly and is the same on all processors, by what [`CLOCK_SOURCE`] says. Linux finds out, and
/// keeps watching, before it takes it for its own clock.
pub fn is_a_clock(source: &str) -> bool {
    cfg!(all(target_arch = "x86_64", not(miri))) && source.trim_ascii() == "tsc"
}

/// The counter of the processor.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub fn counter() -> u64 {
    // SAFETY: every processor of this kind has it, and to read it changes nothing.
    unsafe { core::arch::x86_64::_rdtsc() }
}

/// There is none that is known.
#[cfg(not(target_arch = "x86_64"))]
pub fn counter() -> u64 {
    0
}

/// A moment by both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// What the counter says.
    pub ticks: u64,
    /// What the system's clock says.
    pub ns: u64,
}

/// What makes nanoseconds of ticks: a moment, and how long a tick is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Where it begins.
    pub from: Moment,
    /// Nanoseconds a tick, times 2 to the power of [`SHIFT`].
    pub pace: u64,
}

/// With so many bits behind the point, the length of a tick is known better than the clocks go.
pub const SHIFT: u32 = 32;

impl Line {
    /// Through two moments.
    pub fn between(from: Moment, to: Moment) -> Self {
        let ticks = to.ticks.saturating_sub(from.ticks).max(1);
        let ns = to.ns.saturating_sub(from.ns);
        let pace = (u128::from(ns) << SHIFT) / u128::from(ticks);
        Self {
            from,
            pace: pace as u64,
        }
    }

    /// So many ticks after its begin.
    #[inline(always)]
    pub fn after(self, ticks: u64) -> u64 {
        self.from.ns + ((u128::from(ticks) * u128::from(self.pace)) >> SHIFT) as u64
    }
}

/// A line that one process draws on and others read, which it may draw anew meanwhile. It is good for a while only: a
/// process that is stopped, or killed, draws no more.
#[repr(C, align(64))]
pub struct Clock {
    /// How often it was drawn, twice; odd in between.
    drawn: AtomicU64,
    ticks: AtomicU64,
    ns: AtomicU64,
    pace: AtomicU64,
    /// For so many ticks.
    reach: AtomicU64,
}

impl Clock {
    /// Draws a line, which is good for so many ticks after its begin. Only one thread may do so.
    pub fn draw(&self, line: Line, reach: u64) {
        let drawn = self.drawn.load(Relaxed);
        self.drawn.store(drawn.wrapping_add(1), Relaxed);
        fence(Release);
        self.ticks.store(line.from.ticks, Relaxed);
        self.ns.store(line.from.ns, Relaxed);
        self.pace.store(line.pace, Relaxed);
        self.reach.store(reach, Relaxed);
        self.drawn.store(drawn.wrapping_add(2), Release);
    }

    /// The time, if the line says it now. Nobody waits for who draws it.
    #[inline(always)]
    pub fn now(&self) -> Option<u64> {
        let drawn = self.drawn.load(Acquire);
        let from = Moment {
            ticks: self.ticks.load(Relaxed),
            ns: self.ns.load(Relaxed),
        };
        let line = Line {
            from,
            pace: self.pace.load(Relaxed),
        };
        let reach = self.reach.load(Relaxed);
        fence(Acquire);
        let whole = self.drawn.load(Relaxed) == drawn && drawn & 1 == 0;
        if !whole || reach == 0 {
            return None;
        }
        let passed = counter().wrapping_sub(from.ticks);
        (passed < reach).then(|| line.after(passed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: Moment = Moment {
        ticks: 1000,
        ns: 50,
    };

    #[test]
    fn ticks_become_the_nanoseconds_between() {
        let line = Line::between(
            FROM,
            Moment {
                ticks: 3000,
                ns: 1050,
            },
        );
        assert_eq!(
            [0, 1000, 2000].map(|ticks| line.after(ticks)),
            [50, 550, 1050]
        );
        assert_eq!(Line::between(FROM, FROM).after(7), 50);
    }

    #[test]
    fn a_clock_says_the_time_as_long_as_its_line_is_good() {
        let clock = Clock {
            drawn: AtomicU64::new(0),
            ticks: AtomicU64::new(0),
            ns: AtomicU64::new(0),
            pace: AtomicU64::new(0),
            reach: AtomicU64::new(0),
        };
        assert_eq!(clock.now(), None, "nobody has drawn");
        let ns = |ns| Line {
            from: Moment {
                ticks: counter(),
                ns,
            },
            pace: 0,
        };
        clock.draw(ns(7), u64::MAX);
        assert_eq!(clock.now(), Some(7));
        clock.draw(ns(8), u64::MAX);
        assert_eq!(clock.now(), Some(8));
        clock.draw(ns(9), 0);
        assert_eq!(clock.now(), None, "its time is over");
        clock.draw(ns(10), u64::MAX);
        clock.drawn.fetch_add(1, Relaxed);
        assert_eq!(clock.now(), None, "who draws it was killed meanwhile");
    }
}
