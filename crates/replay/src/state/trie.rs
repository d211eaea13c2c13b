//! A map from ids to objects of which copies share what they have in common.
//!
//! Ids are numbers, and nearly all of them follow one another, so an object is found by the bits of its number: each
//! node leads to 16 others, the lowest ones to 16 objects. There are only the nodes where ids part, so that few ids
//! that are far from each other take few nodes, too; each knows at which id it begins.

use std::sync::Arc;

use super::key::{BITS, Key};

/// How many children a node has.
const WIDTH: usize = 1 << BITS;

#[derive(Debug, Clone)]
pub(super) struct Trie<K, V> {
    root: Link<K, V>,
    len: usize,
}

type Link<K, V> = Option<Arc<Node<K, V>>>;

/// There is something in each; in one above others, more than one.
#[derive(Debug, Clone)]
struct Node<K, V> {
    /// The lowest id that it reaches.
    first: K,
    /// The lowest bit of those by which its children are told apart.
    shift: u32,
    children: Children<K, V>,
}

#[derive(Debug, Clone)]
enum Children<K, V> {
    Nodes([Link<K, V>; WIDTH]),
    /// Where `shift` is 0.
    Values([Option<Arc<V>>; WIDTH]),
}

/// An id with what was there and what is there now.
pub(super) type Difference<'a, K, V> = (K, Option<&'a Arc<V>>, Option<&'a Arc<V>>);

impl<K, V> Default for Trie<K, V> {
    fn default() -> Self {
        Self { root: None, len: 0 }
    }
}

impl<K: Key, V> Trie<K, V> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get(&self, id: K) -> Option<&Arc<V>> {
        let mut node = self.root.as_deref()?;
        loop {
            let place = node.place(id);
            match &node.children {
                Children::Nodes(nodes) => node = nodes.get(place)?.as_deref()?,
                Children::Values(values) => return values.get(place)?.as_ref(),
            }
        }
    }

    /// All in the order of the ids.
    pub(super) fn iter(&self) -> Iter<'_, K, V> {
        Iter {
            left: self.len,
            front: Walk::of(self.root.as_ref()),
            back: Walk::of(self.root.as_ref()),
        }
    }
}

impl<K: Key, V: Clone> Trie<K, V> {
    pub(super) fn get_mut(&mut self, id: K) -> Option<&mut Arc<V>> {
        self.slot(id, || false)?.as_mut()
    }

    /// As `get_mut`, and makes one where there is none, if it may.
    pub(super) fn make(&mut self, id: K, may: impl Fn() -> bool) -> Option<&mut Arc<V>>
    where
        V: Default,
    {
        Some(self.slot(id, may)?.get_or_insert_default())
    }

    pub(super) fn insert(&mut self, id: K, value: Arc<V>) {
        if let Some(slot) = self.slot(id, || true) {
            *slot = Some(value);
        }
    }

    pub(super) fn remove(&mut self, id: K) -> Option<Arc<V>> {
        // The path to it is copied, so it must be there.
        self.get(id)?;
        self.len -= 1;
        take(&mut self.root, id)
    }

    /// Where the value of an id is. If there is none, and there may be one, it is counted: the caller puts it there.
    /// Whether there may is asked more than once, always to the same answer.
    fn slot(&mut self, id: K, may: impl Fn() -> bool) -> Option<&mut Option<Arc<V>>> {
        let mut link = &mut self.root;
        loop {
            let reached = |node: &Arc<Node<K, V>>| node.place(id) < WIDTH;
            if !link.as_ref().is_some_and(reached) {
                if !may() {
                    return None;
                }
                let other = link.take();
                *link = Some(Arc::new(match other {
                    None => Node::lowest(id),
                    Some(other) => Node::above(other, id),
                }));
            }
            let node = Arc::make_mut(link.as_mut()?);
            let place = node.place(id);
            match &mut node.children {
                Children::Nodes(nodes) => link = nodes.get_mut(place)?,
                Children::Values(values) => {
                    let slot = values.get_mut(place)?;
                    if slot.is_none() {
                        if !may() {
                            return None;
                        }
                        self.len += 1;
                    }
                    return Some(slot);
                }
            }
        }
    }
}

impl<K: Key, V> Node<K, V> {
    fn lowest(id: K) -> Self {
        Self {
            first: id.first(0),
            shift: 0,
            children: Children::Values([const { None }; WIDTH]),
        }
    }

    /// One with a node under it, which has a place for an id that this node does not reach.
    fn above(node: Arc<Self>, id: K) -> Self {
        let mut shift = node.shift;
        while id.place(node.first, shift) >= WIDTH {
            shift += BITS;
        }
        let first = id.first(shift);
        let mut nodes = [const { None }; WIDTH];
        let place = node.first.place(first, shift);
        nodes[place] = Some(node);
        Self {
            first,
            shift,
            children: Children::Nodes(nodes),
        }
    }

    #[inline]
    fn place(&self, id: K) -> usize {
        id.place(self.first, self.shift)
    }
}

/// Takes out what is there. What is then empty goes, and what leads to one node only.
fn take<K: Key, V: Clone>(link: &mut Link<K, V>, id: K) -> Option<Arc<V>> {
    let node = Arc::make_mut(link.as_mut()?);
    let place = node.place(id);
    match &mut node.children {
        Children::Nodes(nodes) => {
            let taken = take(nodes.get_mut(place)?, id);
            let mut left = nodes.iter_mut().filter(|node| node.is_some());
            if let (Some(only), None) = (left.next(), left.next()) {
                *link = only.take();
            }
            taken
        }
        Children::Values(values) => {
            let taken = values.get_mut(place)?.take();
            if values.iter().all(Option::is_none) {
                *link = None;
            }
            taken
        }
    }
}

impl<K: Key, V: PartialEq> Trie<K, V> {
    /// What is different in a newer one, in the order of the ids. What the two share is passed over unseen.
    pub(super) fn differences<'a>(&'a self, newer: &'a Self) -> Vec<Difference<'a, K, V>> {
        let mut found = Vec::new();
        compare(self.root.as_ref(), newer.root.as_ref(), &mut found);
        found
    }
}

impl<K: Key, V: PartialEq> PartialEq for Trie<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.differences(other).is_empty()
    }
}

fn compare<'a, K: Key, V: PartialEq>(
    old: Option<&'a Arc<Node<K, V>>>,
    new: Option<&'a Arc<Node<K, V>>>,
    found: &mut Vec<Difference<'a, K, V>>,
) {
    let (Some(one), Some(other)) = (old, new) else {
        found.extend(Walk::of(old).map(|(id, old)| (id, Some(old), None)));
        found.extend(Walk::of(new).map(|(id, new)| (id, None, Some(new))));
        return;
    };
    if Arc::ptr_eq(one, other) {
        return;
    }
    let wide = if one.shift > other.shift { one } else { other };
    if [one, other]
        .iter()
        .any(|node| wide.place(node.first) >= WIDTH)
    {
        // They have no id in common.
        let parts = [(old, None), (None, new)];
        let (before, after) = match one.first < other.first {
            true => (parts[0], parts[1]),
            false => (parts[1], parts[0]),
        };
        compare(before.0, before.1, found);
        compare(after.0, after.1, found);
        return;
    }
    if let (Children::Values(olds), Children::Values(news)) = (&one.children, &other.children) {
        for (place, (old, new)) in olds.iter().zip(news).enumerate() {
            let same = match (old, new) {
                (Some(old), Some(new)) => Arc::ptr_eq(old, new) || old == new,
                (None, None) => true,
                _ => false,
            };
            if !same {
                found.push((one.first.plus(place), old.as_ref(), new.as_ref()));
            }
        }
        return;
    }
    // Of the two nodes what there is at a place of the wide one.
    let under = |node: &'a Arc<Node<K, V>>, place: usize| match &node.children {
        Children::Nodes(nodes) if node.shift == wide.shift => nodes[place].as_ref(),
        _ => (wide.place(node.first) == place).then_some(node),
    };
    for place in 0..WIDTH {
        compare(under(one, place), under(other, place), found);
    }
}

/// A way through all that is under a node, from one of its ends to the other.
struct Walk<'a, K, V> {
    /// The nodes around the next place, with how many of their children were passed.
    path: Vec<(&'a Node<K, V>, usize)>,
    /// The node into which it goes next.
    next: Option<&'a Node<K, V>>,
}

impl<'a, K: Key, V> Walk<'a, K, V> {
    fn of(node: Option<&'a Arc<Node<K, V>>>) -> Self {
        Self {
            path: Vec::new(),
            next: node.map(Arc::as_ref),
        }
    }

    /// The next one, of children that are counted from either side.
    fn step(&mut self, side: impl Fn(usize) -> usize) -> Option<(K, &'a Arc<V>)> {
        loop {
            if let Some(node) = self.next.take() {
                self.path.push((node, 0));
            }
            let (node, passed) = self.path.last_mut()?;
            if *passed == WIDTH {
                self.path.pop();
                continue;
            }
            let place = side(*passed);
            *passed += 1;
            match &node.children {
                Children::Nodes(nodes) => self.next = nodes[place].as_deref(),
                Children::Values(values) => {
                    if let Some(value) = &values[place] {
                        return Some((node.first.plus(place), value));
                    }
                }
            }
        }
    }
}

impl<'a, K: Key, V> Iterator for Walk<'a, K, V> {
    type Item = (K, &'a Arc<V>);

    fn next(&mut self) -> Option<Self::Item> {
        self.step(|passed| passed)
    }
}

/// All of a trie, from both ends.
pub(super) struct Iter<'a, K, V> {
    left: usize,
    front: Walk<'a, K, V>,
    back: Walk<'a, K, V>,
}

impl<'a, K: Key, V> Iterator for Iter<'a, K, V> {
    type Item = (K, &'a Arc<V>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        self.front.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<K: Key, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        self.back.step(|passed| WIDTH - 1 - passed)
    }
}

impl<K: Key, V> ExactSizeIterator for Iter<'_, K, V> {}

#[cfg(test)]
mod tests;
