//! Where a base keeps its objects: a table for each kind, whose handles fit nowhere else.
//!
//! A handle is a place in the table and a generation. Every object has a generation of its own in the whole
//! process, whichever base made it, so one comparison tells a handle whose object was freed, and a handle of
//! another base, from one that names what lies at its place. A generation comes again only after four
//! billion objects.

use std::marker::PhantomData;
use std::num::NonZeroU32;
use std::ops::{Index, IndexMut};
use std::sync::atomic::{AtomicU32, Ordering};

/// How many generations a table takes at once, so that bases on several threads seldom meet.
const GENERATIONS: u32 = 256;

/// The first generation that no table has taken.
static NEXT_GENERATION: AtomicU32 = AtomicU32::new(0);

/// What handles are made of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RawHandle {
    place: u32,
    generation: NonZeroU32,
}

impl RawHandle {
    /// Names nothing: no table has so many places.
    pub(crate) const NULL: Self = Self { place: u32::MAX, generation: NonZeroU32::MAX };

    /// Where in its table what it names is. Others are there when that is gone.
    pub(crate) fn place(self) -> usize {
        self.place as usize
    }
}

impl std::fmt::Debug for RawHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}v{}", self.place, self.generation)
    }
}

/// A handle of one kind of object.
pub(crate) trait Handle: Copy {
    fn from_raw(raw: RawHandle) -> Self;
    fn raw(self) -> RawHandle;
}

/// Makes types of handles, each around a [`RawHandle`].
macro_rules! handles {
    ($($(#[$doc:meta])* $visible:vis $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $visible struct $name($crate::table::RawHandle);

        impl $crate::table::Handle for $name {
            fn from_raw(raw: $crate::table::RawHandle) -> Self {
                Self(raw)
            }

            fn raw(self) -> $crate::table::RawHandle {
                self.0
            }
        }

        /// A handle that names nothing.
        impl Default for $name {
            fn default() -> Self {
                Self($crate::table::RawHandle::NULL)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.0).finish()
            }
        }
    )*};
}

pub(crate) use handles;

/// The objects of one kind.
pub(crate) struct Table<H, T> {
    slots: Vec<Slot<T>>,
    /// Places that are free; the one that was left last is taken first.
    free: Vec<u32>,
    /// The generations that were taken and not given out.
    generations: std::ops::Range<u32>,
    handles: PhantomData<fn() -> H>,
}

struct Slot<T> {
    /// That of what lies here; 0 if nothing does.
    generation: u32,
    object: Option<T>,
}

impl<H, T> Default for Table<H, T> {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            generations: 0..0,
            handles: PhantomData,
        }
    }
}

impl<H: Handle, T> Table<H, T> {
    #[inline]
    pub(crate) fn insert(&mut self, object: T) -> H {
        let generation = self.next_generation();
        let (number, object) = (generation.get(), Some(object));
        let place = match self.free.pop() {
            Some(place) => {
                self.slots[place as usize] = Slot { generation: number, object };
                place
            }
            None => {
                // Memory ends before the numbers do.
                let place = self.slots.len() as u32;
                self.slots.push(Slot { generation: number, object });
                place
            }
        };
        H::from_raw(RawHandle { place, generation })
    }

    #[inline]
    fn next_generation(&mut self) -> NonZeroU32 {
        loop {
            match self.generations.next().map(NonZeroU32::new) {
                Some(Some(generation)) => return generation,
                // 0 is for what is free.
                Some(None) => {}
                None => self.take_generations(),
            }
        }
    }

    #[cold]
    fn take_generations(&mut self) {
        let begin = NEXT_GENERATION.fetch_add(GENERATIONS, Ordering::Relaxed);
        // One less, so that the last of all has an end.
        self.generations = begin..begin + (GENERATIONS - 1);
    }

    pub(crate) fn remove(&mut self, handle: H) -> Option<T> {
        let RawHandle { place, generation } = handle.raw();
        let slot = self.slots.get_mut(place as usize)?;
        if slot.generation != generation.get() {
            return None;
        }
        slot.generation = 0;
        self.free.push(place);
        slot.object.take()
    }

    /// Drops an object, if the handle names one.
    #[inline]
    pub(crate) fn free(&mut self, handle: H) {
        let RawHandle { place, generation } = handle.raw();
        if let Some(slot) = self.slots.get_mut(place as usize)
            && slot.generation == generation.get()
        {
            slot.generation = 0;
            self.free.push(place);
            slot.object = None;
        }
    }

    pub(crate) fn get(&self, handle: H) -> Option<&T> {
        let RawHandle { place, generation } = handle.raw();
        let slot = self.slots.get(place as usize)?;
        if slot.generation == generation.get() {
            slot.object.as_ref()
        } else {
            None
        }
    }

    pub(crate) fn get_mut(&mut self, handle: H) -> Option<&mut T> {
        let RawHandle { place, generation } = handle.raw();
        let slot = self.slots.get_mut(place as usize)?;
        if slot.generation == generation.get() {
            slot.object.as_mut()
        } else {
            None
        }
    }

    /// Two objects, if both handles name one, and not the same.
    pub(crate) fn get_two_mut(&mut self, a: H, b: H) -> Option<[&mut T; 2]> {
        let (a, b) = (a.raw(), b.raw());
        let both = self
            .slots
            .get_disjoint_mut([a.place as usize, b.place as usize]);
        let [first, second] = both.ok()?;
        if first.generation != a.generation.get() || second.generation != b.generation.get() {
            return None;
        }
        Some([first.object.as_mut()?, second.object.as_mut()?])
    }

    pub(crate) fn contains_key(&self, handle: H) -> bool {
        self.get(handle).is_some()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All, by place.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (H, &T)> {
        (0..).zip(&self.slots).filter_map(|(place, slot)| {
            let generation = NonZeroU32::new(slot.generation)?;
            let handle = H::from_raw(RawHandle { place, generation });
            Some((handle, slot.object.as_ref()?))
        })
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = H> {
        self.iter().map(|(handle, _)| handle)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.iter().map(|(_, object)| object)
    }
}

impl<H: Handle, T> Index<H> for Table<H, T> {
    type Output = T;

    /// # Panics
    /// If the handle names nothing: a mistake of this library's, which asks before where it cannot know.
    fn index(&self, handle: H) -> &T {
        self.get(handle).expect("a handle that names something")
    }
}

impl<H: Handle, T> IndexMut<H> for Table<H, T> {
    fn index_mut(&mut self, handle: H) -> &mut T {
        self.get_mut(handle).expect("a handle that names something")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    handles! {
        /// For tests.
        Name;
    }

    #[derive(Debug, Clone)]
    enum Op {
        Insert,
        /// The nth handle there ever was: mostly of what is gone.
        Remove(usize),
    }

    fn op() -> impl Strategy<Value = Op> {
        prop_oneof![
            3 => Just(Op::Insert),
            2 => (0..200usize).prop_map(Op::Remove),
        ]
    }

    proptest! {
        /// Two tables beside maps of what is in them, each asked by every handle of both.
        #[test]
        fn a_handle_names_one_object_of_one_table(ops in prop::collection::vec((0..2usize, op()), 1..200)) {
            let mut tables = [Table::<Name, usize>::default(), Table::default()];
            let mut models = [HashMap::new(), HashMap::new()];
            let mut all = Vec::new();
            for (at, op) in ops {
                match op {
                    Op::Insert => {
                        let handle = tables[at].insert(all.len());
                        models[at].insert(handle, all.len());
                        all.push(handle);
                    }
                    Op::Remove(n) if n < all.len() => {
                        prop_assert_eq!(tables[at].remove(all[n]), models[at].remove(&all[n]));
                    }
                    Op::Remove(_) => {}
                }
                for (table, model) in tables.iter_mut().zip(&mut models) {
                    for &handle in all.iter().chain([&Name::default()]) {
                        prop_assert_eq!(table.get(handle), model.get(&handle));
                        prop_assert_eq!(table.get_mut(handle), model.get_mut(&handle));
                    }
                    for (&a, &b) in all.iter().zip(all.iter().rev()) {
                        let both = (model.get(&a).copied(), model.get(&b).copied());
                        let both = if a == b { (None, None) } else { both };
                        let two = table.get_two_mut(a, b).map(|[a, b]| (*a, *b));
                        prop_assert_eq!(two, both.0.zip(both.1));
                    }
                    prop_assert_eq!(table.len(), model.len());
                    let listed: HashMap<_, _> = table.iter().map(|(handle, &n)| (handle, n)).collect();
                    prop_assert_eq!(&listed, &*model);
                }
            }
        }
    }

    #[test]
    fn handles_are_small_also_where_there_may_be_none() {
        assert_eq!(size_of::<Name>(), 8);
        assert_eq!(size_of::<Option<Name>>(), 8);
    }

    #[test]
    fn the_place_that_was_left_last_is_taken_first() {
        let mut table = Table::<Name, char>::default();
        let handles: Vec<_> = ('a'..='d').map(|c| table.insert(c)).collect();
        table.remove(handles[2]);
        table.remove(handles[0]);
        table.insert('e');
        table.insert('f');
        let values: String = table.values().collect();
        assert_eq!(values, "ebfd");
    }

    #[test]
    fn generations_come_from_many_threads_and_none_twice() {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                std::thread::spawn(|| {
                    let mut table = Table::<Name, ()>::default();
                    (0..1_000)
                        .map(|_| table.insert(()).raw().generation)
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        let mut all: Vec<_> = threads
            .into_iter()
            .flat_map(|it| it.join().unwrap())
            .collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 4_000);
    }
}
