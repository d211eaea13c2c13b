//! Making a scenario shorter, as long as it differs.

use super::generate::Text;

/// The most that are tried.
const MOST_TRIES: usize = 250;

/// Leaves out as much as can be left out.
pub(crate) fn shrink(text: &Text, differs: impl Fn(&Text) -> bool) -> Text {
    let mut best = text.clone();
    let mut tries = 0;
    let mut attempt = |best: &mut Text, shorter: Text| {
        tries += 1;
        let better = tries < MOST_TRIES && differs(&shorter);
        if better {
            *best = shorter;
        }
        better
    };
    loop {
        let before = best.lines();
        // Whole parts, the last ones first; `main` stays.
        for part in (1..best.parts.len()).rev() {
            let mut shorter = best.clone();
            shorter.parts.remove(part);
            attempt(&mut best, shorter);
        }
        // Then lines, many at once at first.
        for size in [8, 4, 2, 1] {
            let mut part = best.parts.len();
            while part > 0 {
                part -= 1;
                let mut end = best.parts[part].1.len();
                while end > 0 {
                    let start = end.saturating_sub(size);
                    let mut shorter = best.clone();
                    shorter.parts[part].1.drain(start..end);
                    attempt(&mut best, shorter);
                    end = start;
                }
            }
        }
        if best.lines() == before {
            return best;
        }
    }
}
