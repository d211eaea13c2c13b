//! The time of records. To read a clock is what a record costs most, so the traced thread only notes the processor's
//! own counter where the operating system trusts it; nanoseconds are made of that when the records leave the thread.

use std::sync::OnceLock;
use std::time::Instant;

pub(super) use evscope_wire::counter;
use evscope_wire::{CLOCK_SOURCE, Line, Moment, is_a_clock};

/// The clock of one recording.
#[derive(Debug)]
pub(super) struct Ticks {
    began: Instant,
    counter: bool,
    /// When the records in hand began.
    from: Moment,
}

/// The stretch in which some records were made.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stretch {
    /// Their times are nanoseconds already.
    Nanos,
    /// Their times are ticks; within the stretch these pass evenly.
    Ticks(Between),
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Between {
    line: Line,
    to: Moment,
}

impl Between {
    fn new(from: Moment, to: Moment) -> Self {
        Self { line: Line::between(from, to), to }
    }
}

impl Ticks {
    pub(super) fn new(began: Instant) -> Self {
        let counter = counter_is_a_clock();
        let mut ticks = Self { began, counter, from: Moment { ticks: 0, ns: 0 } };
        ticks.from = ticks.moment();
        ticks
    }

    /// Whether a record notes the processor's counter.
    pub(super) fn by_counter(&self) -> bool {
        self.counter
    }

    /// Now, as a record notes it.
    #[inline]
    pub(super) fn now(&self) -> u64 {
        if self.counter {
            counter()
        } else {
            self.nanos()
        }
    }

    fn nanos(&self) -> u64 {
        crate::event::nanos(self.began.elapsed())
    }

    fn moment(&self) -> Moment {
        Moment { ticks: self.now(), ns: self.nanos() }
    }

    /// From the last end of a stretch until now.
    pub(super) fn stretch(&self) -> Stretch {
        if !self.counter {
            return Stretch::Nanos;
        }
        Stretch::Ticks(Between::new(self.from, self.moment()))
    }

    /// The same, and the next one begins where this ends.
    pub(super) fn end_stretch(&mut self) -> Stretch {
        let stretch = self.stretch();
        if let Stretch::Ticks(between) = stretch {
            self.from = between.to;
        }
        stretch
    }
}

impl Stretch {
    /// The time of a record in nanoseconds.
    pub(super) fn nanos(self, noted: u64) -> u64 {
        let Self::Ticks(Between { line, to }) = self else {
            return noted;
        };
        let all = to.ticks.saturating_sub(line.from.ticks);
        // Another processor's counter may be behind by a few.
        line.after(noted.saturating_sub(line.from.ticks).min(all))
    }
}

/// Whether the counter is a clock here.
fn counter_is_a_clock() -> bool {
    static IS_A_CLOCK: OnceLock<bool> = OnceLock::new();
    *IS_A_CLOCK
        .get_or_init(|| std::fs::read_to_string(CLOCK_SOURCE).is_ok_and(|name| is_a_clock(&name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_become_the_nanoseconds_between() {
        let from = Moment { ticks: 1000, ns: 50 };
        let to = Moment { ticks: 3000, ns: 1050 };
        let stretch = Stretch::Ticks(Between::new(from, to));
        let times = [1000, 2000, 3000, 0, 9999].map(|noted| stretch.nanos(noted));
        assert_eq!(times, [50, 550, 1050, 50, 1050]);
        assert_eq!(Stretch::Nanos.nanos(7), 7);
        let nothing = Stretch::Ticks(Between::new(from, from));
        assert_eq!(nothing.nanos(1000), 50);
    }

    #[test]
    fn stretches_follow_each_other_and_are_as_long_as_the_clock_says() {
        let began = Instant::now();
        let mut ticks = Ticks::new(began);
        let noted = ticks.now();
        std::thread::sleep(std::time::Duration::from_millis(5));
        let later = ticks.now();
        let stretch = ticks.end_stretch();
        let all = crate::event::nanos(began.elapsed());
        let (first, second) = (stretch.nanos(noted), stretch.nanos(later));
        assert!(second - first >= 4_900_000, "{first} {second}");
        assert!(second <= all, "{second} {all}");
        let noted = ticks.now();
        assert!(ticks.end_stretch().nanos(noted) >= second);
    }
}
