//! What lies in each stretch of the trace, so that a jump passes over those that have nothing it looks
//! for: on a million steps it takes no longer than a frame.

use std::ops::Range;

use evscope_replay::{Chapter, Chapters, ObjectId, Trace};
use evscope_trace::{Lane, Phase};

use crate::work::facts::Sight;

/// Steps in a stretch. A jump looks at each stretch, and at each step of the few that may have it.
pub(crate) const STEPS: usize = Trace::STRETCH;

/// The stretches that a range of steps lies in, cut to the range.
pub(crate) fn stretches_of(steps: Range<usize>) -> impl DoubleEndedIterator<Item = Range<usize>> {
    let Range { start, end } = steps;
    let last = if start < end { end.div_ceil(STEPS) } else { 0 };
    (start / STEPS..last).map(move |n| (n * STEPS).max(start)..((n + 1) * STEPS).min(end))
}

/// What a jump looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    /// Anything.
    Any,
    /// What stands out in this way.
    Sight(Sight),
    /// A step about this object.
    Object(ObjectId),
    /// A step of a chapter of the walkthrough, but not of this one.
    ChapterBut(Option<Chapter>),
    /// A step of this chapter.
    Chapter(Chapter),
}

/// What there is in a stretch.
#[derive(Debug, Clone, Copy, Default)]
struct Stretch {
    sights: u8,
    chapters: u8,
}

/// The stretches of a trace so far. Which objects there are in each the trace itself knows.
#[derive(Debug, Default)]
pub(crate) struct Stretches {
    all: Vec<Stretch>,
    known: Chapters,
}

impl Stretches {
    /// Adds the next step.
    pub(crate) fn add(&mut self, trace: &Trace, step: usize, sights: impl Iterator<Item = Sight>) {
        if step.is_multiple_of(STEPS) {
            self.all.push(Stretch::default());
        }
        let sights = sights.map(bit_of_sight).fold(0, |all, bit| all | bit);
        self.all[step / STEPS].sights |= sights;
        self.note_chapter(trace, step);
        // A wait belongs to what comes after it: only now it is known which chapter that is.
        let waited = step.checked_sub(1).filter(|before| {
            trace.lane(*before) == Some(Lane::Kernel)
                && trace.phase(*before) == Some(Phase::Exit)
                && trace.begin(*before) != *before
        });
        if let Some(exit) = waited {
            self.note_chapter(trace, exit);
            self.note_chapter(trace, trace.begin(exit));
        }
    }

    fn note_chapter(&mut self, trace: &Trace, step: usize) {
        let chapter = self.known.of(trace, step);
        self.all[step / STEPS].chapters |= chapter.map_or(0, bit_of_chapter);
    }

    /// Whether the stretch that a step lies in may have what is looked for.
    pub(crate) fn may_have(&self, trace: &Trace, step: usize, goal: Goal) -> bool {
        let Some(stretch) = self.all.get(step / STEPS) else {
            // It was not looked at yet.
            return true;
        };
        match goal {
            Goal::Any => true,
            Goal::Sight(sight) => stretch.sights & bit_of_sight(sight) != 0,
            Goal::Chapter(chapter) => stretch.chapters & bit_of_chapter(chapter) != 0,
            Goal::ChapterBut(but) => stretch.chapters & !but.map_or(0, bit_of_chapter) != 0,
            Goal::Object(object) => trace.may_be_about(object, step),
        }
    }
}

fn bit_of_sight(sight: Sight) -> u8 {
    1 << sight as u8
}

fn bit_of_chapter(chapter: Chapter) -> u8 {
    1 << chapter.number()
}

#[cfg(test)]
mod tests {
    use evscope_replay::{chapter_of, navigate};

    use super::*;
    use crate::tests::HELLO_WORLD;

    /// The hello-world's steps again and again: several stretches, and one that is not full.
    #[test]
    fn no_stretch_is_passed_over_that_has_it() {
        let once = Trace::read(HELLO_WORLD.as_bytes(), "hello").unwrap();
        let mut trace = Trace::new("long", once.header().clone());
        for _ in 0..30 {
            for record in once.records() {
                let mut record = record.clone();
                record.seq = trace.len() as u64;
                trace.push(record);
            }
        }
        let mut stretches = Stretches::default();
        for step in 0..trace.len() {
            let sight = navigate::is_callback(&trace, step).then_some(Sight::Callback);
            stretches.add(&trace, step, sight.into_iter());
        }
        for step in 0..trace.len() {
            for object in ObjectId::all_of(&trace.record(step).objects) {
                assert!(
                    stretches.may_have(&trace, step, Goal::Object(object)),
                    "{object}"
                );
            }
            if let Some(chapter) = chapter_of(&trace, step) {
                assert!(stretches.may_have(&trace, step, Goal::Chapter(chapter)));
                assert!(stretches.may_have(&trace, step, Goal::ChapterBut(None)));
            }
            if navigate::is_callback(&trace, step) {
                assert!(stretches.may_have(&trace, step, Goal::Sight(Sight::Callback)));
            }
            assert!(!stretches.may_have(&trace, step, Goal::Object(ObjectId::Fd(12345))));
            assert!(!stretches.may_have(&trace, step, Goal::Sight(Sight::Watermark)));
        }
    }
}
