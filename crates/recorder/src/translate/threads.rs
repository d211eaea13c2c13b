//! The threads of one process, by their numbers in the ring.

use evscope_trace::ThreadId;

use crate::numbered::Numbered;

/// What is known of each thread. A thread mostly says several things in a row, so the last one is found at once.
#[derive(Clone)]
pub(super) struct Threads<T> {
    all: Vec<T>,
    places: Numbered<u16, usize>,
    /// The thread that was asked for last, and its place.
    last: (u16, usize),
    /// How many there were.
    count: u32,
}

impl<T> Default for Threads<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            places: Numbered::default(),
            last: (0, 0),
            count: 0,
        }
    }
}

impl<T: Clone> Threads<T> {
    /// A thread; `new` makes what is known of one with this id when it is met.
    #[inline]
    pub(super) fn get(&mut self, number: u16, new: fn(ThreadId) -> T) -> &mut T {
        if self.last.0 != number || self.all.is_empty() {
            self.last = (number, self.place(number, new));
        }
        &mut self.all[self.last.1]
    }

    #[cold]
    fn place(&mut self, number: u16, new: fn(ThreadId) -> T) -> usize {
        *self.places.entry(number).or_insert_with(|| {
            self.count += 1;
            self.all.push(new(ThreadId(self.count)));
            self.all.len() - 1
        })
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.all.iter()
    }

    /// Of all threads only the one that forked is in the child, under another number.
    pub(super) fn continue_thread(&mut self, child: u16, parent: u16) {
        if let Some(place) = self.places.get(&parent) {
            self.all = vec![self.all[*place].clone()];
            self.places.clear();
            self.places.insert(child, 0);
            self.last = (child, 0);
        }
    }
}
