//! The clock that recorded programs read: this process draws a line through what the processor's counter and the
//! system's clock say, and draws it on while it listens.

use evscope_wire::{CLOCK_SOURCE, Clock, Line, Moment, SHIFT, counter, is_a_clock};

/// Draws the line.
#[derive(Debug)]
pub(crate) struct Pacer {
    /// Where it all began: the farther away, the better is known how long a tick is.
    first: Moment,
    /// As it was drawn last.
    line: Option<Line>,
}

/// How far a line is drawn, in nanoseconds. Within that time, too, it comes back to the system's clock.
const REACH: u64 = 1_000_000_000;
/// How often it is drawn anew.
const OFTEN: u64 = 20_000_000;
/// Two moments nearer to each other do not say how long a tick is.
const APART: u64 = 200_000;
/// How far it may be from the system's clock. Beyond, one of the two was set, or stood still.
const NEAR: i64 = 1_000_000;

impl Pacer {
    /// `None`: the counter of this machine is no clock.
    pub(crate) fn new() -> Option<Self> {
        let source = std::fs::read_to_string(CLOCK_SOURCE).ok()?;
        is_a_clock(&source).then(|| Self {
            first: moment(),
            line: None,
        })
    }

    /// Draws the line on, if it is time.
    pub(crate) fn draw(&mut self, clock: &Clock) {
        let drawn = self.line.map_or(self.first, |line| line.from);
        let wait = if self.line.is_some() { OFTEN } else { APART };
        let now = moment();
        if now.ns.saturating_sub(drawn.ns) < wait {
            return;
        }
        let line = self.line_from(now);
        clock.draw(line, REACH * (1 << SHIFT) / line.pace.max(1));
        self.line = Some(line);
    }

    /// The line from now on. It goes on where the last one is, so that time never goes back.
    fn line_from(&mut self, now: Moment) -> Line {
        let true_line = Line {
            from: now,
            pace: Line::between(self.first, now).pace,
        };
        let Some(last) = self.line else {
            return true_line;
        };
        let said = last.after(now.ticks.saturating_sub(last.from.ticks));
        let behind = now.ns.wrapping_sub(said) as i64;
        if behind.abs() > NEAR {
            self.first = last.from;
            return Line {
                from: now,
                pace: last.pace,
            };
        }
        let from = Moment { ns: said, ..now };
        let pace = i128::from(true_line.pace) * i128::from(REACH as i64 + behind);
        Line {
            from,
            pace: (pace / i128::from(REACH)) as u64,
        }
    }
}

/// Now, by both clocks, as near to each other as can be.
fn moment() -> Moment {
    const TRIES: usize = 3;
    let look = || {
        let before = counter();
        let ns = super::recording::now();
        let took = counter().wrapping_sub(before);
        let ticks = before.wrapping_add(took / 2);
        (took, Moment { ticks, ns })
    };
    let looks = [(); TRIES].map(|()| look());
    let [first, ..] = looks;
    looks
        .into_iter()
        .fold(
            first,
            |best, look| if look.0 < best.0 { look } else { best },
        )
        .1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pacer at the line that a clock has which goes `off` in a million too quickly, for a while.
    fn drawn_on(off: u64, turns: u64) -> Vec<(u64, u64)> {
        const TICKS: u64 = 3;
        let first = Moment {
            ticks: 500,
            ns: 1000,
        };
        let mut pacer = Pacer { first, line: None };
        (1..=turns)
            .map(|turn| {
                let passed = turn * OFTEN;
                let ns = first.ns + passed + passed / 1_000_000 * off;
                let now = Moment {
                    ticks: first.ticks + passed * TICKS,
                    ns,
                };
                let before = pacer.line;
                let line = pacer.line_from(now);
                if let Some(before) = before {
                    let said = before.after(now.ticks - before.from.ticks);
                    assert_eq!(line.from.ns, said, "it goes on where it was");
                }
                pacer.line = Some(line);
                (line.from.ns, ns)
            })
            .collect()
    }

    #[test]
    fn the_line_stays_with_the_clock() {
        for off in [0, 50, 500] {
            for (said, ns) in drawn_on(off, 1000) {
                assert!(said.abs_diff(ns) < 1000, "{said} {ns}, {off} off");
            }
        }
    }

    #[test]
    fn a_clock_that_was_set_is_followed() {
        let first = Moment { ticks: 0, ns: 0 };
        let mut pacer = Pacer { first, line: None };
        let at = |ms: u64, ns: u64| Moment {
            ticks: ms * 3_000_000,
            ns,
        };
        pacer.line = Some(pacer.line_from(at(20, 20_000_000)));
        // The machine slept, and the counter with it, but not the clock.
        let line = pacer.line_from(at(40, 90_000_000_000));
        assert_eq!(line.from.ns, 90_000_000_000);
        let later = line.after(20 * 3_000_000);
        assert!(later.abs_diff(90_020_000_000) < 10, "{later}");
    }

    #[test]
    fn recorded_programs_read_it() {
        let Some(mut pacer) = Pacer::new() else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let ring = crate::ring::Ring::create(
            &folder.path().join("ring"),
            1 << 13,
            std::path::Path::new("spool"),
        );
        let ring = ring.unwrap();
        let clock = &ring.control().clock;
        assert_eq!(clock.now(), None);
        std::thread::sleep(std::time::Duration::from_millis(5));
        pacer.draw(clock);
        // It may take long from one to the next.
        let near = (0..1000).any(|_| {
            let before = crate::recording::now();
            let now = clock.now().unwrap_or_default();
            (before.saturating_sub(5_000)..crate::recording::now() + 5_000).contains(&now)
        });
        assert!(near);
    }
}
