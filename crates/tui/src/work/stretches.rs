//! What lies in each stretch of the trace, so that a jump passes over those that have nothing it looks
//! for: on a million steps it takes no longer than a frame.

use std::collections::HashSet;
use std::ops::Range;

use evscope_replay::{Chapter, ObjectId, Trace, chapter_of};

use crate::work::facts::Sight;

/// Steps in a stretch. A jump looks at each stretch, and at each step of the few that may have it.
pub(crate) const STEPS: usize = 1024;

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
#[derive(Debug, Default)]
struct Stretch {
    /// Sorted.
    objects: Box<[ObjectId]>,
    sights: u8,
    chapters: u8,
}

/// The stretches of a trace so far.
#[derive(Debug, Default)]
pub(crate) struct Stretches {
    full: Vec<Stretch>,
    /// How many steps have been added.
    seen: usize,
    /// The last one, which is not full yet.
    open: Stretch,
    objects: HashSet<ObjectId>,
    /// The objects of the step before, which are mostly those of the next one too.
    last: [Option<ObjectId>; 6],
}

impl Stretches {
    /// Adds the next step.
    pub(crate) fn add(&mut self, trace: &Trace, step: usize, sights: impl Iterator<Item = Sight>) {
        let record = trace.record(step);
        let objects = ObjectId::all_of(&record.objects);
        for (object, last) in objects.zip(&mut self.last) {
            if *last != Some(object) {
                self.objects.insert(object);
                *last = Some(object);
            }
        }
        self.open.sights |= sights.map(bit_of_sight).fold(0, |all, bit| all | bit);
        self.open.chapters |= chapter_of(trace, step).map_or(0, bit_of_chapter);
        self.seen += 1;
        if self.seen.is_multiple_of(STEPS) {
            let mut full = std::mem::take(&mut self.open);
            let mut objects: Vec<ObjectId> = self.objects.drain().collect();
            objects.sort_unstable();
            full.objects = objects.into();
            self.full.push(full);
            self.last = [None; 6];
        }
    }

    /// Whether the stretch that a step lies in may have what is looked for.
    pub(crate) fn may_have(&self, step: usize, goal: Goal) -> bool {
        let full = self.full.get(step / STEPS);
        let stretch = full.unwrap_or(&self.open);
        match goal {
            Goal::Any => true,
            Goal::Sight(sight) => stretch.sights & bit_of_sight(sight) != 0,
            Goal::Chapter(chapter) => stretch.chapters & bit_of_chapter(chapter) != 0,
            Goal::ChapterBut(but) => stretch.chapters & !but.map_or(0, bit_of_chapter) != 0,
            Goal::Object(object) => match full {
                Some(stretch) => stretch.objects.binary_search(&object).is_ok(),
                None => self.objects.contains(&object),
            },
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
    use evscope_replay::navigate;

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
                assert!(stretches.may_have(step, Goal::Object(object)), "{object}");
            }
            if let Some(chapter) = chapter_of(&trace, step) {
                assert!(stretches.may_have(step, Goal::Chapter(chapter)));
                assert!(stretches.may_have(step, Goal::ChapterBut(None)));
            }
            if navigate::is_callback(&trace, step) {
                assert!(stretches.may_have(step, Goal::Sight(Sight::Callback)));
            }
            assert!(!stretches.may_have(step, Goal::Object(ObjectId::Fd(12345))));
            assert!(!stretches.may_have(step, Goal::Sight(Sight::Watermark)));
        }
    }
}
