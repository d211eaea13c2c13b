//! A map from ids to objects of which copies share what they have in common.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::ser::{Serialize, Serializer};

use super::key::Key;
use super::packed::{Packed, Packing, Since, Unpacking};
use super::trie::Trie;

/// Objects by their ids, in the order of the ids. Copying it costs nothing; changing an object in a
/// copy copies that object and the path to it.
///
/// Those that have ended lie apart: a server makes objects for days, and what is asked for at a step is
/// nearly always what is alive then.
#[derive(Clone, PartialEq)]
pub struct Table<K: Key, V> {
    living: Trie<K, V>,
    ended: Trie<K, V>,
}

impl<K: Key, V> Default for Table<K, V> {
    fn default() -> Self {
        Self {
            living: Trie::default(),
            ended: Trie::default(),
        }
    }
}

impl<K: Key, V> Table<K, V> {
    /// All objects with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        let mut living = self.living.iter().peekable();
        let mut ended = self.ended.iter().peekable();
        std::iter::from_fn(move || {
            let first = match (living.peek(), ended.peek()) {
                (Some((one, _)), Some((other, _))) => one < other,
                (one, _) => one.is_some(),
            };
            let next = if first { living.next() } else { ended.next() };
            next.map(|(id, object)| (id, object.as_ref()))
        })
    }
}

impl<K: Key, V: Clone + PartialEq> Table<K, V> {
    /// The object of an id.
    pub fn get(&self, id: K) -> Option<&V> {
        let found = self.living.get(id).or_else(|| self.ended.get(id));
        found.map(Arc::as_ref)
    }

    /// Whether there is an object of this id.
    pub fn contains(&self, id: K) -> bool {
        self.get(id).is_some()
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.living.len() + self.ended.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The objects that have not ended, with their ids: those that were not freed, and of the bufferevents also
    /// those that were, until they are taken apart. They are found without looking at the others.
    pub fn living(&self) -> impl DoubleEndedIterator<Item = (K, &V)> + ExactSizeIterator {
        self.living.iter().map(|(id, object)| (id, object.as_ref()))
    }

    /// What is living here, and what has ended since a state before it, in the order of the ids.
    pub fn living_since<'a>(&'a self, before: &'a Self) -> Vec<(K, &'a V)> {
        let mut there: Vec<(K, &V)> = self.living().collect();
        for difference in before.ended.differences(&self.ended) {
            if let (id, None, Some(object)) = difference {
                there.push((id, object.as_ref()));
            }
        }
        there.sort_unstable_by_key(|(id, _)| *id);
        there
    }

    /// The ids.
    pub fn keys(&self) -> impl Iterator<Item = K> {
        self.iter().map(|(id, _)| id)
    }

    /// The objects.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, object)| object)
    }

    /// The object of an id, to change it, if there is one.
    pub(super) fn get_mut(&mut self, id: K) -> Option<&mut V> {
        let found = match self.living.get_mut(id) {
            Some(object) => Some(object),
            None => self.ended.get_mut(id),
        };
        found.map(Arc::make_mut)
    }

    /// Puts an object in, in place of one that was there. It is living.
    pub(super) fn insert(&mut self, id: K, object: V) {
        self.ended.remove(id);
        self.living.insert(id, Arc::new(object));
    }

    /// Takes an object out.
    pub(super) fn remove(&mut self, id: K) {
        if self.living.remove(id).is_none() {
            self.ended.remove(id);
        }
    }

    /// An object is living no more.
    pub(super) fn end(&mut self, id: K) {
        if let Some(object) = self.living.remove(id) {
            self.ended.insert(id, object);
        }
    }

    /// Takes out those that have ended of which `gone` is true, and says which.
    pub(super) fn forget(&mut self, gone: impl Fn(&V) -> bool) -> Vec<K> {
        let ended = self.ended.iter();
        let ids: Vec<K> = ended
            .filter(|(_, object)| gone(object))
            .map(|(id, _)| id)
            .collect();
        for id in &ids {
            self.ended.remove(*id);
        }
        ids
    }

    /// The ids whose objects differ, with the objects in `self` and in `other`, in order. What the two share is
    /// passed over unseen.
    pub(super) fn differences<'a>(
        &'a self,
        other: &'a Self,
    ) -> impl Iterator<Item = (K, Option<&'a V>, Option<&'a V>)> {
        // One that has ended in between differs in both.
        let mut found: BTreeMap<K, (Option<&V>, Option<&V>)> = BTreeMap::new();
        let parts = [(&self.living, &other.living), (&self.ended, &other.ended)];
        let parts = parts.into_iter();
        for (id, old, new) in parts.flat_map(|(old, new)| old.differences(new)) {
            let both = found.entry(id).or_default();
            both.0 = both.0.or(old.map(Arc::as_ref));
            both.1 = both.1.or(new.map(Arc::as_ref));
        }
        found.into_iter().map(|(id, (old, new))| (id, old, new))
    }
}

impl<K: Key, V: Clone + PartialEq> Table<K, V> {
    /// Appends what is different from an older table.
    pub(super) fn pack_since(&self, old: &Self, to: &mut Packing<'_>)
    where
        K: Packed,
        V: Default + Since,
    {
        let parts = [(&old.living, &self.living), (&old.ended, &self.ended)];
        for (old_part, part) in parts {
            // How many come is told before them: those that differ are looked up once.
            let found = old_part.differences(part);
            to.number(found.len() as u64);
            for (id, _, object) in found {
                id.pack(to);
                object.is_some().pack(to);
                if let Some(object) = object {
                    match old.get(id) {
                        Some(before) => object.pack_since(before, to),
                        None => object.pack_since(&V::default(), to),
                    }
                }
            }
        }
    }

    /// The table of which this is what is different from an older one.
    pub(super) fn unpack_since(old: &Self, from: &mut Unpacking<'_>) -> Option<Self>
    where
        K: Packed,
        V: Default + Since,
    {
        let mut new = old.clone();
        for part in [&mut new.living, &mut new.ended] {
            for _ in 0..from.number()? {
                let id = K::unpack(from)?;
                if bool::unpack(from)? {
                    let object = match old.get(id) {
                        Some(before) => V::unpack_since(before, from)?,
                        None => V::unpack_since(&V::default(), from)?,
                    };
                    part.insert(id, Arc::new(object));
                } else {
                    part.remove(id);
                }
            }
        }
        Some(new)
    }
}

impl<K: Key, V: Clone + PartialEq + Default> Table<K, V> {
    /// The object of an id, to change it; made if it is not known yet.
    pub(super) fn make(&mut self, id: K) -> &mut V {
        // Nearly always it is living: then it is found at once.
        let ended = &self.ended;
        let living = self.living.make(id, || ended.get(id).is_none());
        let object = match living {
            Some(object) => Some(object),
            None => self.ended.get_mut(id),
        };
        Arc::make_mut(object.expect("it was there or was put there"))
    }
}

impl<K: Key + fmt::Debug, V: fmt::Debug> fmt::Debug for Table<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Key + fmt::Display, V: Serialize> Serialize for Table<K, V> {
    /// A JSON object whose keys are the ids' names.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(id, object)| (id.to_string(), object)))
    }
}

#[cfg(test)]
mod tests {
    use evscope_trace::BufId;

    use super::*;

    fn table(living: &[u32], ended: &[u32]) -> Table<BufId, u32> {
        let mut table = Table::default();
        for id in living.iter().chain(ended) {
            table.insert(BufId(*id), 10 * id);
        }
        ended.iter().for_each(|id| table.end(BufId(*id)));
        table
    }

    #[test]
    fn all_objects_are_there_in_the_order_of_their_ids() {
        let table = table(&[1, 4, 5], &[2, 6]);
        let all: Vec<(u32, u32)> = table.iter().map(|(id, object)| (id.0, *object)).collect();
        assert_eq!(all, [(1, 10), (2, 20), (4, 40), (5, 50), (6, 60)]);
        let keys: Vec<u32> = table.keys().map(|id| id.0).collect();
        assert_eq!(keys, [1, 2, 4, 5, 6]);
        assert_eq!(table.values().sum::<u32>(), 180);
        assert_eq!((table.len(), table.living().len()), (5, 3));
        for (id, object) in [(1, Some(&10)), (2, Some(&20)), (3, None)] {
            assert_eq!(table.get(BufId(id)), object);
            assert_eq!(table.contains(BufId(id)), object.is_some());
        }
        let shown = "{BufId(1): 10, BufId(2): 20, BufId(4): 40, BufId(5): 50, BufId(6): 60}";
        assert_eq!(format!("{table:?}"), shown);
    }

    #[test]
    fn a_table_is_empty_when_nothing_is_living_and_nothing_has_ended() {
        for (living, ended, empty) in [
            (&[][..], &[][..], true),
            (&[1], &[], false),
            (&[], &[1], false),
        ] {
            assert_eq!(table(living, ended).is_empty(), empty);
        }
    }

    #[test]
    fn an_object_that_has_ended_can_be_changed_taken_out_and_made_again() {
        let mut table = table(&[1], &[2, 3]);
        *table.get_mut(BufId(2)).unwrap() = 7;
        assert_eq!(table.get(BufId(2)), Some(&7));
        table.remove(BufId(1));
        table.remove(BufId(3));
        assert_eq!(table.keys().collect::<Vec<_>>(), [BufId(2)]);
        table.insert(BufId(2), 8);
        let living: Vec<_> = table.living().collect();
        assert_eq!((living, table.len()), (vec![(BufId(2), &8)], 1));
    }

    #[test]
    fn what_ended_since_a_state_is_listed_among_the_living() {
        let before = table(&[1, 2, 3, 4], &[5]);
        let mut after = before.clone();
        after.end(BufId(2));
        let ids: Vec<u32> = after
            .living_since(&before)
            .iter()
            .map(|(id, _)| id.0)
            .collect();
        assert_eq!(ids, [1, 2, 3, 4]);
        let ids: Vec<u32> = after
            .living_since(&after)
            .iter()
            .map(|(id, _)| id.0)
            .collect();
        assert_eq!(ids, [1, 3, 4]);
    }
}
