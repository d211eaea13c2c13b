use std::collections::BTreeMap;

use evscope_trace::{BaseId, BufId};
use proptest::collection::vec;
use proptest::prelude::*;

use super::super::Watched;
use super::*;

type Model<K> = BTreeMap<K, u8>;

#[derive(Debug, Clone)]
enum Op<K> {
    Insert(K, u8),
    Remove(K),
    Change(K, u8),
    Make(K),
    /// What is there now is kept, to be compared with what comes of it.
    Keep,
}

fn ops<K: Key + std::fmt::Debug>(
    id: impl Strategy<Value = K> + Clone,
) -> impl Strategy<Value = Vec<Op<K>>> {
    let op = prop_oneof![
        4 => (id.clone(), 0u8..4).prop_map(|(id, value)| Op::Insert(id, value)),
        3 => id.clone().prop_map(Op::Remove),
        2 => (id.clone(), 0u8..4).prop_map(|(id, value)| Op::Change(id, value)),
        1 => id.prop_map(Op::Make),
        1 => Just(Op::Keep),
    ];
    vec(op, 0..200)
}

/// Numbers that are near one another, anywhere, and at the ends.
fn number() -> impl Strategy<Value = u32> + Clone {
    prop_oneof![
        4 => 0u32..100,
        2 => 0u32..5000,
        1 => any::<u32>(),
        1 => (0u32..32, 0u32..3).prop_map(|(shift, near)| (1u32 << shift).wrapping_sub(near)),
        1 => (0u32..4).prop_map(|below| u32::MAX - below),
    ]
}

fn watched() -> impl Strategy<Value = Watched> + Clone {
    (prop::option::of(number()), number()).prop_map(|(base, fd)| Watched {
        base: base.map(BaseId),
        fd: fd.cast_signed(),
    })
}

fn plain<K: Key>(trie: &Trie<K, u8>) -> Vec<(K, u8)> {
    trie.iter().map(|(id, value)| (id, **value)).collect()
}

fn differences<K: Key>(old: &Model<K>, new: &Model<K>) -> Vec<(K, Option<u8>, Option<u8>)> {
    let ids: std::collections::BTreeSet<K> = old.keys().chain(new.keys()).copied().collect();
    let all = ids
        .into_iter()
        .map(|id| (id, old.get(&id).copied(), new.get(&id).copied()));
    all.filter(|(_, old, new)| old != new).collect()
}

/// There is something in every node, and more than one node under each that has nodes.
fn is_tidy<K, V>(link: &Link<K, V>) -> bool {
    match link.as_deref().map(|node| &node.children) {
        None => true,
        Some(Children::Values(values)) => values.iter().any(Option::is_some),
        Some(Children::Nodes(nodes)) => {
            nodes.iter().filter(|node| node.is_some()).count() > 1 && nodes.iter().all(is_tidy)
        }
    }
}

fn is_as_a_map<K: Key + std::fmt::Debug>(ops: Vec<Op<K>>) {
    let mut trie = Trie::default();
    let mut model = Model::new();
    let mut kept = vec![(trie.clone(), model.clone())];
    for op in ops {
        match op {
            Op::Insert(id, value) => {
                trie.insert(id, Arc::new(value));
                model.insert(id, value);
            }
            Op::Remove(id) => {
                assert_eq!(trie.remove(id).as_deref().copied(), model.remove(&id));
            }
            Op::Change(id, value) => {
                let found = trie.get_mut(id).map(|found| *Arc::make_mut(found) = value);
                assert_eq!(found, model.get_mut(&id).map(|found| *found = value));
            }
            Op::Make(id) => {
                assert_eq!(
                    trie.make(id, || false).map(|found| **found),
                    model.get(&id).copied()
                );
                let made = trie.make(id, || true).map(|found| **found);
                assert_eq!(made, Some(*model.entry(id).or_default()));
            }
            Op::Keep => {
                assert!(is_tidy(&trie.root));
                kept.push((trie.clone(), model.clone()));
            }
        }
        assert_eq!(trie.len(), model.len());
    }
    assert!(is_tidy(&trie.root));
    kept.push((trie, model));
    let (last, last_model) = &kept[kept.len() - 1];
    for (old, old_model) in &kept {
        let forward: Vec<(K, u8)> = old_model.iter().map(|(id, value)| (*id, *value)).collect();
        assert_eq!(plain(old), forward);
        for (id, value) in old_model {
            assert_eq!(old.get(*id).map(|found| **found), Some(*value));
        }
        for id in last_model.keys() {
            assert_eq!(old.get(*id).is_some(), old_model.contains_key(id));
        }
        for (one, other, expected) in [
            (old, last, differences(old_model, last_model)),
            (last, old, differences(last_model, old_model)),
        ] {
            let found = one.differences(other).into_iter();
            let value = |value: Option<&Arc<u8>>| value.map(|value| **value);
            let found: Vec<_> = found
                .map(|(id, old, new)| (id, value(old), value(new)))
                .collect();
            assert_eq!(found, expected);
            assert_eq!(one == other, expected.is_empty());
        }
        // From both ends at once, which meet.
        let (mut ends, mut model) = (old.iter(), old_model.iter());
        for at in 0..=old_model.len() {
            assert_eq!(ends.len(), model.len());
            let (found, expected) = match at % 3 {
                0 => (ends.next(), model.next()),
                _ => (ends.next_back(), model.next_back()),
            };
            assert_eq!(
                found.map(|(id, value)| (id, **value)),
                expected.map(|(id, value)| (*id, *value))
            );
        }
    }
}

proptest! {
    #[test]
    fn a_trie_is_a_map(ops in ops(number().prop_map(BufId))) {
        is_as_a_map(ops);
    }

    #[test]
    fn so_is_one_of_watched_fds(ops in ops(watched())) {
        is_as_a_map(ops);
    }
}

/// How many nodes there are.
fn nodes<K, V>(link: &Link<K, V>) -> usize {
    match link.as_deref().map(|node| &node.children) {
        None => 0,
        Some(Children::Values(_)) => 1,
        Some(Children::Nodes(under)) => 1 + under.iter().map(nodes).sum::<usize>(),
    }
}

fn trie(ids: impl IntoIterator<Item = u32>) -> Trie<BufId, u32> {
    let mut trie = Trie::default();
    for id in ids {
        trie.insert(BufId(id), Arc::new(id));
    }
    trie
}

#[test]
fn nodes_are_as_many_as_what_is_there_asks_for_however_high_the_numbers() {
    for (ids, expected) in [
        (vec![u32::MAX], 1),
        (vec![0, u32::MAX], 3),
        (vec![0, 32, u32::MAX - 40, u32::MAX], 7),
        ((0..1024).collect(), 69),
        // One in a node, and all of them far from each other.
        ((0..1000).map(|at| at * 4_294_967).collect(), 2000),
    ] {
        let trie = trie(ids);
        assert!(nodes(&trie.root) <= expected, "{}", nodes(&trie.root));
    }
}

#[test]
fn objects_that_come_and_go_leave_no_nodes() {
    let mut trie = trie([7]);
    for id in 100..100_000 {
        trie.insert(BufId(id), Arc::new(id));
        if let Some(old) = id.checked_sub(150) {
            trie.remove(BufId(old));
        }
        assert!(nodes(&trie.root) < 20, "{} at {id}", nodes(&trie.root));
    }
    for id in 0..100_000 {
        trie.remove(BufId(id));
    }
    assert_eq!((nodes(&trie.root), trie.len()), (0, 0));
}

#[test]
fn a_changed_copy_shares_all_nodes_but_those_on_the_way() {
    let trie = trie(0..10_000);
    let mut copy = trie.clone();
    *Arc::make_mut(copy.get_mut(BufId(5000)).unwrap()) = 1;
    fn shared<K, V>(one: &Link<K, V>, other: &Link<K, V>) -> usize {
        let (Some(one), Some(other)) = (one, other) else {
            return 0;
        };
        if Arc::ptr_eq(one, other) {
            return nodes(&Some(one.clone()));
        }
        match (&one.children, &other.children) {
            (Children::Nodes(one), Children::Nodes(other)) => one
                .iter()
                .zip(other)
                .map(|(one, other)| shared(one, other))
                .sum(),
            _ => 0,
        }
    }
    assert_eq!(shared(&trie.root, &copy.root), nodes(&trie.root) - 4);
    // Nothing is copied for what is not there.
    copy = trie.clone();
    assert!(copy.remove(BufId(20_000)).is_none());
    assert_eq!(shared(&trie.root, &copy.root), nodes(&trie.root));
}
