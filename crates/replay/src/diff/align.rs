//! Which line of one trace stands for which of the other.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use similar::{Algorithm, DiffTag, capture_diff};

use super::lines::Lines;
use super::parts::Sort;
use super::{Hunk, Sides};

/// Numbers for things: equal things get equal numbers.
#[derive(Debug)]
pub(super) struct Numbers<T>(HashMap<T, u32>);

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Eq + Hash> Numbers<T> {
    pub(super) fn of<Q>(&mut self, thing: &Q) -> u32
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = T> + ?Sized,
    {
        if let Some(number) = self.0.get(thing) {
            return *number;
        }
        let number = self.0.len() as u32;
        self.0.insert(thing.to_owned(), number);
        number
    }
}

/// Which object of one trace is which of the other.
#[derive(Debug, Clone, Default)]
pub(super) struct Twins {
    of_a: HashMap<(Sort, u32), u32>,
    of_b: HashMap<(Sort, u32), u32>,
    /// In the order in which they were found.
    pairs: Vec<(Sort, u32, u32)>,
}

impl Twins {
    /// Makes them twins, if neither has one yet. False if one of them has another.
    fn bind(&mut self, (sort, a): (Sort, u32), b: u32) -> bool {
        match (self.of_a.get(&(sort, a)), self.of_b.get(&(sort, b))) {
            (None, None) => {
                self.of_a.insert((sort, a), b);
                self.of_b.insert((sort, b), a);
                self.pairs.push((sort, a, b));
                true
            }
            (known, _) => known == Some(&b),
        }
    }

    /// Makes twins of what two steps name, if they name the same sorts of things.
    fn bind_alike(&mut self, a: &[(Sort, u32)], b: &[(Sort, u32)]) {
        let sorts = |objects: &[(Sort, u32)]| -> Vec<Sort> {
            objects.iter().map(|(sort, _)| *sort).collect()
        };
        if sorts(a) == sorts(b) {
            for (one, (_, other)) in a.iter().zip(b) {
                self.bind(*one, *other);
            }
        }
    }

    /// Whether two objects stand for each other.
    pub(super) fn are(&self, sort: Sort, a: u32, b: u32) -> bool {
        self.of_a(sort, a) == Some(b)
    }

    pub(super) fn of_a(&self, sort: Sort, a: u32) -> Option<u32> {
        self.of_a.get(&(sort, a)).copied()
    }

    pub(super) fn of_b(&self, sort: Sort, b: u32) -> Option<u32> {
        self.of_b.get(&(sort, b)).copied()
    }

    /// All of them.
    pub(super) fn pairs(&self) -> &[(Sort, u32, u32)] {
        &self.pairs
    }
}

/// An object under one name for both traces: the first trace's, if it has one there.
type Name = (Sort, u32, Of);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Of {
    A,
    OnlyB,
}

/// Finds where the traces differ.
///
/// At first lines are matched by what they are like, whichever objects they name; so an object that only
/// one trace has does not put the numbers of all later ones out of step. From what matches follows which
/// object is which, the first pair to come counting; what is left is paired by steps that at least have
/// one name. Then lines are matched again, with their objects.
pub(super) fn align(a: &Lines, b: &Lines) -> (Vec<Hunk>, Twins) {
    let mut twins = Twins::default();
    let hunks = differences(&a.shapes, &b.shapes);
    let mut consistent = true;
    for (at_a, at_b) in common(&hunks, a.steps.len()) {
        for ((sort, one), (_, other)) in a.objects(at_a).iter().zip(b.objects(at_b)) {
            consistent &= twins.bind((*sort, *one), *other);
        }
    }
    if consistent && hunks.is_empty() {
        return (hunks, twins);
    }
    for hunk in &hunks {
        for pair in by_name(a, b, hunk) {
            if let (Some(at_a), Some(at_b)) = (pair.a, pair.b) {
                twins.bind_alike(a.objects(at_a), b.objects(at_b));
            }
        }
    }
    let mut numbers = Numbers::<(u32, Vec<Name>)>::default();
    let of_a = keys(a, &mut numbers, |sort, id| (sort, id, Of::A));
    let of_b = keys(b, &mut numbers, |sort, id| match twins.of_b(sort, id) {
        Some(a) => (sort, a, Of::A),
        None => (sort, id, Of::OnlyB),
    });
    (differences(&of_a, &of_b), twins)
}

/// The lines of a difference in pairs, where they have one name.
pub(super) fn by_name(a: &Lines, b: &Lines, hunk: &Hunk) -> Vec<Sides<Option<usize>>> {
    let mut pairs = Vec::new();
    let gaps = differences(&a.names[hunk.a.clone()], &b.names[hunk.b.clone()]);
    let (mut at_a, mut at_b) = (hunk.a.start, hunk.b.start);
    let ends = Hunk {
        a: hunk.a.len()..hunk.a.len(),
        b: hunk.b.len()..hunk.b.len(),
    };
    for gap in gaps.iter().chain([&ends]) {
        let (start_a, start_b) = (hunk.a.start + gap.a.start, hunk.b.start + gap.b.start);
        let (end_a, end_b) = (hunk.a.start + gap.a.end, hunk.b.start + gap.b.end);
        let (both_a, both_b) = ((at_a..start_a).map(Some), (at_b..start_b).map(Some));
        pairs.extend(both_a.zip(both_b).map(|(a, b)| Sides { a, b }));
        pairs.extend((start_a..end_a).map(|at| Sides {
            a: Some(at),
            b: None,
        }));
        pairs.extend((start_b..end_b).map(|at| Sides {
            a: None,
            b: Some(at),
        }));
        (at_a, at_b) = (end_a, end_b);
    }
    pairs
}

/// Lines with their objects, as numbers.
fn keys(
    lines: &Lines,
    numbers: &mut Numbers<(u32, Vec<Name>)>,
    name: impl Fn(Sort, u32) -> Name,
) -> Vec<u32> {
    let shapes = lines.shapes.iter().enumerate();
    shapes
        .map(|(line, shape)| {
            let objects = lines.objects(line).iter();
            let names = objects.map(|(sort, id)| name(*sort, *id));
            numbers.of(&(*shape, names.collect()))
        })
        .collect()
}

/// The pairs of places that are the same, given where they are not.
fn common(hunks: &[Hunk], len: usize) -> impl Iterator<Item = (usize, usize)> {
    let starts = std::iter::once((0, 0)).chain(hunks.iter().map(|hunk| (hunk.a.end, hunk.b.end)));
    let ends = hunks.iter().map(|hunk| hunk.a.start).chain([len]);
    starts.zip(ends).flat_map(|((a, b), end)| (a..end).zip(b..))
}

/// Where two lists differ, in places as long as they can be.
fn differences<T: Eq + Hash>(a: &[T], b: &[T]) -> Vec<Hunk> {
    // What they begin with in common is set apart, so that the first difference is where they part and
    // not a place where the same could be said to be missing.
    let prefix = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let ops = capture_diff(Algorithm::Myers, a, prefix..a.len(), b, prefix..b.len());
    let mut hunks: Vec<Hunk> = Vec::new();
    for op in ops.iter().filter(|op| op.tag() != DiffTag::Equal) {
        let (a, b) = (op.old_range(), op.new_range());
        match hunks.last_mut() {
            Some(last) if last.a.end == a.start && last.b.end == b.start => {
                last.a.end = a.end;
                last.b.end = b.end;
            }
            _ => hunks.push(Hunk { a, b }),
        }
    }
    hunks
}
