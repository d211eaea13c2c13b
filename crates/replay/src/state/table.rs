//! A map from ids to objects of which copies share what they have in common.

use std::fmt;
use std::sync::Arc;

use imbl::OrdMap;
use imbl::ordmap::DiffItem;
use serde::ser::{Serialize, Serializer};

/// Objects by their ids, in the order of the ids. Copying it costs nothing; changing an object in a
/// copy copies that object and the path to it.
#[derive(Clone, PartialEq)]
pub struct Table<K: Ord, V>(OrdMap<K, Arc<V>>);

impl<K: Ord, V> Default for Table<K, V> {
    fn default() -> Self {
        Self(OrdMap::new())
    }
}

impl<K: Ord + Copy, V: Clone + PartialEq> Table<K, V> {
    /// The object of an id.
    pub fn get(&self, id: K) -> Option<&V> {
        self.0.get(&id).map(Arc::as_ref)
    }

    /// Whether there is an object of this id.
    pub fn contains(&self, id: K) -> bool {
        self.0.contains_key(&id)
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The objects with their ids.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (K, &V)> {
        self.0.iter().map(|(id, object)| (*id, object.as_ref()))
    }

    /// The ids.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = K> {
        self.0.keys().copied()
    }

    /// The objects.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.0.iter().map(|(_, object)| object.as_ref())
    }

    /// The object of an id, to change it, if there is one.
    pub(super) fn get_mut(&mut self, id: K) -> Option<&mut V> {
        self.0.get_mut(&id).map(Arc::make_mut)
    }

    /// Puts an object in, in place of one that was there.
    pub(super) fn insert(&mut self, id: K, object: V) {
        self.0.insert(id, Arc::new(object));
    }

    /// Takes an object out.
    pub(super) fn remove(&mut self, id: K) {
        self.0.remove(&id);
    }

    /// The ids whose objects differ, with the objects in `self` and in `other`. What the two share is
    /// passed over unseen.
    pub(super) fn differences<'a>(
        &'a self,
        other: &'a Self,
    ) -> impl Iterator<Item = (K, Option<&'a V>, Option<&'a V>)> {
        self.0.diff(&other.0).map(|item| match item {
            DiffItem::Add(id, new) => (*id, None, Some(new.as_ref())),
            DiffItem::Update {
                old: (id, old),
                new: (_, new),
            } => (*id, Some(old.as_ref()), Some(new.as_ref())),
            DiffItem::Remove(id, old) => (*id, Some(old.as_ref()), None),
        })
    }
}

impl<K: Ord + Copy, V: Clone + PartialEq + Default> Table<K, V> {
    /// The object of an id, to change it; made if it is not known yet.
    pub(super) fn make(&mut self, id: K) -> &mut V {
        Arc::make_mut(self.0.entry(id).or_default())
    }
}

impl<K: Ord + Copy + fmt::Debug, V: fmt::Debug> fmt::Debug for Table<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter()).finish()
    }
}

impl<K: Ord + Copy + fmt::Display, V: Serialize> Serialize for Table<K, V> {
    /// A JSON object whose keys are the ids' names.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.0
                .iter()
                .map(|(id, object)| (id.to_string(), object.as_ref())),
        )
    }
}
